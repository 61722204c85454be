"""A base that training was tried with is taken; another one is refused with the reason."""

import json
from contextlib import closing

import gguf
import pytest

from phi4.errors import WeightsError
from phi4.settings import Settings
from phi4.weights.bases import APACHE, BASES, architecture_of, check_base, find_base


def test_every_default_base_is_in_the_table():
    from phi4.settings import CPU_PROFILE

    for name in (Settings.model_fields["model_name"].default, CPU_PROFILE["model_name"]):
        assert find_base(name), name
        check_base(name)


def test_a_catalogue_name_means_the_hubs_model():
    assert find_base("qwen2.5-coder-0.5b").name == "Qwen/Qwen2.5-Coder-0.5B-Instruct"
    assert find_base("qwen2.5-coder-0.5b").tried == "whole"


def test_the_table_has_bases_for_companies():
    free = [base.billions for base in BASES if base.licence == APACHE]
    assert min(free) < 1 < 3.5 < max(free)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("meta-llama/Llama-3.2-3B-Instruct", "not in the table"),
        ("Qwen/Qwen2.5-3B", "not in the table"),  # no chat model
        ("smollm2-135m", "family 'llama'"),
    ],
)
def test_another_base_is_refused_with_the_reason(name, why):
    with pytest.raises(WeightsError, match=why) as caught:
        check_base(name)
    assert "--unchecked" in caught.value.hint
    assert "Qwen/Qwen3-4B" in caught.value.hint


def test_a_folder_counts_by_its_architecture(tiny_base, tmp_path):
    check_base(str(tiny_base))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gemma3"}), encoding="utf-8")
    with pytest.raises(WeightsError, match="'gemma3' model"):
        check_base(str(tmp_path))


def test_a_local_gguf_file_counts_by_its_architecture(tmp_path):
    for architecture in ("qwen2", "llama"):
        with closing(gguf.GGUFWriter(tmp_path / f"{architecture}.gguf", architecture)) as writer:
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
    check_base(str(tmp_path / "qwen2.gguf"))
    with pytest.raises(WeightsError, match="it is a 'llama' model") as caught:
        check_base(str(tmp_path / "llama.gguf"))
    assert "--unchecked" in caught.value.hint


def test_a_gguf_file_that_is_not_there_or_none_is_refused_at_once(tmp_path):
    with pytest.raises(WeightsError, match=r"no file '.*mine\.gguf'"):
        check_base(str(tmp_path / "mine.gguf"))
    (tmp_path / "mine.gguf").write_bytes(b"no model at all")
    with pytest.raises(WeightsError, match="as GGUF"):
        check_base(str(tmp_path / "mine.gguf"))


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        ("qwen2.5-coder-0.5b", "qwen2"),
        ("smollm2-135m", "llama"),
        ("Qwen/Qwen2.5-3B-Instruct", "qwen2"),
        ("somebody/my-Qwen3-4B-tuned", "qwen3"),
        ("Qwen/Qwen3-30B-A3B", ""),
        ("meta-llama/Llama-3.2-3B-Instruct", ""),
    ],
)
def test_what_a_base_is_built_as_is_known_by_its_name(name, architecture):
    assert architecture_of(name) == architecture


def test_what_a_local_base_is_built_as_is_read_from_it(tiny_base, tmp_path):
    with closing(gguf.GGUFWriter(tmp_path / "mine.gguf", "qwen3")) as writer:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
    assert architecture_of(str(tiny_base)) == "qwen2"
    assert architecture_of(str(tmp_path / "mine.gguf")) == "qwen3"
