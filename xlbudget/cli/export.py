"""``xlbudget export``: the whole publication as a Word document, a PDF or a web page."""

from __future__ import annotations

import sys

from ..files.targets import check_out
from ..publish.writers import KINDS, NAMES
from .output import Options, opened

_SHOWN = 20


def export(options: Options) -> int:
    """Export one workbook.

    Status 1 when something is still 【待填】, when a number in the text contradicts the tables, or
    when the tables of a draft have errors.
    """
    out = options.out
    check_out(out, tuple(KINDS), options.path)
    workbook = opened(options.path)
    found = workbook.export(out, draft=options.draft)
    errors = workbook.validate().errors
    kind = NAMES[KINDS[out.suffix.lower()]]
    print(f"已导出“{out}”（{kind}，{found.department or '部门名称未填'}）。")
    if found.missing:
        _list(f"还有{len(found.missing)}处待填：", found.missing)
    if found.remarks:
        _list("请留意：", found.remarks)
    if errors:
        _list(f"表里还有{len(errors)}条错误：", tuple(finding.message for finding in errors))
    return 1 if found.missing or found.conflicts or errors else 0


def _list(head: str, entries: tuple[str, ...]) -> None:
    print(head, file=sys.stderr)
    for entry in entries[:_SHOWN]:
        print(f"   {entry}", file=sys.stderr)
    if len(entries) > _SHOWN:
        print(f"   还有{len(entries) - _SHOWN}处。", file=sys.stderr)
