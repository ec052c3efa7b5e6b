"""Taking a foreign workbook, or last year's, into the template."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..model.book import Book
from ..model.content import Content
from ..model.inputs import load_inputs
from .workbook import Workbook


def import_lines(workbook: Workbook, out: Path) -> Iterator[str]:
    """What was taken from where, and what was left, in Chinese."""
    book = workbook.book
    yield f"从“{workbook.path}”装进“{out}”（{book.department or '部门名称未知'}，单位：{book.unit.name}）："
    taken = set()
    for table in book.edition.tables:
        rows = book.tables.get(table.id)
        if rows is None:
            yield f"   {table.title}：没有找到，留空"
            continue
        taken.add(rows.sheet)
        count = sum(
            1 for n, f in book.figures.items() if n.startswith(table.id + ".") and f.fen is not None
        )
        lines = f"{len(rows.codes)}个科目，" if table.kind == "list" else ""
        yield f"   {table.title}：取自工作表“{rows.sheet}”，{lines}{count}个金额"
    inputs = load_inputs()
    own = [s for s in workbook.grids if s in inputs.own_sheets]
    left = [s for s in workbook.grids if s not in taken and s not in inputs.own_sheets]
    if own:
        yield f"   一并取了：{'、'.join(own)}"
    if left:
        yield f"   没有用到的工作表：{'、'.join(left)}"
    problems = [f for f in book.findings if f.severity == "error"]
    for finding in problems:
        cell = f"{finding.cells[0].sheet}!{finding.cells[0].cell}：" if finding.cells else ""
        yield f"   注意 {cell}{finding.message}"


def rolled_over(last: Book, edition_id: str) -> Content:
    """Next year's content from last year's book: its 决算 becomes 上年数, its codes stay.

    Amounts of the new year start blank; the texts of 封面 and those that say who the department is
    are kept, reasons and counts are not.
    """
    inputs = load_inputs()
    figures = {
        f"LAST.{entry.id}": last.figures[entry.id].fen or 0
        for entry in inputs.last_year
        if entry.id in last.figures and last.figures[entry.id].fen is not None
    }
    kept = {key: fact.value for key, fact in last.facts.items() if fact.value}
    carried = {entry.id for entry in inputs.cover} - {
        "year",
        "edition",
        "department",
        "unit",
        "kind",
    }
    carried |= {key for key, entry in inputs.facts.items() if entry.kept}
    codes = {
        table: rows.codes
        for table, rows in last.tables.items()
        if rows.codes and last.edition.by_id[table].kind == "list"
    }
    return Content(
        edition=edition_id,
        department=last.department,
        year=(last.year + 1) if last.year else None,
        unit=last.unit.name,
        kind=last.kind,
        figures=figures,
        codes=codes,
        names=last.names_of_codes(),
        facts={key: value for key, value in kept.items() if key in carried},
    )
