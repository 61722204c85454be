"""A small hand-made Korean text and the good drafts for it, shared by the tests of the dataset's road."""

import json
from pathlib import Path

from phi4.paths import Workspace
from phi4.records import Draft, Passage, Source, Step

SENTENCES = (
    "와파린은 비타민 K의 작용을 막아 혈액 응고를 늦추는 항응고제입니다.",
    "와파린은 간에서 응고 인자가 만들어지는 것을 억제하기 때문에 효과가 나타나는 데 3~5일이 걸립니다.",
    "와파린을 복용하는 성인의 목표 INR은 보통 2.0~3.0입니다.",
    "와파린의 시작 용량은 보통 하루 5 mg입니다.",
    "와파린은 태아에게 출혈을 일으킬 수 있기 때문에 임신부는 와파린을 복용해서는 안 됩니다.",
    "와파린을 아스피린과 함께 복용하면 출혈 위험이 커집니다.",
)
WARFARIN = Passage(
    file="medical/warfarin.txt",
    sha256="0" * 64,
    first=1,
    sentences=SENTENCES,
    headings=("", "작용 원리", "용법", "용법", "주의사항", "상호작용"),
)
# One good question for every sentence; the sentence itself answers it.
QUESTIONS = {
    1: "와파린은 비타민 K에 어떤 작용을 합니까?",
    2: "와파린은 왜 효과가 나타나는 데 며칠이 걸립니까?",
    3: "와파린을 복용하는 성인의 목표 INR은 얼마입니까?",
    4: "와파린의 시작 용량은 보통 하루에 몇 mg입니까?",
    5: "어떤 사람이 와파린을 복용하면 안 됩니까?",
    6: "와파린을 아스피린과 함께 복용하면 어떻게 됩니까?",
}


def passage_named(file: str) -> Passage:
    """The same text in another file."""
    return WARFARIN.model_copy(update={"file": file})


def draft_about(
    focus: int,
    *,
    question: str = "",
    answer: str = "",
    steps: dict[int, str] | None = None,
    finish_reason: str = "stop",
) -> Draft:
    """A good draft about that sentence of ``WARFARIN``, but for what is given."""
    told = {1: SENTENCES[0], focus: SENTENCES[focus - 1]} if steps is None else steps
    return Draft(
        id=f"draft-{focus}",
        question=question or QUESTIONS[focus],
        steps=tuple(Step(cite=cite, step=step) for cite, step in told.items()),
        answer=answer or SENTENCES[focus - 1],
        kind="fact",
        difficulty="A",
        source=Source(file=WARFARIN.file, sha256=WARFARIN.sha256, sentences=(*sorted({*told} - {focus}), focus)),
        teacher="scripted",
        prompt_version="draft-0",
        finish_reason=finish_reason,
    )


def told_json(focus: int, *, question: str = "") -> str:
    """What a good teacher writes when it is asked about that sentence."""
    draft = draft_about(focus, question=question)
    steps = {str(step.cite): step.step for step in draft.steps}
    return json.dumps({"steps": steps, "answer": draft.answer, "question": draft.question}, ensure_ascii=False)


def make_workspace(root: Path) -> Workspace:
    """An empty workspace."""
    workspace = Workspace(root)
    workspace.seeds.mkdir(parents=True)
    return workspace
