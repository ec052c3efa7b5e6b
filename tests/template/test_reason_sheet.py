"""原因说明 in a new template: the lines that the figures ask for, as filling would write them."""

from __future__ import annotations

import random

import pytest

from samples.contents import liling
from tests.generator import department, publication
from xlbudget.files.read import book_from_bytes
from xlbudget.model.content import Content
from xlbudget.model.inputs import load_inputs
from xlbudget.narrate.reasons import required_reasons
from xlbudget.narrate.reasons_sheet import FIRST_ROW, reason_edits
from xlbudget.template import build

SHEET = load_inputs().reasons_sheet
MADE_UP = department(random.Random(4), 20)


@pytest.mark.parametrize(
    "content",
    [liling(), MADE_UP, publication(MADE_UP)._replace(reasons={})],
    ids=["seed", "元", "万元"],
)
def test_filling_has_no_line_to_add_and_none_to_mend(content: Content) -> None:
    book, grids = book_from_bytes(build(content), "")
    assert reason_edits(book, grids[SHEET]) == ()
    lines = {row[0]: row for row in grids[SHEET][FIRST_ROW - 1 :] if row[0]}
    for line in required_reasons(book):
        assert lines[line.key][1] == line.label
        assert lines[line.key][4] == pytest.approx(line.difference / book.unit.fen)
    assert {key: reason.text for key, reason in book.reasons.items() if reason.text} == dict(
        content.reasons
    )


def test_a_reason_for_anything_else_is_kept() -> None:
    content = liling()._replace(reasons={"A08": "收回以前年度支出"})
    book, _ = book_from_bytes(build(content), "")
    assert book.reasons["A08"].text == "收回以前年度支出"


def test_a_blank_template_asks_for_nothing() -> None:
    _, grids = book_from_bytes(build(Content()), "")
    assert not any(any(row) for row in grids[SHEET][FIRST_ROW - 1 :])
