"""Kills, retries, a hostile model, a broken index: what has to hold when things go wrong.

server.py    the real `hypercare serve` in a process of its own, to be killed and started again
traffic.py   customers who send, wait, and send the same again until they are acknowledged
books.py     what must be true of the database whatever happened, one query per rule
speech.py    what a response shows a customer, word for word
"""
