"""What is wrong with a form, by field."""


class Problems(dict[str, str]):
    """Problems by field; a field without one has an empty problem, as templates ask for it."""

    def __missing__(self, field: str) -> str:
        """Return nothing, and keep nothing."""
        return ""
