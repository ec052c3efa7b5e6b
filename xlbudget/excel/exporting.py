"""导出 Word, 导出 PDF: the whole publication of the active workbook as a file."""

from __future__ import annotations

from pathlib import Path

from ..files.atomic import write_whole
from ..files.result_sheets import lines_on_report
from ..files.workbook import check
from ..model.inputs import load_inputs
from ..model.severity import Severity
from ..narrate import narrate, with_doubts
from ..publish.publication import publication
from ..publish.statement import Line
from ..publish.writers import NAMES, written
from .messages import shortened
from .session import Session


def export(session: Session, kind: str) -> str | None:
    """Ask where, and write a ``docx`` or ``pdf``; a draft where the tables have errors.

    What stands on 决算说明 is what is published.  Raises UserError.
    """
    workbook = session.workbook()
    report = check(workbook)
    errors = sum(1 for f in report.findings if f.severity == Severity.ERROR)
    if errors and not session.dialogs.agree(
        f"校验还有{errors}条错误，改好以前只能导出带“草稿”字样的样子。现在导出草稿吗？"
    ):
        return None
    name = f"{Path(session.name).stem}{'-草稿' if errors else ''}.{kind}"
    target = session.dialogs.save_file(f"导出 {NAMES[kind]}", name, f".{kind}")
    if target is None:
        return None
    if target.exists() and not session.dialogs.agree(f"“{target}”已经存在，要替换吗？"):
        return None
    sheet = load_inputs().report_sheet
    existing = session.sheets()
    rows = session.grid(sheet, existing[sheet]) if sheet in existing else []
    lines = [Line(*line) for line in lines_on_report(rows)]
    narrative = with_doubts(narrate(workbook.book), report)
    found = publication(workbook.book, narrative, lines, draft=bool(errors))
    write_whole(target, written(found, kind))
    said = [f"已导出“{target}”。"]
    if found.missing:
        said += [f"还有{len(found.missing)}处待填：", *shortened(found.missing)]
    if found.remarks:
        said += ["请留意：", *shortened(found.remarks)]
    return "\n".join(said)
