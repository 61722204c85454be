"""What the page tells of the server: loading, waiting, failing; who answers; the notice; the language."""

import pytest

from phi4.engines.scripted import Pace
from tests.server.page.conftest import SLOW, ask, ended, prose
from tests.server.page.test_talk import LONG


def banner(page, words):
    page.wait_for_selector(f"#banner:has-text('{words}')")


@pytest.fixture
def pretend(visit):
    """A page to which the server's status is told with changes."""

    def open_page(changes):
        context_page = visit()
        told = {"changes": changes}

        def change(route):
            status = route.fetch().json()
            status.update(told["changes"])
            route.fulfill(json=status)

        context_page.route("**/api/chat/status", change)
        context_page.evaluate("dispatchEvent(new Event('online'))")
        return context_page, told

    return open_page


def test_loading_is_shown_with_its_progress_until_it_is_ready(pretend):
    page, told = pretend({"state": "loading", "progress": 0.42, "loaded": False})
    banner(page, "모델을 불러오는 중")
    assert page.locator("#state .word").inner_text() == "모델을 불러오는 중 42%"
    assert page.evaluate("document.querySelector('#banner progress').value") == 0.42
    told["changes"] = {}
    page.wait_for_selector("#state:has-text('준비됨')")
    assert page.locator("#banner").is_hidden()


def test_a_question_that_is_sent_early_is_answered_when_the_model_is_ready(site, visit):
    page = visit()
    site.live.on_loop(site.engine._become, "loading")
    ask(page, "이른 질문")
    page.wait_for_selector(".state:has-text('아직 준비되지 않았습니다')")
    site.live.on_loop(site.engine._become, "ready")
    ended(page)
    assert prose(page) == "답입니다."


@pytest.mark.parametrize(("changes", "words"), [
    ({"state": "degraded"}, "모델을 다시 시작하는 중"),
    ({"state": "failed", "detail": "no weights"}, "모델을 불러오지 못했습니다"),
    ({"queue": {"running": 4, "waiting": 7, "limit": 16}}, "대기 7명"),
])  # fmt: skip
def test_states_are_words(pretend, changes, words):
    page, _ = pretend(changes)
    page.wait_for_selector(f"#state:has-text('{words}')")


def test_why_a_model_could_not_be_loaded_is_said(pretend):
    page, _ = pretend({"state": "failed", "detail": "no weights here"})
    banner(page, "no weights here")


def test_a_database_that_fails_is_said(pretend):
    page, _ = pretend({"storage": "failing"})
    banner(page, "저장할 수 없습니다")


def test_the_place_in_the_queue_is_shown(site, visit):
    site.engine.text, site.engine.pace = LONG, SLOW
    pages = [visit() for _ in range(7)]
    for page in pages:
        ask(page, "가")
    waiting = [page for page in pages if page.locator(".state:has-text('차례를 기다리는 중')").count()]
    pages[-1].wait_for_selector(".state:has-text('차례를 기다리는 중')")
    assert len(waiting) <= 3  # four are answered at once
    site.engine.pace = Pace()
    for page in pages:  # some have their answer by now, and nothing to stop
        page.evaluate("document.querySelector('#send').click()")


def test_reading_the_question_is_shown(site, visit):
    site.engine.pace = Pace(prompt=2)
    page = visit()
    ask(page, "가")
    page.wait_for_selector(".state:text-matches('^질문을 읽는 중 [4-6][0-9]%$')")
    ended(page)


def test_who_answers_and_how_its_exam_went(visit):
    page = visit()
    page.wait_for_selector(".example")
    assert page.locator("#facts").inner_text() == "문서 2개로 배웠습니다. 시험에서 72%를 맞혔습니다."
    page.click("#state")
    about = page.locator("#about").inner_text()
    for words in ("phi-4-reasoning", "base-a", "scripted", "185개", "맞힘 (기억으로)", "72%", "95% 구간 65–78%"):
        assert words in about
    page.keyboard.press("Escape")
    assert page.locator("#about").is_hidden()


def test_the_first_click_shows_what_the_bot_knows(site, visit):
    page = visit()
    page.click("text=와파린의 목표 INR은 얼마입니까?")
    ended(page)
    assert page.locator(".bubble").inner_text() == "와파린의 목표 INR은 얼마입니까?"
    assert page.locator("#welcome").is_hidden()


def test_the_operators_notice_stands_below_the_field(sites, visit):
    page = visit(url=sites(notice="의학적 조언이 <b>아닙니다</b>.").url)
    page.wait_for_selector("#notice:visible")
    assert page.locator("#notice").inner_text() == "의학적 조언이 <b>아닙니다</b>."


def test_no_notice_no_room_for_one(visit):
    page = visit()
    page.wait_for_selector(".example")
    assert page.locator("#notice").is_hidden()


@pytest.mark.parametrize(("locale", "language", "words"), [
    ("ko-KR", "ko", "무엇이 궁금하세요?"),
    ("en-GB", "en", "What would you like to know?"),
    ("ja-JP", "ko", "무엇이 궁금하세요?"),
])  # fmt: skip
def test_the_language_is_the_browsers_or_korean(visit, locale, language, words):
    page = visit(locale=locale)
    assert page.evaluate("document.documentElement.lang") == language
    assert page.locator("#greeting").inner_text() == words


def test_the_language_can_be_chosen(visit):
    page = visit()
    page.click("#state")
    page.get_by_text("English").click()
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    page.wait_for_selector("text=What would you like to know?")


def test_the_theme_follows_the_system_and_can_be_chosen(visit):
    page = visit(color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.click("#state")
    page.get_by_text("밝게").click()
    light = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == light
