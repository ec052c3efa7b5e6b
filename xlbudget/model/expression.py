"""The language in which rules state identities, and what an identity is once rows are known.

    T01.27.amount = sum(T01.1:8.amount)                本年收入合计 = 八项收入之和
    T03.{row}.total = T03.{row}.basic + …              on every row, 合计 included
    T03.{parent}.{column} = sum(T03.{parent}/*.{column})   合计=Σ类, 类=Σ款, 款=Σ项, as printed
    T01.{class}.amount = sum(T03.{class}*.total)       a function class = its rows in 03
    T06.30299.amount <= 30% * T06.302.amount           a threshold

Rows: a line number, a code, ``total``, a range ``1:8`` (in ``sum`` only), a class code in 01 and 04
(it stands for that class's line), or a placeholder:

``{row}``     every row of the table (of the first table that uses it)
``{code}``    every 科目代码 that any table of the expression prints; a table that prints only
              rows below it stands there with their sum, and where one prints no detail down to
              it there is nothing to compare
``{class}``   every function class of the edition
``{group}``   every 类 (three digits) of 06
``{parent}``  ``total`` and every code that has rows below it
``{column}``  every amount column

``X/*`` are the rows directly below X, ``208*`` the topmost rows whose code starts with 208; both
inside ``sum``.  Prefixes: ``LAST.`` last year's figure, ``BUDGET.`` 年初预算; ``FACT.x`` an entry of
补充资料.  Operators ``=``, ``<=``, ``>=``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from .forms import Edition, Table
from .rows import Rows

_CHINESE = str.maketrans("＝＋－（）．＊×：％｛｝，", "=+-().**:%{},")
_TOKEN = re.compile(
    r"\s*(?:(?P<op>>=|<=|==|=)"
    r"|(?P<sum>sum\()"
    r"|(?P<ref>(?:LAST\.|BUDGET\.)?T\d\d\.[\w{}/*:]+\.[\w{}]+|(?:LAST\.)?FACT(?:\.[\w]+)+)"
    r"|(?P<number>\d+(?:\.\d+)?%?)"
    r"|(?P<sign>[-+])|(?P<times>\*)|(?P<close>\)))"
)
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ROWS = re.compile(
    r"(?P<parent>[\w{}]+)/\*|(?P<prefix>[\w{}]*)\*|(?P<first>\d+):(?P<last>\d+)|(?P<one>[\w{}]+)"
)
PLACEHOLDERS = ("row", "code", "class", "group", "parent", "column")

Coefficient = int | Fraction
Terms = tuple[tuple[Coefficient, str], ...]


class ExpressionError(ValueError):
    """An expression that cannot be read; the message says in Chinese what and where."""


class Constraint(NamedTuple):
    """One identity at one place: Σ left (``=`` or ``<=``) Σ right, over names of figures.

    A term is (coefficient, figure name); the name ``""`` stands for the constant 1 of the workbook's unit.
    """

    place: str
    op: str
    left: Terms
    right: Terms


class _Ref(NamedTuple):
    """A reference as written: prefix (LAST., BUDGET.), table, row pattern, column."""

    prefix: str
    table: str
    kind: str  # one | children | cover | range | fact
    row: str
    last: str
    column: str


class _Term(NamedTuple):
    coefficient: Coefficient
    ref: _Ref | None  # None: a constant in the workbook's unit


class Expression(NamedTuple):
    """A parsed relation; ``variables`` are its placeholders in order of appearance."""

    text: str
    op: str
    left: tuple[_Term, ...]
    right: tuple[_Term, ...]
    variables: tuple[str, ...]

    def __hash__(self) -> int:
        return hash(self.text)  # the rest follows from it

    @property
    def tables(self) -> tuple[str, ...]:
        """Ids of this year's tables that take part, in order of appearance."""
        refs = (term.ref for term in self.left + self.right)
        return tuple(dict.fromkeys(r.table for r in refs if r and r.table and not r.prefix))


def _reference(text: str) -> _Ref:
    if "FACT." in text:
        return _Ref("", "", "fact", "", "", text)
    prefix = ""
    for known in ("LAST.", "BUDGET."):
        if text.startswith(known):
            prefix, text = known, text[len(known) :]
    table, row, column = text.split(".")
    match = _ROWS.fullmatch(row)
    if match is None:
        raise ExpressionError(f"“{text}”里的行“{row}”看不懂")
    for name in _PLACEHOLDER.findall(row + column):
        if name not in PLACEHOLDERS:
            raise ExpressionError(
                f"“{{{name}}}”不是可用的代号，可用的有：{'、'.join(PLACEHOLDERS)}"
            )
    if match["parent"]:
        return _Ref(prefix, table, "children", match["parent"], "", column)
    if match["first"]:
        return _Ref(prefix, table, "range", match["first"], match["last"], column)
    if match["one"]:
        return _Ref(prefix, table, "one", match["one"], "", column)
    return _Ref(prefix, table, "cover", match["prefix"], "", column)


def _number(text: str) -> Fraction:
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def _whole(value: Fraction) -> Coefficient:
    return value.numerator if value.denominator == 1 else value


@lru_cache(maxsize=512)
def parse(text: str) -> Expression:
    """Parse one relation.  Raises ExpressionError with a Chinese sentence."""
    source = text.translate(_CHINESE).replace("≤", "<=").replace("≥", ">=").replace("合计(", "sum(")
    position = 0
    sides: list[list[_Term]] = [[]]
    op = ""
    sign: Fraction | None = Fraction(1)
    factor = Fraction(1)
    pending = False  # a number that has not yet met its reference
    in_sum = False

    def close_number() -> None:
        nonlocal pending, factor, sign
        if pending:
            sides[-1].append(_Term(_whole((sign or Fraction(1)) * factor), None))
        pending, factor, sign = False, Fraction(1), None

    while source[position:].strip():
        match = _TOKEN.match(source, position)
        if match is None:
            raise ExpressionError(
                f"第{position + 1}个字起看不懂：“{source[position : position + 12].strip()}”"
            )
        position = match.end()
        if match["op"]:
            if op:
                raise ExpressionError("一条公式只能有一个等号或不等号")
            close_number()
            op, sign = match["op"].replace("==", "="), Fraction(1)
            sides.append([])
        elif match["sign"]:
            close_number()
            sign = Fraction(1 if match["sign"] == "+" else -1)
        elif match["number"]:
            if sign is None:
                raise ExpressionError(f"“{match['number']}”前面少了加号、减号或乘号")
            factor *= _number(match["number"])
            pending = True
        elif match["times"]:
            if not pending:
                raise ExpressionError("乘号前面要有一个数")
        elif match["sum"]:
            in_sum = True
        elif match["close"]:
            if not in_sum:
                raise ExpressionError("多了一个右括号")
            in_sum = False
        else:
            if sign is None:
                raise ExpressionError(f"“{match['ref']}”前面少了加号或减号")
            ref = _reference(match["ref"])
            if ref.kind in ("range", "children", "cover") and not in_sum:
                raise ExpressionError(f"“{match['ref']}”是多行，要写在 sum( ) 里")
            sides[-1].append(_Term(_whole(sign * factor), ref))
            sign, factor, pending = None, Fraction(1), False
    close_number()
    if in_sum:
        raise ExpressionError("少了一个右括号")
    if len(sides) != 2 or not sides[0] or not sides[1]:
        raise ExpressionError("要写成“左边 = 右边”或“左边 <= 右边”的样子")
    left, right = sides
    if op == ">=":
        left, right, op = right, left, "<="
    names = (
        n for t in left + right if t.ref for n in _PLACEHOLDER.findall(t.ref.row + t.ref.column)
    )
    return Expression(text, op, tuple(left), tuple(right), tuple(dict.fromkeys(names)))


def check_names(expression: Expression, edition: Edition) -> None:
    """Raise ExpressionError where a fixed part of the expression names nothing in the edition.

    A line that only other editions print (a class, 债务还本支出) is no error; a table, a column or
    a row that no national form knows is.
    """
    for term in expression.left + expression.right:
        ref = term.ref
        if ref is None or ref.kind == "fact":
            continue
        table = edition.by_id.get(ref.table)
        if table is None:
            raise ExpressionError(f"没有“{ref.table}”这张表")
        if "{" not in ref.column and ref.column not in _all_columns(table):
            raise ExpressionError(
                f"{ref.table} 没有“{ref.column}”这一列，有的是：{'、'.join(_all_columns(table))}"
            )
        if ref.kind != "one" or "{" in ref.row:
            continue
        if table.kind == "form" and not ref.row.isdigit():
            raise ExpressionError(f"{ref.table} 没有“{ref.row}”这一行")
        if table.kind == "row" and ref.row not in table.fixed_rows:
            raise ExpressionError(f"{ref.table} 没有“{ref.row}”这一行，有的是：budget、actual")
        if table.kind in ("list", "items") and not (
            ref.row in table.fixed_rows or re.fullmatch(r"\d{3}(\d\d){0,2}", ref.row)
        ):
            raise ExpressionError(f"{ref.table} 没有“{ref.row}”这一行")


def _all_columns(table: Table) -> tuple[str, ...]:
    columns = table.columns or tuple(column for side in table.sides for column in side.columns)
    return tuple(dict.fromkeys(c.id for c in columns)) or ("amount",)


def _domain(
    expression: Expression, variable: str, rows: Rows, bound: dict[str, str]
) -> Sequence[str]:
    mark = "{" + variable + "}"
    refs = [t.ref for t in expression.left + expression.right if t.ref]
    using = [r for r in refs if mark in r.row or mark in r.column]
    table = rows.edition.by_id[using[0].table]
    if variable == "class":
        return rows.edition.classes
    if variable == "group":
        return [code for stack in table.stacks for code in stack.codes if len(code) == 3]
    if variable == "parent":
        return list(rows.children(table.id))
    if variable == "code":
        tables = dict.fromkeys(r.table for r in using)
        found = dict.fromkeys(code for t in tables for code in rows.codes.get(t, ()))
        return sorted(found)
    if variable == "row":
        columns = {r.column for r in using if r.table == table.id and "{" not in r.column}
        fixed = [row for row in table.fixed_rows if columns <= set(table.column_ids(row))]
        return [*fixed, *rows.codes.get(table.id, ())]
    row = using[0].row.format_map(bound) if using[0].kind == "one" else ""
    if not row or table.kind == "list":
        return _all_columns(table)
    return table.column_ids(rows.edition.row_of_class.get(table.id, {}).get(row, row))


def _names(ref: _Ref, rows: Rows, bound: dict[str, str]) -> list[str] | None:
    """Names of the figures that a reference stands for, given the placeholders' values.

    None where a list table prints no detail down to the row, so that nothing can be compared.
    """
    edition = rows.edition
    if ref.kind == "fact":
        return [ref.column]
    column = ref.column.format_map(bound) if "{" in ref.column else ref.column
    row = ref.row.format_map(bound) if "{" in ref.row else ref.row
    head = f"{ref.prefix}{ref.table}."
    table = edition.by_id[ref.table]
    if ref.kind == "one":
        if table.kind == "form":
            row = edition.row_of_class[ref.table].get(row, row)
            if f"{ref.table}.{row}.{column}" not in edition.fixed_names:
                return []
        elif table.kind == "list" and not ref.prefix and row not in rows.printed(ref.table):
            stated = () if row in table.fixed_rows else rows.stating(ref.table, row)
            if stated is None:
                return None
            if stated:
                return [f"{head}{code}.{column}" for code in stated]
        return [f"{head}{row}.{column}"]
    if ref.kind == "range":
        first, last = int(ref.row), int(ref.last)
        return [
            f"{head}{line}.{column}"
            for line in table.fixed_rows
            if first <= int(line) <= last and column in table.column_ids(line)
        ]
    if table.kind == "items":
        codes = [c for stack in table.stacks for c in stack.codes if c.startswith(row) and c != row]
        extra = [
            c
            for c in rows.codes.get(table.id, ())
            if c.startswith(row) and c not in codes and c != row
        ]
        return [f"{head}{code}.{column}" for code in (*codes, *extra)]
    if ref.kind == "children":
        found: Sequence[str] = rows.children(ref.table).get(row, ())
    else:
        found = rows.cover(ref.table, row)
    return [f"{head}{code}.{column}" for code in found]


def _terms(side: Sequence[_Term], rows: Rows, bound: dict[str, str]) -> Terms | None:
    terms: list[tuple[Coefficient, str]] = []
    for coefficient, ref in side:
        if ref is None:
            terms.append((coefficient, ""))
        elif ref.kind == "fact":
            terms.append((coefficient, ref.column))
        else:
            names = _names(ref, rows, bound)
            if names is None:
                return None
            terms.extend((coefficient, name) for name in names)
    return tuple(terms)


def _bindings(expression: Expression, rows: Rows) -> Iterator[dict[str, str]]:
    def bind(index: int, bound: dict[str, str]) -> Iterator[dict[str, str]]:
        if index == len(expression.variables):
            yield bound
            return
        variable = expression.variables[index]
        for value in _domain(expression, variable, rows, bound):
            yield from bind(index + 1, {**bound, variable: value})

    yield from bind(0, {})


_Columns = tuple[list[tuple[Coefficient, str, str]], ...]


@lru_cache(maxsize=1024)
def _row_by_row(
    expression: Expression, edition: Edition
) -> tuple[_Columns, dict[str, frozenset[str]]] | None:
    """The commonest kind of relation, columns of lists on each row, ready to be put together.

    For either side coefficient and what stands before and after the row in each name; the lists
    that take part, each with the rows that it always has.  None for any other kind.
    """
    if expression.variables not in (("row",), ("code",)):
        return None
    lists: dict[str, frozenset[str]] = {}
    sides: list[list[tuple[Coefficient, str, str]]] = []
    for side in (expression.left, expression.right):
        sides.append([])
        for coefficient, ref in side:
            if ref is None or ref.kind != "one" or ref.prefix or "{" in ref.column:
                return None
            table = edition.by_id[ref.table]
            if table.kind != "list" or ref.row != "{" + expression.variables[0] + "}":
                return None
            lists[ref.table] = frozenset(table.fixed_rows)
            sides[-1].append((coefficient, f"{ref.table}.", f".{ref.column}"))
    return tuple(sides), lists


def expand(expression: Expression, rows: Rows) -> Iterable[Constraint]:
    """The constraints that an expression stands for in a workbook with these rows.

    A place where the left side names nothing in this edition (a class that it does not print)
    gives no constraint, and neither does a code down to which a table prints no detail.
    """
    if _is_fixed(expression, rows.edition):
        return _fixed_constraints(expression, rows.edition)
    return _constraints(expression, rows)


@lru_cache(maxsize=1024)
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


@lru_cache(maxsize=1024)
def _fixed_constraints(expression: Expression, edition: Edition) -> tuple[Constraint, ...]:
    return tuple(_constraints(expression, Rows(edition, {})))


def _constraints(expression: Expression, rows: Rows) -> Iterator[Constraint]:
    everywhere: frozenset[str] = frozenset()
    quick = _row_by_row(expression, rows.edition)
    if quick:
        (lefts, rights), lists = quick
        everywhere = frozenset.intersection(
            *(always.union(rows.codes.get(table, ())) for table, always in lists.items())
        )
    for bound in _bindings(expression, rows):
        if everywhere and (row := next(iter(bound.values()))) in everywhere:
            yield Constraint(
                row,
                expression.op,
                tuple([(c, head + row + tail) for c, head, tail in lefts]),
                tuple([(c, head + row + tail) for c, head, tail in rights]),
            )
            continue
        left = _terms(expression.left, rows, bound)
        if not left:
            continue
        right = _terms(expression.right, rows, bound)
        if right is None:
            continue
        yield Constraint(".".join(bound.values()), expression.op, left, right)
