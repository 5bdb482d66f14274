"""config.toml: typed values, and every mistake with its place, without ever stopping the program."""

from __future__ import annotations

import ast
import os
from itertools import pairwise
from pathlib import Path

import pytest

from tui import config as module
from tui.config import Config, load_config, reread

WHOLE = """\
model = "openai/gpt-6-sol"
proxy = "http://127.0.0.1:3128"
theme = "segue-light"
plain = true
system = "Be brief."
auto_title = true
parameters = { temperature = 0.7, reasoning_effort = "low" }

[providers.lab]
type = "openai"
url = "http://127.0.0.1:8000/v1"
key_env = "LAB_KEY"
models = ["big", "small"]
default_model = "small"
headers = { "X-Team" = "blue" }
parameters = { temperature = 0 }
allow_http_key = true

[providers.ai365vip]
url = "http://127.0.0.1:9000"

[providers.groq]
enabled = false

[keys]
send = "ctrl+s"

[local.models]
mine = "~/models/mine.gguf"
"""


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str, mode: int = 0o600) -> Config:
        file = tmp_path / "config.toml"
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        config = load_config(file)
        assert file.read_text(encoding="utf-8") == text, "the file is never touched"
        return config

    return read


def problems(config: Config) -> list[str]:
    """The problems without the folder of the file."""
    return [str(p).replace(f"{config.path.parent}{os.sep}", "") for p in config.problems]


def test_every_setting_is_documented_under_itself():
    undocumented = [
        f"{node.name}.{ast.unparse(field.target)}"
        for node in ast.parse(Path(module.__file__).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
        for field, below in pairwise(node.body)
        if isinstance(field, ast.AnnAssign)
        and not (isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant))
    ]
    assert not undocumented


def test_every_setting_is_read(read):
    config = read(WHOLE)
    assert config.problems == ()
    assert (config.model, config.proxy, config.theme) == (
        "openai/gpt-6-sol",
        "http://127.0.0.1:3128",
        "segue-light",
    )
    assert (config.system, config.auto_title, config.plain) == ("Be brief.", True, True)
    assert config.parameters == {"temperature": 0.7, "reasoning_effort": "low"}
    lab = config.providers["lab"]
    assert (lab.type, lab.url, lab.key_env) == ("openai", "http://127.0.0.1:8000/v1", "LAB_KEY")
    assert (lab.models, lab.default_model, lab.headers) == (("big", "small"), "small", {"X-Team": "blue"})
    assert (lab.parameters, lab.allow_http_key, lab.enabled) == ({"temperature": 0}, True, True)
    assert config.provider("groq").enabled is False
    assert config.keys == {"send": "ctrl+s"}
    assert config.local_models == {"mine": "~/models/mine.gguf"}


def test_without_a_file_the_defaults_stand(tmp_path: Path):
    config = load_config(tmp_path / "nowhere" / "config.toml")
    assert (config.model, config.theme, config.auto_title, config.problems) == (None, "auto", False, ())


def test_a_provider_without_settings_has_the_defaults():
    assert Config().provider("openai").url is None


PROXY = "must be a URL as in http://host:3128 or socks5://host:1080, or direct"
SLASH = "a provider's name has no slash: it ends at the first one in PROVIDER/MODEL"
MEND = "Nothing of this file is used until it is mended."
KNOWN_PARAMETERS = "known: max_tokens, reasoning_effort, seed, stop, temperature, top_p"

JSON = "a text, a number, true, false, a list or a table"

MISTAKES = {
    "unknown key": ('thme = "x"', "config.toml:1:1: thme: no such setting; did you mean theme?"),
    "unknown key of a provider": (
        '[providers.lab]\nurl = "http://h/v1"\n  key-env = "X"',
        "config.toml:3:3: providers.lab.key-env: no such setting; did you mean key_env?",
    ),
    "no near name": (
        "[local]\nzzz = 1",
        "config.toml:2:1: local.zzz: no such setting; known: models",
    ),
    "wrong type": ("# first\nmodel = 3", "config.toml:2:1: model: must be a text, not a whole number"),
    "text for a switch": (
        'auto_title = "no"',
        "config.toml:1:1: auto_title: must be true, false or PROVIDER/MODEL",
    ),
    "list for a table": ("providers = []", "config.toml:1:1: providers: must be a table, not a list"),
    "value for a provider": (
        "[providers]\nlab = 1",
        "config.toml:2:1: providers.lab: must be a table, not a whole number",
    ),
    "unknown wire format": (
        '[providers.lab]\ntype = "openia"\nurl = "http://h/v1"',
        "config.toml:2:1: providers.lab.type: 'openia' is not possible; did you mean openai?",
    ),
    "list of wrong things": (
        "[providers.lab]\nmodels = [1]",
        "config.toml:2:1: providers.lab.models: must be a text, not a whole number",
    ),
    "not an address": (
        '[providers.lab]\nurl = "127.0.0.1:8000"',
        "config.toml:2:1: providers.lab.url: must be an address as in http://127.0.0.1:8000/v1",
    ),
    "not a proxy": (
        'proxy = "ftp://h:1"',
        f"config.toml:1:1: proxy: {PROXY}",
    ),
    "no patience": (
        "[providers.lab]\nwait = -1",
        "config.toml:2:1: providers.lab.wait: must be a number of seconds, as in 300",
    ),
    "proxy of a provider": (
        '[providers.lab]\nproxy = "http://"',
        f"config.toml:2:1: providers.lab.proxy: {PROXY}",
    ),
    "slash in a name": (
        '[providers."a/b"]\nurl = "http://h/v1"',
        f"config.toml:1:2: providers.a/b: {SLASH}",
    ),
    "dotted key": (
        "local.modles.a = 'x'",
        "config.toml:1:1: local.modles: no such setting; did you mean models?",
    ),
    "a date for a parameter": (
        "[parameters]\nseed = 2020-01-01",
        f"config.toml:2:1: parameters.seed: must be {JSON}, not date",
    ),
    "a parameter that leads elsewhere": (
        '[parameters]\nca_file = "x.pem"',
        f"config.toml:2:1: parameters.ca_file: no such parameter; {KNOWN_PARAMETERS}",
    ),
    "the way to a server as a parameter": (
        '[providers.lab]\nparameters = { proxy = "http://h:1" }',
        f"config.toml:2:1: providers.lab.parameters.proxy: no such parameter; {KNOWN_PARAMETERS}",
    ),
    "a number without end": (
        "[providers.lab]\nparameters = { stop = [inf] }",
        f"config.toml:2:1: providers.lab.parameters.stop: must be {JSON}, not a list",
    ),
    "too deep": (
        "theme = " + "[" * 5000,
        "config.toml:1:5009: not valid TOML: lists or tables stand in each other too deep. " + MEND,
    ),
    "syntax": (
        'model = "a"\ntheme = ',
        f"config.toml:2:9: not valid TOML: Invalid value. {MEND}",
    ),
    "unfinished": (
        'model = "a',
        f"config.toml:1:11: not valid TOML: Unterminated string. {MEND}",
    ),
    "key twice": (
        'model = "a"\nmodel = "b"',
        f"config.toml:2:12: not valid TOML: Cannot overwrite a value. {MEND}",
    ),
}


@pytest.mark.parametrize(("text", "problem"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_with_its_place(read, text: str, problem: str):
    assert problems(read(text)) == [problem]


def test_a_mistake_costs_only_its_own_value(read):
    config = read('theme = 5\nmodel = "a/b"\n[providers.lab]\nurl = "nonsense"\nkey_env = "LAB"\n')
    assert len(config.problems) == 2
    assert (config.theme, config.model) == ("auto", "a/b")
    assert (config.provider("lab").url, config.provider("lab").key_env) == (None, "LAB")


def test_a_text_over_several_lines_does_not_confuse_the_places(read):
    config = read('system = """\nthme = "quoted"\n[keys]\n"""\nthme = "x"\n')
    assert problems(config) == ["config.toml:5:1: thme: no such setting; did you mean theme?"]


@pytest.mark.parametrize("proxy", ["direct", "proxy.example:3128", "socks5://host:1080"])
def test_what_may_be_a_proxy(read, proxy: str):
    assert read(f'proxy = "{proxy}"').proxy == proxy


def test_a_file_that_is_not_text(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_bytes(b"model = \xff\xfe")
    config = load_config(file)
    assert problems(config) == ["config.toml: cannot be read: it is not UTF-8 text"]
    assert config.model is None


def test_a_folder_in_place_of_the_file(tmp_path: Path):
    [problem] = load_config(tmp_path).problems
    assert "cannot be read" in str(problem)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_bytes(b'\xef\xbb\xbfmodel = "a/b"\r\n')
    assert load_config(file).model == "a/b"


class TestAPlainKey:
    TEXT = '[providers.lab]\nurl = "https://lab.example/v1"\nkey = "sk-plain-0123456789"\n'

    def test_is_accepted_in_a_private_file(self, read):
        config = read(self.TEXT, 0o600)
        assert config.problems == ()
        assert config.provider("lab").key.reveal() == "sk-plain-0123456789"

    @pytest.mark.skipif(os.name == "nt", reason="no modes")
    @pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
    def test_is_refused_where_others_can_read_it(self, read, mode: int):
        config = read(self.TEXT, mode)
        assert config.provider("lab").key is None
        [problem] = problems(config)
        assert problem.startswith(
            "config.toml:3:1: providers.lab.key: a key in a file that others can read is not used"
        )
        assert "chmod 600" in problem

    def test_is_masked_wherever_the_settings_are_shown(self, read):
        config = read(self.TEXT)
        assert "0123456789" not in repr(config)
        assert config.shown()["providers"]["lab"]["key"] == "•••6789"


def test_a_file_is_read_again_only_where_somebody_has_written_it(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('model = "lab/big"')
    first = load_config(file)
    assert reread(first) is first
    file.write_text('model = "lab/small"')
    second = reread(first)
    assert second.model == "lab/small" and reread(second) is second
    file.write_text("model = ")
    broken = reread(second)
    assert broken.model == "lab/small" and "not valid TOML" in str(broken.problems[0])
    file.unlink()
    assert reread(broken) is broken


def test_shown_masks_headers_and_proxy_passwords(read):
    shown = read(
        'proxy = "http://me:pass@proxy:3128"\n'
        '[providers.lab]\nurl = "https://h/v1"\n'
        'headers = { Authorization = "Bearer abc", "X-Team" = "blue" }\n'
    ).shown()
    assert shown["proxy"] == "http://me:•••@proxy:3128"
    assert shown["providers"]["lab"]["headers"] == {"Authorization": "•••", "X-Team": "blue"}


def test_shown_is_plain_data_of_the_effective_settings(read):
    import json

    shown = json.loads(json.dumps(read(WHOLE).shown()))
    assert shown["theme"] == "segue-light"
    assert shown["providers"]["lab"]["models"] == ["big", "small"]
    assert "problems" not in shown


def test_what_models_may_use_is_read_and_what_can_not_be_meant_is_told_in_its_place(tmp_path):
    (tmp_path / "notes").mkdir()
    path = tmp_path / "config.toml"
    path.write_text(
        f"""[tools]
use = ["web_fetch"]
folders = ["{(tmp_path / "notes").as_posix()}", "relative", "{(tmp_path / "none").as_posix()}"]
allow_hosts = ["wiki.home", "10.0.0.5:8000", "[::1]:80", "http://wiki.home/"]
extra = 1
"""
    )
    config = load_config(path)
    assert config.tools.use == ("web_fetch",)
    assert config.tools.folders == ((tmp_path / "notes").as_posix(),)
    assert config.tools.allow_hosts == ("wiki.home", "10.0.0.5:8000", "[::1]:80")
    said = [problem.message.removeprefix(f"{path}:") for problem in config.problems]
    assert said == [
        "5:1: tools.extra: no such setting; known: allow_hosts, folders, use",
        "3:1: tools.folders: relative must be a whole path, as ~/notes",
        f"3:1: tools.folders: {(tmp_path / 'none').as_posix()} is no folder",
        "4:1: tools.allow_hosts: http://wiki.home/ is no host, as wiki.home, 10.0.0.5 or 127.0.0.1:8000",
    ]
