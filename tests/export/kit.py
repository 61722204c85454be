"""What the tests of export start from: a tiny base, an adapter of it, and what training would have said of it."""

import json

from phi4.chat_format import FORMAT_HASH
from phi4.export.subject import Subject
from tests.adapters import make_adapter

QUESTIONS = ("와파린의 목표 INR은 얼마입니까?", "아스피린은 무엇을 억제합니까?", "질문과 답")


def make_subject(base, folder, system_prompt="", **settings):
    """An adapter of ``base`` in ``folder``, as phi4 train leaves it."""
    make_adapter(base, folder, **settings)
    facts = {
        "base_model": str(base),
        "chat_format": FORMAT_HASH,
        "system_prompt": system_prompt,
        "data": {"sha256": "ab12", "rows": 3, "files": ["a.txt"]},
        "settings": {"r": 8, "lora_alpha": 16},
    }
    (folder / "phi4.json").write_text(json.dumps(facts), encoding="utf-8")
    return Subject(folder, str(base), facts, system_prompt, QUESTIONS)
