"""A request ends exactly once, whatever the engine and the caller do at the same time."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.engines.generation import EventQueue, gather
from phi4.engines.protocol import Completion, Done, Failed, Limits, Piece, PromptProgress, Usage
from phi4.engines.scripted import ScriptedStream
from phi4.errors import EngineError

END = 0
LIMITS = Limits(max_tokens=3, end_id=END)


def letters(ids):
    return "".join(chr(96 + token) for token in ids)


async def read(generation):
    return [event async for event in generation]


def read_now(queue):
    return asyncio.run(read(queue))


def test_events_come_in_their_order_and_the_end_last():
    queue = EventQueue(7, lambda: None)
    queue.progress(7, 7)
    queue.piece("안", [5])
    queue.piece("녕", [6, 7])
    queue.done("stop")
    first, second, third, end = read_now(queue)
    assert (first, second, third) == (PromptProgress(7, 7), Piece("안", (5,)), Piece("녕", (6, 7)))
    assert (end.finish_reason, end.usage) == ("stop", Usage(7, 3))
    assert 0 <= end.timings.first_token_ms <= end.timings.total_ms


def test_what_the_engine_had_cached_is_told():
    queue = EventQueue(7, lambda: None)
    queue.done("length", 5)
    assert read_now(queue)[0].usage == Usage(7, 0, cached_tokens=5)
    assert queue.ended


def test_tokens_without_ids_are_counted():
    queue = EventQueue(1, lambda: None)
    queue.piece("안녕", tokens=2)
    queue.piece("", ())  # nothing is no piece
    queue.done("stop")
    piece, end = read_now(queue)
    assert (piece, piece.tokens, end.usage.completion_tokens) == (Piece("안녕"), 2, 2)


def test_a_request_without_a_token_has_no_first_token():
    queue = EventQueue(1, lambda: None)
    queue.done("stop")
    assert read_now(queue)[0].timings.first_token_ms is None


def test_cancel_ends_it_and_tells_the_engine_once():
    told = []
    queue = EventQueue(1, lambda: told.append(1))
    queue.piece("a", [1])
    queue.cancel()
    queue.cancel()
    assert [type(event) for event in read_now(queue)] == [Piece, Done]
    assert told == [1]


def test_an_end_that_was_reached_is_not_cancelled():
    told = []
    queue = EventQueue(1, lambda: told.append(1))
    queue.done("stop")
    queue.cancel()
    assert (read_now(queue)[0].finish_reason, told) == ("stop", [])


@given(st.lists(st.sampled_from(["progress", "piece", "done", "fail", "cancel"])))
def test_any_order_of_words_gives_exactly_one_end(words):
    queue = EventQueue(1, lambda: None)
    for word in [*words, "done"]:
        {
            "progress": lambda: queue.progress(1, 1),
            "piece": lambda: queue.piece("a", [1]),
            "done": lambda: queue.done("stop"),
            "fail": lambda: queue.fail("engine_lost", "gone"),
            "cancel": queue.cancel,
        }[word]()
    events = read_now(queue)
    assert isinstance(events[-1], Done | Failed)
    assert not any(isinstance(event, Done | Failed) for event in events[:-1])
    assert queue._events.empty()


def test_gather_makes_a_batch_of_a_streaming_engine():
    async def scene():
        engine = ScriptedStream(lambda prompt, tuned: [prompt[0] + (1 if tuned else 2), END], letters)
        await engine.start()
        await engine.ready()
        tuned = await gather(engine, [[1], [5]], LIMITS)
        base = await gather(engine, [[1]], LIMITS, tuned=False)
        return tuned, base

    tuned, base = asyncio.run(scene())
    assert tuned == [Completion((2,), "stop"), Completion((6,), "stop")]
    assert base == [Completion((3,), "stop")]


def test_gather_says_what_went_wrong():
    async def scene():
        engine = ScriptedStream(lambda prompt, tuned: [END], letters)
        await gather(engine, [[1]], LIMITS)

    with pytest.raises(EngineError, match="the engine is starting"):
        asyncio.run(scene())
