"""One tiny adapter for all tests of export."""

import pytest

from tests.export.kit import make_subject


@pytest.fixture(scope="session")
def wide_base(tmp_path_factory):
    """A tiny base whose rows are long enough for K-quants."""
    from tests.tiny import make_model

    return make_model(tmp_path_factory.mktemp("wide") / "wide-qwen", hidden=256)


@pytest.fixture(scope="session")
def calm_base(tmp_path_factory):
    """The same with small weights: four bits leave most of its answers alone, as those of a trained model."""
    from tests.tiny import make_model

    return make_model(tmp_path_factory.mktemp("calm") / "calm-qwen", hidden=256, spread=0.06)


@pytest.fixture(scope="session")
def calm_subject(calm_base, tmp_path_factory):
    return make_subject(calm_base, tmp_path_factory.mktemp("calm") / "my-bot")


@pytest.fixture(scope="session")
def subject(wide_base, tmp_path_factory):
    return make_subject(wide_base, tmp_path_factory.mktemp("export") / "my-bot")
