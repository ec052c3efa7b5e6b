"""A sheet's cells as they are handed over by the file reader and by open Excel."""

from __future__ import annotations

from collections.abc import Sequence

Grid = Sequence[Sequence[object]]
"""Rows of values, from A1 on; rows may differ in length, an empty cell is None or an empty text."""
