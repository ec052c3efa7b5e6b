"""How a publication lies on paper: pages, sections, and how small a table's print must be.

Word and PDF share what is decided here, so that both break their pages alike.  Lengths are in
points.  Widths of text are estimates that do not depend on the font: a Chinese character is one
em wide in every font, and what is not Chinese is counted a little wider than it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil, floor
from typing import NamedTuple

from .chart_svg import svg
from .document import Block, Cell, Chart, Heading, Paragraph, Part, Publication, Table

MILLIMETRE = 72 / 25.4
A4 = (210 * MILLIMETRE, 297 * MILLIMETRE)


CHART_WIDTH = 440
_CHART_TITLE = 40
_CHART_LEAST = 110


class Margins(NamedTuple):
    """Margins of a page in points."""

    top: float
    right: float
    bottom: float
    left: float


# The page of official documents (GB/T 9704): 28 characters of 16 points in a line, 22 lines.
BODY_MARGINS = Margins(*(length * MILLIMETRE for length in (37, 23.9, 35, 28)))
TABLE_MARGINS = Margins(*(length * MILLIMETRE for length in (18, 16, 16, 16)))

BODY_SIZE = 16.0
LINE_PITCH = 28.0

TABLE_SIZES = (9.0, 7.5, 6.5, 5.5)
"""小五, 六号, 小六, 七号: the sizes that tables are set in, the largest that fits."""
INLINE_SIZE = 10.5
"""五号: for tables between paragraphs."""
CELL_PADDING = 3.0
ROW_PADDING = (1.0, 3.5)
"""Room above and below the text of a row: the least, and the most where the page has room."""
TALL_ROW = 200.0
"""A row as tall as this may break across pages."""
BORDER = 0.5
LINE_HEIGHT = 1.25
"""Height of a line in a table, as a multiple of the size."""

# What stands on a page besides the rows of a table: its title, two lines above, and some room to
# spare, because a head that takes one line here may take two with the fonts of another machine.
TITLE_HEIGHT = 80.0
PART_HEIGHT = 64.0
NOTE_SIZE = 9.0
_NARROW_EM = 0.56
_AMPLE = 18.0
"""A label of this many ems gets a line to itself where there is room; a longer one is broken."""


class Fit(NamedTuple):
    """How a table is set: size of print, room above and below a row's text, widths of columns, and
    whether its page is turned."""

    size: float
    padding: float
    widths: tuple[float, ...]
    landscape: bool


class Section(NamedTuple):
    """Blocks that share a page format.

    A table with a page of its own is the last of the ``blocks``, with its headings before it; the
    last of these is its title.
    """

    blocks: tuple[Block, ...]
    landscape: bool = False
    table: Table | None = None

    @property
    def margins(self) -> Margins:
        return TABLE_MARGINS if self.table else BODY_MARGINS

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of the page."""
        return (A4[1], A4[0]) if self.landscape else A4

    @property
    def width(self) -> float:
        """Width of the print."""
        return self.page[0] - self.margins.left - self.margins.right


def clean(text: str) -> str:
    """Text without the characters that neither XML nor paper can hold; line breaks are kept."""
    return "".join(
        " " if char == "\t" else char
        for char in text.replace("\r\n", "\n").replace("\r", "\n")
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Cn")
    )


def tidy(publication: Publication) -> Publication:
    """The publication as it can be printed.

    Texts are clean; an anchor that occurs twice stays with its first place only, so that every
    link has one end; links that lead nowhere become text.
    """
    known = publication.anchors()
    taken: set[str] = set()

    def anchor(name: str) -> str:
        if not name or name in taken:
            return ""
        taken.add(name)
        return name

    def block(item: Block) -> Block:
        if isinstance(item, Paragraph):
            return item._replace(
                runs=tuple(
                    run._replace(
                        text=clean(run.text), target=run.target if run.target in known else ""
                    )
                    for run in item.runs
                )
            )
        if isinstance(item, Table):
            return item._replace(
                anchor=anchor(item.anchor),
                title=clean(item.title),
                number=clean(item.number),
                department=clean(item.department),
                unit=clean(item.unit),
                notes=tuple(map(clean, item.notes)),
                rows=tuple(
                    tuple(
                        cell._replace(text=clean(cell.text), anchor=anchor(cell.anchor))
                        for cell in row
                    )
                    for row in item.rows
                ),
            )
        if isinstance(item, Heading):
            # A heading is one line in a table of contents.
            text = " ".join(clean(item.text).split("\n"))
            return item._replace(text=text, anchor=anchor(item.anchor))
        return item._replace(anchor=anchor(item.anchor), title=clean(item.title))

    return publication._replace(
        title=tuple(map(clean, publication.title)),
        department=clean(publication.department),
        parts=tuple(Part(_printed(tuple(map(block, part.blocks)))) for part in publication.parts),
    )


def has_own_page(table: Table) -> bool:
    """Whether a table begins a page: statutory ones do, and those on turned pages."""
    return table.statutory or table.landscape


def _printed(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks that print: each table with a page of its own has a heading, so that the contents
    list it; a picture of nothing is none."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Chart) and not any(
            value is not None for series in block.series for value in series.values
        ):
            continue
        if isinstance(block, Table) and has_own_page(block):
            last = found[-1] if found else None
            if not (isinstance(last, Heading) and block.title in last.text):
                found.append(Heading(2, " ".join(block.title.split("\n")), ""))
        found.append(block)
    return tuple(found)


def sections(publication: Publication) -> Iterator[Section]:
    """The publication cut where the page format changes; each begins on a new page.

    A statutory table begins a page, together with the headings right before it: a heading never
    stands alone.
    """
    for part in publication.parts:
        waiting: list[Block] = []
        for block in part.blocks:
            if not (isinstance(block, Table) and has_own_page(block)):
                waiting.append(block)
                continue
            cut = len(waiting)
            while cut and isinstance(waiting[cut - 1], Heading):
                cut -= 1
            if cut:
                yield Section(tuple(waiting[:cut]))
            section = Section((*waiting[cut:], block), block.landscape, block)
            yield section._replace(landscape=fit_in(section, block).landscape)
            waiting = []
        if waiting:
            yield Section(tuple(waiting))


def chart_height(chart: Chart) -> int:
    """Height of a picture with its title: what the drawing takes, in Word's own charts too."""
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg(chart))
    assert size is not None
    drawn = CHART_WIDTH * float(size[2]) / float(size[1])
    return max(round(drawn) + _CHART_TITLE, _CHART_LEAST)


# ---------------------------------------------------------------- tables


_WORD = re.compile(r"[!-⺀]+")
"""What a line cannot be broken in: digits, letters and signs that are not Chinese."""


@lru_cache(maxsize=4096)
def ems(text: str) -> float:
    """Estimated width of a line of text in ems."""
    return sum(1.0 if char > "⺀" else _NARROW_EM for char in text)


@lru_cache(maxsize=4096)
def unbreakable(text: str) -> float:
    """Width in ems of the widest piece of a text that must stay on one line."""
    longest = max((len(word) for word in _WORD.findall(text)), default=0)
    return max(longest * _NARROW_EM, 1.0 if text else 0.0)


class Placed(NamedTuple):
    """A cell and the column it begins in; ``covered`` by a span of a row above, it prints nothing."""

    column: int
    cell: Cell
    covered: bool = False


def grid(table: Table) -> Iterator[list[Placed]]:
    """The cells of each row in their columns: also those that spans cover, and those left out."""
    above: dict[int, tuple[Cell, int]] = {}
    columns = len(table.widths)
    for row in table.rows:
        placed: list[Placed] = []
        left: dict[int, tuple[Cell, int]] = {}
        cells = iter(row)
        column = 0
        while column < columns:
            if column in above:
                cell, rows = above[column]
            else:
                cell = next(cells, Cell(""))
                rows = cell.row_span
            placed.append(Placed(column, cell, column in above))
            if rows > 1:
                left[column] = cell, rows - 1
            column += cell.column_span
        above = left
        yield placed


def _shares(wanted: Sequence[float], least: Sequence[float], width: float) -> tuple[float, ...]:
    """Widths that add up to ``width``: as wanted, but none under its least (which fit)."""
    fixed: dict[int, float] = {}
    while True:
        rest = width - sum(fixed.values())
        total = sum(share for i, share in enumerate(wanted) if i not in fixed)
        scale = rest / total if total else 0
        short = [i for i, w in enumerate(wanted) if i not in fixed and w * scale < least[i]]
        if not short:
            return tuple(fixed.get(i, share * scale) for i, share in enumerate(wanted))
        fixed.update({i: least[i] for i in short})


class _Measure:
    """What a table's texts ask of its columns, in ems."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows = list(grid(table))
        columns = len(table.widths)
        self.least = [1.0] * columns
        self.ample = [1.0] * columns
        self.broken = [1.0] * columns
        wide: list[tuple[int, int, float]] = []
        for number, row in enumerate(self.rows):
            for column, cell, covered in row:
                need = unbreakable(cell.text) + cell.indent
                if cell.column_span > 1:
                    wide.append((column, column + cell.column_span, need))
                    continue
                self.least[column] = max(self.least[column], need)
                if not covered:
                    line = max(map(ems, cell.text.split("\n"))) + cell.indent
                    line = min(line, _AMPLE)
                    self.ample[column] = max(self.ample[column], need, line)
                    # A head may take two lines of like length.
                    line = ceil(line / 2) if number < table.head_rows and line > 4 else line
                    self.broken[column] = max(self.broken[column], need, line)
        for start, end, need in wide:
            lack = need - sum(self.least[start:end])
            if lack > 0:
                for column in range(start, end):
                    self.least[column] += lack / (end - start)

    def widths(self, size: float, width: float) -> tuple[float, ...] | None:
        """Widths of the columns in this size, or None when a number would not fit."""
        least, broken, ample = (
            [need * size + 2 * CELL_PADDING for need in needs]
            for needs in (self.least, self.broken, self.ample)
        )
        if sum(ample) <= width:
            return _shares(self.table.widths, ample, width)
        for low, high in ((broken, ample), (least, broken)):
            if sum(low) <= width:
                part = (width - sum(low)) / (sum(high) - sum(low))
                return tuple(a + (b - a) * part for a, b in zip(low, high, strict=True))
        return None

    def height(self, size: float, widths: Sequence[float]) -> float:
        """Estimated height of all rows."""
        return sum(row_height(row, size, widths) for row in self.rows)


def row_height(
    row: Sequence[Placed],
    size: float,
    widths: Sequence[float],
    padding: float = ROW_PADDING[0],
) -> float:
    """Estimated height of a row: the tallest of its cells that stand in this row alone."""
    lines = 1
    for column, cell, _ in row:
        if cell.row_span == 1 and cell.text:
            room = sum(widths[column : column + cell.column_span]) - 2 * CELL_PADDING
            room = max(room / size - cell.indent, 1.0)
            need = sum(max(1, ceil(ems(line) / room)) for line in cell.text.split("\n"))
            lines = max(lines, need)
    return lines * size * LINE_HEIGHT + 2 * padding + BORDER


@lru_cache(maxsize=256)
def fit(table: Table, *, under_part: bool = False) -> Fit:
    """The largest print in which every number of a table stays whole and its page, if it can.

    A table a little longer than its page is set one size smaller, when it fits the page then.
    One that is too wide for an upright page is turned.  ``under_part`` says that the title of a part
    stands above it.
    """
    measure = _Measure(table)
    found = _fit(measure, table.landscape, under_part)
    if has_own_page(table) and not table.landscape and found.size < TABLE_SIZES[1]:
        turned = _fit(measure, True, under_part)
        return turned if turned.size > found.size else found
    return found


def fit_in(section: Section, table: Table) -> Fit:
    """How a table is set in its section."""
    headings = [block for block in section.blocks if isinstance(block, Heading)]
    under_part = table is section.table and any(heading.level == 1 for heading in headings)
    return fit(table, under_part=under_part)


def _fit(measure: _Measure, landscape: bool, under_part: bool) -> Fit:
    table = measure.table
    section = Section((), landscape, table if has_own_page(table) else None)
    margins = section.margins
    room = section.page[1] - margins.top - margins.bottom - TITLE_HEIGHT
    room -= PART_HEIGHT if under_part else 0
    room -= sum(
        ceil(ems(note) * NOTE_SIZE / section.width) * NOTE_SIZE * 1.5 for note in table.notes
    )
    first: Fit | None = None
    # Nobody wants a table of three pages in tiny print for the sake of a fourth.
    own_page = has_own_page(table)
    for size in TABLE_SIZES if own_page else (INLINE_SIZE, *TABLE_SIZES):
        widths = measure.widths(size, section.width)
        if widths is None or (first and size < TABLE_SIZES[2]):
            continue
        spare = (room - measure.height(size, widths)) / (2 * len(table.rows) or 1)
        if not own_page:
            return Fit(size, ROW_PADDING[1], widths, landscape)
        if spare >= 0:
            return Fit(size, min(ROW_PADDING[0] + spare, ROW_PADDING[1]), widths, landscape)
        first = first or Fit(size, ROW_PADDING[0], widths, landscape)
    return first or _tiny(measure, section.width, landscape)


def _tiny(measure: _Measure, width: float, landscape: bool) -> Fit:
    """Wider than any size that we would choose: small, but whole."""
    sides = 2 * CELL_PADDING * len(measure.least)
    size = max(floor((width - sides) / sum(measure.least) * 2) / 2, 1.0)
    widths = tuple(need * size + 2 * CELL_PADDING for need in measure.least)
    return Fit(size, ROW_PADDING[0], widths, landscape)
