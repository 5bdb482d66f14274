"""What is opened is closed, whatever happens in between."""

from __future__ import annotations

import pytest

from tui.cli.assemble import open_workspace
from tui.config import Config
from tui.errors import HistoryBusyError
from tui.faults import LOGGER, attempt
from tui.history.sqlite.history import SqliteHistory
from tui.paths import Paths
from tui.system.crash_reports import Reports


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "log")


@pytest.fixture
def closed(monkeypatch):
    """The histories that were closed."""
    stores = []
    close = SqliteHistory.close

    async def noted(self):
        stores.append(self)
        await close(self)

    monkeypatch.setattr(SqliteHistory, "close", noted)
    return stores


async def test_one_end_that_fails_does_not_keep_the_others_open(paths, closed):
    workspace = await open_workspace(paths, Config())

    async def fail():
        raise RuntimeError("it does not want to end")

    workspace.at_close.push_async_callback(fail)
    with pytest.raises(RuntimeError, match="does not want"):
        await workspace.close()
    assert closed == [workspace.store]


async def test_a_start_that_fails_leaves_no_history_open(paths, closed, monkeypatch):
    async def busy(self):
        raise HistoryBusyError("Another program holds the history")

    monkeypatch.setattr(SqliteHistory, "interrupt_abandoned", busy)
    with pytest.raises(HistoryBusyError):
        await open_workspace(paths, Config())
    assert len(closed) == 1


async def test_faults_that_end_nothing_are_kept_in_the_folder_of_the_logs(paths, faults):
    workspace = await open_workspace(paths, Config(), temporary=True)
    try:
        assert attempt(lambda: 1 // 0, lambda: 7) == 7
    finally:
        await workspace.close()
        LOGGER.handlers[:] = [each for each in LOGGER.handlers if not isinstance(each, Reports)]
    [report] = paths.log.iterdir()
    assert "ZeroDivisionError" in report.read_text()
    faults.clear()
