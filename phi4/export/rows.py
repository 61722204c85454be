"""``phi4 export dataset``: ``train.jsonl`` in the forms that other trainers read.

    sharegpt    {"conversations": [{"from": "human", "value"}, …]}        LLaMA-Factory, Unsloth
    alpaca      {"instruction", "input", "output"}                        LLaMA-Factory, Axolotl
    chatml      {"text": "<|im_start|>user…"}                             whatever trains on plain text
    openai      {"messages": [{"role", "content"}, …]}                    OpenAI, Axolotl, LLaMA-Factory, TRL
    trl         {"prompt": [turns], "completion": [turns]}                TRL, loss on the answer alone
    hf          our own rows, with their sources                          datasets, pandas

The answer is always the whole turn: ``<think>``, steps, ``</think>``, answer. ``preference.jsonl`` goes along where a
form for it exists.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from phi4.cards import dataset_card
from phi4.chat_format import IM_END, answer_text, prompt_text
from phi4.export.subject import write_record
from phi4.export.target import check_target, placed
from phi4.jsonl import read_jsonl, to_line
from phi4.paths import Workspace
from phi4.records import Example, Message, Preference, Told

ROWS, PAIRS = "train.jsonl", "preference.jsonl"
Turn = dict[str, str]
Row = dict[str, Any]


def export_dataset(
    workspace: Workspace, target: Path, form: str, system: str, scores: dict[str, Any], force: bool
) -> dict[str, Any]:
    """Write the workspace's rows as ``form`` into ``target``, with a card; returns what ``export.json`` says.

    ``scores`` are those of an adapter that was trained on them, or {}. Raises ``WorkspaceError`` and ``RecordError``
    for the rows, ``ExportError`` for the target.
    """
    check_target(target, force)
    examples = read_jsonl(workspace.train_file, Example, "type: phi4 generate")
    pairs = _pairs(workspace.preference_file) if form in PAIR_FORMS else []
    report_file = workspace.report_file
    report = json.loads(report_file.read_text(encoding="utf-8")) if report_file.is_file() else {}
    with placed(target) as part:
        _write(part / ROWS, [FORMS[form](example, system) for example in examples])
        if pairs:
            _write(part / PAIRS, [PAIR_FORMS[form](pair, system) for pair in pairs])
        if form in ("sharegpt", "alpaca", "openai"):
            info = json.dumps(dataset_info(form, bool(system), bool(pairs)), indent=1)
            (part / "dataset_info.json").write_text(info, encoding="utf-8")
        keys = {"keys": USE[form]} if form != "hf" else {}
        facts = {**report, "rows": len(examples)}
        (part / "README.md").write_text(dataset_card(facts, ROWS, scores=scores, **keys), encoding="utf-8")
        record = {"what": "dataset", "form": form, "rows": len(examples), "pairs": len(pairs)}
        write_record(part, record)
    print(f"📦 {len(examples)} rows and {len(pairs)} pairs as {form}")
    return {"path": str(target), **record}


def _pairs(path: Path) -> list[Preference]:
    return read_jsonl(path, Preference) if path.is_file() and path.stat().st_size else []


def _write(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _prompt(question: str, system: str) -> list[Turn]:
    opening = [{"role": "system", "content": system}] if system else []
    return [*opening, {"role": "user", "content": question}]


def _answer(told: Example | Told) -> Turn:
    return {"role": "assistant", "content": answer_text(told.reasoning_steps, told.answer)}


def _sharegpt(example: Example, system: str) -> Row:
    turns = [
        {"from": "human", "value": example.question},
        {"from": "gpt", "value": answer_text(example.reasoning_steps, example.answer)},
    ]
    return {"conversations": turns, **({"system": system} if system else {})}


def _alpaca(example: Example, system: str) -> Row:
    answer = answer_text(example.reasoning_steps, example.answer)
    row = {"instruction": example.question, "input": "", "output": answer}
    return {**row, **({"system": system} if system else {})}


def _chatml(example: Example, system: str) -> Row:
    turns = [Message.model_validate(turn) for turn in _prompt(example.question, system)]
    return {"text": prompt_text(turns) + answer_text(example.reasoning_steps, example.answer) + IM_END}


def _openai(example: Example, system: str) -> Row:
    return {"messages": [*_prompt(example.question, system), _answer(example)]}


def _trl(example: Example, system: str) -> Row:
    return {"prompt": _prompt(example.question, system), "completion": [_answer(example)]}


def _hf(example: Example, system: str) -> Row:
    row: Row = json.loads(to_line(example))
    return row


def _trl_pair(pair: Preference, system: str) -> Row:
    turns = {"chosen": [_answer(pair.chosen)], "rejected": [_answer(pair.rejected)]}
    return {"prompt": _prompt(pair.question, system), **turns}


def _sharegpt_pair(pair: Preference, system: str) -> Row:
    row: Row = {"conversations": [{"from": "human", "value": pair.question}]}
    for name, told in (("chosen", pair.chosen), ("rejected", pair.rejected)):
        row[name] = {"from": "gpt", "value": answer_text(told.reasoning_steps, told.answer)}
    return {**row, **({"system": system} if system else {})}


def _hf_pair(pair: Preference, system: str) -> Row:
    row: Row = json.loads(to_line(pair))
    return row


FORMS: dict[str, Callable[[Example, str], Row]] = {
    "sharegpt": _sharegpt,
    "alpaca": _alpaca,
    "chatml": _chatml,
    "openai": _openai,
    "trl": _trl,
    "hf": _hf,
}
PAIR_FORMS: dict[str, Callable[[Preference, str], Row]] = {
    "sharegpt": _sharegpt_pair,
    "trl": _trl_pair,
    "hf": _hf_pair,
}


def dataset_info(form: str, system: bool, pairs: bool) -> dict[str, Any]:
    """LLaMA-Factory's ``dataset_info.json``: the folder is a ``dataset_dir`` with ``phi4`` and ``phi4_preference``."""
    columns: dict[str, Any] = {
        "sharegpt": {"messages": "conversations"},
        "alpaca": {"prompt": "instruction", "query": "input", "response": "output"},
        "openai": {"messages": "messages"},
    }[form]
    entry: dict[str, Any] = {"file_name": ROWS, "formatting": "alpaca" if form == "alpaca" else "sharegpt"}
    if form == "openai":
        names = {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"}
        entry["tags"] = {**names, "system_tag": "system"}
    elif system:
        columns = {**columns, "system": "system"}
    info = {"phi4": {**entry, "columns": columns}}
    if pairs:
        both = {**columns, "chosen": "chosen", "rejected": "rejected"}
        info["phi4_preference"] = {**entry, "file_name": PAIRS, "ranking": True, "columns": both}
    return info


_LLAMA_FACTORY = "LLaMA-Factory: `dataset_dir: this folder`, `dataset: phi4`, `template: qwen`."
USE = {
    "sharegpt": f"Rows: `conversations` with `from` and `value`. {_LLAMA_FACTORY}\n",
    "alpaca": f"Rows: `instruction`, `input`, `output`. {_LLAMA_FACTORY} Axolotl: `type: alpaca`.\n",
    "chatml": "Rows: `text`, a whole conversation in ChatML. TRL: `dataset_text_field`; Axolotl: `type: completion`.\n",
    "openai": (
        f"Rows: `messages` with `role` and `content`. {_LLAMA_FACTORY} Axolotl: `type: chat_template`, "
        "`chat_template: chatml`. TRL and OpenAI: as it is.\n"
    ),
    "trl": "Rows: `prompt` and `completion` as turns. TRL's `SFTTrainer` trains on the completion alone.\n",
}
