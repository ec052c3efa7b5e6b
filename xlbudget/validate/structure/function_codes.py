"""功能分类 codes: known, current, in order, down to 项, and in the right table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from ...model.book import Book, CellRef
from ...model.codes import Rename, function_codes, renames
from ...model.restate import LENGTHS
from ...model.severity import Severity
from ..check import PASSED, Verdict, failed, not_applicable
from ..rules import Rule
from .common import finding, reason

GENERAL, FUND, CAPITAL = "一般公共预算", "政府性基金预算", "国有资本经营预算"
_BRACKETS = str.maketrans("()“”", "（）\0\0")


@lru_cache(maxsize=8192)
def _plain(name: str) -> str:
    """A name without spaces, quotes and kinds of brackets: they tell no two 科目 apart."""
    return "".join(name.translate(_BRACKETS).replace("\0", "").split())


@lru_cache(maxsize=1)
def _renames() -> Mapping[tuple[str, str], Rename]:
    return {(r.old_code, _plain(r.old_name)): r for r in renames()}


def _printed(book: Book) -> dict[tuple[str, str], list[str]]:
    """(code, printed name) → the list tables that print it."""
    found: dict[tuple[str, str], list[str]] = {}
    for table in book.tables.values():
        names = table.names
        for code in table.codes if names else ():
            found.setdefault((code, names.get(code, "")), []).append(table.id)
    return found


def _cells(book: Book, tables: Iterable[str], code: str) -> list[CellRef]:
    return [_cell(book, table, code) for table in tables]


def _cell(book: Book, table: str, code: str) -> CellRef:
    place = book.tables[table].places.get(code)
    sheet = book.tables[table].sheet
    return CellRef(f"{table}.{code}", sheet, place.cell if place else "", code)


def _codes(book: Book) -> dict[str, list[str]]:
    """List table → its codes."""
    return {
        form.id: list(book.tables[form.id].codes)
        for form in book.edition.tables
        if form.kind == "list" and form.id in book.tables
    }


def code_names(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A05-2: the printed name is the code's present one; renamed 科目 are said with the new name."""
    known = function_codes()
    printed = _printed(book)
    clean = True
    for (code, name), tables in printed.items():
        entry, plain = known.get(code), _plain(name)
        old = _renames().get((code, plain)) if plain else None
        if not plain or (entry and plain == _plain(entry.name) and entry.in_use):
            continue
        if old:
            now = "" if old.new_code == code else f"{old.new_code} "
            since = f"从{old.year}年起" if old.year.isdigit() else "现在"
            message = f"科目{code}“{name}”是旧的，{since}是“{now}{old.new_name}”。"
        elif entry and entry.trusted:
            message = f"科目{code}的名称是“{name}”，目录里是“{entry.name}”。"
        else:
            continue
        clean = False
        yield failed(finding(rule, message, _cells(book, tables, code)), reason(rule, code=code))
    if clean:
        yield PASSED if printed else not_applicable("各表都没有科目")


def unknown_codes(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A05-3: codes that the dictionary lacks, all in one hint."""
    known = function_codes()
    printed = _printed(book)
    unknown = {
        code: tables
        for (code, name), tables in printed.items()
        if code not in known and (code, _plain(name)) not in _renames()
    }
    if not unknown:
        yield PASSED if printed else not_applicable("各表都没有科目")
        return
    words = []
    for code in unknown:
        parent = next((code[:n] for n in (5, 3) if n < len(code) and code[:n] in known), "")
        orphan = not parent and len(code) > 3
        words.append(f"{code}（它的类{code[:3]}也不在目录里）" if orphan else code)
    message = f"目录里没有科目{'、'.join(words)}。"
    yield failed(
        finding(rule, message, [_cell(book, tables[0], code) for code, tables in unknown.items()])
    )


def historical_codes(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A05-4: codes that were in use before 2019 only."""
    known = function_codes()
    printed = _printed(book)
    clean = True
    for (code, name), tables in printed.items():
        entry, plain = known.get(code), _plain(name)
        if entry is None or entry.in_use or (code, plain) in _renames():
            continue
        if plain and plain != _plain(entry.name):
            continue  # the code may have been given out again
        clean = False
        message = f"科目{code}“{entry.name}”只在2019年以前的科目里有。"
        yield failed(finding(rule, message, _cells(book, tables, code)), reason(rule, code=code))
    if clean:
        yield PASSED if printed else not_applicable("各表都没有科目")


def code_order(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A06-2: codes ascend, each 类 and 款 before what belongs to it."""
    clean = True
    tables = _codes(book)
    for table, codes in tables.items():
        for before, after in pairwise(codes):
            if after < before:
                clean = False
                sheet = book.tables[table].sheet
                message = f"{sheet}里科目{after}排在{before}后面，应当按代码从小到大排列。"
                yield failed(finding(rule, message, [_cell(book, table, after)]))
                break
    if clean:
        yield PASSED if any(tables.values()) else not_applicable("各表都没有科目")


def down_to_items(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A06-3: every 类 and 款 that is printed has its 项 below it."""
    clean = True
    tables = _codes(book)
    for table, codes in tables.items():
        short = [code for code in codes if len(code) < 7]
        bare = [c for c in short if not any(o != c and o.startswith(c) for o in codes)]
        if bare:
            clean = False
            sheet = book.tables[table].sheet
            message = f"{sheet}里科目{'、'.join(bare)}没有列到“项”（7位代码）。"
            yield failed(finding(rule, message, [_cell(book, table, code) for code in bare]))
    if clean:
        yield PASSED if any(tables.values()) else not_applicable("各表都没有科目")


def levels_printed(book: Book, rule: Rule) -> Iterator[Verdict]:
    """A06-4: where the edition prints rows of 类 and 款, every code stands below its own."""
    clean, asked, filled = True, False, False
    for form in book.edition.tables:
        rows = book.tables.get(form.id)
        lengths = sorted(LENGTHS[level] for level in form.levels if level in LENGTHS)
        if form.kind != "list" or rows is None or len(lengths) < 2:
            continue
        asked, filled = True, filled or bool(rows.codes)
        below = {
            code[:length]: code
            for code in reversed(rows.codes)
            for length in lengths
            if length < len(code) and code[:length] not in rows.codes
        }
        if below:
            clean = False
            lacking = "、".join(_named(code) for code in sorted(below))
            message = f"{rows.sheet}里没有{lacking}这{'一' if len(below) == 1 else len(below)}行。"
            first = dict.fromkeys(below[code] for code in sorted(below))
            yield failed(finding(rule, message, [_cell(book, form.id, code) for code in first]))
    if clean and not asked:
        yield not_applicable("这个版式只列到项，不列类、款行")
    elif clean:
        yield PASSED if filled else not_applicable("各表都没有科目")


def _named(code: str) -> str:
    """A code with its name, where the dictionary has it."""
    entry = function_codes().get(code)
    return f"“{code} {entry.name}”" if entry else f"“{code}”"


def _misplaced(
    book: Book, rule: Rule, table: str, wrong: Iterable[tuple[str, str, Severity]]
) -> Iterator[Verdict]:
    """Verdicts for the (code, what it is, severity) that stand in the wrong table."""
    clean = True
    for code, what, severity in wrong:
        clean = False
        sheet = book.tables[table].sheet
        sure = "是" if severity == Severity.ERROR else "看来是"
        message = f"{sheet}里的科目{code}{sure}{what}。"
        cells = [_cell(book, table, code)]
        wrong_place = finding(rule, message, cells, severity=severity)
        yield failed(wrong_place, reason(rule, code=code))
    if clean:
        yield (
            PASSED
            if book.tables[table].codes
            else not_applicable(f"{book.edition.by_id[table].short}没有科目")
        )


def _budget_of(code: str) -> tuple[str, bool]:
    """The budget a code belongs to, by itself or by its 款, and whether that was seen in print."""
    known = function_codes()
    for length in (len(code), 5):
        entry = known.get(code[:length])
        if entry and entry.in_use and entry.budget:
            return entry.budget, entry.trusted
    return "", False


def general_codes(book: Book, rule: Rule) -> Iterator[Verdict]:
    """E06: no 政府性基金 and no 国有资本经营 code in 05; 款 98 of every 类 is 超长期特别国债."""
    certain = tuple(rule.settings["prefixes"])
    special_bonds = rule.settings["special_bonds"]

    def wrong() -> Iterator[tuple[str, str, Severity]]:
        for code in book.tables["T05"].codes:
            budget, seen = _budget_of(code)
            if code.startswith(certain):
                what = CAPITAL if code.startswith("223") else FUND
                yield code, f"{what}科目", Severity.ERROR
            elif code[3:5] == special_bonds and budget in (FUND, ""):
                yield code, f"超长期特别国债安排的支出，属于{FUND}", Severity.ERROR
            elif budget in (FUND, CAPITAL):
                yield code, f"{budget}科目", Severity.ERROR if seen else Severity.WARNING

    return _misplaced(book, rule, "T05", wrong())


def fund_codes(book: Book, rule: Rule) -> Iterator[Verdict]:
    """G04: only 政府性基金 codes in 07."""

    def wrong() -> Iterator[tuple[str, str, Severity]]:
        for code in book.tables["T07"].codes:
            budget, seen = _budget_of(code)
            if len(code) > 3 and budget in (GENERAL, CAPITAL):
                yield code, f"{budget}科目", Severity.ERROR if seen else Severity.WARNING

    return _misplaced(book, rule, "T07", wrong())


def capital_codes(book: Book, rule: Rule) -> Iterator[Verdict]:
    """G05: only 国有资本经营 codes in 08."""
    allowed: list[str] = rule.settings["prefixes"]

    def wrong() -> Iterator[tuple[str, str, Severity]]:
        for code in book.tables["T08"].codes:
            fits = any(code.startswith(prefix) or prefix.startswith(code) for prefix in allowed)
            if not fits:
                yield code, "别的预算的科目", Severity.ERROR

    return _misplaced(book, rule, "T08", wrong())
