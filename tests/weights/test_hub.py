"""The Hugging Face hub: asked quickly, and as clear offline as online."""

import errno
from pathlib import Path

import pytest

from phi4.errors import WeightsError
from phi4.weights.hub import download_file, hub_answers, local_snapshot, snapshot

NOBODYS = "phi4-tests/there-is-no-such-model"


def test_a_hub_that_answers_is_reachable(serve, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", serve(lambda path: (200, "")).url)
    assert hub_answers()


def test_a_hub_in_trouble_counts_as_unreachable(serve, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", serve(lambda path: (503, "")).url)
    assert not hub_answers()


@pytest.mark.parametrize("value", ["1", "true", "ON"])
def test_the_offline_variable_says_no_without_asking(value, serve, monkeypatch):
    server = serve(lambda path: (200, ""))
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("HF_HUB_OFFLINE", value)
    assert not hub_answers()
    assert server.paths == []


@pytest.mark.parametrize("address", ["no address", "http://", "ftp://127.0.0.1"])
def test_an_address_that_is_none_counts_as_unreachable(address, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", address)
    assert not hub_answers()


def test_an_unreachable_hub_is_an_error_that_names_the_way_without_it(closed_url, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", closed_url)
    with pytest.raises(WeightsError) as caught:
        snapshot(NOBODYS)
    assert NOBODYS in caught.value.message
    assert "does not answer" in caught.value.message
    assert "--profile cpu" in caught.value.hint


def test_a_name_that_no_hub_can_have_is_an_error_that_points_at_the_catalogue():
    with pytest.raises(WeightsError, match="neither a folder") as caught:
        snapshot("a/b/c")
    assert "phi4 models list" in caught.value.hint


def test_a_repository_that_was_never_downloaded_has_no_folder():
    assert local_snapshot(NOBODYS) is None


def test_a_connection_that_breaks_in_a_download_is_an_error_of_the_hub(serve, monkeypatch):
    import huggingface_hub
    from huggingface_hub.errors import HfHubHTTPError

    broken = next(kind for kind in HfHubHTTPError.__bases__ if kind.__name__ == "HTTPError")

    def breaks(*_, local_files_only=False, **__):
        if local_files_only:
            raise huggingface_hub.errors.LocalEntryNotFoundError("none")
        raise broken("peer closed connection")

    monkeypatch.setenv("HF_ENDPOINT", serve(lambda path: (200, "")).url)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr("huggingface_hub.snapshot_download", breaks)
    with pytest.raises(WeightsError, match="the hub refused 'a/b': peer closed connection"):
        snapshot("a/b")
    monkeypatch.setattr("huggingface_hub.hf_hub_download", breaks)
    assert download_file("a/b", "x.gguf", Path()) is None


def test_a_disk_that_fills_in_a_download_is_no_refusal_of_the_hub(serve, monkeypatch):
    import huggingface_hub

    def fills(*_, local_files_only=False, **__):
        if local_files_only:
            raise huggingface_hub.errors.LocalEntryNotFoundError("none")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setenv("HF_ENDPOINT", serve(lambda path: (200, "")).url)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr("huggingface_hub.snapshot_download", fills)
    with pytest.raises(WeightsError, match="no room for 'a/b'") as caught:
        snapshot("a/b")
    assert "HF_HOME" in caught.value.hint
