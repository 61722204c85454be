"""What a passage is about: a question that does not name it cannot stand alone."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise

from phi4.korean import is_inflected, without_particles
from phi4.records import Passage

MIN_SHARE = 0.6  # of the sentences must speak of it
ALIKE = 0.9  # of the most frequent word's count: as frequent
OPENS = 1 / 4  # of these must have it as a thing of its own (와파린은; not 진료비는) in their first two words:
# what a text is about stands first in a Korean sentence
_WORD = re.compile(r"(?<!\S)[가-힣A-Za-z0-9]+")  # 에서 of 60℃에서 is none


@lru_cache(maxsize=256)
def topic(passage: Passage) -> str:
    """The word that most sentences of the passage use, without its particles; "" when none stands out.

    Counted as the longest beginning shared by the words of many sentences (와파린은, 와파린을 …),
    which needs no dictionary: names of drugs are in none. The last word of a Korean sentence is its
    predicate and is not counted, nor is any verb.
    """
    counts: Counter[str] = Counter()
    for sentence in passage.sentences:
        words = _WORD.findall(sentence)[:-1]
        counts.update({word[:end] for word in words for end in range(2, len(word) + 1)})
    # Kiwi has to read each word that is looked at, so the likeliest come first.
    enough = max(2, MIN_SHARE * len(passage.sentences))
    often = sorted((word for word in counts if counts[word] >= ALIKE * enough), key=lambda w: (-counts[w], -len(w)))
    most = next((counts[word] for word in often if not is_inflected(word)), 0)
    if most < enough:
        return ""
    shared = [word for word in often if counts[word] >= ALIKE * most]
    shared.sort(key=lambda word: (-len(word), passage.text.find(word)))  # the longest, the first of equals
    named = without_particles(next(word for word in shared if not is_inflected(word)))
    return named if _opens_sentences(named, [_WORD.findall(one) for one in passage.sentences if named in one]) else ""


def _opens_sentences(named: str, holding: list[list[str]]) -> bool:
    """Whether enough of the sentences begin with it, as a word with its particle or, with the word that mostly
    follows it, as a name of two words (인슐린 글라진은)."""
    pairs = [list(pairwise([*words, ""])) for words in holding]
    followers = Counter(without_particles(after) for one in pairs for word, after in one if word == named)
    second, times = followers.most_common(1)[0] if followers else ("", 0)
    is_name = times > followers.total() / 2

    def names_it(word: str, after: str) -> bool:
        if word == named:
            return is_name and without_particles(after) == second
        return without_particles(word) == named

    return sum(any(names_it(*pair) for pair in one[:2]) for one in pairs) >= OPENS * len(holding)
