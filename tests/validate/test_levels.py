"""Lists that print different levels of codes: the same money raises no alarm, other money does."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generator import book_of, department, publication
from tests.levels import with_rows, without_items
from xlbudget.model.content import Content
from xlbudget.model.expansion import expand
from xlbudget.model.expression import parse
from xlbudget.model.forms import load_edition
from xlbudget.model.rows import Rows
from xlbudget.validate import validate
from xlbudget.validate.check import constraints_of
from xlbudget.validate.rules import load_rules

EDITION = load_edition()
LISTS = ("T02", "T03", "T05", "T07", "T08")


def groups_of(content: Content, table: str) -> list[str]:
    return sorted({code[:5] for code in content.codes.get(table, ())})


@st.composite
def mixed(draw: st.DrawFn) -> Content:
    """A department whose lists print 类 and 款 rows at will, some 款 without their 项."""
    rng = random.Random(draw(st.integers(0, 10_000)))
    content = department(rng, draw(st.integers(3, 25)), carry=draw(st.booleans()))
    for table in LISTS:
        groups = groups_of(content, table)
        if not groups:
            continue
        codes = sorted({*groups, *(group[:3] for group in groups)})
        content = with_rows(content, table, draw(st.sets(st.sampled_from(codes))))
        if draw(st.integers(0, 3)) == 0:
            content = without_items(content, table, draw(st.sets(st.sampled_from(groups))))
    return content


@settings(max_examples=60, deadline=None)
@given(mixed(), st.booleans())
def test_levels_alone_are_no_error(content: Content, in_wan: bool) -> None:
    book = book_of(publication(content) if in_wan else content)
    checks = [c for c in validate(book).checks if c.constraint and c.rule.severity != "info"]
    assert [c.finding.message for c in checks if c.finding] == []
    assert [c.reason for c in checks if c.outcome == "not_run"] == []


@settings(max_examples=40, deadline=None)
@given(mixed(), st.data())
def test_the_system_behind_localisation_holds_too(content: Content, data: st.DataObject) -> None:
    """In 元 every constraint holds exactly, whichever rows are printed."""
    del data
    book = book_of(content)
    rules = [rule for rule in load_rules() if rule.severity == "error" and not rule.when]
    for rule, constraint in constraints_of(book, rules):
        left = sum(c * book.value(name) for c, name in constraint.left if name)
        right = sum(c * book.value(name) for c, name in constraint.right if name)
        assert left == right if constraint.op == "=" else left <= right, (rule.id, constraint)


def places(text: str, **codes: list[str]) -> dict[str, list[str]]:
    """Place → names on the right side."""
    rows = Rows(EDITION, codes)
    return {c.place: [name for _, name in c.right] for c in expand(parse(text), rows)}


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["201", "20103", "2010301"], "T03.20103.total"),
        (["201", "2010301", "2010302"], "T03.2010301.total T03.2010302.total"),
        (["201"], None),  # what 201 contains nobody can say
        (["208", "2080501"], "T03.20103.total"),  # not printed at all: nothing
        (["201", "20101"], "T03.20103.total"),
    ],
)
def test_a_code_that_is_not_printed_is_what_stands_below_it(
    codes: list[str], expected: str | None
) -> None:
    found = places("T05.{code}.total <= T03.{code}.total", T05=["20103"], T03=codes)
    assert found.get("20103") == (expected.split() if expected else None)


def test_a_code_below_a_row_without_detail_is_not_compared() -> None:
    text = "T05.{code}.total <= T03.{code}.total"
    found = places(text, T05=["2010301", "2080501"], T03=["20103", "208", "20805", "2080505"])
    assert list(found) == ["20103", "208", "20805", "2080501", "2080505"]
    assert found["2080501"] == ["T03.2080501.total"]  # 20805 has detail, so it is zero


def test_a_code_written_out_is_found_by_what_stands_below_it() -> None:
    text = "T06.30101.amount <= T05.208.basic"
    assert places(text, T05=["2080505", "2080506"]) == {
        "": ["T05.2080505.basic", "T05.2080506.basic"]
    }
    assert places("T06.30101.amount <= T05.2080505.basic", T05=["20805"]) == {}


def test_last_years_and_budgeted_codes_stand_as_written() -> None:
    text = "T05.{code}.total <= BUDGET.T05.{code}.total"
    assert places(text, T05=["201", "2010301"])["201"] == ["BUDGET.T05.201.total"]


def test_more_in_05_than_in_03_is_found_at_any_level() -> None:
    content = department(random.Random(5), 12, own=False, carry=False)
    table = with_rows(content, "T05", [c[:3] for c in content.codes["T05"]])
    code = content.codes["T05"][0]
    for name in (f"T05.{code}.total", f"T05.{code}.project"):
        table = table._replace(figures={**table.figures, name: table.figures[name] + 5_000_000})
    found = validate(book_of(table), select=["T03-3"]).findings
    assert {f.cells[0].ref for f in found} >= {f"T05.{code}.total", f"T05.{code}.project"}
