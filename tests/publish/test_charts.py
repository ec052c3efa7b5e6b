"""Charts as SVG: well-formed, told apart without colour, every number beside its bar."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree

import pytest

from tests.publish.test_content import charts, seed_publication
from xlbudget.publish.chart_svg import svg
from xlbudget.publish.document import Chart, Series

_NS = "{http://www.w3.org/2000/svg}"


def drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(svg(chart))


def bars(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [bar for bar in root.findall(f"{_NS}rect") if bar.get("height") == "16"]


def texts(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.findall(f"{_NS}text")]


@pytest.mark.parametrize("chart", charts(seed_publication()).values(), ids=lambda c: c.anchor)
def test_every_number_stands_beside_its_bar_inside_the_picture(chart: Chart) -> None:
    root = drawn(chart)
    values = [value for one in chart.series for value in one.values if value is not None]
    shown = " ".join(texts(root))
    assert [value for value in values if f"{value:,}" not in shown] == []
    assert len(bars(root)) == sum(1 for value in values if value > 0)
    width, height = (float(size) for size in (root.get("viewBox") or "").split()[2:])
    for bar in bars(root):
        assert float(bar.get("x") or 0) + float(bar.get("width") or 0) < width
        assert float(bar.get("y") or 0) + 16 <= height
    assert root.findtext(f"{_NS}title") == chart.title
    assert root.findtext(f"{_NS}desc") == chart.alt


def test_series_differ_by_pattern() -> None:
    root = drawn(charts(seed_publication())["chart.three_public"])
    patterns = root.findall(f"{_NS}defs/{_NS}pattern")
    drawings = {ElementTree.tostring(child) for p in patterns for child in p[1:]}
    assert len(patterns) == len(drawings) == 2  # dots and hatching
    assert len({bar.get("fill") for bar in bars(root)}) == 3  # and solid
    assert texts(root)[:3] == ["上年决算数", "预算数", "决算数"]


def test_bars_are_as_long_as_their_amounts() -> None:
    series = (Series("甲", (Decimal("100.00"), Decimal("25.00"), None, Decimal("-5.00"))),)
    names = ("一" * 40, "<二>", "三", "四")
    root = drawn(Chart("c", "compare", "标题 <&>", names, series, "万元", "说明"))
    lengths = [float(bar.get("width") or 0) for bar in bars(root)]
    assert lengths[1] == pytest.approx(lengths[0] / 4, abs=0.1)
    assert len(lengths) == 2
    shown = texts(root)
    assert {"无数据", "-5.00", "<二>"} <= set(shown)
    assert "".join(shown).count("一") == 40


def test_nothing_but_zeros_is_drawn_without_bars() -> None:
    chart = Chart("c", "compare", "零", ("甲",), (Series("x", (Decimal(0),)),), "万元", "零")
    assert bars(drawn(chart)) == []
