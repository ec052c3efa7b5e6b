"""Pathological workbooks: one clear answer each, never a word of the solver."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.books import read_book
from tests.generator import book_of, department, publication
from tests.plain import plain_workbook
from xlbudget.cli import run
from xlbudget.model.book import Book
from xlbudget.model.content import content_of
from xlbudget.model.money import WAN
from xlbudget.template import build

NEVER = ("Traceback", "Error", "HiGHS", "highs", "infeasible", "LP", "inf", "nan")


def department_of(rows: int, seed: int = 5) -> Book:
    return book_of(department(random.Random(seed), rows, fund=False, capital=False))


def scaled(book: Book, change: Callable[[int], int]) -> Book:
    """Every amount of the nine tables changed in the same way."""
    return book._replace(
        figures={
            name: f._replace(fen=change(f.fen)) if f.fen is not None and name[0] == "T" else f
            for name, f in book.figures.items()
        }
    )


def with_amount(book: Book, name: str, fen: int) -> Book:
    return book._replace(figures={**book.figures, name: book.figures[name]._replace(fen=fen)})


def written(book: Book, path: Path) -> Path:
    path.write_bytes(plain_workbook(book))
    return path


def contradictory() -> Book:
    """Totals that are the same money in two tables and say different things, twice over."""
    book = department_of(4)
    wrong = {
        "T01.57.amount": 500_000_000,
        "T03.total.total": 700_000_000,
        "T05.total.total": 900_000_000,
        "T04.59.general": 300_000_000,
        "T06.personnel.amount": 10_000_000_000,
        "T02.total.total": 1,
    }
    for name, fen in wrong.items():
        book = with_amount(book, name, fen)
    return book


def with_refund() -> Book:
    """A 款 below zero, as after a correction of an earlier year; its sum still holds."""
    book = department_of(4)
    first, second = [
        n for n, f in book.figures.items() if n.startswith("T06.301") and len(n) == 16 and f.fen
    ][:2]
    moved = book.value(first) + 12_345_678
    book = with_amount(book, first, -12_345_678)
    return with_amount(book, second, book.value(second) + moved)


CASES: dict[str, tuple[Book, int, str]] = {
    "all zero": (scaled(department_of(3), lambda _: 0), 1, "九张表还没有填"),
    "one row": (department_of(1), 0, "没有发现错误"),
    "below zero": (with_refund(), 0, "没有发现错误"),
    "all below zero": (scaled(department_of(4), lambda fen: -fen), 1, "不应大于"),
    "1e12": (scaled(department_of(4), lambda fen: fen * 10**6), 0, "没有发现错误"),
    "contradictory": (contradictory(), 1, "有错误"),
}


@pytest.mark.parametrize("name", CASES)
def test_validation_gives_a_clear_answer(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, status, words = CASES[name]
    found = run(["validate", "--ignore", "A04", str(written(book, tmp_path / "x.xlsx"))])
    said = capsys.readouterr()
    assert (found, words in said.out) == (status, True), said.out[:600]
    assert not [word for word in NEVER if word in said.out + said.err]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("options", [[], ["--balance"]])
def test_conversion_gives_a_clear_answer(
    name: str, options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, _, _ = CASES[name]
    source, out = written(book, tmp_path / "元.xlsx"), tmp_path / "万元.xlsx"
    status = run(["convert", str(source), "-o", str(out), *options])
    said = capsys.readouterr()
    assert not [word for word in NEVER if word in said.out + said.err]
    if name in ("contradictory", "all below zero") and options:
        assert status == 2
        assert "平衡舍入要先改平" in said.err
        assert not out.exists()
        return
    assert status in (0, 1)
    assert (f'xlbudget validate "{out}"' in said.out) == status
    after = read_book(out)
    assert after.unit.name == "万元"
    for figure, before in book.figures.items():
        if figure[0] == "T" and before.fen:
            assert abs(after.value(figure) - before.fen) < WAN.last_digit


@pytest.mark.parametrize("name", CASES)
def test_filling_gives_a_clear_answer(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of it is filled already: nothing is overwritten, what differs is named."""
    book, _, _ = CASES[name]
    source, out = written(book, tmp_path / "x.xlsx"), tmp_path / "y.xlsx"
    status = run(["fill", str(source), "-o", str(out)])
    said = capsys.readouterr()
    assert not [word for word in NEVER if word in said.out + said.err]
    assert status in (0, 1)
    assert "填充后再次校验" in said.out
    assert ("没有改动" in said.out) == (name == "contradictory")
    after = read_book(out)
    assert all(after.value(n) == f.fen for n, f in book.figures.items() if n[0] == "T" and f.fen)


def test_too_many_wrong_cells_are_said_to_be_too_many(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", str(written(contradictory(), tmp_path / "x.xlsx"))]) == 1
    assert "改三格以内说不通，指不出是哪几格" in capsys.readouterr().out


def test_contradictory_totals_in_wan_are_named_before_they_are_settled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = publication(content_of(contradictory()))
    source, out = tmp_path / "x.xlsx", tmp_path / "y.xlsx"
    source.write_bytes(build(content))
    assert run(["convert", str(source), "-o", str(out), "--balance"]) == 2
    said = capsys.readouterr().err
    assert (
        "平衡舍入要先改平：01收入支出总表“本年支出合计”应当等于26个分项之和，相差465.30万元" in said
    )
    assert not out.exists()


def test_a_wrong_cell_among_huge_amounts_is_still_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One trillion 元: beyond what a float tells apart to the 分."""
    book = CASES["1e12"][0]
    name = next(n for n in book.figures if n.startswith("T03.2") and n.endswith(".basic"))
    book = with_amount(book, name, book.value(name) + 10_000_000)
    assert run(["validate", str(written(book, tmp_path / "x.xlsx"))]) == 1
    assert "最可能填错的格" in capsys.readouterr().out
