"""Figures as CSV: what other people's files call things is no formula when Excel opens it."""

from __future__ import annotations

import csv
import io

import pytest

from xlbudget.cli.listing import _csv


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1+cmd", "-2+3", "@SUM(1)", "\t=1", "\r=1"])
def test_a_label_that_looks_like_a_formula_is_text(text: str) -> None:
    (row,) = csv.DictReader(io.StringIO(_csv([{"label": text, "value": "1.00"}]), newline=""))
    assert row == {"label": "'" + text, "value": "1.00"}


@pytest.mark.parametrize("text", ["-12.50", "0", "", "2.5", "基本支出", "-3"])
def test_amounts_and_plain_labels_stay(text: str) -> None:
    (row,) = csv.DictReader(io.StringIO(_csv([{"label": "x", "value": text}])))
    assert row["value"] == text
