"""How a question is put."""

from hypothesis import given
from hypothesis import strategies as st

from phi4.evaluation.conditions import closed_book, cut_around, open_book
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
