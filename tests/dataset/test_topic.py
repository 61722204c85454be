"""What a passage is about."""

import pytest

from phi4.dataset.topic import topic
from phi4.records import Passage, Seed
from phi4.seeds import cut_passages
from tests.samples import WARFARIN


def passage_of(*sentences):
    return Passage(file="a.txt", sha256="0", first=1, sentences=sentences, headings=("",) * len(sentences))


def test_the_name_that_most_sentences_use_is_the_topic_without_its_particles():
    assert topic(WARFARIN) == "와파린"


def test_a_latin_name_may_be_the_topic():
    assert topic(passage_of("NSAID는 통증을 줄입니다.", "NSAID를 오래 쓰면 위가 상합니다.")) == "NSAID"


@pytest.mark.parametrize(
    "sentences",
    [
        (),
        ("와파린은 항응고제입니다.",),
        ("와파린은 약입니다.", "아스피린도 먹습니다.", "인슐린을 놓습니다."),
        ("하나, 둘.", "셋, 넷.", "다섯, 여섯.", "일곱과 하나.", "아홉과 열.", "열하나와 열둘."),
    ],
)
def test_where_no_word_stands_out_there_is_no_topic(sentences):
    assert topic(passage_of(*sentences)) == ""


@pytest.mark.parametrize("first", ["경구", "수액", "당뇨", "인슐", "혈압", "심장", "간염", "백신", "콩팥", "관절"])
def test_of_two_words_used_equally_the_first_told_is_the_topic_in_every_run(first):
    # Sets of strings have another order in every process; a topic that followed it
    # would change the prompt, and the cache would pay for every answer again.
    assert topic(passage_of(f"{first}의 다른 것", f"그리고 {first}도 다른 일", f"{first}만 다른 말")) == first


@pytest.mark.parametrize(
    "text",
    [
        "총무과는 본관 2층에 있습니다. 인사과는 본관 3층에 있습니다. 민원실은 별관에 있습니다.",
        "신용 대출은 은행에서 신청합니다. 담보 대출은 집을 맡기고 신청합니다. 대출 금리는 신용에 따라 달라집니다.",
        "휴가는 미리 신청합니다. 병가는 진단서를 내고 신청합니다. 출장은 부서장이 승인합니다.",
    ],
)
def test_a_predicate_is_never_the_subject(text):
    passage = cut_passages(Seed(file="a.txt", sha256="0", text=text))[0]
    assert topic(passage) in {"", "본관", "대출"}


def test_what_follows_a_sign_is_no_word():
    assert topic(passage_of("5~60℃에서 늘어납니다.", "75℃에서 죽습니다.", "85℃에서 끓입니다.")) == ""


def test_the_topic_has_no_particle_of_its_own():
    assert topic(passage_of("학생은 책을 빌립니다.", "학생은 늦지 않습니다.", "학생은 조용히 합니다.")) == "학생"


def test_a_word_that_opens_few_of_its_sentences_is_not_what_they_are_about():
    text = (
        "계약을 끝내려면 먼저 세입자가 알립니다.",
        "집을 고치는 돈은 세입자가 냅니다.",
        "보증금은 늦게 세입자가 받습니다.",
    )
    assert topic(passage_of(*text)) == ""


def test_a_word_that_opens_sentences_as_a_part_of_other_things_is_not_what_they_are_about():
    text = (
        "내과의 진료 시간은 9시부터입니다.",
        "외과의 진료 요일은 월요일입니다.",
        "진료비는 창구에서 냅니다.",
        "진료의뢰서가 없으면 접수하지 못합니다.",
        "검사는 진료를 받고 나서 합니다.",
    )
    assert topic(passage_of(*text)) == ""


def test_a_name_of_two_words_is_one():
    text = (
        "인슐린 글라진은 오래 듣는 인슐린입니다.",
        "인슐린 글라진을 하루 한 번 놓습니다.",
        "남은 인슐린 글라진은 버립니다.",
    )
    assert topic(passage_of(*text)) == "인슐린"
