"""Answering: a question becomes an answer, a clarification or a handoff.

The way of a question: ``asking`` (recorded, once for its key) → ``answer`` (record, think, settle)
→ ``consider`` (what is found, what speaks against it, what the model says) → ``decide`` (pure) →
``settle`` (one transaction; the gate has the last word) → ``decisions`` (what was decided and why)
→ ``judging`` (what people say about it) → ``labels`` → ``guarantee`` and ``states`` (from which
certainty a launch answers, and which of its entries; ``audits`` has answers checked, ``account``
adds it all up) and ``learning`` with ``calibrations`` (what the next question gains by that).

What thinking uses: ``triage`` with ``seriousness small_talk abuse wording`` (how grave, a person
wanted, small talk, nothing but abuse) · ``finding`` with ``allowed`` (what is found, and of it what
this person may read) · ``languages`` with ``tongues`` (which language it is in) · ``guards`` with
``objections identifiers circumstances directions`` (what speaks against a candidate) ·
``unexplained`` (what a question says beyond its nearest phrasing) · ``sure_enough`` (the
thresholds) · ``select`` with ``prompts/`` (the model may name one approved text, or none) ·
``verdicts`` (what it can have said) · ``memory`` (what it said before, by words and by meaning) ·
``trust`` with ``trusts`` (what its word is worth) · ``lines`` (the fixed words of the product).
Before an approval: ``replay`` runs a version against every real question of its launch:
``replaying`` with ``replay_lease`` (carried out by one worker) · ``second_reading`` (the model,
about what changes) · ``asked_before`` with ``turns`` (the questions) ·
``rethinking`` with ``glances`` and ``stored_meanings`` (thought again, as little as will do) ·
``replay_effect`` (what it does to each, and the estimates) · ``replay_records`` (what is kept of
that) · ``replay_runs`` (which run counts) · ``replay_age`` (whether it still holds).
Afterwards: ``broadcast`` (one answer to everyone who asked: ``audience`` who asked, ``leaving_out``
who is not told and why, ``to_everyone`` decided with their number, ``sending`` one by one,
``missed`` whom it could not tell) ·
``recall`` (words found wrong: off every surface at once) · ``taking_back`` (and who has them hears
of it) · ``recalled_words`` (found again in what a person is about to send) ·
``explaining`` with ``in_words`` says why, ``trying`` what would happen, without doing it;
``suggesting`` with ``how_sure`` (the agent's suggested reply, and how sure the engine is of it),
``undoing`` (what was said about it, undone) and ``evidence`` (what people really asked of an
entry) read what was decided. ``drafting`` is what the model drafts, for agents
only; ``proposing`` is what agents wrote, on its way to an entry; ``approving`` is how an entry
becomes what customers get; ``sent_back`` tells its author when it does not.

What a wording is worth: ``received`` with ``received_rows`` (sent, helped, not quite, who came
back) · ``intervals`` and ``compared`` (how sure that is, beside the wording before) · ``not_quite``
with ``not_quite_list`` (each "not quite" as work on that version).

What the library should say next: ``suggestions`` (the noun), ``counting`` of what events have
``touched`` since the last look (and was ``unanswered``), ``weak_entries``, ``crowds`` (how much one
place counts),
``best_received`` with ``for_everybody`` (agents' replies), ``beginnings`` (what a draft begins
with), ``already_drafted`` (who has begun), ``handling`` (what leads do with it), ``ghostwriting``
(what the model drafts for leads).

Before day 0: ``fears`` (feared questions, read from a text) · ``rehearsals`` (what would have
become of them) · ``rehearsal_age`` (whether that still holds) · ``as_if`` (with drafts as if they
were approved) · ``closeness`` (entries that lead astray).

For programs: ``outside`` (what is live, what has gone, drafts that wait for people). And
``entry_history`` (everything that happened to one entry).
"""
