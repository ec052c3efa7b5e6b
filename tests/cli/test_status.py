"""Exit status: 0 done and nothing wrong, 1 done and something wrong was found, 2 could not be done."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from samples.contents import made_up
from tests.books import read_book
from tests.plain import plain_workbook
from tests.seed import book_of_seed
from xlbudget.cli import run
from xlbudget.model.edits import CellEdit
from xlbudget.ooxml.patch import patch_workbook
from xlbudget.template import build

SAMPLES = Path(__file__).parents[2] / "xlbudget" / "samples"


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A workbook in which nothing is wrong and nothing is missing."""
    path = tmp_path / "示范.xlsx"
    path.write_bytes(build(made_up()))
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "有错.xlsx"
    path.write_bytes((SAMPLES / "broken.xlsx").read_bytes())
    return path


def _put(path: Path, name: str, value: Decimal | None) -> None:
    place = read_book(path).figures[name].place
    edit = CellEdit(place.sheet, place.row, place.column, value)
    path.write_bytes(patch_workbook(path.read_bytes(), [edit]))


def test_nothing_wrong_is_status_0_for_every_command(clean: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "出.xlsx")
    assert run(["validate", str(clean)]) == 0
    assert run(["fill", str(clean), "-o", out]) == 0
    assert run(["narrate", str(clean), "-o", out]) == 0
    assert run(["export", str(clean), "-o", str(tmp_path / "出.html")]) == 0
    assert run(["figures", str(clean)]) == 0
    assert run(["import", str(clean), "-o", str(tmp_path / "装入.xlsx")]) == 0


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_filling_ends_with_1_when_the_filled_workbook_has_errors(
    broken: Path, tmp_path: Path, more: list[str]
) -> None:
    assert run(["fill", str(broken), "-o", str(tmp_path / "出.xlsx"), *more]) == 1
    assert (tmp_path / "出.xlsx").exists()


def test_filling_ends_with_1_when_another_value_was_left_alone(
    clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _put(clean, "T01.27.amount", Decimal("1.23"))
    out = tmp_path / "出.xlsx"
    assert run(["fill", str(clean), "-o", str(out)]) == 1
    assert "个格填的数和算出的数不同" in capsys.readouterr().out
    assert read_book(out).figures["T01.27.amount"].fen == 123
    assert run(["fill", str(clean), "-o", str(out), "--overwrite"]) == 0
    assert run(["validate", str(out)]) == 0


def test_filling_what_mends_the_errors_ends_with_0(clean: Path, tmp_path: Path) -> None:
    _put(clean, "T01.27.amount", None)
    assert run(["validate", str(clean)]) == 1
    assert run(["fill", str(clean), "-o", str(tmp_path / "出.xlsx")]) == 0


def test_a_report_with_something_to_be_filled_in_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sample, out = str(SAMPLES / "sample.xlsx"), tmp_path / "出.xlsx"
    assert run(["narrate", sample, "-o", str(out)]) == 1
    assert run(["narrate", sample, "--text"]) == 1
    assert "处待填" in capsys.readouterr().err
    assert out.exists()


def test_a_conversion_with_errors_ends_with_1(tmp_path: Path) -> None:
    source = tmp_path / "元.xlsx"
    source.write_bytes(build(made_up()))
    assert run(["convert", str(source), "-o", str(tmp_path / "出.xlsx")]) == 0
    _put(source, "T01.27.amount", Decimal("1.23"))
    assert run(["convert", str(source), "-o", str(tmp_path / "出.xlsx")]) == 1


def test_a_draft_of_wrong_tables_ends_with_1_and_says_so(
    clean: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _put(clean, "T01.27.amount", Decimal("1.23"))
    out = tmp_path / "出.html"
    assert run(["export", str(clean), "-o", str(out)]) == 2
    assert not out.exists()
    assert run(["export", str(clean), "-o", str(out), "--draft"]) == 1
    assert "表里还有" in capsys.readouterr().err


def test_an_import_without_a_table_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "导出.xlsx"
    book = book_of_seed()
    source.write_bytes(plain_workbook(book))
    assert run(["import", str(source), "-o", str(tmp_path / "一.xlsx"), "--year", "2024"]) == 0
    nothing = {("Z09", row, column): None for row in range(1, 9) for column in range(1, 13)}
    source.write_bytes(plain_workbook(book, nothing))
    assert run(["import", str(source), "-o", str(tmp_path / "二.xlsx"), "--year", "2024"]) == 1
    assert "没有找到，留空" in capsys.readouterr().out
