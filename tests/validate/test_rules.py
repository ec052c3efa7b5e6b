"""The catalogue: every rule complete, its examples run, every identity of the forms covered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.books import PARTS, book_of, grids_of
from xlbudget.model.book import Finding
from xlbudget.model.expression import check_names
from xlbudget.model.forms import DEFAULT_EDITION, load_edition
from xlbudget.model.inputs import NUMERIC_KINDS, load_inputs
from xlbudget.recognise import recognise
from xlbudget.validate.check import check_rules
from xlbudget.validate.local import rules_from_sheet
from xlbudget.validate.rules import Rule, RuleError, find_rules, load_rules, rules_from_toml
from xlbudget.validate.structure import FUNCTIONS

RULES = load_rules()


def _by_id(rule: Rule) -> str:
    return rule.id


def findings_of(rule: Rule, example: Mapping[str, Any]) -> list[Finding]:
    """What the rule says about an example, and nothing else."""
    if rule.emitted_by == "local":
        grid = [["编号", "说明", "公式"], ["1", "例子", example["formula"]]]
        return list(rules_from_sheet(grid, "自定义公式", load_edition())[1])
    if rule.emitted_by:
        return [f for f in recognise(grids_of(example)).findings if f.rule == rule.id]
    checks = check_rules(book_of(example), [rule], FUNCTIONS)
    return [check.finding for check in checks if check.finding]


@pytest.mark.parametrize("rule", RULES, ids=_by_id)
def test_every_rule_says_what_an_accountant_needs(rule: Rule) -> None:
    for text in (rule.statement, rule.advice, rule.source):
        assert len(text) >= 4, rule.id
        assert not text.endswith("。") or text == rule.advice
    assert rule.advice.endswith("。")
    assert rule.good != rule.bad


@pytest.mark.parametrize("rule", RULES, ids=_by_id)
def test_the_good_example_passes(rule: Rule) -> None:
    assert findings_of(rule, rule.good) == []


@pytest.mark.parametrize("rule", RULES, ids=_by_id)
def test_the_bad_example_is_found(rule: Rule) -> None:
    found = findings_of(rule, rule.bad)
    assert found
    assert {finding.rule for finding in found} == {rule.id}
    assert all(finding.severity == rule.severity for finding in found)


# 399类 is to be zero: where it is, there is nothing to check.
_ALL_ZERO_IS_GOOD = frozenset({"F08-2"})


@pytest.mark.parametrize(
    "rule", [r for r in RULES if not r.emitted_by and r.id not in _ALL_ZERO_IS_GOOD], ids=_by_id
)
def test_the_good_example_is_really_checked(rule: Rule) -> None:
    outcomes = {check.outcome for check in check_rules(book_of(rule.good), [rule], FUNCTIONS)}
    assert outcomes & {"passed", "rounding", "explained"}


@pytest.mark.parametrize("rule", RULES, ids=_by_id)
def test_rules_and_examples_name_what_exists(rule: Rule) -> None:
    edition = load_edition(rule.good.get("edition", DEFAULT_EDITION))
    inputs = load_inputs()
    for expression in (*rule.expressions, *rule.when):
        check_names(expression, edition)
        for term in expression.left + expression.right:
            if term.ref and term.ref.kind == "fact":
                assert inputs.facts[term.ref.column[5:]].kind in NUMERIC_KINDS
            if term.ref and term.ref.prefix == "LAST.":
                name = f"{term.ref.table}.{term.ref.row}.{term.ref.column}"
                assert name in {entry.id for entry in inputs.last_year}
    for key in (*rule.good, *rule.bad):
        known = key in PARTS or key.startswith(("T0", "LAST.T", "BUDGET.T", "LEDGER.T", "FACT."))
        assert known, f"{rule.id}: {key}"
    for name in rule.settings.get("figures", ()):
        assert name in edition.fixed_names
        assert name in {entry.id for entry in inputs.last_year}
    for fact in rule.settings.get("lists", {}).values():
        assert inputs.facts[fact].kind == "amount"
    assert set(rule.needs) <= {*edition.by_id, "LAST", "BUDGET", "FACT"}


def test_functions_and_catalogue_name_each_other() -> None:
    assert {rule.function for rule in RULES if rule.function} == set(FUNCTIONS)


def test_an_item_of_the_field_s_list_finds_every_rule_that_covers_it() -> None:
    assert [rule.id for rule in find_rules(RULES, "a05")] == ["A05", "A05-2", "A05-3", "A05-4"]
    assert [rule.id for rule in find_rules(RULES, "E03")] == ["T05-1", "T05-2"]
    assert find_rules(RULES, "Z99") == ()


COVERED = [
    "A01",
    "A02",
    "A03",
    "A04",
    "A05",
    "A06",
    "A07",
    "A08",
    "A09",
    "B01",
    "B02",
    "B03",
    "B04",
    "B05",
    "B06",
    "C01",
    "C02",
    "C03",
    "C04",
    "C05",
    "C06",
    "C07",
    "C08",
    "C09",
    "C10",
    "D01",
    "D02",
    "D03",
    "D04",
    "D05",
    "D06",
    "D07",
    "D08",
    "E01",
    "E02",
    "E03",
    "E04",
    "E05",
    "E06",
    "F01",
    "F02",
    "F03",
    "F04",
    "F05",
    "F06",
    "F07",
    "F08",
    "F09",
    "G01",
    "G02",
    "G03",
    "G04",
    "G05",
    "G06",
    "H01",
    "H02",
    "H03",
    "H05",
    "H06",
    "H07",
    "H08",
    "H09",
    "J01",
    "J02",
    "J03",
    "J04",
    "K01",
    "K04",
    "K05",
    "L02",
    "L03",
    "L04",
    "L05",
    "L06",
    "M02",
]


@pytest.mark.parametrize("item", COVERED)
def test_every_item_that_tables_and_inputs_decide_is_covered(item: str) -> None:
    assert find_rules(RULES, item)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[rule]]\nid = 'X'\ncheck = ['T01.1.amount = ']", "要写成"),
        ("[[rule]]\nid = 'X'\ncheck = ['T01.{line}.amount = 0']", "不是可用的代号"),
        ("[[rule]]\nid = 'X'\nchek = ['T01.1.amount = 0']", "不认识的条目“chek”"),
        ("[[rule]]\ncheck = ['T01.1.amount = 0']", "缺少编号"),
        ("[[rule]]\nid = 'X'", "没有公式"),
        ("[[rule]]\nid = 'X'\nseverity = 'hard'\ncheck = ['T01.1.amount = 0']", "级别“hard”"),
        ("[[rule]]\nid = 'X'\nfunction = 'f'\ncheck = ['T01.1.amount = 0']", "只能写一样"),
        ("[[rule]]\nid = 'X'\nemitted_by = 'nobody'", "emitted_by"),
        ("[[rule", "不是正确的 TOML"),
    ],
)
def test_a_rule_that_cannot_be_read_refuses_to_load(text: str, says: str) -> None:
    with pytest.raises(RuleError, match=says):
        rules_from_toml(text, "试.toml")


def test_comparisons_with_input_sheets_are_kept_apart_from_identities() -> None:
    by_id = {rule.id: rule for rule in RULES}
    assert by_id["L03"].compare
    assert not by_id["L03"].check
    assert by_id["T01-1"].check
    assert not by_id["T01-1"].compare
