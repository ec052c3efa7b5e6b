"""``xlbudget convert``: exit status, words, JSON, and files written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.books import read_book
from xlbudget.cli import run

FOREIGN = Path(__file__).parents[2] / "samples" / "foreign"
IN_YUAN = FOREIGN / "示范部门-系统导出-元.xlsx"


def test_plain_conversion_lists_the_remainders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "万元.xlsx"
    assert run(["convert", str(IN_YUAN), "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "由元换算成万元" in said
    assert "尾差 [T01-2]" in said
    assert "请加 --balance" in said
    assert read_book(out).unit.name == "万元"


def test_balanced_conversion_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "万元.xlsx"
    assert run(["convert", str(IN_YUAN), "-o", str(out), "--balance", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["from"], found["unit"], found["balanced"]) == ("元", "万元", True)
    assert found["remainders"] == []
    assert found["verdict"] == "passed"
    assert set(found["moved"][0]) == {"ref", "label", "sheet", "cell", "true", "plain", "value"}
    figures = read_book(out).figures
    for moved in found["moved"]:
        assert f"{figures[moved['ref']].value / 1e6:.2f}" == moved["value"]


@pytest.mark.parametrize(
    ("out", "words"), [("x.csv", "扩展名"), ("x.xlsm", "扩展名要和原文件一样")]
)
def test_a_target_of_another_kind_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, words: str
) -> None:
    assert run(["convert", str(IN_YUAN), "-o", str(tmp_path / out)]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_source_is_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "元.xlsx"
    path.write_bytes(IN_YUAN.read_bytes())
    assert run(["convert", str(path), "-o", str(path)]) == 2
    assert "元的原数要留着" in capsys.readouterr().err
    assert path.read_bytes() == IN_YUAN.read_bytes()
