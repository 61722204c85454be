"""One function a stage: read the settings, find the files, call the stage. Read it downwards."""

from __future__ import annotations

from typing import Any

from phi4.engines.quiet import quiet_libraries
from phi4.paths import find_workspace
from phi4.pipeline.choose import completed
from phi4.records import read_exam
from phi4.settings import Settings


def generate(settings: Settings) -> dict[str, Any]:
    """Seeds → ``train.jsonl``."""
    from phi4 import seeds, weights
    from phi4.dataset import BuildOptions, build_dataset
    from phi4.teachers import Sampling, open_teacher

    settings = completed(settings)
    workspace = find_workspace(settings.home)
    folder = seeds.read_seeds(workspace.seeds, settings.limit)
    cut = {seed.file: seeds.cut_passages(seed) for seed in folder.seeds}
    refused = [*folder.refused, *((file, "it has no sentence") for file, passages in cut.items() if not passages)]
    passages = [passage for group in cut.values() for passage in group]
    exam = [question.question for question in read_exam(workspace.exam)]
    teacher = open_teacher(
        settings.teacher,
        find_gguf=weights.gguf_file,
        ollama_url=settings.ollama_url,
        api_key=settings.teacher_api_key.get_secret_value(),
        context=settings.teacher_context,
        timeout=settings.teacher_timeout,
    )
    sampling = Sampling(settings.temperature, settings.teacher_max_tokens, settings.seed, settings.teacher_context)
    options = BuildOptions(settings.per_seed, settings.rows, settings.min_yield, sampling)
    try:
        return build_dataset(workspace, passages, refused, teacher, options, exam).report
    finally:
        teacher.close()


def inspect(settings: Settings) -> dict[str, Any]:
    """What is in ``train.jsonl``."""
    from phi4.dataset import inspect_dataset

    return inspect_dataset(find_workspace(settings.home), settings.seed)


def train(settings: Settings) -> dict[str, Any]:
    """``train.jsonl`` → an adapter in ``models/``."""
    quiet_libraries()  # before peft is imported: bitsandbytes talks as it loads
    from phi4.training import TrainingOptions, train_adapter

    settings = completed(settings, teacher=False)
    options = TrainingOptions(**{name: getattr(settings, name) for name in TrainingOptions.__dataclass_fields__})
    return train_adapter(find_workspace(settings.home), options)


def ask(settings: Settings, question: str | None) -> dict[str, Any]:
    """One answer of the workspace's tuned model, or a conversation."""
    from phi4.chat import converse, open_chatbot, read_adapter

    folder = find_workspace(settings.home).models / settings.adapter
    adapter = read_adapter(folder, settings.stated("model_name"))
    with open_chatbot(adapter, settings.system_prompt, settings.max_new_tokens) as bot:
        return converse(bot, question)


def evaluate(settings: Settings) -> dict[str, Any]:
    """Base and adapter on the exam."""
    from phi4.evaluation import examine

    return examine(
        find_workspace(settings.home),
        settings.adapter,
        base_model=settings.stated("model_name"),
        system_prompt=settings.system_prompt,
        max_new_tokens=settings.max_new_tokens,
        questions=settings.questions,
    )


def serve(settings: Settings) -> None:
    """Chat over HTTP until stopped."""
    from phi4.server import serve_forever

    serve_forever(settings)
