"""Addresses of other tools that people attach. Only https, shown with their host."""

from urllib.parse import urlsplit

from assistant.ground.errors import Refused

LONGEST = 2_000  # characters


def checked_address(url: str) -> str:
    """Return an address that may stand on a page.

    Raises:
        Refused: when it is not https, names no host, carries a password, or holds anything that
            does not belong into an address.
    """
    url = url.strip()
    what_to_do = "Copy it from the address bar: it begins with https://."
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or set(url) & set(' "<>\\'):
        raise Refused("That is not an address.", what_to_do=what_to_do)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Refused("That is not an address.", what_to_do=what_to_do) from None
    if parts.scheme.lower() != "https" or not host or "@" in parts.netloc:
        raise Refused("Only https addresses can be linked.", what_to_do=what_to_do)
    return url


def host_of(url: str) -> str:
    """Return which host an address leads to."""
    return urlsplit(url).hostname or ""
