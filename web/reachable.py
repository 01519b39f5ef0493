"""Which pages a role may open, so that nobody is led to a page that refuses them. Pure."""

import re

from assistant.ground.people import Person, Role

AT_DESK = (Role.AGENT, Role.ENGINEER, Role.LEAD)  # whose pages listen to the desk's stream
CALLS = (*AT_DESK, Role.CHANGE_MANAGER)  # names and notes are customers' own data
LISTENS = (Role.LEAD, Role.CHANGE_MANAGER, Role.AGENT)  # who works on what people said
PLACES = (  # what only some may open: the kind of page, and its addresses
    ("desk", re.compile(r"/(desk|causes|repeats|broadcasts|recalls|engineering)\b")),
    ("call", re.compile(r"/launches/[^/]+/check-ins\b")),
    ("lead", re.compile(r"/people\b")),
    ("listen", re.compile(r"/launches/[^/]+/feedback\b")),
)


def may(person: Person) -> dict[str, bool]:
    """Return for each kind of page whether ``person`` may open it."""
    roles = {"desk": AT_DESK, "call": CALLS, "listen": LISTENS, "lead": (Role.LEAD,)}
    return {kind: person.is_any(*able) for kind, able in roles.items()}


def reachable(person: Person, href: str) -> str:
    """Return the address when ``person`` may open it, else nothing: then only words stand there."""
    open_to = may(person)
    shut = any(pattern.match(href) and not open_to[kind] for kind, pattern in PLACES)
    return "" if shut else href
