"""A ChatML model small enough for every test: byte-level BPE, two Qwen2 layers, random weights.

It is the real thing in every respect but knowledge: real tokenizer files, real safetensors,
loaded by the same code as a base model of 3 B.
"""

from pathlib import Path

CORPUS = [
    "아스피린은 혈소판의 응집을 억제합니다.",
    "와파린의 목표 INR은 2.0~3.0입니다. 질문과 답을 씁니다.",
    "user\nassistant\nsystem\n<think>\n1. 하나\n2. 둘\n</think>\n\n답입니다.",
]
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def make_tokenizer(folder: Path) -> None:
    """``tokenizer.json`` of a ChatML model, every byte in its alphabet."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[AddedToken(token, special=True) for token in SPECIAL],
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))


def make_model(folder: Path, hidden: int = 64, family: str = "qwen2", spread: float = 0.3) -> Path:
    """A whole base-model folder: config, safetensors, tokenizer. ``spread`` is the deviation of its weights."""
    import torch
    from transformers import AutoModelForCausalLM, Qwen2Config, Qwen3Config

    from phi4.engines.quiet import quiet_libraries

    quiet_libraries()
    make_tokenizer(folder)
    torch.manual_seed(0)
    kind = {"qwen2": Qwen2Config, "qwen3": Qwen3Config}[family]
    config = kind(
        vocab_size=640,
        hidden_size=hidden,
        intermediate_size=2 * hidden,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
        max_position_embeddings=512,
        **({"head_dim": hidden // 4} if family == "qwen3" else {}),
        initializer_range=spread,  # far from nothing, so that an adapter has something to turn
    )
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    return folder
