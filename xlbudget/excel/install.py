"""Installing the add-in: ``xlbudget addin install`` and ``uninstall``.

The .xlam goes into Excel's start-up folder, which Excel trusts and opens by itself; the user's
settings name this interpreter.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from ..errors import UserError
from ..files.atomic import write_whole
from .machine import Machine
from .settings import (
    interpreter_key,
    interpreter_value,
    read_settings,
    settings_file,
    with_interpreter,
    without_interpreter,
    written,
)

ADDIN = "xlbudget.xlam"
_ELSEWHERE = (
    "加载项只能装在有 Excel 的 Windows 或 macOS 上；"
    "这台机器请用命令行，例如 xlbudget validate 文件.xlsx。"
)


def addin_bytes() -> bytes:
    """The add-in that comes with the package."""
    return resources.files("xlbudget").joinpath("template", "ribbon", ADDIN).read_bytes()


def startup_folder(machine: Machine) -> Path:
    """Excel's start-up folder of the user.  Raises UserError where there can be none."""
    if machine.kind == "windows":
        roaming = machine.variables.get("APPDATA")
        base = Path(roaming) if roaming else machine.home / "AppData" / "Roaming"
        return base / "Microsoft" / "Excel" / "XLSTART"
    if machine.kind == "mac":
        return (
            machine.home
            / "Library/Group Containers/UBF8T346G9.Office"
            / "User Content.localized/Startup.localized/Excel"
        )
    raise UserError(_ELSEWHERE)


def script_of_mac(machine: Machine) -> tuple[Path, Path]:
    """(xlwings' AppleScript as installed with Python, where Excel for Mac wants it)."""
    import xlwings

    name = f"xlwings-{xlwings.__version__}.applescript"
    target = machine.home / "Library/Application Scripts/com.microsoft.Excel"
    return Path(xlwings.__file__).parent / name, target / name


def install(machine: Machine) -> list[str]:
    """Install for this user; says in Chinese what was put where.

    Installing again brings everything up to date.  Raises UserError, then nothing is half done:
    the settings are written last.
    """
    folder = startup_folder(machine)
    key, value = interpreter_key(machine), interpreter_value(machine)
    conf = settings_file(machine)
    settings = written(
        with_interpreter(read_settings(conf, machine.encoding), key, value), machine.encoding
    )
    lines = []
    target = folder / ADDIN
    _put(target, addin_bytes())
    machine.unmark(target)
    lines.append(f"加载项已放到“{target}”。")
    if machine.kind == "mac":
        source, script = script_of_mac(machine)
        _put(script, source.read_bytes())
        lines.append(f"脚本已放到“{script}”。")
    _put(conf, settings)
    lines.append(f"解释器已写进“{conf}”：{value}。")
    lines.append("请重新打开 Excel，功能区会出现“决算公开”；没有出现时运行 xlbudget addin doctor。")
    return lines


def uninstall(machine: Machine) -> list[str]:
    """Remove what ``install`` put there; the user's other settings stay.  Raises UserError."""
    target = startup_folder(machine) / ADDIN
    lines = [_removed(target, "加载项")]
    if machine.kind == "mac":
        lines.append(_removed(script_of_mac(machine)[1], "脚本"))
    conf = settings_file(machine)
    old = read_settings(conf, machine.encoding)
    new = without_interpreter(old, interpreter_key(machine), interpreter_value(machine))
    if new != old:
        if new:
            _put(conf, written(new, machine.encoding))
        else:
            _removed(conf, "设置")
        lines.append(f"已从“{conf}”去掉解释器。")
    return lines


def _put(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"建不了文件夹“{path.parent}”（{error.strerror}）。") from error
    write_whole(path, data)


def _removed(path: Path, what: str) -> str:
    try:
        path.unlink()
    except FileNotFoundError:
        return f"没有装过{what}（“{path}”不存在）。"
    except OSError as error:
        raise UserError(f"删不掉“{path}”：请先关闭 Excel 再试。") from error
    return f"已删除{what}“{path}”。"
