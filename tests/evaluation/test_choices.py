"""Multiple choice: files read, choices shuffled, the likeliest taken."""

import json

import pytest

from phi4.chat import Chatbot
from phi4.chat_format import ChatTokenizer
from phi4.engines.scripted import ScriptedEngine
from phi4.errors import EngineError, ExamError
from phi4.evaluation import examine_choices
from phi4.evaluation.choices import Choice, choose, read_choices
from phi4.jsonl import write_jsonl
from phi4.paths import Workspace
from phi4.records import Example
from phi4.training import train_adapter
from tests.training.test_finetune import options

SEOUL = {"id": "q", "question": "수도는?", "choices": ["부산", "서울", "대구"], "answer": 1}


def write(path, *rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("answer", [1, "1", "B", "b", "서울"])
def test_the_answer_may_be_a_place_a_letter_or_the_choice(tmp_path, answer):
    (found,) = read_choices(write(tmp_path / "c.jsonl", SEOUL | {"answer": answer}))
    assert found == Choice("q", "수도는?", ("부산", "서울", "대구"), 1)


def test_a_csv_counts_from_one_as_the_public_korean_sets_do(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text('question,A,B,C,D,answer\n수도는?,부산,서울,"대구, 시",,2\n', encoding="utf-8-sig")
    (found,) = read_choices(path)
    assert (found.choices, found.answer) == (("부산", "서울", "대구, 시"), 1)


def test_a_number_in_json_is_a_place_whatever_the_choices_are(tmp_path):
    (found,) = read_choices(write(tmp_path / "c.jsonl", SEOUL | {"choices": [4, 3, 2, 1], "answer": 1}))
    assert found.choices[found.answer] == "3"


@pytest.mark.parametrize(
    ("line", "why"),
    [("큰 수는?,4,3,2,1,3", "'3' may mean the choice '3' or '2'"), ("혈액형은?,B,A,O,AB,A", "'A' may mean")],
)
def test_an_answer_that_may_mean_two_choices_is_refused(tmp_path, line, why):
    path = tmp_path / "c.csv"
    path.write_text(f"question,A,B,C,D,answer\n{line}\n", encoding="utf-8")
    with pytest.raises(ExamError, match=f"line 2: .*{why}") as caught:
        read_choices(path)
    assert "its number from 1" in caught.value.hint


@pytest.mark.parametrize(("line", "answer"), [("몇 개입니까?,1,2,3,4,3", "3"), ("혈액형은?,B,A,O,AB,1", "B")])
def test_an_answer_that_means_one_choice_either_way_is_taken(tmp_path, line, answer):
    path = tmp_path / "c.csv"
    path.write_text(f"question,A,B,C,D,answer\n{line}\n", encoding="utf-8")
    (found,) = read_choices(path)
    assert found.choices[found.answer] == answer


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (SEOUL | {"answer": 3}, "answer '3' is none of its 3"),
        (SEOUL | {"answer": None}, "answer 'None' is none"),
        (SEOUL | {"choices": ["서울"]}, "at least two choices"),
        (SEOUL | {"choices": ["서울", "서울"]}, "alike"),
        (SEOUL | {"question": ""}, "a question and"),
        ([1], "a question and"),
        (SEOUL | {"choices": "부산서울"}, "a list of at least two choices"),
        (SEOUL | {"choices": 4}, "a list of at least two choices"),
        (SEOUL | {"answer": True}, "answer 'True' is none"),
        (SEOUL | {"choices": ["B", "A"], "answer": "A"}, "answer 'A' may mean the choice 'B' or 'A'"),
    ],
)
def test_a_broken_question_is_named_by_its_line(tmp_path, row, why):
    with pytest.raises(ExamError, match=rf"line 2: .*{why}"):
        read_choices(write(tmp_path / "c.jsonl", SEOUL, row))


@pytest.mark.parametrize(("text", "why"), [("", "is empty"), ("{", "line 1: not JSON")])
def test_a_file_without_questions_is_refused(tmp_path, text, why):
    path = tmp_path / "c.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExamError, match=why):
        read_choices(path)


def test_a_missing_file_says_how_to_write_one(tmp_path):
    with pytest.raises(ExamError, match="there is no file") as caught:
        read_choices(tmp_path / "none.jsonl")
    assert '"choices"' in caught.value.hint


def test_shuffling_moves_the_right_choice_with_it_and_is_the_same_each_time():
    asked = [Choice(str(number), "?", tuple("가나다라"), 2) for number in range(40)]
    moved = [one.shuffled(0) for one in asked]
    assert all(one.choices[one.answer] == "다" for one in moved)
    assert {one.answer for one in moved} == {0, 1, 2, 3}
    assert moved == [one.shuffled(0) for one in asked]
    assert moved != [one.shuffled(1) for one in asked]


class LikesSeoul:
    """An engine to which every byte of 서울 is likely; longer choices sum up to less."""

    def __init__(self, tokenizer):
        self._tokenizer = tokenizer

    def generate(self, prompts, limits, tuned=True):
        raise AssertionError("nothing is generated")

    def close(self):
        pass

    def likelihoods(self, prompts, answers, tuned=True):
        told = [self._tokenizer.decode(answer) for answer in answers]
        return [-0.1 * len(text.encode()) if "서울" in text else -0.2 * len(text.encode()) for text in told]


def test_the_likeliest_choice_for_its_length_is_taken(tiny_base):
    tokenizer = ChatTokenizer(tiny_base)
    bot = Chatbot(LikesSeoul(tokenizer), tokenizer, "", 1)
    asked = [
        Choice("long", "?", ("부산", "서울특별시와 그 둘레의 모든 도시"), 1),  # less likely as a whole, likelier a byte
        Choice("wrong", "?", ("부산", "서울"), 0),
    ]
    steps = []
    assert choose(bot, asked, True, 0, steps.append) == [True, False]
    assert sum(steps) == 2


def test_an_engine_without_likelihoods_is_refused(tiny_base):
    bot = Chatbot(ScriptedEngine(lambda prompt, tuned: []), ChatTokenizer(tiny_base), "", 1)
    with pytest.raises(EngineError, match="no likelihoods"):
        choose(bot, [Choice("q", "?", ("가", "나"), 0)], True, 0, print)


def test_base_and_adapter_choose_and_the_scores_are_kept(tmp_path, tiny_base, capsys):
    workspace = Workspace(tmp_path)
    write_jsonl(workspace.train_file, [Example(question="가?", reasoning_steps=("나.",), answer="다.")])
    train_adapter(workspace, options(tiny_base, num_train_epochs=1.0))
    path = write(tmp_path / "c.jsonl", SEOUL, SEOUL | {"id": "r"})
    stated = {"base_model": "", "system_prompt": "", "seed": 0}
    report = examine_choices(workspace, ["bot"], path, **stated)
    assert set(report["scores"]) == {"base", "bot"}
    assert report["chance"] == pytest.approx(1 / 3)
    saved = json.loads((workspace.models / "bot" / "evaluation_choices.json").read_text(encoding="utf-8"))
    assert saved == json.loads(json.dumps(report))
    assert examine_choices(workspace, ["bot"], path, **stated) == report
    assert "2 questions of c.jsonl, by chance 33%" in capsys.readouterr().out
