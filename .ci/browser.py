"""A browser driven over its own protocol through two pipes: nothing but Python and Chromium is needed."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --hide-scrollbars --remote-debugging-pipe""".split()
# An answer that takes longer means that the browser hangs.
PATIENCE_S = 30


class Browser:
    """One tab. `events` is what happened since the last page was opened."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp()
        theirs, self.commands = os.pipe()
        self.answers, back = os.pipe()

        def place_pipes():
            # Chromium reads from 3 and writes to 4; the copies are out of the way first.
            theirs_copy, back_copy = os.dup(theirs), os.dup(back)
            os.dup2(theirs_copy, 3)
            os.dup2(back_copy, 4)

        self.process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={self.folder}", "about:blank"],
            preexec_fn=place_pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(back)
        self.session, self.buffer, self.number, self.events = None, b"", 0, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.heard(PATIENCE_S)
            if answer is None:
                raise TimeoutError(method)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def heard(self, timeout):
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], timeout)[0]:
                return None
            self.buffer += os.read(self.answers, 1 << 20)
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def screen(self, width, height, theme="light", has_scripts=True):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        self.ask("Emulation.setScriptExecutionDisabled", value=not has_scripts)

    def open(self, url, quiet_s=0.25):
        """Opens a page and waits until it is loaded and nothing more happens for a while."""
        self.events = []
        self.ask("Page.navigate", url=url)
        end = time.time() + PATIENCE_S
        while not self.happened("Page.loadEventFired"):
            event = self.heard(max(0.01, end - time.time()))
            if event is None:
                raise TimeoutError(url)
            self.events.append(event)
        while (event := self.heard(quiet_s)) is not None:
            self.events.append(event)

    def happened(self, method):
        return [event["params"] for event in self.events if event.get("method") == method]

    def run(self, script):
        result = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description", script))
        return result["result"].get("value")

    def picture(self):
        return self.ask("Page.captureScreenshot", format="png")["data"]

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)
