"""LibreOffice's recalculated 勾稽检查 agrees with the Python checks, cell by cell."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from samples.breakages import BREAKAGES, IN_TEMPLATE
from tests.levels import with_rows, without_items
from xlbudget.files.read import book_from_bytes
from xlbudget.model import layout
from xlbudget.model.content import Content
from xlbudget.model.edits import CellEdit, CellValue
from xlbudget.ooxml.package import Package
from xlbudget.ooxml.patch import patch_workbook
from xlbudget.template import build, load_macros
from xlbudget.template.formula_results import refresh

from ..contents import (
    changed,
    in_shanghai,
    made_up,
    moved,
    nested,
    rounded,
    seed,
    spent_at_once,
    unrounded,
    with_inputs,
)
from ..recalc import Cells, cells_of, differences, recalculated


def is_template(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return b'name="check_verdict"' in archive.read("xl/workbook.xml")


ROOT = Path(__file__).parents[3]
WAN = 1_000_000
SMALL = 40
"""Code rows of the lists built here: LibreOffice takes a second less than for the template's 300."""
CONTENTS: dict[str, Content] = {
    "three hundred rows": rounded(made_up(300)),
    "all the fen": unrounded(made_up(30)),
    "one fine amount, one negative": changed(
        seed(), T03__2010302__project=364_251_200, T03__2010301__basic=-1029_50 * WAN // 100
    ),
    "part above whole": changed(seed(), T05__2101101__total=6239 * WAN // 100)._replace(
        codes={**seed().codes, "T03": tuple(c for c in seed().codes["T03"] if c != "2101103")}
    ),
    "classes in 05 only": nested(seed()),
    "classes here and there": with_rows(
        with_rows(rounded(made_up(25)), "T03", ["208", "20101", "21303"]), "T02", ["210", "20805"]
    ),
    "down to 款": without_items(without_items(seed(), "T05", ["20805", "20103"]), "T03", ["21011"]),
    "wrong class": nested(nested(seed(), "T03", wrong=12_0000), wrong=12_0000),
    "inputs": with_inputs(),
    "wrong inputs": with_inputs(
        rounded(made_up(25)),
        LAST__T01__59__amount=1_0000,
        BUDGET__T05__total__total=3_3300,
        FACT__asset__vehicles=3 * WAN,
        FACT__meeting__amount=1,
        FACT__procurement__total=3_123456,
    ),
    "inputs in shanghai": with_inputs(in_shanghai(12)),
    "nothing carried over": rounded(spent_at_once(25)),
    "another row than its income": moved(spent_at_once(12)),
    "shanghai, yuan": in_shanghai(25),
    "shanghai, wrong": changed(in_shanghai(25), T08__total__income=1),
}
EDITS: dict[str, dict[str, CellValue]] = {
    "dashes": {
        "T02.2010301.superior": "—",
        "T05.2010302.basic": "-",
        "T01.2.amount": "无",
        "T06.30201.amount": Decimal("47.37"),
    },
    "text": {"T02.2010301.other": "待核实", "T04.33.general": "见附件"},
    "doubled codes": {
        "T05.2010302": "2010301",
        "T03.2101103": "2080505",
        "T02.2080801": "2080505",
    },
}
SAMPLES: dict[str, Callable[[], bytes]] = {
    path.name: path.read_bytes
    for path in sorted([*(ROOT / "workbook").glob("*.xlsx"), *(ROOT / "samples").rglob("*.xlsx")])
    if is_template(path)
} | {name: BREAKAGES[name] for name in IN_TEMPLATE}


def edited(values: dict[str, CellValue]) -> bytes:
    """The seed's workbook with cells typed over and its formulas brought up to date."""
    data = build(seed())
    book, _ = book_from_bytes(data, "")
    figures = book.figures
    edits = []
    for name, value in values.items():
        table, _, rest = name.partition(".")
        place = figures[name].place if name in figures else book.tables[table].places[rest]
        edits.append(CellEdit(place.sheet, place.row, place.column, value))
    patched = patch_workbook(data, edits)
    fresh = refresh(Package(patched), book_from_bytes(patched, "")[0])
    assert fresh is not None
    assert fresh.others == ()
    return fresh.package.data


def test_the_samples_in_template_layout_are_found() -> None:
    assert len(SAMPLES) == 5 + 8


def made(name: str) -> bytes:
    """The workbook of a name, as we write it."""
    if name in SAMPLES:
        return SAMPLES[name]()
    capacity = layout.CAPACITY
    layout.CAPACITY = SMALL
    try:
        if name == "macros":  # they and the settings sheet take nothing away from it
            return build(Content(), macros=load_macros())
        return edited(EDITS[name]) if name in EDITS else build(CONTENTS[name])
    finally:
        layout.CAPACITY = capacity


@pytest.fixture(scope="module")
def books(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Cells, Cells]]:
    """Name → the cells as built, and as LibreOffice calculates them.

    It is started once, for the workbooks of the tests that run.
    """
    names = [
        item.callspec.params["name"]
        for item in request.session.items
        if item.path == request.path and "books" in getattr(item, "fixturenames", ())
    ]
    built = {name: made(name) for name in dict.fromkeys(names)}
    folder: Path = tmp_path_factory.mktemp("recalculated")
    fresh = recalculated(built, folder)
    return {name: (cells_of(data), cells_of(fresh[name])) for name, data in built.items()}


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", [*CONTENTS, "macros", *EDITS, *SAMPLES])
def test_every_cell_agrees(name: str, books: dict[str, tuple[Cells, Cells]]) -> None:
    built, fresh = books[name]
    assert differences(built, fresh) == []


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("xlbudget.xlsx", "未填"),
        ("醴陵市人民政府办公室-2024.xlsx", "尾差"),
        ("示范部门-2024-元.xlsx", "平衡"),
        ("three hundred rows", "尾差"),
        ("all the fen", "平衡"),
        ("dashes", "不平"),
        ("classes in 05 only", "尾差"),
        ("classes here and there", "尾差"),
        ("wrong class", "不平"),
        ("part above whole", "不平"),
        ("down to 款", "尾差"),
        ("text", "未核对"),
        ("doubled codes", "不平"),
        ("T03-1-基本支出数字颠倒", "不平"),
        ("xlbudget-shanghai-2024.xlsx", "未填"),
        ("上海格式-示范部门-2024.xlsx", "尾差"),
        ("shanghai, yuan", "平衡"),
        ("shanghai, wrong", "不平"),
    ],
)
def test_the_verdict_is_the_one_expected(
    name: str, verdict: str, books: dict[str, tuple[Cells, Cells]]
) -> None:
    _, fresh = books[name]
    assert fresh["勾稽检查"][1][1] == verdict
