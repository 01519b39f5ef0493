"""Reports: what it all adds up to, counted from the records each time somebody looks.

``library_sheet`` (the library as rows) ·
``spans`` (a launch's days as instants) · ``figures`` (the numbers of a day or a launch) ·
``asked``, ``missing``, ``weak``, ``voices`` (the rows behind one report each) · ``daily`` (one day
in a sentence) · ``repeat_questions`` (what keeps being asked) · ``faq_updates`` (which answers are
missing or weak) · ``feedback`` (figures beside quotes) · ``told`` (updates that came when promised)
· ``effects`` (contacts before and after one) ·
``decision_register`` (what waits for a decision, and where they stall) ·
``fix_log`` (what was changed) · ``training``
(who should learn what) · ``by_category metrics misnamed`` (what is measured on a day) · ``days``
(what was measured on each, kept) · ``noise`` (chance told from change) · ``stability`` (for how
many days each exit criterion held, and whether it is over) · ``steps`` (the move to the next SLA
stage) ·
``warning_signs sign_evidence watching alarms`` (what gets worse, its alarm, what follows) ·
``reassurance`` (what contacts seek) · ``signal_trends`` ·
``exits handover declining`` (what the end needs, and who signs it or not yet) ·
``left_behind`` (what somebody who has left still has in hand) ·
``moved_limits`` (what was set anew while it was live) · ``grave`` (which tickets became Sev 1–2) ·
``sheets`` (a report as CSV or Markdown, inert).

Written reports: ``papers`` (a report as a value, and its renderings) · ``kinds`` (which there are)
· ``due`` (when) · ``readers`` (who gets them) · ``written`` (each once, mailed) · ``as_of`` (how it
stood at a moment) · ``measured`` (metrics as figures) · ``daily_status`` (one page for the sponsor)
· ``weekly_digest`` · ``standup`` · ``lessons_learned`` · ``exit_pack`` · ``rounds triage_rounds``
(what nobody took) · ``actions`` (what follows from a finding) · ``wordings said_numbers`` (the
model's words, only with our numbers).

Are we calm? ``cockpit`` (one look) · ``calm`` (the verdict) · ``dailies shapes`` (one metric over
its days) · ``objectives`` (aims and the plan) · ``open_now`` (backlog, questions) · ``load_guard
pressure`` (can the desk keep up) · ``desk_metrics`` (what the desk did on a day) · ``behind`` (the
rows of a figure) · ``second_wave`` (whether it comes back after the end).

Before day 0: ``rehearsing`` (feared questions), ``rehearsal_finds`` (what is wrong), ``go_no_go``,
``points going_live`` (the fifteen points, and what started it), ``provable`` (how long an exit
criterion takes).
"""
