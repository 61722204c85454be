"""Conversations as trees of turns that belong to one owner, on SQLite and on PostgreSQL."""

import uuid

import pytest

from phi4.records import Message
from phi4.server.failures import NotFound, Refusal
from phi4.server.storage import Conversations, begin
from phi4.server.storage import conversations as module

ME, YOU = "a" * 64, "b" * 64


def said(text, role="user"):
    return Message(role=role, content=text)


def new_id():
    return f"msg_{uuid.uuid4().hex}"


async def talk(store, *texts, owner=ME):
    """A conversation of questions and answers by turns; returns its id and the ids of its answers."""
    answers = []
    asked = begin([said(texts[0])])
    await store.keep(owner, asked)
    for place, text in enumerate(texts[1:], 1):
        if place % 2:
            answers.append(new_id())
            assert await store.answered(asked, answers[-1], text, "", {"finish_reason": "stop"})
        else:
            asked = await store.ask(owner, asked.conversation_id, said(text))
    return asked.conversation_id, answers


def contents(turns):
    return [turn.content for turn, _ in turns]


def test_what_was_said_is_there_again_with_what_came_before(in_database):
    async def scene(database):
        store = Conversations(database)
        conversation, _ = await talk(store, "가", "나", "다", "라 🎈 𠮷")
        asked = await store.ask(ME, conversation, said("마"))
        head, turns = await store.read(ME, conversation)
        return asked.messages, head.title, contents(turns)

    messages, title, turns = in_database(scene)
    assert [message.content for message in messages] == ["가", "나", "다", "라 🎈 𠮷", "마"]
    assert title == "가"
    assert turns == ["가", "나", "다", "라 🎈 𠮷", "마"]


def test_nobody_elses_conversation_is_found_by_any_way(in_database):
    async def scene(database):
        store = Conversations(database)
        conversation, (answer,) = await talk(store, "가", "나")
        for trial in (
            store.read(YOU, conversation),
            store.ask(YOU, conversation, said("다")),
            store.ask_again(YOU, answer),
            store.holder(YOU, answer),
            store.change(YOU, conversation, "내 것", None),
            store.delete(YOU, conversation),
            store.read(ME, "conv_" + "0" * 32),
        ):
            with pytest.raises(NotFound):
                await trial
        assert await store.delete(YOU, None) == 0
        assert await store.listing(YOU, "", 50, 0) == []
        return contents((await store.read(ME, conversation))[1])

    assert in_database(scene) == ["가", "나"]


def test_an_answer_asked_for_again_is_a_sibling_and_either_can_be_shown(in_database):
    async def scene(database):
        store = Conversations(database)
        conversation, (first, later) = await talk(store, "가", "하나", "나", "다")
        again = await store.ask_again(ME, first)
        second = new_id()
        await store.answered(again, second, "둘", "", {})
        _, shown = await store.read(ME, conversation)
        await store.change(ME, conversation, None, first)
        _, old = await store.read(ME, conversation)
        return list(contents(shown)), shown[1][1] == [first, second], contents(old), old[-1][0].id == later

    assert in_database(scene) == (["가", "둘"], True, ["가", "하나", "나", "다"], True)


def test_an_edited_question_is_a_sibling_too(in_database):
    async def scene(database):
        store = Conversations(database)
        conversation, (_, second) = await talk(store, "가", "하나", "나", "둘")
        edited = await store.ask_again(ME, second, "나가 아니라 다")
        await store.answered(edited, new_id(), "셋", "", {})
        _, turns = await store.read(ME, conversation)
        return [message.content for message in edited.messages], contents(turns), [len(of) for _, of in turns]

    messages, turns, siblings = in_database(scene)
    assert messages == ["가", "하나", "나가 아니라 다"]
    assert turns == ["가", "하나", "나가 아니라 다", "셋"]
    assert siblings == [1, 1, 2, 1]


def test_the_list_is_newest_first_and_is_searched_in_titles_and_texts(in_database):
    async def scene(database):
        store = Conversations(database)
        first, _ = await talk(store, "아스피린은?", "COX를 억제합니다.")
        second, _ = await talk(store, "100%입니까?", "예.")
        await store.ask(ME, first, said("그리고?"))
        await store.change(ME, second, "제목", None)

        async def found(words):
            return [one.id for one in await store.listing(ME, words, 50, 0)]

        pages = [[one.id for one in await store.listing(ME, "", 1, offset)] for offset in (0, 1, 2)]
        return first, second, await found(""), [await found(w) for w in ("cox", "%", "제목", "_", "'; --")], pages

    first, second, everything, searched, pages = in_database(scene)
    assert set(everything) == {first, second}
    assert searched == [[first], [second], [second], [], []]
    assert pages == [[everything[0]], [everything[1]], []]


def test_deleting_takes_every_turn(in_database):
    async def scene(database):
        store = Conversations(database)
        conversation, (answer,) = await talk(store, "가", "나")
        await talk(store, "다", "라")
        await talk(store, "남의 것", "라", owner=YOU)
        assert await store.delete(ME, conversation) == 1
        with pytest.raises(NotFound):
            await store.holder(ME, answer)
        assert await store.delete(ME, None) == 1
        return len(await store.listing(ME, "", 50, 0)), len(await store.listing(YOU, "", 50, 0))

    assert in_database(scene) == (0, 1)


def test_an_answer_to_a_deleted_conversation_is_not_kept(in_database):
    async def scene(database):
        store = Conversations(database)
        asked = begin([said("가")])
        await store.keep(ME, asked)
        await store.delete(ME, asked.conversation_id)
        return await store.answered(asked, new_id(), "나", "", {})

    assert in_database(scene) is False


def test_a_clock_that_is_put_back_does_not_change_the_order(in_database, monkeypatch):
    times = iter([9000, 5000, 3000, 1000, 500, 400, 300, 200, 100])

    async def scene(database):
        store = Conversations(database)
        monkeypatch.setattr(module, "now_ms", lambda: next(times))
        conversation, (first,) = await talk(store, "가", "하나")
        again = await store.ask_again(ME, first)
        await store.answered(again, new_id(), "둘", "", {})
        await store.change(ME, conversation, None, again.question_id)
        return contents((await store.read(ME, conversation))[1])

    assert in_database(scene) == ["가", "둘"]  # the newest branch


def test_a_conversation_does_not_grow_without_end(in_database, monkeypatch):
    monkeypatch.setattr(module, "MAX_TURNS", 4)

    async def scene(database):
        store = Conversations(database)
        conversation, _ = await talk(store, "가", "나", "다", "라")
        with pytest.raises(Refusal, match="begin a new one"):
            await store.ask(ME, conversation, said("마"))

    in_database(scene)
