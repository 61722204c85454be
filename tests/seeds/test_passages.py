"""Seeds become numbered sentences, and passages a teacher can read at once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phi4.paths import CHECKOUT
from phi4.records import Seed
from phi4.seeds import cut_passages, read_seeds
from phi4.seeds.passages import MAX_CHARACTERS, numbered_sentences

# The manual's example of a seed, word for word.
MANUAL_SAMPLE = """\
아스피린(Aspirin)은 아세틸살리실산(acetylsalicylic acid)의 상품명으로,
해열, 진통, 항염증 효과가 있는 비스테로이드 항염증제(NSAID)입니다.

작용 원리:
아스피린은 사이클로옥시게나제(COX) 효소를 비가역적으로 억제하여
프로스타글란딘의 합성을 차단합니다.

적응증:
- 두통, 치통, 근육통
- 발열 감소
- 혈전 예방 (저용량)

주의사항:
- 위장관 출혈 위험
- 12세 미만 어린이 사용 금지 (레이 증후군)
- 임신 3기 사용 금지
"""


def told(text):
    """Sentence and heading, without their places."""
    return [(one.text, one.heading) for one in numbered_sentences(text)]


def seed_of(text):
    return Seed(file="a.txt", sha256="0", text=text)


def test_the_manuals_sample_becomes_four_whole_sentences():
    assert told(MANUAL_SAMPLE) == [
        (
            "아스피린(Aspirin)은 아세틸살리실산(acetylsalicylic acid)의 상품명으로, "
            "해열, 진통, 항염증 효과가 있는 비스테로이드 항염증제(NSAID)입니다.",
            "",
        ),
        (
            "아스피린은 사이클로옥시게나제(COX) 효소를 비가역적으로 억제하여 프로스타글란딘의 합성을 차단합니다.",
            "작용 원리",
        ),
        ("적응증은 두통, 치통, 근육통, 발열 감소, 혈전 예방 (저용량)입니다.", "적응증"),
        (
            "주의사항은 위장관 출혈 위험, 12세 미만 어린이 사용 금지 (레이 증후군), 임신 3기 사용 금지입니다.",
            "주의사항",
        ),
    ]


def test_the_manuals_sample_is_one_passage():
    (passage,) = cut_passages(seed_of(MANUAL_SAMPLE))
    assert list(passage.numbers) == [1, 2, 3, 4]
    assert passage.headings == ("", "작용 원리", "적응증", "주의사항")
    assert (passage.file, passage.sha256) == ("a.txt", "0")


@pytest.mark.parametrize("line", ["용법:", "용법：", "# 용법", "### 용법:", "용법 :", "용법 및 용량:"])
def test_a_heading_names_the_sentences_below_it(line):
    ((sentence, heading),) = told(f"{line}\n하루 한 번 복용합니다.")
    assert sentence == "하루 한 번 복용합니다."
    assert heading == line.strip("# :：")


@pytest.mark.parametrize(
    "line",
    [
        "용법을 지킵니다.",
        "와파린은 왜 먹습니까? 이유:",
        "다음의 긴 설명은 제목이 아니라 문장이므로 여기서 끝나지 않습니다:",
    ],
)
def test_a_line_that_is_a_sentence_is_no_heading(line):
    assert {heading for _, heading in told(f"{line}\n하루 한 번 복용합니다.")} == {""}


def test_a_heading_holds_until_the_next_one():
    text = "첫째입니다.\n용법:\n둘째입니다.\n\n셋째입니다.\n주의:\n넷째입니다."
    assert [heading for _, heading in told(text)] == ["", "용법", "용법", "주의"]


def test_wrapped_lines_join_and_an_empty_line_ends_the_paragraph():
    text = "와파린은 혈액 응고를\n늦추는 항응고제입니다.\n\n하루 한 번\n복용합니다."
    assert [sentence for sentence, _ in told(text)] == [
        "와파린은 혈액 응고를 늦추는 항응고제입니다.",
        "하루 한 번 복용합니다.",
    ]


def test_a_verb_that_a_line_breaks_is_whole_again():
    text = "이 약은 하루 한 번 복용합니\n  다. 자몽 주스는 피합니다."
    one, two = numbered_sentences(text)
    assert (one.text, two.text) == ("이 약은 하루 한 번 복용합니다.", "자몽 주스는 피합니다.")
    assert (text[slice(*one.span)], text[slice(*two.span)]) == (
        "이 약은 하루 한 번 복용합니\n  다.",
        "자몽 주스는 피합니다.",
    )


def test_list_items_that_are_sentences_stay_sentences():
    text = "주의사항:\n- 출혈이 생깁니다.\n- 임신부는 복용하지 않습니다. 해롭습니다.\n1. 술을 마시지 않습니다."
    assert [sentence for sentence, _ in told(text)] == [
        "출혈이 생깁니다.",
        "임신부는 복용하지 않습니다.",
        "해롭습니다.",
        "술을 마시지 않습니다.",
    ]


def test_an_item_may_wrap_too():
    text = "주의사항:\n- 수술을 앞둔 환자는\n  의료진에게 알려야 합니다.\n- 술을 마시지 않습니다."
    assert [sentence for sentence, _ in told(text)] == [
        "수술을 앞둔 환자는 의료진에게 알려야 합니다.",
        "술을 마시지 않습니다.",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("적응증:\n- 두통\n- 발열 감소", "적응증은 두통, 발열 감소입니다."),
        (
            "금기:\n- 심장병 환자\n- 임신부 사용 금지\n- 만 2세 미만의 소아",
            "금기는 심장병 환자, 임신부 사용 금지, 만 2세 미만의 소아입니다.",
        ),
        ("검사:\n* 간 기능 검사 필요;", "검사는 간 기능 검사 필요입니다."),
    ],
)
def test_noun_phrases_become_one_sentence_with_their_heading(text, sentence):
    assert told(text) == [(sentence, text.split(":")[0])]


def test_notes_with_a_verb_of_their_own_become_sentences_and_keep_their_places():
    text = (
        "신청 방법:\n- 신청은 온라인으로 가능함.\n- 서류를 5일 이내에\n  제출할 것\n- 수수료는 무료\n- 신분증\n- 통장"
    )
    found = numbered_sentences(text)
    assert [(one.text, text[slice(*one.span)]) for one in found] == [
        ("신청은 온라인으로 가능합니다.", "신청은 온라인으로 가능함."),
        ("서류를 5일 이내에 제출해야 합니다.", "서류를 5일 이내에\n  제출할 것"),
        ("수수료는 무료", "수수료는 무료"),
        ("신청 방법은 신분증, 통장입니다.", "신분증\n- 통장"),
    ]
    assert {one.heading for one in found} == {"신청 방법"}


@pytest.mark.parametrize(
    ("heading", "item"),
    [
        ("금지 행위", "회의실에서 음식을 먹음"),
        ("금지 사항", "타인에게 계정을 양도함"),
        ("해지 사유", "요금을 3개월 이상 내지 않음"),
        ("제외 대상", "소득이 기준을 초과함"),
        ("증상", "가슴이 답답함"),
    ],
)
def test_what_is_a_case_of_its_heading_is_told_with_it(heading, item):
    ((sentence, _),) = told(f"{heading}:\n- {item}")
    assert sentence.startswith(heading)
    assert sentence.endswith(f"{item}입니다.")


def test_a_duty_is_one_below_any_heading():
    assert [sentence for sentence, _ in told("신청 대상:\n- 서류를 5일 이내에 제출할 것")] == [
        "서류를 5일 이내에 제출해야 합니다."
    ]


def test_noun_phrases_without_a_heading_stay_as_they_are():
    assert [sentence for sentence, _ in told("- 두통\n- 발열")] == ["두통", "발열"]


def test_a_sentence_between_noun_phrases_keeps_its_place():
    text = "증상:\n- 두통\n- 열이 납니다.\n- 기침"
    assert [sentence for sentence, _ in told(text)] == [
        "증상은 두통입니다.",
        "열이 납니다.",
        "증상은 기침입니다.",
    ]


def test_a_stray_mark_is_no_sentence():
    assert [sentence for sentence, _ in told("-\n\n.\n\n와파린은 약입니다.\n\n*")] == ["와파린은 약입니다."]


def test_a_text_of_headings_alone_has_no_passage():
    assert cut_passages(seed_of("용법:\n주의사항:")) == []


def long_text(sections, sentences):
    """Sections with that many sentences of 48 characters; every one is told apart by its number."""
    body = "환자는 의사가 정해 준 시간에 정해 준 만큼의 약을 물과 함께 복용합니다."
    return "\n".join(
        f"제목 {chr(0xAC00 + section)}:\n" + "\n\n".join(f"{section}번 {item}호 {body}" for item in range(sentences))
        for section in range(sections)
    )


def test_a_long_text_is_cut_where_a_section_begins():
    passages = cut_passages(seed_of(long_text(sections=3, sentences=30)))
    assert [len(passage.sentences) for passage in passages] == [30, 30, 30]
    assert [passage.first for passage in passages] == [1, 31, 61]
    assert all(len(set(passage.headings)) == 1 for passage in passages)


def test_a_section_that_is_too_long_is_cut_between_sentences():
    passages = cut_passages(seed_of(long_text(sections=1, sentences=100)))
    assert len(passages) == 3
    assert all(sum(map(len, passage.sentences)) <= MAX_CHARACTERS for passage in passages)


@pytest.mark.parametrize("word", ["와파린과 ", "가나다라마바사"])
def test_what_has_no_end_of_sentence_is_cut_into_pieces_that_fit(word):
    giant = word * 1000 + "약입니다."
    passages = cut_passages(seed_of(f"첫째입니다.\n\n{giant}\n\n셋째입니다."))
    sentences = [sentence for passage in passages for sentence in passage.sentences]
    assert (sentences[0], sentences[-1]) == ("첫째입니다.", "셋째입니다.")
    assert "".join(sentences[1:-1]).replace(" ", "") == giant.replace(" ", "")
    assert all(sum(map(len, passage.sentences)) <= MAX_CHARACTERS for passage in passages)
    text = f"첫째입니다.\n\n{giant}\n\n셋째입니다."
    assert [text[start:end] for passage in passages for start, end in passage.spans] == sentences


def test_a_long_list_becomes_several_sentences_each_with_its_heading():
    items = "\n".join(f"- 부작용의 이름 {number}" for number in range(300))
    sentences = told(f"부작용:\n{items}")
    assert len(sentences) > 2
    assert all(text.startswith("부작용은 ") and text.endswith("입니다.") and len(text) < 1500 for text, _ in sentences)
    assert [f"이름 {number}" in sentences[-1][0] for number in (0, 299)] == [False, True]


LINES = st.sampled_from(
    [
        "",
        "용법:",
        "# 주의사항",
        "- 두통",
        "- 출혈이 생길 수 있습니다.",
        "와파린은 혈액 응고를 늦추는 항응고제입니다. 하루 한 번 복용합니다.",
        "효과가 나타나는 데",
        "며칠이 걸립니다.",
        "와파린의 용량은 사람마다 다르기 때문에 의사는 피를 뽑아 검사하며 용량을 맞춥니다. " * 12,
        "1.5 mg",
        "ABC?! …",
    ]
)


@settings(max_examples=25)
@given(st.lists(LINES, max_size=25))
def test_cutting_neither_loses_nor_doubles_a_sentence(lines):
    text = "\n".join(lines)
    passages = cut_passages(seed_of(text))
    cut = [pair for passage in passages for pair in zip(passage.sentences, passage.headings, strict=True)]
    assert cut == told(text)
    assert [number for passage in passages for number in passage.numbers] == list(range(1, len(cut) + 1))
    assert all(sum(map(len, p.sentences)) <= MAX_CHARACTERS or len(p.sentences) == 1 for p in passages)
    ends = [end for p in passages for start, end in p.spans]
    starts = [start for p in passages for start, end in p.spans]
    assert all(start < end for start, end in zip(starts, ends, strict=True))
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_every_shipped_seed_is_cut_into_whole_polite_sentences():
    folder = Path(CHECKOUT, "Phi-4", "data", "seeds")
    sentences = [
        sentence
        for seed in read_seeds(folder).seeds
        for passage in cut_passages(seed)
        for sentence in passage.sentences
    ]
    assert len(sentences) > 100
    assert [sentence for sentence in sentences if not sentence.endswith("니다.")] == []


def test_every_shipped_sentence_stands_in_its_file_where_its_span_says():
    for seed in read_seeds(Path(CHECKOUT, "Phi-4", "data", "seeds")).seeds:
        for passage in cut_passages(seed):
            for sentence, (start, end) in zip(passage.sentences, passage.spans, strict=True):
                there = seed.text[start:end]
                assert " ".join(there.split()) == sentence or all(
                    line.removeprefix("- ") in sentence for line in there.split("\n")
                )


def test_a_span_is_not_taken_from_a_heading_that_says_the_same():
    text = "두통:\n\n- 두통\n- 발열"
    (sentence,) = numbered_sentences(text)
    assert text[slice(*sentence.span)] == "두통\n- 발열"
