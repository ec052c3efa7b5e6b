"""The publication as a Word document: real styles, contents, sections, tables and charts.

The parts are written as XML (WordprocessingML, ECMA-376); what never changes lies in ``parts``.
python-docx would be slower and knows neither contents nor links, bookmarks or charts.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from importlib import resources
from xml.sax.saxutils import escape

from ..document import Chart, Publication
from ..page_layout import tidy
from ..pdf import page_numbers
from .body import Body, table_styles
from .chart import ChartParts, chart_parts

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write(publication: Publication, *, pages: Sequence[int] | None = None) -> bytes:
    """The .docx file.  The same publication gives the same bytes.

    ``pages`` are the page numbers that the contents give, one for each heading of
    ``tidy(publication)``; without them they come from the PDF's layout, which breaks lines and
    pages by the same measures.  Word corrects them when the contents are updated.
    """
    tidied = tidy(publication)
    if pages is None:
        pages = page_numbers(publication)
    charts = [block for block in tidied.blocks() if isinstance(block, Chart)]
    body = Body(tidied, pages)
    return _package(tidied, body, [chart_parts(chart) for chart in charts])


def _part(name: str) -> str:
    return resources.files(__package__).joinpath("parts", name).read_text(encoding="utf-8")


def _package(publication: Publication, body: Body, charts: Sequence[ChartParts]) -> bytes:
    parts: dict[str, str | bytes] = {
        "word/document.xml": body.xml(),
        "word/styles.xml": _part("styles.xml").replace("{table_sizes}", table_styles(body.sizes)),
        "word/settings.xml": _part("settings.xml"),
        "word/fontTable.xml": _part("fontTable.xml"),
        "word/footer1.xml": _part("footer-cover.xml"),
        "word/footer2.xml": _part("footer.xml"),
    }
    related = [
        ("rIdStyles", "styles", "styles.xml"),
        ("rIdSettings", "settings", "settings.xml"),
        ("rIdFonts", "fontTable", "fontTable.xml"),
        ("rIdFooter1", "footer", "footer1.xml"),
        ("rIdFooter2", "footer", "footer2.xml"),
    ]
    types = {
        "word/document.xml": f"{_WORD}.document.main+xml",
        "word/styles.xml": f"{_WORD}.styles+xml",
        "word/settings.xml": f"{_WORD}.settings+xml",
        "word/fontTable.xml": f"{_WORD}.fontTable+xml",
        "word/footer1.xml": f"{_WORD}.footer+xml",
        "word/footer2.xml": f"{_WORD}.footer+xml",
    }
    if publication.draft:
        parts["word/header1.xml"] = _part("header.xml")
        related.append(("rIdHeader1", "header", "header1.xml"))
        types["word/header1.xml"] = f"{_WORD}.header+xml"
    for number, chart in enumerate(charts, 1):
        name, book = f"chart{number}.xml", f"chart{number}.xlsx"
        parts[f"word/charts/{name}"] = chart.xml
        parts[f"word/charts/_rels/{name}.rels"] = _relations(
            [("rId1", f"{_OFFICE}/package", f"../embeddings/{book}")]
        )
        parts[f"word/embeddings/{book}"] = chart.workbook
        related.append((f"rIdChart{number}", "chart", f"charts/{name}"))
        types[f"word/charts/{name}"] = (
            "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
        )
    parts["word/_rels/document.xml.rels"] = _relations(
        [(name, f"{_OFFICE}/{kind}", target) for name, kind, target in related]
    )
    parts["docProps/core.xml"] = _properties(publication)
    types["docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
    parts["_rels/.rels"] = _relations(
        [
            ("rId1", f"{_OFFICE}/officeDocument", "word/document.xml"),
            ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ]
    )
    return _zip({"[Content_Types].xml": _content_types(types), **parts})


def _relations(entries: Sequence[tuple[str, str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'
        for name, kind, target in entries
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _content_types(types: Mapping[str, str]) -> str:
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    inner = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items()
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="xlsx" ContentType="{sheet}"/>{inner}</Types>'
    )


def _properties(publication: Publication) -> str:
    """Title and author; no dates, so that the same publication gives the same bytes."""
    title = escape("".join(publication.title).replace("\n", ""))
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title>"
        f"<dc:creator>{escape(publication.department)}</dc:creator>"
        "<dc:language>zh-CN</dc:language></cp:coreProperties>"
    )


def _zip(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip whose bytes depend on its contents alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name)  # dated 1980, as zips without a date are
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return buffer.getvalue()
