"""A teacher of any LangChain package: a small one written here, and LangChain's own classes."""

import json
import sys
from contextlib import closing

import pytest

from phi4.dataset.asking import Asker
from phi4.dataset.cache import AnswerCache
from phi4.dataset.crew import Posed
from phi4.errors import TeacherBusy, TeacherFailed, TeacherSlow, TeacherUnavailable
from phi4.records import Message
from phi4.teachers.langchain_package import open_langchain
from phi4.teachers.protocol import Sampling, TeacherAnswer

SAMPLING = Sampling(temperature=0.25, max_tokens=64, seed=7)
PACKAGE = """
from types import SimpleNamespace

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult


class ProviderError(Exception):
    pass


class ReadTimeout(ProviderError):
    pass


class RateLimited(ProviderError):
    status_code = 429


class Overloaded(ProviderError):
    def __init__(self, text):
        super().__init__(text)
        self.response = SimpleNamespace(status_code=529, headers={"Retry-After": "7"})


class AzureParrot(BaseChatModel):
    model: str
    key: str  # wanted, and not given

    _llm_type = "azure"

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        raise AssertionError


class ChatParrot(BaseChatModel):
    model: str

    @property
    def _llm_type(self):
        return "parrot"

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        assert not kwargs
        said = messages[-1].content
        errors = {
            "line": ConnectionError("the line broke"),
            "own": RuntimeError("quota used up"),
            "full": RateLimited("slow down"),
            "overloaded": Overloaded("later"),
            "late": ReadTimeout("no answer"),
        }
        if said in errors:
            raise errors[said]
        message = AIMessage(self.told() + ": " + said, response_metadata={"finish_reason": "length"})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def told(self):
        return self.model
"""
CAREFUL = """
from pydantic import Field

from langchain_parrot import ChatParrot as Parrot


class ChatCareful(Parrot):
    request_timeout: float = Field(default=0, alias="timeout")
    temperature: float = 9.0
    max_output_tokens: int = 0

    def told(self):
        return f"{self.request_timeout:g} {self.temperature} {self.max_output_tokens}"


del Parrot
"""


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Opens a teacher of one of the two packages."""
    for package, text in (("langchain_parrot", PACKAGE), ("langchain_careful", CAREFUL)):
        (tmp_path / f"{package}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield lambda package, timeout=60.0: open_langchain(f"langchain:{package}:m", package, "m", timeout)
    for package in ("langchain_parrot", "langchain_careful"):
        sys.modules.pop(package, None)


@pytest.fixture
def parrot(opened):
    return opened("langchain-parrot")


def ask(teacher, text, sampling=SAMPLING):
    return teacher.ask([Message(role="user", content=text)], {}, sampling)


def test_a_missing_package_is_told_with_the_words_that_install_it():
    with pytest.raises(TeacherUnavailable, match="no package 'langchain-of-nobody'") as caught:
        open_langchain("langchain:langchain-of-nobody:m", "langchain-of-nobody", "m", 60.0)
    assert caught.value.hint == "type: pip install langchain-of-nobody"


def test_a_package_without_a_chat_model_is_told():
    with pytest.raises(TeacherUnavailable, match="'json' exports no chat model"):
        open_langchain("langchain:json:m", "json", "m", 60.0)


def test_any_packages_chat_model_answers(parrot):
    answer = ask(parrot, "왜?")
    assert (answer.text, answer.finish_reason) == ("m: 왜?", "length")
    assert (answer.prompt_tokens, answer.completion_tokens) == (0, 0)


def test_time_limit_temperature_and_longest_answer_go_where_the_class_has_them(opened, capsys):
    careful = opened("langchain-careful", timeout=59.5)
    assert ask(careful, "왜?").text == "60 0.25 64: 왜?"
    assert ask(careful, "왜?", Sampling(temperature=0.45, max_tokens=32, seed=8)).text == "60 0.45 32: 왜?"
    assert capsys.readouterr().err == ""


def test_a_setting_that_the_class_has_no_field_for_is_named_once(opened, capsys):
    parrot = opened("langchain-parrot")
    ask(parrot, "왜?")
    ask(parrot, "왜?")
    assert capsys.readouterr().err == (
        "langchain:langchain-parrot:m: without effect, since ChatParrot has no such field: "
        "--teacher-timeout, --temperature, --teacher-max-tokens\n"
    )


def test_a_service_of_any_package_that_is_full_says_how_long_to_wait(parrot, no_pauses):
    with pytest.raises(TeacherBusy, match="slow down") as caught:
        ask(parrot, "full")
    assert caught.value.seconds == 0.0
    with pytest.raises(TeacherBusy, match="later") as caught:
        ask(parrot, "overloaded")
    assert (caught.value.seconds, no_pauses) == (7.0, [])


def test_a_time_out_of_any_package_is_one(parrot, no_pauses):
    with pytest.raises(TeacherSlow, match="no answer"):
        ask(parrot, "late")
    assert no_pauses == []


def test_a_full_service_gets_less_at_once_and_does_not_end_the_run(opened, tmp_path, monkeypatch):
    monkeypatch.setattr("phi4.dataset.crew.BUSY_SECONDS", 0.001)
    asked = []

    def full_at_first(self):
        asked.append(1)
        if len(asked) <= 12:
            raise sys.modules["langchain_parrot"].RateLimited("slow down")
        return self.model

    teacher = opened("langchain-parrot")
    monkeypatch.setattr(sys.modules["langchain_parrot"].ChatParrot, "told", full_at_first)
    posed = [Posed([Message(role="user", content=str(n))], {}, SAMPLING) for n in range(40)]
    with closing(AnswerCache(tmp_path / "cache.sqlite")) as cache:
        asker = Asker(teacher, cache)
        assert all(isinstance(outcome, TeacherAnswer) for outcome in asker.all(posed))
    assert asker._crew.window.size < 40


def test_a_broken_line_to_any_packages_service_is_tried_again(parrot, no_pauses):
    with pytest.raises(TeacherFailed, match=r"the line broke \(tries: 3\)"):
        ask(parrot, "line")


def test_a_packages_own_error_fails_the_request_not_the_program(parrot):
    with pytest.raises(TeacherFailed, match="quota used up"):
        ask(parrot, "own")


def test_the_openai_package_gives_its_plain_model_and_says_which_key_it_wants():
    with pytest.raises(TeacherUnavailable, match="ChatOpenAI does not start") as caught:
        open_langchain("langchain:langchain-openai:gpt", "langchain-openai", "gpt", 60.0)
    assert "OPENAI_API_KEY" in caught.value.message


def test_the_openai_packages_class_takes_all_of_our_settings(monkeypatch, serve, capsys):
    said = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "예"}, "finish_reason": "stop"}]}
    server = serve(lambda path: (200, json.dumps(said)))
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("OPENAI_API_BASE", f"{server.url}/v1")
    ask(open_langchain("langchain:langchain-openai:gpt", "langchain-openai", "gpt", 60.0), "왜?")
    (body,) = server.bodies
    assert (body["temperature"], body["max_completion_tokens"]) == (0.25, 64)
    assert capsys.readouterr().err == ""
