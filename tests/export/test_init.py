"""``phi4 export`` as a person types it: every kind, every mistake, and the lines of the README."""

import hashlib
import json
import os
import re
import shlex
import shutil
import stat

import pytest

from phi4.cli import main
from phi4.jsonl import write_jsonl
from phi4.paths import CHECKOUT
from phi4.records import Example
from tests.export.kit import make_subject
from tests.samples import make_workspace

NAME = "phi-4-3b-reasoning"
SECTIONS = {"README.md": ("In Ollama", "In vLLM"), "README.ko.md": ("Ollama에서 쓰기", "vLLM에서 쓰기")}


@pytest.fixture(scope="module")
def trained(tmp_path_factory, calm_base):
    """A workspace after a training, with a tiny model."""
    workspace = make_workspace(tmp_path_factory.mktemp("trained") / "bot")
    rows = [Example(question=f"질문 {number}입니까?", reasoning_steps=("하나",), answer="답") for number in range(4)]
    write_jsonl(workspace.train_file, rows)
    make_subject(calm_base, workspace.models / NAME)
    config = workspace.models / NAME / "adapter_config.json"
    told = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps({**told, "base_model_name_or_path": str(calm_base)}), encoding="utf-8")
    return workspace


@pytest.fixture
def workspace(trained, tmp_path, monkeypatch):
    shutil.copytree(trained.root, tmp_path / "Phi-4")
    monkeypatch.setenv("PHI4_HOME", str(tmp_path / "Phi-4"))
    return type(trained)(tmp_path / "Phi-4")


@pytest.mark.parametrize(
    ("words", "folder", "file"),
    [
        ("adapter-gguf", f"{NAME}-lora-gguf", f"{NAME}-lora.gguf"),
        ("merged", f"{NAME}-merged-bf16", "model.safetensors"),
        ("gguf --type q4_k_m", f"{NAME}-gguf-q4_k_m", f"{NAME}-q4_k_m.gguf"),
        ("ollama", f"{NAME}-ollama-q8_0", "Modelfile"),
        ("dataset --format trl", "dataset-trl", "train.jsonl"),
    ],
)
def test_each_kind_makes_its_folder(workspace, words, folder, file, capsys):
    assert main(["export", *words.split()]) == 0
    assert (workspace.exports / folder / file).is_file()
    assert (workspace.exports / folder / "README.md").is_file()
    assert f"💾 Saved to: exports/{folder}" in capsys.readouterr().out


def test_as_json_it_tells_what_was_made(workspace, capsys):
    assert main(["export", "gguf", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["proof"]["tokens"] > 0


def test_a_second_time_the_first_is_kept(workspace, capsys):
    words = ["export", "dataset", "--format", "alpaca"]
    assert main(words) == 0
    assert main(words) == 1
    assert "--force" in capsys.readouterr().err
    assert main([*words, "--force"]) == 0


def test_a_dataset_needs_no_adapter(workspace):
    shutil.rmtree(workspace.models / NAME)
    assert main(["export", "dataset", "--format", "hf"]) == 0
    assert main(["export", "gguf"]) == 1


def test_a_dataset_is_there_whatever_is_wrong_with_an_adapter(workspace, monkeypatch):
    (workspace.models / NAME / "adapter_model.safetensors").unlink()
    monkeypatch.setenv("PHI4_MODEL_NAME", "Qwen/Qwen2.5-7B-Instruct")
    assert main(["export", "dataset", "--format", "hf"]) == 0


def say_trained(workspace, here, **facts):
    """In the adapter's ``phi4.json``: whether it was trained on the workspace's rows, and more."""
    path = workspace.models / NAME / "phi4.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    hashed = hashlib.sha256(workspace.train_file.read_bytes()).hexdigest()
    told["data"]["sha256"] = hashed if here else "of another file"
    path.write_text(json.dumps({**told, **facts}), encoding="utf-8")


@pytest.mark.parametrize("same", [True, False])
def test_the_rows_have_the_system_turn_of_a_model_that_was_trained_on_them_and_of_no_other(workspace, same):
    say_trained(workspace, same, system_prompt="짧게 답하십시오.")
    assert main(["export", "dataset", "--format", "openai"]) == 0
    rows = (workspace.exports / "dataset-openai" / "train.jsonl").read_text(encoding="utf-8")
    assert ("짧게 답하십시오." in rows) == same


def test_an_adapter_is_exported_whatever_is_wrong_with_the_rows(workspace):
    workspace.train_file.write_text("no row\n", encoding="utf-8")
    assert main(["export", "adapter-gguf"]) == 0


@pytest.mark.parametrize("same", [True, False])
def test_the_datasets_card_tells_the_exam_of_a_model_that_was_trained_on_it_and_of_no_other(workspace, same):
    scores = {"closed_book.right": {"value": 0.2, "low": 0.1, "high": 0.3, "n": 75}}
    say_trained(workspace, same, evaluation={"scores": scores})
    assert main(["export", "dataset", "--format", "hf"]) == 0
    card = (workspace.exports / "dataset-hf" / "README.md").read_text(encoding="utf-8")
    assert ("| from memory: right | 20% |" in card) == same


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        ("gguf --type q2", "invalid choice", 2),
        ("dataset --format csv", "invalid choice", 2),
        ("boxes", "invalid choice", 2),
        ("merged --type f16", "--type means nothing", 2),
        ("hub", "which repository", 2),
        ("hub --repo bot", "is no repository", 1),
    ],
)
def test_a_mistake_is_told(workspace, words, said, code, capsys):
    assert main(["export", *words.split()]) == code
    assert said in capsys.readouterr().err


def test_an_adapter_without_phi4_json_is_told(workspace, capsys):
    (workspace.models / NAME / "phi4.json").unlink()
    assert main(["export", "gguf"]) == 1
    assert "no phi4.json" in capsys.readouterr().err


def test_a_base_that_is_gone_is_told(workspace, capsys, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in ("phi4.json", "adapter_config.json"):
        path = workspace.models / NAME / name
        told = json.loads(path.read_text(encoding="utf-8"))
        key = "base_model" if name == "phi4.json" else "base_model_name_or_path"
        path.write_text(json.dumps({**told, key: "Qwen/Qwen2.5-3B-Instruct"}), encoding="utf-8")
    assert main(["export", "merged"]) == 1
    assert "not on this machine" in capsys.readouterr().err


def lines_of(document, section):
    """The commands of a README's section."""
    text = (CHECKOUT / document).read_text(encoding="utf-8")
    body = re.search(rf"^##+ {re.escape(section)}\n(.*?)(?=^##+ )", text, re.MULTILINE | re.DOTALL)
    assert body, f"{document} has no section '{section}'"
    return [line for block in re.findall(r"```bash\n(.*?)```", body[1], re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize(("document", "section"), [(name, one) for name, both in SECTIONS.items() for one in both])
def test_every_command_of_the_readmes_sections_runs(workspace, document, section, tmp_path, monkeypatch):
    """Ours are run here; Ollama, vLLM and curl are programs that note what they are told."""
    for program in ("ollama", "vllm", "curl"):
        path = tmp_path / "bin" / program
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "{program} $*" >> "{tmp_path}/told"\n', encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(workspace.root.parent)
    found = lines_of(document, section)
    assert any(line.startswith("phi4 export") for line in found)
    for line in found:
        program, *rest = shlex.split(line, comments=True)
        if program == "phi4":
            assert main(rest) == 0, line
        elif program == "cd":
            monkeypatch.chdir(workspace.root.parent / rest[0])
        else:
            assert os.system(line) == 0, line
            if program == "ollama" and rest[0] == "create":
                assert os.path.isfile(rest[rest.index("-f") + 1]), line
