"""The folder is ready for ``ollama create``; where there is an Ollama, it is created and asked."""

import os
import shlex
import stat
from dataclasses import replace

import pytest

from phi4.errors import ExportError
from phi4.export import ollama as module
from phi4.export.gguf_model import write_gguf
from phi4.export.llamacpp import ask_llamacpp
from phi4.export.ollama import export_ollama
from tests.export.kit import make_subject
from tests.export.ollama_reading import read_modelfile

FAKE = """#!/bin/sh
echo "$@" >> "$OLLAMA_SEEN"
cat >> "$OLLAMA_SEEN.stdin"
[ "$1" = create ] && { test -f Modelfile || exit 1; exit ${OLLAMA_ENDS:-0}; }
echo "답입니다."
"""


@pytest.fixture
def ollama(tmp_path, monkeypatch):
    """A program called ollama that writes down what it is told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "ollama"
    program.write_text(FAKE, encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("OLLAMA_SEEN", str(tmp_path / "seen"))
    return tmp_path / "seen"


def test_the_merged_model_and_its_modelfile_are_in_the_folder(wide_base, tmp_path, capsys):
    subject = make_subject(wide_base, tmp_path / "my-bot", system_prompt='짧게 """인용""" 답하십시오.')
    made = export_ollama(subject, tmp_path / "out", "q8_0", lora=False, create=False, force=False)
    told = dict(read_modelfile((tmp_path / "out" / "Modelfile").read_text(encoding="utf-8")))
    assert told["SYSTEM"] == subject.system_prompt
    assert (tmp_path / "out" / told["FROM"]).is_file()
    assert "ADAPTER" not in told
    assert made["commands"][1] == "ollama create my-bot -f Modelfile"
    assert "ollama create my-bot -f Modelfile" in capsys.readouterr().out


def test_the_printed_commands_can_be_pasted_whatever_the_folder_is_called(subject, tmp_path, capsys):
    asking = replace(subject, questions=('"$HOME"은 무엇입니까?',))
    target = tmp_path / "내 문서" / "out"
    made = export_ollama(asking, target, "f16", lora=False, create=False, force=False)
    assert [shlex.split(line) for line in made["commands"]] == [
        ["cd", str(target)],
        ["ollama", "create", "my-bot", "-f", "Modelfile"],
        ["ollama", "run", "my-bot", '"$HOME"은 무엇입니까?'],
    ]
    assert f"cd '{target}'" in capsys.readouterr().out


def test_base_and_adapter_lie_apart_when_asked_for(subject, tmp_path):
    export_ollama(subject, tmp_path / "out", "f16", lora=True, create=False, force=False)
    told = dict(read_modelfile((tmp_path / "out" / "Modelfile").read_text(encoding="utf-8")))
    assert (told["FROM"], told["ADAPTER"]) == ("./base-f16.gguf", "./my-bot-lora.gguf")
    assert (tmp_path / "out" / told["FROM"]).is_file()
    assert (tmp_path / "out" / told["ADAPTER"]).is_file()


def test_the_proof_is_of_the_very_pair_that_lies_in_the_folder(wide_base, tmp_path, monkeypatch):
    asked = []

    def ask(model, subject, base, adapter=None):
        asked.append((model.name, adapter.name, model.stat().st_size))
        return ask_llamacpp(model, subject, base, adapter)

    monkeypatch.setattr("phi4.export.gguf_adapter.ask_llamacpp", ask)
    out = tmp_path / "out"
    export_ollama(make_subject(wide_base, tmp_path / "my-bot"), out, "q8_0", lora=True, create=False, force=False)
    assert asked == [("base-q8_0.gguf", "my-bot-lora.gguf", (out / "base-q8_0.gguf").stat().st_size)]


def test_a_shipped_base_that_answers_otherwise_is_thrown_away(subject, tmp_path, monkeypatch):
    def other(model, layers, lora, subject, form, path):
        tensors = [(name, shape, lambda read=read: -read()) for name, shape, read in model.tensors]
        write_gguf(replace(model, tensors=tensors), layers, lora, subject, form, path)

    monkeypatch.setattr("phi4.export.gguf_adapter.write_gguf", other)
    with pytest.raises(ExportError, match="does not answer as base and adapter do"):
        export_ollama(subject, tmp_path / "out", "f16", lora=True, create=False, force=False)
    assert not (tmp_path / "out").exists()


def test_an_installed_ollama_creates_it_and_is_asked(subject, tmp_path, ollama, capsys):
    export_ollama(subject, tmp_path / "out", "q8_0", lora=False, create=True, force=False)
    assert ollama.read_text(encoding="utf-8").splitlines() == [
        "create my-bot -f Modelfile",
        f"run my-bot {subject.questions[0]}",
    ]
    assert "A 답입니다." in capsys.readouterr().out
    assert ollama.with_name("seen.stdin").read_bytes() == b""  # it would be put before the question


def test_an_ollama_that_refuses_leaves_the_folder(subject, tmp_path, ollama, monkeypatch):
    monkeypatch.setenv("OLLAMA_ENDS", "3")
    with pytest.raises(ExportError, match="ollama create my-bot -f Modelfile' failed") as caught:
        export_ollama(subject, tmp_path / "out", "q8_0", lora=False, create=True, force=False)
    assert "ollama serve" in caught.value.hint
    assert (tmp_path / "out" / "Modelfile").is_file()


@pytest.mark.model
def test_the_packaged_model_is_ready_for_ollama_with_its_adapter_apart(qwen_base, tmp_path):
    subject = make_subject(qwen_base, tmp_path / "my-bot", strength=0.02)
    made = export_ollama(subject, tmp_path / "out", "q8_0", lora=True, create=False, force=False)
    told = dict(read_modelfile((tmp_path / "out" / "Modelfile").read_text(encoding="utf-8")))
    assert all((tmp_path / "out" / told[key]).is_file() for key in ("FROM", "ADAPTER"))
    assert made["proof"]["tokens"] > 0


def test_a_name_that_ollama_cannot_have_is_told_before_the_work(subject, wide_base, tmp_path):
    korean = make_subject(wide_base, tmp_path / "약-봇")
    with pytest.raises(ExportError, match="'약-봇' cannot be a model's name in Ollama") as caught:
        export_ollama(korean, tmp_path / "out", "q8_0", lora=False, create=False, force=False)
    assert "--adapter my-bot" in caught.value.hint
    assert not (tmp_path / "out").exists()


def test_an_adapter_apart_is_not_made_for_a_base_that_ollama_runs_without_one(tmp_path):
    from tests.tiny import make_model

    qwen3 = make_subject(make_model(tmp_path / "qwen3", hidden=256, family="qwen3"), tmp_path / "my-bot")
    with pytest.raises(ExportError, match="takes no adapter") as caught:
        export_ollama(qwen3, tmp_path / "out", "f16", lora=True, create=False, force=False)
    assert "leave --lora out" in caught.value.hint


def test_create_without_ollama_is_told_before_the_work(subject, tmp_path, monkeypatch):
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    with pytest.raises(ExportError, match="not installed"):
        export_ollama(subject, tmp_path / "out", "q8_0", lora=False, create=True, force=False)
    assert not (tmp_path / "out").exists()


def test_a_system_text_that_ollama_cannot_read_is_told_before_the_work(subject, tmp_path):
    loud = type(subject)(subject.folder, subject.base_model, subject.facts, 'one """\ntwo')
    with pytest.raises(ExportError, match="at the end of line 1"):
        export_ollama(loud, tmp_path / "out", "q8_0", lora=False, create=False, force=False)
    assert not (tmp_path / "out").exists()
