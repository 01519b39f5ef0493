"""Identifiers in a question: error codes, versions, order numbers. They mean what they say."""

import re

_AMOUNT = re.compile(
    r"[$€£¥₹]\s?\d[\d.,]*|\b\d[\d.,]*\s?(?:[$€£¥₹%]|(?:usd|eur|gbp|percent)\b)", re.IGNORECASE
)
_TOKEN = re.compile(r"[^\W_]+(?:[.:/_-][^\W_]+)*")
_VERSION = re.compile(r"v?\d+(?:\.\d+)+")
_LONG_NUMBER = 3  # digits; shorter bare numbers count days and people and identify nothing


def identifiers(text: str) -> frozenset[str]:
    """The codes, versions and long numbers of a text, lower case; amounts and counts are none."""
    without_amounts = _AMOUNT.sub(" ", text.lower())
    return frozenset(filter(_identifies, _TOKEN.findall(without_amounts)))


def in_conflict(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether both name something and none of it is the same."""
    return bool(one) and bool(other) and not one & other


def _identifies(token: str) -> bool:
    digits = sum(character.isdigit() for character in token)
    if digits == 0 or re.fullmatch(r"\d+(?:st|nd|rd|th|am|pm|h|d|x|k)", token):
        return False
    letters = any(character.isalpha() for character in token)
    return letters or digits >= _LONG_NUMBER or _VERSION.fullmatch(token) is not None
