"""What each model's choices were worth in a launch, by what people of the team said of them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from assistant.answering.labels import BY_PEOPLE, Label, last_words
from assistant.answering.trust import Judged, Trusts, judged, learnt


def trusts_of(session: Session, launch_id: int) -> Trusts:
    """Return how far each model may be believed, by its name; one that nobody judged is absent.

    Of several verdicts on one question the last word counts, and only where it could have spoken
    for the choice or against it.
    """
    query = select(Label).where(Label.launch_id == launch_id, Label.source.in_(BY_PEOPLE))
    given = session.scalars(query.order_by(Label.id))
    told = {label: choice for label in given if (choice := _choice(label)) is not None}
    return learnt(told[label] for label in last_words(told))


def _choice(label: Label) -> Judged | None:
    """Return the label as it bears on the model that chose; nothing where it says nothing."""
    said = label.facts.get("model") or {}
    chosen = str(said.get("entry", ""))
    behind = label.facts.get("behind")
    right = bool(label.right) and label.entry == chosen
    if behind is None or label.is_one_sided or (not right and chosen not in label.wrong):
        return None
    return judged(
        said,
        entry=chosen,
        behind=float(behind),
        certainty=label.certainty,
        right=right,
    )
