"""Editions that a test adds are gone after it."""

from __future__ import annotations

import pytest

from xlbudget.model import forms


@pytest.fixture(autouse=True)
def _no_editions_of_its_own_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_OWN", {})
