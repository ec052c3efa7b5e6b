"""Marks and notes: which cells, how grave, and in which words."""

from __future__ import annotations

from tests.seed import book_of_seed
from xlbudget.model.additions import NOTE_HEAD
from xlbudget.model.book import CellRef, Finding
from xlbudget.model.severity import Severity
from xlbudget.validate import Report
from xlbudget.validate.marks import marks, notes

SUSPECTS = {"suspects": [{"sheet": "03支出表", "cell": "D8", "reason": "多半是 1 应为 2"}]}


def _finding(rule: str, *cells: str, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(rule, severity, "不平", tuple(CellRef("", "03支出表", c, "") for c in cells))


def _report(*findings: Finding) -> Report:
    return Report(book_of_seed(), (), findings)


def test_likely_wrong_cells_come_first() -> None:
    report = _report(_finding("T03-1", "C8", "D8"))
    assert [(cell, word) for _, cell, word, _ in marks(report, SUSPECTS)] == [
        ("D8", "疑错"),
        ("C8", "错误"),
        ("D8", "错误"),
    ]


def test_a_note_says_all_that_is_wrong_with_its_cell_once() -> None:
    report = _report(_finding("T03-1", "D8", "D8"), _finding("Q1", "D8", severity=Severity.INFO))
    assert notes(report, SUSPECTS) == {
        ("03支出表", "D8"): f"{NOTE_HEAD}疑错：多半是 1 应为 2\n错误：T03-1 不平\n提示：Q1 不平"
    }


def test_a_note_stays_short() -> None:
    report = _report(*(_finding(f"R{n}", "D8") for n in range(9)))
    text = notes(report, {})["03支出表", "D8"]
    assert text.splitlines()[3:] == ["错误：R3 不平", "还有5条，见“校验结果”。"]


def test_a_finding_without_a_cell_marks_nothing() -> None:
    assert list(marks(_report(Finding("A01", Severity.ERROR, "缺表")), {})) == []


def test_where_no_single_cell_explains_it_the_likeliest_set_is_marked() -> None:
    first = [{"sheet": "03支出表", "cell": cell, "reason": "少了"} for cell in ("D8", "D9")]
    second = [{"sheet": "05表", "cell": "D8", "reason": "少了"}]
    found = {"suspects": [], "suspect_sets": [first, second]}
    assert [(cell, word) for _, cell, word, _ in marks(_report(), found)] == [
        ("D8", "疑错"),
        ("D9", "疑错"),
    ]
