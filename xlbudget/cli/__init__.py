"""The command line: one sub-command per job, the same verbs as the library."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def run(arguments: Sequence[str]) -> int:
    """Run one command.  Returns the exit status; messages go to standard output and error."""
    from ..errors import UserError, incomplete_installation
    from .parser import build_parser

    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # a console in another code page must not stop a Chinese message
            reconfigure(errors="replace")
    options = build_parser().parse_args(list(arguments))
    try:
        status: int = options.command(options)
        sys.stdout.flush()
    except UserError as error:
        print(str(error), file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        message = incomplete_installation(error)
        if message is None:
            raise
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
    return status
