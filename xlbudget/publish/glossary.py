"""Part four: the terms that this publication's figures call for, from the glossary kept as data.

A term is needed when one of its figures is not zero; ``*`` in a figure's name stands for anything
(``T09.*.abroad`` for both rows of 09).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ..model.book import Book
from ..model.forms import Edition
from ..model.packaged import packaged_toml
from ..narrate import operating_applies
from .document import Block, Paragraph, Run
from .text_blocks import Anchors, chinese_number


class Term(NamedTuple):
    """A term, its definition in our own words, and the figures that call for it (any of them).

    ``operating`` terms are about 机关运行经费, which a 事业单位 does not have.
    """

    term: str
    definition: str
    figures: tuple[str, ...]
    operating: bool = False


class Group(NamedTuple):
    """Terms of one kind, and the laws and rules that their definitions rest on."""

    title: str
    sources: tuple[str, ...]
    terms: tuple[Term, ...]


@lru_cache(maxsize=8)
def load_glossary(edition: Edition) -> tuple[Group, ...]:
    """The glossary from ``editions/glossary.toml``; an edition's own file adds and replaces terms."""
    groups = _groups(packaged_toml("editions", "glossary.toml"))
    own = edition.text("glossary.toml")
    if own is None:
        return groups
    more = {group.title: group for group in _groups(tomllib.loads(own))}
    merged = [_with(group, more.pop(group.title, None)) for group in groups]
    return (*merged, *more.values())


def _groups(data: Mapping[str, Any]) -> tuple[Group, ...]:
    return tuple(
        Group(
            group["title"],
            tuple(group["sources"]),
            tuple(
                Term(
                    entry["term"],
                    entry["definition"],
                    tuple(entry["figures"]),
                    entry.get("operating", False),
                )
                for entry in group["term"]
            ),
        )
        for group in data["group"]
    )


def _with(group: Group, more: Group | None) -> Group:
    if more is None:
        return group
    terms = {entry.term: entry for entry in (*group.terms, *more.terms)}
    sources = tuple(dict.fromkeys((*group.sources, *more.sources)))
    return Group(group.title, sources, tuple(terms.values()))


def needed(book: Book) -> tuple[Group, ...]:
    """The groups with the terms that the book's figures call for; empty groups are left out."""
    used = "\n".join(name for name, figure in book.figures.items() if figure.fen)
    found = []
    for group in load_glossary(book.edition):
        terms = tuple(
            term
            for term in group.terms
            if any(_occurs(name, used) for name in term.figures)
            and (not term.operating or operating_applies(book) is not False)
        )
        if terms:
            found.append(group._replace(terms=terms))
    return tuple(found)


@lru_cache(maxsize=512)
def _pattern(name: str) -> re.Pattern[str]:
    pattern = re.escape(name).replace(re.escape("*"), "[^\n]*")
    return re.compile(f"^{pattern}$", re.MULTILINE)


def _occurs(name: str, used: str) -> bool:
    return bool(_pattern(name).search(used))


def glossary_blocks(book: Book, anchors: Anchors) -> Iterator[Block]:
    """Part four: a section a group, a paragraph a term, and below them what they rest on."""
    for number, group in enumerate(needed(book), 1):
        yield anchors.heading(f"{chinese_number(number)}、{group.title}", 2)
        for term in group.terms:
            yield Paragraph((Run(f"{term.term}：{term.definition}"),))
        yield Paragraph((Run(f"依据：{'、'.join(group.sources)}。"),), "note")
