"""The publication as a tree: every figure in its cell, parts complete, the accountant's words kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pytest

from samples.contents import liling, made_up
from tests.books import read_book
from tests.generator import book_of, department
from tests.generator import publication as rounded
from xlbudget.files.read import book_from_bytes
from xlbudget.model.book import Book
from xlbudget.model.content import Content
from xlbudget.model.money import WAN
from xlbudget.narrate import narrate
from xlbudget.publish.document import Cell, Chart, Heading, Paragraph, Publication, Table
from xlbudget.publish.glossary import load_glossary
from xlbudget.publish.publication import publication
from xlbudget.publish.statement import Line
from xlbudget.publish.text_blocks import chinese_number, heading_level
from xlbudget.template import build


@lru_cache(maxsize=1)
def seed() -> Book:
    """The published sample as it is read from its workbook."""
    return book_from_bytes(build(liling()), "")[0]


@lru_cache(maxsize=1)
def seed_publication() -> Publication:
    return publication(seed())


def tables(found: Publication) -> dict[str, Table]:
    return {block.anchor: block for block in found.blocks() if isinstance(block, Table)}


def grid(table: Table) -> dict[tuple[int, int], Cell]:
    """(row, column) → the cell that covers it; fails where two do."""
    covered: dict[tuple[int, int], Cell] = {}
    for number, row in enumerate(table.rows):
        column = 0
        for cell in row:
            while (number, column) in covered:
                column += 1
            for down in range(cell.row_span):
                for right in range(cell.column_span):
                    place = number + down, column + right
                    assert place not in covered
                    covered[place] = cell
    return covered


# ---------------------------------------------------------------- part two


@pytest.mark.parametrize("book", [seed(), book_of(made_up())], ids=["万元", "元"])
def test_every_figure_stands_in_its_cell(book: Book) -> None:
    printed = {
        cell.anchor: cell.text
        for table in tables(publication(book)).values()
        for row in table.rows
        for cell in row
        if cell.anchor.startswith("T")
    }
    figures = {n: f for n, f in book.figures.items() if n.startswith("T")}
    assert printed == {
        name: "" if f.fen is None else WAN.text(f.fen, grouped=True) for name, f in figures.items()
    }


@pytest.mark.parametrize("book", [seed(), book_of(made_up())], ids=["万元", "元"])
def test_spans_fill_every_table_without_gap_or_overlap(book: Book) -> None:
    for table in tables(publication(book)).values():
        assert len(grid(table)) == len(table.rows) * len(table.widths)
        assert 0 < table.head_rows < len(table.rows)


def test_tables_stand_in_the_editions_order_with_what_is_printed_around_them() -> None:
    found = [t for t in tables(seed_publication()).values() if t.number]
    forms = seed().edition.tables
    assert [(t.title, t.number) for t in found] == [(f.title, f.number) for f in forms]
    assert {t.department for t in found} == {"醴陵市人民政府办公室"}
    assert {t.unit for t in found} == {"单位：万元"}
    assert [t.landscape for t in found] == [f.orientation == "landscape" for f in forms]


def test_heads_are_merged_and_numbered_as_printed() -> None:
    table = tables(seed_publication())["T05"]
    texts = {place: cell.text for place, cell in grid(table).items()}
    assert [texts[0, c] for c in range(5)] == ["项目", "项目", "本年支出", "本年支出", "本年支出"]
    assert [texts[1, c] for c in range(5)] == [
        "科目代码", "科目名称", "小计", "基本支出", "项目支出",
    ]  # fmt: skip
    assert [texts[2, c] for c in range(5)] == ["栏次", "栏次", "1", "2", "3"]
    assert [texts[3, c] for c in range(5)] == ["合计", "合计", "1,506.08", "1,324.93", "181.16"]


def test_an_empty_table_says_why_and_a_filled_one_does_not() -> None:
    notes = tables(seed_publication())["T07"].notes
    assert [n for n in notes if "本表无数据" in n] == [seed().edition.by_id["T07"].empty_note]
    filled = tables(publication(book_of(made_up())))["T07"].notes
    assert [n for n in filled if "本表无数据" in n] == []


def test_a_note_of_the_offices_own_is_printed_too() -> None:
    rows = seed().tables["T05"]
    own = rows._replace(notes=(*rows.notes, "补充说明：含上年结转。"))
    book = seed()._replace(tables={**seed().tables, "T05": own})
    form = seed().edition.by_id["T05"]
    assert tables(publication(book))["T05"].notes == (*form.notes, "补充说明：含上年结转。")


def test_a_workbook_in_yuan_is_published_in_wan_and_says_so() -> None:
    found = publication(book_of(made_up()))
    assert tables(found)["T01"].unit == "单位：万元"
    assert any("元为单位" in remark for remark in found.remarks)
    assert publication(seed()).remarks == ()


# ---------------------------------------------------------------- parts one, four, five


def test_the_cover_and_five_parts() -> None:
    found = seed_publication()
    assert found.title == ("2024年度", "醴陵市人民政府办公室", "部门决算")
    heads = [part.blocks[0] for part in found.parts]
    assert [h.text.split()[0] for h in heads if isinstance(h, Heading)] == [
        "第一部分", "第二部分", "第三部分", "第四部分", "第五部分",
    ]  # fmt: skip
    anchors = [heading.anchor for heading in found.headings()]
    assert len(set(anchors)) == len(anchors)


def test_part_one_tells_every_paragraph_numbered() -> None:
    texts = [b.text for b in seed_publication().parts[0].blocks if isinstance(b, Paragraph)]
    duties = (liling().facts["overview.duties"]).splitlines()
    assert texts[: len(duties)] == [
        f"（{chinese_number(n)}）{line}" for n, line in enumerate(duties, 1)
    ]


def test_lines_that_have_numbers_keep_them() -> None:
    content = liling()._replace(facts={**liling().facts, "overview.duties": "1. 甲\n2. 乙。"})
    book = book_from_bytes(build(content), "")[0]
    texts = [b.text for b in publication(book).parts[0].blocks if isinstance(b, Paragraph)]
    assert texts[:2] == ["1.甲。", "2.乙。"]


def test_what_is_missing_is_listed_and_set_off() -> None:
    facts = {k: v for k, v in liling().facts.items() if not k.startswith("overview.")}
    book = book_from_bytes(build(liling()._replace(facts=facts, department="")), "")[0]
    found = publication(book)
    for wanted in ("部门名称", "部门职责", "内设机构", "决算单位构成"):
        assert wanted in found.missing
    first = next(b for b in found.parts[0].blocks if isinstance(b, Paragraph))
    assert [(run.text, run.to_do) for run in first.runs] == [
        ("【待填：部门职责】", True),
        ("。", False),
    ]


def test_only_the_terms_that_the_figures_call_for() -> None:
    terms = {
        block.text.partition("：")[0]
        for block in seed_publication().parts[3].blocks
        if isinstance(block, Paragraph)
    }
    assert {"财政拨款收入", "机关运行经费", "公共安全支出", "抚恤金", "政府采购"} <= terms
    assert terms.isdisjoint(
        {"政府性基金预算财政拨款", "事业收入", "外交支出", "离休费", "公务用车购置费", "培训费"}
    )
    school = {
        block.text.partition("：")[0]
        for block in publication(book_of(made_up())).parts[3].blocks
        if isinstance(block, Paragraph)
    }
    assert {"政府性基金预算财政拨款", "事业收入", "教育支出"} <= school
    assert "机关运行经费" not in school


def test_the_glossary_names_only_figures_that_exist() -> None:
    edition = seed().edition
    groups = load_glossary(edition)
    assert all(group.sources for group in groups)
    terms = [term for group in groups for term in group.terms]
    assert len({term.term for term in terms}) == len(terms)
    known = {
        *edition.fixed_names,
        *(f"FACT.{key}" for key in seed().edition.by_id),
        *seed().figures,
    }
    names = {name for term in terms for name in term.figures if "*" not in name}
    assert names - known == set()
    items = {name for name in edition.fixed_names if re.fullmatch(r"T06\.\d+\.amount", name)}
    assert items - names == set()
    classes = {f"T01.{line}.amount" for line in edition.row_of_class["T01"].values()}
    assert classes - names == set()


def test_the_execution_rate_earns_its_points() -> None:
    table = tables(seed_publication())["scores"]
    assert [cell.text for cell in table.rows[1]] == [
        "整体支出", "1,302.27", "1,645.15", "1,512.83", "10", "91.96%", "9.20",
    ]  # fmt: skip
    assert [cell.text for cell in table.rows[-1]] == ["整体支出绩效自评总分", "100", "", "95.20"]


# ---------------------------------------------------------------- part three


def part_three(found: Publication) -> list[str]:
    blocks = found.parts[2].blocks[1:]
    return [b.text for b in blocks if isinstance(b, Heading | Paragraph)]


def test_the_written_paragraphs_are_published_word_for_word() -> None:
    texts = [p.title or p.text for p in narrate(seed()).paragraphs]
    assert part_three(seed_publication()) == texts


def test_links_lead_to_cells_that_hold_the_number() -> None:
    anchors = seed_publication().anchors()
    linked = [
        run
        for block in seed_publication().blocks()
        if isinstance(block, Paragraph)
        for run in block.runs
        if run.target
    ]
    assert len(linked) > 100
    assert {run.target for run in linked} <= anchors
    amounts = {
        c.anchor: c.text for t in tables(seed_publication()).values() for r in t.rows for c in r
    }
    same = [run for run in linked if amounts[run.target].replace(",", "") == run.text]
    assert len(same) > 50


def lines_of(book: Book, change: dict[str, str], drop: Sequence[str] = ()) -> list[Line]:
    """决算说明 as the program writes it, with some words changed and paragraphs left out."""
    found = []
    for row, paragraph in enumerate(narrate(book).paragraphs, 4):
        text = paragraph.title or paragraph.text
        if any(text.startswith(start) for start in drop):
            continue
        for old, new in change.items():
            text = text.replace(old, new)
        found.append(Line(row, paragraph.section, text))
    return found


def test_unchanged_lines_give_the_same_publication() -> None:
    assert publication(seed(), lines=lines_of(seed(), {})) == seed_publication()


def test_the_accountants_words_are_published_and_named() -> None:
    found = publication(
        seed(), lines=lines_of(seed(), {"厉行": "厉行", "压缩办公": "大力压缩办公"})
    )
    assert any("大力压缩办公" in text for text in part_three(found))
    (remark,) = found.remarks
    assert "与程序写的不同" in remark
    changed = next(
        block
        for block in found.parts[2].blocks
        if isinstance(block, Paragraph) and "大力压缩" in block.text
    )
    assert [(r.text, r.target) for r in changed.runs if r.target] == [
        ("328.10", "T06.public.amount"), ("35.60", "T06.public.amount"), ("9.79", "T06.public.amount"),
    ]  # fmt: skip


def test_a_number_that_contradicts_the_tables_is_reported_with_the_right_one() -> None:
    lines = lines_of(seed(), {"均为1512.83万元": "均为1,512.82万元"})
    found = publication(seed(), lines=lines)
    assert any("均为1,512.82万元" in text for text in part_three(found))
    place = seed().figures["T01.30.amount"].place
    assert f"决算说明第5行写的是1,512.82万元，按表应为1512.83万元（{place}）" in found.remarks


def test_other_spellings_of_a_number_still_link_and_are_no_contradiction() -> None:
    lines = lines_of(seed(), {"决算数50.00万元": "决算数50万元", "均为1512.83": "均为1,512.83"})
    found = publication(seed(), lines=lines)
    assert [r for r in found.remarks if "按表应为" in r] == []
    texts = [r.text for b in found.blocks() if isinstance(b, Paragraph) for r in b.runs if r.target]
    assert "1,512.83" in texts
    assert "50" in texts


def test_a_number_in_another_unit_is_another_number_and_no_contradiction() -> None:
    lines = lines_of(seed(), {"占88.03%": "占1331.67万元"})
    assert [line for line in lines if "占1331.67万元" in line.text]
    found = publication(seed(), lines=lines)
    assert [r for r in found.remarks if "按表应为" in r] == []


def test_codes_stand_under_those_above_them() -> None:
    """类, 款 and 项 in one list, each two characters further in than the level above it."""
    path = Path(__file__).parents[2] / "samples" / "上海格式-示范部门-2024.xlsx"
    rows = tables(publication(read_book(path)))["T05"].rows
    codes = [row for row in rows if row[0].text.isdigit() and len(row[0].text) > 2]
    assert {(len(row[0].text), row[1].indent) for row in codes} == {(3, 0), (5, 1), (7, 2)}


def test_added_and_removed_paragraphs() -> None:
    lines = lines_of(seed(), {}, drop=["2024年度本单位没有培训费支出"])
    last = max(line.row for line in lines if line.section == 2)
    lines.append(Line(last, 2, "（一）补充说明"))
    lines.append(Line(last + 1, 2, "这一段是会计自己加的 <b>&</b> 😀。"))
    found = publication(seed(), lines=lines)
    assert "这一段是会计自己加的 <b>&</b> 😀。" in part_three(found)
    assert "2024年度本单位没有培训费支出。" not in part_three(found)
    assert any("没有程序写的这一段：2024年度本单位没有培训费支出" in r for r in found.remarks)
    added = [b for b in found.parts[2].blocks if isinstance(b, Heading) and "补充" in b.text]
    assert [heading.level for heading in added] == [3]


def test_what_the_accountant_filled_in_is_no_longer_missing() -> None:
    (missing,) = seed_publication().missing
    mark = f"【待填：{missing}】"
    assert publication(seed(), lines=lines_of(seed(), {mark: "共12场"})).missing == ()


# ---------------------------------------------------------------- charts


def charts(found: Publication) -> dict[str, Chart]:
    return {b.anchor: b for b in found.blocks() if isinstance(b, Chart)}


def test_charts_stand_in_their_sections_and_add_up() -> None:
    found = charts(seed_publication())
    assert list(found) == [
        "chart.year", "chart.income", "chart.spending", "chart.functions", "chart.three_public",
    ]  # fmt: skip
    values = found["chart.functions"].series[0].values
    assert list(values) == sorted(values, key=lambda v: -(v or 0))
    assert f"{sum(v for v in values if v):.2f}" == "1506.08"
    three = found["chart.three_public"]
    assert three.categories == ("因公出国（境）费", "公务用车运行维护费", "公务接待费")
    assert [s.name for s in three.series] == ["上年决算数", "预算数", "决算数"]


def test_no_chart_where_there_is_nothing_to_show() -> None:
    book = book_from_bytes(build(Content(department="测试局", year=2024)), "")[0]
    assert charts(publication(book)) == {}


# ---------------------------------------------------------------- bad input


def test_a_blank_workbook_is_a_whole_publication_full_of_gaps() -> None:
    book = book_from_bytes(build(Content()), "")[0]
    found = publication(book)
    assert len(found.parts) == 5
    assert "决算年度" in found.missing
    assert "部门名称" in found.missing


def test_long_tables_reasons_and_names() -> None:
    import random

    content = rounded(department(random.Random(5), 300, fund=True, capital=True))
    key = next(iter(content.reasons))
    reason = "\n".join(f"第{n}个原因" for n in range(200))
    name = "某" * 56 + "局&<>"
    content = content._replace(reasons={**content.reasons, key: reason}, department=name)
    found = publication(book_of(content))
    assert found.title[1] == name
    table = tables(found)["T03"]
    assert len(table.rows) == table.head_rows + 1 + len(content.codes["T03"])
    assert any("第199个原因" in b.text for b in found.blocks() if isinstance(b, Paragraph))


def test_numbers_and_levels_of_headings() -> None:
    assert [chinese_number(n) for n in (1, 10, 11, 20, 21, 100, 101, 110, 213)] == [
        "一", "十", "十一", "二十", "二十一", "一百", "一百零一", "一百一十", "二百一十三",
    ]  # fmt: skip
    titles = ("一、总体", "（一）结构", "1. 行政运行", "十三、绩效", "第三部分 说明")
    assert [heading_level(t) for t in titles] == [2, 3, 4, 2, 1]
