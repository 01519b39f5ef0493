"""One owner for an index folder, and the seal that says its bytes are as they were left.

Chroma's files are safe in the hands of one process only, and a process that dies while writing
can leave files that crash whoever opens them. So a folder has an owner for as long as it is
open (`own`), is sealed when it is closed properly (`seal`), and is trusted at the next opening
only if the seal is there, every file is still what it was (`doubt`), and a process that goes
first comes back (`send_scout`). The vectors are kept elsewhere: what is not trusted is set aside
and built anew.

    owner.lock    held by the owner, names its process
    seal.json     only while nobody has the folder open
    store/        Chroma's own
    set-aside/    the last store that was not trusted, for whoever wants to know why
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

STORE = "store"
FORMAT = 2  # of the folder; count up when what lies in the store changes its meaning

SCOUT_PATIENCE = 60.0  # seconds; a healthy store of 100,000 ways is read in ten


class IndexUnavailable(Exception):
    """The index cannot be used; the message says why. Search exactly meanwhile."""


class IndexHeld(IndexUnavailable):
    """Another process owns it, which is no fault: it can be had when that one ends."""


def own(folder: Path) -> TextIO:
    """Makes this process the owner of the folder until the file returned is closed.

    Raises IndexHeld when another process is, and names it.
    """
    lock = (folder / "owner.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with lock:
            raise IndexHeld(_held(folder, lock)) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _held(folder: Path, lock: TextIO) -> str:
    lock.seek(0)
    return (
        f"The index in {folder} is held by another process ({lock.read() or 'unknown'}). Stop "
        f"that process first; while it runs, it proves the index itself."
    )


def seal(folder: Path, model: str, shelves: Mapping[str, Any]) -> None:
    """Vouches for the store as it lies there now; nobody may have it open.

    `model` made the vectors; `shelves` is what the owner needs to know to go on from here.
    """
    sealed = {"format": FORMAT, "model": model, "shelves": shelves, "files": _fingerprints(folder)}
    draft = folder / "seal.draft"
    draft.write_text(json.dumps(sealed, indent=1), encoding="utf-8")
    draft.replace(folder / "seal.json")


def sealed_shelves(folder: Path) -> dict[str, Any]:
    """The shelves as they were given to `seal`; ask only when there is no `doubt`."""
    shelves: dict[str, Any] = _read(folder)["shelves"]
    return shelves


def break_seal(folder: Path) -> None:
    """To be done before the store is opened: from now on a sudden end leaves it in doubt."""
    (folder / "seal.json").unlink(missing_ok=True)


def doubt(folder: Path, model: str) -> str:
    """Why the store cannot be trusted with vectors of this model; empty when it can."""
    if not (folder / STORE).is_dir():
        return "there is no index yet"
    sealed = _read(folder)
    if not sealed:
        return "the index was not closed properly"
    if sealed["format"] != FORMAT:
        return f"the index has format {sealed['format']}, not {FORMAT}"
    if sealed["model"] != model:
        return f"the index was made with {sealed['model']}, not with {model}"
    changed = _fingerprints(folder).items() ^ sealed["files"].items()
    names = sorted({name for name, _ in changed})
    return f"files of the index were changed: {', '.join(names)}" if names else ""


def send_scout(folder: Path, module: str) -> "subprocess.Popen[str]":
    """Starts a process that runs the module to probe the folder, and does not wait for it."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter, module and folder
        # -P, because the scout works in the folder, and what lies there is not to be imported.
        [sys.executable, "-P", "-m", module, "--probe", str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def report_of(scout: "subprocess.Popen[str]", patience: float = SCOUT_PATIENCE) -> str:
    """What the scout found wrong, in words, or how it came to its end; empty when all is well.

    A scout that takes longer than `patience`, in seconds, is ended.
    """
    try:
        told, _ = scout.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        scout.kill()
        scout.communicate()
        return f"reading the index took longer than {patience:g} seconds"
    if scout.returncode != 0:
        return f"reading the index ended a process with code {scout.returncode}"
    return told.strip()


def set_aside(folder: Path) -> None:
    """Leaves the folder without a store. The last one set aside is kept, those before are not."""
    aside = folder / "set-aside"
    if (folder / STORE).exists():
        shutil.rmtree(aside, ignore_errors=True)
        (folder / STORE).rename(aside)


def _read(folder: Path) -> dict[str, Any]:
    """The seal; empty when there is none or it is not whole."""
    try:
        sealed = json.loads((folder / "seal.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    whole = isinstance(sealed, dict) and sealed.keys() >= {"format", "model", "shelves", "files"}
    return sealed if whole else {}


def _fingerprints(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in the store."""
    store = folder / STORE
    return {
        str(file.relative_to(store)): _sha256(file)
        for file in sorted(store.rglob("*"))
        if file.is_file()
    }


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
