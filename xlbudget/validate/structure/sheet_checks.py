"""Completeness: are the tables filled, do they say whose they are, do their notes fit?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise

from ...model.book import Book, CellRef
from ..check import PASSED, Verdict, failed, not_applicable, not_run
from ..rules import Rule
from .common import finding, reason

NOTHING_FILLED = "A10"
_SHOWN = 20
_NUMBERS_SHOWN = 3


def is_blank(book: Book) -> bool:
    """Whether the nine tables hold no amount at all: a template that nobody has filled."""
    if not book.tables or any(name.startswith("T") for name in book.unreadable):
        return False
    return not any(figure.fen for name, figure in book.figures.items() if name[0] == "T")


def nothing_filled(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A10."""
    if not book.tables:
        yield not_run("没有找到任何一张表")
    elif is_blank(book):
        yield failed(finding(rule, "九张表还没有填，一个金额也没有。"))
    else:
        yield PASSED


def one_department(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A02: 部门名称 is the same, to the letter, on 封面 and on every table that prints it."""
    printed = {
        table.id: table.head["department"].strip()
        for table in book.tables.values()
        if table.head.get("department", "").strip()
    }
    cover = book.facts.get("department")
    stated = (cover.value or "").strip() if cover else ""
    if not printed and "department" not in book.edition.prints:
        yield not_applicable("这套版式的表上不印部门名称")
        return
    if not printed or (len(printed) == 1 and not stated):
        yield not_run("表上没有读到部门名称")
        return
    expected = stated or Counter(printed.values()).most_common(1)[0][0]
    source = "封面" if stated else "多数表"
    wrong = [table for table, name in printed.items() if name != expected]
    if not wrong:
        yield PASSED
    for name in dict.fromkeys(printed[table] for table in wrong):
        tables = [book.tables[table] for table in wrong if printed[table] == name]
        sheets = "、".join(table.sheet for table in tables)
        yield failed(
            finding(
                rule,
                f"{sheets}上的部门名称是“{name}”，{source}上是“{expected}”，应当一字不差。",
                [CellRef("", table.sheet, "A1", name) for table in tables],
            )
        )


_HEADS = {"number": "表号", "unit": "金额单位", "department": "部门名称"}


def sheet_heads(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A02-2: every table prints its number, the unit and the department."""
    if not any(table.head for table in book.tables.values()):
        yield not_run("表上没有读到表号、单位和部门")
        return
    clean = True
    for table in book.tables.values():
        prints = book.edition.prints
        lacking = [w for key, w in _HEADS.items() if key in prints and not table.head.get(key)]
        form = book.edition.by_id[table.id]
        number = table.head.get("number", "")
        if lacking:
            clean = False
            message = (
                f"{table.sheet}的表头没有{'、'.join(lacking)}（{form.number or form.title}）。"
            )
            yield failed(finding(rule, message, [CellRef("", table.sheet, "A1", "")]))
        elif "number" in prints and number != form.number:
            clean = False
            message = f"{table.sheet}的表号是“{number}”，这套版式里{form.title}是“{form.number}”。"
            yield failed(finding(rule, message, [CellRef("", table.sheet, "A1", number)]))
    units = {table.head["unit"] for table in book.tables.values() if table.head.get("unit")}
    if len({("万元" in unit) for unit in units}) > 1:
        clean = False
        yield failed(finding(rule, f"各表的金额单位不一致：{'、'.join(sorted(units))}。"))
    if clean:
        yield PASSED


def sheet_order(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A01-2: the sheets stand in the form's order; those that would have to move are named."""
    tables = [book.tables[form.id] for form in book.edition.tables if form.id in book.tables]
    tables = [table for table in tables if table.position]
    if len(tables) < 2:
        yield not_run("工作簿里找到的表不到两张")
        return
    kept = _longest_rising([table.position for table in tables])
    moved = [index for index in range(len(tables)) if index not in kept]
    if not moved:
        yield PASSED
        return
    places = [
        f"“{tables[i].sheet}”应当排在“{tables[i - 1].sheet}”后面"
        if i
        else f"“{tables[i].sheet}”应当排在九张表的最前面"
        for i in moved
    ]
    cells = [CellRef("", tables[i].sheet, "A1", "") for i in moved]
    yield failed(finding(rule, f"九张表的次序和版式不一样：{'，'.join(places)}。", cells))


def _longest_rising(numbers: list[int]) -> set[int]:
    """Indices of the longest part of ``numbers`` that rises: what may stay where it is."""
    for size in range(len(numbers), 1, -1):
        for kept in combinations(range(len(numbers)), size):
            if all(numbers[one] < numbers[next_one] for one, next_one in pairwise(kept)):
                return set(kept)
    return {0}


def printed_numbers(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A03-2: 行次 and 栏次, where a sheet prints them, are the form's."""
    seen = False
    for table in book.tables.values():
        if not table.numbers:
            continue
        seen = True
        wrong = [entry for entry in table.numbers if entry.printed != entry.wanted]
        if not wrong:
            yield PASSED
            continue
        words = "、".join(dict.fromkeys(entry.word for entry in wrong))
        said = [
            f"{entry.place.cell}{f'印的是“{entry.printed}”' if entry.printed else '空着'}，"
            f"应当是“{entry.wanted}”"
            for entry in wrong[:_NUMBERS_SHOWN]
        ]
        more = f"；一共{len(wrong)}处" if len(wrong) > _NUMBERS_SHOWN else ""
        message = f"{table.sheet}的{words}和版式不一样：{'；'.join(said)}{more}。"
        cells = [CellRef("", table.sheet, e.place.cell, e.printed) for e in wrong[:_SHOWN]]
        yield failed(finding(rule, message, cells))
    if not seen:
        yield not_applicable("各表没有印行次、栏次")


def _says_empty(note: str) -> bool:
    return "无数据" in note or ("没有" in note and "故本表" in note)


def empty_tables(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A04: an empty 07 or 08 says that it is empty, and one with amounts does not."""
    with_amounts = {name[:3] for name, figure in book.figures.items() if figure.fen}
    for form in book.edition.tables:
        if not form.empty_note:
            continue
        table = book.tables.get(form.id)
        if table is None:
            yield not_run(f"没有{form.title}")
            continue
        prefix = f"{form.id}."
        if any(name.startswith(prefix) for name in book.unreadable):
            yield not_run(f"{table.sheet}有读不出的格")
            continue
        filled = form.id in with_amounts
        sentence = next((note for note in table.notes if _says_empty(note)), "")
        cell = [CellRef("", table.sheet, "A1", sentence)]
        if filled and sentence:
            yield failed(
                finding(
                    rule,
                    f"{table.sheet}有金额，表下却写着“{sentence}”，请删掉这句。",
                    cell,
                    advice=False,
                )
            )
        elif not filled and not sentence:
            yield failed(
                finding(
                    rule,
                    f"{table.sheet}是空表，表下要有说明：“{form.empty_note}”",
                    cell,
                    advice=False,
                )
            )
        else:
            yield PASSED


def template_prompts(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A04-2: prompts of the blank form have been deleted."""
    prompts: list[str] = rule.settings["prompts"]
    clean = True
    for table in book.tables.values():
        for note in table.notes:
            prompt = next((p for p in prompts if p in note), None)
            if prompt:
                clean = False
                message = f"{table.sheet}的表注里还留着填表提示“{prompt}”（全文：{note}）。"
                yield failed(finding(rule, message, [CellRef("", table.sheet, "A1", note)]))
    if clean:
        yield PASSED if book.tables else not_run("没有找到任何一张表")


def negative_amounts(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A08: negative amounts, all in one finding."""
    names = [n for n, f in book.figures.items() if f.fen and f.fen < 0 and n[0] == "T"]
    if not names:
        yield PASSED if book.tables else not_applicable("没有找到任何一张表")
        return
    first = book.edition.label(names[0], book.names_of_codes())
    amount = book.unit.exact_text(book.value(names[0]))
    more = f"等{len(names)}个数" if len(names) > 1 else ""
    cells = [book.cell_ref(name) for name in names[:_SHOWN]]
    yield failed(finding(rule, f"{first}{more}是负数（{amount}）。", cells), reason(rule))
