"""What the editor shows beside the words is, byte by byte, what customers get of them."""

import json
import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from assistant.ground.parts import Parts
from tests import cast
from tests.mail_server import Taken, a_mail, a_mail_server, rounds, with_mail
from tests.web.staff import PAGE, a_browser
from tests.web.test_mail import SECRET, link_in, taps
from web.app import create_app

LIBRARY = f"/library/{cast.LAUNCH}"
QUESTION = "Why does the “pause” button <glow> & blink?"
SAID = {
    "kind": "response",
    "question": QUESTION,
    "verdict": "expected",
    "why_now": "It glows until {fixed_by} & blinks.\n\n- once <b>a minute</b>\n- مرحبا بالعالم",
    "what_to_do": "Nothing, or pay {new_price}; write to {support_email}.",
    "safe_to_continue": "Yes, go on 🌿.",
    "next_update": "2026-12-05T10:00",
    "value_fixed_by": "2026-12-04T12:00",
    "value_new_price": "€ 12.50",
    "value_support_email": "help@shop.example",
    "owner": cast.LENA,
}


@pytest.fixture
def post(shop: Parts) -> Iterator[Taken]:
    with a_mail_server() as taken:
        with_mail(shop, taken.port)
        yield taken


def answer_on(page: str) -> str:
    """Return the block in which a help page says one answer."""
    found = re.search(r'<div class="card help-answer">(.*?)</div>\s*(?:</div>|<p|\Z)', page, re.S)
    assert found is not None
    return " ".join(found[1].split())


def test_card_letter_and_help_page_are_what_customers_get(shop: Parts, post: Taken) -> None:
    amir, lena = a_browser(shop, cast.AMIR), a_browser(shop, cast.LENA)
    data = {"csrf": amir.csrf, **SAID}
    shown = amir.client.post(f"{LIBRARY}/checking", data=data, headers={"x-fresh": "1"}).text
    path = amir.post(f"{LIBRARY}/entries/submission", **SAID).headers["location"]
    revision = re.search(r'name="revision" value="(\d+)"', lena.get(path).text)
    assert revision is not None
    assert lena.post(f"{path}/approval", revision=revision[1]).status_code == 303

    reader = TestClient(create_app(shop), headers=PAGE)
    got = cast.a_customer(shop).asks(QUESTION)["answer"]
    reader.post("/api/v1/mail", content=a_mail(QUESTION), headers=SECRET)
    rounds(shop)
    taps(reader, link_in(post.mails[-1]))
    rounds(shop)
    help_page = reader.get(f"/help/{cast.LAUNCH}/{path.rpartition('/')[2]}").text

    card = json.loads(unescape(re.search(r"data-widget-card='([^']*)'", shown)[1]))  # type: ignore[index]
    for name in ("title", "verdict", "text", "html"):
        assert card[name] == got[name], name
    assert {name: got["parts"][name] for name in card["parts"]} == card["parts"]
    letter = unescape(re.search(r'aria-label="The letter">(.*?)</pre>', shown, re.S)[1])  # type: ignore[index]
    assert got["text"] in letter
    assert re.sub(r"https?://\S+", "https://…", post.texts()[-1]).strip() == letter.strip()
    assert answer_on(help_page) == answer_on(shown)
