"""The ribbon's buttons: one public function without arguments for each, called by RunPython."""

from __future__ import annotations

import platform
from collections.abc import Collection
from importlib.metadata import version

from ..files.workbook import Workbook, check
from ..model.inputs import load_inputs
from . import carrying, converting, exporting
from . import marks_in_excel as marking
from . import messages as texts
from .list_formats import dress
from .net import run
from .session import Session


def fill() -> None:
    """填充派生数据: the blank cells that follow from others; typed cells stay."""
    run("填充派生数据", _fill)


def next_step() -> None:
    """下一步: fill, check, write the report unless errors stand in its way; the next cell selected."""
    run("下一步", _next_step)


def import_tables() -> None:
    """从系统导出表导入: another workbook's nine tables into the active template."""
    run("从系统导出表导入", carrying.import_tables)


def roll_over() -> None:
    """结转上年数: last year's 决算数 become the active workbook's 上年数."""
    run("结转上年数", carrying.roll_over)


def validate() -> None:
    """校验: the findings listed, their cells marked, the first one selected."""
    run("校验", _validate)


def previous_finding() -> None:
    """上一处."""
    run("上一处", lambda session: _step(session, -1))


def next_finding() -> None:
    """下一处."""
    run("下一处", lambda session: _step(session, 1))


def clear_marks() -> None:
    """清除标记: the list, the colours and our notes; everything as it was before 校验."""
    run("清除标记", _clear)


def explain_rule() -> None:
    """规则说明: the rule of the selected finding or marked cell, else one asked for."""
    run("规则说明", texts.explain)


def narrate() -> None:
    """生成决算说明: part three into 决算说明."""
    run("生成决算说明", _narrate)


def missing() -> None:
    """缺什么: what the report still needs, and where to type it."""
    run("缺什么", texts.missing)


def export_word() -> None:
    """导出 Word: the whole publication as a .docx."""
    run("导出 Word", lambda session: exporting.export(session, "docx"))


def export_pdf() -> None:
    """导出 PDF: the same as a .pdf."""
    run("导出 PDF", lambda session: exporting.export(session, "pdf"))


def convert() -> None:
    """单位换算: the active workbook's amounts from 元 to 万元."""
    run("单位换算", converting.convert)


def doctor() -> None:
    """诊断: what is installed and what is not."""
    run("诊断", texts.doctor)


def help() -> None:
    """帮助: the sheet 使用说明, or a short text where there is none."""
    run("帮助", texts.guide)


def about() -> None:
    """版本."""
    run("版本", _about)


# ---------------------------------------------------------------- what they do


def _fill(session: Session) -> str:
    from ..files.workbook import fill_edits

    workbook = session.workbook()
    edits, filled = fill_edits(workbook.book, workbook.grids, session.formulas)
    session.write(edits)
    _show_used(session, workbook, {(edit.sheet, edit.row) for edit in filled.edits})
    marking.tint(session, filled.edits)
    said = [f"填上金额{len(filled.values)}个、科目名称{len(filled.names)}个，没有保存。"]
    if filled.edits:
        said.append("填上的格标成了浅绿色，点“清除标记”去掉。")
    if filled.conflicts:
        said.append(f"有{len(filled.conflicts)}个格填的数和算出的数不同，没有改动：")
        said += texts.shortened(
            [
                f"{finding.cells[0].sheet}!{finding.cells[0].cell}：{finding.message}"
                for finding in filled.conflicts
            ]
        )
    return "\n".join(said)


def _next_step(session: Session) -> str:
    from ..files.next_steps import next_of, steps_for
    from ..locate.suspects import suspects_json
    from ..narrate import narrate as write

    said = [_fill(session)]
    workbook = session.workbook()
    report = check(workbook)
    if report.verdict == "passed" and (session.is_template or _has_report(session)):
        said.append(_narrate(session).partition("\n")[0])
    sheets = session.sheets()
    steps = steps_for(
        report,
        suspects_json(workbook.book, report),
        write(workbook.book),
        sheets,
        written=_has_report(session),
    )
    following = next_of(steps)
    if following is None:
        said.append(steps[0].text if steps else "没有要做的了，可以导出。")
        return "\n".join(said)
    if following.cell and following.sheet in sheets:
        session.select(following.sheet, following.cell)
    where = f"{following.place}：" if following.place else ""
    said.append(f"下一步（还有{len(steps)}件）：【{following.stage.word}】{where}{following.text}")
    return "\n".join(said)


def _has_report(session: Session) -> bool:
    """Whether 决算说明 holds a report."""
    from ..files.result_sheets import lines_on_report

    sheet = load_inputs().report_sheet
    existing = session.sheets()
    return sheet in existing and bool(lines_on_report(session.grid(sheet, existing[sheet])))


def _show_used(
    session: Session, workbook: Workbook, more: Collection[tuple[str, int]] = ()
) -> None:
    """No line with amounts stays hidden: it counts, and would be missing from the printout."""
    from ..recognise.unseen import used_cells

    used = used_cells(workbook.book)
    session.show_used({*more, *((sheet, row) for sheet, (rows, _) in used.items() for row in rows)})


def _validate(session: Session) -> str:
    from ..locate.suspects import suspects_json
    from ..validate.report import headline

    workbook: Workbook = session.workbook()
    report = check(workbook)
    suspects = suspects_json(workbook.book, report)
    _show_used(session, workbook)
    found = marking.mark(session, report, suspects)
    said = [headline(report)]
    if found:
        session.select(found[0].sheet, found[0].cell)
        said.append(f"有{len(found)}处要看，已选中第一处；用“下一处”接着看。")
    said.append(f"逐条结果在“{load_inputs().findings_sheet}”。")
    if session.locked:
        said.append(f"{'、'.join(session.locked)}设了保护密码，没有标色。")
    return "\n".join(said)


def _step(session: Session, step: int) -> str | None:
    from ..model.addresses import parse_address

    found = marking.distinct(marking.lines(session))
    if not found:
        return "还没有要看的地方；先点“校验”，没有问题时这里也没有。"
    here = session.selected()
    places = [(stop.sheet, *parse_address(stop.cell)) for stop in found]
    if here in places:
        index = (places.index(here) + step) % len(found)
    else:
        index = 0 if step > 0 else len(found) - 1
    stop = found[index]
    session.select(stop.sheet, stop.cell)
    session.status(f"第{index + 1}处，共{len(found)}处：{stop.message}")
    return None


def _clear(session: Session) -> str | None:
    marking.clear(session)
    if session.locked:
        return f"{'、'.join(session.locked)}设了保护密码，上面的标记没有清除。"
    session.status("校验的标记已清除。")
    return None


def _narrate(session: Session) -> str:
    from ..narrate import narrate as write
    from ..narrate import paragraph_edits, with_doubts
    from ..template.text_sheets import REPORT_HEADS, REPORT_ROW, REPORT_WIDTHS

    workbook = session.workbook()
    narrative = with_doubts(write(workbook.book), check(workbook))
    sheet = load_inputs().report_sheet
    if sheet not in session.sheets():
        added = session.add_sheet(sheet)
        added.Range("A1").Value = sheet
        added.Range(f"A{REPORT_ROW - 1}:C{REPORT_ROW - 1}").Value = (REPORT_HEADS,)
        last = REPORT_ROW - 1 + len(narrative.paragraphs)
        dress(added, REPORT_WIDTHS, REPORT_ROW - 1, last)
    session.write(paragraph_edits(narrative, sheet, REPORT_ROW, session.last_row(sheet)))
    session.select(sheet, f"A{REPORT_ROW}")
    said = [f"已写好{len(narrative.paragraphs)}段，在“{sheet}”。"]
    if narrative.doubt:
        said.append(narrative.doubt)
    if narrative.missing:
        said.append(f"还有{len(narrative.missing)}处【待填】；点“缺什么”看是哪些。")
    if not session.is_template:
        said.append(texts.NO_INPUTS)
    return "\n".join(said)


def _about(session: Session) -> str:
    return "\n".join(
        [
            f"xlbudget {version('xlbudget')}",
            f"xlwings {version('xlwings')}",
            f"Python {platform.python_version()}",
            f"Excel {session.app.api.Version}",
            "MIT 许可证；含 xlwings（BSD 许可证）。",
        ]
    )
