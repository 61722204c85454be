"""The questions of a proof, rendered as the adapter was trained to see them."""

from __future__ import annotations

from phi4.chat_format import ChatTokenizer
from phi4.export.subject import Subject
from phi4.records import Message


def messages_of(subject: Subject, question: str) -> list[Message]:
    """One question as a conversation, with the operator's system turn if there is one."""
    opening = [Message(role="system", content=subject.system_prompt)] if subject.system_prompt else []
    return [*opening, Message(role="user", content=question)]


def prompts_of(subject: Subject, tokenizer: ChatTokenizer) -> list[list[int]]:
    """Prompt ids of every question."""
    return [tokenizer.prompt(messages_of(subject, question)) for question in subject.questions]
