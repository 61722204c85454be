"""Who sits the exam: the base once, and any number of adapters on it; all with the same prompts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from phi4.chat import Adapter, Chatbot, Reply, open_chatbot, read_adapter
from phi4.errors import AdapterError, UsageError
from phi4.paths import Workspace
from phi4.records import Message

BASE = "base"
BATCH = 32  # questions answered at once: on a CPU reading the weights costs more than the answers do


def read_adapters(
    workspace: Workspace, names: Sequence[str], base_model: str, system_prompt: str = ""
) -> list[Adapter]:
    """The adapters of the workspace with these names, which must share a base, and a system prompt where none is
    stated for all.

    Raises ``AdapterError`` for one that is missing or does not fit, ``UsageError`` for a name twice or ``base``.
    """
    if len(set(names)) < len(names) or BASE in names:
        raise UsageError(f"adapters to compare: {', '.join(names)}", f"name each once, and none '{BASE}'")
    adapters = [read_adapter(workspace.models / name, base_model) for name in names]
    first = adapters[0]
    for other in adapters[1:]:
        if other.base_model != first.base_model:
            raise AdapterError(
                f"'{first.name}' is of '{first.base_model}' and '{other.name}' of '{other.base_model}': "
                "they have no base in common",
                "examine them one by one",
            )
        if not system_prompt and other.facts.get("system_prompt", "") != first.facts.get("system_prompt", ""):
            raise AdapterError(
                f"'{first.name}' and '{other.name}' were trained with different system prompts",
                "examine them one by one, or state one for both: --system-prompt …",
            )
    return adapters


def trained_files(adapters: Sequence[Adapter]) -> set[str]:
    """The seed files that all of them were trained on."""
    return set.intersection(*(set(adapter.trained_files) for adapter in adapters))


def with_other_rows(workspace: Workspace, adapters: Sequence[Adapter]) -> list[str]:
    """The names of adapters whose training rows are not those of the workspace: nobody can see here whether
    they were trained on the exam."""
    rows = workspace.train_file
    here = hashlib.sha256(rows.read_bytes()).hexdigest() if rows.is_file() else ""
    return [adapter.name for adapter in adapters if not here or adapter.data_hash != here]


def in_turn(
    adapters: Sequence[Adapter], system_prompt: str, max_new_tokens: int
) -> Iterator[tuple[str, Chatbot, bool]]:
    """Each model as (name, chatbot, tuned); one adapter is in memory at a time, the base with the first."""
    for place, adapter in enumerate(adapters):
        with open_chatbot(adapter, system_prompt, max_new_tokens) as bot:
            if place == 0:
                yield BASE, bot, False
            yield adapter.name, bot, True


def answers(
    bot: Chatbot, conversations: Sequence[Sequence[Message]], tuned: bool, step: Callable[[int], None]
) -> list[Reply]:
    """Greedy answers in the order asked; conversations that begin alike share a batch, which reads that once."""
    order = sorted(range(len(conversations)), key=lambda place: [turn.content for turn in conversations[place]])
    replies: dict[int, Reply] = {}
    for start in range(0, len(order), BATCH):
        places = order[start : start + BATCH]
        replies.update(zip(places, bot.replies([conversations[place] for place in places], tuned=tuned), strict=True))
        step(len(places))
    return [replies[place] for place in range(len(conversations))]
