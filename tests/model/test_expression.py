"""The language of identities: what it reads, what it refuses, what it stands for."""

from __future__ import annotations

from fractions import Fraction

import pytest

from xlbudget.model.expansion import expand
from xlbudget.model.expression import ExpressionError, check_names, parse
from xlbudget.model.forms import load_edition
from xlbudget.model.rows import Rows

EDITION = load_edition("hunan-2024")


def constraints(text: str, **codes: list[str]) -> dict[str, tuple[object, object]]:
    rows = Rows(EDITION, codes)
    return {c.place: (c.left, c.right) for c in expand(parse(text), rows)}


def test_a_range_names_the_lines_that_the_form_prints() -> None:
    found = constraints("T01.30.amount = sum(T01.27:29.amount)")
    assert found == {
        "": (
            ((1, "T01.30.amount"),),
            ((1, "T01.27.amount"), (1, "T01.28.amount"), (1, "T01.29.amount")),
        )
    }


def test_a_class_is_the_topmost_rows_whose_code_starts_with_it() -> None:
    codes = ["201", "20103", "2010301", "2080505"]
    found = constraints("T01.{class}.amount = sum(T03.{class}*.total)", T03=codes)
    assert found["201"] == (((1, "T01.31.amount"),), ((1, "T03.201.total"),))
    assert found["208"] == (((1, "T01.38.amount"),), ((1, "T03.2080505.total"),))


def test_a_parent_is_the_rows_directly_below_it() -> None:
    codes = ["201", "20103", "2010301", "2010302"]
    found = constraints("T03.{parent}.basic = sum(T03.{parent}/*.basic)", T03=codes)
    assert {place: [name for _, name in right] for place, (_, right) in found.items()} == {
        "total": ["T03.201.basic"],
        "201": ["T03.20103.basic"],
        "20103": ["T03.2010301.basic", "T03.2010302.basic"],
    }


def test_codes_are_those_of_all_tables_that_take_part() -> None:
    found = constraints("T05.{code}.total <= T03.{code}.total", T05=["2010302"], T03=["2010301"])
    assert list(found) == ["2010301", "2010302"]


def test_greater_is_less_turned_round_and_a_share_is_exact() -> None:
    found = constraints("30% * T06.302.amount >= T06.30299.amount")
    assert found[""] == (((1, "T06.30299.amount"),), ((Fraction(3, 10), "T06.302.amount"),))


def test_full_width_signs_are_read() -> None:
    assert constraints("T01.27.amount ＝ 合计（T01.1:2.amount）") == constraints(
        "T01.27.amount = sum(T01.1:2.amount)"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("T01.27.amount", "左边 = 右边"),
        ("T01.27.amount = ", "左边 = 右边"),
        ("T01.27.amount = T01.1.amount T01.2.amount", "少了加号或减号"),
        ("T01.27.amount = sum(T01.1:8.amount", "右括号"),
        ("T01.27.amount = T01.1:8.amount", "sum( )"),
        ("T01.27.amount = T01.{zeile}.amount", "代号"),
        ("甲 = 乙", "看不懂"),
        ("T01.1.amount = T01.2.amount = T01.3.amount", "只能有一个"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(ExpressionError, match=why.replace("(", r"\(").replace(")", r"\)")):
        parse(text)


@pytest.mark.parametrize("text", ["T03.total.bsic = 0", "T09.plan.total = 0", "T05.abc.total = 0"])
def test_a_misspelt_name_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="没有"):
        check_names(parse(text), EDITION)
