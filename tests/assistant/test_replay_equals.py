"""What a replay foretells is what happens: every question asked afresh once the version is live."""

import pytest

from assistant import demo
from assistant.answering import replay, replaying
from assistant.answering.asked_before import confirmed_of, past_questions, said_of
from assistant.answering.consider import consider
from assistant.answering.finding import ready_for
from assistant.answering.replay_effect import Category, category_of, estimate_of
from assistant.answering.replay_records import Replay, ReplayCase
from assistant.answering.rethinking import got_of
from assistant.ground.people import by_email
from assistant.launch.launches import by_key
from assistant.library import entries
from assistant.library.versions import Draft
from tests.past_questions import labelled, the_demo_shop, were_asked

NEW = Draft(
    question="My sign-in link opens the browser and not the app",
    phrasings=["the link signs me in on the web only", "app still asks me to sign in"],
    not_for=["the link never arrived"],
    answer="Copy the link from the mail and paste it into the app’s sign-in page.",
)


@pytest.fixture(scope="module", params=["meaning", "words"])
def asked_shop(request, tmp_path_factory, embedder):
    """Yield the demo's shop with a past; by meaning, and with words alone."""
    folder = tmp_path_factory.mktemp("asked")
    parts = the_demo_shop(folder, embedder if request.param == "meaning" else None)
    count = request.config.getoption("--replayed") // (1 if request.param == "meaning" else 3)
    hard = labelled("hard.yaml", "demo.yaml", "hard_second.yaml")[:count]
    were_asked(parts, [*hard, *in_very_words(parts)])
    yield parts
    parts.close()


def in_very_words(parts):
    """Return questions that are answered at once, being approved ways of asking."""
    with parts.db.reading() as session:
        launch = by_key(session, demo.LAUNCH)
        return [
            {"question": words, "entry": key}
            for key in ("link-expired", "account-locked", "price-differs")
            for words in entries.by_key(session, launch.id, key).newest.phrasings[:4]
        ]


def afresh(parts, questions):
    """Return what each question gets when it is asked now, through the pipeline of real answers."""
    texts = [past.asked.text for past in questions]
    ready = ready_for(parts, 1, texts, at=parts.clock.now())
    return {
        past.message_id: got_of(consider(parts, past.asked, at=ready.at, ready=ready))
        for past in questions
    }


def saved(parts, key: str, draft: Draft) -> None:
    at = parts.clock.now()
    with parts.db.writing() as session:
        launch, amir = by_key(session, demo.LAUNCH), by_email(session, "amir@example.com")
        try:
            entry = entries.by_key(session, launch.id, key)
            entry.save(session, draft, by=amir, at=at)
        except Exception:
            entry = entries.create(
                session, launch, key=key, kind="faq", draft=draft, by=amir, at=at
            )
        replay.start(session, entry.newest, by=amir, at=at)


def approved(parts, key: str) -> None:
    at = parts.clock.now()
    with parts.db.writing() as session:
        entry = entries.by_key(session, by_key(session, demo.LAUNCH).id, key)
        entry.approve_as_imported(session, by=by_email(session, demo.APPROVER), at=at)


def edited(parts, key: str) -> Draft:
    with parts.db.reading() as session:
        version = entries.by_key(session, by_key(session, demo.LAUNCH).id, key).newest
        words = {name: getattr(version, name) for name in Draft.__dataclass_fields__}
    return Draft(**words | {"phrasings": [*version.phrasings[2:], "it all looks different now"]})


def greedy(before, questions, said) -> Draft:
    """Return a draft in the very words that others answer, half of them confirmed by people."""
    answered = [past for past in questions if before[past.message_id].reach == 2]
    confirmed = [past.asked.text for past in answered if said_of(said, past).right]
    others = [past.asked.text for past in answered if not said_of(said, past).right]
    return Draft(
        question="I ask what others ask as well",
        phrasings=[*confirmed[:4], *others[:4]],
        answer="Nobody is to get this in the place of what helps them.",
    )


KEYS = {
    "a new entry": "link-opens-browser",
    "an entry in other words": "link-missing",
    "an entry that takes from others": "takes-from-others",
}


@pytest.mark.parametrize("change", KEYS)
def test_a_replay_is_what_happens_when_the_version_is_live(asked_shop, change, record_property):
    parts, key = asked_shop, KEYS[change]
    with parts.db.reading() as session:
        launch = by_key(session, demo.LAUNCH)
        questions, said = past_questions(session, launch), confirmed_of(session, launch.id)
    before = afresh(parts, questions)
    drafts = {
        "link-opens-browser": lambda: NEW,
        "link-missing": lambda: edited(parts, key),
        "takes-from-others": lambda: greedy(before, questions, said),
    }
    saved(parts, key, drafts[key]())

    assert replaying.go_on(parts) == 1
    with parts.db.reading() as session:
        run = session.query(Replay).order_by(Replay.id.desc()).first()
        cases = session.query(ReplayCase).filter_by(replay_id=run.id).all()
    approved(parts, key)
    after = afresh(parts, questions)

    found = {case.message_id: case for case in cases}
    for past in questions:
        was, now, case = before[past.message_id], after[past.message_id], found.get(past.message_id)
        real = category_of(key, was, now, said_of(said, past))
        assert (case.category if case else Category.SAME) == real, past.asked.text
        if case:
            assert [one["key"] for one in case.before["entries"]] == list(was.entries)
            assert [one["key"] for one in case.after["entries"]] == list(now.entries)
            assert (case.after["kind"], case.before["kind"]) == (now.kind, was.kind)
    pairs = [(after[past.message_id], said_of(said, past)) for past in questions]
    estimate = estimate_of(pairs)
    assert run.after["answered"] == estimate.answered
    assert (run.after["wrong"], run.after["known"]) == (estimate.wrong, estimate.known)
    assert sum(run.counts.values()) == len(questions)
    if key == "takes-from-others":
        assert run.counts["break"] > 0
        assert run.counts["steal"] > 0
    record_property(
        "figure",
        f"replay equals asking afresh: {len(questions)} questions, {change}, "
        f"{ {name: n for name, n in run.counts.items() if n} }",
    )
