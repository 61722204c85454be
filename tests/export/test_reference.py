"""The reference is what peft computes."""

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from phi4.errors import ExportError
from phi4.export import reference as module
from phi4.export.reference import loaded, memory_of

PROMPTS, ANSWERS = [[1, 40, 50], [1, 41]], [[60, 61, 62], [63]]


def test_it_judges_each_token_of_an_answer_by_those_before_it(wide_base, subject):
    with loaded(wide_base, subject.folder, torch.float32) as reference:
        judged = reference.judge(PROMPTS, ANSWERS)
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(wide_base), subject.folder)
    for prompt, answer, told in zip(PROMPTS, ANSWERS, judged, strict=True):
        with torch.no_grad():
            logits = model(torch.tensor([prompt + answer])).logits[0]
        expected = torch.log_softmax(logits.float(), -1)[len(prompt) - 1 : -1]
        torch.testing.assert_close(torch.from_numpy(told), expected, atol=1e-4, rtol=1e-4)


def test_its_greedy_answers_are_its_likeliest_tokens(wide_base):
    with loaded(wide_base, None, torch.float32) as reference:
        answers = reference.greedy(PROMPTS, 5, end_id=2)
        judged = reference.judge(PROMPTS, answers)
    assert [list(told.argmax(-1)) for told in judged] == answers


def test_the_number_format_is_the_most_exact_that_fits(monkeypatch):
    monkeypatch.setattr(module, "available_memory", lambda: 8 << 30)
    assert memory_of(1_000_000_000)[0] is torch.float32
    dtype, needed = memory_of(3_100_000_000)
    assert dtype is torch.bfloat16
    assert 6 < needed / (1 << 30) < 8
    with pytest.raises(ExportError, match="to verify an export"):
        memory_of(7_600_000_000)
