"""Settings: where a value comes from, and what is said about a wrong one."""

import pytest

from phi4.errors import UsageError
from phi4.settings import GROUPS, PROFILES, Settings, find_dotenv, load_settings


@pytest.fixture
def dotenv(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text):
        (tmp_path / ".env").write_text(text, encoding="utf-8")

    return write


def test_without_anything_stated_the_defaults_are_the_manuals():
    settings = load_settings()
    assert (settings.r, settings.lora_alpha, settings.learning_rate, settings.max_length) == (16, 32, 2e-4, 512)
    assert settings.teacher == "ollama:qwen2.5:7b"


def test_each_source_wins_over_the_ones_after_it(dotenv, monkeypatch):
    default = load_settings().learning_rate
    profile = load_settings({"profile": "cpu"}).learning_rate
    dotenv("PHI4_LEARNING_RATE=0.1\n")
    from_dotenv = load_settings({"profile": "cpu"}).learning_rate
    monkeypatch.setenv("PHI4_LEARNING_RATE", "0.2")
    from_environment = load_settings({"profile": "cpu"}).learning_rate
    from_command_line = load_settings({"profile": "cpu", "learning_rate": "0.3"}).learning_rate
    found = (default, profile, from_dotenv, from_environment, from_command_line)
    assert found == (2e-4, PROFILES["cpu"]["learning_rate"], 0.1, 0.2, 0.3)


@pytest.mark.parametrize("source", ["command line", "environment", ".env"])
def test_a_profile_counts_wherever_it_is_named(source, dotenv, monkeypatch):
    if source == ".env":
        dotenv("PHI4_PROFILE=cpu\n")
    if source == "environment":
        monkeypatch.setenv("PHI4_PROFILE", "cpu")
    settings = load_settings({"profile": "cpu"} if source == "command line" else None)
    assert settings.profile == "cpu"
    assert settings.model_name == PROFILES["cpu"]["model_name"]


def test_a_profile_named_on_the_command_line_replaces_that_of_the_environment(monkeypatch):
    monkeypatch.setenv("PHI4_PROFILE", "cpu")
    assert load_settings({"profile": "manual"}).model_name == Settings.model_fields["model_name"].default


def test_an_unknown_name_in_the_environment_is_an_error_with_the_closest_name(monkeypatch):
    monkeypatch.setenv("PHI4_TEMPRATURE", "1")
    with pytest.raises(UsageError) as caught:
        load_settings()
    assert "'PHI4_TEMPRATURE' in the environment" in caught.value.message
    assert caught.value.hint == "did you mean PHI4_TEMPERATURE?"


def test_an_unknown_name_in_dotenv_is_an_error_that_names_the_file(dotenv, tmp_path):
    dotenv("PHI4_LORA_ALFA=1\n")
    with pytest.raises(UsageError) as caught:
        load_settings()
    assert str(tmp_path / ".env") in caught.value.message
    assert caught.value.hint == "did you mean PHI4_LORA_ALPHA?"


def test_an_unknown_name_like_no_other_points_at_the_help(monkeypatch):
    monkeypatch.setenv("PHI4_XYZZY", "1")
    with pytest.raises(UsageError) as caught:
        load_settings()
    assert "--help" in caught.value.hint


def test_other_programs_variables_in_dotenv_are_ignored(dotenv):
    dotenv("OTHER=1\nSEED=5\nPORT=1\nPHI4_ROWS=7\n")
    settings = load_settings()
    assert (settings.rows, settings.seed, settings.port) == (7, 0, 8000)


def test_an_unknown_profile_is_an_error_that_lists_the_known_ones():
    with pytest.raises(UsageError) as caught:
        load_settings({"profile": "fast"})
    assert "--profile='fast'" in caught.value.message
    assert all(name in caught.value.message for name in PROFILES)


def test_wrong_values_are_named_all_at_once_as_the_user_wrote_them(dotenv, monkeypatch):
    dotenv("PHI4_LORA_DROPOUT=2\n")
    monkeypatch.setenv("PHI4_PORT", "99999")
    with pytest.raises(UsageError) as caught:
        load_settings({"max_length": "long"})
    for part in ("--max-length='long'", "PHI4_PORT='99999'", "PHI4_LORA_DROPOUT='2'"):
        assert part in caught.value.message


def test_a_setting_that_nobody_declared_is_refused_from_the_caller_too():
    with pytest.raises(UsageError, match="--lerning-rate"):
        load_settings({"lerning_rate": 1})


def test_stated_is_the_value_only_where_the_user_gave_it(dotenv, monkeypatch):
    dotenv("PHI4_ADAPTER=mine\n")
    monkeypatch.setenv("phi4_rows", "4")
    settings = load_settings({"profile": "cpu", "seed": 3})
    assert (settings.stated("adapter"), settings.stated("rows"), settings.stated("seed")) == ("mine", "4", "3")
    assert settings.stated("model_name") == ""  # the profile's
    assert settings.stated("host") == ""  # the default


def test_the_nearest_dotenv_upward_is_read(tmp_path):
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / ".env").write_text("", encoding="utf-8")
    assert find_dotenv(deep) == tmp_path / ".env"
    (tmp_path / "a" / ".env").write_text("", encoding="utf-8")
    assert find_dotenv(deep) == tmp_path / "a" / ".env"


def test_a_folder_called_dotenv_is_no_dotenv_file(tmp_path):
    (tmp_path / "a" / ".env").mkdir(parents=True)
    assert find_dotenv(tmp_path / "a") is None


def test_korean_in_dotenv_is_read_as_utf8(dotenv):
    dotenv('PHI4_SYSTEM_PROMPT="너는 약사다."\n')
    assert load_settings().system_prompt == "너는 약사다."


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_names_existing_settings(group):
    assert GROUPS[group]
    assert set(GROUPS[group]) <= set(Settings.model_fields)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_holds_valid_values_of_existing_settings(profile):
    settings = load_settings({"profile": profile})
    assert {name: getattr(settings, name) for name in PROFILES[profile]} == PROFILES[profile]


def test_secrets_are_not_shown():
    settings = load_settings({"api_keys": "hush-1", "teacher_api_key": "hush-2"})
    assert "hush" not in repr(settings) + str(settings) + str(settings.model_dump()) + settings.stated("api_keys")
    assert settings.api_keys.get_secret_value() == "hush-1"


def test_settings_do_not_change_once_read():
    with pytest.raises(ValueError, match="frozen"):
        load_settings().rows = 3
