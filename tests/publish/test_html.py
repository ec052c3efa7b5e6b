"""The web page: read back with another parser, looked over by axe-core, printed by Chromium."""

from __future__ import annotations

import html.parser
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from samples.contents import liling, made_up
from tests.generator import book_of, department
from tests.generator import publication as rounded
from tests.publish import chromium
from tests.publish.test_content import seed, seed_publication
from tests.tools import AXE
from xlbudget.files.read import book_from_bytes
from xlbudget.model.book import Book
from xlbudget.model.content import Content
from xlbudget.model.money import WAN
from xlbudget.narrate import narrate
from xlbudget.publish.document import Cell, Heading, Part, Publication, Table
from xlbudget.publish.html import page, write
from xlbudget.publish.publication import publication
from xlbudget.template import build

VOID = {"meta", "col", "link", "br", "img"}


class Reader(html.parser.HTMLParser):
    """A page as a person's reader sees it: texts of elements with an id, links, paragraphs, nesting."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.texts: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.links: list[tuple[str, str]] = []
        self.blocks: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.loaded += [
            v or "" for k, v in attributes if k in ("src", "srcset") or (tag, k) == ("link", "href")
        ]
        if tag in VOID:
            return
        name = found.get("id") or ""
        assert name not in self.texts or not name
        self.open.append((tag, name))
        if name:
            self.texts[name] = ""
            self.tags[name] = tag
        if tag == "a":
            self.links.append((found.get("href") or "", ""))
        if tag in ("p", "h2", "h3", "h4", "h5"):
            self.blocks.append("")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        del tag, attributes

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for tag, name in self.open:
            if name:
                self.texts[name] += data
            if tag == "a":
                self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)
            if tag in ("p", "h2", "h3", "h4", "h5"):
                self.blocks[-1] += data


def read(found: Publication) -> Reader:
    return Reader(page(found))


# ---------------------------------------------------------------- read back


@pytest.mark.parametrize("book", [seed(), book_of(made_up())], ids=["万元", "元"])
def test_every_figure_of_the_nine_tables_is_the_workbooks(book: Book) -> None:
    reader = read(publication(book))
    figures = {n: f for n, f in book.figures.items() if n.startswith("T")}
    assert len(figures) > 300
    assert {name: reader.texts[name] for name in figures} == {
        name: "" if f.fen is None else WAN.text(f.fen, grouped=True) for name, f in figures.items()
    }
    assert {reader.tags[name] for name in figures} == {"td"}


def test_every_paragraph_of_the_thirteen_sections_is_the_narratives() -> None:
    blocks = read(seed_publication()).blocks
    written = [p.title or p.text for p in narrate(seed()).paragraphs]
    start = blocks.index("第三部分 2024年度部门决算情况说明") + 1
    assert blocks[start : start + len(written)] == written


def test_every_number_in_the_text_links_to_its_cell() -> None:
    reader = read(seed_publication())
    links = [(href[1:], text) for href, text in reader.links if re.match(r"#(T\d|FACT)", href)]
    assert len(links) > 100
    assert {target for target, _ in links} <= set(reader.texts)
    amounts = [(t, text) for t, text in links if reader.texts[t].replace(",", "") == text]
    assert ("T01.30.amount", "1512.83") in amounts


def test_the_contents_lead_to_every_part_and_section() -> None:
    reader = read(seed_publication())
    headings = [h for h in seed_publication().headings() if h.level <= 2]
    found = [(href[1:], text) for href, text in reader.links]
    assert [entry for entry in found if entry in {(h.anchor, h.text) for h in headings}] == [
        (h.anchor, h.text) for h in headings
    ]


def test_nothing_is_loaded_from_elsewhere_and_the_same_comes_out_again() -> None:
    assert read(seed_publication()).loaded == []
    assert "url(http" not in page(seed_publication())
    assert write(seed_publication()) == write(publication(seed()))


def test_a_draft_is_stamped() -> None:
    draft = page(publication(seed(), draft=True))
    assert '<body class="draft">' in draft
    assert "草稿，未经审定" in draft
    assert "草稿，未经审定" not in page(seed_publication())


# ---------------------------------------------------------------- bad input


def test_names_and_texts_are_escaped() -> None:
    name = "某市<b>&“局”😀" + "某" * 50
    content = liling()._replace(
        department=name,
        facts={**liling().facts, "overview.duties": "<script>alert(1)</script>\n😀 & 其他"},
    )
    found = publication(book_from_bytes(build(content), "")[0])
    assert "<script>" not in page(found)
    reader = read(found)
    assert any("alert(1)" in block for block in reader.blocks)
    assert any(name in block for block in reader.blocks)


def test_a_blank_workbook_long_tables_and_long_reasons_make_whole_pages() -> None:
    assert read(publication(book_from_bytes(build(Content()), "")[0])).blocks
    content = rounded(department(random.Random(5), 300, fund=True, capital=True))
    key = next(iter(content.reasons))
    reason = "\n".join(f"第{n}个原因" for n in range(200))
    content = content._replace(reasons={**content.reasons, key: reason})
    reader = read(publication(book_of(content)))
    last = content.codes["T03"][-1]
    fen = content.figures[f"T03.{last}.total"]
    assert reader.texts[f"T03.{last}.total"] == WAN.text(fen, grouped=True)
    assert any("第199个原因" in block for block in reader.blocks)


# ---------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Tab]:
    with chromium.opened(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.mark.chromium
def test_the_browser_has_no_complaint_and_marks_the_cell_linked_to(
    tab: chromium.Tab, tmp_path: Path
) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(write(publication(seed(), draft=True)))
    tab.go(f"{path.as_uri()}#T05.2010301.total")
    target = tab.value("getComputedStyle(document.querySelector(':target')).backgroundColor")
    page_width = "document.documentElement"
    assert target == "rgb(255, 224, 138)"
    assert tab.value(f"{page_width}.scrollWidth - {page_width}.clientWidth") == 0
    assert tab.complaints == []


@pytest.mark.chromium
@pytest.mark.axe
def test_axe_finds_no_accessibility_fault(tab: chromium.Tab, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(write(seed_publication()))
    tab.go(path.as_uri())
    tab.value(AXE.read_text("utf-8") + ";0")
    found = tab.value(
        "axe.run(document).then(r => ({passed: r.passes.length,"
        " found: r.violations.map(v => [v.id, v.impact, v.help])}))"
    )
    assert found["found"] == []
    assert found["passed"] > 20


@pytest.mark.chromium
def test_it_prints_on_a4_with_every_column_and_head(tab: chromium.Tab, tmp_path: Path) -> None:
    content = rounded(department(random.Random(5), 60, fund=True, capital=True))
    source = tmp_path / "page.html"
    source.write_bytes(write(publication(book_of(content), draft=True)))
    tab.go(source.as_uri())
    pdf = pypdfium2.PdfDocument(tab.printed())
    sizes = {tuple(round(side) for side in sheet.get_size()) for sheet in pdf}
    assert sizes == {(595, 842), (842, 595)}
    texts = [sheet.get_textpage().get_text_bounded() for sheet in pdf]
    assert [number for number, text in enumerate(texts, 1) if "草稿" not in text] == []
    # The last column of 03 is on every page that shows rows of 03, under its repeated head.
    codes = content.codes["T03"]
    sides = [text for text in texts if "对附属单位补助支出" in text and re.search(r"\d{7}", text)]
    assert len(sides) >= 2
    assert {code for text in sides for code in re.findall(r"\d{7}", text)} >= set(codes)


def test_a_label_is_set_in_as_far_as_three_levels() -> None:
    table = Table(
        anchor="T", title="表", rows=tuple((Cell(str(n), indent=n),) for n in range(5)),
        head_rows=0, widths=(10.0,),
    )  # fmt: skip
    found = Publication(("表",), "部门", 2024, (Part((Heading(1, "一", "h"), table)),))
    text = page(found)
    classes = [re.search(rf"<td([^>]*)>{n}</td>", text) for n in range(5)]
    assert [c and c[1] for c in classes] == [
        "", ' class="i1"', ' class="i2"', ' class="i3"', ' class="i3"',
    ]  # fmt: skip
