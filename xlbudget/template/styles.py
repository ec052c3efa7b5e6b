"""Cell formats of the template: one place for fonts, tints and number formats."""

from __future__ import annotations

from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

SONG, HEI = "宋体", "黑体"
AMOUNT, COUNT, TEXT = "#,##0.00", "General", "@"
# Pale enough to be nothing on paper; the print set-up also asks for black and white.
INPUT, DERIVED, HEAD, GREY = "#FFFBE6", "#EAF1FB", "#F2F2F2", "#7F7F7F"
RED, AMBER, GREEN, BLUE = "#FFC7CE", "#FFE699", "#C6EFCE", "#DDEBF7"
EDGE = "#808080"


class Styles:
    """Formats by name; the same properties give the same format, so the file stays small."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._known: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        """A format with our font and these properties on top."""
        wanted = {"font_name": SONG, "font_size": 10, "valign": "vcenter", **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self._known:
            self._known[key] = self._workbook.add_format(wanted)
        return self._known[key]

    def boxed(self, **properties: Any) -> Format:
        """A format with thin borders on all sides."""
        return self.get(border=1, border_color=EDGE, **properties)

    @property
    def title(self) -> Format:
        return self.get(font_name=HEI, font_size=16, align="center")

    @property
    def head(self) -> Format:
        return self.boxed(align="center", text_wrap=True, bg_color=HEAD)

    @property
    def label(self) -> Format:
        return self.boxed(text_wrap=True, indent=1)

    @property
    def centred(self) -> Format:
        return self.boxed(align="center")

    @property
    def note(self) -> Format:
        return self.get(text_wrap=True, valign="top")

    @property
    def remark(self) -> Format:
        """A word of help beside an entry."""
        return self.get(text_wrap=True, indent=1, font_color="#595959")

    @property
    def help(self) -> Format:
        """A word of help in a table's last column."""
        return self.boxed(text_wrap=True, indent=1, font_color="#595959")

    @property
    def hint(self) -> Format:
        return self.get(font_color=GREY, font_size=9)

    @property
    def id(self) -> Format:
        return self.get(font_color="#A6A6A6", font_size=8)

    @property
    def group(self) -> Format:
        return self.get(font_name=HEI, font_size=11)

    def amount(self, *, derived: bool = False) -> Format:
        """An amount cell: open to typing and pasting, tinted by whether it can be derived."""
        return self.boxed(num_format=AMOUNT, locked=False, bg_color=DERIVED if derived else INPUT)

    def entry(self, kind: str) -> Format:
        """An entry of an input sheet, by its kind (amount, count, percent, score, text, choice)."""
        if kind == "amount":
            return self.amount()
        if kind in ("count", "score", "percent"):
            return self.boxed(num_format=COUNT, locked=False, bg_color=INPUT)
        return self.boxed(num_format=TEXT, locked=False, bg_color=INPUT, text_wrap=True)

    def conditional(self, **properties: Any) -> Format:
        """A format for conditional formatting: only what it changes."""
        key = (("conditional", True), *sorted(properties.items()))
        if key not in self._known:
            self._known[key] = self._workbook.add_format(properties)
        return self._known[key]
