"""Another workbook's figures into the active one: an export's tables, last year's 决算数."""

from __future__ import annotations

from pathlib import Path

from ..errors import UserError
from ..files.atomic import write_whole
from ..files.carry import Carried, OtherLayoutError, carried_in, has_ledger, rolled_in
from ..files.importing import import_lines, rolled_over
from ..files.workbook import Workbook, open_workbook
from ..model.content import content_of
from ..model.restate import restated
from .session import Session

_ONLY_TEMPLATE = "当前工作簿不是 xlbudget 模板，没有“上年数”；请先打开模板，再点一次。"


def import_tables(session: Session) -> str | None:
    """Fill the active template from a workbook that the user picks; a new template where none is.

    Raises UserError.
    """
    path = session.dialogs.open_file("选择系统导出的工作簿")
    if path is None:
        return None
    source = open_workbook(path)
    into = session.workbook() if session.is_template else None
    if into is not None:
        try:
            return _into_active(session, source, into)
        except OtherLayoutError as error:
            if not session.dialogs.agree(f"{error}另建一个工作簿装这些数，好吗？"):
                return None
    return _into_new(session, source)


def _into_active(session: Session, source: Workbook, into: Workbook) -> str | None:
    held = content_of(source.book)._replace(ledger=has_ledger(into))
    found = restated(held, into.book.edition)
    content = found.content._replace(
        department=source.book.department or into.book.department,
        year=source.book.year or into.book.year,
        kind=source.book.kind or into.book.kind,
    )
    carried = carried_in(content, into, session.formulas(into.grids))
    amounts = sum(
        1 for n, f in into.book.figures.items() if n.startswith("T") and f.fen is not None
    )
    if amounts and not session.dialogs.agree(
        f"“{session.name}”的九张表里已有{amounts}个金额，会被换成“{source.path.name}”里的，继续吗？"
    ):
        return None
    _write(session, carried)
    lines = import_lines(source, Path(session.name), into.book.edition, found)
    return "\n".join((*lines, "还没有保存，请核对后自己保存。"))


def _into_new(session: Session, source: Workbook) -> str | None:
    from ..template import build

    target = session.dialogs.save_file("存成新的工作簿", f"{source.path.stem}-决算.xlsx", ".xlsx")
    if target is None:
        return None
    if target.exists():
        raise UserError(f"“{target}”已经存在，没有覆盖；请换一个文件名。")
    found = restated(content_of(source.book), source.book.edition)
    write_whole(target, build(found.content))
    session.app.books.open(str(target))
    return "\n".join(import_lines(source, target, source.book.edition, found))


def roll_over(session: Session) -> str | None:
    """Last year's workbook, picked by the user, into the active template.  Raises UserError."""
    if not session.is_template:
        raise UserError(_ONLY_TEMPLATE)
    into = session.workbook()
    path = session.dialogs.open_file("选择上年的决算工作簿")
    if path is None:
        return None
    last = open_workbook(path).book
    if last.year and into.book.year and last.year != into.book.year - 1:
        question = (
            f"“{path.name}”是{last.year}年度的，当前工作簿是{into.book.year}年度的，还要用它吗？"
        )
        if not session.dialogs.agree(question):
            return None
    content = rolled_over(last, into.book.edition)
    carried = rolled_in(content, into, session.formulas(into.grids))
    _write(session, carried)
    amounts = len(content.figures)
    return f"从“{path.name}”结转了{amounts}个上年数；还没有保存，请核对后自己保存。"


def _write(session: Session, carried: Carried) -> None:
    session.write(carried.edits)
    session.show_rows(carried.shown)
