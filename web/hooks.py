"""What other systems send us, signed by a secret of their connection."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from assistant.integrations import hooks
from web.access import PartsHere, Writing, anyone
from web.guarding import Limits, address_of

PER_MINUTE = 600  # from one address; a busy Jira project sends a few a second at its worst

router = APIRouter(prefix="/api/v1/hooks", tags=["hooks"])


async def _body(request: Request) -> bytes:
    return await request.body()


def _limited(request: Request) -> None:
    limits: Limits = request.app.state.limits
    limits.spend(f"hook {address_of(request)}", PER_MINUTE)


# The signature is the admission: without it nothing is read and the answer is always the same.
@router.post(
    "/jira/{connection_id}",
    status_code=202,
    dependencies=[anyone, Depends(_limited)],
    response_class=Response,
)
def take_in_jira(
    connection_id: Annotated[int, Path(ge=1, le=2**31 - 1)],
    request: Request,
    parts: PartsHere,
    session: Writing,
    body: Annotated[bytes, Depends(_body)],
) -> Response:
    """Take in an issue's new status; the same event a second time changes nothing."""
    hooks.received(
        session, parts.settings, connection_id, request.headers, body, at=parts.clock.now()
    )
    return Response(status_code=202)
