"""The publication as a tree: what the Word, PDF and web page writers have in common.

The tree says what stands where and what it is (a heading, a table head, a number that comes from a
cell); how it looks is each writer's business.  Immutable data, no I/O.

Anchors are names within the document.  A table cell that holds a figure has the figure's name as
its anchor (``T05.2010301.basic``); a number in a text that has such a name as ``target`` links to
that cell.  A target that no cell of the document has is no link.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

Align = Literal["left", "center", "right"]


class Run(NamedTuple):
    """A piece of a paragraph; ``target`` is the anchor it links to, or "".

    ``to_do`` marks a 【待填：…】, which writers set off.
    """

    text: str
    target: str = ""
    to_do: bool = False


class Heading(NamedTuple):
    """A heading: level 1 is a part, 2 a section, 3 （一）, 4 a 项 by number."""

    level: int
    text: str
    anchor: str


class Paragraph(NamedTuple):
    """A paragraph of the body, or a ``note`` below a table or picture."""

    runs: tuple[Run, ...]
    kind: Literal["body", "note"] = "body"

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


class Cell(NamedTuple):
    """A table cell.  A cell that a span of another covers is left out of its row.

    ``scope`` is ``col`` or ``row`` for a head and "" for data, as in HTML.  ``indent`` counts levels
    of the label.  ``strong`` marks totals.
    """

    text: str
    anchor: str = ""
    align: Align = "left"
    scope: Literal["", "col", "row"] = ""
    row_span: int = 1
    column_span: int = 1
    indent: int = 0
    strong: bool = False


class Table(NamedTuple):
    """A table as printed.

    ``number`` (公开05表), ``department`` and ``unit`` (单位：万元) stand above it, ``notes`` below.
    ``head_rows`` of ``rows`` are heads and repeat on every page; ``widths`` are relative.  A table
    that is ``statutory`` begins a page below the heading that bears its title.
    """

    anchor: str
    title: str
    rows: tuple[tuple[Cell, ...], ...]
    head_rows: int
    widths: tuple[float, ...]
    number: str = ""
    department: str = ""
    unit: str = ""
    notes: tuple[str, ...] = ()
    landscape: bool = False
    statutory: bool = False


class Series(NamedTuple):
    """A row of a chart's numbers, in the unit that the chart names; ``None`` where there is none."""

    name: str
    values: tuple[Decimal | None, ...]


class Chart(NamedTuple):
    """A picture of figures.

    ``kind`` is ``share`` (parts of a whole, sorted, drawn as bars with their percentages) or
    ``compare`` (groups of bars).  ``alt`` says in words what it shows.
    """

    anchor: str
    kind: Literal["share", "compare"]
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    alt: str


Block = Heading | Paragraph | Table | Chart


class Part(NamedTuple):
    """One of the five parts; ``blocks`` begin with its level-1 heading."""

    blocks: tuple[Block, ...]


class Publication(NamedTuple):
    """A whole publication.

    ``title`` is what the cover prints in its lines (2024年度, the department, 部门决算); ``missing``
    lists in Chinese what is still 【待填】; ``draft`` stamps 草稿 on every page.  ``remarks`` are for
    whoever publishes (paragraphs changed by hand, numbers that contradict the tables), not printed;
    ``conflicts`` are those of them that contradict.
    """

    title: tuple[str, ...]
    department: str
    year: int
    parts: tuple[Part, ...]
    missing: tuple[str, ...] = ()
    draft: bool = False
    remarks: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    def blocks(self) -> Iterator[Block]:
        """All blocks in printed order."""
        for part in self.parts:
            yield from part.blocks

    def headings(self) -> tuple[Heading, ...]:
        """All headings in printed order: what the table of contents lists."""
        return tuple(block for block in self.blocks() if isinstance(block, Heading))

    def anchors(self) -> frozenset[str]:
        """Every anchor that a link may lead to."""
        found: set[str] = set()
        for block in self.blocks():
            if isinstance(block, Table):
                found.add(block.anchor)
                found.update(cell.anchor for row in block.rows for cell in row if cell.anchor)
            elif isinstance(block, Heading | Chart):
                found.add(block.anchor)
        return frozenset(found)
