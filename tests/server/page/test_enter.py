"""Enter with input methods: each order of events that browsers are known to have, and Chromium's own."""

import pytest

from tests.server.page.conftest import ask, ended

# A field, its EnterKey, and what was sent; `type` plays events and puts text where the browser would.
BENCH = """
async () => {
  const { EnterKey } = await import("/page/enter.js");
  const field = document.createElement("textarea");
  document.body.append(field);
  field.focus();
  const sent = [];
  let isTouch = false;
  const send = () => { if (field.value.trim()) sent.push(field.value); field.value = ""; };
  new EnterKey(field, send, () => isTouch);
  const key = (type, name, composing = false, code = composing ? 229 : 0, more = {}) => {
    const event = new KeyboardEvent(type, {
      key: name, code: name === "Enter" ? "Enter" : "KeyA", isComposing: composing, ...more,
      bubbles: true, cancelable: true,
    });
    Object.defineProperty(event, "keyCode", { value: code });
    field.dispatchEvent(event);
    const makesLine = type === "keydown" && name === "Enter" && !composing && code !== 229;
    if (makesLine && !event.defaultPrevented) field.value += "\\n";
    return event.defaultPrevented;
  };
  const composition = (type, data) => field.dispatchEvent(new CompositionEvent(type, { data, bubbles: true }));
  const step = {
    down: (name, composing, code, more) => key("keydown", name, composing, code, more),
    up: (name) => key("keyup", name),
    start: () => composition("compositionstart", ""),
    update: (text) => composition("compositionupdate", text),
    put: (text) => { field.value = text; },
    end: (text) => composition("compositionend", text),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    touch: (value) => { isTouch = value; },
    blur: () => field.blur(),
  };
  window.play = async (steps) => {
    for (const [name, ...values] of steps) await step[name](...values);
    await step.wait(30);
    return { sent, left: field.value };
  };
}
"""
HELLO = [["start"], ["down", "Process", True], ["update", "요"], ["put", "안녕하세요"], ["up", "y"]]
PICKED = [["start"], ["down", "Process", True], ["update", "こんにちは"], ["put", "今日は"], ["up", "a"]]
PINYIN = [["start"], ["down", "Process", True], ["update", "ni hao"], ["put", "你好"], ["up", "o"]]
ENTER = ["down", "Enter"]
IN = ["down", "Enter", True]  # an Enter that the input method has, too
SAFARI = ["down", "Enter", False, 229]

ORDERS = {
    # name: (events, what is sent, what is left in the field)
    "Hangul, Chrome: Enter within, then the end": (
        [*HELLO, IN, ["end", "요"], ["up", "Enter"]], ["안녕하세요"], "",
    ),
    "Hangul, Chrome on a Mac: a second clean Enter follows": (
        [*HELLO, IN, ["end", "요"], ENTER, ["up", "Enter"]], ["안녕하세요"], "",
    ),
    "Hangul: the second clean Enter comes late": (
        [*HELLO, IN, ["end", "요"], ["wait", 10], ENTER, ["up", "Enter"]], ["안녕하세요"], "",
    ),
    "Hangul, Safari: the end, then Enter as 229": (
        [*HELLO, ["end", "요"], SAFARI, ["up", "Enter"]], ["안녕하세요"], "",
    ),
    "Hangul, Firefox: the end, then a clean Enter": (
        [*HELLO, ["end", "요"], ENTER, ["up", "Enter"]], ["안녕하세요"], "",
    ),
    "Hangul: the syllable comes into the field with the end": (
        [["start"], ["down", "Process", True], ["update", "요"], ["put", "안녕하세"], ["up", "y"], IN,
         ["put", "안녕하세요"], ["end", "요"], ["up", "Enter"]], ["안녕하세요"], "",
    ),
    "Hangul: two Enters in a hurry": ([*HELLO, IN, IN, ["end", "요"], ENTER, ENTER], ["안녕하세요"], ""),
    "Hangul: a single consonant": (
        [["start"], ["update", "ㅋ"], ["put", "ㅋㅋㅋ"], IN, ["end", "ㅋ"]], ["ㅋㅋㅋ"], "",
    ),
    "Hangul: Shift and Enter make a line, nothing is sent": (
        [*HELLO, ["down", "Enter", True, 229, {"shiftKey": True}], ["end", "요"]], [], "안녕하세요",
    ),
    "Hangul: the field is left before the end": ([*HELLO, IN, ["blur"], ["end", "요"]], [], "안녕하세요"),
    "Japanese, Chrome: Enter picks, a second one sends": (
        [*PICKED, IN, ["end", "今日は"], ["up", "Enter"], ENTER], ["今日は"], "",
    ),
    "Japanese, Chrome: Enter only picks": ([*PICKED, IN, ["end", "今日は"], ["up", "Enter"]], [], "今日は"),
    "Japanese, Safari: the end, then Enter as 229, which only picks": (
        [*PICKED, ["end", "今日は"], SAFARI, ["up", "Enter"]], [], "今日は",
    ),
    "Japanese, Safari: the Enter that picked comes clean": (
        [*PICKED, ["end", "今日は"], ENTER, ["up", "Enter"]], [], "今日は",
    ),
    "Japanese, Safari: the Enter after that one sends": (
        [*PICKED, ["end", "今日は"], ENTER, ["up", "Enter"], ENTER], ["今日は"], "",
    ),
    "Chinese: space picks, Enter sends at once": (
        [*PINYIN, ["down", "Process", True], ["end", "你好"], ["up", " "], ENTER], ["你好"], "",
    ),
    "Chinese: Enter takes the letters": (
        [*PINYIN, IN, ["put", "nihao"], ["end", "nihao"], ["up", "Enter"]], [], "nihao",
    ),
    "Latin": ([["put", "hello"], ENTER], ["hello"], ""),
    "blank": ([["put", "  "], ENTER], [], ""),
    "Latin, Shift and Enter": (
        [["put", "hello"], ["down", "Enter", False, 0, {"shiftKey": True}]], [], "hello\n",
    ),
    "touch keyboard: Enter makes a line": ([["touch", True], ["put", "안녕"], ENTER], [], "안녕\n"),
    "touch keyboard, composing": ([["touch", True], *HELLO, IN, ["end", "요"]], [], "안녕하세요"),
    "touch screen with a keyboard: Control and Enter send": (
        [["touch", True], ["put", "안녕"], ["down", "Enter", False, 0, {"ctrlKey": True}]], ["안녕"], "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_enter_sends_once_and_whole(visit, order):
    steps, sent, left = ORDERS[order]
    page = visit()
    page.evaluate(BENCH)
    assert page.evaluate("steps => play(steps)", steps) == {"sent": sent, "left": left}


@pytest.fixture
def typist(visit):
    """A page, and Chromium's own input method interface to type with."""
    page = visit()
    page.focus("#question")
    return page, page.context.new_cdp_session(page)


def compose(session, *states):
    for text in states:
        session.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})


def ime_enter(session):
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})


def test_chromiums_own_hangul_is_sent_whole_and_once(site, typist):
    page, session = typist
    asked = len(site.engine.asked)
    for syllable in ("아", "스", "피", "린"):
        compose(session, syllable)
        if syllable != "린":
            session.send("Input.insertText", {"text": syllable})
    ime_enter(session)
    session.send("Input.insertText", {"text": "린"})
    page.keyboard.press("Enter")
    ended(page)
    assert page.locator(".bubble").all_inner_texts() == ["아스피린"]
    assert page.input_value("#question") == ""
    assert len(site.engine.asked) == asked + 1


@pytest.mark.parametrize(
    "states", [("ni", "ni hao", "你好"), ("こ", "こんにちは", "今日は")], ids=["Chinese", "Japanese"]
)
def test_chromiums_own_candidates_are_picked_by_enter_and_sent_by_the_next(typist, states):
    page, session = typist
    compose(session, *states)
    ime_enter(session)
    session.send("Input.insertText", {"text": states[-1]})
    assert page.locator(".bubble").count() == 0
    page.keyboard.press("Enter")
    ended(page)
    assert page.locator(".bubble").all_inner_texts() == [states[-1]]


def test_shift_and_enter_make_a_line(visit):
    page = visit()
    page.type("#question", "하나")
    page.press("#question", "Shift+Enter")
    page.type("#question", "둘")
    page.press("#question", "Enter")
    ended(page)
    assert page.locator(".bubble").inner_text() == "하나\n둘"


def test_a_phones_enter_makes_a_line_and_its_button_sends(visit):
    page = visit(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page.type("#question", "하나")
    page.press("#question", "Enter")
    assert page.locator(".bubble").count() == 0
    page.type("#question", "둘")
    page.tap("#send")
    ended(page)
    assert page.locator(".bubble").inner_text() == "하나\n둘"


def test_long_text_is_counted_against_the_limit_as_the_server_counts(visit):
    page = visit()
    page.fill("#question", "가" * 19_000)
    assert page.locator("#counter").inner_text() == "19,000 / 20,000자"
    page.fill("#question", "💊" * 20_001)
    assert "1자를 줄여야" in page.locator("#counter").inner_text()
    assert page.locator("#send").is_disabled()
    page.press("#question", "Enter")
    assert page.locator(".bubble").count() == 0
    assert len(page.input_value("#question")) == 20_001
    page.fill("#question", "짧게")
    assert page.locator("#counter").is_hidden()


def test_each_conversation_has_its_own_draft(visit):
    page = visit()
    ask(page, "가")
    ended(page)
    page.fill("#question", "나")
    page.click("#new")
    assert page.input_value("#question") == ""
    page.go_back()
    page.wait_for_function("() => question.value === '나'")


def test_a_draft_survives_a_reload(visit):
    page = visit()
    page.fill("#question", "쓰다가 만 질문")
    page.reload()
    page.wait_for_function("() => question.value === '쓰다가 만 질문'")
    ask(page, "다 쓴 질문")
    ended(page)
    page.reload()
    page.wait_for_selector(".reply")
    assert page.input_value("#question") == ""
