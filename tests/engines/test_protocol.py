"""What the words of the protocol mean."""

from phi4.engines.protocol import Failed, Limits


def test_a_failure_tells_whether_to_ask_again():
    assert Failed("engine_lost", "").retryable
    assert Failed("not_ready", "").retryable
    assert not Failed("context_length", "").retryable
    assert not Failed("refused", "").retryable


def test_every_id_that_ends_an_answer_is_known_together():
    assert Limits(5, 2).end_ids == (2,)
    assert Limits(5, 2, other_end_ids=(0, 7)).end_ids == (2, 0, 7)
