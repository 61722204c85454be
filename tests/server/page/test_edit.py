"""The last question in other words, also when that goes wrong at first."""

import pytest

from tests.server.page.conftest import ask, ended, prose


def put(page, text, key="Enter"):
    """The last question in other words, by its pencil."""
    page.locator(".question").last.hover()
    page.locator(".question").last.get_by_role("button", name="질문 고치기").click()
    page.locator(".edit-field").fill(text)
    page.locator(".edit-field").press(key)


def bubbles(page):
    return page.locator(".bubble").all_inner_texts()


def unavailable(route):
    error = {"message": "no", "type": "t", "code": "failed", "param": None}
    route.fulfill(status=503, json={"error": error})


@pytest.mark.parametrize("fail", [lambda route: route.abort(), unavailable], ids=["offline", "refused"])
def test_an_edit_that_failed_twice_is_still_an_edit_of_the_first_question(site, visit, fail):
    page = visit()
    ask(page, "첫 질문")
    ended(page)
    page.route("**/again", fail)
    put(page, "고친 질문")
    page.wait_for_selector(".failure")
    put(page, "또 고친 질문")
    page.wait_for_selector(".question:has-text('또') + .reply .failure")
    page.unroute("**/again")
    put(page, "끝내 고친 질문")
    page.wait_for_selector(".question .versions")
    assert (bubbles(page), page.locator(".question .count").inner_text()) == (["끝내 고친 질문"], "2/2")
    assert "첫 질문" not in site.engine.prompts[-1]
    assert prose(page) == "답입니다."


def test_a_first_question_that_failed_is_asked_anew_in_other_words(site, visit):
    page = visit()
    page.route("**/api/chat", lambda route: route.abort())
    ask(page, "첫 질문")
    page.wait_for_selector(".failure")
    page.unroute("**/api/chat")
    put(page, "고친 질문")
    ended(page)
    assert (bubbles(page), prose(page)) == (["고친 질문"], "답입니다.")


def test_a_question_is_not_put_in_more_words_than_the_server_takes(site, visit):
    page = visit()
    ask(page, "첫 질문")
    ended(page)
    asked = len(site.engine.asked)
    put(page, "가" * 20_001)
    assert "1자를 줄여야" in page.locator(".edit .counter").inner_text()
    assert page.locator(".edit .primary").is_disabled()
    assert page.locator(".edit-field").input_value() == "가" * 20_001, "nothing of it is lost"
    page.locator(".edit-field").fill("가" * 17_000)
    assert "17,000" in page.locator(".edit .counter").inner_text()
    page.locator(".edit-field").fill("짧게")
    assert page.locator(".edit .counter").is_hidden()
    assert len(site.engine.asked) == asked
    page.locator(".edit-field").press("Enter")
    page.wait_for_selector(".question .versions")
    assert bubbles(page) == ["짧게"]
