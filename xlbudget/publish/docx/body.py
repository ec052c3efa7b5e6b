"""document.xml: the publication's blocks as WordprocessingML, strings all the way for speed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from ..document import Block, Cell, Chart, Heading, Paragraph, Publication, Run, Table
from ..page_layout import (
    A4,
    BODY_MARGINS,
    CELL_PADDING,
    CHART_WIDTH,
    LINE_HEIGHT,
    TABLE_SIZES,
    TALL_ROW,
    Fit,
    Margins,
    Placed,
    Section,
    chart_height,
    fit_in,
    grid,
    row_height,
    sections,
)

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    }.items()
)
_TOC_LEVELS = 2
_EMU = 12700  # to a point
_MOST_NAME = 40  # characters in the name of a bookmark


def twips(points: float) -> int:
    """Word's unit, a twentieth of a point."""
    return round(points * 20)


def table_styles(sizes: Iterable[float]) -> str:
    """A paragraph style for each size that tables are set in, besides 小五."""
    return "".join(
        '<w:style w:type="paragraph" w:customStyle="1" '
        f'w:styleId="{table_style(size)}"><w:name w:val="表格文字 {size:g}"/>'
        '<w:basedOn w:val="TableText"/><w:pPr><w:spacing '
        f'w:line="{twips(size * LINE_HEIGHT)}" w:lineRule="exact"/></w:pPr>'
        f'<w:rPr><w:sz w:val="{size * 2:.0f}"/><w:szCs w:val="{size * 2:.0f}"/></w:rPr></w:style>\n'
        for size in sorted(set(sizes))
        if size != TABLE_SIZES[0]
    )


def table_style(size: float) -> str:
    """Id of the paragraph style of a table's text."""
    return "TableText" if size == TABLE_SIZES[0] else f"TableText{size * 10:.0f}"


def bookmark_names(anchors: Iterable[str]) -> dict[str, str]:
    """Names that Word allows: letters, digits and low lines, 40 at most, each only once."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for anchor in anchors:
        base = re.sub(r"\W", "_", anchor)
        base = (base if base[:1].isalpha() else f"b_{base}")[:_MOST_NAME]
        name = base
        for number in count(2):
            if name.lower() not in taken:
                break
            name = f"{base[: _MOST_NAME - 1 - len(str(number))]}_{number}"
        taken.add(name.lower())
        names[anchor] = name
    return names


def text_run(text: str, properties: str = "") -> str:
    """A run; line breaks of the text are line breaks in Word."""
    inner = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else ""
        for line in text.split("\n")
    )
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inner}</w:r>"


def paragraph(style: str, content: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def section_properties(
    page: tuple[float, float], margins: Margins, footer: str = "", header: str = "",
    numbering: str = "",
) -> str:  # fmt: skip
    """The format of the pages up to here; footer and header go on from the section before."""
    width, height = map(twips, page)
    turned = ' w:orient="landscape"' if width > height else ""
    top, right, bottom, left = map(twips, margins)
    return (
        "<w:sectPr>"
        + (f'<w:headerReference w:type="default" r:id="{header}"/>' if header else "")
        + (f'<w:footerReference w:type="default" r:id="{footer}"/>' if footer else "")
        + '<w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}"'
        f' w:header="{twips(28)}" w:footer="{twips(min(28, margins.bottom / 2))}" w:gutter="0"/>'
        f"{numbering}</w:sectPr>"
    )


class Body:
    """The body of one document; ``sizes`` are those that its tables are set in."""

    def __init__(self, publication: Publication, pages: Sequence[int]) -> None:
        self._publication = publication
        self._pages = pages
        self._names = bookmark_names(sorted(publication.anchors()))
        self._ids = count(1)
        self._charts = count(1)
        self._headings = count(1)
        self.sizes: list[float] = []

    def xml(self) -> str:
        """The whole part."""
        inner = "".join(self._parts())
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f"<w:document {_NAMESPACES}><w:body>{inner}</w:body></w:document>"
        )

    def _parts(self) -> Iterator[str]:
        header = "rIdHeader1" if self._publication.draft else ""
        yield from self._cover()
        yield self._end(section_properties(A4, BODY_MARGINS, "rIdFooter1", header))
        yield from self._contents()
        roman = '<w:pgNumType w:fmt="lowerRoman" w:start="1"/>'
        body = list(sections(self._publication))
        last = section_properties(A4, BODY_MARGINS, "rIdFooter2", "", roman)
        for number, section in enumerate(body):
            yield self._end(last)
            yield from self._section(section)
            start = '<w:pgNumType w:start="1"/>' if number == 0 else ""
            last = section_properties(section.page, section.margins, numbering=start)
        yield last

    def _end(self, properties: str) -> str:
        """The end of a section: a paragraph of hardly any height, so that it starts no page."""
        return f'<w:p><w:pPr><w:pStyle w:val="SectionEnd"/>{properties}</w:pPr></w:p>'

    # ------------------------------------------------------------ cover and contents

    def _cover(self) -> Iterator[str]:
        for number, line in enumerate(self._publication.title):
            down = '<w:spacing w:before="3200"/>' if number == 0 else ""
            yield paragraph("Title", text_run(line), down)

    def _contents(self) -> Iterator[str]:
        """The contents as a field that Word can update, filled in."""
        yield paragraph("TOCHeading", text_run("目　录"))
        listed = [
            (number, heading)
            for number, heading in enumerate(self._publication.headings(), 1)
            if heading.level <= _TOC_LEVELS
        ]
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve">'
            f' TOC \\o "1-{_TOC_LEVELS}" \\h \\z \\t "表题,2" </w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        for number, heading in listed:
            name = f"_Toc{number:08d}"
            page = self._pages[number - 1]
            reference = (
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                f'<w:r><w:instrText xml:space="preserve"> PAGEREF {name} \\h </w:instrText></w:r>'
                '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
                f'<w:r><w:t>{page}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
            )
            entry = (
                f'<w:hyperlink w:anchor="{name}" w:history="1">{text_run(heading.text)}'
                f"<w:r><w:tab/></w:r>{reference}</w:hyperlink>"
            )
            yield paragraph(f"TOC{heading.level}", begin + entry)
            begin = ""
        if listed:
            yield paragraph("SectionEnd", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')

    # ------------------------------------------------------------ blocks

    def _section(self, section: Section) -> Iterator[str]:
        for number, block in enumerate(section.blocks):
            yield self._block(block, section, section.blocks[number + 1 : number + 2])

    def _block(self, block: Block, section: Section, after: tuple[Block, ...]) -> str:
        if isinstance(block, Heading):
            style = "TableHeading" if after == (section.table,) else f"Heading{min(block.level, 4)}"
            name = f"_Toc{next(self._headings):08d}"
            content = self._bookmark(name, text_run(block.text))
            return paragraph(style, self._anchored(block.anchor, content))
        if isinstance(block, Paragraph):
            style = "Note" if block.kind == "note" else "BodyText"
            return paragraph(style, "".join(map(self._run, block.runs)))
        if isinstance(block, Table):
            return self._table(block, section)
        return self._chart(block)

    def _run(self, run: Run) -> str:
        style = '<w:rStyle w:val="ToDo"/>' if run.to_do else ""
        content = text_run(run.text, style)
        if run.target:
            name = self._names[run.target]
            return f'<w:hyperlink w:anchor="{name}" w:history="1">{content}</w:hyperlink>'
        return content

    def _bookmark(self, name: str, content: str) -> str:
        number = next(self._ids)
        return (
            f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}'
            f'<w:bookmarkEnd w:id="{number}"/>'
        )

    def _anchored(self, anchor: str, content: str) -> str:
        return self._bookmark(self._names[anchor], content) if anchor else content

    def _chart(self, chart: Chart) -> str:
        number = next(self._charts)
        drawing = (
            '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f'<wp:extent cx="{CHART_WIDTH * _EMU}" cy="{chart_height(chart) * _EMU}"/>'
            f'<wp:docPr id="{number}" name="图{number}" descr={quoteattr(chart.alt or chart.title)}/>'
            "<wp:cNvGraphicFramePr/><a:graphic>"
            '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
            f'<c:chart r:id="rIdChart{number}"/></a:graphicData></a:graphic></wp:inline>'
            "</w:drawing></w:r>"
        )
        return paragraph("Picture", self._anchored(chart.anchor, drawing))

    # ------------------------------------------------------------ tables

    def _table(self, table: Table, section: Section) -> str:
        fitted = fit_in(section, table)
        self.sizes.append(fitted.size)
        before = []
        if table is not section.table and table.title:
            before.append(paragraph("TableTitle", text_run(table.title)))
        right = '<w:jc w:val="right"/>'
        if table.number:
            before.append(paragraph("TableLine", text_run(table.number), right))
        if table.department or table.unit:
            tab = twips(sum(fitted.widths))
            department = f"部门：{table.department}" if table.department else ""
            unit = f"<w:r><w:tab/></w:r>{text_run(table.unit)}" if table.unit else ""
            before.append(
                paragraph(
                    "TableLine",
                    text_run(department) + unit,
                    f'<w:tabs><w:tab w:val="right" w:pos="{tab}"/></w:tabs>',
                )
            )
        if before:
            before[-1] = self._anchored_paragraph(table.anchor, before[-1])
        notes = (paragraph("TableNote", text_run(note)) for note in table.notes)
        return "".join((*before, self._grid(table, fitted), *notes))

    def _anchored_paragraph(self, anchor: str, xml: str) -> str:
        """A paragraph with a bookmark around what it holds."""
        start, end = xml.index("</w:pPr>") + len("</w:pPr>"), -len("</w:p>")
        return xml[:start] + self._anchored(anchor, xml[start:end]) + xml[end:]

    def _grid(self, table: Table, fitted: Fit) -> str:
        columns = [twips(width) for width in fitted.widths]
        sides, padding = twips(CELL_PADDING), twips(fitted.padding)
        margins = "".join(
            f'<w:{side} w:w="{width}" w:type="dxa"/>'
            for side, width in (
                ("top", padding),
                ("left", sides),
                ("bottom", padding),
                ("right", sides),
            )
        )
        head = (
            '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>'
            f'<w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
            '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0"'
            ' w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
            f"<w:tblCaption w:val={quoteattr(table.title)}/></w:tblPr><w:tblGrid>"
            + "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
            + "</w:tblGrid>"
        )
        rows = (
            self._row(row, fitted, columns, number < table.head_rows)
            for number, row in enumerate(grid(table))
        )
        return f"{head}{''.join(rows)}</w:tbl>"

    def _row(self, row: list[Placed], fitted: Fit, columns: Sequence[int], head: bool) -> str:
        height = row_height(row, fitted.size, fitted.widths)
        properties = "<w:cantSplit/>" if height < TALL_ROW else ""
        properties += "<w:tblHeader/>" if head else ""
        style = table_style(fitted.size)
        cells = "".join(self._cell(placed, style, columns, fitted.size) for placed in row)
        return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{cells}</w:tr>"

    def _cell(self, placed: Placed, style: str, columns: Sequence[int], size: float) -> str:
        column, cell, covered = placed
        width = sum(columns[column : column + cell.column_span])
        properties = f'<w:tcW w:w="{width}" w:type="dxa"/>'
        if cell.column_span > 1:
            properties += f'<w:gridSpan w:val="{cell.column_span}"/>'
        if cell.row_span > 1:
            properties += "<w:vMerge/>" if covered else '<w:vMerge w:val="restart"/>'
        content = "" if covered else self._cell_text(cell)
        layout = f'<w:ind w:left="{twips(cell.indent * size)}"/>' if cell.indent else ""
        layout += f'<w:jc w:val="{cell.align}"/>' if cell.align != "left" else ""
        return (
            f'<w:tc><w:tcPr>{properties}<w:vAlign w:val="center"/></w:tcPr>'
            f"{paragraph(style, content, layout)}</w:tc>"
        )

    def _cell_text(self, cell: Cell) -> str:
        if not cell.text and not cell.anchor:
            return ""
        content = text_run(cell.text, '<w:rStyle w:val="Strong"/>' if cell.strong else "")
        return self._anchored(cell.anchor, content)
