"""The report on one page: complete, self-contained, and safe whatever the documents say."""

import re
from html.parser import HTMLParser

import pytest

from phi4.dataset.contents import gather
from phi4.dataset.funnel import funnel
from phi4.dataset.report_page import report_page
from phi4.records import Document, Example, Rejected, Source
from tests.samples import QUESTIONS, SENTENCES, WARFARIN, draft_about

EXAMPLES = [
    Example(
        question=QUESTIONS[focus],
        reasoning_steps=(SENTENCES[0],),
        answer=SENTENCES[focus - 1],
        kind="fact",
        source=Source(file=WARFARIN.file, sha256="0", sentences=(1, focus)),
    )
    for focus in (2, 3, 3)
]
EVIL = '<script>alert("와파린")</script>'


class Reader(HTMLParser):
    """Collects tags, attributes and text; complains about what is not closed."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def read(examples=EXAMPLES, rejected=(), passages=(WARFARIN,), **changes):
    report = {
        **funnel(examples, rejected), "mended": 0, "teacher": "scripted", "requests": 3, "completion_tokens": 600,
        "seconds": 60.0, **changes,
    }  # fmt: skip
    contents = gather(examples, [Document(file=one.file, passages=(one,)) for one in passages])
    page = report_page(report, len(examples), contents)
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    return page, reader


def test_the_page_needs_nothing_from_anywhere():
    page, reader = read()
    assert "http" not in page
    assert not {tag for tag, _ in reader.tags} & {"script", "link", "img", "iframe"}


def test_funnel_reasons_and_kinds_are_told_in_korean():
    rejected = [Rejected(reason="numbers", detail="not in the passage: 500 mg", draft=draft_about(4))]
    _, reader = read(rejected=rejected)
    for words in ("본문에 없는 수치", "not in the passage: 500 mg", "사실", "scripted", "통과"):
        assert words in reader.text


def test_every_sentence_has_a_cell_that_says_how_often_it_was_asked():
    _, reader = read()
    cells = [attributes for tag, attributes in reader.tags if tag == "b" and "title" in attributes]
    assert [cell["class"] for cell in cells] == ["r0", "r1", "r2", "r0", "r0", "r0"]
    assert cells[2]["title"] == f"[3] {SENTENCES[2]} (2행)"
    assert "2/6" in reader.text


@pytest.mark.parametrize("where", ["question", "answer"])
def test_markup_in_a_document_stays_text(where):
    page, reader = read([EXAMPLES[0].model_copy(update={where: EVIL})])
    assert EVIL not in page
    assert EVIL in reader.text


def test_a_sentence_that_breaks_out_of_an_attribute_does_not():
    evil = WARFARIN.model_copy(update={"sentences": ('"><script>x</script>', *SENTENCES[1:])})
    page, _ = read(passages=[evil])
    assert "<script>" not in page


def test_costs_are_shown_where_there_are_any():
    assert "비용 1.25" in read(cost=1.25)[1].text
    assert "비용" not in read(cost=0.0)[1].text


def test_widths_of_bars_are_shares():
    page, _ = read(rejected=[Rejected(reason="leak", detail="x", draft=draft_about(2))])
    widths = [float(width) for width in re.findall(r'<i style="width:([\d.]+)%', page)]
    assert widths[:3] == [100.0, 75.0, 25.0]


def test_the_page_begins_with_what_there_is_to_train_on_and_what_this_run_took():
    _, reader = read()
    assert "학습 데이터 3행" in reader.text
    assert "이번 실행: 요청 3번" in reader.text
    assert "멈추었습니다" not in reader.text
    _, stopped = read(stopped_at="--max-calls 3")
    assert "--max-calls 3에서 멈추었습니다." in stopped.text
