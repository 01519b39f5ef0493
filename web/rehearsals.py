"""The rehearsal before day 0: feared questions in, go or no-go out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.answering import fears, rehearsals
from assistant.answering.fears import Fears, NotReadable
from assistant.answering.rehearsals import Rehearsal
from assistant.ground.errors import Refused
from assistant.launch.launches import Launch
from assistant.library.keys import keys_by_title, keys_of
from assistant.reports import rehearsing
from web.access import AuthorHere, PartsHere, RowId, this_launch
from web.guarding import BIGGEST_ID, LongForms
from web.rehearsal_pages import rehearsal_page, result_page
from web.shell import LongWords, LookingHere, Visit, visit, went

router = APIRouter(
    prefix="/launches/{key}/rehearsal",
    tags=["launches"],
    default_response_class=HTMLResponse,
    route_class=LongForms,
)
log = structlog.get_logger()
TABLES = (".csv", ".tsv")


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody asks for a rehearsal; what they ask for is committed before it is run."""

    request: Request
    parts: PartsHere
    me: AuthorHere

    @contextmanager
    def here(self) -> Iterator[Visit]:
        """Yield who asks, in a transaction of their own."""
        with self.parts.db.writing() as session:
            yield visit(self.request, self.parts, self.me, session)

    def run(self, key: str, number: int, questions: int) -> RedirectResponse:
        """Run a short list at once, and lead to the result; the worker runs what is left."""
        if rehearsing.is_short(self.parts, questions):
            try:
                rehearsing.run(self.parts, number)
            except Exception:
                log.exception("rehearsal failed", rehearsal=number)
        return went(f"/launches/{key}/rehearsal/{number}")


Asked = Annotated[Asking, Depends(Asking)]


@router.get("")
def show_rehearsals(
    key: str, looking: LookingHere, mend: Annotated[int, Query(ge=0, le=BIGGEST_ID)] = 0
) -> HTMLResponse:
    """Show the form, with what rehearsal ``mend`` was given, and what was rehearsed before."""
    launch = this_launch(looking.session, looking.by, key)
    before = rehearsals.by_id(looking.session, launch.id, mend) if mend else None
    context = rehearsal_page(looking, launch, mended=before)
    return looking.page("launch/rehearsal.html", "launches", launch, context)


@router.post("")
def begin(
    key: str,
    asked: Asked,
    questions: LongWords = "",
    file: Annotated[UploadFile | None, File()] = None,
    column: Annotated[str, Form(max_length=200)] = "",
    drafts: Annotated[bool, Form()] = False,
) -> Response:
    """Rehearse the questions that were pasted or uploaded; a short list while one waits."""
    text = questions
    with asked.here() as who:
        launch = this_launch(who.session, who.by, key)
        try:
            text = _text(questions, file)
            name = (file.filename if file else None) or ""
            found = _read(who, launch.id, text, name, column)
        except NotReadable as wrong:
            context = rehearsal_page(who, launch, text=text, column=column, wrong=wrong)
            return who.page("launch/rehearsal.html", "launches", launch, context, status=422)
        number = _begun(who, launch, found, drafts=drafts, pasted=text, column=column).id
    return asked.run(key, number, len(found.questions))


@router.post("/{number}/again")
def again(key: str, number: RowId, asked: Asked) -> RedirectResponse:
    """Rehearse the same questions once more, against the library as it is now."""
    with asked.here() as who:
        launch = this_launch(who.session, who.by, key)
        before = rehearsals.by_id(who.session, launch.id, number)
        if before.finished_at is None:
            raise Refused("It still runs.", what_to_do="Wait until it is over.")
        found = rehearsals.given_to(who.session, before)
        newer = _begun(
            who,
            launch,
            found,
            drafts=before.with_drafts,
            pasted=before.pasted,
            column=before.column_name,
        ).id
    return asked.run(key, newer, len(found.questions))


@router.get("/{number}")
def show_rehearsal(
    key: str,
    number: RowId,
    looking: LookingHere,
    show: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    """Show one rehearsal: how far it is, or the verdict and what is left to do."""
    launch = this_launch(looking.session, looking.by, key)
    rehearsal = rehearsals.by_id(looking.session, launch.id, number)
    context = result_page(looking, launch, rehearsal, show=show, number=page)
    return looking.page("launch/rehearsed.html", "launches", launch, context)


def _read(who: Visit, launch_id: int, text: str, name: str, column: str) -> Fears:
    return fears.read(
        text,
        known=keys_of(who.session, launch_id),
        titles=keys_by_title(who.session, launch_id),
        column=column,
        is_csv=name.lower().endswith(TABLES),
    )


def _text(questions: str, file: UploadFile | None) -> str:
    """Return what was uploaded, or else what was pasted. Raises NotReadable."""
    if file is None or not file.filename:
        return questions
    return fears.text_of(file.file.read())


def _begun(
    who: Visit, launch: Launch, found: Fears, *, drafts: bool, pasted: str, column: str
) -> Rehearsal:
    return rehearsals.begin(
        who.session,
        launch,
        found,
        pasted=fears.storable(pasted),
        column=column,
        with_drafts=drafts,
        by=who.by,
        at=who.at,
    )
