"""An office's own edition, made as ``editions/README.md`` says, and next year's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import xlbudget
from tests.editions.test_both import errors, made_up, own_rows, read
from tests.generator import book_of
from xlbudget.cli import run as main
from xlbudget.files.importing import rolled_over
from xlbudget.files.workbook import open_workbook
from xlbudget.model.content import Content
from xlbudget.model.forms import PACKAGED, FormError, edition_given, load_edition
from xlbudget.model.restate import restated
from xlbudget.narrate import narrate
from xlbudget.template import build
from xlbudget.validate import validate

README = Path(xlbudget.__file__).parent / "editions" / "README.md"


def written_as_the_readme_says(folder: Path) -> Path:
    """The files of README's worked example, as it prints them."""
    text = README.read_text("utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    blocks = ["\n".join(line.removeprefix("   ") for line in b.splitlines()) for b in blocks]
    edition = folder / "editions" / "jiangcheng-2024"
    edition.mkdir(parents=True)
    (edition / "edition.toml").write_text(blocks[0], "utf-8")
    for block in blocks[1:]:
        name = re.search(r"(\d\d\.toml)", block)
        assert name is not None
        (edition / name[1]).write_text(block, "utf-8")
    return edition


def test_the_worked_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written_as_the_readme_says(tmp_path)
    out = tmp_path / "试.xlsx"
    assert main(["new", str(out), "--edition", "jiangcheng-2024", "--department", "试",
                 "--year", "2024"]) == 0  # fmt: skip
    assert "江城格式（2024年度）" in capsys.readouterr().out
    book = open_workbook(out).book
    assert book.edition.id == "jiangcheng-2024"
    assert book.edition.by_id["T09"].title == "“三公”经费财政拨款支出决算表"
    assert book.edition.by_id["T01"].row_label("59") == "结转下年"
    # What is not written is the base's.
    assert book.edition.by_id["T05"] == load_edition("shanghai-2024").by_id["T05"]
    assert [f for f in book.findings if f.severity == "error"] == []


def test_it_checks_and_narrates_like_any_other(tmp_path: Path) -> None:
    edition = edition_given(str(written_as_the_readme_says(tmp_path)))[0]
    content = restated(made_up(1), edition).content
    path = tmp_path / "决算.xlsx"
    path.write_bytes(build(content))
    book = open_workbook(path).book
    assert book.edition is edition
    assert errors(validate(book)) == set()
    assert narrate(book).paragraphs[0].title == "一、收入支出决算总体情况说明"
    wrong = content._replace(figures={**content.figures, "T01.60.amount": 1})
    text = "".join(f.message for f in validate(book_of(wrong)).findings)
    assert "“结转下年”" in text


def test_a_workbook_s_own_editions_are_found_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "editions" / "beside-2024"
    folder.mkdir(parents=True)
    head = 'id = "beside-2024"\nname = "旁边"\nyear = 2024\nbase = "hunan-2024"\n'
    (folder / "edition.toml").write_text(head, "utf-8")
    own = PACKAGED.with_folder(tmp_path / "editions").load("beside-2024")
    path = tmp_path / "决算.xlsx"
    path.write_bytes(build(Content(edition=own, department="甲", year=2024)))
    assert open_workbook(path).book.edition.id == "beside-2024"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "没有“wrong”这个版式"),
        ({"edition.toml": "id = "}, "不是正确的 TOML 文件"),
        ({"edition.toml": 'name = "甲"'}, "缺少 id"),
        ({"edition.toml": 'id = "hunan-2024"'}, "重名"),
        ({"edition.toml": 'id = "w1"\nname = "甲"\nyear = 2024'}, "缺少 T01"),
        ({"edition.toml": 'id = "w2"\nname = "甲"\nyear = 2024\nbase = "某省"'}, "没有“某省”"),
        (
            {
                "edition.toml": 'id = "w3"\nname = "甲"\nyear = 2024\nbase = "hunan-2024"',
                "05.toml": 'columns = [{ id = "sum", head = ["合计"] }]',
            },
            "05.toml：没有“sum”这样的列",
        ),
        (
            {
                "edition.toml": 'id = "w4"\nname = "甲"\nyear = 2024\nbase = "hunan-2024"',
                "01.toml": 'id = "T04"\nkind = "list"',
            },
            "T04 的 kind 要写成 form",
        ),
        (
            {
                "edition.toml": 'id = "w5"\nname = "甲"\nyear = 2024\ntables = ["01.toml"]',
                "01.toml": 'id = "T01"',
            },
            "01.toml：缺少 title",
        ),
    ],
)
def test_what_is_wrong_with_an_edition_is_said_in_words(
    files: dict[str, str], said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "wrong"
    for name, text in files.items():
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    with pytest.raises(FormError, match=re.escape(said)):
        edition_given(str(folder) if files else "wrong")


# ---------------------------------------------------------------- next year


@pytest.fixture
def next_year(tmp_path: Path) -> str:
    """A made-up edition of the year after, beside the workbooks: another note, another label."""
    folder = tmp_path / "editions" / "made-up-2025"
    folder.mkdir(parents=True)
    (folder / "edition.toml").write_text(
        'id = "made-up-2025"\nname = "试作格式（2025年度）"\nyear = 2025\nregion = "shanghai"\n'
        'base = "shanghai-2024"\n',
        "utf-8",
    )
    (folder / "01.toml").write_text('notes = ["注：试作。"]\nlabels = { "58" = "分配" }\n', "utf-8")
    return "made-up-2025"


def test_the_newest_edition_that_is_not_newer_than_the_year(next_year: str, tmp_path: Path) -> None:
    known = PACKAGED.with_folder(tmp_path / "editions")
    found = {year: known.for_year("shanghai", year) for year in (2023, 2024, 2025, 2030)}
    assert found[2023] is None
    assert found[2024] is load_edition("shanghai-2024")
    assert found[2025] is known.load(next_year)
    assert found[2030] is known.load(next_year)


def test_rolling_over_takes_it_and_says_so(
    tmp_path: Path, next_year: str, capsys: pytest.CaptureFixture[str]
) -> None:
    content = restated(made_up(2), load_edition("shanghai-2024")).content
    last, out = tmp_path / "2024.xlsx", tmp_path / "2025.xlsx"
    last.write_bytes(build(content))
    assert main(["new", str(out), "--from", str(last), "--year", "2025"]) == 0
    assert "今年用试作格式（2025年度）（made-up-2025）" in capsys.readouterr().out
    book = open_workbook(out).book
    assert (book.edition.id, book.year, book.department) == (next_year, 2025, content.department)
    assert book.edition.by_id["T01"].notes == ("注：试作。",)
    assert book.tables["T03"].codes == content.codes["T03"]
    for name in ("T01.30.amount", "T05.total.total", "T09.actual.total"):
        assert book.value(f"LAST.{name}") == content.figures[name]
    assert not any(book.value(n) for n in book.figures if n.startswith("T"))


def test_without_a_newer_one_the_same_is_kept_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    last, out = tmp_path / "2024.xlsx", tmp_path / "2025.xlsx"
    last.write_bytes(build(made_up(2)))
    assert main(["new", str(out), "--from", str(last)]) == 0
    assert "还没有2025年度的，沿用全国统一格式（2024年度，湖南）" in capsys.readouterr().out


def test_rolling_over_into_another_edition_prints_its_levels() -> None:
    last = read(made_up(3))
    content = rolled_over(last, load_edition("shanghai-2024"))
    codes = content.codes["T03"]
    assert {code for code in codes if len(code) == 7} == set(made_up(3).codes["T03"])
    assert all(code[:5] in codes and code[:3] in codes for code in codes if len(code) == 7)
    assert own_rows(last, {}) == {}
