"""Where a model's name leads."""

import hashlib

import pytest

from phi4.errors import WeightsError
from phi4.paths import cache_dir
from phi4.weights.catalogue import PackagedModel, catalogue
from phi4.weights.store import base_folder, dequantised, gguf_file, is_pulled, models_dir, pull

CONTENT = b"GGUF"
TINY = PackagedModel(
    name="tiny",
    description="",
    family="",
    license="",
    file="tiny.gguf",
    bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    parts=(),
)


@pytest.fixture
def file():
    models_dir().mkdir(parents=True)
    path = models_dir() / TINY.file
    path.write_bytes(CONTENT)
    return path


def mark(path, text=TINY.sha256):
    path.with_name(path.name + ".verified").write_text(text, encoding="utf-8")


def test_a_model_is_pulled_when_file_size_and_mark_are_right(file):
    mark(file)
    assert is_pulled(TINY)


def test_a_file_without_its_mark_is_not_pulled(file):
    assert not is_pulled(TINY)


def test_a_file_with_the_mark_of_another_is_not_pulled(file):
    mark(file, "0" * 64)
    assert not is_pulled(TINY)


def test_a_file_of_another_size_is_not_pulled(file):
    mark(file)
    file.write_bytes(CONTENT[:-1])
    assert not is_pulled(TINY)


def test_a_mark_without_its_file_is_not_pulled(file):
    mark(file)
    file.unlink()
    assert not is_pulled(TINY)


def test_a_right_file_without_its_mark_is_checked_and_marked_not_downloaded(file):
    assert pull(TINY) == file
    assert is_pulled(TINY)


def test_a_wrong_file_is_replaced_not_marked(file):
    file.write_bytes(b"XXXX")
    with pytest.raises(WeightsError, match="not what was reviewed"):
        pull(TINY)  # it has no parts: what comes has another hash
    assert not file.exists()
    assert not is_pulled(TINY)


def test_a_gguf_path_leads_to_itself(tmp_path):
    path = tmp_path / "모델.gguf"
    path.write_bytes(CONTENT)
    assert gguf_file(str(path)) == path


def test_a_gguf_path_without_a_file_is_an_error_that_names_it(tmp_path):
    with pytest.raises(WeightsError, match=r"no file '.*gone\.gguf'"):
        gguf_file(str(tmp_path / "gone.gguf"))


def test_an_unknown_model_name_is_an_error_that_lists_the_known_ones():
    with pytest.raises(WeightsError) as caught:
        gguf_file("gpt-7")
    assert "'gpt-7'" in caught.value.message
    assert all(model.name in caught.value.message for model in catalogue())


def test_a_model_folder_leads_to_itself(tmp_path):
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert base_folder(str(tmp_path)) == tmp_path


def test_a_folder_without_config_is_no_model(tmp_path):
    with pytest.raises(WeightsError, match=r"no config\.json"):
        base_folder(str(tmp_path))


def test_the_trainable_form_of_a_gguf_file_is_made_once(file):
    made = cache_dir() / "dequantised" / f"tiny-{TINY.sha256[:12]}"
    made.mkdir(parents=True)
    (made / "config.json").write_text("{}", encoding="utf-8")
    assert base_folder(str(file)) == made


def test_another_file_with_a_catalogue_models_name_is_not_taken_for_it(tmp_path):
    model = catalogue()[0]
    made = cache_dir() / "dequantised" / f"{model.file.removesuffix('.gguf')}-{model.sha256[:12]}"
    made.mkdir(parents=True)
    (made / "config.json").write_text("{}", encoding="utf-8")
    assert dequantised(models_dir() / model.file) == made
    other = tmp_path / model.file
    other.write_bytes(CONTENT)
    with pytest.raises(WeightsError, match="cannot dequantise"):
        dequantised(other)


@pytest.mark.parametrize("content", [CONTENT, b"no model at all" * 10], ids=["cut", "another kind"])
def test_a_gguf_file_that_is_none_leaves_no_folder_behind(content, file):
    file.write_bytes(content)
    with pytest.raises(WeightsError, match=r"cannot dequantise 'tiny\.gguf'") as caught:
        base_folder(str(file))
    assert "name another" in caught.value.hint
    assert not list((cache_dir() / "dequantised").glob("*"))
