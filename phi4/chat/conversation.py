"""``phi4 ask``: one question, or a conversation in the terminal."""

from __future__ import annotations

import sys
from typing import Any

from phi4.chat.chatbot import Chatbot, Reply
from phi4.records import Message

EMPTY = "(답변이 없습니다)"
CUT = "(답변이 길이 제한에서 끊겼습니다: --max-new-tokens 를 늘려 보세요)"


def converse(bot: Chatbot, question: str | None) -> dict[str, Any]:
    """Answer ``question``; without one, ask for questions until the end of input.

    Prints the reasoning and the answer; returns the last reply as data.
    """
    if question is not None:
        return _as_data(_turn(bot, [], question))
    if sys.stdin.isatty():
        print("질문을 입력하세요. 끝내려면 Ctrl-D.")
    history: list[Message] = []
    last: dict[str, Any] = {}
    while (asked := _read()) is not None:
        if asked:
            last = _as_data(_turn(bot, history, asked))
    return last


def _read() -> str | None:
    try:
        return input("질문> " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return None


def _turn(bot: Chatbot, history: list[Message], question: str) -> Reply:
    history.append(Message(role="user", content=question))
    reply = bot.reply(history)
    history.append(Message(role="assistant", content=reply.answer))
    print_reply(reply)
    return reply


def print_reply(reply: Reply) -> None:
    """Reasoning, then the answer, as a person reads them."""
    if reply.reasoning_steps:
        print("🧠 추론")
        for number, step in enumerate(reply.reasoning_steps, start=1):
            print(f"   {number}. {step}")
    print(f"💬 {reply.answer or EMPTY}")
    if reply.finish_reason == "length":
        print(f"   {CUT}")


def _as_data(reply: Reply) -> dict[str, Any]:
    return {
        "answer": reply.answer,
        "reasoning_steps": list(reply.reasoning_steps),
        "finish_reason": reply.finish_reason,
        "usage": {"prompt_tokens": reply.prompt_tokens, "completion_tokens": reply.completion_tokens},
        "seconds": round(reply.seconds, 2),
    }
