"""A book as a whole publication: cover and five parts, ready for the writers.

Pure: what stands in the workbook comes in as a book, its narrative and the lines of 决算说明.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from ..model.book import Book
from ..model.inputs import load_inputs
from ..model.money import WAN, execution_points
from ..narrate import Figures, Narrative, evaluate, is_numbered, narrate, typed_lines
from .document import Block, Cell, Paragraph, Part, Publication, Table
from .glossary import glossary_blocks
from .outline import Outline, load_outline
from .pictures import charts
from .printed_tables import statutory_tables
from .statement import Line, statement
from .text_blocks import Anchors, blocks, chinese_number, runs

_TO_DO = re.compile(r"【待填：?([^】]*)】")
_SCORES = "@scores"


def publication(
    book: Book,
    narrative: Narrative | None = None,
    lines: Sequence[Line] = (),
    *,
    draft: bool = False,
) -> Publication:
    """The publication of a book.

    ``narrative`` is part three as written from the figures (written here where none is given),
    ``lines`` what stands on 决算说明: where there are any, they are what is published.
    """
    outline = load_outline(book.edition)
    titles = _Titles(book)
    tables = statutory_tables(book)
    scores = _scores(book, outline)
    linked = (*tables, scores) if "evaluation" in outline.parts else tables
    cells = {cell.anchor for t in linked for row in t.rows for cell in row if cell.anchor}
    sheet = load_inputs().report_sheet
    narrative = narrative or narrate(book)
    told = statement(book, narrative, lines, cells, charts(book), sheet)
    written: Mapping[str, Callable[[], Iterable[Block]]] = {
        "overview": lambda: _overview(book, outline, titles),
        "tables": lambda: _tables(outline, titles, tables),
        "statement": lambda: (
            Anchors("part3.title").heading(titles(outline.statement), 1),
            *told.blocks,
        ),
        "glossary": lambda: _glossary(book, outline, titles),
        "evaluation": lambda: _evaluation(book, outline, titles, scores, cells),
    }
    parts = tuple(Part(tuple(written[part]())) for part in outline.parts)
    found = Publication(
        title=tuple(titles(line) for line in outline.cover),
        department=book.department,
        year=book.year or 0,
        parts=parts,
        draft=draft,
        remarks=(
            *filter(None, [narrative.doubt]),
            *told.conflicts,
            *told.edited,
            *_unit_remark(book),
        ),
        conflicts=told.conflicts,
    )
    return found._replace(missing=tuple(dict.fromkeys(_missing(found))))


class _Titles:
    """Fills ``{year}`` and ``{department}`` in."""

    def __init__(self, book: Book) -> None:
        self._year = str(book.year) if book.year else "【待填：决算年度】"
        self._department = book.department or "【待填：部门名称】"

    def __call__(self, title: str) -> str:
        return title.replace("{year}", self._year).replace("{department}", self._department)


def _unit_remark(book: Book) -> Iterator[str]:
    if book.unit is not WAN:
        yield f"工作簿以{book.unit.name}为单位，公开的表按万元、逐格四舍五入印出，合计可能有尾差"


def _missing(found: Publication) -> Iterator[str]:
    """What 【待填】 stands for, in printed order."""
    for line in found.title:
        yield from _TO_DO.findall(line)
    for block in found.blocks():
        if isinstance(block, Paragraph):
            for run in block.runs:
                yield from (text or run.text for text in _TO_DO.findall(run.text))
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    if _TO_DO.match(cell.text):
                        yield f"{block.title}里有一格不是数（{cell.anchor}）"


# ---------------------------------------------------------------- the parts


def _overview(book: Book, outline: Outline, titles: _Titles) -> Iterator[Block]:
    anchors = Anchors("part1")
    yield anchors.heading(titles(outline.overview), 1)
    entries = load_inputs(book.edition).facts
    for section in outline.overview_sections:
        yield anchors.heading(titles(section.title), 2)
        for told in section.facts:
            fact = book.facts.get(told.fact)
            found = typed_lines(fact.value) if fact and fact.value else []
            if not found:
                label = entries[told.fact].label if told.fact in entries else told.fact
                found = [f"【待填：{label}】"]
            elif len(found) > 1 and not told.lead and not any(map(is_numbered, found)):
                found = [f"（{chinese_number(n)}）{line}" for n, line in enumerate(found, 1)]
            for index, line in enumerate(found):
                yield Paragraph(runs(f"{'' if index else told.lead}{line}。"))


def _tables(outline: Outline, titles: _Titles, tables: Sequence[Table]) -> Iterator[Block]:
    anchors = Anchors("part2")
    yield anchors.heading(titles(outline.tables), 1)
    for number, table in enumerate(tables, 1):
        yield anchors.heading(f"{chinese_number(number)}、{table.title}", 2)
        yield table


def _glossary(book: Book, outline: Outline, titles: _Titles) -> Iterator[Block]:
    anchors = Anchors("part4")
    yield anchors.heading(titles(outline.glossary), 1)
    yield from glossary_blocks(book, anchors)


def _evaluation(
    book: Book, outline: Outline, titles: _Titles, scores: Table, cells: set[str]
) -> Iterator[Block]:
    anchors = Anchors("part5")
    yield anchors.heading(titles(outline.evaluation), 1)
    yield anchors.heading(titles(outline.evaluation_report), 2)
    for written in evaluate(book).paragraphs:
        if written.text == _SCORES:
            yield scores
            continue
        for block in blocks([written], cells, anchors):
            # Below the report's own title every heading is one level lower.
            if not isinstance(block, Paragraph):
                block = block._replace(level=min(4, block.level + 1))
            yield block


# ---------------------------------------------------------------- the scoring table

_SCORE_ROWS = (
    ("整体支出", "FACT.performance.budget", "FACT.performance.adjusted", "T01.57.amount"),
    ("其中：基本支出", "FACT.performance.budget_basic", "FACT.performance.adjusted_basic",
     "T03.total.basic"),
    ("项目支出", "FACT.performance.budget_project", "FACT.performance.adjusted_project",
     "T03.total.project"),
)  # fmt: skip


def _scores(book: Book, outline: Outline) -> Table:
    """年初预算, 全年预算, 执行数, 分值, 执行率, 得分: the rate of the whole earns up to ten points."""
    figures = Figures(book)
    heads = ("项目", "年初预算数", "全年预算数", "执行数", "分值", "执行率", "得分")
    rows = [tuple(Cell(text, align="center", scope="col") for text in heads)]
    for index, (label, *names) in enumerate(_SCORE_ROWS):
        planned, adjusted, actual = (figures.value(name) for name in names)
        whole = index == 0
        cells = [Cell(label, scope="row", indent=int(index > 1), strong=whole)]
        for name, fen in zip(names, (planned, adjusted, actual), strict=True):
            # The tables' own cells are where links to their figures lead.
            anchor = name if name.startswith("FACT.") else ""
            text = "" if fen is None else WAN.text(fen, grouped=True)
            cells.append(Cell(text, anchor, "right", strong=whole))
        rate, points = _rate(actual, adjusted, outline.full_points)
        cells.append(Cell(str(outline.full_points) if whole else "", align="center", strong=whole))
        cells.append(Cell(rate, align="right", strong=whole))
        cells.append(Cell(points if whole else "", align="right", strong=whole))
        rows.append(tuple(cells))
    rows.append(_total_score(book))
    return Table(
        anchor="scores",
        title=outline.scores,
        rows=tuple(rows),
        head_rows=1,
        widths=(22.0, 14.0, 14.0, 14.0, 8.0, 11.0, 9.0),
        department=book.department,
        unit=f"单位：{WAN.name}",
        notes=(
            f"注：执行率为执行数占全年预算数的百分比；预算执行率占{outline.full_points}分，"
            "得分按执行率计算，执行率超过100%的按满分计。",
        ),
    )


def _rate(actual: int | None, adjusted: int | None, full: int) -> tuple[str, str]:
    """Rate in per cent and points, both half-up with two decimals; "" where there is no base."""
    if actual is None or not adjusted or adjusted < 0:
        return "", ""
    hundredths = (20_000 * max(actual, 0) + adjusted) // (2 * adjusted)
    points = execution_points(actual, adjusted, full)
    return f"{Decimal(hundredths) / 100:.2f}%", f"{Decimal(points) / 100:.2f}"


def _total_score(book: Book) -> tuple[Cell, ...]:
    figure = book.figures.get("FACT.performance.score")
    score = ""
    if figure and figure.fen is not None:
        score = f"{book.unit.decimal(figure.fen).quantize(Decimal('0.01'))}"
    return (
        Cell("整体支出绩效自评总分", scope="row", column_span=4, strong=True),
        Cell("100", align="center", strong=True),
        Cell(""),
        Cell(score, "FACT.performance.score", "right", strong=True),
    )
