"""``xlbudget todo`` and ``do``: what is still to be done, and doing what needs no person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..files.atomic import write_whole
from .output import Options, check_target, opened, print_json

if TYPE_CHECKING:
    from ..files.next_steps import Step


def todo(options: Options) -> int:
    """List what is still to be done, in order; status 1 when something is."""
    steps = opened(options.path).to_do()
    if options.json:
        print_json({"schema": 1, "file": str(options.path), "steps": _as_json(steps)})
        return 1 if steps else 0
    if not steps:
        print(f"“{options.path}”没有要做的了，可以导出：{_export(options)}")
        return 0
    print(f"还有{len(steps)}件事，按这个顺序做：")
    stage = None
    for number, step in enumerate(steps, 1):
        if step.stage != stage:
            stage = step.stage
            print(f"【{stage.word}】")
        print(f"{number:>4}. {_line(step)}")
    return 1


def do(options: Options) -> int:
    """Fill, check and write the report; then say the one thing that a person does next."""
    from ..files.next_steps import next_of

    target = check_target(options.path, options.out)
    before = opened(options.path)
    after = before.advance()
    if after.data != before.data or target != options.path:
        write_whole(target, after.data)
    following = next_of(after.steps)
    if options.json:
        print_json(
            {
                "schema": 1,
                "file": str(options.path),
                "out": str(target),
                "filled": after.filled,
                "paragraphs": after.paragraphs,
                "note": after.note,
                "next": _as_json([following])[0] if following else None,
                "steps": _as_json(after.steps),
            }
        )
        return 1 if after.steps else 0
    done = [f"填上金额{after.filled}个"] if after.filled else []
    if after.paragraphs:
        done.append(f"写好决算说明{after.paragraphs}段")
    print(f"{'，'.join(done) or '没有程序能接着做的'}；文件是“{target}”。")
    if after.note:
        print(f"提醒：{after.note}")
    if following:
        print(f"下一步（还有{len(after.steps)}件）：【{following.stage.word}】{_line(following)}")
        print(f'做完再运行 xlbudget do；全部要做的：xlbudget todo "{target}"。')
    elif after.steps:
        print(f"下一步：{_line(after.steps[0])}")
    else:
        print(f'没有要做的了，可以导出：xlbudget export "{target}" -o 公开.docx')
    return 1 if after.steps else 0


def _export(options: Options) -> str:
    return f'xlbudget export "{options.path}" -o 公开.docx'


def _line(step: Step) -> str:
    """A step with its cell, unless its words name that already."""
    if not step.place or step.place in step.text or (step.cell and step.cell in step.text):
        return step.text
    return f"{step.place}：{step.text}"


def _as_json(steps: Sequence[Step]) -> list[dict[str, Any]]:
    return [{"stage": s.stage, "text": s.text, "sheet": s.sheet, "cell": s.cell} for s in steps]
