"""The line serves this adapter, its chat format included; what vLLM cannot is refused."""

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from phi4.chat_format import CHAT_TEMPLATE
from phi4.errors import AdapterError, EngineError, WeightsError
from phi4.export.vllm import vllm_lines
from tests.export.kit import make_subject


def option(line, name):
    return line[line.index(name) + 1]


def test_base_adapter_rank_and_template_are_named(subject, wide_base, capsys):
    made = vllm_lines(subject)
    serve = made["serve"]
    assert serve[:3] == ["vllm", "serve", str(wide_base)]
    assert option(serve, "--lora-modules") == f"my-bot={subject.folder}"
    assert option(serve, "--max-lora-rank") == "8"
    printed = capsys.readouterr().out.splitlines()
    assert shlex.split(printed[0]) == serve
    assert json.loads(shlex.split(printed[1])[-1])["model"] == "my-bot"


def test_the_template_is_a_file_beside_the_adapter(tiny_base, tmp_path):
    subject = make_subject(tiny_base, tmp_path / "my bot")
    (subject.folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")
    assert Path(option(vllm_lines(subject)["serve"], "--chat-template")).read_text(encoding="utf-8") == CHAT_TEMPLATE


def test_a_base_of_the_hub_goes_by_its_name(tiny_base, tmp_path):
    subject = make_subject(tiny_base, tmp_path / "bot", rank=12)
    hub = type(subject)(subject.folder, "Qwen/Qwen2.5-3B-Instruct", subject.facts, "짧게.")
    made = vllm_lines(hub)
    assert made["serve"][2] == "Qwen/Qwen2.5-3B-Instruct"
    assert option(made["serve"], "--max-lora-rank") == "16"
    assert json.loads(made["ask"][-1])["messages"][0] == {"role": "system", "content": "짧게."}


@pytest.mark.parametrize("base", ["/models/gone", "./gone.gguf"])
def test_a_base_that_is_gone_is_told(tiny_base, tmp_path, base):
    subject = make_subject(tiny_base, tmp_path / "bot")
    with pytest.raises(WeightsError):
        vllm_lines(replace(subject, base_model=base))


def test_a_base_in_a_gguf_file_is_served_from_the_folder_made_of_it(tiny_base, tiny_gguf, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    subject = make_subject(tiny_base, tmp_path / "bot")
    served = Path(vllm_lines(replace(subject, base_model=str(tiny_gguf)))["serve"][2])
    assert (served / "config.json").is_file()


def test_what_vllm_cannot_is_refused(tiny_base, tmp_path):
    with pytest.raises(AdapterError, match="DoRA, which vLLM cannot"):
        vllm_lines(make_subject(tiny_base, tmp_path / "dora", use_dora=True))
    with pytest.raises(AdapterError, match="which vLLM cannot"):
        vllm_lines(make_subject(tiny_base, tmp_path / "words", target_modules=["q_proj", "embed_tokens"]))
    with pytest.raises(EngineError, match="r=600"):
        vllm_lines(make_subject(tiny_base, tmp_path / "wide", rank=600))
