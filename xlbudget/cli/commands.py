"""What each command does: reads, calls the core, prints, writes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files.atomic import write_whole
from ..files.errors import UserError
from ..files.workbook import Workbook, check, fill_workbook, open_workbook, require_package
from ..validate.check import Report
from ..validate.report import report_json, report_lines, unreadable_json

if TYPE_CHECKING:
    from ..model.content import Content
    from ..model.forms import Edition

Options = argparse.Namespace


class Version(argparse.Action):
    """``--version``: the installed package's version; looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"xlbudget {version('xlbudget')}")
        parser.exit(0)


def _ids(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _check_target(source: Path, out: Path | None) -> Path:
    """Where to write: the source itself (--in-place), or a new file of a kind we write."""
    if out is None:
        return source
    if out.suffix.lower() not in (".xlsx", ".xlsm"):
        raise UserError(f"“{out}”的扩展名要是 .xlsx 或 .xlsm。")
    if source.suffix.lower() in (".xlsx", ".xlsm") and out.suffix.lower() != source.suffix.lower():
        raise UserError(f"“{out}”的扩展名要和原文件一样，是 {source.suffix}。")
    if out.exists() and source.exists() and out.samefile(source):
        raise UserError(f"“{out}”就是原文件；要直接改原文件请用 --in-place。")
    return out


# ---------------------------------------------------------------- validate


def _report(
    path: Path, select: tuple[str, ...], ignore: tuple[str, ...], edition: str | None
) -> Any:
    """A worker's task: the report of one file, or the sentence that says why there is none."""
    try:
        workbook = open_workbook(path, edition_id=edition)
        report = check(workbook, select=select, ignore=ignore)
    except UserError as error:
        return str(error)
    return report, suspects_json(workbook, report)


def suspects_json(workbook: Workbook, report: Report) -> dict[str, list[Any]]:
    """The likely wrong cells, asked for only when an identity is broken."""
    from ..validate.suspects import suspects_json as found

    return found(workbook.book, report)


def _summary(
    path: Path, select: tuple[str, ...], ignore: tuple[str, ...], edition: str | None
) -> Any:
    """A worker's task for many files: only what is printed travels between processes."""
    result = _report(path, select, ignore, edition)
    if isinstance(result, str):
        return unreadable_json(str(path), result)
    return report_json(*result)


def validate(options: Options) -> int:
    """Check workbooks; status 1 when one has an error, 2 when one cannot be read."""
    select, ignore = _ids(options.select), _ids(options.ignore)
    _known_rules(select + ignore)
    folders = [path for path in options.paths if path.is_dir()]
    if options.in_place:
        if len(options.paths) != 1 or folders:
            raise UserError("--in-place 一次只能用于一个工作簿。")
        return _mark(options, select, ignore)
    if options.clear_marks:
        raise UserError("--clear-marks 要和 --in-place 一起用。")
    if folders or len(options.paths) > 1:
        return _validate_many(options, select, ignore)
    result = _report(options.paths[0], select, ignore, options.edition)
    if isinstance(result, str):
        if options.json:
            _print_json(unreadable_json(str(options.paths[0]), result))
        raise UserError(result)
    report, suspects = result
    if options.json:
        _print_json(report_json(report, suspects))
    else:
        from ..validate.suspects import suspect_lines

        for line in (*suspect_lines(suspects), *report_lines(report, verbose=options.verbose)):
            print(line)
    _write_reports(options, [report_json(report, suspects)])
    return 1 if report.verdict == "failed" else 0


def _known_rules(ids: Sequence[str]) -> None:
    from ..validate.rules import load_rules

    if not ids:
        return
    known = {rule.id.upper() for rule in load_rules()} | {c for r in load_rules() for c in r.covers}
    for wanted in ids:
        key = wanted.upper()
        if key not in known and not any(rule.startswith(key + "-") for rule in known):
            print(
                f"提醒：没有“{wanted}”这条规则，已忽略它（自己定义的规则除外）。", file=sys.stderr
            )


def _validate_many(options: Options, select: tuple[str, ...], ignore: tuple[str, ...]) -> int:
    from ..batch import run, workbooks_in

    paths: list[Path] = []
    for path in options.paths:
        if path.is_dir():
            found = workbooks_in(path)
            if not found:
                raise UserError(f"文件夹“{path}”里没有工作簿（.xlsx、.xlsm、.xls、.et、.ods）。")
            paths.extend(found)
        else:
            paths.append(path)
    task = partial(_summary, select=select, ignore=ignore, edition=options.edition)
    show_bar = sys.stderr.isatty()
    results: list[dict[str, Any]] = []
    for number, result in enumerate(run(task, paths, processes=options.processes), 1):
        value = unreadable_json(str(result.path), result.error) if result.error else result.value
        results.append(value)
        if options.json:
            _print_json(value)
        else:
            _print_summary(value)
        if show_bar:
            done = 30 * number // len(paths)
            print(
                f"\r[{'#' * done:<30}] {number}/{len(paths)}", end="", file=sys.stderr, flush=True
            )
    if show_bar:
        print(file=sys.stderr)
    failed = sum(1 for r in results if r["verdict"] == "failed")
    unread = sum(1 for r in results if r["verdict"] == "unreadable")
    if not options.json:
        print(
            f"共{len(results)}个工作簿：{len(results) - failed - unread}个没有错误，"
            f"{failed}个有错误，{unread}个读不了。"
        )
    results.sort(key=lambda r: r["file"])
    _write_reports(options, results)
    if unread:
        return 2
    return 1 if failed else 0


def _print_summary(value: dict[str, Any]) -> None:
    errors = [f for f in value["findings"] if f["severity"] == "error"]
    words = {"passed": "没有错误", "failed": f"有{len(errors)}条错误", "unreadable": "读不了"}
    print(f"{value['file']}：{words[value['verdict']]}")
    for finding in errors[:3]:
        print(f"   [{finding['rule']}] {finding['message']}")
    if len(errors) > 3:
        print(f"   还有{len(errors) - 3}条；单独校验这个文件可以看到全部。")


def _write_reports(options: Options, results: list[dict[str, Any]]) -> None:
    if options.html:
        from ..validate.html import report_html

        write_whole(options.html, report_html(results).encode())
    if options.xlsx:
        from ..files.results import results_workbook

        if options.xlsx.suffix.lower() != ".xlsx":
            raise UserError(f"“{options.xlsx}”的扩展名要是 .xlsx。")
        write_whole(options.xlsx, results_workbook(results))


def _mark(options: Options, select: tuple[str, ...], ignore: tuple[str, ...]) -> int:
    from ..files.notes import with_notes
    from ..files.result_sheets import last_row, mark_edits
    from ..files.workbook import apply
    from ..model.inputs import load_inputs
    from ..validate.marks import notes

    path = options.paths[0]
    workbook = open_workbook(path, edition_id=options.edition)
    require_package(path, workbook.data)
    report = check(workbook, select=select, ignore=ignore)
    suspects = suspects_json(workbook, report)
    old = last_row(workbook.data, load_inputs().findings_sheet)
    edits = mark_edits(None if options.clear_marks else report, suspects, old)
    changed = apply(workbook.data, str(path), edits, workbook.sheets)
    said = {} if options.clear_marks else notes(report, suspects)
    write_whole(path, with_notes(changed.data, said))
    if options.clear_marks:
        print(f"已清除“{path}”的校验结果和标记。")
        return 0
    for line in report_lines(report, verbose=options.verbose):
        print(line)
    print(f"结果已写进“{path}”的工作表“校验结果”，有问题的单元格已标出，批注写明原因。")
    return 1 if report.verdict == "failed" else 0


# ---------------------------------------------------------------- fill and narrate


def fill(options: Options) -> int:
    """Fill the blank derivable cells; status 1 when a cell holds another value."""
    target = _check_target(options.path, options.out)
    workbook = open_workbook(options.path)
    changed, filled = fill_workbook(workbook, overwrite=options.overwrite)
    before, after = check(workbook), check(workbook._replace(book=changed.book))
    if changed.edits or target != options.path:
        write_whole(target, changed.data)
    if options.json:
        _print_json(
            {
                "schema": 1,
                "file": str(options.path),
                "out": str(target),
                "typed": filled.typed,
                "filled": len(filled.values),
                "names": len(filled.names),
                "cells": [{"ref": n, **changed.book.cell_ref(n)._asdict()} for n in filled.values],
                "conflicts": [finding.message for finding in filled.conflicts],
                "note": changed.note,
                "verdict": after.verdict,
            }
        )
        return 1 if filled.conflicts and not options.overwrite else 0
    print(
        f"原有金额{filled.typed}个，填上金额{len(filled.values)}个、科目名称{len(filled.names)}个，写到“{target}”。"
    )
    if filled.conflicts:
        print(f"有{len(filled.conflicts)}个格填的数和算出的数不同：")
        for finding in filled.conflicts:
            cell = finding.cells[0]
            print(f"   {cell.sheet}!{cell.cell}：{finding.message}")
    if changed.note:
        print(f"提醒：{changed.note}")
    errors = [sum(f.severity == "error" for f in r.findings) for r in (before, after)]
    print(f"填充后再次校验：错误{errors[1]}条（填充前{errors[0]}条）。")
    return 1 if filled.conflicts and not options.overwrite else 0


def narrate(options: Options) -> int:
    """Write the 13 sections into 决算说明, or print them; status 1 when something is to be filled in."""
    from ..files.result_sheets import narrate_workbook
    from ..narrate import narrate as write

    workbook = open_workbook(options.path)
    if options.text:
        narrative = write(workbook.book)
        for paragraph in narrative.paragraphs:
            if paragraph.title:
                print(paragraph.title)
            if paragraph.text:
                print(f"　　{paragraph.text}")
    else:
        target = _check_target(options.path, options.out)
        changed, narrative = narrate_workbook(workbook)
        write_whole(target, changed.data)
        print(f"已写好{len(narrative.paragraphs)}段，在“{target}”的工作表“决算说明”。")
        if changed.note:
            print(f"提醒：{changed.note}")
    if narrative.missing:
        print(f"还有{len(narrative.missing)}处待填：", file=sys.stderr)
        for finding in narrative.findings:
            print(f"   {finding.message}", file=sys.stderr)
    return 1 if narrative.missing else 0


# ---------------------------------------------------------------- new, import


def _check_new(out: Path) -> None:
    """Refuse a new file of a kind that we do not write, or that is there already."""
    if out.suffix.lower() not in (".xlsx", ".xlsm"):
        raise UserError(f"“{out}”的扩展名要是 .xlsx 或 .xlsm（带功能区）。")
    if out.exists():
        raise UserError(f"“{out}”已经存在，没有覆盖；请换一个文件名。")


def _built(content: Content, out: Path) -> bytes:
    """The template holding ``content``; with the ribbon when the file is to be an .xlsm."""
    from ..files.template import build, load_macros

    return build(content, macros=load_macros() if out.suffix.lower() == ".xlsm" else None)


def new(options: Options) -> int:
    """An empty workbook, or next year's with last year's figures carried over."""
    from ..files.importing import rolled_over
    from ..model.content import Content

    _check_new(options.out)
    said = ""
    if options.last:
        last = open_workbook(options.last).book
        year = options.year or (last.year + 1 if last.year else None)
        if options.edition:
            edition = _edition(options.edition, options.out)
        else:
            edition, said = _next_edition(last.edition, year)
        content = rolled_over(last, edition)
        if options.unit:
            content = content._replace(unit=options.unit)
    else:
        edition = _edition(options.edition, options.out)
        content = Content(edition=edition.id, unit=options.unit or "万元")
    content = content._replace(
        department=options.department or content.department,
        year=options.year or (content.year or None),
    )
    if not content.department or not content.year:
        raise UserError("请用 --department 和 --year 给出部门名称和决算年度。")
    write_whole(options.out, _built(content, options.out))
    print(f"已建立“{options.out}”（{content.department}，{content.year}年度，{edition.name}）。")
    if said:
        print(said)
    return 0


def _edition(wanted: str | None, out: Path) -> Edition:
    """The edition asked for, by its id or its folder's path; the usual one where none is."""
    from ..model.forms import DEFAULT_EDITION, OWN_FOLDER, FormError, add_editions, load_edition

    try:
        add_editions(out.parent / OWN_FOLDER)
        return load_edition(wanted or DEFAULT_EDITION)
    except FormError as error:
        raise UserError(f"{error}。") from None


def _next_edition(last: Edition, year: int | None) -> tuple[Edition, str]:
    """The newest edition of the region that is not newer than the year, and a sentence about it."""
    from ..model.forms import edition_for_year

    found = (edition_for_year(last.region, year) if year else None) or last
    if found.id != last.id:
        return found, f"版式：上年是{last.name}，今年用{found.name}（{found.id}）。"
    if year and year > found.year:
        return found, f"版式：还没有{year}年度的，沿用{found.name}（{found.id}）。"
    return found, ""


def bring(options: Options) -> int:
    """Take any workbook with the nine tables into the template; says what came from where."""
    from ..files.importing import import_lines
    from ..model.content import content_of
    from ..model.restate import restated

    _check_new(options.out)
    workbook = open_workbook(options.path)
    book = workbook.book
    if not book.tables:
        raise UserError(f"“{options.path}”里没有找到九张表中的任何一张，没有生成新文件。")
    edition = _edition(options.edition, options.out) if options.edition else book.edition
    found = restated(content_of(book), edition)
    content = found.content._replace(
        department=book.department or options.department,
        year=book.year or options.year,
    )
    write_whole(options.out, _built(content, options.out))
    for line in import_lines(workbook, options.out, edition, found):
        print(line)
    return 1 if any(f.severity == "error" for f in book.findings) else 0


# ---------------------------------------------------------------- figures, rules, export, demo


def figures(options: Options) -> int:
    """Every figure with its name, place and value."""
    from ..files.figures import figure_rows

    rows = figure_rows(open_workbook(options.path).book)
    if options.json:
        _print_json(rows)
        return 0
    if options.csv:
        import csv

        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else ["name"])
        writer.writeheader()
        writer.writerows(rows)
        return 0
    for row in rows:
        if row["value"]:
            print(
                f"{row['name']:<28}{row['value']:>16}  {row['sheet']}!{row['cell']}  {row['label']}"
            )
    return 0


def rules(options: Options) -> int:
    """The catalogue of checks, or one check explained."""
    from ..validate.pages import page
    from ..validate.rules import find_rules, load_rules

    catalogue = load_rules()
    chosen = find_rules(catalogue, options.id) if options.id else catalogue
    if not chosen:
        raise UserError(f"没有编号为“{options.id}”的规则；运行 xlbudget rules 可以看到全部规则。")
    if options.json:
        for rule in chosen:
            _print_json(
                {
                    "id": rule.id,
                    "statement": rule.statement,
                    "severity": rule.severity,
                    "check": [e.text for e in rule.expressions],
                    "when": [e.text for e in rule.when],
                    "covers": list(rule.covers),
                    "advice": rule.advice,
                    "source": rule.source,
                }
            )
        return 0
    if options.id:
        print("\n\n".join(page(rule) for rule in chosen))
        return 0
    from ..validate.report import SEVERITY_WORDS

    for rule in chosen:
        print(f"{rule.id:<8}{SEVERITY_WORDS[rule.severity]}  {rule.statement}")
    return 0


def convert(options: Options) -> int:
    """From 元 to 万元, plainly or so that every identity holds."""
    from .convert import convert as run

    return run(options)


def export(options: Options) -> int:
    """The whole publication as a Word document, a PDF or a web page."""
    from .export import run_export

    return run_export(options.path, options.out, draft=options.draft)


def demo(options: Options) -> int:
    """The main job on the sample that comes with the package."""
    from .demo import run_demo

    return run_demo(options.out)
