"""An expression at every place of a workbook: constraints over the names of figures.

Each expression is prepared once per edition, since the same few hundred are expanded for every
workbook: what depends on the edition only is worked out then, what depends on the printed rows is
put together from the parts of the figures' names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from .applicability import lacking
from .expression import Coefficient, Constraint, Expression, Ref, Terms, all_columns
from .forms import Edition, Table
from .rows import Rows

Bound = Mapping[str, str]
"""Placeholder → its value at one place."""
Maker = Callable[[Rows, Bound], Terms | None]
"""The terms of one reference; None where a table prints no detail down to the row."""
Domain = Callable[[Rows, Bound], Sequence[str]]
"""The values of a placeholder in a workbook, those of the placeholders before it given."""


class _Cells(NamedTuple):
    """One column of a list, on the row at hand: the name is ``head``, the row, ``tail``."""

    coefficient: Coefficient
    head: str
    tail: str


class _Plan(NamedTuple):
    """An expression prepared for one edition; ``fixed`` where all workbooks have the same.

    ``domains`` are its placeholders, each with what it may stand for.

    ``row_by_row`` is the commonest kind, columns of lists compared on each row: its two sides and
    the lists that take part, each with the rows that it always has.  ``class_sums`` are the lists
    of which an identity over function classes sums the rows.  ``known`` are the constraints met so
    far that other workbooks have as well: those of a row that every list says by itself, those of a
    class with the same rows.
    """

    expression: Expression
    domains: tuple[tuple[str, Domain], ...]
    left: tuple[Maker, ...]
    right: tuple[Maker, ...]
    fixed: tuple[Constraint, ...] | None = None
    row_by_row: tuple[list[_Cells], list[_Cells], dict[str, frozenset[str]]] | None = None
    class_sums: tuple[str, ...] = ()
    known: dict[object, Constraint | None] | None = None


_PLANS: dict[tuple[str, Edition], _Plan] = {}
_MOST_KNOWN = 4096  # constraints kept of one expression


def expand(expression: Expression, rows: Rows) -> Iterable[Constraint]:
    """The constraints that an expression stands for in a workbook with these rows.

    None where the edition does not print what it speaks of (``lacking`` says what), none at a place
    where the left side names nothing (a class that is not printed), and none for a code down to
    which a table prints no detail.
    """
    key = expression.text, rows.edition
    plan = _PLANS.get(key)
    if plan is None:
        if len(_PLANS) > 2048:
            _PLANS.clear()
        plan = _PLANS[key] = _plan(expression, rows.edition)
    return _constraints(plan, rows) if plan.fixed is None else plan.fixed


def _plan(expression: Expression, edition: Edition) -> _Plan:
    if lacking(expression, edition):
        return _Plan(expression, (), (), (), fixed=())
    left, right = (
        tuple(_maker(coefficient, ref, edition) for coefficient, ref in side)
        for side in (expression.left, expression.right)
    )
    domains = tuple((v, _domain(expression, v, edition)) for v in expression.variables)
    plan = _Plan(expression, domains, left, right)
    if _is_fixed(expression, edition):
        return plan._replace(fixed=tuple(_constraints(plan, Rows(edition, {}))))
    return plan._replace(
        row_by_row=_columns(expression, edition),
        class_sums=_class_sums(expression, edition),
        known={},
    )


def _class_sums(expression: Expression, edition: Edition) -> tuple[str, ...]:
    """The lists whose rows an identity of forms' lines over the classes sums; none if it is no such."""
    if expression.variables != ("class",):
        return ()
    lists = []
    for _, ref in expression.left + expression.right:
        if ref is None or ref.kind == "fact" or ref.prefix:
            return ()
        kind = edition.by_id[ref.table].kind
        if kind == "list" and ref.kind == "cover" and ref.row == "{class}":
            lists.append(ref.table)
        elif kind != "form":
            return ()
    return tuple(lists)


def _columns(
    expression: Expression, edition: Edition
) -> tuple[list[_Cells], list[_Cells], dict[str, frozenset[str]]] | None:
    if expression.variables not in (("row",), ("code",)):
        return None
    row = "{" + expression.variables[0] + "}"
    lists: dict[str, frozenset[str]] = {}
    sides: list[list[_Cells]] = []
    for side in (expression.left, expression.right):
        cells: list[_Cells] = []
        for coefficient, ref in side:
            if ref is None or ref.kind != "one" or ref.prefix or ref.row != row:
                return None
            table = edition.by_id[ref.table]
            if table.kind != "list":
                return None
            lists[ref.table] = frozenset(table.fixed_rows)
            cells.append(_Cells(coefficient, f"{ref.table}.", f".{ref.column}"))
        sides.append(cells)
    return sides[0], sides[1], lists


def _is_fixed(expression: Expression, edition: Edition) -> bool:
    """Whether the constraints are the same in every workbook of the edition."""
    for term in expression.left + expression.right:
        ref = term.ref
        if ref is None or ref.kind == "fact":
            continue
        if ref.kind in ("children", "cover"):
            return False
        table = edition.by_id[ref.table]
        if table.kind == "list" and ref.row not in table.fixed_rows:
            return False
    return True


def _constraints(plan: _Plan, rows: Rows) -> Iterator[Constraint]:
    if plan.row_by_row:
        yield from _row_by_row(plan, rows)
        return
    if plan.class_sums:
        yield from _class_by_class(plan, rows)
        return
    for bound in _bindings(plan.domains, rows, {}):
        found = _constraint(plan, rows, bound)
        if found:
            yield found


def _constraint(plan: _Plan, rows: Rows, bound: Bound) -> Constraint | None:
    left = _terms(plan.left, rows, bound)
    right = _terms(plan.right, rows, bound) if left else None
    if not left or right is None:
        return None
    return Constraint(".".join(bound.values()), plan.expression.op, left, right)


def _known(plan: _Plan) -> dict[object, Constraint | None]:
    assert plan.known is not None
    if len(plan.known) > _MOST_KNOWN:
        plan.known.clear()
    return plan.known


def _class_by_class(plan: _Plan, rows: Rows) -> Iterator[Constraint]:
    known = _known(plan)
    for code in rows.edition.classes:
        key = code, *[rows.cover(table, code) for table in plan.class_sums]
        if key in known:
            found = known[key]
        else:
            found = known[key] = _constraint(plan, rows, {"class": code})
        if found:
            yield found


def _row_by_row(plan: _Plan, rows: Rows) -> Iterator[Constraint]:
    assert plan.row_by_row
    left_cells, right_cells, lists = plan.row_by_row
    ((variable, domain_of),) = plan.domains
    domain = domain_of(rows, {})
    # A list of nothing but 项 says of a 项 that it does not print: nothing there.
    items = frozenset(row for row in domain if len(row) == 7)
    named = [
        rows.printed(table) | always | (frozenset() if rows.prints_levels(table) else items)
        for table, always in lists.items()
    ]
    by_itself = named[0].intersection(*named[1:])
    known = _known(plan)
    for row in domain:
        if row in by_itself:
            found = known.get(row)
            if found is None:
                found = known[row] = Constraint(
                    row,
                    plan.expression.op,
                    tuple([(c, head + row + tail) for c, head, tail in left_cells]),
                    tuple([(c, head + row + tail) for c, head, tail in right_cells]),
                )
        else:
            found = _constraint(plan, rows, {variable: row})
        if found:
            yield found


def _terms(makers: Sequence[Maker], rows: Rows, bound: Bound) -> Terms | None:
    if len(makers) == 1:
        return makers[0](rows, bound)
    terms: Terms = ()
    for maker in makers:
        found = maker(rows, bound)
        if found is None:
            return None
        terms += found
    return terms


# ---------------------------------------------------------------- where an expression applies


def _bindings(domains: Sequence[tuple[str, Domain]], rows: Rows, bound: Bound) -> Iterator[Bound]:
    """The values of the placeholders at every place, the first placeholder varying slowest."""
    if not domains:
        yield bound
        return
    (variable, domain), *others = domains
    for value in domain(rows, bound):
        found = {**bound, variable: value}
        if others:
            yield from _bindings(others, rows, found)
        else:
            yield found


def _domain(expression: Expression, variable: str, edition: Edition) -> Domain:
    mark = "{" + variable + "}"
    refs = [t.ref for t in expression.left + expression.right if t.ref]
    using = [r for r in refs if mark in r.row or mark in r.column]
    table = edition.by_id[using[0].table]
    table_id = table.id
    if variable == "class":
        return lambda rows, bound: edition.classes  # noqa: ARG005
    if variable == "group":
        printed = [code for stack in table.stacks for code in stack.codes]
        return lambda rows, bound: [  # noqa: ARG005
            c for c in dict.fromkeys((*printed, *rows.codes.get(table_id, ()))) if len(c) == 3
        ]
    if variable == "parent":
        return lambda rows, bound: list(rows.children(table_id))  # noqa: ARG005
    if variable == "code":
        tables = tuple(dict.fromkeys(r.table for r in using))
        return lambda rows, bound: rows.of_any(tables)  # noqa: ARG005
    if variable == "row":
        columns = {r.column for r in using if r.table == table_id and "{" not in r.column}
        fixed = tuple(row for row in table.fixed_rows if columns <= set(table.column_ids(row)))
        return lambda rows, bound: (*fixed, *rows.codes.get(table_id, ()))  # noqa: ARG005
    return _columns_at(using[0], table, edition)


def _columns_at(ref: Ref, table: Table, edition: Edition) -> Domain:
    """The amount columns of the row that a reference names."""
    if ref.kind != "one" or table.kind == "list":
        columns = all_columns(table)
        return lambda rows, bound: columns  # noqa: ARG005
    row_of, line_of = _filled_in(ref.row), edition.row_of_class.get(table.id, {})

    def columns_of(rows: Rows, bound: Bound) -> Sequence[str]:  # noqa: ARG001
        row = row_of(bound)
        return table.column_ids(line_of.get(row, row))

    return columns_of


# ---------------------------------------------------------------- references


def _maker(coefficient: Coefficient, ref: Ref | None, edition: Edition) -> Maker:
    if ref is None or ref.kind == "fact":
        return _always(((coefficient, ref.column if ref else ""),))
    table = edition.by_id[ref.table]
    if table.kind == "list" and ref.kind == "one":
        return _of_list(coefficient, ref, table)
    if table.kind == "list" and ref.kind != "range":
        return _of_rows_below(coefficient, ref)
    if table.kind == "items" and ref.kind != "one":
        return _of_items(coefficient, ref, table)
    return _of_form(coefficient, ref, table, edition)


def _always(terms: Terms) -> Maker:
    return lambda rows, bound: terms  # noqa: ARG005


def _filled_in(text: str) -> Callable[[Bound], str]:
    """A row or column as written, with its placeholders' values put in."""
    if "{" not in text:
        return lambda bound: text  # noqa: ARG005
    name = text[1:-1]
    if text == "{" + name + "}" and "{" not in name:
        return lambda bound: bound[name]
    return text.format_map


def _of_list(coefficient: Coefficient, ref: Ref, table: Table) -> Maker:
    """One row of a list: stated by the row itself, or by the rows below it."""
    row_of, column_of = _filled_in(ref.row), _filled_in(ref.column)
    table_id, head = ref.table, f"{ref.prefix}{ref.table}."
    always_itself = frozenset(table.fixed_rows)
    is_other_year = bool(ref.prefix)

    def terms(rows: Rows, bound: Bound) -> Terms | None:
        row, column = row_of(bound), column_of(bound)
        if row in rows.printed(table_id) or is_other_year or row in always_itself:
            return ((coefficient, f"{head}{row}.{column}"),)
        stating = rows.stating(table_id, row)
        if stating is None:
            return None
        return tuple((coefficient, f"{head}{code}.{column}") for code in stating or (row,))

    return terms


def _of_rows_below(coefficient: Coefficient, ref: Ref) -> Maker:
    """The rows directly below one, or the topmost ones of a class."""
    row_of, column_of = _filled_in(ref.row), _filled_in(ref.column)
    table_id, head = ref.table, f"{ref.prefix}{ref.table}."
    is_children = ref.kind == "children"

    def terms(rows: Rows, bound: Bound) -> Terms:
        row = row_of(bound)
        found: Sequence[str]
        found = rows.children(table_id).get(row, ()) if is_children else rows.cover(table_id, row)
        if not found:
            return ()
        tail = f".{column_of(bound)}"
        return tuple([(coefficient, head + code + tail) for code in found])

    return terms


def _of_items(coefficient: Coefficient, ref: Ref, table: Table) -> Maker:
    """The 款 of a group of 06: those that the form prints, and those that the workbook adds."""
    row_of, column_of = _filled_in(ref.row), _filled_in(ref.column)
    table_id, head = ref.table, f"{ref.prefix}{ref.table}."
    printed = dict.fromkeys(code for stack in table.stacks for code in stack.codes)

    @lru_cache(maxsize=256)
    def below(row: str, column: str, codes: tuple[str, ...]) -> Terms:
        return tuple(
            (coefficient, f"{head}{code}.{column}")
            for code in {**printed, **dict.fromkeys(codes)}
            if code.startswith(row) and code != row
        )

    def terms(rows: Rows, bound: Bound) -> Terms:
        return below(row_of(bound), column_of(bound), rows.codes.get(table_id, ()))

    return terms


def _of_form(coefficient: Coefficient, ref: Ref, table: Table, edition: Edition) -> Maker:
    """Fixed lines: the same in every workbook, so each place is worked out once."""
    row_of, column_of = _filled_in(ref.row), _filled_in(ref.column)
    known: dict[tuple[str, str], Terms] = {}

    def terms(rows: Rows, bound: Bound) -> Terms:  # noqa: ARG001
        place = row_of(bound), column_of(bound)
        found = known.get(place)
        if found is None:
            names = _form_names(ref, table, edition, *place)
            found = known[place] = tuple((coefficient, name) for name in names)
        return found

    return terms


def _form_names(ref: Ref, table: Table, edition: Edition, row: str, column: str) -> list[str]:
    head = f"{ref.prefix}{ref.table}."
    if ref.kind == "range":
        first, last = int(ref.row), int(ref.last)
        return [
            f"{head}{line}.{column}"
            for line in table.fixed_rows
            if first <= int(line) <= last and column in table.column_ids(line)
        ]
    if table.kind == "form":
        row = edition.row_of_class[ref.table].get(row, row)
        if f"{ref.table}.{row}.{column}" not in edition.fixed_names:
            return []
    return [f"{head}{row}.{column}"]
