"""What ``phi4.json`` says, and the plot."""

from phi4.records import Example, Source
from phi4.training.artifacts import describe, describe_data, example_questions, plot_loss
from tests.training.kit import options


def test_the_description_names_base_data_settings_and_versions():
    sources = [Source(file=name, sha256="0", sentences=(1,)) for name in ("b.txt", "a.txt", "b.txt")]
    rows = [Example(question="가?", reasoning_steps=("나.",), answer="다.", source=source) for source in sources]
    rows.append(Example(question="라?", reasoning_steps=("마.",), answer="바."))
    facts = describe(options("qwen2.5-coder-0.5b"), describe_data("abc", rows), {"seconds": 1.0})
    assert facts["base_model"] == "qwen2.5-coder-0.5b"
    assert (facts["data"]["sha256"], facts["data"]["rows"], facts["data"]["files"]) == ("abc", 4, ["a.txt", "b.txt"])
    assert facts["settings"]["r"] == 16
    assert set(facts["versions"]) == {"phi4", "torch", "transformers", "peft", "bitsandbytes", "accelerate"}


def test_the_plot_is_a_picture_of_every_logged_step(tmp_path):
    plot_loss([{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.0}, {"train_runtime": 3.0}], tmp_path / "loss.png")
    assert (tmp_path / "loss.png").stat().st_size > 5000


def row(question, file, kind="fact", asked_by="teacher"):
    source = Source(file=file, sha256="0", sentences=(1,))
    return Example(
        question=question, reasoning_steps=("가.",), answer="나.", source=source, kind=kind, asked_by=asked_by
    )


def test_examples_are_of_several_files_and_kinds():
    rows = [
        row(f"{name}의 {kind}?", f"{name}.txt", kind) for name in "abcdefgh" for kind in ("fact", "cause", "number")
    ]
    assert example_questions(rows) == ["a의 fact?", "c의 cause?", "e의 number?", "g의 fact?"]


def test_examples_are_short_and_worded_by_a_teacher():
    rows = [
        row("긴 질문 " * 20, "a.txt"),
        row("규칙이 만든 질문?", "a.txt", asked_by="rule"),
        row("좋은 질문?", "a.txt"),
        Example(question="출처 없음?", reasoning_steps=("가.",), answer="나."),
    ]
    assert example_questions(rows) == ["좋은 질문?"]
    assert example_questions([]) == []
