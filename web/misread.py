"""What of a request could not be read, in the words of whoever filled in the form. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Request

Error = Mapping[str, Any]  # one of pydantic's: {type, loc, msg, ctx}

NAMES = {  # where a field is called otherwise than its label
    "why_now": "Why it appears now",
    "safe_to_continue": "Whether it is safe to go on",
    "applies_when": "When it applies",
    "phrasings": "Other ways people ask it",
    "not_for": "Sounds like it, but is not answered by it",
    "because": "The reason",
    "override": "Why it ends all the same",
    "q": "What you look for",
}
WRONG = {  # the beginning of an error's type -> what is wrong
    "missing": "is missing",
    "string_too_long": "is too long: at most {max_length:,} characters",
    "string_too_short": "is too short",
    "too_long": "has too many values: at most {max_length:,}",
    "too_short": "has too few values",
    "int_from_float": "is not a whole number",
    "int_": "is not a whole number",
    "float_": "is not a number",
    "decimal_": "is not a number",
    "finite_number": "is not a number",
    "greater_than_equal": "is too small: at least {ge}",
    "greater_than": "is too small: more than {gt}",
    "less_than_equal": "is too large: at most {le}",
    "less_than": "is too large: less than {lt}",
    "datetime_": "is not a date with a time",
    "date_": "is not a date",
    "time_": "is not a time of day",
    "bool_": "is neither yes nor no",
    "enum": "is none of the choices",
    "literal_error": "is none of the choices",
}
OTHERWISE = "cannot be taken as it is"


def wrong(error: Error) -> str:
    """Return what is wrong as the end of a sentence: ``is not a number``; nothing when unknown."""
    kind = str(error["type"])
    said = next((words for begins, words in WRONG.items() if kind.startswith(begins)), "")
    return said.format_map(error.get("ctx") or {})


def sentence(error: Error) -> str:
    """Return which field is wrong and why, as a sentence."""
    where, *parts = error["loc"]
    if where == "query":
        return f"This address cannot be read: what it says of “{_shown(parts)}” fits no page."
    return f"“{_shown(parts)}” {wrong(error) or OTHERWISE}."


def title(error: Error) -> str:
    """Return the title that is true of it; nothing for the usual one."""
    return "Something is missing" if error["type"] == "missing" else ""


def code_name(error: Error) -> str:
    """Return the field as a program named it."""
    field = ".".join(str(part) for part in error["loc"][1:]) or "the body"
    return field.encode("utf-8", "replace").decode()  # a name may be half a surrogate pair


def address_without(request: Request, errors: Sequence[Error]) -> str:
    """Return the address of the page that is asked for, without what cannot be read in it.

    Nothing when something else is wrong too, or it names a file: that would be another file.
    """
    path, query = request.url.path, request.url.query
    rubbish = {str(error["loc"][1]) for error in errors if error["loc"][0] == "query"}
    given = parse_qsl(query, keep_blank_values=True, errors="replace")
    left = [(name, value) for name, value in given if name not in rubbish]
    is_all = len(rubbish) == len(errors) and rubbish <= {name for name, _ in given}
    is_file = "." in path.rsplit("/", 1)[-1]
    if request.method != "GET" or not is_all or is_file:
        return ""
    return f"{path}?{urlencode(left)}" if left else path


def _shown(parts: Sequence[Any]) -> str:
    """Return a field as people read it; of several values which one."""
    name = re.sub(r"^[a-z]_", "", str(parts[0])) if parts else "What was sent"
    name = NAMES.get(name, name.replace("_", " "))
    number = next((f" {part + 1}" for part in parts[1:] if isinstance(part, int)), "")
    shown = f"{name[:1].upper()}{name[1:]}{number}"
    return shown.encode("utf-8", "replace").decode()
