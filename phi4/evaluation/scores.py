"""Is an answer right? Scores against the accepted golds; how well they agree with a person:
``benchmarks/scorers.py``."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from phi4.evaluation.bounds import keeps_bounds
from phi4.korean import bare_words, content_morphemes, quantities, split_sentences, squeeze
from phi4.korean.negation import predicates, without_denied, without_refuted
from phi4.korean.words import morphemes

LONG = 12  # characters from which a gold that is a sentence is judged by its content
SHORT = 3  # syllables up to which a gold must be a word or a compound's first noun: it stands in too many others
COVERED = 0.8  # share that a right answer says of a long gold's content, of its nouns, and of what the question gave
UNREPLACED = 0.5  # share of its nouns where no other noun is told instead: 간이 나쁘면 for 간 기능이 떨어지면

_ASIDE = re.compile(r"\([^()]*\)")
_SENTENCE = re.compile(r"(?:니다|[요다])[.!]?$")
_SPAN_WORDS = re.compile(r"(?<=\d)\s*(?:[a-zμ%℃]+|[가-힣]{1,4}?)?\s*(?:~|에서|부터)\s*(?=\d)")
_SPAN = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:~\d+(?:\.\d+)?)?")
_AMOUNT = re.compile(r"^(?:약|최대|하루)?\d")
# Syllables that turn the word behind them into another one: 비가역적, 저칼륨혈증, 항응고인자.
_OTHER_WORD = "비불무미저고항반"
_NOUNS = ("NNG", "NNP", "NNB", "NR", "NP", "XR", "XSN", "SN", "SL")
_NAMES = ("NNG", "NNP", "XR", "SH")
_CLAUSE = re.compile(r"(?<=때문에) |(?<=므로) |(?<=[며고]) |(?<=지만) |, ")
_UP, _DOWN = "+", "-"
_RISES = "늘 늘리 늘어나 높 높이 높아지 오르 올리 올라가 크 커지 키우 강하 강 빠르 많 넓 넓히 길"
_FALLS = "줄 줄이 줄어들 낮 낮추 낮아지 내리 내려가 떨어지 떨어뜨리 작 약하 약 늦 늦추 느리 적 좁 짧"
_WAYS = dict.fromkeys(_RISES.split(), _UP) | dict.fromkeys(_FALLS.split(), _DOWN)
_NEGATIVE = re.compile(r"않|못하|못합|없|아니|아닙|(?:^|\s)안\s")
# Who is asked for what must not be, may say so by denying it: "임신부는 복용하지 않습니다".
_FORBIDS = re.compile(r"금[기지하]|피하|피해|삼가|조심|주의|중단|중지|멈|끊|제외|빼|말아|대신|드[물문]")


def is_long(gold: str) -> bool:
    """Whether a gold is a whole sentence, which nobody repeats word for word."""
    return len(squeeze(gold)) >= LONG and " " in gold and bool(_SENTENCE.search(gold.strip()))


def is_right(answer: str, golds: Sequence[str], question: str = "", evidence: Sequence[str] = ()) -> bool:
    """Whether an answer gives one of its golds: a short one in its words, a long one in its content.

    ``question`` and ``evidence``, the sentences that the golds rest on, tell what a right answer may deny.
    """
    short = [gold for gold in golds if not is_long(gold)]
    if contains_gold(answer, short, question, evidence):
        return True
    return any(tells(answer, gold, question) for gold in golds if is_long(gold))


def is_exact(answer: str, golds: Sequence[str]) -> bool:
    """Whether the answer is a gold and nothing else but particles, the copula and aside remarks."""
    told = {bare_words(answer, copula=False), bare_words(_ASIDE.sub(" ", answer), copula=False)}
    return any(bare_words(gold, copula=False) in told for gold in golds if squeeze(gold))


def contains_gold(answer: str, golds: Sequence[str], question: str = "", evidence: Sequence[str] = ()) -> bool:
    """Whether a gold stands in the answer, in normal form (NFKC, no spaces, particles left out by Kiwi).

    An amount must have its unit and its bound (``18세 이상``) and must not be part of another (``20mg`` is
    neither in ``120mg`` nor in ``10~20mg``), a Latin abbreviation no part of a longer word (``CK`` is not
    in ``ck2``), a Korean word no part of its opposite (``가역적`` is not in ``비가역적``). The answer must not
    say that the gold is not it, nor deny of a word what neither the question nor the evidence denies.
    """
    words = [gold for gold in golds if not _is_amount(gold)]
    if any(_holds_amount(gold, without_refuted(answer), question) for gold in golds if _is_amount(gold)):
        return True
    if not any(_holds_word(gold, answer) for gold in words):
        return False
    if _may_be_denied(words, question, evidence):
        return True
    affirmed = without_denied(answer)
    return any(_holds_word(gold, answer if _is_denial(gold) else affirmed) for gold in words)


def _is_denial(gold: str) -> bool:
    return bool(_NEGATIVE.search(gold)) or any(one.denied for one in predicates(morphemes(gold)))


def _may_be_denied(golds: Sequence[str], question: str, evidence: Sequence[str]) -> bool:
    """Whether the question asks for what is not or must not be, or the evidence denies or forbids a gold."""
    if _NEGATIVE.search(question) or _FORBIDS.search(question):
        return True
    held = [(gold, sentence) for sentence in evidence for gold in golds if _holds_word(gold, sentence)]
    return any(_FORBIDS.search(sentence) or not _holds_word(gold, without_denied(sentence)) for gold, sentence in held)


def tells(answer: str, gold: str, question: str = "") -> bool:
    """Whether an answer says what a long gold says: its content, its numbers, the same way up or down.

    Words that the question gave cannot stand for those that the gold adds: an answer says most of the first, most
    nouns and all Latin words of the second (비타민 C is no 비타민 K).
    """
    wanted, told = _content(gold), _content(answer)
    if not wanted or not quantities(gold) <= quantities(answer) or not keeps_bounds(answer, gold, question):
        return False
    if len(wanted & told) < COVERED * len(wanted):
        return False
    clauses = [clause for sentence in split_sentences(answer) for clause in _CLAUSE.split(sentence)]
    nearest = max(clauses, key=lambda one: len(wanted & _content(one)))
    if not _names_alike(answer, nearest, gold, question):
        return False
    ways = {way for way in (_UP, _DOWN) if way in wanted}
    if ways and not ways & _content(nearest) and {_UP, _DOWN} & _content(nearest):
        return False
    if bool(_NEGATIVE.search(nearest)) != bool(_NEGATIVE.search(gold)):
        return False
    denied = {one.stem: one.denied for one in predicates(morphemes(gold))}
    return all(one.denied == denied.get(one.stem, one.denied) for one in predicates(morphemes(nearest)))


def _names_alike(answer: str, nearest: str, gold: str, question: str) -> bool:
    """Whether the answer names what the gold takes from the question and what it adds, and nothing instead.

    ``nearest`` is the clause of the answer that says most of the gold.
    """
    asked, told, known = squeeze(question), squeeze(answer), squeeze(gold + question)
    content = {
        word.form.lower(): word.kind for word in morphemes(_ASIDE.sub(" ", gold)) if _is_content(word.form, gold)
    }
    held = {word for word in content if _is_named(word, told) or _is_content(word, answer)}
    latin = {word for word, kind in content.items() if kind == "SL"}
    given = {word for word in content if (_is_content(word, question) if word in latin else _is_named(word, asked))}
    if not latin - given <= content_morphemes(answer) or len(given & held) < COVERED * len(given):
        return False
    nouns = {word for word, kind in content.items() if kind in _NAMES} - given
    said = [word for word in morphemes(nearest) if word.kind in _NAMES or _is_content(word.form, gold)]
    while said and not _is_content(said[-1].form, gold):
        said.pop()  # what follows the gold's last word is told beside it, not instead
    replaced = any(word.kind in _NAMES and not _is_named(word.form.lower(), known) for word in said)
    return len(nouns & held) >= (COVERED if replaced else UNREPLACED) * len(nouns)


def _is_named(word: str, squeezed: str) -> bool:
    """Whether a word of Kiwi's stands in a text, with or without the particle that it took for the end of a name."""
    return word in squeezed or (len(word) > SHORT and word[-1] in "은는이가을를의" and word[:-1] in squeezed)


def _is_content(word: str, text: str) -> bool:
    return _WAYS.get(word.lower(), word.lower()) in _content(text)


def _content(text: str) -> frozenset[str]:
    """Content morphemes, those of a rise or a fall as one each: 늦추다 and 늦어지다 say the same."""
    return frozenset(_WAYS.get(morpheme, morpheme) for morpheme in content_morphemes(text))


def character_f1(answer: str, golds: Sequence[str]) -> float:
    """Best F1 over the golds, of characters in normal form (as SQuAD's F1, with characters for words)."""
    told = bare_words(answer)
    return max((_f1(told, bare_words(gold)) for gold in golds), default=0.0)


def _f1(told: str, gold: str) -> float:
    common = sum((Counter(told) & Counter(gold)).values())
    return 2 * common / (len(told) + len(gold)) if common else 0.0


def _is_amount(gold: str) -> bool:
    """``30~60분``, ``하루 10 mg`` or ``2.0~3.0``; not ``1형 수용체``, whose number counts nothing."""
    found = quantities(gold)
    if not found or not _AMOUNT.match(squeeze(gold)):
        return False
    return all(one.unit for one in found) or not re.search(r"[a-z가-힣]", squeeze(gold))


def _holds_amount(gold: str, answer: str, question: str) -> bool:
    same = quantities(gold) <= quantities(answer) and _spans(gold) <= _spans(answer)
    return same and keeps_bounds(answer, gold, question)


def _spans(text: str) -> set[str]:
    """Numbers and ranges as wholes: ``2~3`` of both ``2.0~3.0`` and ``2에서 3``."""
    folded = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    folded = re.sub(r"(?<=\d)\s*[-–—∼〜]\s*(?=\d)", "~", folded)
    folded = _SPAN_WORDS.sub("~", folded.lower())
    return {re.sub(r"(?<=\d)\.0+(?!\d)", "", span) for span in _SPAN.findall(folded)}


def _holds_word(gold: str, answer: str) -> bool:
    wanted, bare = squeeze(gold), bare_words(gold)
    if not wanted:
        return False
    for told in (answer, _ASIDE.sub(" ", answer)):  # "ATPase(H+/K+ ATPase)입니다" holds ATPase
        if _is_short(wanted):  # without its particles 장에서 would stand in 장용정
            if _is_a_word(wanted, told):
                return True
        elif _stands_in(wanted, told) or (bare and not _is_short(bare) and _stands_in(bare, bare_words(told))):
            return True
    return False


def _is_short(gold: str) -> bool:
    return 0 < len(gold) <= SHORT and "가" <= gold[0] <= "힣"


def _is_a_word(gold: str, told: str) -> bool:
    """Whether a short squeezed gold begins a word of ``told`` and Kiwi ends a morpheme with it: 간 is in 간이,
    간입니다 and 간질환, but not in 간격. What is no noun (``약해``) may go on in any way."""
    folded = unicodedata.normalize("NFKC", told).lower()
    spaced = r"\W{0,2}".join(re.escape(letter) for letter in gold)
    is_noun = morphemes(gold)[-1].kind in _NOUNS
    for match in re.finditer(rf"(?<![가-힣]){spaced}{_after(gold)}", folded):
        end = match.end()
        if not is_noun or not "가" <= folded[end : end + 1] <= "힣":
            return True
        # An unknown name and its particle may be read as one noun; one syllable and its particle often are one: 동의.
        read = morphemes(folded, match[0] if len(gold) > 1 else "")
        if not any(one.start < end < one.end for one in read if one.kind[0] not in "EJ"):
            return True
    return False


def _stands_in(gold: str, told: str) -> bool:
    """Whether squeezed ``gold`` stands in ``told``, whatever its spaces, as a word of its own."""
    korean = "가" <= gold[0] <= "힣"
    told = " ".join(squeeze(word) for word in told.split()) if korean else squeeze(told)
    if korean:  # 우회술 is in 관상동맥우회술
        before = rf"(?<![{_OTHER_WORD}])"
    else:
        before = r"(?<![\d.~])" if gold[0].isdigit() else r"(?<![a-z])" if gold[0].isascii() else ""
    spaced = r"\s?".join(re.escape(letter) for letter in gold)
    return re.search(before + spaced + _after(gold), told) is not None


def _after(gold: str) -> str:
    """What must not follow a gold that ends in a digit or a Latin letter."""
    return r"(?![\d~]|\.\d)" if gold[-1].isdigit() else r"(?![a-z0-9])" if gold[-1].isascii() else ""
