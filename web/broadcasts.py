"""Broadcasts: one answer to everyone who asked, from the choice of people to the last of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.answering import broadcast, missed, to_everyone
from assistant.answering.audience import Audience, Chosen
from assistant.answering.broadcast import Broadcast
from assistant.answering.leaving_out import Words as Said
from assistant.ground.errors import NotFound, Refused
from assistant.ground.people import launches_of
from assistant.launch.launches import Launch
from assistant.library.entries import by_key
from web.access import DeskHere, PartsHere, Reading, RowId, Writing, this_launch, this_ticket
from web.broadcast_pages import Drafted, broadcast_page, broadcasts_page, new_page
from web.refusals import ChangedMeanwhile
from web.shell import Visit, Words, visit, went

router = APIRouter(tags=["broadcasts"], default_response_class=HTMLResponse)

Id = Annotated[int, Query(ge=0, le=2**31 - 1)]
MOST = 1_000  # people of one broadcast that are chosen on a page


def _reading(request: Request, parts: PartsHere, me: DeskHere, session: Reading) -> Visit:
    return visit(request, parts, me, session)


def _writing(request: Request, parts: PartsHere, me: DeskHere, session: Writing) -> Visit:
    return visit(request, parts, me, session)


Looking = Annotated[Visit, Depends(_reading)]
AtDesk = Annotated[Visit, Depends(_writing)]


@router.get("/broadcasts")
def show_broadcasts(desk: Looking, launch: str = "") -> HTMLResponse:
    """Show what was told to everyone who asked, newest first."""
    shown = _launch(desk, launch)
    context = broadcasts_page(desk.session, shown, at=desk.at)
    return desk.page("desk/broadcasts.html", "desk", shown, context)


@router.post("/desk/broadcast")
def begin_with(
    agent: AtDesk, numbers: Annotated[list[str] | None, Form()] = None
) -> RedirectResponse:
    """Begin with the tickets that were selected in the queue."""
    if not numbers:
        raise Refused("No ticket is selected.", what_to_do="Tick those that are to be answered.")
    found = [this_ticket(agent.session, agent.by, number) for number in numbers[:MOST]]
    launches = {ticket.launch.key for ticket in found}
    if len(launches) > 1:
        raise Refused("They belong to several launches.", what_to_do="Select those of one.")
    chosen = urlencode({"launch": launches.pop(), "tickets": ",".join(t.number for t in found)})
    return went(f"/broadcasts/new?{chosen}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address chooses: whom, and which approved answer."""

    launch: str = ""
    group: Annotated[list[int] | None, Query()] = None
    cause: Id = 0
    tickets: Annotated[str, Query(max_length=20_000)] = ""
    scenario: str = ""
    entry: str = ""
    answer: str = ""

    def chosen(self) -> Chosen:
        """Return whom it means."""
        numbers = tuple(number.strip() for number in self.tickets.split(",") if number.strip())
        return Chosen(tuple(self.group or ()), self.cause, numbers, self.scenario, self.entry)


@router.get("/broadcasts/new")
def choose_words(desk: Looking, wanted: Annotated[Wanted, Depends(Wanted)]) -> HTMLResponse:
    """Show who asked, and exactly who would get the chosen answer."""
    launch = _launch(desk, wanted.launch)
    answer = wanted.answer or wanted.entry
    return _previewed(desk, launch, Drafted(chosen=wanted.chosen(), answer=answer))


@dataclass(frozen=True, slots=True)
class Typed:
    """The form: whom, what, and who of them was ticked."""

    launch: Words
    answer: Words = ""
    version: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0
    text: Words = ""
    kind: Annotated[Literal["answer", "own"], Form()] = "answer"
    resolves: Annotated[bool, Form()] = False
    group: Annotated[list[int] | None, Form()] = None
    cause: Annotated[int, Form(ge=0, le=2**31 - 1)] = 0
    tickets: Words = ""
    scenario: Words = ""
    entry: Words = ""
    shown: Annotated[list[str] | None, Form()] = None
    told: Annotated[list[str] | None, Form()] = None

    def drafted(self) -> Drafted:
        """Return it as the page shows it."""
        wanted = Wanted(
            group=self.group,
            cause=self.cause,
            tickets=self.tickets,
            scenario=self.scenario,
            entry=self.entry,
        )
        return Drafted(
            chosen=wanted.chosen(),
            answer=self.answer if self.kind == "answer" else "",
            text=self.text,
            is_own=self.kind == "own",
            resolves=self.resolves,
            without=frozenset(self.shown or ()) - frozenset(self.told or ()),
        )


@router.post("/broadcasts/preview")
def preview(agent: AtDesk, typed: Annotated[Typed, Depends(Typed)]) -> HTMLResponse:
    """Show exactly who would get what was chosen or written."""
    return _previewed(agent, this_launch(agent.session, agent.by, typed.launch), typed.drafted())


@router.post("/broadcasts")
def send(agent: AtDesk, typed: Annotated[Typed, Depends(Typed)]) -> RedirectResponse:
    """Tell those who were ticked, ten seconds from now."""
    launch = this_launch(agent.session, agent.by, typed.launch)
    drafted = typed.drafted()
    words = _words(agent, launch, drafted)
    if words.version is not None and words.version.number != typed.version:
        raise ChangedMeanwhile(
            f"“{words.version.question}” is at version {words.version.number} now.",
            what_to_do="Read what is sent now, then confirm it.",
        )
    made = to_everyone.send_to_all(
        agent.session,
        launch,
        drafted.chosen,
        words,
        people=len(typed.told or ()),
        by=agent.by,
        at=agent.at,
        resolves=drafted.resolves,
        without=drafted.without,
        named=typed.told or (),
        mails=agent.parts.settings.sends_mail,
    )
    return _back(made)


@router.get("/broadcasts/{broadcast_id}")
def show_broadcast(desk: Looking, broadcast_id: RowId) -> HTMLResponse:
    """Show how far one is, who has it and who was left out."""
    found = _this(desk, broadcast_id)
    context = broadcast_page(desk.session, found, person=desk.by, at=desk.at)
    return desk.page("desk/broadcast.html", "desk", found.launch, context)


@router.post("/broadcasts/{broadcast_id}/reading")
def read_over(agent: AtDesk, broadcast_id: RowId) -> RedirectResponse:
    """Say as a second person that it may go out."""
    found = _this(agent, broadcast_id)
    found.read_over(agent.session, by=agent.by, at=agent.at)
    return _back(found)


@router.post("/broadcasts/{broadcast_id}/undoing")
def undo(agent: AtDesk, broadcast_id: RowId) -> RedirectResponse:
    """Take it back before anybody gets it."""
    found = _this(agent, broadcast_id)
    found.undo(agent.session, by=agent.by, at=agent.at)
    return _back(found, "broadcast-undone")


@router.post("/broadcasts/{broadcast_id}/stop")
def stop(agent: AtDesk, broadcast_id: RowId) -> RedirectResponse:
    """Send it to nobody else."""
    found = _this(agent, broadcast_id)
    because = f"{agent.by.name} stopped it."
    found.stop(agent.session, because=because, by=agent.by, at=agent.at)
    return _back(found, "broadcast-stopped")


@router.post("/broadcasts/{broadcast_id}/recipients/{recipient_id}/retry")
def try_again(agent: AtDesk, broadcast_id: RowId, recipient_id: RowId) -> RedirectResponse:
    """Let somebody be told after all who could not be told."""
    found = _this(agent, broadcast_id)
    missed.try_again(agent.session, found, recipient_id, by=agent.by, at=agent.at)
    return _back(found, "replayed")


def _previewed(desk: Visit, launch: Launch, drafted: Drafted) -> HTMLResponse:
    audience: Audience | None = None
    words, problem = None, ""
    if drafted.answer or (drafted.is_own and drafted.text.strip()):
        words = _words(desk, launch, drafted)
        audience = to_everyone.preview(
            desk.session,
            launch,
            drafted.chosen,
            words,
            by=desk.by,
            at=desk.at,
            without=drafted.without,
            mails=desk.parts.settings.sends_mail,
        )
        problem = to_everyone.objection(desk.session, launch.id, words, at=desk.at)
    context = new_page(
        desk.session, launch, drafted, words, audience, problem=problem, by=desk.by, at=desk.at
    )
    return desk.page("desk/broadcast_new.html", "desk", launch, context)


def _words(desk: Visit, launch: Launch, drafted: Drafted) -> Said:
    if drafted.is_own:
        return Said(drafted.text.strip())
    version = by_key(desk.session, launch.id, drafted.answer).approved
    if version is None:
        raise Refused(
            "Customers do not get this answer at present.", what_to_do="Choose another one."
        )
    return Said(version.text, version)


def _launch(desk: Visit, key: str) -> Launch:
    found = desk.launch(key)
    if found is None:
        raise NotFound("You work on no launch yet.", what_to_do="Ask a lead to add you to one.")
    return found


def _this(desk: Visit, broadcast_id: int) -> Broadcast:
    mine: Sequence[int] | None = None if desk.by.is_any() else launches_of(desk.session, desk.by)
    return broadcast.by_id(desk.session, mine, broadcast_id)


def _back(found: Broadcast, toast: str = "") -> RedirectResponse:
    return went(f"/broadcasts/{found.id}", toast)
