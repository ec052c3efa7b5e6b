"""``python -m tests.mutants [NAME…]``: put each one-line bug into a copy, and run the tests that must find it.

Prints ``killed`` or ``SURVIVED`` for each; exit status 1 when one survived that is not marked as equivalent.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutants import ROOT, Mutant, load_mutants


def main(names: list[str]) -> int:
    """Run the named mutants, or all of them."""
    chosen = [mutant for mutant in load_mutants() if not names or mutant.name in names]
    survived = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        leave = shutil.ignore_patterns(".git", ".venv", "demo", "*cache*", "*.egg-info")
        shutil.copytree(ROOT, copy, ignore=leave)
        for mutant in chosen:
            killed = _is_killed(mutant, copy)
            print(
                f"{'killed' if killed else mutant.why or 'SURVIVED':<10} {mutant.name}", flush=True
            )
            if not killed and not mutant.why:
                survived.append(mutant.name)
    print(f"{len(chosen) - len(survived)} of {len(chosen)} killed or equivalent")
    return 1 if survived else 0


def _is_killed(mutant: Mutant, copy: Path) -> bool:
    path = copy / mutant.file
    before = path.read_text("utf-8")
    path.write_text(before.replace(mutant.old, mutant.new), "utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *mutant.tests],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            check=False,
        )
    finally:
        path.write_text(before, "utf-8")
    if done.returncode not in (0, 1):
        raise SystemExit(f"{mutant.name}: pytest could not run\n{done.stdout.decode()[-2000:]}")
    return done.returncode == 1


sys.exit(main(sys.argv[1:]))
