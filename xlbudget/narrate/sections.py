"""An edition's part three as data: its sections, what needs a reason, and its settings."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import NamedTuple

from ..model.forms import Edition, FormError


class Section(NamedTuple):
    """A section: its title, its template, and the charts that stand at its end when published."""

    title: str
    template: str
    charts: tuple[str, ...] = ()


class Report(NamedTuple):
    """An edition's part three: its sections in printed order, and its settings.

    ``reasons`` are the changes and deviations that need a reason, in the report's order:
    ``<figure>~LAST`` or ``<figure>~BUDGET``, ``{code}`` for every 项 of the general budget.
    """

    sections: tuple[Section, ...]
    reasons: tuple[str, ...]
    small_share_of: str


@lru_cache(maxsize=8)
def load_report(edition: Edition) -> Report:
    """The report of an edition.  Raises FormError where its file is missing or wrong."""
    text = edition.text("report.toml")
    if text is None:
        raise FormError(f"版式 {edition.id} 没有 report.toml")
    try:
        data = tomllib.loads(text)
        small = data["settings"]["small_share_of"]
        sections = tuple(
            Section(entry["title"], entry["template"], tuple(entry.get("charts", ())))
            for entry in data["section"]
        )
        report = Report(sections, tuple(data["reasons"]), small)
    except tomllib.TOMLDecodeError as error:
        raise FormError(f"{edition.id}/report.toml 不是正确的 TOML 文件：{error}") from error
    except KeyError as error:
        raise FormError(f"{edition.id}/report.toml：缺少 {error.args[0]}") from error
    if small not in ("sme", "total"):
        raise FormError(f"{edition.id}/report.toml：small_share_of 要写成 sme 或 total")
    return report
