"""``xlbudget new`` and ``import``: a workbook of our template, empty or with what another one holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UserError
from ..files.atomic import write_whole
from ..files.workbook import open_workbook
from .output import WORKBOOKS, Options, check_out

if TYPE_CHECKING:
    from ..model.content import Content
    from ..model.forms import Edition


def _check_new(out: Path) -> None:
    """Refuse a new file of a kind that we do not write, or that is there already."""
    check_out(out, WORKBOOKS)
    if out.exists():
        raise UserError(f"“{out}”已经存在，没有覆盖；请换一个文件名。")


def _built(content: Content, out: Path) -> bytes:
    """The template holding ``content``; with the ribbon when the file is to be an .xlsm."""
    from ..template import build, load_macros

    return build(content, macros=load_macros() if out.suffix.lower() == ".xlsm" else None)


def new(options: Options) -> int:
    """An empty workbook, or next year's with last year's figures carried over."""
    from ..files.importing import rolled_over
    from ..model.content import Content

    _check_new(options.out)
    said = ""
    if options.last:
        last = open_workbook(options.last).book
        year = options.year or (last.year + 1 if last.year else None)
        if options.edition:
            edition = _edition(options.edition, options.out)
        else:
            edition, said = _next_edition(last.edition, year)
        content = rolled_over(last, edition)
        if options.unit:
            content = content._replace(unit=options.unit)
    else:
        edition = _edition(options.edition, options.out)
        content = Content(edition=edition.id, unit=options.unit or "万元")
    content = content._replace(
        department=options.department or content.department,
        year=options.year or (content.year or None),
        ledger=options.ledger or content.ledger,
    )
    if not content.department or not content.year:
        raise UserError("请用 --department 和 --year 给出部门名称和决算年度。")
    write_whole(options.out, _built(content, options.out))
    print(f"已建立“{options.out}”（{content.department}，{content.year}年度，{edition.name}）。")
    if said:
        print(said)
    return 0


def _edition(wanted: str | None, out: Path) -> Edition:
    """The edition asked for, by its id or its folder's path; the usual one where none is."""
    from ..model.forms import DEFAULT_EDITION, OWN_FOLDER, FormError, add_editions, load_edition

    try:
        add_editions(out.parent / OWN_FOLDER)
        return load_edition(wanted or DEFAULT_EDITION)
    except FormError as error:
        raise UserError(f"{error}。") from None


def _next_edition(last: Edition, year: int | None) -> tuple[Edition, str]:
    """The newest edition of the region that is not newer than the year, and a sentence about it."""
    from ..model.forms import edition_for_year

    found = (edition_for_year(last.region, year) if year else None) or last
    if found.id != last.id:
        return found, f"版式：上年是{last.name}，今年用{found.name}（{found.id}）。"
    if year and year > found.year:
        return found, f"版式：还没有{year}年度的，沿用{found.name}（{found.id}）。"
    return found, ""


def bring(options: Options) -> int:
    """Take any workbook with the nine tables into the template; says what came from where.

    Status 1 when one of the nine tables was not found, or something could not be read.
    """
    from ..files.importing import import_lines
    from ..model.content import content_of
    from ..model.restate import restated

    _check_new(options.out)
    workbook = open_workbook(options.path)
    book = workbook.book
    edition = _edition(options.edition, options.out) if options.edition else book.edition
    found = restated(content_of(book), edition)
    content = found.content._replace(
        department=book.department or options.department,
        year=book.year or options.year,
    )
    write_whole(options.out, _built(content, options.out))
    for line in import_lines(workbook, options.out, edition, found):
        print(line)
    for word, value, option in (
        ("部门名称", content.department, "--department"),
        ("年度", content.year, "--year"),
    ):
        if not value:
            print(f"   没有读到{word}：请填在新文件的封面上；也可以装入时加 {option}")
    lacking = any(table.id not in book.tables for table in book.edition.tables)
    return 1 if lacking or any(f.severity == "error" for f in book.findings) else 0
