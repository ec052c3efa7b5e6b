"""The list of bugs does not rot: each line stands once where it is said to stand, and its tests exist."""

from __future__ import annotations

import pytest

from tests.mutants import ROOT, Mutant, load_mutants


@pytest.mark.parametrize("mutant", load_mutants(), ids=lambda mutant: mutant.name)
def test_each_bug_can_be_put_in(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text("utf-8").count(mutant.old) == 1
    assert mutant.new != mutant.old
    assert [path for path in mutant.tests if not (ROOT / path.partition("::")[0]).exists()] == []


def test_names_are_unique() -> None:
    names = [mutant.name for mutant in load_mutants()]
    assert sorted(set(names)) == sorted(names)
