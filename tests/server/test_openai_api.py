"""``/v1`` by the official client's own calls."""

import asyncio
import contextlib
import json
from functools import partial

import openai
import pytest

from phi4.chat_format import answer_text
from phi4.engines.scripted import Pace
from tests.server.conftest import ANSWER, until, visitor, wait_for
from tests.server.test_event_stream import LONG

MODEL = "phi-4-reasoning"
ASK = [{"role": "user", "content": "왜 그렇습니까?"}]
REASONING = "1. 하나입니다.\n2. 둘입니다."


@pytest.fixture
def clients():
    with contextlib.ExitStack() as stack:
        yield lambda server, **more: stack.enter_context(
            openai.OpenAI(**{"base_url": f"{server.url}/v1", "api_key": "any", "max_retries": 0, **more})
        )


@pytest.fixture
def official(live, clients):
    return clients(live())


def test_a_completion(official):
    answer = official.chat.completions.create(model=MODEL, messages=ASK)
    assert answer.object == "chat.completion"
    assert answer.id.startswith("msg_")
    assert answer.model == MODEL
    (choice,) = answer.choices
    assert (choice.message.role, choice.message.content, choice.finish_reason) == ("assistant", "답입니다.", "stop")
    assert choice.message.reasoning_content == REASONING
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 10


def test_a_stream_with_its_usage(official):
    options = {"include_usage": True}
    pieces = list(official.chat.completions.create(model=MODEL, messages=ASK, stream=True, stream_options=options))
    deltas = [piece.choices[0].delta for piece in pieces if piece.choices]
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == "답입니다."
    assert "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas) == REASONING
    assert [piece.choices[0].finish_reason for piece in pieces if piece.choices][-1] == "stop"
    assert len({piece.id for piece in pieces}) == 1
    assert pieces[-1].choices == []
    assert pieces[-1].usage.completion_tokens > 5
    assert all(piece.usage is None for piece in pieces[:-1])


def test_a_stream_without_usage_has_none(official):
    pieces = list(official.chat.completions.create(model=MODEL, messages=ASK, stream=True))
    assert all(piece.choices for piece in pieces)
    assert "usage" not in pieces[0].model_fields_set


@pytest.mark.parametrize(("turns", "some"), [(1, False), (41, True)])
def test_old_turns_that_the_model_was_not_shown_are_told_at_the_end(official, turns, some):
    said = [{"role": "assistant" if n % 2 else "user", "content": "가" * 60} for n in range(turns)]
    ask = partial(official.chat.completions.create, model=MODEL, messages=said)
    whole = ask()
    assert (whole.trimmed_turns > 0) is some
    for options in ({}, {"stream_options": {"include_usage": True}}):
        pieces = list(ask(stream=True, **options))
        assert pieces[-1].trimmed_turns == whole.trimmed_turns
        assert "trimmed_turns" not in pieces[0].model_extra
        (last,) = [piece for piece in pieces if piece.choices and piece.choices[0].finish_reason]
        assert last.trimmed_turns == whole.trimmed_turns


def test_the_clients_own_stream_helper(official):
    with official.chat.completions.stream(model=MODEL, messages=ASK) as stream:
        assert [event.type for event in stream][-1] == "content.done"
        final = stream.get_final_completion()
    assert final.choices[0].message.content == "답입니다."


def test_the_asynchronous_client(live):
    server = live()

    async def ask():
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="any") as client:
            whole = await client.chat.completions.create(model=MODEL, messages=ASK)
            stream = await client.chat.completions.create(model=MODEL, messages=ASK, stream=True)
            return whole, [piece async for piece in stream]

    whole, pieces = asyncio.run(ask())
    assert whole.choices[0].message.content == "답입니다."
    assert pieces[-1].choices[0].finish_reason == "stop"


def test_a_raw_stream_ends_with_done(official):
    with official.chat.completions.with_streaming_response.create(model=MODEL, messages=ASK, stream=True) as answer:
        lines = [line for line in answer.iter_lines() if line]
    assert lines[-1] == "data: [DONE]"


def test_models_are_the_adapters_with_their_base(official):
    (card,) = official.models.list()
    assert (card.id, card.object, card.parent) == (MODEL, "model", "base-a")
    assert official.models.retrieve(MODEL).id == MODEL
    with pytest.raises(openai.NotFoundError):
        official.models.retrieve("gpt-4o")


def test_content_in_parts_names_and_earlier_reasoning_are_understood(official, engine):
    turns = [
        {"role": "user", "content": [{"type": "text", "text": "하나 "}, {"type": "text", "text": "둘"}], "name": "kim"},
        {"role": "assistant", "content": "셋", "reasoning_content": "비밀 생각"},
        {"role": "user", "content": "넷"},
    ]
    official.chat.completions.create(model=MODEL, messages=turns)
    assert "하나 둘<|im_end|>" in engine.prompts[0]
    assert "비밀 생각" not in engine.prompts[0]


def test_sampling_reaches_the_engine(official, engine):
    official.chat.completions.create(
        model=MODEL, messages=ASK, temperature=0.5, top_p=0.5, seed=7, max_completion_tokens=9, n=1, user="u"
    )
    limits = engine.asked[0][1]
    assert (limits.temperature, limits.top_p, limits.seed, limits.max_tokens) == (0.5, 0.5, 7, 9)


def test_max_tokens_ends_with_length(official):
    answer = official.chat.completions.create(model=MODEL, messages=ASK, max_tokens=3)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 3


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"n": 2}, "n"),
        ({"stop": ["가"]}, "stop"),
        ({"tools": []}, "tools"),
        ({"logprobs": True}, "logprobs"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"presence_penalty": 0.5}, "presence_penalty"),
        ({"frequency_penalty": -1}, "frequency_penalty"),
        ({"logit_bias": {"1": 2}}, "logit_bias"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"extra_body": {"n_predict": 5}}, "n_predict"),
        ({"extra_body": {"lora": []}}, "lora"),
        ({"temperature": 3}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"seed": 2**70}, "seed"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"stream_options": {"include_usage": True}}, "stream"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "system", "content": "너는 해커다"}, *ASK]}, "role"),
        ({"messages": [{"role": "developer", "content": "너는 해커다"}, *ASK]}, "role"),
        ({"messages": [{"role": "user", "content": None}]}, "content"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x"}}]}]},
            "content",
        ),
    ],
)
def test_what_would_be_ignored_is_refused_by_name(official, engine, more, param):
    with pytest.raises(openai.BadRequestError) as caught:
        official.chat.completions.create(**{"model": MODEL, "messages": ASK, **more})
    assert param in f"{caught.value.param} {caught.value.message}"
    assert caught.value.type == "invalid_request_error"
    assert engine.asked == []


def test_another_model_is_not_found(official):
    with pytest.raises(openai.NotFoundError) as caught:
        official.chat.completions.create(model="../../etc/passwd", messages=ASK)
    assert caught.value.code == "model_not_found"


def test_a_wrong_key_is_an_authentication_error(live, clients):
    server = live(api_keys="right")
    with pytest.raises(openai.AuthenticationError):
        clients(server, api_key="wrong").models.list()
    assert list(clients(server, api_key="right").models.list())


def test_over_ones_share_is_a_rate_limit_and_the_client_comes_back_by_itself(live, clients, engine):
    server = live(max_per_client=1)
    engine.text, engine.pace = LONG, Pace(token=0.02)
    impatient = clients(server)
    with impatient.chat.completions.create(model=MODEL, messages=ASK, stream=True, max_tokens=100) as first:
        next(iter(first))
        with pytest.raises(openai.RateLimitError) as caught:
            impatient.chat.completions.create(model=MODEL, messages=ASK)
        assert int(caught.value.response.headers["retry-after"]) >= 1
        answer = clients(server, max_retries=5).chat.completions.create(model=MODEL, messages=ASK, max_tokens=2)
    assert answer.usage.completion_tokens == 2


def test_a_client_that_leaves_its_stream_frees_the_slot(live, clients, engine):
    server = live()
    engine.text, engine.pace = LONG, Pace(token=0.05)
    with clients(server).chat.completions.create(model=MODEL, messages=ASK, stream=True) as stream:
        next(iter(stream))
    assert until(lambda: server.queue["running"] == 0) < 1.0


def test_an_engine_that_is_lost_in_a_stream_is_an_error_of_the_client(live, clients, engine):
    server = live()
    engine.text, engine.pace = LONG, Pace(token=0.02)
    pieces = iter(clients(server).chat.completions.create(model=MODEL, messages=ASK, stream=True))
    next(pieces)
    server.on_loop(engine.lose)
    with pytest.raises(openai.APIError) as caught:
        list(pieces)
    assert caught.value.code == "engine_lost"
    assert "process ended" in caught.value.message


def test_a_loading_model_is_a_503_that_says_when_to_come_back(make_app, engine):
    engine.held = True
    with visitor(make_app()) as client:
        answer = client.post("/v1/chat/completions", json={"model": MODEL, "messages": ASK})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        engine.held = False
        wait_for(client, "ready")


def test_reasoning_that_was_told_as_content_is_not_told_twice(live, clients, engine):
    """Text before a lone ``</think>`` goes out as content; a stream cannot take it back."""
    engine.text = ANSWER.removeprefix("<think>\n")
    official = clients(live())
    whole = official.chat.completions.create(model=MODEL, messages=ASK)
    assert (whole.choices[0].message.content, whole.choices[0].message.reasoning_content) == ("답입니다.", REASONING)
    pieces = official.chat.completions.create(model=MODEL, messages=ASK, stream=True)
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces)
    assert text.count("하나입니다.") == 1
    assert text.endswith("답입니다.")


def test_nothing_of_it_is_kept(live, clients, tmp_path, engine):
    engine.text = answer_text(["생각"], "남으면 안 되는 답")
    clients(live()).chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "남으면 안 되는 질문"}])
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("chats.sqlite*"))
    assert "남으면 안 되는".encode() not in stored


def test_the_last_event_of_a_broken_off_answer_is_json(live, engine):
    import httpx

    server = live()
    engine.text, engine.pace = LONG, Pace(token=0.02)
    with httpx.stream(
        "POST", f"{server.url}/v1/chat/completions", json={"model": MODEL, "messages": ASK, "stream": True}
    ) as told:
        data = []
        for line in told.iter_lines():
            if line.startswith("data: "):
                data.append(line.removeprefix("data: "))
            if len(data) == 3:
                server.on_loop(engine.lose)
    assert json.loads(data[-1])["error"]["code"] == "engine_lost"
