"""What a teacher's name says before anything is opened."""

from pathlib import Path

import pytest

from phi4.teachers.names import addresses, local_files


def test_several_addresses_stand_between_commas():
    assert addresses("openai:m@http://a/v1?x=1,2,openai:m@http://b") == [
        "openai:m@http://a/v1?x=1,2",
        "openai:m@http://b",
    ]
    assert addresses("embedded") == ["embedded"]


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("embedded:/models/my.gguf", ["/models/my.gguf"]),
        ("embedded:a.gguf,embedded:b.gguf", ["a.gguf", "b.gguf"]),
        ("embedded:~/my.gguf", [str(Path.home() / "my.gguf")]),
        ("embedded", []),
        ("embedded:qwen2.5-coder-1.5b", []),
        ("ollama:my.gguf", []),
        ("", []),
    ],
)
def test_a_model_that_is_a_file_of_this_machine_is_known_by_its_name(name, files):
    assert local_files(name) == [Path(file) for file in files]
