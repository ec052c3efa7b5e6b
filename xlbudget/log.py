"""Where unexpected errors are written, so that a person can send them to whoever helps: Excel's buttons and
the command line alike."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

_NAME = "xlbudget.log"
_LARGEST = 1_000_000


def log_folder() -> Path:
    """The user's own folder for our files: local application data, or its counterpart elsewhere."""
    local = os.environ.get("LOCALAPPDATA")
    return Path(local) / "xlbudget" if local else Path.home() / ".xlbudget"


def write_log(action: str, error: BaseException | str) -> Path | None:
    """Write an error (or its traceback as text) to the log; the file, or None if no place can be written."""
    text = error if isinstance(error, str) else "".join(traceback.format_exception(error))
    entry = "\n".join(
        [
            f"== {datetime.now().isoformat(timespec='seconds')} {action}",
            f"xlbudget {version('xlbudget')}, Python {sys.version.split()[0]}, {sys.platform}",
            text,
        ]
    )
    for folder in (log_folder(), Path(tempfile.gettempdir())):
        path = folder / _NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            mode = "w" if path.exists() and path.stat().st_size > _LARGEST else "a"
            with path.open(mode, encoding="utf-8") as file:
                file.write(entry)
        except OSError:
            continue
        return path
    return None
