"""The formulas of each kind of line on 勾稽检查: its two sides, difference, tolerance and verdict."""

from __future__ import annotations

from xlbudget.model.addresses import address, column_letters
from xlbudget.model.layout import Layout, quoted

from ...model.severity import Severity
from .formula_terms import (
    AGAIN,
    TOP,
    CellsPart,
    ManyCodes,
    Piece,
    code_parts,
    filled,
    nonzero,
    short_decimals,
    side,
    texts,
    tolerance,
)
from .lines import (
    BudgetLine,
    Condition,
    FixedLine,
    Line,
    NestedLine,
    RowsLine,
    code_part,
    codes_name,
    column_name,
    keys_name,
)
from .places import (
    DIFFERENCE,
    EXTRA,
    FIRST,
    LEFT,
    LINK,
    RIGHT,
    STATE,
    TOLERANCE,
    VERDICT,
    Cell,
    CheckGrid,
)
from .values import (
    BROKEN,
    ELSEWHERE,
    EMPTY,
    NOT_APPLICABLE,
    NOT_RUN,
    OK,
    ROUNDING,
    SOFT,
    UNTYPED,
    LineValues,
)


class LineFormulas:
    """Formulas of the lines of one layout."""

    def __init__(self, grid: CheckGrid) -> None:
        self.grid = grid

    def of(self, index: int, line: Line, value: LineValues) -> list[Cell]:
        """The formulas of the line with this number."""
        row = FIRST + index
        if isinstance(line, FixedLine):
            return self._fixed(row, line, value)
        if isinstance(line, RowsLine):
            return self._rows(row, index, line, value)
        return (
            self._nested(row, line, value)
            if isinstance(line, NestedLine)
            else self._budget(row, line, value)
        )

    def _fixed(self, row: int, line: FixedLine, value: LineValues) -> list[Cell]:
        pieces = (*line.left, *line.right)
        formula = (
            f'IF({texts(pieces)}>0,"{NOT_RUN}",IF({nonzero(pieces)}=0,"{EMPTY}",'
            f"{_judged(row, line)}))"
        )
        coarse = "+".join(part.coarse() for part in code_parts(pieces))
        if coarse:
            formula = f'IF({coarse}>0,"{NOT_APPLICABLE}",{formula})'
        for side_typed in line.typed:
            formula = f'IF({filled(side_typed)}=0,"{UNTYPED}",{formula})'
        if line.conditions:
            held = ",".join(_holds(condition) for condition in line.conditions)
            given = tuple(p for c in line.conditions for p in (*c.left, *c.right))
            formula = (
                f'IF({texts(given)}>0,"{NOT_RUN}",IF(AND({held}),{formula},"{NOT_APPLICABLE}"))'
            )
        return [
            Cell(row, LEFT, f"={side(line.left)}", value.left),
            Cell(row, RIGHT, f"={side(line.right)}", value.right),
            *_difference(row, tolerance(pieces), value),
            Cell(row, VERDICT, f'=IFERROR({formula},"{NOT_RUN}")', value.verdict),
        ]

    def _budget(self, row: int, line: BudgetLine, value: LineValues) -> list[Cell]:
        """年初预算: the rows that no other row adds up, and the printed total."""
        budget = self.grid.inputs.budget
        codes, amounts, total = budget.codes.text, budget.amounts.text, budget.total.text
        # A code that comes again is not counted; below a code with rows below it those count.
        own = f'({codes}<>"")*(MATCH({codes}&"",{codes}&"",0)=ROW({codes})-{budget.codes.top - 1})'
        least = f'{own}*(COUNTIF({codes},{codes}&"?*")=0)'
        parts = CellsPart((total,))
        unread = (
            f'SUMPRODUCT(({codes}<>"")*ISTEXT({amounts})*({amounts}<>"")'
            f"*(COUNTIF(dashes,{amounts})=0))+{parts.texts()}"
        )
        blank = f"OR(COUNT({total})=0,SUMPRODUCT({least}*ISNUMBER({amounts}))=0)"
        rounded = f"SUMPRODUCT({least}*{short_decimals(amounts)})+{parts.counted()}"
        formula = f'IF({unread}>0,"{NOT_RUN}",IF({blank},"{UNTYPED}",{_judged(row, line)}))'
        return [
            Cell(row, LEFT, f"=IFERROR(SUMPRODUCT({least},{amounts}),0)", value.left),
            Cell(row, RIGHT, f"=SUM({total})", value.right),
            *_difference(row, f"half_input*({rounded})", value),
            Cell(row, VERDICT, f'=IFERROR({formula},"{NOT_RUN}")', value.verdict),
        ]

    def _rows(self, row: int, index: int, line: RowsLine, value: LineValues) -> list[Cell]:
        host = self.grid.layout.tables[line.host]
        area = self.grid.helper_area(self.grid.helper_of[index], host).local
        extra = address(row, EXTRA)
        bad = BROKEN if line.rule.severity == Severity.ERROR else SOFT
        fails = f'COUNTIF({area},">0")' + (f"+{extra}" if line.others else "")
        verdict = (
            f'IF({fails}>0,"{bad}",IF(COUNTIF({area},"{NOT_RUN}")>0,"{NOT_RUN}",'
            f'IF(COUNTIF({area},"<0")>0,"{ROUNDING}",IF(COUNT({area})>0,"{OK}","{EMPTY}"))))'
        )
        state = self.grid.state(index)
        if state:
            verdict = f'IF({state}=0,"{NOT_APPLICABLE}",IF({state}<0,"{NOT_RUN}",{verdict}))'
        target = f'"#{quoted(host.sheet)}!{column_letters(marked_column(line, self.grid.layout))}"'
        jump = f'HYPERLINK({target}&({host.rows[0] - 1}+MATCH(MAX({area}),{area},0)),"去看")'
        elsewhere = f'IF({extra}>0,"{ELSEWHERE}","")' if line.others else '""'
        cells = [
            Cell(row, LEFT, f'=COUNT({area})&"行有数"', value.left),
            Cell(row, RIGHT, f'=({fails})&"行不平"', value.right),
            Cell(row, DIFFERENCE, f"=MAX(0,MAX({area}),-MIN({area}))", value.difference),
            Cell(row, VERDICT, f'=IFERROR({verdict},"{NOT_RUN}")', value.verdict),
            Cell(row, LINK, f'=IF(COUNTIF({area},">0")>0,{jump},{elsewhere})', value.link),
        ]
        if line.others:
            cells.append(Cell(row, EXTRA, self._elsewhere(line, state), value.extra))
        if state:
            cells.append(Cell(row, STATE, _state(line.conditions), value.state))
        return cells

    def _elsewhere(self, line: RowsLine, state: str) -> str:
        """Broken rows whose code stands in another list only; nothing is computed without any."""
        formulas = []
        earlier = [line.host]
        for table in line.others:
            codes = codes_name(table)
            absent = "*".join(f"(COUNTIF({codes_name(e)},{codes})=0)" for e in earlier)
            base = f'({codes}<>"")*{absent}'
            left, right = many_pieces(line, table)
            pieces = (*left, *right)
            difference = f"ROUND({side(left)}-({side(right)}),6)"
            excess = f"ABS({difference})" if line.expression.op == "=" else difference
            formulas.append(
                f"IF(SUMPRODUCT({base})=0,0,SUMPRODUCT({base}*({texts(pieces)}=0)"
                f"*({excess}>0)*({excess}>ROUND({tolerance(pieces)},6))))"
            )
            earlier.append(table)
        counted = "+".join(formulas)
        return f"=IFERROR(IF({state}=1,{counted},0),0)" if state else f"=IFERROR({counted},0)"

    def _nested(self, row: int, line: NestedLine, value: LineValues) -> list[Cell]:
        keys, codes = keys_name(line.host), codes_name(line.host)
        nested = f'(COUNTIF({keys},"?*")-COUNTIF({keys},"{TOP}*")-COUNTIF({keys},"{AGAIN}{TOP}*"))'
        # Rows that are a part of another row, or have parts.
        related = f'(((LEFT({keys},1)<>"{TOP}")*({keys}<>"")+(COUNTIF({keys},{codes})>0))>0)'
        again = f'(LEFT({keys},1)="{AGAIN}")*(({keys}="{AGAIN}{TOP}"&LEFT({codes},3))'
        unread = [
            f'SUMPRODUCT({again}*(COUNTIF({keys},{codes})>0)+(LEFT({keys},2)<>"{AGAIN}{TOP}")))'
        ]
        broken, uneven = [], []
        for column in self.grid.layout.tables[line.host].column_of:
            amounts = column_name(line.host, column)
            own = f"SUMIF({codes},{codes},{amounts})"
            parts = f"SUMIF({keys},{codes},{amounts})"
            below = (
                f'COUNTIFS({keys},{codes},{amounts},">0")+COUNTIFS({keys},{codes},{amounts},"<0")'
            )
            excess = f"ABS(ROUND({own}-{parts},6))"
            allowed = f"ROUND(half_{line.host.lower()}*(({own}<>0)+{below}),6)"
            base = f'({codes}<>"")*(COUNTIF({keys},{codes})>0)'
            broken.append(f"SUMPRODUCT({base}*({excess}>{allowed}))")
            uneven.append(f"SUMPRODUCT({base}*({excess}>0))")
            unread.append(
                f'SUMPRODUCT({related}*ISTEXT({amounts})*({amounts}<>"")'
                f"*(COUNTIF(dashes,{amounts})=0))"
            )
        extra = address(row, EXTRA)
        bad = BROKEN if line.rule.severity == Severity.ERROR else SOFT
        verdict = (
            f'IF({nested}=0,"{EMPTY}",IF({extra}<0,"{NOT_RUN}",IF({extra}>0,"{bad}",'
            f'IF({"+".join(uneven)}>0,"{ROUNDING}","{OK}"))))'
        )
        counted = f"IF({'+'.join(unread)}>0,-1,{'+'.join(broken)})"
        return [
            Cell(row, LEFT, f'={nested}&"行有上级"', value.left),
            Cell(row, RIGHT, f'=MAX(0,{extra})&"处不平"', value.right),
            Cell(row, VERDICT, f'=IFERROR({verdict},"{NOT_RUN}")', value.verdict),
            Cell(row, EXTRA, f"=IF({nested}=0,0,{counted})", value.extra),
        ]


def marked_column(line: RowsLine, layout: Layout) -> int:
    """The host's column that the identity determines, or is about."""
    columns = layout.tables[line.host].column_of
    for term in (*line.expression.left, *line.expression.right):
        if term.ref and term.ref.table == line.host:
            return columns[term.ref.column]
    return 3


def many_pieces(line: RowsLine, table: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Left and right of a rows line for all codes of one of its lists."""
    codes = codes_name(table)
    left, right = (
        tuple(
            Piece(
                term.coefficient,
                term.ref.table,
                ManyCodes(code_part(term.ref.table, term.ref.column, codes)),
            )
            for term in terms
            if term.ref
        )
        for terms in (line.expression.left, line.expression.right)
    )
    return left, right


def _judged(row: int, line: FixedLine | BudgetLine) -> str:
    """The verdict that follows from the difference and the tolerance beside it."""
    difference, allowed = address(row, DIFFERENCE), address(row, TOLERANCE)
    is_equality = isinstance(line, BudgetLine) or line.expression.op == "="
    excess = f"ABS({difference})" if is_equality else f"MAX(0,{difference})"
    bad = BROKEN if line.rule.severity == Severity.ERROR else SOFT
    return f'IF({excess}=0,"{OK}",IF({excess}<={allowed},"{ROUNDING}","{bad}"))'


def _difference(row: int, allowed: str, value: LineValues) -> list[Cell]:
    formula = f"=ROUND({address(row, LEFT)}-{address(row, RIGHT)},6)"
    return [
        Cell(row, DIFFERENCE, formula, value.difference),
        Cell(row, TOLERANCE, f"=IFERROR(ROUND({allowed},6),0)", value.tolerance),
    ]


def _holds(condition: Condition) -> str:
    """Condition: the relation holds within its tolerance."""
    left, right, op = condition
    difference = f"ROUND({side(left)}-({side(right)}),6)"
    excess = f"ABS({difference})" if op == "=" else difference
    return f"{excess}<=ROUND({tolerance((*left, *right))},6)"


def _state(conditions: tuple[Condition, ...]) -> str:
    """1 where all conditions hold; 0 or -1 for the first that does not, or cannot be read."""
    formula = "1"
    for condition in reversed(conditions):
        unread = texts((*condition.left, *condition.right))
        formula = f"IF({unread}>0,-1,IF({_holds(condition)},{formula},0))"
    return f"=IFERROR({formula},-1)"
