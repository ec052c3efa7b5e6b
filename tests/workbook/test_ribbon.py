"""The table of the ribbon: complete, in the order of the work, and each action is there."""

from __future__ import annotations

import inspect
import tomllib
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

import openpyxl
import pytest

from xlbudget.excel import ribbon
from xlbudget.ooxml.package import Package

from . import built

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
    action = getattr(ribbon, button["action"])
    assert callable(action)
    assert not inspect.signature(action).parameters


# ---------------------------------------------------------------- the built customUI


def elements(name: str) -> list[Element]:
    part = Package(built.of(name)).read("customUI/customUI.xml")
    return [element for element in ET.fromstring(part).iter() if element.get("id")]


@pytest.mark.parametrize("name", ["xlbudget.xlsm", "xlbudget.xlam"])
def test_the_file_has_the_tables_buttons_and_actions(name: str) -> None:
    buttons = [e for e in elements(name) if e.tag.endswith("}button")]
    found = [(b.get("id"), b.get("tag"), b.get("label"), b.get("supertip")) for b in buttons]
    expected = [(b["id"], b["action"], b["label"], b["supertip"]) for b in BUTTONS]
    assert found == expected
    assert {button.get("onAction") for button in buttons} == {"XlBudget.OnAction"}


def test_the_addins_tab_can_be_told_from_the_workbooks() -> None:
    labels = [elements(name)[0].get("label") for name in ("xlbudget.xlsm", "xlbudget.xlam")]
    assert labels == ["决算公开", "决算公开（加载项）"]


def test_openpyxl_keeps_the_ribbon() -> None:
    # The add-in's parts are few; as a workbook openpyxl opens them.
    addin = Package(built.of("xlbudget.xlam"))
    types = addin.read("[Content_Types].xml").replace(b"ms-excel.addin.", b"ms-excel.sheet.")
    data = addin.rewritten({"[Content_Types].xml": types})
    saved = BytesIO()
    openpyxl.load_workbook(BytesIO(data), keep_vba=True).save(saved)
    kept = Package(saved.getvalue())
    for part in ("customUI/customUI.xml", "xl/vbaProject.bin"):
        assert kept.read(part) == addin.read(part)
