"""Notes on the cells that are often filled wrongly."""

from __future__ import annotations

from xlbudget.model.edition_words import in_edition
from xlbudget.model.forms import Edition
from xlbudget.model.layout import TableLayout

# Figure name, or table and column for the head of a list's column.
_FIGURES = {
    "T01.28.amount": "只填用于弥补当年收支差额的非财政拨款结余（含专用结余）。没有的留空，"
    "不要把财政拨款结转填在这里。",
    "T01.29.amount": "等于上年决算的“年末结转和结余”。不一致时请在“原因说明”里写明（调整以前年度等）。",
    "T01.59.amount": "所有资金的年末结转和结余，包括财政拨款。财政拨款部分另填在04表第60行。",
    "T04.28.amount": "等于下面三行之和，也等于上年04表的年末财政拨款结转和结余。",
    "T06.30299.amount": "“其他商品和服务支出”占商品和服务支出30%以上会被追问，先看能不能归到具体科目。",
    "T06.30217.amount": "只填一般公共预算基本支出里的公务接待费；项目支出里的填在09表，所以这里不会比09表大。",
    "T06.30231.amount": "只填基本支出里的公车运行维护费；项目支出里的填在09表。",
    "T09.budget.total": "预算数填全年预算数，就是按规定程序调整以后的数，不是年初预算数。",
    "T09.actual.total": "决算数包括当年财政拨款和以前年度结转资金安排的实际支出，不含非财政资金。",
    "T09.actual.vehicle_purchase": "当年购置公车的实际支出。填了金额，“补充资料”里的购置数也要填。",
}
_COLUMNS = {
    ("T02", "appropriation"): "三类财政拨款（一般公共预算、政府性基金、国有资本经营）合在一起填，"
    "等于04表收入合计。",
    ("T03", "total"): "所有资金的支出，不只是财政拨款。",
    ("T05", "total"): "只填一般公共预算财政拨款的支出。事业收入、其他收入等安排的支出只在03表，"
    "所以同一科目05表不会比03表大。",
    ("T07", "closing"): "年初结转和结余＋本年收入－本年支出小计。",
}


def cell_notes(layout: TableLayout, edition: Edition) -> dict[tuple[int, int], str]:
    """(row, column) → note, for the cells of this table that have one."""
    notes: dict[tuple[int, int], str] = {}
    for name, text in _FIGURES.items():
        place = layout.places.get(name)
        if place:
            notes[place] = in_edition(text, edition)
    for (table, column), text in _COLUMNS.items():
        if table == layout.table.id and column in layout.column_of:
            at = layout.column_of[column]
            head = next(h for h in reversed(layout.heads) if h.left == at and not h.text.isdigit())
            notes[head.top, head.left] = in_edition(text, edition)
    return notes
