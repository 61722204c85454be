"""Engines run models. Token ids or messages in, tokens out; they know no stage and no setting.

``llamacpp`` (GGUF, in a child process over a Unix socket) writes data; ``torch_model``
(safetensors base + LoRA adapter) answers, in this process or in a ``torch_server`` child.
"""
