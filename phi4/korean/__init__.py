"""Facts about Korean text that every stage needs: sentences, morphemes, scripts, registers, numbers, questions."""

from phi4.korean.asking import ask, leaning_word, softened
from phi4.korean.charset import decode
from phi4.korean.jamo import WholeSyllables, composed
from phi4.korean.numbers import Quantity, quantities
from phi4.korean.plain import in_everyday_words
from phi4.korean.register import (
    is_polite_question,
    polite_question,
    quoting_particle,
    register,
    registers,
    topic_particle,
)
from phi4.korean.relations import Asked
from phi4.korean.script import foreign_letters, foreign_words, hangul_share
from phi4.korean.text import nfc, squeeze
from phi4.korean.words import (
    bare_words,
    content_morphemes,
    glue,
    has_verb_ending,
    is_inflected,
    read_ahead,
    split_sentences,
    without_particles,
)

__all__ = [
    "Asked",
    "Quantity",
    "WholeSyllables",
    "ask",
    "bare_words",
    "composed",
    "content_morphemes",
    "decode",
    "foreign_letters",
    "foreign_words",
    "glue",
    "hangul_share",
    "has_verb_ending",
    "in_everyday_words",
    "is_inflected",
    "is_polite_question",
    "leaning_word",
    "nfc",
    "polite_question",
    "quantities",
    "quoting_particle",
    "read_ahead",
    "register",
    "registers",
    "softened",
    "split_sentences",
    "squeeze",
    "topic_particle",
    "without_particles",
]
