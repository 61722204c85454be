"""llama.cpp behind the link: its GGUF LoRA answers as the adapter does in peft."""

import asyncio

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from phi4.engines.llamacpp import start_llamacpp
from phi4.engines.llamacpp_chat import body, specification
from phi4.engines.protocol import Done, Limits, PromptProgress
from phi4.engines.torch_model import TorchModel
from phi4.engines.wire import Ask
from phi4.errors import EngineError
from phi4.weights.gguf_files import write_lora, write_model
from phi4.weights.hf_model import open_folder
from phi4.weights.lora import read_lora
from tests.adapters import make_adapter
from tests.engines.scenes import read, scene, text_of

MODULE = "phi4.engines.llamacpp_chat"
LIMITS = Limits(max_tokens=12, end_id=2)
PROMPTS = [[1, 40 + number, 50] * (1 + number * 3) for number in range(6)]


def f16_of(base, target):
    """A base whose weights f16 holds exactly, and the same as GGUF."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    model.half().float().save_pretrained(base)
    made, layers = open_folder(base)
    write_model(made, None, layers, "F16", target, lambda progress, detail: None)
    return target


def logits_of(base, adapter, prompt):
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), adapter)
    with torch.no_grad():
        return model(torch.tensor([prompt])).logits[0, -1].log_softmax(-1)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    from tests.tiny import make_model

    return make_model(tmp_path_factory.mktemp("llama") / "tiny")


@pytest.fixture(scope="module")
def gguf(base):
    return f16_of(base, base.parent / "base.gguf")


def probabilities(base_file, lora_file, prompt):
    """llama.cpp's log-probabilities of the likeliest next tokens."""
    with start_llamacpp(base_file, context=256, threads=1, adapter=lora_file) as engine:
        engine.wait_ready(60)
        with engine.client() as client:
            asked = {"prompt": prompt, "n_predict": 1, "n_probs": 20, "temperature": 0}
            answer = client.post("/completion", json=asked).json()
    return {one["id"]: one["logprob"] for one in answer["completion_probabilities"][0]["top_logprobs"]}


@pytest.mark.parametrize("rslora", [False, True])
def test_the_adapter_gives_the_probabilities_that_peft_gives(base, gguf, tmp_path, rslora):
    adapter = make_adapter(base, tmp_path / "adapter", rank=8, alpha=16, use_rslora=rslora)
    write_lora(read_lora(adapter), tmp_path / "lora.gguf", "qwen2")
    ours = logits_of(base, adapter, PROMPTS[3])
    theirs = probabilities(gguf, tmp_path / "lora.gguf", PROMPTS[3])
    without = probabilities(gguf, None, PROMPTS[3])
    assert len(theirs) == 20
    assert max(abs(ours[token].item() - value) for token, value in theirs.items()) < 0.1
    assert max(abs(ours[token].item() - value) for token, value in without.items()) > 0.5


def test_it_streams_cancels_refuses_and_answers_without_the_adapter_too(base, gguf, tmp_path):
    adapter = make_adapter(base, tmp_path / "adapter")
    write_lora(read_lora(adapter), tmp_path / "lora.gguf", "qwen2")

    async def story(engine):
        tuned = await read(engine.submit(PROMPTS[5], LIMITS))
        alone = await read(engine.submit(PROMPTS[5], LIMITS, tuned=False))
        long = engine.submit(PROMPTS[0], Limits(200, 2))
        async for event in long:
            if isinstance(event, PromptProgress):
                long.cancel()
        strange = await read(engine.submit([999_999], LIMITS))
        together = await asyncio.gather(*(read(engine.submit(prompt, LIMITS)) for prompt in PROMPTS))
        return tuned, alone, event, strange, together

    told = specification(gguf, tmp_path / "lora.gguf", context=256)
    tuned, alone, cancelled, strange, together = scene(MODULE, told, story)
    assert [event.done for event in tuned if isinstance(event, PromptProgress)][-1] == len(PROMPTS[5])
    assert tuned[-1].usage.completion_tokens == 12
    assert text_of(tuned) != text_of(alone)
    assert cancelled.finish_reason == "cancelled"
    assert strange[-1].code == "refused"
    assert all(isinstance(events[-1], Done) for events in together)


def test_nothing_of_a_request_is_left_to_a_default():
    greedy = body(Ask(1, (5,), LIMITS, tuned=False), adapter=True)
    warm = body(Ask(1, (5,), Limits(9, 2, temperature=0.7, top_p=0.9, seed=4), tuned=True), adapter=False)
    assert (greedy["top_k"], greedy["lora"], greedy["n_predict"]) == (1, [{"id": 0, "scale": 0.0}], 12)
    assert (warm["top_k"], warm["lora"], warm["seed"], warm["min_p"]) == (0, [], 4, 0.0)
    assert warm["samplers"] == ["top_k", "temperature", "top_p"]


def test_a_model_that_is_none_is_logged_with_the_engines_last_words(tmp_path, caplog):
    (tmp_path / "bad.gguf").write_bytes(b"no model at all" * 100)
    with pytest.raises(EngineError, match="process ended"):
        scene(MODULE, specification(tmp_path / "bad.gguf", None, context=256), None)
    assert "Failed to init server" in caplog.text


QUESTIONS = [
    f"{drug}{ask}"
    for drug in ("아스피린은", "와파린은", "메트포르민은", "세티리진은", "오메프라졸은")
    for ask in (" 어떤 약입니까?", " 누가 먹으면 안 됩니까?", " 왜 위를 아프게 합니까?", "의 하루 용량은 얼마입니까?")
]


@pytest.mark.model
def test_on_a_real_model_twenty_greedy_answers_are_those_of_peft(qwen_base, tmp_path):
    from phi4.chat_format import ChatTokenizer
    from phi4.records import Message

    adapter = make_adapter(qwen_base, tmp_path / "adapter", rank=16, alpha=32, strength=0.002)
    model, layers = open_folder(qwen_base)
    write_model(model, None, layers, "F16", tmp_path / "base.gguf", lambda progress, detail: None)
    write_lora(read_lora(adapter), tmp_path / "lora.gguf", "qwen2")
    tokenizer = ChatTokenizer(qwen_base)
    prompts = [tokenizer.prompt([Message(role="user", content=question)]) for question in QUESTIONS]
    with start_llamacpp(tmp_path / "base.gguf", context=512, adapter=tmp_path / "lora.gguf") as engine:
        engine.wait_ready(300)
        with engine.client() as client:
            asked = {"n_predict": 16, "temperature": 0, "top_k": 1, "return_tokens": True}
            theirs = [client.post("/completion", json={**asked, "prompt": one}).json()["tokens"] for one in prompts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("phi4.engines.torch_model.compute_dtype", lambda device: torch.float32)
        reference = TorchModel(qwen_base, adapter, "cpu")
    limits = Limits(16, tokenizer.im_end)
    ours = [list(reference.generate([one], limits)[0].tokens) for one in prompts]
    base = [list(reference.generate([one], limits, tuned=False)[0].tokens) for one in prompts[:3]]
    reference.close()
    assert ours[:3] != base  # the adapter does something
    assert [tokens[: len(mine)] for tokens, mine in zip(theirs, ours, strict=True)] == ours
