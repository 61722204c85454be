"""The page's files: their types, what they never use, their size, and that they know what the server sends."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pydantic import BaseModel

from phi4.server import schemas
from phi4.server.page_api import FOLDER, page_files
from phi4.server.schemas import FeedbackRequest

ROOT = FOLDER.parents[2]
TSC = ROOT / "node_modules" / ".bin" / "tsc"
SCRIPTS = sorted(FOLDER.glob("*.js"))
HTML = (FOLDER / "index.html").read_text(encoding="utf-8")
MAX_FILE, MAX_LINE, MAX_WEIGHT = 300, 120, 150_000
# Ways from a string to code or markup. A reader of the source finds none; the content policy refuses them, too.
SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|createContextualFragment"
    r"|srcdoc|setHTML|javascript:|\.cssText|import\((?!\")"
)


def test_the_types_are_right():
    if not TSC.exists() or not shutil.which("node"):
        pytest.skip("the types of the page are not checked: TypeScript is missing; type: npm ci")
    checked = subprocess.run([TSC, "--project", FOLDER], capture_output=True, text=True, timeout=120, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_turns_text_into_markup_or_code(path):
    assert SINKS.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", [*SCRIPTS, *FOLDER.glob("*.css")], ids=lambda path: path.name)
def test_a_file_stays_short_and_says_what_it_is_for(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MAX_FILE
    assert lines[0].startswith(("// ", "/* "))
    if path.suffix == ".js":
        assert max(map(len, lines)) <= MAX_LINE


def test_nothing_comes_from_elsewhere():
    for path in [FOLDER / "index.html", *SCRIPTS, *FOLDER.glob("*.css")]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+", text) == [], path.name


def test_the_html_has_no_script_or_style_of_its_own():
    assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=", HTML) == []


def test_every_module_is_fetched_at_once():
    """A browser would find them one after another, by reading each."""
    named = set(re.findall(r'(?:href|src)="/page/([\w.]+)"', HTML))
    assert named == set(page_files()) - {"index.html"}


def test_the_page_is_light():
    assert sum(len(file.content) for file in page_files().values()) <= MAX_WEIGHT


def test_the_html_says_what_the_korean_words_say():
    """It is painted before any script runs."""
    korean = (FOLDER / "words.ko.js").read_text(encoding="utf-8")
    words = dict(re.findall(r'^  (\w+): "([^"]*)"', korean, re.MULTILINE))
    told = re.findall(r'data-words="(\w+)"[^>]*>([^<]*)<', HTML)
    told += [(key, text) for key, text in re.findall(r'data-label="(\w+)"[^>]*aria-label="([^"]*)"', HTML)]
    assert len(told) > 12
    assert [(key, text) for key, text in told if words[key] != text] == []


def test_both_languages_have_the_same_words():
    """The types say so, too; this also runs without them."""

    def keys(name):
        return re.findall(r"^ +\"?([\w.]+)\"?:", (FOLDER / name).read_text(encoding="utf-8"), re.MULTILINE)

    assert keys("words.ko.js") == keys("words.en.js")


def interfaces():
    text = (FOLDER / "wire.d.ts").read_text(encoding="utf-8")
    return {
        name: ([base] if base else [], re.findall(r"^  (\w+):", body, re.MULTILINE))
        for name, base, body in re.findall(r"interface (\w+)(?: extends (\w+))? \{\n(.*?)\n\}", text, re.DOTALL)
    }


@pytest.mark.parametrize("name", interfaces())
def test_the_page_knows_exactly_the_fields_that_the_server_sends(name):
    known = interfaces()
    bases, fields = known[name]
    model = getattr(schemas, name)
    assert issubclass(model, BaseModel)
    assert [field for base in bases for field in known[base][1]] + fields == list(model.model_fields)


def test_the_reasons_of_the_page_are_reasons_of_the_server():
    korean = (FOLDER / "words.ko.js").read_text(encoding="utf-8")
    reasons = re.findall(r"^    (\w+):", korean.split("reasons: {")[1].split("}")[0], re.MULTILINE)
    assert len(reasons) >= 5
    FeedbackRequest(message_id="msg_" + "0" * 32, rating=-1, reasons=reasons)


def test_every_code_of_the_server_has_its_words():
    from phi4.server import failures

    codes = {one.code for one in vars(failures).values() if isinstance(one, type) and issubclass(one, failures.Refusal)}
    codes |= set(failures.ENDED)
    korean = (FOLDER / "words.ko.js").read_text(encoding="utf-8").split("errors: {")[1].split("\n  },")[0]
    named = set(re.findall(r"^    (\w+):", korean, re.MULTILINE))
    unheard = {"invalid_value", "model_not_found", "not_json"}  # of requests that the page never makes
    assert codes - unheard <= named


def test_only_the_files_of_the_page_are_packed():
    kinds = {path.suffix for path in Path(FOLDER).iterdir()}
    assert kinds == {".css", ".html", ".js", ".json", ".svg", ".ts"}
