"""The lines of 勾稽检查, generated from the rules' expressions.

An identity over fixed cells is one line per place.  An identity over the rows of a list is one
line for all rows, resting on a helper column with one result per row.  Comparisons with 上年数,
年初预算 and 补充资料 wait until their figures are typed.  What the sheet cannot state (reasons, words,
lists of meetings and journeys) is left to the Python checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from xlbudget.model.applicability import lacking
from xlbudget.model.book import Place
from xlbudget.model.expansion import expand
from xlbudget.model.expression import Expression, Terms
from xlbudget.model.layout import Layout, TableLayout, defined_name
from xlbudget.model.rows import Rows
from xlbudget.validate.rules import Rule
from xlbudget.validate.wording import INPUT_SHEETS

from ..input_places import InputLayout
from .formula_terms import TOP, CellsPart, CodePart, MatchedPart, Part, Piece, areas_of, joined


class Condition(NamedTuple):
    """A relation without which a rule says nothing."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    op: str


class FixedLine(NamedTuple):
    """One identity at one place, over cells known beforehand.

    ``typed`` are the sides of nothing but inputs: until one of them is typed there is nothing to
    compare with.
    """

    rule: Rule
    expression: Expression
    place: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    conditions: tuple[Condition, ...]
    target: tuple[str, int, int]
    typed: tuple[tuple[Piece, ...], ...] = ()


class RowsLine(NamedTuple):
    """One identity on every code row of the list ``host``; ``others`` are its other lists.

    For ``{row}`` ``others`` is empty; for ``{code}`` a code may stand in another list only.
    """

    rule: Rule
    expression: Expression
    host: str
    others: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()


class NestedLine(NamedTuple):
    """上级 = Σ 下级 on the printed 类 and 款 rows of a list, all columns together."""

    rule: Rule
    expression: Expression
    host: str


class BudgetLine(NamedTuple):
    """年初预算: the amounts by 项 add up to the total."""

    rule: Rule
    target: tuple[str, int, int]


Line = FixedLine | RowsLine | NestedLine | BudgetLine


def codes_name(table: str) -> str:
    """Defined name of a list's code cells."""
    return f"codes_{table.lower()}"


def keys_name(table: str) -> str:
    """Defined name of a list's key column on 勾稽检查."""
    return f"keys_{table.lower()}"


def column_name(table: str, column: str) -> str:
    """Defined name of a list's amount column, 合计 left out."""
    return f"list_{defined_name(f'{table}.{column}')}"


def code_part(table: str, column: str, code: str) -> CodePart:
    """A code's amount in a column of a list."""
    return CodePart(codes_name(table), keys_name(table), column_name(table, column), code)


class LineMaker:
    """Turns rules into lines for one layout."""

    def __init__(self, layout: Layout, inputs: InputLayout) -> None:
        self.layout = layout
        self.inputs = inputs
        self.edition = layout.edition
        items = {t.table.id: t.codes for t in layout.tables.values() if t.table.kind == "items"}
        self.bare = Rows(layout.edition, items)

    def lines(self, rules: Iterable[Rule]) -> Iterator[Line]:
        """All lines, in the rules' order."""
        for rule in rules:
            if rule.function == "budget_adds_up":
                total = self.inputs.budget.total
                yield BudgetLine(rule, (total.sheet, total.top, total.left))
            conditions = [self._condition(expression) for expression in rule.when]
            if any(condition is None for condition in conditions):
                continue
            found = tuple(c for c in conditions if c)
            for expression in rule.compare:
                if not lacking(expression, self.edition) and not expression.variables:
                    yield from self._of_comparison(rule, expression, found)
            for expression in rule.check:
                if not lacking(expression, self.edition) and self._is_expressible(expression):
                    yield from self._of_expression(rule, expression, found)

    def _is_expressible(self, expression: Expression) -> bool:
        for term in expression.left + expression.right:
            ref = term.ref
            if ref is None:
                continue
            if ref.prefix or ref.kind == "fact" or ref.table not in self.layout.tables:
                return False
            table = self.layout.tables[ref.table].table
            if ref.kind == "cover" and (table.kind != "list" or not _is_class(ref.row)):
                return False
            if ref.kind == "children" and table.kind not in ("list", "items"):
                return False
            listed = table.kind == "list" and ref.kind == "one"
            if listed and not (ref.row in table.fixed_rows or "{" in ref.row or ref.row.isdigit()):
                return False
        return True

    def _condition(self, expression: Expression) -> Condition | None:
        if expression.variables or not self._is_expressible(expression):
            return None
        left, right = self._pieces(expression.left, {}), self._pieces(expression.right, {})
        return Condition(left, right, expression.op)

    def _of_comparison(
        self, rule: Rule, expression: Expression, conditions: tuple[Condition, ...]
    ) -> Iterator[Line]:
        """An identity over figures of the input sheets, and of the nine tables beside them."""
        for constraint in expand(expression, self.bare):
            left, right = self._named(constraint.left), self._named(constraint.right)
            waiting = (
                side
                for side, terms in ((left, constraint.left), (right, constraint.right))
                if terms and all(name.partition(".")[0] in INPUT_SHEETS for _, name in terms)
            )
            places = (self._place(name) for _, name in constraint.left + constraint.right)
            first = next((place for place in places if place), None)
            if first:
                target = first.sheet, first.row, first.column
                place = constraint.place
                yield FixedLine(
                    rule, expression, place, left, right, conditions, target, tuple(waiting)
                )

    def _place(self, name: str) -> Place | None:
        return self.inputs.places.get(name) or self.layout.place(name)

    def _named(self, terms: Terms) -> tuple[Piece, ...]:
        """Terms over names of fixed cells; what no sheet asks for is nothing."""
        pieces = []
        for coefficient, name in terms:
            place = self._place(name) if name else None
            table = name.partition(".")[0]
            if table in INPUT_SHEETS:  # counts are exact, as a constant is
                table = "" if name in self.inputs.counts else "input"
            if place:
                part = CellsPart(areas_of(place.sheet, [(place.row, place.column)]))
                pieces.append(Piece(coefficient, table, part))
            elif not name:
                pieces.append(Piece(coefficient, "", None))
        return tuple(_joined(pieces))

    def _of_expression(
        self, rule: Rule, expression: Expression, conditions: tuple[Condition, ...]
    ) -> Iterator[Line]:
        for constraint in expand(expression, self.bare):
            bound = dict(zip(expression.variables, constraint.place.split("."), strict=False))
            left = self._pieces(expression.left, bound)
            first = next((name for _, name in constraint.left if name), "")
            place = self.layout.place(first)
            if left and place:
                yield FixedLine(
                    rule,
                    expression,
                    constraint.place,
                    left,
                    self._pieces(expression.right, bound),
                    conditions,
                    (place.sheet, place.row, place.column),
                )
        yield from self._of_rows(rule, expression, conditions)

    def _of_rows(
        self, rule: Rule, expression: Expression, conditions: tuple[Condition, ...]
    ) -> Iterator[Line]:
        tables = expression.tables
        lists = [t for t in tables if self.layout.tables[t].table.kind == "list"]
        if not lists or len(lists) != len(tables):
            return
        if expression.variables == ("row",) and len(lists) == 1:
            yield RowsLine(rule, expression, lists[0], (), conditions)
        elif expression.variables == ("code",):
            # The whole carries the rows: nearly every code stands there.
            side = expression.right if expression.op == "<=" else expression.left
            host = next(term.ref.table for term in side if term.ref)
            others = tuple(t for t in lists if t != host)
            yield RowsLine(rule, expression, host, others, conditions)
        elif conditions:
            return
        elif expression.variables == ("parent", "column") and len(lists) == 1:
            yield NestedLine(rule, expression, lists[0])

    # ---------------------------------------------------------------- terms

    def _pieces(self, terms: Iterable[Any], bound: Mapping[str, str]) -> tuple[Piece, ...]:
        pieces = []
        for term in terms:
            if term.ref is None:
                pieces.append(Piece(term.coefficient, "", None))
                continue
            part = self._part(term.ref, bound)
            if part is not None:
                pieces.append(Piece(term.coefficient, term.ref.table, part))
        return tuple(_joined(pieces))

    def _part(self, ref: Any, bound: Mapping[str, str]) -> Part | None:
        table = self.layout.tables[ref.table]
        row = ref.row.format_map(bound) if "{" in ref.row else ref.row
        column = ref.column.format_map(bound) if "{" in ref.column else ref.column
        if ref.kind == "range":
            cells = [
                place
                for line in table.table.fixed_rows
                if int(ref.row) <= int(line) <= int(ref.last)
                and (place := table.places.get(f"{ref.table}.{line}.{column}"))
            ]
            return CellsPart(areas_of(table.sheet, cells)) if cells else None
        if ref.kind == "one":
            if table.table.kind == "list" and row.isdigit():
                return code_part(ref.table, column, f'"{row}"')
            row = self.edition.row_of_class.get(ref.table, {}).get(row, row)
            place = table.places.get(f"{ref.table}.{row}.{column}")
            return CellsPart(areas_of(table.sheet, [place])) if place else None
        if table.table.kind == "items":
            return _group(table, row)
        keys, amounts = keys_name(ref.table), column_name(ref.table, column)
        if ref.kind == "children":
            condition = f'(LEFT({{keys}},1)="{TOP}")'
            return MatchedPart(((keys, amounts),), f'"{TOP}*"', condition, True)
        return MatchedPart(((keys, amounts),), f'"{TOP}{row}"', f'({{keys}}="{TOP}{row}")', True)

    def row_pieces(
        self, line: RowsLine, row: int
    ) -> tuple[tuple[Piece, ...], tuple[Piece, ...], str]:
        """Left, right and the code's cell of a rows line at one sheet row of its host."""
        host = self.layout.tables[line.host]
        code = areas_of(host.sheet, [(row, 1)])[0]
        sides = []
        for terms in (line.expression.left, line.expression.right):
            pieces = []
            for term in terms:
                if term.ref is None:
                    pieces.append(Piece(term.coefficient, "", None))
                    continue
                table, column = term.ref.table, term.ref.column
                if column not in self.layout.tables[table].column_of:
                    continue
                if table == line.host:
                    at = host.column_of[column]
                    cells = CellsPart(areas_of(host.sheet, [(row, at)]))
                    pieces.append(Piece(term.coefficient, table, cells))
                else:
                    part = code_part(table, column, code)
                    pieces.append(Piece(term.coefficient, table, part))
            sides.append(tuple(_joined(pieces)))
        return sides[0], sides[1], code


def _is_class(row: str) -> bool:
    return row == "{class}" or (row.isdigit() and len(row) == 3)


def _group(table: TableLayout, group: str) -> MatchedPart:
    """The 款 of a group of 06, wherever in the stacks they stand."""
    blocks = tuple((codes.text, amounts.text) for codes, amounts in table.stack_areas())
    condition = f'(LEFT({{keys}},{len(group)})="{group}")*(LEN({{keys}})>{len(group)})'
    return MatchedPart(blocks, f'"{group}?*"', condition)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Fixed cells of one table and coefficient as one piece, so that the formula stays readable."""
    together: dict[tuple[Any, str], list[str]] = {}
    out: list[Piece] = []
    for piece in pieces:
        if not isinstance(piece.part, CellsPart):
            out.append(piece)
            continue
        key = piece.coefficient, piece.table
        if key not in together:
            together[key] = []
            out.append(piece)
        together[key].extend(piece.part.areas)
    return [
        piece._replace(part=CellsPart(joined(together[piece.coefficient, piece.table])))
        if isinstance(piece.part, CellsPart)
        else piece
        for piece in out
    ]
