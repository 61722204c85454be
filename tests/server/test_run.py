"""``phi4 serve`` refuses what it can before it listens."""

import pytest

from phi4.errors import AdapterError, UsageError
from phi4.server.run import run_server
from phi4.settings import load_settings


def test_an_open_address_without_keys_is_refused():
    with pytest.raises(UsageError, match=r"0\.0\.0\.0") as caught:
        run_server(load_settings({"host": "0.0.0.0"}))
    assert "PHI4_API_KEYS" in caught.value.hint


def test_a_missing_adapter_is_refused_before_a_port_is_opened(tmp_path):
    (tmp_path / "data" / "seeds").mkdir(parents=True)
    with pytest.raises(AdapterError, match="there is no adapter to serve"):
        run_server(load_settings({"home": str(tmp_path), "adapter_path": "nobody"}))
