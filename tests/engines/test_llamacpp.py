"""The llama.cpp child: it says what it lacks. With a model: tests/teachers/test_embedded.py."""

from types import SimpleNamespace

import pytest

from phi4.engines.llamacpp import _set, start_llamacpp
from phi4.errors import EngineError


def test_a_model_file_that_does_not_exist_is_an_error(tmp_path):
    with start_llamacpp(tmp_path / "gone.gguf", context=512, threads=1) as engine:
        with pytest.raises(EngineError, match=r"'phi4\.engines\.llamacpp' ended while loading"):
            engine.wait_ready(60)
        assert not engine.alive


def test_every_parameter_that_is_set_exists_in_the_pinned_xllamacpp():
    import xllamacpp

    params = xllamacpp.CommonParams()
    for name in ("hostnames", "port", "n_parallel", "n_ctx", "n_batch", "n_ubatch", "cache_ram_mib", "ui"):
        assert hasattr(params, name), name


def test_a_parameter_that_a_release_renamed_fails_loudly():
    params = SimpleNamespace(n_ctx=1)
    _set(params, n_ctx=512)
    assert params.n_ctx == 512
    with pytest.raises(SystemExit, match="no parameter 'context'"):
        _set(params, context=512)
