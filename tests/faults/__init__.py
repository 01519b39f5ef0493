"""Kills, retries and a hostile model: what has to hold when things go wrong.

server.py    the real `hypercare serve` in a process of its own, to be killed and started again
traffic.py   customers who send, wait, and send the same again until they are acknowledged
speech.py    what the assistant may say, and what of it was said
"""
