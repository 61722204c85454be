"""A safetensors base model and its LoRA adapter on PyTorch: NF4 on CUDA, bf16 or fp32 on a CPU."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, GenerationConfig

from phi4.engines.greedy import greedy_batch
from phi4.engines.precision import best_device, compute_dtype
from phi4.engines.protocol import Completion, Limits
from phi4.engines.quiet import quiet_libraries
from phi4.errors import AdapterError, EngineError, first_line


def load_base(folder: Path, device: str, dtype: torch.dtype | None = None) -> Any:
    """The frozen base. On CUDA the linear layers are NF4 with double quantisation (QLoRA, section 3);
    on a CPU nothing is quantised. ``dtype``: the format that is fastest here, unless stated. Raises ``EngineError``."""
    model = _read_base(folder, device, dtype or compute_dtype(device))
    model.get_output_embeddings().register_forward_pre_hook(_in_one_piece)
    return model


def _in_one_piece(_: Any, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """The last positions of a batch as memory of their own: of a slice through it PyTorch on a CPU copies the
    output matrix for every row in bfloat16 (32 rows, 0.5B: 8 GB and 37 s instead of 0.1 s)."""
    return (inputs[0].contiguous(), *inputs[1:])


def _read_base(folder: Path, device: str, dtype: torch.dtype) -> Any:
    quiet_libraries()
    try:
        if device == "cuda":
            nf4 = BitsAndBytesConfig(
                load_in_4bit=True,
                bnb_4bit_quant_type="nf4",
                bnb_4bit_use_double_quant=True,
                bnb_4bit_compute_dtype=dtype,
            )
            return AutoModelForCausalLM.from_pretrained(
                folder,
                quantization_config=nf4,
                dtype=dtype,
                device_map={"": torch.cuda.current_device()},  # with several GPUs each process has its own
                local_files_only=True,
            )
        return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, local_files_only=True)
    except torch.OutOfMemoryError as error:
        raise EngineError(
            f"torch.cuda.OutOfMemoryError: {first_line(error)}", "end other GPU processes: nvidia-smi"
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise EngineError(f"cannot load the base model '{folder}': {first_line(error)}") from error


class TorchModel:
    """The loaded pair. Implements ``Engine``; answers a batch of prompts at once."""

    def __init__(self, base: Path, adapter: Path | None, device: str = "") -> None:
        self.device = device or best_device()
        model = load_base(base, self.device)
        if adapter is not None:
            model = with_adapter(model, adapter, base)
        self._model = model.eval()
        self._has_adapter = adapter is not None

    @property
    def model(self) -> Any:
        """The library's model itself, with the adapter's layers in it."""
        return self._model.get_base_model() if self._has_adapter else self._model

    def generate(self, prompts: Sequence[Sequence[int]], limits: Limits, tuned: bool = True) -> list[Completion]:
        """See ``Engine.generate``."""
        ask = generate_batch if limits.temperature > 0 else greedy_batch
        if tuned or not self._has_adapter:
            return ask(self._model, self.device, prompts, limits)
        with self._model.disable_adapter():
            return ask(self._model, self.device, prompts, limits)

    def likelihoods(
        self, prompts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]], tuned: bool = True
    ) -> list[float]:
        """See ``LikelihoodEngine.likelihoods``."""
        if tuned or not self._has_adapter:
            return likelihoods(self._model, self.device, prompts, answers)
        with self._model.disable_adapter():
            return likelihoods(self._model, self.device, prompts, answers)

    def close(self) -> None:
        """Give the memory back."""
        del self._model
        if self.device == "cuda":
            torch.cuda.empty_cache()


def with_adapter(model: Any, adapter: Path, base: Path) -> Any:
    """The model that was loaded from the folder ``base``, with a LoRA on it. Raises ``AdapterError`` where it does
    not fit."""
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(model, adapter)
    except (RuntimeError, ValueError, KeyError) as error:
        raise AdapterError(
            f"adapter '{adapter}' does not fit the base model '{base.name}': {first_line(error)}",
            "it was trained on another base; train it again with: phi4 train",
        ) from error


def generate_batch(model: Any, device: str, prompts: Sequence[Sequence[int]], limits: Limits) -> list[Completion]:
    """Answer all prompts as one batch, with a model that is loaded already."""
    ids, mask = _padded(prompts, limits.end_id)  # on the left: all answers begin together
    width = ids.shape[1]
    model.eval()
    if limits.temperature > 0:
        torch.manual_seed(limits.seed)  # greedy answers leave the noise of a training alone
    with torch.inference_mode():
        out = model.generate(
            input_ids=ids.to(device), attention_mask=mask.to(device), generation_config=_generation_config(limits)
        )
    return [_completion(row[width:].tolist(), limits) for row in out]


def likelihoods(
    model: Any, device: str, prompts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]
) -> list[float]:
    """Log-likelihood of each answer behind its prompt, in one forward pass, with a model that is loaded already."""
    ids, mask = _padded([[*prompt, *told] for prompt, told in zip(prompts, answers, strict=True)], 0)
    longest = max(map(len, answers))
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    with torch.inference_mode():
        # Only of the answers: the logits of a whole prompt would be gigabytes.
        logits = model(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            position_ids=positions.to(device),
            logits_to_keep=longest + 1,
            use_cache=False,
        ).logits[:, :-1]
    # Row by row: in float32 those of a whole batch would be gigabytes too.
    told = [
        torch.log_softmax(row.float(), dim=-1).gather(1, said[-longest:, None].to(device))[:, 0]
        for row, said in zip(logits, ids, strict=True)
    ]
    return [float(row[longest - len(answer) :].sum()) for row, answer in zip(told, answers, strict=True)]


def _padded(prompts: Sequence[Sequence[int]], filler: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and attention mask of prompts that end together."""
    width = max(map(len, prompts))
    ids = torch.full((len(prompts), width), filler)
    mask = torch.zeros_like(ids)
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(prompt)
        mask[row, width - len(prompt) :] = 1
    return ids, mask


def _generation_config(limits: Limits) -> GenerationConfig:
    """Stated whole: the base's own file would bring penalties and sampling of its own."""
    sampled = limits.temperature > 0
    return GenerationConfig(
        max_new_tokens=limits.max_tokens,
        do_sample=sampled,
        temperature=limits.temperature if sampled else None,
        top_p=limits.top_p if sampled else None,
        top_k=None,
        use_cache=True,  # a model in training has its cache switched off
        eos_token_id=limits.end_id,
        pad_token_id=limits.end_id,
    )


def _completion(tokens: list[int], limits: Limits) -> Completion:
    if limits.end_id in tokens:
        return Completion(tuple(tokens[: tokens.index(limits.end_id)]), "stop")
    return Completion(tuple(tokens), "length")
