"""Amounts of money as integers of 分 (0.01 元), with the precision they were printed in.

One unit for everything: a workbook in 元, a workbook in 万元 with two decimals and a 万元 column that
still holds every 分 (an export divided by 10,000) are compared without any float.  Integers
instead of Decimal because identities over integers are an order of magnitude
faster; 分 instead of the workbook's last digit because amounts finer than what is printed are to
be checked as they are.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

__all__ = [
    "PRINTED_UNITS",
    "UNITS",
    "WAN",
    "YUAN",
    "AmountError",
    "Unit",
    "parse_amount",
    "parse_unit",
]


class Unit(NamedTuple):
    """A unit of account: how many 分 one of it holds, and the half-width of a printed figure.

    ``half`` is in 分: a figure printed with two decimals stands for the interval of ``half`` on
    either side.  In 元 two decimals are the whole truth, so ``half`` is 0.
    """

    name: str
    fen: int
    half: int

    @property
    def last_digit(self) -> int:
        """The weight of the second decimal, in 分: 1 in 元, 10,000 in 万元."""
        return self.fen // 100

    def text(self, fen: int, *, grouped: bool = False) -> str:
        """``fen`` as it is printed: two decimals, half-up; ``1512.83`` or ``1,512.83``."""
        shown = round_half_up(fen, self.last_digit) // self.last_digit
        sign = "-" if shown < 0 else ""
        whole, cents = divmod(abs(shown), 100)
        return f"{sign}{whole:,}.{cents:02d}" if grouped else f"{sign}{whole}.{cents:02d}"

    def exact_text(self, fen: int) -> str:
        """``fen`` with as many decimals as it needs, two at least: ``1022.7563``."""
        number = self.decimal(fen)
        shown = f"{number:f}"
        whole, _, cents = shown.partition(".")
        return f"{whole}.{cents.rstrip('0').ljust(2, '0')}"

    def decimal(self, fen: int) -> Decimal:
        """``fen`` as an exact Decimal of this unit."""
        return Decimal(fen) / self.fen

    def is_finer_than_shown(self, fen: int) -> bool:
        """Whether the amount holds more decimals than the two that will be printed."""
        return fen % self.last_digit != 0


YUAN = Unit("元", 100, 0)
WAN = Unit("万元", 1_000_000, 5_000)
UNITS = {unit.name: unit for unit in (YUAN, WAN)}
"""The units in which a publication is made."""


def _multiple(name: str, yuan: int) -> Unit:
    return Unit(name, yuan * 100, yuan // 2)


PRINTED_UNITS = (
    _multiple("亿元", 10**8),
    _multiple("千万元", 10**7),
    _multiple("百万元", 10**6),
    _multiple("十万元", 10**5),
    WAN,
    _multiple("千元", 10**3),
    _multiple("百元", 10**2),
    YUAN,
)
"""The units that may stand above a table, the longer names before those that they end with."""


class AmountError(ValueError):
    """A cell that should hold an amount holds something else; the text is the argument."""


def execution_points(actual: int, planned: int, full: int) -> int:
    """Points in hundredths that an execution rate earns: ``full`` × rate, half-up, never above ``full`` and
    never below zero; ``planned`` is positive."""
    return min(100 * full, (200 * full * max(actual, 0) + planned) // (2 * planned))


def round_half_up(fen: int, step: int) -> int:
    """The multiple of ``step`` nearest to ``fen``, halves away from zero."""
    if fen < 0:
        return -round_half_up(-fen, step)
    return (2 * fen + step) // (2 * step) * step


# Full-width digits and signs, as people type them with a Chinese input method.
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋（）", "0123456789.,-+()")
_SPACES = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:,\d{3})*|\d[\d,]*|)(?:\.\d*)?(?:[eE][+-]?\d+)?")
_EXACT = 2.0**52  # beyond this a float no longer tells one 分 from the next
_BLANKS = frozenset({"", "-", "--", "---", "—", "——", "―", "–", "/", "无", "−"})


def is_dash(text: str) -> bool:
    """Whether a text says that there is no number: a dash or 无, not a blank."""
    plain = _SPACES.sub("", text.translate(_FULL_WIDTH))
    return bool(plain) and plain in _BLANKS


def parse_amount(value: object, unit: Unit) -> tuple[int, bool] | None:
    """An amount cell as 分 and whether it was a text that had to be read as a number.

    ``None`` for a blank: nothing, spaces, or one of the dashes that stand for nothing.
    Raises AmountError for text, truth values and error values.
    """
    if isinstance(value, float):  # what most cells hold
        scaled = value * unit.fen
        if -_EXACT < scaled < _EXACT:
            # The nearest integer, halves away from zero (no float is between two by accident).
            return (int(scaled + 0.5) if scaled >= 0 else -int(0.5 - scaled)), False
        if not math.isfinite(value):
            raise AmountError(str(value))
        return int((Decimal(repr(value)) * unit.fen).to_integral_value(ROUND_HALF_UP)), False
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise AmountError(str(value))
    if isinstance(value, int):
        return value * unit.fen, False
    if isinstance(value, Decimal):
        return int((value * unit.fen).to_integral_value(ROUND_HALF_UP)), False
    if isinstance(value, str):
        return _parse_text(value, unit)
    raise AmountError(str(value))


def _parse_text(value: str, unit: Unit) -> tuple[int, bool] | None:
    text = _SPACES.sub("", value.translate(_FULL_WIDTH)).replace("−", "-").replace("﹣", "-")
    if text in _BLANKS:
        return None
    for suffix in ("万元", "元"):
        if text.endswith(suffix):
            text, unit = text[: -len(suffix)], UNITS[suffix]
            break
    if text[:1] in "¥￥":
        text = text[1:]
    if text.startswith("(") and text.endswith(")"):  # the accountant's minus
        text = "-" + text[1:-1]
    if not any(char.isdigit() for char in text) or not _NUMBER.fullmatch(text):
        raise AmountError(value)
    number = Decimal(text.replace(",", ""))
    return int((number * unit.fen).to_integral_value(ROUND_HALF_UP)), True


def parse_unit(text: str) -> Unit | None:
    """The unit named in a text such as ``单位：万元`` or ``金额单位: 元``; None if none is."""
    compact = _SPACES.sub("", text)
    for unit in PRINTED_UNITS:
        if unit.name in compact and (unit is not YUAN or compact.endswith(("元", "元)", "元）"))):
            return unit
    return None
