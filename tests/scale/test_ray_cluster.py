"""Ray that is not there, does not answer, or is another one: each said in a line."""

import sys
from types import SimpleNamespace

import pytest

from phi4.errors import ClusterError, UsageError
from phi4.scale import cluster


@pytest.fixture
def ray_that(monkeypatch):
    """A Ray whose ``init`` raises."""

    def make(error):
        def init(**told):
            raise error

        fake = SimpleNamespace(init=init, is_initialized=lambda: False, __version__="2.60.0")
        monkeypatch.setattr("phi4.scale.ray_cluster._ray", lambda: fake)

    return make


def opened(where="ray:auto"):
    with cluster(where):
        pass


def test_another_word_is_wrong_use():
    with pytest.raises(UsageError, match="--on 'slurm' is no known place"):
        opened("slurm")


def test_without_ray_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterError, match="needs Ray") as caught:
        opened("ray")
    assert 'pip install "phi4[scale]"' in caught.value.hint


def test_a_cluster_that_does_not_answer_is_named_with_the_command_that_starts_one(ray_that):
    ray_that(ConnectionError("Could not find any running Ray instance.\nLook at the address."))
    with pytest.raises(ClusterError, match="no Ray cluster answers at 'auto'") as caught:
        opened()
    assert "ray start --head" in caught.value.hint


def test_another_version_says_which_to_install(ray_that):
    ray_that(RuntimeError("Version mismatch: The cluster was started with:\n    Ray: 2.40.0\n    Python: 3.12.1"))
    with pytest.raises(ClusterError, match=r"Version mismatch.*Ray: 2\.40\.0; Python: 3\.12\.1") as caught:
        opened()
    assert "ray==2.60.0" in caught.value.hint


def test_an_address_where_nobody_listens_is_told_at_once_and_not_after_minutes(ray_that, closed_url):
    ray_that(AssertionError("Ray would wait for minutes"))
    address = closed_url.removeprefix("http://")
    with pytest.raises(ClusterError, match=f"no Ray cluster answers at '{address}': .*refused"):
        opened(f"ray:{address}")
    with pytest.raises(ClusterError, match="no Ray cluster answers"):
        opened(f"ray:ray://{address}")
