"""Buttons that only say something: a rule explained, what the report lacks, diagnosis, help."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence

from ..log import log_folder
from ..model.addresses import address
from ..model.inputs import load_inputs
from . import marks_in_excel as marking
from .session import Session

_SHOWN = 12
NO_INPUTS = (
    "这个工作簿没有“上年数”“补充资料”等输入表；要写完整的说明，请打开 xlbudget 模板，"
    "用“从系统导出表导入…”把这些表装进去。"
)


def shortened(lines: Sequence[str]) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - _SHOWN
    return [*lines[:_SHOWN], *([f"还有{more}条。"] if more > 0 else [])]


def explain(session: Session) -> str | None:
    """The rule of the selected line of 校验结果 or of the selected cell; else the one asked for."""
    from ..validate.pages import page
    from ..validate.rules import find_rules, load_rules

    wanted = _selected_rule(session) or session.dialogs.enter(
        "要看哪条规则？输入编号，例如 T05-2；先选中“校验结果”里的一行就不用输入。"
    )
    if not wanted:
        return None
    found = find_rules(load_rules(), wanted)
    if not found:
        found = find_rules(session.workbook().own_rules, wanted)
    if not found:
        return f"规则目录和自定义公式里都没有“{wanted}”。"
    return "\n\n".join(page(rule) for rule in found)


def _selected_rule(session: Session) -> str:
    sheet, row, column = session.selected()
    name = load_inputs().findings_sheet
    existing = session.sheets()
    if name not in existing:
        return ""
    if sheet == name:
        grid = session.grid(name, existing[name])
        return str(grid[row - 1][2]) if row <= len(grid) and len(grid[row - 1]) > 2 else ""
    if not column:
        return ""
    here = address(row, column)
    rules = [s.rule for s in marking.lines(session) if (s.sheet, s.cell) == (sheet, here)]
    rules += marking.rules_noted(session, sheet, here)
    return next((rule for rule in rules if rule), "")


def missing(session: Session) -> str:
    """What stands as 【待填】 in the report; the first place is selected."""
    from ..narrate import narrate

    narrative = narrate(session.workbook().book)
    if not narrative.missing:
        return "写决算说明要用的内容都有了。"
    first = next((m for m in narrative.missing if m.sheet and m.cell), None)
    if first and first.sheet in session.sheets():
        session.select(first.sheet, first.cell)
    lines = [finding.message for finding in narrative.findings]
    hint = [] if session.is_template else [NO_INPUTS]
    return "\n".join([f"决算说明还缺{len(lines)}处：", *shortened(lines), *hint])


def doctor(session: Session) -> str:
    """What works here, and what to do about what does not."""
    bits = "64" if sys.maxsize > 2**32 else "32"
    return "\n".join(
        [
            f"Python：{platform.python_version()}（{bits}位），{sys.executable}",
            f"Excel：{session.app.api.Version}",
            f"当前工作簿：{session.name}（{'xlbudget 模板' if session.is_template else '别的工作簿'}）",
            f"出错时的记录在：{log_folder()}",
            "加载项和宏的设置用命令 xlbudget addin doctor 检查。",
        ]
    )


def guide(session: Session) -> str | None:
    """Show 使用说明; in other workbooks say the order of the work."""
    sheet = load_inputs().guide_sheet
    if sheet in session.sheets():
        session.select(sheet, "A1")
        return None
    return (
        "先点“校验”：结果写在“校验结果”，有问题的格标上颜色和批注，用“上一处”“下一处”逐个看，"
        "用“规则说明”看依据和改法；看完点“清除标记”，工作簿恢复原样。\n"
        "“填充派生数据”填上能算出来的空格；“生成决算说明”写第三部分。\n"
        "程序不会自己保存，改好以后请自己保存。"
    )
