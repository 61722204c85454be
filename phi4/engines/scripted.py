"""The fake at the engine seam: a function of the prompt's ids, and a memory of what was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from phi4.engines.protocol import Completion, Limits


class ScriptedEngine:
    """Answers with ``script(prompt_ids, tuned)``, a list of token ids, cut at the limits."""

    def __init__(self, script: Callable[[Sequence[int], bool], Sequence[int]]) -> None:
        self._script = script
        self.asked: list[tuple[tuple[int, ...], Limits, bool]] = []
        self.closed = False

    def generate(self, prompts: Sequence[Sequence[int]], limits: Limits, tuned: bool = True) -> list[Completion]:
        """See ``Engine.generate``."""
        done = []
        for prompt in prompts:
            self.asked.append((tuple(prompt), limits, tuned))
            tokens = list(self._script(prompt, tuned))
            ended = limits.end_id in tokens[: limits.max_tokens]
            cut = tokens.index(limits.end_id) if ended else limits.max_tokens
            done.append(Completion(tuple(tokens[:cut]), "stop" if ended else "length"))
        return done

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
