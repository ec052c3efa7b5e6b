"""Prints what Excel needs to know of a module's functions in cells, as JSON: their VBA wrappers, as
xlwings' Import Functions would write them, and their descriptions.

Run as a script (``python workbook/wrappers.py MODULE``): xlwings defines the functions' decorators
on Windows only, so its Windows modules are stood in for.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

LONGEST = 255  # characters the function wizard shows


def _stand_in(name: str, **content: Any) -> None:
    module = ModuleType(name)
    vars(module).update(content)
    sys.modules[name] = module


def load(name: str) -> tuple[Any, ModuleType]:
    """xlwings' generator, and the module of that name with its functions decorated."""
    _stand_in("pythoncom", CoInitialize=lambda: None)
    _stand_in("pywintypes", com_error=type("com_error", (Exception,), {}))
    _stand_in("win32com")
    _stand_in("win32com.client", Dispatch=lambda found: found)
    import xlwings
    from xlwings import udfs

    vars(xlwings).update(func=udfs.xlfunc, sub=udfs.xlsub, arg=udfs.xlarg, ret=udfs.xlret)
    return udfs, importlib.import_module(name)


def wrappers(udfs: Any, module: ModuleType, workbook: str) -> str:
    """The text of the VBA module ``xlwings_udfs`` for a workbook of that name."""
    out = io.StringIO()
    vba = udfs.VBAWriter(out)
    vba.writeln('Attribute VB_Name = "xlwings_udfs"')
    vba.writeln('#Const App = "Microsoft Excel"')
    udfs.generate_vba_wrapper(module.__name__, module, out, SimpleNamespace(Name=workbook))
    return out.getvalue()


def descriptions(module: ModuleType) -> list[tuple[str, str, str, str]]:
    """Name, description, category and arguments' descriptions (by ``|``) of each function."""
    found = [value.__xlfunc__ for value in vars(module).values() if hasattr(value, "__xlfunc__")]
    return sorted(
        (
            function["name"],
            function["ret"]["doc"].strip()[:LONGEST],
            function["category"],
            "|".join(
                a["doc"].replace("|", "/")[:LONGEST] for a in function["args"] if not a["vba"]
            ),
        )
        for function in found
    )


def main(name: str) -> None:
    """Print the JSON."""
    udfs, module = load(name)
    found = {
        "book": wrappers(udfs, module, "xlbudget.xlsm"),
        "addin": wrappers(udfs, module, "xlbudget.xlam"),
        "rows": descriptions(module),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
