"""The engine in a process of its own: what it asks for too much of costs one sentence."""

from __future__ import annotations

import os
from io import BytesIO

import openpyxl
import pytest

from xlbudget.ooxml.engine_limits import EngineDiedError, run_apart, too_wide
from xlbudget.ooxml.recalculate import Recalculated, recalculate

apart = pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be forked here")


def _recalculated(cells: dict[str, object]) -> Recalculated:
    workbook = openpyxl.Workbook()
    for cell, value in cells.items():
        workbook.active[cell] = value
    saved = BytesIO()
    workbook.save(saved)
    return recalculate(saved.getvalue())


@apart
def test_what_is_worked_out_apart_comes_back() -> None:
    parent = os.getpid()
    value, process = run_apart(lambda: ({"甲": 1.5}, os.getpid()))
    assert value == {"甲": 1.5}
    assert process != parent


@apart
def test_an_exception_apart_is_raised_here_with_its_words() -> None:
    def failing() -> None:
        raise ValueError("坏了")

    with pytest.raises(EngineDiedError, match="坏了"):
        run_apart(failing)


@apart
def test_a_process_that_ends_without_a_word_is_said() -> None:
    with pytest.raises(EngineDiedError, match="算得太久或要的内存太多"):
        run_apart(lambda: os._exit(0))


@apart
def test_one_that_does_not_end_is_ended() -> None:
    def endless() -> None:
        while True:
            pass

    with pytest.raises(EngineDiedError, match="算得太久"):
        run_apart(endless, seconds=0.2)


@apart
def test_one_that_asks_for_too_much_memory_is_refused_it() -> None:
    with pytest.raises(EngineDiedError):
        run_apart(lambda: bytearray(1 << 30) and None, memory=1 << 27)


@pytest.mark.parametrize(
    ("formula", "refused"),
    [
        ("SUM(A1:A300)", False),
        ("SUMIF(A:A,1,B:B)", False),
        ("SUMIF(C1:XFD1048576,1,C1:XFD1048576)", True),
        ("SUM(C:XFD)", True),
        ("SUM(1:1048576)", True),
        ("SUM($A$1:$XFD$400)", True),
    ],
)
def test_ranges_that_no_account_needs_are_refused(formula: str, refused: bool) -> None:
    place = ("表", 1, 1)
    assert too_wide({place: formula}) == ({place} if refused else frozenset())


def test_many_wide_ranges_are_too_much_together() -> None:
    formulas = {("表", row, 1): "SUMIF(A:A,1,B:B)" for row in range(1, 200)}
    refused = too_wide(formulas)
    assert ("表", 1, 1) not in refused
    assert ("表", 199, 1) in refused


def test_a_range_that_is_too_wide_leaves_the_others_computed() -> None:
    done = _recalculated({"A1": 2, "B1": "=SUMIF(C1:XFD1048576,1,C1:XFD1048576)", "B2": "=A1*3"})
    assert [(c.row, c.column, c.new) for c in done.differences] == [(2, 2, 6.0)]
    assert done.unevaluated == (("Sheet", 1, 2),)
    assert "引用的区域太大" in done.reason


@apart
def test_texts_that_double_in_every_cell_cost_one_sentence() -> None:
    """Forty cells of a few characters ask for a terabyte; the engine ends its process."""
    doubling = {f"A{n}": f"=A{n - 1}&A{n - 1}" for n in range(2, 45)}
    done = _recalculated({"A1": "x" * 10, **doubling})
    assert not done.evaluated
    assert "公式未重新计算" in done.reason
