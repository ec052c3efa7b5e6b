"""The table of the ribbon: complete, in the order of the work, and each action is there."""

from __future__ import annotations

import importlib.util
import inspect
import tomllib
from pathlib import Path
from typing import Any

import pytest

TABLE: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[2] / "workbook" / "ribbon.toml").read_text("utf-8")
)
BUTTONS: list[dict[str, str]] = [b for g in TABLE["group"] for b in g["button"]]


def test_groups_stand_in_the_order_of_the_work() -> None:
    expected = ["填报", "校验", "说明", "发布", "设置"]
    assert [group["label"] for group in TABLE["group"]] == expected


def test_every_button_says_what_it_does() -> None:
    wanted = {"id", "action", "label", "image", "size", "screentip", "supertip"}
    assert {frozenset(button) for button in BUTTONS} == {frozenset(wanted)}
    assert all(all(button.values()) for button in BUTTONS)
    assert {button["size"] for button in BUTTONS} == {"large", "normal"}


def test_ids_are_unique() -> None:
    ids = [TABLE["tab"]["id"], *(g["id"] for g in TABLE["group"]), *(b["id"] for b in BUTTONS)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button["action"])
def test_action_is_a_function_without_arguments(button: dict[str, str]) -> None:
    if importlib.util.find_spec("xlbudget.excel.ribbon") is None:
        pytest.skip("xlbudget.excel.ribbon is not written yet")
    from xlbudget.excel import ribbon

    action = getattr(ribbon, button["action"])
    assert callable(action)
    assert not inspect.signature(action).parameters
