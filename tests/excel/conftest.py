"""Excel for tests: xlwings' engine for Windows over an in-memory Excel."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.excel import windows

ROOT = Path(__file__).parents[2]
BROKEN = ROOT / "xlbudget" / "samples" / "broken.xlsx"
FOREIGN = ROOT / "samples" / "foreign" / "示范部门-系统导出-元.xlsx"

windows.load()

from tests.excel.office import Office  # noqa: E402  needs xlwings' Windows engine


@pytest.fixture(autouse=True)
def _log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "本地 数据"))


@pytest.fixture
def open_office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Office]]:
    """``open_office(path)``: Excel with that workbook open, and buttons that work on it."""

    def opened(path: Path) -> Office:
        office = Office(path)
        argv = [f"--wb={office.book.name}", "--from_xl=1", f"--hwnd={windows.HWND}"]
        monkeypatch.setattr(sys, "argv", ["-c", *argv])
        return office

    monkeypatch.setattr(sys, "platform", "win32")
    yield opened
    windows.calls.clear()


@pytest.fixture
def template(open_office: Callable[[Path], Office]) -> Office:
    """The sample in our template, one cell wrong."""
    return open_office(BROKEN)


@pytest.fixture
def foreign(open_office: Callable[[Path], Office]) -> Office:
    """Nine tables that somebody else's system wrote."""
    return open_office(FOREIGN)
