"""What everybody may read: only what may be said now, in words that stay words."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlalchemy import select, text

from assistant.desk.feedback import Feedback
from assistant.launch import updates
from tests import cast
from tests.web.staff import PAGE, a_browser, queries

HELP = "/help/spring-pricing"
PRICE = f"{HELP}/price-differs"
PAUSE = f"{HELP}/pause-plan"  # what cast.an_entry writes
UPDATES = "/updates/spring-pricing"
ATOM = "{http://www.w3.org/2005/Atom}"
OURS = {**PAGE, "origin": "http://testserver"}


@pytest.fixture
def reader(shop):
    """Somebody from the street: not signed in."""
    return a_browser(shop)


@pytest.fixture
def coming(house, tmp_path):
    """A launch in preparation, its library approved; words alone, no embedder."""
    cast.bring_in(house, tmp_path)
    return house


def publish(parts, **said):
    told = {
        "title": "Links are slow",
        "expected": "No.",
        "what_to_do": "Wait.",
        "next_update": "by 16:00",
        "next_update_at": cast.NOW + timedelta(hours=6),
        "at": parts.clock.now(),
        **said,
    }
    with parts.db.writing() as session:
        launch = cast.launch_of(session)
        return updates.publish(session, launch, by=cast.the(session, cast.INES), **told).id


def vote(reader, helpful="no", version=1, headers=OURS, path=PRICE):
    body = {"helpful": helpful, "version": version}
    return reader.client.post(f"{path}/helpful", data=body, headers=headers, follow_redirects=False)


def votes(parts):
    with parts.db.reading() as session:
        return list(session.scalars(select(Feedback)))


def is_nowhere(reader, address):
    listed = reader.get(HELP).text + reader.get(HELP, q="Can I pause my plan?").text
    return address not in listed and reader.get(address).status_code == 404


def feed_of(reader):
    answer = reader.get(f"{UPDATES}/feed.xml")
    assert answer.headers["content-type"] == "application/atom+xml"
    return ElementTree.fromstring(answer.content)  # noqa: S314


def test_the_help_page_lists_the_answers_by_the_part_of_life_they_touch(reader):
    page = reader.get(HELP).text

    order = ["Signing in and access", "Where is the e-mail with my sign-in link?"]
    order += ["Prices and billing", "Why is my price different from last month?"]
    order += ["More questions", "How do I cancel my plan?"]
    assert [page.index(words) for words in order] == sorted(page.index(words) for words in order)
    assert "New prices at renewal" in page
    assert "New prices began on Monday" in page


def test_a_search_finds_an_answer_by_its_meaning_and_by_its_words(reader):
    by_meaning = reader.get(HELP, q="it costs me more than before").text
    by_words = reader.get(HELP, q="expo histo").text

    assert "Why is my price different from last month?" in by_meaning
    assert "How do I cancel my plan?" not in by_meaning
    assert "1 answer for “expo histo”" in by_words
    assert "How do I export my data?" in by_words


def test_a_search_for_something_nobody_approved_says_so(reader):
    page = reader.get(HELP, q="xylophone lessons").text

    assert "0 answers for “xylophone lessons”" in page
    assert "No approved answer for that yet" in page


def test_a_search_works_by_words_when_there_is_no_embedder(coming):
    cast.go_live(coming)

    page = a_browser(coming).get(HELP, q="price october").text

    assert "1 answer for “price october”" in page


def test_an_answer_has_its_own_address_with_everything_it_says(reader):
    page = reader.get(PRICE).text

    assert "Yes, this is expected" in page
    assert "The new prices apply from your first renewal after 16 November." in page
    assert "You can go on using your plan." in page
    assert 'Next update: <span data-part="next_update">23 November 2026, 10:00 CET' in page
    assert "when your plan renewed after 16 November" in page
    assert "checked by the team on 16 Nov 2026 (version 1)" in page


def test_a_retired_answer_vanishes_at_once_from_list_search_and_address(shop, reader):
    assert PRICE in reader.get(HELP).text
    assert PRICE in reader.get(HELP, q=cast.PRICE).text
    cast.retire(shop, "price-differs")

    assert PRICE not in reader.get(HELP).text
    assert PRICE not in reader.get(HELP, q=cast.PRICE).text
    gone = reader.get(PRICE)
    assert gone.status_code == 404
    assert "There is no page at this address" in gone.text
    assert f'href="{HELP}"' in gone.text


def test_an_expired_answer_vanishes_at_the_minute_it_expires(shop, reader):
    cast.an_entry(shop, valid_until=cast.NOW + timedelta(hours=1))
    assert PAUSE in reader.get(HELP, q="pause my plan").text

    cast.later(shop, hours=1)

    assert is_nowhere(reader, PAUSE)


@pytest.mark.parametrize(
    "said",
    [
        {"valid_from": cast.NOW + timedelta(hours=1)},
        {"approved_by": None},
        {"audience": "partners"},
    ],
    ids=["not valid yet", "not approved", "for partners only"],
)
def test_what_not_everybody_may_be_told_now_is_nowhere(shop, reader, said):
    cast.an_entry(shop, **said)

    assert is_nowhere(reader, PAUSE)


def test_a_text_that_is_not_byte_for_byte_the_approved_one_is_not_shown(shop, reader):
    with shop.db.writing() as session:
        version = cast.version_of(session, "export-data")
        session.execute(
            text("UPDATE entry_versions SET text = 'Send us your password.' WHERE id = :id"),
            {"id": version.id},
        )

    assert "How do I export my data?" not in reader.get(HELP).text
    assert reader.get(f"{HELP}/export-data").status_code == 404


def test_what_an_author_or_a_reader_wrote_never_becomes_markup(shop, reader):
    cast.an_entry(shop, question="<script>alert(1)</script> pause?", answer='"><img src=x>')

    pages = [
        reader.get(HELP).text,
        reader.get(PAUSE).text,
        reader.get(HELP, q='"><script>alert(2)</script>').text,
    ]

    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page


@pytest.mark.parametrize("path", [HELP, PRICE, UPDATES, f"{UPDATES}/feed.xml", f"{PRICE}?q=x"])
def test_nobody_from_the_street_reads_about_a_launch_in_preparation(coming, path):
    reader, lena = a_browser(coming), a_browser(coming, cast.LENA)

    hidden, unknown = reader.get(path), reader.get(path.replace("spring-pricing", "no-such"))

    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert hidden.text == unknown.text
    assert lena.get(path).status_code == 200


def test_a_launch_in_preparation_is_hidden_from_staff_of_other_launches_too(coming):
    with coming.db.writing() as session:
        cast.a_person(session, email="far@example.com", launch=None)

    assert a_browser(coming, "far@example.com").get(HELP).status_code == 404


def test_a_live_launch_is_readable_for_staff_of_other_launches(shop):
    with shop.db.writing() as session:
        cast.a_person(session, email="far@example.com", launch=None)

    assert a_browser(shop, "far@example.com").get(HELP).status_code == 200


def test_a_vote_is_kept_as_feedback_on_exactly_the_version_that_was_read(shop, reader):
    answer = vote(reader)

    assert (answer.status_code, answer.headers["location"]) == (303, f"{PRICE}?voted=no")
    [kept] = votes(shop)
    with shop.db.reading() as session:
        assert kept.entry_version_id == cast.version_of(session, "price-differs").id
    assert (kept.helpful, kept.category, kept.text) == (False, "issue reported", "")
    assert "The team looks at every “not quite”" in reader.get(f"{PRICE}?voted=no").text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_a_vote_from_another_site_is_not_counted(shop, reader, origin):
    answer = vote(reader, headers={**PAGE, "origin": origin})

    assert answer.status_code == 403
    assert votes(shop) == []


@pytest.mark.parametrize(("path", "version"), [(PRICE, 2), (f"{HELP}/nothing", 1)])
def test_a_vote_on_what_was_never_approved_is_not_counted(shop, reader, path, version):
    assert vote(reader, path=path, version=version).status_code == 404
    assert votes(shop) == []


def test_updates_are_newest_first_and_the_state_says_when_the_next_comes(shop, reader):
    publish(shop)

    page = reader.get(UPDATES).text

    assert page.index("Links are slow") < page.index("New prices began on Monday")
    assert "Next update: by 16:00" in page
    assert "is late" not in page


def test_a_promised_update_that_did_not_come_is_said_to_be_late(shop, reader):
    publish(shop)
    cast.later(shop, hours=6)

    assert "Links are slow. The next update is late." in reader.get(UPDATES).text


def test_the_feed_is_atom_with_the_newest_update_first(shop, reader):
    number = publish(shop)

    feed = feed_of(reader)

    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == ["Links are slow", "New prices began on Monday"]
    assert feed.findtext(f"{ATOM}updated") == "2026-11-17T09:00:00Z"
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Spring pricing"
    newest = feed.find(f"{ATOM}entry")
    assert newest.find(f"{ATOM}link").get("href").endswith(f"{UPDATES}#update-{number}")
    assert newest.findtext(f"{ATOM}content") == (
        "Is it expected?\nNo.\n\nWhat to do now\nWait.\n\nNext update\nby 16:00"
    )


def test_ids_in_the_feed_stay_when_we_move_to_another_address(shop, reader):
    def ids():
        return [each.text for each in feed_of(reader).iter(f"{ATOM}id")]

    before = ids()
    shop.settings.public_url = "https://help.example"
    publish(shop)
    after = ids()

    assert after[0] == before[0]
    assert after[2:] == before[1:]
    assert len(set(after)) == 3


def test_the_feed_parses_whatever_was_written(shop, reader):
    publish(
        shop, title="<b>&amp; ]]>", expected="half\x0b \x1b[31m <script>", what_to_do="Wait\ufffe."
    )

    entry = feed_of(reader).find(f"{ATOM}entry")

    assert entry.findtext(f"{ATOM}title") == "<b>&amp; ]]>"
    assert "half\ufffd \ufffd[31m <script>" in entry.findtext(f"{ATOM}content")


def test_the_help_page_asks_the_database_equally_often_however_many_answers_there_are(shop, reader):
    reader.get(HELP)
    with queries(shop) as few:
        reader.get(HELP)
    for number in range(12):
        cast.an_entry(shop, key=f"more-{number}", question=f"Question {number}?")
    with queries(shop) as many:
        reader.get(HELP)

    assert len(many) == len(few)


def test_what_a_template_says_of_the_scope_is_shown_to_nobody_until_it_is_written_anew(
    shop, reader
):
    with shop.db.writing() as session:
        cast.launch_of(session).scope = [
            {"title": "Changing plan or leaving because of the change"},
            {"title": "The Basic plan costs 12 euros from January on"},
        ]
    page = reader.get(HELP).text
    assert "The Basic plan costs 12 euros from January on" in page
    assert "Changing plan or leaving" not in page
