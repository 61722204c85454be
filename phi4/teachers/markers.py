"""Chat markers that stand in a text: a document, a question or an answer may hold ``<|im_end|>`` like any other word.

A teacher's server puts the turns into its model's template and reads the whole with special tokens on, so such a word
would end the turn, and what follows it could speak as the user, the system or the teacher itself. Not every server can
be told to read text as text; so what is sent has spaces inside each marker. Passages, rows and the keys of kept answers
stay as they are.
"""

from __future__ import annotations

import re

# <|im_end|> (Qwen, Llama 3, Phi), <｜User｜> (DeepSeek), [|endofturn|] (EXAONE); those without bars: Gemma, Llama 2
_BARRED = re.compile(r"([<\[][|｜])([^\s<>\[\]|｜]{1,64})([|｜][>\]])")
_BARE = re.compile(
    r"(<)(/?(?:s|bos|eos|start_of_turn|end_of_turn|think|tool_call|tool_response))(>)|(\[)(/?(?:INST|SYSTEM_PROMPT))(\])"
)


def without_markers(text: str) -> str:
    """``text`` as a teacher may read it: ``<| im_end |>`` for ``<|im_end|>``."""
    return _BARE.sub(r"\1\4 \2\5 \3\6", _BARRED.sub(r"\1 \2 \3", text))
