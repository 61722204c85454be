"""How many requests go out, and in which order."""

from phi4.dataset.window import Lanes, Window


def test_a_teacher_of_one_is_never_asked_two():
    window = Window(1)
    for _ in range(9):
        window.grow()
    assert window.size == 1
    window.shrink()
    assert window.size == 1


def test_it_doubles_in_a_round_until_the_first_refusal_and_then_grows_by_one():
    window = Window(64)
    for _ in range(window.size):
        window.grow()
    assert window.size == 8
    window.shrink()
    assert window.size == 5
    for _ in range(6):
        window.grow()
    assert window.size == 6


def test_it_never_grows_beyond_what_the_teacher_takes():
    window = Window(6)
    for _ in range(99):
        window.grow()
    assert window.size == 6


def test_it_never_shrinks_to_nothing():
    window = Window(64)
    for _ in range(99):
        window.shrink()
    assert window.size == 1


def order(lanes, at_once):
    """The requests in the order of their sending, when each is answered before the ones sent after it."""
    sent, under_way = [], []
    while lanes or under_way:
        while lanes and len(under_way) < at_once:
            under_way.append(lanes.take())
            sent.append(under_way[-1])
        lanes.answered(under_way.pop(0))
    return sent


PASSAGES = {0: "a", 1: "a", 2: "a", 3: "b", 4: "b", 5: "b"}


def test_one_slot_reads_one_passage_after_the_other():
    assert order(Lanes(PASSAGES), 1) == [0, 1, 2, 3, 4, 5]


def test_two_slots_read_a_passage_each():
    assert order(Lanes(PASSAGES), 2) == [0, 3, 1, 4, 2, 5]


def test_with_more_slots_than_passages_every_slot_works():
    assert sorted(order(Lanes(PASSAGES), 9)) == [0, 1, 2, 3, 4, 5]


def test_a_request_that_was_refused_is_sent_again_first():
    lanes = Lanes(PASSAGES)
    first = lanes.take()
    lanes.answered(first)
    lanes.back(first)
    assert lanes.take() == first
    assert order(lanes, 1) == [3, 4, 5, 1, 2]
