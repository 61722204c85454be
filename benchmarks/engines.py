"""What an engine costs in answers: the exam, asked of the engines that serve an adapter.

    python benchmarks/engines.py --adapter FOLDER [--engines openvino] [--questions N]

PyTorch answers first, as ``phi4 evaluate`` asks it: base and adapter, greedily, from memory and with the passage. Then
each engine answers the same questions from the files that the server gives it (OpenVINO: merged, Q8_0), many at once.
Told are right answers with their 95 % intervals, the difference to PyTorch's own (paired), and how many answers are the
same to the letter. Writes ``benchmarks/results/engines.json``. Only engines that tell their token ids can be asked;
llama.cpp, which does not while it streams, sits the exam in ``benchmarks/export.py --exam``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from phi4.chat import Adapter, open_chatbot, read_adapter
from phi4.chat.chatbot import Chatbot
from phi4.engines.generation import gather
from phi4.engines.protocol import Completion, Limits
from phi4.evaluation import report
from phi4.evaluation.examine import Sitting, set_paper
from phi4.paths import find_workspace
from phi4.progress import Progress
from phi4.server.engine import open_engine
from phi4.settings import load_settings

RESULTS = Path(__file__).parent / "results" / "engines.json"
OWN = "base"  # the report compares every model with the one of this name
CONDITIONS = ("closed_book", "open_book")


class Served:
    """An engine of the server as the exam asks one: a batch at a time."""

    def __init__(self, name: str, adapter: Adapter) -> None:
        self._streaming, self.tokenizer = open_engine(load_settings({"engine": name}), adapter)
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Served:
        self._loop.run_until_complete(self._streaming.start())
        self._loop.run_until_complete(self._streaming.ready())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.run_until_complete(self._streaming.stop())
        self._loop.close()

    def generate(self, prompts: Sequence[Sequence[int]], limits: Limits, tuned: bool = True) -> list[Completion]:
        """See ``phi4.engines.protocol.Engine``."""
        return self._loop.run_until_complete(gather(self._streaming, prompts, limits, tuned))

    def close(self) -> None:
        """The ``with`` block does."""


def compare(adapter: Adapter, engines: Sequence[str], questions: int, max_new_tokens: int) -> dict[str, Any]:
    """The exam by PyTorch and by each engine, from the workspace that the adapter lies in."""
    workspace = find_workspace(adapter.folder.parent.parent)
    sitting = Sitting(set_paper(workspace, set(adapter.trained_files), questions), None)
    system = str(adapter.facts.get("system_prompt", ""))
    with Progress("exam", (1 + len(engines)) * sitting.paper.size, "answers") as bar:
        with open_chatbot(adapter, "", max_new_tokens) as bot:
            sitting.sit(OWN, bot, True, bar.step)
        for name in engines:
            with Served(name, adapter) as engine:
                sitting.sit(name, Chatbot(engine, engine.tokenizer, system, max_new_tokens), True, bar.step)
    own = {(one.condition, one.question.id): one.reply.answer for one in sitting.answered if one.model == OWN}
    return {
        "adapter": adapter.name,
        "scores": report.summary(sitting.answered),
        "against_pytorch": report.comparisons(sitting.answered),
        "same": {
            name: sum(
                one.reply.answer == own[one.condition, one.question.id] for one in sitting.answered if one.model == name
            )
            / len(own)
            for name in engines
        },
    }


def show(found: dict[str, Any], engines: Sequence[str]) -> None:
    """A line for each engine and condition."""
    print(f"{'engine':<12}{'condition':<14}{'right':>18}{'against PyTorch':>26}{'same answers':>14}")
    for name in (OWN, *engines):
        for condition in CONDITIONS:
            score = found["scores"][condition][name]["right"]
            right = f"{score['value']:.1%} [{score['low']:.0%}-{score['high']:.0%}]"
            print(f"{'PyTorch' if name == OWN else name:<12}{condition:<14}{right:>18}", end="")
            if name != OWN:
                change = found["against_pytorch"][condition][name]["right"]
                told = f"{change['difference']:+.1%} [{change['low']:+.0%},{change['high']:+.0%}]"
                print(f"{told:>26}{found['same'][name]:>14.1%}", end="")
            print()


def main() -> None:
    """See the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--adapter", type=Path, required=True)
    parser.add_argument("--engines", default="openvino")
    parser.add_argument("--questions", type=int, default=0, help="of each condition; 0: all")
    parser.add_argument("--max-new-tokens", type=int, default=256)
    told = parser.parse_args()
    engines = told.engines.split(",")
    found = compare(read_adapter(told.adapter.resolve()), engines, told.questions, told.max_new_tokens)
    show(found, engines)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
