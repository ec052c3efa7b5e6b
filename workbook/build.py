"""Build the blank template workbook; run from the repository: ``python workbook/build.py``.

The file is reproducible: a test builds it again and compares every byte.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
if str(HERE.parent) not in sys.path:  # run as a script
    sys.path.insert(0, str(HERE.parent))

from xlbudget.files.template import build  # noqa: E402
from xlbudget.model.content import Content  # noqa: E402

TARGET = HERE / "xlbudget.xlsx"


def main() -> None:
    """Write ``xlbudget.xlsx`` beside this file."""
    TARGET.write_bytes(build(Content()))


if __name__ == "__main__":
    main()
