"""Every table, gathered: importing the nouns registers them."""

from assistant.answering import calibrations, decisions, labels
from assistant.desk import conversations, feedback, handovers, promises, repeats, tickets
from assistant.ground import audit, people, spending
from assistant.ground.database import Base
from assistant.launch import launches, scenarios, shifts, updates
from assistant.library import charge, entries, lessons, vectors

NOUNS = (
    audit,
    people,
    spending,
    launches,
    scenarios,
    updates,
    shifts,
    conversations,
    tickets,
    promises,
    repeats,
    feedback,
    handovers,
    entries,
    lessons,
    vectors,
    charge,
    decisions,
    labels,
    calibrations,
)
metadata = Base.metadata
