"""Seeds of a good length, cut at sections."""

from hypothesis import given
from hypothesis import strategies as st

from phi4.documents.blocks import Block
from phi4.documents.sections import LONGEST, SHORTEST, cut_seeds, heading_name

SENTENCE = "손 위생은 감염을 막는 가장 쉬운 방법이기 때문에 병원에서 반드시 지켜야 합니다. "


def section(name, sentences, page=0, level=2):
    return [
        Block("heading", name, page, level=level),
        *(Block("paragraph", SENTENCE.strip(), page) for _ in range(sentences)),
    ]


def test_short_sections_go_together_and_long_ones_are_parted():
    blocks = [*section("가", 3), *section("나", 3), *section("다", 3), *section("라", 100)]
    drafts = cut_seeds(blocks)
    assert all(SHORTEST <= len(draft.text) <= LONGEST for draft in drafts)
    assert drafts[0].text.startswith("## 가\n") or drafts[0].text.startswith("# 가\n")
    assert sum(draft.text.count("손 위생은") for draft in drafts) == 109


def test_headings_above_are_told_once_and_with_the_page():
    blocks = [Block("heading", "제1장", 1, level=1), *section("1. 목적", 8, page=3), *section("나. 정의", 8, page=4)]
    [draft] = cut_seeds(blocks)
    assert [line for line in draft.text.split("\n") if line.startswith("#")] == ["# 제1장", "## 목적", "## 정의"]
    assert {piece.page for piece in draft.pieces} == {3, 4}
    assert draft.pieces[0].headings == ("제1장", "목적")


def test_a_heading_with_nothing_below_is_no_loss():
    blocks = [
        Block("heading", "표지", level=1),
        Block("heading", "본문", level=1),
        Block("paragraph", SENTENCE),
        Block("heading", "끝말", level=1),
    ]
    text = "\n".join(draft.text for draft in cut_seeds(blocks))
    assert all(name in text for name in ("표지", "본문", "끝말"))


def test_a_paragraph_longer_than_a_seed_is_cut_between_sentences():
    drafts = cut_seeds([Block("paragraph", SENTENCE * 120)])
    assert all(len(draft.text) <= LONGEST and draft.text.endswith("합니다.") for draft in drafts)


def test_a_text_without_paragraphs_is_parted_at_its_sentences_in_pieces(monkeypatch):
    monkeypatch.setattr("phi4.documents.sections.ANALYSED", 200)
    drafts = cut_seeds([Block("paragraph", SENTENCE * 200 + "가" * 500)])
    text = "\n".join(draft.text for draft in drafts)
    assert text.count(SENTENCE.strip()) == 200
    assert sum(len("".join(draft.text.split())) for draft in drafts) == len("".join((SENTENCE * 200).split())) + 500


def test_items_stay_together_and_paragraphs_apart():
    blocks = [
        Block("paragraph", "글이다."),
        Block("item", "- 하나"),
        Block("item", "- 둘"),
        Block("table", rows=(("품목", "약"),)),
    ]
    assert cut_seeds(blocks)[0].text == "글이다.\n\n- 하나\n- 둘\n- 품목: 약"


def test_the_number_of_a_heading_is_no_part_of_its_name():
    told = ("1. 개요", "1.2 목적", "가. 범위", "Ⅰ. 서론", "□ 배경", "2026년 계획", "제1조(목적)")
    assert [heading_name(one) for one in told] == ["개요", "목적", "범위", "서론", "배경", "2026년 계획", "제1조(목적)"]


PIECES = st.lists(
    st.one_of(
        st.builds(
            lambda level, name: Block("heading", name, level=level),
            st.integers(1, 4),
            st.sampled_from(["가나", "다라", "마바"]),
        ),
        st.integers(1, 60).map(lambda count: Block("paragraph", SENTENCE * count)),
    ),
    max_size=12,
)


@given(PIECES)
def test_nothing_is_lost_or_told_twice_and_no_seed_is_too_long(blocks):
    drafts = cut_seeds(blocks)
    wanted = sum(block.text.count("손 위생은") for block in blocks)
    assert sum(draft.text.count("손 위생은") for draft in drafts) == wanted
    assert all(len(draft.text) <= LONGEST for draft in drafts)
