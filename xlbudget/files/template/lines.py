"""The lines of 勾稽检查, generated from the rules' expressions.

An identity over fixed cells is one line per place.  An identity over the rows of a list is one
line for all rows, resting on a helper column with one result per row.  What the sheet cannot state
(figures of other years, conditions by row) is left to the Python checks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from xlbudget.model.applicability import lacking
from xlbudget.model.expansion import expand
from xlbudget.model.expression import Expression
from xlbudget.model.layout import Layout, TableLayout, defined_name
from xlbudget.model.rows import Rows
from xlbudget.validate.rules import Rule

from .parts import TOP, CellsPart, CodePart, MatchedPart, Part, Piece, areas_of, joined


class FixedLine(NamedTuple):
    """One identity at one place, over cells known beforehand."""

    rule: Rule
    expression: Expression
    place: str
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    conditions: tuple[tuple[tuple[Piece, ...], tuple[Piece, ...], str], ...]
    target: tuple[str, int, int]


class RowsLine(NamedTuple):
    """One identity on every code row of the list ``host``; ``others`` are its other lists.

    For ``{row}`` ``others`` is empty; for ``{code}`` a code may stand in another list only.
    """

    rule: Rule
    expression: Expression
    host: str
    others: tuple[str, ...]


class NestedLine(NamedTuple):
    """上级 = Σ 下级 on the printed 类 and 款 rows of a list, all columns together."""

    rule: Rule
    expression: Expression
    host: str


Line = FixedLine | RowsLine | NestedLine


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

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.edition = layout.edition
        items = {t.table.id: t.codes for t in layout.tables.values() if t.table.kind == "items"}
        self.bare = Rows(layout.edition, items)

    def lines(self, rules: Iterable[Rule]) -> Iterator[Line]:
        """All lines, in the rules' order."""
        for rule in rules:
            conditions = [self._conditions(expression) for expression in rule.when]
            if any(condition is None for condition in conditions):
                continue
            for expression in rule.check:
                if not lacking(expression, self.edition) and self._is_expressible(expression):
                    found = tuple(c for c in conditions if c)
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

    def _conditions(
        self, expression: Expression
    ) -> tuple[tuple[Piece, ...], tuple[Piece, ...], str] | None:
        if expression.variables or not self._is_expressible(expression):
            return None
        left, right = self._pieces(expression.left, {}), self._pieces(expression.right, {})
        return left, right, expression.op

    def _of_expression(
        self, rule: Rule, expression: Expression, conditions: tuple[Any, ...]
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
        if not rule.when:
            yield from self._of_rows(rule, expression)

    def _of_rows(self, rule: Rule, expression: Expression) -> Iterator[Line]:
        tables = expression.tables
        lists = [t for t in tables if self.layout.tables[t].table.kind == "list"]
        if not lists or len(lists) != len(tables):
            return
        if expression.variables == ("row",) and len(lists) == 1:
            yield RowsLine(rule, expression, lists[0], ())
        elif expression.variables == ("code",):
            # The whole carries the rows: nearly every code stands there.
            side = expression.right if expression.op == "<=" else expression.left
            host = next(term.ref.table for term in side if term.ref)
            yield RowsLine(rule, expression, host, tuple(t for t in lists if t != host))
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
