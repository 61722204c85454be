"""The pages for people."""

import re

from phi4.documents.conversion import convert
from phi4.documents.ledger import Entry
from phi4.documents.pages import import_page, in_korean, preview_page


def test_the_report_names_what_came_in_and_why_the_rest_did_not():
    page = import_page(
        [
            Entry("a<b>.pdf", "/a", state="imported", format="pdf", seeds={"001.txt": "x"}, grades={"A": 1},
                left=(("page number", 3),), personal={"성명": 2}, treatment="mask"),
            Entry("b.pdf", "/b", reason="it has no text: only images", hint="ocrmypdf"),
        ]
    )  # fmt: skip
    assert "a&lt;b&gt;.pdf" in page
    assert "쪽 번호 3" in page
    assert "성명 2 (가림)" in page
    assert "OCR이 필요합니다" in page
    assert not re.search(r"<script|https?://|src=", page)


def test_the_preview_shows_the_original_beside_the_seed_with_what_was_left_out(files):
    made = convert(files / "small.pdf", "pdf", "지침.pdf", "report", lambda seed: "B")
    page = preview_page("지침.pdf", made)
    left, right = re.search(r'class=pair><div>(.*?)</div><div class="seed">(.*?)</div>', page, re.DOTALL).groups()
    assert "알코올 | 70% | 30초" in left
    assert "<del>쪽 번호: - 1 -</del>" in left
    assert "알코올의 농도는 70%, 시간은 30초입니다." in right
    assert "1, 2쪽" in page


def test_a_reason_without_korean_words_is_told_as_it_is():
    assert in_korean("it is encrypted") == "암호가 걸려 있습니다"
    assert in_korean("something new") == "something new"
