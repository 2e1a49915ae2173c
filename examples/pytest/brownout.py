"""Mock LLM providers for tests, led by them. Copy this file beside yours; it needs
Python's own library alone, and a `brownout` on the path or where BROWNOUT says.

    @pytest.fixture
    def drill(tmp_path, monkeypatch):
        with brownout.Drill("outage.drill.yaml", tmp_path) as drill:
            for name, value in drill.env.items():
                monkeypatch.setenv(name, value)
            yield drill
"""

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable

READY_WITHIN = 30.0  # seconds that the mocks may take to listen


class Drill:
    """The mock providers of a scenario. They are healthy until a phase is jumped to,
    and end with the `with` block, or with this process, however it ends."""

    env: dict[str, str]  # by which the SDKs find the mocks

    def __init__(self, scenario: str | pathlib.Path, directory: pathlib.Path, *flags: str):
        """`flags` are more of `brownout serve`. What it leaves goes into `directory`."""
        self.scenario, self.flags = scenario, flags
        self.log, self.said = directory / "brownout.jsonl", directory / "brownout.log"
        self.ready = directory / "brownout-ready.json"

    def __enter__(self) -> "Drill":
        command = [
            *(brownout(), "serve", self.scenario, "--control", "--any-port", "--until-eof"),
            *("--ready-file", self.ready, "--log", self.log, *self.flags),
        ]
        with self.said.open("wb") as said:
            # A session of its own: the terminal's Ctrl-C is for the tests, and these end it.
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=said, stderr=said, start_new_session=True
            )
        try:
            self._await_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def _await_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        while not self.ready.exists():
            if self.process.poll() is not None:
                raise RuntimeError(f"brownout ended with exit code {self.process.returncode}:\n{self.said.read_text()}")
            if time.monotonic() > until:
                raise RuntimeError(f"the mocks were not ready within {READY_WITHIN:.0f} s:\n{self.said.read_text()}")
            time.sleep(0.02)
        ready = json.loads(self.ready.read_text())
        self.control = ready["control"]
        self.env = {k: v for provider in ready["providers"].values() for k, v in provider["env"].items()}

    def stop(self) -> None:
        """Ends the mocks; their log stays."""
        if self.process.stdin:
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def call(self, path: str, body=None):
        """What the control answers at a path: GET without a body, else POST. All paths
        stand in its /v1/openapi.json."""
        request = urllib.request.Request(
            self.control["url"] + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.control["token"], "Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # HTTP_PROXY is not for it
        try:
            with opener.open(request, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode(errors='replace')}") from None

    def jump(self, phase: str) -> None:
        """Lets a phase of the scenario hold from now on."""
        self.call("/v1/phases/jump", {"phase": phase})

    def open(self, provider: str, kind: str, **keys) -> None:
        """Opens a fault, in the scenario's words, until the phase ends: share="40%"."""
        self.call("/v1/faults", {"provider": provider, "kind": kind, **keys})

    def heal(self) -> None:
        """Closes every fault that is open."""
        self.call("/v1/heal", {})

    def counters(self, provider: str, phase: str) -> dict:
        """How many attempts reached a provider in a phase: attempts, faulted, retries."""
        counted = [p for p in self.call("/v1/counters")["phases"] if p["phase"] == phase]
        return next(c for c in counted[-1]["providers"] if c["provider"] == provider)

    def ask(self, app: Callable[[str], str], count: int = 1, at_once: int = 10) -> list[str | Exception]:
        """Asks the app as users do, some at once, and reports what each got: its answer,
        or what it raised. The prompts carry words by which the mocks know them again."""
        questions = self.call("/v1/questions", {"count": count})["questions"]

        def one(question: dict) -> tuple[dict, str | Exception]:
            began = time.monotonic()
            try:
                got = app(question["prompt"])
                seen = {"status": 200, "text": str(got)}
            except Exception as error:  # whatever it is: the user has no answer
                got, seen = error, {"status": 500, "text": repr(error)}
            return {"nonce": question["nonce"], "took_s": time.monotonic() - began, **seen}, got

        with concurrent.futures.ThreadPoolExecutor(at_once) as users:
            asked = list(users.map(one, questions))
        self.call("/v1/requests", [report for report, _ in asked])
        return [got for _, got in asked]

    def card(self) -> dict:
        """Stops the mocks and judges the drill: the scorecard, as in card.json."""
        self.stop()
        judged = subprocess.run(
            [brownout(), "report", self.log, "--format", "json"], stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if not judged.stdout:
            raise RuntimeError(judged.stderr)
        return json.loads(judged.stdout)


def brownout() -> str:
    """Where the command is."""
    found = shutil.which(os.environ.get("BROWNOUT", "brownout"))
    if found is None:
        raise RuntimeError("there is no brownout on the path: install it with go install, or say where with BROWNOUT")
    return found
