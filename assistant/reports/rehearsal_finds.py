"""What a rehearsal found wrong: with the questions, the texts, the people and the hours."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from assistant.answering import closeness, rehearsals
from assistant.answering.as_if import waiting
from assistant.answering.closeness import Fallen
from assistant.answering.fears import PERSON
from assistant.answering.rehearsals import Judged, Rehearsal, Rehearsed
from assistant.ground.amounts import plural
from assistant.launch import roster, shifts
from assistant.launch.launches import Launch
from assistant.launch.outlook import covered, gaps_between
from assistant.library.entries import of_launch
from assistant.library.outdated import outdated
from assistant.library.plain_language import hints
from assistant.library.stocking import Stock
from assistant.library.versions import EntryVersion
from assistant.reports.go_no_go import PHRASINGS, Found, Thing
from assistant.reports.points import stopping

FIRST_DAYS = timedelta(days=7)  # of the launch, for which the roster is looked at
MOST_PAIRS = 20  # of entries whose words lie astray: what a lead can look at before day 0
HARD = 2  # hints from which a text reads hard; one is a matter of taste


@dataclass(frozen=True, slots=True)
class Near:
    """Entries that are near each other, as far as their own words say."""

    fallen: Sequence[Fallen]
    shared: Mapping[str, Sequence[str]]


def near_of(stock: Stock) -> Near:
    """Return which entries' phrasings lead astray; seconds for a large library."""
    return Near(closeness.fallen(stock.entries, stock.vectors), closeness.shared(stock.entries))


def found(
    session: Session,
    rehearsal: Rehearsal,
    stock: Stock,
    near: Near,
    drafts: Sequence[str],
    *,
    at: datetime,
) -> Found:
    """Return everything the verdict is judged by. ``drafts`` are the keys it was rehearsed with."""
    launch = rehearsal.launch
    asked = rehearsals.questions(session, rehearsal.id)
    outcomes = Counter(one.outcome for one in asked)
    everything = of_launch(session, launch.id)
    versions = {
        version.entry.key: version
        for entry in everything
        for version in entry.versions
        if entry.key in stock.live and version.id == stock.live[entry.key].version_id
    }
    pages = _Pages(launch, {key: version.question for key, version in versions.items()})
    open_now = [entry for entry in waiting(session, launch.id, at=at) if entry.key not in drafts]
    return Found(
        answered=outcomes["answer"],
        recognised=outcomes["clarification"],
        to_person=outcomes["handoff"],
        live=len(stock.live),
        as_expected=sum(one.outcome == "handoff" and one.expected == PERSON for one in asked),
        left_out=[
            Thing(f"{one.says} “{one.words}”", pages.rehearsed(rehearsal.id))
            for one in rehearsal.lines_left_out
        ],
        left_out_count=rehearsal.left_out_count,
        missing=[Thing(f"{point.title}. {point.words}", point.href) for point in stopping(launch)],
        wrong=list(_wrong(asked, pages)),
        unmet=list(_unmet(asked, pages)),
        same_words=[
            Thing(f"“{words}” is a phrasing of {_both(keys, pages)}.", pages.of(keys[0]))
            for words, keys in near.shared.items()
        ],
        included=[pages.thing(key, "{} is not approved yet.") for key in drafts],
        near=[*_taken_for_each_other(asked, pages), *_astray(near.fallen, pages)],
        thin=list(_thin(versions.values(), near.fallen, pages)),
        hard_to_read=list(_hard(versions.values(), pages)),
        ending=list(_ending(launch, versions.values(), pages)),
        outdated=[
            pages.thing(
                one.variant.key, f"The original of {{}} changed (version {one.new.number})."
            )
            for one in outdated(session, everything)
        ],
        drafts=[
            Thing(f"“{entry.newest.question}” is not approved yet.", pages.of(entry.key))
            for entry in open_now
        ],
        hours=_hours(launch),
        unowned=_unowned(session, launch, at),
    )


@dataclass(frozen=True, slots=True)
class _Pages:
    """What entries are called, and where they are."""

    launch: Launch
    titles: Mapping[str, str]

    def of(self, entry: str) -> str:
        return f"/library/{self.launch.key}/entries/{entry}"

    def rehearsed(self, number: int) -> str:
        return f"/launches/{self.launch.key}/rehearsal/{number}#left-out"

    def title(self, entry: str) -> str:
        return f"“{self.titles.get(entry, entry)}”"

    def thing(self, entry: str, words: str) -> Thing:
        return Thing(words.format(self.title(entry)), self.of(entry))


def _both(keys: Sequence[str], pages: _Pages) -> str:
    titles = [pages.title(key) for key in keys]
    if len(set(titles)) < len(titles):  # of two with one title only their keys tell
        titles = [f"{title} ({key})" for title, key in zip(titles, keys, strict=True)]
    return " and ".join(titles)


def _wrong(asked: Iterable[Rehearsed], pages: _Pages) -> Iterator[Thing]:
    for one in asked:
        if one.judged == Judged.WRONG:
            wanted = "a person" if one.expected == PERSON else pages.title(one.expected)
            words = f"“{one.text}” would be answered by {pages.title(one.entry)}, not by {wanted}."
            yield Thing(words, pages.of(one.entry))


def _unmet(asked: Iterable[Rehearsed], pages: _Pages) -> Iterator[Thing]:
    for one in asked:
        if one.judged not in (Judged.OFFERED, Judged.MISSED):
            continue
        what = "asks back and offers" if one.judged == Judged.OFFERED else "does not find"
        wanted = "a person" if one.expected == PERSON else pages.title(one.expected)
        known = one.expected in pages.titles
        href = pages.of(one.expected) if known else f"/library?launch={pages.launch.key}"
        yield Thing(f"“{one.text}”: it {what} {wanted}. {one.reason}", href)


def _taken_for_each_other(asked: Iterable[Rehearsed], pages: _Pages) -> Iterator[Thing]:
    """Yield the pairs of entries that it could not choose between, the most questions first."""
    pairs: dict[tuple[str, ...], list[str]] = {}
    for one in asked:
        if one.outcome == "clarification" and len(one.offered) > 1:
            pairs.setdefault(tuple(sorted(one.offered[:2])), []).append(one.text)
    for pair, texts in sorted(pairs.items(), key=lambda each: -len(each[1])):
        more = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
        words = f"“{texts[0]}”{more}: it asks whether {_both(pair, pages)} is meant."
        yield Thing(words, pages.of(pair[0]))


def _astray(fallen: Iterable[Fallen], pages: _Pages) -> Iterator[Thing]:
    """Yield the pairs of entries whose words lie astray, the most and nearest words first."""
    pairs: dict[tuple[str, str], list[Fallen]] = {}
    for one in fallen:
        pairs.setdefault((one.entry, one.into), []).append(one)
    ranked = sorted(pairs.values(), key=lambda words: (-len(words), -words[0].cosine))
    for first, *rest in ranked[:MOST_PAIRS]:
        more = f", and {len(rest)} more of its phrasings," if rest else ""
        words = (
            f"“{first.way}” of {pages.title(first.entry)}{more} is nearest to “{first.nearest}” of "
            f"{pages.title(first.into)} ({first.cosine:.2f})."
        )
        yield Thing(words, pages.of(first.entry))


def _thin(
    versions: Iterable[EntryVersion], fallen: Iterable[Fallen], pages: _Pages
) -> Iterator[Thing]:
    """Yield the entries with too few phrasings, and those that the rest of theirs do not find."""
    lost = Counter(one.entry for one in fallen)
    for version in versions:
        key, count = version.entry.key, len(version.ways()) - 1
        if count < PHRASINGS:
            has = plural(count, "phrasing")
            yield pages.thing(key, f"{{}} has {has}; {PHRASINGS} are needed.")
        elif 2 * lost[key] >= count + 1:
            of = f"{lost[key]} of its {count + 1} phrasings"
            yield pages.thing(key, f"{{}} is not found by {of} when they are left out.")


def _hard(versions: Iterable[EntryVersion], pages: _Pages) -> Iterator[Thing]:
    for version in versions:
        hard = [hint.words for hint in hints(version.parts) if not hint.ok]
        if len(hard) >= HARD:
            yield Thing(
                f"{pages.title(version.entry.key)}: {' '.join(hard)}", pages.of(version.entry.key)
            )


def _ending(launch: Launch, versions: Iterable[EntryVersion], pages: _Pages) -> Iterator[Thing]:
    begin, end = launch.live_at or launch.starts_at, launch.ends_at
    for version in versions:
        until, since = version.valid_until, version.valid_from
        if until is not None and (end is None or until < end):
            day = roster.moment_words(until, launch.zone)
            yield pages.thing(version.entry.key, f"{{}} ends {day}, before the launch does.")
        if since is not None and since > begin:
            day = roster.moment_words(since, launch.zone)
            yield pages.thing(version.entry.key, f"{{}} begins only {day}.")


def _hours(launch: Launch) -> list[Thing]:
    if launch.coverage:
        return []
    words = "No calendar is kept, so promises count as if somebody were there around the clock."
    return [Thing(words, f"/launches/{launch.key}/coverage")]


def _unowned(session: Session, launch: Launch, at: datetime) -> list[Thing]:
    """Return the gaps in the roster of the launch's first week, or of the next one."""
    begin = max(at, launch.starts_at)
    end = begin + FIRST_DAYS
    href = f"/launches/{launch.key}/shifts"
    if not shifts.has_roster(session, launch.id):
        return [Thing("No shift is planned: nobody is the hypercare owner.", href)]
    planned = shifts.between(session, launch.id, begin, end)
    if not covered(launch, begin, end):
        return []
    gaps = gaps_between(launch, planned, begin, end)
    return [Thing(f"Nobody: {roster.span_words(gap, launch.zone)}.", href) for gap in gaps]
