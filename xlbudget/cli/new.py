"""``xlbudget new`` and ``import``: a workbook of our template, empty or with what another one holds."""

from __future__ import annotations

from pathlib import Path

from .. import api
from ..errors import UserError
from ..files.atomic import write_whole
from ..files.targets import WORKBOOKS, check_out
from ..model.severity import Severity
from .output import Options


def _check_new(out: Path) -> None:
    """Refuse a new file of a kind that we do not write, or that is there already."""
    check_out(out, WORKBOOKS)
    if out.exists():
        raise UserError(f"“{out}”已经存在，没有覆盖；请换一个文件名。")


def _has_ribbon(out: Path) -> bool:
    """An .xlsm comes with the ribbon."""
    return out.suffix.lower() == ".xlsm"


def new(options: Options) -> int:
    """An empty workbook, or next year's with last year's figures carried over."""
    _check_new(options.out)
    made = api.new(
        options.department,
        options.year,
        unit=options.unit,
        edition=options.edition,
        last=options.last,
        ledger=options.ledger,
        ribbon=_has_ribbon(options.out),
        folder=options.out.parent,
    )
    write_whole(options.out, made.data)
    edition = made.book.edition.name
    print(f"已建立“{options.out}”（{made.department}，{made.year}年度，{edition}）。")
    if made.note:
        print(made.note)
    return 0


def bring(options: Options) -> int:
    """Take any workbook with the nine tables into the template; says what came from where.

    Status 1 when one of the nine tables was not found, or something could not be read.
    """
    _check_new(options.out)
    made = api.import_(
        options.path,
        department=options.department,
        year=options.year,
        edition=options.edition,
        ribbon=_has_ribbon(options.out),
        folder=options.out.parent,
    )
    write_whole(options.out, made.data)
    for line in made.lines(options.out):
        print(line)
    content = made.restated.content
    for word, value, option in (
        ("部门名称", content.department, "--department"),
        ("年度", content.year, "--year"),
    ):
        if not value:
            print(f"   没有读到{word}：请填在新文件的封面上；也可以装入时加 {option}")
    unread = any(finding.severity == Severity.ERROR for finding in made.source.book.findings)
    return 1 if made.missing or unread else 0
