"""The fake engine keeps the limits that a real one keeps."""

from phi4.engines.protocol import Completion, Limits
from phi4.engines.scripted import ScriptedEngine

END = 0
LIMITS = Limits(max_tokens=3, end_id=END)


def test_an_answer_ends_before_the_end_token():
    engine = ScriptedEngine(lambda prompt, tuned: [5, 6, END, 7])
    assert engine.generate([[1]], LIMITS) == [Completion((5, 6), "stop")]


def test_an_answer_without_an_end_is_cut():
    engine = ScriptedEngine(lambda prompt, tuned: [5, 6, 7, 8])
    assert engine.generate([[1]], LIMITS) == [Completion((5, 6, 7), "length")]


def test_an_end_token_beyond_the_limit_does_not_count():
    engine = ScriptedEngine(lambda prompt, tuned: [5, 6, 7, END])
    assert engine.generate([[1]], LIMITS) == [Completion((5, 6, 7), "length")]


def test_each_prompt_gets_its_own_answer_with_and_without_the_adapter():
    engine = ScriptedEngine(lambda prompt, tuned: [prompt[0] + (10 if tuned else 20), END])
    assert [done.tokens for done in engine.generate([[1], [2]], LIMITS)] == [(11,), (12,)]
    assert engine.generate([[1]], LIMITS, tuned=False)[0].tokens == (21,)


def test_it_remembers_what_it_was_asked_and_that_it_was_closed():
    engine = ScriptedEngine(lambda prompt, tuned: [END])
    engine.generate([[1, 2]], LIMITS, tuned=False)
    assert engine.asked == [((1, 2), LIMITS, False)]
    assert not engine.closed
    engine.close()
    assert engine.closed
