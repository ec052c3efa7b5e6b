"""图表: charts that people can edit, fed by a few formulas from the tables.

What the formulas come to is known from the figures, so that the sheet is right without any engine.
A text in an amount cell counts as nothing (``N``), as everywhere on the check sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from xlbudget.model.edition_words import THREE_PUBLIC
from xlbudget.model.forms import Edition
from xlbudget.model.inputs import Inputs, load_inputs
from xlbudget.model.layout import defined_name, quoted

from .input_places import input_layout
from .page_setup import print_set_up
from .styles import AMOUNT, HEI, SONG, Styles

FIRST, PITCH = 4, 20
"""Row of the first block's title, and rows from one block to the next: a chart's height."""
LARGEST = 8
"""How many function classes are shown, largest first."""
HELPER_LABEL, HELPER = 14, 15
_CHANGES = (
    ("收、支总计", "T01.30.amount"),
    ("财政拨款收、支总计", "T04.32.amount"),
    ("一般公共预算财政拨款支出", "T05.total.total"),
    ("机关运行经费（公用经费）", "T06.public.amount"),
)
_PATTERNS = (
    {"pattern": "dotted_grid", "fg_color": "#1F4E79", "bg_color": "#FFFFFF"},
    {"pattern": "wide_upward_diagonal", "fg_color": "#1F4E79", "bg_color": "#FFFFFF"},
    None,
)


class ChartCell(NamedTuple):
    """A formula with the value it comes to; rows and columns count from 1."""

    row: int
    column: int
    formula: str
    value: float | str


class Block(NamedTuple):
    """A chart: its title, the heads of its series, and rows of (label, figures)."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    is_sorted: bool = False

    @property
    def shown(self) -> int:
        """How many rows the chart has."""
        return min(LARGEST, len(self.rows)) if self.is_sorted else len(self.rows)


@lru_cache(maxsize=4)
def blocks(edition: Edition) -> tuple[Block, ...]:
    """The charts of an edition; rows whose figures its tables do not have are left out."""

    def columns(table_id: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        table = edition.by_id[table_id]
        row = table.total.id
        return tuple(
            (c.head[-1], (f"{table_id}.{row}.{c.id}",)) for c in table.columns if c.id != "total"
        )

    classes = [line for side in edition.by_id["T04"].sides for line in side.lines]
    found = (
        Block("收支与上年对比", ("上年", "本年"),
              tuple((label, (f"LAST.{name}", name)) for label, name in _CHANGES)),
        Block("收入构成", ("本年收入",), columns("T02")),
        Block("支出构成", ("本年支出",), columns("T03")),
        Block("一般公共预算财政拨款支出（按功能分类）", ("决算数",),
              tuple((line.label.partition("、")[2], (f"T04.{line.id}.general",))
                    for line in classes if line.class_code), is_sorted=True),
        Block("“三公”经费", ("上年决算数", "预算数", "决算数"),
              tuple((label, (f"LAST.T09.actual.{kind}", f"T09.budget.{kind}", f"T09.actual.{kind}"))
                    for kind, label in THREE_PUBLIC.items())),
    )  # fmt: skip
    known = edition.fixed_names
    return tuple(
        block._replace(
            rows=tuple(
                row
                for row in block.rows
                if all(n.startswith("LAST.") or n in known for n in row[1])
            )
        )
        for block in found
    )


@lru_cache(maxsize=4)
def _references(edition: Edition) -> dict[str, str]:
    """Figure → how a formula names its cell."""
    places = input_layout(load_inputs()).places
    names = {name for block in blocks(edition) for row in block.rows for name in row[1]}
    return {
        name: f"{quoted(places[name].sheet)}!{places[name].cell}"
        if name in places
        else defined_name(name)
        for name in names
    }


def chart_cells(edition: Edition, amount: Callable[[str], float]) -> Iterator[ChartCell]:
    """Every formula of the sheet; ``amount`` gives a figure in the workbook's unit, 0 for none."""
    references = _references(edition)
    for index, block in enumerate(blocks(edition)):
        top = FIRST + PITCH * index + 2
        if block.is_sorted:
            yield from _sorted_cells(block, top, references, amount)
            continue
        for offset, (_, names) in enumerate(block.rows):
            for column, name in enumerate(names, 2):
                yield ChartCell(top + offset, column, f"=N({references[name]})", amount(name))


def _sorted_cells(
    block: Block, top: int, references: dict[str, str], amount: Callable[[str], float]
) -> Iterator[ChartCell]:
    """Amounts largest first, from a helper column that tells equal ones apart."""
    count = len(block.rows)
    helper = []
    for offset, (label, (name,)) in enumerate(block.rows):
        value = amount(name) + (count - offset) * 1e-6
        helper.append((value, label))
        formula = f"=N({references[name]})+{count - offset}*1E-6"
        yield ChartCell(top + offset, HELPER, formula, value)
    column = f"$O${top}:$O${top + count - 1}"
    labels = f"$N${top}:$N${top + count - 1}"
    helper.sort(key=lambda entry: -entry[0])
    for offset in range(block.shown):
        large = f"LARGE({column},{offset + 1})"
        value, label = helper[offset]
        shown = round(value + 0.0, 2)
        row = top + offset
        formula = f'=IF(B{row}>0,INDEX({labels},MATCH({large},{column},0)),"")'
        yield ChartCell(row, 1, formula, label if shown > 0 else "")
        yield ChartCell(row, 2, f"=ROUND({large},2)", shown)


def write_charts(
    workbook: Workbook,
    sheet: Worksheet,
    inputs: Inputs,
    edition: Edition,
    amount: Callable[[str], float],
    styles: Styles,
) -> None:
    """The sheet: numbers on the left, a chart beside each block."""
    for column, width in ((0, 34), (1, 15), (2, 15), (3, 15), (4, 3)):
        sheet.set_column(column, column, width)
    sheet.set_column(HELPER_LABEL - 1, HELPER - 1, 20, None, {"hidden": True})
    sheet.merge_range(0, 0, 0, 11, inputs.charts_sheet, styles.title)
    sheet.set_row(0, 30)
    hint = "随九张表自动更新；图可以改样子，也可以复制到别处。各系列用花纹区分，黑白打印也看得清。"
    sheet.write_string(1, 0, hint, styles.hint)
    number = styles.boxed(num_format=f"{AMOUNT};-{AMOUNT};")
    for index, block in enumerate(blocks(edition)):
        top = FIRST + PITCH * index
        sheet.write_string(top - 1, 0, block.title, styles.group)
        for column, head in enumerate(("项目", *block.heads)):
            sheet.write_string(top, column, head, styles.head)
        for offset, (label, _) in enumerate(block.rows):
            at = HELPER_LABEL - 1 if block.is_sorted else 0
            sheet.write_string(top + 1 + offset, at, label, styles.label)
        _insert(workbook, sheet, inputs.charts_sheet, top, block)
    for cell in chart_cells(edition, amount):
        look = styles.label if cell.column == 1 else number
        sheet.write_formula(cell.row - 1, cell.column - 1, cell.formula, look, cell.value)
    print_set_up(sheet, landscape=False, numbered=False)
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, FIRST + PITCH * len(blocks(edition)) - 1, 12)


def _insert(workbook: Workbook, sheet: Worksheet, name: str, top: int, block: Block) -> None:
    """The block's chart: bars told apart by pattern, with their numbers."""
    chart = workbook.add_chart({"type": "bar"})
    first, last = top + 1, top + block.shown
    for index, _ in enumerate(block.heads):
        pattern = _PATTERNS[len(_PATTERNS) - len(block.heads) + index]
        look = {"pattern": pattern} if pattern else {"fill": {"color": "#1F4E79"}}
        chart.add_series(
            {
                "name": [name, top, 1 + index],
                "categories": [name, first, 0, last, 0],
                "values": [name, first, 1 + index, last, 1 + index],
                "border": {"color": "#1F1F1F", "width": 0.75},
                "data_labels": {"value": True, "num_format": "#,##0.00;-#,##0.00;;",
                                "font": {"name": SONG, "size": 9}},
                "gap": 60,
                **look,
            }
        )  # fmt: skip
    chart.set_title({"name": block.title, "name_font": {"name": HEI, "size": 12, "bold": False}})
    chart.set_y_axis({"reverse": True, "num_font": {"name": SONG, "size": 9}})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    if len(block.heads) > 1:
        chart.set_legend({"position": "bottom", "font": {"name": SONG, "size": 9}})
    else:
        chart.set_legend({"none": True})
    # Room on the right for the number beside the longest bar.
    chart.set_plotarea({"layout": {"x": 0.35, "y": 0.14, "width": 0.5, "height": 0.72}})
    chart.set_size({"width": 500, "height": 20 * (PITCH - 2)})
    sheet.insert_chart(top - 1, 5, chart, {"description": block.title, "object_position": 2})
