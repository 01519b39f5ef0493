"""Running the application: one uvicorn server that ends its streams before it stops."""

import gc
import socket
import sys
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI

from assistant.ground.errors import Refused

# Seconds that a thread at work keeps the others waiting. Each look at the database lets go of the
# interpreter and has to get it back: with the usual 5 ms a page of forty looks stood still for
# 200 ms beside one thread that learns. tests/benchmarks/desk_load, desk_pages
TURN = 0.0005

YOUNG = 20_000  # new objects before the collector looks among them for rings; usually 700

log = structlog.get_logger()


class Server(uvicorn.Server):
    """Ends open streams on a signal; otherwise they would keep the process alive."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let the streams finish, then stop as usual."""
        app = self.config.app
        if isinstance(app, FastAPI) and hasattr(app.state, "watch"):
            app.state.watch.end()
        super().handle_exit(sig, frame)


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that holds the address, before anybody is told of it.

    Raises:
        Refused: when the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
    except OSError as taken:
        held.close()
        raise Refused(
            f"{host}:{port} cannot be had: {taken.strerror}.",
            what_to_do=f"Try another port, for example --port {port + 1}.",
        ) from None
    return held


def spare_what_stays() -> None:
    """Let the garbage collector pass over what is in memory now, for good.

    To be called once, when everything is loaded that stays until the end: half a million objects,
    each look at which kept all threads waiting for half a second. What is made later is looked at
    as ever, and so is little of it at a time.
    """
    gc.collect()
    gc.freeze()
    log.info("memory spared from collection", objects=gc.get_freeze_count())


def serve(app: FastAPI, held: socket.socket, *, proxies: str = "") -> None:
    """Serve on ``held`` until a signal comes; forwarding headers of ``proxies`` count."""
    sys.setswitchinterval(TURN)
    gc.set_threshold(YOUNG, 10, 10)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        server_header=False,
        date_header=False,  # ours tells the product's time
        timeout_graceful_shutdown=5,
    )
    Server(config).run(sockets=[held])
