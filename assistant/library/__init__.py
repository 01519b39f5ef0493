"""The library: what we may say, and who said that we may.

``wording`` (verdicts, and one approved text from its parts) · ``versions`` (one wording of an
entry, frozen by its approval) · ``sought listing`` (what it is searched by; the library's lists,
in SQL) · ``entries`` (draft and submitted) with ``standing`` (where it is), ``approvals`` (four
eyes) and ``withdrawal`` (retired, merged, recalled) · ``reshaping`` (merge, split, roll back, make
permanent) · ``expiring`` (the end of an answer's time) · ``afterwards`` (what becomes of temporary
answers at the end) · ``liveness`` (what may be sent at a moment) · ``gate`` (the last look before
a customer sees text) · ``keys`` (a free key from a question) · ``differences plain_language``
(what changed, how it reads) · ``vectors`` (stored embeddings, the truth behind every index) ·
``charge`` (which embedder is in charge) · ``stocking`` (what may be said at this moment, compiled)
· ``supposing`` (what could be said if a version were approved) · ``publishing`` (into the index,
proven) · ``indexing`` (that index, kept up and proven) · ``lessons`` (real questions that people
confirmed or denied) · ``refreshing`` (the shelf that questions are put to, with those lessons) ·
``reembedding kinship`` (the library in the words of another embedder, verified, then swapped) ·
``help_page`` (what the public may look up) · ``packs pack_launch pack_checks shift_checks`` (a
launch pack into the database, all of it or nothing) with ``lead_changes`` (what it leaves alone) ·
``beginning`` (a launch made from a template) ·
``facets`` (what a list can be narrowed to, and how many that leaves).

While an entry is written: ``placeholders`` with ``launch_values`` (names for what texts share,
filled in before anybody approves) · ``variants`` (the same answer in other languages) with
``outdated`` (whose original has changed since) · ``unsaved``
(what is typed and not saved yet) · ``decided replacing`` (a decision
that becomes a draft, and a newer one in its place).

Of decisions: ``undoing`` (what each of them ended, given back when it is undone) ·
``filing`` (under which scenario an entry stands, and a version waits).

In bulk: ``exporting entry_rows`` (out as a pack, as rows) with ``belonging`` (whose each is, and
what it is a variant of) · ``incoming imports`` (a file from the page: what it would change, the
drafts it becomes, its undo).
"""
