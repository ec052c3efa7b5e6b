"""What is prepared of the package's TOML files is what they say."""

from __future__ import annotations

import tomllib

import pytest

from xlbudget.model import packaged


def test_what_is_prepared_is_fresh() -> None:
    written = packaged.package_file("model", "packaged.json").read_text("utf-8")
    assert written == packaged.prepared_text(), "run: python -m xlbudget.model.packaged"


@pytest.mark.parametrize("name", list(packaged.sources()))
def test_it_says_what_the_file_says(name: str) -> None:
    found = packaged.packaged_toml(*name.split("/"))
    assert found == tomllib.loads(packaged.package_file(name).read_text("utf-8"))
    found.clear()  # a caller's own
    assert packaged.packaged_toml(*name.split("/"))


def test_a_file_that_has_changed_since_is_read_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "_prepared", lambda: {"recognise/words.toml": (1, "{}")})
    assert packaged.packaged_toml("recognise", "words.toml")["titles"]
