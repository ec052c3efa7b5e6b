"""How two amounts compare, in the words of the report: change, rate and share.

The report's sentences and the functions in cells both take them from here, so that a cell and
the sentence beside it never say it differently.  Amounts are in 分, already rounded as printed.
"""

from __future__ import annotations

from typing import NamedTuple

from .money import WAN

__all__ = ["Change", "change", "percent"]


class Change(NamedTuple):
    """A change in words: 增加/减少 and the amount in 万元, 增长/下降 and the rate.

    ``rate`` is without its percent sign, and "" where the base was zero or negative.
    """

    direction: str
    amount: str
    trend: str
    rate: str

    @property
    def text(self) -> str:
        """``减少398.03万元，下降20.83%``."""
        rate = f"，{self.trend}{self.rate}%" if self.rate else ""
        return f"{self.direction}{self.amount}万元{rate}"


def change(now: int, then: int) -> Change | None:
    """The change from ``then`` to ``now``; None where there is none (持平)."""
    if now == then:
        return None
    difference = abs(now - then)
    return Change(
        "增加" if now > then else "减少",
        WAN.text(difference),
        "增长" if now > then else "下降",
        percent(difference, then) if then > 0 else "",
    )


def percent(part: int, whole: int) -> str:
    """``part`` in hundred parts of ``whole`` (positive), without the sign %: two decimals, half-up.

    Halves go away from zero, as a person rounds a negative share.
    """
    hundredths = (abs(part) * 20_000 + whole) // (2 * whole)
    sign = "-" if part < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"
