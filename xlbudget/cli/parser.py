"""Commands, their arguments and the help that a user reads."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, NoReturn

_HELP = "显示帮助并退出"
_EDITION = "表格样式：代号（hunan-2024、shanghai-2024）或版式文件夹，默认全国统一格式"

# Each argument added makes a formatter to try its metavar; the usual one asks for the terminal's width,
# and what it loads for that took longer than all the rest of the parser.
_NARROW = partial(argparse.HelpFormatter, width=80)


class _Parser(argparse.ArgumentParser):
    """argparse with its own words in Chinese and exit status 2 for bad arguments."""

    def __init__(self, **settings: object) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **settings)  # type: ignore[arg-type]
        self.formatter_class = _NARROW
        self.add_argument("-h", "--help", action="help", help=_HELP)
        self._positionals.title = "参数"
        self._optionals.title = "选项"

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{_translated(message)}\n用法见：{self.prog} --help\n")

    def format_help(self) -> str:
        self.formatter_class = argparse.HelpFormatter
        return super().format_help().replace("usage: ", "用法：", 1)


_WORDS = (
    ("the following arguments are required: ", "缺少参数："),
    ("unrecognized arguments: ", "不认识的参数："),
    ("invalid choice: ", "没有这个选择："),
    ("expected one argument", "后面要跟一个值"),
    ("expected at least one argument", "后面至少要跟一个值"),
    ("one of the arguments ", "要给出下列参数之一："),
    (" is required", ""),
    ("not allowed with argument ", "不能同时使用 "),
    ("(choose from ", "（可选："),
    ("invalid int value: ", "应当是整数："),
    ("argument ", "参数 "),
)


def _translated(message: str) -> str:
    spaced = message.startswith("unrecognized arguments: ") and " -" not in message
    for english, chinese in _WORDS:
        message = message.replace(english, chinese)
    if "（可选：" in message:
        message = message.removesuffix(")") + "）"
    return f"{message}（文件名里有空格的，要用英文双引号括起来）" if spaced else message


def _year(text: str) -> int:
    """A year of four digits."""
    if len(text) == 4 and text.isdecimal() and int(text) > 1990:
        return int(text)
    raise argparse.ArgumentTypeError(f"应当是四位数的年度，例如 2024，不能是“{text}”")


class _Version(argparse.Action):
    """``--version``: version, editions and codes; looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from .version import version_lines

        print(*version_lines(), sep="\n")
        parser.exit(0)


class _Command(NamedTuple):
    """A sub-command: what it does, the function that does it, its arguments, what status 1 means."""

    text: str
    module: str
    function: str
    arguments: Callable[[argparse.ArgumentParser], None]
    wrong: str = ""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; its module is loaded now: no command pays for the others."""
        module = import_module(f".{self.module}", __package__)
        status: int = getattr(module, self.function)(options)
        return status


def build_parser(named: str = "") -> argparse.ArgumentParser:
    """The command line; of the sub-command ``named`` alone where there is one of that name."""
    parser = _Parser(
        prog="xlbudget",
        description="部门决算公开：校验、填充、写说明。",
        epilog="退出码：0 做好了，没有错误；1 做好了，但发现了错误；2 做不了，用一句话说明原因。",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="显示版本、版式和科目代码的情况并退出"
    )
    subs = parser.add_subparsers(
        metavar="命令", required=True, parser_class=_Parser, prog=parser.prog
    )
    for name, command in _COMMANDS.items():
        if named in _COMMANDS and name != named:
            continue
        # 0 is always: done, nothing wrong, and 2: could not be done.
        status = f"退出码：0 没有错误；1 {command.wrong}；2 做不了。" if command.wrong else None
        added = subs.add_parser(
            name, help=command.text, description=f"{command.text}。", epilog=status
        )
        command.arguments(added)
        added.set_defaults(command=command.run)
    return parser


def _new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "out", metavar="新文件", type=Path, help="要建立的 .xlsx 文件，或带功能区的 .xlsm 文件"
    )
    parser.add_argument("--department", default="", metavar="部门", help="部门名称")
    parser.add_argument("--year", type=_year, metavar="年度", help="决算年度，例如 2024")
    parser.add_argument("--unit", choices=("万元", "元"), help="金额单位，默认万元或同上年")
    parser.add_argument("--edition", metavar="版式", help=_EDITION)
    parser.add_argument(
        "--from",
        dest="last",
        type=Path,
        metavar="上年文件",
        help="上年的工作簿：其决算数成为上年数",
    )
    parser.add_argument(
        "--ledger",
        action="store_true",
        help="加一张选填的“06明细账”：06表各款的账面金额（元），校验时逐款核对",
    )


def _import(parser: argparse.ArgumentParser) -> None:
    _source(parser, "含九张表的工作簿")
    _out(parser, "写到哪个 .xlsx 文件，或带功能区的 .xlsm 文件")
    parser.add_argument(
        "--department", default="", metavar="部门", help="部门名称（文件里没有时用）"
    )
    parser.add_argument("--year", type=_year, metavar="年度", help="决算年度（文件里没有时用）")
    parser.add_argument("--edition", metavar="版式", help="装成哪个版式，默认和原文件一样")


def _validate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="文件", nargs="+", type=Path, help="工作簿或文件夹")
    _json(parser, "输出 JSON，每个工作簿一行")
    parser.add_argument("--html", type=Path, metavar="文件", help="另写一份网页")
    parser.add_argument("--xlsx", type=Path, metavar="文件", help="另写一份 Excel 结果表")
    parser.add_argument("--select", default="", metavar="规则", help="只做这些规则，用逗号分开")
    parser.add_argument("--ignore", default="", metavar="规则", help="不做这些规则，用逗号分开")
    parser.add_argument(
        "--edition", metavar="版式", help="按哪个版式核对，默认看封面，封面没有的看表上印的"
    )
    parser.add_argument(
        "--in-place",
        action="store_true",
        help="把结果写进工作簿的“校验结果”（没有就加一张）并标出单元格",
    )
    parser.add_argument(
        "--clear-marks", action="store_true", help="与 --in-place 同用：清除“校验结果”和标记"
    )
    parser.add_argument("--processes", type=int, metavar="个数", help="同时用几个进程")
    parser.add_argument("-v", "--verbose", action="store_true", help="列出每一处尾差")


def _fill(parser: argparse.ArgumentParser) -> None:
    _source(parser, "工作簿（.xlsx 或 .xlsm）")
    _target(parser)
    parser.add_argument("--overwrite", action="store_true", help="与算出的数不同的格也改掉")
    _json(parser)


def _narrate(parser: argparse.ArgumentParser) -> None:
    _source(parser)
    _target(parser).add_argument("--text", action="store_true", help="只在屏幕上显示，不写文件")


def _todo(parser: argparse.ArgumentParser) -> None:
    _source(parser)
    _json(parser)


def _do(parser: argparse.ArgumentParser) -> None:
    _source(parser, "工作簿（.xlsx 或 .xlsm）")
    _target(parser)
    _json(parser)


def _convert(parser: argparse.ArgumentParser) -> None:
    _source(parser, "金额单位是元（或万元）的工作簿")
    _out(parser)
    parser.add_argument("--unit", choices=("万元",), default="万元", help="换算成什么单位")
    parser.add_argument(
        "--balance", action="store_true", help="平衡舍入：调整最少的尾差，使各项等式都相等"
    )
    _json(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    _source(parser)
    _out(parser, "写到哪个文件：扩展名 .docx、.pdf 或 .html")
    parser.add_argument("--draft", action="store_true", help="有错误也导出，每页印“草稿”")


def _figures(parser: argparse.ArgumentParser) -> None:
    _source(parser)
    form = parser.add_mutually_exclusive_group()
    _json(form)
    form.add_argument("--csv", action="store_true", help="输出 CSV")
    form.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="新文件",
        help="写到文件：.csv（Excel 双击打开不会乱码）或 .json",
    )


def _rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", metavar="编号", help="规则编号，例如 T05-2")
    _json(parser)


def _addin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=("install", "uninstall", "doctor"),
        metavar="install|uninstall|doctor",
        help="安装、卸载，或看看缺什么",
    )


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--out", type=Path, default=Path("demo"), metavar="文件夹", help="结果放在哪里"
    )


def _source(parser: argparse.ArgumentParser, text: str = "工作簿") -> None:
    parser.add_argument("path", metavar="文件", type=Path, help=text)


def _out(parser: argparse.ArgumentParser, text: str = "写到哪个文件") -> None:
    parser.add_argument("-o", "--out", required=True, type=Path, metavar="新文件", help=text)


def _json(parser: argparse._ActionsContainer, text: str = "输出 JSON") -> None:
    parser.add_argument("--json", action="store_true", help=text)


def _target(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("-o", "--out", type=Path, metavar="新文件", help="写到哪个文件")
    group.add_argument("--in-place", action="store_true", help="直接改原文件")
    return group


_COMMANDS: Mapping[str, _Command] = {
    "new": _Command("新建一个空白工作簿", "new", "new", _new),
    "import": _Command(
        "把别的工作簿（系统导出、.xls、.et、.ods）里的九张表装进模板",
        "new",
        "bring",
        _import,
        "九张表有没找到的，或有读不了的地方",
    ),
    "validate": _Command(
        "校验一个或多个工作簿，文件夹表示其中所有工作簿",
        "validate",
        "validate",
        _validate,
        "有错误（提醒和提示不算）",
    ),
    "fill": _Command(
        "填上能推算出来的空格",
        "fill",
        "fill",
        _fill,
        "有和算出的数不同、没有改的格，或填好后校验有错误",
    ),
    "narrate": _Command(
        "写出第三部分（决算情况说明）", "fill", "narrate", _narrate, "还有【待填】或【待核】"
    ),
    "todo": _Command(
        "列出还要做的事，按做的顺序，每件带单元格", "next_steps", "todo", _todo, "还有要做的"
    ),
    "do": _Command(
        "程序能做的接着做（填充、校验、写说明），再说出要人做的下一件",
        "next_steps",
        "do",
        _do,
        "还有要做的",
    ),
    "convert": _Command(
        "由元换算成万元，可以让各项等式分毫不差", "convert", "convert", _convert, "换算后校验有错误"
    ),
    "export": _Command(
        "导出整份公开材料：Word、PDF 或网页",
        "export",
        "export",
        _export,
        "还有【待填】，说明里有和表不一致的数，或草稿的表有错误",
    ),
    "figures": _Command("列出所有数字：名称、表、位置、金额", "listing", "figures", _figures),
    "rules": _Command("列出校验规则，或解释一条规则", "listing", "rules", _rules),
    "addin": _Command("Excel 加载项：安装、卸载、诊断", "addin", "addin", _addin, "诊断发现缺什么"),
    "demo": _Command("用自带样例把主要工作做一遍：校验、填充、写说明", "demo", "demo", _demo),
}
