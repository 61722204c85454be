"""The ``auto`` profile on a machine with nothing: it says what it chose, and leaves what was stated."""

from phi4.pipeline.choose import completed
from phi4.settings import load_settings

CLOSED = "http://127.0.0.1:9"  # the discard port: nobody listens


def test_other_profiles_come_back_as_they_are():
    settings = load_settings({"profile": "cpu"})
    assert completed(settings) is settings


def test_without_ollama_and_gpu_the_embedded_models_are_chosen_aloud(capsys, monkeypatch):
    monkeypatch.setattr("phi4.pipeline.choose._has_cuda", lambda: False)
    chosen = completed(load_settings({"profile": "auto", "ollama_url": CLOSED}))
    assert (chosen.teacher, chosen.model_name) == ("embedded:qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b")
    assert chosen.gradient_accumulation_steps == 4
    said = capsys.readouterr().err
    assert "teacher embedded:qwen2.5-coder-1.5b, because" in said
    assert "because there is no CUDA GPU" in said


def test_with_a_gpu_the_manuals_base_stays(monkeypatch):
    monkeypatch.setattr("phi4.pipeline.choose._has_cuda", lambda: True)
    chosen = completed(load_settings({"profile": "auto", "ollama_url": CLOSED}))
    assert chosen.model_name == "Qwen/Qwen2.5-3B-Instruct"
    assert chosen.learning_rate == 2e-4


def test_what_was_stated_stays(monkeypatch):
    monkeypatch.setattr("phi4.pipeline.choose._has_cuda", lambda: False)
    monkeypatch.setenv("PHI4_LEARNING_RATE", "1e-3")
    stated = {"profile": "auto", "ollama_url": CLOSED, "teacher": "embedded:smollm2", "model_name": "smollm2"}
    chosen = completed(load_settings(stated))
    assert (chosen.teacher, chosen.model_name, chosen.learning_rate) == ("embedded:smollm2", "smollm2", 1e-3)
