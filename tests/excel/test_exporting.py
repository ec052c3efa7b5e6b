"""导出 Word, 导出 PDF from open Excel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.excel.office import Office
from xlbudget.excel import ribbon


@pytest.mark.parametrize(
    ("button", "suffix", "start"),
    [(ribbon.export_word, ".docx", b"PK"), (ribbon.export_pdf, ".pdf", b"%PDF")],
    ids=["Word", "PDF"],
)
def test_writes_the_publication(
    foreign: Office, tmp_path: Path, button: Callable[[], None], suffix: str, start: bytes
) -> None:
    foreign.answers = [str(tmp_path / "公开 材料")]
    before = foreign.state()
    button()
    target = tmp_path / f"公开 材料{suffix}"
    assert target.read_bytes().startswith(start)
    assert foreign.said[-1].startswith(f"已导出“{target}”。")
    assert foreign.state() == before


def test_a_workbook_with_errors_gives_a_draft_at_most(template: Office, tmp_path: Path) -> None:
    template.answers = [False]
    ribbon.export_word()
    assert "只能导出带“草稿”字样的样子" in template.said[0]
    template.answers = [True, str(tmp_path / "草稿.docx")]
    ribbon.export_word()
    assert (tmp_path / "草稿.docx").exists()


def test_an_existing_file_is_replaced_only_after_a_yes(foreign: Office, tmp_path: Path) -> None:
    target = tmp_path / "有了.docx"
    target.write_bytes(b"old")
    foreign.answers = [str(target), False]
    ribbon.export_word()
    assert target.read_bytes() == b"old"
