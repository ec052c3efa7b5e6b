"""The same finding many times is one finding with its places."""

from __future__ import annotations

import random

from tests.generator import common_classes, department, publication
from tests.recognise.layouts import Layout, Printer
from xlbudget.model.book import CellRef, Finding
from xlbudget.model.severity import Severity
from xlbudget.recognise import recognise
from xlbudget.validate import validate
from xlbudget.validate.merging import ENOUGH, merged
from xlbudget.validate.report import report_json, report_lines


def _found(number: int, rule: str = "A05", **more: str) -> Finding:
    message = f"05表第{number}行的“{number}甲”不是科目代码，没有计入核对。"
    cell = CellRef("", "05表", f"A{number}", "")
    return Finding(rule, Severity.ERROR, message, (cell,), **more)


def test_few_stay_as_they_are() -> None:
    few = [_found(number) for number in range(ENOUGH - 1)]
    assert merged(few) == tuple(few)


def test_many_are_one_with_all_cells_where_the_first_stood() -> None:
    other = Finding("A01", Severity.ERROR, "没有找到“03表”，请补上这张表。")
    found = merged([_found(7), other, *(_found(number) for number in range(8, 30))])
    assert [finding.rule for finding in found] == ["A05", "A01"]
    assert [cell.cell for cell in found[0].cells] == [f"A{number}" for number in range(7, 30)]
    assert found[0].message.startswith("05表第7行的“7甲”不是科目代码")
    assert "同样的共23处，在“05表”" in found[0].message


def test_sums_other_words_and_other_gravity_stay_apart() -> None:
    sums = [_found(number, "T05-1", left="1.00", right="2.00") for number in range(9)]
    assert merged(sums) == tuple(sums)
    reasons = [_found(number, "K01") for number in range(9)]
    assert merged(reasons, {"K01"}) == tuple(reasons)
    words = [
        Finding("A06", Severity.ERROR, f"{word}表写错了", (CellRef("", "05表", "A1", ""),))
        for word in "甲乙丙丁戊"
    ]
    assert merged(words) == tuple(words)


def test_a_misread_code_column_is_one_finding_that_advises_no_merging_of_lines() -> None:
    rng = random.Random(3)
    content = publication(department(rng, 30, classes=common_classes(), explained=False))
    sheets = Printer(content, Layout(placing="sheets", code="one"), rng).sheets()
    name = next(sheet for sheet in sheets if sheet.startswith("05"))
    grid = [list(row) for row in sheets[name]]
    codes = [row for row in grid if str(row[0]).strip().isdigit() and len(str(row[0]).strip()) > 2]
    for row in codes:
        row[0] = codes[0][0]
    report = validate(recognise({**sheets, name: grid}))
    (finding,) = [f for f in report.findings if f.rule == "A06"]
    assert len(finding.cells) == len(codes) - 1
    assert "不要合并行" in finding.message
    assert "请合并成一行" not in finding.message
    (entry,) = [f for f in report_json(report)["findings"] if f["rule"] == "A06"]
    assert len(entry["cells"]) == len(codes) - 1
    assert sum("[A06]" in line for line in report_lines(report)) == 1
