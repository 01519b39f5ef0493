"""A replay says what would happen, and exactly that: the same pipeline, with the version live."""

from assistant.answering import replay, replaying
from tests import cast

PAUSE = {
    "question": "Can I pause my plan for a month?",
    "phrasings": ["put my subscription on hold", "skip a few boxes", "stop deliveries for a while"],
    "answer": "Yes. Open Billing and choose Pause.",
}


def drafted(parts, **said) -> str:
    return cast.an_entry(parts, approved_by=None, **{**PAUSE, **said})


def started(parts, key: str = "pause-plan", *, by: str = cast.LENA) -> int:
    with parts.db.writing() as session:
        version = cast.entry_of(session, key).newest
        return replay.start(session, version, by=cast.the(session, by), at=parts.clock.now()).id


def effect(parts, key: str = "pause-plan"):
    with parts.db.reading() as session:
        version = cast.entry_of(session, key).newest
        return replay.effect_of(session, version, at=parts.clock.now())


def replayed(parts, key: str = "pause-plan"):
    started(parts, key)
    assert replaying.go_on(parts) == 1
    return effect(parts, key)


def approve(parts, key: str = "pause-plan") -> None:
    with parts.db.writing() as session:
        entry, at = cast.entry_of(session, key), parts.clock.now()
        entry.submit(session, by=cast.the(session, cast.AMIR), at=at)
        entry.approve(session, by=cast.the(session, cast.LENA), at=at)


def ask(parts, *words: str, **about: str) -> None:
    for each in words:
        cast.a_customer(parts, **about).asks(each)


def test_a_new_entry_gains_what_a_person_had_to_answer(shop):
    ask(shop, "Can I pause my plan for a month?", cast.UNKNOWN, cast.EXPORT)
    drafted(shop)

    found = replayed(shop)

    assert found.state == "fresh"
    assert (found.gains, found.steals, found.breaks, found.unanswered, found.same) == (
        1,
        0,
        0,
        1,
        1,
    )
    assert (found.before.answered, found.after.answered) == (1, 2)
