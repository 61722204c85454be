"""The small files that real programs made (benchmarks/documents_corpus.py), and a reader of their blocks."""

from pathlib import Path

import pytest

from phi4.documents.detect import detect
from phi4.documents.read import read_document

FILES = Path(__file__).parent / "files"
PARAGRAPH = (
    "손 위생은 감염을 막는 가장 쉬운 방법이며, 비누로 30초 이상 씻으면 손의 세균이 크게 줄어들기 때문에 "
    "병원에서 반드시 지켜야 합니다."
)


@pytest.fixture
def blocks():
    """The blocks of a file that say something."""

    def read(path):
        return [block for block in read_document(path, detect(path, path.name)) if block.kind != "page"]

    return read


@pytest.fixture
def files():
    return FILES
