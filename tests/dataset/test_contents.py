"""What is in the rows is counted once, for the page and for ``report.json``."""

from phi4.dataset.contents import diversity, gather
from phi4.records import Document
from tests.dataset.test_report_page import EXAMPLES
from tests.samples import WARFARIN


def test_kinds_lengths_and_the_sentences_asked_about_are_told():
    told = gather(EXAMPLES, [Document(file=WARFARIN.file, passages=(WARFARIN,)), Document(file="x", refused="empty")])
    record = told.record()
    assert record["kinds"] == {"fact": len(EXAMPLES)}
    assert record["coverage"] == {WARFARIN.file: {"asked": 2, "sentences": 6}}
    questions = sorted(len(example.question) for example in EXAMPLES)
    assert record["lengths"]["question"] == {"min": questions[0], "median": questions[1], "max": questions[2]}
    assert 0 < record["diversity"] < 1


def test_no_rows_have_no_contents():
    nothing = {"min": 0, "median": 0, "max": 0}
    assert gather([], []).record() == {
        "kinds": {},
        "lengths": {"question": nothing, "reasoning": nothing, "answer": nothing},
        "coverage": {},
        "diversity": 0.0,
    }


def test_diversity_falls_when_questions_repeat():
    assert diversity(EXAMPLES[:2]) > diversity(EXAMPLES) > 0
    assert diversity([]) == 0.0
