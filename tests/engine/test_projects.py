"""A folder that says how conversations begun in it are answered: found, read, decided on, and followed."""

from __future__ import annotations

import os
import time
from types import SimpleNamespace

import pytest

from tui.engine.folder_files import LARGEST as MOST_BYTES
from tui.engine.folder_files import MOST_FILES
from tui.engine.project import LARGEST, find_project
from tui.engine.project_files import project_files
from tui.engine.session_events import Problem, Warned
from tui.engine.start_options import StartOptions

WHOLE = """
model = "lab/two"
persona = "poet"
system = "Speak of bread."
files = ["README.md", "docs/"]
tools = ["read_file", "notes"]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of work with some files, in a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    work = tmp_path / "bread"
    for name in ("README.md", "docs/one.md", "docs/deep/two.md", "docs/three.txt", ".env", "docs/.key"):
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"I am {name}")
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def says(folder):
    """Writes the file of the project."""

    def written(text, where=folder):
        path = where / ".segue" / "project.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


# -- found
def test_without_a_file_there_is_no_project(folder):
    assert find_project() is None


def test_it_is_found_from_any_folder_in_it(folder, says, monkeypatch):
    says(WHOLE)
    monkeypatch.chdir(folder / "docs" / "deep")
    assert find_project().folder == folder


def test_the_nearest_one_counts(folder, says, monkeypatch):
    says("")
    says('model = "lab/deep"', folder / "docs")
    monkeypatch.chdir(folder / "docs" / "deep")
    assert (find_project().folder, find_project().said.model) == (folder / "docs", "lab/deep")


def test_it_is_not_looked_for_above_home(folder, says, monkeypatch):
    says("")
    monkeypatch.setenv("HOME", str(folder / "docs"))
    monkeypatch.setenv("USERPROFILE", str(folder / "docs"))
    monkeypatch.chdir(folder / "docs" / "deep")
    assert find_project() is None


# -- read
def test_all_of_it_is_read(folder, says):
    says(WHOLE)
    said = find_project().said
    assert (said.model, said.persona, said.system) == ("lab/two", "poet", "Speak of bread.")
    assert (said.files, said.tools) == (("README.md", "docs/"), ("read_file", "notes"))


@pytest.mark.parametrize(
    "text, place, words",
    [
        ('\nmodell = "x"', "2:1", "modell: no such setting; did you mean model?"),
        ("[keys]\nsend = 'enter'", "1:2", "keys: no such setting"),
        ("[providers.lab]\nurl = 'http://127.0.0.1'", "1:1", "providers: no such setting"),
        ("tools = ['a']\n[approvals]\na = 'always'", "2:2", "approvals: no such setting"),
        ("  system = 3", "1:3", "system: must be a text, not a whole number"),
        ("files = 'README.md'", "1:1", "files: must be a list, not a text"),
        ("files = [1]", "1:1", "files: must be a text, not a whole number"),
        ("files = ['/etc/passwd']", "1:1", "files: /etc/passwd is not inside of the folder"),
        ("files = ['docs/../../x']", "1:1", "is not inside of the folder"),
        ("files = ['~/x']", "1:1", "is not inside of the folder"),
        ("files = ['C:\\x']", "1:1", "is not inside of the folder"),
        ("files = ['.env']", "1:1", ".env is hidden"),
        ("files = ['.git/*']", "1:1", "is hidden"),
        ("files = ['.']", "1:1", "is no file"),
        ("tools = ['search:vendor']", "1:1", "tools: search:vendor can be no tool or server"),
        ("tools = ['-read_file']", "1:1", "can be no tool or server"),
        ("persona = '../../x'", "1:1", "persona: ../../x can be no persona"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_the_rest_counts(folder, says, text, place, words):
    path = says(f"{text}\n" if "\n[" in f"\n{text}" else f"{text}\nmodel = 'lab/two'\n")
    project = find_project()
    [problem] = project.problems
    assert str(problem).startswith(f"{path}:{place}: ") and words in str(problem)
    assert not project.broken
    assert not (project.said.files or "search:vendor" in project.said.tools or project.said.persona)


def test_more_names_than_anybody_writes_are_left_out(folder, says):
    says(f"files = {[f'{number}.md' for number in range(60)]}")
    assert len(find_project().said.files) == 50 and len(find_project().problems) == 1


@pytest.mark.parametrize(
    "text, words",
    [
        ("model = ", ":1:9: not valid TOML"),
        (b"system = '\xff'", "not text in UTF-8"),
        ("#" * (LARGEST + 1), "longer than"),
        (f"system = {'[' * 5000}", "too deep"),
    ],
)
def test_a_file_that_can_not_be_read_is_told_and_nothing_of_it_counts(folder, says, text, words):
    says(text)
    project = find_project()
    assert project.broken and words in str(project.problems[0])


def test_a_link_is_no_project(folder, says, tmp_path):
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text(WHOLE)
    says("").unlink()
    os.symlink(elsewhere, folder / ".segue" / "project.toml")
    assert find_project().broken and "a link" in str(find_project().problems[0])
    (folder / ".segue" / "project.toml").unlink()
    (folder / ".segue").rmdir()
    (tmp_path / "other").mkdir()
    says(WHOLE, tmp_path / "other")
    os.symlink(tmp_path / "other" / ".segue", folder / ".segue")
    assert find_project().broken


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_keeps_nobody_waiting(folder, says):
    says("").unlink()
    os.mkfifo(folder / ".segue" / "project.toml")
    assert find_project().broken


def test_what_steers_terminals_or_pretends_is_shown_as_what_it_is(folder, says):
    prompt = "Be nice.\\nmodel: lab/harmless\\u001b[2J\\u202e"
    says(
        f'"\\u001b]0;x\\u0007" = 1\nmodel = "lab/\\u001b[31mbig"\nfiles = ["a\\u001b[m"]\nsystem = "{prompt}"'
    )
    shown = "\n".join(find_project().wants())
    assert not {"\x1b", "\x07", "\u202e"} & {*shown}
    lines = shown.splitlines()
    assert [line for line in lines if line.startswith("model:")] == [lines[0]]
    assert lines[-2] == "  Be nice." and lines[-1].startswith("  model: lab/harmless")
    assert "\x1b" not in str(find_project().problems[0])


# -- its files
def names(folder, *wanted):
    return [file.name for file in project_files(folder, wanted).files]


@pytest.mark.parametrize(
    "wanted, found",
    [
        (["README.md"], ["README.md"]),
        (["docs"], ["docs/one.md", "docs/three.txt", "docs/deep/two.md"]),
        (["docs/", "docs/one.md"], ["docs/one.md", "docs/three.txt", "docs/deep/two.md"]),
        (["docs/*.md"], ["docs/one.md"]),
        (["**/*.md"], ["README.md", "docs/one.md", "docs/deep/two.md"]),
        (["docs/**/two.md"], ["docs/deep/two.md"]),
        (["**"], ["README.md", "docs/one.md", "docs/three.txt", "docs/deep/two.md"]),
        (["docs/[ot]*.md"], ["docs/one.md"]),
        (["d*/*/*"], ["docs/deep/two.md"]),
    ],
)
def test_files_folders_and_patterns_go_along(folder, wanted, found):
    assert names(folder, *wanted) == found


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/hosts", ".env", "docs/.key", "docs/../.env", "no.md", "*.no"]
)
def test_what_may_not_go_along_is_named(folder, name):
    (folder.parent / "secret").write_text("secret")
    found = project_files(folder, [name])
    assert found.files == () and len(found.left_out) == 1 and name in found.left_out[0]


def test_no_link_leads_out_of_the_folder(folder, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret.md").write_text("secret")
    os.symlink(tmp_path / "out", folder / "docs" / "out")
    os.symlink(tmp_path / "out" / "secret.md", folder / "secret.md")
    os.symlink(folder, folder / "docs" / "round")
    for name in ("secret.md", "docs/out", "docs/out/secret.md", "docs/out/*.md"):
        assert project_files(folder, [name]) == ((), (f"{name} (a link)",))
    assert names(folder, "**/secret.md") == []
    assert names(folder, "docs/**") == ["docs/one.md", "docs/three.txt", "docs/deep/two.md"]


def test_what_git_ignores_stays_out_however_it_is_named(folder):
    (folder / ".gitignore").write_text("three.txt\ndeep/\n")
    assert names(folder, "docs/") == ["docs/one.md"]
    assert names(folder, "docs/three.txt", "docs/deep/two.md", "docs/deep/", "docs/deep/*") == []


def test_the_limits_are_those_of_a_folder(folder):
    for number in range(MOST_FILES + 5):
        (folder / f"many-{number:03}.txt").write_text("x")
    assert len(names(folder, "many-*")) == MOST_FILES
    (folder / "big.txt").write_bytes(b"x" * (MOST_BYTES + 1))
    assert names(folder, "big.txt", "README.md") == ["README.md"]


def test_no_pattern_takes_longer_than_it_and_the_paths_are_long(folder):
    deep = folder.joinpath(*"a" * 40)
    deep.mkdir(parents=True)
    (deep / "b").write_text("x")
    before = time.monotonic()
    assert names(folder, "/".join(["**/a"] * 30) + "/c", "*a" * 60 + "z") == []
    assert time.monotonic() - before < 20


# -- decided on
@pytest.fixture
def begin(begin):
    """The same with a registry that has a provider: a project names its model as a person does."""

    async def begun(*arguments, **settings):
        run = await begin(*arguments, **settings)
        entry = SimpleNamespace(name="lab", available=True)
        run.session.workspace.registry.providers = lambda: [entry]
        return run

    return begun


@pytest.fixture
def poet(tmp_path):
    (tmp_path / "config" / "personas").mkdir(parents=True)
    (tmp_path / "config" / "personas" / "poet.md").write_text("---\nparameters: {seed: 7}\n---\nIn verse.")


async def test_nothing_counts_before_the_person_says_so(begin, says, poet):
    says(WHOLE)
    run = await begin()
    conversation = run.session.current.conversation
    assert (conversation.model, conversation.system, conversation.project) == ("lab/one", "", "")
    assert conversation.tools == () and run.session.projects.unasked is not None
    await run.say("Hello")
    assert run.world.provider.requests[0][1] == [("user", "Hello")]


async def test_accepted_it_counts_for_the_page_that_is_empty_and_for_new_ones(begin, folder, says, poet):
    says(WHOLE)
    run = await begin()
    await run.session.decide_on_project(True)
    for service in (run.session.current, await run.session.new(), await run.session.new_temporary()):
        it = service.conversation
        assert (it.model, it.system, it.parameters) == ("lab/two", "Speak of bread.", {"seed": 7})
        assert (it.tools, it.project) == (("read_file", "notes"), str(folder))
    await run.say("Hello")
    stored = await run.world.store.load_conversation(run.session.current.conversation.id)
    assert (stored.project, stored.tools) == (str(folder), ("read_file", "notes"))


async def test_what_the_person_has_chosen_on_the_page_stays(begin, folder, says, poet):
    says(WHOLE)
    run = await begin()
    await run.session.current.change(model="lab/mine", system="Be brief.")
    await run.session.decide_on_project(True)
    it = run.session.current.conversation
    assert (it.model, it.system, it.tools) == ("lab/mine", "Be brief.", ("read_file", "notes"))


async def test_declined_later_it_lets_go_of_the_page_that_is_empty(begin, folder, says, poet):
    says(WHOLE)
    run = await begin()
    await run.session.decide_on_project(True)
    await run.session.decide_on_project(False)
    it = run.session.current.conversation
    assert (it.model, it.system, it.parameters, it.tools, it.project) == ("lab/one", "", {}, (), "")
    await run.say("Hello")
    [prompt, _] = await run.world.store.messages(run.session.current.conversation.path())
    assert prompt.attachments == ()


async def test_its_files_go_along_with_the_first_prompt_alone(begin, folder, says):
    says("files = ['README.md', 'docs/', 'gone.md']")
    run = await begin()
    await run.session.decide_on_project(True)
    (folder / "README.md").write_text("I am newer")
    await run.say("Hello")
    await run.say("And?")
    first, _, second, _ = await run.world.store.messages(run.session.current.conversation.path())
    named = [file.name for file in first.attachments]
    assert named == ["README.md", "docs/one.md", "docs/three.txt", "docs/deep/two.md"]
    assert second.attachments == ()
    [readme, *_] = await run.world.store.with_contents(first.attachments)
    assert readme.data == b"I am newer"
    assert [event.words for event in run.of(Warned)] == ["Project bread: Left out: gone.md (no file)"]


async def test_what_was_said_is_kept_until_the_file_says_something_else(begin, says):
    says("model = 'lab/two'")
    run = await begin()
    await run.session.decide_on_project(True)
    assert (await begin(run.world)).session.current.conversation.model == "lab/two"
    says("model = 'lab/three'")
    later = await begin(run.world)
    assert later.session.projects.unasked is not None and later.session.projects.changed
    assert later.session.current.conversation.model == "lab/one"
    await later.session.decide_on_project(False)
    last = await begin(run.world)
    assert last.session.projects.unasked is None and last.session.projects.used is None


async def test_each_folder_is_decided_on_by_itself(begin, folder, says, monkeypatch, tmp_path):
    says("model = 'lab/two'")
    run = await begin()
    await run.session.decide_on_project(True)
    (tmp_path / "copy").mkdir()
    says("model = 'lab/two'", tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    assert (await begin(run.world)).session.projects.unasked is not None


async def test_a_persona_or_model_that_is_not_there_is_told_and_the_rest_counts(begin, says):
    says(WHOLE)
    run = await begin()
    await run.session.decide_on_project(True)
    assert "There is no persona poet" in str(run.of(Problem)[0].error)
    it = run.session.current.conversation
    assert (it.model, it.system) == ("lab/two", "Speak of bread.")


async def test_what_is_wrong_in_it_is_told_only_where_it_counts(begin, says):
    says("modle = 'x'")
    run = await begin()
    assert run.of(Problem) == []
    await run.session.decide_on_project(True)
    assert "no such setting" in str(run.of(Problem)[0].error)
    says("modle = ")
    assert "not valid TOML" in str((await begin(run.world)).of(Problem)[0].error)


# -- which conversation
async def test_here_opens_the_newest_of_the_project(begin, folder, says):
    says("")
    run = await begin()
    await run.session.decide_on_project(True)
    store = run.world.store
    for title, project in (("old", str(folder)), ("mine", str(folder)), ("other", "")):
        made = await store.create_conversation(title=title, model="lab/one")
        await store.update_conversation(made.id, project=project, pinned=title == "old")
        await (await run.session.find(made.id)).ask(title)
    later = await begin(run.world, StartOptions(here=True))
    assert later.session.current.conversation.title == "mine"


async def test_a_branch_belongs_to_the_project_too(begin, folder, says):
    says("")
    run = await begin()
    await run.session.decide_on_project(True)
    await run.say("Hello")
    service = run.session.current
    assert (await service.branch(service.conversation.path()[0])).project == str(folder)
