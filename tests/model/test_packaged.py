"""What is prepared of the package's files is what they say."""

from __future__ import annotations

import csv
import tomllib

import pytest

from xlbudget.model import packaged

TOML = [name for name in packaged.sources() if name.endswith(".toml")]


def test_what_is_prepared_is_fresh() -> None:
    written = packaged.package_file("model", "packaged.jsonl").read_text("utf-8")
    assert written == packaged.prepared_text(), "run: python -m xlbudget.model.packaged"


@pytest.mark.parametrize("name", TOML)
def test_it_says_what_the_file_says(name: str) -> None:
    found = packaged.packaged_toml(*name.split("/"))
    assert found == tomllib.loads(packaged.package_file(name).read_text("utf-8"))
    found.clear()  # a caller's own
    assert packaged.packaged_toml(*name.split("/"))


@pytest.mark.parametrize("name", packaged.CODE_COLUMNS)
def test_codes_are_those_of_the_list(name: str) -> None:
    with packaged.package_file(name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = [[row[column] for column in packaged.CODE_COLUMNS[name]] for row in rows]
    assert packaged.packaged_codes(name) == wanted


def test_a_file_that_has_changed_since_is_read_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "_prepared", lambda: {"recognise/words.toml": (1, "{}")})
    assert packaged.packaged_toml("recognise", "words.toml")["titles"]
