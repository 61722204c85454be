"""The adapter alone as GGUF is verified on its base, which is not left behind."""

import pytest

from phi4.errors import AdapterError, ExportError
from phi4.export import gguf_adapter as module
from phi4.export.gguf_adapter import export_adapter
from tests.export.kit import make_subject


@pytest.mark.parametrize("rslora", [False, True])
def test_llama_cpp_says_with_it_what_peft_says(wide_base, tmp_path, rslora):
    subject = make_subject(wide_base, tmp_path / "bot", use_rslora=rslora)
    record = export_adapter(subject, tmp_path / "out", force=False)
    assert record["proof"]["tokens"] - record["proof"]["same"] <= 3
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == ["README.md", "bot-lora.gguf", "export.json"]


def test_a_wrong_scale_is_noticed(subject, tmp_path, monkeypatch):
    right = module.write_lora

    def doubled(lora, path, architecture):
        right(type(lora)(lora.rank, 3 * lora.scale, lora.pairs), path, architecture)

    monkeypatch.setattr(module, "write_lora", doubled)
    with pytest.raises(ExportError, match="does not answer"):
        export_adapter(subject, tmp_path / "out", force=False)
    assert list(tmp_path.iterdir()) == []


def test_the_head_is_refused(wide_base, tmp_path):
    subject = make_subject(wide_base, tmp_path / "bot", modules_to_save=["lm_head"])
    with pytest.raises(AdapterError, match="modules_to_save"):
        export_adapter(subject, tmp_path / "out", force=False)


def test_an_export_that_is_there_is_kept(subject, tmp_path):
    (tmp_path / "export.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ExportError, match="it is kept"):
        export_adapter(subject, tmp_path, force=False)
