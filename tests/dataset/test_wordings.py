"""One answer under further questions, made by rule from the sentence that it rests on."""

import pytest

from phi4.dataset.gates import check
from phi4.dataset.plan import DIFFICULTY
from phi4.dataset.wordings import wordings
from phi4.records import Passage, Source
from tests.samples import QUESTIONS, SENTENCES, WARFARIN, draft_about


def worded(focus, **changes):
    return [draft.question for draft in wordings(draft_about(focus, **changes), WARFARIN)]


def draft_on(sentences, focus, answer=""):
    """A passage of these sentences, and the draft about one of them."""
    passage = Passage(file="a.txt", sha256="0", first=1, sentences=sentences, headings=("",) * len(sentences))
    draft = draft_about(4, answer=answer or sentences[focus - 1], steps={})
    source = Source(file="a.txt", sha256="0", sentences=(focus,))
    return passage, draft.model_copy(update={"source": source})


@pytest.mark.parametrize(
    ("focus", "expected"),
    [
        (2, "와파린은 효과가 나타나는 데 며칠이 걸리나요?"),
        (2, "와파린은 왜 효과가 나타나는 데 3~5일이 걸립니까?"),
        (3, "와파린을 복용하는 성인의 목표 INR은 보통 얼마인가요?"),
        (4, "와파린의 시작 용량은 보통 하루 몇 mg인가요?"),
        (6, "와파린을 아스피린과 함께 복용하면 어떻게 되나요?"),
    ],
)
def test_the_same_answer_is_asked_for_in_other_words(focus, expected):
    assert expected in worded(focus)


def test_every_other_question_ends_as_people_type():
    ends = [question[-3:] for question in worded(6)]
    assert len(ends) >= 2
    assert all(end in ("나요?", "가요?") or end.endswith(("나요?", "요?")) for end in ends[::2])
    assert all(end == "니까?" for end in ends[1::2])


@pytest.mark.parametrize("focus", QUESTIONS)
def test_every_wording_names_the_subject_and_is_new(focus):
    questions = worded(focus)
    assert all("와파린" in question for question in questions)
    assert QUESTIONS[focus] not in questions
    assert len(set(questions)) == len(questions)


@pytest.mark.parametrize("focus", QUESTIONS)
def test_a_wording_passes_the_gates_that_the_draft_passed(focus):
    draft = draft_about(focus)
    assert check(draft, WARFARIN) is None
    assert [check(found, WARFARIN) for found in wordings(draft, WARFARIN)] == [None] * len(worded(focus))


def test_only_the_question_changes_and_it_is_said_who_asks():
    draft = draft_about(6)
    for number, found in enumerate(wordings(draft, WARFARIN), start=1):
        assert found.id == f"draft-6-{number}"
        assert (found.answer, found.steps, found.source) == (draft.answer, draft.steps, draft.source)
        assert (found.asked_by, found.raw) == ("rule", "")
        assert found.difficulty == DIFFICULTY[found.kind]


def test_what_the_answer_does_not_say_is_not_asked_for():
    assert "와파린의 시작 용량은 보통 하루 몇 mg인가요?" in worded(4)
    assert worded(4, answer="와파린의 시작 용량은 보통 하루 500 mg입니다.") == []
    assert worded(6, answer="와파린은 조심해서 복용합니다.") == []


def test_a_sentence_without_a_question_gives_no_wording():
    passage, draft = draft_on(("와파린은 두통이 없는 환자에게만 씁니다.", "와파린은 금기입니다."), 2)
    assert wordings(draft, passage) == []


def test_a_part_told_without_its_owner_is_asked_for_by_its_name():
    sentences = (SENTENCES[0], SENTENCES[3], SENTENCES[5], "적응증은 심방세동 환자의 뇌졸중 예방입니다.")
    passage, draft = draft_on(sentences, 4)
    assert [found.question for found in wordings(draft, passage)] == ["와파린의 적응증은 무엇인가요?"]


@pytest.mark.parametrize(
    "sentence",
    [
        "리팜핀은 간의 효소를 늘리는 항생제입니다.",
        "환자는 매일 같은 시각에 약을 먹습니다.",
        "폭설 때문에 도로가 막혔습니다.",
    ],
)
def test_what_is_no_part_of_the_subject_is_not_made_one(sentence):
    passage, draft = draft_on((SENTENCES[0], SENTENCES[3], SENTENCES[5], sentence), 4)
    assert wordings(draft, passage) == []


def test_a_passage_without_a_subject_is_asked_as_it_is():
    sentences = ("민원실은 오전 9시부터 오후 6시까지 운영합니다.", "과태료는 10만 원입니다.")
    passage, draft = draft_on(sentences, 1)
    assert [found.question for found in wordings(draft, passage)] == ["민원실은 몇 시부터 몇 시까지 운영하나요?"]
