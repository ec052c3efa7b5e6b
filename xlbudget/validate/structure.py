"""Checks that are no identity: completeness, codes, notes, counts, grades.

Each function takes the book and its rule and yields findings; ``"-…"`` where the rule does not
apply and ``"?…"`` where it could not run, with the reason.  A function that yields nothing passed.
"""

from __future__ import annotations

from collections.abc import Mapping

from .check import Structural

FUNCTIONS: Mapping[str, Structural] = {}
