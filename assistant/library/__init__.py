"""The library: what we may say, and who said that we may.

``wording`` (verdicts, and one approved text from its parts) · ``entries`` (an entry, its versions,
draft to approved to retired) · ``gate`` (the last look before a customer sees text) · ``vectors``
(stored embeddings, the truth behind every index) · ``publishing`` (live entries onto the shelf and
into the index, proven).
"""
