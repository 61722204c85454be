"""``phi4 generate --dry-run``: what a run would ask, take and cost, without asking."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Any

from phi4.dataset.asking import Asker
from phi4.dataset.cache import AnswerCache
from phi4.dataset.generator import Generator
from phi4.dataset.meter import Prices, cost_of
from phi4.dataset.plan import plan
from phi4.paths import Workspace
from phi4.progress import clock
from phi4.records import Document
from phi4.teachers import Sampling, Teacher

TOKENS_A_CHARACTER = 0.7  # of Korean in Qwen's tokenizer; others lie between 0.5 and 1.1
DRAFT_TOKENS = 200  # of a draft with two steps
VERDICT_TOKENS = 50  # of a vote with its reason


def estimate_run(
    workspace: Workspace,
    documents: Iterable[Document],
    teacher: Teacher,
    sampling: Sampling,
    per_seed: int,
    prices: Prices,
    votes: int = 0,
) -> dict[str, Any]:
    """Print and return the requests left, their tokens, time and cost.

    Counted is the first round: what its answers are worth decides how much is asked after it. Tokens and
    seconds of a request are the mean of this teacher's answers so far, if there are any. To judge a draft
    that is good takes a majority of ``votes`` for each of two gates, and an answer from the passage.
    """
    count = answered = characters = 0
    prompt = told = seconds = 0.0
    with closing(AnswerCache(workspace.synthetic / "cache.sqlite")) as cache:
        generator = Generator(Asker(teacher, cache), sampling)
        for posed in (generator.posed(one) for doc in documents for one in plan(doc.passages, per_seed)):
            count += 1
            characters += sum(len(turn.content) for turn in posed.messages)
            if answer := generator.asker.known(posed):
                answered += 1
                prompt += answer.prompt_tokens
                told += answer.completion_tokens
                seconds += answer.seconds
    left = count - answered
    prompt = prompt / answered if answered else characters / max(1, count) * TOKENS_A_CHARACTER
    told = told / answered if answered else DRAFT_TOKENS
    weighed = left * (2 * (votes // 2 + 1) + 1 if votes else 0)
    prompt_tokens, written = (left + weighed) * prompt, left * told + weighed * VERDICT_TOKENS
    found = {
        "requests": count,
        "answered": answered,
        "left": left,
        "judged_by": weighed,
        "prompt_tokens": round(prompt_tokens),
        "completion_tokens": round(written),
        "seconds": round((left + weighed * VERDICT_TOKENS / max(1.0, told)) * seconds / answered, 1)
        if answered
        else None,
        "cost": round(cost_of(round(prompt_tokens), round(written), prices), 4),
    }
    print(f"{found['requests']} requests in the first round, {found['answered']} answered already, {left} left")
    if weighed:
        print(f"and {weighed} to judge what they bring, if all of it is good (--votes {votes})")
    print(f"about {found['prompt_tokens']:,} prompt tokens and {found['completion_tokens']:,} written ones")
    if found["seconds"] is not None:
        print(f"about {clock(found['seconds'])} at the pace so far")
    if prices != Prices():
        print(f"about {found['cost']:g} in the currency of the prices")
    return found
