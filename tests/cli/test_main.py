"""The command line: exit codes, where words go, and how a failure is told."""

import dataclasses
import json
import os
import subprocess
import sys
import time

import pytest

from phi4.cli import main
from phi4.cli.table import COMMANDS, Argument, Command
from phi4.errors import UsageError
from phi4.settings import GROUPS, Settings

COMMAND = """
def interrupted(settings):
    raise KeyboardInterrupt

def defect(settings):
    return 1 / 0

def talks(settings, word):
    print("chatter")
    return {"r": settings.r, "lora_alpha": settings.lora_alpha, "word": word}
"""


@pytest.fixture
def more_commands(tmp_path, monkeypatch):
    """Three commands of our own in the table: the place where commands are added."""
    (tmp_path / "own_commands.py").write_text(COMMAND, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    word = Argument("word", "a word", nargs="?", default="")
    monkeypatch.setitem(COMMANDS, "interrupted", Command("", "own_commands:interrupted"))
    monkeypatch.setitem(COMMANDS, "defect", Command("", "own_commands:defect"))
    monkeypatch.setitem(COMMANDS, "talks", Command("", "own_commands:talks", ("training",), (word,)))
    yield
    sys.modules.pop("own_commands", None)


def phi4(*words, **options):
    return subprocess.run([sys.executable, "-m", "phi4", *words], capture_output=True, text=True, timeout=60, **options)


def test_an_unknown_command_is_wrong_use(capsys):
    assert main(["genrate"]) == 2
    assert "genrate" in capsys.readouterr().err


def test_no_command_prints_the_help_and_is_wrong_use(capsys):
    assert main([]) == 2
    out = capsys.readouterr().out
    assert all(name in out for name in COMMANDS)


def test_version_prints_the_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "phi4 0.1.0\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_its_settings(name, capsys):
    assert main([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"phi4 {name}" in out
    for entry in COMMANDS[name].settings:
        for setting in GROUPS.get(entry, (entry,)):
            assert f"--{setting.replace('_', '-')} " in out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_names_existing_settings_and_a_function(name):
    command = COMMANDS[name]
    for entry in command.settings:
        assert entry in GROUPS or entry in Settings.model_fields
    assert callable(command.load())


@pytest.mark.parametrize("words", [["models", "--colour", "red"], ["models", "fetch"], ["train", "--r"]])
def test_an_unknown_option_or_word_is_wrong_use(words, capsys):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "error:" in err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["models", "pull"], 2, "which model?"),
        (["models", "path", "gpt-7"], 1, "'gpt-7'"),
        (["inspect", "--home", "nowhere"], 1, "'nowhere'"),
        (["train", "--r", "many"], 2, "--r='many'"),
    ],
)
def test_a_failure_is_one_message_on_stderr_without_a_traceback(words, code, said, capsys):
    assert main(words) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert err.count("phi4: ") == 1
    assert "Traceback" not in err


def test_a_typing_error_in_the_environment_is_wrong_use(monkeypatch, capsys):
    monkeypatch.setenv("PHI4_PROFIL", "cpu")
    assert main(["models"]) == 2
    assert "did you mean PHI4_PROFILE?" in capsys.readouterr().err


def test_debug_shows_the_error_itself(more_commands):
    with pytest.raises(UsageError):
        main(["models", "pull", "--debug"])
    with pytest.raises(ZeroDivisionError):
        main(["defect", "--debug"])


def test_a_defect_is_told_in_one_message_that_asks_for_a_report(more_commands, capsys):
    assert main(["defect"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "unexpected ZeroDivisionError" in err
    assert "--debug" in err
    assert "Traceback" not in err


def test_an_interrupt_is_130_and_promises_nothing_where_nothing_is_kept(more_commands, capsys):
    assert main(["interrupted"]) == 130
    assert capsys.readouterr() == ("", "\nphi4: interrupted\n")
    assert not COMMANDS["evaluate"].interrupted, "an exam writes at its end"


@pytest.mark.parametrize("name", ["run", "generate", "train", "models"])
def test_an_interrupt_of_a_command_that_keeps_its_work_says_how_to_go_on(more_commands, monkeypatch, capsys, name):
    stopped = dataclasses.replace(COMMANDS["interrupted"], interrupted=COMMANDS[name].interrupted)
    monkeypatch.setitem(COMMANDS, "interrupted", stopped)
    assert main(["interrupted"]) == 130
    told = capsys.readouterr().err
    assert "run the same command to go on" in told
    assert ("--stage dpo makes none" in told) == (name == "train")
    assert ("without --fresh" in told) == any(word.name == "--fresh" for word in COMMANDS[name].arguments)


def test_json_leaves_nothing_but_json_on_stdout(more_commands, capsys):
    assert main(["talks", "네", "--r", "8", "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"r": 8, "lora_alpha": 32, "word": "네"}
    assert "네" in out
    assert err == "chatter\n"


def test_a_failure_leaves_stdout_empty_for_json(capsys):
    assert main(["models", "path", "gpt-7", "--json"]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", [["--lora_alpha", "64"], ["--lora-alpha", "64"], ["--lora_alpha=64"]])
def test_settings_may_be_written_as_the_manual_writes_them(words, more_commands, capsys):
    assert main(["talks", "a_b", *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["lora_alpha"], found["word"]) == (64, "a_b")


def test_an_underscore_in_a_value_stays(more_commands, capsys):
    assert main(["talks", "--model_name=my_model/a_b", "x_y", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["word"] == "x_y"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_early_gets_no_traceback(unbuffered, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    command = [sys.executable, "-m", "phi4", "models", "list"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        child.stdout.close()
        err = child.stderr.read()
        assert child.wait(60) == 1
    assert err == ""


def test_python_m_phi4_is_phi4():
    done = phi4("models", "--json", env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 0
    assert len(json.loads(done.stdout)) == 3


def test_help_needs_none_of_the_heavy_packages_and_comes_at_once():
    heavy = ("torch", "transformers", "langchain_core", "fastapi", "pydantic")
    script = (
        f"import sys\nfor name in {heavy!r}:\n    sys.modules[name] = None\n"
        "from phi4.cli import main\nsys.exit(main(['--help']))"
    )
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
        spent.append(time.perf_counter() - start)
        assert done.returncode == 0, done.stderr
        assert "generate" in done.stdout
    assert min(spent) < 0.3, spent
