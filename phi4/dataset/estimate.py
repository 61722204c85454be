"""``phi4 generate --dry-run``: what a run would ask, take and cost, without asking."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean
from typing import Any

from phi4.dataset.cache import AnswerCache
from phi4.dataset.generator import Generator
from phi4.dataset.meter import Prices, cost_of
from phi4.dataset.plan import plan
from phi4.paths import Workspace
from phi4.progress import clock
from phi4.records import Passage
from phi4.teachers import Sampling, Teacher

TOKENS_A_CHARACTER = 0.7  # of Korean in Qwen's tokenizer; others lie between 0.5 and 1.1
DRAFT_TOKENS = 200  # of a draft with two steps


def estimate_run(
    workspace: Workspace,
    passages: Sequence[Passage],
    teacher: Teacher,
    sampling: Sampling,
    per_seed: int,
    prices: Prices,
) -> dict[str, Any]:
    """Print and return the requests left, their tokens, time and cost.

    Tokens and seconds of a request are the mean of this teacher's answers so far, if there are any.
    """
    cache = AnswerCache(workspace.synthetic / "cache.sqlite")
    try:
        generator = Generator(teacher, cache, sampling)
        requests = plan(passages, per_seed)
        answers = [answer for request in requests if (answer := generator.known(request))]
        left = len(requests) - len(answers)
        characters = mean(generator.prompt_characters(request) for request in requests)
    finally:
        cache.close()
    prompt = mean(answer.prompt_tokens for answer in answers) if answers else characters * TOKENS_A_CHARACTER
    told = mean(answer.completion_tokens for answer in answers) if answers else DRAFT_TOKENS
    found = {
        "requests": len(requests),
        "answered": len(answers),
        "left": left,
        "prompt_tokens": round(left * prompt),
        "completion_tokens": round(left * told),
        "seconds": round(left * mean(answer.seconds for answer in answers), 1) if answers else None,
        "cost": round(cost_of(round(left * prompt), round(left * told), prices), 4),
    }
    print(f"{found['requests']} requests planned, {found['answered']} answered already, {left} left")
    print(f"about {found['prompt_tokens']:,} prompt tokens and {found['completion_tokens']:,} written ones")
    if found["seconds"] is not None:
        print(f"about {clock(found['seconds'])} at the pace so far")
    if prices != Prices():
        print(f"about {found['cost']:g} in the currency of the prices")
    return found
