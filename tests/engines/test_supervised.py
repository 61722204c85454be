"""A watched child: whatever happens to it, it comes back and each request ends once."""

import asyncio
import os
import random
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from phi4.engines.generation import gather
from phi4.engines.protocol import Completion, Description, Done, Failed, Limits, Piece, PromptProgress
from phi4.engines.supervised import Deadlines, Launch, SupervisedEngine
from phi4.errors import AdapterError, EngineError
from tests.engines.scripted_child import DIE, HANG, REFUSE

ROOT = Path(__file__).parents[2]
DESCRIPTION = Description("scripted", "base", "adapter", slots=1, context=100)
QUICK = Deadlines(load=30, silence=30, first_pause=0.01, longest_pause=0.05, starts=3)
LIMITS = Limits(max_tokens=50, end_id=0)
SOON = 30


@pytest.fixture(autouse=True)
def children_find_the_tests(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def play(prepare, story, deadlines=QUICK):
    """Run ``story(engine)`` on an engine that was started; it is stopped afterwards."""

    async def run():
        engine = SupervisedEngine(Launch("tests.engines.scripted_child", prepare, DESCRIPTION, deadlines))
        await engine.start()
        try:
            async with asyncio.timeout(SOON):
                return await story(engine)
        finally:
            await engine.stop()

    return asyncio.run(run())


def scene(story, deadlines=QUICK, **specification):
    """The same, with a child that is told this."""
    return play(lambda report: specification, story, deadlines)


async def read(generation):
    return [event async for event in generation]


async def until(condition):
    while not condition():
        await asyncio.sleep(0.005)


def test_a_request_streams_to_its_end():
    async def story(engine):
        await engine.ready()
        return await read(engine.submit([3, 7], LIMITS)), engine.description, engine.status()

    (progress, *pieces, end), description, status = scene(story)
    assert progress == PromptProgress(2, 2)
    assert pieces == [Piece("3가 ", (3,)), Piece("2가 ", (2,)), Piece("1가 ", (1,))]
    assert (end.finish_reason, end.usage.completion_tokens, end.usage.cached_tokens) == ("stop", 3, 1)
    assert description.slots == 3  # the child knew better
    assert (status.state, status.running, status.restarts) == ("ready", 0, 0)


def test_many_requests_share_the_child_and_keep_apart():
    async def story(engine):
        await engine.ready()
        return await gather(engine, [[number] for number in range(1, 20)], LIMITS)

    done = scene(story, token=0.001)
    assert done == [Completion(tuple(range(number, 0, -1)), "stop") for number in range(1, 20)]


def test_before_it_is_loaded_its_progress_is_told_and_requests_are_not_taken():
    async def story(engine):
        await until(lambda: engine.status().state == "loading")
        early = await read(engine.submit([3], LIMITS))
        await until(lambda: engine.status().progress == 0.5 or engine.status().state == "ready")
        await engine.ready()
        return early

    assert scene(story, load=0.1) == [Failed("not_ready", "the engine is loading")]


@pytest.mark.parametrize(("prompt", "code"), [([3] * 51, "context_length"), ([], "refused"), ([REFUSE], "refused")])
def test_a_request_that_cannot_be_answered_says_so_and_leaves_the_child_alone(prompt, code):
    async def story(engine):
        await engine.ready()
        refused = await read(engine.submit(prompt, LIMITS))
        return refused[-1].code, await gather(engine, [[1]], LIMITS), engine.status().running

    assert scene(story) == (code, [Completion((1,), "stop")], 0)


def test_a_cancelled_request_ends_at_once_and_the_others_go_on():
    async def story(engine):
        await engine.ready()
        first, second = (engine.submit([30], LIMITS) for _ in range(2))
        async for event in first:
            if isinstance(event, Piece):
                first.cancel()
        assert engine.status().running == 1
        return event.finish_reason, (await read(second))[-1].finish_reason

    assert scene(story, token=0.01) == ("cancelled", "stop")


def test_a_killed_child_fails_its_requests_and_comes_back():
    async def story(engine):
        await engine.ready()
        running = engine.submit([40], LIMITS)
        await asyncio.sleep(0.05)
        engine.submit([DIE], LIMITS)
        lost = (await read(running))[-1]
        assert engine.status().state == "degraded"
        await engine.ready()
        return lost, await gather(engine, [[1]], LIMITS), engine.status().restarts

    lost, again, restarts = scene(story, token=0.01)
    assert (lost.code, lost.retryable) == ("engine_lost", True)
    assert (again, restarts) == ([Completion((1,), "stop")], 1)


def test_a_child_that_hangs_is_ended_after_its_deadline_and_only_with_work():
    async def story(engine):
        await engine.ready()
        await asyncio.sleep(0.5)  # idle is no hanging
        assert engine.status().restarts == 0
        lost = (await read(engine.submit([HANG], LIMITS)))[-1]
        await engine.ready()
        return lost

    lost = scene(story, Deadlines(silence=0.3, first_pause=0.01))
    assert lost == Failed("engine_lost", "the engine was silent for 0.3 s while it had work")


def test_a_child_that_never_gets_ready_is_given_up_and_its_last_words_are_for_the_log_alone(caplog):
    async def story(engine):
        with pytest.raises(EngineError) as caught:
            await engine.ready()
        return caught.value.message, engine.status()

    message, status = scene(story, dies=True)
    assert message == "the engine's process ended; the log says why (3 attempts)"
    assert (status.state, status.detail) == ("failed", message)
    assert caplog.text.count("the engine's process ended: out of memory, say") == 3


def test_loading_that_takes_too_long_counts_as_a_loss():
    async def story(engine):
        with pytest.raises(EngineError, match=r"not ready after 0\.2 s"):
            await engine.ready()

    scene(story, Deadlines(load=0.2, first_pause=0.01, starts=1), load=60)


def test_a_child_that_says_why_it_cannot_load_is_not_asked_again():
    async def story(engine):
        with pytest.raises(EngineError, match="no such file"):
            await engine.ready()
        return engine.status()

    status = scene(story, fails="no such file")
    assert (status.state, status.restarts) == ("failed", 0)


def test_files_are_prepared_before_each_start_and_their_progress_is_told():
    prepared, goes_on = [], threading.Event()

    def prepare(report):
        report(0.25, "merging")
        prepared.append(goes_on.wait(SOON))
        return {}

    async def story(engine):
        await until(lambda: engine.status().progress == 0.25)
        assert engine.status().detail == "merging"
        goes_on.set()
        await engine.ready()
        await read(engine.submit([DIE], LIMITS))
        await engine.ready()
        return len(prepared)

    assert play(prepare, story) == 2


def test_files_that_cannot_be_made_are_told_with_the_remedy():
    def prepare(report):
        raise AdapterError("uses DoRA", "train it again")

    async def story(engine):
        with pytest.raises(EngineError, match="uses DoRA\n  train it again"):
            await engine.ready()

    play(prepare, story)


@pytest.mark.parametrize(
    "error", [KeyError("r"), ValueError("half a file"), RuntimeError("a defect"), OSError(28, "full")]
)
def test_whatever_goes_wrong_before_a_child_counts_as_a_failed_attempt(error):
    attempts = []

    def prepare(report):
        attempts.append(1)
        if len(attempts) == 1:
            raise error
        return {}

    async def story(engine):
        await engine.ready()
        return await gather(engine, [[1]], LIMITS), engine.status().restarts

    assert play(prepare, story) == ([Completion((1,), "stop")], 1)


def test_what_always_goes_wrong_is_given_up_and_the_log_says_why(caplog):
    def prepare(report):
        return {}["r"]

    async def story(engine):
        with pytest.raises(EngineError, match=r"could not be started.*\(3 attempts\)"):
            await engine.ready()
        return engine.status().state

    assert play(prepare, story) == "failed"
    assert "KeyError: 'r'" in caplog.text


def test_one_that_served_once_is_tried_until_it_serves_again():
    """A folder that is being copied for longer than the attempts take; QUICK gives up after three."""
    told = iter([{}, *({"fails": "half a file"} for _ in range(6)), {}])

    async def story(engine):
        await engine.ready()
        engine.submit([DIE], LIMITS)
        await until(lambda: engine.status().state == "degraded")
        await engine.ready()
        return await gather(engine, [[1]], LIMITS)

    assert play(lambda report: next(told), story) == [Completion((1,), "stop")]


def test_where_starts_are_not_counted_one_that_never_served_is_tried_until_it_does():
    told = iter([*({"dies": True} for _ in range(6)), {}])

    async def story(engine):
        await engine.ready()
        return await gather(engine, [[1]], LIMITS), engine.status().restarts

    found = play(lambda report: next(told), story, replace(QUICK, starts=0))
    assert found == ([Completion((1,), "stop")], 6)


def test_a_child_that_cannot_load_after_a_loss_is_followed_by_the_next():
    """Each says why, and waits to be ended; a folder that is replaced is whole again a little later."""
    told = iter([{}, {"fails": "half a file"}, {"fails": "half a file"}, {}])

    async def story(engine):
        await engine.ready()
        engine.submit([DIE], LIMITS)
        await until(lambda: engine.status().detail == "half a file")
        assert engine.status().state == "degraded"
        await engine.ready()
        return await gather(engine, [[1]], LIMITS), engine.status().restarts

    assert play(lambda report: next(told), story) == ([Completion((1,), "stop")], 3)


def test_stopping_ends_what_runs_and_leaves_no_process(caplog):
    async def story(engine):
        await engine.ready()
        running = engine.submit([40], LIMITS)
        await engine.stop()
        assert engine.status().state == "stopped"
        await engine.stop()
        return (await read(running))[-1].code, (await read(engine.submit([1], LIMITS)))[-1].code

    assert scene(story, token=0.1) == ("engine_lost", "not_ready")
    assert "process ended" not in caplog.text  # that it ended is no news to anybody


def children():
    """Ids of this process's child processes that run the scripted child."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            line = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue  # it ended meanwhile
        if parent == os.getpid() and b"scripted_child" in line:
            found.append(int(stat.parent.name))
    return found


def test_killed_ten_times_under_load_it_is_back_each_time_and_every_request_ends_once():
    dice = random.Random(0)

    async def person(engine, ends):
        while engine.status().restarts < 10 or engine.status().state != "ready":
            await engine.ready()
            events = await read(engine.submit([dice.randrange(5, 40)], LIMITS))
            ends.append([type(event) for event in events if isinstance(event, Done | Failed)])

    async def story(engine):
        ends = []
        async with asyncio.TaskGroup() as people:
            for _ in range(8):
                people.create_task(person(engine, ends))
            for kill in range(10):
                await engine.ready()
                await asyncio.sleep(dice.uniform(0.01, 0.1))
                (child,) = children()
                os.kill(child, signal.SIGKILL)
                await until(lambda kill=kill: engine.status().restarts > kill)
            await engine.ready()
        return ends, await gather(engine, [[2]], LIMITS), engine.status()

    started = time.monotonic()
    ends, after, status = scene(story, token=0.005)
    assert all(len(end) == 1 for end in ends)
    assert {end[0] for end in ends} == {Done, Failed}
    assert (after, status.restarts, status.running) == ([Completion((2, 1), "stop")], 10, 0)
    assert children() == []
    assert time.monotonic() - started < SOON
