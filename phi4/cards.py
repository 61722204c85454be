"""The cards: ``README.md`` of a dataset and of a model, in the form that the Hugging Face hub reads."""

from __future__ import annotations

from typing import Any

from phi4.weights.bases import QWEN_RESEARCH, RESEARCH_NOTE, find_base

_DATASET = """---
language: ko
license: other
license_name: as-the-documents
task_categories: [question-answering, text-generation]
tags: [chain-of-thought, synthetic, phi4]
configs:
- config_name: default
  data_files: {file}
---

# {files} documents, {rows} questions with reasoning

Made by PHi-4 from Korean documents: but for the refusals, every reasoning step and every answer rests on numbered
sentences of one document. `{teacher}` wrote steps and answers, which passed deterministic gates; {by_rule} of the
questions were worded by rule. {verbatim} rows are in the passage's own words (`teacher` `verbatim`): no model wrote
them, and those that quote a whole section (kind `explain`) passed only the gates of form. {refusals} refusals (kind
`refusal`) of what a search of the documents does not find were added by rule, held to the gates of form{asked};
{held_out} rows are left out because the exam asks the same.

{keys}
Load it with `datasets.load_dataset("json", data_files="{file}")`.

## How it was made

Passages of at most 2000 characters, cut into numbered sentences; a question for each sentence, asked of the teacher
with the prompt `{prompt}`; gates that compare each step and each answer with its sentence; duplicates and questions of
the exam removed.

{funnel}
{exam}
## Sources and licences

{sources}
The rows quote these documents, so they are under the documents' licence, whatever that is: this card cannot know it.
The teacher's own licence may limit what its answers are used for. Before you share the rows: no person has checked
them all.
"""
_JUDGED = "\nand asked of the teacher, which found no answer either in the sentences nearest to them"
_ROW_KEYS = """| key | meaning |
|---|---|
| `question`, `reasoning_steps`, `answer` | one training row |
| `source` | file, its SHA-256, the numbers of the sentences that the steps rest on; the last one is asked about |
| `kind`, `difficulty` | what is asked, and how hard (A, B, C) |
| `asked_by` | `teacher` or `rule` |
| `teacher`, `prompt_version` | who wrote it, from which prompt |

Rejected drafts and their reasons: `rejected.jsonl`.
"""
_MODEL = """---
language: ko
base_model: {base}
{licence}
library_name: {library}
pipeline_tag: text-generation
tags: [korean, chain-of-thought, lora, phi4]
---

# {name}

{form} Trained by PHi-4 on questions with reasoning, made from {files} Korean documents. It answers in Korean:
`<think>`, numbered steps, `</think>`, the answer. The prompt is ChatML without a system turn unless one is given below.

## Base and licence

Base model: `{base}`{trained}. {notice}

## Training

| | |
|---|---|
{settings}

{data} rows (SHA-256 `{sha256}`). {system}

{exam}
## Limits

It knows the documents that it was trained on, imperfectly, and little else; it can state a wrong fact in a sure tone.
Ask it with the passage at hand where it matters, and let a person who is responsible decide.
"""
_MAIN = {
    "closed_book.right": "from memory: right",
    "open_book.right": "with the passage: right",
    "unanswerable.refused": "not in the documents: says so",
    "closed_book.refused": "answerable, but refused",
    "general.right": "general Korean: right",
}
_SHOWN = ("r", "lora_alpha", "target_modules", "use_rslora", "learning_rate", "num_train_epochs", "max_length", "seed")


def dataset_card(
    report: dict[str, Any],
    file: str = "train.jsonl",
    keys: str = _ROW_KEYS,
    scores: dict[str, Any] | None = None,
) -> str:
    """The card of a dataset; ``report`` is what ``report.json`` holds.

    ``keys`` explains the rows where they are in another form, ``scores`` is the exam of an adapter trained on them.
    """
    files = report.get("files", {})
    told = {name: report.get(name, "?") for name in ("rows", "teacher", "by_rule")}
    told |= {name: report.get(name, 0) for name in ("verbatim", "refusals", "held_out")}
    return _DATASET.format(
        **told,
        asked=_JUDGED if report.get("judge_version") else "",
        file=file,
        files=report.get("files_used", len(files)),
        keys=keys,
        prompt=report.get("prompt_version", "?"),
        funnel=_funnel(report),
        exam=_exam(scores or {}, "A model that was trained on it, examined"),
        sources="".join(f"- `{name}`: {rows} rows\n" for name, rows in files.items()),
    )


def model_card(facts: dict[str, Any], name: str, form: str = "A LoRA adapter for PEFT.", library: str = "peft") -> str:
    """The card of an adapter, or of what was made from one; ``facts`` is what its ``phi4.json`` holds.

    ``form`` says in a sentence what lies in the folder.
    """
    trained_on = str(facts.get("base_model", ""))
    base, system = find_base(trained_on), facts.get("system_prompt")
    data, settings, exam = (_table(facts, name) for name in ("data", "settings", "evaluation"))
    title = f"Exam ({exam.get('questions', '?')} questions, {exam.get('when', '?')})"
    if library != "peft":
        title += ", sat by base and adapter in PyTorch, not by the file here"
    return _MODEL.format(
        base=base.name if base else trained_on,
        licence=_licence_keys(trained_on),
        library=library,
        name=name,
        form=form,
        files=len(data.get("files", [])),
        trained=f" (trained as `{trained_on}`)" if base and base.name != trained_on else "",
        notice=licence_notice(trained_on),
        settings="\n".join(f"| {key} | {settings[key]} |" for key in _SHOWN if key in settings),
        data=data.get("rows", "?"),
        sha256=data.get("sha256", "?"),
        system=f"System turn: {system!r}" if system else "No system turn.",
        exam=_exam(_table(exam, "scores"), title),
    )


def licence_notice(base_model: str) -> str:
    """One or two sentences about the base's licence, which is the licence of everything trained from it."""
    base = find_base(base_model)
    if base is None:
        return "Its licence is not known to PHi-4: what was trained from it is under it all the same, so look it up."
    note = f" {RESEARCH_NOTE}" if base.licence == QWEN_RESEARCH else ""
    return f"Its licence is {base.licence} ({base.licence_link}), and so is the licence of what is here.{note}"


def _licence_keys(base_model: str) -> str:
    base = find_base(base_model)
    if base is None:
        return "license: other"
    if base.licence == QWEN_RESEARCH:
        return f"license: other\nlicense_name: {base.licence}\nlicense_link: {base.licence_link}"
    return f"license: {base.licence}"


def _funnel(report: dict[str, Any]) -> str:
    rejected = report.get("rejected", {})
    rows = "".join(f"| stopped: {reason} | {count} |\n" for reason, count in rejected.items())
    return f"| drafts | {report.get('drafts', '?')} |\n|---|---|\n{rows}| accepted | {report.get('accepted', '?')} |\n"


def _exam(scores: dict[str, Any], title: str) -> str:
    """The main scores with their 95 % intervals; says so when there are none."""
    lines = [
        f"| {words} | {told['value']:.0%} | {_interval(told)} | {told.get('n', '?')} |"
        for key, words in _MAIN.items()
        if _is_number((told := _table(scores, key)).get("value"))
    ]
    if not lines:
        return "## Exam\n\nNot examined yet (`phi4 evaluate`).\n"
    head = "| | score | 95 % interval | questions |\n|---|---|---|---|\n"
    return f"## {title}\n\n{head}" + "\n".join(lines) + "\n"


def _table(facts: dict[str, Any], name: str) -> dict[str, Any]:
    """A table of a file that people may have edited; {} where it is none."""
    found = facts.get(name)
    return found if isinstance(found, dict) else {}


def _is_number(found: object) -> bool:
    return isinstance(found, int | float)


def _interval(told: dict[str, Any]) -> str:
    if not (_is_number(told.get("low")) and _is_number(told.get("high"))):
        return "–"
    return f"{told['low']:.0%} to {told['high']:.0%}"
