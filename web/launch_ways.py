"""Where one goes from a launch: what matters in its phase as buttons, all of it as a menu. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.launch.launches import Launch


@dataclass(frozen=True, slots=True)
class Way:
    """A page about the launch: its name, its address and an icon's name."""

    words: str
    href: str
    icon: str = ""
    is_first: bool = False  # it is what there is to do now


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together under one heading."""

    title: str
    ways: Sequence[Way]


def first(launch: Launch, may: Mapping[str, bool]) -> list[Way]:
    """Return the one thing to do now and the one beside it."""
    at = f"/launches/{launch.key}"
    cockpit = Way("Cockpit", f"{at}/cockpit", "ring")
    if launch.phase == "preparing":
        words = "Set up and go live" if may["go_live"] else "Set-up"
        return [
            Way("Rehearsal", f"{at}/rehearsal", "flag"),
            Way(words, f"{at}/setup", "check", is_first=may["go_live"]),
        ]
    if launch.phase == "closed":
        return [cockpit, Way("The end", f"{at}/exit", "check", is_first=True)]
    return [
        Way("Updates", f"{at}/updates", "megaphone"),
        Way("Cockpit", f"{at}/cockpit", "ring", is_first=True),
    ]


def groups(
    launch: Launch, may: Mapping[str, bool], reach: Callable[[str], str] = str
) -> list[Group]:
    """Return every page about the launch that the reader may open, by what it is for.

    ``reach`` returns nothing for an address that the reader may not open.
    """
    every = _every(launch, may)
    return [Group(g.title, [way for way in g.ways if reach(way.href)]) for g in every]


def _every(launch: Launch, may: Mapping[str, bool]) -> list[Group]:
    at = f"/launches/{launch.key}"
    set_up = [Way("Checklist", f"{at}/setup"), Way("Rehearsal", f"{at}/rehearsal")]
    if may["settings"]:
        set_up.append(Way("Connections", f"{at}/connections"))
    return [
        Group("Run it", [
            Way("Cockpit", f"{at}/cockpit"), Way("Updates", f"{at}/updates"),
            Way("Decisions", f"{at}/decisions"), Way("Check-ins", f"{at}/check-ins"),
        ]),
        Group("Watch it", [
            Way("Warning signs", f"{at}/warnings"), Way("Signals", f"{at}/signals"),
            Way("Reassurance", f"{at}/reassurance"), Way("Feedback", f"{at}/feedback"),
        ]),
        Group("People and promises", [
            Way("Hours", f"{at}/coverage"), Way("Promises", f"{at}/promises"),
            Way("Shifts", f"{at}/shifts"),
        ]),
        Group("How it answers", [
            Way("Certainty", f"{at}/certainty"), Way("Suggestions", f"{at}/suggestions"),
            Way("Wordings", f"{at}/library/wordings"),
        ]),
        Group("To the end", [
            Way("Stages", f"{at}/stages"), Way("The end", f"{at}/exit"),
            Way("Written reports", f"{at}/reports"),
        ]),
        Group("Set it up", set_up),
        Group("What customers see", [
            Way("Help page", f"/help/{launch.key}"), Way("Updates page", f"/updates/{launch.key}"),
        ]),
    ]  # fmt: skip
