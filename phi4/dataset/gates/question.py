"""The question: one, open, understood without the passage, and answered by its answer."""

from __future__ import annotations

import re
from itertools import pairwise

from phi4.dataset.gates.form import steps
from phi4.dataset.gates.support import WHY
from phi4.dataset.topic import topic
from phi4.korean import content_morphemes, is_polite_question, leaning_word, squeeze
from phi4.korean.lexicon import INSTITUTIONS, PERSONS, word_set
from phi4.korean.numbers import amounts
from phi4.korean.words import Morpheme, morphemes
from phi4.records import Draft, Passage

MAX_GIVEN = 0.8  # share of the answer's content that the question may already hold

_NAMES_OF_SOURCE = "글|문장|자료|문서|규정|설명|지문|본문|제시문|보기|표|그림|항목"
_ENDS = r"(?=(?:[은는이가을를의도과와로]|에(?:서|게)?[는도]?|으로|대로|처럼)?(?:[\s,.?!]|$))"
_SAID_BEFORE = r"\s(?:말|설명|언급|소개|다룬|살펴)"
# Each begins a word: 간이 글리코겐을 holds no 이 글, 공지문 no 지문.
_OF_SOURCE = re.compile(
    rf"\[\d+\]|(?<![가-힣A-Za-z])(?:제시문|윗글|주어진 내용{_ENDS}|아래의? (?:내용{_ENDS}|질문)|다음 중(?![가-힣])|"
    rf"(?:이|위|위의|아래|아래의|앞의|주어진) (?:{_NAMES_OF_SOURCE}){_ENDS}|"
    rf"(?:앞에서|앞서|위에서){_SAID_BEFORE}|(?:이|위|해당|주어진) 질문[은에]|(?:steps|answer)(?![A-Za-z]))",
)
# These are words of a subject as well: a fingerprint (지문), the contents of a stomach (위 내용), the text of a letter.
_PERHAPS_OF_SOURCE = re.compile(
    rf"(?<![가-힣])(?:위의? 내용{_ENDS}|문장(?:에|은(?=\s))|자료에 따르면|\d+번 문장|"
    r"(?:본문|지문)(?:에(?:서|는|\s(?:따르|의하|나[오온와]|있|언급|제시|근거))|의 (?:내용|설명)|"
    r"을 (?:읽|바탕|참고|보고)|"
    r" (?:내용|속|중)))|^질문[은에]",
    re.MULTILINE,
)
_INTERROGATIVE = re.compile(r"왜|어떤|어떻게|어느|무엇|무슨|뭐|몇|며칠|얼마|누가|누구|언제|어디|이유|까닭")
_STATEMENT_INSIDE = re.compile(r"(습니다|입니다|합니다|됩니다|어요|아요)(?=는?[\s,.])")
_HOW_MUCH = re.compile(r"몇|며칠|얼마|언제")
_NAMED = re.compile(r"누구|누가|무엇|어디")
_HOW_MANY = re.compile(r"몇\s*([가-힣a-zA-Z%℃]+)")
_WHO = re.compile(r"누구|누가")
_PLACE = re.compile(r"\d+\s?(?:층|호|조|항)")  # a number that tells no amount
_MUCH = re.compile(r"\d|반|배|매[일주달년]|전액|전부|모두|무료|없|안 |않|많|적|길|짧|오래|자주")  # an amount in words
_CHOICE = re.compile(r"(?<![가-힣])아니면(?![가-힣])")
_NO_FACT = re.compile(r"말해 보|설명해 주|알려 주|생각하(?:십|시|나)|어떻습니까|어떤가요")
_ASKS = r"(?:왜|언제|무엇|어떻게|얼마|누가|누구|어디|몇)"
_TWO = re.compile(rf"{_ASKS}.*(?:고|며|지만),?\s.*{_ASKS}|{_ASKS}[가-힣]*,\s{_ASKS}[가-힣]*,\s{_ASKS}")
_CAUSES = word_set("아서 어서 라서 므로 으므로 니까 으니까 아 어 려고 으려고 도록 느라 기에")
_CAUSE_WORDS = frozenset({"때문", "덕분", "위하", "인하", "막", "탓"})
_PERSON_SUFFIXES = ("자", "인", "부", "원", "객", "생", "팀", "사", "민", "장", "군", "왕", "가", "님", "분")


def stand_alone(draft: Draft, passage: Passage) -> str | None:
    """Nothing leans on the passage, and the question names what it is about."""
    for name, text in (("question", draft.question), ("answer", draft.answer), ("steps", "\n".join(steps(draft)))):
        if words := _of_source(text, passage):
            return f"{name} speaks of its source: '{words}'"
    if word := leaning_word(draft.question):
        return f"the question leans on '{word}'"
    subject = topic(passage)
    if subject and squeeze(subject) not in squeeze(draft.question):
        return f"the question does not name '{subject}'"
    return None


def _of_source(text: str, passage: Passage) -> str:
    """The words by which a text speaks of its source, unless they are the source's own; "" for none."""
    if match := _OF_SOURCE.search(text):
        return match[0]
    perhaps = (match[0] for match in _PERHAPS_OF_SOURCE.finditer(text))
    return next((words for words in perhaps if words not in passage.text), "")


def open_question(draft: Draft, passage: Passage) -> str | None:
    """One question, with a question word and a question's ending, that states nothing first."""
    question = draft.question
    if question.count("?") != 1 or not is_polite_question(question):
        return f"not the form of a question: …{question[-12:]}"
    if not _INTERROGATIVE.search(question):
        return "no question word"
    if match := _STATEMENT_INSIDE.search(question):
        return f"a statement inside the question: '{match[0]}'"
    if match := _CHOICE.search(question) or _NO_FACT.search(question):
        return f"asks for no fact: '{match[0]}'"
    if match := _TWO.search(question):
        return f"two questions: '{match[0]}'"
    if draft.asked_by == "rule":
        return None  # what it asks for was taken out of it
    return _given_away(draft)


def _given_away(draft: Draft) -> str | None:
    told, asked = content_morphemes(draft.answer), content_morphemes(draft.question)
    if _HOW_MUCH.search(draft.question) and set(amounts(draft.answer)) and not _same_numbers(draft):
        return None  # it holds all of its answer but the number, as it must
    if _NAMED.search(draft.question) and told - asked:
        return None  # all but the name
    given = len(told & asked) / len(told) if told else 1.0
    return f"the question holds {given:.0%} of its answer" if given > MAX_GIVEN else None


def _same_numbers(draft: Draft) -> bool:
    return {a.measure for a in amounts(draft.answer)} <= {a.measure for a in amounts(draft.question)}


def fits(draft: Draft, passage: Passage) -> str | None:
    """``왜`` is answered with a reason, ``누구`` with somebody, ``얼마`` with an amount."""
    if draft.asked_by == "rule":
        return None
    subject = topic(passage)
    if WHY.search(draft.question) and not _gives_reason(morphemes(draft.answer, subject)):
        return "asks why, the answer gives no reason"
    if _WHO.search(draft.question) and not _names_somebody(morphemes(draft.answer, subject), subject):
        return "asks who, the answer names nobody"
    told = _PLACE.sub("", draft.answer)
    if "얼마" in draft.question and not (amounts(told) or _MUCH.search(told)):
        return "asks how much, the answer tells no amount"
    return None


def asked_unit(draft: Draft, passage: Passage) -> str | None:
    """A question for "how many mg" is answered with a number of mg that it did not give itself."""
    match = _HOW_MANY.search(draft.question)
    if match is None:
        return None
    asked = amounts(f"2{match[1]}")[0]
    given = {amount.measure for amount in amounts(draft.question)}
    told = {amount.measure[1] for amount in amounts(draft.answer) if amount.measure not in given}
    return None if not asked.unit or asked.measure[1] in told else f"asks for {asked.unit}, the answer has none"


def _gives_reason(tokens: tuple[Morpheme, ...]) -> bool:
    for token, following in pairwise(tokens):
        if token.form in _CAUSE_WORDS or (token.kind == "EC" and token.form in _CAUSES and following.kind != "VX"):
            return True
    return False


def _names_somebody(tokens: tuple[Morpheme, ...], subject: str) -> bool:
    names = [token for token in tokens if token.kind in ("NNG", "NNP", "NP", "XSN", "SL")]
    return any(
        (token.kind == "NNP" and token.form != subject)
        or token.form in PERSONS
        or token.form in INSTITUTIONS
        or token.form.endswith(_PERSON_SUFFIXES)
        for token in names
    )
