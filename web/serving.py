"""Running the application: one uvicorn server that ends its streams before it stops."""

from types import FrameType

import uvicorn
from fastapi import FastAPI


class Server(uvicorn.Server):
    """Ends open streams on a signal; otherwise they would keep the process alive."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let the streams finish, then stop as usual."""
        app = self.config.app
        if isinstance(app, FastAPI) and hasattr(app.state, "watch"):
            app.state.watch.end()
        super().handle_exit(sig, frame)


def serve(app: FastAPI, *, host: str, port: int, proxies: str = "") -> None:
    """Serve until a signal comes. ``proxies`` are addresses whose forwarding headers count."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        server_header=False,
        date_header=False,  # ours tells the product's time
        timeout_graceful_shutdown=5,
    )
    Server(config).run()
