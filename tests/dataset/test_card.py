"""The dataset card says what the rows are, in the form that the hub reads."""

import re

from phi4.dataset.card import dataset_card

REPORT = {
    "files_used": 2,
    "accepted": 4,
    "rows": 5,
    "verbatim": 1,
    "refusals": 2,
    "held_out": 1,
    "drafts": 6,
    "by_rule": 2,
    "teacher": "ollama:qwen2.5:7b",
}


def test_the_card_tells_how_many_rows_by_whom_from_what():
    card = dataset_card(REPORT)
    for words in ("2 documents, 5 questions", "`ollama:qwen2.5:7b`", "6 drafts, 4 accepted", "data_files: train.jsonl"):
        assert words in card
    assert "1 of the accepted are in the passage's own words" in card
    assert "2\nrefusals" in card


def test_its_head_is_what_the_hub_expects():
    head = re.match(r"---\n(.*?)\n---\n", dataset_card(REPORT), re.DOTALL)
    assert head
    assert "language: ko" in head[1]
