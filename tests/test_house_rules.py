"""The rules of the house that a machine can check."""

import ast
import gc
import re
import subprocess
import sys
import weakref
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from assistant.ground.parts import Parts
from assistant.ground.settings import Settings, printed
from web.access import undeclared
from web.app import ROUTERS, create_app

HOUSE = Path(__file__).parents[1]
PACKAGES = ("assistant", "knowledge", "web")
LONGEST = 300  # lines of one file
LONGER = {
    "assistant/migrations/versions/0001_the_first_tables.py",  # written by Alembic
    "assistant/desk/tickets.py",  # one noun with all the verbs that people use on it
    "assistant/demo/week.py",  # one story, told from its beginning to its end
    "web/static/hypercare.css",  # the visual language in one sheet
    "web/static/demo/shop.css",  # a page of somebody else's shop
}
MAY_IMPORT = {
    "fastapi": re.compile(r"web/"),
    "starlette": re.compile(r"web/"),
    "uvicorn": re.compile(r"web/serving\.py"),
    "jinja2": re.compile(r"web/"),
    "typer": re.compile(
        r"web/(cli|export_command|index_commands|people_commands|rehearsal_command"
        r"|simulate_command|starting|template_commands)\.py"
    ),
    "chromadb": re.compile(r"knowledge/chroma\.py"),
    "openai": re.compile(r"knowledge/embedding\.py|assistant/ground/"),
    "alembic": re.compile(r"assistant/migrations/"),
}
TOP = {"pyproject.toml", "README.md", "LICENSE", "uv.lock", *PACKAGES, "tests"}


@cache
def files(*endings: str, under: tuple[str, ...] = PACKAGES) -> tuple[tuple[str, str], ...]:
    """Return the path within the house and the text of each file of ours with these endings."""
    return tuple(
        (str(path.relative_to(HOUSE)), path.read_text("utf-8"))
        for folder in under
        for path in sorted((HOUSE / folder).rglob("*"))
        if path.suffix.lstrip(".") in endings and "__pycache__" not in path.parts
    )


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    """Return every module of ours, read once for all rules."""
    return tuple((name, ast.parse(words)) for name, words in files("py"))


@cache
def calls() -> tuple[tuple[str, str], ...]:
    """Return who calls what, dotted: ``session.commit``, ``datetime.now``."""
    return tuple(
        (name, dotted(node.func))
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def dotted(node: ast.expr) -> str:
    """Return a chain of names as it is written; what stands before it otherwise is ``…``."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "…"


def names_imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module


def found(pattern: str, *endings: str) -> list[str]:
    """Return where ``pattern`` occurs: ``file:line``."""
    return [
        f"{name}:{number}"
        for name, words in files(*endings)
        for number, line in enumerate(words.splitlines(), 1)
        if re.search(pattern, line)
    ]


# Who may use a route.


def test_every_route_says_who_may_use_it(house: Parts) -> None:
    assert undeclared(create_app(house)) == []


def test_a_route_that_does_not_say_so_fails_the_build(
    house: Parts,
) -> None:
    forgotten = APIRouter()

    @forgotten.get("/forgotten")
    def forgotten_route() -> None:
        """A route without an admission."""

    with pytest.raises(RuntimeError, match="GET /forgotten"):
        create_app(house, routers=(*ROUTERS, forgotten))


def test_an_application_that_has_ended_is_forgotten_with_all_that_it_held(house: Parts) -> None:
    application = create_app(house)
    TestClient(application).get("/metrics")
    gone = weakref.ref(application)

    del application
    gc.collect()

    assert gone() is None


# What is done in one place only.


def test_the_wall_clock_is_read_in_one_place() -> None:
    readers = {
        name
        for name, call in calls()
        if re.search(r"(?:datetime|date)\.(?:now|utcnow|today)$|^time\.time$", call)
    }

    # guarding counts a rate limit's window, which the ``limits`` library keeps in wall-clock time.
    assert readers == {"assistant/ground/clock.py", "web/guarding.py"}


def test_transactions_are_committed_at_the_edge_only() -> None:
    committers = {name for name, call in calls() if call.endswith(".commit")}

    assert committers <= {"assistant/ground/database.py", "assistant/migrations/env.py"}


def test_others_servers_are_reached_through_the_guarded_client_only() -> None:
    client = re.compile(
        r"httpx\.(?:Client|AsyncClient|HTTPTransport|request|stream|get|post|put)$"
        r"|bounded_client$|urlopen$|create_connection$|HTTPS?Connection$"
    )
    makers = {name for name, call in calls() if client.search(call)}

    # The model's and the embedder's servers are named by an operator, not on a page.
    assert makers == {
        "assistant/ground/wire.py",
        "assistant/ground/outgoing.py",
        "assistant/ground/llm.py",
        "assistant/ground/embedders.py",
    }


@pytest.mark.parametrize("library", sorted(MAY_IMPORT))
def test_a_library_is_known_where_it_belongs(library: str) -> None:
    strangers = [
        name
        for name, tree in modules()
        if library in {module.partition(".")[0] for module in names_imported(tree)}
        and not MAY_IMPORT[library].match(name)
    ]

    assert strangers == []


def test_imports_point_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    checked = subprocess.run(
        [linter, "--no-cache"], cwd=HOUSE, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout[-3_000:]


# What reaches a browser.


def test_nothing_is_put_into_a_page_unescaped() -> None:
    assert found(r"\|\s*safe\b|autoescape false", "html") == []
    assert found(r"\bMarkup\(|autoescape\s*=\s*False", "py") == []
    assert found(r"(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(", "js") == []


def test_no_page_holds_script_or_style_of_its_own() -> None:
    assert found(r"<script(?![^>]*\bsrc=)", "html") == []
    assert found(r"<style\b|\sstyle\s*=", "html") == []
    assert found(r"\son[a-z]+\s*=\s*[\"']", "html") == []
    assert found(r"javascript:", "html") == []


def test_every_page_takes_nothing_from_elsewhere() -> None:
    elsewhere = r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//"

    assert found(elsewhere, "html") == []
    assert found(r"@import|url\(\s*[\"']?(?:https?:)?//", "css") == []


# How the house is kept.


def test_files_stay_short() -> None:
    long = {
        name
        for name, words in files("py", "html", "js", "css")
        if len(words.splitlines()) > LONGEST
    }

    assert long <= LONGER


def test_the_top_of_the_house_is_fixed() -> None:
    there = {path.name for path in HOUSE.iterdir() if not path.name.startswith(".")}

    assert there <= TOP
    assert {"pyproject.toml", "README.md", "LICENSE", "tests", *PACKAGES} <= there


def test_nothing_has_a_name_that_says_nothing() -> None:
    empty = re.compile(r"(?:^|_)(?:utils?|helpers?|managers?|services?|common|base|misc)(?:_|$)")
    names = [path for path, _ in files("py", "js", "html") if empty.search(Path(path).stem.lower())]

    assert [name for name in names if name != "web/templates/base.html"] == []


def test_every_folder_says_what_is_in_it() -> None:
    maps = [HOUSE / name for name, _ in files("py") if name.endswith("__init__.py")]

    assert [str(path) for path in maps if not ast.get_docstring(ast.parse(path.read_text()))] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [name for name, tree in modules() if not ast.get_docstring(tree)]

    assert silent == []


def test_every_setting_is_in_the_readme() -> None:
    readme = (HOUSE / "README.md").read_text("utf-8")

    assert [row.name for row in printed(Settings()) if row.name not in readme] == []


def test_no_path_of_somebody_s_machine_is_in_the_house() -> None:
    machine = re.compile(r"/(?:work|root|home)/[a-z]|/tmp/[a-z]")
    texts = files("py", "md", "html", "js", "css", "yaml", "toml", under=(*PACKAGES, "tests"))

    assert [name for name, words in texts if machine.search(words)] == []
