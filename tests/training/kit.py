"""What the tests of training start from: options, rows, a model with an adapter, the files of a workspace."""

import random

from transformers import TrainingArguments

from phi4.chat_format import IGNORE_INDEX
from phi4.jsonl import write_jsonl
from phi4.paths import Workspace
from phi4.records import Example, Source
from phi4.training import TrainingOptions
from phi4.training.ladder import Ladder
from phi4.training.lora import adapted_model
from phi4.training.rows import Row
from phi4.training.trainer import PackedTrainer

VOCABULARY = 640


def options(base, **changes):
    stated = {
        "model_name": str(base),
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": 2,
        "max_length": 512,
        "r": 16,
        "lora_alpha": 32,
        "lora_dropout": 0.0,
        "target_modules": "all-linear",
        "init_lora_weights": "true",
        "use_rslora": False,
        "use_dora": False,
        "learning_rate": 0.01,
        "lr_scheduler_type": "cosine",
        "optim": "adamw_torch",
        "held_out": 0.0,
        "early_stopping_patience": 0,
        "report_to": "none",
        "num_train_epochs": 8.0,
        "adapter": "bot",
        "seed": 0,
        "system_prompt": "",
    }
    return TrainingOptions(**{**stated, **changes})


def random_rows(*lengths, seed=0):
    """Rows of random tokens; the second half of each carries labels."""
    noise = random.Random(seed)
    rows = []
    for number, length in enumerate(lengths):
        ids = [noise.randrange(VOCABULARY) for _ in range(length)]
        asked = length // 2
        rows.append(Row(f"row-{number}", ids, [IGNORE_INDEX] * asked + ids[asked:]))
    return rows


def moved_model(base, **changes):
    """The base with an adapter that is not at its beginning: every LoRA weight has a gradient."""
    return adapted_model(base, options(base, r=4, **{"init_lora_weights": "false", **changes}), "cpu")


def arguments(folder, step, **changes):
    """What a Trainer is told, ours or another."""
    return {
        "output_dir": str(folder),
        "per_device_train_batch_size": step,
        "num_train_epochs": 1.0,
        "use_cpu": True,
        "report_to": "none",
        "disable_tqdm": True,
        "save_strategy": "no",
        "logging_steps": 1,
        "remove_unused_columns": False,
        "dataloader_pin_memory": False,
        **changes,
    }


def packed_trainer(model, rows, folder, *, step, budget, held_out=(), **changes):
    """A trainer whose steps are of ``step`` rows."""
    ladder = Ladder(budget, max(len(row.input_ids) for row in rows))
    told = TrainingArguments(**arguments(folder, step, **changes))
    return PackedTrainer(
        model=model,
        args=told,
        train_dataset=list(rows),
        eval_dataset=list(held_out) or None,
        ladder=ladder,
        held_out=held_out,
    )


def gradients(model):
    """The gradients of all trained weights, taken from the model."""
    found = {name: weight.grad for name, weight in model.named_parameters() if weight.requires_grad}
    assert all(gradient is not None and gradient.abs().max() > 0 for gradient in found.values())
    model.zero_grad(set_to_none=True)
    return found


def assert_equal_gradients(found, wanted, tolerance=1e-5):
    """For every weight, the difference is at most ``tolerance`` of the gradient's length."""
    assert found.keys() == wanted.keys()
    far = {name: ((found[name] - wanted[name]).norm() / wanted[name].norm()).item() for name in wanted}
    assert {name: share for name, share in far.items() if share > tolerance} == {}


def make_workspace(root, facts=4, wordings=1):
    """A workspace with a ``train.jsonl`` of so many facts, each asked in so many ways."""
    place = Workspace(root)
    place.seeds.mkdir(parents=True, exist_ok=True)
    rows = [
        Example(
            question=f"{n}번 약은 {'꼭 ' * w}무엇을 억제합니까?",
            reasoning_steps=("억제합니다.",),
            answer="응집입니다.",
            id=str(n) if wordings == 1 else f"{n}/{w}",
            source=Source(file="medical/aspirin.txt", sha256="0", sentences=(n,)),
        )
        for n in range(facts)
        for w in range(wordings)
    ]
    write_jsonl(place.train_file, rows)
    return place
