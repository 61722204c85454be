"""The shape of the program, held: levels, sizes, a test for each module, thin doors."""

import ast
import graphlib
from pathlib import Path

import pytest

import phi4

PACKAGE = Path(phi4.__file__).parent
ROOT = PACKAGE.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
DOORS = sorted([*(ROOT / "Phi-4" / "src").rglob("*.py"), *(ROOT / "web_server").rglob("*.py")])
MAX_FILE, MAX_FUNCTION, MAX_DOOR = 300, 45, 10

# Modules without a test file of their own, and the file that tests them instead.
TESTED_BY = {
    "phi4.__main__": "tests/cli/test_main.py",
    "phi4.cli": "tests/cli/test_main.py",  # beside `init.py`, a command
    "phi4.cli.parser": "tests/cli/test_main.py",  # seen as --help and as wrong use
    "phi4.cli.table": "tests/cli/test_main.py",
    "phi4.chat.local": "tests/evaluation/test_examine.py",  # three calls around a loaded model
    "phi4.documents.blocks": "tests/documents/test_pdf.py",  # what every reader gives
    "phi4.documents.read": "tests/documents/test_isolation.py",  # it only chooses a reader
    "phi4.export.llamacpp": "tests/export/test_gguf_model.py",  # seen as what a file answers
    "phi4.export.prompts": "tests/export/test_merged.py",
    "phi4.engines.quiet": "tests/engines/test_torch_model.py",  # it silences what that loads
    "phi4.server": "tests/server/test_run.py",
    "phi4.server.failures": "tests/server/test_chat_api.py",  # seen as answers and refusals
    "phi4.server.openai_schemas": "tests/server/test_openai_api.py",
    "phi4.server.production": "tests/server/test_answering.py",  # one half of the way of an answer
    "phi4.server.schemas": "tests/server/test_chat_api.py",
    "phi4.server.service": "tests/server/test_app.py",  # it only joins the parts
    "phi4.server.storage.migrations.versions.0001_first_tables": "tests/server/storage/test_database.py",
    "phi4.server.storage.tree": "tests/server/storage/test_conversations.py",
}


def levels():
    """Level of each part of the program, highest first, from the list in ``phi4``'s docstring."""
    lines = [line for line in phi4.__doc__.splitlines() if line.startswith("    ")]
    return {name.strip(): number for number, line in enumerate(lines) for name in line.split(",")}


def imported(source, known=FILES):
    """The modules of ``phi4`` that a source imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are written in full"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            found.update(name if name in known else node.module for name in whole)
    return {name for name in found if name.split(".")[0] == "phi4"}


def part(module):
    return module.split(".")[1] if "." in module else ""


def graph():
    return {module: imported(path.read_text(encoding="utf-8")) for module, path in FILES.items()}


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def does_something(function):
    """Whether a function has more than a docstring and ``...``."""
    return not all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in function.body)


def mirror(module):
    """``phi4.a.b`` is tested by ``tests/a/test_b.py``, the package ``phi4.a`` by ``tests/a/test_init.py``."""
    *folders, name = FILES[module].relative_to(PACKAGE).with_suffix("").parts
    return "/".join(["tests", *folders, f"test_{'init' if name == '__init__' else name}.py"])


def test_an_import_counts_wherever_it_stands():
    source = """
from typing import TYPE_CHECKING
import os, phi4.errors
if TYPE_CHECKING:
    from phi4 import weights, __version__
def late():
    from phi4.chat import adapters, Chatbot
"""
    assert imported(source) == {"phi4.errors", "phi4.weights", "phi4", "phi4.chat.adapters", "phi4.chat"}


def test_every_part_has_its_level_and_every_level_its_parts():
    parts = {part(module) for module in FILES} - {"", "__main__"}
    assert parts == set(levels())


def test_no_module_imports_upward_or_sideways():
    order = levels()
    wrong = [
        f"{module} -> {target}"
        for module, targets in graph().items()
        for target in sorted(targets)
        if part(module) in order and part(target) in order and part(module) != part(target)
        if order[part(target)] <= order[part(module)]
    ]
    assert wrong == []


def test_no_modules_import_each_other_in_a_circle():
    sorter = graphlib.TopologicalSorter(graph())
    sorter.prepare()  # raises CycleError, which names the circle
    assert sorter.is_active()


@pytest.mark.parametrize("module", FILES)
def test_a_file_and_its_functions_stay_short(module):
    path = FILES[module]
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE
    sizes = {function.name: function.end_lineno - function.lineno + 1 for function in functions(path)}
    assert {name: size for name, size in sizes.items() if size > MAX_FUNCTION} == {}


@pytest.mark.parametrize("module", [name for name, path in FILES.items() if any(map(does_something, functions(path)))])
def test_a_module_with_code_has_its_tests(module):
    wanted = TESTED_BY.get(module, mirror(module))
    assert (ROOT / wanted).is_file(), f"{wanted} is missing"


def test_no_exception_outlives_its_reason():
    assert set(TESTED_BY) <= set(FILES)
    assert [module for module in TESTED_BY if (ROOT / mirror(module)).is_file() and module != "phi4.cli"] == []


@pytest.mark.parametrize("door", DOORS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_door_holds_no_logic_of_its_own(door):
    source = door.read_text(encoding="utf-8")
    body = ast.parse(source).body
    if ast.get_docstring(ast.parse(source)) is not None:
        body = body[1:]
    lines = {number for node in body for number in range(node.lineno, node.end_lineno + 1)}
    assert len(lines) <= MAX_DOOR
    roots = {alias.name.split(".")[0] for node in body if isinstance(node, ast.Import) for alias in node.names}
    roots |= {node.module.split(".")[0] for node in body if isinstance(node, ast.ImportFrom)}
    assert roots <= {"phi4", "sys"}
    assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(ast.parse(source)))
