"""Second opinions on the built files: Microsoft's validator, openxml-audit and pyOpenVBA."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pyopenvba
import pytest
from openxml_audit import OpenXmlValidator

from . import built

# Slow, and the sheets of the .xlsx are those of the .xlsm.
NAMES = ["xlbudget.xlsm", "xlbudget.xlam"]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "xlbudget", "validator")
MICROSOFT = shutil.which("ooxml-validator", path=f"{CACHE}/node_modules/.bin") or shutil.which(
    "ooxml-validator"
)


@pytest.fixture
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    path.write_bytes(built.of(path.name))
    return path


@pytest.mark.skipif(MICROSOFT is None, reason="no ooxml-validator (installed by .ci/run)")
@pytest.mark.parametrize("file", NAMES, indirect=True)
def test_microsofts_validator(file: Path) -> None:
    done = subprocess.run([str(MICROSOFT), str(file)], capture_output=True, check=False)
    assert json.loads(done.stdout)["errors"] == []


@pytest.mark.parametrize("file", NAMES, indirect=True)
def test_openxml_audit(file: Path) -> None:
    result = OpenXmlValidator().validate(file)
    assert list(result.errors) == []


@pytest.mark.parametrize("file", NAMES, indirect=True)
def test_pyopenvba(file: Path) -> None:
    assert pyopenvba.check_file(file).errors == ()
