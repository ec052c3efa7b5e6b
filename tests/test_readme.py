"""The two READMEs say what there is: commands, options, links, make targets; and the same in both."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from xlbudget.cli.parser import build_parser

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
_ROW = re.compile(r"^\| `xlbudget (?P<command>\w+)[^|]*\|.*$", re.MULTILINE)
_OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    parser = build_parser()
    (subs,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return dict(subs.choices)


def described(name: str) -> dict[str, str]:
    """Command → its line in the README's table."""
    return {match["command"]: match[0] for match in _ROW.finditer(text(name))}


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_described_and_every_described_command_exists(name: str) -> None:
    assert set(described(name)) == set(commands())


@pytest.mark.parametrize("name", READMES)
def test_every_option_that_is_mentioned_exists(name: str) -> None:
    known = commands()
    for command, line in described(name).items():
        there = {option for action in known[command]._actions for option in action.option_strings}
        assert set(_OPTION.findall(line)) <= there, command


def test_both_mention_the_same_options_of_a_command() -> None:
    english, chinese = (described(name) for name in READMES)
    for command, line in english.items():
        assert set(_OPTION.findall(line)) == set(_OPTION.findall(chinese[command]))


@pytest.mark.parametrize("name", READMES)
def test_every_link_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text(name))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_every_path_of_the_layout_exists(name: str) -> None:
    rows = re.findall(r"^\| (`[\w./`、, -]+) \|", text(name), re.MULTILINE)
    paths = [path for row in rows for path in re.findall(r"`([\w./-]+)`", row)]
    assert len(paths) >= 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_exists(name: str) -> None:
    makefile = text("Makefile")
    targets = set(re.findall(r"\bmake ([a-z]+)\b(?! up)", text(name)))
    assert {"demo", "test", "bench"} <= targets
    assert [t for t in targets if not re.search(rf"^{t}:", makefile, re.MULTILINE)] == []
