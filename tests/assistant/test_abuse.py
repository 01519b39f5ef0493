"""Swearing and insults: with nothing else in them they ask nothing, beside a question they do."""

import pytest

from assistant.answering.abuse import is_only_abuse

ONLY_ABUSE = [
    "fuck you",
    "FUCK!!!!",
    "f**k off",
    "what the fuck?",
    "wtf",
    "you are all idiots",
    "you're useless",
    "worst company ever",
    "this is bullshit",
    "Are you stupid?",
    "go to hell you thieves",
    "shiiiiit",
    "stupid bot",
    "I hate you",
    "ihr seid idioten",
    "merde",
]
SOMETHING_ELSE = [
    "why the fuck is my price higher",
    "fucking hell, I am locked out",
    "this shit app does not work",
    "where is my damn order",
    "you idiots charged me twice",
    "cancel my plan, you thieves",
    "hello",
    "I want to talk to a person",
    "Is this a joke? 34 euro?",
    "Bloody Mary mix",
    "Dick Turpin, order 1001",
    "my assistant classified it",
    "",
    "🤬",
    "??",
    "fuck " * 100,
]


@pytest.mark.parametrize("text", ONLY_ABUSE)
def test_who_only_swears_asks_nothing(text: str) -> None:
    assert is_only_abuse(text)


@pytest.mark.parametrize("text", SOMETHING_ELSE)
def test_swearing_takes_nothing_from_what_stands_beside_it(text: str) -> None:
    assert not is_only_abuse(text)
