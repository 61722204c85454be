"""OpenVINO GenAI over HTTP, for the embedded teacher: which files it takes, its grammar, and drafts in a batch."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from phi4.dataset.schemas import blind_schema, draft_schema, vote_schema
from phi4.engines import openvino_drafts as module
from phi4.engines.openvino_drafts import expression, longest, serves, start_openvino
from phi4.evaluation.judge import Vote
from phi4.weights.gguf_files import open_gguf, write_model
from phi4.weights.hf_model import open_folder
from tests.samples import WARFARIN

CONTEXT = 512
WORD = {
    "type": "object",
    "properties": {"word": {"type": "string", "pattern": "^[가-힣]{2,5}$"}},
    "required": ["word"],
    "additionalProperties": False,
}


def write(model, layers, form, target):
    write_model(model, None, layers, form, target, lambda progress, detail: None)
    return target


def body(said="안녕하세요", schema=WORD, **stated):
    return {
        "messages": [{"role": "user", "content": said}],
        "temperature": 0.0, "seed": 1, "max_tokens": 40,
        "response_format": {"type": "json_schema", "json_schema": {"name": "draft", "schema": schema}},
    } | stated  # fmt: skip


def test_a_range_of_syllables_is_cut_where_the_grammar_would_lose_some():
    held = re.compile(expression(WORD))
    assert all(held.fullmatch(f'{{"word":"{letter * 2}"}}') for letter in "가각쿿퀀트펜함흿힀힘힣")
    assert not any(held.fullmatch(f'{{"word":"{letter * 2}"}}') for letter in "漢かa〇")
    assert not held.fullmatch('{"word": "가나"}')


def test_the_schemas_of_drafts_and_votes_become_expressions_of_what_they_allow():
    draft = draft_schema(WARFARIN, (2, 3))
    said = {"steps": {"2": "첫째 문장입니다.", "3": "둘째입니다."}, "answer": "답입니다.", "question": "무엇입니까?"}
    assert fits(draft, said)
    assert not fits(draft, said | {"question": "무엇입니다."})
    assert not fits(draft, said | {"answer": "漢字입니다."})
    assert not fits(draft, said | {"steps": {"2": "첫째 문장입니다."}})
    assert fits(vote_schema(WARFARIN), {"reason": "문장에 있습니다.", "verdict": "아니오"})
    assert not fits(vote_schema(WARFARIN), {"reason": "문장에 있습니다.", "verdict": "글쎄요"})
    assert fits(blind_schema(WARFARIN), {"answer": "INR 2.0입니다."})
    assert fits({"type": "object", "properties": {"sure": {"type": "boolean"}}}, {"sure": True})


def fits(schema, said):
    return re.fullmatch(expression(schema), json.dumps(said, ensure_ascii=False, separators=(",", ":")))


def test_an_answer_has_tokens_for_every_letter_that_it_may_have_and_no_more():
    assert 120 < longest(vote_schema(WARFARIN)) < 500
    assert longest(draft_schema(WARFARIN, (1, 2))) > 2 * 160 + 240 + 90


def test_what_a_judge_asks_for_has_no_expression_and_is_held_to_all_the_same(client):
    schema = Vote.model_json_schema()
    assert expression(schema) == ""
    told = ask(client, schema=schema, max_tokens=400, temperature=1.0).json()
    said, cut = told["choices"][0]["message"]["content"], told["choices"][0]["finish_reason"] == "length"
    assert said.startswith("{")
    assert cut or Vote.model_validate_json(said).verdict in ("맞음", "틀림")


def test_other_engines_take_what_this_one_does_not(tmp_path, tiny_base, tiny_gguf, monkeypatch):
    pytest.importorskip("openvino_genai", reason="OpenVINO has wheels for x86 only")
    assert serves(tiny_gguf)
    nothing = tmp_path / "bad.gguf"
    nothing.write_bytes(b"no model at all" * 100)
    assert not serves(nothing)
    model, layers = open_folder(tiny_base)
    assert not serves(write(model, layers, "F16", tmp_path / "no-template.gguf"))
    with monkeypatch.context() as patched:
        patched.setattr(module, "TENSORS", frozenset({"F32"}))
        assert not serves(tiny_gguf)
        patched.undo()
        patched.setattr(module, "ARCHITECTURES", ("qwen3",))
        assert not serves(tiny_gguf)
        patched.undo()
        patched.setattr(module, "available_memory", lambda: 4 * tiny_gguf.stat().st_size)
        assert not serves(tiny_gguf)
        patched.undo()
        patched.setattr(module, "available_memory", lambda: 8 * tiny_gguf.stat().st_size)
        patched.setattr(module.os, "cpu_count", lambda: 4)
        assert serves(tiny_gguf)
        patched.setenv("OMP_NUM_THREADS", "1")  # a worker of four
        assert not serves(tiny_gguf)
        patched.undo()
        patched.setattr(module, "runs_here", lambda: False)
        assert not serves(tiny_gguf)


@pytest.fixture(scope="module")
def engine(tiny_gguf):
    pytest.importorskip("openvino_genai", reason="OpenVINO has wheels for x86 only")
    with start_openvino(tiny_gguf, context=CONTEXT, slots=4) as engine:
        engine.wait_ready(120)
        yield engine


@pytest.fixture
def client(engine):
    with engine.client(60) as client:
        yield client


def ask(client, **stated):
    return client.post("/v1/chat/completions", json=body(**stated))


def test_a_model_that_knows_nothing_still_keeps_to_the_schema(client):
    told = ask(client, max_tokens=200).json()
    choice, usage = told["choices"][0], told["usage"]
    assert choice["message"]["content"].startswith('{"word":"')
    assert usage["prompt_tokens"] > 5
    assert usage["completion_tokens"] > 5
    if choice["finish_reason"] == "stop":
        assert re.fullmatch("[가-힣]{2,}", json.loads(choice["message"]["content"])["word"])


def test_an_answer_that_is_cut_says_so(client):
    told = ask(client, max_tokens=3).json()
    assert (told["choices"][0]["finish_reason"], told["usage"]["completion_tokens"]) == ("length", 3)


def test_many_at_once_are_answered_as_each_alone(client):
    said = [f"질문 {number}" * (number + 1) for number in range(9)]
    with ThreadPoolExecutor(9) as pool:
        together = list(pool.map(lambda text: ask(client, said=text).json(), said))
    alone = [ask(client, said=text).json() for text in said]
    assert [told["choices"] for told in together] == [told["choices"] for told in alone]
    assert len({told["usage"]["prompt_tokens"] for told in alone}) > 3


def test_a_seed_says_what_a_warm_answer_is(client):
    warm = [ask(client, temperature=1.5, seed=seed, max_tokens=12).json()["choices"] for seed in (1, 1, 2)]
    assert warm[0] == warm[1] != warm[2]


def test_what_does_not_fit_is_refused_and_the_next_is_answered(client):
    long = WORD | {"properties": {"word": {"type": "string", "pattern": "^[가-힣]{2,600}$"}}}
    refused = ask(client, max_tokens=CONTEXT, schema=long)
    assert refused.status_code == 400
    assert f"tokens do not fit in {CONTEXT}" in refused.json()["error"]["message"]
    assert ask(client, max_tokens=3).status_code == 200


def test_a_schema_that_cannot_be_read_fails_alone(client):
    broken = WORD | {"properties": {"word": {"type": "string", "pattern": "^[[$"}}}
    refused = ask(client, schema=broken)
    assert refused.status_code == 400
    assert refused.json()["error"]["message"]
    assert ask(client, max_tokens=3).status_code == 200


def test_who_goes_away_is_not_worked_for(engine):
    endless = {"type": "object", "properties": {"word": {"type": "string", "pattern": "^[가-나]{390}$"}}}
    with engine.client(60) as client:
        whole = min(seconds(lambda: ask(client, max_tokens=400, schema=endless)) for _ in range(3))
    with engine.client(httpx.Timeout(60, read=whole / 4)) as hasty, ThreadPoolExecutor(24) as pool:

        def leave(seed):
            with pytest.raises(httpx.ReadTimeout):
                hasty.post("/v1/chat/completions", json=body(max_tokens=400, seed=seed, schema=endless))

        list(pool.map(leave, range(24)))
    with engine.client(60) as client:
        assert seconds(lambda: ask(client, max_tokens=3)) < 2 * whole  # in four slots, 24 take six times that and more


def seconds(done):
    start = time.monotonic()
    assert done().status_code == 200
    return time.monotonic() - start


@pytest.mark.model
def test_a_real_model_writes_the_syllables_that_the_range_would_have_lost(tmp_path):
    pytest.importorskip("openvino_genai", reason="OpenVINO has wheels for x86 only")
    from phi4.weights import gguf_file

    told = "아세트아미노펜과 종합감기약을 함께 먹으면 힘듭니다."
    schema = WORD | {"properties": {"word": {"type": "string", "pattern": "^[가-힣 .]{5,60}$"}}}
    packaged = gguf_file("qwen2.5-coder-0.5b")
    assert not serves(packaged)  # it holds Q5_0
    model = write(*open_gguf(packaged), "Q8_0", tmp_path / "model.gguf")
    assert serves(model)
    with start_openvino(model, context=CONTEXT) as engine:
        engine.wait_ready(300)
        with engine.client(120) as client:
            answer = ask(client, said=f'다음을 그대로 옮겨 쓰세요: {{"word": "{told}"}}', schema=schema).json()
    assert json.loads(answer["choices"][0]["message"]["content"])["word"] == told
