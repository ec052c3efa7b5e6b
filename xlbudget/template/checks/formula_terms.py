"""Terms of an identity as pieces of an Excel formula.

Only functions of Excel 2010, so that the checks live in WPS and LibreOffice as well.  A piece knows
its sum, how many of its cells count for the tolerance (not zero, and printed with no more than two
decimals), how many are not zero, and how many hold text that is no amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, Protocol

from xlbudget.model.addresses import parse_address
from xlbudget.model.layout import Area

TOP = "顶"
"""Marks in a list's key column the rows that have no printed row above them."""
AGAIN = "重"
"""Stands before the key of a row whose code has another row: its amounts are not counted."""

Coefficient = int | Fraction


class Part(Protocol):
    """A piece of one side: formulas (without the equals sign) for what a check asks."""

    def total(self) -> str: ...

    def nonzero(self) -> str: ...

    def counted(self) -> str: ...

    def texts(self) -> str: ...


def short_decimals(cells: str) -> str:
    """Condition: not zero and no more than two decimals (a finer amount is exact).

    TEXT compares without failing on a stray text, as ROUND would.
    """
    return f'({cells}<>0)*(TEXT({cells},"0.000000")=TEXT({cells},"0.00")&"0000")'


class CellsPart(NamedTuple):
    """Fixed cells, as few rectangles."""

    areas: tuple[str, ...]

    def total(self) -> str:
        return f"SUM({','.join(self.areas)})"

    def nonzero(self) -> str:
        return f"SUMSQ({','.join(self.areas)})"

    def counted(self) -> str:
        return "+".join(f"SUMPRODUCT({short_decimals(a)})" for a in self.areas)

    def texts(self) -> str:
        # Not COUNTIF(…,"?*"): LibreOffice lets the pattern match numbers too.
        size, _, blanks = self.filled().partition("-")
        return f"{size}-COUNT({','.join(self.areas)})-{blanks}"

    def filled(self) -> str:
        """How many cells hold a number or a text that is no amount."""
        blanks = "".join(f"-COUNTBLANK({a})-SUMPRODUCT(COUNTIF({a},dashes))" for a in self.areas)
        return f"{sum(map(_size_of, self.areas))}{blanks}"


class MatchedPart(NamedTuple):
    """The amounts beside keys that match a pattern: a class of a list, a group of 06.

    ``blocks`` are (keys, amounts) ranges, ``pattern`` is for SUMIF, ``condition`` the same as an
    array condition with ``{keys}`` in it.  ``keyed``: the keys are a list's key column.
    """

    blocks: tuple[tuple[str, str], ...]
    pattern: str
    condition: str
    keyed: bool = False

    def total(self) -> str:
        return "+".join(f"SUMIF({k},{self.pattern},{a})" for k, a in self.blocks)

    def nonzero(self) -> str:
        return "+".join(
            f'COUNTIFS({k},{self.pattern},{a},">0")+COUNTIFS({k},{self.pattern},{a},"<0")'
            for k, a in self.blocks
        )

    def counted(self) -> str:
        return "+".join(
            f"SUMPRODUCT({self.condition.format(keys=k)}*{short_decimals(a)})"
            for k, a in self.blocks
        )

    def texts(self) -> str:
        found = "+".join(
            f'SUMPRODUCT({self.condition.format(keys=k)}*ISTEXT({a})*({a}<>""))'
            f"-SUMPRODUCT(COUNTIFS({k},{self.pattern},{a},dashes))"
            for k, a in self.blocks
        )
        if self.keyed:
            found += f'+COUNTIF({self.blocks[0][0]},"{AGAIN}{self.pattern[1:]})'
        return found


class CodePart(NamedTuple):
    """The amount of one code in a list; ``code`` is a cell, a quoted code or, in ``_elsewhere``, a range.

    A list that does not print the code may print rows below it, and then stands for it with their
    sum (``model.rows``): under a 类 the rows whose key is 顶 and that 类, under a 款 its 项.
    """

    codes: str
    keys: str
    amounts: str
    code: str

    @property
    def _is_item(self) -> bool:
        return self.code.startswith('"') and len(self.code) == 9

    def _chosen(self, formula: str) -> str:
        """``formula`` over the rows that state the code.

        Its fields: ``{range}`` and ``{pattern}`` for functions of the COUNTIF family, ``{rows}``
        the same as an array condition.
        """
        code = self.code
        own = formula.format(
            range=self.codes,
            pattern=code,
            rows=f'({self.codes}&""={code}&"")',
            amounts=self.amounts,
        )
        if self._is_item:
            return own
        class_ = formula.format(
            range=self.keys,
            pattern=f'"{TOP}"&{code}',
            rows=f'({self.keys}="{TOP}"&{code})',
            amounts=self.amounts,
        )
        group = formula.format(
            range=self.codes,
            pattern=f'{code}&"??"',
            rows=f'(LEFT({self.codes},5)={code}&"")',
            amounts=self.amounts,
        )
        plain = f"OR(LEN({code})>5,COUNTIF({self.codes},{code})>0)"
        return f"IF({plain},{own},IF(LEN({code})<5,{class_},{group}))"

    def total(self) -> str:
        return self._chosen("SUMIF({range},{pattern},{amounts})")

    def nonzero(self) -> str:
        return self._chosen(
            'COUNTIFS({range},{pattern},{amounts},">0")+COUNTIFS({range},{pattern},{amounts},"<0")'
        )

    def counted(self) -> str:
        return self._chosen(f"SUMPRODUCT({{rows}}*{short_decimals('{amounts}')})")

    def texts(self) -> str:
        """Texts that are no amount, and rows that share their code with another row."""
        return (
            self._chosen(
                'SUMPRODUCT({rows}*ISTEXT({amounts})*({amounts}<>""))'
                "-SUMPRODUCT(COUNTIFS({range},{pattern},{amounts},dashes))"
            )
            + "+"
            + self.doubled()
        )

    def doubled(self) -> str:
        """Above zero where one of the rows that state the code is not the only one of its code."""
        return self._chosen(f'COUNTIFS({{range}},{{pattern}},{self.keys},"{AGAIN}*")')

    def coarse(self) -> str:
        """Above zero where the list prints a row above the code and nothing below that: it may
        contain the code, and there is nothing to compare."""
        parts = []
        for length, longer in ((5, 6), (3, 4)):
            above = f"LEFT({self.code},{length})"
            bare = f"(COUNTIF({self.codes},{above})>0)*(COUNTIF({self.keys},{above})=0)"
            bare += f'*(COUNTIF({self.keys},"{AGAIN}"&{above})=0)'
            nearest = "" if length == 5 else f"*(COUNTIF({self.codes},LEFT({self.code},5))=0)"
            parts.append(f"(LEN({self.code})>={longer})*{bare}{nearest}")
        return f"(COUNTIF({self.codes},{self.code})=0)*({'+'.join(parts)})"


class ManyCodes(NamedTuple):
    """``CodePart`` for a whole list of codes at once, as an array inside SUMPRODUCT.

    The formulas stand in defined names (``formulas``): spelled out, three lists of codes would not
    fit into a cell.  IF is no array there, so the cases are added up.  An amount with more than two
    decimals counts as rounded here.
    """

    part: CodePart

    @property
    def codes(self) -> str:
        return self.part.codes

    def _name(self, what: str) -> str:
        by = self.part.code.removeprefix("codes_")
        of = self.part.amounts if what in ("sum", "some") else self.part.codes
        return f"{what}_{of.removeprefix('list_').removeprefix('codes_')}_by_{by}"

    def _added(self, formula: str) -> str:
        codes, keys, amounts, code = self.part
        own = formula.format(range=codes, pattern=code, amounts=amounts)
        class_ = formula.format(range=keys, pattern=f'"{TOP}"&{code}', amounts=amounts)
        group = formula.format(range=codes, pattern=f'{code}&"??"', amounts=amounts)
        return (
            f"{own}+(COUNTIF({codes},{code})=0)"
            f"*((LEN({code})=3)*({class_})+(LEN({code})=5)*({group}))"
        )

    def formulas(self) -> dict[str, str]:
        """Defined name → formula."""
        some = (
            'COUNTIFS({range},{pattern},{amounts},">0")+COUNTIFS({range},{pattern},{amounts},"<0")'
        )
        again = f'COUNTIFS({{range}},{{pattern}},{self.part.keys},"{AGAIN}*")'
        return {
            self._name("sum"): self._added("SUMIF({range},{pattern},{amounts})"),
            self._name("some"): self._added(some),
            self._name("unclear"): f"{self._added(again)}+{self.part.coarse()}",
        }

    def total(self) -> str:
        return self._name("sum")

    def nonzero(self) -> str:
        return self._name("some")

    def counted(self) -> str:
        return self._name("some")

    def texts(self) -> str:
        return self._name("unclear")


class Piece(NamedTuple):
    """A part with its coefficient and the table it stands in.

    The table is ``input`` for amounts of the input sheets, and "" for counts and constants, which
    are exact.
    """

    coefficient: Coefficient
    table: str
    part: Part | None


def number(value: Coefficient) -> str:
    """A coefficient as Excel reads it."""
    return str(value) if isinstance(value, int) else repr(float(value))


def _size(value: Coefficient) -> Coefficient:
    return value if value > 0 else -value


@lru_cache(maxsize=4096)
def side(pieces: tuple[Piece, ...]) -> str:
    """The sum of one side; ``0`` where the side names nothing in this edition."""
    text = ""
    for coefficient, _, part in pieces:
        sign = "-" if coefficient < 0 else "+"
        size = _size(coefficient)
        body = part.total() if part else number(size)
        if part and size != 1:
            body = f"{number(size)}*({body})"
        elif part and sign == "-" and "+" in body:
            body = f"({body})"
        text += sign + body
    return text.removeprefix("+") or "0"


@lru_cache(maxsize=4096)
def tolerance(pieces: tuple[Piece, ...]) -> str:
    """Half a last digit for every amount that takes part, by table; ``0`` without any."""
    alike: dict[tuple[str, Coefficient], list[Piece]] = {}
    for piece in pieces:
        if piece.part and piece.table:
            alike.setdefault((piece.table, _size(piece.coefficient)), []).append(piece)
    by_table: dict[str, list[str]] = {}
    for (table, size), same in alike.items():
        text = "+".join(part.counted() for part in _parts(same))
        by_table.setdefault(table, []).append(text if size == 1 else f"{number(size)}*({text})")
    return "+".join(f"half_{t.lower()}*({'+'.join(p)})" for t, p in by_table.items()) or "0"


@lru_cache(maxsize=4096)
def nonzero(pieces: tuple[Piece, ...]) -> str:
    """Above zero where an amount is not zero."""
    return "+".join(part.nonzero() for part in _parts(pieces)) or "0"


@lru_cache(maxsize=4096)
def texts(pieces: tuple[Piece, ...]) -> str:
    """How many cells hold text that is no amount."""
    return "+".join(part.texts() for part in _parts(pieces)) or "0"


def code_parts(pieces: Sequence[Piece]) -> list[CodePart]:
    """The parts that look a code up in another list, each list once."""
    found = (p.part for p in pieces if isinstance(p.part, CodePart))
    return list({part.codes: part for part in found}.values())


def _parts(pieces: Sequence[Piece]) -> list[Part]:
    """The parts, all fixed cells in one: what is counted does not depend on signs."""
    cells = [area for p in pieces if isinstance(p.part, CellsPart) for area in p.part.areas]
    others: list[Part] = [p.part for p in pieces if p.part and not isinstance(p.part, CellsPart)]
    return [CellsPart(joined(cells)), *others] if cells else others


def filled(pieces: Sequence[Piece]) -> str:
    """How many fixed cells hold something."""
    areas = [a for p in pieces if isinstance(p.part, CellsPart) for a in p.part.areas]
    return CellsPart(joined(areas)).filled() if areas else "0"


def row_difference(
    left: tuple[Piece, ...], right: tuple[Piece, ...], code: str, key: str, state: str = ""
) -> str:
    """Left minus right on one row; empty without code or amounts, and where a list has no detail.

    未核对 where a cell holds text or a code has two rows; ``key`` is the row's own key.  ``state`` is
    the cell that says whether the relation applies (1), does not (0), or nobody can say (-1).
    """
    pieces = (*left, *right)
    skip = "".join(f"+{part.coarse()}" for part in code_parts(pieces)).removeprefix("+")
    judged = f'IF({nonzero(pieces)}=0,"",ROUND({side(left)}-({side(right)}),6))'
    judged = f'IF(LEFT({key},1)="{AGAIN}","未核对",IF({texts(pieces)}>0,"未核对",{judged}))'
    if state:
        judged = f'IF({state}<0,"未核对",{judged})'
    if skip:
        judged = f'IF({skip}>0,"",{judged})'
    if state:
        judged = f'IF({state}=0,"",{judged})'
    return f'IF({code}="","",IFERROR({judged},"未核对"))'


def row_status(left: tuple[Piece, ...], right: tuple[Piece, ...], op: str, difference: str) -> str:
    """The result of one row as one number: 0 平, below zero 尾差, above zero 不平 (the difference).

    ``difference`` is the cell of ``row_difference``; its texts are handed on.
    """
    excess = f"ABS({difference})" if op == "=" else f"MAX(0,{difference})"
    allowed = f"ROUND({tolerance((*left, *right))},6)"
    judged = f"IF({excess}=0,0,IF({excess}<={allowed},-{excess},{excess}))"
    return f"IF(ISNUMBER({difference}),{judged},{difference})"


def areas_of(sheet: str, cells: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """Cells as few references: runs down a column, or along a row, become ranges."""
    if len({row for row, _ in cells}) == 1:
        flipped = _runs([(column, row) for row, column in cells])
        return tuple(Area(sheet, r, a, r, b).text for a, b, r in flipped)
    return tuple(Area(sheet, a, c, b, c).text for a, b, c in _runs(cells))


def joined(areas: Sequence[str]) -> tuple[str, ...]:
    """References with neighbours along a row or down a column joined; order does not matter."""
    cells: dict[str, list[tuple[int, int]]] = {}
    for area in areas:
        sheet, _, reference = area.rpartition("!")
        first, _, last = reference.partition(":")
        top, left = parse_address(first)
        bottom, right = parse_address(last or first)
        cells.setdefault(sheet[1:-1].replace("''", "'"), []).extend(
            (row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
        )
    return tuple(a for sheet, found in cells.items() for a in areas_of(sheet, sorted(set(found))))


def _size_of(area: str) -> int:
    """How many cells a reference covers."""
    first, _, last = area.rpartition("!")[2].partition(":")
    top, left = parse_address(first)
    bottom, right = parse_address(last or first)
    return (bottom - top + 1) * (right - left + 1)


def _runs(cells: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(first, last, other) of runs of consecutive first coordinates."""
    runs: list[tuple[int, int, int]] = []
    for at, other in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        if runs and runs[-1][2] == other and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at, other)
        else:
            runs.append((at, at, other))
    return runs
