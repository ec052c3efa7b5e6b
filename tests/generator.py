"""Made-up departments whose figures are consistent to the 分, for tests, samples and benchmarks.

Everything grows from atoms: for each 科目 and each source of money what was carried in, spent as
basic or project expenditure, and carried out.  Income is what remains, and every figure of the nine
tables is a sum of atoms, so all identities hold exactly.  ``publication`` rounds each figure by itself
to 万元, which gives honest 尾差.

Every amount that is not zero is at least 100 元 (0.01 万元): a smaller one would be printed as 0.00,
and a printed zero is exactly zero.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from xlbudget.model.book import Book, Fact, Figure, Place, Reason, Record, TableRows
from xlbudget.model.codes import function_codes
from xlbudget.model.content import Content
from xlbudget.model.forms import Edition, Table, editions, load_edition
from xlbudget.model.inputs import load_inputs
from xlbudget.model.money import UNITS, WAN, YUAN, Unit, round_half_up
from xlbudget.narrate.reasons import required_reasons

LEAST = 10_000  # 分: 100 元
WHOLE_WAN = 1_000_000  # 分: 1 万元

GENERAL, FUND, CAPITAL = "general", "fund", "capital"
OWN = ("superior", "operating", "business", "affiliated", "other")  # the other columns of 02
LINE_OF = {GENERAL: 1, FUND: 2, CAPITAL: 3, **{kind: 4 + i for i, kind in enumerate(OWN)}}
TRIPS = (("30212", "abroad"), ("31013", "vehicle_purchase"), ("30231", "vehicle_running"),
         ("30217", "reception"))  # fmt: skip

_NOT_GENERAL = ("20709", "21208", "21219", "22904", "22908", "22960", "223")
_USUAL = frozenset(
    ("30101", "30102", "30103", "30108", "30110", "30113", "30201", "30207", "30211", "30228")
)
_TYPICAL = {"abroad": 6, "vehicle_purchase": 18, "vehicle_running": 4, "reception": 1}
_WORDS = {
    "trips": ("新加坡", "日本", "德国"),
    "meetings": ("年度工作会议", "业务推进会议", "总结评审会议"),
    "trainings": ("业务骨干培训班", "新进人员培训班", "专题培训班"),
}
_ODDS = {"301": 0.6, "302": 0.5, "303": 0.35, "307": 0.04, "310": 0.1, "399": 0.0}


class Atom(NamedTuple):
    """One 科目 and one source of money, in 分; ``distributed`` and ``used`` are lines 58 and 28."""

    code: str
    source: str
    basic: int = 0
    project: int = 0
    opening: int = 0
    closing: int = 0
    remitted: int = 0
    business: int = 0
    subsidy: int = 0
    distributed: int = 0
    used: int = 0

    @property
    def spent(self) -> int:
        return self.basic + self.project + self.remitted + self.business + self.subsidy

    @property
    def income(self) -> int:
        return self.spent + self.closing + self.distributed - self.opening - self.used


@lru_cache(maxsize=3)
def codes_of(budget: str) -> tuple[str, ...]:
    """项 codes in use that belong to a budget and to a class that the form prints."""
    classes = frozenset(load_edition().classes)
    return tuple(
        code
        for code, entry in sorted(function_codes().items())
        if len(code) == 7
        and entry.in_use
        and entry.budget == budget
        and code[:3] in classes
        and (budget != "一般公共预算" or not code.startswith(_NOT_GENERAL))
    )


def amount(rng: random.Random, typical: float, spread: float = 1.0) -> int:
    """A random amount in 分 around ``typical`` 万元, never below 100 元, hardly ever round."""
    return max(LEAST, round(typical * WHOLE_WAN * rng.lognormvariate(0, spread)))


def shares(rng: random.Random, total: int, count: int) -> list[int]:
    """``total`` cut into at most ``count`` random amounts of at least 100 元 each."""
    count = max(1, min(count, total // LEAST))
    weights = [rng.gammavariate(0.8, 1) + 1e-6 for _ in range(count)]
    free, whole = total - count * LEAST, sum(weights)
    parts = [LEAST + int(free * weight / whole) for weight in weights]
    parts[max(range(count), key=parts.__getitem__)] += total - sum(parts)
    return parts


def department(
    rng: random.Random,
    rows: int = 12,
    *,
    fund: bool | None = None,
    capital: bool | None = None,
    carry: bool | None = None,
    own: bool | None = None,
    classes: Collection[str] = (),
    flows: bool = False,
    name: str = "示范部门",
) -> Content:
    """A department in 元 with ``rows`` 科目 in 03; what is not asked for is drawn.

    ``flows`` says whether 08 has income and carry-over too, as some editions print it.
    ``classes`` are the function classes its 一般公共预算 is spent on; all classes where none is named.
    """
    fund = rng.random() < 0.35 if fund is None else fund
    capital = rng.random() < 0.2 if capital is None else capital
    carry = rng.random() < 0.5 if carry is None else carry
    own = rng.random() < 0.6 if own is None else own
    general = [c for c in codes_of("一般公共预算") if not classes or c[:3] in classes]
    atoms = _atoms(rng, general, rows, fund=fund, capital=capital, carry=carry, own=own)
    kind = "事业单位" if own else rng.choice(("行政单位", "参公事业单位"))
    figures = _tables(atoms, flows)
    _items(rng, figures, kind)
    _three_public(rng, figures)
    _last_year(rng, figures)
    _budget(rng, figures, atoms)
    facts, records = _facts(rng, figures)
    content = Content(
        department=name,
        year=2024,
        unit=YUAN.name,
        kind=kind,
        figures=figures,
        codes=_codes(atoms),
        facts=facts,
        records=records,
    )
    reasons = {
        line.key: "本年工作任务增加，相应增加支出" if line.difference > 0 else "厉行节约，压减支出"
        for line in required_reasons(book_of(content))
    }
    return content._replace(reasons=reasons)


def _atoms(
    rng: random.Random,
    pool: Sequence[str],
    rows: int,
    *,
    fund: bool,
    capital: bool,
    carry: bool,
    own: bool,
) -> list[Atom]:
    funds = sorted(rng.sample(codes_of("政府性基金预算"), rng.randint(1, 2))) if fund else []
    capitals = sorted(rng.sample(codes_of("国有资本经营预算"), 1)) if capital else []
    general = sorted(rng.sample(pool, max(1, rows - len(funds) - len(capitals))))
    atoms: list[Atom] = []

    def add(atom: Atom) -> None:
        if carry and rng.random() < 0.5:
            closing = amount(rng, 8) if rng.random() < 0.7 else 0
            room = atom.spent + closing - LEAST
            opening = min(amount(rng, 8), room) if room >= LEAST and rng.random() < 0.7 else 0
            atom = atom._replace(opening=opening, closing=closing)
        atoms.append(atom)

    for index, code in enumerate(general):
        kinds = rng.choice(("basic", "project", "both")) if index else "both"
        basic = amount(rng, 60) if kinds != "project" else 0
        project = amount(rng, 40) if kinds != "basic" else 0
        add(Atom(code, GENERAL, basic, project))
    for code in funds:
        add(Atom(code, FUND, project=amount(rng, 90), basic=amount(rng, 5) * rng.randrange(2)))
    for code in capitals:
        add(Atom(code, CAPITAL, project=amount(rng, 30)))
    if own:
        for source in rng.sample(OWN, rng.randint(1, len(OWN))):
            for code in rng.sample(general, min(len(general), rng.randint(1, 3))):
                atom = Atom(code, source, basic=amount(rng, 6))
                if source == "business":
                    atom = Atom(code, source, business=amount(rng, 12))
                    if rng.random() < 0.4:
                        atom = atom._replace(distributed=amount(rng, 2))
                elif source == "operating" and rng.random() < 0.4:
                    atom = atom._replace(project=amount(rng, 9), used=LEAST + atom.basic // 3)
                elif source in ("superior", "affiliated") and rng.random() < 0.5:
                    atom = atom._replace(
                        remitted=amount(rng, 3) * rng.randrange(2),
                        subsidy=amount(rng, 3) * rng.randrange(2),
                    )
                if atom.used and atom.spent - atom.used < LEAST:
                    atom = atom._replace(used=0)
                if atom.used:
                    atoms.append(atom)
                else:
                    add(atom)
    return atoms


def _codes(atoms: Iterable[Atom]) -> dict[str, tuple[str, ...]]:
    atoms = list(atoms)

    def of(chosen: Iterable[Atom]) -> tuple[str, ...]:
        return tuple(sorted({atom.code for atom in chosen}))

    return {
        "T02": of(atom for atom in atoms if atom.income),
        "T03": of(atoms),
        "T05": of(atom for atom in atoms if atom.source == GENERAL),
        "T07": of(atom for atom in atoms if atom.source == FUND),
        "T08": of(atom for atom in atoms if atom.source == CAPITAL),
    }


class _Ledger(dict[str, int]):
    """Figure name → 分; adding to a figure creates it."""

    def add(self, name: str, fen: int) -> None:
        self[name] = self.get(name, 0) + fen


def _tables(atoms: Sequence[Atom], flows: bool) -> _Ledger:
    """01–05, 07 and 08 from the atoms; 06 and 09 are drawn from 05."""
    edition = load_edition()
    lines = edition.row_of_class
    t = _Ledger()
    for atom in atoms:
        appropriated = atom.source in (GENERAL, FUND, CAPITAL)
        spent, code = atom.spent, atom.code
        for row in (code, "total"):
            t.add(f"T02.{row}.total", atom.income)
            kind = "appropriation" if appropriated else atom.source
            t.add(f"T02.{row}.{kind}", atom.income)
            t.add(f"T03.{row}.total", spent)
            for column in ("basic", "project", "remitted", "business", "subsidy"):
                t.add(f"T03.{row}.{column}", getattr(atom, column))
            if atom.source == FUND or (flows and atom.source == CAPITAL):
                for column, fen in (("opening", atom.opening), ("income", atom.income),
                                    ("closing", atom.closing)):  # fmt: skip
                    t.add(f"{'T07' if atom.source == FUND else 'T08'}.{row}.{column}", fen)
            table = {GENERAL: "T05", FUND: "T07", CAPITAL: "T08"}.get(atom.source)
            if table:
                t.add(f"{table}.{row}.total", spent)
                t.add(f"{table}.{row}.basic", atom.basic)
                t.add(f"{table}.{row}.project", atom.project)
        t.add(f"T01.{LINE_OF[atom.source]}.amount", atom.income)
        t.add("T01.27.amount", atom.income)
        t.add("T01.28.amount", atom.used)
        t.add("T01.29.amount", atom.opening)
        t.add("T01.30.amount", atom.income + atom.used + atom.opening)
        t.add(f"T01.{lines['T01'][code[:3]]}.amount", spent)
        t.add("T01.57.amount", spent)
        t.add("T01.58.amount", atom.distributed)
        t.add("T01.59.amount", atom.closing)
        t.add("T01.60.amount", spent + atom.distributed + atom.closing)
        if appropriated:
            t.add(f"T04.{LINE_OF[atom.source]}.amount", atom.income)
            t.add("T04.27.amount", atom.income)
            t.add("T04.28.amount", atom.opening)
            t.add(f"T04.{28 + LINE_OF[atom.source]}.amount", atom.opening)
            t.add("T04.32.amount", atom.income + atom.opening)
            for column in ("total", atom.source):
                t.add(f"T04.{lines['T04'][code[:3]]}.{column}", spent)
                t.add(f"T04.59.{column}", spent)
                t.add(f"T04.60.{column}", atom.closing)
                t.add(f"T04.64.{column}", spent + atom.closing)
    return t


def _items(rng: random.Random, t: _Ledger, kind: str) -> None:
    """06: basic expenditure of 05 by economic item; the items of 三公 stay small."""
    codes = [c for s in load_edition().by_id["T06"].stacks for c in s.codes if len(c) == 5]
    trips = {code for code, _ in TRIPS}
    drawn = [
        code
        for code in codes
        if code not in trips
        and (code in _USUAL or rng.random() < _ODDS[code[:3]])
        and not (code == "30107" and kind == "行政单位")
    ]
    basic = t.get("T05.total.basic", 0)
    for code, _ in TRIPS:
        fen = min(amount(rng, 2), basic // 50)
        if rng.random() < 0.6 and fen >= LEAST:
            t[f"T06.{code}.amount"] = fen
            basic -= fen
    parts = shares(rng, basic, len(drawn))
    for code, fen in zip(rng.sample(drawn, len(parts)), parts, strict=True):
        t[f"T06.{code}.amount"] = fen
    for code in codes:
        fen = t.get(f"T06.{code}.amount", 0)
        t.add(f"T06.{code[:3]}.amount", fen)
        t.add(f"T06.{'personnel' if code[:3] in ('301', '303') else 'public'}.amount", fen)


def _three_public(rng: random.Random, t: _Ledger) -> None:
    """09: at least what 06 shows, the rest from projects; the budget covers it."""
    room = t.get("T05.total.project", 0) // 10
    for code, column in TRIPS:
        actual = t.get(f"T06.{code}.amount", 0)
        more = min(amount(rng, _TYPICAL[column], 0.4), room)
        if rng.random() < 0.4 and more >= LEAST:
            actual += more
            room -= more
        planned = actual + (amount(rng, 0.5) if rng.random() < 0.6 else 0) * (actual > 0)
        for row, fen in (("actual", actual), ("budget", planned)):
            t.add(f"T09.{row}.{column}", fen)
            t.add(f"T09.{row}.total", fen)
            if column.startswith("vehicle"):
                t.add(f"T09.{row}.vehicles", fen)


def _near(rng: random.Random, fen: int) -> int:
    """Another year's amount: 70 to 130 per cent of this one's, zero where it was zero."""
    return max(LEAST, fen * rng.randint(700, 1300) // 1000) if fen else 0


def _last_year(rng: random.Random, t: _Ledger) -> None:
    last = {f"LAST.T09.actual.{column}": _near(rng, t[f"T09.actual.{column}"])
            for _, column in TRIPS}  # fmt: skip
    vehicles = last["LAST.T09.actual.vehicle_purchase"] + last["LAST.T09.actual.vehicle_running"]
    t.update(last)
    t["LAST.T09.actual.vehicles"] = vehicles
    t["LAST.T09.actual.total"] = (
        vehicles + last["LAST.T09.actual.abroad"] + last["LAST.T09.actual.reception"]
    )
    t["LAST.T06.public.amount"] = _near(rng, t["T06.public.amount"])
    # 年初结转 of this year is 年末结转 of the last.
    t["LAST.T01.59.amount"] = t.get("T01.29.amount", 0)
    t["LAST.T04.60.total"] = t.get("T04.28.amount", 0)
    spent = _near(rng, t["T05.total.total"])
    t["LAST.T05.total.total"] = spent
    t["LAST.T04.32.amount"] = spent + t["LAST.T04.60.total"] + amount(rng, 5)
    t["LAST.T01.30.amount"] = t["LAST.T04.32.amount"] + t["LAST.T01.59.amount"] + amount(rng, 5)


def _budget(rng: random.Random, t: _Ledger, atoms: Sequence[Atom]) -> None:
    for atom in atoms:
        if atom.source == GENERAL:
            draw = rng.random()
            fen = 0 if draw < 0.15 else atom.spent if draw < 0.3 else _near(rng, atom.spent)
            t[f"BUDGET.T05.{atom.code}.total"] = fen
            t.add("BUDGET.T05.total.total", fen)


def _facts(
    rng: random.Random, t: _Ledger
) -> tuple[dict[str, str], list[tuple[str, dict[str, str]]]]:
    """补充资料: counts that go with the amounts, lists that add up."""
    texts: dict[str, str] = {"self": "本单位"}
    records: list[tuple[str, dict[str, str]]] = []

    def money(name: str, fen: int) -> None:
        t[f"FACT.{name}"] = fen

    def count(name: str, number: int) -> None:
        t[f"FACT.{name}"] = number * YUAN.fen

    def listed(list_id: str, fen: int, title: str, **more: str) -> int:
        parts = shares(rng, fen, rng.randint(1, 3)) if fen else []
        for word, part in zip(_WORDS[list_id], parts, strict=False):
            records.append((list_id, {**more, title: word, "amount": YUAN.text(part)}))
        return len(parts)

    abroad = t["T09.actual.abroad"]
    groups = listed("trips", abroad, "destination", groups="1", persons="2", purpose="学习交流")
    count("abroad.groups", groups)
    count("abroad.persons", groups * 2)
    count("vehicle.purchased", int(t["T09.actual.vehicle_purchase"] > 0))
    kept = rng.randint(1, 4) if t["T09.actual.vehicle_running"] else 0
    count("vehicle.kept", kept)
    receptions = max(1, t["T09.actual.reception"] // 200_000) * (t["T09.actual.reception"] > 0)
    count("reception.groups", receptions)
    count("reception.persons", receptions * 12)
    texts["vehicle.use"] = "燃油、维修、保险和过路过桥费"
    texts["reception.use"] = "上级调研和兄弟单位交流的接待"
    for fact, list_id, code in (
        ("meeting", "meetings", "30215"),
        ("training", "trainings", "30216"),
    ):
        fen = t.get(f"T06.{code}.amount", 0) + amount(rng, 1) * rng.randrange(2)
        money(f"{fact}.amount", fen)
        listed(list_id, fen, "name", times="1", persons="40", purpose="业务工作")
    money("festival.amount", 0)
    kinds = ("goods", "works", "services")
    bought = [amount(rng, 10) * rng.randrange(2) for _ in kinds]
    money("procurement.total", sum(bought))
    small = 0
    for kind, fen in zip(kinds, bought, strict=True):
        money(f"procurement.{kind}", fen)
        money(f"procurement.sme_{kind}", fen)
        small += fen
    money("procurement.sme", small)
    money("procurement.small", small // 2 if small >= 2 * LEAST else 0)
    for kind in ("minister", "leader", "courier", "emergency", "enforcement", "special", "retired"):
        count(f"asset.vehicles_{kind}", 0)
    count("asset.vehicles_courier", kept)
    count("asset.vehicles_other", 0)
    count("asset.vehicles", kept)
    count("asset.equipment", rng.randint(0, 2))
    total, project = t["T03.total.total"], t.get("T03.total.project", 0)
    money("performance.budget", t["BUDGET.T05.total.total"])
    money("performance.adjusted", total + amount(rng, 20))
    basic = t.get("T03.total.basic", 0)
    planned, adjusted = t["FACT.performance.budget"], t["FACT.performance.adjusted"]
    money("performance.budget_basic", min(basic, planned))
    money("performance.budget_project", planned - min(basic, planned))
    money("performance.adjusted_basic", basic)
    money("performance.adjusted_project", adjusted - basic)
    for kind, table in (("general", "T05"), ("fund", "T07"), ("capital", "T08")):
        fen = t.get(f"{table}.total.project", 0)
        count(f"performance.projects_{kind}", int(fen > 0))
        money(f"performance.amount_{kind}", fen)
    money("performance.project_budget", project + amount(rng, 5) if project else 0)
    money("performance.project_actual", project)
    count("performance.score", 95)
    texts["performance.grade"] = "优"
    texts["performance.achievements"] = "年初确定的各项目标已经完成"
    texts["performance.problems"] = "个别项目的执行进度偏慢"
    texts["performance.measures"] = "加强预算执行的跟踪和督促"
    count("evaluation.posts", 50)
    count("evaluation.staff", 48)
    texts["overview.duties"] = "贯彻有关法律法规和政策。\n拟订工作计划并组织实施。"
    texts["overview.bodies"] = "内设办公室、财务科、业务科3个机构。"
    texts["overview.units"] = "纳入部门决算的只有本级。"
    texts["evaluation.projects"] = "项目按计划实施，已经完成。"
    texts["evaluation.management"] = "资金专款专用，支出先审批后报销。"
    return texts, records


# ---------------------------------------------------------------- publication and book


@lru_cache(maxsize=1)
def _counts() -> frozenset[str]:
    """Names of the FACT figures that are no amounts of money."""
    return frozenset(f"FACT.{e.id}" for e in load_inputs().facts.values() if e.kind != "amount")


def common_classes() -> tuple[str, ...]:
    """The function classes that every edition prints."""
    first, *others = (load_edition(edition_id).classes for edition_id in editions())
    return tuple(c for c in first if all(c in classes for classes in others))


def publication(content: Content) -> Content:
    """The 万元 publication of a content in 元: every figure rounded half-up by itself."""
    counts = _counts()
    figures = {
        name: fen * WAN.fen // YUAN.fen if name in counts else round_half_up(fen, WAN.last_digit)
        for name, fen in content.figures.items()
    }
    records = [
        (
            list_id,
            {
                key: WAN.text(_fen(value)) if key == "amount" else value
                for key, value in fields.items()
            },
        )
        for list_id, fields in content.records
    ]
    return content._replace(unit=WAN.name, figures=figures, records=records)


def _fen(yuan: str) -> int:
    whole, _, cents = yuan.partition(".")
    return int(whole) * 100 + int(cents)


def _head(table: Table, edition: Edition, unit: Unit, department: str) -> dict[str, str]:
    """What the edition prints above a table."""
    head = {"number": table.number, "unit": f"单位:{unit.name}", "department": department}
    return {key: text for key, text in head.items() if key in edition.prints}


def book_of(content: Content) -> Book:
    """The book that reading a workbook with this content would give; places are made up."""
    edition, inputs, unit = load_edition(content.edition), load_inputs(), UNITS[content.unit]
    figures: dict[str, Figure] = {}
    tables: dict[str, TableRows] = {}
    known = function_codes()
    for table in edition.tables:
        codes = tuple(content.codes.get(table.id, ()))
        names = list(table.fixed_names)
        if table.kind == "list":
            names += [
                f"{table.id}.{code}.{column.id}" for code in codes for column in table.columns
            ]
        if table.kind == "items":
            names += [f"{table.id}.{c}.amount" for c in codes if c not in table.fixed_rows]
        found = _figures(names, content.figures, unit, table.sheet)
        figures.update(found)
        empty = table.empty_note and not any(figure.fen for figure in found.values())
        printed = {c: content.names.get(c) or (known[c].name if c in known else "") for c in codes}
        tables[table.id] = TableRows(
            table.id,
            table.sheet,
            codes,
            printed,
            {code: Place(table.sheet, 8 + index, 1) for index, code in enumerate(codes)},
            (*table.notes, *((table.empty_note,) if empty else ())),
            _head(table, edition, unit, content.department),
            position=len(tables) + 1,
        )
    for prefix, sheet in (
        ("LAST.", inputs.last_year_sheet),
        ("BUDGET.", inputs.budget_sheet),
        ("FACT.", inputs.facts_sheet),
    ):
        names = [name for name in content.figures if name.startswith(prefix)]
        figures.update(_figures(names, content.figures, unit, sheet))
    texts = {
        **content.facts,
        "department": content.department,
        "year": str(content.year or ""),
        "unit": unit.name,
        "edition": content.edition,
        "kind": content.kind,
    }
    return Book(
        file="",
        edition=edition,
        unit=unit,
        department=content.department,
        year=content.year,
        kind=content.kind,
        tables=tables,
        figures=figures,
        unreadable={},
        facts={
            key: Fact(key, text or None, Place(inputs.cover_sheet, index, 3))
            for index, (key, text) in enumerate(texts.items(), 4)
        },
        reasons={
            key: Reason(key, text, Place(inputs.reasons_sheet, index, 6))
            for index, (key, text) in enumerate(content.reasons.items(), 4)
        },
        records=tuple(
            Record(list_id, fields, Place(inputs.facts_sheet, 100 + index, 1))
            for index, (list_id, fields) in enumerate(content.records)
        ),
        findings=(),
    )


def _figures(
    names: Iterable[str], amounts: Mapping[str, int], unit: Unit, sheet: str
) -> dict[str, Figure]:
    counts = _counts()
    return {
        name: figure_of(name, amounts.get(name), unit, Place(sheet, row, 3), name in counts)
        for row, name in enumerate(names, 5)
    }


def figure_of(
    name: str, fen: int | None, unit: Unit, place: Place, is_count: bool = False
) -> Figure:
    """A figure as reading would give it: a zero, a count and what still holds its 分 are exact."""
    rounded = bool(fen) and not is_count and fen % unit.last_digit == 0
    return Figure(name, fen, unit.half if rounded else 0, place)
