"""The wire format of mail: what somebody wrote, found in whatever their program made of it."""

import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.integrations.email import (
    Unreadable,
    Vouched,
    decoded,
    one_address,
    read,
    vouched_for,
)
from assistant.integrations.email_words import own_words, text_of_html

HEAD = b"From: mara@example.com\nMessage-ID: <1@example.com>\n"
PATIENCE = 0.1  # seconds for 64 KB, on a machine that does nothing else


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Why?", "Why?"),
        ("Hi,\n\nWhy is it so?\n\nBest regards\nMara Lind\n+49 30 1234", "Why is it so?"),
        ("Why?\n\n-- \nMara Lind\nShop GmbH", "Why?"),
        ("Why?\n\nSent from my iPhone", "Why?"),
        ("Why?\n\nVon meinem iPhone gesendet", "Why?"),
        ("Why?\n\nOn Tue, 17 Nov 2026, Support wrote:\n> Hello\n> there", "Why?"),
        ("Why?\n\nOn Tue, 17 Nov 2026 at 10:00, Support\n<s@x.example> wrote:\n\n> Hello", "Why?"),
        ("Warum?\n\nAm 17.11.26 um 10:00 schrieb Support:\n> Hallo", "Warum?"),
        ("Pourquoi ?\n\nLe 17 nov. 2026, Support a écrit :\n> Bonjour", "Pourquoi ?"),
        ("Why?\n\n-----Original Message-----\nFrom: Support\nHello", "Why?"),
        ("Why?\n\n________________________________\nFrom: Support\nSent: Tuesday", "Why?"),
        ("Why?\n\nFrom: Support\nSent: Tuesday\nTo: Mara\nSubject: Re\n\nHello", "Why?"),
        ("Warum?\n\nVon: Support\nGesendet: Dienstag\nAn: Mara\n\nHallo", "Warum?"),
        ("On Tue Support wrote:\n> Red or blue?\nRed.\n> Large?\nYes.", "Red.\nYes."),
        ("> Hello\n> there", "> Hello\n> there"),
        ("Hello", "Hello"),
        ("Thanks, but why is it so?", "Thanks, but why is it so?"),
        ("On Monday I wrote: nothing.\nWhy?", "On Monday I wrote: nothing.\nWhy?"),
        ("Thanks\nWhy did you charge me twice?", "Thanks\nWhy did you charge me twice?"),
        ("Hi, my card was charged twice.\n\nWhy?", "Hi, my card was charged twice.\n\nWhy?"),
        ("Hello I cannot log in\nWhy?", "Hello I cannot log in\nWhy?"),
        ("Hallo, mein Konto ist gesperrt\nWarum?", "Hallo, mein Konto ist gesperrt\nWarum?"),
        ("Hi Amir,\n\nThanks!\nI am still locked out.", "Thanks!\nI am still locked out."),
        ("Why?\nThanks\nPS I was charged twice", "Why?\nThanks\nPS I was charged twice"),
        ("Why?\nDanke\nIch komme nicht hinein", "Why?\nDanke\nIch komme nicht hinein"),
        ("Dear Sir or Madam,\n\nWhy?", "Why?"),
        ("Hello Support Team\nWhy?", "Why?"),
        ("Sehr geehrte Damen und Herren,\nWarum?", "Warum?"),
        ("Why?\n\nKind regards,\nMara Lind\nHead of Sales, Lind & Co.\nm@x.example", "Why?"),
        ("", ""),
    ],
)
def test_somebody_s_own_words_are_found(text: str, own: str) -> None:
    assert own_words(text) == own


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<style>p{}</style><script>alert(1)</script><b>Bold</b>", "Bold"),
        ("a &lt;b&gt; &amp; c &euro;", "a <b> & c €"),
        ("x<!-- hidden --><!-- never closed", "x"),
        ("<div style='display:none'>hidden <div>more</div></div>seen", "seen"),
        ("Mine<blockquote>Theirs</blockquote>", "Mine\n> Theirs"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<img src=x onerror=alert(1)>seen", "seen"),
        ("", ""),
    ],
)
def test_html_is_read_as_a_reader_sees_it(html: str, text: str) -> None:
    assert text_of_html(html).strip() == text


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("mara@example.com", "mara@example.com"),
        ("Mara Lind <Mara@Example.com>", "mara@example.com"),
        ('"Lind, Mara" <mara@example.com>', "mara@example.com"),
        ('"eve@evil.example" <mara@example.com>', "mara@example.com"),
        ("mara@example.com (eve@evil.example)", "mara@example.com"),
        ("mara@example.com, eve@evil.example", ""),
        ("<mara@example.com> <eve@evil.example>", ""),
        ("mara@example.com <eve@evil.example>", "eve@evil.example"),
        ("Friends: mara@example.com, eve@evil.example;", ""),
        ("mara@@example.com", ""),
        ("", ""),
        ("(((((", ""),
        ("mara @example.com", ""),
    ],
)
def test_a_header_names_one_address_or_none(header: str, address: str) -> None:
    assert one_address(header) == address


def test_two_senders_are_none() -> None:
    assert read(b"From: mara@example.com\nFrom: eve@evil.example\n\nx").sender == ""


PROVEN = "mx.shop.example; dmarc=pass header.from=example.com"


@pytest.mark.parametrize(
    ("results", "vouched"),
    [
        ([PROVEN], Vouched.YES),
        (["mx.shop.example 1; spf=pass; dkim=pass header.d=example.com"], Vouched.YES),
        ([], Vouched.UNKNOWN),
        (["elsewhere.example; dmarc=pass header.from=example.com"], Vouched.UNKNOWN),
        (["mx.shop.example; dmarc=fail header.from=example.com", PROVEN], Vouched.NO),
        (["mx.shop.example; none", PROVEN], Vouched.NO),
        (["mx.shop.example; dmarc=fail (dmarc=pass header.from=example.com)"], Vouched.NO),
        (['mx.shop.example; x="; dmarc=pass header.from=example.com"'], Vouched.NO),
        (["mx.shop.example; dmarc=pass header.from=evil.example"], Vouched.NO),
        (["mx.shop.example; dkim=pass header.d=evil.example"], Vouched.NO),
        (["mx.shop.example; spf=pass smtp.mailfrom=example.com"], Vouched.NO),
        (["mx.shop.example.evil.example; dmarc=pass header.from=example.com"], Vouched.UNKNOWN),
        (["mx.shop.example; " + "(" * 500], Vouched.UNKNOWN),
    ],
)
def test_our_relay_s_newest_word_counts_and_nobody_else_s(
    results: list[str], vouched: Vouched
) -> None:
    assert vouched_for(results, "mara@example.com", "mx.shop.example") is vouched


def test_without_a_relay_nobody_vouches() -> None:
    assert vouched_for([PROVEN], "mara@example.com", "") is Vouched.UNKNOWN


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?utf-8?q?one?= =?utf-8?q?two?=", "onetwo"),
        ("=?unknown?q?abc?=", "abc"),
        ("=?utf-8?b?!!!?=", ""),
        ("=?zlib?b?eJw=?=", "x�"),
        ("plain", "plain"),
    ],
)
def test_encoded_words_become_letters(header: str, words: str) -> None:
    assert decoded(header) == words


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe", "Grüße"),
        (b"Content-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe", "Grüße"),
        (b"Content-Type: text/plain; charset=nonsense\n\nGr\xc3\xbc\xc3\x9fe", "Grüße"),
        (b"Content-Type: text/plain; charset=idna\n\nabc", "abc"),
        (b"\n\nno type", "no type"),
        (b"Content-Type: text/plain; format=flowed\n\none \ntwo\nthree", "one two\nthree"),
        (b"Content-Type: text/html\n\n<p>one</p><p>two</p>", "one\ntwo"),
        (b"Content-Transfer-Encoding: base64\n\nR3LDvMOfZQ==", "Grüße"),
        (b"Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe", "Grüße"),
        (b"\na\x00b\x1b[31mc\xe2\x80\xaed", "ab[31mcd"),
    ],
)
def test_text_is_read_in_whatever_charset_it_came(part: bytes, text: str) -> None:
    assert read(HEAD + part).text == text


def test_of_several_parts_every_one_is_read_and_what_hangs_on_it_is_named() -> None:
    mail = read(
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: text/html\n\n<p>html</p>\n"
        b"--b\nContent-Type: text/plain\n\nplain\n"
        b'--b\nContent-Type: image/png; name="../../screen.png"\n\nx\n'
        b"--b\nContent-Type: application/pdf\nContent-Disposition: attachment\n\nx\n--b--\n"
    )

    assert mail.text == "html\n\nplain"
    assert mail.attachments == ("../../screen.png", "application/pdf")


def test_what_stands_below_a_picture_is_read_and_what_is_said_twice_is_read_once() -> None:
    mail = read(
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: multipart/alternative; boundary=c\n\n"
        b"--c\nContent-Type: text/plain\n\nLook at this:\n"
        b"--c\nContent-Type: text/html\n\n<p>Look at this:</p>\n--c--\n"
        b"--b\nContent-Type: image/png\nContent-Disposition: inline; filename=a.png\n\nx\n"
        b"--b\nContent-Type: text/plain\n\nI was charged twice.\n"
        b"--b\nContent-Type: message/rfc822\n\nSubject: before\n\nNot theirs.\n--b--\n"
    )

    assert mail.words == "Look at this:\n\nI was charged twice."
    assert mail.attachments == ("a.png", "message/rfc822")


def test_a_mail_that_is_only_forwarded_says_what_was_forwarded() -> None:
    mail = read(HEAD + b"Content-Type: message/rfc822\n\nSubject: before\n\nWhy is it so?\n")

    assert mail.words == "Why is it so?"


def test_no_control_character_comes_in_as_a_message_id() -> None:
    mail = read(b"From: m@e.com\nMessage-ID: <1\x00@e>\nReferences: <2\x01@e> <3@e>\n\nHi")

    assert (mail.message_id, mail.references) == ("", ("3@e",))


HOSTILE = {
    "open tags": b"<" * 65_536,
    "comments": b"<!--" * 16_384,
    "tags": b"<a" * 32_768,
    "quotations": b"<blockquote>" * 5_461,
    "entities": b"&#" * 32_768,
    "introductions": b"On \n" * 16_384,
    "senders": b"From: a\n" * 8_192,
    "signatures": b"--\n" * 21_845,
    "blanks": b" " * 65_536,
    "quotes": b">" * 65_536,
}


@pytest.mark.parametrize("kind", [b"text/plain", b"text/html"])
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_text_is_read_in_time(name: str, kind: bytes) -> None:
    took = _seconds(HEAD + b"Content-Type: " + kind + b"\n\n" + HOSTILE[name])

    assert took <= 10 * PATIENCE  # ten times, because others use this machine too


@pytest.mark.parametrize(
    "raw",
    [
        b"From: " + b"(" * 65_536 + b"\n\nx",
        b"From: a@b.c\nSubject: " + b"=?a?q?" * 10_922 + b"\n\nx",
        b"From: a@b.c\nReferences: " + b"<a@b>" * 13_107 + b"\n\nx",
        b"From: a@b.c\n" + b"To: x@y.z\n" * 6_553 + b"\nx",
        b"From: a@b.c\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 13_107,
        b"From: a@b.c\nContent-Type: text/plain; " + b"a*0=x;" * 10_922 + b"\n\nx",
        b"From: a@b.c\n"
        + b"".join(
            b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(40)
        )
        + b"x\n" * 30_000,
    ],
)
def test_hostile_structure_is_read_or_refused_in_time(raw: bytes) -> None:
    assert _seconds(raw) <= 10 * PATIENCE


def _seconds(raw: bytes) -> float:
    began = time.process_time()  # this process's own, so that others do not count
    with suppress(Unreadable):
        read(raw, authserv_id="mx.shop.example")
    return time.process_time() - began


NAMES = st.sampled_from(
    [b"From", b"To", b"Subject", b"Content-Type", b"Authentication-Results", b"References"]
)
VALUES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [b"multipart/mixed; boundary=b", b"text/html; charset=utf-7", b"multipart/report", b"<>"]
    ),
)
BODIES = st.lists(
    st.one_of(
        st.binary(max_size=300),
        st.sampled_from(
            [
                b"\n--b\n",
                b"\n--b--\n",
                b"<p>",
                b"On x wrote:\n",
                b"> ",
                b"Content-Type: a/b",
            ]
        ),
    ),
    max_size=40,
).map(b"".join)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(headers=st.lists(st.tuples(NAMES, VALUES), max_size=8), body=BODIES)
def test_whatever_comes_is_read_or_refused(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    raw = b"".join(name + b": " + value + b"\n" for name, value in headers) + b"\n" + body
    try:
        mail = read(raw, authserv_id="mx")
    except Unreadable:
        return
    for words in (mail.subject, mail.sender, mail.text, mail.words):
        words.encode()  # what the database keeps
        assert "\x00" not in words
