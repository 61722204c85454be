"""Which engine an embedded teacher should run on: the same drafts by llama.cpp, one by one, by OpenVINO all at once.

    python benchmarks/teacher_engines.py [--passages 2] [--drafts 4] [--model qwen2.5-coder-1.5b]

The requests are those of ``phi4 generate``, a passage's one after another, so that llama.cpp (one slot) reads a passage
once; OpenVINO GenAI batches them, and shares prefixes by itself. Neither is held to the schema: its pattern is compiled
by two different libraries, which would be measured as well. Told: drafts a minute, tokens written a second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from phi4 import seeds
from phi4.chat_format import ChatTokenizer
from phi4.dataset import Generator
from phi4.dataset.asking import Asker
from phi4.dataset.plan import plan
from phi4.engines.llamacpp import start_llamacpp
from phi4.engines.openvino import specification
from phi4.engines.protocol import Description, Done, Failed, Limits
from phi4.engines.supervised import Launch, SupervisedEngine
from phi4.paths import find_workspace
from phi4.teachers import Sampling, ScriptedTeacher
from phi4.weights import base_folder, gguf_file

RESULTS = Path(__file__).parent / "results" / "teacher_engines.json"
SAMPLING = Sampling(temperature=0.3, max_tokens=160, seed=0, context=8192)
CONTEXT = 4096


def requests(passages: int, drafts: int, tokenizer: ChatTokenizer) -> list[list[int]]:
    """Prompts of the demonstration seeds, passage by passage."""
    generator = Generator(Asker(ScriptedTeacher([]), cache=None), SAMPLING)  # type: ignore[arg-type]  # nothing is asked
    found = []
    for document in islice(seeds.Documents(seeds.read_seeds(find_workspace().seeds)), passages):
        for request in islice(plan(document.passages, drafts), drafts):
            found.append(tokenizer.prompt(list(generator.posed(request).messages)))  # noqa: PERF401
    return found


def by_llamacpp(model: Path, prompts: Sequence[list[int]], end: int) -> tuple[int, float]:
    """Tokens written, and seconds."""
    with start_llamacpp(model, context=CONTEXT) as engine:
        engine.wait_ready()
        start, written = time.perf_counter(), 0
        with engine.client() as client:
            for prompt in prompts:
                body = {
                    "prompt": prompt, "n_predict": SAMPLING.max_tokens, "cache_prompt": True, "temperature": 0.3,
                    "return_tokens": True,
                }  # fmt: skip
                told = client.post("/completion", json=body).raise_for_status().json()
                written += len([token for token in told["tokens"] if token != end])
        return written, time.perf_counter() - start


async def by_openvino(model: Path, tokenizer: Path, prompts: Sequence[list[int]], end: int) -> tuple[int, float]:
    """Tokens written, and seconds."""
    told = specification(model, tokenizer, context=CONTEXT, slots=len(prompts))
    description = Description("openvino", "base", "", slots=len(prompts), context=CONTEXT)
    engine = SupervisedEngine(Launch("phi4.engines.openvino", lambda report: told, description))
    await engine.start()
    try:
        await engine.ready()
        limits = Limits(SAMPLING.max_tokens, end, temperature=SAMPLING.temperature, seed=1)

        async def one(prompt: list[int]) -> int:
            async for event in engine.submit(prompt, limits):
                match event:
                    case Done():
                        return event.usage.completion_tokens
                    case Failed():
                        raise SystemExit(event.message)
            raise AssertionError("a generation ended without an end")

        start = time.perf_counter()
        written = await asyncio.gather(*map(one, prompts))
        return sum(written), time.perf_counter() - start
    finally:
        await engine.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=2)
    parser.add_argument("--drafts", type=int, default=4, help="of each passage")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    words = parser.parse_args()
    folder = base_folder("qwen2.5-coder-0.5b")  # the family has one tokenizer
    tokenizer, model = ChatTokenizer(folder), gguf_file(words.model)
    prompts = requests(words.passages, words.drafts, tokenizer)
    read = sum(map(len, prompts))
    print(f"{len(prompts)} drafts of {words.passages} passages, {read} prompt tokens")
    found: dict[str, Any] = {"drafts": len(prompts), "prompt_tokens": read}
    for name in ("llamacpp", "openvino"):
        if name == "llamacpp":
            written, seconds = by_llamacpp(model, prompts, tokenizer.im_end)
        else:
            written, seconds = asyncio.run(by_openvino(model, folder, prompts, tokenizer.im_end))
        found[name] = {"written": written, "seconds": seconds}
        pace = f"{len(prompts) / seconds * 60:.2f} drafts/min, {written / seconds:.2f} tokens/s"
        print(f"{name:<10}{pace}, {written} tokens in {seconds:.0f} s", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
