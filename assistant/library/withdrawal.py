"""The end of an entry: retired, merged into another, or recalled because it was found wrong."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import labels_changed, library_changed
from assistant.library.approvals import UNDO
from assistant.library.standing import Standing
from assistant.library.undoing import submission_of, submit_again
from assistant.library.versions import EntryVersion


class Withdrawable(Standing):
    """The verbs that take an entry away from customers, and give it back."""

    def retire(self, session: Session, *, reason: str, by: Person, at: datetime) -> None:
        """Take it away from customers: from ``at`` on it is sent by nothing.

        Raises:
            NotPermitted: when ``by`` is no lead.
            Refused: when it is not what customers get.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead retires an entry.", what_to_do="Ask a lead.")
        if self.approved is None:
            raise Refused("Customers do not get this entry.", what_to_do="Nothing is left to do.")
        if not reason.strip():
            raise Refused("Say why it ends.", what_to_do="Write it for those who read the history.")
        self._end(session, "retired", because=reason.strip(), by=by, at=at)

    def _end(self, session: Session, what: str, *, because: str, by: Person, at: datetime) -> None:
        self.retired_at, self.retired_by_id, self.retired_because = at, by.id, because
        library_changed(session, self.launch_id)
        self.note(session, what, by=by, at=at, reason=because)

    def undo_retirement(self, session: Session, *, by: Person, at: datetime) -> None:
        """Give it back to customers, within ten seconds.

        Raises:
            NotPermitted: when ``by`` is no lead.
            Refused: when it was not retired less than ten seconds ago.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead takes that back.", what_to_do="Ask a lead.")
        if not self.may_undo_retirement(at):
            raise Refused(
                "The ten seconds have passed.", what_to_do="Roll back to its last version."
            )
        self._stand(session, "retirement-undone", by=by, at=at)

    def may_undo_retirement(self, at: datetime) -> bool:
        """Return whether it was retired less than ten seconds ago."""
        is_over = self.newest.approved_at is not None
        return is_over and self.retired_at is not None and at < self.retired_at + UNDO

    def give_way(self, session: Session, *, to: str, by: Person, at: datetime) -> None:
        """End because the answer to ``to`` has taken it in: retired, or rejected as a draft."""
        because = f"It was merged into “{to}”."
        if self.newest.approved_at is None:
            self.newest.undoing = submission_of(self.newest)
            self.newest.rejected_at, self.newest.submitted_at = at, None
            self.newest.changes_asked = because
        if self.approved is not None:
            self._end(session, "merged", because=because, by=by, at=at)

    def stand_again(
        self, session: Session, *, since: datetime | None, by: Person, at: datetime
    ) -> None:
        """Be as before ``give_way`` at ``since``; what happened to it otherwise stays."""
        if self.newest.rejected_at is not None and self.newest.rejected_at == since:
            submit_again(self.newest)
        if self.retired_at is not None and self.retired_at == since:
            self._stand(session, "merge-undone", by=by, at=at)

    def _stand(self, session: Session, what: str, *, by: Person, at: datetime) -> None:
        self.retired_at, self.retired_by_id, self.retired_because = None, None, ""
        library_changed(session, self.launch_id)
        self.note(session, what, by=by, at=at)

    def recall(
        self,
        session: Session,
        versions: Sequence[EntryVersion],
        *,
        reason: str,
        by: Person,
        at: datetime,
    ) -> None:
        """Say that versions are wrong: from ``at`` on they are sent by nothing. One person may.

        Raises:
            NotPermitted: when ``by`` neither answers customers nor leads.
            Refused: without a reason, or when one of them was never approved, or is recalled.
        """
        if not by.is_any(Role.AGENT, Role.ENGINEER, Role.LEAD):
            raise NotPermitted("Only the desk recalls an answer.", what_to_do="Tell a lead.")
        if not reason.strip():
            raise Refused("Say what is wrong with it.", what_to_do="Write it for your colleagues.")
        if not versions or any(v.approved_at is None or v.recalled_at for v in versions):
            raise Refused("It is not what customers get.", what_to_do="Load the entry again.")
        for version in versions:
            version.recalled_at = at
        self._withdrawn(session, "recalled", versions, reason=reason, by=by, at=at)

    def reinstate(
        self,
        session: Session,
        versions: Sequence[EntryVersion],
        *,
        reason: str,
        by: Person,
        at: datetime,
    ) -> None:
        """Let versions that were recalled count as approved again."""
        for version in versions:
            version.recalled_at = None
        self._withdrawn(session, "reinstated", versions, reason=reason, by=by, at=at)

    def _withdrawn(
        self, session: Session, what: str, versions: Sequence[EntryVersion], **said: Any
    ) -> None:
        library_changed(session, self.launch_id)
        labels_changed(session, self.launch_id)
        self.note(session, what, versions=[version.number for version in versions], **said)

    def look_at(self, session: Session, *, by: Person, at: datetime) -> None:
        """Say that a lead looked at what people judged wrong about it, and it may answer again.

        Raises:
            NotPermitted: when ``by`` is no lead.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead lets an entry answer again.", what_to_do="Ask a lead.")
        self.looked_at = at
        labels_changed(session, self.launch_id)
        self.note(session, "looked-at", by=by, at=at)
