"""A datum that one place of a document gives away is hidden in all of them."""

from phi4.documents.blocks import Block
from phi4.documents.masking import Personal
from phi4.documents.personal import count_kinds
from phi4.documents.sections import cut_seeds


def hidden(*blocks):
    """What is shown of the blocks, and what was found in their one seed."""
    personal = Personal(blocks)
    [draft] = cut_seeds(blocks)
    told = [personal.hide_block(number, block) for number, block in enumerate(blocks)]
    return told, count_kinds(personal.in_draft(draft))


def test_a_name_that_a_title_gives_away_is_hidden_where_nothing_does():
    told, found = hidden(Block("paragraph", "환자 홍길동님이 왔다."), Block("paragraph", "홍길동은 3일 뒤에 나갔다."))
    assert [block.text for block in told] == ["환자 [성명]님이 왔다.", "[성명]은 3일 뒤에 나갔다."]
    assert found == {"성명": 2}


def test_a_cell_is_read_beside_its_label_and_below_its_name():
    form = Block("table", rows=(("성명", "홍길동"), ("전화", "010-1234-5678")))
    assert hidden(form)[0][0].rows == (("성명", "[성명]"), ("전화", "[전화번호]"))
    named = Block("table", rows=(("성명", "나이", "병동"), ("이황", "30", "7층"), ("홍길동", "41", "8층")), named=True)
    [told], found = hidden(named)
    assert told.rows == (("성명", "나이", "병동"), ("[성명]", "30", "7층"), ("[성명]", "41", "8층"))
    assert found == {"성명": 2}


def test_a_line_end_within_a_datum_hides_nothing_from_us():
    block = Block(
        "paragraph", "환자 홍길동님의 전화는 010-1234-5678이다.", raw="환자 홍길\n동님의 전화는 010-1234-\n5678이다."
    )
    [told], _ = hidden(block)
    assert told.raw == "환자 [성명]\n님의 전화는 [전화번호]\n이다."


def test_a_name_of_two_letters_is_no_word_elsewhere():
    told, _ = hidden(Block("paragraph", "성명: 이상"), Block("paragraph", "60세 이상 환자는 조심한다."))
    assert [block.text for block in told] == ["성명: [성명]", "60세 이상 환자는 조심한다."]


def test_a_number_is_hidden_whole_or_not_at_all():
    told, _ = hidden(Block("paragraph", "전화 010-1234-5678"), Block("paragraph", "품번 9010-1234-56789 항목"))
    assert [block.text for block in told] == ["전화 [전화번호]", "품번 9010-1234-56789 항목"]


def test_headings_are_hidden_too():
    personal = Personal([Block("heading", "환자 홍길동님 010-1234-5678 상담 기록")])
    assert personal.hide_heading("환자 홍길동님 010-1234-5678 상담 기록") == "환자 [성명]님 [전화번호] 상담 기록"
    assert personal.hide_heading("홍길동의 경과") == "[성명]의 경과"
