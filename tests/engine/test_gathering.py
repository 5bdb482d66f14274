"""Folders, patterns and pages that go along with a prompt."""

from __future__ import annotations

import pytest
from aiohttp import web

from tui.config import Config, ToolsConfig
from tui.engine.folder_files import LARGEST, MOST_FILES, files_in, files_like, left_out_words
from tui.engine.gathering import Pages, gather, targets_in
from tui.errors import UsageError


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A folder of work: notes, code, a build that git ignores, and what is hidden."""
    folder = tmp_path / "work"
    for name, text in {
        "readme.md": "read me",
        "src/main.py": "print()",
        "src/deep/util.py": "x = 1",
        "src/deep/.gitignore": "secret.*\n!secret.md\n",
        "src/deep/secret.key": "key",
        "src/deep/secret.md": "not so secret",
        "build/out.txt": "built",
        "log.tmp": "log",
        ".env": "KEY=1",
        ".git/config": "token",
        ".gitignore": "/build/\n*.tmp\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(folder)
    return folder


def names(found):
    return [file.name for file in found.files]


def test_a_folder_goes_along_but_for_what_is_hidden_and_what_git_ignores(work):
    found = files_in(work)
    assert names(found) == [
        *("work/readme.md", "work/src/main.py", "work/src/deep/secret.md", "work/src/deep/util.py"),
    ]
    assert found.left_out == ()
    assert [file.text for file in found.files][1] == "print()"


def test_what_the_repository_ignores_counts_in_a_folder_of_it_too(work):
    (work / "src" / "a.tmp").write_text("x")
    assert names(files_in(work / "src")) == ["src/main.py", "src/deep/secret.md", "src/deep/util.py"]


def test_what_can_not_go_along_is_named_with_the_reason(work):
    (work / "a.bin").write_bytes(b"\x00\xff")
    (work / "empty.txt").write_text("")
    (work / "large.txt").write_text("x" * 1_000_001)
    found = files_in(work)
    assert left_out_words(found.left_out) == (
        "Left out: work/a.bin (no image, PDF or text), work/empty.txt (empty), work/large.txt (too large)"
    )


def test_of_many_files_two_hundred_go_along_and_the_others_are_named(tmp_path):
    for number in range(MOST_FILES + 30):
        (tmp_path / f"{number:03}.txt").write_text("x")
    found = files_in(tmp_path)
    assert len(found.files) == MOST_FILES
    assert len(found.left_out) == 30
    assert f"{tmp_path.name}/200.txt (more than 200 files)" in left_out_words(found.left_out)
    assert left_out_words(found.left_out).endswith("and 10 more")


def test_of_large_files_two_megabytes_go_along_and_small_ones_still_find_room(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text("x" * 900_000)
    (tmp_path / "d.txt").write_text("small")
    found = files_in(tmp_path)
    assert [file.name[-5:] for file in found.files] == ["a.txt", "b.txt", "d.txt"]
    assert "c.txt (more than 2.0 MB together)" in found.left_out[0]
    assert sum(file.size for file in found.files) <= LARGEST


def test_links_are_not_followed(work):
    try:
        (work / "src" / "up").symlink_to(work.parent)
        (work / "src" / "env.txt").symlink_to(work / ".env")
    except OSError:
        pytest.skip("links need a right here")
    assert names(files_in(work / "src")) == ["src/main.py", "src/deep/secret.md", "src/deep/util.py"]


def test_a_folder_without_anything_is_refused_and_says_why(tmp_path):
    with pytest.raises(UsageError, match=r"nothing in .* that can go along$"):
        files_in(tmp_path)
    (tmp_path / "a.bin").write_bytes(b"\x00")
    with pytest.raises(UsageError, match=r"a\.bin"):
        files_in(tmp_path)


def test_a_pattern_means_the_files_that_are_like_it(work):
    assert names(files_like("src/**/*.py")) == ["src/deep/util.py", "src/main.py"]
    assert names(files_like("*.md")) == ["readme.md"]
    with pytest.raises(UsageError, match=r"no file like \*\.nothing"):
        files_like("*.nothing")


async def test_all_kinds_go_along_together(work):
    (work / "a[1].txt").write_text("brackets")
    found = await gather(["src/", "*.md", "a[1].txt", "readme.md"], [])
    assert names(found) == [
        *("src/main.py", "src/deep/secret.md", "src/deep/util.py", "readme.md", "a[1].txt", "readme.md"),
    ]


def test_what_was_typed_is_taken_apart(work):
    (work / "a b.txt").write_text("x")
    assert targets_in("a b.txt") == ["a b.txt"]
    assert targets_in("https://example.com/a?b=c 'src' *.md") == ["https://example.com/a?b=c", "src", "*.md"]


@pytest.fixture
async def site():
    """A server on this machine; gives its address and what it was asked."""
    asked = []

    async def page(request):
        asked.append(request.path)
        return web.Response(
            text="<title>Ferries</title><p>The ferry leaves at nine.</p>", content_type="text/html"
        )

    async def away(request):
        raise web.HTTPFound(f"http://localhost:{request.url.port}/page")

    app = web.Application()
    app.router.add_get("/page", page)
    app.router.add_get("/away", away)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    await runner.cleanup()


async def test_a_page_that_was_typed_goes_along_as_its_text(site):
    at, _ = site
    (file,) = await Pages(Config()).read(f"{at}/page")
    assert file.name == f"{at.removeprefix('http://')}/page"
    assert file.text == f"Ferries\n{at}/page\n\nThe ferry leaves at nine."
    assert file.tokens > 5


async def test_where_a_page_leads_is_looked_at_all_the_same(site):
    at, asked = site
    with pytest.raises(UsageError, match="localhost is not in the public network"):
        await Pages(Config()).read(f"{at}/away")
    assert asked == []
    config = Config(tools=ToolsConfig(allow_hosts=("localhost",)))
    assert (await Pages(config).read(f"{at}/away"))[0].text.endswith("nine.")


async def test_a_page_that_is_not_there_is_told(site):
    at, _ = site
    with pytest.raises(UsageError, match="status 404"):
        await gather([f"{at}/none"], [Pages(Config())])


def test_of_a_folder_without_end_only_so_much_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr("tui.engine.folder_files._LOOKED_AT", 5)
    for number in range(20):
        (tmp_path / f"{number:02}").mkdir()
        (tmp_path / f"{number:02}" / "a.txt").write_text("x")
    with pytest.raises(UsageError):
        files_in(tmp_path)
