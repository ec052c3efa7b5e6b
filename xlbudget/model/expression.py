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
``{group}``   every 类 (three digits) of 06, those that the form does not print too
``{parent}``  ``total`` and every code that has rows below it
``{column}``  every amount column

``X/*`` are the rows directly below X, ``208*`` the topmost rows whose code starts with 208; both
inside ``sum``.  Prefixes: ``LAST.`` last year's figure, ``BUDGET.`` 年初预算; ``FACT.x`` an entry of
补充资料.  Operators ``=``, ``<=``, ``>=``.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from .forms import Edition, Table

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


class Ref(NamedTuple):
    """A reference as written: prefix (LAST., BUDGET.), table, row pattern, column."""

    prefix: str
    table: str
    kind: str  # one | children | cover | range | fact
    row: str
    last: str
    column: str


class _Term(NamedTuple):
    coefficient: Coefficient
    ref: Ref | None  # None: a constant in the workbook's unit


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


def _reference(text: str) -> Ref:
    if "FACT." in text:
        return Ref("", "", "fact", "", "", text)
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
        return Ref(prefix, table, "children", match["parent"], "", column)
    if match["first"]:
        return Ref(prefix, table, "range", match["first"], match["last"], column)
    if match["one"]:
        return Ref(prefix, table, "one", match["one"], "", column)
    return Ref(prefix, table, "cover", match["prefix"], "", column)


def _number(text: str) -> Coefficient:
    if text.isdigit():
        return int(text)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def _whole(value: Coefficient) -> Coefficient:
    return value.numerator if value.denominator == 1 else value


@lru_cache(maxsize=512)
def parse(text: str) -> Expression:
    """Parse one relation.  Raises ExpressionError with a Chinese sentence."""
    source = text.translate(_CHINESE).replace("≤", "<=").replace("≥", ">=").replace("合计(", "sum(")
    position = 0
    sides: list[list[_Term]] = [[]]
    op = ""
    sign: int | None = 1
    factor: Coefficient = 1
    pending = False  # a number that has not yet met its reference
    in_sum = False

    def close_number() -> None:
        nonlocal pending, factor, sign
        if pending:
            sides[-1].append(_Term(_whole((sign or 1) * factor), None))
        pending, factor, sign = False, 1, None

    while source[position:].strip():
        match = _TOKEN.match(source, position)
        if match is None:
            raise ExpressionError(
                f"第{position + 1}个字起看不懂：“{source[position : position + 12].strip()}”"
            )
        position = match.end()
        kind = match.lastgroup or ""
        word = match[kind]
        if kind == "op":
            if op:
                raise ExpressionError("一条公式只能有一个等号或不等号")
            close_number()
            op, sign = word.replace("==", "="), 1
            sides.append([])
        elif kind == "sign":
            close_number()
            sign = 1 if word == "+" else -1
        elif kind == "number":
            if sign is None:
                raise ExpressionError(f"“{word}”前面少了加号、减号或乘号")
            factor *= _number(word)
            pending = True
        elif kind == "times":
            if not pending:
                raise ExpressionError("乘号前面要有一个数")
        elif kind == "sum":
            in_sum = True
        elif kind == "close":
            if not in_sum:
                raise ExpressionError("多了一个右括号")
            in_sum = False
        else:
            if sign is None:
                raise ExpressionError(f"“{word}”前面少了加号或减号")
            ref = _reference(word)
            if ref.kind in ("range", "children", "cover") and not in_sum:
                raise ExpressionError(f"“{word}”是多行，要写在 sum( ) 里")
            sides[-1].append(_Term(_whole(sign * factor), ref))
            sign, factor, pending = None, 1, False
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
        if "{" not in ref.column and ref.column not in all_columns(table):
            raise ExpressionError(
                f"{ref.table} 没有“{ref.column}”这一列，有的是：{'、'.join(all_columns(table))}"
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


def all_columns(table: Table) -> tuple[str, ...]:
    columns = table.columns or tuple(column for side in table.sides for column in side.columns)
    return tuple(dict.fromkeys(c.id for c in columns)) or ("amount",)
