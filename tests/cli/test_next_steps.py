"""``todo`` and ``do``: what people and programs are told, and what is written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from samples.contents import made_up
from xlbudget.cli import run
from xlbudget.template import build

BROKEN = Path(__file__).parents[2] / "xlbudget" / "samples" / "broken.xlsx"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "有错.xlsx"
    path.write_bytes(BROKEN.read_bytes())
    return path


def test_the_list_is_numbered_by_stage_and_changes_nothing(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = broken.read_bytes()
    assert run(["todo", str(broken)]) == 1
    out = capsys.readouterr().out
    assert re.findall("【([^】]{2,3})】\n", out) == ["填充", "改错", "补填", "写说明"]
    assert re.findall(r"^ *(\d+)\. ", out, re.MULTILINE) == ["1", "2", "3", "4"]
    assert broken.read_bytes() == before


def test_do_says_the_one_next_thing_with_its_cell(
    broken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "出.xlsx"
    assert run(["do", str(broken), "-o", str(target)]) == 1
    out = capsys.readouterr().out
    assert out.count("下一步") == 1
    assert "下一步（还有3件）：【改错】03支出表!D8" in out
    assert target.exists()
    assert broken.read_bytes() == BROKEN.read_bytes()


def test_json_of_do_and_todo_name_the_same_steps(
    broken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "出.xlsx"
    assert run(["do", "--json", str(broken), "-o", str(target)]) == 1
    done = json.loads(capsys.readouterr().out)
    assert run(["todo", "--json", str(target)]) == 1
    listed = json.loads(capsys.readouterr().out)
    assert done["steps"] == listed["steps"]
    assert done["next"] == {
        "stage": "correct", "text": done["steps"][0]["text"], "sheet": "03支出表", "cell": "D8",
    }  # fmt: skip


def test_when_nothing_is_left_both_say_how_to_publish(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "示范.xlsx"
    path.write_bytes(build(made_up()))
    assert run(["do", str(path), "--in-place"]) == 0
    assert f'xlbudget export "{path}"' in capsys.readouterr().out
    assert run(["todo", str(path)]) == 0
    assert f'xlbudget export "{path}"' in capsys.readouterr().out
