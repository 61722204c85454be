"""A word of ``phi4 export`` that means nothing where it stands is an error, not a silence."""

from pathlib import Path

import pytest

from phi4.cli.table import COMMANDS
from phi4.errors import UsageError
from phi4.export.wish import WORDS, Wish


def test_every_what_of_the_command_line_is_known_here():
    arguments = {argument.name: argument for argument in COMMANDS["export"].arguments}
    assert set(arguments["what"].choices) == set(WORDS)
    assert {name.lstrip("-") for name in arguments if name != "what"} == {
        word for words in WORDS.values() for word in words
    }


@pytest.mark.parametrize(
    ("what", "detail"), [("gguf", "q8_0"), ("merged", "bf16"), ("dataset", "openai"), ("vllm", "")]
)
def test_what_is_not_said_has_a_default(what, detail):
    assert Wish.of(what, {"type": None, "force": False}).detail == detail


def test_a_word_of_another_export_is_refused():
    with pytest.raises(UsageError, match="--type means nothing for 'phi4 export merged'") as caught:
        Wish.of("merged", {"type": "f16"})
    assert "gguf, ollama" in caught.value.hint


def test_the_hub_wants_a_repository():
    with pytest.raises(UsageError, match="which repository"):
        Wish.of("hub", {"repo": None})


def test_the_folder_bears_the_names_of_adapter_and_form():
    exports = Path("/w/exports")
    assert Wish.of("adapter-gguf", {}).target(exports, "bot").name == "bot-lora-gguf"
    assert Wish.of("gguf", {"type": "q4_0"}).target(exports, "bot").name == "bot-gguf-q4_0"
    assert Wish.of("ollama", {"lora": True}).target(exports, "bot").name == "bot-ollama-q8_0-lora"
    assert Wish.of("dataset", {"format": "trl"}).target(exports, "").name == "dataset-trl"
    assert Wish.of("merged", {"to": "/x/y"}).target(exports, "bot") == Path("/x/y")
