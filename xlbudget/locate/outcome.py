"""What localisation is given besides identities, and what it finds: plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..model.expression import Constraint
from .moves import Move


class Evidence(NamedTuple):
    """What speaks for an amount without proving it.

    ``soft`` are identities that usually hold (a conditional identity whose condition is met) with
    the share of workbooks in which they do, or None for the weight in ``slips.toml``.  ``previous``
    gives last year's amount (or this year's budget) in 分 by the figure's name of this year;
    ``ledger`` the amount in 分 that the ledger has for a figure.
    """

    soft: Sequence[tuple[Constraint, float | None]] = ()
    previous: Mapping[str, int] = {}
    ledger: Mapping[str, int] = {}


NO_EVIDENCE = Evidence()


class Suspect(NamedTuple):
    """A cell that may be wrong.

    ``fen`` is the printed amount in 分 (None: blank), ``suggestion`` the likely one (None: not
    known), ``low`` and ``high`` the lowest and highest amount that it could print for all identities
    to hold (None: no limit).  ``slip`` is a kind of ``slips.toml``, ``rank`` counts from 1 and
    is shared by cells that nothing tells apart; those are in ``group``, this one included.
    ``reason`` says it in Chinese.
    """

    name: str
    fen: int | None
    suggestion: int | None
    low: int | None
    high: int | None
    slip: str
    rank: int
    group: tuple[str, ...]
    reason: str


class Part(NamedTuple):
    """Broken identities that one cause, or a few cells together, explain.

    ``kind`` is ``cells`` (the cells that have to change are ``suspects``, or the smallest sets of them
    ``suspect_sets``, best first; neither: nothing of up to three cells explains it), ``copied`` (one slip
    printed in every cell of the only set in ``suspect_sets``) or that of a ``move``, whose cells are that set.
    ``broken`` are positions of constraints.
    """

    kind: str
    broken: tuple[int, ...]
    suspects: tuple[Suspect, ...] = ()
    suspect_sets: tuple[tuple[Suspect, ...], ...] = ()
    move: Move | None = None

    @property
    def first(self) -> tuple[Suspect, ...]:
        """The cells of the best explanation; none where there is no explanation."""
        return self.suspects[:1] or next(iter(self.suspect_sets), ())


class Localisation(NamedTuple):
    """What was found out.

    ``consistent``: nothing is broken.  ``broken`` are positions of constraints that do not hold by
    themselves; none of them and not consistent means that they contradict each other only jointly.
    ``suspects`` are all single cells whose change alone mends everything, best first; if there
    are none, ``suspect_sets`` are the smallest sets that do (up to three cells in each part), best first.
    ``parts`` are the broken identities by what explains them, the surest first: parts share no cell that
    could be wrong.  Where there are several, a set holds the cells of all of them.
    ``proven``: every verdict was confirmed in integers.  ``complete``: the search was not cut short.
    ``solves`` counts linear programs.
    """

    consistent: bool
    broken: tuple[int, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    suspect_sets: tuple[tuple[Suspect, ...], ...] = ()
    proven: bool = True
    complete: bool = True
    solves: int = 0
    parts: tuple[Part, ...] = ()
