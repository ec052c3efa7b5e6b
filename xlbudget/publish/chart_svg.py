"""A chart as SVG text: horizontal bars with their numbers beside them.

Series differ by pattern, not by colour, and every bar carries its number: a black-and-white print
says the same.  Pure; the web page and the PDF both draw with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from html import escape

from .document import Chart

FONTS = "'Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei','SimHei','PingFang SC',sans-serif"
_WIDTH = 680
_SIZE = 13
_LINE = 17
_LABELS = 200  # widest the labels on the left may be
_BAR = 16
_GAP = 12
_DARK, _EDGE = "#1f4e79", "#1f1f1f"
# The last series, the one that counts, is solid; patterns of those before it, from the last one.
_PATTERNS = (
    '<rect width="6" height="6" fill="#ffffff"/><path d="M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2"'
    ' stroke="#1f4e79" stroke-width="1.4"/>',
    '<rect width="6" height="6" fill="#f4f4f4"/><circle cx="3" cy="3" r="1" fill="#1f4e79"/>',
)


def svg(chart: Chart, *, width: int = _WIDTH, fonts: str = FONTS) -> str:
    """The chart as one ``<svg>`` element; its title and description are ``title`` and ``alt``."""
    left = min(_LABELS, max(_measure(label) for label in chart.categories)) + 12
    values = [value or Decimal(0) for one in chart.series for value in one.values]
    largest = max([Decimal(1), *values]) if any(v > 0 for v in values) else Decimal(1)
    text = max(_measure(_shown(chart, s, i)) for s in range(len(chart.series))
               for i in range(len(chart.categories)))  # fmt: skip
    scale = Decimal(width - left - text - 20) / largest
    body = list(_legend(chart, width)) if len(chart.series) > 1 else []
    top = 34 if len(chart.series) > 1 else 10
    for index, label in enumerate(chart.categories):
        lines = _wrapped(label, left - 12)
        height = max(len(chart.series) * (_BAR + 2), len(lines) * _LINE)
        middle = top + height / 2 - len(lines) * _LINE / 2 + _LINE * 0.75
        for number, line in enumerate(lines):
            body.append(_text(left - 8, middle + number * _LINE, line, "end"))
        at = top + (height - len(chart.series) * (_BAR + 2)) / 2
        for series, one in enumerate(chart.series):
            value = one.values[index]
            length = float(max(value or Decimal(0), Decimal(0)) * scale)
            if length:
                body.append(
                    f'<rect x="{left}" y="{at:.1f}" width="{max(length, 1):.1f}" height="{_BAR}" '
                    f'fill="{_fill(chart, series)}" stroke="{_EDGE}"/>'
                )
            shown = _shown(chart, series, index)
            body.append(_text(left + length + 6, at + _BAR * 0.8, shown, "start"))
            at += _BAR + 2
        top += int(height) + _GAP
    axis = 34 if len(chart.series) > 1 else 10
    body.append(f'<path d="M{left},{axis - 6} V{top - _GAP + 6}" stroke="{_EDGE}"/>')
    name = _name(chart)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" width="{width}" '
        f'height="{top}" role="img" aria-labelledby="{name}-title {name}-desc" '
        f'font-family="{escape(fonts, quote=True)}" font-size="{_SIZE}" fill="#1a1a1a">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-desc">{escape(chart.alt)}</desc>'
        f"<defs>{''.join(_definitions(chart))}</defs>{''.join(body)}</svg>"
    )


def _name(chart: Chart) -> str:
    return re.sub(r"[^\w-]", "-", chart.anchor, flags=re.ASCII)


def _pattern_id(chart: Chart, series: int) -> str:
    return f"{_name(chart)}-{series}"


def _fill(chart: Chart, series: int) -> str:
    solid = series == len(chart.series) - 1
    return _DARK if solid else f"url(#{_pattern_id(chart, series)})"


def _definitions(chart: Chart) -> Iterator[str]:
    patterned = len(chart.series) - 1
    for series in range(patterned):
        fill = _PATTERNS[min(patterned - 1 - series, len(_PATTERNS) - 1)]
        yield (
            f'<pattern id="{_pattern_id(chart, series)}" width="6" height="6" '
            f'patternUnits="userSpaceOnUse">{fill}</pattern>'
        )


def _legend(chart: Chart, width: int) -> Iterator[str]:
    left = width - sum(_measure(one.name) + 36 for one in chart.series)
    for series, one in enumerate(chart.series):
        yield (
            f'<rect x="{left}" y="6" width="18" height="12" '
            f'fill="{_fill(chart, series)}" stroke="{_EDGE}"/>'
        )
        yield _text(left + 22, 17, one.name, "start")
        left += _measure(one.name) + 36


def _shown(chart: Chart, series: int, index: int) -> str:
    """The number beside a bar, with its share of the whole where the bars are one's parts."""
    value = chart.series[series].values[index]
    if value is None:
        return "无数据"
    if chart.kind != "share":
        return f"{value:,}"
    total = sum(v for v in chart.series[series].values if v)
    return f"{value:,}（{value * 100 / total:.2f}%）"


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _measure(text: str) -> int:
    """About how wide a text is drawn."""
    wide = sum(unicodedata.east_asian_width(char) in "WFA" for char in text)
    return int(wide * _SIZE + (len(text) - wide) * _SIZE * 0.58) + 1


def _wrapped(text: str, width: float) -> list[str]:
    """A label in lines of at most ``width``."""
    lines, line = [], ""
    for char in text:
        if line and _measure(line + char) > width:
            lines.append(line)
            line = ""
        line += char
    return [*lines, line]
