"""An edition that came by mail decides nothing but words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.template.contents import made_up
from xlbudget.cli import run
from xlbudget.errors import UserError
from xlbudget.files.workbook import open_workbook
from xlbudget.model.forms import PACKAGED, Edition, FormError
from xlbudget.narrate import narrate
from xlbudget.narrate.sandbox import Sandbox, TemplateError
from xlbudget.template import build


def office(folder: Path, template: str, name: str = "mail-2024") -> Edition:
    """An edition beside the workbooks of a folder whose second section is this template."""
    place = folder / "editions" / name
    (place / "report").mkdir(parents=True)
    head = f'id = "{name}"\nname = "来件"\nyear = 2024\nbase = "hunan-2024"\n'
    (place / "edition.toml").write_text(head, "utf-8")
    (place / "report" / "02.j2").write_text(template, "utf-8")
    return PACKAGED.with_folder(folder / "editions").load(name)


def workbook(folder: Path, template: str) -> Path:
    edition = office(folder, template)
    path = folder / "决算.xlsx"
    path.write_bytes(build(made_up(1)._replace(edition=edition)))
    return path


@pytest.mark.parametrize(
    "template",
    [
        "{{ cycler.__init__.__globals__.os.popen('touch %s').read() }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ pen._book }}",
        "{{ pen.wan.__globals__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum.__globals__.os.system('touch %s') }}",
        "{{ namespace.__init__.__globals__ }}",
        "{{ '%s'.format.__self__.__class__ }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 10 ** 100000000 }}",
        "{% set ids = [] %}{{ ids.append(1) }}",
        "{% include '../../../../etc/passwd' %}",
        "{% include '/etc/passwd' %}",
        "{% import '../edition.toml' as x %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "{% for a in range(100000000) %}{% endfor %}",
        "{% for a in range(2000) %}" + "长" * 2000 + "{% endfor %}",
        "{% for %}",
    ],
)
def test_a_template_reaches_nothing_and_ends(
    tmp_path: Path, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = tmp_path / "ran"
    path = workbook(tmp_path, template.replace("%s", str(mark)))
    assert run(["narrate", str(path), "--text"]) == 2
    said = capsys.readouterr()
    assert "程序出了意外的错误" not in said.err
    assert "版式的说明模板“02.j2”" in said.err
    assert not mark.exists()


def test_what_is_used_of_a_folder_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = workbook(tmp_path, "# 收入\n本年收入{{ pen.wan('T01.27.amount') }}。")
    (tmp_path / "rules.toml").write_text("", "utf-8")
    for command in (["validate"], ["narrate", "--text"], ["figures"]):
        run([command[0], str(path), *command[1:]])
        said = capsys.readouterr()
        if command[0] == "validate":
            assert "own" not in said.out
        else:
            assert "用了工作簿旁边的版式“来件”" in said.err
            assert str(tmp_path / "rules.toml") in said.err
    book = open_workbook(path).book
    assert [name.partition("（")[0] for name in book.own] == ["版式“来件”", "自定义规则"]


def test_an_edition_beside_one_workbook_says_nothing_about_another(tmp_path: Path) -> None:
    first, second = tmp_path / "甲", tmp_path / "乙"
    path = workbook(first, "# 收入\n甲的。")
    other = workbook(second, "# 收入\n乙的。")
    alone = tmp_path / "决算.xlsx"
    alone.write_bytes(path.read_bytes())
    for _ in range(2):
        for where, said in ((path, "甲的。"), (other, "乙的。")):
            book = open_workbook(where).book
            assert book.edition.id == "mail-2024"
            assert said in [p.text for p in narrate(book).paragraphs]
        book = open_workbook(alone).book
        assert book.edition.id == "hunan-2024"
        assert "没有“mail-2024”这个版式" in "".join(f.message for f in book.findings)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "edition.toml",
            'id = "m"\nname = "m"\nyear = 2024\nbase = "hunan-2024"\ntables = ["../../x.toml"]',
        ),
        ("edition.toml", 'id = "m"\nname = "m"\nyear = 2024\nbase = "../hunan-2024"'),
        ("edition.toml", "x = " + "[" * 5000),
        ("edition.toml", "# " + "长" * 500_000),
    ],
)
def test_no_name_in_an_edition_leads_out_of_its_folder(
    tmp_path: Path, file: str, text: str
) -> None:
    (tmp_path / "x.toml").write_text("", "utf-8")
    folder = tmp_path / "editions" / "m"
    folder.mkdir(parents=True)
    (folder / file).write_text(text, "utf-8")
    with pytest.raises(FormError):
        PACKAGED.with_folder(folder).load("m")


def test_a_link_out_of_an_edition_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.toml"
    secret.write_text("", "utf-8")
    edition = office(tmp_path, "# 收入")
    (tmp_path / "editions" / "mail-2024" / "report.toml").symlink_to(secret)
    with pytest.raises(FormError, match="指到了版式文件夹外面"):
        edition.text("report.toml")


def test_a_path_on_the_cover_is_no_edition(tmp_path: Path) -> None:
    office(tmp_path, "# 收入")
    path = tmp_path / "别处" / "决算.xlsx"
    path.parent.mkdir()
    edition = PACKAGED.with_folder(tmp_path / "editions").load("mail-2024")
    edition.id = str(tmp_path / "editions" / "mail-2024")  # what the cover will say
    path.write_bytes(build(made_up(1)._replace(edition=edition)))
    assert open_workbook(path).book.edition.id == "hunan-2024"


def test_loops_of_an_honest_length_run() -> None:
    sandbox = Sandbox(
        {
            "a": "{% for x in items %}{{ x }}{% if not loop.last %}、{% endif %}{% else %}无{% endfor %}"
        }.get
    )
    assert sandbox.written("a", items=["甲", "乙"]) == "甲、乙"
    assert sandbox.written("a", items=[]) == "无"
    with pytest.raises(TemplateError):
        sandbox.written("a", items=range(300_000))
    assert issubclass(TemplateError, UserError)
