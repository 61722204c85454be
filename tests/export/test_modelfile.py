"""What Ollama reads out of a Modelfile is what was meant, or the text is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.chat_format import prompt_text
from phi4.errors import ExportError
from phi4.export.modelfile import TEMPLATE, modelfile, quoted
from phi4.records import Message
from tests.export.ollama_reading import read_modelfile, render

SYSTEMS = [
    "짧게 답하십시오.",
    'He said """quoted""" in the middle of a line',
    'ends with """',
    '"begins with a quote',
    'a quote at the end"',
    "two\nlines",
    'a quote at the end"\nof a line',
    "  spaces around  ",
    "# no comment\nFROM nowhere\nPARAMETER stop x",
    "{{ .System }} stays text",
    "\n",
    "한자 漢字, emoji 🙂, tab\there",
]


def values(text, name):
    return [value for found, value in read_modelfile(text) if found == name]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_text_arrives_as_it_is(system):
    text = modelfile("bot-q8_0.gguf", "", system, "Apache")
    assert values(text, "SYSTEM") == [system]
    assert [name for name, _ in read_modelfile(text)].count("FROM") == 1


@given(st.text(max_size=60) | st.text(alphabet='"\n \tab', max_size=12))
def test_any_text_arrives_as_it_is_or_is_refused(system):
    try:
        text = modelfile("bot.gguf", "", system, "Apache")
    except ExportError:
        return
    assert values(text, "SYSTEM") == ([system] if system else [])
    assert values(text, "LICENSE") == ["Apache"]


@pytest.mark.parametrize("system", ['one """\ntwo', 'one\ntwo """  \nthree', '"""\n'])
def test_quotes_where_the_value_would_end_are_refused_with_the_line(system):
    with pytest.raises(ExportError, match="at the end of line"):
        quoted(system, "the system prompt")


@pytest.mark.parametrize("sign", ["\u200b", "\u3000", "\xa0", "\u200d", "\x00", "\r"])
def test_a_character_that_ollama_drops_is_refused_by_name(sign):
    with pytest.raises(ExportError, match=f"U\\+{ord(sign):04X}"):
        quoted(f"안녕{sign}하세요", "the system prompt")


def test_every_command_is_there_once():
    text = modelfile("base-q8_0.gguf", "bot-lora.gguf", "짧게.", "Apache")
    names = [name for name, _ in read_modelfile(text)]
    assert names == [
        "FROM", "ADAPTER", "TEMPLATE", "SYSTEM", "stop", "stop", "num_ctx", "temperature", "repeat_penalty", "LICENSE",
    ]  # fmt: skip
    assert values(text, "FROM") == ["./base-q8_0.gguf"]
    assert values(text, "stop") == ["<|im_end|>", "<|im_start|>"]
    assert int(values(text, "num_ctx")[0]) >= 4096


@pytest.mark.parametrize(
    "turns",
    [
        [("user", "와파린은 무엇입니까?")],
        [("system", "짧게."), ("user", "와파린은?")],
        [("user", "첫째"), ("assistant", "<think>\n1. 하나\n</think>\n\n답"), ("user", "둘째\n줄")],
    ],
)
def test_the_template_gives_exactly_our_chat_format(turns):
    messages = [Message(role=role, content=content) for role, content in turns]
    (template,) = values(modelfile("bot.gguf", "", "", "Apache"), "TEMPLATE")
    assert template == TEMPLATE
    assert render(template, [turn.model_dump() for turn in messages]) == prompt_text(messages)
