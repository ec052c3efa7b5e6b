"""The command line: one sub-command per job, the same verbs as the library."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def run(arguments: Sequence[str]) -> int:
    """Run one command.  Returns the exit status; messages go to standard output and error."""
    from ..errors import UserError, incomplete_installation
    from .parser import build_parser

    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # a console in another code page must not stop a Chinese message
            reconfigure(errors="replace")
    options = build_parser(arguments[0] if arguments else "").parse_args(list(arguments))
    try:
        status: int = options.command(options)
        sys.stdout.flush()
    except UserError as error:
        print(str(error), file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        message = incomplete_installation(error)
        if message is None:
            return _unexpected(error, arguments, options)
        print(message, file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader (head, a pager) has closed; that is no error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except PermissionError as error:
        print(f"没有权限打开“{error.filename}”，请检查文件和文件夹的权限。", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("已中断，没有写出未完成的文件。", file=sys.stderr)
        return 2
    except (SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - the last net; a reader's panic is no Exception
        return _unexpected(error, arguments, options)
    return status


def _unexpected(error: BaseException, arguments: Sequence[str], options: argparse.Namespace) -> int:
    """Say that the program failed, and where what helps to mend it is written; the exit status."""
    from ..log import write_log

    path = write_log(" ".join(map(str, arguments)), error)
    where = f"详细情况记在“{path}”，请把它发给帮你维护的人。" if path else ""
    named = "、".join(f"“{name}”" for name in _files_of(options))
    about = f"处理{named}时" if named else ""
    print(
        f"{about}程序出了意外的错误（{type(error).__name__}），没有做完。{where}", file=sys.stderr
    )
    return 2


def _files_of(options: argparse.Namespace) -> list[str]:
    """The files that a command was given."""
    one = getattr(options, "path", None)
    return [str(path) for path in ([one] if one else getattr(options, "paths", None) or [])][:3]
