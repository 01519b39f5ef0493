"""A form that was saved: what was kept of it while it was typed is not needed any more."""

from assistant.launch.launches import Launch
from assistant.library import entries, unsaved, variants
from assistant.library.entries import Entry
from web.entry_form import EntryForm
from web.shell import Visit


def form_kept(
    author: Visit, launch: Launch, entry: Entry, typed: EntryForm, *, is_new: bool
) -> None:
    """Forget the unsaved words that are saved now, and link a new variant to its original."""
    about = unsaved.about_new(entry.kind) if is_new else entry.key
    unsaved.drop(author.session, author.by, launch, about)
    if is_new and typed.variant_of:
        original = entries.by_key(author.session, launch.id, typed.variant_of)
        variants.link(author.session, entry, original, by=author.by, at=author.at)
