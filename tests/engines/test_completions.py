"""An engine elsewhere, seen through the link: streams, refusals, its death and its return."""

import asyncio
import base64

import pytest

from phi4.engines.completions import CONTEXT, specification
from phi4.engines.generation import gather
from phi4.engines.protocol import Description, Failed, Limits, Piece
from phi4.engines.supervised import Deadlines, Launch, SupervisedEngine
from phi4.errors import EngineError
from tests.engines.fake_vllm import ABORTED, BROKEN, FULL, LONG, SILENT, Handler, PortServer

DESCRIPTION = Description("openai", "base", "adapter", slots=8, context=0)
QUICK = Deadlines(load=20, first_pause=0.01)
LIMITS = Limits(max_tokens=50, end_id=0)


@pytest.fixture
def server():
    made = PortServer(("127.0.0.1", 0), Handler).prepare(("adapter", "base"), ("base", None)).begin()
    yield made
    made.end()


def scene(url, story, deadlines=QUICK, **more):
    async def run():
        told = specification(url, "adapter", **more)
        launch = Launch("phi4.engines.completions", lambda report: told, DESCRIPTION, deadlines)
        engine = SupervisedEngine(launch)
        await engine.start()
        try:
            async with asyncio.timeout(30):
                return await story(engine)
        finally:
            await engine.stop()

    return asyncio.run(run())


async def read(generation):
    return [event async for event in generation]


async def ask(engine, prompt, tuned=True):
    await engine.ready()
    return await read(engine.submit(prompt, LIMITS, tuned))


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/"])
def test_token_ids_go_out_and_text_comes_back(server, end):
    events = scene(server.url + end, lambda engine: ask(engine, [2, 7]))
    assert events[:-1] == [Piece("2가 "), Piece("1가 ")]
    done = events[-1]
    assert (done.finish_reason, done.usage.completion_tokens, done.usage.cached_tokens) == ("stop", 3, 1)
    (sent,) = server.asked
    assert (sent["model"], sent["prompt"], sent["stream"]) == ("adapter", [2, 7], True)
    assert set(sent) == {
        *("model", "prompt", "max_tokens", "temperature", "top_p", "seed", "stream", "stream_options"),
    }


def test_the_base_is_asked_by_its_own_name(server):
    scene(server.url, lambda engine: ask(engine, [2], tuned=False))
    assert server.asked[0]["model"] == "base"


def test_an_engine_with_one_model_is_taken_for_the_tuned_one(server):
    server.prepare(("anything", None))

    async def story(engine):
        return (await ask(engine, [1]))[-1], (await ask(engine, [1], tuned=False))[-1], engine.description.context

    done, base, context = scene(server.url, story)
    assert (done.finish_reason, context) == ("stop", 100)
    assert base == Failed("refused", "this engine serves the tuned model only")


def test_an_engine_that_does_not_say_how_much_it_holds_is_taken_for_one_of_ours(server):
    for model in server.models:
        del model["max_model_len"]

    async def story(engine):
        await engine.ready()
        return engine.description.context, (await read(engine.submit([1] * CONTEXT, LIMITS)))[-1].code

    assert scene(server.url, story) == (4096, "context_length")
    assert server.asked == []


def test_an_engine_without_our_model_is_not_asked_for_another(server):
    server.prepare(("other", None), ("another", None))
    with pytest.raises(EngineError, match="not ready after 2 s"):
        scene(server.url, lambda engine: ask(engine, [1]), Deadlines(load=2, starts=1))
    assert server.asked == []


def test_a_key_goes_along(server):
    server.key = "Bearer secret"
    assert scene(server.url, lambda engine: ask(engine, [1]), key="secret")[-1].finish_reason == "stop"


def with_login(server):
    return server.url.replace("//", "//user:p%40ss@")


def test_a_login_in_the_address_goes_along(server):
    server.key = "Basic " + base64.b64encode(b"user:p@ss").decode()
    assert scene(with_login(server), lambda engine: ask(engine, [1]))[-1].finish_reason == "stop"


def test_strangers_learn_nothing_of_an_engine_that_does_not_answer(server, caplog):
    """The status tells them that it is waited for; the log tells the operator all but the password."""
    server.gone = True

    async def story(engine):
        while not engine.status().detail:
            await asyncio.sleep(0.01)
        return engine.status().detail

    assert scene(with_login(server), story) == "waiting for the engine; the log says why"
    assert f"'{server.url}' does not serve models" in caplog.text
    assert "p%40ss" not in caplog.text
    assert "p@ss" not in caplog.text


def test_strangers_learn_nothing_of_what_happened_inside_the_engine(server, caplog):
    lost = scene(server.url, lambda engine: ask(engine, [BROKEN]))[-1]
    assert lost == Failed("engine_lost", "the engine was lost; the log says why")
    assert "CUDA error" in caplog.text


def test_what_is_no_address_is_refused_without_its_password():
    with pytest.raises(EngineError, match="'http://\\[a' is no address"):
        specification("http://user:secret@[a", "x")


@pytest.mark.parametrize(
    ("prompt", "code"),
    [(LONG, "context_length"), (FULL, "not_ready"), (ABORTED, "engine_lost"), (BROKEN, "engine_lost")],
)
def test_what_the_engine_cannot_is_told_in_our_words_and_the_next_request_is_answered(server, prompt, code):
    async def story(engine):
        return (await ask(engine, [prompt]))[-1].code, (await ask(engine, [1]))[-1].finish_reason

    assert scene(server.url, story) == (code, "stop")


def test_cancel_hangs_up_while_the_engine_is_silent(server):
    async def story(engine):
        await engine.ready()
        generation = engine.submit([SILENT], LIMITS)
        while not server.asked:
            await asyncio.sleep(0.01)
        generation.cancel()
        while not server.hung_up:
            await asyncio.sleep(0.01)
        return (await read(generation))[-1].finish_reason

    assert scene(server.url, story) == "cancelled"


def test_many_streams_at_once(server):
    async def story(engine):
        await engine.ready()
        return await asyncio.gather(*(ask(engine, [number]) for number in range(1, 20)))

    for number, events in enumerate(scene(server.url, story), start=1):
        assert "".join(event.text for event in events[:-1]) == "".join(f"{n}가 " for n in range(number, 0, -1))


def test_without_ids_a_batch_is_refused(server):
    async def story(engine):
        await engine.ready()
        await gather(engine, [[2]], LIMITS)

    with pytest.raises(EngineError, match="does not tell its token ids"):
        scene(server.url, story)


def test_an_engine_that_goes_away_is_waited_for(server):
    async def story(engine):
        await engine.ready()
        server.gone = True
        lost = (await read(engine.submit([3], LIMITS)))[-1]
        while engine.status().state == "ready":
            await asyncio.sleep(0.01)
        state, server.gone = engine.status().state, False
        return lost.code, state, (await ask(engine, [1]))[-1].finish_reason

    assert scene(server.url, story) == ("engine_lost", "degraded", "stop")


def test_the_child_is_told_an_address_without_its_end():
    assert specification("http://a/v1/", "x")["url"] == "http://a"
