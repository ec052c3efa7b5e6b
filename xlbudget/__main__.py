"""``xlbudget`` and ``python -m xlbudget``."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line; the exit status is 0, 1 (something wrong was found) or 2."""
    # A command makes many small values and no cycles worth looking for, and is over soon.
    gc.disable()
    from .cli import run

    try:
        return run(sys.argv[1:])
    finally:
        # Nor is there anything to look for at the end: the interpreter's last search took a tenth.
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
