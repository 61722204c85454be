"""Rows: what the model sees, and what is refused before the first step."""

import pytest
import torch

from phi4.chat_format import IGNORE_INDEX, ChatTokenizer
from phi4.errors import TrainingError
from phi4.records import Example, Message
from phi4.training.rows import Row, check_rows, collate, make_rows
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


def test_a_batch_keeps_only_positions_that_predict_a_label():
    batch = collate([Row("a", [5, 6, 7, 8], [-100, -100, 7, 8]), Row("b", [5, 6], [-100, 6])], pad_id=0)
    assert batch["input_ids"].tolist() == [[5, 6, 7, 8], [5, 6, 0, 0]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 1], [1, 1, 0, 0]]
    assert batch["logits_to_keep"].tolist() == [0, 1, 2]
    assert batch["shift_labels"].tolist() == [[-100, 7, 8], [6, -100, -100]]
    assert batch["labels"].tolist() == [[-100, -100, 7, 8], [-100, 6, -100, -100]]


def test_the_loss_on_kept_positions_is_the_loss_on_all(tiny_base):
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny_base).eval()
    rows = [Row("a", [9, 8, 7, 6, 5], [-100, -100, 7, 6, 5]), Row("b", [4, 9, 9], [-100, 9, 9])]
    batch = collate(rows, pad_id=0)
    kept = model(**batch).loss
    plain = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], labels=batch["labels"]).loss
    assert torch.allclose(kept, plain, atol=1e-6)
