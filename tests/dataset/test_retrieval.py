"""Sentences are found by what they say, and asked how much of a question they hold."""

from phi4.dataset.retrieval import Sentences, asked_words
from tests.dataset.leaflets import DOCUMENTS

SENTENCES = Sentences(DOCUMENTS)


def test_the_sentence_that_answers_is_found_first():
    (found,) = SENTENCES.nearest(asked_words("세균의 세포벽 합성은 무엇이 방해합니까?"), 1)
    assert (found.file, found.number, found.subject) == ("모나크린.txt", 2, "모나크린")


def test_a_word_of_few_sentences_weighs_more():
    assert SENTENCES.weight("세포") > SENTENCES.weight("용량")
    assert SENTENCES.is_rare("세포")
    assert not SENTENCES.is_rare("용량")


def test_coverage_counts_one_sentence_and_only_those_that_are_meant():
    words = asked_words("바르토핀을 칼륨 보충제와 함께 복용하면 어떻게 됩니까?", "바르토핀")
    assert SENTENCES.coverage(words, lambda found: True) == 1.0
    assert SENTENCES.coverage(words, lambda found: found.subject == "모나크린") < 0.5


def test_a_question_without_content_is_held_by_anything():
    assert asked_words("바르토핀은 무엇입니까?", "바르토핀") == frozenset()
    assert SENTENCES.coverage(frozenset(), lambda found: True) == 1.0


def test_without_seeds_nothing_is_found():
    assert Sentences([]).nearest(["세균"], 3) == []


def test_a_name_is_known_when_it_is_part_of_a_word_of_any_sentence():
    assert SENTENCES.hold("바르토핀")
    assert SENTENCES.hold("르토핀")
    assert not SENTENCES.hold("바르도핀")


def test_a_word_of_very_many_sentences_finds_none_by_itself(monkeypatch):
    monkeypatch.setattr("phi4.dataset.retrieval.COMMON", 1)
    assert SENTENCES.nearest(["용량"], 3) == []
    assert SENTENCES.nearest(["용량", "세포벽", "두드러기"], 3)


def test_the_order_of_documents_changes_no_score():
    words = asked_words("세균의 세포벽 합성은 무엇이 방해합니까?")
    found, again = SENTENCES.nearest(words, 2), Sentences(DOCUMENTS[::-1]).nearest(words, 2)
    assert [one.text for one in found] == [one.text for one in again]
