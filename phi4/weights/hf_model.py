"""A Qwen2 or Qwen3 base folder (config, safetensors, tokenizer) as a model that can be written as GGUF."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from phi4.errors import WeightsError, first_line
from phi4.weights.gguf_files import ARCHITECTURES, Model, gguf_name
from phi4.weights.lora import Array

NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5  # token types of llama.cpp


def open_folder(folder: Path, name: str = "") -> tuple[Model, int]:
    """The model in ``folder``, to be called ``name``, and its number of layers.

    Raises ``WeightsError`` for another family.
    """
    config = _json(folder / "config.json")
    architecture = str(config.get("model_type"))
    if architecture not in ARCHITECTURES or "auto_map" in config:
        raise WeightsError(
            f"'{folder.name}' is a '{architecture}' model; {' and '.join(ARCHITECTURES)} can be converted",
            "serve it with PHI4_ENGINE=transformers",
        )
    layers = int(config["num_hidden_layers"])
    tokens = _tokens(folder, int(config["vocab_size"]))

    def header(writer: Any) -> None:
        writer.add_type("model")
        writer.add_name(name or folder.name)
        _add_shape(writer, config)
        _add_tokenizer(writer, folder, tokens)

    return Model(architecture, header, _tensors(folder, layers, architecture)), layers


def _add_shape(writer: Any, config: dict[str, Any]) -> None:
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    if head := config.get("head_dim"):  # Qwen3 states it, as its heads need not share out the hidden size
        writer.add_key_length(head)
        writer.add_value_length(head)
    # transformers 5 writes rope_parameters; before, rope_scaling with "type" or "rope_type" stood beside rope_theta
    rope = config.get("rope_parameters") or {**config, **(config.get("rope_scaling") or {})}
    if rope.get("rope_type", rope.get("type", "default")) != "default" or config.get("use_sliding_window"):
        raise WeightsError("a stretched context (rope scaling, sliding window) cannot be converted")
    writer.add_rope_freq_base(float(rope.get("rope_theta", 10000.0)))
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])


def _add_tokenizer(writer: Any, folder: Path, tokens: list[tuple[str, int]]) -> None:
    whole = _json(folder / "tokenizer.json")
    ids = {token: number for number, (token, _) in enumerate(tokens)}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")  # Qwen3 splits text as Qwen2 does
    writer.add_token_list([token for token, _ in tokens])
    writer.add_token_types([kind for _, kind in tokens])
    merges = whole["model"]["merges"]
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    writer.add_eos_token_id(ids["<|im_end|>"])
    writer.add_pad_token_id(ids["<|endoftext|>"])
    writer.add_add_bos_token(False)


def _tokens(folder: Path, size: int) -> list[tuple[str, int]]:
    """Token and type of every id; ids that no token has are filled, as the embedding has a row for each."""
    whole = _json(folder / "tokenizer.json")
    tokens = [(f"[PAD{number}]", UNUSED) for number in range(size)]
    for token, number in whole["model"]["vocab"].items():
        tokens[number] = (token, NORMAL)
    for added in whole["added_tokens"]:
        tokens[added["id"]] = (added["content"], CONTROL if added["special"] else USER_DEFINED)
    return tokens


def _tensors(folder: Path, layers: int, architecture: str) -> list[tuple[str, tuple[int, ...], Callable[[], Array]]]:
    return [
        (gguf_name(name, layers, architecture), shape, _reader(path, name))
        for name, (path, shape) in tensors_of(folder).items()
    ]


def _reader(path: Path, name: str) -> Callable[[], Array]:
    def read() -> Array:
        array: Array = read_tensor(path, name).float().numpy()
        return array

    return read


def tensors_of(folder: Path) -> dict[str, tuple[Path, tuple[int, ...]]]:
    """File and shape of every tensor of a model folder. Raises ``WeightsError`` where there is none, or a file is
    cut."""
    found = {}
    for path in sorted(folder.glob("*.safetensors")):
        with _opened(path) as file:
            for name in file.keys():  # noqa: SIM118
                found[name] = (path, tuple(file.get_slice(name).get_shape()))
    if not found:
        raise WeightsError(f"'{folder}' has no safetensors", "name a complete model folder")
    return found


def read_tensor(path: Path, name: str) -> Any:
    """One tensor of a safetensors file, as PyTorch holds it. Raises ``WeightsError``."""
    with _opened(path) as file:
        return file.get_tensor(name)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except (SafetensorError, OSError) as error:
        raise WeightsError(
            f"cannot read '{path}': {first_line(error)}", "the file is cut or gone: fetch the model again"
        ) from error


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"cannot read '{path}': {error}", "name a complete model folder") from error
    return found
