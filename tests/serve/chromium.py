"""A headless Chromium for tests, spoken to over a pipe in its devtools protocol: no driver, no port, no package.

Controls are found by role and accessible name, as a screen reader finds them, and used with real keys and clicks.
Nothing sleeps: every wait is for a condition in the page, with a limit that only a broken page reaches.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LIMIT_S = 120.0
"""Longest wait for one condition."""
FLAGS = (
    "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--no-default-browser-check", "--lang=en-GB", "--hide-scrollbars",
)  # fmt: skip
LAUNCH = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"
)
"""Becomes the browser, which reads its orders from descriptor 3 and answers on 4."""
KEYS = {
    "Enter": (13, "\r"), "Escape": (27, ""), "Tab": (9, ""), "Home": (36, ""), "End": (35, ""),
    "ArrowLeft": (37, ""), "ArrowRight": (39, ""),
}  # fmt: skip
"""Key -> (its number, the text that it types)."""


def binary() -> str | None:
    """Where Chromium is, if it is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


FAINT = """(() => {
  const light = (c) => c.map((v) => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const parts = (css) => { const n = css.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const over = (top, below) => below.map((v, i) => v * (1 - top[3]) + top[i] * top[3]);
  const ground = (one) => one ? over(parts(getComputedStyle(one).backgroundColor), ground(one.parentElement))
    : matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255];
  return [...document.querySelectorAll("body *:not(svg *)")].filter((one) => {
    const written = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const style = getComputedStyle(one);
    if (!written || !one.getClientRects().length || style.visibility === "hidden") return false;
    if (one.closest("[disabled]")) return false;
    const below = ground(one), [a, b] = [light(over(parts(style.color), below)), light(below)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.6 && style.fontWeight >= 700);
    return (a + .05) / (b + .05) < (large ? 3 : 4.5);
  }).map((one) => one.textContent.trim().slice(0, 40));
})()"""
"""Texts that stand out less from their ground than WCAG 2.2 (1.4.3, level AA) asks for."""


class Broken(AssertionError):
    """The page did not do what it should."""


class Chromium:
    """One browser process; `page` opens a tab with cookies and storage of its own."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._in, write_there = os.pipe()
        read_there, self._out = os.pipe()
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (read_there, write_there)]
        found = binary()
        assert found is not None
        command = [found, *FLAGS, f"--user-data-dir={self._home.name}", "about:blank"]
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", LAUNCH, *map(str, theirs), *command],
            pass_fds=theirs,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (read_there, write_there, *theirs):
            os.close(end)
        self._rest = b""
        self._last = 0
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Call a method and give its result; events that come meanwhile are kept."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            told = self._message()
            if told.get("id") != message["id"]:
                self.events.append(told)
                continue
            if "error" in told:
                raise Broken(f"{method}: {told['error']['message']}")
            result: dict[str, Any] = told["result"]
            return result

    def _message(self) -> dict[str, Any]:
        end = time.monotonic() + LIMIT_S
        while b"\0" not in self._rest:
            if not select.select([self._in], [], [], max(0.0, end - time.monotonic()))[0]:
                raise Broken(f"the browser said nothing for {LIMIT_S:g} s")
            part = os.read(self._in, 1 << 20)
            if not part:
                raise Broken("the browser is gone")
            self._rest += part
        whole, self._rest = self._rest.split(b"\0", 1)
        told: dict[str, Any] = json.loads(whole)
        return told

    def page(self, width: int = 1280, height: int = 900, *, dark: bool = False) -> Page:
        """A new tab of a given size, in light or dark."""
        context = self.send("Target.createBrowserContext")["browserContextId"]
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, context)
        for domain in ("Page", "Runtime", "Network", "Log", "DOM", "Accessibility"):
            page.call(f"{domain}.enable")
        page.resize(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        page.call("Emulation.setEmulatedMedia", features=[scheme])
        return page

    def close(self) -> None:
        """End the browser and everything it wrote."""
        os.close(self._out)
        os.close(self._in)
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(30)
        self._home.cleanup()


class Page:
    """One tab."""

    def __init__(self, browser: Chromium, session: str, context: str) -> None:
        self.browser, self._session, self._context = browser, session, context

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.send(method, self._session, **parameters)

    def go(self, url: str) -> Page:
        """Open an address."""
        told = self.call("Page.navigate", url=url)
        assert "errorText" not in told, told
        return self

    def close(self) -> None:
        self.browser.send("Target.disposeBrowserContext", browserContextId=self._context)

    def resize(self, width: int, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def js(self, expression: str) -> Any:
        """The value of an expression in the page; promises are awaited."""
        told = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in told:
            raise Broken(f"{expression}: {told['exceptionDetails']}")
        return told["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until an expression is true in the page, also over a change of address."""
        looking = (
            f"new Promise((done) => {{ const end = performance.now() + {1000 * LIMIT_S}; const look = () => {{"
            f" const found = (() => {{ try {{ return Boolean({condition}); }} catch {{ return false; }} }})();"
            " if (found || performance.now() > end) done(found); else setTimeout(look, 20); }; look(); })"
        )
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            try:
                found = self.js(looking)
            except Broken as error:
                if "context" not in str(error) and "navigat" not in str(error):
                    raise
                continue
            if found:
                return
            break
        raise Broken(f"never true: {condition}\n{self.text()}")

    def text(self) -> str:
        """What can be read on the page."""
        return str(self.js("document.body.innerText"))

    def faint(self) -> list[str]:
        """Texts with too little contrast."""
        found: list[str] = self.js(FAINT)
        return found

    def sees(self, text: str) -> None:
        """Wait until a text can be read on the page."""
        self.until(f"document.body.innerText.includes({json.dumps(text)})")

    # --- as a person, or a screen reader ---

    def find(self, role: str, name: str) -> int:
        """The one control with this role and accessible name, as soon as it is there."""
        end = time.monotonic() + LIMIT_S
        found: list[dict[str, Any]] = []
        while time.monotonic() < end:
            root = self.call("DOM.getDocument", depth=0)["root"]["nodeId"]
            nodes = self.call("Accessibility.queryAXTree", nodeId=root, role=role, accessibleName=name)["nodes"]
            found = [node for node in nodes if not node["ignored"]]
            if found:
                break
            self.js("new Promise((done) => setTimeout(done, 20))")
        assert len(found) == 1, f"{len(found)} controls are the {role} {name!r}\n{self.text()}"
        return int(found[0]["backendDOMNodeId"])

    def middle(self, node: int) -> tuple[float, float]:
        """Where the middle of a node is, scrolled into view."""
        self.call("DOM.scrollIntoViewIfNeeded", backendNodeId=node)
        quad = self.call("DOM.getContentQuads", backendNodeId=node)["quads"][0]
        return sum(quad[0::2]) / 4, sum(quad[1::2]) / 4

    def click(self, role: str, name: str) -> None:
        """Press the mouse on a control."""
        x, y = self.middle(self.find(role, name))
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def focus(self, role: str, name: str) -> None:
        self.call("DOM.focus", backendNodeId=self.find(role, name))

    def write(self, role: str, name: str, text: str) -> None:
        """Type into a field."""
        self.focus(role, name)
        self.call("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """One key, down and up."""
        number, text = KEYS[key] if key in KEYS else (ord(key.upper()), key)
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=number,
                **({"text": text} if kind == "keyDown" and text else {}),
            )  # fmt: skip

    def drop(self, selector: str, file: Path) -> None:
        """Drop a file on an element."""
        x, y = self.js(
            f"(() => {{ const box = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.call("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    # --- what it did ---

    def requested(self) -> list[str]:
        """Every address that this tab asked for."""
        self.js("0")
        return [
            one["params"]["request"]["url"]
            for one in self.browser.events
            if one.get("sessionId") == self._session and one["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """Errors of scripts, of the content policy and of the log."""
        self.js("0")
        told = []
        for one in self.browser.events:
            if one.get("sessionId") != self._session:
                continue
            if one["method"] == "Runtime.exceptionThrown":
                told.append(json.dumps(one["params"]["exceptionDetails"]))
            if one["method"] == "Log.entryAdded" and one["params"]["entry"]["level"] == "error":
                told.append(one["params"]["entry"]["text"])
        return told

    def names(self) -> list[tuple[str, str]]:
        """(role, accessible name) of everything that can be focused."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node["ignored"]
            and any(one["name"] == "focusable" and one["value"]["value"] for one in node.get("properties", ()))
        ]

    def picture(self, path: Path) -> None:
        """A picture of the whole page."""
        told = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(told["data"]))
