"""Greedy answers to a batch of prompts for the price of their own tokens.

``generate`` of transformers reads what prompts have in common once for each of them, and computes a row
that has ended until the last one has. An exam puts a passage before ten questions and has answers of 20
and of 250 tokens in one batch, so here a common beginning is read once, and rows that have ended leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache

from phi4.engines.protocol import Completion, Limits

WORTH_SHARING = 64  # tokens: below that a forward pass of its own costs more than it saves
LEAVE = 0.75  # rows leave the cache when no more than this share still runs: copying it costs too


@dataclass
class _Batch:
    """The rows that still run: their cache, which of its places count, and the token that each says next."""

    cache: Any
    mask: torch.Tensor  # rows × places, 1 where a row has a token
    token: torch.Tensor
    rows: list[int]


def greedy_batch(model: Any, device: str, prompts: Sequence[Sequence[int]], limits: Limits) -> list[Completion]:
    """The likeliest next token, again and again, for all prompts at once. Temperature is not looked at."""
    told: list[list[int]] = [[] for _ in prompts]
    ended = [False] * len(prompts)
    with torch.inference_mode():
        batch = _read(model, device, prompts)
        while batch.rows:
            for row, token in zip(batch.rows, batch.token.tolist(), strict=True):
                if token == limits.end_id:
                    ended[row] = True
                elif not ended[row] and len(told[row]) < limits.max_tokens:
                    told[row].append(token)
            running = [
                place for place, row in enumerate(batch.rows) if not ended[row] and len(told[row]) < limits.max_tokens
            ]
            if not running:
                break
            if len(running) <= LEAVE * len(batch.rows):
                _keep(batch, running)
            _step(model, batch)
    return [Completion(tuple(one), "stop" if end else "length") for one, end in zip(told, ended, strict=True)]


def shared_lengths(prompts: Sequence[Sequence[int]]) -> list[int]:
    """How many tokens at the beginning of each prompt another one begins with too; 0 where it is not worth it.

    The last token is never shared: what follows it is what is asked for.
    """
    order = sorted(range(len(prompts)), key=lambda place: list(prompts[place]))
    lengths = [0] * len(prompts)
    start = 0
    while start < len(order):  # prompts that begin alike are neighbours now
        first, end, shared = prompts[order[start]], start + 1, len(prompts[order[start]]) - 1
        while end < len(order):
            alike = min(_alike(first, prompts[order[end]]), len(prompts[order[end]]) - 1, shared)
            if alike < WORTH_SHARING:
                break
            shared, end = alike, end + 1
        if end - start > 1:
            for place in order[start:end]:
                lengths[place] = shared
        start = end
    return lengths


def _read(model: Any, device: str, prompts: Sequence[Sequence[int]]) -> _Batch:
    """Every prompt read, what they share once."""
    lengths = shared_lengths(prompts)
    longest = max(lengths)
    cache = DynamicCache()
    rests = [prompt[length:] for prompt, length in zip(prompts, lengths, strict=True)]
    width = max(map(len, rests))
    mask = torch.zeros(len(prompts), longest + width, dtype=torch.long)
    ids = torch.zeros(len(prompts), width, dtype=torch.long)
    for row, (rest, length) in enumerate(zip(rests, lengths, strict=True)):  # padded on the left of both parts
        mask[row, longest - length : longest] = 1
        mask[row, longest + width - len(rest) :] = 1
        ids[row, width - len(rest) :] = torch.tensor(rest)
    if longest:
        _put_shared(model, device, prompts, lengths, cache)
    mask, ids = mask.to(device), ids.to(device)
    logits = _forward(model, ids, mask, cache)
    return _Batch(cache, mask, logits.argmax(-1), list(range(len(prompts))))


def _put_shared(model: Any, device: str, prompts: Sequence[Sequence[int]], lengths: Sequence[int], cache: Any) -> None:
    """Fill ``cache`` with the shared beginnings, each read once, padded on the left to the longest."""
    read: dict[tuple[int, ...], Any] = {}
    heads = [tuple(prompt[:length]) for prompt, length in zip(prompts, lengths, strict=True)]
    for head in dict.fromkeys(heads):
        if head:
            read[head] = DynamicCache()
            ids = torch.tensor([head], device=device)
            _forward(model, ids, torch.ones_like(ids), read[head])
    longest = max(lengths)
    some = next(iter(read.values()))
    for layer in range(len(some.layers)):
        parts = [_of_layer(some, read.get(head), layer, longest) for head in heads]
        cache.update(torch.cat([keys for keys, _ in parts]), torch.cat([values for _, values in parts]), layer)


def _of_layer(some: Any, own: Any, layer: int, width: int) -> tuple[torch.Tensor, torch.Tensor]:
    like = (some.layers[layer].keys, some.layers[layer].values)
    if own is None:
        nothing = [
            torch.zeros((*one.shape[:2], width, one.shape[3]), dtype=one.dtype, device=one.device) for one in like
        ]
        return nothing[0], nothing[1]
    keys, values = own.layers[layer].keys, own.layers[layer].values
    pad = (0, 0, width - keys.shape[2], 0)
    return torch.nn.functional.pad(keys, pad), torch.nn.functional.pad(values, pad)


def _step(model: Any, batch: _Batch) -> None:
    batch.mask = torch.cat([batch.mask, torch.ones_like(batch.mask[:, :1])], dim=1)
    batch.token = _forward(model, batch.token[:, None], batch.mask, batch.cache).argmax(-1)


def _keep(batch: _Batch, places: list[int]) -> None:
    index = torch.tensor(places, device=batch.mask.device)
    batch.cache.batch_select_indices(index)
    batch.mask, batch.token = batch.mask[index], batch.token[index]
    batch.rows = [batch.rows[place] for place in places]


def _forward(model: Any, ids: torch.Tensor, mask: torch.Tensor, cache: Any) -> torch.Tensor:
    """Logits behind the last token of each row; the cache has grown by ``ids``."""
    positions = (mask.cumsum(1) - 1).clamp(min=0)[:, -ids.shape[1] :]
    logits: torch.Tensor = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    ).logits
    return logits[:, -1]


def _alike(one: Sequence[int], other: Sequence[int]) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
