"""What one answer gets."""

import pytest

from phi4.evaluation.marks import mark
from tests.evaluation.kit import PASSAGE, question, reply

ASKED = question("아스피린의 작용", answers=("응집",))


def test_a_good_answer_gets_every_mark():
    told = mark(ASKED, reply("혈소판의 응집을 억제합니다.", [PASSAGE[0]]), PASSAGE)
    wanted = {"right", "korean", "polite", "ended", "reasoned", "supported", "follows"}
    assert {name for name in wanted if told[name] == 1.0} == wanted
    assert (told["refused"], told["foreign"], told["tokens"]) == (0.0, 0.0, 10.0)


@pytest.mark.parametrize(
    ("answer", "steps", "finish", "lost"),
    [
        ("혈소판의 응집을 억제합니다.", ["혈관을 넓혀 혈압을 낮춥니다."], "stop", {"supported", "follows"}),
        (
            "효과는 7~10일입니다.",
            ["아스피린의 효과는 7~30일 동안 이어집니다."],
            "stop",
            {"right", "supported", "follows"},
        ),
        ("혈소판의 응집을 억제해요.", [PASSAGE[0]], "stop", {"polite"}),
        ("혈소판의 응집을 억제합니다.", [PASSAGE[0]], "length", {"ended"}),
        ("It inhibits 응집 of platelets.", [PASSAGE[0]], "stop", {"korean", "polite", "follows"}),
        ("", [PASSAGE[0]], "length", {"right", "korean", "polite", "ended", "follows"}),
    ],
)
def test_each_fault_costs_its_own_marks(answer, steps, finish, lost):
    told = mark(ASKED, reply(answer, steps, finish), PASSAGE)
    names = ("right", "korean", "polite", "ended", "supported", "follows")
    assert {name for name in names if told[name] == 0.0} == lost


def test_hanja_counts_unless_the_passage_holds_it():
    told = reply("血小板의 응집을 억제합니다.")
    assert mark(ASKED, told, PASSAGE)["foreign"] == 1.0
    assert mark(ASKED, told, ("血小板의 응집을 억제합니다.",))["foreign"] == 0.0


def test_an_answer_without_steps_is_not_marked_for_them():
    told = mark(ASKED, reply("응집입니다."), PASSAGE)
    assert told["reasoned"] == 0.0
    assert not {"supported", "follows"} & set(told)


def test_a_refusal_of_what_is_known_is_wrong_even_if_it_names_the_gold():
    told = mark(ASKED, reply("응집에 대해서는 알 수 없습니다."), PASSAGE)
    assert (told["right"], told["refused"]) == (0.0, 1.0)


def test_a_true_denial_is_right_exact_and_no_refusal():
    gold = "개인정보는 동의 없이 제3자에게 제공하지 않습니다."
    told = mark(question("개인정보를 제3자에게 제공합니까?", answers=(gold,)), reply(gold), PASSAGE)
    assert (told["right"], told["exact"], told["refused"]) == (1.0, 1.0, 0.0)


def test_a_denial_that_the_question_asks_for_is_right_and_no_refusal():
    asked = question("x", question="안개가 끼면 무엇이 확인할 수 없습니까?", answers=("표지판",))
    told = mark(asked, reply("표지판이 확인할 수 없습니다."), PASSAGE)
    assert (told["right"], told["refused"]) == (1.0, 0.0)


def test_a_denied_gold_is_wrong_unless_the_evidence_denies_it():
    told = reply("혈소판의 응집은 막지 않습니다.")
    assert mark(ASKED, told, PASSAGE)["right"] == 0.0
    assert mark(ASKED, told, PASSAGE, evidence=["응집은 막지 않습니다."])["right"] == 1.0


def test_a_question_without_an_answer_is_marked_for_refusing_alone():
    told = mark(question("x", answers=(), answerable=False), reply("모릅니다."), PASSAGE)
    assert told["refused"] == 1.0
    assert not {"right", "exact", "character_f1"} & set(told)


def test_a_judges_verdict_stands_before_the_rule():
    assert mark(ASKED, reply("응집입니다."), PASSAGE, judged=False)["right"] == 0.0
