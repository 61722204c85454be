"""Which engine serves which adapter, and what is said about it."""

import pytest

from phi4.chat import Adapter
from phi4.engines import openvino
from phi4.errors import AdapterError, UsageError
from phi4.server import engine as module
from phi4.server.engine import choose, open_engine
from phi4.settings import load_settings
from tests.adapters import make_adapter
from tests.tiny import make_tokenizer


@pytest.fixture(scope="module")
def folder(tiny_base, tmp_path_factory):
    made = make_adapter(tiny_base, tmp_path_factory.mktemp("served") / "phi-4-reasoning")
    make_tokenizer(made)
    return made


@pytest.fixture
def adapter(folder):
    return Adapter(folder, "qwen2.5-coder-0.5b", {})


@pytest.fixture
def machine(monkeypatch):
    """A machine without a GPU; change it in the test."""
    programs, facts = set(), {"machine": "x86_64", "openvino_genai": True}
    monkeypatch.setattr(module.shutil, "which", lambda name: name if name in programs else None)
    monkeypatch.setattr(openvino.platform, "machine", lambda: facts["machine"])
    monkeypatch.setattr(openvino, "find_spec", lambda name: facts.get(name))
    return programs, facts


def test_on_an_x86_cpu_openvino_serves(adapter, machine):
    name, why = choose(adapter)
    assert name == "openvino"
    assert "x86" in why


@pytest.mark.parametrize("change", [{"machine": "arm64"}, {"openvino_genai": None}])
def test_elsewhere_llama_cpp_serves(adapter, machine, change):
    machine[1].update(change)
    assert choose(adapter)[0] == "llamacpp"


def test_with_a_gpu_vllm_serves_where_it_is_installed(adapter, machine):
    programs, _ = machine
    programs.add("nvidia-smi")
    assert choose(adapter)[0] == "transformers"
    assert "gpu-serve" in choose(adapter)[1]
    programs.add("vllm")
    assert choose(adapter)[0] == "vllm"


def test_an_adapter_that_only_pytorch_can_serve_is_served_by_it(tiny_base, tmp_path, machine):
    folder = make_adapter(tiny_base, tmp_path / "dora", use_dora=True)
    name, why = choose(Adapter(folder, "qwen2.5-coder-0.5b", {}))
    assert name == "transformers"
    assert "DoRA" in why


@pytest.mark.parametrize(
    ("base", "name"),
    [
        ("smollm2-135m", "transformers"),
        ("Qwen/Qwen2.5-3B-Instruct", "openvino"),
        ("Qwen/Qwen3-4B", "llamacpp"),
        ("Qwen/Qwen3-30B-A3B", "transformers"),
        ("meta-llama/Llama-3.2-3B-Instruct", "transformers"),
    ],
)
def test_an_engine_knows_the_family_of_the_base(folder, machine, base, name):
    assert choose(Adapter(folder, base, {}))[0] == name


def test_a_base_folder_is_known_by_its_configuration(folder, machine, tiny_base):
    assert choose(Adapter(folder, str(tiny_base), {}))[0] == "openvino"


def test_what_auto_chose_is_said_with_its_reason(adapter, machine, capsys):
    engine, tokenizer = open_engine(load_settings({}), adapter)
    assert "auto: engine openvino, because on an x86 CPU" in capsys.readouterr().err
    about = engine.description
    assert (about.engine, about.model, about.adapter, about.slots) == (
        "openvino", "qwen2.5-coder-0.5b", "phi-4-reasoning", 16,
    )  # fmt: skip
    assert (engine.status().state, tokenizer.im_end) == ("starting", 2)


@pytest.mark.parametrize("name", ["llamacpp", "openvino", "transformers", "vllm"])
def test_an_engine_that_is_asked_for_by_name_is_taken_without_a_word(adapter, machine, capsys, name):
    engine, _ = open_engine(load_settings({"engine": name}), adapter)
    assert (engine.description.engine, capsys.readouterr().err) == (name, "")


def test_an_engine_elsewhere_is_named_by_its_address(adapter):
    engine, _ = open_engine(load_settings({"engine": "openai:http://gpu.example:8000/v1"}), adapter)
    assert (engine.description.engine, engine.description.detail) == ("openai", "http://gpu.example:8000")


def test_an_engine_elsewhere_is_waited_for_and_one_of_ours_is_given_up(adapter, machine):
    def starts(name):
        return open_engine(load_settings({"engine": name}), adapter)[0]._deadlines.starts

    assert starts("openai:http://gpu.example:8000/v1") == 0
    assert {starts(name) for name in module.LAUNCHES} == {5}


def test_the_password_of_an_engine_elsewhere_is_shown_nowhere(adapter):
    engine, _ = open_engine(load_settings({"engine": "openai:http://user:secret@gpu.example:8000/v1"}), adapter)
    assert engine.description.detail == "http://gpu.example:8000"
    with pytest.raises(UsageError) as caught:
        open_engine(load_settings({"engine": "openai:ftp://user:secret@gpu.example"}), adapter)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("asked", ["ollama", "openai", "openai:", "openai:gpu.example", ""])
def test_an_engine_that_there_is_not_is_refused_with_the_list(adapter, asked):
    with pytest.raises(UsageError, match=f"PHI4_ENGINE='{asked}' is no engine") as caught:
        open_engine(load_settings({"engine": asked}), adapter)
    assert "llamacpp, openvino, transformers, vllm or openai:URL" in caught.value.hint


@pytest.mark.parametrize("name", ["llamacpp", "openvino", "transformers", "vllm", "openai:http://gpu.example:8000"])
def test_the_adapter_is_read_again_before_each_start_of_an_engine(adapter, monkeypatch, name):
    order = []
    monkeypatch.setattr(module, "make_files", lambda *_: order.append("made") or {})
    engine, _ = open_engine(load_settings({"engine": name}), adapter, lambda: order.append("read"))
    for _ in range(2):
        engine._launch.prepare(lambda progress, detail: None)
    assert order[:2] in (["read", "made"], ["read", "read"])
    assert order.count("read") == 2


def test_an_engine_is_not_started_over_half_an_adapter(adapter):
    engine, _ = open_engine(load_settings({"engine": "llamacpp"}), adapter)
    with pytest.raises(AdapterError, match=r"has no phi4\.json"):
        engine._launch.prepare(lambda progress, detail: None)


def test_the_files_of_an_engine_are_made_when_it_starts(tiny_base, folder):
    adapter = Adapter(folder, str(tiny_base), {})
    llama = module.LAUNCHES["llamacpp"](adapter).prepare(lambda progress, detail: None)
    merged = module.LAUNCHES["openvino"](adapter).prepare(lambda progress, detail: None)
    torch = module.LAUNCHES["transformers"](adapter).prepare(lambda progress, detail: None)
    assert llama["model"].endswith(".gguf")
    assert llama["adapter"].endswith(".gguf")
    assert (merged["model"].endswith(".gguf"), merged["tokenizer"]) == (True, str(folder))
    assert (torch["base"], torch["adapter"]) == (str(tiny_base), str(folder))
