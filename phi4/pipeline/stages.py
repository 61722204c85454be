"""One function a stage: read the settings, find the files, call the stage. Read it downwards."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phi4.engines.quiet import quiet_libraries
from phi4.errors import AdapterError, UsageError
from phi4.jsonl import read_exam
from phi4.paths import Workspace, exclusive, find_workspace
from phi4.pipeline.choose import completed
from phi4.pipeline.inputs import dataset_inputs
from phi4.settings import Settings

if TYPE_CHECKING:
    from phi4.dataset import BuildOptions
    from phi4.documents.personal import Treatment
    from phi4.seeds import SeedFolder, Store
    from phi4.teachers import Teacher


def import_documents(settings: Settings, paths: list[str], into: str, pii: Treatment) -> dict[str, Any]:
    """Documents → seeds, each with a grade and the page that it comes from."""
    from phi4 import documents, seeds

    workspace = find_workspace(settings.home)
    return documents.import_documents(paths, workspace, into, pii, lambda seed: seeds.grade(seed).letter)


def generate(settings: Settings, fresh: bool = False, dry_run: bool = False, on: str = "") -> dict[str, Any]:
    """Seeds → ``train.jsonl``, unless nothing changed since that was made; ``on``: the machines that walk them."""
    from phi4 import seeds
    from phi4.dataset import finished, remember_finished, tell_again

    settings = completed(settings)
    workspace = find_workspace(settings.home)
    folder = seeds.read_seeds(seeds_place(settings, workspace), settings.limit)
    with exclusive(workspace.synthetic, "phi4 generate"):
        if dry_run:
            return _estimate(settings, workspace, folder, fresh)
        inputs = dataset_inputs(settings, workspace, folder)
        if not fresh and (report := finished(workspace, inputs)):
            tell_again(workspace, report, len(folder))
            return report
        report = _build(settings, workspace, folder, fresh, on)
        remember_finished(workspace, inputs, report)
        return report


def _build(settings: Settings, workspace: Workspace, folder: SeedFolder, fresh: bool, on: str) -> dict[str, Any]:
    from phi4.dataset import build_dataset
    from phi4.scale import come_home, generate_on, set_all_aside
    from phi4.seeds import Documents

    options, forbidden = _wish(settings, workspace)
    if on:
        return generate_on(on, workspace, folder, _opening(settings, settings.teacher), options, forbidden, fresh)
    if fresh:
        set_all_aside(workspace)
    come_home(workspace)
    with _teacher(settings, settings.teacher) as teacher:
        return build_dataset(workspace, Documents(folder), teacher, options, forbidden)


def _estimate(settings: Settings, workspace: Workspace, folder: SeedFolder, fresh: bool) -> dict[str, Any]:
    from phi4.dataset import estimate_run
    from phi4.scale import come_home
    from phi4.seeds import Documents

    options, _ = _wish(settings, workspace)
    bounds = replace(options.bounds, rows=options.finishing.answers(options.bounds.rows))
    come_home(workspace)
    with _teacher(settings, settings.teacher) as teacher:
        return estimate_run(
            workspace, Documents(folder), teacher, options.sampling, bounds, options.prices, options.votes,
            settings.refusals, fresh,
        )  # fmt: skip


def _wish(settings: Settings, workspace: Workspace) -> tuple[BuildOptions, list[str]]:
    """What the dataset shall be like, and the questions that must not be trained on."""
    from phi4.dataset import Bounds, BuildOptions, Ceiling, Finishing, Prices
    from phi4.dataset.decisions import read_decisions
    from phi4.dataset.decontamination import read_questions
    from phi4.teachers import Sampling

    written = read_exam(workspace.exam)
    options = BuildOptions(
        Bounds(settings.rows, settings.per_seed, settings.wordings, settings.revisions),
        settings.min_yield,
        Sampling(settings.temperature, settings.teacher_max_tokens, settings.seed, settings.teacher_context),
        settings.votes,
        Prices(settings.price_prompt, settings.price_completion),
        Ceiling(settings.max_calls, settings.max_cost),
        Finishing(
            settings.refusals,
            settings.exam_share,
            frozenset(question.source.file for question in written),
            read_decisions(workspace.review_file),
            settings.seed,
        ),
    )
    return options, [question.question for question in written] + read_questions(settings.against)


def seeds_place(settings: Settings, workspace: Workspace) -> Path | Store:
    """Where the seeds lie: in the workspace, or in an object store."""
    from phi4.seeds import Store

    return Store(settings.seeds_url) if settings.seeds_url else workspace.seeds


def _opening(settings: Settings, name: str) -> Callable[[], Teacher]:
    """How to open a teacher, here or on another machine."""
    from phi4 import weights
    from phi4.teachers import open_teacher

    return partial(
        open_teacher,
        name,
        find_gguf=weights.gguf_file,
        ollama_url=settings.ollama_url,
        api_key=settings.teacher_api_key.get_secret_value(),
        context=settings.teacher_context,
        timeout=settings.teacher_timeout,
    )


@contextmanager
def _teacher(settings: Settings, name: str) -> Iterator[Teacher]:
    teacher = _opening(settings, name)()
    try:
        yield teacher
    finally:
        teacher.close()


def inspect(
    settings: Settings,
    seeds: bool = False,
    edit: bool = False,
    near: bool = False,
    open: bool = False,  # noqa: A002  # --open
) -> dict[str, Any]:
    """What is in ``train.jsonl``, or how good the seeds are; ``edit`` asks a person about each row,
    ``near`` finds the questions that are asked twice, ``open`` shows ``report.html`` in a browser."""
    from phi4.dataset import inspect_dataset, review
    from phi4.dataset.decontamination import read_questions
    from phi4.seeds import cut_passages, inspect_seeds, read_seeds

    workspace = find_workspace(settings.home)
    if seeds:
        return inspect_seeds(seeds_place(settings, workspace))
    if near:
        from phi4.scale import near_rows

        return near_rows(workspace)
    if edit:
        passages = [
            passage for seed in read_seeds(seeds_place(settings, workspace)).seeds for passage in cut_passages(seed)
        ]
        with exclusive(workspace.synthetic, "phi4 generate"):
            return review(workspace, passages, against=read_questions(settings.against))
    facts = inspect_dataset(workspace, settings.seed)
    page = workspace.synthetic / "report.html"
    if open and page.is_file():
        webbrowser.open(page.as_uri())
    return facts


def train(
    settings: Settings, stage: str = "sft", fresh: bool = False, estimate: bool = False, unchecked: bool = False
) -> dict[str, Any]:
    """``train.jsonl`` → an adapter in ``models/``; stage ``dpo``: ``preference.jsonl`` → a second one.

    A base that was never tried is refused, unless ``unchecked``.
    """
    quiet_libraries()  # before peft is imported: bitsandbytes talks as it loads
    from phi4.training import TrainingOptions, estimate_training, train_adapter, train_preferences
    from phi4.weights.bases import check_base

    settings = completed(settings, teacher=False)
    if not unchecked and stage != "dpo":  # which has the base of the adapter that it goes on from
        check_base(settings.model_name)
    options = TrainingOptions(**{name: getattr(settings, name) for name in TrainingOptions.__dataclass_fields__})
    workspace = find_workspace(settings.home)
    if estimate:
        return {"rungs": [asdict(trial) for trial in estimate_training(workspace, options)]}
    if stage == "dpo":
        _check_stated(settings, workspace)
        return train_preferences(workspace, options)
    return train_adapter(workspace, options, fresh)


def _check_stated(settings: Settings, workspace: Workspace) -> None:
    """Raise where another base or system prompt is stated than the adapter was trained with."""
    from phi4.chat import read_adapter

    adapter = read_adapter(workspace.models / settings.adapter, settings.stated("model_name"))
    trained, stated = str(adapter.facts.get("system_prompt", "")), settings.stated("system_prompt")
    if stated and stated != trained:
        raise UsageError(
            f"adapter '{adapter.name}' was trained with the system prompt '{trained}', not with '{stated}'",
            "leave --system-prompt out, or train again with it: phi4 train",
        )


def ask(settings: Settings, question: str | None) -> dict[str, Any]:
    """One answer of the workspace's tuned model, or a conversation."""
    from phi4.chat import converse, open_chatbot, read_adapter

    folder = find_workspace(settings.home).models / settings.adapter
    adapter = read_adapter(folder, settings.stated("model_name"))
    with open_chatbot(adapter, settings.system_prompt, settings.max_new_tokens) as bot:
        return converse(bot, question)


def evaluate(
    settings: Settings, adapters: Sequence[str] = (), choices: str | None = None, harness: str | None = None
) -> dict[str, Any]:
    """Base and adapters on the exam; or on a multiple-choice file, or on tasks of lm-evaluation-harness."""
    quiet_libraries()
    from phi4.evaluation import Judge, examine, examine_choices, run_harness

    workspace = find_workspace(settings.home)
    names = list(adapters) or [settings.adapter]
    base, system = settings.stated("model_name"), settings.system_prompt
    if harness:
        return run_harness(workspace, names, harness.split(","), base_model=base, limit=settings.questions)
    if choices:
        file = Path(choices).expanduser()
        return examine_choices(workspace, names, file, base_model=base, system_prompt=system, seed=settings.seed)
    with _teacher(settings, settings.judge) if settings.judge else nullcontext() as teacher:
        return examine(
            workspace,
            names,
            base_model=base,
            system_prompt=system,
            max_new_tokens=settings.max_new_tokens,
            questions=settings.questions,
            judge=Judge(teacher, context=settings.teacher_context) if teacher else None,
        )


def export(settings: Settings, what: str, **words: Any) -> dict[str, Any]:
    """The adapter or the dataset for other programs; ``words`` are the command's own (``phi4 export --help``)."""
    from phi4.chat import read_adapter
    from phi4.export import Subject, Wish, export_as
    from phi4.export.subject import trained_here, trained_questions

    workspace = find_workspace(settings.home)
    wish = Wish.of(what, words)
    folder = workspace.models / settings.adapter
    try:
        adapter = read_adapter(folder, settings.stated("model_name"))
    except AdapterError:
        if what != "dataset":
            raise
        return export_as(wish, workspace, None, settings.system_prompt)  # the rows are there without one
    if what == "dataset" and not trained_here(workspace, adapter.data_hash):
        return export_as(wish, workspace, None, settings.system_prompt)
    system = settings.system_prompt or str(adapter.facts.get("system_prompt", ""))
    questions = trained_questions(workspace)
    subject = Subject(folder, adapter.base_model, adapter.facts, system, questions)
    return export_as(wish, workspace, subject, system)


def serve(settings: Settings) -> None:
    """Chat over HTTP until stopped."""
    from phi4.server import serve_forever

    serve_forever(settings)


def feedback(settings: Settings, action: str, format: str, to: str) -> dict[str, Any]:  # noqa: A002, the option's name
    """Write what readers thought of answers as training data."""
    from phi4.server.feedback_export import export_feedback

    return export_feedback(settings, format, Path(to).expanduser() if to else None)
