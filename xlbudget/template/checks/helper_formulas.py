"""What the lines of 勾稽检查 rest on: how fine each table's amounts are, and results row by row."""

from __future__ import annotations

from xlbudget.model.addresses import address, column_letters
from xlbudget.model.layout import Area, TableLayout, quoted

from .formula_terms import AGAIN, TOP, ManyCodes, row_difference, row_status
from .line_formulas import many_pieces
from .lines import RowsLine, codes_name
from .places import FIRST, HELPER_FIRST, HELPERS, PRECISION, STATE, Cell, CheckGrid
from .values import Values


class HelperFormulas:
    """Formulas beside the lines, for one layout and one book."""

    def __init__(self, grid: CheckGrid, values: Values) -> None:
        self.grid = grid
        self.layout = grid.layout
        self.values = values

    def precision(self) -> list[Cell]:
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
        row = FIRST + len(self.layout.tables)
        half = '=IF(cover_unit="元",0,0.005)'
        return [*cells, Cell(row, PRECISION + 3, half, book.unit.half / book.unit.fen)]

    def by_row(self) -> list[Cell]:
        """Keys of the lists and results of the rows lines, a cell for each code row."""
        cells = []
        for offset, table in enumerate(self.grid.lists):
            cells += self._keys(HELPERS + offset, table)
        for index, column in self.grid.helper_of.items():
            line = self.grid.lines[index]
            if isinstance(line, RowsLine):
                cells += self._statuses(column, line, self.grid.short_name(index))
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
        for table in self.grid.lists:
            codes = codes_name(table.table.id)
            row = _relative(table.rows[0])
            code = f"{quoted(table.sheet)}!$A{row}"
            formulas[f"key_{table.table.id.lower()}"] = (
                f'IF({code}="","",IF(COUNTIF({codes},{code})>1,"{AGAIN}","")'
                f"&IF(AND(LEN({code})>5,COUNTIF({codes},LEFT({code},5))>0),"
                f"LEFT({code},5),IF(AND(LEN({code})>3,COUNTIF({codes},LEFT({code},3))>0),"
                f'LEFT({code},3),"{TOP}"&LEFT({code},3))))'
            )
        for index, column in self.grid.helper_of.items():
            line = self.grid.lines[index]
            if isinstance(line, RowsLine):
                name = self.grid.short_name(index)
                for table_id in line.others:
                    left, right = many_pieces(line, table_id)
                    for piece in (*left, *right):
                        if isinstance(piece.part, ManyCodes):
                            formulas |= piece.part.formulas()
                row = _relative(self.layout.tables[line.host].rows[0])
                left, right, code = self.grid.maker.row_pieces(line, row)
                own = f"{quoted(self.grid.sheet)}!${column_letters(column - 1)}1"
                at = self.grid.key_column(line.host)
                key = f"{quoted(self.grid.sheet)}!${column_letters(at)}1"
                state = "STATE" if line.conditions else ""
                at = FIRST + index
                for kind, text in (
                    ("gap", row_difference(left, right, code, key, state)),
                    ("result", row_status(left, right, line.expression.op, own)),
                ):
                    text = text.replace(f"${row}", str(row))
                    state = Area(self.grid.sheet, at, STATE, at, STATE).text
                    formulas[f"{kind}_{name}"] = text.replace("STATE", state)
        return formulas


def _relative(first: int) -> int:
    """A list's first row, as a name must spell it from cell A1 to mean it from ``HELPER_FIRST``."""
    return 1 + first - HELPER_FIRST
