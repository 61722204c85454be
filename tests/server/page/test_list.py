"""The list of conversations, the address, and several tabs."""

import asyncio
import re
import threading

from phi4.chat_format import answer_text
from tests.server.conftest import until
from tests.server.page.conftest import SLOW, ask, ended, prose

LONG = answer_text(["하나입니다."], "가나다라마바사아자차카타파하 " * 14 + "끝.")


def titles(page):
    return page.locator("#list a").all_inner_texts()


def test_conversations_are_listed_newest_first_and_opened(visit):
    page = visit()
    for text in ("첫 대화입니다", "둘째 대화입니다"):
        page.click("#new")
        ask(page, text)
        ended(page)
    page.wait_for_function("() => document.querySelectorAll('#list a').length === 2")
    assert titles(page) == ["둘째 대화입니다", "첫 대화입니다"]
    assert page.locator("#list h3").all_inner_texts() == ["오늘"]
    page.get_by_role("link", name="첫 대화입니다").click()
    page.wait_for_function("() => document.querySelector('.bubble')?.textContent === '첫 대화입니다'")
    assert page.locator("#list [aria-current]").inner_text() == "첫 대화입니다"
    assert prose(page) == "답입니다."


def test_a_first_list_that_comes_after_the_answer_takes_nothing_away(site, visit, monkeypatch):
    conversations, free = site.live.service.conversations, threading.Event()
    listing = conversations.listing

    async def late(*arguments):
        while not free.is_set():
            await asyncio.sleep(0.005)
        return await listing(*arguments)

    monkeypatch.setattr(conversations, "listing", late)
    try:
        page = visit()
        ask(page, "가")
        ended(page)
    finally:
        free.set()
    page.wait_for_load_state("networkidle")
    page.reload()
    page.wait_for_selector(".reply .prose p")


def test_a_conversation_is_renamed_and_deleted(visit):
    page = visit()
    ask(page, "이름 없는 대화")
    ended(page)
    page.hover("#list li")
    page.get_by_role("button", name="이름 바꾸기: 이름 없는 대화").click()
    page.locator("dialog input").fill("새 이름")
    page.locator("dialog input").press("Enter")
    page.wait_for_function("() => document.querySelector('#list a').textContent === '새 이름'")
    page.hover("#list li")
    page.get_by_role("button", name="지우기: 새 이름").click()
    page.locator("dialog").get_by_role("button", name="취소").click()
    assert titles(page) == ["새 이름"]
    page.hover("#list li")
    page.get_by_role("button", name="지우기: 새 이름").click()
    page.locator("dialog").get_by_role("button", name="지우기").click()
    page.wait_for_selector("#list .none")
    page.wait_for_selector("#welcome:visible")
    assert page.locator(".turn").count() == 0
    assert page.evaluate("location.hash") == ""


def test_search_finds_what_was_said(visit):
    page = visit()
    for text in ("아스피린이 궁금합니다", "와파린이 궁금합니다"):
        page.click("#new")
        ask(page, text)
        ended(page)
    page.wait_for_function("() => document.querySelectorAll('#list a').length === 2")
    page.fill("#search", "와파린")
    page.wait_for_function("() => document.querySelectorAll('#list a').length === 1")
    assert titles(page) == ["와파린이 궁금합니다"]
    page.fill("#search", "없는 말")
    page.wait_for_function("() => document.querySelector('#list .none')?.textContent === '찾은 대화가 없습니다.'")
    page.fill("#search", "")
    page.wait_for_function("() => document.querySelectorAll('#list a').length === 2")


def test_all_conversations_can_be_deleted(visit):
    page = visit()
    ask(page, "가")
    ended(page)
    page.click("#state")
    page.get_by_role("button", name="모든 대화 지우기").click()
    page.locator("dialog.ask").get_by_role("button", name="모든 대화 지우기").click()
    page.wait_for_selector("#list .none")
    assert page.locator(".turn").count() == 0


def test_back_and_forward_go_through_conversations(visit):
    page = visit()
    ask(page, "첫 대화")
    ended(page)
    first = page.evaluate("location.hash")
    assert re.fullmatch(r"#conv_[0-9a-f]{32}", first)
    page.click("#new")
    page.wait_for_selector("#welcome:visible")
    page.go_back()
    page.wait_for_function("() => document.querySelector('.bubble')?.textContent === '첫 대화'")
    assert page.evaluate("location.hash") == first
    page.go_back()
    page.wait_for_selector("#welcome:visible")
    page.go_forward()
    page.wait_for_selector(".reply .prose p")
    assert prose(page) == "답입니다."


def test_back_in_the_middle_of_an_answer_and_forward_again(site, visit):
    site.engine.text, site.engine.pace = LONG, SLOW
    page = visit()
    ask(page, "가")
    page.wait_for_selector(".prose p")
    page.go_back()
    page.wait_for_selector("#welcome:visible")
    assert page.locator(".turn").count() == 0
    assert page.locator("#send").get_attribute("aria-label") == "보내기"
    page.go_forward()
    page.wait_for_selector(".prose p")
    ended(page)
    assert prose(page).endswith("끝.")
    assert page.locator(".turn").count() == 2


def test_an_address_of_nobodys_conversation_leads_to_the_empty_page(visit):
    page = visit("/#conv_" + "0" * 32)
    page.wait_for_selector(".toast.shown")
    page.wait_for_selector("#welcome:visible")
    assert page.evaluate("location.hash") == ""


def test_a_second_tab_sees_the_answer_grow_and_both_end_the_same(site, visit):
    site.engine.text, site.engine.pace = LONG, SLOW
    first = visit()
    ask(first, "두 탭")
    first.wait_for_selector(".prose p")
    second = first.context.new_page()
    visit.watch(second)
    second.goto(first.url)
    second.wait_for_selector(".prose p")
    assert second.locator(".turn").count() == 2
    for page in (first, second):
        ended(page)
        assert prose(page).endswith("끝.")


def test_what_one_tab_asks_appears_in_the_other(visit):
    first = visit()
    ask(first, "하나")
    ended(first)
    second = first.context.new_page()
    visit.watch(second)
    second.goto(first.url)
    second.wait_for_selector(".reply")
    ask(second, "둘")
    ended(second, 2)
    first.wait_for_function("() => document.querySelectorAll('.reply').length === 2")
    assert first.locator(".bubble").all_inner_texts() == ["하나", "둘"]


def test_a_question_to_a_conversation_that_another_window_has_answered_is_refused_in_words(site, visit):
    page = visit()
    with page.expect_response(re.compile(r"/api/conversations/\w+$")):  # read again, once the answer has ended
        ask(page, "하나")
        ended(page)
    site.engine.text, site.engine.pace = LONG, SLOW
    conversation = page.evaluate("location.hash.slice(1)")
    page.evaluate(
        "id => void fetch('/api/chat', {method: 'POST', headers: {'Content-Type': 'application/json'},"
        " body: JSON.stringify({message: '딴 창', conversation_id: id, stream: true})})",
        conversation,
    )
    until(lambda: site.live.queue["running"] == 1)
    ask(page, "둘")
    page.wait_for_selector(".failure")
    assert "다른 창에서 답하는 중" in page.locator(".failure").inner_text()
    page.locator(".failure").get_by_role("button", name="질문 고치기").click()
    assert page.input_value("#question") == "둘"


def test_on_a_phone_the_list_lies_over_the_talk(visit):
    page = visit(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    assert page.locator("#side").is_hidden()
    page.click("#toggle")
    page.wait_for_selector("#side:visible")
    assert page.evaluate("document.activeElement.id") == "new"
    page.keyboard.press("Escape")
    assert page.locator("#side").is_hidden()
    assert page.evaluate("document.activeElement.id") == "toggle"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
