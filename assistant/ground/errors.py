"""Three ways to say no. Each says what to do next; one handler in ``web`` renders them."""


class Declined(Exception):
    """The tree's root: a request that was understood and is not carried out."""

    status = 400

    def __init__(self, message: str, *, what_to_do: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.what_to_do = what_to_do


class Refused(Declined):
    """The state does not allow it now (409)."""

    status = 409


class NotPermitted(Declined):
    """This person may not do it (403)."""

    status = 403


class NotFound(Declined):
    """It does not exist, or it is not yours: the two are told apart by nobody (404)."""

    status = 404

    def __init__(self, message: str = "There is nothing here.", *, what_to_do: str = "") -> None:
        super().__init__(message, what_to_do=what_to_do)
