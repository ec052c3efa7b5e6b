"""``xlbudget fill`` and ``narrate``: what follows from the figures, written into the workbook."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..files.atomic import write_whole
from .output import Options, check_target, opened, print_json

if TYPE_CHECKING:
    from ..fill import Filled
    from ..model.book import Book


def fill(options: Options) -> int:
    """Fill the blank derivable cells.

    Status 1 when a cell with another value was left alone, or the filled workbook has errors.
    """
    target = check_target(options.path, options.out)
    workbook = opened(options.path)
    changed = workbook.fill(overwrite=options.overwrite)
    filled, before, after = changed.filled, workbook.validate(), changed.validate()
    left_alone = filled.conflicts and not options.overwrite
    status = 1 if left_alone or after.verdict == "failed" else 0
    if changed.edits or target != options.path:
        write_whole(target, changed.data)
    if options.json:
        print_json(
            {
                "schema": 1,
                "file": str(options.path),
                "out": str(target),
                "typed": filled.typed,
                "filled": len(filled.values),
                "names": len(filled.names),
                "cells": [
                    {
                        "ref": n,
                        **changed.book.cell_ref(n)._asdict(),
                        "rule": filled.ways[n].rule.id if n in filled.ways else "",
                    }
                    for n in filled.values
                ],
                "withheld": list(filled.withheld),
                "conflicts": [finding.message for finding in filled.conflicts],
                "note": changed.note,
                "verdict": after.verdict,
            }
        )
        return status
    unchanged = not changed.edits and target == options.path
    where = f"没有要填的格，“{target}”没有改动" if unchanged else f"写到“{target}”"
    print(
        f"原有金额{filled.typed}个，填上金额{len(filled.values)}个、科目名称{len(filled.names)}个，{where}。"
    )
    for line in _cells(changed.book, filled):
        print(line)
    if filled.conflicts:
        print(f"有{len(filled.conflicts)}个格填的数和算出的数不同：")
        for finding in filled.conflicts:
            cell = finding.cells[0]
            print(f"   {cell.sheet}!{cell.cell}：{finding.message}")
    if changed.note:
        print(f"提醒：{changed.note}")
    print(f"填充后再次校验：错误{len(after.errors)}条（填充前{len(before.errors)}条）。")
    if after.errors:
        print(f'是哪些错误，请运行 xlbudget validate "{target}"。')
    return status


_SHOWN = 12


def _cells(book: Book, filled: Filled) -> Iterator[str]:
    """Each cell that was filled, with the identity it follows from; what was not filled and why."""
    for number, (name, way) in enumerate(filled.ways.items()):
        if number == _SHOWN:
            yield f"   其余{len(filled.ways) - _SHOWN}个见 --json。"
            break
        ref = book.cell_ref(name)
        yield f"   {ref.sheet}!{ref.cell} = {ref.value}（{way.rule.id}：{way.rule.statement}）"
    if filled.withheld:
        places = [book.cell_ref(name) for name in filled.withheld]
        shown = "、".join(f"{ref.sheet}!{ref.cell}" for ref in places[:_SHOWN])
        more = "等" if len(places) > _SHOWN else ""
        yield (
            f"有{len(places)}个合计没有填（{shown}{more}）：和它们有关的等式对不上，"
            "填了也不可靠；请先按校验结果改正，再填充。"
        )


def narrate(options: Options) -> int:
    """Write the 13 sections into 决算说明, or print them; status 1 when something is to be filled in or checked."""
    workbook = opened(options.path)
    if options.text:
        narrative = workbook.narrative()
        for paragraph in narrative.paragraphs:
            if paragraph.title:
                print(paragraph.title)
            if paragraph.text:
                print(f"　　{paragraph.text}")
    else:
        target = check_target(options.path, options.out)
        changed = workbook.narrate()
        narrative = changed.written
        write_whole(target, changed.data)
        print(f"已写好{len(narrative.paragraphs)}段，在“{target}”的工作表“决算说明”。")
        if changed.note:
            print(f"提醒：{changed.note}")
    if narrative.missing:
        print(f"还有{len(narrative.missing)}处待填：", file=sys.stderr)
        for finding in narrative.findings:
            print(f"   {finding.message}", file=sys.stderr)
    if narrative.doubt:
        print(narrative.doubt, file=sys.stderr)
    return 1 if narrative.missing or narrative.doubt else 0
