"""What customers and other programs send us, as it must be: sizes, types, nothing unknown."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from assistant.desk.feedback import LONGEST as LONGEST_FEEDBACK
from assistant.desk.messages import LONGEST

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST)]
MessageId = Annotated[int, Field(ge=1, le=2**62)]  # what the database can look for


def storable(value: object) -> object:
    """Return ``value``, unless no database keeps it: a NUL, or half of a surrogate pair."""
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("it holds a NUL character; remove it")
        value.encode("utf-8")
    return value


class Strict(BaseModel):
    """A body whose unknown fields and wrong types are an error."""

    model_config = ConfigDict(extra="forbid", strict=True)
    _storable = field_validator("*", mode="before")(storable)


class EarlierBody(Strict):
    """A conversation of the same visitor, with the token that proves it."""

    id: Annotated[str, StringConstraints(max_length=64)]
    token: Annotated[str, StringConstraints(max_length=128)]


class BeginBody(Strict):
    """Where a conversation begins."""

    channel: Literal["widget", "page", "api"] = "widget"
    page_url: Annotated[str, StringConstraints(max_length=2_000)] = ""
    visitor: Annotated[str, StringConstraints(max_length=200)] = ""
    earlier: EarlierBody | None = None


class MessageBody(Strict):
    """A customer's words."""

    text: Words


class ChoiceBody(Strict):
    """A tap on a "did you mean"; no entry means none of these."""

    message_id: MessageId
    entry: Annotated[str, StringConstraints(max_length=80)] | None


class HelpfulBody(Strict):
    """Whether an answer helped, and why not."""

    message_id: MessageId
    helpful: bool
    reason: Literal["not_my_case", "already_tried", "unclear", "still_broken", "other"] | None = (
        None
    )
    note: Note = ""


class PersonBody(Strict):
    """A wish for a person, perhaps with words."""

    note: Note = ""


class ContextBody(Strict):
    """What the customer tells once about their case."""

    doing: Note = ""
    can_continue: Literal["yes", "no", "partly"] | None = None
    reach: Annotated[str, StringConstraints(strip_whitespace=True, max_length=320)] = ""


class SeenBody(Strict):
    """The newest message that somebody looked at."""

    message_id: MessageId


class EmailBody(Strict):
    """Where answers are to go when the page is left."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]


class RatingBody(Strict):
    """How it went, 1 to 5."""

    score: int = Field(ge=1, le=5)
    note: Note = ""


class FeedbackBody(BaseModel):
    """Feedback in the form other systems send it; further fields are let be."""

    userId: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]  # noqa: N815
    feedback: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_FEEDBACK)
    ]
    timestamp: AwareDatetime
    _storable = field_validator("*", mode="before")(storable)

    @field_validator("timestamp")
    @classmethod
    def _in_utc(cls, value: datetime) -> datetime:
        """Return the instant in UTC; what lies outside the calendar there is refused."""
        try:
            return value.astimezone(UTC)
        except OverflowError:
            raise ValueError("it lies outside the calendar") from None
