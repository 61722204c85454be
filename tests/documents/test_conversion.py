"""One document becomes seeds."""

import pytest

from phi4.documents.conversion import convert
from phi4.errors import DocumentError


def letter(seed):
    return "A" if len(seed.text) > 500 else "B"


def text_file(tmp_path, text):
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_seed_tells_the_page_and_the_heading_of_each_of_its_lines(files):
    made = convert(files / "small.pdf", "pdf", "지침.pdf", "report", letter)
    [seed] = made.seeds
    assert (seed.origin.document, seed.origin.pages, seed.letter) == ("지침.pdf", (1, 2), "B")
    lines = seed.text.split("\n")
    law = next(n for n, line in enumerate(lines, start=1) if line.startswith("이 지침은 患者"))
    assert seed.origin.part_of(law).page == 2
    assert seed.origin.part_of(1).headings == ("손 위생 지침",)
    assert "알코올의 농도는 70%, 시간은 30초입니다." in lines
    assert dict(made.left)["page number"] == 2


@pytest.mark.parametrize("file", ["small.docx", "small.hwp", "small.hwpx"])
def test_other_formats_of_the_same_document_say_the_same(files, file):
    [seed] = convert(files / file, file.rpartition(".")[2], file, "report", letter).seeds
    [pdf] = convert(files / "small.pdf", "pdf", "a", "report", letter).seeds
    assert [line.lstrip("# ") for line in pdf.text.split("\n")] == [line.lstrip("# ") for line in seed.text.split("\n")]


def test_personal_data_is_masked_in_the_seed_and_in_the_original_beside_it(tmp_path):
    text = (
        "환자 홍길동님의 전화는 010-1234-5678입니다. "
        "손을 씻으면 감염이 줄어들기 때문에 병원에서는 반드시 손을 씻어야 합니다.\n\n" * 2
    )
    path = text_file(tmp_path, text)
    found = convert(path, "text", "a", "report", letter)
    assert found.personal == {"성명": 2, "전화번호": 2}
    assert "010-1234-5678" in found.seeds[0].text
    hidden = convert(path, "text", "a", "mask", letter)
    assert not any(
        "5678" in one or "홍길동" in one for one in (hidden.seeds[0].text, *(block.original for block in hidden.blocks))
    )
    assert hidden.seeds[0].origin.personal == {"성명": 2, "전화번호": 2}
    assert convert(path, "text", "a", "keep", letter).personal == {}


def test_a_statute_full_of_hanja_is_korean(tmp_path):
    text = (
        "第1條(目的) 이 法은 醫藥品의 製造와 管理에 관한 事項을 定하여 國民保健의 向上에 이바지함을 目的으로 한다. " * 3
    )
    assert "醫藥品" in convert(text_file(tmp_path, text), "text", "a", "report", letter).seeds[0].text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("짧은 글입니다.", "it is too short: 8 characters"),
        ("This is an English text about washing hands. " * 9, "it is not Korean: 0%"),
    ],
)
def test_what_makes_no_seed_is_refused(tmp_path, text, reason):
    with pytest.raises(DocumentError, match=reason):
        convert(text_file(tmp_path, text), "text", "a", "report", letter)


def test_a_section_in_another_language_is_left_out_and_named(tmp_path):
    korean = "손을 씻으면 감염이 줄어들기 때문에 반드시 씻어야 합니다. " * 20
    english = "Hand hygiene prevents infections in hospitals. " * 30
    made = convert(text_file(tmp_path, f"# 한국어\n{korean}\n\n# English\n{english}"), "text", "a", "report", letter)
    assert len(made.seeds) == 1
    assert ("a section that is not Korean", 1) in made.left
