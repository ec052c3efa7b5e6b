"""The two READMEs say what there is: commands, options, links, make targets; and the same in both."""

from __future__ import annotations

import argparse
import ast
import re
import tomllib
from pathlib import Path

import pytest

import xlbudget as xb
from xlbudget.cli.parser import build_parser

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
SAMPLES = {"决算.xlsx": "sample.xlsx", "决算-有一格填错.xlsx": "broken.xlsx"}
"""What ``xlbudget demo`` calls the two workbooks of the package."""
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


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_every_link_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text(name))
    assert links or name == "ARCHITECTURE.md"
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_every_path_of_the_layout_exists(name: str) -> None:
    rows = re.findall(r"^\| (`[\w./`、, -]+) \|", text(name), re.MULTILINE)
    paths = [path for row in rows for path in re.findall(r"`([\w./-]+)`", row)]
    assert len(paths) >= 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def rooms() -> set[str]:
    """The package's rooms and modules that are not of the command line's start."""
    found = {path.name for path in (ROOT / "xlbudget").iterdir() if (path / "__init__.py").exists()}
    return {f"xlbudget/{name}" for name in found} | {"xlbudget/batch.py"}


@pytest.mark.parametrize("name", READMES)
def test_every_room_is_in_the_layout(name: str) -> None:
    rows = re.findall(r"^\| (`xlbudget/.+?) \|", text(name), re.MULTILINE)
    described = set(re.findall(r"`(xlbudget/[\w.]+)`", "".join(rows)))
    data = {"xlbudget/editions", "xlbudget/codes"}
    assert described == rooms() | data


def test_the_architecture_has_every_room_in_the_order_of_the_layers() -> None:
    rows = re.findall(r"^\| +\d+ \| ([^|]+) \|", text("ARCHITECTURE.md"), re.MULTILINE)
    told = [re.sub(r"\.py$", "", name) for row in rows for name in re.findall(r"`([\w.]+)`", row)]
    contract = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]
    layers = [layer.split(" | ") for layer in contract["layers"]]
    assert set(told) == {room for layer in layers for room in layer}
    assert told == [room for layer in layers for room in sorted(layer, key=told.index)]


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_every_path_that_is_named_exists(name: str) -> None:
    named = re.findall(r"`([\w.]+/[\w./]+)`", text(name))
    homes = [ROOT, ROOT / "xlbudget"]
    missing = [p for p in named if "*" not in p and not any((h / p).exists() for h in homes)]
    assert len(named) > 3
    assert [p for p in missing if "NAME" not in p] == []


@pytest.mark.parametrize("name", READMES)
def test_every_make_target_exists(name: str) -> None:
    makefile = text("Makefile")
    targets = set(re.findall(r"\bmake ([a-z]+)\b(?! up)", text(name)))
    assert {"demo", "test", "bench"} <= targets
    assert [t for t in targets if not re.search(rf"^{t}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("name", READMES)
def test_every_package_that_is_installed_is_explained(name: str) -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    needed = [re.split(r"[^\w-]", requirement)[0] for requirement in project["dependencies"]]
    rows = re.findall(r"^\| (.+?) \| .+ \| [\d.]+ \|$", text(name), re.MULTILINE)
    assert len(needed) >= 10
    assert [package for package in needed if package not in "，".join(rows)] == []


# ---------------------------------------------------------------- the examples in Python


def example(name: str) -> str:
    (found,) = re.findall(r"^```python\n(.*?)^```", text(name), re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.mark.parametrize(
    ("name", "results", "files"),
    [
        ("README.md", 5, {"填好.xlsx", "部门决算公开.docx", "校验结果.xlsx"}),
        ("README.zh-CN.md", 5, {"填好.xlsx", "部门决算公开.docx", "校验结果.xlsx"}),
        ("ARCHITECTURE.md", 8, {"草稿.docx"}),
    ],
)
def test_the_example_runs_and_gives_what_it_says(
    name: str, results: int, files: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file, sample in SAMPLES.items():
        (tmp_path / file).write_bytes((ROOT / "xlbudget" / "samples" / sample).read_bytes())
    monkeypatch.chdir(tmp_path)
    source = example(name)
    namespace: dict[str, object] = {}
    given, wanted = [], []
    for statement in ast.parse(source).body:
        line = source.splitlines()[(statement.end_lineno or 0) - 1]
        _, arrow, result = line.partition("# → ")
        if arrow:
            assert isinstance(statement, ast.Expr)
            code = compile(ast.Expression(statement.value), name, "eval")
            given.append(str(eval(code, namespace)))
            wanted.append(result)
        else:
            exec(compile(ast.Module([statement], []), name, "exec"), namespace)
    assert given == wanted
    assert len(given) == results
    assert {path.name for path in tmp_path.iterdir()} - set(SAMPLES) == files


def test_both_have_the_same_example_but_for_its_comments() -> None:
    english, chinese = (ast.dump(ast.parse(example(name))) for name in READMES)
    assert english == chinese


@pytest.mark.parametrize("name", READMES)
def test_every_call_that_is_described_exists_and_every_verb_is_described(name: str) -> None:
    heads = "".join(re.findall(r"^\| `[x.][^|]*\|", text(name), re.MULTILINE))
    plain = {"path", "book", "department", "year", "unit", "edition", "figure_rows"}
    verbs = {verb for verb in vars(xb.Workbook) if not verb.startswith("_")}
    assert set(re.findall(r"`\.(\w+)", heads)) == verbs - plain
    assert set(re.findall(r"`xb\.(\w+)", heads)) == {n for n in xb.__all__ if n.islower()}
