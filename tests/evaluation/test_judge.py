"""Votes, positions, and answers out of form."""

import json

import pytest

from phi4 import prompts
from phi4.errors import TeacherFailed, TeacherUnavailable, UsageError
from phi4.evaluation.judge import TRIES, Judge, Vote
from phi4.teachers import ScriptedTeacher

CASE = ("본문입니다.", "왜 그렇습니까?", "지혈을 늦추기 때문입니다.", "지혈이 늦어집니다.")


def vote(verdict):
    return json.dumps({"reason": "이유", "verdict": verdict}, ensure_ascii=False)


def judge(*lines, votes=3):
    return Judge(ScriptedTeacher(lines), votes)


def test_the_majority_decides_and_the_vote_ends_once_it_stands():
    agreed = judge(vote("맞음"), vote("맞음"))
    assert agreed.is_right(*CASE) is True
    assert len(agreed.teacher.asked) == 2
    assert judge(vote("틀림"), vote("맞음"), vote("틀림")).is_right(*CASE) is False


def test_gold_and_answer_change_places_from_vote_to_vote():
    asked = judge(vote("맞음"), vote("틀림"), vote("맞음"))
    asked.is_right(*CASE)
    first, second, third = (turns[-1].content for turns in asked.teacher.asked)
    gold, answer = f"기준 답안: {CASE[2]}", f"채점 대상 답안: {CASE[3]}"
    assert first.index(gold) < first.index(answer)
    assert second.index(answer) < second.index(gold)
    assert third == first


@pytest.mark.parametrize("bad", ["맞음", "{}", vote("글쎄요"), '{"verdict": "맞음"}', TeacherFailed("time-out")])
def test_a_vote_out_of_form_is_counted_asked_again_and_never_read(bad):
    asked = judge(bad, vote("틀림"), vote("틀림"))
    assert asked.is_right(*CASE) is False
    assert asked.tally.as_data() == {"judged": 1, "undecided": 0, "votes": 3, "out_of_form": 1}


def test_a_judge_that_never_answers_in_form_leaves_the_answer_unscored():
    asked = judge(*["?"] * 3 * TRIES)
    assert asked.is_right(*CASE) is None
    assert asked.tally.as_data() == {"judged": 1, "undecided": 1, "votes": 3 * TRIES, "out_of_form": 3 * TRIES}


def test_one_vote_in_form_is_no_majority():
    assert judge(vote("맞음"), *["?"] * 2 * TRIES).is_right(*CASE) is None


def test_a_judge_that_is_gone_ends_the_exam():
    with pytest.raises(TeacherUnavailable):
        judge(TeacherUnavailable("gone")).is_right(*CASE)


def test_an_even_number_of_votes_is_refused():
    with pytest.raises(UsageError, match="2 votes"):
        judge(votes=2)


def test_a_retry_asks_with_another_seed():
    seeds = []

    class Remembers(ScriptedTeacher):
        def ask(self, messages, schema, sampling):
            seeds.append(sampling.seed)
            return super().ask(messages, schema, sampling)

    Judge(Remembers(["?", vote("맞음"), vote("맞음")])).is_right(*CASE)
    assert len(set(seeds)) == 3


def test_the_prompt_names_the_keys_and_verdicts_that_are_read():
    system = prompts.text("judge.system.txt")
    schema = Vote.model_json_schema()
    assert all(key in system for key in schema["properties"])
    assert all(f'"{verdict}"' in system for verdict in schema["properties"]["verdict"]["enum"])


def test_a_passage_with_braces_is_put_as_it_is():
    asked = judge(vote("맞음"), vote("맞음"))
    asked.is_right("{passage} {x}", *CASE[1:])
    assert "{passage} {x}" in asked.teacher.asked[0][-1].content


@pytest.mark.model
def test_a_real_teacher_votes_in_form():
    from phi4.teachers.embedded import EmbeddedTeacher
    from phi4.weights import gguf_file

    teacher = EmbeddedTeacher("embedded:qwen2.5-coder-0.5b", gguf_file("qwen2.5-coder-0.5b"), 2048, 300)
    try:
        asked = Judge(teacher)
        assert asked.is_right(*CASE) in (True, False)
        assert asked.tally.out_of_form == 0
    finally:
        teacher.close()
