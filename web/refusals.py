"""How a refusal looks to a person: what happened, what became of their words, and the way on."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from assistant.ground.errors import Declined

TITLES = {
    401: "Sign in first",
    403: "You may not do this",
    404: "There is nothing here",
    409: "That is not possible now",
    413: "That was too much at once",
    422: "This cannot be taken as it is",
    429: "A short pause, please",
    503: "We cannot take this right now",
}
SORRY = "Something went wrong on our side"
WORDS = (  # the fields of all forms that hold sentences
    *(
        "text",
        "note",
        "reason",
        "title",
        "words",
        "what",
        "lesson",
        "expected",
        "question",
        "phrasings",
        "not_for",
    ),
    *("applies_when", "why_now", "what_to_do", "safe_to_continue", "next_update", "answer", "wish"),
    *("sentence", "because", "override"),
)


class ChangedMeanwhile(Declined):
    """Somebody else changed it since the page was loaded (409); ``message`` is how it is now."""

    status = 409
    title = "Somebody was quicker"


def refused(
    request: Request, *, status: int, title: str, message: str, what_to_do: str, kept: str
) -> dict[str, Any]:
    """Return what errors/refused.html shows."""
    return {
        "status": status,
        "title": title or TITLES.get(status, SORRY if status >= 500 else "That did not work"),
        "text": message,
        "lost": _lost(request.method, kept),
        "what_to_do": what_to_do,
        "ways": _ways(request.url.path, status),
        "kept": kept,
        "reference": "",
    }


async def typed(request: Request) -> str:
    """Return the words a person had typed into the form that was refused, or nothing."""
    is_form = request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    )
    return words_of(await request.form()) if request.method == "POST" and is_form else ""


def words_of(form: Mapping[str, Any]) -> str:
    """Return the sentences of a form, without the fields that only the page needs."""
    said = (str(form.get(name) or "").strip() for name in WORDS)
    return "\n\n".join(words for words in said if words)


def page_of(path: str) -> str:
    """Return the page on which the form for ``path`` stands.

    ``/desk/tickets/HC-1042/replies`` stands on ``/desk/tickets/HC-1042``.
    """
    steps = path.strip("/").split("/")
    places = {"desk": 3, "library": 4, "causes": 2, "repeats": 1, "launches": 2}
    deepest = places.get(steps[0], len(steps))
    if steps[0] in ("broadcasts", "recalls"):
        return "/" + "/".join(steps[:2] if steps[-1] != "preview" else steps[:1])
    is_list = (steps[0], len(steps)) in (("library", 3), ("desk", 2))
    return "/" + "/".join(steps[: 1 if is_list else deepest])


def onward(request: Request) -> str:
    """Return where somebody wanted to go who has to sign in first: never to a form's target."""
    if request.method != "GET":
        return page_of(request.url.path)
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def _lost(method: str, kept: str) -> str:
    if kept:
        return "Nothing was lost: your words are below."
    return "Nothing was changed." if method == "POST" else ""


def _ways(path: str, status: int) -> list[dict[str, str]]:
    room = path.strip("/").split("/")[0]
    if status == 401:
        return [{"href": "/sign-in", "words": "Sign in"}]
    if status == 403:
        return [
            {"href": "/launches", "words": "To your launches"},
            {"href": "/sign-in", "words": "Sign in as somebody else"},
        ]
    rooms = {"desk": "To the queue", "library": "To the library", "launches": "To the launches"}
    rooms |= {"causes": "To the causes", "repeats": "To the repeats"}
    home = {"href": f"/{room}", "words": rooms[room]} if room in rooms else None
    back = {"href": page_of(path), "words": "Back to the page"}
    ways = [back] if status != 404 and home and page_of(path) != f"/{room}" else []
    return [*ways, home] if home else [{"href": "/", "words": "To the start"}]
