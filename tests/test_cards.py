"""The cards say what is in a folder, from what, under which licence, in the form that the hub reads."""

import re

import pytest
import yaml

from phi4.cards import dataset_card, licence_notice, model_card

REPORT = {
    "files_used": 2,
    "files": {"a.txt": 3, "b.txt": 1},
    "accepted": 4,
    "rows": 5,
    "verbatim": 1,
    "refusals": 2,
    "held_out": 1,
    "drafts": 6,
    "by_rule": 2,
    "teacher": "ollama:qwen2.5:7b",
    "prompt_version": "draft-1",
    "rejected": {"support": 2},
}
SCORE = {"value": 0.2, "low": 0.1, "high": 0.35, "n": 75}
FACTS = {
    "base_model": "Qwen/Qwen2.5-3B-Instruct",
    "system_prompt": "",
    "data": {"sha256": "ab12", "rows": 459, "files": ["a.txt", "b.txt"]},
    "settings": {"r": 16, "lora_alpha": 32, "learning_rate": 0.0002},
    "evaluation": {"when": "2026-11-23", "questions": 75, "scores": {"closed_book.right": SCORE}},
}


def head_of(card):
    found = re.match(r"---\n(.*?)\n---\n", card, re.DOTALL)
    assert found
    return yaml.safe_load(found[1])


def test_the_dataset_card_tells_how_many_rows_by_whom_from_what():
    card = dataset_card(REPORT)
    for words in ("2 documents, 5 questions", "`ollama:qwen2.5:7b`", "| drafts | 6 |", "| stopped: support | 2 |"):
        assert words in card
    assert "1 rows are in the passage's own words" in card
    assert "2 refusals" in card
    assert "- `a.txt`: 3 rows" in card
    assert "500 to 2000" not in card, "a passage has no least length"
    assert "`draft-1`" in card
    assert "Not examined yet" in card


@pytest.mark.parametrize(("judge", "asked"), [("", False), ("judge-1", True)])
def test_that_the_teacher_was_asked_the_refused_questions_is_told_when_there_were_votes(judge, asked):
    assert ("found no answer either" in dataset_card(REPORT | {"judge_version": judge})) is asked


def test_its_head_is_what_the_hub_expects():
    head = head_of(dataset_card(REPORT, "data.jsonl"))
    assert head["language"] == "ko"
    assert head["configs"] == [{"config_name": "default", "data_files": "data.jsonl"}]


def test_the_dataset_card_tells_the_exam_of_a_model_trained_on_it():
    assert "| from memory: right | 20% | 10% to 35% | 75 |" in dataset_card(REPORT, scores={"closed_book.right": SCORE})


def test_the_model_card_tells_data_settings_and_scores_with_their_intervals():
    card = model_card(FACTS, "my-bot")
    for words in ("# my-bot", "459 rows", "`ab12`", "| lora_alpha | 32 |", "2 Korean documents"):
        assert words in card
    assert "| from memory: right | 20% | 10% to 35% | 75 |" in card


def test_a_score_without_an_interval_gets_a_dash():
    facts = {**FACTS, "evaluation": {"scores": {"closed_book.right": {**SCORE, "low": None}}}}
    assert "| 20% | – | 75 |" in model_card(facts, "my-bot")


@pytest.mark.parametrize(
    "facts",
    [
        {"data": None, "settings": None, "evaluation": []},
        {"evaluation": {"scores": {"closed_book.right": 3, "open_book.right": {"low": 0.1}}}},
        {"evaluation": {"scores": None}},
    ],
)
def test_a_model_of_which_little_is_known_has_a_card_all_the_same(facts):
    assert "Not examined yet" in model_card(FACTS | {"evaluation": {}} | facts, "my-bot")


def test_a_score_without_a_count_is_told():
    facts = {**FACTS, "evaluation": {"scores": {"closed_book.right": {"value": 0.2}}}}
    assert "| 20% | – | ? |" in model_card(facts, "my-bot")


def test_the_card_of_another_form_does_not_claim_that_it_sat_the_exam():
    assert "not by the file here" in model_card(FACTS, "my-bot", "A GGUF file.", "gguf")
    assert "not by the file here" not in model_card(FACTS, "my-bot")


@pytest.mark.parametrize(
    ("base", "licence", "words"),
    [
        ("Qwen/Qwen2.5-3B-Instruct", "other", "no commercial use"),
        ("Qwen/Qwen2.5-1.5B-Instruct", "apache-2.0", "apache-2.0"),
        ("qwen2.5-coder-0.5b", "apache-2.0", "Qwen/Qwen2.5-Coder-0.5B-Instruct"),
        ("/models/mine", "other", "not known"),
    ],
)
def test_the_bases_licence_is_told_correctly(base, licence, words):
    card = model_card({**FACTS, "base_model": base}, "my-bot")
    assert head_of(card)["license"] == licence
    assert words in card


def test_the_research_licence_names_bases_that_may_be_used_commercially():
    head = head_of(model_card(FACTS, "my-bot"))
    assert head["license_name"] == "qwen-research"
    notice = licence_notice(FACTS["base_model"])
    assert "Qwen/Qwen2.5-1.5B-Instruct" in notice
    assert "Qwen/Qwen2.5-7B-Instruct" in notice
