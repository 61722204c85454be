"""Who may sit an exam together, and that everybody is asked alike."""

import hashlib
import json

import pytest

from phi4.chat_format import FORMAT_HASH
from phi4.errors import AdapterError, UsageError
from phi4.evaluation.candidates import BATCH, answers, read_adapters, trained_files, with_other_rows
from phi4.paths import Workspace
from phi4.records import Message
from tests.evaluation.kit import reply


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def adapter(workspace, name, base="some-base", files=("a.txt",), system_prompt=""):
    folder = workspace.models / name
    folder.mkdir(parents=True)
    facts = {
        "base_model": base,
        "chat_format": FORMAT_HASH,
        "system_prompt": system_prompt,
        "data": {"files": list(files)},
    }
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": base}), encoding="utf-8")
    (folder / "adapter_model.safetensors").write_bytes(b"")
    (folder / "phi4.json").write_text(json.dumps(facts), encoding="utf-8")


def test_several_adapters_of_one_base_sit_together_on_what_all_have_read(workspace):
    adapter(workspace, "one", files=("a.txt", "b.txt"))
    adapter(workspace, "two", files=("b.txt", "c.txt"))
    found = read_adapters(workspace, ["one", "two"], "")
    assert [one.name for one in found] == ["one", "two"]
    assert trained_files(found) == {"b.txt"}


def test_adapters_of_two_bases_have_nothing_to_be_compared_with(workspace):
    adapter(workspace, "one")
    adapter(workspace, "two", base="another-base")
    with pytest.raises(AdapterError, match="'one' is of 'some-base' and 'two' of 'another-base'"):
        read_adapters(workspace, ["one", "two"], "")


def test_adapters_of_two_system_prompts_were_not_asked_alike(workspace):
    adapter(workspace, "one")
    adapter(workspace, "two", system_prompt="너는 약사다")
    with pytest.raises(AdapterError, match="different system prompts") as caught:
        read_adapters(workspace, ["one", "two"], "")
    assert "--system-prompt" in caught.value.hint
    assert len(read_adapters(workspace, ["one", "two"], "", "너는 의사다")) == 2, "what the hint says to do"


def test_another_base_than_the_adapters_is_refused(workspace):
    adapter(workspace, "one")
    with pytest.raises(AdapterError, match="not on 'third-base'"):
        read_adapters(workspace, ["one"], "third-base")


@pytest.mark.parametrize("names", [["one", "one"], ["base"]])
def test_a_name_that_is_not_one_adapters_own_is_wrong_use(workspace, names):
    adapter(workspace, "one")
    with pytest.raises(UsageError, match="adapters to compare"):
        read_adapters(workspace, names, "")


def test_only_the_very_rows_of_an_adapter_tell_what_it_was_trained_on(workspace):
    adapter(workspace, "one")
    adapter(workspace, "two")
    both = read_adapters(workspace, ["one", "two"], "")
    assert with_other_rows(workspace, both) == ["one", "two"], "no rows at all"
    workspace.train_file.parent.mkdir(parents=True)
    workspace.train_file.write_bytes(b"{}\n")
    both[1].facts["data"]["sha256"] = hashlib.sha256(b"{}\n").hexdigest()
    assert with_other_rows(workspace, both) == ["one"]


class Echo:
    """Stands in for a chatbot: answers with what it was asked, and remembers the batches."""

    def __init__(self):
        self.batches = []

    def replies(self, conversations, tuned):
        self.batches.append([turns[-1].content for turns in conversations])
        return [reply(turns[-1].content) for turns in conversations]


def test_answers_come_in_the_order_asked_whatever_the_batches():
    asked = ["가" * (1 + number * 7 % 40) for number in range(BATCH + 5)]
    bot, steps = Echo(), []
    found = answers(bot, [[Message(role="user", content=text)] for text in asked], False, steps.append)
    assert [one.answer for one in found] == asked
    assert steps == [BATCH, 5]
    texts = [text for batch in bot.batches for text in batch]
    assert texts == sorted(texts), "prompts that begin alike share a batch"
