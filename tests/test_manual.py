"""The documents tell the truth: every command in them exists, and the manual's road is walked."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import httpx
import pytest

from phi4.cli.parser import command_parser
from phi4.cli.table import COMMANDS
from phi4.paths import CHECKOUT
from phi4.settings import PREFIX, Settings

DOCUMENTS = ["README.md", "README.ko.md", "CONTRIBUTING.md", "docs/deploy.md"]
KNOWN = {"git", "ollama", "sudo", "curl", "poetry", "pip", "cp", "openssl", "vllm"}  # other people's programs
BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def blocks(document, language):
    text = (CHECKOUT / document).read_text(encoding="utf-8")
    return [body for name, body in BLOCK.findall(text) if name == language]


def commands(document):
    for body in blocks(document, "bash"):
        for line in body.splitlines():
            for part in line.split("&&"):
                words = shlex.split(part, comments=True)
                while words and re.fullmatch(r"[A-Z_0-9]+=.*", words[0]):
                    assert words[0].partition("=")[0] in {PREFIX + name.upper() for name in Settings.model_fields}
                    words = words[1:]
                if words:
                    yield words


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_of_a_document_exists(document):
    found = list(commands(document))
    assert found
    for words in found:
        program, *rest = words
        if program == "phi4":
            command_parser(rest[0], COMMANDS[rest[0]]).parse_args(rest[1:])
        elif program == "make":
            makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
            assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in rest if "=" not in target), words
        elif program == "python":
            assert rest[0] == "-m" or (CHECKOUT / "web_server" / rest[0]).is_file(), words
            if rest[0] == "-m":
                assert (CHECKOUT / "Phi-4" / (rest[1].replace(".", "/") + ".py")).is_file(), words
        elif program == "cd":
            assert rest[0].startswith("phi-4") or (CHECKOUT / rest[0]).is_dir(), words
        else:
            assert program in KNOWN or (CHECKOUT / program).exists() or program.startswith(".venv/"), words


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_setting_and_path_of_a_document_exists(document):
    text = (CHECKOUT / document).read_text(encoding="utf-8")
    for name in set(re.findall(rf"{PREFIX}[A-Z_]+", text)):
        assert name.removeprefix(PREFIX).lower() in Settings.model_fields or name == PREFIX, name
    for target in set(re.findall(r"\]\((?!http)([^)#]+)\)", text)):
        assert (CHECKOUT / target).exists(), target


def test_the_manuals_defaults_are_the_settings():
    stated = dict(re.findall(r"^(\w+) = (\S+)", "".join(blocks("README.ko.md", "python")), re.MULTILINE))
    names = {
        "model_name",
        "per_device_train_batch_size",
        "gradient_accumulation_steps",
        "max_length",
        "r",
        "lora_alpha",
    }
    assert names <= set(stated)
    for name in names:
        assert str(Settings.model_fields[name].default) == stated[name].strip('"')


def test_the_manuals_python_snippet_is_quoted_whole():
    snippet = next(body for body in blocks("README.ko.md", "python") if "PeftModel" in body)
    assert 'quantization_config=bnb_config,\n    device_map="auto"\n)' in snippet
    assert 'PeftModel.from_pretrained(base_model, "models/phi-4-3b-reasoning")' in snippet


def test_env_example_names_only_settings():
    text = (CHECKOUT / ".env.example").read_text(encoding="utf-8")
    names = re.findall(r"^#?(PHI4_\w+)=", text, re.MULTILINE)
    assert names
    assert {name.removeprefix(PREFIX).lower() for name in names} <= set(Settings.model_fields)


def test_the_manuals_folders_are_there():
    for path in (
        "Phi-4/data/seeds/medical/aspirin.txt", "Phi-4/data/seeds/example.txt",
        "Phi-4/src/pipeline/generate_dataset.py", "Phi-4/src/pipeline/generator.py", "Phi-4/src/pipeline/schemas.py",
        "Phi-4/src/train/train.py", "Phi-4/src/test/inference.py", "Phi-4/src/utils/inspect_data.py",
        "web_server/main.py", "web_server/src/chatbot.py",
    ):  # fmt: skip
        assert (CHECKOUT / path).is_file(), path


@pytest.mark.parametrize("folder", [".", "Phi-4", "web_server"])
def test_poetry_finds_a_project_in_the_manuals_folders(folder):
    import tomllib

    project = tomllib.loads((CHECKOUT / folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["build-system"]["build-backend"] == "poetry.core.masonry.api"
    if folder != ".":
        assert (CHECKOUT / folder / project["tool"]["poetry"]["dependencies"]["phi4"]["path"]).resolve() == CHECKOUT


def run(words, folder, environment, timeout=900):
    done = subprocess.run(
        words,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def walked(tmp_path_factory, qwen_base):
    """The manual's four commands, verbatim, in a copy of ``Phi-4/`` with one seed and the smallest models."""
    home = tmp_path_factory.mktemp("manual") / "Phi-4"
    shutil.copytree(CHECKOUT / "Phi-4" / "src", home / "src")
    (home / "data" / "seeds" / "medical").mkdir(parents=True)
    shutil.copy(CHECKOUT / "Phi-4" / "data" / "seeds" / "medical" / "aspirin.txt", home / "data" / "seeds" / "medical")
    small = {
        "PHI4_PROFILE": "cpu",
        "PHI4_TEACHER": "embedded:qwen2.5-coder-0.5b",
        "PHI4_ROWS": "2",
        "PHI4_MIN_YIELD": "0",
        "PHI4_NUM_TRAIN_EPOCHS": "2",
        "PHI4_MAX_NEW_TOKENS": "48",
    }
    environment = {**os.environ, **small, "PYTHONUTF8": "1"}
    printed = {}
    for name in ("src.pipeline.generate_dataset", "src.utils.inspect_data", "src.train.train", "src.test.inference"):
        printed[name] = run([sys.executable, "-m", name], home, environment)
    return home, environment, printed


@pytest.mark.model
def test_the_manuals_four_commands_print_its_lines_and_leave_its_files(walked):
    home, _, printed = walked
    lines = printed["src.pipeline.generate_dataset"].splitlines()
    assert lines[:5] == [
        "📂 Found 1 seed files in 'data/seeds'",
        "🚀 Starting batch generation... (This may take time)",
        "[1/1] Processing: aspirin.txt... ✅ Done",
        "🎉 Generation Complete!",
        "📊 Success Rate: 1/1",
    ]
    assert lines[5] == "💾 Saved to: data/synthetic/train.jsonl"
    row = json.loads((home / "data" / "synthetic" / "train.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert list(row)[:3] == ["question", "reasoning_steps", "answer"]
    assert row["question"] in printed["src.utils.inspect_data"].replace("\n", "") or row["answer"]
    folder = home / "models" / "phi-4-3b-reasoning"
    assert (folder / "adapter_config.json").is_file()
    assert (folder / "adapter_model.safetensors").is_file()
    assert "💬" in printed["src.test.inference"]


@pytest.mark.model
def test_the_manuals_snippet_answers_with_the_adapter(walked, qwen_base):
    """Verbatim but for what needs a GPU and the hub: base model, quantisation, device."""
    home, environment, _ = walked
    snippet = next(body for body in blocks("README.ko.md", "python") if "PeftModel" in body)
    for given, here in (
        ('"Qwen/Qwen2.5-3B-Instruct"', repr(str(qwen_base))),
        ("    quantization_config=bnb_config,\n", ""),
        ('device_map="auto"', 'device_map="cpu"'),
        ('.to("cuda")', ""),
        ("max_new_tokens=512", "max_new_tokens=24"),
    ):
        assert given in snippet
        snippet = snippet.replace(given, here)
    out = run([sys.executable, "-c", snippet], home, environment)
    assert out.startswith("user\n아스피린의 작용 원리를 설명해주세요.\nassistant\n")
    assert len(out.partition("assistant\n")[2].strip()) > 0


@pytest.mark.model
def test_python_main_serves_both_endpoints(walked, closed_url):
    home, environment, _ = walked
    port = closed_url.rsplit(":", 1)[1]
    adapter = str(home / "models" / "phi-4-3b-reasoning")
    server = subprocess.Popen(
        [sys.executable, "main.py"],
        cwd=CHECKOUT / "web_server",
        env={**environment, "PHI4_PORT": port, "PHI4_ADAPTER_PATH": adapter, "PHI4_HOME": str(home)},
    )
    try:
        status = wait_ready(f"{closed_url}/api/chat/status", server)
        assert status["adapter"]["name"] == "phi-4-3b-reasoning"
        answer = httpx.post(f"{closed_url}/api/chat", json={"message": "아스피린은 무엇입니까?"}, timeout=300)
        assert answer.status_code == 200, answer.text
        assert answer.json()["usage"]["completion_tokens"] > 0
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(30) in (0, 130, -signal.SIGINT)


def wait_ready(url, server, seconds=300):
    seen = set()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            status = httpx.get(url, timeout=10).json()
        except httpx.TransportError:
            time.sleep(0.2)
            continue
        seen.add(status["state"])
        if status["state"] == "ready":
            assert "loading" in seen, "loading must be visible"
            return status
        assert status["state"] in {"starting", "loading"}, status
        time.sleep(0.2)
    raise AssertionError(f"not ready after {seconds} s: {seen}")


def test_the_data_is_written_down_where_the_readers_expect_it():
    rows = [
        json.loads(line)
        for line in (CHECKOUT / "Phi-4/data/exam/medical.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert len(rows) >= 150  # each held to its seed in tests/evaluation/test_gold_exam.py
    for row in rows:
        seed = (CHECKOUT / "Phi-4" / "data" / "seeds" / row["source"]["file"]).read_text(encoding="utf-8")
        assert bool(row["answers"]) == row["answerable"], row["id"]
        assert all(evidence in seed for evidence in row["source"]["evidence"]), row["id"]
        assert not any(answer in row["question"] for answer in row["answers"]), row["id"]
    assert len({row["id"] for row in rows}) == len(rows)
