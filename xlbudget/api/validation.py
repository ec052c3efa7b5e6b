"""What checking an opened workbook found: findings, counts, the likely wrong cells."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from ..model.book import Finding
from ..model.severity import Severity
from ..validate import Report


class Validation:
    """What checking a workbook found.

    ``report`` has every check with its outcome, ``findings`` are what an accountant should look at,
    the gravest first.
    """

    def __init__(self, report: Report) -> None:
        self.report: Final = report

    @property
    def verdict(self) -> str:
        """``failed`` when there is an error, else ``passed``."""
        return self.report.verdict

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.report.findings

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that are errors."""
        return tuple(found for found in self.findings if found.severity == Severity.ERROR)

    @property
    def counts(self) -> Mapping[str, int]:
        """Outcome (passed, rounding, failed, explained, not_applicable, not_run) → checks."""
        return self.report.counts

    @cached_property
    def located(self) -> dict[str, list[Any]]:
        """``suspects`` and ``suspect_sets`` of the JSON; looked for when first asked for."""
        from ..locate.suspects import suspects_json

        return suspects_json(self.report.book, self.report)

    @property
    def suspects(self) -> tuple[dict[str, Any], ...]:
        """Every single cell whose change alone would make the workbook consistent, best first."""
        return tuple(self.located["suspects"])

    def json(self) -> dict[str, Any]:
        """The object that ``xlbudget validate --json`` prints."""
        from ..validate.report import report_json

        return report_json(self.report, self.located)

    def lines(self, *, verbose: bool = False) -> tuple[str, ...]:
        """The report as ``xlbudget validate`` prints it; ``verbose`` lists every 尾差."""
        from ..locate.suspects import suspect_lines
        from ..validate.report import causes_by_finding, report_lines

        causes = causes_by_finding(self.located)
        return (
            *suspect_lines(self.located),
            *report_lines(self.report, verbose=verbose, causes=causes),
        )

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def __repr__(self) -> str:
        return f"<Validation {self.verdict}: {len(self.findings)} findings>"
