"""The gates that ask a model: what they are asked, how votes are counted, and what no vote means."""

import json
from string import Formatter

import pytest

from phi4 import prompts
from phi4.dataset.asking import Asker
from phi4.dataset.cache import AnswerCache
from phi4.dataset.gates import check
from phi4.dataset.judge import Judge, opening, request_text
from phi4.dataset.meter import Ceiling, Meter
from phi4.dataset.revise import NOT_MENDABLE
from phi4.dataset.schemas import BlindAnswer, Vote, blind_schema, parse, vote_schema
from phi4.dataset.sorting import Sifted, sift
from phi4.errors import TeacherFailed
from phi4.records import Draft, Passage, Source, Step
from phi4.teachers import Sampling, ScriptedTeacher
from tests.samples import SENTENCES, WARFARIN, draft_about

DATA = prompts.data("judge.examples.json")
PASSAGE = Passage(
    file="examples", sha256="0", first=1, sentences=tuple(DATA["passage"]), headings=("",) * len(DATA["passage"])
)
SAMPLING = Sampling(temperature=0.3, max_tokens=200, seed=0)
YES = '{"reason": "본문에 있습니다.", "verdict": "예"}'
NO = '{"reason": "본문과 다릅니다.", "verdict": "아니오"}'


def gate_of(messages):
    """Which gate asks, by its system turn."""
    return next(gate for gate in ("support", "alone", "blind") if messages[0] == opening(gate)[0])


def court(support=YES, alone=YES, blind=SENTENCES[3]):
    """A teacher that votes as told: one text for always, or a list to be used up."""
    said = {"support": support, "alone": alone, "blind": json.dumps({"answer": blind})}

    def script(messages, schema):
        told = said[gate_of(messages)]
        return told if isinstance(told, str) else told.pop(0)

    return script


@pytest.fixture
def judge(tmp_path):
    cache = AnswerCache(tmp_path / "cache.sqlite")
    yield lambda script, votes=3, **ceiling: Judge(
        Asker(ScriptedTeacher(script), cache, Meter(ceiling=Ceiling(**ceiling))), SAMPLING, votes
    )
    cache.close()


def asked(judge, gate):
    return sum(gate_of(messages) == gate for messages in judge.asker.teacher.asked)


def weighed(judge, further=0, draft=None) -> Sifted:
    sifted = sift(draft or draft_about(4), WARFARIN)
    judge.weigh([sifted], further)
    return sifted


def test_a_row_that_convinces_has_no_fault(judge):
    court_room = judge(court())
    assert weighed(court_room).objections == []
    assert court_room.malformed == 0


def test_votes_end_as_soon_as_they_are_decided(judge):
    unanimous = judge(court())
    weighed(unanimous)
    assert [asked(unanimous, gate) for gate in ("support", "alone", "blind")] == [2, 2, 1]


def test_a_split_vote_goes_to_the_last(judge):
    split = judge(court(support=[YES, NO, YES]))
    assert weighed(split).objections == []
    assert asked(split, "support") == 3


def test_a_row_without_support_is_asked_nothing_further(judge):
    against = judge(court(support=NO))
    assert weighed(against).unsupported == ("vote_support", "본문과 다릅니다.")
    assert [asked(against, gate) for gate in ("support", "alone", "blind")] == [2, 0, 0]


def test_a_question_that_leans_on_something_is_a_fault_of_the_question_alone(judge):
    sifted = weighed(judge(court(alone=NO)))
    assert (sifted.unsupported, sifted.fault) == (None, ("vote_alone", "본문과 다릅니다."))


def test_another_blind_answer_is_a_fault(judge):
    assert weighed(judge(court(blind="와파린의 시작 용량은 하루 10 mg입니다."))).fault[0] == "blind"


@pytest.mark.parametrize("spoilt", ["네!", '{"verdict": "예"}', '{"reason": "좋아요.", "verdict": "yes"}', ""])
def test_a_vote_out_of_format_is_counted_asked_again_and_never_a_yes(judge, spoilt):
    once = judge(court(support=[spoilt, YES, YES]))
    assert weighed(once).objections == []
    assert once.malformed == 1
    assert asked(once, "support") == 3


def test_votes_that_stay_out_of_format_are_no(judge):
    always = judge(court(support="네, 그렇습니다."))
    assert weighed(always).unsupported == ("vote_support", "no JSON object in the answer")
    assert always.malformed == 2


def test_a_row_that_could_not_be_voted_on_is_not_taken(judge):
    assert weighed(judge(court(), calls=1)).unsupported == ("teacher", "not asked: --max-calls 1")


@pytest.mark.parametrize("gate", ["support", "alone", "blind"])
def test_a_judge_that_fails_says_nothing_against_the_row(judge, gate):
    def script(messages, schema):
        if gate_of(messages) == gate:
            raise TeacherFailed("the connection broke")
        return court()(messages, schema)

    (objection,) = weighed(judge(script)).objections
    assert objection == ("teacher", "the connection broke")
    assert objection[0] in NOT_MENDABLE


def test_a_vote_that_failed_is_not_asked_for_in_every_ballot(judge):
    """One request that a teacher always refuses must not look like a teacher that is gone."""
    said = iter([YES])

    def script(messages, schema):
        if (vote := next(said, None)) is None:
            raise TeacherFailed("refused by a filter")
        return vote

    room = judge(script)
    assert weighed(room).unsupported == ("teacher", "refused by a filter")
    assert asked(room, "support") == 3  # a vote, and another that was tried twice


def test_every_vote_is_a_request_of_its_own(judge):
    split = judge(court(support=[YES, NO, YES]))
    weighed(split)
    assert len({sampling.seed for sampling in split.asker.teacher.sampled[:3]}) == 3


def test_without_votes_nobody_is_asked(judge):
    silent = judge(court(support=NO), votes=0)
    assert weighed(silent).objections == []
    assert silent.asker.teacher.asked == []


def test_what_the_rules_rejected_is_not_voted_on(judge):
    idle = judge(court())
    weighed(idle, draft=draft_about(4, answer="와파린의 시작 용량은 보통 하루 500 mg입니다."))
    assert idle.asker.teacher.asked == []


def test_an_answer_that_lives_on_under_other_questions_is_voted_on_but_not_its_question(judge):
    room = judge(court())
    assert weighed(room, further=2, draft=draft_about(4, question="와파린에 대해 설명해 주세요.")).unsupported is None
    assert [asked(room, gate) for gate in ("support", "alone", "blind")] == [2, 0, 0]


def test_each_gate_sees_what_its_question_needs_and_no_more():
    steps = {"4": SENTENCES[3]}
    shown = {gate: request_text(gate, WARFARIN, "질문?", steps, "우리 답.") for gate in ("support", "alone", "blind")}
    assert all("질문?" in text for text in shown.values())
    assert "우리 답." in shown["support"]
    assert "우리 답." not in shown["blind"]
    assert SENTENCES[0] in shown["blind"]
    assert SENTENCES[0] not in shown["alone"]


def test_the_passage_stands_before_what_changes():
    for gate in ("support", "blind"):
        text = request_text(gate, WARFARIN, "질문?", {}, "답.")
        assert text.index(SENTENCES[-1]) < text.index("질문?")


@pytest.mark.parametrize("gate", ["support", "alone"])
def test_the_examples_show_a_yes_and_a_no_that_our_parser_reads(gate):
    votes = [parse(turn.content, Vote) for turn in opening(gate)[2::2]]
    assert [vote.verdict for vote in votes] == ["예", "아니오"]


def test_the_blind_examples_show_an_answer_and_an_honest_refusal():
    answers = [parse(turn.content, BlindAnswer).answer for turn in opening("blind")[2::2]]
    assert answers[1] == "알 수 없습니다."
    assert answers[0] in DATA["passage"]


def test_the_supported_example_passes_our_own_gates():
    example = DATA["support"][0]
    steps = tuple(Step(cite=int(number), step=step) for number, step in example["steps"].items())
    draft = Draft(
        id="example", question=example["question"], steps=steps, answer=example["answer"], kind="quantity",
        difficulty="A", source=Source(file="examples", sha256="0", sentences=(1, 2)), teacher="hand",
        prompt_version="judge",
    )  # fmt: skip
    assert check(draft, PASSAGE) is None


def test_the_unsupported_example_is_one():
    example = DATA["support"][1]
    assert "벌금" in example["answer"]
    assert "벌금" not in "".join(DATA["passage"])


@pytest.mark.parametrize(
    ("gate", "fields"),
    [
        ("support", {"passage", "question", "steps", "answer"}),
        ("alone", {"question"}),
        ("blind", {"passage", "question"}),
    ],
)
def test_the_placeholders_are_the_ones_that_are_filled(gate, fields):
    text = prompts.text(f"judge.{gate}.request.txt")
    assert {field for _, field, _, _ in Formatter().parse(text) if field} == fields


def test_the_examples_fit_the_schemas_that_are_sent():
    assert set(vote_schema(PASSAGE)["properties"]) == set(Vote.model_fields) == set(DATA["support"][0]["told"])
    assert set(blind_schema(PASSAGE)["properties"]) == set(BlindAnswer.model_fields) == set(DATA["blind"][0]["told"])


def test_a_question_that_is_to_be_refused_is_asked_with_its_passage_and_an_answer_is_its_fault(judge):
    said = ["알 수 없습니다.", "출혈 위험이 커집니다.", "한 마디"]

    def script(messages, schema):
        assert gate_of(messages) == "blind"
        assert WARFARIN.sentences[0] in messages[-1].content
        told = said.pop(0)
        return told if told == "한 마디" else json.dumps({"answer": told})

    asked = [(f"와파린의 {what}은 무엇입니까?", WARFARIN) for what in ("가격", "위험", "색")]
    none, answered, spoilt = judge(script).unanswered(asked)
    assert none is None
    assert answered == ("answerable", "출혈 위험이 커집니다.")
    assert spoilt is not None
    assert spoilt[0] == "teacher"
