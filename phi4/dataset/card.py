"""The dataset card: ``README.md`` beside ``train.jsonl``, in the form that the Hugging Face hub reads."""

from __future__ import annotations

from typing import Any

_CARD = """---
language: ko
task_categories: [question-answering, text-generation]
configs:
- config_name: default
  data_files: train.jsonl
---

# {files} documents, {rows} questions with reasoning

Made by PHi-4 from Korean documents: every reasoning step and every answer rests on numbered sentences of one document,
and passed deterministic gates. `{teacher}` wrote steps and answers; {by_rule} of the questions were worded by rule.

| key | meaning |
|---|---|
| `question`, `reasoning_steps`, `answer` | one training row |
| `source` | file, its SHA-256, the numbers of the sentences that the steps rest on; the last one is asked about |
| `kind`, `difficulty` | what is asked, and how hard (A, B, C) |
| `asked_by` | `teacher` or `rule` |
| `teacher`, `prompt_version` | who wrote it, from which prompt |

{drafts} drafts, {accepted} accepted. Rejected ones and their reasons: `rejected.jsonl`.
{verbatim} of the accepted are in the passage's own words (`teacher` `verbatim`): no model wrote them. {refusals}
refusals (kind `refusal`) of what the documents do not say were added by rule; {held_out} rows are not here because
`exam.jsonl` asks for the same. Load it with
`datasets.load_dataset("json", data_files="train.jsonl")`.

Before you share it: the rows quote the documents that they were made from, and no person has checked them all.
"""


def dataset_card(report: dict[str, Any]) -> str:
    """The card of a finished run; ``report`` is what ``report.json`` holds."""
    names = ("accepted", "teacher", "by_rule", "drafts")
    added = {name: report.get(name, 0) for name in ("rows", "verbatim", "refusals", "held_out")}
    return _CARD.format(files=report["files_used"], **added, **{name: report[name] for name in names})
