"""``phi4 doctor``: what a bare machine and a furnished one are told."""

import json
import sys

import pytest

from phi4.cli import main
from phi4.weights import catalogue


@pytest.fixture(autouse=True)
def no_torch(monkeypatch):
    """As if torch were not installed: importing it takes seconds, and its answer is the machine's."""
    monkeypatch.setitem(sys.modules, "torch", None)


def examined(capsys, *words):
    assert main(["doctor", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_bare_machine_is_told_what_is_missing_and_which_profile_fits(closed_url, tmp_path, capsys):
    facts = examined(capsys, "--ollama-url", closed_url, "--home", str(tmp_path))
    assert facts["gpu"] == "none"
    assert facts["ollama"].startswith("ConnectionError: Failed to connect to Ollama")
    assert "is not a workspace" in facts["workspace"]
    assert facts["models"] == {model.name: "not pulled" for model in catalogue()}
    assert facts["profile"] == "cpu"


def test_a_furnished_machine_is_told_what_it_has(serve, tmp_path, capsys):
    (tmp_path / "data" / "seeds").mkdir(parents=True)
    server = serve(lambda path: (200, json.dumps({"models": [{"name": "qwen2.5:7b"}]})))
    facts = examined(capsys, "--ollama-url", server.url, "--home", str(tmp_path))
    assert facts["ollama"] == "ready"
    assert facts["workspace"] == str(tmp_path)
    assert facts["python"].startswith("3.")
    assert "GB free" in facts["cache"]
    assert "missing" not in (facts["packages"]["transformers"], facts["packages"]["langchain-ollama"])
    assert facts["profile"] == "cpu"  # Ollama alone trains nothing


def test_every_fact_has_its_line(closed_url, capsys):
    assert main(["doctor", "--ollama-url", closed_url]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "python", "cores", "packages", "gpu", "ollama", "models", "workspace", "cache", "profile",
    ]  # fmt: skip
