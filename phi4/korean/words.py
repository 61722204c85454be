"""Sentences and morphemes, by Kiwi."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiwipiepy import Kiwi

_BULLET = re.compile(r"^\s*(?:[-*•·○◦▪]|\d{1,2}[.)]|[가-하][.)])\s+")
# Nouns, verbs and adjectives, adverbs, roots, foreign words and numbers carry the content.
_CONTENT = ("NN", "NR", "VV", "VA", "MAG", "XR", "SL", "SN", "SH")
_EMPTY_VERBS = frozenset({"하", "되", "있", "없", "이", "같", "때문", "경우", "것", "수"})


@lru_cache(maxsize=1)
def _kiwi() -> Kiwi:
    from kiwipiepy import Kiwi  # its model takes a second to load

    return Kiwi()


def split_sentences(paragraph: str) -> list[str]:
    """The sentences of one paragraph or list item, without its bullet."""
    bare = _BULLET.sub("", " ".join(paragraph.split()))
    if not bare:
        return []
    return [sentence.text.strip() for sentence in _kiwi().split_into_sents(bare) if sentence.text.strip()]


def has_verb_ending(sentence: str) -> bool:
    """Whether its last morpheme is the ending of a verb or adjective, or the particle 요."""
    words = [token for token in _kiwi().tokenize(sentence) if token.tag[0] != "S"]
    return bool(words) and (words[-1].tag in ("EF", "EC") or words[-1].form == "요")


def is_inflected(word: str) -> bool:
    """Whether a word carries an ending that closes a clause: 있습니다, 하고. Names do not, though some
    look as if they did in part (아목시실린)."""
    return any(token.tag in ("EF", "EC") for token in _kiwi().tokenize(word))


def starts_item(line: str) -> bool:
    """Whether a line begins a list item."""
    return bool(_BULLET.match(line))


@lru_cache(maxsize=8192)
def content_morphemes(text: str) -> frozenset[str]:
    """The morphemes that carry content, lower case; endings and particles are left out."""
    return frozenset(
        token.form.lower()
        for token in _kiwi().tokenize(text)
        if token.tag.startswith(_CONTENT) and token.form not in _EMPTY_VERBS
    )
