"""Asking and what can be done with an answer."""

import re

from phi4.chat_format import answer_text
from tests.server.conftest import ANSWER, until
from tests.server.page.conftest import SLOW, ask, ended, prose

LONG = answer_text(
    [f"{number}번째 단계로 넘어갑니다." for number in ("하나", "둘", "셋", "넷")],
    "가나다라마바사아자차카타파하 " * 12 + "끝.",
)


def test_an_answer_streams_with_its_reasoning_open_and_then_folded(site, visit):
    site.engine.text, site.engine.pace = LONG, SLOW
    page = visit()
    ask(page, "왜 그렇습니까?")
    page.wait_for_selector(".reasoning[open] li")
    assert page.locator(".reasoning .title").inner_text() == "생각하는 중"
    page.wait_for_selector(".prose p")
    early = prose(page)
    ended(page)
    assert prose(page).startswith(early)
    assert len(early) < len(prose(page))
    assert page.locator(".question .bubble").inner_text() == "왜 그렇습니까?"
    assert page.locator(".reasoning").get_attribute("open") is None
    page.click(".reasoning summary")
    assert page.locator(".steps li").all_inner_texts() == [
        f"{number}번째 단계로 넘어갑니다." for number in ("하나", "둘", "셋", "넷")
    ]
    assert re.search(r"\d+토큰 · 초당 [\d.]+토큰", page.locator(".figures").inner_text())


def test_a_reader_who_folds_the_reasoning_is_not_overruled(site, visit):
    site.engine.text, site.engine.pace = LONG, SLOW
    page = visit()
    ask(page, "가")
    page.wait_for_selector(".reasoning[open]")
    page.click(".reasoning summary")
    page.wait_for_selector(".steps li:nth-child(2)", state="attached")
    assert page.locator(".reasoning").get_attribute("open") is None
    page.click(".reasoning summary")
    ended(page)
    assert page.locator(".reasoning").get_attribute("open") is not None


def test_stop_keeps_what_was_written_and_says_so(site, visit):
    site.engine.text, site.engine.pace = LONG, SLOW
    page = visit()
    ask(page, "가")
    page.wait_for_selector(".prose p")
    assert page.get_by_role("button", name="멈추기").count() == 1
    page.click("#send")
    ended(page)
    assert page.locator(".note").inner_text() == "여기서 멈췄습니다."
    assert 0 < len(prose(page)) < 150
    until(lambda: site.live.queue["running"] == 0)
    page.reload()
    page.wait_for_selector(".note")
    assert page.locator(".note").inner_text() == "여기서 멈췄습니다."


def test_escape_stops_as_well(site, visit):
    site.engine.text, site.engine.pace = LONG, SLOW
    page = visit()
    ask(page, "가")
    page.wait_for_selector(".reasoning[open]")
    page.press("#question", "Escape")
    ended(page)
    assert page.locator(".note").inner_text() == "생각을 마치기 전에 끝나서 답이 없습니다."


def test_an_answer_can_be_written_again_and_the_first_one_found_again(site, visit):
    page = visit()
    ask(page, "가")
    ended(page)
    site.engine.text = answer_text(["다시."], "다른 답입니다.")
    page.get_by_role("button", name="다시 답하기").click()
    page.wait_for_selector(".versions")
    assert (prose(page), page.locator(".count").inner_text()) == ("다른 답입니다.", "2/2")
    page.get_by_role("button", name="이전 답 보기").click()
    page.wait_for_function("() => document.querySelector('.count')?.textContent === '1/2'")
    assert prose(page) == "답입니다."
    assert page.locator(".turn").count() == 2


def test_the_last_question_is_put_in_other_words(site, visit):
    page = visit()
    ask(page, "첫 질문")
    ended(page)
    page.press("#question", "ArrowUp")
    field = page.locator(".edit-field")
    assert field.input_value() == "첫 질문"
    field.fill("고친 질문")
    field.press("Enter")
    page.wait_for_selector(".question .versions")
    assert page.locator(".bubble").all_inner_texts() == ["고친 질문"]
    assert "고친 질문" in site.engine.prompts[-1]
    page.locator(".question").hover()
    page.locator(".question").get_by_role("button", name="이전 답 보기").click()
    page.wait_for_function("() => document.querySelector('.bubble').textContent === '첫 질문'")


def test_only_the_last_question_can_be_edited(visit):
    page = visit()
    for count, text in enumerate(("하나", "둘"), 1):
        ask(page, text)
        ended(page, count)
    page.wait_for_function("() => document.querySelectorAll('.question').length === 2")
    assert page.get_by_role("button", name="질문 고치기").count() == 1


def test_an_answer_is_copied_as_it_was_written(site, visit):
    site.engine.text = answer_text(["하나."], "**굵게** 그리고 `코드`")
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "가")
    ended(page)
    page.locator(".reply").get_by_role("button", name="복사").click()
    page.wait_for_selector(".toast.shown")
    assert page.evaluate("navigator.clipboard.readText()") == "**굵게** 그리고 `코드`"


def test_copying_works_without_the_clipboard_of_a_secure_page(visit):
    page = visit(init="Object.defineProperty(navigator, 'clipboard', {value: undefined});")
    ask(page, "가")
    ended(page)
    page.locator(".reply").get_by_role("button", name="복사").click()
    page.wait_for_selector(".toast.shown")
    page.focus("#question")
    page.keyboard.press("Control+V")
    assert page.input_value("#question") == "답입니다."


def test_thumbs_up_are_kept_and_can_be_taken_back(site, visit):
    page = visit()
    ask(page, "가")
    ended(page)
    up = page.get_by_role("button", name="도움이 됐어요")
    up.click()
    page.wait_for_selector(".toast.shown")
    page.reload()
    page.wait_for_selector("[aria-pressed=true]")
    assert up.get_attribute("aria-pressed") == "true"
    up.click()
    page.wait_for_function("() => document.querySelector('.toast').textContent === '평가를 거두었습니다.'")
    page.reload()
    page.wait_for_selector("[aria-pressed=false]")
    assert page.locator("[aria-pressed=true]").count() == 0


def test_thumbs_down_ask_why(site, visit):
    page = visit()
    ask(page, "가")
    ended(page)
    page.get_by_role("button", name="아쉬워요").click()
    page.get_by_text("문서에 없는 내용").click()
    page.fill(".why textarea", "출처가 없습니다.")
    with page.expect_request("**/api/feedback") as sent:
        page.get_by_role("button", name="의견 보내기").click()
    told = sent.value.post_data_json
    assert (told["rating"], told["reasons"], told["comment"]) == (-1, ["unsupported"], "출처가 없습니다.")
    assert sent.value.response().status == 200
    page.locator(".why").wait_for(state="hidden")


def test_an_answer_that_hits_the_limit_says_so(sites, visit):
    site = sites(max_new_tokens=12)
    page = visit(url=site.url)
    ask(page, "가")
    ended(page)
    assert page.locator(".note").inner_text() == "생각을 마치기 전에 끝나서 답이 없습니다."


def test_the_page_follows_the_text_unless_its_reader_goes_up(site, visit):
    site.engine.text = answer_text(["하나."], "긴 글입니다.\n\n" * 60)
    site.engine.pace = SLOW
    page = visit()
    ask(page, "가")
    page.evaluate("window.box = document.querySelector('#scroll')")
    page.wait_for_function("() => box.scrollHeight > box.clientHeight + 400")
    left = "box.scrollHeight - box.scrollTop - box.clientHeight"
    assert page.evaluate(left) < 60
    page.mouse.move(600, 300)
    page.mouse.wheel(0, -300)
    page.wait_for_selector("#to-end:visible")
    place = page.evaluate("box.scrollTop")
    page.wait_for_timeout(300)
    assert page.evaluate("box.scrollTop") == place
    page.click("#to-end")
    page.wait_for_function(f"() => {left} < 60")
    page.click("#send")
    ended(page)


def test_answers_of_the_fixture_are_the_real_format(site):
    assert ANSWER.startswith("<think>")
