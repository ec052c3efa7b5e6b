"""One cause, one finding: copied slips and independent faults, as values and in words."""

from __future__ import annotations

from tests.benchmarks.causes import cases, copied_slip, found_in, named, several_faults
from tests.books import book_of
from tests.locate.test_localise import printed, total
from tests.seed import book_of_seed
from tests.system import seed
from xlbudget.api.validation import Validation
from xlbudget.locate.localise import localise
from xlbudget.locate.suspects import suspect_lines, suspects_json
from xlbudget.model.book import Book
from xlbudget.model.money import WAN
from xlbudget.validate import validate

STEP = WAN.last_digit


def printing(values: dict[str, int]) -> Book:
    book = book_of_seed()
    figures = {**book.figures, **seed().printing(values)}
    return book._replace(figures={name: figures[name] for name in book.figures})


def test_a_wrong_amount_on_one_line_of_three_tables_is_one_cause() -> None:
    wrong = dict.fromkeys(
        ("T02.2210201.total", "T03.2210201.total", "T05.2210201.total"), 11_199 * STEP
    )
    true = {name: seed().figures[name].fen for name in wrong}
    found = localise(seed().constraints, seed().printing(dict(wrong)), unit=WAN)
    (part,) = found.parts
    assert part.kind == "copied"
    assert {s.name: s.suggestion for s in part.first} == true
    assert found.suspect_sets == (part.first,)
    book = printing(wrong)
    result = suspects_json(book, validate(book))
    (cause,) = result["causes"]
    assert [cell["ref"] for cell in cause["cells"]] == sorted(wrong)
    lines = list(suspect_lines(result))
    assert "同一个错数抄在3格，要一起改：" in lines[1]
    assert "05一般公共预算支出表!" in lines[1]


def test_copied_slips_are_named_first_as_one_cause() -> None:
    right = 0
    for _, case in cases(copied_slip, 20):
        found, _ = found_in(case)
        first = found.parts[0]
        right += first.kind == "copied" and {s.name for s in first.first} == case.faults[0]
    assert right >= 18


def test_faults_in_different_tables_are_named_each_by_itself() -> None:
    scores = []
    for _, case in cases(several_faults, 20):
        found, _ = found_in(case)
        scores += [named(found, fault, case.wrong) for fault in case.faults]
    assert sum(scores) / len(scores) >= 0.8


def test_four_faults_are_four_places_and_what_nothing_explains_hides_none() -> None:
    rules = [total(f"t{k}", f"a{k}", f"b{k}") for k in range(4)]
    rules += [total(f"u{k}", f"a{k}", f"b{k}") for k in range(4)]
    values = {}
    for k in range(4):
        values |= {f"a{k}": 1_000 + k, f"b{k}": 2_345, f"t{k}": 3_345 + k, f"u{k}": 3_345 + k}
        values[f"t{k}"] += 700 + 31 * k
    found = localise(rules, printed(values), unit=WAN)
    assert sorted(part.first[0].name for part in found.parts) == ["t0", "t1", "t2", "t3"]
    assert {s.name for s in found.suspect_sets[0]} == {"t0", "t1", "t2", "t3"}


def test_causes_are_said_one_to_a_line() -> None:
    values = {"T03.2010301.basic": 109_250 * STEP, "T09.actual.total": -3 * STEP}
    book = printing(values)
    lines = list(suspect_lines(suspects_json(book, validate(book))))
    assert lines[0] == "【最可能填错的格】有2处互不相干的错，各改各的"
    assert any("1092.50 应为 1029.50" in line for line in lines[1:3])


def test_nothing_broken_has_no_causes() -> None:
    assert suspects_json(book_of({}), validate(book_of({}))) == {"suspects": []}


def test_forty_faults_are_forty_parts_and_not_a_million_sets() -> None:
    """A file that came by mail: each part has two explanations, together they would have 2**40."""
    sums = [total(f"t{n}", f"a{n}", f"b{n}") for n in range(40)]
    amounts = {f"a{n}": 3 * STEP for n in range(40)} | {f"b{n}": 4 * STEP for n in range(40)}
    totals = {f"t{n}": (900 + n) * STEP for n in range(40)}
    found = localise(sums, printed(amounts | totals), unit=WAN)
    assert len(found.parts) == 40
    assert 1 <= len(found.suspect_sets) <= 600
    assert all(len(members) == 40 for members in found.suspect_sets)


def test_findings_that_a_cause_explains_are_folded_under_it_in_the_terminal() -> None:
    book = printing({"T03.2010301.basic": 109_250 * STEP})
    found = Validation(validate(book))
    errors = [f.rule for f in found.errors]
    (cause,) = found.json()["causes"]
    explained = {found.json()["findings"][index]["rule"] for index in cause["findings"]}
    assert set(errors) <= explained
    lines = found.lines()
    assert any("都由上面最可能填错的格引起" in line for line in lines)
    assert not any(line.startswith(f"1. [{errors[0]}]") for line in lines)
    assert any(f"[{errors[0]}]" in line for line in found.lines(verbose=True))


def test_findings_are_not_folded_where_several_cells_are_as_likely() -> None:
    name = "T06.30201.amount"
    found = Validation(validate(printing({name: seed().figures[name].value - 1_111 * STEP})))
    (cause,) = found.json()["causes"]
    assert cause["alike"] > 1
    assert cause["findings"] == []
    assert any(line.startswith(f"1. [{found.errors[0].rule}]") for line in found.lines())


def test_no_amount_below_zero_is_proposed_where_none_can_be() -> None:
    """Two items are more than their total: the items are proposed only as far as they stay above zero."""
    names = {"T06.302.amount": 1_000, "T06.30201.amount": 600, "T06.30202.amount": 6_400}
    found = localise([total(*names)], printed(dict(names)), unit=WAN)
    proposed = {s.name: s.suggestion for s in found.suspects}
    assert proposed["T06.30201.amount"] is None
    assert proposed["T06.30202.amount"] == 400 * STEP
    assert found.suspects[-1].name == "T06.30201.amount"
    carried = {"T07.total.closing": 1_000, "T07.total.opening": 600, "T07.total.income": 6_400}
    found = localise([total(*carried)], printed(dict(carried)), unit=WAN)
    assert {s.name: s.suggestion for s in found.suspects}["T07.total.opening"] == -5_400 * STEP
