"""Charts that Word can edit: a chart part (DrawingML) and the workbook with its figures.

Grey shades and patterns, with the figures written at the bars, so that print in black and white
loses nothing.  What the workbook can calculate it calculates: a figure changed in Word changes
its bar, its label and the shares.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape

from ...model.addresses import column_letters
from ..document import Chart
from ..page_layout import chart_height

_SHEET = "数据"
_TITLE, _LEGEND = 30, 26
"""Heights in points."""
_INK, _LIGHT = "404040", "D0D0D0"
_LINE = f'<a:ln w="9525"><a:solidFill><a:srgbClr val="{_INK}"/></a:solidFill></a:ln>'
_NAMESPACES = " ".join(
    (
        'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"',
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"',
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"',
    )
)


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'


def _pattern(name: str) -> str:
    return (
        f'<a:pattFill prst="{name}"><a:fgClr><a:srgbClr val="{_INK}"/></a:fgClr>'
        '<a:bgClr><a:srgbClr val="FFFFFF"/></a:bgClr></a:pattFill>'
    )


# From the last series, the one that counts, to the first.
_FILLS = (_solid(_INK), _pattern("wdUpDiag"), _solid(_LIGHT), _pattern("dotGrid"))


class ChartParts(NamedTuple):
    """The chart's XML for Word, and its workbook."""

    xml: str
    workbook: bytes


def chart_parts(chart: Chart) -> ChartParts:
    """The parts of one chart, which has at least one category and series."""
    return ChartParts(_chart_xml(chart), _workbook(chart))


def shares(chart: Chart) -> list[str]:
    """The categories of a ``share`` chart with their parts of the whole: ``甲（79.44%）``."""
    values = chart.series[0].values
    total = sum((value for value in values if value is not None), Decimal(0))
    return [
        f"{category}（{_percent(value / total)}）" if value is not None and total else category
        for category, value in zip(chart.categories, values, strict=True)
    ]


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


# ---------------------------------------------------------------- the workbook


def _workbook(chart: Chart) -> bytes:
    """Categories in A, a column for each series; the bare names of a ``share`` chart in D."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": chart.title, "created": datetime(2000, 1, 1)})
    sheet = book.add_worksheet(_SHEET)
    amount = book.add_format({"num_format": "#,##0.00"})
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, len(chart.series), 16)
    sheet.write_string(0, 0, f"{chart.title}（{chart.unit}）")
    for column, series in enumerate(chart.series, 1):
        sheet.write_string(0, column, series.name)
        for row, value in enumerate(series.values, 1):
            if value is not None:
                sheet.write_number(row, column, value, amount)
    if chart.kind == "share":
        sheet.set_column(3, 3, 30)
        last = len(chart.categories) + 1
        for row, (name, shown) in enumerate(zip(chart.categories, shares(chart), strict=True), 1):
            part = f'D{row + 1}&IFERROR("（"&TEXT(B{row + 1}/SUM(B$2:B${last}),"0.00%")&"）","")'
            sheet.write_formula(row, 0, f"={part}", None, shown)
            sheet.write_string(row, 3, name)
    else:
        for row, name in enumerate(chart.categories, 1):
            sheet.write_string(row, 0, name)
    book.close()
    return buffer.getvalue()


# ---------------------------------------------------------------- the chart


def _text(size: int, face: str = "宋体", wrap: str = "square") -> str:
    """Properties of the chart's texts."""
    return (
        f'<c:txPr><a:bodyPr wrap="{wrap}"/><a:lstStyle/>'
        "<a:p><a:pPr>"
        f'<a:defRPr sz="{size}" b="0"><a:latin typeface="{face}"/><a:ea typeface="{face}"/>'
        '</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def _title(text: str) -> str:
    return (
        "<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:r>"
        '<a:rPr lang="zh-CN" sz="1200" b="0"><a:latin typeface="黑体"/><a:ea typeface="黑体"/>'
        f"</a:rPr><a:t>{escape(text)}</a:t></a:r></a:p></c:rich></c:tx>"
        '<c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/>'
    )


def _strings(reference: str, texts: Sequence[str]) -> str:
    points = "".join(
        f'<c:pt idx="{index}"><c:v>{escape(text)}</c:v></c:pt>' for index, text in enumerate(texts)
    )
    return (
        f"<c:strRef><c:f>{_SHEET}!{reference}</c:f><c:strCache>"
        f'<c:ptCount val="{len(texts)}"/>{points}</c:strCache></c:strRef>'
    )


def _series(chart: Chart) -> Iterator[str]:
    categories = shares(chart) if chart.kind == "share" else chart.categories
    last = len(categories) + 1
    for index, series in enumerate(chart.series):
        letters = column_letters(index + 2)
        values = "".join(
            f'<c:pt idx="{row}"><c:v>{value}</c:v></c:pt>'
            for row, value in enumerate(series.values)
            if value is not None
        )
        yield (
            f'<c:ser><c:idx val="{index}"/><c:order val="{index}"/>'
            f"<c:tx>{_strings(f'${letters}$1', [series.name])}</c:tx>"
            f"<c:spPr>{_FILLS[(len(chart.series) - 1 - index) % len(_FILLS)]}{_LINE}</c:spPr>"
            '<c:invertIfNegative val="0"/><c:dLbls>'
            '<c:numFmt formatCode="#,##0.00" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>'
            f'{_text(900, wrap="none")}<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/>'
            '<c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
            '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
            f"<c:cat>{_strings(f'$A$2:$A${last}', categories)}</c:cat>"
            f"<c:val><c:numRef><c:f>{_SHEET}!${letters}$2:${letters}${last}</c:f><c:numCache>"
            f'<c:formatCode>#,##0.00</c:formatCode><c:ptCount val="{len(categories)}"/>{values}'
            "</c:numCache></c:numRef></c:val></c:ser>"
        )


def _axes(*, from_zero: bool) -> str:
    """The first category on top; no axis of amounts, for the amounts stand at the bars."""
    least = '<c:min val="0"/>' if from_zero else ""
    ticks = '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
    return (
        '<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="maxMin"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        f"{ticks}<c:spPr>{_LINE}</c:spPr>{_text(900)}"
        '<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:auto val="0"/>'
        '<c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="0"/></c:catAx>'
        '<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/>'
        f'{least}</c:scaling><c:delete val="1"/><c:axPos val="t"/>'
        f'<c:numFmt formatCode="#,##0" sourceLinked="0"/>{ticks}'
        '<c:crossAx val="1001"/><c:crosses val="autoZero"/>'
        '<c:crossBetween val="between"/></c:valAx>'
    )


def _layout(height: int, *, legend: bool) -> str:
    """Where the bars lie: room for labels on the left and for amounts on the right."""
    top, bottom = _TITLE / height, (_LEGEND if legend else 4) / height
    return (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
        f'<c:yMode val="edge"/><c:x val="0.36"/><c:y val="{top:.3f}"/><c:w val="0.52"/>'
        f'<c:h val="{1 - top - bottom:.3f}"/></c:manualLayout></c:layout>'
    )


def _chart_xml(chart: Chart) -> str:
    legend = (
        f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_text(900)}</c:legend>'
        if len(chart.series) > 1
        else ""
    )
    title = f"{chart.title}（{chart.unit}）" if chart.unit else chart.title
    values = [value for series in chart.series for value in series.values if value is not None]
    layout = _layout(chart_height(chart), legend=bool(legend))
    axes = _axes(from_zero=min(values) >= 0)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace {_NAMESPACES}><c:date1904 val="0"/><c:lang val="zh-CN"/>'
        f'<c:roundedCorners val="0"/><c:chart>{_title(title)}<c:plotArea>{layout}'
        '<c:barChart><c:barDir val="bar"/>'
        f'<c:grouping val="clustered"/><c:varyColors val="0"/>{"".join(_series(chart))}'
        '<c:gapWidth val="60"/><c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
        f"{axes}</c:plotArea>{legend}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        '<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )
