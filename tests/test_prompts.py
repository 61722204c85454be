"""The Korean prompts: complete, consistent with the code, and good by its own measure."""

import json
import shutil
from string import Formatter

import pytest

from phi4 import prompts
from phi4.dataset.gates import check
from phi4.dataset.generator import example_turns
from phi4.dataset.mend import mend_steps
from phi4.dataset.plan import DIFFICULTY, Request, kinds_for
from phi4.dataset.schemas import DraftAnswer, parse_draft
from phi4.dataset.topic import topic
from phi4.records import Draft, Passage, Source

DATA = prompts.data("draft.examples.json")
PASSAGE = Passage(
    file="examples", sha256="0", first=1, sentences=tuple(DATA["passage"]), headings=("",) * len(DATA["passage"])
)
EXAMPLES = pytest.mark.parametrize("example", DATA["examples"], ids=lambda example: example["kind"])


def draft_of(example):
    parsed = parse_draft(json.dumps(example["draft"], ensure_ascii=False))
    assert isinstance(parsed, DraftAnswer), parsed
    cited = sorted({step.cite for step in parsed.cited_steps()} - {example["focus"]})
    return Draft(
        id="example",
        question=parsed.question,
        steps=parsed.cited_steps(),
        answer=parsed.answer,
        kind=example["kind"],
        difficulty=DIFFICULTY[example["kind"]],
        source=Source(file="examples", sha256="0", sentences=(*cited, example["focus"])),
        teacher="hand",
        prompt_version="draft",
    )


@EXAMPLES
def test_every_example_is_a_draft_that_passes_all_gates(example):
    assert check(draft_of(example), PASSAGE) is None


@EXAMPLES
def test_no_example_needs_mending(example):
    assert mend_steps(draft_of(example), PASSAGE) == draft_of(example)


@EXAMPLES
def test_no_word_of_an_example_is_changed_by_reading_it(example):
    parsed = draft_of(example)
    told = example["draft"]
    assert (parsed.question, parsed.answer) == (told["question"], told["answer"])
    assert {str(step.cite): step.step for step in parsed.steps} == told["steps"]


@EXAMPLES
def test_every_example_answers_the_request_above_it(example):
    request = Request(PASSAGE, example["focus"], example["support"], example["kind"])
    assert [int(number) for number in example["draft"]["steps"]] == list(request.cites)
    assert example["kind"] in kinds_for(PASSAGE.sentence(example["focus"]))


def test_the_subject_of_the_examples_is_their_topic():
    assert DATA["subject"] == topic(PASSAGE)


def test_the_examples_alternate_as_turns_and_show_the_json_alone():
    turns = example_turns()
    assert [turn.role for turn in turns] == ["user", "assistant"] * len(DATA["examples"])
    assert [json.loads(turn.content) for turn in turns[1::2]] == [example["draft"] for example in DATA["examples"]]
    for turn, example in zip(turns[::2], DATA["examples"], strict=True):
        assert f'[{example["focus"]}]번 "{PASSAGE.sentence(example["focus"])}"' in turn.content


def placeholders(name):
    return {field for _, field, _, _ in Formatter().parse(prompts.text(name)) if field is not None}


def test_the_placeholders_of_the_request_are_the_ones_that_are_filled():
    assert placeholders("draft.request.txt") == {"passage", "leading", "focus", "sentence", "kind"}
    assert placeholders("draft.subject.txt") == {"subject", "particle"}
    assert placeholders("draft.asked.txt") == {"questions"}
    assert placeholders("draft.revise.txt") == {"fault"}


def test_no_placeholder_is_left_in_what_the_teacher_reads():
    for turn in example_turns()[::2]:
        assert "{" not in turn.content
        assert "}" not in turn.content


def test_every_kind_of_the_plan_has_its_words_and_no_other_is_described():
    assert set(prompts.data("draft.kinds.json")) == set(DIFFICULTY)
    assert all(prompts.data("draft.kinds.json").values())


def test_the_system_prompt_names_the_keys_that_are_parsed():
    system = prompts.text("draft.system.txt")
    assert all(key in system for key in DraftAnswer.model_fields)


@pytest.fixture
def other_prompts(tmp_path, monkeypatch):
    """A copy of the prompt folder that may be changed."""
    folder = tmp_path / "prompts"
    shutil.copytree(prompts._HERE, folder)
    monkeypatch.setattr(prompts, "_HERE", folder)
    prompts.version.cache_clear()
    yield folder
    prompts.version.cache_clear()


def test_the_version_stays_while_the_prompts_do(other_prompts):
    before = prompts.version("draft")
    (other_prompts / "notes.txt").write_text("of no family", encoding="utf-8")
    prompts.version.cache_clear()
    assert prompts.version("draft") == before
    assert before.startswith("draft-")


@pytest.mark.parametrize(
    "name", ["draft.system.txt", "draft.request.txt", "draft.subject.txt", "draft.kinds.json", "draft.examples.json"]
)
def test_the_version_changes_with_a_word_of_any_prompt(other_prompts, name):
    before = prompts.version("draft")
    path = other_prompts / name
    path.write_text(path.read_text(encoding="utf-8") + " ", encoding="utf-8")
    prompts.version.cache_clear()
    assert prompts.version("draft") != before
