"""The manual's lines, also where there was nothing to do."""

from phi4.dataset.lines import greet, tell, tell_again
from phi4.paths import Workspace

REPORT = {
    "drafts": 4, "accepted": 3, "rejected": {}, "samples": {}, "files_with_rows": 2, "requests": 4,
    "prompt_tokens": 1200, "completion_tokens": 300, "cost": 0.5, "tokens_estimated": 0, "rows_wanted": 0, "rows": 3,
    "stopped_at": "",
}  # fmt: skip


def lines(capsys):
    return capsys.readouterr().out.splitlines()


def test_a_run_is_framed_by_the_manuals_lines(tmp_path, capsys):
    greet(Workspace(tmp_path), 2)
    tell(Workspace(tmp_path), REPORT, 2)
    told = lines(capsys)
    assert told[:2] == [
        "📂 Found 2 seed files in 'data/seeds'",
        "🚀 Starting batch generation... (This may take time)",
    ]
    assert told[2:5] == [
        "🎉 Generation Complete!",
        "📊 Success Rate: 2/2",
        "💾 Saved to: data/synthetic/train.jsonl",
    ]
    assert told[-1] == "   asked       4  requests: 1,200 tokens read, 300 written, cost 0.5"


def test_a_run_that_is_not_made_again_says_so(tmp_path, capsys):
    tell_again(Workspace(tmp_path), REPORT | {"requests": 0}, 2)
    told = lines(capsys)
    assert told[0] == "📂 Found 2 seed files in 'data/seeds'"
    assert told[1].startswith("♻️ nothing changed")
    assert told[2:5] == [
        "🎉 Generation Complete!",
        "📊 Success Rate: 2/2",
        "💾 Saved to: data/synthetic/train.jsonl",
    ]
    assert "asked" not in told[-1]


def test_rows_asked_for_and_not_found_are_told(tmp_path, capsys):
    tell(Workspace(tmp_path), REPORT | {"rows_wanted": 9}, 2)
    assert lines(capsys)[-1].startswith("⚠️ 3 of 9 rows")
