"""The verb of the stage: read, load, adapt, fit into memory, train, check, save."""

from __future__ import annotations

import gc
import math
import shutil
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import EarlyStoppingCallback, PrinterCallback

from phi4.chat_format import FORMAT_HASH, ChatTokenizer, parse_answer
from phi4.engines.precision import best_device, compute_dtype, dtype_named, name_of
from phi4.engines.protocol import Limits
from phi4.engines.torch_model import generate_batch
from phi4.errors import TrainingError, first_line
from phi4.jsonl import read_hashed
from phi4.paths import Workspace
from phi4.progress import clock
from phi4.records import Example
from phi4.training import processes
from phi4.training.aftercare import check_ending, check_reload
from phi4.training.arguments import refused, training_arguments
from phi4.training.artifacts import check_target, describe, describe_data, plot_loss, save_adapter
from phi4.training.checkpoints import (
    STATE,
    is_finished,
    newest_complete,
    number_format,
    only_training,
    open_run,
    run_folder,
)
from phi4.training.ladder import Ladder, Trial, estimate, out_of_memory
from phi4.training.lora import adapted_model
from phi4.training.options import TrainingOptions
from phi4.training.rows import Rows, make_rows
from phi4.training.trainer import PackedTrainer
from phi4.training.watch import Samples, StopWhenAsked, Watch
from phi4.weights import base_folder

SAMPLE_QUESTIONS = 2
SAMPLE_TOKENS = 96


@dataclass(frozen=True)
class _Job:
    """What is trained on, for what, where."""

    workspace: Workspace
    options: TrainingOptions
    base: Path
    tokenizer: ChatTokenizer
    data: Rows
    source: dict[str, Any]
    device: str
    dtype: torch.dtype

    @property
    def shape(self) -> dict[str, Any]:
        """Everything that the result follows from; an interrupted run goes on only with the same."""
        return {
            **self.options.shape(),
            "train.jsonl": self.source["sha256"][:16],
            "chat_format": FORMAT_HASH,
            "device": f"{self.device} {name_of(self.dtype)}",
            "processes": processes.count(),
        }


def train_adapter(workspace: Workspace, options: TrainingOptions, fresh: bool = False) -> dict[str, Any]:
    """Train on the workspace's ``train.jsonl``; returns the contents of ``phi4.json``, which the first process writes.

    Interrupted, it goes on from its last checkpoint when called again. Raises ``WorkspaceError`` while another
    training makes the same adapter, that or ``RecordError`` for the data, ``WeightsError`` for the base,
    ``TrainingError`` for the rest, and ``KeyboardInterrupt`` after an orderly stop.
    """
    with processes.joined(best_device()), only_training(workspace, options.adapter):
        with processes.first_goes_first():  # it may have to download the base
            job = _job(workspace, options)
        check_target(workspace.models / options.adapter)
        folder = run_folder(workspace, options.adapter)
        with processes.first_goes_first() as first:
            checkpoint = open_run(folder, job.shape, fresh) if first else newest_complete(folder, processes.count())
        job = replace(job, dtype=dtype_named(number_format(folder) or name_of(job.dtype)))
        _announce(job)
        model = adapted_model(job.base, options, job.device, job.dtype)
        trainer = _train(model, job, folder, checkpoint)
        processes.wait()
        facts = _finish(trainer, model, job) if first else {}
        if first:
            shutil.rmtree(folder, ignore_errors=True)
        del model, trainer
        gc.collect()
        return facts


def estimate_training(workspace: Workspace, options: TrainingOptions) -> list[Trial]:
    """Memory and time of each way to fit, measured on the fullest row; nothing is trained."""
    job = _job(workspace, options)
    _announce(job)
    model = adapted_model(job.base, options, job.device, job.dtype)
    trials = estimate(model, list(job.data.rows), options.budget, job.device, job.dtype)
    passes = math.ceil(job.data.tokens * options.num_train_epochs / options.budget)
    where = "GPU memory" if job.device == "cuda" else "memory of the process"
    for trial in trials:
        told = f"peak {trial.peak_bytes / 2**30:.1f} GiB {where}, about {clock(trial.seconds * passes)}"
        print(f"   {trial.rung:<20} {told if trial.fits else 'does not fit'}")
    return trials


def _job(workspace: Workspace, options: TrainingOptions) -> _Job:
    examples, digest = read_hashed(workspace.train_file, Example, "type: phi4 generate")
    base = base_folder(options.model_name)
    tokenizer = ChatTokenizer(base)
    data = make_rows(examples, tokenizer, options.max_length, options.system_prompt, options.held_out)
    source, device = describe_data(digest, examples), best_device()
    return _Job(workspace, options, base, tokenizer, data, source, device, compute_dtype(device))


def _announce(job: _Job) -> None:
    data, options = job.data, job.options
    dtype = name_of(job.dtype)
    place = f"{torch.cuda.get_device_name(0)}, NF4 and {dtype}" if job.device == "cuda" else f"CPU, {dtype}"
    print(f"📚 {len(data.rows)} rows, {data.tokens} tokens, {data.supervised / data.tokens:.0%} of them supervised")
    if data.held_out:
        print(f"   {len(data.held_out)} rows held out: other wordings of trained facts")
    if data.shortened:
        print(f"   {len(data.shortened)} rows lost their first steps to fit max_length={options.max_length} tokens")
    if data.too_long:
        print(f"   left out {len(data.too_long)} rows longer than max_length={options.max_length} tokens")
    print(f"🧠 {options.model_name} on {place}; LoRA r={options.r}, alpha={options.lora_alpha}")


def _train(model: Any, job: _Job, folder: Path, checkpoint: Path | None) -> PackedTrainer:
    watch, stop = Watch(folder), StopWhenAsked()
    callbacks = [watch, stop, Samples(partial(_samples, model, job), lambda: watch.bar)]
    trainer = _trainer(model, job, folder, callbacks, _seconds_before(checkpoint))
    if checkpoint is not None and is_finished(checkpoint):
        print("   all steps were made before the interruption: only the rest is left to do")
        trainer.adopt(checkpoint)
        return trainer
    if checkpoint is not None:
        print(f"   going on from step {checkpoint.name.rpartition('-')[2]} of an interrupted training")
    try:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    except (OSError, SafetensorError) as error:
        raise _cannot_save(folder, error) from error
    except torch.OutOfMemoryError as error:  # in an optimizer step, an evaluation or a sample answer
        raise out_of_memory(first_line(error)) from error
    except RuntimeError as error:
        if "PytorchStreamWriter" not in str(error):
            raise
        raise _cannot_save(folder, error) from error
    finally:
        stop.release()
        watch.bar.clear()
    if stop.asked:
        print(
            f"⏸️  stopped at step {trainer.state.global_step} of {trainer.state.max_steps}, saved: "
            "the same command goes on"
        )
        raise KeyboardInterrupt
    return trainer


def _trainer(model: Any, job: _Job, folder: Path, callbacks: list[Any], seconds_before: float) -> PackedTrainer:
    options, data = job.options, job.data
    ladder = Ladder(max(options.budget, data.longest), data.longest)
    if job.device == "cuda":
        ladder.choose(model, list(data.rows), job.device, job.dtype)
        print(f"   {ladder.name}")
    if data.held_out and options.early_stopping_patience:
        callbacks.append(EarlyStoppingCallback(options.early_stopping_patience))
    arguments = training_arguments(options, data, folder, job.device, job.dtype)
    try:
        trainer = PackedTrainer(
            model=model,
            args=arguments,
            train_dataset=list(data.rows),
            eval_dataset=list(data.held_out) or None,
            callbacks=callbacks,
            ladder=ladder,
            held_out=data.held_out,
            seconds_before=seconds_before,
        )
        trainer.create_optimizer_and_scheduler(1)  # here, where a name that it does not know is a setting's fault
    except (ValueError, ImportError, RuntimeError) as error:
        raise refused(error) from error
    trainer.pop_callback(PrinterCallback)
    return trainer


def _cannot_save(folder: Path, error: BaseException) -> TrainingError:
    return TrainingError(
        f"cannot write a checkpoint to '{folder}': {first_line(error)}",
        "free some disk space; the same command goes on from the last complete checkpoint",
    )


def _seconds_before(checkpoint: Path | None) -> float:
    if checkpoint is None:
        return 0.0
    from transformers import TrainerState

    history = TrainerState.load_from_json(str(checkpoint / STATE)).log_history
    return max((float(entry.get("seconds", 0.0)) for entry in history), default=0.0)


def _samples(model: Any, job: _Job) -> list[tuple[str, str]]:
    """What the model answers by now to some held-out questions, rendered as it will be served."""
    rows = job.data.held_out[:SAMPLE_QUESTIONS]
    limits = Limits(max_tokens=SAMPLE_TOKENS, end_id=job.tokenizer.im_end)
    done = generate_batch(model, job.device, [row.prompt for row in rows], limits)
    told = [_shown(job.tokenizer.decode(one.tokens), one.finish_reason) for one in done]
    turns = [job.tokenizer.decode(row.prompt).rpartition("\nassistant\n")[0] for row in rows]
    asked = [turn.rpartition("user\n")[2] for turn in turns]
    return list(zip(asked, told, strict=True))


def _shown(text: str, finish_reason: str) -> str:
    """An answer on one line; one that was cut may end inside a letter, which is left out."""
    answer = " ".join(parse_answer(text).answer.rstrip("\N{REPLACEMENT CHARACTER}").split())
    return answer if answer and finish_reason == "stop" else f"{answer}…"


def _finish(trainer: PackedTrainer, model: Any, job: _Job) -> dict[str, Any]:
    log = [entry for entry in trainer.state.log_history if "loss" in entry or "eval_loss" in entry]
    metrics = _metrics(log, job, trainer.ladder.name)
    rows = job.data.held_out or job.data.rows
    metrics["stop_test"] = check_ending(model, job.device, rows, job.tokenizer.im_end)
    facts = describe(job.options, job.source, metrics)
    target = job.workspace.models / job.options.adapter

    def check(part: Path) -> None:
        check_reload(model, job.device, part, job.data.rows[0])

    save_adapter(model, job.base, target, facts, log, partial(plot_loss, log), check)
    stopped = metrics["stop_test"]
    print(
        f"🎉 Training Complete!  loss {metrics['first_loss']:.3f} → {metrics['last_loss']:.3f}, "
        f"{metrics['tokens_per_second']:.0f} tokens/s, {metrics['seconds']:.0f} s"
    )
    mark = "✅" if stopped["ended"] == stopped["asked"] else "⚠️"
    print(
        f"{mark} {stopped['ended']} of {stopped['asked']} answers end by themselves "
        f"within {stopped['max_tokens']} tokens"
    )
    print(f"💾 Saved to: {job.workspace.show(target)}")
    return facts


def _metrics(log: list[dict[str, Any]], job: _Job, rung: str) -> dict[str, Any]:
    steps = [entry for entry in log if "loss" in entry]
    held_out = [entry["eval_loss"] for entry in log if "eval_loss" in entry]
    seconds = max(steps[-1]["seconds"], 1e-6)
    trained = job.data.tokens * steps[-1]["epoch"]
    return {
        "steps": len(steps),
        "first_loss": steps[0]["loss"],
        "last_loss": steps[-1]["loss"],
        **({"held_out_loss": min(held_out), "held_out_rows": len(job.data.held_out)} if held_out else {}),
        "seconds": round(seconds, 1),
        "tokens_per_second": round(trained / seconds, 1),
        "tokens": job.data.tokens,
        "supervised_tokens": job.data.supervised,
        "shortened": len(job.data.shortened),
        "left_out": len(job.data.too_long),
        "memory": rung,
    }
