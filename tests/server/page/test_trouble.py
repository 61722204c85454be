"""What goes wrong on the way: no server, no key, no room, half a stream, a full browser."""

import json
import sqlite3

import pytest

from phi4.chat_format import answer_text
from tests.server.conftest import ANSWER, Live
from tests.server.page.conftest import SLOW, Site, ask, ended, prose

LONG = answer_text(["하나입니다."], "가나다라마바사아자차카타파하 " * 14 + "끝.")
ID, CONVERSATION = "msg_" + "a" * 32, "conv_" + "a" * 32
SSE = {"Content-Type": "text/event-stream"}


def told(*events, first=1):
    """Events as the server writes them."""
    parts = (
        f"id: {number}\nevent: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
        for number, (kind, data) in enumerate(events, first)
    )
    return "".join(parts)


START = ("start", {"id": ID, "conversation_id": CONVERSATION, "model": "m", "adapter": "a", "trimmed_turns": 0})


def done(answer, **more):
    return ("done", {
        "id": ID, "conversation_id": CONVERSATION, "answer": answer, "reasoning": "", "reasoning_steps": [],
        "finish_reason": "stop", "usage": {"prompt_tokens": 1, "completion_tokens": 9, "total_tokens": 10},
        "timings": {"queue_ms": 0, "ttft_ms": 10, "total_ms": 100}, "model": "m", "adapter": "a", "trimmed_turns": 0,
        "stored": False, **more,
    })  # fmt: skip


def refusal(status, code, **headers):
    body = {"error": {"message": "no", "type": "t", "code": code, "param": None}}
    return {"status": status, "headers": headers, "json": body}


def content(delta):
    return ("content", {"delta": delta})


def asks(page):
    """How often a question was sent."""
    return page.evaluate("performance.getEntriesByName(new URL('/api/chat', location).href).length")


def test_half_an_event_is_dropped_and_the_rest_is_fetched(visit):
    page = visit()
    begun = told(START, content("하나"), content("둘"))
    page.route("**/api/chat", lambda route: route.fulfill(headers=SSE, body=begun[:-9]))
    resumed = []

    def resume(route):
        resumed.append(route.request.url)
        route.fulfill(headers=SSE, body=told(content("둘"), content("셋"), done("하나둘셋"), first=3))

    page.route("**/stream?*", resume)
    ask(page, "가")
    ended(page)
    assert prose(page) == "하나둘셋"
    assert resumed[0].endswith(f"/api/chat/{ID}/stream?from=2")


def test_events_that_come_twice_count_once(visit):
    page = visit()
    first = told(START, content("하나 "), content("둘 "))
    page.route("**/api/chat", lambda route: route.fulfill(headers=SSE, body=first + first))
    rest = told(START, content("하나 "), content("둘 "), content("셋"))
    page.route(
        "**/stream?*", lambda route: route.fulfill(headers=SSE, body=rest + rest + told(done("하나 둘 셋"), first=5))
    )
    page.evaluate(
        "window.seen = []; new MutationObserver(() => seen.push(document.querySelector('.prose')?.innerText))"
        ".observe(turns, {subtree: true, childList: true, characterData: true})"
    )
    ask(page, "가")
    ended(page)
    assert prose(page) == "하나 둘 셋"
    assert not any("하나 하나" in (text or "") or "둘 하나" in (text or "") for text in page.evaluate("seen"))


def test_a_broken_event_is_a_lost_connection_not_a_broken_page(visit):
    page = visit()
    page.route(
        "**/api/chat",
        lambda route: route.fulfill(headers=SSE, body=told(START) + 'id: 2\nevent: content\ndata: {"del\n\n'),
    )
    page.route("**/stream?*", lambda route: route.fulfill(headers=SSE, body=told(content("답"), done("답"), first=2)))
    ask(page, "가")
    ended(page)
    assert prose(page) == "답"


def test_text_that_was_taken_for_content_is_taken_back(visit):
    page = visit()
    body = told(
        START, content("생각입니다."), ("content", {"delta": "답", "replaces_content": True}),
        done("답", reasoning="생각입니다."),
    )  # fmt: skip
    page.route("**/api/chat", lambda route: route.fulfill(headers=SSE, body=body))
    ask(page, "가")
    ended(page)
    assert prose(page) == "답"
    page.click(".reasoning summary")
    assert "생각입니다." in page.locator(".steps").inner_text()


def test_an_answer_that_is_not_stored_says_so_and_offers_nothing_that_needs_it(visit):
    page = visit()
    page.route("**/api/chat", lambda route: route.fulfill(headers=SSE, body=told(START, content("답"), done("답"))))
    ask(page, "가")
    ended(page)
    assert "저장되지 않았습니다" in page.locator(".note").inner_text()
    assert page.get_by_role("button", name="도움이 됐어요").count() == 0


def test_a_reload_in_the_middle_of_an_answer_goes_on_with_it(site, visit):
    site.engine.text, site.engine.pace = LONG, SLOW
    page = visit()
    asked = len(site.engine.asked)
    ask(page, "가")
    page.wait_for_selector(".prose p")
    page.reload()
    page.wait_for_selector("[aria-busy=true] .prose p")
    assert page.locator("#send").get_attribute("aria-label") == "멈추기"
    ended(page)
    assert prose(page).endswith("끝.")
    assert page.locator(".turn").count() == 2
    assert len(site.engine.asked) == asked + 1


def test_a_network_that_goes_and_comes_loses_nothing(site, visit):
    site.engine.text, site.engine.pace = LONG, SLOW
    page = visit()
    cut = []
    page.route("**/stream?*", lambda route: route.abort() if len(cut) < 2 and not cut.append(1) else route.continue_())
    begun = []

    def first_only(route):
        """The real server answers, but the page gets only the beginning."""
        response = page.context.request.post(f"{site.url}/api/chat", data={"message": "가", "resumable": True})
        document = response.json()
        begun.append(document)
        start = ("start", {"id": document["id"], "conversation_id": document["conversation_id"], "trimmed_turns": 0})
        route.fulfill(headers=SSE, body=told(start))

    site.engine.pace = type(SLOW)()
    page.route("**/api/chat", first_only)
    ask(page, "가")
    ended(page)
    assert len(cut) == 2
    assert prose(page).endswith("끝.")


def test_a_server_that_forgot_the_answer_leaves_it_to_the_conversation(site, visit):
    """Restarted in the middle: what it has stored is shown."""
    page = visit()
    ask(page, "가")
    ended(page)
    page.route("**/again", lambda route: route.fulfill(headers=SSE, body=told(START, content("반"))))
    page.route("**/stream?*", lambda route: route.fulfill(**refusal(404, "not_found")))
    page.get_by_role("button", name="다시 답하기").click()
    page.wait_for_function("() => document.querySelector('.reply .prose').innerText === '답입니다.'")
    assert page.locator(".failure").count() == 0


def test_a_question_that_a_dead_server_left_unanswered_can_be_asked_again(tmp_path, visit):
    site = Site(tmp_path)
    with site:
        page = visit(url=site.url)
        ask(page, "가")
        ended(page)
        rows = sqlite3.connect(tmp_path / "chats.sqlite")
        with rows:  # as if the server had been killed before it could write its answer
            rows.execute("update conversations set head = (select id from turns where role = 'user')")
            rows.execute("delete from turns where role = 'assistant'")
        rows.close()
        page.reload()
        page.wait_for_selector(".failure:has-text('끝까지 받지 못했습니다')")
        page.locator(".failure").get_by_role("button", name="다시 시도").click()
        page.wait_for_selector(".figures:not(:empty)")
        assert prose(page) == "답입니다."
        assert page.locator(".turn").count() == 2
        page.reload()
        page.wait_for_selector(".reply .prose p")


def test_a_server_that_is_gone_is_said_and_the_question_is_not_lost(tmp_path, visit):
    site = Site(tmp_path)
    with site:
        page = visit(url=site.url)
    ask(page, "아직 있습니까?")
    page.wait_for_selector(".failure")
    assert "서버에 연결할 수 없습니다" in page.locator(".failure").inner_text()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_function("() => state.dataset.state === 'offline'")
    assert page.locator("#banner").inner_text() == "서버에 연결할 수 없습니다."
    page.locator(".failure").get_by_role("button", name="질문 고치기").click()
    assert page.input_value("#question") == "아직 있습니까?"
    assert page.locator(".turn").count() == 0


@pytest.mark.parametrize(("status", "code", "words"), [
    (429, "rate_limit_exceeded", "동시에 보낼 수 있는"),
    (503, "queue_full", "지금 사용자가 많아"),
    (503, "model_not_ready", "아직 준비되지 않았습니다"),
])  # fmt: skip
def test_no_room_is_counted_down_and_asked_again(site, visit, status, code, words):
    page = visit()
    left = [1, 1]
    page.route(
        "**/api/chat",
        lambda route: (
            route.fulfill(**refusal(status, code, **{"Retry-After": "1"})) if left and left.pop() else route.continue_()
        ),
    )
    ask(page, "가")
    page.wait_for_selector(f".state:has-text('{words}')")
    assert "1초 뒤에 다시 시도합니다" in page.locator(".state").inner_text()
    ended(page)
    assert prose(page) == "답입니다."
    assert page.locator(".bubble").count() == 1


def test_a_wait_for_room_can_be_stopped(visit):
    page = visit()
    page.route("**/api/chat", lambda route: route.fulfill(**refusal(503, "queue_full", **{"Retry-After": "60"})))
    ask(page, "가")
    page.wait_for_selector(".state:has-text('다시 시도')")
    page.click("#send")
    ended(page)
    assert page.locator("#send").get_attribute("aria-label") == "보내기"


@pytest.mark.parametrize(("status", "code", "words"), [
    (400, "context_length_exceeded", "길이를 넘었습니다"),
    (413, "body_too_large", "너무 깁니다"),
    (403, "forbidden", "사용할 수 없습니다"),
    (500, "failed", "서버에 문제가 생겼습니다"),
    (502, "", "요청을 처리하지 못했습니다"),
])  # fmt: skip
def test_a_refusal_is_said_in_korean_and_can_be_tried_again(visit, status, code, words):
    page = visit()
    left = [1]
    page.route(
        "**/api/chat",
        lambda route: route.fulfill(**refusal(status, code)) if left and left.pop() else route.continue_(),
    )
    ask(page, "가")
    page.wait_for_selector(f".failure:has-text('{words}')")
    page.locator(".failure").get_by_role("button", name="다시 시도").click()
    ended(page)
    assert prose(page) == "답입니다."
    assert page.locator(".turn").count() == 2


def test_a_proxys_error_page_is_no_answer(visit):
    page = visit()
    page.route(
        "**/api/chat", lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")
    )
    ask(page, "가")
    page.wait_for_selector(".failure")
    assert "Bad Gateway" not in page.locator("body").inner_text()


def test_an_engine_that_dies_in_the_middle_can_be_asked_again(site, visit):
    site.engine.text, site.engine.pace = LONG, SLOW
    page = visit()
    ask(page, "가")
    page.wait_for_selector(".prose p")
    site.live.on_loop(site.engine.lose)
    page.wait_for_selector(".failure:has-text('다시 시작하고 있습니다')")
    site.engine.pace = type(SLOW)()
    page.locator(".failure").get_by_role("button", name="다시 시도").click()
    page.wait_for_selector(".figures:not(:empty)")
    assert prose(page).endswith("끝.")
    assert page.locator(".turn").count() == 2


def test_a_server_with_keys_asks_for_one_once_and_goes_on(sites, visit):
    site = sites(api_keys="비밀-key, other", host="127.0.0.1")
    page = visit(url=site.url)
    dialog = page.locator("dialog.ask")
    dialog.wait_for()
    assert page.locator("dialog.ask").count() == 1
    dialog.locator("input[type=password]").fill("wrong")
    dialog.locator("input[type=password]").press("Enter")
    page.wait_for_selector("dialog .wrong")
    page.locator("dialog.ask input[type=password]").fill("other")
    page.get_by_role("button", name="확인").click()
    page.wait_for_selector(".example")
    ask(page, "가")
    ended(page)
    assert prose(page) == "답입니다."
    page.reload()
    page.wait_for_selector(".reply .prose p")
    assert page.locator("dialog.ask").count() == 0
    assert page.evaluate("localStorage.length") == 0  # not remembered without being asked to
    page.click("#state")
    page.get_by_role("button", name="API 키 잊기").click()
    page.wait_for_selector("dialog.ask")


def test_a_key_that_is_taken_away_is_asked_for_in_the_middle(sites, visit):
    site = sites(api_keys="비밀-key, other", host="127.0.0.1")
    page = visit(url=site.url, init="sessionStorage.setItem('phi4.key', 'other');")
    page.wait_for_selector(".example")
    left = [1]
    page.route(
        "**/api/chat",
        lambda route: route.fulfill(**refusal(401, "invalid_api_key")) if left and left.pop() else route.continue_(),
    )
    ask(page, "가")
    page.locator("dialog.ask input[type=password]").fill("other")
    page.get_by_role("button", name="확인").click()
    ended(page)
    assert prose(page) == "답입니다."


FULL = """
const full = () => { throw new DOMException("full", "QuotaExceededError"); };
Object.assign(Storage.prototype, { setItem: full, removeItem: full });
"""
FORBIDDEN = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
"""


@pytest.mark.parametrize("init", [FULL, FORBIDDEN], ids=["full", "forbidden"])
def test_without_storage_in_the_browser_everything_else_works(visit, init):
    page = visit(init=init)
    ask(page, "가")
    ended(page)
    page.fill("#question", "나")
    page.click("#new")
    page.go_back()
    page.wait_for_function("() => question.value === '나'")
    page.press("#question", "Enter")
    ended(page, 2)


def test_a_line_of_twenty_thousand_characters_stays_within_the_page(site, visit):
    site.engine._script = lambda prompt, tuned: site.engine._write(prompt, tuned)
    page = visit()
    body = told(START, content("가" * 20_000 + "|" + "a" * 20_000), done("가" * 20_000 + "|" + "a" * 20_000))
    page.route("**/api/chat", lambda route: route.fulfill(headers=SSE, body=body))
    ask(page, "가")
    ended(page)
    assert page.evaluate("(box => box.scrollWidth <= box.clientWidth)(document.querySelector('#scroll'))")
    assert len(prose(page)) == 40_001


def test_the_answer_of_the_other_tests_is_what_the_server_gives(site):
    assert site.engine.text == ANSWER
    assert isinstance(site.live, Live)
