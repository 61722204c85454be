"""Rows: what the model sees, and what is refused before the first step."""

import pytest

from phi4.chat_format import IGNORE_INDEX, ChatTokenizer
from phi4.errors import TrainingError
from phi4.records import Example, Message, Source
from phi4.training.rows import Row, check_rows, make_rows
from tests.tiny import make_tokenizer


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    make_tokenizer(folder)
    return ChatTokenizer(folder)


def example(answer="답입니다.", name="a"):
    return Example(question="왜 그렇습니까?", reasoning_steps=("하나입니다.",), answer=answer, id=name)


def test_a_row_is_the_rendered_example(tokenizer):
    data = make_rows([example()], tokenizer, 512)
    ids, labels = tokenizer.training_row([Message(role="user", content="왜 그렇습니까?")], ["하나입니다."], "답입니다.")
    assert data.rows == (Row("a", ids, labels),)
    assert data.tokens == len(ids)
    assert data.supervised == sum(label != IGNORE_INDEX for label in labels)


def test_a_row_that_is_too_long_is_left_out_whole_and_named(tokenizer):
    long = example("긴 답입니다. " * 40, "long")
    data = make_rows([example(), long], tokenizer, 100)
    assert [row.id for row in data.rows] == ["a"]
    assert data.too_long == ("long",)


def test_max_length_shorter_than_every_row_is_an_error_that_names_it(tokenizer):
    with pytest.raises(TrainingError, match="max_length=16"):
        make_rows([example()], tokenizer, 16)


def test_a_system_prompt_stands_before_the_question_without_labels(tokenizer):
    plain, told = (make_rows([example()], tokenizer, 512, system).rows[0] for system in ("", "친절히 답합니다."))
    assert len(told.input_ids) > len(plain.input_ids)
    assert [x for x in told.labels if x != IGNORE_INDEX] == [x for x in plain.labels if x != IGNORE_INDEX]


def test_a_row_without_labels_is_refused_by_name(tokenizer):
    with pytest.raises(TrainingError, match="'b' has no supervised token"):
        check_rows([Row("b", [1, 2], [IGNORE_INDEX, IGNORE_INDEX])], tokenizer)


def test_a_row_that_does_not_end_is_refused_by_name(tokenizer):
    with pytest.raises(TrainingError, match="'c' does not end"):
        check_rows([Row("c", [1, 2], [IGNORE_INDEX, 2 + tokenizer.im_end])], tokenizer)


def test_a_row_that_is_too_long_loses_its_first_steps_and_keeps_its_answer(tokenizer):
    steps = ("하나입니다. " * 8, "둘입니다. " * 8, "셋입니다.")
    long = Example(question="왜 그렇습니까?", reasoning_steps=steps, answer="답입니다.", id="long")
    whole, last_two, last = (
        tokenizer.training_row([Message(role="user", content="왜 그렇습니까?")], steps[first:], "답입니다.")
        for first in range(3)
    )
    assert make_rows([long], tokenizer, len(whole[0])).shortened == ()
    for room, (ids, labels) in ((len(whole[0]) - 1, last_two), (len(last_two[0]) - 1, last), (len(last[0]), last)):
        data = make_rows([long], tokenizer, room)
        assert data.rows == (Row("long", ids, labels),)
        assert data.shortened == ("long",)
        assert data.longest == len(ids)
        assert tokenizer.decode(labels[-8:]).endswith("답입니다.")


def test_a_prompt_is_what_stands_before_the_answer(tokenizer):
    (row,) = make_rows([example()], tokenizer, 512).rows
    assert row.prompt == tokenizer.prompt([Message(role="user", content="왜 그렇습니까?")])


def asked(facts, wordings, file="a.txt"):
    return [
        Example(
            question=f"{fact}번은 {wording}째로 무엇입니까?",
            reasoning_steps=("하나입니다.",),
            answer="답입니다.",
            id=f"{fact}/{wording}",
            source=Source(file=file, sha256="0", sentences=(1, fact)),
        )
        for fact in range(facts)
        for wording in range(wordings)
    ]


def test_held_out_are_further_wordings_of_facts_that_stay_in_training(tokenizer):
    data = make_rows(asked(8, 3), tokenizer, 512, held_out=0.2)
    assert [row.id for row in data.held_out] == ["0/2", "2/2", "4/2", "6/2"]
    assert len(data.rows) == 20
    known = {row.id.partition("/")[0] for row in data.rows}
    assert {row.id.partition("/")[0] for row in data.held_out} <= known


@pytest.mark.parametrize(
    ("examples", "share", "expected"),
    [
        (asked(8, 3), 0.0, 0),
        (asked(8, 2), 0.4, 0),  # of two wordings none can be spared
        ([example(name=str(n)) for n in range(30)], 0.4, 0),  # nobody knows which fact they ask for
        (asked(2, 9), 0.4, 2),  # one of each fact
        (asked(100, 3), 0.49, 64),  # an evaluation is to take seconds
        (asked(3, 3) + asked(3, 3, "b.txt"), 0.34, 6),  # the same sentence of another file is another fact
    ],
)
def test_how_many_rows_are_held_out(tokenizer, examples, share, expected):
    data = make_rows(examples, tokenizer, 512, held_out=share)
    assert len(data.held_out) == expected
    assert len(data.rows) + expected == len(examples)
