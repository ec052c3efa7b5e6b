"""How bad a finding is: one set of values, with the word that people read for each."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """Values are those of the JSON and of the rules' TOML, in order from worst to least."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def word(self) -> str:
        """What the accountant reads: 错误, 提醒, 提示."""
        return _WORDS[self]


_WORDS = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.INFO: "提示"}
