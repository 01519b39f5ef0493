"""A wire that breaks: a proxy on loopback that cuts what it carries at a random byte."""

import contextlib
import random
import socket
import threading
from types import TracebackType

CHUNK = 65_536


class CuttingWire:
    """Carries connections to a port of this machine, each until so many bytes came back."""

    def __init__(self, port: int, *, most: int, seed: int) -> None:
        """Cut each connection after 1 to ``most`` bytes of what comes back."""
        self._to = port
        self._most = most
        self._random = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._is_open = True
        self.is_whole = False  # from now on nothing is cut any more
        self.cuts = 0
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while self._is_open:
            with contextlib.suppress(OSError):
                near, _ = self._listening.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        left = self._random.randint(1, self._most)
        with contextlib.suppress(OSError), near:
            far = socket.create_connection(("127.0.0.1", self._to), timeout=60)
            with far:
                threading.Thread(target=_pour, args=(near, far), daemon=True).start()
                while data := far.recv(CHUNK):
                    if not self.is_whole and len(data) >= left:
                        near.sendall(data[:left])
                        self.cuts += 1
                        self._end(near, far)
                        return
                    left -= len(data)
                    near.sendall(data)
                self._end(near, far)

    @staticmethod
    def _end(*both: socket.socket) -> None:
        for one in both:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> "CuttingWire":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_open = False
        self._listening.close()


def _pour(near: socket.socket, far: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := near.recv(CHUNK):
            far.sendall(data)
