"""``vllm serve`` as a child of a child: started as it must be, ended with us. The engine is a fake of its shapes."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from phi4.engines.generation import gather
from phi4.engines.protocol import Completion, Description, Limits
from phi4.engines.supervised import Deadlines, Launch, SupervisedEngine
from phi4.engines.vllm import command, specification
from phi4.errors import EngineError
from tests.engines.fake_vllm import parse

FAKE = Path(__file__).with_name("fake_vllm.py")
LIMITS = Limits(max_tokens=50, end_id=0)


@pytest.fixture
def adapter(tmp_path):
    folder = tmp_path / "phi-4-reasoning"
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"r": 20}), encoding="utf-8")
    return folder


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A command called ``vllm`` that is the fake."""
    program = tmp_path / "bin" / "vllm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{FAKE}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def processes(word):
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in line.read_bytes():
                found.append(int(line.parent.name))
        except OSError:
            continue  # it ended meanwhile
    return found


def test_without_vllm_the_command_to_install_it_is_named(adapter, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="not installed") as caught:
        specification(tmp_path, adapter, context=100)
    assert "phi4[gpu-serve]" in caught.value.hint


def test_vllm_is_told_a_rank_that_it_knows_and_no_defaults_of_the_base(installed, adapter, tmp_path):
    told = specification(tmp_path / "base", adapter, context=4096, slots=7) | {"uds": "here.sock"}
    line = " ".join(command(told))
    assert f"vllm serve {tmp_path / 'base'} --uds here.sock" in line
    assert f"--lora-modules phi-4-reasoning={adapter} --max-lora-rank 32" in line
    assert "--max-model-len 4096 --max-num-seqs 7 --generation-config vllm" in line


def test_vllm_is_told_nothing_that_it_does_not_know(installed, adapter, tmp_path):
    told = specification(tmp_path, adapter, context=100) | {"uds": "here.sock"}
    assert parse(command(told)[1:]).uds == "here.sock"
    with pytest.raises(SystemExit):
        parse([*command(told)[1:], "--disable-log-requests"])


@pytest.mark.parametrize("text", ["", "{}", '{"r": "many"}', "[]"])
def test_an_adapter_that_does_not_say_its_rank_is_refused(installed, adapter, tmp_path, text):
    (adapter / "adapter_config.json").write_text(text, encoding="utf-8")
    with pytest.raises(EngineError, match="cannot read"):
        specification(tmp_path, adapter, context=100)


def test_a_rank_that_vllm_does_not_know_is_refused(installed, adapter, tmp_path):
    (adapter / "adapter_config.json").write_text(json.dumps({"r": 600}), encoding="utf-8")
    with pytest.raises(EngineError, match="r=600"):
        specification(tmp_path, adapter, context=100)


def test_it_answers_with_ids_comes_back_and_leaves_nothing_behind(installed, adapter, tmp_path):
    base = tmp_path / "base-of-this-test"

    async def story():
        description = Description("vllm", "base", adapter.name, 8, 100)
        told = specification(base, adapter, context=100)
        patience = Deadlines(load=20, first_pause=0.01)
        engine = SupervisedEngine(Launch("phi4.engines.vllm", lambda report: told, description, patience))
        await engine.start()
        try:
            async with asyncio.timeout(30):
                await engine.ready()
                first = await gather(engine, [[2], [3]], LIMITS)
                base_alone = await gather(engine, [[1]], LIMITS, tuned=False)
                for process in processes(str(base)):
                    os.kill(process, signal.SIGKILL)  # vLLM itself dies, its relay does not
                while engine.status().state == "ready":
                    await asyncio.sleep(0.01)
                await engine.ready()
                return first, base_alone, await gather(engine, [[1]], LIMITS)
        finally:
            await engine.stop()

    first, base_alone, again = asyncio.run(story())
    assert first == [Completion((2, 1), "stop"), Completion((3, 2, 1), "stop")]
    assert base_alone == again == [Completion((1,), "stop")]
    assert asyncio.run(_gone(str(base)))


async def _gone(word):
    for _ in range(500):
        if not processes(word):
            return True
        await asyncio.sleep(0.01)
    return False
