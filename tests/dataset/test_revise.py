"""What a teacher is told about its fault."""

import json

from phi4 import prompts
from phi4.dataset.crew import Posed
from phi4.dataset.gates import GATES
from phi4.dataset.revise import NOT_MENDABLE, OF_THE_QUESTION, revised
from phi4.records import Message
from phi4.teachers import Sampling
from tests.samples import SENTENCES, draft_about

SAMPLING = Sampling(temperature=0.3, max_tokens=200, seed=0)
FIRST = Posed([Message(role="user", content="요청")], {"type": "object"}, SAMPLING, prefix="a")


def test_the_first_request_stands_before_the_draft_and_its_fault():
    posed = revised(FIRST, draft_about(4), ("vote_support", "용량이 다릅니다."), SAMPLING, turn=1)
    assert posed.messages[0] == FIRST.messages[0]
    assert [turn.role for turn in posed.messages] == ["user", "assistant", "user"]
    told = json.loads(posed.messages[1].content)
    assert told["answer"] == SENTENCES[3]
    assert "용량이 다릅니다." in posed.messages[2].content
    assert (posed.schema, posed.prefix) == (FIRST.schema, FIRST.prefix)
    assert posed.sampling.temperature > SAMPLING.temperature


def test_every_gate_has_its_words():
    words = prompts.data("draft.faults.json")
    assert {name for name, _ in GATES} - NOT_MENDABLE <= set(words)
    assert {"vote_support", "vote_alone", "blind", "other"} | OF_THE_QUESTION <= set(words)


def test_a_gate_without_words_is_told_in_general():
    posed = revised(FIRST, draft_about(4), ("brand_new", "{odd}"), SAMPLING, turn=1)
    assert prompts.data("draft.faults.json")["other"] in posed.messages[2].content
