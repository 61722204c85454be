"""Bytes become text or a clear refusal."""

from hypothesis import given
from hypothesis import strategies as st

from phi4.errors import SeedError
from phi4.korean import decode, nfc


def test_syllables_that_euc_kr_lacks_are_read_as_windows_wrote_them():
    assert decode("똠방각하와 펲시맨".encode("cp949")) == "똠방각하와 펲시맨"


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_seed_error(raw):
    try:
        text = decode(raw)
    except SeedError:
        text = ""
    assert "\x00" not in text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufeff"), max_size=100))
def test_any_utf8_text_is_read_as_it_was_written(text):
    assert nfc(decode(text.encode())) == nfc(text)
