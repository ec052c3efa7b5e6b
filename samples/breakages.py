"""Workbooks with one thing wrong, each named for the rule that it breaks; tests build them when they run.

A new rule gets its broken workbook by one more line here.  Nothing of this is committed but the
one that ``build.py`` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from samples.contents import liling, made_up
from samples.exports import export
from xlbudget.files.read import book_from_bytes
from xlbudget.model.content import Content
from xlbudget.model.edits import CellEdit
from xlbudget.model.money import UNITS
from xlbudget.ooxml.patch import patch_workbook
from xlbudget.template import build

Change = Callable[[Content], Content]


def changed(**amounts: str | None) -> Change:
    """Other amounts (万元) in some cells, given as ``T01_27_amount="1512.38"``; None blanks one."""

    def change(content: Content) -> Content:
        fen = UNITS[content.unit].fen
        figures = dict(content.figures)
        for key, value in amounts.items():
            name = key.replace("__", ".")
            if value is None:
                figures.pop(name, None)
            else:
                figures[name] = int(Decimal(value) * fen)
        return content._replace(figures=figures)

    return change


_IN_PUBLISHED: dict[str, Change] = {
    "T01-1-本年收入合计错": changed(T01__27__amount="1521.83", T01__30__amount="1521.83"),
    "T01-6-功能分类错行": changed(T01__38__amount="32.05", T01__39__amount="105.31"),
    "T02-1-一行收入合计错": changed(T02__2010301__total="1025.90"),
    "T03-1-基本支出数字颠倒": changed(T03__2010301__basic="1092.50"),
    "T03-2-支出合计漏改": changed(T03__total__basic="1313.67"),
    "T03-3-财政拨款大于全部支出": changed(T05__2101101__total="62.39", T05__2101101__basic="62.39"),
    "T04-5-分资金合计错": changed(T04__33__total="1281.19"),
    "T05-2-小数点错位": changed(T05__2080505__basic="869.30", T05__2080505__total="869.30"),
    "T05-3-公用经费错": changed(T06__public__amount="382.10"),
    "T06-1-明细款漏填": changed(T06__30228__amount=None),
    "T06-4-接待费大于决算": changed(T09__actual__reception="1.05", T09__actual__total="23.14"),
    "T09-1-三公合计错": changed(T09__actual__total="26.34"),
    "T09-2-公车小计错": changed(T09__budget__vehicles="9.00", T09__budget__total="29.98"),
    "K01-年初预算合计错": changed(BUDGET__T05__total__total="1320.27"),
    "L03-车辆数不符": changed(FACT__asset__vehicles="3"),
    "L04-3-会议费明细不符": changed(FACT__meeting__amount="34.04"),
}


def without_closing(content: Content) -> Content:
    """04 as somebody leaves it who forgets 年末结转 and then adds up."""
    figures = dict(content.figures)
    for column in ("total", "general", "fund", "capital"):
        figures.pop(f"T04.60.{column}", None)
        figures[f"T04.64.{column}"] = figures.get(f"T04.59.{column}", 0)
    return content._replace(figures=figures)


_IN_MADE_UP: dict[str, Change] = {
    "T04-9-漏填年末结转": without_closing,
    "T04-21-财政拨款大于全部支出": changed(T01__37__amount="1000000.00"),
    "T07-2-年末结转算错": changed(T07__2120899__closing="1234.56"),
    "T08-1-一行合计错": changed(T08__2230109__total="100.00"),
    "J02-年初结转不等于上年年末结转": changed(LAST__T01__59__amount="100.00"),
}


IN_TEMPLATE = tuple(
    name
    for name in (*_IN_PUBLISHED, *_IN_MADE_UP)
    if name.rpartition("-")[0] in ("T01-1", "T03-1", "T05-2", "T07-2", "K01", "L03", "L04-3", "J02")
)
"""Those that are filled templates; the others are plain exports, quicker to build."""


def retyped(content: Content, name: str, value: str, column: int | None = None) -> bytes:
    """A plain export with a cell typed over: a figure's, or another in its row."""
    data = export(content)
    place = book_from_bytes(data, "")[0].figures[name].place
    return patch_workbook(data, [CellEdit(place.sheet, place.row, column or place.column, value)])


def _built(base: Callable[[], Content], change: Change, write: Callable[[Content], bytes]) -> bytes:
    return write(change(base()))


def _builders() -> dict[str, Callable[[], bytes]]:
    found: dict[str, Callable[[], bytes]] = {}
    for base, changes in ((liling, _IN_PUBLISHED), (made_up, _IN_MADE_UP)):
        for name, change in changes.items():
            write = build if name in IN_TEMPLATE else export
            found[name] = partial(_built, base, change, write)
    return found | {
        "A01-缺少07表": lambda: export(liling(), without=["T07"]),
        "A05-科目代码多一位": lambda: retyped(liling(), "T05.2080505.total", "20805055", 1),
        "A06-科目重复": lambda: retyped(liling(), "T05.2010302.total", "2010301", 1),
        "A07-金额格里有文字": lambda: retyped(liling(), "T02.2080801.appropriation", "待核实"),
    }


BREAKAGES: Mapping[str, Callable[[], bytes]] = _builders()
"""``<rule>-<what>`` → what builds the workbook."""
