"""Macro-enabled workbooks: written by an installed package, and kept by everything that writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.books import read_book
from tests.plain import plain_workbook
from tests.seed import book_of_seed
from xlbudget.cli import run
from xlbudget.model.content import Content
from xlbudget.ooxml.package import Package
from xlbudget.template import build, load_macros

KEPT = (
    "xl/vbaProject.bin",
    "customUI/customUI.xml",
    "_rels/.rels",
    "xl/_rels/workbook.xml.rels",
    "xl/workbook.xml",
    "xl/styles.xml",
)
# What a sheet's new values and notes may touch.
SHEETS_OWN = re.compile(
    r"xl/(worksheets/|comments\d+\.xml|drawings/vmlDrawing\d+\.vml)|\[Content_Types\]\.xml"
)
CODE_NAME = re.compile(rb'<(?:workbookPr|sheetPr) codeName="[^"]*"')


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The published sample taken into a macro-enabled workbook."""
    folder = tmp_path_factory.mktemp("macros")
    plain, out = folder / "导出.xlsx", folder / "模板.xlsm"
    plain.write_bytes(plain_workbook(book_of_seed()))
    assert run(["import", str(plain), "-o", str(out)]) == 0
    return out.read_bytes()


def code_names(data: bytes) -> list[bytes]:
    package = Package(data)
    parts = [package.workbook_part, *(sheet.part for sheet in package.sheets)]
    return [name for part in parts for name in CODE_NAME.findall(package.read(part))]


def test_import_writes_a_workbook_with_the_ribbon(imported: bytes) -> None:
    macros = load_macros()
    package = Package(imported)
    assert package.read("xl/vbaProject.bin") == macros.project
    assert package.read("customUI/customUI.xml") == macros.ribbon
    assert b"sheet.macroEnabled.main+xml" in package.read("[Content_Types].xml")
    assert len(code_names(imported)) == len(package.sheets) + 1


def test_new_writes_a_workbook_with_the_ribbon(tmp_path: Path) -> None:
    path = tmp_path / "新.xlsm"
    assert run(["new", str(path), "--department", "测试局", "--year", "2025"]) == 0
    assert path.read_bytes() == build(Content(department="测试局", year=2025), macros=load_macros())


def test_another_ending_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "新.xls"
    assert run(["new", str(path), "--department", "测试局", "--year", "2025"]) == 2
    assert "扩展名要是 .xlsx 或 .xlsm" in capsys.readouterr().err
    assert not path.exists()


def test_the_settings_sheet_is_not_taken_for_a_table(imported: bytes, tmp_path: Path) -> None:
    path = tmp_path / "决算.xlsm"
    path.write_bytes(imported)
    assert [f.message for f in read_book(path).findings if "xlbudget.conf" in f.message] == []


@pytest.mark.parametrize(
    ("command", "sheets"),
    [
        (["fill"], {"08国有资本经营表"}),
        (["validate"], {"校验结果"}),
        (["narrate"], {"决算说明"}),
    ],
    ids=["fill", "validate", "narrate"],
)
def test_headless_work_keeps_everything_else(
    imported: bytes, tmp_path: Path, command: list[str], sheets: set[str]
) -> None:
    path = tmp_path / "决算.xlsm"
    path.write_bytes(imported)
    assert run([*command, "--in-place", str(path)]) < 2
    before, after = Package(imported), Package(path.read_bytes())
    gone, new = (set(a.names) - set(b.names) for a, b in ((before, after), (after, before)))
    changed = {n for n in set(before.names) - gone if before.read(n) != after.read(n)}
    assert [name for name in changed | new | gone if not SHEETS_OWN.match(name)] == []
    assert b"sheet.macroEnabled.main+xml" in after.read("[Content_Types].xml")
    assert code_names(path.read_bytes()) == code_names(imported)
    assert {sheet.name for sheet in before.sheets if sheet.part in changed} >= sheets


def test_what_was_not_touched_is_the_same_in_the_file(imported: bytes, tmp_path: Path) -> None:
    """Not only the same when unpacked: the zip's entries are the same bytes."""
    path = tmp_path / "决算.xlsm"
    path.write_bytes(imported)
    assert run(["validate", "--in-place", str(path)]) < 2
    data = path.read_bytes()
    for name in KEPT:
        at = imported.index(name.encode())
        size = len(name) + 400
        assert imported[at : at + size] in data
