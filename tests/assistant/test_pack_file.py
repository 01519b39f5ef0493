"""A launch pack as written: every problem with file, line, field and remedy, and nothing else."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.launch.pack_file import BIGGEST, PackRefused, Problem, read, shaped
from tests.cast import PACK

START = "launch: {key: spring, starts: 2026-11-16T08:00:00Z}\n"


def problems(words: str) -> list[Problem]:
    with pytest.raises(PackRefused) as refused:
        shaped(words, "pack.yaml")
    return refused.value.problems


def test_a_launch_with_a_key_and_nothing_else_is_a_pack() -> None:
    pack, _ = shaped("launch: {key: spring}", "pack.yaml")

    assert (pack.launch.key, pack.launch.mode, pack.entries) == ("spring", "suggest", [])


def test_every_problem_is_found_in_one_reading_and_says_where_and_what_to_do() -> None:
    words = """\
launch:
  key: Spring Pricing
  modus: auto
people:
  - {email: amir, name: Amir, role: boss}
entries:
  - key: price
    kind: faq
"""

    assert [str(problem) for problem in problems(words)] == [
        "pack.yaml:2: launch.key: It is not written as it must be. "
        "Use small letters, digits and single hyphens, for example price-differs.",
        "pack.yaml:3: launch.modus: This field is not known. Remove it, or check how it is spelt.",
        "pack.yaml:5: people[0].email: It is not written as it must be. Write it as name@domain.",
        "pack.yaml:5: people[0].role: This is not one of its words. Use one of 'agent', "
        "'engineer', 'lead', 'change-manager', 'sponsor' or 'administrator'.",
        "pack.yaml:7: entries[0].question: It is missing. Add it.",
    ]


@pytest.mark.parametrize(
    ("words", "line", "field", "message"),
    [
        ("", 1, "(file)", "It holds no launch pack."),
        ("- a list", 1, "(file)", "It holds no launch pack."),
        ("people: []", 1, "launch", "It is missing."),
        (START + "entries: 5", 2, "entries", "Input should be a valid list."),
        (START + "launch: {key: again}", 2, "launch", "It is written twice."),
        (START + "people: &all []\nentries: *all", 2, "entries", "It is a YAML alias."),
        (START + "x: [", 3, "(file)", "It is not YAML: did not find expected node content."),
        ("launch: {key: a, starts: 2026-11-16}", 1, "launch.starts", "only a day"),
        ("launch: {key: a, starts: 2026-11-16T08:00:00}", 1, "launch.starts", "without a zone"),
        ("launch: {key: a, starts: soon}", 1, "launch.starts", "It is no time."),
        ("launch: {key: a, starts: 0001-01-01T00:00:00Z}", 1, "launch.starts", "of our days"),
        ("launch: {key: a, starts: 9999-12-31T23:59:59Z}", 1, "launch.starts", "of our days"),
        (
            "launch: {key: a, languages: [english]}",
            1,
            "launch.languages[0]",
            "“english” is no code of a language.",
        ),
        ("launch: {key: a, time_zone: Berlin}", 1, "launch.time_zone", "“Berlin” is no time zone."),
        ("launch: {key: a, wrong_rate: 0.5}", 1, "launch.wrong_rate", "less than or equal to 0.1."),
        (
            "launch: {key: a, wrong_rate: .nan}",
            1,
            "launch.wrong_rate",
            "less than or equal to 0.1.",
        ),
        ("launch: {key: 5}", 1, "launch.key", "Input should be a valid string."),
        ('launch: {key: a, name: "a\\0b"}', 1, "launch.name", "cannot be kept"),
        ('launch: {key: a, name: "a\\ud800b"}', 1, "(file)", "It is not YAML: "),
        ('launch: {key: a, sites: ["x\\0"]}', 1, "launch.sites", "cannot be kept"),
        (
            "launch: {key: a, baselines: [{metric: m, value: .inf}]}",
            1,
            "launch.baselines[0].value",
            "Input should be a finite number.",
        ),
    ],
)
def test_what_is_wrong_is_named(words: str, line: int, field: str, message: str) -> None:
    (problem, *_) = problems(words)

    assert (problem.line, problem.field) == (line, field)
    assert message in problem.message
    assert problem.remedy


@pytest.mark.parametrize(
    "site",
    [
        "https://shop.example; script-src *",
        "https://shop.example/path",
        "https://a.example https://b.example",
        '"https://a.example\\nX-Header: 1"',
        "javascript:alert(1)",
        "shop.example",
        "'*'",
        "https://münchen.example",
    ],
)
def test_a_site_is_an_origin_because_it_goes_into_a_header(site: str) -> None:
    (problem,) = problems(f"launch:\n  key: a\n  sites:\n    - {site}\n")

    assert (problem.line, problem.field) == (4, "launch.sites[0]")


@pytest.mark.parametrize(
    "site",
    ["https://shop.example", "http://localhost:8000", "https://*.shop.example", "http://[::1]:80"],
)
def test_origins_are_taken_as_they_are(site: str) -> None:
    pack, _ = shaped(f'launch: {{key: a, sites: ["{site}"]}}', "pack.yaml")

    assert pack.launch.sites == [site]


@pytest.mark.parametrize(
    "value",
    ["!!bool maybe", '!!int ""', "!!timestamp soon", "!!float x", "!!python/object:os.system {}"],
)
def test_values_that_trip_the_yaml_library_are_problems_too(value: str) -> None:
    (problem,) = problems(f"launch: {{key: a, name: {value}}}")

    assert problem.message.startswith("It is not YAML: ")


def test_nesting_without_end_is_a_problem_and_no_crash() -> None:
    (problem,) = problems("launch: " + "[" * 200_000)

    assert problem.message == "It is nested too deeply."


def test_an_area_may_be_a_string_or_a_title_with_words() -> None:
    pack, _ = shaped(
        "launch: {key: a, scope: [Prices], out_of_scope: [{title: Jobs, words: [vacancy]}]}", "p"
    )

    assert pack.launch.scope[0].title == "Prices"
    assert pack.launch.out_of_scope[0].words == ["vacancy"]


def test_the_next_update_is_a_time_or_words() -> None:
    pack, _ = shaped(PACK, "pack.yaml")

    assert str(pack.entries[0].next_update) == "2026-11-23 09:00:00+00:00"
    assert pack.entries[1].next_update == "when the providers have answered us"


# The file itself.


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(PackRefused, match="cannot be read"):
        read(tmp_path / "absent.yaml")


def test_a_folder_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(PackRefused, match="cannot be read"):
        read(tmp_path)


def test_bytes_that_are_not_utf_8_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_bytes(b"launch: {key: \xff\xfe}")

    with pytest.raises(PackRefused, match="not UTF-8"):
        read(tmp_path / "pack.yaml")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("\ufefflaunch: {key: spring}", "utf-8")

    pack, lines = read(tmp_path / "pack.yaml")

    assert (pack.launch.key, lines.file) == ("spring", "pack.yaml")


def test_a_file_of_unreasonable_size_is_not_parsed(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("#" * (BIGGEST + 1))

    with pytest.raises(PackRefused, match="bigger than 5,000,000 bytes"):
        read(tmp_path / "pack.yaml")


# Whatever is done to the text, it is a pack or it is refused.

PIECES = st.sampled_from(
    [
        *(
            ":",
            "- ",
            "  ",
            "\n",
            "&a",
            "*a",
            "<<: ",
            "!!int ",
            "!!bool ",
            "!!binary ",
            "!!set ",
            "? ",
        ),
        *("{", "}", "[", "]", "'", '"', "|", ">", "#", "%", "@", "\t", "null", "~", ".inf", ".nan"),
        *("2026-02-30", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1e999", "0x"),
        *(
            '"\\0"',
            '"\\ud800"',
            "\u202e",
            "\u200b",
            "🧨",
            "\x00",
            "\ufeff",
            "---\n",
            "...\n",
            "12:30:45",
        ),
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, len(PACK)), st.integers(0, 25), PIECES | st.text(max_size=4)),
        min_size=1,
        max_size=5,
    )
)
def test_whatever_is_done_to_a_pack_it_is_read_or_refused(cuts: list[tuple[int, int, str]]) -> None:
    words = PACK
    for at, length, piece in cuts:
        words = words[:at] + piece + words[at + length :]

    try:
        pack, _ = shaped(words, "pack.yaml")
    except PackRefused as refused:
        assert all(problem.line >= 1 and problem.message for problem in refused.problems)
    else:
        assert pack.launch.key
