"""The pages on certainty from their nouns: what templates/launch/certainty and audit show."""

from collections.abc import Sequence
from typing import Any

from assistant.answering.account import Account, Trusted
from assistant.answering.audits import Audit
from assistant.answering.labels import AUDITED
from assistant.answering.states import CONFIRMED_BY, State
from assistant.ground.people import Role
from assistant.launch.launches import Launch, Mode
from knowledge.guarantee import CONFIDENCE, without_a_wrong_one
from web.charts import curve_chart, reliability_chart
from web.launch_words import MODE_WORDS
from web.rendering import percent
from web.shell import Visit

SHOWN = 20  # answers to check on one page
STATE_WORDS = {
    State.LIVE: ("Live", "good", "Answers when it is certain enough."),
    State.NEW: ("New", "info", "Asks first, unless the question is in its very words."),
    State.SUSPENDED: ("Suspended", "bad", "Only asks, until a lead has looked at it."),
}


def certainty_context(looking: Visit, launch: Launch, account: Account) -> dict[str, Any]:
    """Return what launch/certainty.html shows."""
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "mode_words": MODE_WORDS[account.acting_mode]["title"],
        "fallen": _fallen(account),
        "next_step": next_step(account),
        "tiles": _tiles(account),
        "guarantee": guarantee_words(account),
        "certificate": certificate_words(account),
        "curve": curve_chart(account.curve, account.wrong_rate),
        "reliability": reliability_chart(account.reliability),
        "wrong_rate": account.wrong_rate,
        "judged": account.judged,
        "confidence": CONFIDENCE,
        "states": [_state(account, state) for state in STATE_WORDS],
        "entries": [_entry(launch, one) for one in account.entries],
        "waiting": account.waiting,
        "may": {
            "lead": looking.by.is_any(Role.LEAD),
            "check": looking.by.is_any(Role.AGENT, Role.ENGINEER, Role.LEAD),
        },
    }


def audit_context(launch: Launch, waiting: Sequence[Audit]) -> dict[str, Any]:
    """Return what launch/audit.html shows: the oldest first."""
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "audits": [_audit(launch, each) for each in waiting[:SHOWN]],
        "waiting": len(waiting),
        "one_in": round(1 / AUDITED),
        "confirmed_by": CONFIRMED_BY,
    }


def next_step(account: Account) -> str:
    """Return what brings the guarantee nearer, in one sentence; empty when it stands."""
    if account.waiting:
        return "Check the answers that wait: each one counts."
    if account.threshold.missing and account.mode is Mode.SUGGEST:
        return (
            "Let agents send suggestions as they are, or say “wrong match” or “no answer exists”: "
            "each of these is a label."
        )
    if account.threshold.missing:
        return (
            "Labels come from agents at the desk, from customers who recognise their case, and "
            "from answers that are checked. Where they are few, let people answer for a while."
        )
    return ""


def guarantee_words(account: Account) -> dict[str, str]:
    """Return the guarantee as a statement and what it stands on."""
    rate, threshold = percent(account.wrong_rate, 1), account.threshold
    if threshold.at is None:
        # While it answers, a label counts for less of what it stands for: that takes many more.
        while_what = ", given while people answer," if account.mode is Mode.AUTO else ""
        return {
            "tone": "warn",
            "title": "Not by this launch’s own labels yet.",
            "text": (
                f"The shipped threshold of {account.answers_from:.2f} stands until "
                f"{_labels(threshold.missing, 'more ')}{while_what} say where {rate} lies. "
                f"Of any kind there {_are(threshold.labels)} so far."
            ),
        }
    more = (
        f" It may go below the shipped one after {_labels(threshold.missing, 'more ')} of the team."
        if threshold.only_raises
        else ""
    )
    return {
        "tone": "good",
        "title": f"At most {rate} of the questions asked get a wrong answer.",
        "text": (
            f"Expected over new questions like these, from a certainty of "
            f"{account.answers_from:.2f} on; conformal risk control on "
            f"{_labels(threshold.labels)}.{more}"
        ),
    }


def certificate_words(account: Account) -> dict[str, str]:
    """Return the certificate as a statement and what it stands on."""
    certificate = account.certificate
    if not certificate.answered:
        needed, rate = without_a_wrong_one(account.wrong_rate), percent(account.wrong_rate, 1)
        return {
            "tone": "info",
            "title": "No answer has been judged yet.",
            "text": f"{needed} judged answers without a wrong one certify {rate}.",
        }
    tone = "bad" if certificate.fails(account.wrong_rate) else "info"
    if certificate.highest <= account.wrong_rate:
        tone = "good"
    return {
        "tone": tone,
        "title": f"{certificate.wrong} wrong of {certificate.answered} judged answers.",
        "text": (
            f"With {percent(certificate.confidence)} confidence at most "
            f"{percent(certificate.highest, 1)} of all answers are wrong, and at least "
            f"{percent(certificate.lowest, 1)} (exact binomial limits)."
        ),
    }


def _tiles(account: Account) -> list[dict[str, str]]:
    certificate = account.certificate
    at_most = percent(certificate.highest, 1) if certificate.answered else "–"
    return [
        {
            "value": percent(account.wrong_rate, 1),
            "title": "Accepted by the lead",
            "note": "wrong answers per question asked",
        },
        {
            "value": f"{account.answers_from:.2f}",
            "title": "Answers from",
            "note": "certainty, learnt here" if account.threshold.at else "certainty, as shipped",
        },
        {
            "value": at_most,
            "title": "Wrong among answers, at most",
            "note": f"{certificate.wrong} of {certificate.answered} judged",
        },
        {
            "value": percent(account.coverage) if account.asked else "–",
            "title": "Answered by itself",
            "note": f"{account.answered} of {account.asked} questions",
        },
    ]


def _fallen(account: Account) -> dict[str, Any] | None:
    if account.fell_back_at is None:
        return None
    return {"at": account.fell_back_at, "because": account.fell_back_because}


def _state(account: Account, state: State) -> dict[str, Any]:
    title, tone, explanation = STATE_WORDS[state]
    return {
        "title": title,
        "tone": tone,
        "explanation": explanation,
        "count": account.count(state),
    }


def _entry(launch: Launch, one: Trusted) -> dict[str, Any]:
    title, tone, _ = STATE_WORDS[one.state]
    return {
        "key": one.key,
        "title": one.title,
        "href": f"/library/{launch.key}/entries/{one.key}",
        "state": one.state.value,
        "state_words": title,
        "tone": tone,
        "confirmed": min(one.trust.confirmed, 99),
        "needed": CONFIRMED_BY,
        "disputed_at": one.trust.disputed_at,
    }


def _audit(launch: Launch, each: Audit) -> dict[str, Any]:
    return {
        "id": each.question.id,
        "question": each.question.text,
        "asked_at": each.question.at,
        "answer": each.answer.text,
        "title": each.version.question,
        "version": each.version.number,
        "href": f"/library/{launch.key}/entries/{each.version.entry.key}",
        "recognised": each.recognised,
    }


def _labels(count: int, more: str = "") -> str:
    return f"{count:,} {more}label{'s' if count != 1 else ''}"


def _are(count: int) -> str:
    return f"{'are' if count != 1 else 'is'} {count:,}"
