# SPDX-License-Identifier: MIT
"""Chromium without a window, driven through a pipe by the DevTools protocol."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
import urllib.parse


class Failure(Exception):
    pass


class Browser:
    """One page. What it logs and what goes wrong in it is in .complaints."""

    def __init__(self):
        self.profile = tempfile.mkdtemp()
        to_child, self.out = os.pipe()
        self.into, from_child = os.pipe()
        # chromium reads descriptor 3 and writes 4
        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--remote-debugging-pipe",
             "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--no-first-run", "--disable-extensions",
             "--disable-background-networking", "--mute-audio",
             "--disable-dev-shm-usage",
             f"--user-data-dir={self.profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, close_fds=False,
            preexec_fn=lambda: self._give(to_child, from_child))
        os.close(to_child)
        os.close(from_child)
        self.buffer = b""
        self.number = 0
        self.session = None
        self.complaints = []
        self.requests = []
        self.loaded = False
        target = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", flatten=True,
                                 targetId=target["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.dark(False)

    @staticmethod
    def _give(to_child, from_child):
        for have, want in ((to_child, 3), (from_child, 4)):
            os.dup2(have, want)
            os.set_inheritable(want, True)

    def close(self):
        try:
            self.session = None
            self.call("Browser.close", timeout=5)
        except (Failure, OSError):
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    # ---------------------------------------------------------- the protocol

    def _read(self, until):
        while b"\0" not in self.buffer:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                raise Failure("the browser does not answer")
            got = os.read(self.into, 1 << 20)
            if not got:
                raise Failure("the browser has ended")
            self.buffer += got
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def _notice(self, message):
        method, params = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get(
                "description", details["text"]))
        elif method == "Runtime.consoleAPICalled":
            self.complaints.append("console: " + " ".join(
                str(arg.get("value", arg.get("description")))
                for arg in params["args"]))
        elif method == "Log.entryAdded":
            self.complaints.append("log: " + params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Page.loadEventFired":
            self.loaded = True

    def call(self, method, timeout=60, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + timeout
        while True:
            answer = self._read(until)
            if answer.get("id") != self.number:
                self._notice(answer)
            elif "error" in answer:
                raise Failure(f"{method}: {answer['error']['message']}")
            else:
                return answer["result"]

    # ------------------------------------------------------------- the page

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=width < 600)

    def dark(self, on):
        # a page that still scrolls is hard to hit
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if on else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])

    def scripts(self, on):
        self.call("Emulation.setScriptExecutionDisabled", value=not on)

    def open(self, path):
        # from one page to itself with another #… would load nothing
        self._navigate("about:blank")
        self.complaints.clear()
        self.requests.clear()
        self._navigate("file://" + urllib.parse.quote(os.path.abspath(path)))

    def _navigate(self, url):
        self.loaded = False
        self.call("Page.navigate", url=url)
        until = time.monotonic() + 60
        while not self.loaded:
            self._notice(self._read(until))

    def run(self, script):
        """The value of an expression in the page; promises are waited for."""
        result = self.call("Runtime.evaluate", expression=script,
                           awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise Failure(details.get("exception", {}).get(
                "description", details["text"]))
        return result["result"].get("value")

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, x, y):
        self.mouse("mouseMoved", x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y, button="left", clickCount=1)

    def key(self, key, text=""):
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key,
                  **({"text": text} if text else {}),
                  **({"windowsVirtualKeyCode": 46} if key == "Delete" else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def picture(self, path, whole=False):
        shot = self.call("Page.captureScreenshot", format="png",
                         captureBeyondViewport=whole, **(
                             {"clip": self._whole()} if whole else {}))
        with open(path, "wb") as out:
            out.write(base64.b64decode(shot["data"]))

    def _whole(self):
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"x": 0, "y": 0, "width": size["width"],
                "height": size["height"], "scale": 1}
