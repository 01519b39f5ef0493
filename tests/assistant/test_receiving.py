"""Mail that comes in: it opens no door, is lost nowhere, and two machines soon stop."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from sqlalchemy import select

from assistant.desk.conversations import Conversation
from assistant.desk.letters import Letter
from assistant.desk.mails import Mail
from assistant.desk.reach import Address, Correspondent
from assistant.desk.tickets import Ticket
from assistant.ground.parts import Parts
from assistant.integrations import receiving
from assistant.integrations.email import read
from tests import cast
from tests.assistant.test_mailing import arrives, confirmed
from tests.cast import LENA, PRICE, UNKNOWN, later, the
from tests.mail_server import OURS, Taken, a_mail, a_mail_server, rounds, text_of, with_mail


@pytest.fixture
def post(shop: Parts) -> Iterator[Taken]:
    with a_mail_server() as taken:
        with_mail(shop, taken.port)
        yield taken


def said(parts: Parts) -> list[tuple[str, str]]:
    """Return who wrote what by mail, in which state the conversation's address is."""
    with parts.db.reading() as session:
        rows = session.scalars(select(Correspondent).order_by(Correspondent.id))
        return [
            (row.address.email, "confirmed" if row.confirmed_at else "unconfirmed") for row in rows
        ]


def words_of(parts: Parts) -> list[list[str]]:
    """Return what customers said by mail, conversation by conversation."""
    with parts.db.reading() as session:
        found = session.scalars(select(Conversation).where(Conversation.channel == "email"))
        begun = sorted(found, key=lambda each: each.messages[0].id)  # ids of their own are random
        return [[m.text for m in each.messages if m.by == "customer"] for each in begun]


def test_a_mail_becomes_a_conversation_that_is_decided_as_in_the_widget(
    shop: Parts, post: Taken
) -> None:
    assert arrives(shop, a_mail(f"Hello,\n\n{UNKNOWN}\n\nBest regards\nMara")) == "begins"

    with cast.the_ticket(shop) as (_, ticket):
        assert (ticket.subject, ticket.conversation.channel) == (UNKNOWN, "email")
        assert ticket.promises and ticket.acknowledged_at is not None
    assert said(shop) == [("mara@example.com", "unconfirmed")]


def test_its_launch_is_that_of_its_address_or_the_newest_live_one(shop: Parts) -> None:
    arrives(shop, a_mail(UNKNOWN, to="support+spring-pricing@shop.example"))

    assert words_of(shop) == [[UNKNOWN]]


def test_copies_that_arrive_at_the_same_moment_are_one_mail(
    shop: Parts, post: Taken, pytestconfig: pytest.Config
) -> None:
    keys = max(1, pytestconfig.getoption("--keys") // 20)
    with ThreadPoolExecutor(5) as pool:
        for number in range(keys):
            raw = a_mail(
                f"{UNKNOWN} {number}",
                sender=f"m{number}@example.com",
                message_id=f"<{number}@example.com>",
            )
            list(pool.map(lambda mail: arrives(shop, mail), [raw] * 5))

    with shop.db.reading() as session:
        counted = [len(session.scalars(select(each)).all()) for each in (Mail, Ticket)]
    assert counted == [keys, keys]


def test_the_same_message_id_with_other_words_is_put_aside_and_not_lost(shop: Parts) -> None:
    first = arrives(shop, a_mail(UNKNOWN))
    second = arrives(shop, a_mail("Something else", message_id="<first@example.com>"))

    assert (first, second) == ("begins", "quarantine")
    assert words_of(shop) == [[UNKNOWN]]


def test_an_answer_to_our_mail_goes_on_with_its_conversation(shop: Parts, post: Taken) -> None:
    confirmed(shop, post)
    raw = a_mail(
        "They have none.\n\nOn Tue, Support <support@shop.example> wrote:\n> A person will …",
        to=post.mails[-1]["Reply-To"],
        message_id="<3@example.com>",
        vouched=True,
    )

    assert arrives(shop, raw) == "goes-on"
    assert words_of(shop) == [[UNKNOWN, "They have none."]]


def test_without_the_address_with_the_secret_our_mails_own_id_and_our_relays_word_do(
    shop: Parts, post: Taken
) -> None:
    confirmed(shop, post)
    ours = post.mails[-1]["Message-ID"]

    def answer(message_id: str, vouched: bool | None) -> str:
        words = f"They have none. {message_id[1]}"
        return arrives(
            shop, a_mail(words, message_id=message_id, vouched=vouched, In_Reply_To=ours)
        )

    outcomes = [answer(f"<{n}@example.com>", v) for n, v in ((3, True), (4, None), (5, False))]
    assert outcomes == ["goes-on", "begins", "begins"]


def test_who_confirmed_once_is_known_again_when_our_relay_vouches_for_them(
    shop: Parts, post: Taken
) -> None:
    confirmed(shop, post)
    arrives(shop, a_mail(PRICE, message_id="<5@example.com>", vouched=True))
    arrives(shop, a_mail(PRICE, message_id="<6@example.com>"))

    assert [state for _, state in said(shop)] == ["confirmed", "confirmed", "unconfirmed"]


def forged(token: str, stale: str, ours: str, number: str) -> dict[str, dict[str, object]]:
    """Return ways to get into Mara's conversation without being her."""
    reply, old = f"support+{token}@shop.example", f"support+{stale}@shop.example"
    eve = "Eve <eve@evil.example>"
    return {
        "from": {"sender": "Mara <mara@example.com>"},
        "from that our relay denies": {"sender": "mara@example.com", "vouched": False},
        "her token, another sender": {"sender": eve, "to": reply},
        "her token, denied by our relay": {"to": reply, "vouched": False},
        "reply-to": {"sender": eve, "Reply_To": "mara@example.com"},
        "cc": {"sender": eve, "Cc": "mara@example.com"},
        "sender": {"sender": eve, "Sender": "mara@example.com"},
        "a name like hers": {"sender": '"mara@example.com" <eve@evil.example>'},
        "ticket number": {"sender": eve, "subject": f"Re: [{number}] my ticket"},
        "ticket number in an address": {"sender": eve, "to": f"support+{number}@shop.example"},
        "stale token": {"to": old},
        "stale token, vouched": {"to": old, "vouched": True},
        "our message id, unvouched": {"In_Reply_To": ours},
        "our message id, another sender": {"sender": eve, "References": ours, "vouched": True},
        "token cut": {"to": f"support+{token[:-1]}@shop.example"},
        "token and more": {"to": f"support+{token}0@shop.example"},
        "two recipients": {"sender": eve, "to": f"eve@evil.example, {reply}"},
        "delivered-to": {"sender": eve, "Delivered_To": reply},
    }


def test_forged_mails_open_nothing(
    shop: Parts, post: Taken, pytestconfig: pytest.Config, record_property: Callable[..., None]
) -> None:
    mails = pytestconfig.getoption("--forgeries")
    confirmed(shop, post)
    stale = post.mails[-1]["Reply-To"].partition("+")[2].partition("@")[0]
    later(shop, days=91)
    cast.amir_replies(shop, "It is a secret: 4711.")
    rounds(shop)
    token = post.mails[-1]["Reply-To"].partition("+")[2].partition("@")[0]
    ours = post.mails[-1]["Message-ID"]
    mine, before = words_of(shop)[0], len(post.mails)
    with cast.the_ticket(shop) as (_, ticket):
        number = ticket.number

    ways = list(forged(token, stale, ours, number).items())
    for count in range(mails):
        name, how = ways[count % len(ways)]
        message_id = f"<forged-{count}@evil.example>"
        arrives(shop, a_mail(f"Send me all. {count} {name}", message_id=message_id, **how))  # type: ignore[arg-type]
        if count % len(ways) == 0:
            later(shop, hours=2)
    two_froms = b"From: mara@example.com\r\n" + a_mail("Two", message_id="<two@evil.example>")
    in_one = a_mail("In one", message_id="<in-one@evil.example>").replace(
        b"From: Mara Lind <mara@example.com>", b"From: mara@example.com, eve@evil.example"
    )
    put_aside = [arrives(shop, two_froms), arrives(shop, in_one)]
    rounds(shop)

    assert put_aside == ["quarantine", "quarantine"]
    assert words_of(shop)[0] == mine  # nothing was written into her conversation
    sent = post.mails[before:]
    assert not [mail for mail in sent if "4711" in mail.as_string()]
    assert not [mail for mail in sent if UNKNOWN in text_of(mail)]
    with shop.db.reading() as session:
        first = session.scalars(select(Correspondent).order_by(Correspondent.id)).first()
        assert first is not None
        of_hers = select(Correspondent).where(
            Correspondent.conversation_id == first.conversation_id
        )
        assert [each.address.email for each in session.scalars(of_hers)] == ["mara@example.com"]
        rows = session.scalars(
            select(Correspondent).where(Correspondent.conversation_id != first.conversation_id)
        )
        assert not [row for row in rows if row.confirmed_at and row.address.email[0] == "e"]
    record_property("figure", f"P20: {mails} forged mails: 0 reads, 0 participants, 0 quotes")


@dataclass
class Responder:
    """Somebody's machine that answers every mail at once, and says nothing about itself."""

    parts: Parts
    taken: list[EmailMessage] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)

    def gets(self, mail: EmailMessage) -> None:
        """Answer a mail."""
        self.taken.append(mail)
        number = len(self.taken)
        self.answers.append(
            a_mail(
                f"Thank you for your message number {number}. We will get back to you.",
                to=mail["Reply-To"] or OURS,
                message_id=f"<auto-{number}@example.com>",
                vouched=True,
                In_Reply_To=mail["Message-ID"],
            )
        )


def test_two_machines_that_answer_each_other_stop_after_two_mails(shop: Parts, post: Taken) -> None:
    confirmed(shop, post)
    later(shop, hours=2)
    machine = Responder(shop)
    post.on_mail = machine.gets

    arrives(shop, a_mail(f"{UNKNOWN} Once more", message_id="<start@example.com>", vouched=True))
    for _ in range(12):
        rounds(shop, times=1)
        while machine.answers:
            arrives(shop, machine.answers.pop(0))

    assert len(machine.taken) <= 2
    with shop.db.reading() as session:
        tickets = session.scalars(select(Ticket)).all()
        assert all(ticket.is_open for ticket in tickets)  # a person sees what came


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"Precedence": "auto_reply"},
        {"List_Id": "<everybody.example.com>", "Auto_Submitted": "auto-replied"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"sender": "MAILER-DAEMON@example.com"},
        {"sender": "no-reply@example.com"},
    ],
)
def test_a_machines_mail_is_kept_and_not_answered(
    shop: Parts, post: Taken, headers: dict[str, str]
) -> None:
    assert arrives(shop, a_mail(UNKNOWN, **headers)) == "automatic"  # type: ignore[arg-type]
    rounds(shop)

    assert (words_of(shop), post.mails) == ([], [])


@pytest.mark.parametrize(
    ("header", "because"),
    [
        ({"Precedence": "bulk"}, "It says that it was sent to many."),
        ({"Precedence": "list"}, "It says that it was sent to many."),
        ({"List_Id": "<everybody.example.com>"}, "It came over a mailing list."),
        ({"List_Unsubscribe": "<mailto:a@b.example>"}, "It came over a mailing list."),
    ],
)
def test_mail_to_many_waits_for_a_person_who_makes_it_a_ticket_that_no_machine_answers(
    shop: Parts, post: Taken, header: dict[str, str], because: str
) -> None:
    assert arrives(shop, a_mail(PRICE, **header)) == "quarantine"
    with shop.db.writing() as session:
        mail = session.scalars(select(Mail)).one()
        assert mail.because == because
        mail.let_in(session, by=the(session, LENA), at=shop.clock.now())
    receiving.settle_due(shop)
    rounds(shop)

    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.subject == PRICE
        assert all(said.kind != "answer" for said in ticket.conversation.messages)
    assert post.mails == []  # not even whether it is them

    cast.amir_replies(shop)
    rounds(shop)
    assert post.to == ["mara@example.com"]


def test_a_person_who_says_that_they_are_no_machine_is_heard(shop: Parts) -> None:
    assert arrives(shop, a_mail(UNKNOWN, Auto_Submitted="no")) == "begins"


def test_our_own_mail_that_comes_back_is_not_answered(shop: Parts, post: Taken) -> None:
    confirmed(shop, post)
    back = message_from_bytes(bytes(post.mails[-1]), policy=default)
    del back["Auto-Submitted"]

    assert arrives(shop, bytes(back)) == "ours"


def test_a_mail_that_a_server_gives_back_stops_mail_to_that_address(
    shop: Parts, post: Taken
) -> None:
    confirmed(shop, post)
    report = (
        "From: MAILER-DAEMON@example.com\nSubject: Undelivered\nMessage-ID: <dsn@example.com>\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nIt did not arrive.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; example.com\n\n"
        "Final-Recipient: rfc822; mara@example.com\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 nobody here\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\n"
        f"Message-ID: {post.mails[-1]['Message-ID']}\n\n--b--\n"
    )

    assert arrives(shop, report.encode()) == "bounce"
    with shop.db.reading() as session:
        letter = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
        assert letter is not None
        assert letter.bounced_because == "smtp; 550 nobody here"
        address = session.scalars(select(Address)).one()
        assert address.bounced_at is not None


def test_a_report_about_a_mail_that_we_never_sent_stops_nothing(shop: Parts, post: Taken) -> None:
    confirmed(shop, post)
    report = (
        "From: MAILER-DAEMON@example.com\nMessage-ID: <dsn@example.com>\n"
        "Content-Type: multipart/report; boundary=b\n\n"
        "--b\nContent-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <guessed@shop.example>\n\n--b--\n"
    )
    arrives(shop, report.encode())

    with shop.db.reading() as session:
        assert session.scalars(select(Address)).one().bounced_at is None


def test_what_nobody_can_read_is_put_aside_and_the_rest_flows(shop: Parts, post: Taken) -> None:
    broken = arrives(shop, b"\x00\xff" * 500)
    nested = arrives(
        shop, b"From: a@b.example\nMessage-ID: <n@b.example>\n\n" + b"multipart/x\n" * 99
    )
    fine = arrives(shop, a_mail(UNKNOWN))

    assert (broken, nested, fine) == ("quarantine", "quarantine", "begins")


def test_reading_that_fails_three_times_puts_a_mail_aside(shop: Parts, post: Taken) -> None:
    mail_id = receiving.take_in(shop, a_mail(UNKNOWN), came_by="api")
    with shop.db.writing() as session:  # as if the process had died three times over it
        session.get_one(Mail, mail_id).tries = 3
    other = receiving.take_in(shop, a_mail(PRICE, message_id="<2@example.com>"), came_by="api")

    receiving.settle_due(shop)

    with shop.db.reading() as session:
        assert session.get_one(Mail, mail_id).quarantined_at is not None
        assert session.get_one(Mail, other).outcome == "begins"


def test_a_lead_lets_a_mail_in_and_it_becomes_a_conversation(shop: Parts, post: Taken) -> None:
    arrives(shop, a_mail(UNKNOWN, Auto_Submitted="no"))
    for number in range(21):
        outcome = arrives(shop, a_mail(f"{UNKNOWN} {number}", message_id=f"<{number}@example.com>"))
    assert outcome == "quarantine"
    with shop.db.writing() as session:
        mail = session.scalars(select(Mail).order_by(Mail.id.desc())).first()
        assert mail is not None
        mail.let_in(session, by=the(session, LENA), at=shop.clock.now())

    receiving.settle_due(shop)

    assert [f"{UNKNOWN} 20"] in words_of(shop)


def test_a_long_mail_is_cut_for_the_desk_and_kept_whole(shop: Parts) -> None:
    arrives(shop, a_mail("penguin " * 2_000))

    assert len(words_of(shop)[0][0]) == 4_000
    with shop.db.reading() as session:
        mail = session.scalars(select(Mail)).one()
        assert len(read(mail.raw).text) == 15_999


def test_what_the_subject_says_is_part_of_the_question_and_heads_the_ticket(
    shop: Parts, post: Taken
) -> None:
    words = f"{UNKNOWN}\n\nI saw some at the zoo."
    arrives(shop, a_mail(words, subject="Re: [zoo] Penguins that stand on ice"))

    assert words_of(shop) == [[f"Penguins that stand on ice\n\n{words}"]]
    with cast.the_ticket(shop) as (_, ticket):
        assert ticket.subject == "Penguins that stand on ice"


def test_a_subject_that_changes_the_question_keeps_the_assistant_from_its_answer(
    shop: Parts, post: Taken
) -> None:
    arrives(shop, a_mail(PRICE, subject="Charged twice after I cancelled my order"))
    arrives(shop, a_mail(PRICE, subject="A question", message_id="<2@example.com>"))

    with shop.db.reading() as session:
        found = session.scalars(select(Conversation).order_by(Conversation.began_at)).all()
        answered = [any(said.kind == "answer" for said in each.messages) for each in found]
    assert sorted(answered) == [False, True]


def test_a_mail_without_words_is_a_customer_s_all_the_same(shop: Parts) -> None:
    arrives(shop, a_mail("", subject=""))
    arrives(shop, a_mail("", subject=UNKNOWN, message_id="<2@example.com>"))

    assert words_of(shop) == [["(A mail without words.)"], [UNKNOWN]]
