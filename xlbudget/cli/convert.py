"""``xlbudget convert``: a workbook in 元 becomes one in 万元."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ..errors import UserError
from ..files.atomic import write_whole
from ..files.conversion import Conversion
from ..files.targets import WORKBOOKS, check_out, check_same_kind
from ..fill.ledger import summary
from ..model.inputs import load_inputs
from ..model.money import UNITS, WAN
from .output import opened

_SHOWN = 10


def convert(options: argparse.Namespace) -> int:
    """Convert into a new file; status 1 when the result has an error."""
    source, out = options.path, options.out
    check_out(out, WORKBOOKS, source, otherwise="请写到另一个文件，元的原数要留着")
    check_same_kind(source, out)
    converted = opened(source).convert(balance=options.balance)
    found = converted.conversion
    if found.imported and out.suffix.lower() != ".xlsx":
        raise UserError(f"“{source}”要装进模板才能换算，“{out}”的扩展名要是 .xlsx。")
    checked = converted.validate()
    write_whole(out, found.data)
    if options.json:
        print(json.dumps(_as_json(found, source, out, checked.verdict), ensure_ascii=False))
    else:
        _print(found, source, out)
        print(f"换算后再次校验：错误{len(checked.errors)}条。")
        if checked.errors:
            print(f'是哪些错误，请运行 xlbudget validate "{out}"。')
    return 1 if checked.verdict == "failed" else 0


def _print(found: Conversion, source: Path, out: Path) -> None:
    converted = found.converted
    print(f"“{source}”→“{out}”：{summary(converted)}")
    if found.imported:
        print(f"   {source.suffix} 不能直接写回，已装进模板。")
    if not found.changed:
        print("   没有要改的数，新文件和原文件一样。")
    for moved in converted.moved[:_SHOWN]:
        print(
            f"   {moved.place}（{moved.label}）：{WAN.text(moved.plain)} 改为 {WAN.text(moved.value)}"
            f"（原数 {UNITS[converted.source].exact_text(moved.true)} {converted.source}）"
        )
    for remainder in converted.remainders[:_SHOWN]:
        print(
            f"   尾差 [{remainder.rule}] {remainder.sentence}，"
            f"差 {WAN.exact_text(remainder.difference)} 万元"
        )
    more = max(len(converted.moved), len(converted.remainders)) - _SHOWN
    if more > 0:
        print(f"   其余{more}条见工作表“{load_inputs().conversion_sheet}”。")
    if converted.remainders and not converted.balanced:
        print("   要让各项等式分毫不差，请加 --balance。")
    if found.replaced:
        first = found.replaced[0]
        print(
            f"   有{len(found.replaced)}格的公式算不出换算后的数，已换成数值"
            f"（第一格在{first.sheet}第{first.row}行第{first.column}列）。"
        )
    if found.note:
        print(f"提醒：{found.note}")
    if found.changed:
        print("“决算说明”和“校验结果”还是换算前的，请重新运行 narrate 和 validate。")


def _as_json(found: Conversion, source: Path, out: Path, verdict: str) -> dict[str, Any]:
    converted = found.converted
    before = UNITS[converted.source]
    return {
        "schema": 1,
        "file": str(source),
        "out": str(out),
        "from": converted.source,
        "unit": WAN.name,
        "balanced": converted.balanced,
        "amounts": converted.amounts,
        "changed": found.changed,
        "imported": found.imported,
        "moved": [
            {
                "ref": moved.ref,
                "label": moved.label,
                "sheet": moved.place.sheet,
                "cell": moved.place.cell,
                "true": before.exact_text(moved.true),
                "plain": WAN.exact_text(moved.plain),
                "value": WAN.exact_text(moved.value),
            }
            for moved in converted.moved
        ],
        "remainders": [
            {
                "rule": remainder.rule,
                "message": remainder.sentence,
                "cells": [cell._asdict() for cell in remainder.cells],
                "difference": WAN.exact_text(remainder.difference),
                "tolerance": WAN.exact_text(remainder.tolerance),
            }
            for remainder in converted.remainders
        ],
        "replaced": [
            {"sheet": edit.sheet, "row": edit.row, "column": edit.column} for edit in found.replaced
        ],
        "note": found.note,
        "verdict": verdict,
    }
