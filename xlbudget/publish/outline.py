"""What a publication consists of, as data: cover, parts, sections and their titles."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ..model.forms import Edition
from ..model.packaged import packaged_toml


class Told(NamedTuple):
    """A fact that a section of part one tells, and the words before it."""

    fact: str
    lead: str = ""


class OverviewSection(NamedTuple):
    title: str
    facts: tuple[Told, ...]


class Outline(NamedTuple):
    """The outline of an edition; titles hold ``{year}`` and ``{department}``."""

    parts: tuple[str, ...]
    cover: tuple[str, ...]
    overview: str
    overview_sections: tuple[OverviewSection, ...]
    tables: str
    statement: str
    glossary: str
    evaluation: str
    evaluation_report: str
    scores: str
    full_points: int


@lru_cache(maxsize=8)
def load_outline(edition: Edition) -> Outline:
    """The outline from ``editions/publication.toml``, and before it from the edition's own."""
    data = packaged_toml("editions", "publication.toml")
    own = edition.text("publication.toml")
    if own is not None:
        data |= tomllib.loads(own)
    evaluation: Mapping[str, Any] = data["evaluation"]
    return Outline(
        parts=tuple(data["parts"]),
        cover=tuple(data["cover"]),
        overview=data["overview"]["title"],
        overview_sections=tuple(
            OverviewSection(
                section["title"],
                tuple(Told(fact["id"], fact.get("lead", "")) for fact in section["facts"]),
            )
            for section in data["overview"]["section"]
        ),
        tables=data["tables"]["title"],
        statement=data["statement"]["title"],
        glossary=data["glossary"]["title"],
        evaluation=evaluation["title"],
        evaluation_report=evaluation["report"],
        scores=evaluation["scores"],
        full_points=evaluation["full"],
    )
