"""Build the sample workbooks that people open; run from the repository: ``python samples/build.py``.

The files are reproducible: a test builds them again and compares.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:  # run as a script
    sys.path.insert(0, str(HERE.parent))

from samples.breakages import BREAKAGES  # noqa: E402
from samples.contents import in_shanghai, liling, made_up  # noqa: E402
from samples.exports import export  # noqa: E402
from xlbudget.model.money import WAN  # noqa: E402
from xlbudget.template import build  # noqa: E402

SHOWN = "T09-1-三公合计错"
"""The one broken workbook that lies among the samples; ``tests`` build all of them."""


def files() -> dict[str, bytes]:
    """Every sample that is built by code: path below the repository → bytes."""
    clean = build(liling())
    return {
        "samples/醴陵市人民政府办公室-2024.xlsx": clean,
        "samples/示范部门-2024-元.xlsx": build(made_up()),
        "samples/上海格式-示范部门-2024.xlsx": build(in_shanghai()),
        f"samples/broken/{SHOWN}.xlsx": BREAKAGES[SHOWN](),
        "samples/foreign/示范部门-系统导出-元.xlsx": export(made_up(), messy=True),
        "samples/foreign/示范部门-万元未取整.xlsx": export(made_up(), WAN, messy=True),
        "xlbudget/samples/sample.xlsx": clean,
        "xlbudget/samples/broken.xlsx": BREAKAGES["T03-1-基本支出数字颠倒"](),
    }


EXPORT = "foreign/示范部门-系统导出-元.xlsx"
CONVERTED = {
    "foreign/示范部门-旧格式.xls": "xls:MS Excel 97",
    "foreign/示范部门-WPS.et": "xls:MS Excel 97",  # what WPS writes is .xls by another name
    "foreign/示范部门-开放文档.ods": "ods",
}


def convert(source: Path, target: Path, kind: str) -> None:
    """Have LibreOffice write ``source`` as another kind of file."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        command += ["--convert-to", kind, "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        written = Path(folder) / f"{source.stem}.{kind.partition(':')[0]}"
        shutil.copyfile(written, target)


def write_broken(folder: Path) -> None:
    """Write every broken workbook into a folder, to be looked at; none of them is committed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in BREAKAGES.items():
        (folder / f"{name}.xlsx").write_bytes(made())


def main() -> None:
    """Write every sample; those by LibreOffice only when their source changed or they are gone."""
    root = HERE.parent
    source = HERE / EXPORT
    before = source.read_bytes() if source.is_file() else b""
    built = files()
    for name, data in built.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name, kind in CONVERTED.items():
        if before == source.read_bytes() and (HERE / name).is_file():
            continue
        if shutil.which("soffice") is None:
            print(f"left as it is, LibreOffice is needed to write it: {name}")
            continue
        convert(source, HERE / name, kind)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--broken"]:
        write_broken(Path(sys.argv[2]))
    else:
        main()
