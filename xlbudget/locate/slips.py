"""How a printed amount may have come from another one: the slips of people who type figures.

A slip is read backwards: from the printed amount to the amounts that it may stand for.  Amounts in
this module are whole numbers of the last printed digit (0.01 万元 or 0.01 元), so that digits are
what the eye sees.  How common each slip is stands in ``slips.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ..model.money import round_half_up
from ..model.packaged import packaged_toml

__all__ = ["SHIFTS", "Weights", "decimals", "digits", "load_weights", "originals", "transpositions"]

SHIFTS = (1, 2, 4)
"""Places by which a decimal point is shifted; four is 元 against 万元."""


class Weights(NamedTuple):
    """The data of ``slips.toml``: shares and names of the kinds of slip, priors, evidence, and the
    cells that hardly any workbook leaves empty, and names and columns that may be below zero."""

    share: Mapping[str, float]
    name: Mapping[str, str]
    swap: float
    prior: Mapping[str, float]
    evidence: Mapping[str, float]
    usual: frozenset[str]
    below_zero: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())

    def may_be_negative(self, name: str) -> bool:
        """Whether an amount below zero may be proposed for a figure: by its name or its column."""
        names, columns = self.below_zero
        return name in names or name.rpartition(".")[2] in columns


def weights_from(data: Mapping[str, Any]) -> Weights:
    """Weights from the parsed file.  Raises KeyError where an entry is missing."""
    kinds = data["slip"]
    names = {kind: str(entry["name"]) for kind, entry in kinds.items()}
    return Weights(
        share={kind: float(entry["weight"]) for kind, entry in kinds.items()},
        name={**names, "swap": str(data["swap"]["name"])},
        swap=float(data["swap"]["weight"]),
        prior={key: float(value) for key, value in data["prior"].items()},
        evidence={key: float(value) for key, value in data["evidence"].items()},
        usual=frozenset(data["usual"]["names"]),
        below_zero=(frozenset(data["negative"]["names"]), frozenset(data["negative"]["columns"])),
    )


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The weights that come with the package."""
    return weights_from(packaged_toml("locate", "slips.toml"))


def _shown(amount: int) -> str:
    return f"{abs(amount):03d}"


def transpositions(amount: int) -> frozenset[int]:
    """All amounts that two neighbouring digits turned round make of this one."""
    shown = _shown(amount)
    sign = -1 if amount < 0 else 1
    found = {
        sign * int(shown[:i] + shown[i + 1] + shown[i] + shown[i + 2 :])
        for i in range(len(shown) - 1)
        if shown[i] != shown[i + 1]
    }
    return frozenset(found - {amount})


def digits(amount: int) -> frozenset[int]:
    """All amounts that one wrong digit makes of this one."""
    shown = _shown(amount)
    sign = -1 if amount < 0 else 1
    found = {
        sign * int(shown[:i] + digit + shown[i + 1 :])
        for i in range(len(shown))
        for digit in "0123456789"
        if digit != shown[i]
    }
    return frozenset(found - {amount})


def decimals(amount: int) -> frozenset[int]:
    """All amounts that a shifted decimal point makes of this one, rounded half-up."""
    up = {amount * 10**places for places in SHIFTS}
    down = {round_half_up(amount, 10**places) // 10**places for places in SHIFTS}
    return frozenset((up | down) - {amount})


def _dropped(amount: int) -> frozenset[int]:
    shown = str(abs(amount))
    sign = -1 if amount < 0 else 1
    found = {sign * int(shown[:i] + shown[i + 1 :] or "0") for i in range(len(shown))}
    return frozenset(found - {amount})


def _doubled(amount: int) -> frozenset[int]:
    shown = str(abs(amount))
    sign = -1 if amount < 0 else 1
    found = {sign * int(shown[: i + 1] + shown[i:]) for i in range(len(shown))}
    return frozenset(found - {amount})


def _before_substitution(printed: int) -> set[int]:
    """Amounts whose leading digit may have been lost to a zero, as well as ``digits``."""
    shown = _shown(printed)
    sign = -1 if printed < 0 else 1
    longer = {sign * int(digit + shown) for digit in "123456789"}
    if int(shown) < 100:  # "0.29" may have been "10.29" with its first digit typed as 0
        longer |= {sign * int(digit + "0" + shown) for digit in "123456789"}
    return set(digits(printed)) | longer


def _before_transposition(printed: int) -> set[int]:
    shown = _shown(printed)
    sign = -1 if printed < 0 else 1
    return set(transpositions(printed)) | {sign * int(shown[0] + "0" + shown[1:])}


def _before_drop(printed: int) -> set[int]:
    shown = str(abs(printed))
    sign = -1 if printed < 0 else 1
    return {
        sign * int(shown[:i] + digit + shown[i:])
        for i in range(len(shown) + 1)
        for digit in "0123456789"
    }


def _before_doubling(printed: int) -> set[int]:
    shown = str(abs(printed))
    sign = -1 if printed < 0 else 1
    return {
        sign * int(shown[:i] + shown[i + 1 :])
        for i in range(1, len(shown))
        if shown[i] == shown[i - 1]
    }


@lru_cache(maxsize=4096)
def originals(printed: int) -> Mapping[int, tuple[tuple[str, float], ...]]:
    """Amounts from which one slip leads to ``printed``, with kinds and chances.

    The chance is that of printing ``printed`` given the amount and the kind: one over the number of
    different results that the kind has there.  Amounts that a shift to smaller values
    rounds away are many; they come from ``spread_of_shifts``.
    """
    found: dict[int, list[tuple[str, float]]] = {}
    if printed:
        for kind, before, after in (
            ("transposition", _before_transposition, transpositions),
            ("digit", _before_substitution, digits),
            ("dropped", _before_drop, _dropped),
            ("doubled", _before_doubling, _doubled),
        ):
            for amount in before(printed):
                results = after(amount)
                if amount != printed and printed in results:
                    found.setdefault(amount, []).append((kind, 1 / len(results)))
        found.setdefault(-printed, []).append(("sign", 1.0))
        for places in SHIFTS:
            amount, rest = divmod(abs(printed), 10**places)
            if amount and not rest:
                amount = amount if printed > 0 else -amount
                found.setdefault(amount, []).append(("decimal", 1 / len(decimals(amount))))
    else:
        for amount in range(1, 10):  # 0.05 with its only digit typed as 0
            found[amount] = [("digit", 1 / len(digits(amount)))]
    return {amount: tuple(kinds) for amount, kinds in found.items()}


def spread_of_shifts(printed: int) -> Iterator[tuple[int, int, float]]:
    """Ranges of amounts that a decimal point shifted left rounds to ``printed``: low, high, chance.

    The chance is that of printing ``printed`` given any one amount in the range.
    """
    for places in SHIFTS:
        step = 10**places
        size = abs(printed)
        if not size:
            continue
        low, high = size * step - step // 2, size * step + step // 2 - 1
        chance = 1 / (2 * len(SHIFTS))
        yield (low, high, chance) if printed > 0 else (-high, -low, chance)
