"""Every rule between a question and what happens, and the order in which the rules stand."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.decide import (
    Answer,
    Clarification,
    Decided,
    Handoff,
    Known,
    Thresholds,
    decide,
)
from assistant.answering.guards import Objection
from assistant.answering.lines import Line
from assistant.answering.sure_enough import thresholds
from assistant.answering.triage import Triage
from assistant.answering.trust import PRIOR, Trust
from assistant.answering.verdicts import Chosen, NoneOfThem, NoVerdict, Torn
from assistant.launch.launches import Mode
from assistant.launch.scope import Scope
from knowledge import certainty
from knowledge.entries import Finding, Match

CALM = Triage(3, "Nothing says that anything is blocked.", False, None, ())
BLOCKED = replace(CALM, severity=1, serious=("locked-out",))
PERSON = replace(CALM, wants_person=True)
GREETING = replace(CALM, small_talk="greeting")
OUTSIDE = Scope(inside=False, area="Machines")
AMOUNT = Objection("amount", "it is about another amount")
FOUR = ("price", "refund", "cancel", "export")
WEAK = Trust({**PRIOR, "said": 2.0}, labels=40)


def finding(
    certainty: float = 0.97,
    *,
    entries: tuple[str, ...] = FOUR,
    exact: bool = False,
    counter: str | None = None,
    question: str = "why is my price higher",
    cosine: float = 0.8,
    among: float | None = None,
) -> Finding:
    ranked = ((entry, 1.0 - at / 10) for at, entry in enumerate(entries))
    matches = tuple(
        Match(entry, score, "", cosine, {}, counter if entry == entries[0] else None)
        for entry, score in ranked
    )
    three = certainty if among is None else among
    return Finding(question, matches, certainty, three, exact, "exact")


def known(certainty: float = 0.97, **facts: Any) -> Known:
    found = facts.pop("finding", None) or finding(certainty)
    usual: dict[str, Any] = {
        "triage": CALM,
        "thresholds": Thresholds(auto=0.95, ask=0.30),
        "mode": Mode.AUTO,
    }
    return Known(finding=found, **{**usual, **facts})


def told(decided: Decided) -> tuple[str, object, str]:
    """What happens, with which entry, entries or line, and why."""
    if isinstance(decided, Answer):
        return "answer", decided.entry, decided.reason
    kind = "clarification" if isinstance(decided, Clarification) else "handoff"
    return kind, decided.entries if kind == "clarification" else decided.line, decided.reason


SURE = "Sure enough: 0.97 ≥ 0.95."
THREE = ("price", "refund", "cancel")

CASES = {
    "somebody may be in danger, and a text comes near": (
        known(triage=replace(CALM, severity=1, serious=("danger",))),
        ("handoff", Line.BLOCKED, "Somebody may be in danger."),
    ),
    "the first is probably wrong, but one of three is probably right": (
        known(finding=finding(0.12, among=0.55)),
        ("clarification", THREE, "Sure enough to ask, not to answer: 0.12."),
    ),
    "sure, but the question says one thing more": (
        known(unexplained=Objection("unexplained", "it also says “the landlord sent it back”")),
        ("clarification", THREE, "Sure, but it also says “the landlord sent it back”."),
    ),
    "the model read the text, so what is left over counts for nothing": (
        known(
            unexplained=Objection("unexplained", "it also says “and more”"),
            verdict=Chosen("price", 3, "billing"),
        ),
        ("answer", "price", "The model chose it, reading the approved text."),
    ),
    "a person who is asked for comes": (
        known(triage=PERSON),
        ("handoff", Line.PERSON, "A person was asked for."),
    ),
    "a greeting is greeted": (
        known(triage=GREETING),
        ("clarification", (), "Small talk: greeting."),
    ),
    "without words somebody is asked to say more": (
        known(finding=finding(question="??? 123")),
        ("clarification", (), "There are no words to go by."),
    ),
    "after two tries that did not help a person comes": (
        known(unhelpful=2),
        ("handoff", Line.HANDOFF, "Two tries did not help."),
    ),
    "one try that did not help is not the end": (
        known(unhelpful=1),
        ("answer", "price", SURE),
    ),
    "where nothing is approved a person comes": (
        known(finding=finding(0.0, entries=())),
        ("handoff", Line.HANDOFF, "Nothing that is approved comes near."),
    ),
    "in the very words of what is not sent now a person comes, however near something else is": (
        known(withheld="Three boxes"),
        (
            "handoff",
            Line.HANDOFF,
            "It asks in the very words of “Three boxes”: its time is not now, or it was recalled "
            "or retired.",
        ),
    ),
    "in the very words of what was retired, what is sure to answer it answers": (
        known(retired="Three boxes"),
        ("answer", "price", "Sure enough: 0.97 ≥ 0.95."),
    ),
    "in the very words of what was retired a person comes, if nothing is sure to answer it": (
        known(0.94, retired="Three boxes"),
        (
            "handoff",
            Line.HANDOFF,
            "It asks in the very words of “Three boxes”: its time is not now, or it was recalled "
            "or retired.",
        ),
    ),
    "what is out of scope goes to a person": (
        known(0.49, scope=OUTSIDE),
        ("handoff", Line.HANDOFF, "Out of this launch’s scope: Machines."),
    ),
    "what is found after all outweighs an area's word": (
        known(scope=OUTSIDE),
        ("answer", "price", SURE),
    ),
    "the very words of a phrasing are answered": (
        known(finding=finding(1.0, exact=True)),
        ("answer", "price", "In the very words of an approved phrasing."),
    ),
    "no guard stands above the very words": (
        known(finding=finding(1.0, exact=True), objections={"price": (AMOUNT,)}),
        ("answer", "price", "In the very words of an approved phrasing."),
    ),
    "sure enough is answered": (known(0.95), ("answer", "price", "Sure enough: 0.95 ≥ 0.95.")),
    "not quite sure is asked about": (
        known(0.94),
        ("clarification", THREE, "Sure enough to ask, not to answer: 0.94."),
    ),
    "barely sure is asked about": (
        known(0.30),
        ("clarification", THREE, "Sure enough to ask, not to answer: 0.30."),
    ),
    "not sure goes to a person": (
        known(0.29),
        ("handoff", Line.HANDOFF, "Not sure enough to ask: 0.29 < 0.30."),
    ),
    "a guard turns an answer into a question": (
        known(objections={"price": (AMOUNT,)}),
        ("clarification", THREE, "it is about another amount"),
    ),
    "a guard of another entry says nothing": (
        known(objections={"refund": (AMOUNT,)}),
        ("answer", "price", SURE),
    ),
    "a counter-phrasing turns an answer into a question": (
        known(finding=finding(0.97, counter="I was charged twice")),
        (
            "clarification",
            THREE,
            "It is nearer to “I was charged twice”, which this does not answer.",
        ),
    ),
    "a counter-phrasing of what the model chose stands above it, whatever its place": (
        known(
            finding=replace(
                finding(0.10),
                matches=(
                    Match("price", 1.0, "", 0.8, {}),
                    Match("refund", 0.95, "", 0.8, {}, "I was charged twice"),
                ),
            ),
            verdict=Chosen("refund", 3, "billing", looks=2),
        ),
        (
            "clarification",
            ("refund", "price"),
            "It is nearer to “I was charged twice”, which this does not answer. "
            "The model would have answered.",
        ),
    ),
    "what retrieval's threshold became says nothing about the model's word": (
        known(0.5, verdict=Chosen("price", 3, None), thresholds=Thresholds(0.9955, 0.3)),
        ("answer", "price", "The model chose it, reading the approved text."),
    ),
    "what the model chooses is answered": (
        known(0.10, verdict=Chosen("refund", 3, "billing", looks=2)),
        ("answer", "refund", "The model chose it, reading the approved text."),
    ),
    "a guard stands above the model": (
        known(verdict=Chosen("refund", 3, "billing"), objections={"refund": (AMOUNT,)}),
        (
            "clarification",
            ("refund", "price", "cancel"),
            "it is about another amount The model would have answered.",
        ),
    ),
    "what the model chooses must have been found": (
        known(verdict=Chosen("invented", 3, None)),
        ("handoff", Line.HANDOFF, "The model’s choice is too far from the question."),
    ),
    "what the model chooses must be near": (
        known(verdict=Chosen("refund", 3, None), finding=finding(cosine=0.29)),
        ("handoff", Line.HANDOFF, "The model’s choice is too far from the question."),
    ),
    "a surprising choice that was looked at once is asked about": (
        known(verdict=Chosen("refund", 3, "billing")),
        (
            "clarification",
            ("refund", "price", "cancel"),
            "The model chose it, and its word is not enough: 0.84 < 0.95.",
        ),
    ),
    "a surprising choice far behind the first is asked about": (
        known(0.5, verdict=Chosen("export", 3, None, looks=2)),
        (
            "clarification",
            ("export", "price", "refund"),
            "The model chose it, and its word is not enough: 0.94 < 0.95.",
        ),
    ),
    "a strict launch does not take an unproven model's word": (
        known(0.5, verdict=Chosen("price", 3, None), thresholds=Thresholds(0.995, 0.3, 0.995)),
        (
            "clarification",
            THREE,
            "The model chose it, and its word is not enough: 0.97 < 0.99.",
        ),
    ),
    "a model that labels found to be weak asks": (
        known(0.5, verdict=Chosen("price", 3, None, model="weak"), trusts={"weak": WEAK}),
        (
            "clarification",
            THREE,
            "The model chose it, and its word is not enough: 0.88 < 0.95.",
        ),
    ),
    "another model is not blamed for it": (
        known(0.5, verdict=Chosen("price", 3, None, model="good"), trusts={"weak": WEAK}),
        ("answer", "price", "The model chose it, reading the approved text."),
    ),
    "where two orders disagree the customer decides, between these two first": (
        known(verdict=Torn(("cancel", "export"))),
        (
            "clarification",
            ("cancel", "export", "price"),
            "The model chose differently when the order changed.",
        ),
    ),
    "what two orders name must have been found and be near": (
        known(verdict=Torn(("invented", "export"))),
        (
            "clarification",
            ("export", "price", "refund"),
            "The model chose differently when the order changed.",
        ),
    ),
    "where neither of two orders named anything near a person comes": (
        known(verdict=Torn(("price", "export")), finding=finding(cosine=0.29)),
        ("handoff", Line.HANDOFF, "The model’s choices are too far from the question."),
    ),
    "the model may say that none answers": (
        known(verdict=NoneOfThem(3, None)),
        (
            "handoff",
            Line.HANDOFF,
            "The model read the approved messages and found none that answers.",
        ),
    ),
    "without a verdict retrieval decides": (
        known(verdict=NoVerdict("the model did not answer in time")),
        ("answer", "price", SURE),
    ),
    "a launch that lets people answer": (
        known(mode=Mode.SUGGEST),
        ("handoff", Line.PEOPLE, f"This launch lets people answer. {SURE}"),
    ),
    "a launch that lets people answer asks nothing either": (
        known(0.5, mode=Mode.SUGGEST),
        (
            "handoff",
            Line.PEOPLE,
            "This launch lets people answer. Sure enough to ask, not to answer: 0.50.",
        ),
    ),
    "a launch that asks before it answers": (
        known(0.5, mode=Mode.CLARIFY, verdict=Chosen("cancel", 3, None, looks=2)),
        (
            "clarification",
            ("cancel", "price", "refund"),
            "This launch asks before it answers. The model chose it, reading the approved text.",
        ),
    ),
    "somebody who is blocked is told that it goes to a person first": (
        known(0.1, triage=BLOCKED),
        ("handoff", Line.BLOCKED, "Not sure enough to ask: 0.10 < 0.30."),
    ),
    "somebody who is blocked gets the approved message too": (
        known(triage=BLOCKED),
        ("answer", "price", SURE),
    ),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rule(case: str) -> None:
    given_, expected = CASES[case]

    assert told(decide(given_)) == expected


# Each rule stands above all that follow it.

EXACT = finding(1.0, exact=True)
ORDER: list[tuple[str, dict[str, Any]]] = [
    ("A person was asked for.", {"triage": PERSON}),
    ("Small talk: greeting.", {"triage": GREETING}),
    ("There are no words to go by.", {"finding": finding(question="123", entries=())}),
    ("Two tries did not help.", {"unhelpful": 2}),
    ("Nothing that is approved comes near.", {"finding": finding(0.0, entries=())}),
    ("Out of this launch’s scope: Machines.", {"scope": OUTSIDE, "finding": finding(0.4)}),
    ("This launch lets people answer.", {"mode": Mode.SUGGEST}),
    ("In the very words of an approved phrasing.", {"finding": EXACT}),
    ("The model chose it", {"verdict": Chosen("price", 3, None)}),
    ("Sure enough", {}),
]


@pytest.mark.parametrize("upper", range(len(ORDER)))
def test_an_earlier_rule_wins_over_every_later_one(upper: int) -> None:
    reason, facts = ORDER[upper]

    for _, lower in ORDER[upper:]:
        assert decide(known(**{**lower, **facts})).reason.startswith(reason)


FINDINGS = st.builds(
    finding,
    st.floats(0, 1),
    entries=st.lists(st.sampled_from(FOUR), unique=True).map(tuple),
    exact=st.booleans(),
    counter=st.none() | st.just("I was charged twice"),
    question=st.sampled_from(["why is it so", "42", ""]),
    cosine=st.floats(-1, 1),
)
KNOWN = st.builds(
    Known,
    finding=FINDINGS.filter(lambda found: not found.exact or found.matches),
    triage=st.sampled_from([CALM, BLOCKED, PERSON, GREETING]),
    thresholds=st.just(Thresholds(auto=0.95, ask=0.30)),
    mode=st.sampled_from(list(Mode)),
    scope=st.sampled_from([Scope(inside=True), OUTSIDE]),
    objections=st.dictionaries(st.sampled_from(FOUR), st.just((AMOUNT,))),
    verdict=st.none()
    | st.sampled_from(
        [
            *(Chosen(entry, 2, None, looks=2) for entry in (*FOUR, "x")),
            *(Torn((one, other)) for one in (*FOUR, "x") for other in FOUR),
            NoneOfThem(3, None),
            NoVerdict("no"),
        ]
    ),
    unhelpful=st.integers(0, 3),
)


@given(KNOWN)
def test_whatever_is_known_only_what_was_found_is_answered_and_only_in_automatic_mode(
    facts: Known,
) -> None:
    decided = decide(facts)
    found = {match.entry for match in facts.finding.matches}

    assert decided == decide(facts)
    if isinstance(decided, Answer):
        assert facts.mode is Mode.AUTO
        assert decided.entry in found
        assert not facts.triage.wants_person
    else:
        assert set(decided.entries) <= found
        assert len(decided.entries) <= 3
    if facts.mode is Mode.SUGGEST:
        assert isinstance(decided, Handoff) or decided.entries == ()


@pytest.mark.parametrize(
    ("rate", "auto"), [(0.01, 0.95), (0.02, 0.95), (0.1, 0.95), (0.005, 0.975), (0.001, 0.995)]
)
def test_a_stricter_rate_raises_the_threshold_and_a_kinder_one_waits_for_labels(
    rate: float, auto: float
) -> None:
    assert thresholds(rate).auto == pytest.approx(auto)
    assert thresholds(rate, lexical=True).auto == pytest.approx(max(auto, 0.97))
    assert thresholds(rate).ask == certainty.T_ASK
