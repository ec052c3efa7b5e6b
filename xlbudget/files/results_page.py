"""Reports as one self-contained web page, for whoever has to pass them on.

The page is written piece by piece: of ten thousand workbooks never more than one is in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

from ..locate.suspects import suspect_lines
from ..model.severity import Severity
from ..validate.report import tally

Result = Mapping[str, Any]
"""An object of ``validate --json``."""

_VERDICTS = {"passed": "没有发现错误", "failed": "有错误", "unreadable": "读不了"}
_CELLS = 12


def report_html(results: Sequence[Result]) -> str:
    """One page for any number of results."""
    return "".join(page_parts(results, many=len(results) > 1))


def page_parts(results: Iterable[Result], *, many: bool) -> Iterator[str]:
    """The page in pieces; ``results`` is gone through more than once.

    Of ``many`` results all stand in the overview; what was found is told of those in which there is
    something to do: errors, warnings, files that cannot be read.
    """
    import jinja2

    text = resources.files("xlbudget").joinpath("files", "results_page.html.j2").read_text("utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    yield from environment.from_string(text).generate(
        results=results,
        many=many,
        verdicts=_VERDICTS,
        severities=tuple(Severity),
        words={str(s): s.word for s in Severity},
        count=_count,
        detailed=_detailed,
        title=_title,
        tally=lambda result: list(tally(result["checks"], result["failed"])),
        suspects=lambda result: "\n".join(suspect_lines(dict(result))).strip(),
        of=lambda result, severity: [f for f in result["findings"] if f["severity"] == severity],
        cells=lambda finding: [c for c in finding["cells"][:_CELLS] if c["sheet"]],
    )


def _count(result: Result, severity: str) -> int:
    return sum(finding["severity"] == severity for finding in result["findings"])


def _detailed(result: Result, many: bool) -> bool:
    return not many or any(finding["severity"] != "info" for finding in result["findings"])


def _title(result: Result) -> str:
    year = f"{result['year']}年度" if result["year"] else ""
    return " ".join(part for part in (result["department"], year) if part) or str(result["file"])
