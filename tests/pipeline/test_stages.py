"""A stage from its settings to its files, over a real HTTP teacher."""

import json

import pytest

from phi4.chat_format import FORMAT_HASH
from phi4.errors import AdapterError, TeacherUnavailable, UsageError, WeightsError, WorkspaceError
from phi4.pipeline import stages
from phi4.settings import load_settings

SENTENCES = {
    "1": "타이레놀은 열을 내리는 해열진통제입니다.",
    "2": "타이레놀은 간에서 분해되기 때문에 간 질환 환자는 주의해야 합니다.",
    "3": "타이레놀의 하루 최대 용량은 4,000 mg입니다.",
}
QUESTIONS = {
    "1": "타이레놀은 어떤 약입니까?",
    "2": "타이레놀은 어떤 환자가 왜 주의해야 합니까?",
    "3": "타이레놀의 하루 최대 용량은 몇 mg입니까?",
}


@pytest.fixture
def home(tmp_path):
    seeds = tmp_path / "data" / "seeds"
    seeds.mkdir(parents=True)
    (seeds / "tylenol.txt").write_text("\n".join(SENTENCES.values()), encoding="utf-8")
    return tmp_path


@pytest.fixture
def teacher(serve):
    """An OpenAI-compatible service that writes the draft which the schema asks for."""

    def answer(path):
        schema = server.bodies[-1]["response_format"]["json_schema"]["schema"]
        cites = list(schema["properties"]["steps"]["properties"])
        draft = {
            "steps": {number: SENTENCES[number] for number in cites},
            "answer": SENTENCES[cites[-1]],
            "question": QUESTIONS[cites[-1]],
        }
        message = {"role": "assistant", "content": json.dumps(draft, ensure_ascii=False)}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        reply = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [choice],
            "usage": usage,
        }
        return 200, json.dumps(reply)

    server = serve(answer)
    return server


def test_generate_writes_the_dataset_and_asks_nothing_twice(home, teacher, capsys):
    settings = load_settings({"home": str(home), "teacher": f"openai:m@{teacher.url}/v1", "wordings": 0, "votes": 0})
    report = stages.generate(settings)
    assert (report["drafts"], report["accepted"], report["requests"]) == (3, 3, 3)
    rows = [json.loads(line) for line in (home / "data/synthetic/train.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {row["question"] for row in rows} == set(QUESTIONS.values())
    assert all(row["source"]["file"] == "tylenol.txt" for row in rows)
    assert "[1/1] Processing: tylenol.txt... ✅ Done" in capsys.readouterr().out
    assert stages.generate(settings)["requests"] == 0
    assert "nothing changed since" in capsys.readouterr().out
    assert len(teacher.bodies) == 3
    assert stages.inspect(settings)["rows"] == 3


def test_generate_asks_each_answer_again_in_other_words(home, teacher):
    report = stages.generate(load_settings({"home": str(home), "teacher": f"openai:m@{teacher.url}/v1", "votes": 0}))
    rows = [json.loads(line) for line in (home / "data/synthetic/train.jsonl").read_text(encoding="utf-8").splitlines()]
    by_rule = [row for row in rows if row["asked_by"] == "rule"]
    assert len(rows) == report["accepted"]
    assert len(by_rule) == report["by_rule"] > 0
    assert {row["answer"] for row in by_rule} <= set(SENTENCES.values())
    assert len(teacher.bodies) == 3


def test_a_run_goes_on_as_soon_as_anything_changed(home, teacher, capsys):
    words = {"home": str(home), "teacher": f"openai:m@{teacher.url}/v1", "wordings": 0, "votes": 0, "refusals": 0.0}
    settings = load_settings(words)
    stages.generate(settings)
    rows = (home / "data/synthetic/train.jsonl").read_bytes()
    (home / "data/synthetic/train.jsonl").write_text("by hand\n", encoding="utf-8")
    assert stages.generate(settings)["requests"] == 0
    assert (home / "data/synthetic/train.jsonl").read_bytes() == rows
    (home / "data/seeds/tylenol.txt").write_text("\n".join([*SENTENCES.values()][:2]), encoding="utf-8")
    assert stages.generate(settings)["drafts"] == 2
    assert "nothing changed since" not in capsys.readouterr().out
    assert stages.generate(settings, fresh=True)["requests"] == 2


def test_without_ollama_the_manuals_words_are_raised(home, closed_url):
    with pytest.raises(TeacherUnavailable, match="ConnectionError: Failed to connect to Ollama"):
        stages.generate(load_settings({"home": str(home), "ollama_url": closed_url}))


def test_an_empty_seeds_folder_is_named(tmp_path):
    (tmp_path / "data" / "seeds").mkdir(parents=True)
    with pytest.raises(WorkspaceError, match="no seed file"):
        stages.generate(load_settings({"home": str(tmp_path)}))


def test_asking_without_an_adapter_says_how_to_make_one(home):
    with pytest.raises(AdapterError) as caught:
        stages.ask(load_settings({"home": str(home)}), "왜요?")
    assert "phi4 train" in caught.value.hint


def test_a_base_that_was_never_tried_is_refused_before_anything_is_loaded(home, monkeypatch):
    trained = []
    monkeypatch.setattr("phi4.training.train_adapter", lambda *words: trained.append(words) or {})
    settings = load_settings({"home": str(home), "model_name": "google/gemma-3-4b-it"})
    with pytest.raises(WeightsError, match="was never tried") as caught:
        stages.train(settings)
    assert "--unchecked" in caught.value.hint
    assert trained == []
    stages.train(settings, unchecked=True)
    assert len(trained) == 1


@pytest.fixture
def asked(monkeypatch):
    """What ``evaluate`` hands to its stage, which does nothing."""
    calls = []
    for name in ("examine", "examine_choices", "run_harness"):
        monkeypatch.setattr(
            f"phi4.evaluation.{name}", lambda *words, name=name, **stated: calls.append((name, words, stated))
        )
    return calls


def evaluated(home, asked, settings=None, **words):
    stages.evaluate(load_settings({"home": str(home), **(settings or {})}), **words)
    return asked[-1]


def test_evaluate_examines_the_named_adapters_else_the_settings(home, asked):
    assert evaluated(home, asked)[1][1] == ["phi-4-3b-reasoning"]
    assert evaluated(home, asked, adapters=["a", "b"])[1][1] == ["a", "b"]


def test_no_judge_is_opened_unless_one_is_named(home, asked, closed_url):
    assert evaluated(home, asked)[2]["judge"] is None
    name, _, stated = evaluated(home, asked, {"judge": f"openai:m@{closed_url}"})
    assert (name, stated["judge"].teacher.name) == ("examine", f"openai:m@{closed_url}")


def test_choices_and_harness_stand_in_for_the_exam(home, asked):
    name, words, _ = evaluated(home, asked, choices="~/c.csv")
    assert (name, words[2].name) == ("examine_choices", "c.csv")
    name, words, stated = evaluated(home, asked, {"questions": "5"}, harness="kmmlu,haerae")
    assert (name, words[2], stated["limit"]) == ("run_harness", ["kmmlu", "haerae"], 5)


def preferred(home, **stated):
    """``phi4 train --stage dpo`` with settings stated, on an adapter of base ``small``; nothing is trained."""
    folder = home / "models" / "phi-4-3b-reasoning"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text("{}", encoding="utf-8")
    (folder / "adapter_model.safetensors").write_bytes(b"")
    facts = {"base_model": "small", "system_prompt": "약사입니다.", "chat_format": FORMAT_HASH}
    (folder / "phi4.json").write_text(json.dumps(facts), encoding="utf-8")
    return stages.train(load_settings({"home": str(home), **stated}), stage="dpo")


def test_preferences_are_trained_on_the_adapters_own_base_and_prompt(home, monkeypatch):
    monkeypatch.setattr("phi4.training.train_preferences", lambda workspace, options: {"trained": options.adapter})
    assert preferred(home) == {"trained": "phi-4-3b-reasoning"}
    assert preferred(home, model_name="small", system_prompt="약사입니다.")
    with pytest.raises(AdapterError, match="was trained on 'small', not on 'large'"):
        preferred(home, model_name="large")
    with pytest.raises(UsageError, match=r"with the system prompt '약사입니다\.', not with '의사입니다\.'"):
        preferred(home, system_prompt="의사입니다.")
