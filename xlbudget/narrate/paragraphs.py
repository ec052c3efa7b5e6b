"""The report's part three as paragraphs, from the edition's templates."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from ..model.book import Book, Finding, Record
from ..model.edits import CellEdit
from ..model.money import WAN, AmountError, parse_amount, round_half_up
from .pen import Missing, Pen
from .trace import Number, unmark

if TYPE_CHECKING:
    import jinja2

MISSING_RULE = "N-missing"
"""Rule id of the findings for what the report still needs."""


class Paragraph(NamedTuple):
    """A title or a paragraph of a section (counted from 1), with the numbers that stand in it."""

    section: int
    title: str
    text: str
    numbers: tuple[Number, ...] = ()


class Narrative(NamedTuple):
    """Part three: paragraphs, and what 【待填】 stands for, also as findings."""

    paragraphs: tuple[Paragraph, ...]
    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...]

    def section(self, number: int) -> tuple[Paragraph, ...]:
        """The paragraphs of one section."""
        return tuple(p for p in self.paragraphs if p.section == number)


class Section(NamedTuple):
    title: str
    template: str


@lru_cache(maxsize=8)
def sections(edition_id: str) -> tuple[Section, ...]:
    """The sections of an edition's part three, in printed order."""
    folder = resources.files("xlbudget").joinpath("editions", edition_id)
    data = tomllib.loads(folder.joinpath("report.toml").read_text(encoding="utf-8"))
    return tuple(Section(entry["title"], entry["template"]) for entry in data["section"])


def listed(words: Sequence[str]) -> str:
    """甲、乙和丙."""
    words = list(words)
    return "和".join(("、".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


@lru_cache(maxsize=8)
def _environment(edition_id: str) -> jinja2.Environment:
    import jinja2

    folder = resources.files("xlbudget").joinpath("editions", edition_id, "report")
    sources = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".j2")
    }
    return jinja2.Environment(
        loader=jinja2.DictLoader(sources),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # plain Chinese text, not markup
    )


def narrate(book: Book) -> Narrative:
    """Write the edition's part three for a book.

    Raises jinja2.UndefinedError for a template that names what does not exist: a fault of the
    edition's files, never of the user's workbook.
    """
    pen = Pen(book)
    environment = _environment(book.edition.id).overlay()
    environment.filters = {
        **environment.filters,
        "listed": listed,
        "with_amount": lambda entries: [entry for entry in entries if pen.fen(entry[1])],
        "without_amount": lambda entries: [label for label, name in entries if not pen.fen(name)],
        "field": lambda record, key: _field(pen, book, record, key),
    }
    paragraphs: list[Paragraph] = []
    for number, section in enumerate(sections(book.edition.id), 1):
        title = section.title.replace("{year}", pen.year)
        paragraphs.append(Paragraph(number, title, ""))
        rendered = environment.get_template(section.template).render(pen=pen)
        for line in rendered.splitlines():
            line = line.strip()
            if line.startswith("# "):
                text, numbers = unmark(line[2:].strip())
                paragraphs.append(Paragraph(number, text, "", numbers))
            elif line:
                text, numbers = unmark(line)
                paragraphs.append(Paragraph(number, "", text, numbers))
    missing = tuple(pen.missing)
    return Narrative(tuple(paragraphs), missing, tuple(_finding(entry) for entry in missing))


def _field(pen: Pen, book: Book, record: Record, key: str) -> str:
    """A field of a list's line; an amount is shown in 万元 with two decimals."""
    from ..model.inputs import load_inputs

    form = next(form for form in load_inputs().lists if form.id == record.list_id)
    entry = next(entry for entry in form.columns if entry.id == key)
    value = record.fields.get(key, "")
    if not value:
        missing = Missing(
            f"{form.title.partition('、')[2]}第{record.place.row}行的{entry.label}",
            record.place.sheet,
        )
        pen.missing.setdefault(missing)
        return f"【待填：{entry.label}】"
    if entry.kind != "amount":
        return value
    try:
        parsed = parse_amount(value, book.unit)
    except AmountError:
        return value
    return WAN.text(round_half_up(parsed[0] if parsed else 0, WAN.last_digit)) + "万元"


def _finding(missing: Missing) -> Finding:
    where = f"请在工作表“{missing.sheet}”里填写" if missing.sheet else "请核对表中的数"
    return Finding(MISSING_RULE, "warning", f"报告里还缺：{missing.label}。{where}。")


def paragraph_edits(
    narrative: Narrative, sheet: str, first_row: int, last_row: int
) -> tuple[CellEdit, ...]:
    """Cell edits that write the paragraphs into 决算说明: columns 章节, 段落, 来源.

    Rows from the last paragraph to ``last_row`` are emptied, so that no old text stays.
    """
    edits: list[CellEdit] = []
    row = first_row
    for paragraph in narrative.paragraphs:
        names = dict.fromkeys(name for number in paragraph.numbers for name in number.names)
        cells: tuple[Any, ...] = (
            str(paragraph.section),
            paragraph.title or paragraph.text,
            "、".join(names)[:1000],
        )
        edits.extend(CellEdit(sheet, row, column, cell) for column, cell in enumerate(cells, 1))
        row += 1
    for spare in range(row, last_row + 1):
        edits.extend(CellEdit(sheet, spare, column, None) for column in (1, 2, 3))
    return tuple(edits)
