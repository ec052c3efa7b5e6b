"""``xlbudget addin doctor``: what Excel needs of this machine, point by point, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import UserError
from .install import ADDIN, addin_bytes, script_of_mac, startup_folder
from .machine import Machine, program_bits
from .settings import interpreter_key, interpreter_value, read_settings, settings_file

_SECURITY = r"Microsoft\Office\{version}\Excel\Security"
_APP_PATH = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_OPENED_BY = r"Software\Microsoft\Windows\CurrentVersion\Explorer\FileExts\.xlsx\UserChoice"
_NO_MACROS = 4
"""VBAWarnings: 1 enable all, 2 ask, 3 signed only, 4 disable all without notice."""
_SIGNED_ONLY = 3


class Point(NamedTuple):
    """One thing looked at: ``state`` is ``ok``, ``missing`` (Excel will not work) or ``note``."""

    state: str
    text: str
    advice: str = ""


WORDS = {"ok": "好", "missing": "缺", "note": "提醒"}


def examine(machine: Machine) -> list[Point]:
    """Everything that the add-in needs, in the order in which it should be mended."""
    if machine.kind == "other":
        return [
            Point(
                "missing",
                "这台机器不是 Windows 或 macOS，没有 Excel",
                "命令行照常可用：xlbudget validate、fill、narrate、export。",
            )
        ]
    return [
        *(_excel_of_windows(machine) if machine.kind == "windows" else _excel_of_mac(machine)),
        *_packages(machine),
        *_interpreter(machine),
        *_addin(machine),
    ]


def lines(points: list[Point]) -> list[str]:
    """The points as a person reads them."""
    text = []
    for point in points:
        text.append(f"[{WORDS[point.state]}] {point.text}")
        if point.advice:
            text.append(f"     {point.advice}")
    missing = sum(point.state == "missing" for point in points)
    text.append(f"还缺{missing}项，按上面的办法补上。" if missing else "需要的都有了。")
    return text


def _excel_of_windows(machine: Machine) -> Iterator[Point]:
    version = _excel_version(machine)
    wps = machine.registry("HKCR", r"Ket.Application\CurVer") is not None
    if version is None:
        yield Point(
            "missing",
            "没有找到 Excel" + ("，只有 WPS" if wps else ""),
            "WPS 里不能用功能区按钮，但“勾稽检查”照常计算；校验请用命令行 "
            "xlbudget validate 文件.xlsx --in-place。"
            if wps
            else "请安装 Excel 2010 或更新的版本；没有 Excel 时可以用命令行。",
        )
        return
    yield Point("ok", f"Excel 已安装（版本 {version}{_bits_of_excel(machine)}）")
    yield from _policy(machine, version)
    if wps:
        opened = str(machine.registry("HKCU", _OPENED_BY, "ProgId") or "")
        if opened.upper().startswith(("ET.", "KET.", "WPS.")):
            yield Point(
                "note",
                "双击 .xlsx 打开的是 WPS，不是 Excel",
                "请先打开 Excel，再从“文件—打开”里打开工作簿；或在文件属性里把打开方式改为 Excel。",
            )
        else:
            yield Point("note", "还装有 WPS", "功能区按钮只在 Excel 里，请用 Excel 打开。")


def _excel_version(machine: Machine) -> str | None:
    current = machine.registry("HKCR", r"Excel.Application\CurVer")
    if not isinstance(current, str):
        return None
    number = current.rpartition(".")[2]
    return f"{number}.0" if number.isdigit() else None


def _bits_of_excel(machine: Machine) -> str:
    path = machine.registry("HKLM", _APP_PATH)
    if not isinstance(path, str):
        return ""
    try:
        with Path(path.strip('"')).open("rb") as file:
            bits = program_bits(file.read(4096))
    except OSError:
        return ""
    return f"，{bits} 位" if bits else ""


def _policy(machine: Machine, version: str) -> Iterator[Point]:
    """Macro settings; an administrator's come before the user's.

    Source: Office administrative templates, Excel: VBA Macro Notification Settings, Block macros
    from running in Office files from the Internet, Disable all trusted locations.
    """
    own = "Software\\" + _SECURITY.format(version=version)
    admin = "Software\\Policies\\" + _SECURITY.format(version=version)

    def setting(name: str, below: str = "") -> int | None:
        for key in (admin, own):
            found = machine.registry("HKCU", key + below, name)
            if isinstance(found, int):
                return found
        return None

    untrusted = setting("AllLocationsDisabled", r"\Trusted Locations") == 1
    warnings = setting("VBAWarnings")
    advice = "请在 Excel 的“选项—信任中心—宏设置”里选“禁用所有宏，并发出通知”；单位统一管理的请找管理员。"
    if warnings in (_NO_MACROS, _SIGNED_ONLY):
        word = "禁用了所有宏" if warnings == _NO_MACROS else "只允许有数字签名的宏"
        if untrusted:
            yield Point("missing", f"Excel {word}，也不信任启动文件夹，按钮用不了", advice)
        else:
            yield Point(
                "note",
                f"Excel {word}：加载项在受信任的启动文件夹里，照常可用；.xlsm 自带的按钮用不了",
                advice,
            )
    elif untrusted:
        yield Point("note", "Excel 不信任启动文件夹：打开时会问是否启用宏", "请点“启用内容”。")
    else:
        yield Point("ok", "宏设置允许加载项运行")
    if setting("blockcontentexecutionfrominternet") == 1:
        yield Point(
            "note",
            "单位的设置禁止来自网络的文件运行宏",
            "从邮件或网页下载的 .xlsm 先在文件属性里勾选“解除锁定”；装好的加载项不受影响。",
        )


def _excel_of_mac(machine: Machine) -> Iterator[Point]:
    if not (machine.applications / "Microsoft Excel.app").exists():
        yield Point("missing", "没有找到 Excel", "请安装 Microsoft Excel 2016 或更新的版本。")
        return
    yield Point("ok", "Excel 已安装")
    source, script = script_of_mac(machine)
    if script.exists() and source.exists() and script.read_bytes() == source.read_bytes():
        yield Point("ok", "xlwings 的脚本已就位")
    else:
        yield Point("missing", f"缺少脚本“{script}”", "请运行 xlbudget addin install。")


def _packages(machine: Machine) -> Iterator[Point]:
    needed = ["xlwings", *(["win32com"] if machine.kind == "windows" else ["appscript"])]
    absent = [name for name in needed if not machine.has_module(name)]
    if absent:
        yield Point(
            "missing",
            f"Python 里缺少 {'、'.join(absent)}",
            "pip install xlbudget；没有网络的单位请用离线安装包里的“安装.cmd”。",
        )
    else:
        yield Point("ok", f"Python 需要的包都有（{machine.bits} 位 Python）")


def _interpreter(machine: Machine) -> Iterator[Point]:
    conf = settings_file(machine)
    key, value = interpreter_key(machine), interpreter_value(machine)
    advice = "请运行 xlbudget addin install。"
    try:
        found = [s.value for s in read_settings(conf, machine.encoding) if s.name == key]
    except UserError as error:
        yield Point("missing", str(error), advice)
        return
    if not found:
        yield Point("missing", f"“{conf}”里没有写 Python 的位置", advice)
    elif found[0] == value:
        yield Point("ok", f"Excel 用的 Python：{value}")
    elif _expanded(found[0], machine).exists():
        yield Point("note", f"Excel 用的是另一个 Python：{found[0]}", "要改用现在这个，" + advice)
    else:
        yield Point("missing", f"设置里的 Python 不存在：{found[0]}", advice)


def _expanded(value: str, machine: Machine) -> Path:
    for name, folder in machine.variables.items():
        value = value.replace(f"%{name}%", folder)
    return Path(value.replace("\\", "/") if machine.kind == "mac" else value)


def _addin(machine: Machine) -> Iterator[Point]:
    path = startup_folder(machine) / ADDIN
    advice = "请关闭 Excel，运行 xlbudget addin install。"
    if not path.exists():
        yield Point("missing", f"加载项不在“{path.parent}”", advice)
    elif path.read_bytes() != addin_bytes():
        yield Point("missing", "加载项和现在的 xlbudget 不是同一个版本", advice)
    elif machine.is_marked(path):
        yield Point("missing", f"“{path}”带有“来自网络”的标记，Excel 会禁用它", advice)
    else:
        yield Point("ok", f"加载项已装在“{path}”")
