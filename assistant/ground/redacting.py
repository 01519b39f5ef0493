"""Redacting: a text as somebody outside the case may read it, without whom it is about.

Masking takes out what identifies by its form (mails, phones, cards, accounts, secrets). This takes
out besides what identifies by where it stands: names after a greeting, in a signature or after "my
name is", postal addresses, and the numbers of orders, accounts and customers. It errs towards
taking out too much; what an answer depends on (amounts, dates, versions, codes) stays. Redacting a
redacted text changes nothing. Of a gap no more is kept than one space or one empty line.

A customer chooses the text and everybody waits for it: nothing here may need more than a moment
for the longest one. So gaps are made short first, and every other repeat has an end or one start.
"""

import re
from collections.abc import Iterable

from assistant.ground.masking import masked

_GAP = re.compile(r"\s{2,}")
# Words beside a greeting that are nobody's name.
_NOBODY = re.compile(
    r"there|all|team|every(?:one|body)|folks|support|service|sir|madam|guys|again|you|your|we|i|it|"
    r"and|the|this|that|my|is|are|can|could|please|thanks|thank|so|just|why|what|how|when|where|"
    r"who|customer|care|mr|mrs|ms|dr|herr|frau|sr|sra|zusammen|alle|allerseits|liebes|damen|herren|"
    r"not|still|wrong|now|missing|gone|shown|on|in|"
    r"todos|todas|equipo|tous|toutes|equipe|équipe|morning|afternoon|evening|day|world|"
    r"for|a|an|at|to|me|very|much|lot|advance|bye|goodbye|kindly|friend|computer|bare|empty|right|"
    r"beaucoup|sehr|vielmals|im|voraus|muy|mucho|antemano|avance|[a-z]+['’](?:s|m|t|re|ve|ll|d)",
    re.IGNORECASE,
)
# Words with which no name begins; behind one they say nothing: "ich heiße Anna Ich möchte".
_NO_BEGINNING = re.compile(
    r"blocked|locked|stuck|charged|confused|unhappy|angry|sorry|unable|waiting|which|whose|does|"
    r"gesperrt|warum|wieso|weshalb|wie|was|wann|wo|wer|welche[rsnm]?|kann|gibt|ist|ich|"
    r"bloquead[oa]|porque|qué|cómo|cuándo|cuánto|dónde|quién|puedo|"
    r"bloquée?|pourquoi|comment|quand|quoi|qui|où|combien|quel(?:le)?s?|"
    r"bloccat[oa]|perché|quando|quanto|dove|posso|почему|как|когда|где|кто|что|сколько|можно",
    re.IGNORECASE,
)
MOST_WORDS = 4  # of a name; a visitor's id with more is something else
_LETTER = r"[^\W\d_]"
_NAME = rf"{_LETTER}(?:[\w'’.\u00b7-]{{0,30}}[\w’'])?\.?"
_NAMES = rf"{_NAME}(?:[ \u00a0]{_NAME}){{0,2}}"
_TITLE = (
    r"(?:mr|mrs|ms|miss|dr|prof|herr|herrn|frau|señora?|sr|sra|monsieur|madame|mme|signora?|"
    r"г-н|г-жа|господин|госпожа)\.?"
)
_GREETS = (
    r"hi+|hey+|hello|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|"
    r"moin|servus|liebe[rs]?|sehr geehrte[rs]?|hola|buenos d[ií]as|buenas tardes|querid[oa]|"
    r"estimad[oa]|bonjour|bonsoir|salut|chère?|ciao|buongiorno|gentile|olá|caro|cara|"
    r"здравствуйте|привет|добрый (?:день|вечер)|доброе утро|уважаем(?:ый|ая)|"
    r"γεια σας|γεια|αγαπητ[έή]|merhaba|sayın"
)
_AFTER_GREETING = re.compile(
    rf"(?im)^(\s*(?:{_GREETS})[ ,]+)((?:{_TITLE}\s+)*)({_NAMES})(?=\s*(?:[,!.:;—–-]|$))"
)
_AFTER_GREETING_AT_ONCE = re.compile(
    rf"(?im)^(\s*(?:{_GREETS}) +)((?-i:[^\W\d_a-zа-яёà-ÿ])[\w’-]{{1,30}})(?=\s+(?-i:[a-zа-яёà-ÿ]))"
)
_TITLED = re.compile(rf"(?i)\b({_TITLE}\s+)(?-i:[^\W\d_a-zа-яёà-ÿ][\w'’-]{{1,30}})")
_SIGNED = re.compile(
    r"(?im)^(\s*(?:(?:best|kind|warm|many)?\s*(?:regards|wishes|thanks|thank you)|cheers|best|"
    r"yours(?: (?:sincerely|faithfully|truly))?|sincerely|love|signed|"
    r"(?:mit )?(?:(?:freundliche|beste|liebe|viele|herzliche|schöne)[nrm]?)? ?"
    r"(?:grüßen?|grüsse|gruß|gruss|danke?)|"
    r"lg|mfg|vg|saludos(?: cordiales)?|un saludo|atentamente|gracias|cordialement|"
    r"bien à vous|merci|cordiali saluti|grazie|atenciosamente|obrigad[oa]|"
    r"с уважением|спасибо|с наилучшими пожеланиями|με εκτίμηση|saygılarımla)"
    rf"(?:\s*[,!.][ \t]*\n?\s*|\s+))({_NAMES})(?=\s*$)"
)
# In a title lines stand one behind the other, and its end may have cut a number.
_SIGNED_WITHIN = re.compile(
    r"(?i)\b((?:(?:best|kind|warm) (?:regards|wishes)|regards|thanks|thank you|cheers|sincerely|"
    r"(?:(?:freundliche|beste|liebe|viele|herzliche|schöne)n? )(?:grüßen?|grüsse)|danke|mfg|"
    r"saludos|gracias|cordialement|merci|grazie|obrigad[oa]|с уважением|спасибо)"
    r"(?:,\s*|(?<=s)\s+|(?<=grüße)\s+|(?<=grüßen)\s+))"
    r"((?-i:[^\W\d_a-zа-яёà-ÿ])[\w'’.-]{1,30}(?: (?-i:[^\W\d_a-zа-яёà-ÿ])[\w'’.-]{1,30})?)"
)
_CUT_OFF = re.compile(r"(?<!\w)[+(A-Z]{0,3}\d[\d() -]{2,40}…\Z")
_LAST_LINE = re.compile(
    r"\n\s*(?:[-–—]+ ?[^\W\d_a-zа-яёà-ÿ][\w'’.-]{1,30}|[^\W\d_a-zа-яёà-ÿ][^\W\d_]{1,20} "
    r"[^\W\d_a-zа-яёà-ÿ][^\W\d_]{1,20})\.?\s*\Z"
)
_CALLED = re.compile(
    r"(?i)\b(my name is|i am called|this is|name:|ich hei(?:ß|ss)e|mein name ist|me llamo|"
    r"mi nombre es|je m['’]appelle|mi chiamo|meu nome é|меня зовут|με λένε|benim adım)"
    r"(\s+)((?-i:[^\W\d_a-zа-яёà-ÿ])[\w'’.-]{1,30}"
    r"(?: (?-i:[^\W\d_a-zа-яёà-ÿ])[\w'’.-]{1,30})?)"
)
_CALLED_IN_SMALL = re.compile(
    r"(?i)\b(my name is|ich hei(?:ß|ss)e|mein name ist|me llamo|je m['’]appelle|mi chiamo|"
    r"meu nome é|меня зовут|benim adım)(\s+)([^\W\d_]{2,30}(?: [^\W\d_]{2,30})?)"
    r"(?=\s*(?:[,.!;\n]|$))"
)
_I_AM = re.compile(
    r"(?i)\b(i['’]m|i am|ich bin|soy|je suis|sono)(\s+)"
    r"((?-i:[A-ZÀ-Þ])[\w'’-]{1,30}(?: (?-i:[A-ZÀ-Þ])[\w'’-]{1,30}|(?=\s*(?:[,.!;]|from\b|$))))"
)
# What people are who say "I am a Premium Member" without the article.
_SOMETHING = re.compile(
    r"(?:member|customer|user|subscriber|client|owner|plan|premium|plus|basic|kund(?:e|in)|"
    r"mitglied|nutzer(?:in)?|abonnent(?:in)?|cliente|usuari[oa]|miembro|abonné|utente|abbonat[oa])"
)
_SIGNED_ELSEWHERE = re.compile(
    r"((?:谢谢|此致|敬上|よろしくお願いします|ありがとうございます|감사합니다|شكر[اًا]*|تحياتي|"
    r"مع التحية|תודה|בברכה|धन्यवाद|ευχαριστώ|teşekkürler|bedankt|dziękuję|pozdrawiam)"
    r"[\s,，、،。.!！]+)"
    r"([^\s,，。.!！?？、؛،:：]{2,12}(?: [^\s,，。.!！?？、؛،:：]{2,12})?)(?=[\s。.!！]*$)",
    re.IGNORECASE,
)
_NAMED_ELSEWHERE = re.compile(
    r"(我叫|我的名字是|私の名前は|私は|제 이름은|اسمي|نامم|שמי|मेरा नाम)"
    r"(\s*)([^\s,，。.!！、؛،]{2,12}(?: [^\s,，。.!！、؛،]{2,12})?)"
)
_GREETED_ELSEWHERE = re.compile(
    r"(?m)^(\s*(?:您好|你好|尊敬的|こんにちは|안녕하세요|مرحبا|السلام عليكم|שלום|नमस्ते)[\s,，、]+)"
    r"([^\s,，。.!！?？、؛،:：]{1,12}(?: [^\s,，。.!！?？、؛،:：]{1,12})?)"
    r"(?=\s*(?:[,，。.!！、؛،:：]|$))"
)
_STREET = re.compile(
    r"(?i)\b\d{1,5}[a-z]?(?:[ -]\d{1,4})?,?\s+(?-i:[A-ZÀ-Þ][\w'’.-]*\s){1,3}?"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|way|close|court|ct|square|sq|boulevard|blvd|"
    r"terrace|crescent|gardens?|place|pl)\b\.?(?:,?\s+(?:apt|flat|unit|apartment)\.?\s*\w+)?"
    r"|\b\d{1,4},?\s+(?:rue|avenue|boulevard|place|chemin|allée)\s+(?:[\w'’.-]+\s?){1,4}"
    r"|\b[\w'’.-]{0,40}(?:straße|strasse|str\.|weg|gasse|platz|allee|ring|ufer|damm)\s+\d{1,4}\s?[a-z]?\b"
    r"|\b(?:calle|avenida|avda\.?|plaza|paseo|via|viale|piazza|rua)\s+(?:[\w'’.-]+\s){0,4}?"
    r"[\w'’.-]+,?\s+(?:n[º°.]?\s*)?\d{1,4}\b"
    r"|(?:ул\.|улица|проспект|пр-т|переулок|пер\.)\s*[\w .-]{2,40}?,?\s*(?:д\.|дом)?\s*\d{1,4}"
    r"(?:,?\s*(?:кв\.|квартира)\s*\d{1,4})?"
    r"|[\u4e00-\u9fff]{2,8}(?:市|省|区|县)[\u4e00-\u9fff\d]{1,30}(?:号|室|弄|楼)"
    r"|〒?\d{3}-\d{4}\s*[\u4e00-\u9fff\u3040-\u30ff\d-]{4,40}"
)
_TOWN = re.compile(
    r"(?:(?<=\[address\])|(?<=\[address\],)|(?<=\[address\], ))[\s,]*"
    r"(?:[A-Z]-?)?\d{4,6}\s+[^\W\d_][\w'’-]+(?: [^\W\d_a-z][\w'’-]+)?"
)
# A town's number by itself is a number like any other; with the town behind it, it is an address.
_PLACE = re.compile(
    r"(?:(?<=, )|(?<=\n)|(?<=\bin )|(?<=\bto )|(?<=\bat )|(?<=from )|(?<=nach )|(?<=\baus )|"
    r"(?<=\ben )|(?<=\ba )|(?<=à ))(?:D-|F-|I-|E-)?\d{5}[ \u00a0]"
    r"(?!Eur|Dollar|Pound|Point|Punkt)[A-ZÄÖÜÀ-Þ][a-zß-ÿ][\w'’-]+(?=\s*(?:$|[,.;!?\n)]))"
    r"|(?<![\w#№-])\d{4} ?[A-Z]{2},? [A-Z][a-z][\w'’-]+(?=\s*(?:$|[,.;!?\n)]))"
)
_POSTCODE = re.compile(
    r"\b(?:GIR ?0AA|[A-PR-UWYZ]\d[A-Z\d]?\d? ?\d[ABD-HJLNP-UW-Z]{2}|[A-PR-UWYZ][A-HK-Y]\d[A-Z\d]?"
    r" \d[ABD-HJLNP-UW-Z]{2})\b"
)
_CUED_NUMBER = re.compile(
    r"(?i)(\b(?:order|booking|invoice|account|customer|client|contract|subscription|member(?:ship)?|"
    r"reference|ref|case|ticket|parcel|tracking|delivery|bestell\w{0,30}|auftrags?\w{0,30}|kunden\w{0,30}|"
    r"rechnungs?\w{0,30}|vertrags?\w{0,30}|konto\w{0,30}|sendungs\w{0,30}|pedido|factura|cliente|cuenta|commande|"
    r"facture|client|compte|ordine|fattura|заказ\w{0,30}|счет\w{0,30}|счёт\w{0,30}|договор\w{0,30}|клиент\w{0,30})"
    r"|订单编号|订单号?|账号|注文番号|注文|주문번호|주문|رقم الطلب|رقم طلبي|طلب|חשבון|הזמנה)"
    r"(\s*(?:number|no|nr|num|id|code|номер)?\s*\.?\s*"
    r"(?:is|was|ist|es|est|:|：|#|№|n[º°]|是|は|는|هو)?\s*[#№]?\s*)"
    r"((?=(?:[\w-]{0,28}?\d){3})[A-Za-z]{0,4}-?[\d][\w-]{2,24})"
)
_HASH_NUMBER = re.compile(r"(?<!\w)[#№]\s?(?=\w*\d\w*\d\w*\d\w*\d)[A-Z]{0,3}-?\d[\w-]{3,20}")
# Numbers that nothing says what they are of. Amounts, dates and short codes are none of them.
_MONEY = r"€|\$|£|¥|₹|eur|usd|gbp|chf|jpy|points?"
_CODE = re.compile(r"(?<![\w-])[A-Z]{1,6}-(?:\d{2,4}-)?\d{5,}(?![\w-])")
_LONG_NUMBER = re.compile(
    rf"(?i)(?<![\d.,€$£¥₹])(?<![€$£¥₹] )\d{{6,}}(?!\d|[.,]\d|\s?(?:{_MONEY}))"
)
_GROUPED_NUMBER = re.compile(r"(?<![\d.,:/€$£¥₹-])\d(?:[ ()-]{0,2}\d){8,}(?![\d-]|[.,:/]\d)")
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-\d{2,4}")
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z_]\w{2,30}\b")

_NAMED = (
    _AFTER_GREETING,
    _AFTER_GREETING_AT_ONCE,
    _SIGNED,
    _SIGNED_WITHIN,
    _CALLED,
    _CALLED_IN_SMALL,
    _I_AM,
    _NAMED_ELSEWHERE,
    _SIGNED_ELSEWHERE,
)


def redacted(text: str, names: Iterable[str] = ()) -> str:
    """Return ``text`` for eyes outside the case; ``names`` are those that the case is known by."""
    text = _GAP.sub(_short, text)
    for name in names:
        text = re.sub(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", "[name]", text)
    text = _CUED_NUMBER.sub(_number, _GROUPED_NUMBER.sub(_grouped, masked(text)))
    for pattern in (_HASH_NUMBER, _CODE, _LONG_NUMBER):
        text = pattern.sub("[number]", text)
    text = _PLACE.sub("[address]", _TOWN.sub("", _STREET.sub("[address]", text)))
    text = _POSTCODE.sub("[postcode]", text)
    for pattern in _NAMED:
        text = pattern.sub(_name, text)
    text = _GREETED_ELSEWHERE.sub(r"\1[name]", text)
    text = _CUT_OFF.sub("[number]…", text)
    text = _LAST_LINE.sub("\n[name]", text)
    text = _TITLED.sub(r"\1[name]", text)
    return _HANDLE.sub("[name]", text)


def names_in(*of: str) -> list[str]:
    """Return each whole name and each word of it; one word is a code, more than four no name."""
    whole = [name.strip() for name in of if 2 <= len(name.split()) <= MOST_WORDS]
    return [*whole, *(word for name in whole for word in name.split() if len(word) > 1)]


def _short(gap: re.Match[str]) -> str:
    return "\n" * min(gap[0].count("\n"), 2) or " "


def _number(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}[number]"


def _grouped(match: re.Match[str]) -> str:
    return match[0] if any(map(_DAY.fullmatch, match[0].split())) else "[number]"


def _name(match: re.Match[str]) -> str:
    said = match[match.re.groups]
    words = [word.strip(".,!").casefold() for word in said.split()]
    is_shouted = match.re in (_CALLED, _I_AM) and said.isupper()  # "this is URGENT"
    is_nobody = any(map(_NOBODY.fullmatch, words)) or bool(_SOMETHING.fullmatch(words[-1]))
    if "[" in said or is_shouted or is_nobody or _NO_BEGINNING.fullmatch(words[0]):
        return match[0]
    return match[0][: match.start(match.re.groups) - match.start()] + "[name]"
