"""Build every sample workbook; run from the repository: ``python samples/build.py``.

The files are reproducible: a test builds them again and compares.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SEED = HERE.parent / "tests" / "data" / "seed_book.json"
if str(HERE.parent) not in sys.path:  # run as a script
    sys.path.insert(0, str(HERE.parent))

from samples.exports import export  # noqa: E402
from tests.generator import department, publication  # noqa: E402
from xlbudget.files.read import book_from_bytes  # noqa: E402
from xlbudget.model.content import Content  # noqa: E402
from xlbudget.model.edits import CellEdit  # noqa: E402
from xlbudget.model.forms import load_edition  # noqa: E402
from xlbudget.model.money import UNITS, WAN  # noqa: E402
from xlbudget.model.restate import restated  # noqa: E402
from xlbudget.ooxml.patch import patch_workbook  # noqa: E402
from xlbudget.template import build  # noqa: E402

PACKAGE = HERE.parent / "xlbudget" / "samples"


def liling() -> Content:
    """The published sample: 醴陵市人民政府办公室, 2024; figures as published, texts in our own words.

    One source serves the samples and the narrator's tests.
    """
    data: dict[str, Any] = json.loads(SEED.read_text("utf-8"))
    fen = UNITS[data["unit"]].fen
    figures = {n: int(Decimal(v) * fen) for n, v in data["figures"].items() if v is not None}
    # Nothing was carried in, so nothing was carried out of last year.
    figures |= {"LAST.T01.59.amount": 0, "LAST.T04.60.total": 0}
    return Content(
        department=data["department"],
        year=data["year"],
        unit=data["unit"],
        kind=data["kind"],
        figures=figures,
        codes=data["codes"],
        names=data["names"],
        facts=data["facts"],
        records=[(list_id, fields) for list_id, fields in data["records"]],
        reasons=data["reasons"],
    )


MADE_UP = "示范市文化教育局"


@lru_cache(maxsize=1)
def made_up() -> Content:
    """A made-up department in 元 with 60 项: carry-over, 07, 08 and 事业 income, true to the 分."""
    return department(
        random.Random(217),
        60,
        fund=True,
        capital=True,
        carry=True,
        own=True,
        classes=("205", "206", "207", "208", "210", "221"),
        name=MADE_UP,
    )


@lru_cache(maxsize=1)
def in_shanghai() -> Content:
    """The same kind of department as Shanghai prints it, in 万元: each figure rounded by itself."""
    content = department(
        random.Random(2025),
        24,
        fund=True,
        capital=True,
        carry=True,
        own=True,
        flows=True,
        classes=("205", "206", "208", "210", "221"),
        name="示范市文化教育局",
    )
    return publication(restated(content, load_edition("shanghai-2024")).content)


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
    "T05-2-小数点错位": changed(T05__2080505__basic="869.30", T05__2080505__total="869.30"),
    "T05-3-公用经费错": changed(T06__public__amount="382.10"),
    "T06-1-明细款漏填": changed(T06__30228__amount=None),
    "T06-4-接待费大于决算": changed(T09__actual__reception="1.05", T09__actual__total="23.14"),
    "T09-1-三公合计错": changed(T09__actual__total="26.34"),
    "T09-2-公车小计错": changed(T09__budget__vehicles="9.00", T09__budget__total="29.98"),
    "K01-年初预算合计错": changed(BUDGET__T05__total__total="1320.27"),
    "L03-车辆数不符": changed(FACT__asset__vehicles="3"),
    "L04-3-会议费明细不符": changed(FACT__meeting__amount="34.04"),
}


def without_closing(content: Content) -> Content:
    """04 as somebody leaves it who forgets 年末结转 and then adds up."""
    figures = dict(content.figures)
    for column in ("total", "general", "fund", "capital"):
        figures.pop(f"T04.60.{column}", None)
        figures[f"T04.64.{column}"] = figures.get(f"T04.59.{column}", 0)
    return content._replace(figures=figures)


BROKEN_MADE_UP: dict[str, Change] = {
    "T04-9-漏填年末结转": without_closing,
    "T04-21-财政拨款大于全部支出": changed(T01__37__amount="1000000.00"),
    "T07-2-年末结转算错": changed(T07__2120899__closing="1234.56"),
    "T08-1-一行合计错": changed(T08__2230109__total="100.00"),
    "J02-年初结转不等于上年年末结转": changed(LAST__T01__59__amount="100.00"),
}


IN_TEMPLATE = ("T01-1", "T03-1", "T05-2", "T07-2", "K01", "L03", "L04-3", "J02")
"""Broken ones that are filled templates; the others are plain exports, a tenth of the size."""


def retyped(content: Content, name: str, value: str, column: int | None = None) -> bytes:
    """A plain export with a cell typed over: a figure's, or another in its row."""
    data = export(content)
    place = book_from_bytes(data, "")[0].figures[name].place
    return patch_workbook(data, [CellEdit(place.sheet, place.row, column or place.column, value)])


def files() -> dict[str, bytes]:
    """Every sample that is built by code: path below the repository → bytes."""
    published = liling()
    clean = build(published)
    found = {
        "samples/醴陵市人民政府办公室-2024.xlsx": clean,
        "samples/示范部门-2024-元.xlsx": build(made_up()),
        "samples/上海格式-示范部门-2024.xlsx": build(in_shanghai()),
        "xlbudget/samples/sample.xlsx": clean,
    }
    for base, changes in ((published, BROKEN), (made_up(), BROKEN_MADE_UP)):
        for name, change in changes.items():
            write = build if name.rpartition("-")[0] in IN_TEMPLATE else export
            found[f"samples/broken/{name}.xlsx"] = write(change(base))
    return found | {
        "samples/broken/A01-缺少07表.xlsx": export(published, without=["T07"]),
        "samples/broken/A05-科目代码多一位.xlsx": retyped(
            published, "T05.2080505.total", "20805055", 1
        ),
        "samples/broken/A06-科目重复.xlsx": retyped(published, "T05.2010302.total", "2010301", 1),
        "samples/broken/A07-金额格里有文字.xlsx": retyped(
            published, "T02.2080801.appropriation", "待核实"
        ),
        "samples/foreign/示范部门-系统导出-元.xlsx": export(made_up(), messy=True),
        "samples/foreign/示范部门-万元未取整.xlsx": export(made_up(), WAN, messy=True),
        "xlbudget/samples/broken.xlsx": found["samples/broken/T03-1-基本支出数字颠倒.xlsx"],
    }


EXPORT = "foreign/示范部门-系统导出-元.xlsx"
CONVERTED = {
    "foreign/示范部门-旧格式.xls": "xls:MS Excel 97",
    "foreign/示范部门-WPS.et": "xls:MS Excel 97",  # what WPS writes is .xls by another name
    "foreign/示范部门-开放文档.ods": "ods",
}


def convert(source: Path, target: Path, kind: str) -> None:
    """Have LibreOffice write ``source`` as another kind of file."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += ["--convert-to", kind, "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        written = Path(folder) / f"{source.stem}.{kind.partition(':')[0]}"
        shutil.copyfile(written, target)


def main() -> None:
    """Write every sample; those by LibreOffice only when their source changed or they are gone."""
    root = HERE.parent
    source = HERE / EXPORT
    before = source.read_bytes() if source.is_file() else b""
    built = files()
    for name, data in built.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name, kind in CONVERTED.items():
        if before == source.read_bytes() and (HERE / name).is_file():
            continue
        if shutil.which("soffice") is None:
            print(f"left as it is, LibreOffice is needed to write it: {name}")
            continue
        convert(source, HERE / name, kind)
    for path in (HERE / "broken").glob("*.xlsx"):
        if f"samples/broken/{path.name}" not in built:
            path.unlink()


if __name__ == "__main__":
    main()
