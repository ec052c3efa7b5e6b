"""Prints a department's nine tables as offices do: in layouts that we would not choose.

``Layout`` says how; ``printed`` gives the sheets.  What a layout cannot print (a total of a kind that it
has no cell for) is left out of ``expected``: the amounts that reading must give, by name.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xlbudget.model.codes import economic_codes, function_codes
from xlbudget.model.content import Content
from xlbudget.model.forms import Edition, Table, load_edition
from xlbudget.model.money import UNITS, Unit

Grid = list[list[object]]

CODES = ("one", "merged", "split", "staircase", "with_name", "name_first", "spaced", "number")
CODE_HEADS = ("科目代码", "科目编码", "功能分类科目编码", "支出功能分类科目编码")
ITEMS = ("stacks", "split", "list_kinds", "list_one", "names_only")
TRIPS = ("six_six", "pairs", "down", "with_more", "with_last")
MEASURES = ("none", "budget", "two_budgets", "last", "last_change")
TITLES = ("own", "department_above", "department_in", "none")
SHEETS = ("own", "numbered", "arbitrary", "title")
PLACING = ("sheets", "stacked", "two_beside", "over_two_sheets", "by_pages")


class Layout(NamedTuple):
    """How the nine tables are printed."""

    edition: str = "hunan-2024"
    code: str = "one"
    code_head: str = "科目代码"
    items: str = "stacks"
    trips: str = "six_six"
    measure: str = "none"
    title: str = "own"
    sheet: str = "own"
    placing: str = "sheets"
    levels: bool = False  # rows 类 and 款 above the 项
    total: str = "first"  # first, last
    total_at: str = "name"  # code, name
    ordinals: bool = True
    line_numbers: bool = True
    measure_row: bool = False  # a row 决算数 under every head
    level_row: bool = False  # a row 类 款 项 under the code's head
    serial: bool = False  # a column 序号 first
    part: bool = False  # 事业收入 as 小计 and 其中：教育收费
    text: bool = False  # amounts as text with separators
    zero: str = "blank"  # blank, zero, dash
    margin: tuple[int, int] = (0, 0)
    foreign: bool = False  # tables that are none of the nine stand among them
    unit_word: str = "单位：万元"
    classes: int = 26
    bare_pages: bool = False  # a list's second page has no heads


def layout(rng: random.Random) -> Layout:
    """A layout that a person could meet."""
    shanghai = rng.random() < 0.5
    return Layout(
        edition="shanghai-2024" if shanghai else "hunan-2024",
        code=rng.choice(CODES),
        code_head=rng.choice(CODE_HEADS),
        items=rng.choice(ITEMS),
        trips=rng.choice(TRIPS),
        measure=rng.choice(MEASURES),
        title=rng.choice(TITLES),
        sheet=rng.choice(SHEETS),
        placing=rng.choice(PLACING),
        levels=rng.random() < 0.5,
        total=rng.choice(("first", "last")),
        total_at=rng.choice(("code", "name")),
        ordinals=rng.random() < 0.6,
        line_numbers=rng.random() < 0.5,
        measure_row=rng.random() < 0.3,
        level_row=rng.random() < 0.5,
        serial=rng.random() < 0.15,
        part=rng.random() < 0.2,
        text=rng.random() < 0.3,
        zero=rng.choice(("blank", "zero", "dash")),
        margin=rng.choice(((0, 0), (0, 0), (0, 1), (2, 0), (1, 2))),
        foreign=rng.random() < 0.3,
        unit_word=rng.choice(("单位：万元", "金额单位：万元", "单位:万元")),
        classes=rng.choice((24, 26)),
        bare_pages=rng.random() < 0.25,
    )


class Printer:
    """Prints one content in one layout."""

    def __init__(self, content: Content, how: Layout, rng: random.Random) -> None:
        self.content, self.how, self.rng = content, how, rng
        self.edition: Edition = load_edition(how.edition)
        self.unit: Unit = UNITS[content.unit]
        self.printed: set[str] = set()

    # ------------------------------------------------------------ amounts

    def amount(self, name: str) -> object:
        self.printed.add(name)
        fen = self.content.figures.get(name)
        if not fen:
            zero = self.how.zero
            return "" if zero == "blank" else "—" if zero == "dash" else 0.0
        if self.how.text:
            return self.unit.text(fen, grouped=True)
        return float(self.unit.decimal(fen))

    def other(self) -> object:
        """An amount of another measure: it must never be taken for a figure."""
        value = round(self.rng.uniform(1, 9000), 2)
        return f"{value:,.2f}" if self.how.text else value

    # ------------------------------------------------------------ lists

    def codes(self, table: Table) -> list[str]:
        codes = list(self.content.codes.get(table.id, ()))
        if not self.how.levels:
            return codes
        return sorted({*codes, *(c[:3] for c in codes), *(c[:5] for c in codes)})

    def list_amount(self, table: Table, row: str, column: str) -> object:
        name = f"{table.id}.{row}.{column}"
        if row != "total" and len(row) < 7 and name not in self.content.figures:
            below = [
                self.content.figures.get(f"{table.id}.{c}.{column}") or 0
                for c in self.content.codes.get(table.id, ())
                if c.startswith(row)
            ]
            fen = sum(below)
            self.content = self.content._replace(
                figures={**self.content.figures, **({name: fen} if fen else {})}
            )
        return self.amount(name)

    def labels(self, code: str, name: str) -> list[object]:
        """The cells of a line's code and name."""
        style = self.how.code
        if style == "merged":
            return [code, "", "", name]
        if style == "split":
            return [code[:3], code[3:5], code[5:7], name]
        if style == "staircase":
            cells: list[object] = ["", "", ""]
            cells[{3: 0, 5: 1, 7: 2}.get(len(code), 0)] = code
            return [*cells, name]
        if style == "with_name":
            return [f"{code} {name}"]
        if style == "name_first":
            return [name, code]
        if style == "spaced":
            return [f"  {code}", f"  {name}"]
        if style == "number":
            return [float(code), name]
        return [code, name]

    def label_heads(self) -> list[tuple[str, ...]]:
        head = self.how.code_head
        style = self.how.code
        if style in ("merged", "split", "staircase"):
            levels = ("类", "款", "项") if self.how.level_row else ("", "", "")
            return [("项目", head, level) for level in levels] + [("项目", "科目名称")]
        if style == "with_name":
            return [("项目",)]
        if style == "name_first":
            return [("项目", "科目名称"), ("项目", head)]
        return [("项目", head), ("项目", "科目名称")]

    def list_table(self, table: Table) -> Grid:
        how = self.how
        labels = self.label_heads()
        serial: list[tuple[str, ...]] = [("序号",)] if how.serial else []
        paths: list[tuple[str, ...]] = []
        cells: list[tuple[str, str]] = []  # column id, "" or "other"
        for column in table.columns:
            head = tuple(column.head)
            if column.id == "operating" and how.part:
                paths += [(*head, "小计"), (*head, "其中：教育收费")]
                cells += [(column.id, ""), (column.id, "other")]
                continue
            if how.measure_row:
                head = (*head, "决算数")
            paths.append(head)
            cells.append((column.id, ""))
        grid = heads([*serial, *labels, *paths])
        if how.ordinals:
            numbers: list[object] = [str(n) for n in range(1, len(paths) + 1)]
            blank: list[object] = [""] * (len(serial) + len(labels) - 1)
            grid.append(["栏次", *blank, *numbers])
        known = function_codes()
        lines = self.codes(table)
        order = ["total", *lines] if how.total == "first" else [*lines, "total"]
        for number, code in enumerate(order, 1):
            if code == "total":
                shown: list[object] = [""] * len(labels)
                shown[0 if how.total_at == "code" or len(labels) == 1 else -1] = "合计"
            else:
                shown = self.labels(code, known[code].name if code in known else "其他")
            row: list[object] = ([number] if serial else []) + shown
            for column_id, kind in cells:
                row.append(self.other() if kind else self.list_amount(table, code, column_id))
            grid.append(row)
        return grid

    # ------------------------------------------------------------ forms

    def form_table(self, table: Table) -> Grid:
        how = self.how
        national = load_edition("hunan-2024").by_id[table.id]
        paths: list[tuple[str, ...]] = []
        plan: list[tuple[int, str, str]] = []  # side, kind, column
        sides = table.sides if how.classes == 24 and how.edition != "hunan-2024" else national.sides
        for number, side in enumerate(sides):
            paths.append((side.head, "项目"))
            plan.append((number, "label", ""))
            if how.line_numbers:
                paths.append((side.head, "行次"))
                plan.append((number, "number", ""))
            single = len(side.columns) == 1
            for measure in self.measures():
                for column in side.columns:
                    words = [w for w in column.head if w not in ("金额", "决算数")]
                    said = [measure] if measure else (["决算数"] if single else [])
                    paths.append((side.head, *said, *words))
                    actual = measure in ("", "决算数", "本年决算数")
                    plan.append((number, "amount" if actual else "other", column.id))
        grid = heads(paths)
        lines = [self.lines(side.lines) for side in sides]
        for index in range(max(map(len, lines))):
            row: list[object] = []
            for number, kind, column in plan:
                line = lines[number][index] if index < len(lines[number]) else None
                if line is None:
                    row.append("")
                elif kind == "label":
                    row.append(line.label)
                elif kind == "number":
                    row.append(line.id)
                elif kind == "amount":
                    row.append(self.amount(f"{table.id}.{line.id}.{column}"))
                else:
                    row.append(self.other() if self.rng.random() < 0.5 else "")
            grid.append(row)
        return grid

    def lines(self, lines: Sequence[object]) -> list[object]:
        skipped = {"231", "232"} if self.how.classes == 24 else set()
        found = []
        for line in lines:
            code = getattr(line, "class_code", "")
            names = [n for n in self.content.figures if n.split(".")[1] == getattr(line, "id", "")]
            if code in skipped and not any(self.content.figures[n] for n in names):
                continue
            found.append(line)
        return found

    def measures(self) -> list[str]:
        return {
            "none": [""],
            "budget": ["预算数", "决算数"],
            "two_budgets": ["年初预算数", "全年预算数", "决算数"],
            "last": ["上年决算数", "本年决算数"],
            "last_change": ["上年决算数", "本年决算数", "增减额"],
        }[self.how.measure]

    # ------------------------------------------------------------ 06

    def items_table(self, table: Table) -> Grid:
        how = self.how
        known = economic_codes()
        stacks = [list(stack.codes) for stack in table.stacks]
        used = {n.split(".")[1] for n in self.content.figures if n.startswith("T06.3")}
        more = sorted(used - {c for stack in stacks for c in stack})
        stacks[-1] += more
        if how.items in ("stacks", "split"):
            return self._stacks(table, stacks)
        everything = sorted({c for stack in stacks for c in stack})
        if how.items == "list_kinds":
            grid = heads([("科目代码",), ("科目名称",), ("合计",), ("人员经费",), ("公用经费",)])
            lines: list[list[object]] = []
            for code in everything:
                kind = 3 if code[:3] in ("301", "303") else 4
                row: list[object] = [
                    code,
                    known[code].name,
                    self.amount(f"T06.{code}.amount"),
                    "",
                    "",
                ]
                row[kind] = row[2]
                lines.append(row)
            total: list[object] = ["合计", "", self.other(),
                     self.amount("T06.personnel.amount"), self.amount("T06.public.amount")]  # fmt: skip
            return [*grid, *([total, *lines] if how.total == "first" else [*lines, total])]
        names_only = how.items == "names_only"
        grid = heads(
            [("科目名称",), ("决算数",)]
            if names_only
            else [("科目编码",), ("科目名称",), ("决算数",)]
        )
        for code in everything:
            amount = self.amount(f"T06.{code}.amount")
            grid.append(
                [known[code].name, amount] if names_only else [code, known[code].name, amount]
            )
        for kind, label in (("personnel", "人员经费合计"), ("public", "公用经费合计")):
            amount = self.amount(f"T06.{kind}.amount")
            grid.append([label, amount] if names_only else [label, "", amount])
        return grid

    def _stacks(self, table: Table, stacks: Sequence[Sequence[str]]) -> Grid:
        split = self.how.items == "split"
        known = economic_codes()
        paths: list[tuple[str, ...]] = []
        for stack in table.stacks:
            code_heads = [("科目编码", "类"), ("科目编码", "款")] if split else [("科目编码",)]
            paths += [(stack.head, *head) for head in code_heads]
            paths += [(stack.head, "科目名称"), (stack.head, "决算数")]
        grid = heads(paths)
        width = 4 if split else 3
        for index in range(max(map(len, stacks))):
            row: list[object] = []
            for codes in stacks:
                if index >= len(codes):
                    row += [""] * width
                    continue
                code = codes[index]
                row += [code[:3], code[3:]] if split else [code]
                row += [known[code].name, self.amount(f"T06.{code}.amount")]
            grid.append(row)
        totals: list[object] = [""] * len(grid[-1])
        totals[0], totals[width - 1] = "人员经费合计", self.amount("T06.personnel.amount")
        totals[width], totals[-1] = "公用经费合计", self.amount("T06.public.amount")
        return [*grid, totals]

    # ------------------------------------------------------------ 三公

    KINDS = (
        ("total", ("合计",)),
        ("abroad", ("因公出国（境）费",)),
        ("vehicles", ("公务用车购置及运行费", "小计")),
        ("vehicle_purchase", ("公务用车购置及运行费", "公务用车购置费")),
        ("vehicle_running", ("公务用车购置及运行费", "公务用车运行费")),
        ("reception", ("公务接待费",)),
    )

    def trips_table(self, table: Table) -> Grid:  # noqa: ARG002 - called like the others
        how = self.how
        if how.trips == "down":
            return self._trips_down()
        plan: list[tuple[tuple[str, ...], str]] = []
        if how.trips == "pairs":
            for kind, path in self.KINDS:
                plan += [((*path, word), f"{row}.{kind}") for row, word in _ROWS]
        else:
            for row, word in _ROWS:
                plan += [((word, *path), f"{row}.{kind}") for kind, path in self.KINDS]
        if how.trips == "with_more":
            plan += [(("会议费",), ""), (("培训费",), "")]
        if how.trips == "with_last":
            plan += [(("上年决算数", *path), "") for _, path in self.KINDS]
        grid = heads([path for path, _ in plan])
        if how.ordinals:
            grid.append([str(n) for n in range(1, len(plan) + 1)])
        grid.append([self.amount(f"T09.{name}") if name else self.other() for _, name in plan])
        return grid

    def _trips_down(self) -> Grid:
        labels = {
            "total": "合　计",
            "abroad": "1.因公出国（境）费",
            "reception": "2.公务接待费",
            "vehicles": "3.公务用车购置及运行维护费",
            "vehicle_running": "其中：（1）公务用车运行维护费",
            "vehicle_purchase": "（2）公务用车购置费",
        }
        grid: Grid = [["项目", "预算数", "决算数"]]
        for kind, label in labels.items():
            grid.append([label, *(self.amount(f"T09.{row}.{kind}") for row, _ in _ROWS)])
        return grid

    # ------------------------------------------------------------ the workbook

    def body(self, table: Table) -> Grid:
        return {
            "list": self.list_table,
            "form": self.form_table,
            "items": self.items_table,
            "row": self.trips_table,
        }[table.kind](table)

    def top(self, table: Table) -> Grid:
        how = self.how
        year = self.content.year
        name = self.content.department
        above: Grid = {
            "own": [[table.title]],
            "department_above": [[f"{name}{year}年度部门决算表"], [table.title]],
            "department_in": [[f"{name}{year}年度{table.title}"]],
            "none": [],
        }[how.title]
        return [*above, [f"部门：{name}", "", how.unit_word]]

    def note(self, table: Table) -> Grid:
        return [[note] for note in table.notes]

    def whole(self, table: Table, *, top: bool = True) -> Grid:
        return squared([*(self.top(table) if top else []), *self.body(table), *self.note(table)])

    def sheets(self) -> dict[str, Grid]:
        how = self.how
        tables = list(self.edition.tables)
        grids: dict[str, Grid] = {}
        if how.placing == "stacked":
            grid: Grid = []
            for table in tables:
                grid += [*self.whole(table), [], []]
            grids["决算公开表"] = squared(grid)
        elif how.placing == "two_beside":
            for first, second in zip(tables[::2], [*tables[1::2], None], strict=True):
                left = self.whole(first)
                grids[self.sheet_name(first)] = (
                    left if second is None else beside(left, self.whole(second))
                )
        else:
            for table in tables:
                whole = self.whole(table)
                if how.placing in ("over_two_sheets", "by_pages") and table.kind == "list":
                    first, second = self.halved(table)
                    if how.placing == "by_pages":
                        grids[self.sheet_name(table)] = squared([*first, [], *second])
                    else:
                        grids[self.sheet_name(table)] = first
                        grids[self.sheet_name(table) + "续"] = second
                else:
                    grids[self.sheet_name(table)] = whole
        if how.foreign:
            grids = {**self.foreign_sheets(), **grids}
        down, right = how.margin
        return {
            name: squared([*([[""]] * down), *[[*([""] * right), *row] for row in grid]])
            for name, grid in grids.items()
        }

    def halved(self, table: Table) -> tuple[Grid, Grid]:
        """A list over two pages: heads again on the second, its lines go on."""
        body = self.body(table)
        lines = 1 + len(self.codes(table))
        head = len(body) - lines
        middle = head + (len(body) - head + 1) // 2
        top, note = self.top(table), self.note(table)
        return (
            squared([*top, *body[:middle]]),
            squared(
                [*([] if self.how.bare_pages else [*top, *body[:head]]), *body[middle:], *note]
            ),
        )

    def sheet_name(self, table: Table) -> str:
        number = self.edition.tables.index(table) + 1
        return {
            "own": table.sheet,
            "numbered": f"表{number}",
            "arbitrary": f"Sheet{number}",
            "title": table.title[:31],
        }[self.how.sheet]

    def foreign_sheets(self) -> dict[str, Grid]:
        lines: Grid = [
            [f"{self.content.department}一般公共预算财政拨款项目支出决算表"],
            ["", "", "单位：万元"],
            ["科目代码", "科目名称", "合计", "基本支出", "项目支出"],
            ["合计", "", self.other(), "", self.other()],
            ["2010301", "行政运行", self.other(), "", self.other()],
        ]
        buying: Grid = [
            ["政府采购情况表"],
            ["项目", "采购金额"],
            ["合计", self.other()],
            ["货物", self.other()],
        ]
        return {"附1": squared(lines), "附2": squared(buying)}


_ROWS = (("budget", "预算数"), ("actual", "决算数"))


def heads(paths: Sequence[Sequence[str]]) -> Grid:
    """Head rows; a merged head keeps its text in its first cell."""
    depth = max(map(len, paths))
    rows: Grid = [["" for _ in paths] for _ in range(depth)]
    for column, path in enumerate(paths):
        for level, text in enumerate(path):
            before = list(paths[column - 1][: level + 1]) if column else []
            rows[level][column] = "" if before == list(path[: level + 1]) else text
    return rows


def squared(grid: Sequence[Sequence[object]]) -> Grid:
    """The rows, all as wide as the widest."""
    width = max(map(len, grid), default=0)
    return [[*row, *([""] * (width - len(row)))] for row in grid]


def beside(left: Grid, right: Grid) -> Grid:
    """Two tables next to each other with a blank column between."""
    height = max(len(left), len(right))
    width = len(left[0])
    more = len(right[0])
    return [
        [
            *(left[n] if n < len(left) else [""] * width),
            "",
            *(right[n] if n < len(right) else [""] * more),
        ]
        for n in range(height)
    ]


def expected(printer: Printer) -> Mapping[str, int]:
    """The amounts that are not zero, by name, that the printed tables hold."""
    figures = printer.content.figures
    return {n: figures[n] for n in printer.printed if figures.get(n)}
