"""Four eyes: who may approve a version, how many of them, and ten seconds to think again.

An approval takes effect with its own transaction: customers who ask now are helped now. Undone
within ten seconds, the version is out of use for good, because somebody may have got it; what was
sent before is sent again, and the same words wait for approval as a new version.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from assistant.ground.errors import NotPermitted, Refused
from assistant.ground.people import Person, Role
from assistant.launch.launches import library_changed
from assistant.launch.scenarios import Decider, Scenario
from assistant.library import filing
from assistant.library.standing import Standing
from assistant.library.undoing import merge_again, retire_again, retirement_of
from assistant.library.versions import Approval, Draft, EntryVersion

UNDO = timedelta(seconds=10)


class Approvable(Standing):
    """An entry's way from review to customers, and back to its author."""

    @property
    def approvers_needed(self) -> int:
        """Return how many people approve it, beside who wrote it."""
        return 2 if filing.is_gravest(self) else 1

    def approve(
        self,
        session: Session,
        *,
        by: Person,
        at: datetime,
        override: str = "",
        breaks: int = 0,
        needed: int = 0,
    ) -> EntryVersion:
        """Say that the newest version is right; the last of those who are needed puts it to use.

        ``override`` says why it is right although ``breaks`` confirmed answers change with it;
        ``needed`` is how many approve it, where that is more than its scenario asks for.

        Raises:
            NotPermitted: when ``by`` wrote any of it, has approved it already, or may not approve
                messages of its scenario.
            Refused: when a required part is blank, or nothing waits for approval.
        """
        version = self._pending("approve")
        self.may_approve(version, by)
        if version.submitted_at is None:
            raise Refused("Nobody has submitted it for review.", what_to_do="Submit it first.")
        if missing := version.parts.missing():
            raise Refused(f"It still needs {', '.join(missing)}.", what_to_do="Ask for changes.")
        said = Approval(person=by, person_id=by.id, at=at, because=override.strip(), breaks=breaks)
        version.approvals.append(said)
        if len(version.standing_approvals) < max(needed, self.approvers_needed):
            self.note(session, "approved-once", by=by, at=at, version=version.number)
            return version
        return self._approved(session, version, by=by, at=at)

    def approve_as_imported(self, session: Session, *, by: Person, at: datetime) -> EntryVersion:
        """Make the newest version what customers get, in the name of the lead behind a pack.

        The operator who imports answers for it, so who decides for the scenario is not asked.
        """
        return self._approved(session, self._pending("approve"), by=by, at=at)

    def _approved(
        self, session: Session, version: EntryVersion, *, by: Person, at: datetime
    ) -> EntryVersion:
        version.must_be_filled()
        for earlier in self.versions:
            if earlier.approved_at is not None and earlier.superseded_at is None:
                earlier.superseded_at = at
        version.approved_at, version.approved_by_id = at, by.id
        version.undoing = retirement_of(self) | filing.take_effect(self, version)
        self.retired_at = self.retired_by_id = None
        library_changed(session, self.launch_id)
        self.note(session, "approved", by=by, at=at, version=version.number, sha256=version.sha256)
        if version.takes_in is not None:
            version.takes_in.give_way(session, to=version.question, by=by, at=at)
        return version

    def undo_approval(self, session: Session, *, by: Person, at: datetime) -> EntryVersion:
        """Take the last approval back within ten seconds; return the same words, waiting again.

        What it had put to use waits as a new version, with the approval of whoever was the first
        of two; a first approval by itself leaves everything as it was before it.

        Raises:
            NotPermitted: when ``by`` is no lead.
            Refused: when the ten seconds have passed, or something else has happened since.
        """
        version = self.newest
        _only_lead(by)
        if not self.may_undo_approval(at):
            raise Refused("The ten seconds have passed.", what_to_do="Retire it, or recall it.")
        if version.approved_at is None:
            version.standing_approvals[-1].void_at = at
            self.note(session, "approval-undone", by=by, at=at, version=version.number)
            return version
        since, version.superseded_at, version.undone_at = version.approved_at, at, at
        for earlier in self.versions[:-1]:
            if earlier.superseded_at == since:
                earlier.superseded_at = None
        if version.takes_in is not None:
            version.takes_in.stand_again(session, since=since, by=by, at=at)
        retire_again(self, version.undoing)
        again = self.again(session, version, version.as_draft(), at=at)
        again.takes_in = version.takes_in
        again.approvals = [each.again() for each in version.standing_approvals[:-1]]
        filing.file_back(self, version, again)
        library_changed(session, self.launch_id)
        self.note(session, "approval-undone", by=by, at=at, version=version.number)
        return again

    def may_undo_approval(self, at: datetime) -> bool:
        """Return whether the newest version got its last approval less than ten seconds ago."""
        newest = self.newest
        if not newest.standing_approvals:  # a pack's approval is none of ours
            return False
        if newest.approved_at is None:
            waits = newest.submitted_at is not None
            return waits and at < newest.standing_approvals[-1].at + UNDO
        return newest.is_current and at < newest.approved_at + UNDO

    def again(
        self, session: Session, version: EntryVersion, draft: Draft, *, at: datetime
    ) -> EntryVersion:
        """Return the same words as a new version in review, by the same authors.

        ``draft`` is what ``version`` says, for another time perhaps.
        """
        again = EntryVersion(number=version.number + 1, created_at=at)
        self.versions.append(again)
        again.write(draft, by=version.author, at=at)
        again.text, again.sha256 = version.text, version.sha256
        again.writers = list(version.writers)
        filing.waits(again, since=at)
        session.flush()
        return again

    def request_changes(self, session: Session, *, reason: str, by: Person, at: datetime) -> None:
        """Give it back to its author with a reason.

        Raises:
            Refused: without a reason, or when nothing waits for approval.
        """
        version = self._submitted("ask for changes to")
        if not reason.strip():
            raise Refused("Say what should change.", what_to_do="Write it for the author.")
        version.submitted_at, version.changes_asked = None, reason.strip()
        version.void_approvals(at)
        self.note(session, "changes-requested", by=by, at=at, version=version.number, reason=reason)

    def reject(
        self, session: Session, *, reason: str, by: Person, at: datetime, people: int = 0
    ) -> None:
        """Decide against it; ``people`` have asked so far, and it is quiet until clearly more do.

        Raises:
            NotPermitted: when ``by`` is no lead.
            Refused: when nothing waits for approval.
        """
        if not by.is_any(Role.LEAD):
            raise NotPermitted("Only a lead rejects an entry.", what_to_do="Ask a lead.")
        version = self._submitted("reject")
        version.rejected_at, version.submitted_at, version.changes_asked = at, None, reason.strip()
        version.rejected_people = people
        version.void_approvals(at)
        version.undoing = {"takes_in": version.takes_in.id} if version.takes_in else {}
        version.takes_in = None  # rejected is the merging too, whatever is written here next
        self.note(session, "rejected", by=by, at=at, version=version.number, reason=reason)

    def undo_rejection(self, session: Session, *, by: Person, at: datetime) -> None:
        """Let it wait for approval again, within ten seconds.

        Raises:
            NotPermitted: when ``by`` is no lead.
            Refused: when it was not rejected less than ten seconds ago.
        """
        _only_lead(by)
        version = self.newest
        if not self.may_undo_rejection(at):
            raise Refused("The ten seconds have passed.", what_to_do="Its author submits it again.")
        version.rejected_at, version.submitted_at, version.changes_asked = None, at, ""
        merge_again(session, version)
        self.note(session, "rejection-undone", by=by, at=at, version=version.number)

    def may_undo_rejection(self, at: datetime) -> bool:
        """Return whether it was rejected less than ten seconds ago."""
        rejected = self.newest.rejected_at
        return self.newest.state == "rejected" and rejected is not None and at < rejected + UNDO

    def may_be_approved_by(self, person: Person) -> str:
        """Return why ``person`` may not approve the newest version; empty when they may."""
        return self.why_not(self.newest, person)

    def why_not(self, version: EntryVersion, person: Person) -> str:
        """Return why ``person`` may not approve ``version``; empty when they may."""
        try:
            self.may_approve(version, person)
        except NotPermitted as why:
            return why.message
        return ""

    def may_approve(
        self, version: EntryVersion, person: Person, *, is_second: bool = False
    ) -> None:
        """Raise NotPermitted, with the reason, unless ``person`` may approve ``version``.

        Whoever approved it may decide about it again later; ``is_second`` when somebody who may
        has said so before.
        """
        if not person.is_any(Role.LEAD):
            raise NotPermitted("Only a lead approves an entry.", what_to_do="Ask a lead.")
        if version.author_id == person.id:
            raise NotPermitted(
                "You wrote this version, so somebody else approves it.",
                what_to_do="Ask another lead.",
            )
        if any(writer.id == person.id for writer in version.writers):
            raise NotPermitted(
                "You had a hand in this version, so somebody else approves it.",
                what_to_do="Ask another lead.",
            )
        standing = version.standing_approvals if version.approved_at is None else []
        if any(approval.person_id == person.id for approval in standing):
            raise NotPermitted(
                "You have approved it; a second person does too.", what_to_do="Ask another lead."
            )
        # Of two who approve, the one whom the scenario names is the first and any lead the second.
        if not standing and not is_second:
            _may_decide(filing.filing_of(version), person)


def _may_decide(scenario: Scenario | None, person: Person) -> None:
    if scenario is not None and not scenario.is_decided_by(person, Decider.APPROVES_MESSAGES):
        named = scenario.deciders[Decider.APPROVES_MESSAGES]
        raise NotPermitted(
            f"Messages for “{scenario.title}” are approved by {named}.",
            what_to_do=f"Ask {named}.",
        )


def _only_lead(person: Person) -> None:
    if not person.is_any(Role.LEAD):
        raise NotPermitted("Only a lead takes that back.", what_to_do="Ask a lead.")
