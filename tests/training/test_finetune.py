"""A whole training on a tiny model: the files, the numbers, and what stops it."""

import json
import math

import pytest

from phi4.chat_format import FORMAT_HASH
from phi4.errors import RecordError, TrainingError, WeightsError, WorkspaceError
from phi4.paths import Workspace
from phi4.records import Example, Source, write_jsonl
from phi4.training import TrainingOptions, train_adapter


def options(base, **changes):
    stated = {
        "model_name": str(base),
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": 2,
        "max_length": 512,
        "r": 16,
        "lora_alpha": 32,
        "lora_dropout": 0.0,
        "learning_rate": 0.01,
        "num_train_epochs": 8.0,
        "adapter": "bot",
        "seed": 0,
        "system_prompt": "",
    }
    return TrainingOptions(**{**stated, **changes})


@pytest.fixture
def workspace(tmp_path):
    place = Workspace(tmp_path)
    source = Source(file="medical/aspirin.txt", sha256="0", sentences=(1,))
    rows = [
        Example(
            question=f"{n}번 약은 무엇을 억제합니까?",
            reasoning_steps=("억제합니다.",),
            answer="응집입니다.",
            id=str(n),
            source=source,
        )
        for n in range(4)
    ]
    write_jsonl(place.train_file, rows)
    return place


def test_training_lowers_the_loss_and_leaves_the_manuals_files(workspace, tiny_base, capsys):
    facts = train_adapter(workspace, options(tiny_base))
    folder = workspace.models / "bot"
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "adapter_config.json", "adapter_model.safetensors", "tokenizer.json", "chat_template.jinja",
        "phi4.json", "metrics.jsonl", "loss.png",
    }  # fmt: skip
    assert facts["metrics"]["last_loss"] < 0.7 * facts["metrics"]["first_loss"]
    assert facts["chat_format"] == FORMAT_HASH
    assert facts["data"]["files"] == ["medical/aspirin.txt"]
    assert json.loads((folder / "phi4.json").read_text(encoding="utf-8")) == facts
    log = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [entry["step"] for entry in log] == list(range(1, 17))
    assert all(math.isfinite(entry["loss"]) for entry in log)
    assert (folder / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert not list(workspace.models.glob(".*")), "no half-written folder is left"
    assert "💾 Saved to: models/bot" in capsys.readouterr().out


def test_two_trainings_with_one_seed_are_the_same(workspace, tiny_base):
    few = options(tiny_base, num_train_epochs=1.0, lora_dropout=0.1)
    first, second = (train_adapter(workspace, few)["metrics"] for _ in range(2))
    assert (first["first_loss"], first["last_loss"]) == (second["first_loss"], second["last_loss"])


def test_accumulated_rows_give_the_loss_of_one_batch(workspace, tiny_base):
    """4 x 1 and 1 x 4 rows are one optimizer step; the loss is normalised by the labels of the whole step."""
    one_epoch = {"num_train_epochs": 1.0}
    many = train_adapter(workspace, options(tiny_base, gradient_accumulation_steps=4, **one_epoch))
    once = train_adapter(
        workspace, options(tiny_base, per_device_train_batch_size=4, gradient_accumulation_steps=1, **one_epoch)
    )
    assert many["metrics"]["first_loss"] == pytest.approx(once["metrics"]["first_loss"], abs=1e-4)


def test_the_adapter_answers_what_it_was_taught(workspace, tiny_base):
    from phi4.chat import open_chatbot, read_adapter
    from phi4.records import Message

    train_adapter(workspace, options(tiny_base, num_train_epochs=16.0))
    with open_chatbot(read_adapter(workspace.models / "bot"), "", 64) as bot:
        reply = bot.reply([Message(role="user", content="2번 약은 무엇을 억제합니까?")])
        before = bot.reply([Message(role="user", content="2번 약은 무엇을 억제합니까?")], tuned=False)
    assert (reply.reasoning_steps, reply.answer, reply.finish_reason) == (("억제합니다.",), "응집입니다.", "stop")
    assert before.answer != reply.answer


def test_a_failed_write_leaves_the_earlier_adapter(workspace, tiny_base, monkeypatch):
    few = options(tiny_base, num_train_epochs=1.0)
    before = train_adapter(workspace, few)

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("phi4.training.artifacts.shutil.copyfile", full)
    with pytest.raises(TrainingError, match="No space left"):
        train_adapter(workspace, few)
    assert json.loads((workspace.models / "bot" / "phi4.json").read_text(encoding="utf-8")) == before
    assert not list(workspace.models.glob(".*"))


def test_a_loss_that_is_no_number_stops_the_run_and_says_where(workspace, tiny_base):
    with pytest.raises(TrainingError, match=r"the loss became nan at step \d"):
        train_adapter(workspace, options(tiny_base, learning_rate=1e30, num_train_epochs=20.0))


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        (None, WorkspaceError, "there is no file"),
        ("", WorkspaceError, "is empty"),
        ('{"question": "가?", "reasoning_steps": ["나."], "answer": "다."}\n{"question": \n', RecordError, "line 2"),
        ('{"question": "가?", "answer": "다."}\n', RecordError, "line 1: reasoning_steps"),
    ],
)
def test_bad_data_is_named_before_a_model_is_loaded(workspace, text, error, words):
    if text is None:
        workspace.train_file.unlink()
    else:
        workspace.train_file.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=words):
        train_adapter(workspace, options("no-such-model"))


def test_an_unknown_base_model_is_named(workspace):
    with pytest.raises(WeightsError, match="no-such-model"):
        train_adapter(workspace, options("no-such-model"))


@pytest.mark.model
def test_nf4_layers_train_on_this_machine(tiny_base):
    """The code path of a GPU as far as a CPU can take it: an NF4 base, LoRA on top, a finite gradient."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    nf4 = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.float32,
    )
    base = AutoModelForCausalLM.from_pretrained(tiny_base, quantization_config=nf4, dtype=torch.float32)
    for module in base.modules():
        if hasattr(module, "support_avx512bf16_for_cpu"):
            module.support_avx512bf16_for_cpu = False  # bitsandbytes 0.50 would repack the weights in place
    model = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM"))
    ids = torch.tensor([[5, 6, 7, 8, 9]])
    model(input_ids=ids, labels=ids).loss.backward()
    gradients = [weight.grad for weight in model.parameters() if weight.requires_grad]
    assert gradients
    assert all(gradient is not None and torch.isfinite(gradient).all() for gradient in gradients)


def test_a_folder_that_is_no_adapter_is_never_replaced(workspace, tiny_base):
    mine = workspace.models / "bot"
    mine.mkdir(parents=True)
    (mine / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(TrainingError, match="is no adapter"):
        train_adapter(workspace, options(tiny_base, num_train_epochs=1.0))
    assert (mine / "notes.txt").read_text(encoding="utf-8") == "mine"
