"""The real `hypercare serve` in a process of its own: started, killed with -9, started again.

    with Server(folder) as server:
        server.start()
        ...
        server.kill()
        seconds = server.start()

It ends only what it started: the process and its group, both by their number.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType

import uvicorn

from assistant.ground.parts import Parts
from web.app import create_app

REPO = Path(__file__).parents[2]
PATIENCE = 180.0  # seconds until a server that has not answered is called broken; a demo prepares
LOOK = 0.02  # seconds between two looks at a server that starts
ENOUGH = "1000000"  # of anything per minute: here nobody is limited


class NotReady(Exception):
    """The server ended or stayed silent; the message holds what it said."""


class Server:
    """One data folder served on one port, by one process after another."""

    def __init__(self, data: Path, *, command: str = "serve", **settings: str) -> None:
        """Extra ``settings`` are named like ``llm_model`` and go into the environment."""
        self.data = data
        self.port = free_port()
        self._command = command
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._said = data / "server.log"

    @property
    def address(self) -> str:
        """Return where it is reached, the same after every start."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Return the number of the process that serves now."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Start it and return the seconds until it answered. Raises NotReady."""
        began = time.monotonic()
        command = [str(Path(sys.executable).with_name("hypercare")), self._command]
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [*command, "--data", str(self.data), "--port", str(self.port)],
                cwd=self.data,
                env=environment(self._settings),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self._await_answer(began + PATIENCE)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it in the middle of whatever it does, as ``kill -9`` does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it properly; whatever is left of its group after that is killed."""
        if self._process is None:
            return
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def __enter__(self) -> "Server":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _await_answer(self, until: float) -> None:
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                if self._answers():
                    return
            if self._has_ended_within(LOOK):
                raise NotReady(f"It ended at once and said: {self.said()}")
        raise NotReady(f"It stayed silent for {PATIENCE:g} seconds and said: {self.said()}")

    def _answers(self) -> bool:
        # Not httpx: what a look costs is taken from the server that is starting.
        line = HTTPConnection("127.0.0.1", self.port, timeout=2.0)
        line.request("GET", "/healthz")
        status = line.getresponse().status
        line.close()
        return status == 200

    def _has_ended_within(self, seconds: float) -> bool:
        assert self._process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.returncode is not None

    def said(self) -> str:
        """Return the end of what all its processes wrote."""
        return self._said.read_text("utf-8", errors="replace")[-4_000:]


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(settings: dict[str, str]) -> dict[str, str]:
    """Return the environment of this process with the settings of that one, and no others."""
    kept = {name: value for name, value in os.environ.items() if not _is_ours(name)}
    raised = {"questions_per_minute": ENOUGH, "conversations_per_minute": ENOUGH}
    given = {f"HYPERCARE_{name.upper()}": value for name, value in (raised | settings).items()}
    return {**kept, **given, "PYTHONPATH": str(REPO)}


def _is_ours(name: str) -> bool:
    # Without its compiled modules every start would take as long as the first one.
    return name.upper().startswith("HYPERCARE_") or name == "PYTHONDONTWRITEBYTECODE"


class Hosted:
    """The same application inside this process, for proofs that look at its parts meanwhile."""

    def __init__(self, parts: Parts) -> None:
        self.port = free_port()
        config = uvicorn.Config(
            create_app(parts),
            host="127.0.0.1",
            port=self.port,
            log_level="warning",
            timeout_graceful_shutdown=1,  # or pages that listen still keep it for PATIENCE
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    @property
    def address(self) -> str:
        """Return where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Hosted":
        self._thread.start()
        until = time.monotonic() + PATIENCE
        while not self._server.started and time.monotonic() < until:
            self._thread.join(LOOK)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
