"""Interval arithmetic, outcomes, and the proof on the published sample: nothing missing, nothing missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.books import book_of
from tests.seed import book_of_seed
from xlbudget.model.book import Book, Reason
from xlbudget.model.expression import Coefficient, Constraint
from xlbudget.model.money import WAN, YUAN
from xlbudget.validate.check import Basis, Check, check_rules, constraints_of, evaluate
from xlbudget.validate.rules import Rule, find_rules, load_rules, rules_from_toml
from xlbudget.validate.structure import FUNCTIONS

IDENTITIES = Path(__file__).parents[1] / "data" / "seed_identities.txt"
HARD = [rule for rule in load_rules() if rule.severity == "error" and not rule.when]
LISTED = [
    find_rules(load_rules(), rule_id)[0]
    for line in IDENTITIES.read_text("utf-8").splitlines()
    if line.startswith("# rules:")
    for rule_id in line.split()[2:]
]
"""The rules whose identities are spelled out in IDENTITIES; a rule added since is proved by its examples."""
Identity = tuple[str, tuple[tuple[str, Coefficient], ...]]


def rule_of(check: str, **more: object) -> Rule:
    parts = "\n".join(f"{key} = {value!r}" for key, value in more.items())
    return rules_from_toml(f"[[rule]]\nid = 'X'\ncheck = ['{check}']\n{parts}", "试")[0]


def checks_of(rule: Rule, book: Book) -> list[Check]:
    return list(check_rules(book, [rule], FUNCTIONS))


def outcome(check: str, **figures: object) -> Check:
    """The only check of a rule on a book with these figures (dots written as __)."""
    named = {name.replace("__", "."): value for name, value in figures.items()}
    found = checks_of(rule_of(check), book_of(named))
    assert len(found) == 1
    return found[0]


# ---------------------------------------------------------------- the published sample


def _canonical(op: str, terms: Iterable[tuple[Coefficient, str]]) -> Identity:
    total: Counter[str] = Counter()
    for coefficient, name in terms:
        total[name] += coefficient  # type: ignore[assignment]
    items = sorted((name, value) for name, value in total.items() if value)
    if op == "=" and items and items[0][1] < 0:
        items = [(name, -value) for name, value in items]
    return op, tuple(items)


def _spelled_out() -> list[Identity]:
    found = []
    for line in IDENTITIES.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        op, *terms = line.split()
        found.append(_canonical(op, [(1 if t[0] == "+" else -1, t[1:]) for t in terms]))
    return found


def _of_catalogue(book: Book) -> list[Identity]:
    """The identities of the listed rules over the figures that the sample prints.

    A 项 that 07 and 08 do not print (both are empty) stands for nothing and is left out, as in the
    list that was spelled out.
    """
    found = []
    for _, constraint in constraints_of(book, LISTED):
        sign = 1 if constraint.op == "=" else -1
        terms = [(sign * c, n) for c, n in constraint.left]
        terms += [(-sign * c, n) for c, n in constraint.right]
        printed = [(c, n) for c, n in terms if n in book.figures]
        found.append(_canonical("=" if constraint.op == "=" else ">=", printed))
    return found


def test_all_245_equalities_and_67_inequalities_are_there_and_no_other() -> None:
    expected = _spelled_out()
    assert Counter(op for op, _ in expected) == {"=": 245, ">=": 67}
    assert Counter(_of_catalogue(book_of_seed())) == Counter(expected)


def test_the_sample_has_18_roundings_72_exact_equalities_and_no_failure() -> None:
    checks = [check for check in check_rules(book_of_seed(), LISTED, FUNCTIONS) if check.constraint]
    equal = Counter(c.outcome for c in checks if c.constraint and c.constraint.op == "=")
    assert equal == {
        "rounding": 18,
        "passed": 72,
        "not_applicable": 245 - 90,
    }
    assert not [c for c in checks if c.outcome in ("failed", "explained")]


def test_a_strict_test_would_raise_18_false_alarms_and_a_fixed_tolerance_4() -> None:
    checks = [c for c in check_rules(book_of_seed(), LISTED, FUNCTIONS) if c.constraint]
    off = [
        abs(c.difference)
        for c in checks
        if c.constraint and c.constraint.op == "=" and c.difference
    ]
    assert len(off) == 18
    assert sum(difference > WAN.last_digit for difference in off) == 4


def _by_figure(book: Book) -> dict[str, list[tuple[Rule, Constraint]]]:
    found: dict[str, list[tuple[Rule, Constraint]]] = {}
    for rule, constraint in constraints_of(book, HARD):
        for _, name in constraint.left + constraint.right:
            found.setdefault(name, []).append((rule, constraint))
    return found


@pytest.mark.parametrize("change", [12, -12, 13, -40, 900])
def test_every_cell_changed_by_12_hundredths_or_more_is_found(change: int) -> None:
    book = book_of_seed()
    concerned = _by_figure(book)
    missed = []
    for name, figure in book.figures.items():
        assert name in concerned, f"{name} is in no identity"
        fen = figure.value + change * WAN.last_digit
        changed = figure._replace(fen=fen, half=WAN.half if fen else 0)
        other = book._replace(figures={**book.figures, name: changed})
        basis = Basis(other)
        checks = (evaluate(basis, rule, c) for rule, c in concerned[name])
        if not any(check.outcome == "failed" for check in checks):
            missed.append(name)
    assert missed == []


# ---------------------------------------------------------------- intervals


def test_a_sum_of_n_printed_figures_may_differ_by_half_a_digit_each() -> None:
    amounts = {"T01__1__amount": "10.00", "T01__2__amount": "20.00"}
    rule = "T01.27.amount = T01.1.amount + T01.2.amount"
    assert outcome(rule, **amounts, T01__27__amount="30.00").outcome == "passed"
    assert outcome(rule, **amounts, T01__27__amount="30.01").outcome == "rounding"
    failed = outcome(rule, **amounts, T01__27__amount="30.02")
    assert failed.outcome == "failed"
    assert failed.difference == 2 * WAN.last_digit
    assert failed.tolerance == 3 * WAN.half


def test_zeros_and_blanks_are_exact() -> None:
    check = outcome(
        "T01.27.amount = T01.1.amount + T01.2.amount + T01.3.amount",
        T01__1__amount="10.00",
        T01__2__amount="0.00",
        T01__27__amount="10.02",
    )
    assert check.tolerance == 2 * WAN.half
    assert check.outcome == "failed"


def test_a_part_may_exceed_its_whole_only_by_rounding() -> None:
    rule = "T04.59.total <= T01.57.amount"
    assert outcome(rule, T04__59__total="9.00", T01__57__amount="10.00").outcome == "passed"
    assert outcome(rule, T04__59__total="10.01", T01__57__amount="10.00").outcome == "rounding"
    assert outcome(rule, T04__59__total="10.02", T01__57__amount="10.00").outcome == "failed"


def test_in_yuan_every_fen_counts() -> None:
    rule = rule_of("T01.30.amount = T01.60.amount")
    book = book_of({"T01.30.amount": "100.00", "T01.60.amount": "100.01"}, unit=YUAN)
    assert [c.outcome for c in checks_of(rule, book)] == ["failed"]


def test_amounts_with_every_fen_are_checked_exactly() -> None:
    rule = rule_of("T01.30.amount = T01.60.amount")
    book = book_of({"T01.30.amount": "100.123456", "T01.60.amount": "100.123457"})
    assert [c.outcome for c in checks_of(rule, book)] == ["failed"]


def test_a_finding_names_cells_difference_and_what_to_do() -> None:
    (rule,) = find_rules(load_rules(), "T09-2")
    book = book_of(rule.bad)
    (check,) = [c for c in checks_of(rule, book) if c.outcome == "failed"]
    assert check.finding is not None
    assert (check.finding.left, check.finding.right) == ("4.41", "4.11")
    assert (check.finding.difference, check.finding.tolerance) == ("0.30", "0.01")
    assert [c.ref for c in check.finding.cells] == [
        "T09.actual.vehicles",
        "T09.actual.vehicle_running",
    ]
    assert check.finding.message.endswith(rule.advice)


# ---------------------------------------------------------------- outcomes


def test_all_zero_is_not_applicable_never_passed() -> None:
    assert outcome("T01.30.amount = T01.60.amount").outcome == "not_applicable"


def test_a_missing_table_is_not_run_and_says_which() -> None:
    book = book_of({"T01.30.amount": "1.00"})
    tables = {key: table for key, table in book.tables.items() if key != "T04"}
    figures = {n: f for n, f in book.figures.items() if not n.startswith("T04")}
    book = book._replace(tables=tables, figures=figures)
    (check,) = checks_of(rule_of("T04.59.total <= T01.57.amount"), book)
    assert (check.outcome, check.reason) == ("not_run", "没有财政拨款收入支出决算总表")


def test_a_cell_without_an_amount_is_not_run() -> None:
    book = book_of({"T01.60.amount": "1.00"})
    figures = {n: f for n, f in book.figures.items() if n != "T01.30.amount"}
    book = book._replace(
        figures=figures, unreadable={"T01.30.amount": "01!C9里是“#REF!”，不是金额"}
    )
    (check,) = checks_of(rule_of("T01.30.amount = T01.60.amount"), book)
    assert (check.outcome, check.reason) == ("not_run", "01!C9里是“#REF!”，不是金额")


def test_a_condition_that_is_not_met_makes_a_rule_not_applicable() -> None:
    rule = rule_of("T04.59.total = T01.57.amount", when=["T01.29.amount = 0"])
    met = book_of({"T04.59.total": "1.00", "T01.57.amount": "2.00"})
    unmet = book_of({"T04.59.total": "1.00", "T01.57.amount": "2.00", "T01.29.amount": "1.00"})
    assert [c.outcome for c in checks_of(rule, met)] == ["failed"]
    (check,) = checks_of(rule, unmet)
    assert check.outcome == "not_applicable"
    assert "年初结转和结余" in check.reason


def test_a_soft_finding_is_explained_by_its_line_of_reasons_and_an_error_never_is() -> None:
    book = book_of(
        {"T02.2010301.total": "60.00", "T03.2010301.total": "66.00"}
        | {"reasons": {"X~2010301": "上年结转"}}
    )
    text = "T02.{code}.total = T03.{code}.total"
    (soft,) = checks_of(rule_of(text, severity="warning"), book)
    assert (soft.outcome, soft.reason) == ("explained", "上年结转")
    assert soft.finding is None
    (hard,) = checks_of(rule_of(text), book)
    assert hard.outcome == "failed"


def test_an_input_that_is_not_typed_is_not_run_and_says_where_it_stands() -> None:
    rule = rule_of("T06.30215.amount <= FACT.meeting.amount")
    (check,) = checks_of(rule, book_of({"T06.30215.amount": "32.76"}))
    assert (check.outcome, check.reason) == ("not_run", "补充资料“会议费支出”没有填")
    (check,) = checks_of(rule, book_of({"T06.30215.amount": "32.76", "FACT.meeting.amount": None}))
    assert check.outcome == "not_run"
    assert "补充资料!C" in check.reason
    (check,) = checks_of(rule, book_of({"T06.30215.amount": "32.76", "FACT.meeting.amount": "0"}))
    assert check.outcome == "failed"


def test_parts_left_blank_are_zero_when_one_of_them_is_typed() -> None:
    (rule,) = find_rules(load_rules(), "L03")[:1]
    typed = {"FACT.asset.vehicles": 2, "FACT.asset.vehicles_leader": None}
    (check,) = checks_of(rule, book_of(typed))
    assert check.outcome == "not_run"
    (check,) = checks_of(rule, book_of({**typed, "FACT.asset.vehicles_other": 2}))
    assert check.outcome == "passed"


def test_a_function_without_its_sheet_is_not_run() -> None:
    (rule,) = find_rules(load_rules(), "K01")
    (check,) = checks_of(rule, book_of({"T05.2010301.total": "1.00"}))
    assert (check.outcome, check.reason) == ("not_run", "“年初预算”表没有填")


def test_a_function_s_finding_is_explained_by_the_line_its_rule_names() -> None:
    (rule,) = find_rules(load_rules(), "K04")[:1]
    book = book_of(rule.bad)
    assert [c.outcome for c in checks_of(rule, book)] == ["failed"]
    key = "T05.2010301.total~BUDGET"
    place = book.figures["T05.2010301.total"].place
    book = book._replace(reasons={key: Reason(key, "年中追加", place)})
    assert [(c.outcome, c.reason) for c in checks_of(rule, book)] == [("explained", "年中追加")]


def test_a_threshold_is_said_as_a_share() -> None:
    (rule,) = find_rules(load_rules(), "F08")[:1]
    (message,) = [c.finding.message for c in checks_of(rule, book_of(rule.bad)) if c.finding]
    assert (
        "“其他商品和服务支出”是40.00，通常不大于06基本支出明细表“商品和服务支出”的30%即30.00"
        in message
    )
