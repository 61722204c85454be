"""Sentences and morphemes, by Kiwi."""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from phi4.korean.items import BULLET
from phi4.korean.text import nfc, squeeze
from phi4.machine import processors

if TYPE_CHECKING:
    from kiwipiepy import Kiwi, Token

# Nouns, verbs and adjectives, adverbs, roots, foreign words and numbers carry the content.
_CONTENT = ("NN", "NR", "VV", "VA", "MAG", "XR", "SL", "SN", "SH")
_JOINING = ("NNG", "NNP", "XPN", "XSN", "SL")
REMEMBERED = 8192  # readings: of all that is said about the documents that are under way together
SHORT = 300  # characters of a text whose reading is remembered: the paragraphs of seeds are longer, and met once
EMPTY_WORDS = frozenset({"하", "되", "있", "없", "이", "같", "때문", "경우", "것", "수"})


class Morpheme(NamedTuple):
    """One morpheme with its tag (Sejong set) and its place in the text."""

    form: str
    tag: str
    start: int
    end: int

    @property
    def kind(self) -> str:
        """Its tag without the mark of (ir)regular conjugation: VA of VA-I."""
        return self.tag.split("-")[0]


class _Reading(NamedTuple):
    """What Kiwi reads in a text. Its analysis takes most of the time that a run spends beside its teacher, so a
    text is analysed once for all that ask."""

    sentences: tuple[str, ...]
    morphemes: tuple[Morpheme, ...]


_readings: OrderedDict[str, _Reading] = OrderedDict()  # the oldest first
_one_at_a_time = Lock()


@lru_cache(maxsize=1)
def _kiwi() -> Kiwi:
    from kiwipiepy import Kiwi  # its model takes a second to load

    return Kiwi(num_workers=processors())


_inherited: list[Kiwi] = []  # never freed: its end would wait for threads that stayed with the parent


def _begin_anew() -> None:
    """A forked child reads with a Kiwi of its own; the parent's has no threads there, and would wait for them."""
    if _kiwi.cache_info().currsize:
        _inherited.append(_kiwi())
        _kiwi.cache_clear()


os.register_at_fork(after_in_child=_begin_anew)


def split_sentences(paragraph: str) -> list[str]:
    """The sentences of one paragraph or list item, without its bullet."""
    bare = BULLET.sub("", " ".join(paragraph.split()))
    if not bare:
        return []
    return list(_reading(bare).sentences)


# After a name stand the end of its word, or one particle.
_NAMED = r"(?<![가-힣A-Za-z0-9]){name}(?=(?:[은는이가을를의에도만과와로]|에서|에게|으로)?(?:[\s,.?!)]|$))"


def morphemes(text: str, name: str = "") -> tuple[Morpheme, ...]:
    """The morphemes of a text, in order.

    ``name`` is read as one proper noun wherever it stands as a word: Kiwi takes an unknown name and
    its particle for one noun now and then (``노르베진은``).
    """
    read = _reading(text).morphemes
    if not name or name not in text:
        return read
    nouns = {(token.start, token.end) for token in read if token.kind in ("NNG", "NNP")}
    spans = tuple(match.span() for match in re.finditer(_NAMED.format(name=re.escape(name)), text))
    return read if nouns.issuperset(spans) else _named_morphemes(text, spans)


def read_ahead(texts: Iterable[str]) -> None:
    """Analyse texts that will be asked about, all cores at work; what is known already or long is left out."""
    new = [text for text in dict.fromkeys(texts) if text not in _readings and len(text) <= SHORT]
    for text, read in zip(new, _kiwi().tokenize(new, split_sents=True), strict=True):
        _remember(text, _as_reading(text, read))


def _reading(text: str) -> _Reading:
    if (known := _readings.get(text)) is not None:
        return known
    reading = _as_reading(text, _kiwi().tokenize(text, split_sents=True))
    if len(text) <= SHORT:
        _remember(text, reading)
    return reading


def _remember(text: str, reading: _Reading) -> None:
    with _one_at_a_time:
        _readings[text] = reading
        if len(_readings) > REMEMBERED:
            _readings.popitem(last=False)


@lru_cache(maxsize=1024)
def _named_morphemes(text: str, names: tuple[tuple[int, int], ...]) -> tuple[Morpheme, ...]:
    """The morphemes of a text of which some spans are known to be proper nouns."""
    named = [(start, end, "NNP") for start, end in names]
    return _as_reading(text, _kiwi().tokenize(text, pretokenized=named, split_sents=True)).morphemes


def _as_reading(text: str, read: Sequence[Sequence[Token]]) -> _Reading:
    spans: list[tuple[int, int]] = []
    for sentence in read:
        start, end = sentence[0].start, sentence[-1].end
        if spans and spans[-1][1] == start and text[start - 1 : start + 1].isalnum():
            start = spans.pop()[0]  # no sentence ends inside a word, though Kiwi says so of some names
        spans.append((start, end))
    found = (text[start:end].strip() for start, end in spans)
    return _Reading(
        tuple(sentence for sentence in found if sentence),
        tuple(Morpheme(token.form, token.tag, token.start, token.end) for sentence in read for token in sentence),
    )


def compounds(tokens: Sequence[Morpheme]) -> tuple[Morpheme, ...]:
    """The morphemes with nouns that are written together as one: Kiwi reads 비밀번호 now as one noun, now as two."""
    joined: list[Morpheme] = []
    for token in tokens:
        before = joined[-1] if joined else None
        if before and token.kind in _JOINING and before.kind in _JOINING and before.end == token.start:
            kind = "NNP" if "NNP" in (before.kind, token.kind) else "NNG"
            joined[-1] = Morpheme(before.form + token.form, kind, before.start, token.end)
        else:
            joined.append(token)
    return tuple(joined)


def join_morphemes(parts: Iterable[tuple[str, str]]) -> str:
    """The word that (form, tag) pairs make, with the sound changes of Korean: 막 + ᆸ니다 -> 막습니다."""
    return str(_kiwi().join(list(parts)))


def has_verb_ending(sentence: str) -> bool:
    """Whether its last morpheme is the ending of a verb or adjective, or the particle 요."""
    words = [token for token in morphemes(sentence) if token.tag[0] != "S"]
    return bool(words) and (words[-1].tag in ("EF", "EC") or words[-1].form == "요")


def is_inflected(word: str) -> bool:
    """Whether a word carries an ending that closes a clause: 있습니다, 하고. Names do not, though some
    look as if they did in part (아목시실린)."""
    return any(token.tag in ("EF", "EC") for token in morphemes(word))


def without_particles(word: str) -> str:
    """``학생은`` -> ``학생``; a word that is nothing but a noun stays."""
    tokens = morphemes(word)
    end = len(tokens)
    while end > 1 and tokens[end - 1].kind[0] == "J":
        end -= 1
    return word[: tokens[end - 1].end] if tokens else word


def is_dictionary_word(word: str) -> bool:
    """Whether Kiwi's dictionary has it as one word."""
    tokens = _kiwi().tokenize(word)
    return len(tokens) == 1 and not tokens[0].oov


def is_proper_name(word: str) -> bool:
    """Whether it is a proper noun or a noun that no dictionary has: 와파린, and not 의료인 or 위반하."""
    tokens = _kiwi().tokenize(word)
    nouns = all(token.tag in ("NNG", "NNP", "XSN") for token in tokens)
    return nouns and any(token.tag == "NNP" or bool(token.oov) for token in tokens)


@lru_cache(maxsize=8192)
def content_morphemes(text: str) -> frozenset[str]:
    """The morphemes that carry content, lower case; endings and particles are left out."""
    return frozenset(
        token.form.lower()
        for token in morphemes(text)
        if token.tag.startswith(_CONTENT) and token.form not in EMPTY_WORDS
    )


@lru_cache(maxsize=8192)
def bare_words(text: str, copula: bool = True) -> str:
    """A comparison key without particles (인슐린의 분비 is 인슐린 분비); ``copula=False``: nor 입니다."""
    dropped = ("J",) if copula else ("J", "VCP", "EF")
    kept = [token.form for token in morphemes(text) if not token.tag.startswith(dropped)]
    return squeeze(nfc("".join(kept)))


def glue(lines: list[str]) -> str:
    """Lines of one paragraph as one, with a space between two only where Korean spacing has one.

    Korean is broken within words as well as between them, and a line break does not tell which.
    """
    return str(_kiwi().glue(lines))
