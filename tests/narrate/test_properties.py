"""What holds for every book: each number traced and true, words that agree, clean punctuation."""

from __future__ import annotations

import re
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.narrate.books import make_book, seed_book
from xlbudget.model.book import Book
from xlbudget.model.money import WAN, parse_amount, round_half_up
from xlbudget.narrate import Paragraph, narrate, required_reasons
from xlbudget.narrate.trace import Number

CODES = ("2010301", "2010302", "2050201", "2080505")
KINDS = ("abroad", "vehicles", "vehicle_purchase", "vehicle_running", "reception", "total")
COUNTS = (
    "abroad.groups",
    "abroad.persons",
    "vehicle.purchased",
    "vehicle.kept",
    "reception.groups",
)
ASSETS = ("asset.vehicles", "asset.vehicles_leader", "asset.vehicles_other", "asset.equipment")
MONEY = ("total", "goods", "works", "services", "sme", "small", "sme_goods", "sme_works")
COLUMNS = {
    "T02": ("total", "appropriation", "superior", "operating", "other"),
    "T03": ("total", "basic", "project", "business"),
    "T07": ("opening", "income", "total", "basic", "project", "closing"),
    "T08": ("total", "basic", "project"),
}
_FIXED = re.compile(r"12月31日|100万元以上|^（?\d+[.）]")

DIRECTION = re.compile(
    r"预算数(-?[\d.]+)万元，(?:本年没有支出，)?决算数(-?[\d.]+)万元"
    r"(?:，完成\w+的([\d.]+)%)?[，。]决算数(大于|小于|与)"
)

amounts = st.one_of(
    st.none(),
    st.sampled_from(["0.00", "0.01", "5.00", "5.00", "12.34", "-3.00", "0.004", "99.995"]),
    st.decimals(-50, 3000, places=2).map(str),
)
counts = st.one_of(st.none(), st.integers(0, 40).map(str))
texts = st.text("甲乙丙增加，。；、,; ：:\n（）主要是原因元的", max_size=12)


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A small book whose figures need not agree with each other: drafts are narrated too."""
    names = [f"{table}.total.{c}" for table, columns in COLUMNS.items() for c in columns]
    names += [f"T01.{row}.amount" for row in (30, 57, 60)]
    names += ["T04.32.amount", "T04.64.total", "T05.total.total", "T05.total.basic"]
    names += [f"T04.{row}.general" for row in (33, 37, 40)] + ["T04.59.fund", "T04.59.capital"]
    names += [f"T06.{row}.amount" for row in ("personnel", "public", "30101", "30201", "31002")]
    names += [f"T09.{row}.{kind}" for row in ("budget", "actual") for kind in KINDS]
    names += [f"LAST.T09.actual.{kind}" for kind in KINDS]
    names += [f"LAST.{n}" for n in ("T01.30.amount", "T04.32.amount", "T05.total.total")]
    names += ["LAST.T06.public.amount", "BUDGET.T05.total.total", "FACT.meeting.amount"]
    names += [f"FACT.procurement.{n}" for n in MONEY]
    names += ["FACT.performance.adjusted", "FACT.performance.amount_general"]
    codes = draw(st.lists(st.sampled_from(CODES), unique=True))
    for code in codes:
        names += [f"T05.{code}.total", f"BUDGET.T05.{code}.total", f"T07.{code}.total"]
    figures = {name: draw(amounts) for name in names}
    figures |= {f"FACT.{name}": draw(counts) for name in (*COUNTS, *ASSETS)}
    figures["FACT.performance.projects_general"] = draw(counts)
    meeting = st.fixed_dictionaries(
        {
            "name": st.sampled_from(["甲会", ""]),
            "times": counts.map(lambda c: c or ""),
            "amount": st.sampled_from(["1.00", "", "一"]),
        }
    )
    book = make_book(
        figures,
        unit=draw(st.sampled_from(["万元", "元"])),
        kind=draw(st.sampled_from(["行政单位", "事业单位", ""])),
        codes={"T05": codes, "T07": draw(st.sampled_from([codes, []]))},
        records=[("meetings", fields) for fields in draw(st.lists(meeting, max_size=2))],
        facts={"vehicle.use": draw(texts), "performance.achievements": draw(texts)},
    )
    keys = [line.key for line in required_reasons(book)]
    return make_book_with_reasons(book, {key: draw(texts) for key in keys})


def make_book_with_reasons(book: Book, reasons: dict[str, str]) -> Book:
    return book._replace(reasons=make_book({}, reasons=reasons).reasons)


def shown(book: Book, names: tuple[str, ...]) -> int:
    """The sum of figures in 0.01 万元, rounded once; lines of lists by their number."""
    total = 0
    for name in names:
        parts = name.split(".")
        if parts[0] == "FACT" and len(parts) == 4:
            lines = [r for r in book.records if r.list_id == parts[1]]
            parsed = parse_amount(lines[int(parts[2]) - 1].fields[parts[3]], book.unit)
            assert parsed
            total += parsed[0]
        else:
            total += book.value(name)
    return round_half_up(total, WAN.last_digit) // WAN.last_digit


def bases(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of a comparison or share, as (what is compared, what it is compared with)."""
    other = tuple(n for n in names if n.startswith(("LAST.", "BUDGET.")))
    if other:
        return tuple(n for n in names if n not in other), other
    return names[:-1], names[-1:]


def check_number(book: Book, text: str, number: Number) -> None:
    before, after = text[: number.start], text[number.end :]
    assert text[number.start : number.end] == number.text
    assert number.names
    assert "," not in number.text
    if number.names == ("year",):
        assert number.text == str(book.year)
    elif after.startswith("%"):
        part, whole = (shown(book, names) for names in bases(number.names))
        grows = before.endswith(("增长", "下降"))
        exact = Fraction(abs(part - whole) if grows else part, whole) * 100
        assert abs(Fraction(number.text) - exact) <= Fraction(1, 200)
        assert re.fullmatch(r"\d+\.\d\d", number.text)
        if grows:
            assert before.endswith("增长") == (part > whole)
    elif after.startswith("万元"):
        value = round(Fraction(number.text) * 100)
        assert re.fullmatch(r"-?\d+\.\d\d", number.text)
        if before.endswith(("增加", "减少")):
            now, then = (shown(book, names) for names in bases(number.names))
            assert value == abs(now - then) > 0
            assert before.endswith("增加") == (now > then)
        else:
            assert value == shown(book, number.names)
    else:  # a count
        pieces = [
            Fraction(book.value(name), book.unit.fen)
            if len(name.split(".")) < 4
            else count(book, name)
            for name in number.names
        ]
        assert Fraction(number.text) == sum(pieces)


def count(book: Book, name: str) -> Fraction:
    _, list_id, index, key = name.split(".")
    lines = [r for r in book.records if r.list_id == list_id]
    return Fraction(lines[int(index) - 1].fields[key])


def check_paragraph(book: Book, paragraph: Paragraph) -> None:
    text = paragraph.title or paragraph.text
    for number in paragraph.numbers:
        check_number(book, text, number)
    rest = list(text)
    for number in paragraph.numbers:
        rest[number.start : number.end] = "＃" * (number.end - number.start)
    bare = _FIXED.sub("", re.sub("【待填：[^】]*】", "", "".join(rest)))
    assert not re.search(r"\d", bare), bare
    assert not re.search(r"[，。；：、,;:]{2}", text), text
    assert not re.search("[\ue000-\uf8ff]|\\{\\{|None|元元|主要是主要是|原因是：[。；]", text), text
    if paragraph.text:
        assert text.endswith(("。", "其中：", "情况如下：", "完成情况：", "原因：", "措施：")), text


def check_directions(paragraph: Paragraph) -> None:
    """大于 / 小于 / 持平 agree with the two amounts of the sentence, 完成 with both."""
    for planned, actual, rate, word in DIRECTION.findall(paragraph.text):
        difference = Fraction(actual) - Fraction(planned)
        assert word == ("大于" if difference > 0 else "小于" if difference else "与")
        if rate:
            assert Fraction(planned) > 0


@given(books())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_number_is_traced_and_true(book: Book) -> None:
    narrative = narrate(book)
    for paragraph in narrative.paragraphs:
        check_paragraph(book, paragraph)
        check_directions(paragraph)
    text = "".join(p.title + p.text for p in narrative.paragraphs)
    assert len(narrative.missing) == len(narrative.findings) == len(set(narrative.missing))
    for entry in narrative.missing:
        assert f"【待填：{entry.label}】" in text
    for label in re.findall("【待填：([^】]*)】", text):
        assert any(entry.label == label for entry in narrative.missing)


@given(books())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_same_book_same_text(book: Book) -> None:
    assert narrate(book) == narrate(book)


@given(books())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_reasons_asked_for_are_the_reasons_required(book: Book) -> None:
    """The text asks for a reason exactly where 原因说明 has a line without one."""
    bare = book._replace(reasons={})
    asked = {entry.key for entry in narrate(bare).missing if "~" in entry.key}
    assert asked == {line.key for line in required_reasons(bare)}


def test_the_pattern_of_directions_matches() -> None:
    """Guards check_directions against a change of wording that would leave it without work."""
    text = "".join(p.text for p in narrate(seed_book()).paragraphs)
    assert len(DIRECTION.findall(text)) == 13


def test_seed_numbers_are_traced_and_true() -> None:
    book = seed_book()
    for paragraph in narrate(book).paragraphs:
        text = paragraph.title or paragraph.text
        for number in paragraph.numbers:
            check_number(book, text, number)
        check_directions(paragraph)
