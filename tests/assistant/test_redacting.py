"""What is taken out of a question or a reply before somebody outside the case reads it."""

import signal
from collections.abc import Callable

import pytest

from assistant.desk.messages import LONGEST
from assistant.ground.masking import masked
from assistant.ground.redacting import names_in, redacted

CASES = [
    ("Hi Tom,\nwhy is my bill higher?", "Hi [name],\nwhy is my bill higher?"),
    ("Dear Mrs. Anna Smith, you pay less.", "Dear Mrs. [name], you pay less."),
    ("Hello there, is this expected?", "Hello there, is this expected?"),
    ("Hi, is this expected?", "Hi, is this expected?"),
    ("Hello Support Team, is this expected?", "Hello Support Team, is this expected?"),
    ("It is free.\nBest regards,\nJohn Miller", "It is free.\nBest regards,\n[name]"),
    ("It is free. Ask Mr. Miller.", "It is free. Ask Mr. [name]."),
    ("my name is Jane Doe and I pay 34.90", "my name is [name] and I pay 34.90"),
    ("Guten Tag Frau Müller,\nwarum?", "Guten Tag Frau [name],\nwarum?"),
    ("Warum teurer?\nViele Grüße\nJörg Weiß", "Warum teurer?\nViele Grüße\n[name]"),
    ("why more? Best regards Anna Smith", "why more? Best regards [name]"),
    ("warum teurer? Viele Grüße Jörg Weiß", "warum teurer? Viele Grüße [name]"),
    ("why more? Thanks, Anna", "why more? Thanks, [name]"),
    ("Почему дороже? С уважением, Ольга", "Почему дороже? С уважением, [name]"),
    ("why more, IBAN DE89 3704 00…", "why more, IBAN [number]…"),
    ("Why is it more?\nTom Miller", "Why is it more?\n[name]"),
    ("Why is it more?\n- Tom", "Why is it more?\n[name]"),
    ("I'm Anna Smith and pay more", "I'm [name] and pay more"),
    ("my name is anna smith, why?", "my name is [name], why?"),
    ("меня зовут ольга, почему?", "меня зовут [name], почему?"),
    ("where is 4821337?", "where is [number]?"),
    ("where is ORD-2026-48213?", "where is [number]?"),
    ("订单编号是482133", "订单编号是[number]"),
    ("주문번호는 482133입니다", "주문번호는 [number]"),
    ("رقم طلبي هو ٤٨٢١٣٣", "رقم طلبي هو [number]"),
    ("my parcel 98765 43210", "my parcel [number]"),
    (
        "Warum teurer?\nMit freundlichen Grüßen\nJörg",
        "Warum teurer?\nMit freundlichen Grüßen\n[name]",
    ),
    ("Hi Anna why is it more?", "Hi [name] why is it more?"),
    ("Hola María, ¿es normal?", "Hola [name], ¿es normal?"),
    ("Bonjour Chloé,\nc’est normal ?", "Bonjour [name],\nc’est normal ?"),
    ("Здравствуйте, Иван Петрович!\nПочему?", "Здравствуйте, [name]!\nПочему?"),
    ("Почему дороже?\nС уважением,\nМария", "Почему дороже?\nС уважением,\n[name]"),
    ("меня зовут Ольга Иванова, почему?", "меня зовут [name], почему?"),
    ("您好 王先生,\n为什么?", "您好 [name],\n为什么?"),
    ("我叫王伟,为什么涨价", "我叫[name],为什么涨价"),
    ("مرحبا أحمد، لماذا؟", "مرحبا [name]، لماذا؟"),
    ("Send it to 12 Baker Street, please", "Send it to [address], please"),
    ("I moved to Hauptstraße 12a, 10115 Berlin", "I moved to [address]"),
    ("Живу: ул. Ленина, д. 5, кв. 12", "Живу: [address]"),
    ("寄到北京市朝阳区建国路88号", "[address]"),
    ("My postcode is SW1A 1AA", "My postcode is [postcode]"),
    ("order number 482133 is late", "order number [number] is late"),
    ("Order #A-48213 is late", "Order #[number] is late"),
    ("Bestellnummer: 4821337", "Bestellnummer: [number]"),
    ("заказ № 482133 не пришёл", "заказ № [number] не пришёл"),
    ("订单号：48213377", "订单号：[number]"),
    ("my account 5512345 is empty", "my account [number] is empty"),
    ("write to jo@shop.example or +49 170 1234567", "write to [e-mail] or [phone]"),
    ("card 4111 1111 1111 1111", "card [card]"),
    ("IBAN DE89 3704 0044 0532 0130 00", "IBAN [iban]"),
    ("tweeted as @janedoe yesterday", "tweeted as [name] yesterday"),
]
CASES += [
    ("I am Johannes Weber and I live in 10115 Berlin", "I am [name] and I live in [address]"),
    ("Send it to 1012 AB Amsterdam", "Send it to [address]"),
    ("为什么涨价？谢谢，王伟", "为什么涨价？谢谢，[name]"),
    ("لماذا؟ شكرا، أحمد علي", "لماذا؟ شكرا، [name]"),
    ("Ich heiße Anna Ich möchte mehr", "Ich heiße [name] möchte mehr"),
    ("Γιατί; Ευχαριστώ, Μαρία", "Γιατί; Ευχαριστώ, [name]"),
]
KEPT = [
    "Thanks, Anna's discount is gone",
    "I'm Blocked.",
    "I am Charged twice",
    "Ich bin Gesperrt.",
    "Hallo Warum ist das teurer",
    "Bonjour Pourquoi le prix",
    "Hola Cómo se paga",
    "Привет Почему дороже",
    "thanks, you've been great",
    "thank you for helping me",
    "hey what's up",
    "I am Premium Member, why?",
    "Ich bin Premium Kunde, warum?",
    "This is URGENT, my card is gone",
    "The page under my name is bare.",
    "I paid 12000 Euro to get 12345 Beutel mehr",
    "Can I continue? Thanks, Premium",
    "I paid 34.90 on 16 November 2026 with version 4.1",
    "Error E-4012 on the order page",
    "Why is my plan more expensive than last month?",
    "There are three boxes in December, do I pay more for that month?",
    "Hello Support why is it more?",
    "Hello, I get an error, thanks",
    "Thanks, it works. Thanks for that, What now? thanks Why",
    "Thanks,\nit works now",
    "It says:\nmy name is wrong",
    "My name is wrong on the invoice",
    "I am charged twice, I'm in Spain",
    "from 2026-11-16 to 2026-11-17",
    "I have 100000 points and paid € 100000",
    "I ordered 12 bags on the way home",
    "Is the delivery 24 hours earlier in December?",
    "",
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_who_it_is_about_is_taken_out(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize("text", [text for text, _ in CASES] + KEPT)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redacted(text)

    assert redacted(once) == once


@pytest.mark.parametrize("text", KEPT)
def test_what_an_answer_depends_on_stays(text: str) -> None:
    assert redacted(text) == text


def test_the_names_that_a_case_is_known_by_go_wherever_they_stand() -> None:
    names = names_in("Mara Olsen", "visitor-001234")

    assert redacted("as MARA told you, Olsen pays", names) == "as [name] told you, [name] pays"


# What a pattern begins with, and what it then repeats without ever coming to its end.
BEGINNINGS = ["order", "thanks", "passport", "12 Baker", "ул.", "[address]", "Hello Mr", "bestell"]
REPEATED = [" ", "\n", "\u00a0", " \n", "\t\r\n", "1", "1 ", "1-", "1(((", "Ab ", "A ", "A.", "a."]
REPEATED += [
    "-",
    "a-",
    "!",
    ",",
    "bestell-",
    "order ",
    "Hello Mr ",
    "Hello\n",
    "Mr ",
    "1a-",
    "12 A ",
]


@pytest.mark.parametrize("take_out", [masked, redacted])
@pytest.mark.parametrize("repeated", REPEATED)
def test_no_longest_message_keeps_whoever_takes_out_waiting(
    repeated: str, take_out: Callable[[str], str]
) -> None:
    signal.signal(signal.SIGVTALRM, _too_slow)
    signal.setitimer(signal.ITIMER_VIRTUAL, 5)  # of work, not of waiting; 0.3 is usual
    try:
        for beginning in BEGINNINGS:
            text = (beginning + repeated * LONGEST)[: LONGEST - 1] + "x"
            assert take_out(text)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def test_of_a_gap_one_space_or_one_empty_line_stays() -> None:
    assert redacted("a \u00a0 b\r\nc\n \n\n\n  d") == "a b\nc\n\nd"


def _too_slow(*_: object) -> None:
    raise TimeoutError("This takes as long as somebody who writes wants it to.")


def test_a_huge_hostile_text_is_redacted_in_no_time() -> None:
    text = "Hello " + "a " * 2_000 + "12 " * 2_000 + "ул. " * 500 + "#1" * 1_000
    text += "\nAb " * 2_000 + "my name is " * 500 + "1" * 4_000 + "A-1" * 2_000 + "电话" * 2_000

    assert redacted(text)


def test_what_is_too_long_for_a_name_takes_no_words_away() -> None:
    assert names_in("somebody who asks about the price", "visitor-7") == []
