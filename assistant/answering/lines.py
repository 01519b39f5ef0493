"""The fixed lines of the product: with approved versions, all that the assistant ever says."""

from enum import StrEnum


class Line(StrEnum):
    """One fixed line, by its name."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    SAY_MORE = "say-more"
    CALM = "calm"
    DID_YOU_MEAN = "did-you-mean"
    HANDOFF = "handoff"
    PERSON = "person"
    PEOPLE = "people"
    BLOCKED = "blocked"
    OTHER_LANGUAGE = "other-language"
    ADDED = "added"
    RECALLED = "recalled"
    REINSTATED = "reinstated"


LINES = {
    Line.GREETING: "Hello! What would you like to know? Ask in your own words.",
    Line.THANKS: "You’re welcome. If anything else comes up, just ask.",
    Line.GOODBYE: "Goodbye. You can come back to this conversation at any time.",
    Line.SAY_MORE: "Could you say a little more, in a sentence? Then we can find the right answer.",
    Line.CALM: "We are sorry that this is so annoying. Tell us in a sentence what happened, or ask "
    "for a person, and we will help.",
    Line.DID_YOU_MEAN: "Did you mean one of these?",
    Line.HANDOFF: "We have no checked answer for this, so a person will answer you here.",
    Line.PEOPLE: "A person will answer you here.",
    Line.PERSON: "Of course. A person will answer you here.",
    Line.BLOCKED: "That sounds urgent, so it goes to a person first, who will answer you here.",
    Line.OTHER_LANGUAGE: "We have no checked answer in your language, so a person will answer you "
    "here.",
    Line.RECALLED: "An answer that you got here was wrong, so it is struck through now. Please do "
    "not go by it. A person is checking and will write to you here.",
    Line.REINSTATED: "We have checked the answer that was struck through: it is right, and stands "
    "again.",
    Line.ADDED: "Thank you, we have added this to your ticket. A person will answer you here.",
}
