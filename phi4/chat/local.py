"""A chatbot whose model is loaded in this process: for ``ask`` and ``evaluate``, not for a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from phi4.chat.adapters import Adapter
from phi4.chat.chatbot import Chatbot
from phi4.chat_format import ChatTokenizer
from phi4.weights import base_folder


@contextmanager
def open_chatbot(adapter: Adapter, system_prompt: str, max_new_tokens: int) -> Iterator[Chatbot]:
    """The adapter on its base, ready to answer.

    Without a system prompt of the operator's, the one that the adapter was trained with. Raises
    ``WeightsError``, ``AdapterError`` or ``EngineError``.
    """
    from phi4.engines.torch_model import TorchModel

    base = base_folder(adapter.base_model)
    engine = TorchModel(base, adapter.folder)
    prompt = system_prompt or str(adapter.facts.get("system_prompt", ""))
    try:
        yield Chatbot(engine, ChatTokenizer(base), prompt, max_new_tokens)
    finally:
        engine.close()
