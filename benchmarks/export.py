"""What an export costs in memory and time, and what a number format costs in answers.

    python benchmarks/export.py [--adapter FOLDER] [--out results.json]          each step in a process of its own
    python benchmarks/export.py --exam --adapter FOLDER [--questions N]          the exam of each GGUF type; hours

Without an adapter, one of random weights on the packaged 0.5B. Peak memory is told twice: what the process took for
itself (anonymous pages), and with the pages of files that it had mapped, which the system can take back at any time.
The rows of 3B and 7B are calculated: bytes by the formulas that `phi4 export` states its needs by, seconds in
proportion to the number of weights. The exam is asked by llama.cpp from each file, closed-book and open-book, greedily,
and compared with peft's own answers to the same questions (paired).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from phi4.chat import read_adapter
from phi4.chat.chatbot import Chatbot
from phi4.chat_format import ChatTokenizer
from phi4.engines.llamacpp import start_llamacpp
from phi4.engines.process import EngineProcess
from phi4.engines.protocol import Completion, Limits
from phi4.export.gguf_model import BITS, FORMS, file_bytes, parameters_of, write_gguf, writing_memory
from phi4.export.merged import DTYPES, Places, disk_needed, merging_memory, write_shards
from phi4.export.subject import Subject
from phi4.paths import find_workspace
from phi4.weights import base_folder
from phi4.weights.gguf_files import Model
from phi4.weights.hf_model import open_folder, tensors_of
from phi4.weights.lora import Lora, read_lora

STEPS = ("merge", *FORMS, "verify")
# layers, hidden, intermediate, key-value width, vocabulary, whether the output is the embedding
SHAPES = {"3B": (36, 2048, 11008, 256, 151936, True), "7B": (28, 3584, 18944, 512, 152064, False)}
RANK = 16
CONTEXT = 2048
SLOTS = 8  # questions that llama.cpp answers at once: one by one, f16 takes an hour on two cores


class Peak:
    """The most memory that this process had, looked at every 10 ms: its own, and with mapped files."""

    def __init__(self) -> None:
        self.own = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
                if line.startswith("RssAnon:"):
                    self.own = max(self.own, int(line.split()[1]) << 10)

    def stop(self) -> dict[str, int]:
        self._over.set()
        self._thread.join()
        return {"own": self.own, "with_files": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10}


def subject_of(adapter: Path) -> Subject:
    """The adapter to export."""
    read = read_adapter(adapter)
    return Subject(adapter, read.base_model, read.facts)


def random_adapter(folder: Path) -> Path:
    """An adapter of rank 16 on the packaged 0.5B, with a ``phi4.json``."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from phi4.chat_format import FORMAT_HASH

    name = "qwen2.5-coder-0.5b"
    model = AutoModelForCausalLM.from_pretrained(base_folder(name))
    model = get_peft_model(model, LoraConfig(r=RANK, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"))
    model.peft_config["default"].base_model_name_or_path = name
    model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "phi4.json").write_text(json.dumps({"base_model": name, "chat_format": FORMAT_HASH}), encoding="utf-8")
    return folder


def one_step(step: str, adapter: Path) -> dict[str, Any]:
    """Do one step and tell what it took; called in a process of its own."""
    subject = subject_of(adapter)
    base, lora = base_folder(subject.base_model), read_lora(adapter)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        work, stated = _work(step, subject, base, lora, folder)
        peak, start = Peak(), time.monotonic()
        work()
        seconds = time.monotonic() - start
        size = sum(path.stat().st_size for path in folder.iterdir())
        return {"step": step, "seconds": seconds, "stated": stated, "bytes": size, **peak.stop()}


def _work(step: str, subject: Subject, base: Path, lora: Lora, folder: Path) -> tuple[Callable[[], None], int]:
    """The step as a function, and the memory that an export would state for it."""
    model, layers = open_folder(base)
    if step == "merge":
        places = tensors_of(base)
        return lambda: write_shards(places, lora, DTYPES["bf16"], folder), merging_memory(places, lora)
    if step == "verify":
        from phi4.export.prompts import prompts_of
        from phi4.export.reference import loaded, memory_of

        dtype, needed = memory_of(parameters_of(model))
        prompts = prompts_of(subject, ChatTokenizer(base))

        def verify() -> None:
            with loaded(base, subject.folder, dtype) as reference:
                reference.judge(prompts, [[198] * 32] * len(prompts))

        return verify, needed
    target = folder / "model.gguf"
    return lambda: write_gguf(model, layers, lora, subject, step, target), writing_memory(model, lora)


def shaped(name: str) -> tuple[Places, Model, Lora]:
    """A model of that size with nothing in it: what the formulas look at."""
    layers, hidden, wide, narrow, words, tied = SHAPES[name]
    matrices = {
        "self_attn.q_proj": (hidden, hidden),
        "self_attn.k_proj": (narrow, hidden),
        "self_attn.v_proj": (narrow, hidden),
        "self_attn.o_proj": (hidden, hidden),
        "mlp.gate_proj": (wide, hidden),
        "mlp.up_proj": (wide, hidden),
        "mlp.down_proj": (hidden, wide),
    }
    shapes = {"model.embed_tokens.weight": (words, hidden)} | ({} if tied else {"lm_head.weight": (words, hidden)})
    pairs = {}
    for layer in range(layers):
        for matrix, (out, inner) in matrices.items():
            place = f"model.layers.{layer}.{matrix}.weight"
            shapes[place] = (out, inner)
            nothing = np.zeros(1, np.float32)
            pairs[place] = (np.broadcast_to(nothing, (RANK, inner)), np.broadcast_to(nothing, (out, RANK)))
    places: Places = {place: (Path(), shape) for place, shape in shapes.items()}
    tensors = [(place, shape, lambda: np.empty(0, np.float32)) for place, shape in shapes.items()]
    return places, Model("qwen2", lambda writer: None, tensors), Lora(RANK, 2.0, pairs)


def calculated(name: str, measured: Sequence[dict[str, Any]], values: int) -> list[dict[str, Any]]:
    """Memory, disk and time of each step for a larger model."""
    from phi4.export.reference import OVERHEAD

    places, model, lora = shaped(name)
    size = parameters_of(model)
    rows = []
    for row in measured:
        step = row["step"]
        if step == "merge":
            stated, disk = merging_memory(places, lora), disk_needed(places)
        elif step == "verify":
            stated, disk = 2 * size + OVERHEAD, 0
        else:
            stated, disk = writing_memory(model, lora), file_bytes(model, step)
        rows.append({"step": step, "seconds": row["seconds"] * size / values, "stated": stated, "bytes": disk})
    return rows


def show(title: str, rows: Sequence[dict[str, Any]]) -> None:
    print(f"\n{title}\n{'step':<8} {'own GiB':>8} {'+files':>8} {'stated':>8} {'disk GiB':>9} {'seconds':>8}")
    for row in rows:
        cells = [f"{row[key] / 2**30:.2f}" if key in row else "–" for key in ("own", "with_files", "stated", "bytes")]
        print(f"{row['step']:<8} {cells[0]:>8} {cells[1]:>8} {cells[2]:>8} {cells[3]:>9} {row['seconds']:>8.1f}")


class LlamaCpp:
    """llama.cpp as an ``Engine`` of the exam: a GGUF file, one request at a time in each of its ``SLOTS``."""

    def __init__(self, engine: EngineProcess) -> None:
        self._engine = engine

    def generate(self, prompts: Sequence[Sequence[int]], limits: Limits, tuned: bool = True) -> list[Completion]:
        """See ``Engine.generate``; greedy."""
        with ThreadPoolExecutor(SLOTS) as pool:
            return list(pool.map(lambda prompt: self._one(prompt, limits), prompts))

    def _one(self, prompt: Sequence[int], limits: Limits) -> Completion:
        asked = {
            "prompt": list(prompt), "n_predict": limits.max_tokens, "return_tokens": True, "cache_prompt": True,
            "temperature": 0.0, "top_k": 1, "samplers": ["top_k"], "repeat_penalty": 1.0,
        }  # fmt: skip
        with self._engine.client() as client:
            told = client.post("/completion", json=asked).raise_for_status().json()
        tokens = [int(token) for token in told["tokens"] if int(token) != limits.end_id]
        return Completion(tuple(tokens), "stop" if told["stop_type"] == "eos" else "length")

    def close(self) -> None:
        self._engine.stop()


def exam(adapter: Path, forms: Sequence[str], questions: int, max_new_tokens: int) -> dict[str, Any]:
    """The exam of peft and of each GGUF type, from the workspace that the adapter lies in."""
    from phi4.chat import open_chatbot
    from phi4.evaluation import report as reports
    from phi4.evaluation.examine import Sitting, set_paper
    from phi4.progress import Progress

    read = read_adapter(adapter)
    workspace = find_workspace(adapter.parent.parent)
    sitting = Sitting(set_paper(workspace, set(read.trained_files), questions), None)
    system = str(read.facts.get("system_prompt", ""))
    base = base_folder(read.base_model)
    subject, lora = subject_of(adapter), read_lora(adapter)
    sizes = {}
    with (
        Progress("exam", (1 + len(forms)) * sitting.paper.size, "answers") as bar,
        tempfile.TemporaryDirectory() as tmp,
    ):
        with open_chatbot(read, "", max_new_tokens) as bot:
            sitting.sit("base", bot, True, bar.step)  # what the others are compared with
        for form in forms:
            path = Path(tmp) / f"{form}.gguf"
            model, layers = open_folder(base)
            write_gguf(model, layers, lora, subject, form, path)
            sizes[form] = path.stat().st_size
            with start_llamacpp(path, context=CONTEXT, slots=SLOTS) as engine:
                engine.wait_ready()
                sitting.sit(
                    form, Chatbot(LlamaCpp(engine), ChatTokenizer(base), system, max_new_tokens), True, bar.step
                )
            path.unlink()
    return {
        "adapter": adapter.name,
        "bytes": sizes,
        "scores": reports.summary(sitting.answered),
        "against_peft": reports.comparisons(sitting.answered),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--steps", default=",".join(STEPS))
    parser.add_argument("--exam", action="store_true")
    parser.add_argument("--forms", default=",".join(BITS))
    parser.add_argument("--questions", type=int, default=0)
    parser.add_argument("--max-new-tokens", type=int, default=256)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    words = parser.parse_args()
    if words.one:
        print(json.dumps(one_step(words.one, words.adapter)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        adapter = words.adapter or random_adapter(Path(scratch) / "random")
        if words.exam:
            found = exam(adapter, words.forms.split(","), words.questions, words.max_new_tokens)
            print(json.dumps({key: found[key] for key in ("scores", "against_peft")}, ensure_ascii=False, indent=1))
        else:
            found = costs(adapter, words.steps.split(","))
    if words.out:
        words.out.parent.mkdir(parents=True, exist_ok=True)
        words.out.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def costs(adapter: Path, steps: Sequence[str]) -> dict[str, Any]:
    """Every step measured, then calculated for larger models."""
    rows = []
    for step in steps:
        command = [sys.executable, __file__, "--one", step, "--adapter", str(adapter)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    model, _ = open_folder(base_folder(read_adapter(adapter).base_model))
    values = parameters_of(model)
    show(f"measured: {values / 1e9:.2f} B weights", rows)
    larger = {name: calculated(name, rows, values) for name in SHAPES}
    for name, told in larger.items():
        show(f"calculated: {name}, {parameters_of(shaped(name)[1]) / 1e9:.2f} B weights", told)
    return {"weights": values, "measured": rows, "calculated": larger}


if __name__ == "__main__":
    main()
