"""The fake engine keeps the limits that a real one keeps."""

import asyncio

import pytest

from phi4.engines.protocol import Completion, Limits, Piece, PromptProgress, Usage
from phi4.engines.scripted import Pace, ScriptedEngine, ScriptedStream
from phi4.errors import EngineError

END = 0
LIMITS = Limits(max_tokens=3, end_id=END)


def test_an_answer_ends_before_the_end_token():
    engine = ScriptedEngine(lambda prompt, tuned: [5, 6, END, 7])
    assert engine.generate([[1]], LIMITS) == [Completion((5, 6), "stop")]


def test_an_answer_without_an_end_is_cut():
    engine = ScriptedEngine(lambda prompt, tuned: [5, 6, 7, 8])
    assert engine.generate([[1]], LIMITS) == [Completion((5, 6, 7), "length")]


def test_an_end_token_beyond_the_limit_does_not_count():
    engine = ScriptedEngine(lambda prompt, tuned: [5, 6, 7, END])
    assert engine.generate([[1]], LIMITS) == [Completion((5, 6, 7), "length")]


def test_each_prompt_gets_its_own_answer_with_and_without_the_adapter():
    engine = ScriptedEngine(lambda prompt, tuned: [prompt[0] + (10 if tuned else 20), END])
    assert [done.tokens for done in engine.generate([[1], [2]], LIMITS)] == [(11,), (12,)]
    assert engine.generate([[1]], LIMITS, tuned=False)[0].tokens == (21,)


def test_it_remembers_what_it_was_asked_and_that_it_was_closed():
    engine = ScriptedEngine(lambda prompt, tuned: [END])
    engine.generate([[1, 2]], LIMITS, tuned=False)
    assert engine.asked == [((1, 2), LIMITS, False)]
    assert not engine.closed
    engine.close()
    assert engine.closed


def letters(ids):
    return "".join(chr(96 + token) for token in ids)


def counting(prompt, tuned):
    return [1, 2, 3, 4, END]


def scene(story, script=counting, **made):
    """Run ``story(engine)`` with a scripted stream that is ready."""

    async def run():
        engine = ScriptedStream(script, letters, **made)
        await engine.start()
        await engine.ready()
        try:
            return await story(engine)
        finally:
            await engine.stop()

    return asyncio.run(run())


async def read(generation):
    return [event async for event in generation]


def text_of(events):
    return "".join(event.text for event in events if isinstance(event, Piece))


def test_a_stream_tells_the_prompt_then_pieces_then_its_end():
    events = scene(lambda engine: read(engine.submit([9] * 8, Limits(10, END))))
    assert [event.done for event in events if isinstance(event, PromptProgress)] == [2, 4, 6, 8]
    assert text_of(events) == "abcd"
    assert (events[-1].finish_reason, events[-1].usage) == ("stop", Usage(8, 4))


def test_a_stream_is_cut_at_its_limit():
    events = scene(lambda engine: read(engine.submit([9], Limits(2, END))))
    assert (text_of(events), events[-1].finish_reason) == ("ab", "length")


def test_half_a_character_is_held_back():
    whole = "가".encode()

    async def story(engine):
        engine._decode = lambda ids: whole[: len(ids)].decode(errors="replace")
        return await read(engine.submit([9], Limits(3, END)))

    pieces = [event for event in scene(story) if isinstance(event, Piece)]
    assert pieces == [Piece("가", (1, 2, 3))]


def test_more_requests_than_slots_wait_their_turn():
    async def story(engine):
        asked = [engine.submit([9], Limits(4, END)) for _ in range(5)]
        running = engine.status().running
        return running, [text_of(await read(one)) for one in asked]

    assert scene(story, slots=2) == (5, ["abcd"] * 5)


def test_a_cancelled_stream_ends_and_frees_its_slot():
    async def story(engine):
        engine.pace.token = 60
        generation = engine.submit([9], Limits(4, END))
        await asyncio.sleep(0)
        generation.cancel()
        events = await read(generation)
        engine.pace.token = 0
        return events[-1].finish_reason, engine.cancelled, text_of(await read(engine.submit([9], Limits(4, END))))

    assert scene(story, slots=1) == ("cancelled", 1, "abcd")


def test_a_lost_child_fails_what_runs_and_comes_back():
    async def story(engine):
        engine.pace.token = 60
        generation = engine.submit([9], Limits(4, END))
        engine.lose()
        state = engine.status().state
        late = await read(engine.submit([9], Limits(4, END)))
        await engine.ready()
        return (await read(generation))[-1], state, late, engine.status().restarts

    lost, state, late, restarts = scene(story)
    assert (lost.code, state, late[-1].code, restarts) == ("engine_lost", "degraded", "not_ready", 1)


def test_a_frozen_engine_goes_on_when_it_thaws():
    async def story(engine):
        engine.freeze()
        generation = engine.submit([9], Limits(4, END))
        await asyncio.sleep(0.01)
        waiting = engine.status().running
        engine.thaw()
        return waiting, text_of(await read(generation))

    assert scene(story) == (1, "abcd")


def test_what_does_not_fit_and_what_the_script_refuses_are_failures():
    def refusing(prompt, tuned):
        raise EngineError("not this one")

    async def story(engine):
        return [(await read(engine.submit([9] * many, Limits(4, END))))[-1].code for many in (7, 4)]

    assert scene(story, refusing, context=10) == ["context_length", "refused"]


def test_a_model_that_cannot_load_is_told():
    async def story():
        engine = ScriptedStream(counting, letters, refuse_load="no such file", pace=Pace(load=0.01))
        await engine.start()
        assert engine.status().state == "loading"
        with pytest.raises(EngineError, match="no such file"):
            await engine.ready()
        return engine.status()

    status = asyncio.run(story())
    assert (status.state, status.detail) == ("failed", "no such file")
