"""Build every sample workbook; run from the repository: ``python samples/build.py``.

The files are reproducible: a test builds them again and compares.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlbudget.files.template import build
from xlbudget.model.content import Content
from xlbudget.model.money import UNITS

HERE = Path(__file__).parent
PACKAGE = HERE.parent / "xlbudget" / "samples"


def content_from(data: dict[str, Any]) -> Content:
    """The content that a data file under ``samples/data`` describes."""
    fen = UNITS[data["unit"]].fen
    records = []
    for record in data.get("records", ()):
        fields = {key: value for key, value in record.items() if key != "list"}
        records.append((record["list"], fields))
    return Content(
        department=data["department"],
        year=data["year"],
        unit=data["unit"],
        kind=data["kind"],
        figures={name: int(Decimal(value) * fen) for name, value in data["figures"].items()},
        codes=data["codes"],
        facts=data["facts"],
        records=tuple(records),
        reasons=data["reasons"],
    )


def liling() -> Content:
    """The published sample: 醴陵市人民政府办公室, 2024."""
    return content_from(tomllib.loads((HERE / "data" / "liling-2024.toml").read_text("utf-8")))


Change = Callable[[Content], Content]


def changed(**amounts: str | None) -> Change:
    """Other amounts (万元) in some cells, given as ``T01_27_amount="1512.38"``; None blanks one."""

    def change(content: Content) -> Content:
        fen = UNITS[content.unit].fen
        figures = dict(content.figures)
        for key, value in amounts.items():
            name = key.replace("__", ".")
            if value is None:
                figures.pop(name, None)
            else:
                figures[name] = int(Decimal(value) * fen)
        return content._replace(figures=figures)

    return change


BROKEN: dict[str, Change] = {
    "T01-1-本年收入合计错": changed(T01__27__amount="1521.83", T01__30__amount="1521.83"),
    "T01-6-功能分类错行": changed(T01__38__amount="32.05", T01__39__amount="105.31"),
    "T02-1-一行收入合计错": changed(T02__2010301__total="1025.90"),
    "T03-1-基本支出数字颠倒": changed(T03__2010301__basic="1092.50"),
    "T03-2-支出合计漏改": changed(T03__total__basic="1313.67"),
    "T03-3-财政拨款大于全部支出": changed(T05__2101101__total="62.39", T05__2101101__basic="62.39"),
    "T04-5-分资金合计错": changed(T04__33__total="1281.19"),
    "T04-9-漏填年末结转": changed(T04__1__amount="1512.08"),
    "T05-2-小数点错位": changed(T05__2080505__basic="869.30", T05__2080505__total="869.30"),
    "T05-3-公用经费错": changed(T06__public__amount="382.10"),
    "T06-1-明细款漏填": changed(T06__30228__amount=None),
    "T06-4-接待费大于决算": changed(T09__actual__reception="1.05", T09__actual__total="23.14"),
    "T09-1-三公合计错": changed(T09__actual__total="26.34"),
    "T09-2-公车小计错": changed(T09__budget__vehicles="9.00", T09__budget__total="29.98"),
    "K01-年初预算合计错": changed(BUDGET__T05__total__total="1320.27"),
    "L03-车辆数不符": changed(FACT__asset__vehicles="3"),
    "L04-会议费明细不符": changed(FACT__meeting__amount="34.04"),
}


def files() -> dict[Path, bytes]:
    """Every sample and what it holds."""
    clean = build(liling())
    found = {HERE / "醴陵市人民政府办公室-2024.xlsx": clean, PACKAGE / "sample.xlsx": clean}
    for name, change in BROKEN.items():
        found[HERE / "broken" / f"{name}.xlsx"] = build(change(liling()))
    found[PACKAGE / "broken.xlsx"] = found[HERE / "broken" / "T03-1-基本支出数字颠倒.xlsx"]
    return found


if __name__ == "__main__":
    for path, data in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
