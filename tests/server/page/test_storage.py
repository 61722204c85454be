"""A database that goes and comes: every question is answered, and what was said is kept once it is back."""

import contextlib

import pytest

from tests.server.conftest import until
from tests.server.page.conftest import SLOW, ask, ended, prose


@pytest.fixture
def storage(site, monkeypatch):
    """``with storage.down():`` nothing can be read or written."""

    class Storage:
        @contextlib.contextmanager
        def down(self):
            def fail(*_, **__):
                raise OSError("disk full")

            with monkeypatch.context() as patch:
                broken = type("Broken", (), {"begin": fail})()
                patch.setattr(site.live.service.database, "_sessions", broken)
                yield

    return Storage()


def notes(page):
    return page.locator(".reply:last-child .note").all_inner_texts()


def bubbles(page):
    return page.locator(".bubble").all_inner_texts()


def said(prompt):
    """The prompt without its marks."""
    return prompt.replace("<|im_start|>", "").replace("<|im_end|>", "")


def test_questions_are_answered_while_it_is_down_each_with_what_was_said_before(site, storage, visit):
    page = visit()
    until(lambda: page.locator("#list .none").count())
    with storage.down():
        for count, question in enumerate(("첫째", "둘째", "셋째"), 1):
            ask(page, question)
            ended(page, count)
            assert prose(page) == "답입니다."
            assert "저장되지 않았습니다" in notes(page)[0]
        assert bubbles(page) == ["첫째", "둘째", "셋째"]
        prompt = said(site.engine.prompts[-1])
        assert prompt.index("첫째") < prompt.index("답입니다.") < prompt.index("둘째") < prompt.index("셋째")
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_selector("#banner:has-text('저장할 수 없습니다')")


def test_once_it_is_back_the_next_answer_keeps_the_whole_conversation(site, storage, visit):
    page = visit()
    with storage.down():
        ask(page, "첫째")
        ended(page)
    ask(page, "둘째")
    ended(page, 2)
    assert notes(page) == []
    page.wait_for_selector(".reply:nth-child(4) button[aria-label='다시 답하기']")
    page.reload()
    ended(page, 2)
    assert bubbles(page) == ["첫째", "둘째"]
    ask(page, "셋째")
    ended(page, 3)
    assert (prose(page), notes(page)) == ("답입니다.", [])


def test_a_kept_conversation_goes_on_while_it_is_down(site, storage, visit):
    page = visit()
    ask(page, "첫째")
    ended(page)
    with storage.down():
        ask(page, "둘째")
        page.wait_for_selector(".reply:nth-child(4) .note")
        assert "저장되지 않았습니다" in notes(page)[0]
        assert "첫째" in site.engine.prompts[-1]
        page.press("#question", "ArrowUp")
        page.locator(".edit-field").fill("둘째를 고침")
        page.locator(".edit-field").press("Enter")
        page.wait_for_selector(".reply:nth-child(4) .note")
        assert bubbles(page) == ["첫째", "둘째를 고침"]
        assert "첫째" in site.engine.prompts[-1]
    assert page.locator(".failure").count() == 0


def test_another_answer_while_it_is_down(site, storage, visit):
    page = visit()
    ask(page, "첫째")
    ended(page)
    page.wait_for_selector("button[aria-label='다시 답하기']")
    with storage.down():
        page.get_by_role("button", name="다시 답하기").click()
        page.wait_for_selector(".reply .note:has-text('저장되지 않았습니다')")
    assert (prose(page), page.locator(".turn").count()) == ("답입니다.", 2)


def test_an_answer_that_is_lost_while_it_is_down_can_be_tried_again(site, storage, visit):
    site.engine.pace = SLOW
    page = visit()
    with storage.down():
        ask(page, "첫째")
        page.wait_for_selector(".reply[aria-busy=true]")
        until(lambda: site.engine.status().running)
        site.live.on_loop(site.engine.lose)
        page.wait_for_selector(".failure:has-text('다시 시작하고 있습니다')")
        page.locator(".failure").get_by_role("button", name="다시 시도").click()
        page.wait_for_selector(".reply .note:has-text('저장되지 않았습니다')")
    assert (prose(page), page.locator(".turn").count()) == ("답입니다.", 2)


def test_more_than_the_server_takes_is_left_out_oldest_first(site, storage, visit):
    page = visit()
    with storage.down():
        for count, question in enumerate(("가" * 9000, "나" * 9000, "다" * 9000), 1):
            ask(page, question)
            ended(page, count)
    prompt = site.engine.prompts[-1]
    assert ("가가" in prompt, "나나" in prompt, "다다" in prompt) == (False, True, True)
