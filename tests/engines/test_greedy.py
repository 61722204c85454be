"""Our greedy loop says what transformers' own says, and reads what prompts share once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phi4.engines import greedy
from phi4.engines.greedy import greedy_batch, shared_lengths
from phi4.engines.protocol import Limits
from phi4.engines.torch_model import TorchModel, generate_batch

PASSAGE = [3 + place % 200 for place in range(100)]
OTHER = [9 + place % 150 for place in range(80)]
PROMPTS = [
    [1, *PASSAGE, 40, 41, 42],
    [1, *PASSAGE, 50],
    [1, 60, 61],
    [1, *OTHER, 70, 71],
    [1, *OTHER, 72],
    [1, *PASSAGE, 40, 43, 44, 45],
]
LIMITS = Limits(max_tokens=12, end_id=2)


@pytest.fixture(scope="module")
def model(tiny_base):
    loaded = TorchModel(tiny_base, None)
    loaded._model.float()  # in bf16 a tie is broken by the shape of the batch
    yield loaded._model, loaded.device
    loaded.close()


def test_it_says_what_generate_says(model):
    assert greedy_batch(*model, PROMPTS, LIMITS) == generate_batch(*model, PROMPTS, LIMITS)


def test_rows_that_end_at_different_times_leave_and_change_nothing(model):
    whole = generate_batch(*model, PROMPTS, LIMITS)
    for end in sorted(
        {completion.tokens[place] for completion in whole for place in (1, 3) if len(completion.tokens) > 3}
    ):
        limits = Limits(max_tokens=12, end_id=end)
        assert greedy_batch(*model, PROMPTS, limits) == [generate_batch(*model, [one], limits)[0] for one in PROMPTS]


def test_a_shared_beginning_is_read_once(model, monkeypatch):
    read = []
    forward = greedy._forward

    def counted(model, ids, mask, cache):
        read.append(ids.numel())
        return forward(model, ids, mask, cache)

    monkeypatch.setattr(greedy, "_forward", counted)
    greedy_batch(*model, PROMPTS, Limits(max_tokens=1, end_id=2))
    assert sorted(read) == [24, 81, 101]  # six rests of at most four tokens, and the two beginnings


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=90), min_size=1, max_size=8))
def test_what_is_shared_is_alike_and_never_the_whole(prompts):
    lengths = shared_lengths(prompts)
    for prompt, length in zip(prompts, lengths, strict=True):
        assert length < len(prompt)
        assert length == 0 or length >= greedy.WORTH_SHARING
        if length:
            alike = [one for one in zip(prompts, lengths, strict=True) if one[0][:length] == prompt[:length]]
            assert sum(own == length for _, own in alike) >= 2
