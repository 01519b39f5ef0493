"""The desk: what customers and agents do.

``conversations`` (what was said, by whom, on which channel) · ``severity`` (how bad, as a value) ·
``engineering handed_over`` (handing tickets over, the issues that stand for them, the list) ·
``rulings chasing`` (decisions that a ticket waits for, and who is reminded) ·
``vacancies`` (scenarios whose decider has left) ·
``checkins`` (customers somebody calls on) · ``visitors`` (who somebody says
they are) · ``reply_guard strangers`` (a last look at what
somebody wrote) ·
``scoping scope_proposals`` (in scope or out, put right by people) ·
``policies`` (how much time each promise gives) · ``promises overdue`` (what was promised until
when) · ``kinder`` (what a change does to open tickets) ·
``pauses`` (when clocks stood still) · ``reasons`` (why it is due then) · ``escalation`` (who is
next, and when) · ``in_charge waking`` (where a path ends, and who is woken then) ·
``alarms`` (what runs out or breaks, noted once) ·
``update_alarms`` (an update that is late or missing) ·
``bounces`` (what comes back) · ``notices notice_mail`` (a line for one person) ·
``tickets`` (what a
person has to answer) · ``queue`` (which tickets, in which order) · ``collisions`` (what
came while somebody wrote) · ``taken`` (who has one in hand) · ``presence`` (who is at
which ticket) · ``drafts`` (what is typed and not sent) · ``repeats`` (the same question
from many people) · ``regrouping`` (repeats put in order afterwards) · ``handled sorting
gathering`` (what people say about repeats) · ``causes cause_states cause_lists`` (what repeats are
fixed by) ·
``addresses`` (of other tools) · ``fixes`` (what was changed) · ``belonging`` (who asked about a
cause) · ``proposals`` (what may belong together) ·
``recalled`` (answers found wrong, and who has them) · ``feedback`` (what people
thought of it) · ``seeking`` (reassurance or information) · ``surveys``
(one link, one answer) · ``said_and_did`` (you said, we did) ·
``handovers`` (what one hypercare owner leaves for the next) ·
``duty_load`` (what roster and desk asked of each person) · ``roster_watch`` (who is told of gaps) ·
``reach`` (where a customer can be reached by mail) · ``links`` (secrets that go out in one mail) ·
``letters posting`` (mail that goes out, and how it comes about) · ``mails mail_state`` (mail that
came in, and how mail is) ·
``subscribers telling mailed_updates`` (who wants the updates by mail, that they get each once, and
what became of the mails).
"""
