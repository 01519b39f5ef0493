"""What a contact seeks: reassurance, information, or help with a problem. People may correct it.

The rule is one that anybody can read: words that ask for reassurance decide first, because who
writes "I was charged twice, is that normal?" asks for it; then words of trouble; the rest asks for
information. The words that decided are kept with the verdict.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from assistant.desk.conversations import Conversation
from assistant.desk.messages import Message, Said
from assistant.ground.audit import happened
from assistant.ground.database import Base, put_unless_there
from assistant.ground.errors import NotFound, NotPermitted
from assistant.ground.people import Person, Role

OVERLAP = 500  # messages looked at again: PostgreSQL hands out ids before they are committed
CORRECTED = "seeking.corrected"


class Seeks(StrEnum):
    """What somebody turns to us for."""

    REASSURANCE = "reassurance"
    INFORMATION = "information"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text seeks, and the words that said so; none when nothing did."""

    seeks: Seeks
    because: str


class Seeking(Base):
    """What one question seeks, as it was read, and as a person corrected it."""

    __tablename__ = "seeking"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("messages.id"), primary_key=True, autoincrement=False
    )
    read_as: Mapped[str]
    because: Mapped[str]
    seeks: Mapped[str] = mapped_column(index=True)  # what counts: a person's word over the rule's
    corrected_at: Mapped[datetime | None] = mapped_column(index=True)
    corrected_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    corrected_by: Mapped[Person | None] = relationship()


# Each group asks: is this as it should be, am I safe, am I alone, did I do it wrong, do I have to
# act. English first; the phrases that matter most in German, French and Spanish beside it.
REASSURANCE = re.compile(
    r"""
    \b(?:is|are|was|were)\b[^.!;\n]{0,60}?\b(?:expected|normal|correct|intended|intentional|planned
        |meant\ to|supposed\ to|by\ design|safe|legit|genuine|ok|okay|fine|scam|phishing|fraud
        |a\ bug\ or|affected|still\ valid|on\ purpose|really\ (?:from\ )?you|lost|gone|hacked)\b
    |\b(?:right|correct|yes|okay|ok)\s*\?\s*$
    |\bam\s+i\s+(?:the\s+only|doing\s+(?:this|it)\s+right|affected|safe|alone|still)\b
    |\b(?:only|just)\s+me\b | \bdid\s+i\s+do\s+(?:something|anything)\s+wrong\b
    |\b(?:does|do|did|are|is|has|have)\s+(?:everyone|everybody|others?|other\s+people|anyone\s+else
        |anybody\s+else|someone\s+else\s+(?:also|too))\b
    |\b(?:worr(?:y|ied|ying)|concerned|nervous|afraid|anxious|reassur\w*|suspicious)\b
    |\b(?:can|could)\s+(?:you|somebody|someone|anyone)\s+(?:please\s+)?(?:confirm|reassure)\b
    |\bplease\s+confirm\b | \bplease\s+tell\s+me\b[^.?]{0,80}\bnot\b
    |\bmake\s+sure\b | \b(?:just|only)\s+(?:checking|wanted\s+to\s+(?:check|make\s+sure))\b
    |\bdo\s+i\s+(?:need|have)\s+to\s+(?:do|act|worry)\b
    |\b(?:will|would|do|could)\s+i\s+(?:lose|be\s+charged|be\s+billed|get\s+charged|still)\b
    |\bhave\s+i\s+(?:lost|missed)\b | \bi\s+hope\s+(?:nothing|it|my|that)\b
    |\bwill\s+(?:my|our|the)\b[^.?]{0,80}\b(?:survive|be\s+safe|be\s+lost|still|stay|be\s+deleted)\b
    |\b(?:affect|affects)\s+(?:me|us|my|our)\b | \bare\s+you\s+aware\b
    |\bcan\s+i\s+(?:still\s+trust|safely|go\s+on|continue|carry\s+on|keep\s+(?:using|working))\b
    |\bcould\s+(?:this|that|it)\s+be\s+(?:a\s+)?(?:mistake|error|bug)\b
    |\bnot\s+sure\s+(?:if|whether)\s+(?:this|that|it)\b | \bwas\s+i\s+hacked\b
    |\b(?:has|did)\s+my\b[^.?]{0,80}\b(?:received|arrived?|gone?\ through|go\ through|arrive)\b
    |\b(?:ist|sind|war)\b[^.!\n]{0,40}\b(?:normal|richtig|korrekt|sicher|gewollt|beabsichtigt|okay)\b
    |\bsorgen\s+machen\b | \bbin\s+ich\s+(?:der|die)\s+einzige?r?\b | \bsicher\s+weiter
    |\bhab(?:e)?\s+ich\s+etwas\s+falsch\b | \bmuss\s+ich\s+(?:etwas|was)\s+(?:tun|machen)\b
    |\best[-\s]ce\s+(?:que\s+c.est\s+)?(?:normal|s[ûu]r|pr[ée]vu|correct)\b
    |\bsuis[-\s]je\s+(?:le|la)\s+seule?\b | \bdois[-\s]je\s+m.inqui[ée]ter\b
    |\bes\s+(?:normal|seguro|correcto|esperado)\b | \bsoy\s+el\s+[úu]nico\b | \bpreocupar
    """,
    re.IGNORECASE | re.VERBOSE,
)
TROUBLE = re.compile(
    r"""
    \b(?:cannot|can.?t|could\s*n.?t|unable|won.?t|doesn.?t|does\s+not|didn.?t|isn.?t|not\s+(?:working
        |coming|accepted|loading|received|possible))\b
    |\b(?:error|errors|broken|broke|crash\w*|fail\w*|bug|stuck|frozen|freez\w*|hangs?|denied|rejected
        |wrong|missing|disappeared|deleted|vanished|lost|aborted|slow|blocked|locked\s+out|404|500
        |expired|leaks?|ignores|overlaps?|refused)\b
    |\b(?:charged|billed|debited)\s+twice\b | \b(?:is|are)\s+gone\b
    |\b(?:never|no\s+longer|stopped|nothing\s+happens|keeps?\s+getting|no\s+results?|white\s+screen
        |logged\s+out|nobody\s+answers|any\s*more)\b
    |\bsomeone\s+else.?s\b
    |\b(?:nicht|kein\w*|fehler|fehlgeschlagen|kaputt|gesperrt|abgest[üu]rzt)\b
    |\bne\s+\w+\s+pas\b | \bimpossible\b | \berreur\b | \ben\s+panne\b
    |\bno\s+(?:puedo|funciona|carga|llega)\b | \bfall[oó]\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def read(text: str) -> Reading:
    """Return what ``text`` seeks by the rule, and the words that decided."""
    plain = text.replace("’", "'")
    for seeks, words in ((Seeks.REASSURANCE, REASSURANCE), (Seeks.PROBLEM, TROUBLE)):
        if found := words.search(plain):
            return Reading(seeks, " ".join(found.group().split()))
    return Reading(Seeks.INFORMATION, "")


def read_new(session: Session, *, most: int) -> list[Message]:
    """Read the questions that nobody has read yet, oldest first, at most ``most``; return them."""
    newest = session.scalar(select(func.max(Seeking.message_id))) or 0
    query = (
        select(Message)
        .outerjoin(Seeking, Seeking.message_id == Message.id)
        .where(Message.id > newest - OVERLAP, Message.kind == Said.QUESTION)
        .where(Seeking.message_id.is_(None))
        .order_by(Message.id)
        .limit(most)
    )
    found = list(session.scalars(query))
    put_unless_there(session, Seeking, [_row(message.id, read(message.text)) for message in found])
    return found


def _row(message_id: int, reading: Reading) -> dict[str, object]:
    return {
        "message_id": message_id,
        "read_as": reading.seeks,
        "because": reading.because,
        "seeks": reading.seeks,
    }


def correct(
    session: Session, message: Message, seeks: Seeks, *, by: Person, at: datetime
) -> Seeking:
    """Say what a question really seeks; it counts from now on, and measures the rule.

    To say what the rule says confirms it.

    Raises:
        NotPermitted: when ``by`` neither works at the desk nor leads.
        NotFound: when the message is no question.
    """
    if not by.is_any(Role.AGENT, Role.LEAD, Role.ENGINEER):
        raise NotPermitted("People at the desk correct this.", what_to_do="Ask one of them.")
    if message.kind != Said.QUESTION:
        raise NotFound("That is no question of a customer.", what_to_do="Load the page again.")
    put_unless_there(session, Seeking, [_row(message.id, read(message.text))])
    kept = session.get_one(Seeking, message.id, with_for_update=True)
    before, kept.seeks = kept.seeks, seeks
    kept.corrected_at, kept.corrected_by, kept.corrected_by_id = at, by, by.id
    talk = session.get_one(Conversation, message.conversation_id)
    happened(
        session,
        CORRECTED,
        at=at,
        by=by,
        launch_id=talk.launch_id,
        conversation_id=talk.id,
        message=message.id,
        seeks=[before, seeks],
    )
    return kept
