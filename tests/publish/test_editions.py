"""The publication of another edition: its parts and the heads of its tables."""

from __future__ import annotations

from pathlib import Path

from tests.books import read_book
from xlbudget.publish.document import Table
from xlbudget.publish.html import write
from xlbudget.publish.pictures import charts
from xlbudget.publish.publication import publication

SAMPLE = next((Path(__file__).parents[2] / "samples").glob("上海格式*.xlsx"))


def test_shanghai_has_four_parts_and_tables_without_number_or_department() -> None:
    book = read_book(SAMPLE)
    found = publication(book)
    assert [part.blocks[0].text[:4] for part in found.parts] == [  # type: ignore[union-attr]
        "第一部分",
        "第二部分",
        "第三部分",
        "第四部分",
    ]
    tables = [block for block in found.parts[1].blocks if isinstance(block, Table)]
    assert len(tables) == 9
    assert {(table.number, table.department) for table in tables} == {("", "")}
    assert "整体支出绩效自评报告" not in write(found).decode()


def test_shanghai_s_chart_does_not_take_operating_costs_from_06() -> None:
    book = read_book(SAMPLE)._replace(kind="行政单位")
    assert "机关运行经费" not in charts(book)["year"].categories
