"""The prompts: files that are there, read as they are, versioned by every word."""

import json
import unicodedata

import pytest

from phi4 import prompts

FILES = sorted(path.name for path in prompts._HERE.iterdir() if path.suffix not in ("", ".py"))


@pytest.fixture
def other_prompts(tmp_path, monkeypatch):
    """A folder of prompts of our own, and no memory of the real ones."""
    monkeypatch.setattr(prompts, "_HERE", tmp_path)
    for function in (prompts.text, prompts.data, prompts.version):
        function.cache_clear()
    yield tmp_path
    for function in (prompts.text, prompts.data, prompts.version):
        function.cache_clear()


@pytest.mark.parametrize("name", FILES)
def test_every_prompt_is_nfc_text_that_is_not_empty(name):
    text = prompts.text(name)
    assert text.strip()
    assert unicodedata.is_normalized("NFC", text)
    if name.endswith(".json"):
        assert prompts.data(name) == json.loads(text)


def test_a_prompt_comes_without_its_last_newline(other_prompts):
    (other_prompts / "a.txt").write_text("\n가\n\n", encoding="utf-8")
    assert prompts.text("a.txt") == "\n가"


def test_a_version_changes_with_every_word_of_its_family_and_no_other(other_prompts):
    versions = []
    for file, text in (("a.x.txt", "1"), ("a.y.txt", "1"), ("a.y.txt", "2"), ("b.txt", "1")):
        (other_prompts / file).write_text(text, encoding="utf-8")
        prompts.version.cache_clear()
        versions.append(prompts.version("a"))
    assert len(set(versions)) == 3
    assert versions[2] == versions[3]
    assert all(version.startswith("a-") for version in versions)


def test_a_version_changes_when_a_prompt_gets_another_name(other_prompts):
    (other_prompts / "a.x.txt").write_text("1", encoding="utf-8")
    before = prompts.version("a")
    (other_prompts / "a.x.txt").rename(other_prompts / "a.y.txt")
    prompts.version.cache_clear()
    assert prompts.version("a") != before
