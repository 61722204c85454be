"""Words with places become lines in reading order."""

from phi4.documents.layout import Table, Word, page_lines

SIZE = 10.0


def line(text, x, y):
    """The words of a line; each letter takes ``SIZE``, a space a third of it."""
    words, at = [], x
    for word in text.split(" "):
        words.append(Word(word, at, y, at + SIZE * len(word), y + SIZE))
        at += SIZE * (len(word) + 1 / 3)
    return words


def texts(words, tables=()):
    return [one.text for one in page_lines(words, tables, 1, 800.0)]


LEFT = [f"왼쪽 단의 글 {n}번째 줄이다" for n in range(5)]
RIGHT = [f"오른쪽 단 글 {n}번째 줄이다" for n in range(5)]


def two_columns(top):
    return [word for n in range(5) for x, side in ((50, LEFT), (300, RIGHT)) for word in line(side[n], x, top + 15 * n)]


def test_two_columns_are_read_one_after_the_other():
    assert texts(two_columns(100)) == [*LEFT, *RIGHT]


def test_a_title_across_parts_the_columns_above_it_from_those_below():
    title = "두 단을 가로지르는 아주 길고도 긴 제목이 바로 여기에 있다"
    words = [*two_columns(100), *line(title, 60, 200), *two_columns(230)]
    assert texts(words) == [*LEFT, *RIGHT, title, *LEFT, *RIGHT]


def test_labels_and_values_side_by_side_are_no_columns():
    words = [
        word
        for n in range(4)
        for x, text in ((50, f"항목{n}"), (300, f"값{n}"))
        for word in line(text, x, 100 + 15 * n)
    ]
    assert texts(words) == [f"항목{n}  값{n}" for n in range(4)]


def test_the_gap_that_word_processors_leave_before_latin_letters_is_no_space():
    words = [
        Word("약", 0, 0, 10, 10, space=False),
        Word("NSAID", 12.5, 0, 50, 10, space=False),
        Word("은", 52.5, 0, 62, 10, space=False),
    ]
    assert texts(words) == ["약NSAID은"]


def test_words_in_ruled_cells_become_a_table_in_its_place():
    words = [
        *line("위", 50, 50),
        *line("가", 55, 105),
        *line("나", 155, 105),
        *line("다", 55, 125),
        *line("라", 155, 125),
        *line("아래", 50, 200),
    ]
    cells = tuple(tuple((x, y, x + 100.0, y + 20.0) for x in (50.0, 150.0)) for y in (100.0, 120.0))
    found = page_lines(words, [Table((50, 100, 250, 140), cells)], 1, 800)
    assert [one.rows or one.text for one in found] == ["위", (("가", "나"), ("다", "라")), "아래"]


def test_rules_that_hold_text_between_cells_are_no_table_and_lose_nothing():
    words = [*line("가", 55, 105), *line("사이", 200, 105), *line("나", 55, 125)]
    found = texts(words, [Table((50, 100, 250, 140), (((50, 100, 90, 120), None), ((50, 120, 90, 140), None)))])
    assert sorted("".join(found).replace(" ", "")) == sorted("가사이나")
