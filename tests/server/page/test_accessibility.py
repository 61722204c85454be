"""With the keyboard alone, with a screen reader, with eyes that need contrast, without motion."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from phi4.chat_format import answer_text
from tests.server.page.conftest import SLOW, ask, ended

RICH = answer_text(
    ["첫 단계입니다.", "둘째 단계입니다."],
    "# 제목\n\n**굵게** [식약처](https://example.org)\n\n| 가 | 나 |\n|---|---|\n| 1 | 2 |\n\n"
    "```py\nprint(1)\n```\n\n1. 하나\n2. 둘\n\n> 인용",
)


def welcome(page):
    page.wait_for_selector(".example")


def answered(page):
    ask(page, "가")
    ended(page)
    page.click(".reasoning summary")


def rated(page):
    answered(page)
    page.get_by_role("button", name="아쉬워요").click()


def about(page):
    page.wait_for_selector(".example")
    page.click("#state")


def failed(page):
    page.route("**/api/chat", lambda route: route.fulfill(status=500, json={"error": {"code": "failed"}}))
    ask(page, "가")
    page.wait_for_selector(".failure")


def renaming(page):
    answered(page)
    page.hover("#list li")
    page.locator("#list .icon-button").first.click()


def too_long(page):
    page.fill("#question", "가" * 20_001)


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize(
    "state", [welcome, answered, rated, about, failed, renaming, too_long], ids=lambda state: state.__name__
)
def test_axe_finds_nothing(site, visit, state, look):
    site.engine.text = RICH
    page = visit(color_scheme=look, reduced_motion="reduce")
    state(page)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
    page.evaluate("violations.length = 0")  # axe tries a style of its own


def test_axe_finds_nothing_on_a_phone(site, visit):
    site.engine.text = RICH
    page = visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    answered(page)
    assert Axe().run(page).violations_count == 0
    page.click("#toggle")
    assert Axe().run(page).violations_count == 0
    page.evaluate("violations.length = 0")


def focused(page):
    return page.evaluate("(one => one.getAttribute('aria-label') || one.textContent.trim())(document.activeElement)")


def test_everything_is_reached_by_tab(visit):
    page = visit()
    page.wait_for_selector(".example")
    ask(page, "가")
    ended(page)
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(focused(page))
    for name in (
        "질문 입력란으로 건너뛰기", "새 대화", "대화 검색", "가", "이름 바꾸기: 가", "지우기: 가",
        "대화 목록 닫기", "복사", "질문 고치기", "도움이 됐어요", "아쉬워요", "다시 답하기", "질문을 입력하세요",
    ):  # fmt: skip
        assert name in seen, (name, seen)


def test_the_focus_stays_where_one_writes(visit):
    page = visit()
    assert page.evaluate("document.activeElement.id") == "question"
    ask(page, "가")
    ended(page)
    assert page.evaluate("document.activeElement.id") == "question"


def test_the_focus_comes_back_from_a_dialog(visit):
    page = visit()
    page.focus("#state")
    page.keyboard.press("Enter")
    page.wait_for_selector("#about[open]")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "state"


def test_a_screen_reader_hears_sentences_not_tokens(site, visit):
    site.engine.text = answer_text(["하나."], "첫 문장입니다. 둘째 **문장**입니다.\n\n- 셋째 문장입니다.")
    site.engine.pace = SLOW
    page = visit()
    page.evaluate("""() => {
      window.heard = [];
      new MutationObserver((changes) => {
        for (const change of changes) for (const node of change.addedNodes) heard.push(node.textContent);
      }).observe(document.querySelector("#live"), { childList: true });
    }""")
    ask(page, "가")
    ended(page)
    assert page.locator("#live").get_attribute("aria-live") == "polite"
    heard = page.evaluate("heard")
    assert " ".join(heard[:-1]).replace("- ", "") == "첫 문장입니다. 둘째 문장 입니다. 셋째 문장입니다."
    assert heard[-1] == "답변이 끝났습니다."
    assert 3 <= len(heard) <= 5


def test_a_growing_answer_is_marked_busy(site, visit):
    site.engine.text, site.engine.pace = RICH, SLOW
    page = visit()
    ask(page, "가")
    page.wait_for_selector(".reply[aria-busy=true]")
    ended(page)
    assert page.locator(".reply").get_attribute("aria-busy") == "false"


def test_nothing_moves_for_those_who_asked_for_it(site, visit):
    site.engine.pace = SLOW
    page = visit(reduced_motion="reduce")
    ask(page, "가")
    page.wait_for_selector(".reply")
    assert page.evaluate("document.getAnimations().length") == 0
    ended(page)


def test_text_can_be_twice_as_large_without_a_sideways_scroll(visit):
    page = visit(viewport={"width": 550, "height": 700})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    ask(page, "아스피린이 혈전을 예방하는 원리는 무엇인가요?")
    ended(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
