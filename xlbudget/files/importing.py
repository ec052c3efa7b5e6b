"""Taking a foreign workbook, or last year's, into the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ..model.book import Book
from ..model.content import Content, content_of
from ..model.forms import Edition
from ..model.inputs import load_inputs
from ..model.restate import Restated, restated
from ..model.severity import Severity
from .workbook import Workbook


def import_lines(
    workbook: Workbook, out: Path, edition: Edition, restated: Restated
) -> Iterator[str]:
    """What was taken from where, and what was left, in Chinese.

    ``restated`` is the content as ``edition`` prints it, the new workbook's.
    """
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
    ours = inputs.own_sheets
    if not restated.content.ledger:  # the new workbook has no place for it
        ours -= {inputs.ledger_sheet}
    own = [s for s in workbook.grids if s in ours]
    left = [s for s in workbook.grids if s not in taken and s not in ours]
    if own:
        yield f"   一并取了：{'、'.join(own)}"
    if left:
        yield f"   没有用到的工作表：{'、'.join(left)}"
    if edition.id != book.edition.id:
        yield f"   原来的版式是{book.edition.name}，新文件是{edition.name}"
    if restated.added:
        yield f"   按版式加了{restated.added}行类、款，金额是下面各项之和"
        if book.unit.half:
            yield "   注意 原数已四舍五入，各项之和和单独四舍五入的小计可能差末位，请核对类、款各行"
    if restated.left:
        names = book.names_of_codes()
        said = [_said(book, name, names) for name in restated.left[:10]]
        more = f"等{len(restated.left)}个数" if len(restated.left) > 10 else ""
        yield f"   新版式里没有位置，没有装进去：{'；'.join(said)}{more}"
    problems = [f for f in book.findings if f.severity == Severity.ERROR]
    for finding in problems:
        cell = f"{finding.cells[0].sheet}!{finding.cells[0].cell}：" if finding.cells else ""
        yield f"   注意 {cell}{finding.message}"


def _said(book: Book, name: str, names: Mapping[str, str]) -> str:
    """A figure with its amount, in words."""
    rest = name.partition(".")[2]
    facts = load_inputs(book.edition).facts
    label = facts[rest].label if rest in facts else book.edition.label(name, names)
    return f"{label} {book.cell_ref(name).value}"


def rolled_over(last: Book, edition: Edition) -> Content:
    """Next year's content from last year's book: its 决算 becomes 上年数, its codes stay.

    The codes are those of last year in the levels that ``edition`` prints.  Amounts of the new year
    start blank, those of 06明细账 too; the texts of 封面 and those that say who the department is are
    kept, reasons and counts are not.
    """
    inputs = load_inputs(edition)
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
    content = Content(
        edition=last.edition,
        department=last.department,
        year=(last.year + 1) if last.year else None,
        unit=last.unit.name,
        kind=last.kind,
        figures=figures,
        codes=codes,
        names=last.names_of_codes(),
        facts={key: value for key, value in kept.items() if key in carried},
        ledger=content_of(last).ledger,
    )
    return restated(content, edition).content
