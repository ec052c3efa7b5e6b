"""Headless Chromium for tests, spoken to over pipes: answers come when they are ready, load or not."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.tools import browser


class Tab:
    """One page of the browser; ``complaints`` are its console's errors and warnings."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._read = b""
        self._number = 0
        self._session = ""
        self.complaints: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        found = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """One command of the protocol and its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._writing, data) :]
        return self._until(lambda answer: answer.get("id") == self._number)["result"]

    def _until(self, wanted: Any) -> Any:
        while True:
            answer = json.loads(self._message())
            self._listen(answer)
            if wanted(answer):
                assert "error" not in answer, answer
                return answer

    def _message(self) -> bytes:
        parts = [self._read]
        while b"\0" not in parts[-1]:
            parts.append(os.read(self._reading, 1 << 20))
            assert parts[-1], "the browser has gone"
        message, _, self._read = b"".join(parts).partition(b"\0")
        return message

    def _listen(self, answer: dict[str, Any]) -> None:
        event, details = answer.get("method"), answer.get("params", {})
        if event == "Runtime.exceptionThrown":
            self.complaints.append(details["exceptionDetails"]["text"])
        elif event == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            self.complaints.append(details["entry"]["text"])
        elif event == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning"):
            self.complaints.append(str(details["args"]))

    def go(self, url: str) -> None:
        """Open a page and wait until it has loaded."""
        self.call("Page.navigate", url=url)
        while self.value("document.readyState") != "complete":
            pass

    def value(self, expression: str) -> Any:
        """What a JavaScript expression comes to, a promise awaited."""
        found = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def printed(self) -> bytes:
        """The page as PDF, on the paper that its style asks for."""
        found = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(found["data"])


@contextmanager
def opened(folder: Path) -> Iterator[Tab]:
    """A browser with one page, closed at the end."""
    first, ours_out = os.pipe()
    ours_in, second = os.pipe()
    # The browser reads from 3 and writes to 4; its ends are moved out of their way first.
    theirs = os.dup(first), os.dup(second)

    def connect() -> None:
        os.dup2(theirs[0], 3)
        os.dup2(theirs[1], 4)

    command = [
        str(browser()), "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
        f"--user-data-dir={folder / 'profile'}", "about:blank",
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        pass_fds=(3, 4),
        preexec_fn=connect,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for end in (first, second, *theirs):
        os.close(end)
    try:
        yield Tab(ours_in, ours_out)
    finally:
        process.kill()
        process.wait()
        os.close(ours_in)
        os.close(ours_out)
