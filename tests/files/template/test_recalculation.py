"""LibreOffice's recalculated 勾稽检查 agrees with the Python checks, cell by cell."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from xlbudget.files.package import Package
from xlbudget.files.patch import patch_workbook
from xlbudget.files.read import book_from_bytes
from xlbudget.files.template import build
from xlbudget.files.template.refresh import refresh
from xlbudget.model.content import Content
from xlbudget.model.edits import CellEdit, CellValue

from .contents import changed, made_up, nested, rounded, seed, unrounded
from .recalc import Cells, cells_of, differences, needs_libreoffice, recalculated

WAN = 1_000_000
CONTENTS: dict[str, Content] = {
    "blank": Content(),
    "seed": seed(),
    "yuan": made_up(60),
    "three hundred rows": rounded(made_up(300)),
    "all the fen": unrounded(made_up(40)),
    "one fine amount": changed(seed(), T03__2010302__project=364_251_200),
    "row": changed(seed(), T02__2010301__total=10259_0000 * 100),
    "swapped digits": changed(seed(), T03__2010301__basic=109250 * WAN // 100),
    "part above whole": changed(seed(), T05__2101101__total=6239 * WAN // 100),
    "code not in 03": seed()._replace(
        codes={**seed().codes, "T03": tuple(c for c in seed().codes["T03"] if c != "2101103")}
    ),
    "classes": nested(nested(seed(), "T03")),
    "wrong class": nested(nested(seed(), "T03"), wrong=12_0000),
    "negative": changed(seed(), T03__2010301__basic=-1029_50 * WAN // 100),
}
EDITS: dict[str, dict[str, CellValue]] = {
    "dashes": {"T02.2010301.superior": "—", "T05.2010302.basic": "-", "T01.2.amount": "无"},
    "text": {"T02.2010301.other": "待核实", "T04.33.general": "见附件"},
    "typed over": {"T06.30201.amount": Decimal("47.37")},
}


def edited(values: dict[str, CellValue]) -> bytes:
    """The seed's workbook with cells typed over and its formulas brought up to date."""
    data = build(seed())
    figures = book_from_bytes(data, "")[0].figures
    edits = []
    for name, value in values.items():
        place = figures[name].place
        edits.append(CellEdit(place.sheet, place.row, place.column, value))
    patched = patch_workbook(data, edits)
    fresh = refresh(Package(patched), book_from_bytes(patched, "")[0])
    assert fresh is not None
    assert fresh.others == ()
    return fresh.package.data


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Cells, Cells]]:
    """Name → the cells as built, and as LibreOffice calculates them."""
    built = {name: build(content) for name, content in CONTENTS.items()}
    built |= {name: edited(values) for name, values in EDITS.items()}
    folder: Path = tmp_path_factory.mktemp("recalculated")
    fresh = recalculated(built, folder)
    return {name: (cells_of(data), cells_of(fresh[name])) for name, data in built.items()}


@pytest.mark.libreoffice
@needs_libreoffice
@pytest.mark.parametrize("name", [*CONTENTS, *EDITS])
def test_every_cell_agrees(name: str, books: dict[str, tuple[Cells, Cells]]) -> None:
    built, fresh = books[name]
    assert differences(built, fresh) == []


@pytest.mark.libreoffice
@needs_libreoffice
@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("blank", "未填"),
        ("seed", "尾差"),
        ("yuan", "平衡"),
        ("three hundred rows", "尾差"),
        ("all the fen", "平衡"),
        ("dashes", "尾差"),
        ("classes", "尾差"),
        ("wrong class", "不平"),
        ("part above whole", "不平"),
        ("code not in 03", "不平"),
        ("swapped digits", "不平"),
        ("text", "未核对"),
    ],
)
def test_the_verdict_is_the_one_expected(
    name: str, verdict: str, books: dict[str, tuple[Cells, Cells]]
) -> None:
    _, fresh = books[name]
    assert fresh["勾稽检查"][1][1] == verdict
