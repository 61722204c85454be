"""A chatbot over the scripted engine: prompts rendered, answers taken apart."""

import unicodedata

import pytest

from phi4.chat import Chatbot
from phi4.chat_format import ChatTokenizer, answer_text
from phi4.engines.scripted import ScriptedEngine
from phi4.records import Message
from tests.tiny import make_tokenizer


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bot")
    make_tokenizer(folder)
    return ChatTokenizer(folder)


def bot_that_says(tokenizer, text, ended=True, system_prompt="", max_new_tokens=200):
    tokens = [*tokenizer.encode(text), *([tokenizer.im_end] if ended else [])]
    return Chatbot(ScriptedEngine(lambda prompt, tuned: tokens), tokenizer, system_prompt, max_new_tokens)


def user(content):
    return Message(role="user", content=content)


def test_an_answer_is_taken_apart(tokenizer):
    reply = bot_that_says(tokenizer, answer_text(["하나입니다."], "답입니다.")).reply([user("왜요?")])
    assert (reply.reasoning_steps, reply.answer, reply.finish_reason) == (("하나입니다.",), "답입니다.", "stop")
    assert reply.completion_tokens == len(tokenizer.encode(answer_text(["하나입니다."], "답입니다.")))


def test_an_answer_cut_in_its_reasoning_has_no_answer(tokenizer):
    reply = bot_that_says(tokenizer, "<think>\n1. 하나", ended=False, max_new_tokens=5).reply([user("왜요?")])
    assert (reply.answer, reply.finish_reason) == ("", "length")


def test_a_request_may_ask_for_less_but_not_for_more(tokenizer):
    bot = bot_that_says(tokenizer, "답", max_new_tokens=50)
    bot.reply([user("가")], max_tokens=7)
    bot.reply([user("가")], max_tokens=999)
    assert [limits.max_tokens for _, limits, _ in bot.engine.asked] == [7, 50]


def test_the_operators_system_turn_stands_first_and_only_if_set(tokenizer):
    plain, told = (bot_that_says(tokenizer, "답", system_prompt=text) for text in ("", "친절히 답합니다."))
    assert plain.render([user("가")]) == tokenizer.prompt([user("가")])
    assert told.render([user("가")]) == tokenizer.prompt(
        [Message(role="system", content="친절히 답합니다."), user("가")]
    )


def test_decomposed_hangul_is_asked_composed(tokenizer):
    bot = bot_that_says(tokenizer, "답")
    assert bot.render([user(unicodedata.normalize("NFD", "아스피린"))]) == bot.render([user("아스피린")])


def test_several_conversations_are_one_batch_in_order(tokenizer):
    engine = ScriptedEngine(lambda prompt, tuned: [*tokenizer.encode(str(len(prompt))), tokenizer.im_end])
    bot = Chatbot(engine, tokenizer, "", 20)
    replies = bot.replies([[user("가")], [user("가나다라마바사")]], tuned=False)
    assert [int(reply.answer) for reply in replies] == [reply.prompt_tokens for reply in replies]
    assert [tuned for _, _, tuned in engine.asked] == [False, False]
