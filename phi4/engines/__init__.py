"""Engines run models. Token ids or messages in, tokens out; they know no stage and no setting.

Seen from outside there are two (``protocol``): ``torch_model``, which answers in this process, and
``supervised``, a child that is watched and answers many at once. The children speak ``wire``:
``llamacpp_chat``, ``openvino``, ``torch_stream``, ``vllm``, and ``completions`` for an engine
elsewhere. ``llamacpp`` and ``openvino_drafts`` speak HTTP, to the teacher that writes data.
"""
