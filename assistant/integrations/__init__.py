"""Integrations: how others' systems are spoken to, one module per wire format.

Nothing here decides what is sent or to whom: rows of the outbox say so, and the worker calls the
deliverer of their kind.
"""
