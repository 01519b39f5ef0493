"""The embedders that this installation can make: the configured one, and the one before it."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from assistant.ground.settings import Settings

if TYPE_CHECKING:
    from knowledge.embedding import Embedder


def configured(settings: Settings) -> "Embedder":
    """Return the embedder that the settings name; nothing is sent and no graph is drawn yet.

    Raises:
        WeightsUnusable: when it is the local one, and its bytes are missing or not the official.
    """
    if settings.embedding_base_url:
        return _remote(settings, settings.embedding_model)
    return _local(settings)


def named(settings: Settings, name: str, endpoint: str) -> "Embedder":
    """Return the embedder that made vectors under ``name`` at ``endpoint`` ("" for the local one).

    Raises:
        WeightsUnusable: when it cannot be made here any more; the message says why.
    """
    from knowledge.embedding import REMOTE, WeightsMissing

    if not name.startswith(REMOTE):
        local = _local(settings)
        if local.name != name:
            raise WeightsMissing(f"The weights of {name} are not here; those here are {local.name}")
        return local
    if not endpoint or endpoint != endpoint_of(settings):
        raise WeightsMissing(f"The server of {name} is not configured any more.")
    return _remote(settings, name.removeprefix(REMOTE))


def endpoint_of(settings: Settings) -> str:
    """Return the address of the configured server without name and password; "" for none."""
    parts = urlsplit(settings.embedding_base_url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return urlunsplit(bare).rstrip("/")


def _local(settings: Settings) -> "Embedder":
    from knowledge import embedding

    return embedding.local(settings.data / "embedder", settings.weights)


def _remote(settings: Settings, model: str) -> "Embedder":
    import httpx

    from knowledge import embedding

    return embedding.remote(
        settings.embedding_base_url,
        settings.embedding_api_key.get_secret_value(),
        model,
        httpx.Client(follow_redirects=False),
    )
