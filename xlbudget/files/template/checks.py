"""勾稽检查: every identity as live formulas, with the values that they come to.

Left to right: the lines people read (A:I), then, outside the print area, what the formulas rest
on: breaks found elsewhere (J), the precision of each table, and the row-by-row results of the
lists.  Those stand here and not beside the lists: a few thousand formula cells on the nine tables'
sheets would triple the time it takes to read a workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from xlbudget.model.book import Book
from xlbudget.model.cells import address, column_letters
from xlbudget.model.content import Content
from xlbudget.model.inputs import Inputs
from xlbudget.model.layout import Area, Layout, TableLayout, quoted
from xlbudget.validate.rules import rules_for

from .lines import (
    FixedLine,
    Line,
    LineMaker,
    NestedLine,
    RowsLine,
    code_part,
    codes_name,
    column_name,
    keys_name,
)
from .parts import (
    AGAIN,
    TOP,
    ManyCodes,
    Piece,
    code_parts,
    nonzero,
    row_difference,
    row_status,
    side,
    texts,
    tolerance,
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
    LineValues,
    Value,
    Values,
    book_of,
)

HEAD = 6
FIRST = HEAD + 1
HELPER_FIRST = 5
"""First row of the row-by-row results: no list starts higher, so relative names never leave the sheet."""
LEFT, RIGHT, DIFFERENCE, TOLERANCE, VERDICT, LINK, EXTRA = 4, 5, 6, 7, 8, 9, 10
PRECISION, DASHES, HELPERS = 12, 17, 19
"""First columns of the precision block, the list of dashes and the row-by-row results."""
DASH_TEXTS = ("-", "--", "---", "—", "——", "―", "–", "−", "/", "无")


class Cell(NamedTuple):
    """A formula with the value it comes to."""

    row: int
    column: int
    formula: str
    value: Value


class CheckSheet:
    """The check sheet of one layout and content."""

    def __init__(
        self, layout: Layout, content: Content, inputs: Inputs, book: Book | None = None
    ) -> None:
        self.layout = layout
        self.sheet = inputs.checks_sheet
        self.values = Values(layout, book or book_of(content, layout))
        self.maker = LineMaker(layout)
        self.lines = _lines(layout, self.maker)
        self.lists = [t for t in layout.tables.values() if t.table.kind == "list"]
        self.helper_of: dict[int, int] = {}
        self.capacity = max((t.rows[1] - t.rows[0] + 1 for t in self.lists), default=0)
        at = HELPERS + len(self.lists)
        for index, line in enumerate(self.lines):
            if isinstance(line, RowsLine):
                self.helper_of[index] = at + 1
                at += 2
        self.last_row = HEAD + len(self.lines)
        self.results = [self.values.of(line) for line in self.lines]

    # ---------------------------------------------------------------- what stands where

    def cells(self) -> list[Cell]:
        """Every formula of the sheet with its value; rows and columns count from 1."""
        cells = self.line_cells()
        for offset, table in enumerate(self.lists):
            cells += self._keys(HELPERS + offset, table)
        for index, column in self.helper_of.items():
            line = self.lines[index]
            if isinstance(line, RowsLine):
                cells += self._statuses(column, line, self._short_name(index))
        return cells

    def line_cells(self) -> list[Cell]:
        """The formulas that people read and those beside them, without the row-by-row results."""
        cells = self._summary_cells()
        for index, (line, value) in enumerate(zip(self.lines, self.results, strict=True)):
            row = FIRST + index
            if isinstance(line, FixedLine):
                cells += self._fixed(row, line, value)
            elif isinstance(line, RowsLine):
                cells += self._rows(row, line, value, self.helper_of[index])
            else:
                cells += self._nested(row, line, value)
        return cells + self._precision()

    def line_values(self) -> Iterator[tuple[tuple[int, int], Value]]:
        """Row, column and value of the formulas of ``line_cells``."""
        for cell in (*self._summary_cells(), *self._precision()):
            yield (cell.row, cell.column), cell.value
        for row, (line, value) in enumerate(zip(self.lines, self.results, strict=True), FIRST):
            yield (row, LEFT), value.left
            yield (row, RIGHT), value.right
            yield (row, VERDICT), value.verdict
            if isinstance(line, FixedLine | RowsLine):
                yield (row, DIFFERENCE), value.difference
            if isinstance(line, FixedLine):
                yield (row, TOLERANCE), value.tolerance
            elif isinstance(line, RowsLine):
                yield (row, LINK), value.link
            if isinstance(line, NestedLine) or (isinstance(line, RowsLine) and line.others):
                yield (row, EXTRA), value.extra

    def helper_values(self) -> Iterator[tuple[tuple[int, int], Value]]:
        """Row, column and value of the row-by-row results; all that are left out are blank."""
        for offset, table in enumerate(self.lists):
            up = HELPER_FIRST - table.rows[0]
            for row, key in self.values.keys[table.table.id].items():
                yield (row + up, HELPERS + offset), key
        for index, column in self.helper_of.items():
            line = self.lines[index]
            if isinstance(line, RowsLine):
                up = HELPER_FIRST - self.layout.tables[line.host].rows[0]
                for row, (difference, result) in self.values.statuses(line).items():
                    yield (row + up, column - 1), difference
                    yield (row + up, column), result

    def defined_names(self) -> dict[str, Area]:
        """Names the formulas use, and those of the verdict."""
        names = {
            "check_verdict": Area(self.sheet, 2, 2, 2, 2),
            "check_counts": Area(self.sheet, 3, 2, 3, 2),
            "check_worst": Area(self.sheet, 4, 2, 4, 2),
            "dashes": Area(self.sheet, FIRST, DASHES, FIRST + len(DASH_TEXTS) - 1, DASHES),
        }
        for offset, table_id in enumerate(self.layout.tables):
            at = PRECISION + 3
            row = FIRST + offset
            names[f"half_{table_id.lower()}"] = Area(self.sheet, row, at, row, at)
        for offset, table in enumerate(self.lists):
            table_id = table.table.id
            names[codes_name(table_id)] = table.code_area()
            names[keys_name(table_id)] = self._helper_area(HELPERS + offset, table)
            for column in table.column_of:
                names[column_name(table_id, column)] = table.column_area(column)
        for index, at in self.helper_of.items():
            line = self.lines[index]
            if isinstance(line, RowsLine):
                host = self.layout.tables[line.host]
                names[self.rows_name(index)] = self._helper_area(at, host)
        return names

    def rows_name(self, index: int) -> str:
        """Defined name of a rows line's results."""
        return f"rows_{self._short_name(index)}"

    def _short_name(self, index: int) -> str:
        """``t02_1``, or ``t03_3_2`` for the second expression of a rule with several."""
        line = self.lines[index]
        same = [i for i in self.helper_of if self.lines[i].rule.id == line.rule.id]
        name = line.rule.id.lower().replace("-", "_")
        return name if len(same) == 1 else f"{name}_{same.index(index) + 1}"

    def _helper_area(self, column: int, table: TableLayout) -> Area:
        rows = table.rows[1] - table.rows[0]
        return Area(self.sheet, HELPER_FIRST, column, HELPER_FIRST + rows, column)

    # ---------------------------------------------------------------- lines

    def _fixed(self, row: int, line: FixedLine, value: LineValues) -> list[Cell]:
        pieces = (*line.left, *line.right)
        left, right = address(row, LEFT), address(row, RIGHT)
        difference, allowed = address(row, DIFFERENCE), address(row, TOLERANCE)
        excess = f"ABS({difference})" if line.expression.op == "=" else f"MAX(0,{difference})"
        bad = BROKEN if line.rule.severity == "error" else SOFT
        formula = (
            f'IF({texts(pieces)}>0,"{NOT_RUN}",IF({nonzero(pieces)}=0,"{EMPTY}",'
            f'IF({excess}=0,"{OK}",IF({excess}<={allowed},"{ROUNDING}","{bad}"))))'
        )
        coarse = "+".join(part.coarse() for part in code_parts(pieces))
        if coarse:
            formula = f'IF({coarse}>0,"{NOT_APPLICABLE}",{formula})'
        if line.conditions:
            held = ",".join(_holds(*condition) for condition in line.conditions)
            given = tuple(p for left, right, _ in line.conditions for p in (*left, *right))
            formula = (
                f'IF({texts(given)}>0,"{NOT_RUN}",IF(AND({held}),{formula},"{NOT_APPLICABLE}"))'
            )
        return [
            Cell(row, LEFT, f"={side(line.left)}", value.left),
            Cell(row, RIGHT, f"={side(line.right)}", value.right),
            Cell(row, DIFFERENCE, f"=ROUND({left}-{right},6)", value.difference),
            Cell(row, TOLERANCE, f"=IFERROR(ROUND({tolerance(pieces)},6),0)", value.tolerance),
            Cell(row, VERDICT, f'=IFERROR({formula},"{NOT_RUN}")', value.verdict),
        ]

    def _rows(self, row: int, line: RowsLine, value: LineValues, column: int) -> list[Cell]:
        host = self.layout.tables[line.host]
        area = self._helper_area(column, host).local
        extra = address(row, EXTRA)
        bad = BROKEN if line.rule.severity == "error" else SOFT
        fails = f'COUNTIF({area},">0")' + (f"+{extra}" if line.others else "")
        verdict = (
            f'IF({fails}>0,"{bad}",IF(COUNTIF({area},"{NOT_RUN}")>0,"{NOT_RUN}",'
            f'IF(COUNTIF({area},"<0")>0,"{ROUNDING}",IF(COUNT({area})>0,"{OK}","{EMPTY}"))))'
        )
        target = f'"#{quoted(host.sheet)}!{column_letters(self.marked_column(line))}"'
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
            cells.append(Cell(row, EXTRA, self._elsewhere(line), value.extra))
        return cells

    def marked_column(self, line: RowsLine) -> int:
        """The host's column that the identity determines, or is about."""
        columns = self.layout.tables[line.host].column_of
        for term in (*line.expression.left, *line.expression.right):
            if term.ref and term.ref.table == line.host:
                return columns[term.ref.column]
        return 3

    def _elsewhere(self, line: RowsLine) -> str:
        """Broken rows whose code stands in another list only; nothing is computed without any."""
        formulas = []
        earlier = [line.host]
        for table in line.others:
            codes = codes_name(table)
            absent = "*".join(f"(COUNTIF({codes_name(e)},{codes})=0)" for e in earlier)
            base = f'({codes}<>"")*{absent}'
            left, right = self._many_pieces(line, table)
            pieces = (*left, *right)
            difference = f"ROUND({side(left)}-({side(right)}),6)"
            excess = f"ABS({difference})" if line.expression.op == "=" else difference
            formulas.append(
                f"IF(SUMPRODUCT({base})=0,0,SUMPRODUCT({base}*({texts(pieces)}=0)"
                f"*({excess}>0)*({excess}>ROUND({tolerance(pieces)},6))))"
            )
            earlier.append(table)
        return "=IFERROR(" + "+".join(formulas) + ",0)"

    @staticmethod
    def _many_pieces(line: RowsLine, table: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
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
        for column in self.layout.tables[line.host].column_of:
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
        bad = BROKEN if line.rule.severity == "error" else SOFT
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

    # ---------------------------------------------------------------- what the lines rest on

    def _precision(self) -> list[Cell]:
        """Per table: amounts, finer amounts, and half a last digit (0 where amounts are exact)."""
        cells = []
        book = self.values.book
        amounts_of: dict[str, list[int]] = {}
        for name, figure in book.figures.items():
            if figure.fen:
                amounts_of.setdefault(name.partition(".")[0], []).append(figure.fen)
        for offset, (table_id, table) in enumerate(self.layout.tables.items()):
            row = FIRST + offset
            areas = [area.text for area in table.amount_areas()]
            amounts = "+".join(f'COUNTIF({a},">0")+COUNTIF({a},"<0")' for a in areas)
            finer = "+".join(
                f'SUMPRODUCT(ISNUMBER({a})*(TEXT({a},"0.000000")<>TEXT({a},"0.00")&"0000"))'
                for a in areas
            )
            fens = [*amounts_of.get(table_id, ())]
            if table_id in book.tables:
                fens += [f.fen for f in book.tables[table_id].doubled if f.fen]
            fine = sum(book.unit.is_finer_than_shown(fen) for fen in fens)
            exact = book.unit.half == 0 or fine * 2 > len(fens)
            count, more = address(row, PRECISION + 1), address(row, PRECISION + 2)
            half = f'=IF(OR(cover_unit="元",{more}*2>{count}),0,0.005)'
            cells += [
                Cell(row, PRECISION + 1, f"={amounts}", len(fens)),
                Cell(row, PRECISION + 2, f"={finer}", fine),
                Cell(row, PRECISION + 3, half, 0 if exact else 0.005),
            ]
        return cells

    def _keys(self, column: int, table: TableLayout) -> list[Cell]:
        found = self.values.keys[table.table.id]
        formula = f"=key_{table.table.id.lower()}"
        return [
            Cell(HELPER_FIRST + row - table.rows[0], column, formula, found.get(row, ""))
            for row in range(table.rows[0], table.rows[1] + 1)
        ]

    def _statuses(self, column: int, line: RowsLine, name: str) -> list[Cell]:
        host = self.layout.tables[line.host]
        found = self.values.statuses(line)
        cells = []
        for row in range(host.rows[0], host.rows[1] + 1):
            at = HELPER_FIRST + row - host.rows[0]
            difference, result = found.get(row, ("", ""))
            cells.append(Cell(at, column - 1, f"=gap_{name}", difference))
            cells.append(Cell(at, column, f"=result_{name}", result))
        return cells

    def row_formulas(self) -> dict[str, str]:
        """Defined names that hold the row-by-row formulas, relative to the row they stand in.

        The thousands of helper cells only name them: spelled out in every cell they would make the
        file five times as long.
        """
        formulas = {}
        for table in self.lists:
            codes = codes_name(table.table.id)
            row = _relative(table.rows[0])
            code = f"{quoted(table.sheet)}!$A{row}"
            formulas[f"key_{table.table.id.lower()}"] = (
                f'IF({code}="","",IF(COUNTIF({codes},{code})>1,"{AGAIN}","")'
                f"&IF(AND(LEN({code})>5,COUNTIF({codes},LEFT({code},5))>0),"
                f"LEFT({code},5),IF(AND(LEN({code})>3,COUNTIF({codes},LEFT({code},3))>0),"
                f'LEFT({code},3),"{TOP}"&LEFT({code},3))))'
            )
        for index, column in self.helper_of.items():
            line = self.lines[index]
            if isinstance(line, RowsLine):
                name = self._short_name(index)
                for table_id in line.others:
                    left, right = self._many_pieces(line, table_id)
                    for piece in (*left, *right):
                        if isinstance(piece.part, ManyCodes):
                            formulas |= piece.part.formulas()
                row = _relative(self.layout.tables[line.host].rows[0])
                left, right, code = self.maker.row_pieces(line, row)
                own = f"{quoted(self.sheet)}!${column_letters(column - 1)}1"
                at = HELPERS + [t.table.id for t in self.lists].index(line.host)
                key = f"{quoted(self.sheet)}!${column_letters(at)}1"
                for kind, text in (
                    ("gap", row_difference(left, right, code, key)),
                    ("result", row_status(left, right, line.expression.op, own)),
                ):
                    formulas[f"{kind}_{name}"] = text.replace(f"${row}", str(row))
        return formulas

    # ---------------------------------------------------------------- the verdict

    def _summary_cells(self) -> list[Cell]:
        verdicts = Area(self.sheet, FIRST, VERDICT, self.last_row, VERDICT).local
        statements = Area(self.sheet, FIRST, 2, self.last_row, 2).local

        def count(word: str) -> str:
            return f'COUNTIF({verdicts},"{word}")'

        summary = self.summary()
        verdict = (
            f'=IF({count(BROKEN)}>0,"不平",IF({count(NOT_RUN)}>0,"{NOT_RUN}",'
            f'IF({count(ROUNDING)}>0,"尾差",IF({count(OK)}>0,"平衡","未填"))))'
        )
        words = "&".join(f'"{text}"&{count(word)}' for text, word in _COUNTED)
        worst = (
            f'=IF({count(BROKEN)}=0,"没有不平的勾稽关系。",'
            f'"先看："&INDEX({statements},MATCH("{BROKEN}",{verdicts},0)))'
        )
        return [
            Cell(2, 2, verdict, summary["verdict"]),
            Cell(3, 2, f"={words}", summary["check_counts"]),
            Cell(4, 2, worst, summary["check_worst"]),
        ]

    def summary(self) -> dict[str, str]:
        """The overall verdict and its two lines of explanation, as the formulas give them."""
        counts = Counter(value.verdict for value in self.results)
        if counts[BROKEN]:
            verdict = "不平"
        elif counts[NOT_RUN]:
            verdict = NOT_RUN
        elif counts[ROUNDING]:
            verdict = "尾差"
        else:
            verdict = "平衡" if counts[OK] else "未填"
        first = next((i for i, value in enumerate(self.results) if value.verdict == BROKEN), None)
        worst = "没有不平的勾稽关系。" if first is None else f"先看：{self.statement(first)}"
        return {
            "verdict": verdict,
            "check_counts": "".join(f"{text}{counts[word]}" for text, word in _COUNTED),
            "check_worst": worst,
        }

    def statement(self, index: int) -> str:
        """A line's relation in words, with the place where it is applied."""
        line = self.lines[index]
        text = line.rule.statement
        if isinstance(line, RowsLine):
            about = "、".join(
                dict.fromkeys(
                    self.layout.edition.label(f"{line.host}.total.{t.ref.column}").rpartition("的")[
                        2
                    ]
                    for t in line.expression.left
                    if t.ref
                )
            )
            several = len(line.rule.check) > 1
            return f"{text}（各科目{about if several else ''}）"
        if isinstance(line, NestedLine):
            return f"{text}（类、款各行）"
        if line.place or len(line.rule.check) > 1:
            name = next(n for _, n in self.values.constraint(line).left if n)
            sheet = self.layout.tables[name.partition(".")[0]].sheet
            return f"{text}（{self.layout.edition.label(name).removeprefix(sheet)}）"
        return text


_COUNTED = (
    ("平", OK),
    ("　尾差", ROUNDING),
    ("　不平", BROKEN),
    ("　关注", SOFT),
    ("　未核对", NOT_RUN),
)


_LINES: dict[object, tuple[Line, ...]] = {}


def _lines(layout: Layout, maker: LineMaker) -> tuple[Line, ...]:
    """The catalogue's lines, errors first; made once for all workbooks of the same layout."""
    rules = rules_for(layout.edition)
    key = layout.signature, id(rules)
    if key not in _LINES:
        if len(_LINES) > 8:
            _LINES.clear()
        ordered = sorted(rules, key=lambda rule: (rule.severity != "error", bool(rule.when)))
        _LINES[key] = tuple(maker.lines(ordered))
    return _LINES[key]


def _relative(first: int) -> int:
    """A list's first row, as a name must spell it from cell A1 to mean it from ``HELPER_FIRST``."""
    return 1 + first - HELPER_FIRST


def _holds(left: tuple[Piece, ...], right: tuple[Piece, ...], op: str) -> str:
    """Condition: the relation holds within its tolerance."""
    difference = f"ROUND({side(left)}-({side(right)}),6)"
    excess = f"ABS({difference})" if op == "=" else difference
    return f"{excess}<=ROUND({tolerance((*left, *right))},6)"
