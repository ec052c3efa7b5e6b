"""From a broken report to the cells that are probably wrong, as the contract prints them.

Nothing of the solver is imported for a workbook whose identities hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..model.book import Book
from ..model.expression import Constraint
from ..model.severity import Severity
from ..validate.check import Outcome, Report, constraints_of

if TYPE_CHECKING:
    from .localise import Evidence, Localisation, Part, Suspect

_SHOWN = 5
_ALIKE = 3
_CAUSES = 12
_CELLS_OF_CLASS = 12
_OFTEN = {"F06": 0.6, "F07": 0.6}
"""Rules that hold without any condition to see, and in which share of workbooks; see slips.toml."""


def locate(book: Book, report: Report) -> Localisation | None:
    """Localise the errors of a report; None when no identity that always holds is broken."""
    found = _located(book, report)
    return found[0] if found else None


def _located(book: Book, report: Report) -> tuple[Localisation, list[Constraint]] | None:
    """What localisation says, and the identities that it was given."""
    broken = [
        check
        for check in report.checks
        if check.outcome == Outcome.FAILED
        and check.constraint
        and check.rule.severity == Severity.ERROR
    ]
    if not broken:
        return None
    from .localise import localise

    rules = tuple(dict.fromkeys(check.rule for check in report.checks if _always_holds(check.rule)))
    constraints = [constraint for _, constraint in constraints_of(book, rules)]
    constraints = [c for c in constraints if not _uses_unreadable(book, c)]
    evidence = evidence_of(book, report)
    found = localise(constraints, book.figures, unit=book.unit, evidence=evidence)
    return found, constraints


def evidence_of(book: Book, report: Report) -> Evidence:
    """What the workbook itself says for an amount without proving it.

    Conditional identities whose condition its figures meet, identities that usually hold (06
    against 09, the 款 of 06 against their 项), last year's figures, the budget of each 项, and the ledger of 06.
    """
    from .localise import Evidence

    soft = [
        (check.constraint, _OFTEN.get(check.rule.id))
        for check in report.checks
        if check.constraint
        and check.outcome in (Outcome.PASSED, Outcome.ROUNDING, Outcome.FAILED, Outcome.EXPLAINED)
        and check.constraint.op == "="
        and not _always_holds(check.rule)
        and not _uses_unreadable(book, check.constraint)
    ]
    previous = {}
    for head in ("BUDGET.", "LAST."):  # last year counts where both are there
        for name, figure in book.figures.items():
            if name.startswith(head) and figure.fen is not None:
                previous[name[len(head) :]] = figure.fen
    ledger = {
        name.removeprefix("LEDGER."): figure.fen
        for name, figure in book.figures.items()
        if name.startswith("LEDGER.") and figure.fen is not None
    }
    return Evidence(tuple(soft), previous, ledger)


def _always_holds(rule: Any) -> bool:
    return bool(rule.check) and not rule.when and rule.severity == Severity.ERROR


def _uses_unreadable(book: Book, constraint: Any) -> bool:
    return any(book.unknown(name) for _, name in constraint.left + constraint.right)


def suspects_json(book: Book, report: Report) -> dict[str, list[Any]]:
    """``suspects`` and ``suspect_sets`` of the contract.

    Where nothing is broken there are no sets at all; where no three cells explain what is broken,
    they are an empty list.  ``causes`` are what explains the broken identities part by part; ``findings`` of each
    are positions of the findings that it explains, alone or with other causes.
    """
    located = _located(book, report)
    if located is None or located[0].consistent:
        return {"suspects": []}
    from .explained import causes_of

    found, constraints = located
    result: dict[str, list[Any]] = {"suspects": [_suspect_json(book, s) for s in found.suspects]}
    if not found.suspects:
        result["suspect_sets"] = [
            [_suspect_json(book, s) for s in group] for group in found.suspect_sets
        ]
    result["causes"] = [_cause_json(book, part) for part in found.parts]
    explained = causes_of(report, found, constraints)
    for number, cause in enumerate(result["causes"], 1):
        cause["findings"] = [index for index, by in explained.items() if number in by]
    return result


def _cause_json(book: Book, part: Part) -> dict[str, Any]:
    """One cause: ``kind``, the cells of its best explanation, how many cells are as likely, in words."""
    cells = [_suspect_json(book, s) for s in part.first]
    alike = [_suspect_json(book, s) for s in part.suspects if s.rank == 1]
    if part.move:
        text = _moved_words(book, part)
    elif part.kind == "copied":
        text = _copied_words(cells)
    elif len(alike) > 1:
        text = "；或".join(_class_or_one(members) for members in _classes(alike)[:_ALIKE])
        text += f"；…（共{len(alike)}格分不出先后）" if len(_classes(alike)) > _ALIKE else ""
    elif cells:
        text = "；".join(map(_suspect_words, cells))
    else:
        text = f"{len(part.broken)}条等式对不上，改三格以内说不通，指不出是哪几格"
    return {"kind": part.kind, "cells": cells, "alike": max(1, len(alike)), "text": text}


def _moved_words(book: Book, part: Part) -> str:
    """06基本支出明细表：金额自第10行起整体错位2行（第10—31行，印低了2行），依据…."""
    move = part.move
    if move is None:
        return ""
    cells = [book.cell_ref(s.name) for s in part.first]
    columns = sorted({cell.cell.rstrip("0123456789") for cell in cells}, key=lambda c: (len(c), c))
    low, by = ("低" if move.by[0] > 0 else "高"), abs(move.by[0])
    sheet = cells[0].sheet
    lost = sorted({book.figures[s.name].place.row for s in part.first if s.suggestion is None})
    gone = (
        f"；第{lost[0]}—{lost[-1]}行原来的数被盖掉了，要重新填"
        if len(lost) > 1
        else f"；第{lost[0]}行原来的数被盖掉了，要重新填"
        if lost
        else ""
    )
    others = sorted({name[:3] for name in move.witnesses} - {move.table})
    proof = [f"与{book.edition.by_id[t].sheet}对得上" for t in others if t in book.edition.by_id]
    if any(name[:3] == move.table for name in move.witnesses) and not proof:
        proof = ["本表的合计和小计对得上"]
    return (
        f"{sheet}：{'、'.join(columns)}列的金额自第{move.first}行起整体错位{by}行"
        f"（第{move.first}—{move.last}行，数印{low}了{by}行），移回去后{'，'.join(proof)}{gone}"
    )


def _class_or_one(members: list[dict[str, Any]]) -> str:
    return _suspect_words(members[0]) if len(members) == 1 else _class_words(members)


def _copied_words(cells: Sequence[dict[str, Any]]) -> str:
    """One wrong amount in several cells: 同一个错数抄在3格：03支出表!D8、…：多半是 1092.50 应为 1029.50."""
    by_sheet: dict[str, list[str]] = {}
    for cell in cells:
        by_sheet.setdefault(cell["sheet"], []).append(cell["cell"])
    where = "，".join(f"{sheet}!{'、'.join(found)}" for sheet, found in by_sheet.items())
    return f"同一个错数抄在{len(cells)}格，要一起改：{where}（{cells[0]['label']}）：{cells[0]['reason']}"


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
        "group": list(suspect.group) if len(suspect.group) > 1 else [],
        "group_label": _class_label(book, suspect.group),
    }


def _class_label(book: Book, names: Sequence[str]) -> str:
    """Cells that nothing tells apart, as a class: 06基本支出明细表“工资福利支出”的10个明细款之一."""
    if len(names) < 2:
        return ""
    tables = {name.partition(".")[0] for name in names}
    rows = [name.split(".")[1] for name in names]
    columns = {name.rpartition(".")[2] for name in names}
    codes = book.names_of_codes()
    if tables == {"T06"}:
        parents = {row[:3] for row in rows}
        if len(parents) == 1 and all(len(row) == 5 for row in rows):
            (parent,) = parents
            name = f"T06.{parent}.amount"
            if name in book.figures:
                return f"{book.edition.label(name, codes)}的{len(names)}个明细款之一"
    if len(tables) == 1 and len(columns) == 1:
        table = book.edition.by_id[next(iter(tables))]
        if table.kind == "list" and all(row.isdigit() for row in rows):
            column = table.column_label(rows[0], next(iter(columns)))
            return f"{table.sheet}“{column}”的{len(names)}个科目之一"
    return f"{len(names)}格之一"


def suspect_lines(found: Mapping[str, list[Any]]) -> Iterator[str]:
    """The likely wrong cells in an accountant's words, a class of cells in one line."""
    text = ""
    for text, _ in suspect_entries(found):
        yield text
    if text:
        yield ""


def suspect_entries(found: Mapping[str, list[Any]]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Lines of text, at most five explanations, each with the suspect whose cell it leads to."""
    suspects: Sequence[dict[str, Any]] = found.get("suspects", [])
    groups: Sequence[Sequence[dict[str, Any]]] = found.get("suspect_sets", [])
    causes: Sequence[dict[str, Any]] = found.get("causes", [])
    if len(causes) > 1 or any(cause["kind"] != "cells" for cause in causes):
        several = f"有{len(causes)}处互不相干的错，各改各的" if len(causes) > 1 else ""
        yield f"【最可能填错的格】{several}", None
        for number, cause in enumerate(causes[:_CAUSES], 1):
            yield f"   {number}. {cause['text']}", next(iter(cause["cells"]), None)
        if len(causes) > _CAUSES:
            yield f"   还有{len(causes) - _CAUSES}处，见 --json。", None
    elif suspects:
        classes = _classes(suspects)
        first = [members for members in classes if members[0]["rank"] == 1]
        count = sum(map(len, first))
        yield (
            "【最可能填错的格】"
            + (f"下面{count}格分不出先后，只有一格是错的" if len(first) > 1 else ""),
            None,
        )
        for members in classes[:_SHOWN]:
            one = members[0]
            yield f"   {one['rank']}. {_class_or_one(members)}", one
        left = sum(map(len, classes[_SHOWN:]))
        if left:
            yield f"   还有{left}格也可能，见 --json。", None
    elif groups:
        yield f"【最可能填错的格】不止一处，要同时改{len(groups[0])}格：", None
        for number, group in enumerate(groups[:3], 1):
            yield f"   {number}. " + "；".join(_suspect_words(s) for s in group), group[0]
        if len(groups) > 3:
            yield f"   还有{len(groups) - 3}种可能，见 --json。", None
    elif "suspect_sets" in found:
        yield (
            "【最可能填错的格】对不上的地方多，改三格以内说不通，指不出是哪几格。"
            "合计空着的先用 xlbudget fill 补上；已经填满的，从下面第一条错误改起，改几处再校验一次。",
            None,
        )


def _classes(suspects: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Suspects in their order, those of one class and rank together."""
    found: dict[object, list[dict[str, Any]]] = {}
    for suspect in suspects:
        key = (suspect["rank"], *suspect["group"]) if suspect.get("group") else suspect["ref"]
        found.setdefault(key, []).append(suspect)
    return list(found.values())


def _class_words(members: Sequence[dict[str, Any]]) -> str:
    """A class of cells that nothing tells apart, and by how much one of them is off."""
    sheet = members[0]["sheet"]
    cells = "、".join(member["cell"] for member in members[:_CELLS_OF_CLASS])
    more = "等" if len(members) > _CELLS_OF_CLASS else ""
    off = {
        Decimal(m["suggestion"]) - Decimal(m["value"] or 0) if m["suggestion"] else None
        for m in members
    }
    change = off.pop() if len(off) == 1 else None
    by = ""
    if change:
        by = f"，{'少' if change > 0 else '多'}了 {abs(change)}"
    return f"{members[0]['group_label']}{by}，现有等式分不出是哪一格：{sheet}!{cells}{more}"


def _suspect_words(suspect: dict[str, Any]) -> str:
    where = f"{suspect['sheet']}!{suspect['cell']}（{suspect['label']}）"
    return f"{where}：{suspect['reason']}"
