"""What every part of a launch pack shares: no unknown fields, nothing that cannot be kept."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Shape(BaseModel):
    """What every part of a pack shares: a field that is not known is an error."""

    model_config = ConfigDict(extra="forbid", strict=False)

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: object) -> object:
        """Refuse what a quoted escape can write and no database keeps."""
        if any(_is_unstorable(words) for words in (value if isinstance(value, list) else [value])):
            raise PydanticCustomError("unstorable", "It holds a character that cannot be kept")
        return value


def _is_unstorable(value: object) -> bool:
    """Return whether ``value`` holds a NUL or half of a surrogate pair."""
    return isinstance(value, str) and any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)
