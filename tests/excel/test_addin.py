"""Installing, removing and diagnosing the add-in, on made-up machines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.excel.machines import MadeUp, program_head, with_excel
from xlbudget.cli import run
from xlbudget.errors import UserError
from xlbudget.excel.doctor import Point, examine, lines
from xlbudget.excel.install import addin_bytes, install, script_of_mac, startup_folder, uninstall
from xlbudget.excel.machine import program_bits
from xlbudget.excel.settings import settings_file

_POLICY = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
_OWN = r"Software\Microsoft\Office\16.0\Excel\Security"
_OPENED_BY = r"Software\Microsoft\Windows\CurrentVersion\Explorer\FileExts\.xlsx\UserChoice"


def wrong(points: list[Point]) -> list[str]:
    return [point.text for point in points if point.state != "ok"]


def test_install_then_doctor_finds_nothing_missing(tmp_path: Path) -> None:
    machine = with_excel(tmp_path)
    assert any("加载项不在" in text for text in wrong(examine(machine)))
    install(machine)
    assert wrong(examine(machine)) == []
    assert (startup_folder(machine) / "xlbudget.xlam").read_bytes() == addin_bytes()
    conf = settings_file(machine).read_text("gbk")
    assert conf == '"INTERPRETER_WIN","%LOCALAPPDATA%\\xlbudget\\env\\python.exe"\n'
    assert lines(examine(machine))[-1] == "需要的都有了。"


def test_installing_again_changes_nothing(tmp_path: Path) -> None:
    machine = with_excel(tmp_path)
    install(machine)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    install(machine)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_uninstall_leaves_the_users_own_settings(tmp_path: Path) -> None:
    machine = with_excel(tmp_path)
    conf = settings_file(machine)
    conf.parent.mkdir(parents=True)
    conf.write_bytes(b'"SHOW CONSOLE","True"\r\n')
    install(machine)
    assert "INTERPRETER_WIN" in conf.read_text("gbk")
    uninstall(machine)
    assert conf.read_bytes() == b'"SHOW CONSOLE","True"\r\n'
    assert not (startup_folder(machine) / "xlbudget.xlam").exists()


def test_uninstall_without_install_says_so(tmp_path: Path) -> None:
    assert "没有装过" in uninstall(MadeUp(tmp_path))[0]


def test_the_mark_of_the_web_is_taken_off(tmp_path: Path) -> None:
    machine = with_excel(tmp_path)
    target = startup_folder(machine) / "xlbudget.xlam"
    machine.marked.add(target)
    install(machine)
    assert machine.marked == set()
    machine.marked.add(target)
    assert any("来自网络" in text for text in wrong(examine(machine)))


def test_macos_gets_its_script_too(tmp_path: Path) -> None:
    machine = MadeUp(tmp_path, kind="mac", encoding="utf-8")
    (machine.applications / "Microsoft Excel.app").mkdir(parents=True)
    assert any("脚本" in text for text in wrong(examine(machine)))
    install(machine)
    source, script = script_of_mac(machine)
    assert script.read_bytes() == source.read_bytes()
    assert wrong(examine(machine)) == []
    uninstall(machine)
    assert not script.exists()


def test_elsewhere_the_command_line_is_named(tmp_path: Path) -> None:
    machine = MadeUp(tmp_path, kind="other")
    with pytest.raises(UserError, match="命令行"):
        install(machine)
    assert [point.state for point in examine(machine)] == ["missing"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({("HKCU", _OWN, "VBAWarnings"): 4}, "禁用了所有宏：加载项在受信任"),
        ({("HKCU", _OWN, "VBAWarnings"): 1, ("HKCU", _POLICY, "VBAWarnings"): 3}, "数字签名"),
        (
            {
                ("HKCU", _OWN, "VBAWarnings"): 4,
                ("HKCU", _POLICY + r"\Trusted Locations", "AllLocationsDisabled"): 1,
            },
            "按钮用不了",
        ),
        ({("HKCU", _POLICY, "blockcontentexecutionfrominternet"): 1}, "来自网络的文件"),
        ({("HKCR", r"Ket.Application\CurVer", ""): "Ket.Application.9"}, "还装有 WPS"),
        (
            {
                ("HKCR", r"Ket.Application\CurVer", ""): "Ket.Application.9",
                ("HKCU", _OPENED_BY, "ProgId"): "ET.Xlsx.6",
            },
            "打开的是 WPS",
        ),
    ],
)
def test_what_stands_in_the_way_is_named(
    tmp_path: Path, values: dict[tuple[str, str, str], str | int], said: str
) -> None:
    machine = with_excel(tmp_path)
    install(machine)
    machine.values.update(values)
    (text,) = wrong(examine(machine))
    assert said in text


def test_without_excel_wps_users_are_sent_to_the_command_line(tmp_path: Path) -> None:
    machine = MadeUp(
        tmp_path, values={("HKCR", r"Ket.Application\CurVer", ""): "Ket.Application.9"}
    )
    first = examine(machine)[0]
    assert (first.state, first.text) == ("missing", "没有找到 Excel，只有 WPS")
    assert "xlbudget validate" in first.advice


def test_a_missing_package_and_a_missing_interpreter_are_named(tmp_path: Path) -> None:
    machine = with_excel(tmp_path)
    install(machine)
    machine.modules = frozenset({"xlwings"})
    settings_file(machine).write_bytes(b'"INTERPRETER_WIN","D:\\gone\\python.exe"\r\n')
    texts = wrong(examine(machine))
    assert any("win32com" in text for text in texts)
    assert any("D:\\gone" in text for text in texts)
    assert lines(examine(machine))[-1].startswith("还缺2项")


def test_another_version_of_the_addin_is_named(tmp_path: Path) -> None:
    machine = with_excel(tmp_path)
    install(machine)
    (startup_folder(machine) / "xlbudget.xlam").write_bytes(b"old")
    assert any("同一个版本" in text for text in wrong(examine(machine)))


def test_bits_of_a_program() -> None:
    assert program_bits(program_head(0x8664)) == 64
    assert program_bits(program_head(0x014C)) == 32
    assert program_bits(b"MZ") is None
    assert program_bits(b"\x7fELF" + bytes(100)) is None


def test_the_command_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    # On the machines that run the tests there is no Excel.
    assert run(["addin", "doctor"]) == 1
    assert "命令行照常可用" in capsys.readouterr().out
    assert run(["addin", "install"]) == 2
    assert "Windows 或 macOS" in capsys.readouterr().err
