"""Who does what, and in which order."""

from phi4.korean.roles import Part, befores_and_afters, clauses, happenings, parts, untils_and_sinces
from phi4.korean.words import morphemes


def test_the_roles_are_read_off_the_particles():
    assert parts(morphemes("집주인은 세입자에게 보증금을 돌려줍니다.")) == {
        Part("돌려주", "주어"): {"집주인"},
        Part("돌려주", "에게"): {"세입자"},
        Part("돌려주", "목적어"): {"보증금"},
    }


def test_joined_names_share_their_role():
    assert parts(morphemes("칼과 도마를 씻습니다."))[Part("씻", "목적어")] == {"칼", "도마"}


def test_the_topic_passes_over_a_clause_that_only_modifies():
    found = parts(morphemes("직원은 회사가 정한 옷을 입습니다."))
    assert found[Part("정하", "주어")] == {"회사"}
    assert found[Part("입", "주어")] == {"직원"}


def test_clauses_are_cut_where_two_things_stand_beside_each_other():
    found = clauses(morphemes("물은 끓이고, 소금은 녹입니다."))
    assert [[token.form for token in clause if token.kind == "NNG"] for clause in found] == [["물"], ["소금"]]


def test_a_list_is_no_row_of_clauses():
    assert len(clauses(morphemes("물, 소금, 밀가루를 섞습니다."))) == 1


def test_happenings_are_told_in_order_with_a_bar_between_those_without_one():
    assert list(happenings(morphemes("물이 끓으면 소금을 넣고 면을 삶습니다."))) == ["끓", "넣", "|", "삶"]


def test_before_and_after_are_told_apart():
    assert befores_and_afters(morphemes("전원을 끄기 전에 저장하고, 덮개를 연 뒤에 닦습니다.")) == {
        "끄": {"전"},
        "열": {"뒤"},
    }
    assert befores_and_afters(morphemes("설치한 뒤에 확인합니다.")) == {"설치": {"뒤"}}
    assert befores_and_afters(morphemes("식사 전과 식사 후에 손을 씻습니다.")) == {"식사": {"전", "뒤"}}
    assert befores_and_afters(morphemes("전 직원이 식사합니다.")) == {}


def test_until_and_since_are_told_apart():
    found = untils_and_sinces(morphemes("월요일부터 금요일까지 엽니다."))
    assert found == {"월요일": {"부터"}, "금요일": {"까지"}}
