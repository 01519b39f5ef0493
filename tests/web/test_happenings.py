"""What happened, in sentences that an agent reads between the messages."""

from assistant.ground.audit import Event
from web.happenings import sentence


def test_what_was_noted_late_says_by_how_much_and_guesses_no_reason():
    missed = Event(
        kind="ticket.promise-broken", details={"promise": "first_response", "late": 40 * 60}
    )

    assert sentence(missed) == "First response was missed, noted 40 minutes late"


def test_what_was_noted_in_time_says_nothing_of_it():
    missed = Event(kind="ticket.promise-broken", details={"promise": "first_response"})

    assert sentence(missed) == "First response was missed"
