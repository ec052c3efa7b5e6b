"""06明细账 from the command line: `new --ledger` has it, `import` carries it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import read_book
from tests.template.contents import ledger_of, with_ledger
from xlbudget.cli import run
from xlbudget.model.content import content_of
from xlbudget.model.inputs import load_inputs
from xlbudget.ooxml.package import Package
from xlbudget.template import build

SHEET = load_inputs().ledger_sheet


@pytest.mark.parametrize("kind", [".xlsx", ".xlsm"])
def test_a_new_workbook_has_the_sheet_where_asked(tmp_path: Path, kind: str) -> None:
    asked, plain = tmp_path / f"有{kind}", tmp_path / f"无{kind}"
    assert run(["new", str(asked), "--department", "某局", "--year", "2025", "--ledger"]) == 0
    assert run(["new", str(plain), "--department", "某局", "--year", "2025"]) == 0
    for path, there in ((asked, True), (plain, False)):
        names = [sheet.name for sheet in Package(path.read_bytes()).sheets]
        assert (SHEET in names) == there


def test_import_carries_it_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "原.xlsx", tmp_path / "新.xlsx"
    content = with_ledger()
    source.write_bytes(build(content))
    assert run(["import", str(source), "-o", str(out)]) == 0
    (taken,) = (line for line in capsys.readouterr().out.splitlines() if "一并取了" in line)
    assert SHEET in taken
    assert ledger_of(content_of(read_book(out))) == ledger_of(content)


def test_the_wrong_item_is_told_by_the_ledger(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "错.xlsx"
    content = with_ledger()
    figures = {**content.figures, "T06.30201.amount": content.figures["T06.30201.amount"] + 10**8}
    path.write_bytes(build(content._replace(figures=figures)))
    assert run(["validate", str(path)]) == 1
    said = capsys.readouterr().out
    assert "   1. 06基本支出明细表!F7（06基本支出明细表“办公费”）：" in said
    assert "[F10] 06基本支出明细表“办公费”是116.09万元，明细账是160862.39元。" in said
