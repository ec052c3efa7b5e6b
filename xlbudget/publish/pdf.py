"""The publication as PDF: accessible (PDF/UA-1), with bookmarks and links; set by typst.

``pdf.typ`` says what it looks like.  The tree goes there as JSON whose texts are set as strings,
so that nothing a user typed is read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from typing import TYPE_CHECKING, Any

from .chart_svg import svg
from .document import Block, Cell, Heading, Paragraph, Publication, Table
from .fonts import Faces, faces
from .page_layout import (
    BODY_SIZE,
    CELL_PADDING,
    CHART_WIDTH,
    LINE_PITCH,
    TALL_ROW,
    Section,
    chart_height,
    fit_in,
    grid,
    row_height,
    sections,
    tidy,
)

if TYPE_CHECKING:
    import typst

Json = dict[str, Any]
Printable = Callable[[str], str]


def write(publication: Publication, *, system_fonts: bool = True) -> bytes:
    """The PDF file.  The same publication and fonts give the same bytes.

    ``system_fonts`` False prints with the open fonts that come with the extra ``publish``.
    A character that no font has is printed as 〓.
    """
    import typst

    with_fonts = faces(system=system_fonts)
    compiler = _compiler(publication, with_fonts)
    try:
        data = compiler.compile(pdf_standards="ua-1")
    except typst.TypstError:
        # Headings that leave out a level, say: tagged all the same, but it claims no standard.
        data = compiler.compile(source())
    assert isinstance(data, bytes)
    return data


def page_numbers(publication: Publication) -> list[int]:
    """The page that each heading is printed on, as the contents give it; see ``tidy``.

    Set in the open fonts, so that it depends on no machine (and no time is spent on looking for
    the system's): Chinese characters are as wide in all.
    """
    compiler = _compiler(publication, faces(system=False))
    pages = json.loads(compiler.query("<pages>", field="value", one=True))
    return [int(page) for page in pages]


def _compiler(publication: Publication, with_fonts: Faces) -> typst.Compiler:
    import typst

    return typst.Compiler(
        source(),
        font_paths=with_fonts.fonts,
        sys_inputs={"publication": document(publication, with_fonts)},
    )


def source() -> bytes:
    """The typst source that sets a publication."""
    return resources.files(__package__).joinpath("pdf.typ").read_bytes()


def document(publication: Publication, with_fonts: Faces) -> str:
    """What ``pdf.typ`` prints, as JSON."""
    tidied = tidy(publication)
    printable = with_fonts.coverage.printable
    tree = {
        "title": printable("".join(tidied.title)),
        "cover": [printable(line) for line in tidied.title],
        "department": printable(tidied.department),
        "draft": tidied.draft,
        "faces": with_fonts.families,
        "sections": [_section(section, printable) for section in sections(tidied)],
    }
    return json.dumps(tree, ensure_ascii=False)


def _section(section: Section, printable: Printable) -> Json:
    margins = section.margins._asdict()
    if section.table is None:
        # Word's first line brings half of its spacing along, typst's none; both set 22 lines.
        half = (LINE_PITCH - BODY_SIZE) / 2
        margins |= {"top": margins["top"] + half, "bottom": margins["bottom"] + half}
    return {
        "landscape": section.landscape,
        "margins": margins,
        "blocks": [
            _block(block, section, section.blocks[index + 1 : index + 2], printable)
            for index, block in enumerate(section.blocks)
        ],
    }


def _block(block: Block, section: Section, after: tuple[Block, ...], printable: Printable) -> Json:
    if isinstance(block, Heading):
        return {
            "is": "heading",
            "level": min(block.level, 4),
            "text": printable(block.text),
            "title": after == (section.table,),
            "anchor": block.anchor or None,
        }
    if isinstance(block, Paragraph):
        runs = []
        for run in block.runs:
            entry: Json = {"text": printable(run.text)}
            if run.target:
                entry["target"] = run.target
            if run.to_do:
                entry["todo"] = True
            runs.append(entry)
        return {"is": "paragraph", "note": block.kind == "note", "runs": runs}
    if isinstance(block, Table):
        return _table(block, section, printable)
    return {
        "is": "chart",
        "anchor": block.anchor or None,
        "title": printable(f"{block.title}（{block.unit}）" if block.unit else block.title),
        "svg": printable(svg(block)),
        "alt": block.alt or block.title,
        "width": CHART_WIDTH,
        "height": chart_height(block),
    }


def _table(table: Table, section: Section, printable: Printable) -> Json:
    fitted = fit_in(section, table)
    rows = [
        {
            "cells": [_cell(cell, printable) for _, cell, covered in row if not covered],
            # A row stays on its page, unless it is so tall that it may not find one.
            "whole": row_height(row, fitted.size, fitted.widths) < TALL_ROW,
        }
        for row in grid(table)
    ]
    return {
        "is": "table",
        "own": table is section.table,
        "anchor": table.anchor or None,
        "title": "" if table is section.table else printable(table.title),
        "number": printable(table.number),
        "department": printable(f"部门：{table.department}") if table.department else "",
        "unit": printable(table.unit),
        "notes": [printable(note) for note in table.notes],
        "size": fitted.size,
        "padding": fitted.padding,
        "sides": CELL_PADDING,
        "widths": fitted.widths,
        "heads": [row["cells"] for row in rows[: table.head_rows]],
        "rows": rows[table.head_rows :],
    }


def _cell(cell: Cell, printable: Printable) -> Json:
    """A cell with what is not as it mostly is."""
    entry: Json = {"text": printable(cell.text)}
    if cell.align != "left":
        entry["align"] = cell.align
    if cell.anchor:
        entry["anchor"] = cell.anchor
    if cell.column_span > 1:
        entry["columns"] = cell.column_span
    if cell.row_span > 1:
        entry["rows"] = cell.row_span
    if cell.indent:
        entry["indent"] = cell.indent
    if cell.strong:
        entry["strong"] = True
    return entry
