"""The log of an answer: readers come, go and come back."""

import asyncio

import pytest

from phi4.server import answers as module
from phi4.server.answers import Answer, AnswerEvent, merged


async def read(answer, seen=0):
    return [event async for batch in answer.follow(seen) for event in batch]


def test_a_late_reader_gets_everything_and_a_returning_one_the_rest():
    async def scene():
        answer = Answer("me")
        early = asyncio.create_task(read(answer))
        for kind, data in (("start", {}), ("content", {"delta": "가"}), ("content", {"delta": "나"}), ("done", {})):
            answer.tell(kind, data)
            await asyncio.sleep(0)
        return await early, await read(answer), await read(answer, 3), await read(answer, 4)

    early, late, rest, nothing = asyncio.run(scene())
    assert [(event.seq, event.kind) for event in early] == [(1, "start"), (2, "content"), (3, "content"), (4, "done")]
    assert [(event.seq, event.data) for event in late] == [(1, {}), (3, {"delta": "가나"}), (4, {})]
    assert [event.seq for event in rest] == [4]
    assert nothing == []


def test_nothing_is_told_after_the_end():
    answer = Answer("me")
    answer.tell("done", {})
    answer.tell("error", {})
    assert answer.end.kind == "done"


def test_silence_is_told_as_an_empty_batch():
    async def scene():
        answer = Answer("me")
        async for batch in answer.follow(pause=0.01):
            return batch
        return None

    assert asyncio.run(scene()) == []


def test_what_takes_content_back_is_not_merged_into_other_deltas():
    told = [
        AnswerEvent(1, "reasoning", {"delta": "가"}),
        AnswerEvent(2, "reasoning", {"delta": "나", "replaces_content": True}),
        AnswerEvent(3, "reasoning", {"delta": "다"}),
    ]
    assert [event.data["delta"] for event in merged(told)] == ["가", "나다"]
    assert merged(told)[1].data["replaces_content"]


@pytest.mark.parametrize(("resumable", "stops"), [(False, 1), (True, 0)])
def test_the_last_reader_that_goes_stops_the_model_unless_it_may_come_back(resumable, stops):
    async def scene():
        answer, stopped = Answer("me", resumable), []
        answer.on_stop = lambda: stopped.append(1)
        answer.attach()
        answer.attach()
        answer.detach()
        assert stopped == []
        answer.detach()
        return len(stopped)

    assert asyncio.run(scene()) == stops


def test_patience_with_a_lost_reader_ends(monkeypatch):
    monkeypatch.setattr(module, "RESUME_SECONDS", 0.02)

    async def scene():
        answer, stopped = Answer("me", resumable=True), asyncio.Event()
        answer.on_stop = stopped.set
        answer.attach()
        answer.detach()
        answer.attach()
        await asyncio.sleep(0.05)
        assert not stopped.is_set(), "it came back"
        answer.detach()
        await asyncio.wait_for(stopped.wait(), 1)

    asyncio.run(scene())
