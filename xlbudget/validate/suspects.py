"""From a broken report to the cells that are probably wrong, as the contract prints them.

Nothing of the solver is imported for a workbook whose identities hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..model.book import Book
from .check import Report, constraints_of

if TYPE_CHECKING:
    from .localise import Evidence, Localisation, Suspect

_OFTEN = {"F06": 0.6, "F07": 0.6}
"""Rules that hold without any condition to see, and in which share of workbooks; see slips.toml."""


def locate(book: Book, report: Report) -> Localisation | None:
    """Localise the errors of a report; None when no identity that always holds is broken."""
    broken = [
        check
        for check in report.checks
        if check.outcome == "failed" and check.constraint and check.rule.severity == "error"
    ]
    if not broken:
        return None
    from .localise import localise

    rules = tuple(dict.fromkeys(check.rule for check in report.checks if _always_holds(check.rule)))
    constraints = [constraint for _, constraint in constraints_of(book, rules)]
    constraints = [c for c in constraints if not _uses_unreadable(book, c)]
    evidence = evidence_of(book, report)
    return localise(constraints, book.figures, unit=book.unit, evidence=evidence)


def evidence_of(book: Book, report: Report) -> Evidence:
    """What the workbook itself says for an amount without proving it.

    Conditional identities whose condition its figures meet, identities that usually hold (06
    against 09, the 款 of 06 against their 项), last year's figures and the budget of each 项.
    """
    from .localise import Evidence

    soft = [
        (check.constraint, _OFTEN.get(check.rule.id))
        for check in report.checks
        if check.constraint
        and check.outcome in ("passed", "rounding", "failed", "explained")
        and check.constraint.op == "="
        and not _always_holds(check.rule)
        and not _uses_unreadable(book, check.constraint)
    ]
    previous = {}
    for head in ("BUDGET.", "LAST."):  # last year counts where both are there
        for name, figure in book.figures.items():
            if name.startswith(head) and figure.fen is not None:
                previous[name[len(head) :]] = figure.fen
    return Evidence(tuple(soft), previous)


def _always_holds(rule: Any) -> bool:
    return bool(rule.check) and not rule.when and rule.severity == "error"


def _uses_unreadable(book: Book, constraint: Any) -> bool:
    return any(name in book.unreadable for _, name in constraint.left + constraint.right)


def suspects_json(book: Book, report: Report) -> dict[str, list[Any]]:
    """``suspects`` and ``suspect_sets`` of the contract; both empty when nothing is broken."""
    found = locate(book, report)
    if found is None:
        return {"suspects": []}
    result: dict[str, list[Any]] = {"suspects": [_suspect_json(book, s) for s in found.suspects]}
    if not found.suspects and found.suspect_sets:
        result["suspect_sets"] = [
            [_suspect_json(book, s) for s in group] for group in found.suspect_sets
        ]
    return result


def _suspect_json(book: Book, suspect: Suspect) -> dict[str, Any]:
    unit = book.unit

    def text(fen: int | None) -> str | None:
        return None if fen is None else unit.exact_text(fen)

    return {
        **book.cell_ref(suspect.name)._asdict(),
        "label": book.edition.label(suspect.name, book.names_of_codes()),
        "suggestion": text(suspect.suggestion),
        "range": [text(suspect.low), text(suspect.high)],
        "slip": suspect.slip,
        "rank": suspect.rank,
        "reason": suspect.reason,
    }


def suspect_lines(found: dict[str, list[Any]]) -> Iterator[str]:
    """The likely wrong cells in an accountant's words, at most five of them."""
    suspects: Sequence[dict[str, Any]] = found.get("suspects", [])
    groups: Sequence[Sequence[dict[str, Any]]] = found.get("suspect_sets", [])
    if suspects:
        first = [s for s in suspects if s["rank"] == 1]
        yield "【最可能填错的格】" + (
            f"下面{len(first)}格分不出先后，只有一格是错的" if len(first) > 1 else ""
        )
        for suspect in suspects[:5]:
            yield f"   {suspect['rank']}. {_suspect_words(suspect)}"
        if len(suspects) > 5:
            yield f"   还有{len(suspects) - 5}格也可能，见 --json。"
        yield ""
    elif groups:
        yield f"【最可能填错的格】不止一处，要同时改{len(groups[0])}格："
        for number, group in enumerate(groups[:3], 1):
            yield f"   {number}. " + "；".join(_suspect_words(s) for s in group)
        if len(groups) > 3:
            yield f"   还有{len(groups) - 3}种可能，见 --json。"
        yield ""


def _suspect_words(suspect: dict[str, Any]) -> str:
    where = f"{suspect['sheet']}!{suspect['cell']}（{suspect['label']}）"
    return f"{where}：{suspect['reason']}"
