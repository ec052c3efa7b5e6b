"""Pages: blocks of one table that is printed over several sheets, or goes on below its heads printed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .block import Block, column_words, joined
from .labels import as_code, as_text, is_note, is_ordinal_row
from .lists import holds_amount, is_total
from .words import LEVELS, head_word, is_label_head, line_word, measure_of


class _Page(NamedTuple):
    """What a page shows: its heads' words, the lines it holds (codes, else labels), whether a total, whether
    that ends them, whether a note stands below, and how many columns wide it is."""

    heads: tuple[str, ...]
    codes: frozenset[str]
    labels: frozenset[str]
    has_total: bool
    ended: bool
    noted: bool
    width: int


def pages_joined(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, those that follow each other as pages of one table made one.

    A page prints the heads of the page before it, or none, under the same title or none, and no line
    that stands on that.
    """
    found: list[list[Block]] = []
    seen: list[_Page | None] = []
    for block in blocks:
        page = None
        if found and _may_follow(found[-1][-1], block):
            page = _page(block)
            before = seen[-1] = seen[-1] or _page(found[-1][-1])
            if _follows(before, page):
                found[-1].append(block)
                seen[-1] = _together(before, page)
                continue
        found.append([block])
        seen.append(page)
    return [joined(pages[0], pages[1:]) if len(pages) > 1 else pages[0] for pages in found]


def _together(first: _Page, more: _Page) -> _Page:
    return first._replace(
        codes=first.codes | more.codes,
        labels=first.labels | more.labels,
        has_total=first.has_total or more.has_total,
        ended=more.ended or (more.noted and (first.has_total or more.has_total)),
        width=max(first.width, more.width),
    )


def _may_follow(before: Block, block: Block) -> bool:
    """Whether place and title allow a block to be a page of the table before it."""
    if block.sheet == before.sheet and block.left != before.left:
        return False
    return block.title is None or block.title == before.title


def _follows(first: _Page, page: _Page) -> bool:
    if first.ended or (first.has_total and page.has_total):
        return False
    if not page.heads:
        # Lines without heads, by themselves on a sheet or below a blank line.
        return (
            bool(page.codes or page.has_total)
            and bool(first.codes or first.has_total)
            and not (first.codes & page.codes)
            and page.width <= first.width
        )
    if page.heads != first.heads:
        return False
    return not (first.codes & page.codes) and not (first.labels & page.labels)


def _page(block: Block) -> _Page:
    heads: list[str] = []
    codes: set[str] = set()
    labels: set[str] = set()
    has_total = begun = ended = noted = False
    width = 0
    for row in block.rows:
        if not any(row):
            continue
        texts = [v.strip() for v in row if v and isinstance(v, str) and v.strip()]
        if texts and is_note(texts[0]):
            noted = True
            break
        if is_ordinal_row(row):
            continue
        words = [text for text in texts if text not in LEVELS]
        row_codes = [code for value in row[:6] if (code := _code(value))]
        if row_codes:
            begun, ended = True, False
            codes.add("".join(row_codes))
        elif words and is_total(words[0]) and not (len(words) > 1 and _are_heads(words)):
            begun = has_total = True
            ended = bool(codes)
        elif any(holds_amount(value) for value in row):
            begun = begun or bool(heads)
            labels.update(line_word(text) for text in words)
        elif not begun:
            heads.extend(
                head_word(t) for t in words if is_label_head(t) or measure_of(t) or len(words) > 1
            )
        filled = [n for n, value in enumerate(row) if value not in ("", None)]
        width = max(width, filled[-1] + 1 if filled else 0)
    named = any(is_label_head(head) for head in heads)
    return _Page(
        tuple(heads) if named else (),
        frozenset(codes),
        frozenset(labels),
        has_total,
        ended or (noted and has_total),
        noted,
        width,
    )


def _are_heads(words: Sequence[str]) -> bool:
    return all(measure_of(word) or head_word(word) in column_words() for word in words)


def _code(value: object) -> str:
    """A code, or a part of one, as its cell holds it."""
    code = as_code(value)
    if code:
        return code if code[0] in "23" else ""
    text = as_text(value)
    head = text[:7]
    if head[:3].isdigit() and len(text) > 7:
        return "".join(ch for ch in head if ch.isdigit())
    return text if len(text) == 2 and text.isdigit() and isinstance(value, str) else ""
