"""What the teacher is asked, and what becomes of its words."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest

from phi4 import prompts
from phi4.dataset import Generator
from phi4.dataset.asking import Asker
from phi4.dataset.cache import AnswerCache
from phi4.dataset.generator import example_turns, passage_lines
from phi4.dataset.plan import plan
from phi4.dataset.schemas import draft_schema
from phi4.errors import TeacherFailed, TeacherUnavailable
from phi4.records import Draft, Passage, Rejected
from phi4.teachers import Sampling, ScriptedTeacher, TeacherAnswer
from tests.samples import QUESTIONS, SENTENCES, WARFARIN, told_json

SAMPLING = Sampling(temperature=0.0, max_tokens=400, seed=0)
REQUESTS = plan([WARFARIN])
DOSE = REQUESTS[3]  # about sentence 4, from sentence 3


@pytest.fixture
def generate(tmp_path):
    """A generator over a script; all share one cache."""
    cache = AnswerCache(tmp_path / "cache.sqlite")
    yield lambda script, **sampling: Generator(
        Asker(ScriptedTeacher(script), cache), Sampling(**{**vars(SAMPLING), **sampling})
    )
    cache.close()


def test_a_good_answer_becomes_a_draft_with_its_whole_origin(generate):
    generator = generate([TeacherAnswer(told_json(4), completion_tokens=70)])
    draft = generator.draft(DOSE)
    assert isinstance(draft, Draft)
    assert draft.question == QUESTIONS[4]
    assert draft.answer == SENTENCES[3]
    assert [step.cite for step in draft.steps] == [1, 4]
    assert draft.source.sentences == (1, 4)
    assert (draft.source.file, draft.source.sha256) == (WARFARIN.file, WARFARIN.sha256)
    assert (draft.id, draft.kind, draft.difficulty) == (DOSE.id, "quantity", "A")
    assert (draft.teacher, draft.prompt_version) == ("scripted", prompts.version("draft"))
    assert draft.raw == told_json(4)
    assert (generator.asker.meter.calls, generator.asker.meter.completion_tokens) == (1, 70)


def test_the_sentence_asked_about_stands_last_in_the_source(generate):
    told = {
        "steps": {"6": SENTENCES[5], "4": SENTENCES[3], "2": SENTENCES[1]},
        "answer": SENTENCES[3],
        "question": QUESTIONS[4],
    }
    draft = generate([json.dumps(told)]).draft(DOSE)
    assert draft.source.sentences == (2, 6, 4)
    assert [step.cite for step in draft.steps] == [6, 4, 2]


def test_the_teacher_reads_system_examples_and_then_the_passage_before_the_request(generate):
    generator = generate([told_json(4)])
    generator.draft(DOSE)
    (asked,) = generator.asker.teacher.asked
    assert [turn.role for turn in asked] == ["system", *["user", "assistant"] * 3, "user"]
    assert asked[0].content == prompts.text("draft.system.txt")
    assert list(asked[1:-1]) == example_turns()
    last = asked[-1].content
    lines = "\n".join(f"[{number}] {sentence}" for number, sentence in enumerate(SENTENCES, 1))
    assert last.index(lines) < last.index(f'[3]번에서 출발하여 [4]번 "{SENTENCES[3]}"')
    assert prompts.data("draft.kinds.json")["quantity"] in last
    assert last.endswith("'와파린'이라는 말을 넣습니다.")


def test_all_requests_about_a_passage_begin_alike_so_that_the_engine_reads_it_once(generate):
    generator = generate([told_json(request.focus) for request in REQUESTS])
    for request in REQUESTS:
        generator.draft(request)
    openings = [asked[-1].content.split("요청:")[0] for asked in generator.asker.teacher.asked]
    assert len(openings) == 6
    assert all(one == other for one, other in pairwise(openings))
    assert all(one[:-1] == other[:-1] for one, other in pairwise(generator.asker.teacher.asked))


def test_a_passage_without_a_topic_asks_for_no_subject(generate):
    alone = Passage(file="a.txt", sha256="0", first=1, sentences=SENTENCES[:1], headings=("",))
    generator = generate([told_json(1)])
    generator.draft(plan([alone])[0])
    assert "이라는 말을 넣습니다" not in generator.asker.teacher.asked[0][-1].content


def test_braces_in_a_seed_are_text_like_any_other(generate):
    odd = Passage(file="a.txt", sha256="0", first=1, sentences=("{kind}와 {0}은 {이상한} 글자입니다.",), headings=("",))
    generator = generate([told_json(1)])
    generator.draft(plan([odd])[0])
    assert "[1] {kind}와 {0}은 {이상한} 글자입니다." in generator.asker.teacher.asked[0][-1].content


def test_the_schema_goes_along_with_the_request(generate):
    seen = []

    def script(messages, schema):
        seen.append(schema)
        return told_json(4)

    generate(script).draft(DOSE)
    assert seen == [draft_schema(WARFARIN, (3, 4))]


@pytest.mark.parametrize(
    ("text", "finish_reason", "reason"),
    [
        ('{"steps": {"3": "하나입니다."}, "answer": }', "stop", "schema"),
        ("모르겠습니다.", "stop", "schema"),
        ('{"steps": {"3": "하나입', "length", "finished"),
    ],
)
def test_a_text_that_is_no_draft_is_rejected_and_kept(generate, text, finish_reason, reason):
    rejected = generate([TeacherAnswer(text, finish_reason)]).draft(DOSE)
    assert isinstance(rejected, Rejected)
    assert rejected.reason == reason
    assert rejected.detail
    assert rejected.draft.raw == text
    assert rejected.draft.source.sentences == (4,)
    assert rejected.draft.finish_reason == finish_reason


@pytest.mark.parametrize("number", [0, 7, 99, -1])
def test_a_step_on_a_sentence_that_is_not_there_makes_no_draft(generate, number):
    later = WARFARIN.model_copy(update={"spans": tuple((place, place + 1) for place in range(6))})
    request = replace(DOSE, passage=later)
    told = json.dumps({"steps": {number: "하나입니다."}, "answer": SENTENCES[3], "question": QUESTIONS[4]})
    rejected = generate([TeacherAnswer(told)]).draft(request)
    assert (rejected.reason, rejected.detail) == ("schema", f"steps: the passage has no sentence {number}")


def test_an_answer_is_asked_for_once_and_then_known(generate):
    first = generate([told_json(4)])
    again = generate([TeacherFailed("must not be asked")])
    assert first.draft(DOSE) == again.draft(DOSE)
    assert again.asker.teacher.asked == []
    assert (again.asker.meter.calls, again.asker.meter.completion_tokens) == (0, 0)


def test_another_seed_asks_anew(generate):
    generate([told_json(4)]).draft(DOSE)
    other = generate([told_json(4)], seed=1)
    other.draft(DOSE)
    assert other.asker.meter.calls == 1


@pytest.mark.parametrize("error", [TeacherFailed("once"), TeacherUnavailable("gone")])
def test_a_failure_is_raised_and_never_remembered(generate, error):
    generator = generate([error, told_json(4)])
    with pytest.raises(type(error)):
        generator.draft(DOSE)
    assert generator.asker.meter.calls == 0
    assert isinstance(generator.draft(DOSE), Draft)


def test_the_lines_of_a_passage_count_from_its_first_number():
    assert passage_lines(9, ["아홉.", "열."]) == "[9] 아홉.\n[10] 열."
