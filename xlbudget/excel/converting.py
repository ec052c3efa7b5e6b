"""单位换算 in open Excel: 元 to 万元, with the sheet 单位换算记录."""

from __future__ import annotations

from ..errors import UserError
from ..files.conversion import planned
from ..fill.ledger import ledger, summary
from ..fill.to_wan import ConvertError, corrections
from ..model.additions import AddedSheet
from ..model.book import Book
from ..model.money import WAN
from .session import Session

_ASK = (
    "把“{name}”九张表和输入表里的金额由元换算成万元，保留两位小数。"
    "换算后元的原数就没有了，请先把原来的工作簿另存一份。现在换算吗？"
)
_BALANCE = (
    "要让换算后的每条等式都分毫不差吗？选“是”，个别金额会与自己的四舍五入差0.01，"
    "记在“单位换算记录”里；选“否”，各自四舍五入，会有尾差。"
)


def convert(session: Session) -> str | None:
    """Convert the active workbook where it stands.  Raises UserError."""
    workbook = session.workbook()
    if workbook.book.unit == WAN:
        raise UserError(f"“{session.name}”的金额单位已经是万元，不用换算。")
    if not session.dialogs.agree(_ASK.format(name=session.name)):
        return None
    balanced = session.dialogs.agree(_BALANCE)
    try:
        converted, edits = planned(
            workbook.book,
            workbook.grids,
            balanced=balanced,
            formulas=session.formulas(workbook.grids),
            rules=workbook.own_rules,
        )
    except ConvertError as error:
        raise UserError(f"“{session.name}”没有换算：{error}。") from None
    with session.quiet():
        session.write(edits)
        session.calculate()
        replaced = corrections(converted, session.workbook().book)
        session.write(replaced)
        write_sheet(session, ledger(converted))
        session.calculate()
    _require_same(session, converted.book)
    said = [summary(converted)]
    if replaced:
        said.append(f"有{len(replaced)}格的公式算不出换算后的数，已换成数值。")
    said.append("“决算说明”和“校验结果”还是换算前的，请重新生成、重新校验；还没有保存。")
    return "\n".join(said)


def _require_same(session: Session, wanted: Book) -> None:
    after = session.workbook().book
    for name, figure in wanted.figures.items():
        found = after.figures.get(name)
        if found is None or found.fen != figure.fen:
            raise UserError(
                f"换算后再读，{figure.place}的数和换算结果不一致，多半是这一格的公式算不出来；"
                "请不要保存，关掉重新打开，先把它改成数值再换算。"
            )


def write_sheet(session: Session, sheet: AddedSheet) -> None:
    """A sheet of ours, added or written anew, its links as formulas.  Raises UserError."""
    if sheet.name in session.sheets():
        session.delete_sheet(sheet.name)
    before = session.api.ActiveSheet
    added = session.add_sheet(sheet.name)
    width = max(len(row.values) for row in sheet.rows)
    rows = [[*row.values, *[None] * (width - len(row.values))] for row in sheet.rows]
    session.fill_sheet(added, rows)
    for number, row in enumerate(sheet.rows, 1):
        for column, target in row.links.items():
            place = target.replace('"', '""')
            text = str(row.values[column - 1]).replace('"', '""')
            added.Cells(number, column).Formula = f'=HYPERLINK("#{place}","{text}")'
        if row.style in ("title", "section", "head"):
            added.Cells(number, 1).EntireRow.Font.Bold = True
    for column, characters in enumerate(sheet.widths, 1):
        added.Cells(1, column).ColumnWidth = characters
    before.Activate()
