"""The design tokens: readable in light and in dark, the same names in both."""

import re

import pytest

from web.rendering import STATIC

CSS = (STATIC / "hypercare.css").read_text()
TEXT = 4.5  # contrast ratio, WCAG 2.2 AA, text of normal size
SHAPE = 3.0  # contrast ratio, WCAG 2.2 AA, focus rings and edges of controls
GROUNDS = ("surface", "surface-raised", "surface-sunken", "accent-soft")
WORDS = ("ink", "ink-quiet", "ink-faint", "accent")
MEANINGS = ("sev-1", "sev-2", "sev-3", "good", "warn", "bad", "info")


def colours(selector: str) -> dict[str, str]:
    block = CSS[CSS.index(selector) :]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block[: block.index("}")]))


def brightness(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((brightness(one), brightness(other)))
    return (bright + 0.05) / (dark + 0.05)


THEMES = {"light": colours("  :root {"), "dark": colours(':root[data-theme="dark"]')}


@pytest.mark.parametrize("theme", THEMES)
def test_every_word_is_readable_on_every_ground(theme):
    of = THEMES[theme]
    pairs = [(word, ground) for word in (*WORDS, *MEANINGS) for ground in GROUNDS]
    pairs += [(word, f"{tone}-soft") for tone in MEANINGS for word in (tone, "ink", "ink-quiet")]
    pairs += [("accent-ink", "accent")]

    assert [pair for pair in pairs if contrast(of[pair[0]], of[pair[1]]) < TEXT] == []


@pytest.mark.parametrize("theme", THEMES)
def test_focus_rings_and_edges_of_controls_are_seen_on_every_ground(theme):
    of = THEMES[theme]
    pairs = [(shape, ground) for shape in ("focus", "line-strong") for ground in GROUNDS[:3]]

    assert [pair for pair in pairs if contrast(of[pair[0]], of[pair[1]]) < SHAPE] == []


def test_dark_by_choice_is_the_same_as_dark_by_system():
    assert THEMES["dark"] == colours(':root:not([data-theme="light"])')


def test_a_theme_leaves_no_colour_to_the_other():
    assert set(THEMES["dark"]) == set(THEMES["light"])


def test_every_token_that_is_used_exists():
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    declared = set(re.findall(r"--([\w-]+):", CSS))

    assert used - declared == set()


def test_nothing_moves_unless_motion_is_welcome():
    moving = [match.start() for match in re.finditer(r"\btransition:|\banimation:", CSS)]
    welcome = CSS.index("@media (prefers-reduced-motion: no-preference)")

    assert moving
    assert all(welcome < place < welcome + 400 for place in moving)


def test_the_link_of_a_row_reaches_no_further_than_its_row():
    # Its area is drawn up to the nearest positioned element: without one, over the whole page.
    assert ":where([data-row]) { position: relative; }" in CSS
    assert ".launch-card { position: relative; }" in CSS
    for template in (STATIC.parent / "templates").rglob("*.html"):
        text = template.read_text("utf-8")
        for before in re.split(r'class="row-link', text)[:-1]:
            begins = max(before.rfind("<li"), before.rfind("<tr"), before.rfind("<article"))
            assert re.search(r"data-row|launch-card", before[begins:]), template.name
