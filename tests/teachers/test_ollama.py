"""The Ollama teacher: checked before the first request, and asked with its context."""

import json

import pytest

from phi4.errors import TeacherFailed, TeacherRefused, TeacherUnavailable
from phi4.records import Message
from phi4.teachers.ollama import check_ollama, open_ollama
from phi4.teachers.protocol import Sampling

SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
SAMPLING = Sampling(temperature=0.25, max_tokens=64, seed=7)
TURNS = [Message(role="user", content="왜?")]
TAGS = json.dumps({"models": [{"name": "qwen2.5:7b"}, {"name": "tiny:latest"}]})


DIGEST = "845dbda0ea48"


def chat_line(text='{"answer": "예"}', done_reason="stop", read=11):
    return json.dumps(
        {
            "model": "tiny",
            "created_at": "2025-01-01T00:00:00Z",
            "message": {"role": "assistant", "content": text},
            "done": True,
            "done_reason": done_reason,
            "prompt_eval_count": read,
            "eval_count": 5,
        }
    )


def ollama(serve, status, text):
    """A server with two models whose chat answers like that, and a teacher that asks it."""
    server = serve(lambda path: (200, TAGS) if path == "/api/tags" else (status, text))
    return server, open_ollama("ollama:tiny", "tiny", server.url, context=2048, timeout=0.3)


@pytest.mark.parametrize("model", ["qwen2.5:7b", "tiny", "tiny:latest"])
def test_a_model_that_is_there_passes_the_check(model, serve):
    server = serve(lambda path: (200, TAGS))
    assert check_ollama(server.url + "/", model) == ""
    assert server.paths == ["/api/tags"]


@pytest.mark.parametrize("model", ["tiny", "tiny:latest"])
def test_a_model_is_known_by_its_digest_where_the_server_tells_one(model, serve):
    tags = json.dumps({"models": [{"name": "other:1", "digest": "0"}, {"name": "tiny:latest", "digest": DIGEST}]})
    server = serve(lambda path: (200, tags))
    teacher = open_ollama(f"ollama:{model}", model, server.url, context=2048, timeout=0.3)
    assert (teacher.name, teacher.identity) == (f"ollama:{model}", f"ollama:tiny:latest@{DIGEST}")


def test_a_model_without_a_digest_is_known_by_its_name(serve):
    _, teacher = ollama(serve, 200, chat_line())
    assert teacher.identity == "ollama:tiny"


def test_a_server_that_is_down_is_told_in_the_manuals_words_with_its_three_remedies(closed_url):
    with pytest.raises(TeacherUnavailable) as caught:
        check_ollama(closed_url, "tiny")
    assert caught.value.message.startswith(f"ConnectionError: Failed to connect to Ollama at {closed_url}")
    hints = caught.value.hint.splitlines()
    assert len(hints) == 3
    for hint, remedy in zip(hints, ("curl", "ollama serve", "--profile cpu"), strict=True):
        assert remedy in hint


@pytest.mark.parametrize(
    ("status", "text"),
    [(200, "<html>router</html>"), (200, "[]"), (200, "{}"), (200, '{"models": [1]}'), (500, TAGS), (404, "")],
)
def test_something_else_at_the_address_is_no_ollama(status, text, serve):
    server = serve(lambda path: (status, text))
    with pytest.raises(TeacherUnavailable, match="Failed to connect to Ollama"):
        check_ollama(server.url, "tiny")


@pytest.mark.parametrize("url", ["", "localhost", "http://", "no address"])
def test_an_address_that_is_none_is_told_like_a_server_that_is_down(url):
    with pytest.raises(TeacherUnavailable, match="Failed to connect to Ollama"):
        check_ollama(url, "tiny")


def test_a_model_that_was_not_pulled_is_told_with_the_words_that_pull_it(serve):
    server = serve(lambda path: (200, TAGS))
    with pytest.raises(TeacherUnavailable) as caught:
        check_ollama(server.url, "qwen2.5:14b")
    assert "'qwen2.5:14b'" in caught.value.message
    assert "qwen2.5:7b, tiny:latest" in caught.value.message
    assert caught.value.hint == "type: ollama pull qwen2.5:14b"


def test_an_answer_comes_with_its_token_counts(serve):
    _, teacher = ollama(serve, 200, chat_line())
    answer = teacher.ask(TURNS, SCHEMA, SAMPLING)
    assert (answer.text, answer.finish_reason) == ('{"answer": "예"}', "stop")
    assert (answer.prompt_tokens, answer.completion_tokens) == (11, 5)


def test_a_request_holds_context_schema_and_sampling(serve):
    server, teacher = ollama(serve, 200, chat_line())
    teacher.ask(TURNS, SCHEMA, SAMPLING)
    (body,) = server.bodies
    assert body["model"] == "tiny"
    assert body["format"] == SCHEMA
    assert body["messages"][0]["content"] == "왜?"
    wanted = {"num_ctx": 2048, "num_predict": 64, "temperature": 0.25, "seed": 7}
    assert {name: body["options"].get(name) for name in wanted} == wanted


def test_a_cut_answer_comes_back_with_its_reason(serve):
    _, teacher = ollama(serve, 200, chat_line('{"answer": "예', "length"))
    answer = teacher.ask(TURNS, SCHEMA, SAMPLING)
    assert (answer.text, answer.finish_reason) == ('{"answer": "예', "length")


@pytest.mark.parametrize("read", [2048, 2043])
def test_an_answer_to_a_prompt_that_was_cut_to_fit_is_refused_with_the_setting_that_decides(read, serve):
    server, teacher = ollama(serve, 200, chat_line(read=read))
    with pytest.raises(
        TeacherRefused, match=rf"{read} tokens read and 5 written do not fit in 2048.*--teacher-context"
    ):
        teacher.ask(TURNS, SCHEMA, SAMPLING)
    assert server.paths.count("/api/chat") == 1


def test_an_answer_that_just_fits_is_one(serve):
    _, teacher = ollama(serve, 200, chat_line(read=2042))
    assert teacher.ask(TURNS, SCHEMA, SAMPLING).prompt_tokens == 2042


def test_a_broken_server_is_asked_three_times_then_the_request_fails(serve, no_pauses):
    server, teacher = ollama(serve, 500, '{"error": "out of memory"}')
    with pytest.raises(TeacherFailed, match=r"out of memory.*\(tries: 3\)"):
        teacher.ask(TURNS, SCHEMA, SAMPLING)
    assert server.paths.count("/api/chat") == 3


@pytest.mark.parametrize(("told", "at_once"), [(None, 1), ("4", 4), ("0", 1), ("many", 1)])
def test_as_many_requests_at_once_as_ollama_is_set_to(told, at_once, serve, monkeypatch):
    if told is not None:
        monkeypatch.setenv("OLLAMA_NUM_PARALLEL", told)
    assert ollama(serve, 200, chat_line())[1].at_once == at_once


def test_a_server_that_hangs_fails_the_request(serve, no_pauses):
    _, teacher = ollama(serve, None, "")
    with pytest.raises(TeacherFailed, match="timed out"):
        teacher.ask(TURNS, SCHEMA, SAMPLING)


def test_a_server_that_went_away_after_the_check_fails_the_request(serve, no_pauses):
    server, teacher = ollama(serve, 200, chat_line())
    server.shutdown()
    server.socket.close()
    with pytest.raises(TeacherFailed, match=r"\(tries: 3\)"):
        teacher.ask(TURNS, SCHEMA, SAMPLING)


def test_an_answer_that_is_not_json_fails_the_request(serve, no_pauses):
    _, teacher = ollama(serve, 200, "<html>router</html>")
    with pytest.raises(TeacherFailed):
        teacher.ask(TURNS, SCHEMA, SAMPLING)
