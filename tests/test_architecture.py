"""The house rules as failing tests: who writes, who is guarded, how long a function may be."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "xueshi"
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
# Framework writes that are not rows of ours: sessions, tests' own scenery.
MAY_WRITE = re.compile(r"(^|_)actions\.py$")  # actions.py, or plan_actions.py where one file is too long
KERNEL_WRITERS = {"audit.py", "files.py", "messages.py"}
DOORS = {"everyone", "machines", "learners", "authorities", "employers", "providers", "operators"}


def sources(*folders: Path) -> Iterator[tuple[Path, ast.Module]]:
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if {"migrations", "tests", "node_modules"} & set(path.parts):
                continue
            yield path, ast.parse(path.read_text(encoding="utf8"))


def writes_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Calls of the ORM's writing methods: `x.objects.create()`, `row.save(update_fields=…)`, `rows.update(…)`."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name, owner = node.func.attr, ast.unparse(node.func.value)
        if name in WRITES and (".objects" in owner or name == "save" or name.startswith("bulk_")):
            yield node.lineno, f"{owner}.{name}"


def test_only_actions_write() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}:{line} {call}"
        for path, tree in sources(HOUSE)
        for line, call in writes_in(tree)
        if not MAY_WRITE.search(path.name)
        and not (path.parent.name == "kernel" and path.name in KERNEL_WRITERS)
        and "actions" not in path.parts
        and not re.search(r"default_storage\.save|draft\.save|image\.save|book\.save|workbook\.save", call)
    ]
    assert guilty == []


@pytest.mark.parametrize("folder", ["xueshi", "config", "demo", "sandbox", "tools", "bench"])
def test_functions_and_files_stay_short(folder: str) -> None:
    too_long = []
    for path, tree in sources(ROOT / folder):
        lines = path.read_text(encoding="utf8").count("\n")
        if lines > 400:
            too_long.append(f"{path.relative_to(ROOT)}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 60:
                    too_long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines")
    assert too_long == []


def test_the_time_is_read_only_at_the_edges() -> None:
    """`clock.now()` in views, jobs, commands; never in rules, actions (but for the database's clock) or queries."""
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in sources(HOUSE)
        if path.name in {"rules.py", "actions.py", "queries.py", "models.py"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"clock.now", "datetime.now", "timezone.now"}
    ]
    assert guilty == []


def views(patterns: list[URLPattern | URLResolver], names: tuple[str, ...] = ()) -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = (*names, pattern.namespace) if pattern.namespace else names
            yield from views(pattern.url_patterns, space)
        else:
            yield ":".join((*names, pattern.name or str(pattern.pattern))), pattern.callback


def test_every_view_stands_behind_exactly_one_door() -> None:
    frameworks_own = {"set_language"}
    unguarded = [
        name
        for name, view in views(get_resolver().url_patterns)
        if name not in frameworks_own and getattr(view, "door", None) not in DOORS
    ]
    assert unguarded == []


def test_no_room_has_a_name_without_a_subject() -> None:
    shapeless = {
        "utils.py",
        "helpers.py",
        "common.py",
        "core.py",
        "base.py",
        "misc.py",
        "manager.py",
        "services.py",
    }
    assert [path for path, _ in sources(HOUSE) if path.name in shapeless] == []


def test_foreign_keys_point_down() -> None:
    floors = [
        "kernel", "people", "ledger", "courses exams payments recognition drafts", "training", "study", "certificates",
    ]  # fmt: skip
    height = {name: level for level, names in enumerate(floors) for name in names.split()}
    upward = []
    for floor in height:
        files = [*(HOUSE / floor).glob("*models.py"), *(HOUSE / floor / "models").glob("*.py")]
        text = "".join(path.read_text(encoding="utf8") for path in files)
        for target in re.findall(r'(?:ForeignKey|OneToOneField)\(\s*"(\w+)\.', text):
            if height[target] > height[floor] or (height[target] == height[floor] and target != floor):
                upward.append(f"{floor} -> {target}")
    assert upward == []


def test_nothing_inline_in_templates() -> None:
    """The content-security policy refuses inline code; so does this test, earlier."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
    )
    guilty = [
        f"{path.relative_to(ROOT)}: {found.group(0).strip()}"
        for path in sorted(HOUSE.rglob("templates/**/*.html"))
        if path.name != "500.html"
        for found in inline.finditer(re.sub(r"{%.*?%}", "", path.read_text(encoding="utf8"), flags=re.DOTALL))
    ]
    assert guilty == []


def test_the_repository_names_no_registry_and_no_machine() -> None:
    import subprocess

    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    hosts = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|npmjs\.org|deb\.debian\.org|/work/|\.\./shared")
    guilty = []
    for name in filter(None, tracked):
        path = ROOT / name
        if name in {"tests/test_architecture.py", ".ci/run"} or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf8")
        except UnicodeDecodeError:
            continue
        guilty += [f"{name}: {found.group(0)}" for found in hosts.finditer(text)]
    assert guilty == []
