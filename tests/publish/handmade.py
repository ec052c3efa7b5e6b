"""A publication made by hand: the nine tables' shapes, the sample's sections, and awkward input.

What the writers are tried on, without the code that builds the real one from a workbook.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from tests.seed import book_of_seed
from xlbudget.model.book import Book
from xlbudget.model.forms import Column
from xlbudget.model.forms import Table as Form
from xlbudget.publish.document import (
    Cell,
    Chart,
    Heading,
    Paragraph,
    Part,
    Publication,
    Run,
    Series,
    Table,
)

Rows = list[list[Cell]]

AWKWARD = "#let x = 1 $a_b$ *粗* _斜_ [框] {块} \\ \"引\" '号' `码` @名 <标签> & < > ~ // 注 https://例.cn 😀𬭎"
"""What would be markup to somebody: every writer must print it as it stands."""


def head(text: str, **spans: int) -> Cell:
    return Cell(text, align="center", scope="col", **spans)


def figure(book: Book, name: str) -> Cell:
    held = book.figures.get(name)
    if held is None:
        return Cell("", align="right")
    text = "" if held.fen is None else book.unit.text(held.fen, grouped=True)
    return Cell(text, name, "right")


def column_heads(columns: Sequence[Column], depth: int, before: Sequence[str] = ()) -> Rows:
    """Merged heads of ``depth`` rows: neighbours that share a prefix become one."""
    rows: Rows = [[] for _ in range(depth)]
    for text in before:
        rows[0].append(head(text, row_span=depth))
    for level in range(depth):
        start = 0
        while start < len(columns):
            path = columns[start].head
            end = start + 1
            if level >= len(path):
                start = end
                continue
            while end < len(columns) and columns[end].head[: level + 1] == path[: level + 1]:
                end += 1
            rows_down = depth - level if level == len(path) - 1 else 1
            rows[level].append(head(path[level], row_span=rows_down, column_span=end - start))
            start = end
    return rows


def form_rows(book: Book, form: Form) -> tuple[Rows, int]:
    heads: Rows = [[], []]
    for side in form.sides:
        heads[0].append(head(side.head, column_span=2 + len(side.columns)))
        heads[1] += [head("项目"), head("行次"), *(head(c.head[-1]) for c in side.columns)]
    rows: Rows = []
    for index in range(max(len(side.lines) for side in form.sides)):
        row = []
        for side in form.sides:
            if index < len(side.lines):
                line = side.lines[index]
                row += [Cell(line.label, scope="row"), Cell(line.id, align="center")]
                row += [figure(book, f"{form.id}.{line.id}.{c.id}") for c in side.columns]
            else:
                row += [Cell("")] * (2 + len(side.columns))
        rows.append(row)
    return heads + rows, 2


def list_rows(book: Book, form: Form) -> tuple[Rows, int]:
    depth = max(len(column.head) for column in form.columns)
    heads = column_heads(form.columns, depth, ("科目代码", "科目名称"))
    table = book.tables[form.id]
    rows = [
        [
            Cell("合计", align="center", scope="row", column_span=2, strong=True),
            *(figure(book, f"{form.id}.total.{c.id}") for c in form.columns),
        ]
    ]
    for code in table.codes:
        row = [Cell(code), Cell(table.names[code], scope="row", indent=1)]
        rows.append(row + [figure(book, f"{form.id}.{code}.{c.id}") for c in form.columns])
    return heads + rows, depth


def item_rows(book: Book, form: Form) -> tuple[Rows, int]:
    heads = [
        [head(stack.head, column_span=3) for stack in form.stacks],
        [head(text) for _ in form.stacks for text in ("科目代码", "科目名称", "决算数")],
    ]
    rows: Rows = []
    for index in range(max(len(stack.codes) for stack in form.stacks)):
        row = []
        for stack in form.stacks:
            code = stack.codes[index] if index < len(stack.codes) else ""
            row += [Cell(code), Cell(form.row_label(code) if code else "", scope="row")]
            row.append(figure(book, f"{form.id}.{code}.amount"))
        rows.append(row)
    totals = []
    for stack, span in zip(form.stacks[::2], (2, 5), strict=True):
        assert stack.total is not None
        totals += [Cell(stack.total.label, scope="row", column_span=span, strong=True)]
        totals += [figure(book, f"{form.id}.{stack.total.id}.amount")]
    return [*heads, *rows, totals], 2


def one_row(book: Book, form: Form) -> tuple[Rows, int]:
    heads = column_heads(form.columns, 3)
    return [*heads, [figure(book, f"{form.id}.{c.row}.{c.id}") for c in form.columns]], 3


WIDTHS = {
    "T01": (4, 1, 2) * 2,
    "T02": (2, 4, *(2,) * 7),
    "T03": (2, 4, *(2,) * 6),
    "T04": (4, 1, 2, 4, 1, 2, 2, 2, 2),
    "T05": (2, 4, 2, 2, 2),
    "T06": (1.5, 4, 2) * 3,
    "T07": (2, 4, *(2,) * 6),
    "T08": (2, 4, 2, 2, 2),
    "T09": (1,) * 12,
}


def statutory(book: Book, form: Form) -> Table:
    kinds = {"form": form_rows, "list": list_rows, "items": item_rows, "row": one_row}
    rows, heads = kinds[form.kind](book, form)
    return Table(
        anchor=form.id,
        title=form.title,
        rows=tuple(tuple(row) for row in rows),
        head_rows=heads,
        widths=WIDTHS[form.id],
        number=form.number,
        department=book.department,
        unit=f"单位：{book.unit.name}",
        notes=(*form.notes, *((form.empty_note,) if form.empty_note else ())),
        landscape=form.orientation == "landscape",
        statutory=True,
    )


CHARTS = (
    Chart(
        "chart-share",
        "share",
        "支出按功能分类",
        ("一般公共服务支出", "社会保障和就业支出", "卫生健康支出", "住房保障支出"),
        (Series("决算数", tuple(map(Decimal, ("1193.86", "140.03", "56.76", "112.18")))),),
        "万元",
        "支出按功能分类：一般公共服务支出占大部分。",
    ),
    Chart(
        "chart-compare",
        "compare",
        "收入支出与上年对比",
        ("收入", "支出"),
        (
            Series("2023年度", (Decimal("1400.00"), None)),
            Series("2024年度", (Decimal("1512.83"), Decimal("1502.83"))),
        ),
        "万元",
        "收入支出与上年对比。",
    ),
)


def body(text: str, *runs: Run) -> Paragraph:
    return Paragraph((Run(text), *runs))


@lru_cache(maxsize=2)
def handmade(*, draft: bool = False) -> Publication:
    """Five parts around the published sample's nine tables, with two links and two pictures."""
    book = book_of_seed()
    part2: list[Heading | Table] = [Heading(1, "第二部分 2024年度部门决算表", "part2")]
    part2 += [statutory(book, form) for form in book.edition.tables]
    long = "坚持以人民为中心的发展思想，统筹推进各项重点工作，" * 12
    part3 = (
        Heading(1, "第三部分 2024年度部门决算情况说明", "part3"),
        Heading(2, "一、收入支出决算总体情况说明", "section-1"),
        body(
            "2024年度收、支总计",
            Run("1512.83", "T01.30.amount"),
            Run("万元，与上年相比增加"),
            Run("【待填：上年收入总计】", to_do=True),
            Run("。"),
        ),
        *CHARTS,
        Paragraph((Run("注：图中金额取自公开01表。"),), "note"),
        Heading(2, "二、收入决算情况说明", "section-2"),
        body(long),
        Heading(3, "（一）收入决算总体情况", "section-2-1"),
        body(long, Run("9.99", "T99.nowhere")),
        Heading(4, "1、一般公共服务支出（类）", "section-2-1-1"),
        body(long),
    )
    scores = Table(
        "scores",
        "整体支出绩效自评表",
        (
            tuple(head(t) for t in ("年初预算数", "全年预算数", "全年执行数", "执行率", "得分")),
            tuple(Cell(t, align="right") for t in ("1400.00", "1502.83", "1502.83", "100%", "10")),
        ),
        1,
        (1, 1, 1, 1, 1),
        unit="单位：万元",
    )
    parts = (
        Part((Heading(1, f"第一部分 {book.department}概况", "part1"), body(long))),
        Part(tuple(part2)),
        Part(part3),
        Part((Heading(1, "第四部分 名词解释", "part4"), body("一、财政拨款收入：" + long))),
        Part((Heading(1, "第五部分 附件", "part5"), body(long), scores)),
    )
    return Publication(
        ("2024年度", book.department, "部门决算"), book.department, 2024, parts,
        ("上年收入总计",) if draft else (), draft,
    )  # fmt: skip


@lru_cache(maxsize=1)
def awkward() -> Publication:
    """A publication that tries the writers: markup, emoji, long names, long tables, no part one."""
    name = "湖南省" + "某某市某某区某某街道" * 6 + "办公室"
    rows = [
        (
            Cell(f"20{index:05d}", scope="row"),
            Cell(AWKWARD if index % 50 == 0 else "其他政府办公厅（室）及相关机构事务支出" * 2),
            Cell(f"{index * 1234567890.12:,.2f}", f"T03.20{index:05d}.total", "right"),
            *(Cell("1,234,567,890,123.45", align="right"),) * 8,
        )
        for index in range(1, 301)
    ]
    heads = tuple(head(text) for text in ("科目代码", "科目名称", *("对附属单位补助支出",) * 9))
    table = Table(
        "T03",
        "支出决算表" + AWKWARD,
        (heads, *rows),
        1,
        (1,) * 11,
        "公开03表",
        name,
        "单位：万元",
        ("注：" + AWKWARD * 3,),
        True,
        True,
    )
    upright = table._replace(landscape=False, rows=table.rows[:31])
    reason = "\n".join(f"第{line}行：{AWKWARD}" for line in range(1, 201))
    parts = (
        Part(()),
        Part((Heading(1, "第二部分 " + AWKWARD, "part2"), table, upright)),
        Part(
            (
                Heading(1, "第三部分 情况说明", "part3"),
                Heading(2, "一、原因" + "说明" * 30, "same"),
                body(reason, Run("1,234.56", "T03.2000001.total"), Run("\x00\x0b\ud800\ufffe")),
                Heading(2, "二、同名", "same"),
                Paragraph(()),
                Chart("empty", "share", "空图", (), (), "万元", ""),
            )
        ),
    )
    return Publication(("2024年度", name, "部门决算" + AWKWARD), name, 2024, parts, (), True)
