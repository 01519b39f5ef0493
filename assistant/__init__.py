"""Works: the launch, its people, what may be said, what was asked, and what happens next.

Rooms, each standing only on those before it:

- ``ground``     settings, database, clock, errors, people, audit, model, outbox, parts
- ``launch``     the launch, its scenarios, its updates, and the pack it is imported from
- ``desk``       conversations, tickets, severity, promises, repeats, feedback
- ``library``    entries and their approved versions, publishing them into the index
- ``answering``  a question becomes an answer, a clarification or a handoff
- ``reports``    what it all adds up to
- ``integrations``  others' systems: one wire format each
- ``demo``       a believable launch with a week of life
- ``worker``     the table of recurring jobs and the loop that runs it

Values decide, nouns change, flows talk to the world; every flow is record, think, settle.
"""
