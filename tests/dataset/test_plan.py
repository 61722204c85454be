"""Which questions are asked of which sentences."""

import pytest

from phi4.dataset.plan import DIFFICULTY, ROUNDS, Coverage, Request, kinds_for, next_round, plan
from phi4.records import Passage
from tests.samples import SENTENCES, WARFARIN, passage_named


@pytest.mark.parametrize(
    ("sentence", "kinds"),
    [
        (SENTENCES[0], ["mechanism", "fact"]),
        (SENTENCES[1], ["quantity", "cause", "mechanism", "fact"]),
        (SENTENCES[2], ["fact"]),
        (SENTENCES[3], ["quantity", "fact"]),
        (SENTENCES[4], ["prohibition", "cause", "mechanism", "fact"]),
        (SENTENCES[5], ["consequence", "fact"]),
        ("12세 미만은 이 약을 복용하지 않아야 합니다.", ["prohibition", "quantity", "fact"]),
        ("와파린은 흔히 쓰이는 약입니다.", ["fact"]),
        ("이 약은 비타민 B12와 함께 흡수됩니다.", ["fact"]),
    ],
)
def test_a_kind_is_asked_only_of_a_sentence_that_can_answer_it(sentence, kinds):
    assert kinds_for(sentence) == kinds


def test_without_a_number_every_sentence_is_asked_once_in_its_order():
    requests = plan([WARFARIN])
    assert [request.focus for request in requests] == [1, 2, 3, 4, 5, 6]
    assert [request.kind for request in requests] == [kinds_for(sentence)[0] for sentence in SENTENCES]


def test_fewer_drafts_than_sentences_take_the_most_telling_ones():
    assert [request.focus for request in plan([WARFARIN], per_seed=3)] == [1, 2, 5]


def test_more_drafts_than_sentences_ask_other_kinds_of_the_same_sentences():
    requests = plan([WARFARIN], per_seed=8)
    assert len(requests) == 8
    assert {request.focus for request in requests} == {1, 2, 3, 4, 5, 6}
    assert len({(request.focus, request.kind) for request in requests}) == 8


def test_more_drafts_than_there_are_questions_ask_each_once():
    requests = plan([WARFARIN], per_seed=1000)
    assert len(requests) == sum(max(ROUNDS, len(kinds_for(sentence))) for sentence in SENTENCES)
    assert len({request.id for request in requests}) == len(requests)


def test_every_file_gets_its_share_and_files_keep_their_order():
    requests = plan([passage_named("b.txt"), passage_named("a.txt")], per_seed=2)
    assert [request.passage.file for request in requests] == ["b.txt", "b.txt", "a.txt", "a.txt"]


def test_the_passages_of_one_file_share_its_number():
    later = WARFARIN.model_copy(update={"first": 7})
    requests = plan([WARFARIN, later], per_seed=4)
    assert [request.focus for request in requests] == [2, 5, 8, 11]


def test_nothing_is_asked_of_nothing():
    assert plan([]) == []


@pytest.mark.parametrize(("focus", "support"), [(1, 2), (2, 1), (3, 1), (4, 3), (5, 1), (6, 1)])
def test_the_sentence_before_in_the_same_section_leads_up_else_the_first(focus, support):
    request = next(request for request in plan([WARFARIN]) if request.focus == focus)
    assert request.support == support
    assert request.cites == (support, focus)


def test_a_passage_of_one_sentence_rests_on_itself():
    alone = Passage(file="a.txt", sha256="0", first=9, sentences=(SENTENCES[3],), headings=("",))
    (request,) = plan([alone], per_seed=1)
    assert (request.focus, request.support, request.cites) == (9, 9, (9,))


def test_numbers_count_within_the_file_and_not_within_the_passage():
    later = WARFARIN.model_copy(update={"first": 31})
    assert [(request.focus, request.support) for request in plan([later])][:2] == [(31, 32), (32, 31)]


def test_an_id_is_stable_and_follows_the_file_and_the_question():
    request = Request(WARFARIN, focus=4, support=3, kind="fact")
    assert request.id == Request(WARFARIN, focus=4, support=3, kind="fact").id
    changed = [
        Request(passage_named("b.txt"), 4, 3, "fact"),
        Request(WARFARIN.model_copy(update={"sha256": "1"}), 4, 3, "fact"),
        Request(WARFARIN, 5, 3, "fact"),
        Request(WARFARIN, 4, 2, "fact"),
        Request(WARFARIN, 4, 3, "quantity"),
    ]
    assert len({request.id, *(other.id for other in changed)}) == 6


def test_every_kind_has_a_difficulty():
    assert {
        request.kind: request.difficulty for request in plan([WARFARIN], per_seed=100)
    }.items() <= DIFFICULTY.items()
    assert set(DIFFICULTY.values()) == {"A", "B", "C"}


def covered(tries, rows):
    coverage = Coverage()
    coverage.tries.update(tries)
    for focus, count in rows.items():
        for number in range(count):
            coverage.got(focus, f"질문 {number}?")
    return coverage


def test_the_next_round_asks_the_sentences_without_a_row():
    every = dict.fromkeys(WARFARIN.numbers, 1)
    requests = next_round([WARFARIN], covered(every, {1: 1, 3: 2, 4: 1, 6: 1}), most=99)
    assert [(request.focus, request.turn) for request in requests] == [(2, 1), (5, 1)]
    assert [request.kind for request in requests] == [kinds_for(WARFARIN.sentence(focus))[1] for focus in (2, 5)]


def test_when_every_sentence_has_a_row_only_an_eager_plan_goes_on():
    every = dict.fromkeys(WARFARIN.numbers, 1)
    assert next_round([WARFARIN], covered(every, every), most=99) == []
    assert len(next_round([WARFARIN], covered(every, every), most=99, eager=True)) == 6


def test_a_sentence_that_gives_nothing_is_asked_so_often_and_no_more():
    tried = dict.fromkeys(WARFARIN.numbers, ROUNDS)
    assert next_round([WARFARIN], covered(tried, {}), most=99) == []


def test_a_later_round_rests_on_a_chain_where_the_passage_has_one():
    tried = dict.fromkeys(WARFARIN.numbers, 1)
    by_focus = {request.focus: request for request in next_round([WARFARIN], covered(tried, {}), most=99)}
    assert by_focus[5].cites[-1] == 5
    assert len(by_focus[5].cites) >= 2
    assert all(len(set(request.cites)) == len(request.cites) <= 3 for request in by_focus.values())


def test_the_passages_of_a_file_take_turns_when_there_is_room_for_few():
    later = WARFARIN.model_copy(update={"first": 7})
    chosen = next_round([WARFARIN, later], Coverage(), most=4)
    assert [request.focus > 6 for request in chosen] == [False, False, True, True]


def test_what_was_covered_can_be_set_aside_and_taken_up_again():
    coverage = covered({1: 2, 3: 1}, {3: 2})
    again = Coverage.from_json(coverage.to_json())
    assert again == coverage
    assert (again.drafts, again.accepted) == (3, 2)
