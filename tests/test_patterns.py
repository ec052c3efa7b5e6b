"""Patterns that are compiled when they are used."""

from __future__ import annotations

import re

import pytest

from xlbudget.patterns import lazy_pattern


def test_it_finds_what_the_compiled_one_finds() -> None:
    assert lazy_pattern(r"t0(\d)", re.IGNORECASE).findall("T01、T09") == ["1", "9"]
    assert lazy_pattern(rb"<c ").search(b"<row><c r='A1'/>") is not None
    assert lazy_pattern(r"\d{3}").fullmatch("2010") is None


def test_it_is_compiled_at_the_first_use_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []

    def compile_(text: str, flags: int) -> re.Pattern[str]:
        compiled.append(text)
        return re._compiler.compile(text, flags)  # type: ignore[attr-defined]

    monkeypatch.setattr("xlbudget.patterns.re.compile", compile_)
    pattern = lazy_pattern("a+")
    assert compiled == []
    assert [pattern.sub("b", text) for text in ("a", "caa", "d")] == ["b", "cb", "d"]
    assert compiled == ["a+"]
