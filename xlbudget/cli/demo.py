"""``xlbudget demo``: the main job on the sample that comes with the package, step by step."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from .. import api
from ..errors import UserError
from ..files.atomic import write_whole
from ..files.results_page import report_html
from .output import Options

CLEAN, BROKEN = "sample.xlsx", "broken.xlsx"


def demo(options: Options) -> int:
    """Validate, fill and narrate the sample into a folder; show what a wrong cell looks like."""
    folder: Path = options.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UserError(f"“{folder}”不是文件夹，请换一个名字。") from None
    except PermissionError:
        raise UserError(f"建不了文件夹“{folder}”：没有写入权限，请换一个位置。") from None
    except OSError as error:
        raise UserError(f"建不了文件夹“{folder}”：{error.strerror or error}。") from None
    source = resources.files("xlbudget").joinpath("samples")
    clean, broken = folder / "决算.xlsx", folder / "决算-有一格填错.xlsx"
    write_whole(clean, source.joinpath(CLEAN).read_bytes())
    write_whole(broken, source.joinpath(BROKEN).read_bytes())

    print(f"一、校验“{clean}”")
    workbook = api.open(clean)
    _print(workbook.validate().lines())

    print("\n二、填充能推算的空格，写出第三部分")
    filled = workbook.fill()
    print(f"   原有金额{filled.filled.typed}个，填上{len(filled.filled.values)}个。")
    narrated = filled.narrate()
    narrated.save(in_place=True)
    text = "\n".join(
        line
        for p in narrated.written.paragraphs
        for line in (p.title, f"　　{p.text}" if p.text else "")
        if line
    )
    write_whole(folder / "决算情况说明.txt", (text + "\n").encode())
    for line in text.splitlines()[:6]:
        print(f"   {line}")
    print(f"   ……全文在“{folder / '决算情况说明.txt'}”和工作表“决算说明”。")

    print(f"\n三、校验有一格填错的“{broken}”")
    wrong = api.open(broken).validate()
    _print(wrong.lines())
    page = report_html([workbook.validate().json(), wrong.json()])
    write_whole(folder / "校验结果.html", page.encode())
    print(f"\n四、网页结果在“{folder / '校验结果.html'}”。")
    _export(folder, narrated)
    return 0


def _export(folder: Path, workbook: api.Workbook) -> None:
    """The whole publication as Word, PDF and web page."""
    print("\n五、导出整份公开材料")
    for kind in ("docx", "pdf", "html"):
        out = folder / f"部门决算公开.{kind}"
        found = workbook.export(out)
        print(f"   {out}")
    if found.missing:
        print(f"   材料里还有{len(found.missing)}处待填，第一处：{found.missing[0]}")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"   {line}" if line else "")
