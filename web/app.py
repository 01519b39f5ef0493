"""One application from its parts."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client import generate_latest as latest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from assistant.answering.memory import Verdicts
from assistant.ground.errors import Declined
from assistant.ground.parts import Parts
from assistant.library import indexing, publishing, stocking
from assistant.worker import Worker, clocks, deliveries, long_jobs
from web import guarding, misread, refusals, warming
from web.access import PartsHere, SignInFirst, anyone, undeclared
from web.live import Watch
from web.measuring import Measured, Metrics
from web.readiness import readiness
from web.rendering import STATIC, page, static_address
from web.rooms import ROUTERS as ROUTERS

log = structlog.get_logger()
health = APIRouter()
CODES = {
    401: "sign-in",
    403: "not-permitted",
    404: "not-found",
    409: "refused",
    422: "invalid",
    429: "too-many",
}
RETRY_AFTER = 5  # seconds; how long a client waits when the database could not take it


def create_app(
    parts: Parts,
    *,
    worker: bool = False,
    own_index: bool = False,
    demo_people: Sequence[Mapping[str, str]] = (),
    routers: Sequence[APIRouter] = ROUTERS,
    when_warm: Callable[[], None] = lambda: None,
) -> FastAPI:
    """Return the application.

    ``worker`` runs the recurring jobs inside; ``own_index`` opens the vector index behind the
    first answers, which the exact scan gives meanwhile; ``when_warm`` is called once it is open and
    everything is loaded. ``demo_people`` may be signed in as with
    one click: name, email, password, role_words and what they ``can``.

    Raises:
        RuntimeError: when a route does not say who may use it, or the database would lose rows.
    """
    if not parts.db.is_durable():
        raise RuntimeError("The database would lose acknowledged rows: synchronous is not FULL.")
    app = FastAPI(
        title="Hypercare",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        lifespan=_lifespan(parts, worker=worker, own_index=own_index, when_warm=when_warm),
        routes=list(_of_the_house() if routers is ROUTERS else _laid_out(routers)),
    )
    app.state.parts = parts
    app.state.limits = guarding.Limits()
    app.state.demo_people = list(demo_people)
    parts.verdicts = parts.verdicts or Verdicts()
    app.state.metrics = Metrics()
    app.add_middleware(guarding.BodyLimits, announced=_too_big)
    app.add_middleware(Measured, metrics=app.state.metrics)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    _add_refusals(app)
    app.add_middleware(guarding.Heads)
    app.add_middleware(guarding.Headers, clock=parts.clock)
    if gaps := undeclared(app):
        raise RuntimeError(f"These routes do not say who may use them: {', '.join(gaps)}")
    return app


@cache
def _of_the_house() -> Sequence[BaseRoute]:
    # What a route takes is worked out once in a process and not again for each application:
    # that costs half a second and 14 MB. So no route may close over an application.
    return _laid_out(ROUTERS)


def _laid_out(routers: Sequence[APIRouter]) -> Sequence[BaseRoute]:
    every = APIRouter()
    for router in routers:
        every.include_router(router, dependencies=[Depends(guarding.numbers_fit)])
    every.include_router(health)
    return every.routes


def _lifespan(parts: Parts, *, worker: bool, own_index: bool, when_warm: Callable[[], None]) -> Any:
    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[None]:
        app.state.watch = Watch(parts)
        watching = asyncio.create_task(app.state.watch.run())
        opening = threading.Thread(
            target=_open_index, args=(parts, when_warm), name="index", daemon=True
        )
        if own_index:
            opening.start()
        if parts.model is not None:
            threading.Thread(target=parts.model.warm, name="model", daemon=True).start()
        # The long jobs look after this process's own shelves, wherever the others run.
        workers = [Worker(parts, long_jobs, "long jobs")]
        if worker:
            tables = ((clocks, "clocks"), (deliveries, "deliveries"))
            workers += [Worker(parts), *(Worker(parts, *table) for table in tables)]
        for each in workers:
            each.start()
        yield
        app.state.watch.end()
        watching.cancel()
        for each in workers:
            each.stop()
        if own_index:
            # Here and not after the server's end, because a signal ends the process with it; an
            # index that was not closed properly is not trusted at the next start.
            indexing.let_go(parts)

    return run


def _open_index(parts: Parts, when_warm: Callable[[], None]) -> None:
    # The first answers come before the index, whose opening takes seconds of its own.
    stocking.warm_all(parts)
    parts.owns_index = True
    warming.warm(parts)
    publishing.reconcile(parts, at=parts.clock.now())
    when_warm()


@health.get("/healthz", dependencies=[anyone], tags=["health"])
def alive() -> dict[str, str]:
    """Say that the process runs."""
    return {"status": "ok"}


@health.get("/favicon.ico", dependencies=[anyone], include_in_schema=False)
def icon() -> RedirectResponse:
    """Lead browsers that ask before they have read the page to the one icon there is."""
    return RedirectResponse(static_address("icon.svg"), 302)


@health.get("/readyz", dependencies=[anyone], tags=["health"])
def ready(parts: PartsHere) -> JSONResponse:
    """Say for each dependency whether it is ok, degraded or down."""
    states = readiness(parts)
    down = states["database"]["status"] == "down"
    degraded = any(state["status"] == "degraded" for state in states.values())
    overall = "down" if down else "degraded" if degraded else "ok"
    return JSONResponse({"status": overall, "parts": states}, 503 if down else 200)


@health.get("/metrics", dependencies=[anyone], tags=["health"])
def metrics(request: Request) -> Response:
    """Return the figures in Prometheus' text format."""
    figures = latest(request.app.state.metrics.registry)
    return Response(figures, media_type=CONTENT_TYPE_LATEST)


def _add_refusals(app: FastAPI) -> None:
    """One handler renders every way to say no: JSON for programs, a page for people."""

    @app.exception_handler(Declined)
    async def declined(request: Request, refusal: Declined) -> Response:
        if isinstance(refusal, SignInFirst) and _wants_page(request):
            return RedirectResponse(f"/sign-in?next={quote(refusals.onward(request))}", 303)
        wait = getattr(refusal, "wait", 0)
        headers = {"Retry-After": str(wait)} if wait else {}
        code = CODES[refusal.status]
        return _refusal(
            request,
            refusal.status,
            code,
            refusal.message,
            refusal.what_to_do,
            headers,
            title=getattr(refusal, "title", ""),
            kept=await refusals.typed(request),
        )

    @app.exception_handler(StaleDataError)
    async def changed_meanwhile(request: Request, _: StaleDataError) -> Response:
        return _refusal(
            request,
            409,
            "changed",
            "Somebody changed this at the same moment.",
            "Load it again: it shows the current state.",
            title=refusals.ChangedMeanwhile.title,
            kept=await refusals.typed(request),
        )

    @app.exception_handler(OperationalError)
    async def database_away(request: Request, broken: OperationalError) -> Response:
        log.error("database away", reason=str(broken.orig))
        return _refusal(
            request,
            503,
            "unavailable",
            "We cannot take this right now.",
            "Nothing was kept. Try again in a few seconds.",
            {"Retry-After": str(RETRY_AFTER)},
            kept=await refusals.typed(request),
        )

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, wrong: RequestValidationError) -> Response:
        first = wrong.errors()[0]
        if first["type"] == "json_invalid":
            return _refusal(
                request, 422, "invalid", "The body is not JSON.", "Correct it and send it again."
            )
        if first["loc"][0] == "path":
            return _refusal(request, 404, "not-found", "There is no such page.", "")
        if not _wants_page(request):
            said = f"{misread.code_name(first)}: {first['msg']}."
            return _refusal(request, 422, "invalid", said, "Correct it and send it again.")
        if instead := misread.address_without(request, wrong.errors()):
            return RedirectResponse(instead, 303)
        said, title = misread.sentence(first), misread.title(first)
        kept, what_to_do = await refusals.typed(request), "Correct it and send it again."
        return _refusal(request, 422, "invalid", said, what_to_do, title=title, kept=kept)

    @app.exception_handler(HTTPException)
    def other(request: Request, wrong: HTTPException) -> Response:
        return _refusal(request, wrong.status_code, "http", str(wrong.detail), "", wrong.headers)

    @app.exception_handler(Exception)
    def bug(request: Request, _: Exception) -> Response:
        return _refusal(
            request,
            500,
            "bug",
            "Something went wrong on our side.",
            "It was written down. Try again.",
            guarding.HEADERS,  # this response is made outside of every middleware
        )


def _too_big(request: Request) -> Response | None:
    """Return the refusal of a body that announces too much; one that lies is cut on the way."""
    announced = request.headers.get("content-length", "")
    biggest = guarding.biggest_body(request.url.path)
    if not announced.isdecimal() or int(announced) <= biggest:
        return None
    most = f"{biggest // 1_000_000} MB"
    return _refusal(request, 413, "too-big", "That was too much at once.", f"Send up to {most}.")


def _refusal(
    request: Request,
    status: int,
    code: str,
    message: str,
    what_to_do: str,
    headers: Any = None,
    *,
    title: str = "",
    kept: str = "",
) -> Response:
    if request.method == "HEAD":
        return PlainTextResponse("", status, headers)
    if not _wants_page(request):
        error = {"code": code, "message": message, "what_to_do": what_to_do}
        return JSONResponse({"error": error}, status, headers)
    refusal = refusals.refused(
        request, status=status, title=title, message=message, what_to_do=what_to_do, kept=kept
    )
    return HTMLResponse(page("errors/refused.html", {"refusal": refusal}), status, headers)


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get(
        "accept", ""
    )
