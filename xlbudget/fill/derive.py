"""What follows from what is there: every derivable figure, computed from the catalogue's equalities.

An equality determines one of its figures (the single one on its left, or the one its rule names);
that figure is its sum.  Figures are resolved depth first, so that a total of totals is computed
from its parts even where all of them were blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from ..model.book import Book, Figure, Finding
from ..model.codes import economic_codes, function_codes
from ..model.edits import CellEdit
from ..model.expression import Constraint, Terms
from ..model.money import parse_unit
from ..model.severity import Severity
from ..validate.check import constraints_of
from ..validate.rules import Rule, load_rules
from .agree import agreeing, doubted_names


class Derivation(NamedTuple):
    """How a figure follows: ``name`` = Σ coefficient × figure over ``terms``."""

    name: str
    terms: Terms
    rule: Rule


class Filled(NamedTuple):
    """What filling does to a book.

    ``edits`` are the cells to write; ``values`` the figures they give, in 分; ``names`` the code
    names.  ``conflicts`` are cells that hold another value than what follows from the others:
    left alone, or among ``edits`` when overwriting was asked for.  ``typed`` counts the amounts
    that were there.  ``ways`` says by which identity each value follows; ``withheld`` are the figures
    that were not filled because the identity, or one of its figures, contradicts what is printed.
    """

    edits: tuple[CellEdit, ...]
    values: Mapping[str, int]
    names: Mapping[str, str]
    conflicts: tuple[Finding, ...]
    typed: int
    ways: Mapping[str, Derivation] = {}
    withheld: tuple[str, ...] = ()


def derivations(book: Book, rules: Sequence[Rule] | None = None) -> dict[str, list[Derivation]]:
    """Figure name → the ways in which it follows, the catalogue's order of preference first.

    Sources: the forms' own definitions of totals and the identities between tables (catalogue).
    """
    ways: dict[str, list[Derivation]] = {}
    later: list[Derivation] = []
    chosen = load_rules() if rules is None else rules
    for rule, constraint in constraints_of(book, chosen):
        if constraint.op != "=" or rule.severity != Severity.ERROR or rule.when or rule.fill == "":
            continue
        if rule.fill:
            way = _solve(constraint, rule.fill, rule)
            if way:
                ways.setdefault(way.name, []).append(way)
            if _single_left(constraint):
                later.append(Derivation(constraint.left[0][1], constraint.right, rule))
        elif _single_left(constraint):
            name = constraint.left[0][1]
            ways.setdefault(name, []).append(Derivation(name, constraint.right, rule))
    for way in later:
        ways.setdefault(way.name, []).append(way)
    return ways


def _single_left(constraint: Constraint) -> bool:
    return len(constraint.left) == 1 and constraint.left[0][0] == 1 and bool(constraint.left[0][1])


def _solve(constraint: Constraint, name: str, rule: Rule) -> Derivation | None:
    """The equality solved for one of its figures, which must stand there with ±1."""
    terms = [(c, n) for c, n in constraint.left] + [(-c, n) for c, n in constraint.right]
    own = [c for c, n in terms if n == name]
    if own not in ([1], [-1]):
        return None
    factor = -own[0]
    return Derivation(name, tuple((factor * c, n) for c, n in terms if n != name), rule)


class _Resolver:
    """Values of figures, typed or derived; depth first with a guard against circles."""

    def __init__(self, book: Book, ways: Mapping[str, list[Derivation]], overwrite: bool) -> None:
        self.book = book
        self.ways = ways
        self.overwrite = overwrite
        self.known: dict[str, tuple[int | None, int]] = {}
        self.conflicts: dict[str, tuple[Derivation, int, int]] = {}
        self.used: dict[str, Derivation] = {}
        self._open: set[str] = set()

    def resolve(self, name: str) -> tuple[int | None, int]:
        """(分 or None for blank, half-width) of a figure."""
        found = self.known.get(name)
        if found is not None:
            return found
        figure = self.book.figures.get(name)
        typed = (figure.fen, figure.half) if figure else (None, 0)
        if name in self._open or name not in self.ways:
            return typed
        self._open.add(name)
        result = self._derive(name, figure, typed)
        self._open.discard(name)
        self.known[name] = result
        return result

    def _derive(
        self, name: str, figure: Figure | None, typed: tuple[int | None, int]
    ) -> tuple[int | None, int]:
        for way in self.ways[name]:
            derived = self._sum(way.terms)
            if derived is None:
                continue
            value, half = derived
            if figure is None or figure.fen is None:
                self.used[name] = way
                return value, half
            if abs(value - figure.fen) > half + figure.half:
                self.conflicts.setdefault(name, (way, value, half + figure.half))
                if self.overwrite:
                    self.used[name] = way
                    return value, half
            return typed
        return typed

    def _sum(self, terms: Terms) -> tuple[int, int] | None:
        """The sum of the terms; None where all that are added are blank or one cannot be read.

        What is only subtracted from blanks (年末 = 年初 + 收入 - 支出, the first two not filled in yet)
        would give a negative amount that nobody has.
        """
        total = half = 0
        filled = False
        for coefficient, name in terms:
            if self.book.unknown(name):
                return None
            if name and name not in self.book.figures:
                continue
            value, width = self.resolve(name) if name else (self.book.unit.fen, 0)
            if value is None:
                continue
            filled = filled or (bool(name) and coefficient > 0)
            total += int(coefficient * value)
            half += abs(int(coefficient)) * width if value else 0
        return (total, half) if filled else None


def fill(book: Book, *, overwrite: bool = False) -> Filled:
    """Compute every blank derivable figure and code name; report cells that say otherwise.

    Filling what was filled changes nothing more.
    """
    ways = derivations(book)
    resolver = _Resolver(book, ways, overwrite)
    values: dict[str, int] = {}
    for name in ways:
        figure = book.figures.get(name)
        if figure is None or name in book.unreadable:
            continue
        value, _ = resolver.resolve(name)
        if value is None or value == figure.fen:
            continue
        if figure.fen is None or name in resolver.conflicts:
            values[name] = value
    values = agreeing(with_values(book, values), values, load_rules())
    kept = uncontradicted(book, values, resolver.used, frozenset(ways))
    withheld = tuple(name for name in values if name not in kept)
    values = kept
    edits = [_edit(book, book.figures[name], value) for name, value in values.items()]
    names = _code_names(book)
    for code_key, text in names.items():
        table_id, code = code_key.split(".")
        place = book.tables[table_id].name_places[code]
        edits.append(CellEdit(place.sheet, place.row, place.column, text))
    conflicts = tuple(
        _conflict(book, name, *found, overwrite=overwrite)
        for name, found in resolver.conflicts.items()
    )
    typed = sum(1 for f in book.figures.values() if f.fen is not None)
    used = {name: resolver.used[name] for name in values if name in resolver.used}
    return Filled(tuple(edits), values, names, conflicts, typed, used, withheld)


def uncontradicted(
    book: Book,
    values: Mapping[str, int],
    ways: Mapping[str, Derivation],
    derivable: frozenset[str],
) -> dict[str, int]:
    """Of filled values those that rest on nothing contradicted.

    A figure in an identity that does not hold may be the wrong one: nothing is derived from it, and
    nothing is written that breaks an identity with what is printed.  An identity with a ``derivable``
    figure that stays blank says nothing.
    """
    kept = dict(values)
    while kept:
        doubted = doubted_names(with_values(book, kept), derivable)
        bad = {
            name
            for name in kept
            if name in doubted
            or any(n in doubted for _, n in (ways[name].terms if name in ways else ()))
        }
        # What rests on a withheld figure goes with it.
        while more := {
            name
            for name in kept.keys() - bad
            if name in ways and any(n in bad for _, n in ways[name].terms)
        }:
            bad |= more
        if not bad:
            break
        kept = {name: fen for name, fen in kept.items() if name not in bad}
    return kept


def with_values(book: Book, values: Mapping[str, int]) -> Book:
    """The book with other amounts (分) in some figures; their precision is that of what is shown."""
    half = book.unit.half
    figures = dict(book.figures)
    for name, fen in values.items():
        shown = fen and not fen % book.unit.last_digit
        figures[name] = figures[name]._replace(fen=fen, half=half if shown else 0)
    return book._replace(figures=figures)


def _edit(book: Book, figure: Figure, value: int) -> CellEdit:
    place = figure.place
    return CellEdit(place.sheet, place.row, place.column, amount_in_sheet(book, figure, value))


def amount_in_sheet(book: Book, figure: Figure, fen: int) -> Decimal:
    """An amount as its sheet wants it: in the sheet's own unit, two decimals at least."""
    table = book.tables.get(figure.name.partition(".")[0])
    unit = parse_unit(table.head.get("unit", "")) if table else None
    return Decimal((unit or book.unit).exact_text(fen))


def _code_names(book: Book) -> dict[str, str]:
    """``T03.2010301`` → 行政运行, where the name's cell is blank and the dictionary knows it."""
    found: dict[str, str] = {}
    for table_id, rows in book.tables.items():
        for code, name in rows.names.items():
            if name or code not in rows.name_places:
                continue
            entry = function_codes().get(code) or economic_codes().get(code)
            if entry:
                found[f"{table_id}.{code}"] = entry.name
    return found


def _conflict(
    book: Book, name: str, way: Derivation, value: int, tolerance: int, *, overwrite: bool
) -> Finding:
    unit = book.unit
    printed = book.value(name)
    label = book.edition.label(name, book.names_of_codes()) if name.startswith("T") else name
    done = "已改成算出的数" if overwrite else "没有改动，请核对"
    return Finding(
        way.rule.id,
        Severity.WARNING,
        f"{label}填的是{unit.exact_text(printed)}，按其他格算出的是{unit.exact_text(value)}，"
        f"{done}。",
        (book.cell_ref(name),),
        unit.exact_text(printed),
        unit.exact_text(value),
        unit.exact_text(printed - value),
        unit.exact_text(tolerance),
    )


def derived_names(book: Book) -> frozenset[str]:
    """Names of the figures that follow from others; all the rest are inputs."""
    return frozenset(name for name in derivations(book) if name in book.figures)
