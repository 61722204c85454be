"""A chatbot: conversation in, reasoning and answer out, over any engine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from phi4.chat.dialogue import Dialogue
from phi4.chat_format import ChatTokenizer, parse_answer
from phi4.engines.protocol import Completion, Engine
from phi4.records import Message


@dataclass(frozen=True)
class Reply:
    """One answer and what it cost. ``finish_reason`` is ``stop`` or ``length``."""

    answer: str
    reasoning_steps: tuple[str, ...]
    reasoning: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    seconds: float


class Chatbot:
    """Renders prompts, asks the engine, takes answers apart."""

    def __init__(self, engine: Engine, tokenizer: ChatTokenizer, system_prompt: str, max_new_tokens: int) -> None:
        self.engine, self.tokenizer = engine, tokenizer
        self._dialogue = Dialogue(tokenizer, system_prompt, max_new_tokens)

    def render(self, messages: Sequence[Message]) -> list[int]:
        """Prompt ids of a conversation, with the operator's system turn if there is one."""
        return self._dialogue.render(messages)

    def reply(
        self, messages: Sequence[Message], max_tokens: int = 0, temperature: float = 0.0, tuned: bool = True
    ) -> Reply:
        """The answer to one conversation. Raises ``EngineError``."""
        return self.replies([messages], max_tokens, temperature, tuned)[0]

    def replies(
        self,
        conversations: Sequence[Sequence[Message]],
        max_tokens: int = 0,
        temperature: float = 0.0,
        tuned: bool = True,
    ) -> list[Reply]:
        """The answers to several conversations at once, as one batch of the engine."""
        prompts = [self.render(messages) for messages in conversations]
        limits = self._dialogue.limits(max_tokens, temperature)
        start = time.monotonic()
        done = self.engine.generate(prompts, limits, tuned)
        seconds = time.monotonic() - start
        return [self._reply(len(prompt), one, seconds) for prompt, one in zip(prompts, done, strict=True)]

    def _reply(self, prompt_tokens: int, completion: Completion, seconds: float) -> Reply:
        parsed = parse_answer(self.tokenizer.decode(completion.tokens))
        return Reply(
            answer=parsed.answer,
            reasoning_steps=parsed.reasoning_steps,
            reasoning=parsed.reasoning,
            finish_reason=completion.finish_reason,
            prompt_tokens=prompt_tokens,
            completion_tokens=len(completion.tokens),
            seconds=seconds,
        )
