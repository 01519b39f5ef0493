"""Networks: which part of the internet somebody wrote from, as a word that gives no address away.

Kept is a keyed hash of the network's prefix (/24 of IPv4, /48 of IPv6), so that a crowd from one
place is seen as one place. Without the key the prefix cannot be tried out.
"""

import hashlib
import hmac
import ipaddress

from assistant.ground.sealing import key_of
from assistant.ground.settings import Settings

LETTERS = 16  # of the hash: 64 bits tell networks apart and are no use beyond that
PREFIX = {4: 24, 6: 48}  # bits: what one household, office or server room usually shares


def network_of(settings: Settings, address: str, *, within: str) -> str:
    """Return the network of ``address`` as one word, empty when that is no address.

    ``within`` is part of the key: the same network has another word in another launch.
    """
    prefix = _prefix(address)
    if not prefix:
        return ""
    about = f"network {within} {prefix}".encode()
    return hmac.new(key_of(settings).encode(), about, hashlib.sha256).hexdigest()[:LETTERS]


def _prefix(address: str) -> str:
    try:
        found = ipaddress.ip_address(address.partition("%")[0].strip())
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    bits = PREFIX[found.version]
    return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))
