"""The words of ``words.toml`` as look-ups: titles, heads, lines, whoever printed them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from ..model.packaged import packaged_toml
from ..patterns import lazy_pattern
from .labels import bare, compact


class Words(NamedTuple):
    """What is known of how tables are worded; every text is compact, heads and lines also bare.

    ``titles`` maps a title to its table's id, or to "" for a table that is none of the nine; the
    longest come first.  ``measures`` maps a head to what its column measures: ``actual``,
    ``budget``, ``first_budget``, ``last``, ``change``, or ``part`` for a part of a column that has
    no figure of its own.
    """

    titles: Mapping[str, str]
    qualifiers: tuple[str, ...]
    tabs: tuple[tuple[str, str], ...]
    code_heads: frozenset[str]
    name_heads: frozenset[str]
    both_heads: frozenset[str]
    serial_heads: frozenset[str]
    remark_heads: frozenset[str]
    measures: Mapping[str, str]
    same_heads: Mapping[str, str]
    same_lines: Mapping[str, str]
    lines_beside: frozenset[str]
    three_public_totals: frozenset[str]

    @property
    def label_heads(self) -> frozenset[str]:
        """Heads of columns that hold codes, names or numbers of lines, never amounts."""
        return self.code_heads | self.name_heads | self.both_heads | self.serial_heads


ACTUAL, BUDGET, FIRST_BUDGET, LAST, CHANGE, PART = (
    "actual",
    "budget",
    "first_budget",
    "last",
    "change",
    "part",
)
LEVELS = ("类", "款", "项")


@lru_cache(maxsize=1)
def words() -> Words:
    """The words as they come with the package."""
    data = packaged_toml("recognise", "words.toml")
    heads = data["heads"]
    titles = {compact(t): "" for t in data["title"]["others"]}
    titles |= {compact(t): table for table, known in data["titles"].items() for t in known}
    measures = {
        bare(word): kind
        for kind in (ACTUAL, BUDGET, FIRST_BUDGET, LAST, CHANGE)
        for word in heads[kind]
    }
    measures |= {bare(word): PART for word in heads["parts"]}
    return Words(
        titles=dict(sorted(titles.items(), key=lambda item: -len(item[0]))),
        qualifiers=tuple(data["title"]["qualifiers"]),
        tabs=tuple((word, table) for word, table in data["title"]["tabs"]),
        code_heads=_set(heads["codes"]),
        name_heads=_set(heads["names"]),
        both_heads=_set(heads["both"]),
        serial_heads=_set(heads["serials"]),
        remark_heads=_set(heads["remarks"]),
        measures=measures,
        same_heads={bare(k): bare(v) for k, v in data["same"].items()},
        same_lines={bare(k): bare(v) for k, v in data["lines"].items()},
        lines_beside=_set(data["beside"]["lines"]),
        three_public_totals=_set(data["three_public"]["合计"]),
    )


def _set(texts: list[str]) -> frozenset[str]:
    return frozenset(bare(text) for text in texts)


class Title(NamedTuple):
    """A table's title: the id of the table, "" for one that is none of the nine."""

    table: str
    text: str


_TAIL = lazy_pattern(r"(?:\((?:续表?|公开\d*表?|财决[^)]*|单位[^)]*|万元|元|\d+)\)?|续表?|\d+)$")
_HEAD_NUMBER = lazy_pattern(
    r"^(?:附件\d*|附表\d*|表[一二三四五六七八九十\d]+|公开\d+表|\d+)[、.:]?"
)


class Titles:
    """Titles of tables: those of ``words.toml``, and those of the editions at hand."""

    def __init__(self, more: Mapping[str, str] = {}, tabs: Mapping[str, str] = {}) -> None:
        known = {**words().titles, **{compact(text): table for text, table in more.items()}}
        self._titles = dict(sorted(known.items(), key=lambda item: -len(item[0])))
        self._known: dict[str, Title | None] = {}
        self._tabs = {compact(name): table for name, table in tabs.items()}

    def of(self, text: str) -> Title | None:
        """What a text above a table says as a table's title; None if it is none.

        ``XX局2024年度收入决算表`` is a title of 收入决算表, ``XX局2024年度部门决算表`` of no single table.
        """
        if text in self._known:
            return self._known[text]
        if len(self._known) > 4096:
            self._known.clear()
        found = self._known[text] = self._of(text)
        return found

    def _of(self, text: str) -> Title | None:
        word = compact(text)
        if "表" not in word or len(word) > 90 or any(sign in text for sign in "，。；"):
            return None
        while tail := _TAIL.search(word):
            word = word[: tail.start()]
        if not word.endswith("表"):
            return None
        for title, table in self._titles.items():
            if word.endswith(title):
                before = _HEAD_NUMBER.sub("", word[: -len(title)])
                if any(qualifier in before[-12:] for qualifier in words().qualifiers):
                    return Title("", word)
                return Title(table, title)
        return None

    def tab_of(self, name: str) -> str:
        """The id of the table that a sheet's tab names, "-" for one that it says is another, "?" where it
        says nothing.  Tabs are cut at 31 characters."""
        word = compact(name)
        found = self._tabs.get(word)
        if found is None:
            found = self._tabs[word] = self._tab_of(word)
        return found

    def _tab_of(self, word: str) -> str:
        title = self.of(word) or self.of(word + "表")
        if title is not None:
            return title.table or "-"
        if len(word) >= 31:
            for known, table in self._titles.items():
                if any(word.endswith(known[:n]) for n in range(6, len(known))):
                    return table or "-"
        return next((table for part, table in words().tabs if part in word), "?")


@lru_cache(maxsize=8192)
def head_word(text: str) -> str:
    """A head's word in the national form's own wording."""
    word = bare(text)
    return words().same_heads.get(word, word)


@lru_cache(maxsize=8192)
def measure_of(text: str) -> str:
    """What a head says that its column measures, or ""."""
    word = bare(text)
    found = words().measures.get(word)
    if found is None and word[-1:] == ")":
        found = words().measures.get(word.partition("(")[0])
    if found is None and re.fullmatch(r"20\d\d年度?(决算数?|预算数?)", word):
        return ""
    return found or ""


@lru_cache(maxsize=8192)
def is_label_head(text: str) -> bool:
    """Whether a head stands over codes, names or numbers of lines."""
    return bare(text) in _label_heads()


@lru_cache(maxsize=1)
def _label_heads() -> frozenset[str]:
    return words().label_heads


@lru_cache(maxsize=8192)
def line_word(text: str) -> str:
    """A line's label in the national form's own wording, without its numbering."""
    word = bare(text)
    return words().same_lines.get(word, word)
