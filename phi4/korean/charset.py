"""Bytes of a Korean text file, whatever wrote them."""

from __future__ import annotations

import codecs

from phi4.errors import SeedError

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(raw: bytes) -> str:
    """Text of a Korean file: by its BOM, else strict UTF-8, else CP949. Raises ``SeedError``.

    ``cp949`` and not ``euc-kr``: Windows writes the syllables that EUC-KR lacks (똠, 펲) as well.
    """
    if b"\x00" in raw and not raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SeedError("it is a binary file, not text")
    encodings = [name for bom, name in _BOMS if raw.startswith(bom)] or ["utf-8", "cp949"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:  # UTF-32 begins as UTF-16 does
            return text
    raise SeedError("it is neither UTF-8, UTF-16 with BOM nor CP949 text")
