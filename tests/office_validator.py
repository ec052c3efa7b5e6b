"""Microsoft's own validator (Open XML SDK) as a second opinion on the Office files we build.

``.ci/run`` installs it into the user's cache; tests that ask it are marked ``validator``.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.tools import VALIDATOR


def validator_errors(path: Path) -> list[dict[str, object]]:
    """What the validator finds wrong in an Office file, as it says it; empty when nothing is."""
    run = subprocess.run([VALIDATOR, path], capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1), run.stderr
    errors: list[dict[str, object]] = json.loads(run.stdout)["errors"]
    return errors
