"""``xlbudget export``: status, what is refused, what is listed, nothing half-written."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from samples.contents import liling, made_up
from xlbudget.cli import run
from xlbudget.files.read import book_from_bytes
from xlbudget.model.edits import CellEdit
from xlbudget.ooxml.patch import patch_workbook
from xlbudget.template import build

PACKAGE = Path(__file__).parents[2] / "xlbudget" / "samples"
SAMPLE, BROKEN = PACKAGE / "sample.xlsx", PACKAGE / "broken.xlsx"


@pytest.fixture
def complete(tmp_path: Path) -> Path:
    """A workbook in which nothing is missing."""
    path = tmp_path / "示范.xlsx"
    path.write_bytes(build(made_up()))
    return path


def test_a_complete_workbook_is_exported_with_status_0(
    complete: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "公开.html"
    assert run(["export", str(complete), "-o", str(out)]) == 0
    assert "示范市文化教育局" in out.read_text("utf-8")
    assert "待填" not in out.read_text("utf-8")
    captured = capsys.readouterr()
    assert f"已导出“{out}”（网页" in captured.out
    assert "元为单位" in captured.err


def test_what_is_left_over_is_listed_with_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "公开.html"
    assert run(["export", str(SAMPLE), "-o", str(out)]) == 1
    err = capsys.readouterr().err
    assert "还有1处待填" in err
    assert "市长办公会" in err
    assert "【待填：" in out.read_text("utf-8")


def test_a_workbook_with_errors_is_refused_unless_a_draft_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "公开.html"
    assert run(["export", str(BROKEN), "-o", str(out)]) == 2
    err = capsys.readouterr().err.strip()
    assert "没有导出" in err
    assert err.count("\n") == 0
    assert not out.exists()
    assert run(["export", str(BROKEN), "-o", str(out), "--draft"]) == 1
    assert '<body class="draft">' in out.read_text("utf-8")


def test_words_changed_by_hand_are_published_and_a_wrong_number_is_reported(
    complete: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written, out = tmp_path / "已写.xlsx", tmp_path / "公开.html"
    assert run(["narrate", str(complete), "-o", str(written)]) == 0
    assert run(["export", str(written), "-o", str(out)]) == 0
    assert "与程序写的不同" not in capsys.readouterr().err
    text = "2024年度收入总计、支出总计均为1.23万元，比上年多了一些。"
    edit = CellEdit("决算说明", 5, 2, text)
    written.write_bytes(patch_workbook(written.read_bytes(), [edit]))
    assert run(["export", str(written), "-o", str(out)]) == 1
    err = capsys.readouterr().err
    assert "决算说明第5行写的是1.23万元，按表应为" in err
    assert "比上年多了一些" in out.read_text("utf-8")


@pytest.mark.parametrize("name", ["公开.txt", "公开", "公开.xlsx"])
def test_only_three_kinds_of_file(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(SAMPLE), "-o", str(tmp_path / name)]) == 2
    assert ".docx、.pdf、.html 或 .htm" in capsys.readouterr().err


def test_a_package_that_is_gone_is_named(
    complete: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [n for n in sys.modules if n.split(".")[0] == "typst"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "typst", None)
    out = tmp_path / "公开.pdf"
    assert run(["export", str(complete), "-o", str(out)]) == 2
    err = capsys.readouterr().err.strip()
    assert "缺少组件“typst”" in err
    assert "pip install xlbudget" in err
    assert err.count("\n") == 0
    assert not out.exists()


def test_texts_of_part_one_that_are_missing_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = {k: v for k, v in liling().facts.items() if not k.startswith("overview.")}
    path = tmp_path / "缺.xlsx"
    path.write_bytes(build(liling()._replace(facts=facts)))
    assert book_from_bytes(path.read_bytes(), "")[0].facts["overview.duties"].value is None
    assert run(["export", str(path), "-o", str(tmp_path / "x.html")]) == 1
    err = capsys.readouterr().err
    assert "部门职责" in err
    assert "决算单位构成" in err
