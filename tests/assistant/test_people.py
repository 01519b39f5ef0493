"""People: who they are, what they may do, and their sign-ins."""

from datetime import timedelta

import pytest

from assistant.ground import people
from assistant.ground.parts import Parts
from assistant.ground.people import Role
from tests.cast import AMIR, ERIC, INES, LENA, NOOR, NOW, OLU, PRIYA, a_person, launch_of, the

EVENING = NOW + timedelta(hours=12)


def test_an_address_is_the_same_in_upper_and_lower_case(shop: Parts) -> None:
    with shop.db.writing() as session:
        again = people.add_person(
            session, email=" AMIR@Example.com ", name="Somebody", role=Role.LEAD, at=NOW
        )

        assert again is the(session, AMIR)
        assert (again.name, again.role) == ("Amir Haddad", "agent")


@pytest.mark.parametrize("name", ["", "   ", "\u00a0"])
def test_nobody_comes_without_a_name(shop: Parts, name: str) -> None:
    with pytest.raises(ValueError, match="has a name"), shop.db.writing() as session:
        people.add_person(session, email="x@example.com", name=name, role=Role.AGENT, at=NOW)


def test_customers_are_told_the_first_name_only(shop: Parts) -> None:
    with shop.db.writing() as session:
        zoe = a_person(session, email="zoe@example.com", name="Zoë  van Dyk")

        assert zoe.first_name == "Zoë"


def test_joining_twice_is_joining_once(shop: Parts) -> None:
    with shop.db.writing() as session:
        amir, launch = the(session, AMIR), launch_of(session)
        people.join(session, amir, launch.id)
        session.flush()

        assert people.launches_of(session, amir) == [launch.id]


def test_a_launch_knows_its_people_by_role_and_name(shop: Parts) -> None:
    with shop.db.reading() as session:
        launch = launch_of(session)
        everybody = [person.email for person in people.members(session, launch.id)]
        leads = [person.email for person in people.members(session, launch.id, Role.LEAD)]

    assert everybody == [AMIR, ERIC, INES, LENA, NOOR, OLU, PRIYA]
    assert leads == [LENA, NOOR]


def test_an_administrator_counts_as_everybody_and_others_as_themselves(shop: Parts) -> None:
    with shop.db.reading() as session:
        assert the(session, OLU).is_any(Role.LEAD)
        assert the(session, LENA).is_any(Role.LEAD, Role.AGENT)
        assert not the(session, AMIR).is_any(Role.LEAD)
        assert not the(session, AMIR).is_any()


def test_a_sign_in_opens_with_its_token_for_twelve_hours(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, token = people.sign_in(session, the(session, AMIR), at=NOW)
        session.flush()

        assert people.signed_in(session, token, at=EVENING - timedelta(seconds=1)) is entry
        assert people.signed_in(session, token, at=EVENING) is None
        assert people.signed_in(session, token + "x", at=NOW) is None


def test_the_token_is_stored_nowhere(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, token = people.sign_in(session, the(session, AMIR), at=NOW)

        assert token not in (entry.token_sha256, entry.csrf)
        assert len(entry.token_sha256) == 64


def test_after_signing_out_the_cookie_is_worth_nothing(shop: Parts) -> None:
    with shop.db.writing() as session:
        entry, token = people.sign_in(session, the(session, AMIR), at=NOW)
        session.flush()
        entry.end(at=NOW)
        entry.end(at=EVENING)

        assert entry.ended_at == NOW
        assert people.signed_in(session, token, at=NOW) is None


def test_somebody_who_left_is_signed_out_everywhere(shop: Parts) -> None:
    with shop.db.writing() as session:
        amir = the(session, AMIR)
        _, token = people.sign_in(session, amir, at=NOW)
        session.flush()
        amir.disabled_at = NOW

        assert people.signed_in(session, token, at=NOW) is None


def test_a_password_is_kept_as_a_hash_and_compared(shop: Parts) -> None:
    with shop.db.writing() as session:
        amir = the(session, AMIR)
        amir.set_password("correct horse ☂")

        assert (amir.password_hash or "").startswith("$argon2id$")
        assert people.password_is_right(amir.password_hash, "correct horse ☂")
        assert not people.password_is_right(amir.password_hash, "correct horse ☀")


def test_a_short_password_is_no_password(shop: Parts) -> None:
    with shop.db.writing() as session, pytest.raises(ValueError, match="at least 12 characters"):
        the(session, AMIR).set_password("elevenchars")


@pytest.mark.parametrize("kept", [None, "", "not a hash"])
def test_without_a_hash_no_password_fits(kept: str | None) -> None:
    assert not people.password_is_right(kept, "")
