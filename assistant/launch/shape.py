"""What every part of a launch pack shares: no unknown fields, nothing that cannot be kept."""

from typing import Annotated, TypeGuard

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from assistant.ground.readable import is_readable, is_visible, turning


def _visible(value: str) -> str:
    if not is_visible(value):
        raise PydanticCustomError("unseen", "It holds nothing that anybody sees")
    return value


def _readable(value: str) -> str:
    if not is_readable(value):
        raise PydanticCustomError("unseen", "It holds no letter and no digit")
    return value


_Filled = StringConstraints(strip_whitespace=True, min_length=1, max_length=500)
Line = Annotated[str, _Filled, AfterValidator(_visible)]
Title = Annotated[str, _Filled, AfterValidator(_readable)]


class Shape(BaseModel):
    """What every part of a pack shares: a field that is not known is an error."""

    model_config = ConfigDict(extra="forbid", strict=False)

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: object) -> object:
        """Refuse what a quoted escape can write and no database keeps, and what turns letters."""
        said = value if isinstance(value, list) else [value]
        if any(_is_unstorable(words) for words in said):
            raise PydanticCustomError("unstorable", "It holds a character that cannot be kept")
        if found := next((turning(words) for words in said if _turns(words)), ""):
            raise PydanticCustomError(
                "turning",
                "It holds an invisible character that turns the order of letters ({found})",
                {"found": found},
            )
        return value


def _turns(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and turning(value) != ""


def _is_unstorable(value: object) -> bool:
    """Return whether ``value`` holds a NUL or half of a surrogate pair."""
    return isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)
