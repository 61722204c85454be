"""``phi4 ask``: one question, or several from the terminal or a pipe."""

import io

from phi4.chat import converse
from phi4.chat_format import answer_text
from tests.chat.test_chatbot import bot_that_says, tokenizer  # noqa: F401


def test_one_question_prints_reasoning_and_answer(tokenizer, capsys):  # noqa: F811
    data = converse(bot_that_says(tokenizer, answer_text(["하나입니다."], "답입니다.")), "왜요?")
    assert data["answer"] == "답입니다."
    assert data["reasoning_steps"] == ["하나입니다."]
    assert capsys.readouterr().out == "🧠 추론\n   1. 하나입니다.\n💬 답입니다.\n"


def test_a_pipe_of_questions_is_one_conversation(tokenizer, monkeypatch, capsys):  # noqa: F811
    monkeypatch.setattr("sys.stdin", io.StringIO("하나?\n\n둘?\n"))
    bot = bot_that_says(tokenizer, "답입니다.")
    converse(bot, None)
    first, second = (prompt for prompt, _, _ in bot.engine.asked)
    assert second[: len(first)] == first, "the second question follows on the first"
    assert capsys.readouterr().out.count("💬 답입니다.") == 2


def test_a_cut_answer_says_what_to_raise(tokenizer, capsys):  # noqa: F811
    converse(bot_that_says(tokenizer, "<think>\n1. 하나", ended=False, max_new_tokens=5), "왜요?")
    assert "--max-new-tokens" in capsys.readouterr().out
