"""How it serves: cold start, memory, answer latency over HTTP, and embedding beside Chroma's own.

    uv run python -m tests.benchmarks.serving [--seconds 30] [--markdown FILE]

The demo pack is imported into a folder that is thrown away afterwards. `hypercare serve` runs as
it does for customers; questions come ten a second, whether or not those before are answered, and
each is timed from the moment it should have been sent. All figures are of one run on one machine:
compare what stands side by side, not with another machine's.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles

import yaml

from assistant import demo, migrations
from assistant.ground.parts import assemble
from assistant.ground.people import by_email
from assistant.ground.settings import Settings
from assistant.launch.launches import by_key
from assistant.library import packs, stocking
from tests.faults.server import Server
from tests.faults.traffic import Line

QUESTIONS = Path(__file__).parents[1] / "journeys" / "questions" / "demo.yaml"
PER_SECOND = 10.0
AT_ONCE = 16  # customers who can wait at the same time
STARTS = 3
SETTLED = 60.0  # seconds in which the index has been opened
WARM_UP = 5  # calls that are not counted
TIMED = 50  # embeddings of one question each
RELOADED = 5  # the same with the model loaded anew for every call, which takes a second


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: what was measured, and how much it was."""

    what: str
    figure: str


def main() -> None:
    """Measure everything and print it."""
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="hypercare-serving-") as folder:
        data = Path(folder) / "data"
        _prepare(data)
        rows = [_machine(), *_served(data, given.seconds), *_embedded(data)]
    for row in rows:
        print(f"{row.what:<72} {row.figure}")
    if given.markdown:
        given.markdown.write_text(_table(rows), "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="how long questions come")
    parser.add_argument("--markdown", type=Path, help="also write a table to this file")
    return parser.parse_args()


def _machine() -> Row:
    """Say what it ran on: with more waiting than there are processors, every time is longer."""
    wanted = f"{os.cpu_count()}, {os.getloadavg()[0]:.1f}"
    return Row("processors, and how many wanted one in the minute before", wanted)


def _prepare(data: Path) -> None:
    """Import the demo pack, take it live, store every vector; no week of life."""
    parts = assemble(Settings(_env_file=None, data=data))
    migrations.upgrade(parts.db)
    packs.bring_in(parts, demo.PACK, approve_as=demo.APPROVER, dry_run=False)
    with parts.db.writing() as session:
        lead, launch = by_email(session, demo.APPROVER), by_key(session, demo.LAUNCH)
        assert lead is not None
        launch.go_live(session, by=lead, at=launch.starts_at)
    stocking.warm(parts, demo.LAUNCH)
    parts.close()


# --- serving ---


def _served(data: Path, seconds: float) -> list[Row]:
    with Server(data) as server:
        starts = [_started(server) for _ in range(STARTS)]
        first = _timed(server, _questions()[0])
        _await_index(server)
        before = _memory(server.pid)
        times = _under_traffic(server, int(seconds * PER_SECOND))
        after = _memory(server.pid)
    cuts = quantiles(times, n=100)
    load = f"answer over HTTP at {PER_SECOND:g} questions a second, {len(times)} questions"
    return [
        Row(f"cold start to /healthz, median of {STARTS}", f"{median(starts):.2f} s"),
        Row("first answer after a cold start", f"{first:.2f} s"),
        Row("memory of the process, index open, first question answered", f"{before:.0f} MB"),
        Row("memory of the process after the questions", f"{after:.0f} MB"),
        *(Row(f"{load}, p{at}", f"{cuts[at - 1] * 1000:.0f} ms") for at in (50, 95, 99)),
    ]


def _started(server: Server) -> float:
    """Return the seconds a start took; what ran before is ended first."""
    server.close()
    return server.start()


def _await_index(server: Server) -> None:
    """Wait until the vector index, which opens behind the first answers, is open."""
    waiting, until = threading.Event(), time.monotonic() + SETTLED
    while time.monotonic() < until and not _index_is_open(server):
        waiting.wait(0.5)


def _index_is_open(server: Server) -> bool:
    line = HTTPConnection("127.0.0.1", server.port, timeout=10.0)
    line.request("GET", "/readyz")
    state = json.loads(line.getresponse().read())
    line.close()
    return bool(state["parts"]["index"]["status"] == "ok")


def _memory(pid: int) -> float:
    """Return the resident memory of a process, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _under_traffic(server: Server, count: int) -> list[float]:
    """Return the seconds that each question took, from when it was due."""
    asked, line = _questions(), Line(server.address, launch=demo.LAUNCH)
    opened = [line.begin() for _ in range(count)]
    began, waiting = time.monotonic() + 1.0, threading.Event()

    def ask(number: int) -> float:
        due = began + number / PER_SECOND
        waiting.wait(max(0.0, due - time.monotonic()))
        words = {"text": asked[number % len(asked)]}
        lines.here().say(*opened[number], "messages", f"question-{number}", words)
        return time.monotonic() - due

    lines = _Lines(server)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(ask, range(count)))


class _Lines(threading.local):
    """A connection for each thread, kept open as a browser keeps it."""

    def __init__(self, server: Server) -> None:
        self._line = Line(server.address)

    def here(self) -> Line:
        """Return this thread's connection."""
        return self._line


def _timed(server: Server, question: str) -> float:
    line = Line(server.address, launch=demo.LAUNCH)
    conversation, token = line.begin()
    began = time.monotonic()
    line.say(conversation, token, "messages", "the-first-one", {"text": question})
    return time.monotonic() - began


def _questions() -> list[str]:
    return [each["question"] for each in yaml.safe_load(QUESTIONS.read_text("utf-8"))]


# --- embedding ---


def _embedded(data: Path) -> list[Row]:
    """Compare with Chroma's default embedder, rebuilt on the same weights and the same graph.

    Chroma's own cannot run here: it downloads its model. What it does differently is written in
    its source and done here the same way: it pads every text to 256 tokens, and its default
    embedding function makes a new embedder, and so loads model and tokenizer, for every call.
    """
    from knowledge.embedding import local
    from knowledge.minilm import TOKENIZER, WEIGHTS, cached_graph, find_weights

    weights, questions = find_weights(), _questions()
    graph, cache = cached_graph(data / "embedder", weights / WEIGHTS), data / "embedder"
    ours, padded = local(cache), _padding(graph, weights / TOKENIZER)
    our_time = _median_ms(lambda text: ours.embed([text]), questions, TIMED)
    padded_time = _median_ms(padded, questions, TIMED)
    reloading_time = _median_ms(
        lambda text: _padding(graph, weights / TOKENIZER)(text), questions, RELOADED
    )
    return [
        Row("embed one question: ours", f"{our_time:.1f} ms"),
        _beside("embed one question: padded to 256 tokens as Chroma does", padded_time, our_time),
        _beside("… and loaded for every call, as its default does", reloading_time, our_time),
    ]


def _padding(graph: bytes, tokenizer_file: Path) -> Callable[[str], object]:
    """Return an embedder that does to a text what Chroma's does, on our graph."""
    import numpy as np
    from onnxruntime import InferenceSession, SessionOptions
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.enable_truncation(max_length=256)
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]", length=256)
    session = InferenceSession(graph, SessionOptions(), providers=["CPUExecutionProvider"])

    def embed(text: str) -> object:
        encoded = tokenizer.encode(text)
        tokens = np.array([encoded.ids], dtype=np.int64)
        mask = np.array([encoded.attention_mask], dtype=np.int64)
        return session.run(["vectors"], {"tokens": tokens, "mask": mask})

    return embed


def _median_ms(embed: Callable[[str], object], questions: Sequence[str], count: int) -> float:
    """Return the median milliseconds of ``count`` calls after a few that do not count."""
    for text in questions[: min(WARM_UP, count)]:
        embed(text)
    return median(_seconds(embed, questions[n % len(questions)]) for n in range(count)) * 1000


def _seconds(embed: Callable[[str], object], text: str) -> float:
    began = time.perf_counter()
    embed(text)
    return time.perf_counter() - began


def _beside(what: str, time_ms: float, ours_ms: float) -> Row:
    return Row(what, f"{time_ms:.1f} ms ({time_ms / ours_ms:.1f} times ours)")


def _table(rows: Sequence[Row]) -> str:
    lines = [f"| {row.what} | {row.figure} |" for row in rows]
    return "\n".join(["| measured | figure |", "|---|---|", *lines, ""])


if __name__ == "__main__":
    main()
