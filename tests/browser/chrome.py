"""A headless Chromium driven over its DevTools protocol: keys, clicks, and what it asks the net."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

SECONDS = 30.0
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)
CODES = {"Enter": 13, "Escape": 27, "Backspace": 8, "Tab": 9, "ArrowDown": 40, "ArrowUp": 38}


class Tab:
    """One page. `urls` are all it asked for, `complaints` what its console said, `asked` what its
    scripts put before people in a window of the browser's own."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._number = socket, 0
        self.urls: list[str] = []
        self.complaints: list[str] = []
        self.asked: list[str] = []
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> Any:
        """One command and its result."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv(SECONDS))
            if told.get("id") == self._number:
                assert "error" not in told, (method, told["error"])
                return told["result"]
            self._note(told.get("method", ""), told.get("params", {}))

    def _note(self, event: str, params: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.urls.append(params["request"]["url"])
        elif event == "Network.webSocketCreated":
            self.urls.append(params["url"])
        elif event == "Page.javascriptDialogOpening":
            self.asked.append(params["message"])
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"])[:500])
        elif event == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(params["entry"]["text"] + " " + params["entry"].get("url", ""))
        elif event == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning"):
            self.complaints.append(json.dumps(params["args"])[:500])

    def open(self, url: str) -> None:
        """Go to an address."""
        self.send("Page.navigate", url=url)

    def js(self, expression: str) -> Any:
        """What an expression gives, or what it promises."""
        done = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def first(self, script: str) -> None:
        """Run a script on each page that comes, before its own."""
        self.send("Page.addScriptToEvaluateOnNewDocument", source=script)

    def until(self, expression: str) -> None:
        """Wait for an expression to hold."""
        limit = time.monotonic() + SECONDS
        while not self._tried(f"!!({expression})"):
            assert time.monotonic() < limit, (expression, self.text(), self.complaints)
            time.sleep(0.05)

    def _tried(self, expression: str) -> Any:
        done = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        return done["result"].get("value") if "exceptionDetails" not in done else None

    def text(self) -> str:
        """What can be read."""
        return str(self._tried("document.body.innerText"))

    def shows(self, text: str) -> None:
        """Wait for a text."""
        self.until(f"document.body.innerText.includes({json.dumps(text)})")

    def key(self, key: str, *, ctrl: bool = False) -> None:
        """Press a key where the focus is."""
        code = CODES.get(key, ord(key.upper()[0]) if len(key) == 1 else 0)
        common = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 2 if ctrl else 0}
        typed = {"text": key} if len(key) == 1 and not ctrl else {}
        typed = {"text": "\r"} if key == "Enter" else typed
        self.send("Input.dispatchKeyEvent", type="keyDown", **common, **typed)
        self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def write(self, text: str) -> None:
        """Type into the field that has the focus."""
        self.send("Input.insertText", text=text)

    def size(self, width: int, height: int) -> None:
        """Make the window so large."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def picture(self, path: Path) -> None:
        """Keep what is seen."""
        shot = self.send("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """A browser with a fresh profile and one tab."""
    process = subprocess.Popen(
        ["chromium", *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connect(_address(profile), max_size=None) as whole:
            whole.send(json.dumps({"id": 1, "method": "Target.getTargets"}))
            targets = json.loads(whole.recv(SECONDS))["result"]["targetInfos"]
            page = next(t["targetId"] for t in targets if t["type"] == "page")
        base = _address(profile).rpartition("/devtools/")[0]
        with connect(f"{base}/devtools/page/{page}", max_size=None) as socket:
            yield Tab(socket)
    finally:
        process.terminate()
        process.wait(SECONDS)


@contextmanager
def quiet(profile: Path) -> Iterator[Tab]:
    """A browser that has to stay on this machine, and quiet."""
    with browser(profile) as made:
        made.size(1280, 900)
        yield made
        hosts = {urlsplit(url).hostname for url in made.urls if not url.startswith("data:")}
        assert hosts <= {"127.0.0.1"}
        assert made.complaints == []
        assert made.asked == [], "something on a page opened a dialog of the browser"


def _address(profile: Path) -> str:
    """Where the browser listens, once it says so."""
    file, limit = profile / "DevToolsActivePort", time.monotonic() + SECONDS
    while not (file.is_file() and file.read_text().count("\n")):
        assert time.monotonic() < limit, "the browser did not start"
        time.sleep(0.05)
    port, path = file.read_text().split("\n")[:2]
    return f"ws://127.0.0.1:{port}{path}"
