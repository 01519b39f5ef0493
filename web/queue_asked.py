"""What the address of the queue asks for, and the address that asks for it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from assistant.desk.queue import Filter, Order, View


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the queue asks for."""

    view: View
    only: Filter
    number: int

    def href(self, **changes: Any) -> str:
        """Return the queue's address with ``changes``; what is left at its default is left out."""
        asked = {
            "view": self.view.value,
            "q": self.only.words,
            "severity": self.only.severity,
            "channel": self.only.channel,
            "scenario": self.only.scenario,
            "sort": "" if self.only.order is Order.DUE else self.only.order.value,
            **changes,
        }
        return f"/desk?{urlencode({name: value for name, value in asked.items() if value})}"


def asked(
    view: str, q: str, severity: str, channel: str, scenario: str, sort: str, number: int
) -> Asked:
    """Return what an address asks for; words that mean nothing are as if they were not there."""
    return Asked(
        view=View(view) if view in list(View) else View.OPEN,
        only=Filter(
            words=q.strip(),
            severity=int(severity) if severity in ("1", "2", "3") else None,
            channel=channel,
            scenario=scenario,
            order=Order(sort) if sort in list(Order) else Order.DUE,
        ),
        number=max(1, number),
    )
