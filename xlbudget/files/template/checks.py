"""Stub."""

from __future__ import annotations

from .layout import Area


class CheckSheet:
    def __init__(self, layout, content, inputs):
        self.inputs = inputs

    def mark_rows(self, sheet, table, styles): ...
    def write(self, sheet, styles): ...
    def summary(self):
        return {"verdict": "未填", "check_counts": "", "check_worst": ""}

    def defined_names(self):
        s = self.inputs.checks_sheet
        return {
            "check_verdict": Area(s, 2, 2, 2, 2),
            "check_counts": Area(s, 3, 2, 3, 2),
            "check_worst": Area(s, 4, 2, 4, 2),
        }
