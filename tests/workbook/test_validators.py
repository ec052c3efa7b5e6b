"""Second opinions on the built files: Microsoft's validator, openxml-audit and pyOpenVBA."""

from __future__ import annotations

from pathlib import Path

import pyopenvba
import pytest
from openxml_audit import OpenXmlValidator

from tests.office_validator import validator_errors

from . import built

# Slow, and the sheets of the .xlsx are those of the .xlsm.
NAMES = ["xlbudget.xlsm", "xlbudget.xlam"]


@pytest.fixture
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    path.write_bytes(built.of(path.name))
    return path


@pytest.mark.validator
@pytest.mark.parametrize("file", NAMES, indirect=True)
def test_microsofts_validator(file: Path) -> None:
    assert validator_errors(file) == []


@pytest.mark.parametrize("file", NAMES, indirect=True)
def test_openxml_audit(file: Path) -> None:
    result = OpenXmlValidator().validate(file)
    assert list(result.errors) == []


@pytest.mark.parametrize("file", NAMES, indirect=True)
def test_pyopenvba(file: Path) -> None:
    assert pyopenvba.check_file(file).errors == ()
