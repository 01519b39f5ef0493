"""Every table, gathered: importing the nouns registers them."""

from assistant.answering import broadcast, calibrations, decisions, labels
from assistant.desk import (
    causes,
    conversations,
    feedback,
    fixes,
    handovers,
    letters,
    links,
    mails,
    notices,
    pauses,
    promises,
    proposals,
    reach,
    recalled,
    repeats,
    rulings,
    subscribers,
    tickets,
)
from assistant.ground import audit, interruptions, outbox, people, spending
from assistant.ground.database import Base
from assistant.launch import launches, scenarios, shifts, updates
from assistant.library import charge, entries, lessons, vectors

NOUNS = (
    audit,
    people,
    spending,
    outbox,
    interruptions,
    launches,
    scenarios,
    updates,
    shifts,
    conversations,
    tickets,
    promises,
    pauses,
    notices,
    repeats,
    rulings,
    causes,
    fixes,
    proposals,
    feedback,
    handovers,
    reach,
    subscribers,
    links,
    letters,
    mails,
    entries,
    lessons,
    vectors,
    charge,
    decisions,
    labels,
    calibrations,
    recalled,
    broadcast,
)
metadata = Base.metadata
