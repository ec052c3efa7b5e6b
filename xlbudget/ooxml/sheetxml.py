"""Splicing one worksheet's XML: cells get new content, every other byte stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from xlbudget.model.addresses import address, parse_address
from xlbudget.ooxml.archive import DAMAGED, PackageError
from xlbudget.ooxml.formulas import Area, parse_area, sheet_data
from xlbudget.ooxml.package import reading_numbers, scannable, tag_attributes

_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']""")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3}\d+)["']""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*(?:"(?:1|true)"|'(?:1|true)')""")
_HEIGHT = re.compile(rb"""\s(?:ht|customHeight)\s*=\s*(?:"[^"]*"|'[^']*')""")
_SPANS = re.compile(rb"""(\sspans\s*=\s*["'])(\d+):(\d+)(["'])""")
# The metadata of dynamic arrays and rich values (cm, vm) goes with the formula or value it is of.
_OF_THE_VALUE = re.compile(rb"""\s(?:t|cm|vm)\s*=\s*(?:"[^"]*"|'[^']*')""")
_KIND = re.compile(rb"""\st\s*=\s*(?:"[^"]*"|'[^']*')""")


class Content(NamedTuple):
    """What a cell is to hold: the ``t`` attribute (empty for a number) and the child elements."""

    kind: bytes
    inner: bytes


EMPTY = Content(b"", b"")
"""No value; a cell with a format keeps it."""


class SheetXml:
    """A worksheet's XML and the changes collected for it.

    With ``results_only`` the cells are formulas that get fresh results: hidden rows stay hidden
    and the cells keep the marks of dynamic arrays.
    """

    def __init__(self, xml: bytes, *, results_only: bool = False) -> None:
        """PackageError when ``xml`` is no worksheet or not in an encoding that can be scanned."""
        self.xml = xml
        self._results_only = results_only
        self._scan = scannable(xml)
        self.prefix, self._start, self._end, self._is_closed = sheet_data(self._scan)
        encoding = _ENCODING.search(xml, 0, 200)
        # In any other encoding ASCII with character references is read correctly too.
        self._is_utf8 = encoding is None or encoding[1].lower() in (b"utf-8", b"utf8")
        self._cells: dict[int, dict[int, Content]] = {}
        self._heights: dict[int, float | None] = {}
        self._splices: list[tuple[int, int, bytes]] = []
        self._columns: list[dict[str, str]] | None = None
        self.dropped: list[tuple[int, int]] = []
        prefix = re.escape(self.prefix)
        self._row_tag = re.compile(rb"<%brow(?=[\s/>])[^<>]*>" % prefix)
        self._cell_tag = re.compile(rb"<%bc(?=[\s/>])[^<>]*>" % prefix)

    def put(self, row: int, column: int, content: Content) -> None:
        """Note what a cell (1-based) is to hold; the last word counts."""
        self._cells.setdefault(row, {})[column] = content

    def set_height(self, row: int, points: float | None) -> None:
        """Note how high a row with changed cells is to be; None gives it the usual height."""
        self._heights[row] = points

    def splice(self, start: int, end: int, text: bytes) -> None:
        """Replace some bytes outside the cells that are put."""
        self._splices.append((start, end, text))

    def element(self, name: bytes, text: str, attributes: bytes = b"") -> bytes:
        """An element of the sheet's namespace with that text, escaped and encoded."""
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = text.replace("\r", "&#13;")
        raw = text.encode() if self._is_utf8 else text.encode("ascii", "xmlcharrefreplace")
        return b"<%b%b%b>%b</%b%b>" % (self.prefix, name, attributes, raw, self.prefix, name)

    @reading_numbers()
    def result(self) -> bytes:
        """The XML with all changes in it; ``dropped`` then tells which formulas are gone."""
        new_rows = b""
        used: list[tuple[int, int]] = []
        near = self._start
        for number, cells in sorted(self._cells.items()):
            filled = sorted(column for column, content in cells.items() if content.inner)
            if filled:
                used += [(number, filled[0]), (number, filled[-1])]
            tag = self._row_tag_span(number, near)
            if tag is not None:
                near = tag[0]
                self._change_row(number, *tag, cells)
            elif filled:
                inner = b"".join(self._new_cell(number, at, cells[at], b"") for at in filled)
                tag_of_row = self._with_height(b'<%brow r="%d">' % (self.prefix, number), number)
                row = b"%b%b</%brow>" % (tag_of_row, inner, self.prefix)
                if self._is_closed:
                    new_rows += row
                else:
                    later = [start for other, (start, _) in self._rows.items() if other > number]
                    place = min(later, default=self._end)
                    self.splice(place, place, row)
        if new_rows:
            tag_bytes = self.xml[self._start : self._end]
            closing = b"</%bsheetData>" % self.prefix
            self.splice(self._start, self._end, _opened(tag_bytes) + new_rows + closing)
        self._widen_dimension(used)
        return self._spliced()

    def _spliced(self) -> bytes:
        out = []
        position = 0
        # The sort is stable: insertions at one place keep the order they were noted in.
        for start, end, text in sorted(self._splices, key=lambda splice: splice[:2]):
            out += [self.xml[position:start], text]
            position = end
        return b"".join([*out, self.xml[position:]])

    @cached_property
    def _rows(self) -> dict[int, tuple[int, int]]:
        """Start and end of each row's tag by its number; a row without number follows the last."""
        rows: dict[int, tuple[int, int]] = {}
        number = 0
        for match in self._row_tag.finditer(self._scan, self._start, self._end):
            found = _REFERENCE.search(match[0])
            number = int(found[1]) if found and found[1].isdigit() else number + 1
            rows.setdefault(number, match.span())
        return rows

    def _row_tag_span(self, number: int, near: int) -> tuple[int, int] | None:
        """Start and end of a row's tag, looked for from ``near`` on in the usual spelling first."""
        start = self._scan.find(b'<%brow r="%d"' % (self.prefix, number), near, self._end)
        if start >= 0:
            return start, self._scan.find(b">", start) + 1
        return self._rows.get(number)

    def _change_row(self, number: int, start: int, inside: int, cells: dict[int, Content]) -> None:
        tag = self.xml[start:inside]
        filled = sorted(column for column, content in cells.items() if content.inner)
        new_tag = self._with_height(self._row_tag_for(tag, filled), number)
        if tag.endswith(b"/>"):
            inner = b"".join(self._new_cell(number, at, cells[at], tag) for at in filled)
            if inner:
                new_tag = _opened(new_tag) + inner + b"</%brow>" % self.prefix
        else:
            end = self._scan.find(b"</%brow" % self.prefix, inside, self._end)
            if end < 0:
                raise PackageError(DAMAGED)
            self._change_cells(number, tag, inside, end, cells)
        if new_tag != tag:
            self.splice(start, inside, new_tag)

    def _change_cells(
        self, number: int, row_tag: bytes, inside: int, end: int, cells: dict[int, Content]
    ) -> None:
        """Note the splices between a row's tags, which stand at ``inside`` and ``end``."""
        left = {}
        for column, content in cells.items():
            usual = b'<%bc r="%b"' % (self.prefix, address(number, column).encode())
            at = self._scan.find(usual, inside, end)
            if at >= 0:
                self._change_cell(number, column, at, content)
            else:
                left[column] = content
        waiting = sorted(column for column, content in left.items() if content.inner)
        if not left:
            return
        place, column = inside, 0
        for match in self._cell_tag.finditer(self._scan, inside, end):
            found = _REFERENCE.search(match[0])
            column = parse_address(found[1].decode())[1] if found else column + 1
            while waiting and waiting[0] < column:
                self._insert(place, number, waiting.pop(0), left, row_tag)
            if waiting and waiting[0] == column:
                del waiting[0]
            place = self._cell_end(match.end())
            if column in left:
                self._change_cell(number, column, match.start(), left[column])
        for at in waiting:
            self._insert(place, number, at, left, row_tag)

    def _change_cell(self, row: int, column: int, start: int, content: Content) -> None:
        tag_end = self._scan.find(b">", start) + 1
        end = self._cell_end(tag_end)
        old = self.xml[start:end]
        new = self._changed_cell(self.xml[start:tag_end], old, content)
        if new != old:
            self.splice(start, end, new)
        if b"<%bf" % self.prefix in self._scan[tag_end:end] and not self._results_only:
            self.dropped.append((row, column))

    def _insert(
        self, place: int, row: int, column: int, cells: Mapping[int, Content], row_tag: bytes
    ) -> None:
        self.splice(place, place, self._new_cell(row, column, cells[column], row_tag))

    def _cell_end(self, tag_end: int) -> int:
        """Where the cell ends whose start tag ends there."""
        if self._scan[tag_end - 2 : tag_end] == b"/>":
            return tag_end
        closing = self._scan.find(b"</%bc>" % self.prefix, tag_end, self._end)
        if closing < 0:
            raise PackageError(DAMAGED)
        return closing + len(self.prefix) + 4

    def _changed_cell(self, tag: bytes, old: bytes, content: Content) -> bytes:
        is_empty = tag.endswith(b"/>")
        if not content.inner and is_empty:
            # Nothing to empty but, at most, a stale type.
            return _KIND.sub(b"", old)
        marks = _KIND if self._results_only else _OF_THE_VALUE
        bare = marks.sub(b"", tag[: -2 if is_empty else -1]).rstrip()
        return self._cell(bare, content)

    def _new_cell(self, row: int, column: int, content: Content, row_tag: bytes) -> bytes:
        """A cell that was not there, in the format Excel would give it: the row's or column's."""
        style = b""
        if b"customFormat" in row_tag and (found := _STYLE.search(row_tag)):
            style = found[1]
        else:
            style = self._column_style(column)
        bare = b'<%bc r="%b"' % (self.prefix, address(row, column).encode())
        return self._cell(bare + (b' s="%b"' % style if style else b""), content)

    def _cell(self, bare: bytes, content: Content) -> bytes:
        if content.kind:
            bare += b' t="%b"' % content.kind
        if not content.inner:
            return bare + b"/>"
        return b"%b>%b</%bc>" % (bare, content.inner, self.prefix)

    def _column_style(self, column: int) -> bytes:
        if self._columns is None:
            pattern = rb"<%bcol(?=\s)[^<>]*>" % re.escape(self.prefix)
            tags = re.findall(pattern, self._scan[: self._start])
            self._columns = [tag_attributes(tag) for tag in tags]
        for attributes in self._columns:
            if int(attributes.get("min", 0)) <= column <= int(attributes.get("max", 0)):
                return attributes.get("style", "").encode()
        return b""

    def _row_tag_for(self, tag: bytes, filled: list[int]) -> bytes:
        """The row's tag once those columns are filled: shown, and with spans that cover them."""
        if not filled:
            return tag
        if not self._results_only:
            tag = _HIDDEN.sub(b"", tag)
        spans = _SPANS.search(tag)
        if spans is None:
            return tag
        first, last = min(int(spans[2]), filled[0]), max(int(spans[3]), filled[-1])
        return _SPANS.sub(rb"\g<1>%d:%d\g<4>" % (first, last), tag, count=1)

    def _with_height(self, tag: bytes, row: int) -> bytes:
        """The row's tag with the height noted for it."""
        if row not in self._heights:
            return tag
        points, bare = self._heights[row], _HEIGHT.sub(b"", tag)
        if points is None:
            return bare
        at = len(bare) - (2 if bare.endswith(b"/>") else 1)
        return b'%b ht="%b" customHeight="1"%b' % (bare[:at], f"{points:g}".encode(), bare[at:])

    def _widen_dimension(self, used: list[tuple[int, int]]) -> None:
        pattern = rb"""(<%bdimension\s[^<>]*?ref\s*=\s*["'])([^"']*)""" % re.escape(self.prefix)
        match = re.search(pattern, self._scan[: self._start])
        if match is None or not used:
            return
        try:
            area = parse_area(match[2].decode())
        except ValueError:
            return
        rows, columns = zip(*used, strict=True)
        wider = Area(
            min(area.top, *rows),
            min(area.left, *columns),
            max(area.bottom, *rows),
            max(area.right, *columns),
        )
        if wider != area:
            self.splice(*match.span(2), wider.text().encode())


def _opened(tag: bytes) -> bytes:
    """``<row …/>`` as ``<row …>``."""
    return tag[: tag.rfind(b"/")].rstrip() + b">"
