"""How a question is put."""

from hypothesis import given
from hypothesis import strategies as st

from phi4.evaluation.conditions import PASSAGE_TOKENS, closed_book, cut_around, open_book
from phi4.records import ExamSource, Passage
from tests.evaluation.kit import PASSAGE, question

PASSAGES = {"a.txt": [Passage(file="a.txt", sha256="0", first=1, sentences=PASSAGE, headings=("", ""))]}


def test_a_question_from_memory_is_the_question_alone():
    assert [turn.content for turn in closed_book(question("x"))] == ["x은 무엇입니까?"]


def test_with_the_passage_all_its_sentences_stand_before_the_question():
    asked = question("x", source=ExamSource(file="a.txt", sentences=(1,)))
    (turn,) = open_book(asked, PASSAGES, len)
    assert turn.content.startswith("\n".join(PASSAGE))
    assert turn.content.endswith("x은 무엇입니까?")


def test_a_seed_that_is_gone_leaves_the_quoted_evidence():
    asked = question("x", file="gone.txt", source=ExamSource(file="gone.txt", evidence=(PASSAGE[0],)))
    (turn,) = open_book(asked, {}, len)
    assert turn.content.startswith(PASSAGE[0])


def test_a_long_passage_is_cut_at_sentences_around_its_evidence():
    sentences = [f"{number}번 문장입니다." for number in range(10)]
    kept = cut_around(sentences, [sentences[6]], lambda text: 10, limit=30)
    assert kept == sentences[5:8]
    assert cut_around(sentences, [], lambda text: 10, limit=20) == sentences[:2]


def test_the_evidence_stays_even_where_it_alone_is_too_long():
    assert cut_around(["가", "나"], ["나"], lambda text: 99, limit=10) == ["나"]


WHOLE = [f"{number}번 약은 {number}월에 왔습니다." for number in range(1, 400)]


def whole_file(sentences):
    return {"a.txt": [Passage(file="a.txt", sha256="0", first=1, sentences=tuple(sentences), headings=("", ""))]}


def read_open(sentences, **stated):
    stated = {"source": ExamSource(file="a.txt"), **stated}
    (turn,) = open_book(question("x", **stated), whole_file(sentences), len)
    return [sentence for sentence in sentences if sentence in turn.content.splitlines()]


def test_a_file_of_any_size_is_cut_around_the_sentences_that_hold_a_gold():
    told = [*WHOLE[:250], "아스피린은 응집을 억제합니다.", *WHOLE[250:]]
    found = read_open(told)
    assert told[250] in found
    assert {told[249], told[251]} <= set(found), "its neighbours"
    assert sum(map(len, found)) <= PASSAGE_TOKENS


def test_of_too_many_sentences_that_hold_a_gold_those_that_fit_are_read():
    found = read_open([f"{number}번 약은 응집을 억제합니다." for number in range(400)])
    assert 0 < sum(map(len, found)) <= PASSAGE_TOKENS


def test_where_no_sentence_holds_the_whole_gold_the_nearest_is_read():
    told = [*WHOLE, "혈소판은 서로 붙습니다.", *WHOLE]
    assert told[len(WHOLE)] in read_open(told, answers=("혈소판이 엉겨서 피가 굳기 때문입니다.",))


def test_evidence_that_is_no_sentence_of_the_file_is_looked_for():
    told = [*WHOLE, "아스피린은 응집을 억제합니다.", *WHOLE]
    source = ExamSource(file="a.txt", evidence=("응집을 억제",))
    assert told[len(WHOLE)] in read_open(told, source=source)


def test_named_evidence_alone_may_be_longer_than_the_limit():
    told = ["가" * 900 + " 응집입니다.", "나입니다."]
    assert read_open(told, source=ExamSource(file="a.txt", sentences=(1,))) == told[:1]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20), st.data())
def test_a_cut_passage_keeps_its_order_its_evidence_and_its_limit(sizes, data):
    sentences = [f"{place}:{size}" for place, size in enumerate(sizes)]
    kept = [data.draw(st.sampled_from(sentences))]

    def count(text):
        return int(text.partition(":")[2])

    found = cut_around(sentences, kept, count, limit=60)
    assert found == [sentence for sentence in sentences if sentence in found]
    assert kept[0] in found
    assert sum(map(count, found)) <= 60
