"""LibreOffice opens the .xlsm and saves it again: what is in the copy, and what it leaves out.

What it is known to change is listed in ``CHANGED``; everything else must be equal.
"""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import olefile
import openpyxl
import pytest
from oletools.olevba import VBA_Parser
from openpyxl.worksheet.worksheet import Worksheet

from tests.template.recalc import cells_of, differences, recalculated
from xlbudget.cli import run
from xlbudget.ooxml.package import Package

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "醴陵市人民政府办公室-2024.xlsx"
CHANGED = {
    "kinds of modules": "the class Dictionary, which macOS needs, is no longer declared as one",
    "frozen panes": "saving without a window keeps no panes",
    "code names": "the sheets' names in VBA; Excel gives new ones in the same order",
    "stop if true": "conditional formats go on; ours exclude each other or come gravest first",
    "black and white": "the tints are printed",
    "settings hidden": "very hidden becomes hidden: the user can show the settings sheet",
}
_CLOSE = {"widths": 0.3, "heights": 0.6}
"""How far a measure may be off: digits, points."""
_HIDDEN = {"veryHidden": "hidden"}
_WRITTEN = {"FALSE()": "FALSE", "1E-6": "0.000001"}
"""What a formula says, as Excel and as LibreOffice write it."""

pytestmark = pytest.mark.libreoffice


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, bytes]]:
    """Name → the workbook as we write it, and LibreOffice's copy."""
    folder = tmp_path_factory.mktemp("xlsm")
    path = folder / "试.xlsm"
    assert run(["import", str(SAMPLE), "-o", str(path)]) == 0
    for command, status in (("fill", 0), ("validate", 0), ("narrate", 1)):  # 【待填】 is left
        assert run([command, str(path), "--in-place"]) == status
    ours = {
        "blank": (ROOT / "workbook" / "xlbudget.xlsm").read_bytes(),
        "filled": path.read_bytes(),
    }
    copies = recalculated(ours, folder, macros=True)
    return {name: (data, copies[name]) for name, data in ours.items()}


@pytest.mark.parametrize("name", ["blank", "filled"])
def test_nothing_is_lost(name: str, files: dict[str, tuple[bytes, bytes]]) -> None:
    ours, copy = (described(data) for data in files[name])
    assert ours.keys() == copy.keys()
    changed = {
        aspect: _differing(ours[aspect], copy[aspect], _CLOSE.get(aspect, 0)) for aspect in ours
    }
    assert {a: found for a, found in changed.items() if found and a not in CHANGED} == {}


@pytest.mark.parametrize("name", ["blank", "filled"])
def test_every_value_is_kept(name: str, files: dict[str, tuple[bytes, bytes]]) -> None:
    ours, copy = (cells_of(data) for data in files[name])
    assert differences(ours, copy) == []


@pytest.mark.parametrize("command", ["validate", "figures"])
def test_the_copy_says_the_same(
    command: str,
    files: dict[str, tuple[bytes, bytes]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "试.xlsm"
    said = []
    for data in files["filled"]:
        path.write_bytes(data)
        assert run([command, str(path), "--json"]) == 0
        said.append(json.loads(capsys.readouterr().out))
    assert said[0] == said[1]


# ---------------------------------------------------------------- what is in a workbook


def described(data: bytes) -> dict[str, dict[str, Any]]:
    """Aspect → what there is of it, by sheet and place."""
    book = openpyxl.load_workbook(BytesIO(data))
    found: dict[str, dict[str, Any]] = {
        "names": {n: _plain(d.attr_text) for n, d in book.defined_names.items()},
        "macros": _macros(data),
        "kinds of modules": _kinds(data),
        "ribbon": {"customUI": Package(data).read("customUI/customUI.xml")},
    }
    for number, sheet in enumerate(book.worksheets):
        for aspect, value in _of_sheet(sheet).items():
            found.setdefault(aspect, {})[f"{number} {sheet.title}"] = value
    return found


def _of_sheet(sheet: Worksheet) -> dict[str, Any]:
    cells = [cell for row in sheet.iter_rows() for cell in row]
    formulas = [cell for cell in cells if cell.data_type == "f"]
    page = sheet.page_setup
    protection = {
        key: value for key, value in vars(sheet.protection).items() if isinstance(value, bool)
    }
    formats = [(str(f.sqref), rule) for f in sheet.conditional_formatting for rule in f.rules]
    formats.sort(key=lambda entry: (entry[0], entry[1].priority))
    return {
        "hidden sheets": _HIDDEN.get(sheet.sheet_state, sheet.sheet_state),
        "settings hidden": sheet.sheet_state,
        "code names": sheet.sheet_properties.codeName,
        "frozen panes": sheet.freeze_panes,
        "formulas": {cell.coordinate: _plain(str(cell.value)) for cell in formulas},
        "number formats": {
            cell.coordinate: cell.number_format.replace("\\-", "-").rstrip(";")
            for cell in cells
            if cell.value not in (None, "")
        },
        "unlocked": [c.coordinate for c in cells if not c.protection.locked and c.value],
        "links": {c.coordinate: c.hyperlink.location for c in cells if c.hyperlink},
        "notes": {c.coordinate: c.comment.text for c in cells if c.comment},
        "merged": sorted(map(str, sheet.merged_cells.ranges)),
        "widths": {name: d.hidden or d.width for name, d in _columns(sheet).items()},
        "hidden rows": [n for n, row in sheet.row_dimensions.items() if row.hidden],
        "heights": {
            n: float(row.height)
            for n, row in sheet.row_dimensions.items()
            if row.height and row.height > 16  # a line is as high as the program likes it
        },
        "validations": sorted(_validation(v) for v in sheet.data_validations.dataValidation),
        "conditional formats": [
            (area, rule.type, [_plain(f) for f in rule.formula], _look(rule))
            for area, rule in formats
        ],
        "stop if true": [bool(rule.stopIfTrue) for _, rule in formats],
        "filter": sheet.auto_filter.ref,
        "protected": protection,
        "print area": str(sheet.print_area),
        "repeated rows": sheet.print_title_rows,
        "page breaks": [entry.id for entry in sheet.row_breaks.brk],
        "page": (
            page.orientation or "portrait",
            bool(sheet.sheet_properties.pageSetUpPr and sheet.sheet_properties.pageSetUpPr.fitToPage),
            sheet.oddFooter.center.text,
        ),
        "black and white": page.blackAndWhite,
        "charts": [
            (type(chart).__name__, [_plain(series.val.numRef.f) for series in chart.series])
            for chart in sheet._charts
        ],
    }  # fmt: skip


def _plain(formula: str) -> str:
    """A formula in one way of writing."""
    formula = "1" if formula == "TRUE" else re.sub(r"'([^'!]+)'!", r"\1!", formula)
    for one, other in _WRITTEN.items():
        formula = formula.replace(one, other)
    return formula


def _columns(sheet: Worksheet) -> dict[int, Any]:
    """Column → its dimension; a dimension may be that of several."""
    return {
        number: entry
        for entry in sheet.column_dimensions.values()
        for number in range(entry.min, min(entry.max, 99) + 1)
        if entry.customWidth
    }


def _validation(rule: Any) -> tuple[str, ...]:
    first = float(rule.formula1) if rule.type == "decimal" else rule.formula1
    second = float(rule.formula2) if rule.type == "decimal" else ""
    style = rule.errorStyle or "stop"
    texts = (rule.errorTitle, rule.error, rule.promptTitle, rule.prompt)
    return tuple(map(str, (rule.sqref, rule.type, first, second, style, *texts)))


def _look(rule: Any) -> tuple[Any, ...]:
    fill, font, border = rule.dxf.fill, rule.dxf.font, rule.dxf.border
    return (
        fill and fill.bgColor.rgb,
        font and (font.b, font.color and font.color.rgb),
        border and border.left and border.left.style,
    )


def _macros(data: bytes) -> dict[str, str]:
    """Module → its source without what describes the module."""
    parser = VBA_Parser("x.xlsm", data)
    return {
        name.partition(".")[0]: "\n".join(
            line.rstrip()
            for line in code.splitlines()
            if not line.startswith(("Attribute ", "Option ClassModule"))
        ).strip()
        for _, _, name, code in parser.extract_macros()
    }


def _kinds(data: bytes) -> dict[str, str]:
    """Module → what the project says it is."""
    with olefile.OleFileIO(BytesIO(Package(data).read("xl/vbaProject.bin"))) as project:
        text = project.openstream("PROJECT").read().decode("gbk")
    found = re.findall(r"^(Document|Module|Class)=(\w+)", text, re.MULTILINE)
    return {name: kind for kind, name in found}


def _differing(ours: dict[str, Any], copy: dict[str, Any], close: float) -> dict[str, Any]:
    """What differs, as (ours, copy) by place; measures by more than ``close``."""
    found: dict[str, Any] = {}
    for key in ours.keys() | copy.keys():
        old, new = ours.get(key), copy.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            if differing := _differing(old, new, close):
                found[key] = differing
        elif old != new and not (_is_measure(old, new) and abs(old - new) <= close):
            found[key] = (old, new)
    return found


def _is_measure(*values: object) -> bool:
    return all(isinstance(value, float) for value in values)
