"""Reports as one self-contained web page, for whoever has to pass them on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from ..locate.suspects import suspect_lines
from ..model.book import SEVERITIES
from ..validate.report import SEVERITY_WORDS, tally

Result = Mapping[str, Any]

_VERDICTS = {"passed": "没有发现错误", "failed": "有错误", "unreadable": "读不了"}
_STYLE = """
:root{--error:#b3261e;--warning:#8a5a00;--info:#1f5f99;--line:#d5d9de}
body{font:15px/1.7 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;
margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1d2126;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.3rem;margin-top:2.4rem}h3{font-size:1.08rem;margin:1.6rem 0 .5rem}
.counts{display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;padding:0;list-style:none}
.suspects{background:#fff4f2;border-left:4px solid var(--error);padding:.6rem 1rem;white-space:pre-line}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{border:1px solid var(--line);padding:.35rem .55rem;text-align:left;vertical-align:top}
th{background:#f2f4f7;font-weight:600}td.n{text-align:right;white-space:nowrap}
.error{color:var(--error)}.warning{color:var(--warning)}.info{color:var(--info)}
code{font-family:Consolas,monospace}
@media print{body{margin:0;max-width:none}tr{break-inside:avoid}thead{display:table-header-group}}
"""
_HEADS = ("规则", "说明", "单元格", "左边", "右边", "差额", "允许误差")


def report_html(results: Sequence[Result]) -> str:
    """One page for any number of results, each an object of ``validate --json``."""
    parts: list[str] = ["<h1>部门决算公开校验结果</h1>"]
    if len(results) > 1:
        parts.extend(_overview(results))
    for number, result in enumerate(results, 1):
        parts.extend(_section(result, number))
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>部门决算公开校验结果</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


def _overview(results: Sequence[Result]) -> Iterator[str]:
    yield '<table><thead><tr><th scope="col">文件</th><th scope="col">部门</th>'
    yield '<th scope="col">结论</th><th scope="col">错误</th></tr></thead><tbody>'
    for number, result in enumerate(results, 1):
        errors = sum(f["severity"] == "error" for f in result["findings"])
        kind = "" if result["verdict"] == "passed" else ' class="error"'
        yield (
            f'<tr><td><a href="#f{number}">{escape(result["file"])}</a></td>'
            f"<td>{escape(result['department'])}</td>"
            f'<td{kind}>{_VERDICTS[result["verdict"]]}</td><td class="n">{errors}</td></tr>'
        )
    yield "</tbody></table>"


def _section(result: Result, number: int) -> Iterator[str]:
    year = f"{result['year']}年度" if result["year"] else ""
    title = " ".join(part for part in (result["department"], year) if part) or result["file"]
    yield f'<section id="f{number}">'
    yield f"<h2>{escape(title)}：{_VERDICTS[result['verdict']]}</h2>"
    yield f"<p>文件：{escape(result['file'])}；金额单位：{escape(result['unit'])}</p>"
    yield '<ul class="counts">'
    for word, count in tally(result["checks"], result["failed"]):
        if count:
            yield f"<li>{word} <strong>{count}</strong> 项</li>"
    yield "</ul>"
    lines = list(suspect_lines(dict(result)))
    if lines:
        yield f'<p class="suspects">{escape(chr(10).join(lines).strip())}</p>'
    for severity in SEVERITIES:
        found = [f for f in result["findings"] if f["severity"] == severity]
        if found:
            yield f'<h3 class="{severity}">{SEVERITY_WORDS[severity]}（{len(found)}）</h3>'
            heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
            yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
            yield from (_row(finding) for finding in found)
            yield "</tbody></table>"
    missing = result.get("not_run", [])
    if missing:
        yield f"<h3>未核对（{len(missing)}）</h3><ul>"
        for entry in missing:
            yield f"<li><code>{escape(entry['rule'])}</code> {escape(entry['reason'])}</li>"
        yield "</ul>"
    yield "</section>"


def _row(finding: Result) -> str:
    cells = "<br>".join(
        f"<code>{escape(c['sheet'])}!{c['cell']}</code> {escape(c['value'])}"
        for c in finding["cells"][:12]
        if c["sheet"]
    )
    numbers = "".join(
        f'<td class="n">{escape(finding[key])}</td>'
        for key in ("left", "right", "difference", "tolerance")
    )
    return (
        f"<tr><td><code>{escape(finding['rule'])}</code></td>"
        f"<td>{escape(finding['message'])}</td><td>{cells}</td>{numbers}</tr>"
    )
