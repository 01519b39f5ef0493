"""Integrations: how others' systems are spoken to, one module per wire format.

Nothing here decides what is sent or to whom: rows of the outbox say so, and the worker calls the
deliverer of their kind.

``email email_parts email_words subjects`` (a mail's bytes, and what somebody wrote in it) ·
``threads fates`` (which conversation a mail names, and what becomes of it) · ``imap`` (a mailbox is
read) · ``receiving`` (a mail becomes what a customer said) · ``mailing letter_words`` (letters
leave by SMTP) ·
``visiting`` (what is done behind a mail's links).

``connected`` (a connection with its secret open, and how an answer is read) · ``jira adf`` (issues)
· ``slack`` (messages) · ``webhooks`` (Standard Webhooks, out and in) · ``handing`` (a ticket's
brief for each of them) · ``subscriptions`` (events to those who asked) · ``hooks`` (what they tell
us) · ``testing`` (whether it works).
"""
