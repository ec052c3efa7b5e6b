"""A book in, a report out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.books import book_of
from tests.narrate.books import make_book
from tests.seed import book_of_seed
from xlbudget.model.book import Finding
from xlbudget.model.expression import Constraint
from xlbudget.model.forms import load_edition
from xlbudget.model.severity import Severity
from xlbudget.validate import load_rules, validate
from xlbudget.validate.check import Basis, Outcome, measure
from xlbudget.validate.local import rules_from_sheet
from xlbudget.validate.report import report_lines, tally

HEAD = ["编号", "说明", "公式", "级别", "备注"]


def test_the_published_sample_has_no_error_and_no_warning() -> None:
    report = validate(book_of_seed())
    assert report.verdict == "passed"
    assert {finding.severity for finding in report.findings} == {"info"}
    assert {finding.rule for finding in report.findings} == {"F07"}
    assert set(report.counts) == set(Outcome)
    assert report.counts["failed"] == len(report.findings)
    assert report.failed == {"error": 0, "warning": 0, "info": len(report.findings)}
    words = dict(tally(report.counts, report.failed))
    assert words["不符（错误）"] == 0
    assert words["可留意（提示）"] == len(report.findings)
    assert sum(words.values()) == len(report.checks)
    assert not any("不符" in line for line in report_lines(report))


def test_without_input_sheets_their_checks_are_not_run_and_none_passes() -> None:
    report = validate(book_of_seed())
    waiting = {c.rule.id for c in report.checks if c.outcome == "not_run"}
    assert {"K01", "K04", "L03", "L04", "L05", "L06", "J01", "J02", "J04", "H05", "H07"} <= waiting
    assert all(check.reason for check in report.checks if check.outcome == "not_run")
    assert all(check.finding for check in report.checks if check.outcome == "failed")


def test_a_template_that_nobody_has_filled_is_one_error_and_no_noise() -> None:
    report = validate(book_of({}))
    assert [finding.rule for finding in report.findings] == ["A10"]
    assert report.verdict == "failed"
    assert report.findings[0].message.startswith("九张表还没有填")
    others = {c.outcome for c in report.checks if c.rule.id != "A10" and not c.rule.emitted_by}
    assert others == {"not_run"}


def test_zeros_everywhere_are_a_template_too() -> None:
    report = validate(book_of({"T01.30.amount": "0.00", "T01.60.amount": "0.00"}))
    assert [finding.rule for finding in report.findings] == ["A10"]


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        ({"select": ["T09"]}, {r.id for r in load_rules() if r.id.startswith("T09-")}),
        ({"select": ["t09-2"]}, {"T09-2"}),
        ({"select": ["E03"]}, {"T05-1", "T05-2"}),
        ({"select": ["E03"], "ignore": ["T05-2"]}, {"T05-1"}),
    ],
)
def test_rules_are_chosen_by_id_prefix_or_item(
    options: dict[str, list[str]], rules: set[str]
) -> None:
    report = validate(book_of_seed(), **options)  # type: ignore[arg-type]
    assert {check.rule.id for check in report.checks} == rules


def test_ignoring_a_rule_drops_what_reading_found_too() -> None:
    book = book_of_seed()._replace(findings=(Finding("A07", Severity.ERROR, "文字"),))
    assert validate(book).verdict == "failed"
    assert [c.outcome for c in validate(book).checks if c.rule.id == "A07"] == ["failed"]
    report = validate(book, ignore=["A07"])
    assert report.verdict == "passed"
    assert all(finding.rule != "A07" for finding in report.findings)


def test_findings_come_in_order_of_severity() -> None:
    book = book_of_seed()._replace(findings=(Finding("A07", Severity.INFO, "文本数字"),))
    broken = book.figures["T09.actual.total"]._replace(fen=1)
    report = validate(book._replace(figures={**book.figures, broken.name: broken}))
    severities = [finding.severity for finding in report.findings]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert severities[0] == "error"


def test_an_office_s_own_rules_are_checked_like_the_catalogue_s() -> None:
    grid = [
        HEAD,
        ["本1", "办公费不超过20万", "T06.30201.amount <= 20", "提醒", "请压减。"],
        ["本2", "收支平衡", "T01.30.amount = T01.60.amount", "错误", ""],
    ]
    rules, wrong = rules_from_sheet(grid, "自定义公式", load_edition())
    assert not wrong
    report = validate(book_of_seed(), local_rules=rules)
    assert {c.rule.id: c.outcome for c in report.checks if c.rule.id.startswith("本")} == {
        "本1": "failed",
        "本2": "passed",
    }
    (finding,) = [f for f in report.findings if f.rule == "本1"]
    assert finding.severity == "warning"
    assert finding.message.endswith("请压减。")


def test_own_rules_that_cannot_be_read_are_findings() -> None:
    grid = [HEAD, ["本1", "", "T01.99.amount = 0", "", ""]]
    rules, wrong = rules_from_sheet(grid, "自定义公式", load_edition())
    report = validate(book_of_seed(), local_rules=rules, local_findings=wrong)
    assert report.verdict == "failed"
    assert [f.rule for f in report.findings if f.severity == "error"] == ["X01"]
    assert [c.outcome for c in report.checks if c.rule.id == "X01"] == ["failed"]


def test_a_sum_of_amounts_too_small_to_print_is_within_rounding() -> None:
    """Three amounts of 40 元 print as 0.00; 02 leaves its other empty cells blank."""
    codes = ("2010301", "2010302", "2010303")
    small = {f"T02.{code}.superior": "0.00" for code in codes}
    sums = {"T02.total.superior": "0.01", "T01.4.amount": "0.01"}
    columns = ("total", "appropriation", "operating", "business", "affiliated", "other")
    blank = {f"T02.{code}.{column}": None for code in codes for column in columns}
    book = book_of({**small, **sums, **blank})
    (check,) = [
        c
        for c in validate(book).checks
        if c.rule.id == "T02-2" and c.constraint and "T02.total.superior" in str(c.constraint.left)
    ]
    assert (check.outcome, check.finding) == ("rounding", None)
    assert "不足50元" in check.reason


def test_a_fraction_of_a_fen_never_breaks_anything() -> None:
    """A third of an amount that is known to 50 元: 1,666.67 分 and no less."""
    book = make_book({"T05.total.total": "3.00", "T05.total.basic": None})
    constraint = Constraint(
        "", "=", ((Fraction(1, 3), "T05.total.total"),), ((1, "T05.total.basic"),)
    )
    assert measure(Basis(book).amounts, constraint) == (1_000_000, 1_667, True)
