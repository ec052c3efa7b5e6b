"""The committed template is the one the code builds."""

from __future__ import annotations

from pathlib import Path

from xlbudget.files.template import build
from xlbudget.model.content import Content

COMMITTED = Path(__file__).parents[2] / "workbook" / "xlbudget.xlsx"


def test_committed_workbook_is_what_the_code_builds() -> None:
    """If this fails: ``python workbook/build.py``, look at the result, commit it."""
    assert COMMITTED.read_bytes() == build(Content())
