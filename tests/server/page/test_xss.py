"""What a model, a visitor or a title may say to run code or to fetch something: shown as text, every time."""

import json
from pathlib import Path

import pytest

from phi4.chat_format import answer_text
from tests.server.page.conftest import ask, ended

CODE = "window.hacked=1"
PAYLOADS = [
    json.loads(line) for line in Path(__file__).with_name("payloads.jsonl").read_text(encoding="utf-8").splitlines()
]
ALLOWED = {
    "P", "BR", "STRONG", "EM", "DEL", "CODE", "PRE", "DIV", "SPAN", "BUTTON", "H3", "H4", "H5", "UL", "OL", "LI",
    "BLOCKQUOTE", "HR", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "A",
}  # fmt: skip
FINDINGS = """
(root) => {
  const elements = [...root.querySelectorAll("*")];
  const attributes = new Set(elements.flatMap((element) => element.getAttributeNames()));
  const suspect = ["style", "src", "srcdoc", "action"];
  return {
    tags: [...new Set(elements.map((element) => element.tagName))],
    attributes: [...attributes].filter((name) => name.startsWith("on") || suspect.includes(name)),
    protocols: [...new Set(elements.filter((one) => one.href).map((one) => new URL(one.href).protocol))],
  };
}
"""


def harmless(found):
    return set(found["tags"]) <= ALLOWED and not found["attributes"] and set(found["protocols"]) <= {"http:", "https:"}


def test_the_corpus_is_not_small():
    assert len(set(PAYLOADS)) >= 75


@pytest.fixture(scope="module")
def bench(browser, sites):
    page = browser.new_page()
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(sites().url)
    yield page, fetched
    page.close()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_becomes_text(bench, payload):
    page, fetched = bench
    fetched.clear()
    page.evaluate(
        """async (text) => {
          const { MarkdownView } = await import("/page/markdown.js");
          const root = document.querySelector("#turns");
          root.replaceChildren();
          const view = new MarkdownView(root);
          for (let end = 1; end <= text.length; end += 7) view.set(text.slice(0, end));
          view.set(text);
          for (const one of root.querySelectorAll("a, button")) {
            one.addEventListener("click", (event) => event.preventDefault(), true);
            one.click();
          }
        }""",
        payload,
    )
    found = page.locator("#turns").evaluate(FINDINGS)
    assert harmless(found), found
    assert page.evaluate("window.hacked") is None
    assert [url for url in fetched if "127.0.0.1" not in url] == []


def test_they_stay_text_through_the_whole_page(sites, visit):
    """As question, reasoning, answer and title, at once; a quarter of them each."""
    site = sites(max_new_tokens=10_000)
    reasoning, question, answer = " ".join(PAYLOADS[::4]), "\n".join(PAYLOADS[1::4]), "\n\n".join(PAYLOADS[2::4])
    site.engine.text = answer_text([reasoning.replace("think>", "")], answer.replace("think>", ""))
    page = visit(url=site.url)
    outside = []
    page.on("request", lambda request: outside.append(request.url))
    ask(page, question)
    ended(page)
    page.reload()
    page.wait_for_selector(".reply .prose p")
    for root in ("#turns .prose", "#turns .steps", "#turns .bubble", "#list a"):
        found = page.locator(root).first.evaluate(FINDINGS)
        assert harmless({**found, "tags": [tag for tag in found["tags"] if tag != "svg"]}), (root, found)
    assert page.evaluate("window.hacked") is None
    assert [url for url in outside if "127.0.0.1" not in url] == []


def test_the_policy_itself_stops_what_would_slip_through(browser, site):
    """Not by way of our code: the browser refuses inline script, strings as HTML, and other hosts."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url)
    page.evaluate(f"""() => {{
      const script = document.createElement("script");
      try {{ script.textContent = "{CODE}"; }} catch {{ window.refused = true; }}
      document.body.append(script);
    }}""")
    assert page.evaluate("window.hacked") is None
    for sink in (
        "document.body.innerHTML = '<b>'",
        "document.write('<b>')",
        "new DOMParser().parseFromString('<b>', 'text/html')",
    ):
        refused = page.evaluate(
            f"() => {{ try {{ {sink}; return false; }} catch (error) {{ return error instanceof TypeError; }} }}"
        )
        assert refused, sink
    assert page.evaluate("() => fetch('https://example.org').then(() => false, () => true)")
    assert page.evaluate("() => { try { trustedTypes.createPolicy('x', {}); return false; } catch { return true; } }")
    context.close()


def test_links_lead_out_without_telling_where_from(site, visit):
    site.engine.text = answer_text(["하나."], "[식약처](https://example.org/a)")
    page = visit()
    ask(page, "가")
    ended(page)
    link = page.locator(".prose a")
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert link.get_attribute("target") == "_blank"
    assert "식약처 (example.org)" in page.locator(".prose").inner_text()


def test_an_address_with_a_question_in_it_asks_nothing(site, visit):
    asked = len(site.engine.asked)
    page = visit("/?q=질문&message=질문#질문")
    page.wait_for_selector("#welcome")
    assert page.input_value("#question") == ""
    assert len(site.engine.asked) == asked
