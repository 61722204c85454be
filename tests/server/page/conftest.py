"""The page in Debian's Chromium, against the real application over the scripted engine.

Without a browser these tests are skipped, and say so.
"""

import shutil

import httpx
import pytest

from phi4.chat import Adapter
from phi4.chat_format import ChatTokenizer
from phi4.engines.scripted import Pace
from phi4.server import create_app
from phi4.server.service import ChatService
from phi4.settings import load_settings
from tests.server.conftest import ANSWER, Engine, Live, until
from tests.tiny import make_tokenizer

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SLOW = Pace(token=0.01)
FACTS = {
    "data": {"files": ["가.txt", "나.txt"], "examples": ["아스피린은 무엇입니까?", "와파린의 목표 INR은 얼마입니까?"]},
    "evaluation": {
        "when": "2026-11-23 14:02",
        "questions": 185,
        "scores": {"closed_book.right": {"value": 0.72, "low": 0.65, "high": 0.78}},
    },
}
# What the page must never do: break its own content policy. Collected before any of its scripts runs.
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => {
  violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


def find_browser():
    """The installed Chromium, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="package")
def browser():
    executable = find_browser()
    if executable is None:
        pytest.skip("the page is not tested in a browser: there is no Chromium (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


class Site:
    """A server whose engine can be told what to answer; runs as long as ``live`` is entered. ``url`` is its page."""

    def __init__(self, folder, facts=FACTS, engine=None, **stated):
        make_tokenizer(folder / "tokenizer")
        tokenizer = ChatTokenizer(folder / "tokenizer")
        adapter_folder = folder / "phi-4-reasoning"
        adapter_folder.mkdir()
        (adapter_folder / "adapter_model.safetensors").write_bytes(b"weights")
        adapter = Adapter(adapter_folder, facts.get("base_model", "base-a"), facts)
        settings = load_settings({"database_url": f"sqlite:///{folder / 'chats.sqlite'}", **stated})
        self.engine = engine or Engine(tokenizer, pace=Pace(), context=100_000)
        self.app = create_app(settings)
        self.app.state.phi4 = ChatService(settings, None, lambda *_: (self.engine, tokenizer), lambda _: adapter)
        self.live = Live(self.app)

    @property
    def url(self):
        return self.live.url

    def __enter__(self):
        """Start it, and have its database made: a first visitor would wait for that."""
        self.live.__enter__()
        with httpx.Client(base_url=self.url, timeout=40) as client:
            until(lambda: client.get("/api/conversations").status_code != 503, 60)
        return self

    def __exit__(self, *error):
        self.live.__exit__(*error)

    def reset(self):
        """As at the beginning; waits for answers that a test has left."""
        until(lambda: self.live.queue["running"] == 0, 40)
        self.engine.text, self.engine.pace = ANSWER, Pace()
        self.engine.thaw()


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """``sites(**settings)``: a server of its own, ready; the same one for the same settings."""
    running = {}

    def start(**stated):
        key = tuple(sorted(stated.items()))
        if key not in running:
            running[key] = Site(tmp_path_factory.mktemp("site"), **stated)
            running[key].__enter__()
        return running[key]

    yield start
    for site in running.values():
        site.__exit__()


@pytest.fixture
def site(sites):
    site = sites(max_new_tokens=1000)
    yield site
    site.reset()


@pytest.fixture
def visit(browser, site):
    """``visit(path, **context)``: a page of a new visitor. Every page must keep to its content policy and throw
    nothing; ``visit.pages`` are all of them."""
    contexts, errors = [], []

    def open_page(path="/", url=None, init="", **options):
        options = {"locale": "ko-KR", "viewport": {"width": 1100, "height": 760}, **options}
        context = browser.new_context(**options)
        contexts.append(context)
        context.add_init_script(WATCH + init)
        page = context.new_page()
        watch(page)
        page.goto((url or site.url) + path)
        page.set_default_timeout(30_000)
        return page

    def watch(page):
        page.on("pageerror", lambda error: errors.append(str(error)))

    open_page.watch = watch
    yield open_page
    for context in contexts:
        for page in context.pages:
            errors += page.evaluate("window.violations ?? []")
        context.close()
    assert errors == []


def ask(page, text, key="Enter"):
    """Type a question and send it."""
    page.fill("#question", text)
    page.press("#question", key)


def ended(page, count=1):
    """Wait until so many answers have ended."""
    page.wait_for_function(
        "count => document.querySelectorAll('.reply').length >= count && !document.querySelector('[aria-busy=true]')"
        " && document.querySelector('.reply:last-child .actions').childElementCount",
        arg=count,
    )


def prose(page):
    """The text of the last answer."""
    return page.locator(".reply .prose").last.inner_text()
