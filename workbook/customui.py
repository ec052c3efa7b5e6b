"""The customUI part of the ribbon, from ribbon.toml.

The part of 2006 (Office 2007 and later), not that of 2009: other programs that write workbooks
keep it.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

TABLE = Path(__file__).resolve().parent / "ribbon.toml"
NAMESPACE = "http://schemas.microsoft.com/office/2006/01/customui"
CALLBACK = "XlBudget.OnAction"
LONGEST = {"label": 1024, "screentip": 1024, "supertip": 1024}
"""Characters Office takes before it refuses the whole ribbon."""


def custom_ui(*, addin: bool) -> bytes:
    """The part's XML; the add-in's tab carries a label of its own."""
    table: dict[str, Any] = tomllib.loads(TABLE.read_text("utf-8"))
    tab = table["tab"]
    lines = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        f'<customUI xmlns="{NAMESPACE}">',
        "  <ribbon>",
        "    <tabs>",
        "      " + _tag("tab", id=tab["id"], label=tab["addin_label" if addin else "label"]) + ">",
    ]
    for group in table["group"]:
        lines.append("        " + _tag("group", id=group["id"], label=group["label"]) + ">")
        lines += ["          " + _button(button) + "/>" for button in group["button"]]
        lines.append("        </group>")
    lines += ["      </tab>", "    </tabs>", "  </ribbon>", "</customUI>", ""]
    return "\n".join(lines).encode()


def _button(button: dict[str, str]) -> str:
    return _tag(
        "button",
        id=button["id"],
        label=button["label"],
        size=button["size"],
        imageMso=button["image"],
        onAction=CALLBACK,
        tag=button["action"],
        screentip=button["screentip"],
        supertip=button["supertip"],
    )


def _tag(name: str, **attributes: str) -> str:
    for key, longest in LONGEST.items():
        if len(attributes.get(key, "")) > longest:
            raise ValueError(f"ribbon.toml: {key} of {attributes['id']} is too long")
    return f"<{name}" + "".join(f" {key}={quoteattr(v)}" for key, v in attributes.items())
