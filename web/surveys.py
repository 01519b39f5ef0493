"""The survey that a link opens: one page, 1 to 5 and free words; answering again replaces."""

from typing import Annotated

from fastapi import APIRouter, Form, Path
from fastapi.responses import HTMLResponse, RedirectResponse

from assistant.desk import surveys
from assistant.desk.feedback import LONGEST
from assistant.desk.surveys import Survey
from web.access import PartsHere, Reading, Writing, anyone
from web.guarding import limited_by_address
from web.public import PublicRoute, from_our_page
from web.rendering import page
from web.shell import Words

router = APIRouter(tags=["public"], route_class=PublicRoute)
Token = Annotated[str, Path(min_length=8, max_length=80)]


@router.get("/survey/{token}", dependencies=[anyone, limited_by_address])
def show_survey(
    token: Token, session: Reading, parts: PartsHere, thanks: bool = False
) -> HTMLResponse:
    """Show the two questions, with the answer that was given."""
    at = parts.clock.now()
    return HTMLResponse(_page(surveys.opened(session, token, at=at), token, parts, thanks))


@router.post("/survey/{token}", dependencies=[anyone, from_our_page, limited_by_address])
def answer_survey(
    token: Token,
    session: Writing,
    parts: PartsHere,
    score: Annotated[int, Form(ge=1, le=5)],
    words: Words = "",
) -> RedirectResponse:
    """Keep the answer."""
    at = parts.clock.now()
    surveys.opened(session, token, at=at).answer(session, score, words, at=at)
    return RedirectResponse(f"/survey/{token}?thanks=1", 303)


def _page(survey: Survey, token: str, parts: PartsHere, thanks: bool) -> str:
    launch = survey.launch
    context = {
        "now": parts.clock.now(),
        "zone": launch.time_zone,
        "public": {"launch": {"key": launch.key, "name": launch.name}, "section": ""},
        "launch": {"key": launch.key, "name": launch.name},
        "action": f"/survey/{token}",
        "moment": survey.moment,
        "score": survey.score,
        "words": survey.feedback.text if survey.feedback else "",
        "thanks": thanks and survey.answered_at is not None,
        "longest": LONGEST,
    }
    return page("public/survey.html", context)
