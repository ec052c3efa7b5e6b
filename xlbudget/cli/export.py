"""``xlbudget export``: the whole publication as a Word document, a PDF or a web page."""

from __future__ import annotations

import sys

from ..errors import UserError
from ..files.atomic import write_whole
from ..files.result_sheets import report_lines
from ..files.workbook import Workbook, check, open_workbook
from ..publish.document import Publication
from ..publish.publication import publication
from ..publish.statement import Line
from ..publish.writers import KINDS, NAMES, written
from .output import Options, check_out

_SHOWN = 20


def export(options: Options) -> int:
    """Export one workbook.

    Status 1 when something is still 【待填】, when a number in the text contradicts the tables, or
    when the tables of a draft have errors.
    """
    path, out, draft = options.path, options.out, options.draft
    check_out(out, tuple(KINDS), path)
    kind = KINDS[out.suffix.lower()]
    workbook = open_workbook(path)
    errors = [finding for finding in check(workbook).findings if finding.severity == "error"]
    if errors and not draft:
        raise UserError(
            f"“{path}”有{len(errors)}条错误，没有导出。第一条：{errors[0].message}"
            "请先运行 xlbudget validate 改到没有错误；要先看样子，加 --draft 导出草稿。"
        )
    found = publish(workbook, draft=draft)
    write_whole(out, written(found, kind))
    print(f"已导出“{out}”（{NAMES[kind]}，{found.department or '部门名称未填'}）。")
    if found.missing:
        _list(f"还有{len(found.missing)}处待填：", found.missing)
    if found.remarks:
        _list("请留意：", found.remarks)
    if errors:
        _list(f"表里还有{len(errors)}条错误：", tuple(finding.message for finding in errors))
    return 1 if found.missing or found.conflicts or errors else 0


def publish(workbook: Workbook, *, draft: bool = False) -> Publication:
    """The publication of an opened workbook; what stands on 决算说明 is what is published."""
    lines = [Line(*line) for line in report_lines(workbook.data)]
    return publication(workbook.book, lines=lines, draft=draft)


def _list(head: str, entries: tuple[str, ...]) -> None:
    print(head, file=sys.stderr)
    for entry in entries[:_SHOWN]:
        print(f"   {entry}", file=sys.stderr)
    if len(entries) > _SHOWN:
        print(f"   还有{len(entries) - _SHOWN}处。", file=sys.stderr)
