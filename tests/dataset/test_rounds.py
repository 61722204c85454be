"""Revision: what failed goes back with its fault, at most twice, and the pair is kept."""

import json
import sys

import pytest

from phi4.dataset.asking import Asker
from phi4.dataset.cache import AnswerCache
from phi4.dataset.decontamination import Exam
from phi4.dataset.generator import Generator
from phi4.dataset.judge import Judge
from phi4.dataset.rounds import Bounds, Rounds, Work
from phi4.dataset.sorting import Dataset
from phi4.dataset.verbatim import WRITER
from phi4.records import Document
from phi4.teachers import Sampling, ScriptedTeacher
from tests.samples import SENTENCES, WARFARIN, told_json

SAMPLING = Sampling(temperature=0.0, max_tokens=400, seed=0)
ALONE = WARFARIN.model_copy(update={"sentences": SENTENCES[3:4], "headings": ("",), "first": 4})
WRONG = json.loads(told_json(4, question="와파린의 시작 용량은 보통 하루에 몇 mg입니까?"))


def wrong(**changes):
    return json.dumps({**WRONG, "steps": {"4": SENTENCES[3]}, **changes}, ensure_ascii=False)


GOOD = wrong()
BAD_NUMBER = wrong(answer="와파린의 시작 용량은 보통 하루 500 mg입니다.")
BAD_QUESTION = wrong(question="와파린에 대해 설명해 주세요.")


@pytest.fixture
def run(tmp_path):
    """The rounds of a passage of one sentence with these answers."""
    cache = AnswerCache(tmp_path / "cache.sqlite")

    def go(script, revisions=2, per_seed=1, votes=0, passage=ALONE, exam=(), **more):
        asker, dataset = Asker(ScriptedTeacher(script), cache), Dataset(Exam(exam))
        bounds = Bounds(per_seed=per_seed, revisions=revisions, **more)
        rounds = Rounds(Generator(asker, SAMPLING), Judge(asker, SAMPLING, votes), dataset, bounds)
        rounds.finish([Work(Document(file=passage.file, passages=(passage,)), share=bounds.rows or sys.maxsize)])
        return rounds, dataset, asker.teacher.asked

    yield go
    cache.close()


def test_a_good_draft_is_not_sent_back(run):
    rounds, dataset, asked = run([GOOD])
    assert (len(asked), rounds.revised, len(dataset.accepted)) == (1, 0, 1)


def test_a_wrong_answer_is_put_right_and_kept_beside_the_right_one(run):
    rounds, dataset, asked = run([BAD_NUMBER, GOOD])
    assert (len(asked), rounds.revised, len(dataset.accepted)) == (2, 1, 1)
    (pair,) = dataset.preferences
    assert (pair.chosen.answer, pair.rejected.answer) == (SENTENCES[3], json.loads(BAD_NUMBER)["answer"])
    assert "본문에 없는 수치를 썼습니다." in asked[1][-1].content


def test_the_second_critique_is_of_the_second_draft(run):
    rounds, dataset, asked = run([BAD_NUMBER, BAD_QUESTION, GOOD])
    assert (rounds.revised, len(dataset.accepted)) == (1, 1)
    assert "의문사" in asked[2][-1].content
    assert len(asked[2]) == len(asked[1])  # a conversation that does not grow


def told(dataset):
    """Reason and stage of everything that was rejected; all of it was written for one request."""
    assert len({item.draft.id for item in dataset.rejected}) == 1
    return [(item.reason, item.stage) for item in dataset.rejected]


def test_after_two_tries_the_first_draft_is_rejected_with_its_own_fault(run):
    rounds, dataset, asked = run([BAD_NUMBER] * 3)
    assert (len(asked), rounds.revised) == (3, 0)
    assert told(dataset)[-1] == ("numbers", "draft")


def test_every_try_that_failed_is_kept_with_its_reason(run):
    _, dataset, _ = run([BAD_NUMBER, BAD_QUESTION, "모르겠습니다."])
    assert told(dataset) == [("question", "try"), ("schema", "try"), ("numbers", "draft")]
    assert [item.draft.answer for item in dataset.rejected][2] == json.loads(BAD_NUMBER)["answer"]


def test_a_draft_that_was_put_right_is_kept_as_it_was(run):
    _, dataset, _ = run([BAD_NUMBER, BAD_QUESTION, GOOD])
    assert told(dataset) == [("question", "try"), ("numbers", "try")]
    assert dataset.accepted[0].id == dataset.rejected[0].draft.id


def test_a_better_question_makes_no_preference(run):
    _, dataset, _ = run([BAD_QUESTION, wrong(answer="와파린의 시작 용량은 하루 5 mg입니다.")])
    assert len(dataset.accepted) == 1
    assert list(dataset.preferences) == []


def test_a_true_answer_under_a_question_that_it_does_not_fit_is_not_the_worse_one(run):
    """The question asked for another unit; the critique mended that, and worded the answer in another way."""
    hours = wrong(question="와파린의 시작 용량은 보통 하루에 몇 시간입니까?")
    _, dataset, asked = run([hours, wrong(answer="와파린의 시작 용량은 하루 5 mg입니다.")])
    assert (len(asked), len(dataset.accepted)) == (2, 1)
    assert list(dataset.preferences) == []


@pytest.mark.parametrize("text", ["모르겠습니다.", '{"steps": {"4": "하나'])
def test_what_is_no_draft_is_asked_anew_and_not_sent_back(run, text):
    _, dataset, asked = run([text, text], revisions=2, per_seed=2)
    assert len(asked) == 2
    assert all(turns[-1].content.startswith("본문:") for turns in asked)
    assert len(dataset.rejected) == 2


def test_without_revisions_nothing_is_sent_back(run):
    _, _, asked = run([BAD_NUMBER], revisions=0)
    assert len(asked) == 1


def test_what_the_votes_reject_is_sent_back_with_their_reason(run):
    votes = iter(["아니오", "예"])

    def script(messages, schema):
        if "verdict" in schema["properties"]:
            verdict = next(votes, "예")
            return json.dumps({"reason": "용량을 다시 보십시오.", "verdict": verdict}, ensure_ascii=False)
        if "steps" not in schema["properties"]:
            return json.dumps({"answer": SENTENCES[3]}, ensure_ascii=False)
        told = messages[-1].content.startswith("방금")
        return wrong(answer="와파린의 시작 용량은 하루 5 mg입니다.") if told else GOOD

    rounds, dataset, asked = run(script, votes=1)
    assert (rounds.revised, len(dataset.accepted)) == (1, 1)
    assert any("용량을 다시 보십시오." in turns[-1].content for turns in asked)


PUMP = (
    "펌프는 물을 옮기는 기계입니다.",
    "펌프의 축이 돌면 물이 빨려 들어옵니다.",
    "펌프는 압력을 높여 물을 밀어냅니다.",
)
SECTION = ALONE.model_copy(update={"first": 1, "sentences": PUMP, "headings": ("", "작동 원리", "작동 원리")})


def test_a_sentence_without_a_row_answers_in_its_own_words(run):
    _, dataset, _ = run([BAD_NUMBER], revisions=0, wordings=2)
    assert 0 < len(dataset.accepted) <= 2
    assert {(row.answer, row.teacher) for row in dataset.accepted} == {(SENTENCES[3], WRITER)}
    assert [item.reason for item in dataset.rejected] == ["numbers"]


def test_a_sentence_with_a_row_is_left_to_the_teacher(run):
    _, dataset, _ = run([GOOD], wordings=2)
    assert WRITER not in {row.teacher for row in dataset.accepted}


def test_without_further_wordings_nothing_is_quoted(run):
    _, dataset, _ = run([BAD_NUMBER], revisions=0, wordings=0)
    assert dataset.accepted == []


def test_a_section_is_asked_for_as_a_whole(run):
    _, dataset, _ = run(["{}"], revisions=0, passage=SECTION, wordings=1)
    assert [row.question for row in dataset.accepted if row.kind == "explain"] == [
        "펌프의 작동 원리는 무엇입니까?",
        "펌프의 작동 원리에 대해 설명해 주세요.",
    ]


def test_what_the_exam_asks_is_not_quoted_and_is_no_rejected_draft(run):
    exam = ["펌프의 작동 원리는 무엇입니까?"]
    _, dataset, _ = run(["{}"], revisions=0, passage=SECTION, wordings=1, exam=exam)
    assert [row.question for row in dataset.accepted if row.kind == "explain"] == [
        "펌프의 작동 원리에 대해 설명해 주세요."
    ]
    assert [item.reason for item in dataset.rejected] == ["schema"]


def test_no_more_is_quoted_than_the_file_may_have(run):
    _, dataset, _ = run(["{}"], revisions=0, passage=SECTION, wordings=5, rows=2)
    assert len(dataset.accepted) == 2
