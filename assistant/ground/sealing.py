"""Secrets at rest: sealed under one key, which is a setting or a file only its owner may read.

A database or a backup without the key gives no token of anybody's Jira or Slack away.
"""

import os
from pathlib import Path

from assistant.ground.errors import Refused
from assistant.ground.settings import Settings

KEY_FILE = "secret.key"  # in the data folder


class Unsealable(Exception):
    """What was sealed under another key cannot be read."""


def seal(settings: Settings, words: str) -> str:
    """Return ``words`` sealed; the same words give something else each time.

    Raises:
        Refused: when the key of the settings is none.
    """
    return str(_box(settings).encrypt(words.encode()).decode("ascii"))


def unseal(settings: Settings, sealed: str) -> str:
    """Return what was sealed. Raises Unsealable when that was under another key."""
    from cryptography.fernet import InvalidToken

    try:
        return str(_box(settings).decrypt(sealed.encode("ascii")).decode())
    except InvalidToken:
        raise Unsealable from None


def key_of(settings: Settings) -> str:
    """Return this installation's key: the setting, else the one in the folder, made at first."""
    return settings.secret_key.get_secret_value() or _key_in(settings.data)


def _box(settings: Settings):  # type: ignore[no-untyped-def]  # Fernet, imported when first needed
    from cryptography.fernet import Fernet

    try:
        return Fernet(key_of(settings))
    except ValueError:
        raise Refused(
            "HYPERCARE_SECRET_KEY is not a key.",
            what_to_do="It is 32 bytes in URL-safe base64; leave it empty to have one made.",
        ) from None


def _key_in(folder: Path) -> str:
    from cryptography.fernet import Fernet

    path = folder / KEY_FILE
    if not path.exists():
        # Written beside and linked into place: of two processes that begin, one key is kept, whole.
        beside = folder / f".{KEY_FILE}.{os.getpid()}"
        beside.unlink(missing_ok=True)
        opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return path.read_text("ascii").strip()
