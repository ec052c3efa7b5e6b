"""单位换算 in open Excel comes to the same workbook as ``xlbudget convert``."""

from __future__ import annotations

import pytest

from tests.excel.conftest import FOREIGN
from tests.excel.office import Office
from xlbudget.excel import ribbon
from xlbudget.excel.session import attach
from xlbudget.files.conversion import convert_workbook
from xlbudget.files.workbook import open_workbook
from xlbudget.model.inputs import load_inputs

LEDGER = load_inputs().conversion_sheet


@pytest.mark.parametrize("balanced", [False, True], ids=["rounded", "balanced"])
def test_the_same_as_headless(foreign: Office, balanced: bool) -> None:
    expected = convert_workbook(open_workbook(FOREIGN), balanced=balanced)
    foreign.answers = [True, balanced]
    ribbon.convert()
    live = attach().workbook().book
    assert live._replace(file="") == expected.book._replace(file="")
    assert foreign.said[-1].startswith("由元换算成万元")
    assert foreign.value(LEDGER, "A1") == LEDGER
    assert foreign.value(LEDGER, "A2") in foreign.said[-1]


def test_only_after_a_yes(foreign: Office) -> None:
    before = foreign.state()
    foreign.answers = [False]
    ribbon.convert()
    assert foreign.state() == before


def test_wan_needs_no_conversion(template: Office) -> None:
    before = template.state()
    ribbon.convert()
    assert "已经是万元，不用换算" in template.said[0]
    assert template.state() == before
