"""``xlbudget validate``: one workbook, many, or the findings written into one."""

from __future__ import annotations

import gc
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import api
from ..errors import UserError
from ..files.atomic import write_whole
from ..files.targets import check_out
from ..validate.report import unreadable_json
from .output import Options, json_text, opened, print_json

if TYPE_CHECKING:
    from ..batch import Result


def _ids(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


def _checked(
    path: Path, select: tuple[str, ...], ignore: tuple[str, ...], edition: str | None
) -> api.Validation | str:
    """What checking one file found, or the sentence that says why nothing was."""
    try:
        found = api.open(path, edition=edition).validate(select=select, ignore=ignore)
    except UserError as error:
        return str(error)
    if not found.report.checks:
        return f"“{path}”一项也没有核对：--select、--ignore 没有留下一条规则。"
    return found


class _Summary(NamedTuple):
    """One of many files: what became of it, and the line of JSON that says all."""

    verdict: str
    text: str

    @property
    def value(self) -> dict[str, Any]:
        """The JSON as an object."""
        found: dict[str, Any] = json.loads(self.text)
        return found


def _unreadable(path: Path, message: str) -> _Summary:
    return _Summary("unreadable", json_text(unreadable_json(str(path), message)))


def _summary(
    path: Path, select: tuple[str, ...], ignore: tuple[str, ...], edition: str | None
) -> _Summary:
    """A worker's task for many files: only what is printed travels between processes."""
    found = _checked(path, select, ignore, edition)
    if isinstance(found, str):
        return _unreadable(path, found)
    return _Summary(found.verdict, json_text(found.json()))


def validate(options: Options) -> int:
    """Check workbooks; status 1 when one has an error, 2 when one cannot be read."""
    select, ignore = _ids(options.select), _ids(options.ignore)
    _known_rules(select + ignore)
    if options.html:
        check_out(options.html, (), *options.paths)
    if options.xlsx:
        check_out(options.xlsx, (".xlsx",), *options.paths)
    folders = [path for path in options.paths if path.is_dir()]
    if options.in_place:
        if len(options.paths) != 1 or folders:
            raise UserError("--in-place 一次只能用于一个工作簿。")
        return _mark(options, select, ignore)
    if options.clear_marks:
        raise UserError("--clear-marks 要和 --in-place 一起用。")
    if folders or len(options.paths) > 1:
        return _validate_many(options, select, ignore)
    found = _checked(options.paths[0], select, ignore, options.edition)
    if isinstance(found, str):
        if options.json:
            print_json(unreadable_json(str(options.paths[0]), found))
        raise UserError(found)
    _print_report(options, found)
    _write_reports(options, [found.json()])
    return 1 if found.verdict == "failed" else 0


def _print_report(options: Options, found: api.Validation) -> None:
    if options.json:
        print_json(found.json())
    else:
        print(*found.lines(verbose=options.verbose), sep="\n")


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
    from ..batch import in_order, run, workbooks_in

    gc.enable()  # the parent of ten thousand files lives long
    from ..log import write_log

    paths: list[Path] = []
    for path in options.paths:
        if path.is_dir():
            found = [p for p in workbooks_in(path) if not _is_earlier_list(p, options.xlsx)]
            if not found:
                raise UserError(f"文件夹“{path}”里没有工作簿（.xlsx、.xlsm、.xls、.et、.ods）。")
            paths.extend(found)
        else:
            paths.append(path)
    for written in filter(None, (options.html, options.xlsx)):
        check_out(written, (), *paths)
    task = partial(_summary, select=select, ignore=ignore, edition=options.edition)
    paths = list(dict.fromkeys(paths))
    results = _counted(run(task, paths, processes=options.processes), len(paths))
    counts: Counter[str] = Counter()
    log: Path | None = None
    with Spool() if options.html or options.xlsx else nullcontext() as spool:
        for result in in_order(results, paths):
            summary = _unreadable(result.path, result.error) if result.error else result.value
            if result.traceback:
                log = write_log(f"validate {result.path}", result.traceback) or log
            counts[summary.verdict] += 1
            if spool is not None:
                spool.append(summary.text)
            if options.json:
                print(summary.text)
            else:
                _print_summary(summary.value)
        if spool is not None:
            _write_reports(options, spool, many=True)
    failed, unread = counts["failed"], counts["unreadable"]
    if not options.json:
        print(
            f"共{len(paths)}个工作簿：{len(paths) - failed - unread}个没有错误，"
            f"{failed}个有错误，{unread}个读不了。"
        )
    if log is not None:
        print(f"程序出错的详细情况记在“{log}”，请把它发给帮你维护的人。", file=sys.stderr)
    if unread:
        return 2
    return 1 if failed else 0


def _counted(results: Iterable[Result], total: int) -> Iterator[Result]:
    """The results as they come; where a person looks on, a bar says how many have come."""
    show = sys.stderr.isatty()
    for number, result in enumerate(results, 1):
        if show:
            bar = "#" * (30 * number // total)
            print(f"\r[{bar:<30}] {number}/{total}", end="", file=sys.stderr, flush=True)
        yield result
    if show:
        print(file=sys.stderr)


class Spool:
    """Results as lines of JSON in a temporary file: gone through as often as needed, none kept in memory."""

    def __init__(self) -> None:
        import tempfile

        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by __exit__

    def append(self, line: str) -> None:
        """Add one result."""
        self._file.write(line + "\n")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._file.flush()
        at = 0
        while True:
            self._file.seek(at)
            line = self._file.readline()
            at = self._file.tell()
            if not line:
                return
            yield json.loads(line)

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _is_earlier_list(path: Path, out: Path | None) -> bool:
    """Whether a file in the folder is what an earlier run wrote there with ``--xlsx``."""
    from ..files.results_list import is_results

    return bool(out and out.exists() and out.samefile(path) and is_results(path))


def _print_summary(value: dict[str, Any]) -> None:
    errors = [f for f in value["findings"] if f["severity"] == "error"]
    words = {"passed": "没有错误", "failed": f"有{len(errors)}条错误", "unreadable": "读不了"}
    print(f"{value['file']}：{words[value['verdict']]}")
    for finding in errors[:3]:
        print(f"   [{finding['rule']}] {finding['message']}")
    if len(errors) > 3:
        print(f"   还有{len(errors) - 3}条；单独校验这个文件可以看到全部。")


def _write_reports(
    options: Options, results: Iterable[dict[str, Any]], *, many: bool = False
) -> None:
    if options.html:
        from ..files.results_page import page_parts

        parts = page_parts(results, many=many)
        write_whole(options.html, (part.encode() for part in parts))
    if options.xlsx:
        from ..files.results_list import results_workbook

        write_whole(options.xlsx, results_workbook(results))


def _mark(options: Options, select: tuple[str, ...], ignore: tuple[str, ...]) -> int:
    path = options.paths[0]
    workbook = opened(path, edition=options.edition)
    if options.clear_marks:
        cleared = workbook.clear_marks()
        if cleared.data == workbook.data:
            print(f"“{path}”里没有要清除的校验结果和标记，没有改动。")
        else:
            cleared.save(in_place=True)
            print(f"已清除“{path}”的校验结果和标记。")
        return 0
    found = workbook.validate(select=select, ignore=ignore)
    workbook.mark(found).save(in_place=True)
    _print_report(options, found)
    if not options.json:
        print(f"结果已写进“{path}”的工作表“校验结果”，有问题的单元格已标出，批注写明原因。")
    _write_reports(options, [found.json()])
    return 1 if found.verdict == "failed" else 0
