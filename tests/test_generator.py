"""Made-up departments: consistent to the 分, never a false alarm in 万元, no change goes unseen."""

from __future__ import annotations

import random

import pytest

from tests.generator import LEAST, book_of, codes_of, department, publication
from xlbudget.model.book import Book
from xlbudget.model.content import Content
from xlbudget.model.money import WAN
from xlbudget.validate import validate
from xlbudget.validate.check import Check, Report, constraints_of
from xlbudget.validate.rules import load_rules

CHUNKS, PER_CHUNK = 4, 25


def drawn(seed: int) -> Content:
    """The department of a seed, with 12 to 300 科目."""
    rng = random.Random(seed)
    return department(rng, rng.randint(12, 300))


def errors(report: Report) -> list[str]:
    return [f"{f.rule}: {f.message}" for f in report.findings if f.severity == "error"]


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_departments_are_exact_in_yuan_and_raise_no_error_in_wan(chunk: int) -> None:
    for seed in range(chunk * PER_CHUNK, (chunk + 1) * PER_CHUNK):
        content = drawn(seed)
        exact = validate(book_of(content))
        assert errors(exact) == []
        assert exact.counts["rounding"] == 0
        assert exact.counts["not_run"] == 0
        assert errors(validate(book_of(publication(content)))) == []


def test_the_same_seed_gives_the_same_department() -> None:
    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)


@pytest.mark.parametrize("rows", [12, 60, 300])
def test_the_detail_has_as_many_rows_as_asked_for(rows: int) -> None:
    content = department(random.Random(rows), rows)
    assert len(content.codes["T03"]) == rows


def test_every_kind_of_money_occurs() -> None:
    figures = department(
        random.Random(1), 40, fund=True, capital=True, carry=True, own=True
    ).figures
    for name in ("T01.29.amount", "T01.59.amount", "T07.total.total", "T08.total.total"):
        assert figures[name] >= LEAST
    assert sum(figures.get(f"T01.{line}.amount", 0) for line in range(4, 9)) >= LEAST


def test_no_amount_is_too_small_to_be_printed() -> None:
    for seed in range(20):
        content = drawn(seed)
        amounts = {n: fen for n, fen in content.figures.items() if not n.startswith("FACT")}
        assert [n for n, fen in amounts.items() if fen and fen < LEAST] == []
        printed = publication(content).figures
        assert [n for n, fen in amounts.items() if bool(fen) != bool(printed[n])] == []


def test_items_of_06_may_be_too_small_to_be_printed_where_asked_for() -> None:
    contents = [department(random.Random(number), 12, least=1) for number in range(40)]
    items = [
        fen
        for content in contents
        for name, fen in content.figures.items()
        if name.startswith("T06.") and len(name.split(".")[1]) == 5
    ]
    assert any(0 < fen < WAN.half for fen in items)
    assert [errors(validate(book_of(content))) for content in contents] == [[]] * 40


def test_publishing_rounds_every_figure_by_itself() -> None:
    content = drawn(5)
    printed = publication(content)
    assert printed.unit == "万元"
    assert {fen % WAN.last_digit for fen in printed.figures.values()} == {0}
    amounts = [n for n in content.figures if not n.startswith("FACT")]
    assert max(abs(content.figures[n] - printed.figures[n]) for n in amounts) <= WAN.half


@pytest.mark.parametrize(
    ("budget", "least"), [("一般公共预算", 300), ("政府性基金预算", 12), ("国有资本经营预算", 3)]
)
def test_there_are_codes_enough_for_every_budget(budget: str, least: int) -> None:
    assert len(codes_of(budget)) >= least


# ---------------------------------------------------------------- changes


def _with(book: Book, name: str, fen: int) -> Book:
    figure = book.figures[name]
    half = book.unit.half if fen and fen % book.unit.last_digit == 0 else 0
    return book._replace(figures={**book.figures, name: figure._replace(fen=fen, half=half)})


def _key(check: Check) -> tuple[str, object]:
    return check.rule.id, check.constraint


def _printed_places(book: Book) -> dict[str, int]:
    """Figure in an equality that always holds → the smallest change that no rounding explains.

    An identity of n figures that are not zero allows half a last digit for each of them; where the
    figure itself is zero it counts too as soon as it is changed.
    """
    least: dict[str, int] = {}
    for rule, constraint in constraints_of(book, load_rules()):
        if constraint.op != "=" or rule.severity != "error" or rule.when:
            continue
        names = [name for _, name in constraint.left + constraint.right]
        if not all(name in book.figures and name.startswith("T") for name in names):
            continue
        if not any(book.value(name) for name in names):
            continue
        # Twice the allowance: the figures may already differ by as much the other way.
        width = sum(1 for name in names if book.value(name)) + 1
        for name in names:
            change = 2 * width * book.unit.half + book.unit.last_digit
            least[name] = min(least.get(name, change), change)
    return least


@pytest.mark.parametrize("seed", range(4))
def test_every_change_beyond_rounding_of_a_figure_in_an_identity_is_found(seed: int) -> None:
    rng = random.Random(f"changes {seed}")
    printed = publication(department(rng, rng.randint(12, 60)))
    book = book_of(printed)
    before = {_key(c) for c in validate(book).checks if c.outcome == "failed"}
    least = _printed_places(book)
    for name in rng.sample(sorted(least), 40):
        sign = 1 if not book.value(name) else rng.choice((1, -1))
        changed = _with(book, name, book.value(name) + sign * least[name])
        after = {_key(c) for c in validate(changed).checks if c.outcome == "failed"}
        assert after - before, name


@pytest.mark.parametrize("seed", range(4))
def test_in_yuan_a_change_of_one_fen_is_found(seed: int) -> None:
    rng = random.Random(f"fen {seed}")
    book = book_of(department(rng, rng.randint(12, 60)))
    names = _printed_places(book)
    for name in rng.sample(sorted(names), 40):
        changed = _with(book, name, book.value(name) + rng.choice((1, -1)))
        assert errors(validate(changed)), name
