"""The publication as one web page: everything in one file, accessible tables, a print style.

Every number that comes from a cell links to it.  Nothing is loaded from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from importlib import resources

from .chart_svg import svg
from .document import Block, Cell, Chart, Heading, Paragraph, Part, Publication, Run, Table

_CONTENTS_DEPTH = 2
_DRAFT_PAGE = (
    '@page { @top-right { content: "草稿"; font: 700 14pt sans-serif; color: #8a1c1c; } }\n'
)
"""In the margin of every printed page: browsers leave the large stamp out on some of them."""
_ONE_PAGE = 40
"""Rows up to which a landscape table is set small enough for one page."""


@lru_cache(maxsize=1)
def _style() -> str:
    return resources.files("xlbudget").joinpath("publish", "page.css").read_text("utf-8")


def write(publication: Publication) -> bytes:
    """The page as UTF-8.  Pure: the same publication gives the same bytes."""
    return page(publication).encode()


def page(publication: Publication) -> str:
    """The page as text."""
    title = escape("".join(publication.title))
    anchors = publication.anchors()
    draft = ' class="draft"' if publication.draft else ""
    note = '<p class="draft-note">草稿，未经审定，不得公开</p>' if publication.draft else ""
    style = _style() + (_DRAFT_PAGE if publication.draft else "")
    lines = "".join(f"<span>{escape(line)}</span>" for line in publication.title)
    parts = "\n".join(_part(part, anchors) for part in publication.parts)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="author" content="{escape(publication.department)}">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body{draft}>\n"
        '<a class="skip" href="#content">跳到正文</a>\n'
        f'<header class="cover"><h1>{lines}</h1>{note}</header>\n'
        f"{_contents(publication.headings())}\n"
        f'<main id="content">\n{parts}\n</main>\n</body>\n</html>\n'
    )


# ---------------------------------------------------------------- contents


def _contents(headings: Sequence[Heading]) -> str:
    """The table of contents: parts, and below each its sections."""
    lines = ['<nav class="toc" aria-labelledby="toc"><h2 id="toc">目录</h2>']
    depth = 0
    for heading in headings:
        if heading.level > _CONTENTS_DEPTH:
            continue
        level = min(heading.level, depth + 1)
        if level > depth:
            lines.append("<ol>")
        else:
            lines.append("</li>" + "</ol></li>" * (depth - level))
        lines.append(f'<li><a href="#{escape(heading.anchor)}">{escape(heading.text)}</a>')
        depth = level
    lines.append("</li></ol>" * depth)
    return "".join(lines) + "</nav>"


# ---------------------------------------------------------------- parts and blocks


def _part(part: Part, anchors: frozenset[str]) -> str:
    first = part.blocks[0] if part.blocks else None
    label = f' aria-labelledby="{escape(first.anchor)}"' if isinstance(first, Heading) else ""
    return f'<section class="part"{label}>\n{"".join(_blocks(part.blocks, anchors))}</section>'


def _blocks(blocks: Sequence[Block], anchors: frozenset[str]) -> Iterator[str]:
    """All blocks; a heading that only says the title of the table below it is printed with it."""
    index = 0
    while index < len(blocks):
        block = blocks[index]
        after = blocks[index + 1] if index + 1 < len(blocks) else None
        if isinstance(block, Heading) and isinstance(after, Table) and after.title in block.text:
            shown = _heading(block) + _table(after, named=True)
            yield f'<div class="{_kind(after)}">\n{shown}</div>\n'
            index += 2
            continue
        yield _block(block, anchors)
        index += 1


def _block(block: Block, anchors: frozenset[str]) -> str:
    if isinstance(block, Heading):
        return _heading(block)
    if isinstance(block, Paragraph):
        note = ' class="note"' if block.kind == "note" else ""
        return f"<p{note}>{''.join(_run(run, anchors) for run in block.runs)}</p>\n"
    if isinstance(block, Table):
        if not block.statutory:
            return _table(block)
        return f'<div class="{_kind(block)}">\n{_table(block)}</div>\n'
    return _figure(block)


def _kind(table: Table) -> str:
    """Classes of a statutory table: the page's orientation, and whether it has to be set tightly."""
    tall = table.landscape and 26 < len(table.rows) <= _ONE_PAGE
    return "block" + " landscape" * table.landscape + " tall" * tall


def _heading(heading: Heading) -> str:
    level = heading.level + 1
    return f'<h{level} id="{escape(heading.anchor)}">{escape(heading.text)}</h{level}>\n'


def _run(run: Run, anchors: frozenset[str]) -> str:
    text = escape(run.text)
    if run.to_do:
        return f"<mark>{text}</mark>"
    if run.target in anchors:
        return f'<a href="#{escape(run.target)}">{text}</a>'
    return text


def _figure(chart: Chart) -> str:
    return (
        f'<figure id="{escape(chart.anchor)}"><figcaption>{escape(chart.title)}'
        f"（单位：{escape(chart.unit)}）</figcaption>{svg(chart)}</figure>\n"
    )


# ---------------------------------------------------------------- tables


def _table(table: Table, *, named: bool = False) -> str:
    """A table; ``named`` when the heading above says its title, which then need not be seen twice."""
    whole = sum(table.widths)
    columns = "".join(f'<col style="width:{100 * w / whole:.2f}%">' for w in table.widths)
    head = "".join(_row(row) for row in table.rows[: table.head_rows])
    body = "".join(_row(row) for row in table.rows[table.head_rows :])
    notes = "".join(f'<p class="note">{escape(note)}</p>\n' for note in table.notes)
    anchor = escape(table.anchor)
    hidden = " hidden" if named else ""
    right = "".join(f"<span>{escape(t)}</span>" for t in (table.number, table.unit) if t)
    department = f"部门：{escape(table.department)}" if table.department else ""
    landscape = " landscape" if table.landscape else ""
    return (
        f'<div class="wide{landscape}" role="region" aria-labelledby="{anchor}-title" tabindex="0">\n'
        f'<table id="{anchor}"><caption><span class="title{hidden}" id="{anchor}-title">'
        f'{escape(table.title)}</span><span class="above"><span>{department}</span>'
        f'<span class="right">{right}</span></span></caption>\n'
        f"<colgroup>{columns}</colgroup>\n<thead>\n{head}</thead>\n<tbody>\n{body}</tbody>\n"
        f"</table>\n</div>\n{notes}"
    )


def _row(row: Sequence[Cell]) -> str:
    return f"<tr>{''.join(map(_cell, row))}</tr>\n"


def _cell(cell: Cell) -> str:
    is_head = bool(cell.scope and cell.text)
    names: list[str] = [cell.align] if cell.align != "left" else []
    names += ["strong"] * cell.strong + [f"i{min(cell.indent, 3)}"] * (cell.indent > 0)
    attributes = [
        f'id="{escape(cell.anchor)}"' if cell.anchor else "",
        f'scope="{cell.scope}"' if is_head else "",
        f'rowspan="{cell.row_span}"' if cell.row_span > 1 else "",
        f'colspan="{cell.column_span}"' if cell.column_span > 1 else "",
        f'class="{" ".join(names)}"' if names else "",
    ]
    tag = "th" if is_head else "td"
    return f"<{' '.join(filter(None, (tag, *attributes)))}>{escape(cell.text)}</{tag}>"
