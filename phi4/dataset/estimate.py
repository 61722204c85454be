"""``phi4 generate --dry-run``: what a run would ask, take and cost, without asking."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from phi4.dataset.asking import Asker
from phi4.dataset.cache import AnswerCache
from phi4.dataset.generator import Generator
from phi4.dataset.meter import TOKENS_A_CHARACTER, Prices, cost_of
from phi4.dataset.plan import Request
from phi4.dataset.rounds import Bounds, Work
from phi4.paths import Workspace
from phi4.progress import clock
from phi4.records import Document, Walkable
from phi4.teachers import Sampling, Teacher

DRAFT_TOKENS = 200  # of a draft with two steps
VERDICT_TOKENS = 50  # of a vote with its reason


@dataclass
class _Counted:
    """The requests of the first round, and what the answers that are there already took; ``fresh``: they will not be
    used."""

    fresh: bool = False
    requests: int = 0
    characters: int = 0
    answered: int = 0
    prompt: float = 0.0  # tokens
    told: float = 0.0  # tokens
    seconds: float = 0.0

    @property
    def left(self) -> int:
        return self.requests if self.fresh else self.requests - self.answered


def estimate_run(
    workspace: Workspace,
    documents: Walkable[Document],
    teacher: Teacher,
    sampling: Sampling,
    bounds: Bounds,
    prices: Prices,
    votes: int = 0,
    refusals: float = 0.0,
    fresh: bool = False,
) -> dict[str, Any]:
    """Print and return the requests left, their tokens, time and cost.

    Counted is the first round within ``bounds``: what its answers are worth decides how much is asked after it, and
    how many are sent back for revision: told is the most that these may be. Tokens and
    seconds of a request are the mean of this teacher's answers so far, if there are any. To judge a draft
    that is good takes a majority of ``votes`` for each of two gates, and an answer from the passage; a refusal, the
    share ``refusals`` of the rows, takes such an answer as well.
    """
    with closing(AnswerCache(workspace.synthetic / "cache.sqlite")) as cache:
        counted = _count(Generator(Asker(teacher, cache), sampling), documents, bounds, fresh)
    rows = counted.left * (1 + bounds.wordings)
    weighed = counted.left * (2 * (votes // 2 + 1) + 1) + round(refusals / (1 - refusals) * rows) if votes else 0
    found = _project(counted, prices, weighed, bounds.revisions)
    print(
        f"{found['requests']} requests in the first round, {found['answered']} answered already, {found['left']} left"
    )
    if found["judged_by"]:
        print(f"and {found['judged_by']} to judge what they bring, if all of it is good (--votes {votes})")
    if found["revisions_at_most"]:
        print(f"and at most {found['revisions_at_most']} to put right what fails (--revisions {bounds.revisions})")
    print(f"about {found['prompt_tokens']:,} prompt tokens and {found['completion_tokens']:,} written ones")
    if found["seconds"] is not None:
        print(f"about {clock(found['seconds'])} at the pace so far")
    if prices != Prices():
        most = f", at most {found['cost_at_most']:g}" if found["revisions_at_most"] else ""
        print(f"about {found['cost']:g}{most} in the currency of the prices")
    return found


def _first_round(documents: Walkable[Document], bounds: Bounds) -> Iterator[Request]:
    """What a run asks first, of each file its share of the rows that the files before it leave to be made."""
    missing, left = bounds.rows, len(documents)
    for document in documents:
        work = Work(document, math.ceil(missing / left) if bounds.rows else sys.maxsize)
        requests = work.requests(bounds)
        missing -= min(work.share, len(requests) * (1 + bounds.wordings))
        left -= 1
        yield from requests


def _count(generator: Generator, documents: Walkable[Document], bounds: Bounds, fresh: bool) -> _Counted:
    counted = _Counted(fresh)
    for posed in (generator.posed(one) for one in _first_round(documents, bounds)):
        counted.requests += 1
        counted.characters += sum(len(turn.content) for turn in posed.messages)
        if answer := generator.asker.known(posed):
            counted.answered += 1
            counted.prompt += answer.prompt_tokens
            counted.told += answer.completion_tokens
            counted.seconds += answer.seconds
    return counted


def _project(counted: _Counted, prices: Prices, weighed: int, revisions: int) -> dict[str, Any]:
    """What is left will take what the answers so far took, each."""
    left, known = counted.left, counted.answered
    prompt = counted.prompt / known if known else counted.characters / max(1, counted.requests) * TOKENS_A_CHARACTER
    told = counted.told / known if known else DRAFT_TOKENS
    read, written = round((left + weighed) * prompt), round(left * told + weighed * VERDICT_TOKENS)
    asked = left + weighed * VERDICT_TOKENS / max(1.0, told)  # a verdict is short
    return {
        "requests": counted.requests,
        "answered": counted.requests - left,
        "left": left,
        "judged_by": weighed,
        "revisions_at_most": left * revisions,
        "prompt_tokens": read,
        "completion_tokens": written,
        "seconds": round(asked * counted.seconds / known, 1) if known else None,
        "cost": round(cost_of(read, written, prices), 4),
        "cost_at_most": round(cost_of(read, written, prices) * (1 + revisions), 4),
    }
