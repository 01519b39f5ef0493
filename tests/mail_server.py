"""A mail server on a loopback socket that takes what it is given, and mails as people send them."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from assistant.ground.parts import Parts
from assistant.ground.settings import Settings
from assistant.worker import deliver
from tests.cast import later

OURS = "support@shop.example"
RELAY = "mx.shop.example"  # the name under which our relay vouches


@dataclass
class Taken:
    """What a mail server took: envelopes and mails."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    says: Callable[[str], str] = lambda _: "250 taken"  # to a recipient's address
    on_mail: Callable[[EmailMessage], None] = lambda _: None

    def texts(self) -> list[str]:
        """Return the mails' texts."""
        return [text_of(mail) for mail in self.mails]


def text_of(mail: EmailMessage) -> str:
    """Return what a mail says, with a text's line ends."""
    return str(mail.get_content()).replace("\r\n", "\n")


@contextmanager
def a_mail_server() -> Iterator[Taken]:
    """Yield what the server takes, while it runs."""
    taken = Taken()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            """Speak SMTP until the client leaves."""
            self.wfile.write(b"220 loopback\r\n")
            for line in self.rfile:
                self.wfile.write(f"{self._answer(line.decode().strip())}\r\n".encode())
                if line.upper().startswith(b"QUIT"):
                    return

        def _answer(self, line: str) -> str:
            verb = line.partition(" ")[0].upper()
            if verb == "RCPT":
                self._to = line.partition("<")[2].partition(">")[0]
                return taken.says(self._to)
            if verb == "DATA":
                return self._taken()
            return "250 loopback" if verb in ("EHLO", "HELO", "MAIL", "RSET") else "221 bye"

        def _taken(self) -> str:
            self.wfile.write(b"354 go on\r\n")
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line[1:] if line.startswith(b"..") else line)
            mail = message_from_bytes(b"".join(lines), policy=default)
            taken.mails.append(mail)
            taken.to.append(self._to)
            taken.on_mail(mail)
            return "250 taken"

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Session) as server:
        taken.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield taken
        finally:
            server.shutdown()


def with_mail(parts: Parts, port: int, **settings: object) -> Parts:
    """Let these parts send their mail to the server on ``port``."""
    parts.settings = Settings(
        _env_file=None,
        data=parts.settings.data,
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        mail_from=OURS,
        mail_authserv_id=RELAY,
        mail_secret="a secret between us",
        **settings,
    )
    return parts


def a_mail(
    words: str = "Why is my price different from last month?",
    *,
    sender: str = "Mara Lind <mara@example.com>",
    to: str = OURS,
    subject: str = "A question",
    message_id: str = "<first@example.com>",
    vouched: bool | None = None,
    **headers: str,
) -> bytes:
    """Return a mail as it arrives; ``vouched`` adds our relay's word."""
    mail = EmailMessage()
    if vouched is not None:
        word = "pass" if vouched else "fail"
        mail["Authentication-Results"] = f"{RELAY}; dmarc={word} header.from=example.com"
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Message-ID"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(words)
    return bytes(mail)


def rounds(parts: Parts, *, times: int = 3) -> None:
    """Let the sweeps and the outbox run as they do every few seconds."""
    from assistant.desk.posting import post_due
    from assistant.desk.telling import tell_subscribers

    for _ in range(times):
        post_due(parts)
        tell_subscribers(parts)
        deliver(parts)
        later(parts, seconds=6)
