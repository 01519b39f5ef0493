"""The library as a file: a launch pack that can be brought in again and changes nothing then."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import yaml
from sqlalchemy.orm import Session

from assistant.desk.conversations import EVERYONE
from assistant.ground.people import members
from assistant.launch import scenarios
from assistant.launch.launches import Launch
from assistant.library.belonging import belonging
from assistant.library.filing import filing_of
from assistant.library.versions import EntryVersion
from assistant.library.wording import Kind, Verdict, time_in_words

DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # the same, ten times faster
WIDTH = 100  # characters of a line, where a text has spaces
LAUNCH = (
    *("key", "name", "trigger", "time_zone", "scope", "out_of_scope", "objectives", "baselines"),
    *("exit_criteria", "sites", "mode", "wrong_rate", "languages", "coverage", "policies"),
)
SCENARIO = ("key", "title", "expected_before", "why_in_doubt", "category", "severity")
TEXTS = ("applies_when", "answer", "why_now", "what_to_do", "safe_to_continue")


class _Plain(DUMPER):  # type: ignore[misc, valid-type]
    """Writes every value out: an alias would be refused when the pack is read."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def as_pack(session: Session, launch: Launch, versions: Sequence[EntryVersion]) -> str:
    """Return the launch with its people, scenarios and these versions as a pack in YAML.

    Import it and nothing changes; updates and shifts are no part of the library and left out.
    """
    every = scenarios.of_launch(session, launch.id).values()
    pack = {
        "launch": _launch(launch),
        "people": [
            {"email": each.email, "name": each.name, "role": each.role}
            for each in members(session, launch.id)
        ],
        "scenarios": [_scenario(each) for each in every],
        "entries": [written(each) | belonging(session, each.entry) for each in versions],
    }
    words: str = yaml.dump(
        {name: part for name, part in pack.items() if part},
        Dumper=_Plain,
        allow_unicode=True,
        sort_keys=False,
        width=WIDTH,
    )
    return words


def written(version: EntryVersion, *, filled: bool = False) -> dict[str, Any]:
    """Return a version as a pack writes it, without what is blank.

    Placeholders stand in it as their author wrote them, where the launch's values fill them in; a
    text with values of its own, and every text when it is to be ``filled``, is as customers get it.
    """
    entry, scenario = version.entry, filing_of(version)
    said = {} if filled or version.own_values else dict(version.written)
    fields = {
        "key": entry.key,
        "kind": entry.kind,
        "scenario": scenario.key if scenario else None,
        "question": said.get("question", version.question),
        "phrasings": list(version.phrasings),
        "not_for": list(version.not_for),
        "verdict": _verdict(version),
        **{name: said.get(name, getattr(version, name)) for name in TEXTS},
        "next_update": said.get("next_update") or _next_update(version),
        "valid_from": _time(version.valid_from),
        "valid_until": _time(version.valid_until),
        "audience": "" if version.audience == EVERYONE else version.audience,
        "locale": version.locale,
    }
    return {name: value for name, value in fields.items() if value}


def _verdict(version: EntryVersion) -> str:
    is_usual = version.entry.kind == Kind.FAQ and version.verdict == Verdict.INFORMATION
    return "" if is_usual else str(version.verdict)


def _next_update(version: EntryVersion) -> str | None:
    """Return the instant where the words say just that, else the words."""
    at = version.next_update_at
    if at is not None and version.next_update == time_in_words(at, version.entry.launch.zone):
        return _time(at)
    return version.next_update


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def _launch(launch: Launch) -> dict[str, Any]:
    times = {"starts": _time(launch.starts_at), "ends": _time(launch.ends_at)}
    fields = {name: _plain(getattr(launch, name)) for name in LAUNCH} | times
    return {name: value for name, value in fields.items() if value}


def _scenario(scenario: scenarios.Scenario) -> dict[str, Any]:
    fields = {name: _plain(getattr(scenario, name)) for name in SCENARIO}
    fields |= {
        "owner": scenario.owner.email if scenario.owner else None,
        "deciders": dict(scenario.deciders),
        "escalation": [dict(step) for step in scenario.escalation],
    }
    return {name: value for name, value in fields.items() if value}


def _plain(value: Any) -> Any:
    """Return a value as YAML writes it: lists without what is blank in them, no enum."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if each not in ("", None, [])}
    return str(value) if isinstance(value, str) else value
