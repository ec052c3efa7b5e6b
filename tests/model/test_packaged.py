"""What is prepared of the package's TOML files is what they say."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

import pytest

from xlbudget.model import packaged

ROOT = Path(str(resources.files("xlbudget")))


def test_what_is_prepared_is_fresh() -> None:
    written = ROOT.joinpath("model", "packaged.json").read_text("utf-8")
    assert written == packaged.prepared_text(), "run: python -m xlbudget.model.packaged"


@pytest.mark.parametrize("name", list(packaged.sources()))
def test_it_says_what_the_file_says(name: str) -> None:
    found = packaged.packaged_toml(*name.split("/"))
    assert found == tomllib.loads(ROOT.joinpath(name).read_text("utf-8"))
    found.clear()  # a caller's own
    assert packaged.packaged_toml(*name.split("/"))


def test_a_file_that_has_changed_since_is_read_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "_prepared", lambda: {"recognise/words.toml": (1, "{}")})
    assert packaged.packaged_toml("recognise", "words.toml")["titles"]
