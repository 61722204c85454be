"""What readers think of answers, with a frozen copy of what led to them."""

import asyncio

import pytest

from phi4.server.failures import NotFound, Refusal
from phi4.server.storage import Conversations, FeedbackStore
from tests.server.storage.test_conversations import ME, YOU, talk


def test_feedback_is_kept_with_its_copy_and_the_new_replaces_the_old(in_database):
    async def scene(database):
        store = FeedbackStore(database)
        _, (first, second) = await talk(Conversations(database), "가", "하나", "나", "둘")
        await store.put(ME, second, -1, ["틀림"], "아님", "")
        await store.put(ME, second, 1, [], "", "셋")
        return first, second, await store.everything(), await store.ratings(ME, [first, second])

    _, second, kept, ratings = in_database(scene)
    assert [(one.message_id, one.rating, one.reasons, one.corrected_answer) for one in kept] == [(second, 1, [], "셋")]
    assert [message["content"] for message in kept[0].snapshot["messages"]] == ["가", "하나", "나"]
    assert kept[0].snapshot["answer"] == "둘"
    assert ratings == {second: 1}


def test_two_browsers_that_rate_at_once_are_both_heard(in_database):
    async def scene(database):
        store = FeedbackStore(database)
        _, (answer,) = await talk(Conversations(database), "가", "하나")
        told = [store.put(ME, answer, rating, [], str(number), "") for number, rating in enumerate([1, -1] * 4)]
        ratings = [one.rating for one in await asyncio.gather(*told)]
        return ratings, database.failing, await store.everything()

    ratings, failing, kept = in_database(scene)
    assert (ratings, failing, len(kept)) == ([1, -1] * 4, "", 1)
    assert kept[0].snapshot["answer"] == "하나"


def test_the_copy_is_of_the_first_time_and_so_is_its_date(in_database):
    async def scene(database):
        store = FeedbackStore(database)
        _, (answer,) = await talk(Conversations(database), "가", "하나")
        first = await store.put(ME, answer, 1, [], "", "")
        await asyncio.sleep(0.01)
        return first, await store.put(ME, answer, -1, [], "", "")

    first, second = in_database(scene)
    assert (first.created_at, first.snapshot) == (second.created_at, second.snapshot)
    assert second.updated_at > first.updated_at


def test_only_the_owner_rates_and_only_answers_are_rated(in_database):
    async def scene(database):
        conversations, store = Conversations(database), FeedbackStore(database)
        conversation, (answer,) = await talk(conversations, "가", "하나")
        question = (await conversations.read(ME, conversation))[1][0][0].id
        with pytest.raises(NotFound):
            await store.put(YOU, answer, 1, [], "", "")
        with pytest.raises(Refusal, match="this is a question"):
            await store.put(ME, question, 1, [], "", "")
        await store.put(ME, answer, 1, [], "", "")
        with pytest.raises(NotFound):
            await store.withdraw(YOU, answer)
        await store.withdraw(ME, answer)
        with pytest.raises(NotFound):
            await store.withdraw(ME, answer)

    in_database(scene)


def test_feedback_goes_with_its_conversation(in_database):
    async def scene(database):
        conversations, store = Conversations(database), FeedbackStore(database)
        conversation, (answer,) = await talk(conversations, "가", "하나")
        await store.put(ME, answer, 1, [], "", "")
        await conversations.delete(ME, conversation)
        return await store.everything()

    assert in_database(scene) == []
