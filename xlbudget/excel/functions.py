"""Functions in cells.  Each takes and gives whole areas; what is wrong is said in Chinese.

The docstring of a function is what Excel's function wizard shows; so is each argument's ``doc``.
Amounts are in 万元 as the publication prints them.
"""

from __future__ import annotations

from typing import Any

import xlwings as xw

from ..model.codes import economic_codes, full_name, function_codes
from ..model.comparison import change, percent
from ..model.money import UNITS, WAN, YUAN, Unit, round_half_up
from ..recognise.labels import as_code
from .arrays import MISMATCH, CellError, Shown, amount, each, flat, is_blank, unhinted
from .live_workbook import living_book, living_report

_CATEGORY = "xlbudget 决算公开"


@xw.func(category=_CATEGORY)
@xw.arg("this", ndim=2, err_to_str=True, doc="今年的金额（万元），一格或一片")
@xw.arg("last", ndim=2, err_to_str=True, doc="上年的金额（万元），一格或同样大的一片")
@unhinted
def XB_CHANGE(this: Any, last: Any) -> list[list[Shown]]:  # noqa: N802
    """与上年相比的说法，例如：减少398.03万元，下降20.83%。上年为零或负数时只说金额。"""
    return each(_change, this, last)


@xw.func(category=_CATEGORY)
@xw.arg("part", ndim=2, err_to_str=True, doc="部分的金额，一格或一片")
@xw.arg("whole", ndim=2, err_to_str=True, doc="全部的金额，一格或同样大的一片")
@unhinted
def XB_SHARE(part: Any, whole: Any) -> list[list[Shown]]:  # noqa: N802
    """部分占全部的比重，两位小数四舍五入，例如：99.55%。"""
    return each(_share, part, whole)


@xw.func(category=_CATEGORY)
@xw.arg("actual", ndim=2, err_to_str=True, doc="决算数，一格或一片")
@xw.arg("budget", ndim=2, err_to_str=True, doc="年初预算数，一格或同样大的一片")
@unhinted
def XB_RATE(actual: Any, budget: Any) -> list[list[Shown]]:  # noqa: N802
    """完成年初预算的百分比，两位小数四舍五入，例如：110.85%。没有年初预算时说明无法计算。"""
    return each(_rate, actual, budget)


@xw.func(category=_CATEGORY)
@xw.arg(
    "total",
    ndim=2,
    err_to_str=True,
    doc="合计数：一格，或一列（每行核对一次），或一行（每列核对一次）",
)
@xw.arg(
    "parts", ndim=2, err_to_str=True, doc="各分项，一片；合计是一列时按行相加，是一行时按列相加"
)
@xw.arg("unit", doc="可以不填；填“元”时不允许有任何差额")
@unhinted
def XB_BALANCE(total: Any, parts: Any, unit: Any = "万元") -> list[list[Shown]]:  # noqa: N802
    """合计与各分项之和是否相符：平、尾差0.02（在四舍五入范围内）、不平18.00。"""
    rows, columns = len(total), len(total[0])
    chosen = UNITS.get(str(unit or "万元").strip())
    if chosen is None:
        return [[f"“{unit}”不是金额单位，请写万元或元"]]
    if (rows, columns) == (1, 1):
        return each(lambda value: _balance(value, flat(parts), chosen), total)
    if columns == 1 and len(parts) == rows:
        return [
            each(lambda v, i=i: _balance(v, parts[i], chosen), [total[i]])[0] for i in range(rows)
        ]
    if rows == 1 and len(parts[0]) == columns:
        lines = list(zip(*parts, strict=True))
        found = [
            each(lambda v, j=j: _balance(v, lines[j], chosen), [[total[0][j]]])
            for j in range(columns)
        ]
        return [[one[0][0] for one in found]]
    return [[MISMATCH]]


@xw.func(category=_CATEGORY)
@xw.arg("code", ndim=2, err_to_str=True, doc="科目代码（3、5或7位），一格或一片")
@unhinted
def XB_SUBJECT(code: Any) -> list[list[Shown]]:  # noqa: N802
    """科目代码的名称，从类到项，例如：一般公共服务支出-政府办公厅（室）及相关机构事务-行政运行。"""
    return each(_subject, code)


@xw.func(category=_CATEGORY)
@xw.arg("yuan", ndim=2, err_to_str=True, doc="以元为单位的金额，一格或一片")
@unhinted
def XB_WAN(yuan: Any) -> list[list[Shown]]:  # noqa: N802
    """元换算成万元，保留两位小数，四舍五入。"""
    return each(_wan, yuan)


@xw.func(category=_CATEGORY, volatile=True)
@xw.arg(
    "name",
    ndim=2,
    err_to_str=True,
    doc="数的名称，例如 T03.total.basic；命令 xlbudget figures 列出全部名称",
)
@unhinted
def XB_FIGURE(name: Any, caller: Any) -> list[list[Shown]]:  # noqa: N802
    """按名称取本工作簿九张表和输入表里的数，单位与工作簿相同。"""
    return each(lambda text: _figure(text, caller), name)


@xw.func(category=_CATEGORY, volatile=True)
@xw.arg("sheet", doc="可以不填；填工作表的名称时只列这张表的")
@unhinted
def XB_FINDINGS(caller: Any, sheet: Any = None) -> list[list[Shown]]:  # noqa: N802
    """校验本工作簿，列出问题：级别、规则、单元格、说明，一行一条。"""
    return _findings(sheet, caller)


@xw.func(category=_CATEGORY, volatile=True)
@xw.arg("section", ndim=2, err_to_str=True, doc="第几节，例如 3；或节的标题里的几个字，例如 三公")
@unhinted
def XB_PARAGRAPH(section: Any, caller: Any) -> list[list[Shown]]:  # noqa: N802
    """决算说明一节的文字，按本工作簿现在的数写出。"""
    return each(lambda wanted: _paragraph(wanted, caller), section)


# ---------------------------------------------------------------- amounts


def _shown_amounts(*values: Any) -> list[int] | None:
    """Amounts as they are printed, in 分; None where all are blank."""
    if all(is_blank(value) for value in values):
        return None
    return [round_half_up(amount(value) or 0, WAN.last_digit) for value in values]


def _change(this: Any, last: Any) -> Shown:
    found = _shown_amounts(this, last)
    if found is None:
        return ""
    changed = change(*found)
    return changed.text if changed else "持平"


def _share(part: Any, whole: Any) -> Shown:
    found = _shown_amounts(part, whole)
    if found is None:
        return ""
    if found[1] <= 0:
        raise CellError("全部为零，算不出比重" if found[1] == 0 else "全部是负数，算不出比重")
    return percent(*found) + "%"


def _rate(actual: Any, budget: Any) -> Shown:
    found = _shown_amounts(actual, budget)
    if found is None:
        return ""
    if found[1] <= 0:
        raise CellError(
            "没有年初预算，算不出完成率" if found[1] == 0 else "预算是负数，算不出完成率"
        )
    return percent(*found) + "%"


def _balance(total: Any, parts: Any, unit: Unit) -> Shown:
    values = [total, *parts]
    if all(is_blank(value) for value in values):
        return ""
    fen = [amount(value, unit) or 0 for value in values]
    difference = abs(fen[0] - sum(fen[1:]))
    if not difference:
        return "平"
    # A figure that shows all its digits, and a zero, are exact; the others half a last digit wide.
    tolerance = sum(unit.half for value in fen if value and not value % unit.last_digit)
    word = "尾差" if difference <= tolerance else "不平"
    return f"{word}{unit.exact_text(difference)}"


def _wan(yuan: Any) -> Shown:
    fen = amount(yuan, YUAN)
    return "" if fen is None else float(WAN.decimal(round_half_up(fen, WAN.last_digit)))


# ---------------------------------------------------------------- codes and the workbook


def _subject(value: Any) -> Shown:
    if is_blank(value):
        return ""
    code = as_code(value)
    if not code:
        raise CellError(f"“{str(value).strip()}”不是科目代码")
    economic = economic_codes()
    if code in economic:
        steps = dict.fromkeys((code[:3], code))
        return "-".join(economic[step].name for step in steps if step in economic)
    if code not in function_codes():
        raise CellError(f"科目字典里没有{code}")
    return full_name(code)


def _figure(name: Any, caller: Any) -> Shown:
    if is_blank(name):
        return ""
    book = living_book(caller).book
    wanted = str(name).strip()
    if wanted in book.unreadable:
        raise CellError(book.unreadable[wanted])
    figure = book.figures.get(wanted)
    if figure is None:
        raise CellError(f"本工作簿里没有“{wanted}”这个数")
    return "" if figure.fen is None else float(book.unit.decimal(figure.fen))


def _findings(sheet: Any, caller: Any) -> list[list[Shown]]:

    wanted = "" if is_blank(sheet) else str(sheet).strip()
    try:
        report = living_report(caller)
    except CellError as error:
        return [[str(error)]]
    found: list[list[Shown]] = [
        [
            finding.severity.word,
            finding.rule,
            f"{finding.cells[0].sheet}!{finding.cells[0].cell}" if finding.cells else "",
            finding.message,
        ]
        for finding in report.findings
        if not wanted or any(cell.sheet == wanted for cell in finding.cells)
    ]
    return found or [["没有发现问题"]]


def _paragraph(section: Any, caller: Any) -> Shown:
    if is_blank(section):
        return ""
    from ..narrate import narrate

    narrative = narrate(living_book(caller).book)
    titles = {p.section: p.title for p in reversed(narrative.paragraphs) if p.title}
    text = str(section).strip()
    number = int(float(text)) if text.replace(".", "", 1).isdigit() else 0
    if not number:
        number = next((n for n in sorted(titles) if text in titles[n]), 0)
    found = [p.title or p.text for p in narrative.section(number)[1:]]
    if not found:
        raise CellError(f"决算说明里没有“{text}”这一节，共{len(titles)}节")
    return "\n".join(found)
