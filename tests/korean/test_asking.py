"""Questions made by rule: what a statement of any field is asked, and what is better not asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi4.korean import ask, leaning_word, softened
from tests.korean.statements import QUESTIONS


def questions(statement):
    return tuple(asked.question for asked in ask(statement))


@pytest.mark.parametrize("statement", QUESTIONS)
def test_a_statement_is_asked_for_each_of_its_parts(statement):
    assert questions(statement) == QUESTIONS[statement]


@pytest.mark.parametrize("statement", QUESTIONS)
def test_what_is_asked_for_stands_in_the_statement_and_not_in_the_question(statement):
    for asked in ask(statement):
        words = asked.answer.strip(" .").split()
        assert all(word in statement.replace("(", " ") for word in words)
        assert asked.answer.strip() not in asked.question


@pytest.mark.parametrize(
    ("plain", "polite"),
    [
        ("와파린은 비타민 K의 작용을 막는다.", "와파린은 비타민 K의 작용을 막습니다."),
        ("보건복지부장관은 5년마다 기본계획을 세워야 한다.", "보건복지부장관은 5년마다 기본계획을 세워야 합니다."),
        ("혈소판은 지혈에 관여하는 작은 세포 조각이다.", "혈소판은 지혈에 관여하는 작은 세포 조각입니다."),
    ],
)
def test_a_statement_in_plain_style_is_asked_as_a_polite_one_is(plain, polite):
    assert ask(plain)
    assert ask(plain) == ask(polite)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("와파린은 왜 금기입니까?", "cause"),
        ("와파린은 어떻게 혈액 응고를 늦춥니까?", "mechanism"),
        ("와파린을 아스피린과 함께 복용하면 어떻게 됩니까?", "consequence"),
        ("와파린은 하루 몇 mg을 복용합니까?", "quantity"),
        ("와파린은 무엇을 막습니까?", "fact"),
    ],
)
def test_a_question_has_its_kind(question, kind):
    told = {
        "cause": "와파린은 태아에게 출혈을 일으킬 수 있기 때문에 금기입니다.",
        "mechanism": "와파린은 비타민 K의 작용을 억제하여 혈액 응고를 늦춥니다.",
        "consequence": "와파린을 아스피린과 함께 복용하면 출혈 위험이 커집니다.",
        "quantity": "와파린은 하루 5 mg을 복용합니다.",
        "fact": "와파린은 비타민 K의 작용을 막습니다.",
    }[kind]
    if kind == "fact":
        assert {asked.kind for asked in ask(told)} == {"fact"}
    else:
        assert (question, kind) in {(asked.question, asked.kind) for asked in ask(told)}


def test_the_words_that_answer_a_question_come_with_it():
    told = {asked.question: asked.answer for asked in ask("보조금은 예산이 부족하기 때문에 선착순으로 지급합니다.")}
    assert told["보조금은 왜 선착순으로 지급합니까?"] == "예산이 부족하기 때문"
    assert told["보조금은 무엇이 부족하기 때문에 선착순으로 지급합니까?"] == "예산"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "니다.",
        "합니다.",
        "두통",
        "출혈 위험이 있는 환자",
        "와파린은 항응고제예요.",
        "와파린을 복용한다.",
        "이것은 항생제가 아니다.",
        "그 마을은 큰 시장을 지니다.",
        "물과 함께 드십시오.",
        "왜 아픕니까?",
        "사용 금지: 임신부",
        "- 두통이 있습니다.",
        "① 보폭을 평소보다 줄입니다.",
        "2. 뚜껑을 엽니다.",
        "답 : 약은 물과 함께 먹습니다.",
        "비상벨 - 버튼을 눌러 알립니다.",
    ],
)
def test_what_is_no_statement_in_formal_speech_is_asked_nothing(text):
    assert ask(text) == []


@pytest.mark.parametrize(
    "statement",
    [
        "이 약은 하루 두 번 복용합니다.",
        "그는 1443년에 훈민정음을 만들었습니다.",
        "이때 열이 납니다.",
        "이를 통해 오류를 찾습니다.",
        "다음과 같은 경우에는 약을 중단합니다.",
    ],
)
def test_what_leans_on_the_sentence_before_is_asked_nothing(statement):
    assert ask(statement) == []


@pytest.mark.parametrize("statement", ["하루 중 어느 때나 복용할 수 있습니다.", "언제든 창문을 열 수 있습니다."])
def test_what_has_a_question_word_of_its_own_is_asked_nothing(statement):
    assert ask(statement) == []


def test_speech_within_a_statement_is_asked_nothing():
    assert ask('의사는 "물을 많이 마셔야 합니다."라고 말했습니다.') == []


def test_two_reasons_are_not_taken_for_one():
    statement = "바람이 불기 때문에 길이 미끄럽기 때문에 조심해야 합니다."
    assert ask(statement) == []


def test_a_connective_at_the_start_is_left_out():
    assert questions("또한, 여권의 유효 기간은 10년입니다.") == ("여권의 유효 기간은 몇 년입니까?",)
    assert questions("따라서 과태료는 10만 원입니다.") == ("과태료는 얼마입니까?",)


def test_of_two_statements_in_one_the_first_is_asked_alone():
    assert "위원의 임기는 몇 년입니까?" in questions("위원의 임기는 3년이며, 연임할 수 있습니다.")
    assert "아목시실린은 어떤 감염을 치료합니까?" in questions(
        "아목시실린은 세균 감염을 치료하지만 바이러스 감염에는 효과가 없습니다."
    )


def test_a_ban_is_not_turned_round_by_asking_its_first_half():
    assert not any("맙니까" in question for question in questions("비가 오면 자전거를 타지 말고, 버스를 이용합니다."))


def test_a_question_that_says_too_little_is_not_asked():
    assert ask("버튼을 누릅니다.") == []
    assert ask("손해를 끼칠 수 있습니다.") == []


def test_a_question_that_is_too_long_to_follow_is_not_asked():
    start = "협회는 회원의 경력과 자격을 정리한 명부를 해마다 새로 만들고, "
    rest = "명부에 오른 회원의 연락처를 지부마다 확인하여 도서관의 서가에 꽂힌 옛 명부와 함께 총회의 기록을 보관합니다."
    assert questions(start + rest) == ("누가 회원의 경력과 자격을 정리한 명부를 해마다 새로 만듭니까?",)


def test_what_the_question_still_tells_is_not_asked_for():
    statement = "세티리진에 과민 반응을 보인 환자는 다른 약에도 과민 반응을 보입니다."
    assert not any("어떤 반응" in question for question in questions(statement))


@pytest.mark.parametrize(
    ("question", "soft"),
    [
        ("무엇을 막습니까?", "무엇을 막나요?"),
        ("와파린은 무엇입니까?", "와파린은 무엇인가요?"),
        ("하루 몇 mg입니까?", "하루 몇 mg인가요?"),
        ("왜 위험합니까?", "왜 위험한가요?"),
        ("무엇이 가장 큽니까?", "무엇이 가장 큰가요?"),
        ("왜 무겁습니까?", "왜 무거운가요?"),
        ("무엇이 생길 수 있습니까?", "무엇이 생길 수 있나요?"),
        ("왜 효과가 없습니까?", "왜 효과가 없나요?"),
        ("언제 창제했습니까?", "언제 창제했나요?"),
        ("누가 만들었습니까?", "누가 만들었나요?"),
        ("어디에 보관되어 있습니까?", "어디에 보관되어 있나요?"),
        ("수도는 어디였습니까?", "수도는 어디였나요?"),
        ("무엇이 조선의 정궁이었습니까?", "무엇이 조선의 정궁이었나요?"),
        ("어떻게 해야 합니까?", "어떻게 해야 하나요?"),
        ("왜 복용해서는 안 됩니까?", "왜 복용해서는 안 되나요?"),
        ("누가 짐을 듭니까?", "누가 짐을 드나요?"),
        ("무엇을 만듭니까?", "무엇을 만드나요?"),
        ("왜 복용하지 않습니까?", "왜 복용하지 않나요?"),
    ],
)
def test_a_question_is_softened_as_people_type_it(question, soft):
    assert softened(question) == soft


@pytest.mark.parametrize("text", ["왜 금기인가요?", "왜 되니까?", "무엇입니까", "니까?", "", "와파린은 약입니다."])
def test_what_no_rule_fits_is_softened_to_itself(text):
    assert softened(text) == text


WORDS = """
와파린 은 는 이 가 을 를 에 에서 으로 와 과 의 환자 효소 간 5 mg 10~20 % 3시 1392년 하여 하면 하고 며 지만 기 때문에
므로 인 한 수 있 것 그 이 등 및 않 안 ( ) " ' , . : 습니다. 입니다. 합니다. 됩니다.
"""
PIECES = st.sampled_from(sorted(WORDS.split()))
NEARLY_KOREAN = st.lists(st.one_of(PIECES, st.just(" ")), max_size=24).map("".join)
ENDED = st.tuples(NEARLY_KOREAN, st.sampled_from(["합니다.", "입니다.", "됩니다.", "있습니다.", ""])).map("".join)


@settings(max_examples=150)
@given(st.one_of(st.text(), ENDED))
def test_any_text_can_be_asked(text):
    for asked in ask(text):
        assert asked.question.endswith("니까?")
        assert asked.question != text
        assert asked.question != text.strip().removesuffix("니다.") + "니까?"  # something was taken out
        assert asked.answer.strip()
        assert softened(asked.question).endswith("?")


@settings(max_examples=60)
@given(st.one_of(st.text(), ENDED))
def test_any_text_can_be_softened(text):
    question = f"{text}?"
    assert softened(question).endswith("?")
    assert softened(softened(question)) == softened(question)


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("이를 막으려면 어떻게 합니까?", "이"),
        ("이가 나타나면 어떻게 합니까?", "이"),
        ("위의 경우 무엇을 냅니까?", "위의 경우"),
        ("다음과 같은 약은 무엇입니까?", "다음과 같"),
        ("이를 닦을 때 왜 피가 납니까?", ""),
        ("이가 아프면 어떻게 합니까?", ""),
        ("이가 나는 아기는 무엇을 먹습니까?", ""),
        ("무릎 아래의 동맥은 어떻게 됩니까?", ""),
        ("건물 앞의 도로는 누가 청소합니까?", ""),
        ("처음과 같은 색은 무엇입니까?", ""),
    ],
)
def test_a_word_that_points_at_what_stands_before_is_told_from_one_that_does_not(question, word):
    assert leaning_word(question) == word
