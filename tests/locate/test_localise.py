"""The wrong cell is among the suspects, its true amount in the range, and no false alarm is raised."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.errors import constrained, errors
from tests.system import made, seed
from xlbudget.locate.localise import Evidence, jointly_consistent, localise
from xlbudget.model.book import Figure, Place
from xlbudget.model.expression import Constraint
from xlbudget.model.money import WAN, YUAN

STEP = WAN.last_digit


def total(name: str, *parts: str, op: str = "=") -> Constraint:
    return Constraint("", op, ((1, name),), tuple((1, part) for part in parts))


def printed(values: Mapping[str, int | None], *, step: int = STEP) -> dict[str, Figure]:
    """Figures one below the other, amounts in last digits."""
    half = WAN.half if step == STEP else 0
    return {
        name: Figure(name, None if v is None else v * step, half if v else 0, Place("表", row, 1))
        for row, (name, v) in enumerate(values.items(), start=1)
    }


def test_the_published_sample_is_consistent() -> None:
    sample = seed()
    assert localise(sample.constraints, sample.figures, unit=WAN, joint=True).consistent
    assert jointly_consistent(sample.constraints, sample.figures, unit=WAN)


def test_the_issue_s_example_is_found_and_explained() -> None:
    sample = seed()
    figures = sample.printing({"T03.2010301.basic": 109250 * STEP})
    found = localise(sample.constraints, figures, unit=WAN)
    first = found.suspects[0]
    assert (first.name, first.suggestion, first.slip, first.rank) == (
        "T03.2010301.basic",
        102950 * STEP,
        "transposition",
        1,
    )
    assert first.reason == "多半是 1092.50 应为 1029.50（相邻两位数字颠倒）"
    assert found.proven
    assert found.complete


@settings(max_examples=30, deadline=None)
@given(number=st.integers(0, 10_000), rows=st.integers(1, 40))
def test_a_department_rounded_plainly_is_never_called_inconsistent(number: int, rows: int) -> None:
    sample = made(random.Random(number), rows).printed
    assert localise(sample.constraints, sample.figures, unit=WAN, joint=True).consistent
    assert jointly_consistent(sample.constraints, sample.figures, unit=WAN)


@settings(max_examples=40, deadline=None)
@given(number=st.integers(0, 10_000), rows=st.integers(1, 20), choice=st.randoms())
def test_a_single_error_is_found_with_its_true_value_in_range(
    number: int, rows: int, choice: random.Random
) -> None:
    sample = made(random.Random(number), rows).printed
    name = choice.choice(constrained(sample))
    true = sample.figures[name].value
    fen = choice.choice((true + choice.choice((-1, 1)) * choice.randint(100, 10**6) * STEP, None))
    if fen is None and abs(true) < 100 * STEP:
        return
    figures = sample.printing({name: fen})
    evidence = sample.evidence(figures)
    found = localise(sample.constraints, figures, unit=WAN, evidence=evidence)
    assert not found.consistent
    mine = [suspect for suspect in found.suspects if suspect.name == name]
    assert len(mine) == 1, name
    assert mine[0].low is None or mine[0].low <= true
    assert mine[0].high is None or true <= mine[0].high


def test_errors_of_every_kind_on_the_sample_are_covered() -> None:
    sample = seed()
    rng = random.Random(5)
    for error in rng.sample(list(errors(sample, blank=True)), 60):
        fen = None if error.value is None else error.value * STEP
        true = sample.figures[error.name].value
        if abs((fen or 0) - true) < 100 * STEP:
            continue
        found = localise(sample.constraints, sample.printing({error.name: fen}), unit=WAN)
        mine = next(suspect for suspect in found.suspects if suspect.name == error.name)
        assert mine.low is None or mine.low <= true
        assert mine.high is None or true <= mine.high


def test_two_independent_errors_are_found_together() -> None:
    sample = seed()
    wrong = {"T03.2010301.basic": 109250 * STEP, "T09.actual.total": -3 * STEP}
    found = localise(sample.constraints, sample.printing(wrong), unit=WAN)
    assert found.suspects == ()
    assert all(len(members) == 2 for members in found.suspect_sets)
    assert {s.name for s in found.suspect_sets[0]} == set(wrong)


def test_two_amounts_in_each_other_s_place() -> None:
    rules = [total("a", "x"), total("b", "y"), total("t", "a", "b")]
    values = {"a": 7311, "b": 1205, "t": 8516, "x": 1205, "y": 7311}
    figures = printed(values)
    found = localise(rules, figures, unit=WAN)
    assert {s.name for s in found.suspect_sets[0]} in ({"a", "b"}, {"x", "y"})
    assert {s.slip for s in found.suspect_sets[0]} == {"swap"}


def test_cells_that_nothing_tells_apart_share_a_rank_and_a_group() -> None:
    figures = printed({"t": 60_000, "a": 11_111, "b": 22_222, "c": 18_273})
    found = localise([total("t", "a", "b", "c")], figures, unit=WAN)
    mine = {s.name: s for s in found.suspects}
    assert set(mine) == {"t", "a", "b", "c"}
    assert mine["a"].group == mine["b"].group
    assert {"a", "b"} <= set(mine["a"].group)
    assert mine["a"].rank == mine["b"].rank
    assert "分不出" in mine["a"].reason


def test_amounts_in_yuan_need_no_tolerance() -> None:
    figures = printed({"t": 123_456, "a": 100_000, "b": 23_465}, step=1)
    found = localise([total("t", "a", "b")], figures, unit=YUAN)
    suggestions = {s.name: s.suggestion for s in found.suspects}
    assert suggestions == {"t": 123_465, "a": 99_991, "b": 23_456}
    assert {s.name for s in found.suspects if s.rank <= 2} == {"t", "b"}


def test_last_year_s_figures_decide_between_items() -> None:
    figures = printed({"t": 50_100, "a": 10_000, "b": 20_000, "c": 10_100})
    previous = {"a": 10_100 * STEP, "b": 19_800 * STEP, "c": 20_100 * STEP, "t": 48_000 * STEP}
    found = localise(
        [total("t", "a", "b", "c")], figures, unit=WAN, evidence=Evidence((), previous)
    )
    assert found.suspects[0].name == "c"


def test_a_contradiction_that_shows_only_jointly() -> None:
    # each sum is within rounding of 2.00, but 2.01 and 1.99 are not within rounding of each other
    rules = [total("s", "x", "y"), total("u", "x", "y")]
    figures = printed({"s": 201, "u": 199, "x": 100, "y": 100})
    assert localise(rules, figures, unit=WAN).consistent
    assert not jointly_consistent(rules, figures, unit=WAN)
    joint = localise(rules, figures, unit=WAN, joint=True)
    assert joint.broken == ()
    assert {suspect.name for suspect in joint.suspects} == {"s", "u"}
    assert joint.proven


@pytest.mark.parametrize(
    "values",
    [
        {"t": 0, "a": 0, "b": 0},
        {"t": None, "a": None, "b": None},
        {"t": 5, "a": None, "b": None},
        {"t": -300, "a": -100, "b": 9_000},
        {"t": 10**14, "a": 10**13, "b": 10**12},
        {"t": 1},
        {},
    ],
)
def test_extreme_amounts_get_a_clear_answer(values: dict[str, int | None]) -> None:
    found = localise([total("t", "a", "b")], printed(values), unit=WAN)
    amounts = [values.get(name) or 0 for name in ("t", "a", "b")]
    assert found.consistent == (amounts[0] == amounts[1] + amounts[2])
    assert bool(found.suspects) == (not found.consistent)


def test_constants_and_parts_of_a_whole() -> None:
    limit = Constraint("", "<=", ((1, "a"),), ((3, ""),))
    found = localise([limit], printed({"a": 400}), unit=WAN)
    assert [(s.low, s.high) for s in found.suspects] == [(None, 300 * STEP)]


def test_a_clean_workbook_imports_no_solver_and_the_solver_prints_nothing() -> None:
    script = (
        "import sys\n"
        "from tests.system import seed\n"
        "from xlbudget.model.money import WAN\n"
        "from xlbudget.locate.localise import localise\n"
        "s = seed()\n"
        "assert localise(s.constraints, s.figures, unit=WAN).consistent\n"
        "assert not {'numpy', 'scipy', 'highspy'} & sys.modules.keys()\n"
        "f = s.printing({'T03.2010301.basic': 109250 * 10_000})\n"
        "assert localise(s.constraints, f, unit=WAN).suspects\n"
        "assert 'highspy' in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_amounts_that_hold_every_fen_are_mended_to_the_fen() -> None:
    exact = {"t": 15_067_563, "a": 10_227_563, "b": 4_840_000}
    figures = {
        name: Figure(name, fen, 0, Place("表", row, 1))
        for row, (name, fen) in enumerate(exact.items())
    }
    figures["a"] = figures["a"]._replace(fen=12_027_563)
    found = localise([total("t", "a", "b")], figures, unit=WAN)
    first = found.suspects[0]
    assert (first.name, first.suggestion, first.slip) == ("a", 10_227_563, "transposition")
    assert (first.low, first.high) == (10_227_563, 10_227_563)
    assert first.reason == "多半是 12.027563 应为 10.227563（相邻两位数字颠倒）"


def test_many_exchangeable_cells_in_several_sums_stay_quick_to_judge() -> None:
    sums = {f"t{k}": [f"x{k}{i:02d}" for i in range(30)] for k in range(3)}
    values = {name: 1_000 + 37 * i for parts in sums.values() for i, name in enumerate(parts)}
    totals = {name: sum(values[part] for part in parts) + 5_000 for name, parts in sums.items()}
    rules = [total(name, *parts) for name, parts in sums.items()]
    found = localise(rules, printed({**totals, **values}), unit=WAN)
    assert 0 < len(found.suspect_sets) <= 700
    assert all(len(members) == 3 for members in found.suspect_sets)
    assert [len(part.suspects) for part in found.parts] == [31, 31, 31]


def test_amounts_too_small_to_print_are_no_contradiction_where_empty_cells_are_blank() -> None:
    """Three amounts of 40 元 print as 0.00 each, their sum as 0.01."""
    rules = [total("t", "a", "b", "c", *(f"x{n}" for n in range(20)))]
    blank: dict[str, int | None] = {f"x{n}": None for n in range(20)}
    hidden = printed({"t": 1, "a": 0, "b": 0, "c": 0, **blank})
    assert jointly_consistent(rules, hidden, unit=WAN)
    assert localise(rules, hidden, unit=WAN).consistent
    # 0.05 is more than three of them can hide
    assert not jointly_consistent(rules, printed({"t": 5, "a": 0, **blank}), unit=WAN)
    # a sheet that prints 0.00 for nothing hides nothing
    zeros: dict[str, int | None] = dict.fromkeys(blank, 0)
    assert not localise(rules, printed({"t": 1, "a": 0, "b": 0, **zeros}), unit=WAN).consistent
