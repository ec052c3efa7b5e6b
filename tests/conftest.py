"""For all tests: golden files, and property tests that give the same verdict every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import hypothesis
import pytest

from tests import tools
from tests.golden import Golden

# The machine's load must not decide whether a property holds.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")

GOLDEN = pytest.StashKey[Golden]()
PARTIAL = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the golden files anew")


def pytest_configure(config: pytest.Config) -> None:
    update = bool(config.getoption("--update"))
    if update and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("--update works in one process: leave -n out")
    for marker, tool in tools.TOOLS.items():
        config.addinivalue_line("markers", f"{marker}: asks {tool.name}")
    config.stash[GOLDEN] = Golden(update=update)
    # A test named by itself says nothing about the golden files of its neighbours.
    config.stash[PARTIAL] = any("::" in argument for argument in config.args)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks a program which this machine has not is skipped, and says which."""
    absent = {marker: tool for marker, tool in tools.TOOLS.items() if not tool.there()}
    for item in items:
        for marker in item.iter_markers():
            if marker.name in absent:
                item.add_marker(pytest.mark.skip(reason=tools.reason(absent[marker.name])))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [
        report.longrepr[2]  # file, line, reason
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple)
    ]
    for name, count in tools.missing(skipped).items():
        line = f"{name} is not installed; tests not run for want of it: {count}"
        terminalreporter.write_line(line, yellow=True)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    if items:
        items[0].config.stash[PARTIAL] = True


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    config = session.config
    if config.getoption("--update") and not exitstatus and not config.stash[PARTIAL]:
        for path in config.stash[GOLDEN].remove_strays():
            print(f"removed {path}")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """``golden("name.txt", text)``: the text is what stands in the golden file."""
    store = request.config.stash[GOLDEN]
    folder = request.path.parent / "golden" / request.path.stem.removeprefix("test_")
    return lambda name, text: store.check(folder, name, text)
