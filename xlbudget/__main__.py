"""``xlbudget`` and ``python -m xlbudget``."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line; the exit status is 0, 1 (something wrong was found) or 2."""
    # A command makes many small values and no cycles worth looking for, and is over soon.
    gc.disable()
    from .cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
