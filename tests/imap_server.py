"""A mailbox on a loopback socket that speaks as much IMAP as a reader needs."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """Mails by their UID, and what the server does wrong."""

    port: int = 0
    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)  # UIDs that it refuses to give out
    since: set[int] | None = None  # UIDs of mails that are not old; None: all of them
    refuses_sign_in: bool = False
    stumbles: bool = False  # it cannot search at the moment
    fetched: list[int] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)  # commands that would change the mailbox

    @property
    def following(self) -> int:
        """Return the UID that the next mail gets."""
        return max(self.mails, default=0) + 1


@contextmanager
def a_mailbox() -> Iterator[Mailbox]:
    """Yield a mailbox, while its server runs."""
    box = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            """Speak IMAP until the client leaves."""
            self._say("* OK loopback")
            for line in self.rfile:
                tag, _, rest = line.decode().strip().partition(" ")
                verb = rest.split()[0].upper()
                if verb in ("STORE", "EXPUNGE", "COPY", "MOVE") or " STORE " in rest:
                    box.changes.append(rest)
                self._say(f"{tag} {self._answer(verb, rest)}")
                if verb == "LOGOUT":
                    return

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def _answer(self, verb: str, rest: str) -> str:
            if verb == "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1")
            if verb == "LOGIN" and box.refuses_sign_in:
                return f"NO {rest} is wrong"
            if verb in ("SELECT", "EXAMINE"):
                self._say(f"* {len(box.mails)} EXISTS")
                self._say(f"* OK [UIDVALIDITY {box.validity}] ok")
                self._say(f"* OK [UIDNEXT {box.following}] ok")
                return f"OK [READ-{'ONLY' if verb == 'EXAMINE' else 'WRITE'}] {verb} done"
            if verb == "UID":
                return self._by_uid(rest)
            if verb == "LOGOUT":
                self._say("* BYE")
            return f"OK {verb} done"

        def _by_uid(self, rest: str) -> str:
            if "SEARCH" in rest and box.stumbles:
                return "NO come again"
            if "SEARCH SINCE" in rest and box.since is not None:
                self._say(f"* SEARCH {' '.join(map(str, sorted(box.since)))}")
                return "OK SEARCH done"
            if "SEARCH" in rest:
                first = re.search(r"UID (\d+):", rest)
                begin = int(first[1]) if first else 0
                # As the standard says: "n:*" names the newest one even when it is older.
                found = [uid for uid in box.mails if uid >= begin] or list(box.mails)[-1:]
                self._say(f"* SEARCH {' '.join(map(str, found))}")
                return "OK SEARCH done"
            uid = int(rest.split()[2])
            box.fetched.append(uid)
            if uid in box.broken:
                return "NO cannot read that"
            raw = box.mails[uid]
            self.wfile.write(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode())
            self.wfile.write(raw + b")\r\n")
            return "OK FETCH done"

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Session) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()
