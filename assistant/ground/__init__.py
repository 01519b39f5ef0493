"""Ground: what every other room stands on.

``settings`` (environment and hypercare.env) · ``database`` (engine, transactions, column types) ·
``turns`` (its writers go one after the other) · ``clock`` (the only wall clock) · ``errors`` (three
ways to say no) · ``people leaving`` (roles, passwords, sign-ins; accounts shut and opened) ·
``audit`` (every change an event) ·
``tail`` (new events in their order) · ``remembered`` (rows read again only where they changed) ·
``llm`` (the one function that calls a model) ·
``calls dialect wire deadline breaker budget`` (what such a call is made of) · ``spending`` (the cap
that all processes share, and each launch's cost) · ``masking`` (personal data out of a prompt) ·
``redacting`` (and names, addresses, numbers of orders out of what others read) ·
``readable`` (whether anybody can read it) ·
``networks`` (from where somebody wrote, without the address) ·
``embedders`` (those that can be made here) ·
``outbox`` (what is to reach somebody outside) · ``delivery interruptions`` (how it gets there, and
targets that fail) · ``mail`` (one message over SMTP) ·
``sealing`` (secrets at rest) · ``cells`` (inert in a spreadsheet) · ``amounts`` (numbers as people
read them) ·
``outgoing`` (the one way to somebody else's server) · ``parts`` (what a process is assembled from).
"""
