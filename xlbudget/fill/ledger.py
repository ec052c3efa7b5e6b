"""The sheet 单位换算记录: which figures a conversion moved, and which 尾差 it left."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..model.additions import AddedSheet, SheetRow, link_to
from ..model.inputs import load_inputs
from ..model.money import UNITS, WAN, Unit
from .to_wan import Converted

_WIDTHS = (6, 64, 26, 22, 9, 18, 16, 14, 13)


def ledger(converted: Converted) -> AddedSheet:
    """The ledger of a conversion; the same conversion gives the same sheet."""
    return AddedSheet(load_inputs().conversion_sheet, _WIDTHS, tuple(_rows(converted)))


def summary(converted: Converted) -> str:
    """What was done, in one sentence."""
    if converted.source == WAN.name:
        done = f"原来就是万元，共{converted.amounts}个金额"
    else:
        done = f"由{converted.source}换算成万元，共{converted.amounts}个金额"
    if not converted.balanced:
        left = len(converted.remainders)
        return f"{done}，各自四舍五入到两位小数；" + (
            f"{left}处等式有尾差。" if left else "没有尾差。"
        )
    moved = f"其中{len(converted.moved)}个调了尾差" if converted.moved else "不用调尾差"
    end = "各项等式分毫不差" if not converted.remainders else "仍有尾差，见下"
    return f"{done}，平衡舍入：{moved}，{end}。"


def _rows(converted: Converted) -> Iterator[SheetRow]:
    yield SheetRow((load_inputs().conversion_sheet,), "title")
    yield SheetRow((summary(converted),), "hint")
    yield SheetRow(("本表由程序写入，记录换算时动过的数和剩下的尾差；公开前可以删掉。",), "hint")
    yield SheetRow(())
    source = UNITS[converted.source]
    before = "原数" if source is not WAN else "换算前印的数"
    yield SheetRow(("一、没有按各自四舍五入取数的格",), "section")
    if converted.moved:
        yield SheetRow(
            (
                "序号", "项目", "名称", "工作表", "单元格", f"{before}（{source.name}）",
                "各自四舍五入", "本表采用", "采用－原数",
            ),
            "head",
        )  # fmt: skip
    else:
        yield SheetRow(("没有。",))
    for number, moved in enumerate(converted.moved, 1):
        place = moved.place
        yield SheetRow(
            (
                number,
                moved.label,
                moved.ref,
                place.sheet,
                place.cell,
                _amount(moved.true, source),
                _amount(moved.plain, WAN),
                _amount(moved.value, WAN),
                _amount(moved.value - moved.true, WAN),
            ),
            links={5: link_to(place.sheet, place.cell)},
        )
    yield SheetRow(())
    yield SheetRow(("二、尾差",), "section")
    if converted.remainders:
        yield SheetRow(
            ("序号", "等式", "规则", "工作表", "单元格", "差额（万元）", "允许误差"), "head"
        )
    else:
        yield SheetRow(("没有。",))
    for number, remainder in enumerate(converted.remainders, 1):
        first = next((cell for cell in remainder.cells if cell.sheet), None)
        yield SheetRow(
            (
                number,
                remainder.sentence,
                remainder.rule,
                first.sheet if first else "",
                first.cell if first else "",
                _amount(remainder.difference, WAN),
                _amount(remainder.tolerance, WAN),
            ),
            links={5: link_to(first.sheet, first.cell)} if first else {},
        )


def _amount(fen: int, unit: Unit) -> Decimal:
    return Decimal(unit.exact_text(fen))
