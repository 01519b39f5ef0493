"""Shows: pages, forms, JSON, streams. No rules of the domain are decided here.

``app`` (one application from its parts) · ``rooms`` (the routes of every room) ·
``serving`` · ``cli index_commands starting terminal questions`` (the ``hypercare`` command) ·
``access reachable sign_in`` (who may do what on which route, and is led there) ·
``people people_commands`` (who is on the team, has left, is back) ·
``guarding measuring`` (headers, limits and figures of every response) · ``refusals misread
readiness`` (saying no, saying how it is) ·
``api bodies shown live sse`` (JSON and streams) · ``widget`` ·
``public public_pages feed`` ·
``connections connection_pages handing handing_pages engineering hooks`` (other systems) ·
``causes cause_page cause_listing cause_pages cause_happenings ticket_cause`` and ``repeats
repeat_pages`` (what is behind tickets) ·
``rulings ticket_ruling`` (decisions) · ``scoping scope_pages`` (in scope or out) ·
``suggestions suggestion_pages suggestion_cards`` (what the library should say next) ·
``suggestion_card`` (the suggested reply) · ``holding_back`` (the reply guard) ·
``drafting`` (what the model drafts) ·
``collisions desk_live staff_stream viewers queue_asked queue_rows bulk palette colleagues`` (the
desk while several work at it) ·
``coverage coverage_pages policy_form`` (hours and promises) · ``voices surveys`` (feedback at
work, and the page a survey’s link opens) · ``watch seeking signals series`` (warning signs, what
contacts seek, what others measure, as charts) · ``notices`` ·
``desk desk_pages conversations ticket_pages ticket_rail thread considered happenings clocks`` ·
``library library_pages library_filters entry_deciding entry_declined entry_conflict entry_ways
entry_pages
entry_seen entry_standing entry_evidence entry_replay entry_versions lesson_pages`` (an entry) ·
``editing entry_form entry_owner entry_kept entry_beside entry_family entry_language
comparison_pages placeholder_pages`` (while it is written) · ``library_bulk library_bulk_pages
export_command`` (many entries, as a file) · ``entry_history`` · ``knowledge_api api_key_pages``
(the library for programs) ·
``launch launch_pages launch_ways launch_words`` ·
``updates update_pages touchpoints notice_snippet`` (telling everybody, and where it appears) ·
``decisions decision_pages`` (what waits for a decision) · ``check_ins`` ·
``shifts shift_pages roster_week rotation_pages handover_pages`` ·
``broadcasts broadcast_pages unreached`` (one answer to many) ·
``recalls recall_pages entry_recall`` (a wrong one taken back) ·
``replays replay_pages`` (a version against every real question) ·
``certainty certainty_pages certainty_terminal charts`` · ``reports report_pages``, ``written
written_pages lesson_actions`` (routes, and what their pages show) · ``shell toasts`` (every staff
page) · ``rendering warming`` (templates into pages) · ``mail mails mails_aside mail_pages
ticket_mail reached`` (what a mail's links open, what came in, and where customers are reached) ·
``learning learning_pages to_do_pages`` (what wordings are worth, and what was "not quite") ·
``rehearsals rehearsal_pages rehearsal_command`` (go or no-go before day 0) ·
``exits exit_pages exit_answers`` (the end) ·
``new_launch template_commands`` (a launch from a template) · ``setup setup_figures
setup_scenarios setup_forms scenario_form setup_pages setup_saving field_problems`` (its set-up).
"""
