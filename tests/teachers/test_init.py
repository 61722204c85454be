"""``open_teacher``: the forms of a teacher's name."""

import json

import pytest

from phi4.errors import TeacherUnavailable, UsageError, WeightsError
from phi4.teachers import open_teacher


def find_nothing(name):
    raise WeightsError(f"asked for {name}")


def opened(name, url="http://127.0.0.1:9", find_gguf=find_nothing):
    return open_teacher(name, find_gguf=find_gguf, ollama_url=url, api_key="none", context=2048, timeout=5.0)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "gpt-4",
        "ollama",
        "ollama:",
        "openai:gpt-4",
        "openai:@http://127.0.0.1",
        "openai:gpt@",
        "langchain:x",
        "langchain::m",
        "langchain:x:",
        "Embedded",
        "hal:9000",
    ],
)
def test_a_name_of_no_known_form_is_an_error_that_lists_the_forms(name):
    with pytest.raises(UsageError) as caught:
        opened(name)
    assert f"'{name}'" in caught.value.message
    assert all(form in caught.value.hint for form in ("ollama:", "openai:", "embedded", "langchain:"))


@pytest.mark.parametrize(
    ("name", "model"), [("embedded", "qwen2.5-coder-1.5b"), ("embedded:", "qwen2.5-coder-1.5b"), ("embedded:x", "x")]
)
def test_an_embedded_teacher_asks_for_its_model_or_the_usual_one(name, model):
    with pytest.raises(WeightsError, match=f"asked for {model}$"):
        opened(name)


def test_an_ollama_model_may_have_a_colon_in_its_name(serve):
    server = serve(lambda path: (200, json.dumps({"models": [{"name": "qwen2.5:7b"}]})))
    teacher = opened("ollama:qwen2.5:7b", server.url)
    assert teacher.name == "ollama:qwen2.5:7b"
    assert server.paths == ["/api/tags"]


def test_an_openai_teacher_is_opened_by_model_and_address(closed_url):
    teacher = opened(f"openai:org/model@{closed_url}/v1")
    assert teacher.name == f"openai:org/model@{closed_url}/v1"


def test_a_langchain_teacher_is_looked_up_by_package():
    with pytest.raises(TeacherUnavailable, match="no package 'langchain-of-nobody'"):
        opened("langchain:langchain-of-nobody:m:7b")


def test_several_addresses_with_commas_are_one_teacher(serve):
    told = '{"models": [{"name": "m:1"}]}'
    one, other = serve(lambda path: (200, told)), serve(lambda path: (200, told))
    teacher = opened(f"ollama:m:1@{one.url},ollama:m:1@{other.url}")
    assert (teacher.name, teacher.at_once) == (f"ollama:m:1@{one.url}", 2)
    assert one.paths == other.paths == ["/api/tags"]
