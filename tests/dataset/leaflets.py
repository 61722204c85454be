"""Three small Korean documents of one kind, as passages, and training rows about each of their sentences."""

from phi4.dataset.wordings import named_questions
from phi4.records import Document, Example, Passage

SECTIONS = ("", "작용 원리", "용법", "주의사항")
TEXTS = {
    "바르토핀": (
        "바르토핀은 혈압을 낮추는 약입니다.",
        "바르토핀은 안지오텐신 전환효소를 억제하기 때문에 혈관을 넓힙니다.",
        "바르토핀의 시작 용량은 보통 하루 10 mg입니다.",
        "바르토핀을 칼륨 보충제와 함께 복용하면 부정맥이 생길 수 있습니다.",
    ),
    "셀리도민": (
        "셀리도민은 가려움을 줄이는 항히스타민제입니다.",
        "셀리도민은 히스타민 수용체를 차단하여 두드러기를 가라앉힙니다.",
        "셀리도민의 시작 용량은 보통 하루 5 mg입니다.",
        "셀리도민을 복용한 뒤 졸음을 느끼는 환자는 운전을 피해야 합니다.",
    ),
    "모나크린": (
        "모나크린은 세균을 죽이는 항생제입니다.",
        "모나크린은 세균의 세포벽 합성을 방해하여 세균을 죽입니다.",
        "모나크린의 시작 용량은 보통 하루 750 mg입니다.",
        "페니실린 과민증이 있는 환자는 모나크린을 복용해서는 안 됩니다.",
    ),
}
PASSAGES = [
    Passage(file=f"{name}.txt", sha256="0" * 64, first=1, sentences=sentences, headings=SECTIONS)
    for name, sentences in TEXTS.items()
]
DOCUMENTS = [Document(file=passage.file, passages=(passage,)) for passage in PASSAGES]


def row(passage: Passage, number: int, question: str, place: int = 0) -> Example:
    """An accepted row: the sentence itself answers."""
    sentence = passage.sentence(number)
    return Example(
        question=question,
        reasoning_steps=(sentence,),
        answer=sentence,
        id=f"{passage.file}-{number}-{place}",
        source=passage.source(number),
        kind="fact",
        difficulty="A",
        teacher="scripted",
        prompt_version="draft-0",
    )


def rows() -> list[Example]:
    """Every rule question about every sentence, as rows."""
    return [
        row(passage, number, asked.question, place)
        for passage in PASSAGES
        for number in passage.numbers
        for place, asked in enumerate(named_questions(passage, number))
    ]
