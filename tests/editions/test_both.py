"""The same department in every edition: the same names, the same verdicts, and back again."""

from __future__ import annotations

import random

import pytest

from tests.generator import book_of, common_classes, department, publication
from xlbudget.files.read import book_from_bytes
from xlbudget.fill import fill
from xlbudget.model.book import Book
from xlbudget.model.content import Content, content_of
from xlbudget.model.forms import editions, load_edition
from xlbudget.model.inputs import load_inputs
from xlbudget.model.money import WAN
from xlbudget.model.restate import restated
from xlbudget.narrate import narrate, required_reasons
from xlbudget.template import build
from xlbudget.validate import Report, validate

HUNAN, SHANGHAI = load_edition("hunan-2024"), load_edition("shanghai-2024")


def made_up(seed: int, rows: int = 14) -> Content:
    rng = random.Random(seed)
    return department(rng, rows, fund=True, capital=True, flows=True, classes=common_classes())


def in_both(content: Content) -> tuple[Content, Content]:
    return content, restated(content, SHANGHAI).content


def read(content: Content) -> Book:
    return book_from_bytes(build(content), "")[0]


def errors(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings if finding.severity == "error"}


def amounts(book: Book) -> dict[str, int]:
    """Figures of the nine tables that are not zero."""
    return {n: f.fen for n, f in book.figures.items() if n[0] == "T" and f.fen}


def own_rows(book: Book, names: dict[str, int]) -> dict[str, int]:
    """Without the rows of 类 and 款 and without what 08 prints in one edition only."""
    return {
        name: fen
        for name, fen in names.items()
        if not (
            name.split(".")[1].isdigit()
            and len(name.split(".")[1]) in (3, 5)
            and book.edition.by_id[name[:3]].kind == "list"
        )
        and not (name.startswith("T08") and name.endswith((".opening", ".income", ".closing")))
    }


def test_both_editions_are_there() -> None:
    assert editions()[:2] == ("hunan-2024", "shanghai-2024")


def test_titles_are_numbered_through_and_keep_their_words() -> None:
    inputs = load_inputs(load_edition("shanghai-2024"))
    titles = [part.title for part in (*inputs.groups, *inputs.lists)]
    assert titles[0] == "一、“三公”经费"
    assert titles[-1] == (
        "十四、各项科目的用途（政府性基金、国有资本经营预算另填年初预算和差异原因）"
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_same_figures_have_the_same_names(seed: int) -> None:
    hunan, shanghai = (read(content) for content in in_both(made_up(seed)))
    assert hunan.edition is HUNAN
    assert shanghai.edition is SHANGHAI
    assert own_rows(shanghai, amounts(shanghai)) == amounts(hunan)


@pytest.mark.parametrize("seed", range(6))
def test_a_right_department_is_right_in_both(seed: int) -> None:
    for content in in_both(made_up(seed)):
        assert errors(validate(book_of(content))) == set()
        assert errors(validate(book_of(publication(content)))) == set()


@pytest.mark.parametrize("seed", range(30))
def test_a_wrong_figure_is_found_in_both_by_the_same_rules(seed: int) -> None:
    content = made_up(seed % 3)
    hunan, shanghai = in_both(content)
    rng = random.Random(seed)
    name = rng.choice([n for n in amounts(book_of(hunan)) if rng.random() < 0.9])
    found = []
    for one in (hunan, shanghai):
        wrong = one._replace(figures={**one.figures, name: one.figures[name] + 12_345_678})
        report = validate(book_of(wrong))
        assert report.verdict == "failed", name
        found.append(errors(report))
    # The sums of 类 and 款 stand between a 项 and what adds up the whole table.
    between = {"T01-6", "T04-12", "T04-13", "T04-14"}
    assert found[0] - between <= found[1] | {"T03-3"}


def test_what_only_one_edition_prints_is_not_applicable_in_the_other() -> None:
    hunan, shanghai = (validate(book_of(content)) for content in in_both(made_up(1)))
    reasons = {c.rule.id: c.reason for c in hunan.checks if c.outcome == "not_applicable"}
    assert reasons["T08-3"] == "这套版式的08表不印“年末结转和结余”"
    assert "不印" in reasons["T08-4"]
    outcomes = {c.rule.id: c.outcome for c in shanghai.checks if c.rule.id.startswith("T08-")}
    assert outcomes["T08-3"] == "passed"
    named = {c.rule.id: c for c in shanghai.checks}
    assert named["A02"].outcome == "not_applicable"
    assert "不印部门名称" in named["A02"].reason


def test_there_and_back_nothing_is_lost() -> None:
    content = made_up(2)
    there = restated(content, SHANGHAI)
    assert there.left == ()
    back = restated(content_of(read(there.content)), HUNAN)
    assert back.content.codes["T03"] == content.codes["T03"]
    wanted = amounts(book_of(content))
    assert amounts(read(back.content)) == wanted
    # What 08 of Hunan has no room for is said.
    assert all(name.startswith("T08.") for name in back.left)
    assert any(name.endswith(".income") for name in back.left)


def test_messages_speak_of_the_edition_s_tables() -> None:
    content = restated(made_up(3), SHANGHAI).content
    wrong = {**content.figures, "T09.actual.total": 1, "T01.27.amount": 5}
    messages = [f.message for f in validate(book_of(content._replace(figures=wrong))).findings]
    text = "\n".join(messages)
    assert "07三公经费表“决算数”的“合计”" in text
    assert "“八、其他收入”各行" in text
    assert "第27行" not in text
    assert "第1至8行" not in text


def test_fill_adds_up_the_rows_of_classes() -> None:
    content = restated(made_up(4), SHANGHAI).content
    wanted = {n: f for n, f in amounts(book_of(content)).items() if n.startswith("T03.")}
    bare = {
        n: f
        for n, f in content.figures.items()
        if not (n.startswith("T03.") and len(n.split(".")[1]) < 7)
    }
    book = read(content._replace(figures=bare))
    filled = fill(book)
    assert {n: f for n, f in filled.values.items() if n.startswith("T03.") and f} == {
        n: f for n, f in wanted.items() if n not in bare
    }
    assert filled.conflicts == ()


def test_nothing_is_carried_out_of_what_is_not_there() -> None:
    content = restated(made_up(5), SHANGHAI).content
    flows = (".opening", ".income", ".closing")
    figures = {
        n: f
        for n, f in content.figures.items()
        if not (n.startswith("T08.") and n.endswith(flows)) and not n.startswith("T04.")
    }
    filled = fill(read(content._replace(figures=figures)))
    rows = [n for n in filled.values if n.startswith("T08.2") and n.endswith(".closing")]
    assert rows == []


@pytest.mark.parametrize("seed", range(3))
def test_the_report_follows_the_edition(seed: int) -> None:
    content = restated(made_up(seed), SHANGHAI).content
    book = read(publication(content))
    narrative = narrate(book)
    titles = [p.title for p in narrative.paragraphs if p.title and "、" in p.title[:3]]
    assert titles[6] == "七、财政拨款“三公”经费支出决算情况说明"
    assert titles[-1] == "十一、其他重要事项的情况说明"
    assert len(titles) == 11
    keys = [line.key for line in required_reasons(book)]
    assert "T05.total.total~BUDGET" in keys
    for paragraph in narrative.paragraphs:
        for number in paragraph.numbers:
            for name in number.names:
                assert name == "year" or name in book.figures or name.startswith("FACT.")


def test_every_number_of_the_report_is_the_figure_s() -> None:
    content = restated(made_up(1), SHANGHAI).content
    book = read(publication(content))
    single = [
        (number.text, number.names[0])
        for paragraph in narrate(book).paragraphs
        for number in paragraph.numbers
        if len(number.names) == 1 and number.names[0].startswith("T")
    ]
    assert len(single) > 30
    for text, name in single:
        assert text == WAN.text(book.value(name)), name


def test_own_facts_of_the_edition_are_asked_and_read() -> None:
    content = restated(made_up(1), SHANGHAI).content
    code = content.codes["T08"][-1]
    content = content._replace(
        figures={**content.figures, "FACT.procurement.won_sme": 4_000_000},
        facts={**content.facts, "performance.rules": "预算绩效管理办法"},
        records=[*content.records, ("items", {"code": code, "use": "注资", "budget": "300000"})],
    )
    book = read(content)
    assert book.figures["FACT.procurement.won_sme"].fen == 4_000_000
    assert book.facts["performance.rules"].value == "预算绩效管理办法"
    lines = {r.fields["code"]: r.fields for r in book.records if r.list_id == "items"}
    assert lines[code]["use"] == "注资"
    # One line for every 项, its code put in.
    assert set(lines) == {c for t in ("T05", "T07", "T08") for c in content.codes[t] if len(c) == 7}
    text = "".join(p.text for p in narrate(book).paragraphs)
    assert "主要用于：注资。年初预算为30.00万元" in text
    assert "预算绩效管理制度：预算绩效管理办法" in text


def shanghai_said(section: int, **changes: int | None) -> str:
    """A section of Shanghai's report for a made-up department with some other figures (分)."""
    content = restated(made_up(1), SHANGHAI).content
    figures = dict(content.figures)
    for key, fen in changes.items():
        name = key.replace("__", ".")
        figures.pop(name, None)
        if fen is not None:
            figures[name] = fen
    book = book_of(content._replace(figures=figures, kind="行政单位"))
    return "\n".join(p.title or p.text for p in narrate(book).section(section))


def test_a_year_is_compared_by_its_name_and_with_a_subject() -> None:
    same = shanghai_said(1)
    assert "与2023年度相比，收入支出总计" in same
    unknown = shanghai_said(1, LAST__T01__30__amount=None)
    assert "与2023年度相比，收入支出总计【待填：" in unknown
    assert "主要原因" not in unknown


def test_operating_costs_are_typed_and_never_taken_from_06() -> None:
    asked = shanghai_said(11)
    assert "机关运行经费支出【待填：机关运行经费支出（本年）（06表公用经费合计为" in asked
    typed = shanghai_said(11, FACT__operating__amount=900_000_000, FACT__operating__last=10**9)
    assert "机关运行经费支出900.00万元，比2023年度减少100.00万元，下降10.00%。主要原因是" in typed
    same = shanghai_said(11, FACT__operating__amount=10**9, FACT__operating__last=10**9)
    assert "机关运行经费支出1000.00万元，与2023年度持平。" in same


def test_nothing_is_said_in_numbers_where_the_form_wants_it() -> None:
    text = shanghai_said(
        7, T09__actual__abroad=0, T09__actual__reception=0, T09__budget__reception=3_000_000
    )
    assert "1、因公出国（境）费支出0.00万元" in text
    assert "公务接待费支出决算为0.00万元，完成预算的0.00%" in text
    assert "3、公务接待费支出0.00万元，年初预算为3.00万元。" in text
    assert "接待外宾0批次、0人次" in text
