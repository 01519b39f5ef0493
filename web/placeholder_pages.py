"""What placeholders stand for in a launch, as templates/library/values.html shows it."""

from collections.abc import Mapping
from typing import Any

from assistant.ground.people import Person, Role
from assistant.launch.launches import Launch
from assistant.library import placeholders
from assistant.library.placeholders import PLACEHOLDERS


def values_page(
    launch: Launch,
    values: Mapping[str, str],
    *,
    person: Person,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the form with every placeholder; ``typed`` are words that were not kept."""
    zone = launch.zone
    return {
        "launch": {"key": launch.key, "name": launch.name},
        "may_give": person.is_any(Role.LEAD),
        "problems": problems or {},
        "values": [
            {
                "name": each.name,
                "sort": each.sort.value,
                "means": each.means,
                "typed": typed[f"value_{each.name}"]
                if typed
                else placeholders.as_typed(each.name, values.get(each.name, ""), zone),
                "problem": (problems or {}).get(f"value_{each.name}", ""),
            }
            for each in PLACEHOLDERS.values()
        ],
    }
