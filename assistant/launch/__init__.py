"""The launch: what changed, for whom, who owns it, and what everybody is told.

``api_keys`` (what programs reach its library by) ·
``launches`` (the window itself and what is missing before it may go live) · ``scenarios`` (moments
of doubt, each with an owner) · ``scope`` (in or out) · ``updates`` (what everybody is told, each a
promise) · ``daily_updates`` (on which days one is
due) · ``shifts`` (who is the hypercare owner at which minute) · ``roster rest`` (a roster
judged before it happens) · ``outlook`` (what will be wrong, and who was told) · ``strain`` (a
warning before burnout) · ``rotation filling planning`` (how a roster comes about) · ``coverage
coverage_words`` (when people are there, and covered time) · ``pack_file pack_shapes
coverage_shapes policy_shapes shape`` (a launch written down as YAML, read with every problem
named) · ``templates from_template`` (packs to begin with, one for each kind of change) ·
``relative`` (aims that compare with a baseline) · ``describing`` (scope, aims and scenarios changed
by a lead) · ``history`` (baselines computed from CSV) · ``site_loads`` (where the widget was seen)
· ``connections`` (its Jira, Slack and webhooks) · ``signals ingesting`` (measured from outside) ·
``stages staging`` (for which categories normal promises hold again).
"""
