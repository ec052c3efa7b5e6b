"""Excel for tests: xlwings' engine for Windows over an in-memory Excel."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.excel import windows
from xlbudget.model.inputs import load_inputs
from xlbudget.ooxml.package import Package

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


def light(source: Path, target: Path) -> Path:
    """The same workbook without what no button reads: its largest sheets take longest to open."""
    package = Package(source.read_bytes())
    inputs = load_inputs()
    emptied: dict[str, bytes | None] = {}
    for sheet in package.sheets:
        if sheet.name in (inputs.checks_sheet, inputs.dictionary_sheet):
            xml = package.read(sheet.part)
            emptied[sheet.part] = re.sub(rb"(?s)<sheetData>.*</sheetData>", b"<sheetData/>", xml)
    target.write_bytes(package.rewritten(emptied))
    return target


@pytest.fixture(scope="session")
def _light_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return light(BROKEN, tmp_path_factory.mktemp("light") / BROKEN.name)


@pytest.fixture
def template(open_office: Callable[[Path], Office], _light_sample: Path) -> Office:
    """The sample in our template, one cell wrong."""
    return open_office(_light_sample)


@pytest.fixture
def full_template(open_office: Callable[[Path], Office]) -> Office:
    """The same with all of its sheets."""
    return open_office(BROKEN)


@pytest.fixture
def foreign(open_office: Callable[[Path], Office]) -> Office:
    """Nine tables that somebody else's system wrote."""
    return open_office(FOREIGN)
