"""An engine's files, made in a process of their own."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from phi4.errors import EngineError
from phi4.weights.engine_files import make_files, tokenizer_folder
from tests.adapters import make_adapter
from tests.tiny import make_tokenizer


@pytest.fixture(scope="module")
def adapter(tiny_base, tmp_path_factory):
    folder = make_adapter(tiny_base, tmp_path_factory.mktemp("engine_files") / "phi-4-reasoning")
    make_tokenizer(folder)
    return folder


def test_files_are_made_and_their_progress_is_told(adapter, tiny_base):
    told = []
    made = make_files("openvino", adapter, str(tiny_base), 256, lambda *said: told.append(said))
    assert Path(made["model"]).suffix == ".gguf"
    assert made["context"] == 256
    assert told, "a merge says how far it is"
    assert all(0 <= progress <= 1 and doing for progress, doing in told)


def test_what_cannot_be_made_is_told_with_its_remedy(tiny_base, tmp_path):
    folder = make_adapter(tiny_base, tmp_path / "dora", use_dora=True)
    with pytest.raises(EngineError, match="DoRA") as caught:
        make_files("llamacpp", folder, str(tiny_base), 256, lambda *said: None)
    assert caught.value.hint


def test_a_process_that_is_killed_is_an_error(adapter, tiny_base, tmp_path):
    killed = []

    def kill(*said):
        if not killed:  # it may have said more than one thing
            (child,) = (one for one in psutil.Process().children() if "phi4.weights.engine_files" in one.cmdline())
            os.kill(child.pid, signal.SIGKILL)
            killed.append(child)

    (tmp_path / "base").mkdir()
    for file in tiny_base.iterdir():  # a base that nothing was made of yet
        (tmp_path / "base" / file.name).write_bytes(file.read_bytes())
    with pytest.raises(EngineError, match="the files for the engine 'openvino' could not be made"):
        make_files("openvino", adapter, str(tmp_path / "base"), 256, kill)


def test_an_adapters_own_tokenizer_is_taken_before_its_bases(adapter, tiny_base, tmp_path):
    assert tokenizer_folder(adapter, str(tiny_base)) == adapter
    assert tokenizer_folder(tmp_path, str(tiny_base)) == tiny_base
