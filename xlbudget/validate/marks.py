"""Which cells a report marks, how gravely, and what the note on each of them says.

The one place that decides it: a file's comments and open Excel's notes carry the same text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..model.additions import NOTE_HEAD
from .check import Report

SUSPECT_WORD = "疑错"

_SUSPECTS = 5
_CELLS = 12
_LINES = 4
_NOTED = 16
"""Cells that get a note: the gravest; writing one is a call to Excel each."""


def marks(report: Report, suspects: Mapping[str, list[Any]]) -> Iterator[tuple[str, str, str, str]]:
    """(sheet, cell, 疑错/错误/提醒/提示, what it says), the likely wrong cells first.

    ``suspects`` is the object of ``suspects.suspects_json``.  A cell comes as often as it is named.
    """
    likely = suspects.get("suspects", [])[:_SUSPECTS]
    if not likely:  # the smallest sets of cells, wrong together
        likely = next(iter(suspects.get("suspect_sets", [])), [])
    if not likely:  # some causes are known, others are not
        likely = [cell for cause in suspects.get("causes", []) for cell in cause["cells"]]
    for suspect in likely:
        yield suspect["sheet"], suspect["cell"], SUSPECT_WORD, suspect["reason"]
    for finding in report.findings:
        for cell in finding.cells[:_CELLS]:
            if cell.sheet:
                word = finding.severity.word
                yield cell.sheet, cell.cell, word, f"{finding.rule} {finding.message}"


def gravest(
    report: Report, suspects: Mapping[str, list[Any]], order: Sequence[str]
) -> dict[tuple[str, str], str]:
    """(sheet, cell) → the gravest word said of it; ``order`` has the words, the gravest first.

    Cells come by sheet, then by word.
    """
    found: dict[tuple[str, str], str] = {}
    for sheet, cell, word, _ in marks(report, suspects):
        known = found.setdefault((sheet, cell), word)
        if order.index(word) < order.index(known):
            found[sheet, cell] = word
    entries = sorted((sheet, word, cell) for (sheet, cell), word in found.items())
    return {(sheet, cell): word for sheet, word, cell in entries}


def notes(report: Report, suspects: Mapping[str, list[Any]]) -> dict[tuple[str, str], str]:
    """(sheet, cell) → the note's text: what is wrong there and what it probably should be.

    For the gravest cells only; the others are in the list and in colour.
    """
    lines: dict[tuple[str, str], dict[str, None]] = {}
    for sheet, cell, word, text in marks(report, suspects):
        lines.setdefault((sheet, cell), {})[f"{word}：{text}"] = None
    found = {}
    for place, said in list(lines.items())[:_NOTED]:
        shown = list(said)[:_LINES]
        if len(said) > _LINES:
            shown.append(f"还有{len(said) - _LINES}条，见“校验结果”。")
        found[place] = NOTE_HEAD + "\n".join(shown)
    return found
