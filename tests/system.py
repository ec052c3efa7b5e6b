"""Publications as constraints, figures and evidence: what localisation and rounding work on.

All of it comes by the product's own path: the Book that reading a template with this content gives, the
catalogue's identities at its rows, the evidence that its conditional identities are.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from tests.generator import LEAST, department, publication
from tests.seed import book_of_seed
from xlbudget.locate.localise import Evidence
from xlbudget.locate.suspects import evidence_of
from xlbudget.model.book import Book, Figure
from xlbudget.model.content import Content, content_of
from xlbudget.model.expression import Constraint
from xlbudget.model.inputs import load_inputs
from xlbudget.model.layout import Layout
from xlbudget.model.money import Unit
from xlbudget.template.checks.values import book_of
from xlbudget.validate.check import Report, check_rules, constraints_of
from xlbudget.validate.rules import Rule, load_rules


class Sample(NamedTuple):
    """A publication and the identities that hold in every one with its rows."""

    book: Book
    constraints: tuple[Constraint, ...]

    @property
    def figures(self) -> Mapping[str, Figure]:
        return self.book.figures

    @property
    def unit(self) -> Unit:
        return self.book.unit

    def printing(self, values: Mapping[str, int | None]) -> dict[str, Figure]:
        """The figures with other amounts in some cells."""
        figures = dict(self.figures)
        for name, fen in values.items():
            half = self.unit.half if fen else 0
            figures[name] = figures[name]._replace(fen=fen, half=half)
        return figures

    def evidence(self, figures: Mapping[str, Figure]) -> Evidence:
        """What the workbook says for its amounts when it prints these figures."""
        book = self.book._replace(figures=figures)
        return evidence_of(book, Report(book, tuple(check_rules(book, _sometimes(), {})), ()))


class Made(NamedTuple):
    """A made-up department: true amounts in 分 of the nine tables, and what it publishes in 万元."""

    true: Mapping[str, int]
    printed: Sample


@lru_cache(maxsize=1)
def _always() -> tuple[Rule, ...]:
    return tuple(r for r in load_rules() if r.check and not r.when and r.severity == "error")


@lru_cache(maxsize=1)
def _sometimes() -> tuple[Rule, ...]:
    return tuple(r for r in load_rules() if r.expressions and r not in _always())


def sample_of(content: Content) -> Sample:
    """The nine tables of a content."""
    figures = {name: fen for name, fen in content.figures.items() if name[0] == "T"}
    layout = Layout(content.form, content.codes)
    book = book_of(content._replace(figures=figures), layout, load_inputs(content.form))
    return Sample(book, tuple(constraint for _, constraint in constraints_of(book, _always())))


def made(rng: random.Random, rows: int = 12, *, least: int = LEAST) -> Made:
    """A department of about ``rows`` 科目 that leaves cells without an amount blank."""
    content = department(rng, rows, least=least, explained=False)
    printed = publication(content)
    figures = {name: fen for name, fen in printed.figures.items() if content.figures[name]}
    sample = sample_of(printed._replace(figures=figures))
    return Made({name: content.figures.get(name, 0) for name in sample.figures}, sample)


@lru_cache(maxsize=1)
def seed() -> Sample:
    """The published sample."""
    return sample_of(content_of(book_of_seed()))
