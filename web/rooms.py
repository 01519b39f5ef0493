"""Every room's routes, in the order in which an address is looked for."""

from web import (
    api,
    broadcasts,
    bulk,
    cockpit,
    connections,
    coverage,
    desk,
    desk_live,
    drafting,
    editing,
    entry_deciding,
    exits,
    handing,
    hooks,
    launch,
    library,
    library_bulk,
    new_launch,
    notice_snippet,
    notices,
    palette,
    public,
    recalls,
    replays,
    reports,
    rulings,
    seeking,
    shifts,
    sign_in,
    signals,
    stages,
    updates,
    watch,
    widget,
    written,
)
from web.api_key_pages import router as api_keys_router
from web.cause_listing import router as causes_router
from web.certainty import router as certainty_router
from web.check_ins import router as check_ins_router
from web.decisions import router as decisions_router
from web.entry_history import router as history_router
from web.knowledge_api import router as knowledge_router
from web.learning import router as learning_router
from web.mail import routers as mail_routers
from web.mails import router as mails_router
from web.rehearsals import router as rehearsals_router
from web.suggestions import router as suggestions_router
from web.surveys import router as surveys_router
from web.voices import router as voices_router

ROUTERS = (
    api.router,
    api.feedback_router,
    notice_snippet.router,
    widget.router,
    public.router,
    sign_in.router,
    desk.router,
    desk_live.router,
    bulk.router,
    palette.router,
    rulings.router,
    broadcasts.router,
    recalls.router,
    notices.router,
    drafting.router,
    library.router,
    suggestions_router,
    editing.router,
    entry_deciding.router,
    learning_router,
    rehearsals_router,
    library_bulk.router,
    history_router,
    knowledge_router,
    api_keys_router,
    new_launch.router,
    launch.router,
    updates.router,
    decisions_router,
    check_ins_router,
    coverage.router,
    stages.router,
    cockpit.router,
    exits.router,
    watch.router,
    voices_router,
    surveys_router,
    signals.api,
    signals.pages,
    seeking.router,
    certainty_router,
    causes_router,
    shifts.router,
    reports.router,
    written.router,
    replays.router,
    *mail_routers,
    connections.router,
    handing.router,
    hooks.router,
    mails_router,
)
