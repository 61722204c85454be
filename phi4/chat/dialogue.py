"""How a conversation is put to a model: the operator's turn, the turns that fit, the limits."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from phi4.chat_format import ChatTokenizer
from phi4.engines.protocol import Limits
from phi4.errors import PHi4Error
from phi4.korean import nfc
from phi4.records import Message

SEEDS = 2**31


class TooLong(PHi4Error):
    """The last question alone does not fit into the model's context."""


class Dialogue:
    """Prompts and limits for one model."""

    def __init__(self, tokenizer: ChatTokenizer, system_prompt: str, max_new_tokens: int) -> None:
        self.tokenizer, self.system_prompt, self.max_new_tokens = tokenizer, system_prompt, max_new_tokens

    def limits(
        self, max_tokens: int = 0, temperature: float = 0.0, top_p: float = 0.95, seed: int | None = None
    ) -> Limits:
        """How to sample. ``max_tokens`` is cut at ``max_new_tokens``; asked again without a seed, a warm
        model answers anew."""
        if seed is None:
            seed = secrets.randbelow(SEEDS) if temperature > 0 else 0
        return Limits(
            max_tokens=min(max_tokens or self.max_new_tokens, self.max_new_tokens),
            end_id=self.tokenizer.im_end,
            temperature=temperature,
            top_p=top_p,
            seed=seed % SEEDS,
        )

    def render(self, messages: Sequence[Message]) -> list[int]:
        """Prompt ids of the whole conversation, with the operator's system turn if there is one."""
        return self.fit(messages, 0)[0]

    def fit(self, messages: Sequence[Message], room: int) -> tuple[list[int], int]:
        """Prompt ids of the newest turns that fit into ``room`` tokens (0: no limit), and how many older
        ones were left out; the system turn and the last one stay. Raises ``TooLong``."""
        opening = self._turn(Message(role="system", content=self.system_prompt)) if self.system_prompt else []
        closing = self.tokenizer.invitation()
        left = room - len(opening) - len(closing) if room else None
        kept: list[list[int]] = []
        for turn in reversed(messages):
            ids = self._turn(turn)
            if left is not None:
                if len(ids) > left:
                    break
                left -= len(ids)
            kept.insert(0, ids)
        if not kept:
            raise TooLong(
                f"the question has {len(ids)} tokens; with {len(opening) + len(closing)} of the prompt's frame they do "
                f"not fit into the {room} that the model can read",
                "shorten it, or ask for a shorter answer with max_tokens",
            )
        while 1 < len(kept) < len(messages) and messages[-len(kept)].role == "assistant":
            kept.pop(0)  # an answer whose question was left out
        ids = [*opening, *(token for turn in kept for token in turn), *closing]
        return ids, len(messages) - len(kept)

    def _turn(self, turn: Message) -> list[int]:
        return self.tokenizer.turn(turn.model_copy(update={"content": nfc(turn.content)}))
