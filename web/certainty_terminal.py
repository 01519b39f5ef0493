"""What ``hypercare certainty`` says: the account of a launch as lines, or as one JSON object."""

from dataclasses import asdict
from typing import Any

from assistant.answering.account import Account
from assistant.answering.states import State
from knowledge.guarantee import CONFIDENCE
from web.certainty_pages import certificate_words, guarantee_words, next_step
from web.terminal import out


def account_json(account: Account) -> dict[str, Any]:
    """Return the account as JSON: shares 0 to 1, times in UTC, entries by key."""
    certificate = account.certificate
    return {
        "launch": account.launch,
        "mode": account.mode.value,
        "acting_mode": account.acting_mode.value,
        "fell_back_at": account.fell_back_at.isoformat() if account.fell_back_at else None,
        "fell_back_because": account.fell_back_because,
        "guarantee": {
            "wrong_rate": account.wrong_rate,
            "threshold": account.threshold.at,
            "labels": account.threshold.labels,
            "missing": account.threshold.missing,
            "answers_from": account.answers_from,
        },
        "certificate": {
            "wrong": certificate.wrong,
            "answered": certificate.answered,
            "lowest": certificate.lowest,
            "highest": certificate.highest,
            "confidence": certificate.confidence,
        },
        "asked": account.asked,
        "answered": account.answered,
        "coverage": account.coverage,
        "judged": account.judged,
        "waiting": account.waiting,
        "curve": [asdict(step) for step in account.curve],
        "reliability": [asdict(each) for each in account.reliability],
        "states": {state.value: account.count(state) for state in State},
        "entries": {
            one.key: {"state": one.state.value, "confirmed": one.trust.confirmed}
            for one in account.entries
        },
    }


def say_account(account: Account) -> None:
    """Print the account for people."""
    _say(f"{account.launch}: mode {account.mode}, acts as {account.acting_mode}.")
    if account.fell_back_at:
        _say(f"It fell back at {account.fell_back_at:%Y-%m-%d %H:%M} UTC: {_because(account)}")
    for name, words in (
        ("Guarantee", guarantee_words(account)),
        ("Certificate", certificate_words(account)),
    ):
        _say(f"{name}: {words['title']} {words['text']}")
    _say(f"Coverage: {account.answered} of {account.asked} questions ({account.coverage:.0%}).")
    counted = ", ".join(f"{account.count(state)} {state}" for state in State)
    _say(f"Entries: {counted}. Answers to check: {account.waiting}.")
    if step := next_step(account):
        _say(f"Next: {step}")
    for each in account.reliability:
        _say(
            f"  certainty {each.lower:.1f}–{each.upper:.1f}: {each.right:.0%} right of "
            f"{each.count} ({each.at_least:.0%} to {each.at_most:.0%}, {CONFIDENCE:.0%} each side)"
        )


def _because(account: Account) -> str:
    return f"{account.fell_back_because} A lead lifts it."


def _say(words: str) -> None:
    out.print(words, highlight=False, markup=False, soft_wrap=True)
