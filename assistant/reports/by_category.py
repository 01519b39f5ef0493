"""Repeat questions of one category: an aim like "billing questions repeat less" is judged by it.

A question belongs to the scenario of the ticket that took it, else of the answer that it got.
"""

from sqlalchemy import ColumnElement, and_, func, select

from assistant.answering.decisions import Decision
from assistant.desk.messages import Message
from assistant.desk.tickets import Ticket
from assistant.launch.scenarios import Category, Scenario
from assistant.library.entries import Entry
from assistant.library.versions import EntryVersion

TITLES = {
    Category.ACCESS: "Repeat questions on access",
    Category.BILLING: "Repeat questions on billing",
    Category.CORE_WORKFLOW: "Repeat questions on the core workflow",
    Category.COSMETIC: "Repeat questions on looks",
}


def name_of(category: Category) -> str:
    """Return the metric's name, ``repeat_questions_core_workflow_per_day``."""
    return f"repeat_questions_{category.value.replace('-', '_')}_per_day"


def is_about(category: Category) -> ColumnElement[bool]:
    """Return the SQL condition that a message was about a scenario of this category."""
    scenario = func.coalesce(Ticket.scenario_id, Entry.scenario_id)
    found: ColumnElement[bool] = (
        select(Decision.message_id)
        .outerjoin(Ticket, Ticket.id == Decision.ticket_id)
        .outerjoin(EntryVersion, EntryVersion.id == Decision.entry_version_id)
        .outerjoin(Entry, Entry.id == EntryVersion.entry_id)
        .join(Scenario, and_(Scenario.id == scenario, Scenario.category == category))
        .where(Decision.message_id == Message.id)
        .correlate(Message)
        .exists()
    )
    return found
