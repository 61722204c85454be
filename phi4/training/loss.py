"""Label-only cross-entropy: no logit is computed for a token that carries no label.

In chat fine-tuning only the assistant's tokens carry one, yet the usual loss projects every
position onto the vocabulary (151,936 entries for Qwen2.5) and keeps those logits until the backward
pass. Here the labelled positions are chosen before the LM head, worked through in chunks, and the
gradient is made in the forward pass. For a position with hidden state ``h`` and target ``y``::

    z = W h,  nll = logsumexp(z) - z[y],  dnll/dh = Wᵀ (softmax(z) - onehot(y))

The result is a sum. Divided by the labels of the whole optimizer step, over every micro-batch and
process, accumulation gives the same update as one large batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from phi4.chat_format import IGNORE_INDEX
from phi4.errors import TrainingError

CHUNK = 256  # labelled positions scored at once: at most CHUNK x vocabulary logits exist


class LabelLoss(NamedTuple):
    """Sum of the negative log-likelihoods (nats, fp32 scalar), and how many labels it is over."""

    nll_sum: Tensor
    labels: int


class _ChunkedNll(torch.autograd.Function):
    """Summed NLL of ``hidden @ weight.T``; the gradient is ready after the forward pass."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, target: Tensor, chunk: int) -> Tensor:
        """hidden [N, H], weight [V, H], target [N] -> fp32 scalar."""
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        grad = torch.empty_like(hidden) if ctx.needs_input_grad[0] else None
        for start in range(0, hidden.shape[0], chunk):
            part = slice(start, start + chunk)
            chosen, wanted = hidden[part], target[part].unsqueeze(-1)  # [C, H], [C, 1]
            logits = (chosen @ weight.t()).float()  # [C, V]
            norm = logits.logsumexp(dim=-1, keepdim=True)  # [C, 1]
            total += (norm - logits.gather(-1, wanted)).sum()
            if grad is not None:
                logits.sub_(norm).exp_()  # softmax, in place
                logits.scatter_add_(-1, wanted, logits.new_full(wanted.shape, -1.0))  # minus one-hot
                grad[part] = logits.to(weight.dtype) @ weight  # [C, H]
        if grad is not None:
            ctx.save_for_backward(grad)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor, None, None, None]:
        (grad,) = ctx.saved_tensors
        return grad * grad_out, None, None, None  # the factor stays fp32: a rounded one would bias every step


def label_loss(hidden: Tensor, weight: Tensor, labels: Tensor, chunk: int = CHUNK) -> LabelLoss:
    """Summed next-token loss over the labelled positions.

    ``hidden`` [B, T, H] are the last hidden states, ``weight`` [V, H] the frozen LM head, ``labels``
    [B, T] unshifted: position ``t`` is predicted from ``hidden[:, t - 1]``, so in packed rows the
    first token of every sample must be ``IGNORE_INDEX``. A batch without labels gives a zero that
    ``backward`` still works on. Raises ``ValueError`` for a head that is trained: its gradient is
    not computed here.
    """
    if weight.requires_grad:
        raise ValueError("the LM head must be frozen")
    states = hidden[:, :-1].reshape(-1, hidden.shape[-1])  # [B*(T-1), H]
    target = labels[:, 1:].reshape(-1)  # [B*(T-1)]
    keep = (target != IGNORE_INDEX).nonzero().squeeze(-1)  # [N]
    nll: Tensor = _ChunkedNll.apply(  # type: ignore[no-untyped-call]
        states.index_select(0, keep), weight, target.index_select(0, keep), chunk
    )
    return LabelLoss(nll, keep.numel())


def teach_label_loss(model: Any) -> None:
    """Give a causal LM's ``forward`` a way to return the summed loss instead of logits.

    ``forward(..., label_loss=True)`` gives a dict with ``loss`` (``LabelLoss.nll_sum``). It has to
    happen inside ``forward``: autocast and DistributedDataParallel wrap that call and no other.
    Raises ``TrainingError`` for a head that is not a plain matrix.
    """
    head = model.get_output_embeddings()
    scaled = [name for name in ("final_logit_softcapping", "logit_scale", "logits_scaling") if _set(model, name)]
    if head is None or getattr(head, "bias", None) is not None or scaled:
        what = f"it sets {scaled[0]}" if scaled else "its LM head is no plain matrix"
        raise TrainingError(f"this kind of base model cannot be trained: {what}", "choose a model of the Qwen family")
    plain: Callable[..., Any] = model.forward

    def forward(*args: Any, label_loss: bool = False, **inputs: Any) -> Any:
        if not label_loss:
            return plain(*args, **inputs)
        backbone = getattr(model, model.base_model_prefix)
        # Without a cache and a mask, restarting positions keep packed samples apart (transformers 5).
        states = backbone(input_ids=inputs["input_ids"], position_ids=inputs["position_ids"], use_cache=False)
        return {"loss": _loss(states.last_hidden_state, head.weight, inputs["labels"])}

    model.forward = forward


def _loss(hidden: Tensor, weight: Tensor, labels: Tensor) -> Tensor:
    return label_loss(hidden.to(weight.dtype), weight, labels).nll_sum


def _set(model: Any, name: str) -> bool:
    return getattr(model.config, name, None) not in (None, 1.0, 1)
