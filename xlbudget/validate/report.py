"""A report for people and for programs: lines of text, and the JSON of the contract."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..model.book import Book, CellRef, Finding
from ..model.severity import Severity
from ..validate.check import Outcome
from .check import Report

OUTCOME_WORDS = {
    "passed": "相符",
    "rounding": "尾差（在四舍五入范围内）",
    "error": "不符（错误）",
    "warning": "要核实或说明（提醒）",
    "info": "可留意（提示）",
    "explained": "已说明原因",
    "not_applicable": "不适用",
    "not_run": "未核对",
}
"""What a check came to, in an accountant's words; a failed one by how bad that is."""
_SHOWN_CELLS = 6
_SHOWN_RULES = 12


def report_json(report: Report, suspects: Mapping[str, list[Any]] | None = None) -> dict[str, Any]:
    """The object of ``validate --json``: amounts are texts in the workbook's unit.

    ``suspects`` are the entries ``suspects`` and ``suspect_sets`` where something is broken.
    """
    book = report.book
    return {
        "schema": 1,
        "file": book.file,
        "department": book.department,
        "year": book.year,
        "edition": book.edition.id,
        "unit": book.unit.name,
        "verdict": report.verdict,
        "checks": report.counts,
        "failed": report.failed,
        "findings": [finding_json(finding) for finding in report.findings],
        "suspects": [],
        **(suspects or {}),
        "not_run": [{"rule": rule, "reason": reason} for rule, reason in not_run(report)],
        "reading": {table: reading._asdict() for table, reading in sorted(book.reading.items())},
        "own": list(book.own),
    }


def causes_by_finding(suspects: Mapping[str, list[Any]]) -> dict[int, tuple[int, ...]]:
    """Position of a finding → numbers (from 1) of the ``causes`` that explain it; others are left out."""
    found: dict[int, tuple[int, ...]] = {}
    for number, cause in enumerate(suspects.get("causes", []), 1):
        for index in cause.get("findings", []):
            found[index] = (*found.get(index, ()), number)
    return found


def unreadable_json(file: str, message: str) -> dict[str, Any]:
    """The object for a file that could not be read."""
    finding = Finding("F00", Severity.ERROR, message)
    return {
        "schema": 1,
        "file": file,
        "department": "",
        "year": None,
        "edition": "",
        "unit": "",
        "verdict": "unreadable",
        "checks": {},
        "failed": {},
        "findings": [finding_json(finding)],
        "suspects": [],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding of the contract."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "cells": [cell._asdict() for cell in finding.cells],
        "left": finding.left,
        "right": finding.right,
        "difference": finding.difference,
        "tolerance": finding.tolerance,
    }


def not_run(report: Report) -> list[tuple[str, str]]:
    """Rules that could not run, each with its reasons once, in the catalogue's order."""
    seen: dict[tuple[str, str], None] = {}
    for check in report.checks:
        if check.outcome == Outcome.NOT_RUN:
            seen.setdefault((check.rule.id, check.reason))
    return list(seen)


def tally(checks: Mapping[str, int], failed: Mapping[str, int]) -> list[tuple[str, int]]:
    """Outcome in words and how many checks came to it, from the parts of ``report_json``.

    Only an error is 不符: a hint that asks to have another look does not make anything wrong.
    """
    counts = {**checks, **failed}
    return [(word, counts.get(outcome, 0)) for outcome, word in OUTCOME_WORDS.items()]


def headline(report: Report) -> str:
    """One line: department, year, verdict and how many findings of each kind."""
    book = report.book
    kinds = [sum(1 for f in report.findings if f.severity == s) for s in Severity]
    words = "，".join(f"{s.word}{n}条" for s, n in zip(Severity, kinds, strict=True) if n)
    who = " ".join(
        part for part in (book.department, f"{book.year}年度" if book.year else "") if part
    )
    verdict = "有错误" if report.verdict == "failed" else "没有发现错误"
    return f"{who or book.file}：{verdict}" + (f"（{words}）" if words else "")


def report_lines(
    report: Report,
    *,
    verbose: bool = False,
    causes: Mapping[int, tuple[int, ...]] | None = None,
) -> Iterator[str]:
    """The report as a person reads it in a terminal, grouped by severity.

    ``causes`` are numbers of named causes by the position of a finding that they explain; such findings are
    folded into one line, unless ``verbose``.
    """
    causes = {} if verbose or causes is None else causes
    yield headline(report)
    yield f"核对{len(report.checks)}项：" + "，".join(
        f"{word}{count}项" for word, count in tally(report.counts, report.failed) if count
    )
    groups: dict[str, list[Finding]] = defaultdict(list)
    folded: dict[str, list[Finding]] = defaultdict(list)
    for index, finding in enumerate(report.findings):
        (folded if index in causes else groups)[finding.severity].append(finding)
    for severity in Severity:
        if groups[severity] or folded[severity]:
            yield ""
            yield f"【{severity.word}】"
        if folded[severity]:
            by = "、".join(dict.fromkeys(finding.rule for finding in folded[severity]))
            yield (
                f"{len(folded[severity])}条等式对不上，都由上面最可能填错的格引起，改好就对上了：{by}"
                "（明细见 --verbose 或 --json）"
            )
        for number, finding in enumerate(groups[severity], 1):
            yield f"{number}. [{finding.rule}] {finding.message}"
            if finding.cells:
                yield "   单元格：" + cells_text(finding.cells)
            if finding.difference:
                yield (
                    f"   左边 {finding.left}，右边 {finding.right}，"
                    f"差额 {finding.difference}，允许误差 {finding.tolerance}"
                )
    yield from _reading_lines(report.book, verbose=verbose)
    missing = not_run(report)
    if missing:
        yield ""
        yield f"【未核对】{len(missing)}类"
        by_reason: dict[str, list[str]] = defaultdict(list)
        for rule, reason in missing:
            by_reason[reason].append(rule)
        for reason, rules in by_reason.items():
            ids = list(dict.fromkeys(rules))
            more = f"等{len(ids)}类" if len(ids) > _SHOWN_RULES and not verbose else ""
            yield f"   {'、'.join(ids[:_SHOWN_RULES] if more else ids)}{more}：{reason}"
    if verbose:
        yield ""
        yield "【尾差】"
        unit = report.book.unit
        for check in report.checks:
            if check.outcome == Outcome.ROUNDING:
                place = f" {check.constraint.place}" if check.constraint else ""
                yield (
                    f"   [{check.rule.id}{place}] 差额 {unit.exact_text(check.difference)}，"
                    f"允许误差 {unit.exact_text(check.tolerance)}"
                )


_STATES = {"whole": "全部读到", "partial": "没有读全", "absent": "没有找到"}


def _reading_lines(book: Book, *, verbose: bool) -> Iterator[str]:
    """What of which table was read, where a table was not read whole or somebody wants to know."""
    shown = [(t, r) for t, r in book.reading.items() if verbose or r.state == "partial"]
    if shown:
        yield ""
        yield "【读到的表】"
    for table, reading in shown:
        title = book.edition.by_id[table].title
        where = f"（{reading.sheet}!{reading.area}）" if reading.sheet else ""
        loose = f"，{reading.unaccounted}个不知道属于哪一项" if reading.unaccounted else ""
        yield (
            f"   {title}{where}：{_STATES[reading.state]}，金额{reading.figures}个，"
            f"其他口径{reading.others}个{loose}"
        )
    if verbose:
        against = "；".join(book.evidence[:8]) or "印的都和它一样"
        yield f"   版式：{book.edition.name}（{against}）"


def cells_text(cells: Sequence[CellRef]) -> str:
    """``03支出表!C8（1324.93）、…``, a long list cut."""
    shown = [
        f"{c.sheet}!{c.cell}" + (f"（{c.value}）" if c.value else "") for c in cells if c.sheet
    ]
    more = f" 等{len(shown)}格" if len(shown) > _SHOWN_CELLS else ""
    return "、".join(shown[:_SHOWN_CELLS]) + more
