"""Customers of a widget that does not give up: the same words under the same key, until they
are acknowledged.

Each customer is a thread with real sockets. What was acknowledged is kept as it was received, so
that afterwards the database can be held to it. Some customers leave at the first trouble; what
became of their words is nobody's promise, except that nothing is there twice or undecided.
"""

import random
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx

LAUNCH = "spring-pricing"
RETRY = 0.2  # seconds between two tries
PATIENCE = 300.0  # seconds after which a customer gives up; the proof then fails
LEAVERS = 0.1  # share of customers who do not try again

# Some lead to an answer, some to a question back, some to a ticket, some to a friendly word.
WORDS = (
    "Why is my price different from last month?",
    "my bill is higher than it used to be",
    "how can I get all my orders as a file",
    "How do I cancel my plan?",
    "why has the monthly charge gone up",
    "can you send the parcel to my new flat",
    "Can I pay with seashells on the moon?",
    "My espresso machine makes a strange noise",
    "please let me out of the contract",
    "I am locked out of my account and cannot sign in",
    "Hello",
    "Thank you!",
)
NO_TLS = ssl.create_default_context()  # made once: it takes longer than the request itself


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a customer sent, and the response that acknowledged it, byte for byte."""

    conversation: str
    token: str
    path: str  # messages, choices or person
    key: str
    body: Mapping[str, object]
    response: bytes


class Unanswered(Exception):
    """Nothing was acknowledged within the customer's patience, or it was declined."""


class Line:
    """One customer's connection to the API."""

    def __init__(
        self,
        address: str,
        *,
        launch: str = LAUNCH,
        patience: float = PATIENCE,
        timeout: float = 30.0,
    ) -> None:
        """``patience`` 0 means one try; ``timeout`` is for one try, in seconds."""
        self._launch = launch
        base_url = f"{address}/api/v1"
        self._http = httpx.Client(base_url=base_url, timeout=timeout, verify=NO_TLS)
        self._patience = patience
        self._hung_up = threading.Event()

    def begin(self) -> tuple[str, str]:
        """Return a new conversation's id and token."""
        response = self._sent(f"/launches/{self._launch}/conversations", {}, {})
        begun = response.json()
        return begun["id"], begun["token"]

    def say(
        self, conversation: str, token: str, path: str, key: str, body: Mapping[str, object]
    ) -> Said:
        """Send until acknowledged. Raises Unanswered."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        response = self._sent(f"/conversations/{conversation}/{path}", headers, body)
        return Said(conversation, token, path, key, body, response.content)

    def again(self, said: Said) -> bytes:
        """Send the same once more and return the response."""
        return self.say(said.conversation, said.token, said.path, said.key, said.body).response

    def status_of(self, said: Said, body: Mapping[str, object]) -> int:
        """Return the status of one try under the key of ``said`` with another body."""
        headers = {"Authorization": f"Bearer {said.token}", "Idempotency-Key": said.key}
        path = f"/conversations/{said.conversation}/{said.path}"
        return self._http.post(path, headers=headers, json=body).status_code

    def close(self) -> None:
        """Hang up."""
        self._hung_up.set()
        self._http.close()

    def _sent(
        self, path: str, headers: dict[str, str], body: Mapping[str, object]
    ) -> httpx.Response:
        """Return the first response that is no trouble of the server's."""
        until = time.monotonic() + self._patience
        while True:
            trouble = ""
            try:
                response = self._http.post(path, headers=headers, json=body)
            except httpx.TransportError as broken:
                trouble = repr(broken)
            else:
                if response.is_success:
                    return response
                trouble = f"{response.status_code} {response.text}"
                if response.status_code < 500:
                    raise Unanswered(trouble)
            if time.monotonic() >= until:
                raise Unanswered(trouble)
            self._hung_up.wait(RETRY)


@dataclass
class Crowd:
    """Customers who keep coming, ``per_second`` requests of all of them together."""

    address: str
    per_second: float = 20.0
    customers: int = 10
    seed: int = 1
    said: list[Said] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)  # of those who do not leave: must stay empty
    _enough: threading.Event = field(default_factory=threading.Event)
    _first: threading.Event = field(default_factory=threading.Event)
    _never: threading.Event = field(default_factory=threading.Event)
    _threads: Sequence[threading.Thread] = ()

    def come(self) -> None:
        """Let them come."""
        self._threads = [
            threading.Thread(target=self._keep_coming, args=(number,), daemon=True)
            for number in range(self.customers)
        ]
        for thread in self._threads:
            thread.start()

    def go(self) -> None:
        """Let everybody finish what they are saying, and be gone."""
        self._enough.set()
        for thread in self._threads:
            thread.join(PATIENCE + 30.0)
            assert not thread.is_alive(), "A customer is still waiting."

    def await_acknowledgement(self, seconds: float) -> bool:
        """Wait until somebody is acknowledged from now on; false when nobody is in time."""
        self._first.clear()
        return self._first.wait(seconds)

    def pass_time(self, seconds: float) -> None:
        """Let traffic go on for a while."""
        self._never.wait(seconds)

    def _keep_coming(self, number: int) -> None:
        dice, visit = random.Random(f"{self.seed} {number}"), 0
        pause = self.customers / self.per_second
        while not self._enough.wait(dice.uniform(0.5, 1.5) * pause):
            visit += 1
            leaves = dice.random() < LEAVERS
            line = Line(self.address, patience=0.0 if leaves else PATIENCE)
            try:
                self._visit(line, dice, f"visit-{number}-{visit}", pause)
            except Unanswered as unanswered:
                if not leaves:
                    self.troubles.append(str(unanswered))
            finally:
                line.close()

    def _visit(self, line: Line, dice: random.Random, name: str, pause: float) -> None:
        """Begin a conversation and say one to three things in it."""
        conversation, token = line.begin()
        for turn in range(dice.randint(1, 3)):
            self._enough.wait(dice.uniform(0.5, 1.5) * pause)
            path, body = ("messages", {"text": dice.choice(WORDS)})
            if dice.random() < 0.1:
                path, body = ("person", {"note": "A person, please."})
            self.said.append(line.say(conversation, token, path, f"{name}-{turn}", body))
            self._first.set()
