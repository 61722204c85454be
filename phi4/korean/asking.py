"""Questions that a statement answers, by rule: a question word takes the place of what is asked.

Korean leaves a question word where its answer would stand, so ``와파린은 무엇을 막습니까?`` is the
statement itself with one phrase and the ending changed. Such questions are grammatical and true to
their sentence whatever model is at hand, and each asks for another part of it. Where a rule is not
sure it asks nothing: a question that is missing costs less than one that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, zip_longest

from phi4.korean.amounts import ask_amounts
from phi4.korean.blanks import ask_phrases
from phi4.korean.clauses import Statement, is_statement, read_statement
from phi4.korean.clefts import turned_round
from phi4.korean.polite import politely
from phi4.korean.relations import Asked, as_question, ask_consequence, ask_definition, ask_how, ask_why
from phi4.korean.words import join_morphemes, morphemes

MAX_LENGTH = 90  # characters; a longer question loses its reader before the question word is understood

_CONNECTIVE = re.compile(
    r"^(?:또한|또|따라서|그러므로|그래서|그러나|하지만|그런데|그리고|특히|즉|다만|단|한편|우선|먼저|마지막으로|"
    r"첫째|둘째|셋째|넷째|하나|둘|셋|넷|다섯|예를 들어|아울러|이어서),?\s+"
)
# Teeth, and no pronoun: 이를 닦을 때, 이가 아프면, 이가 나는 아기.
_TEETH = (
    r"이를\s(?:(?:잘|깨끗이|자주|매일)\s)?닦|이가\s(?:아[프픈플파팠]|빠[지진질져졌]|썩|나[는고면기서지]|[난날났납])"
)
_LEANING = re.compile(
    rf"(?:^|\s)(?!{_TEETH})"
    r"(?:이|그|저|이런|그런|이러한|그러한|해당|이들|그들|이것|그것|이곳|그곳|이때|그때|여기|거기|당시|우리)"
    r"(?=(?:[은는이가을를의도과와로]|에(?:서|게)?[는도]?|보다[는도]?|부터|까지)?[\s,])(?!의\s[가-힣]*신청|\s(?:이유|까닭|밖|외|다음|뒤|후|전)(?![가-힣]*기))|"
    r"(?:^|\s)(?:이|그)렇게\s|(?:^|\s)(?:다음과|아래와|위와)\s같|"
    r"(?:^|\s)(?:위|앞|아래)의\s(?:글|문장|내용|자료|설명|보기|표|그림|항목|사항|규정|조항|조건|경우|방법|예|질문|지문)"
)


def ask(statement: str) -> list[Asked]:
    """The questions that ``statement`` (one sentence in 합니다체 or 한다체) answers, the most telling first.

    None for a statement with another ending, or with nothing in it that a rule can ask for.
    """
    sentence = politely(_CONNECTIVE.sub("", statement.strip()))
    whole = read_statement(sentence)
    if whole is None:
        return []
    found = [*_ask_parts(whole), *(asked for part in _parts(whole) for asked in _ask_parts(part))]
    chosen = {asked.question: asked for asked in _with_clefts(found) if _is_clear(asked, sentence)}
    return list(chosen.values())


def leaning_word(question: str) -> str:
    """The word of a question that nobody understands who has not read what stands before it; "" for none."""
    match = _LEANING.search(question)
    return match[0].strip() if match else ""


def softened(question: str) -> str:
    """``…막습니까?`` as people type it: ``…막나요?``; the question itself where no rule fits."""
    statement = question.removesuffix("니까?") + "니다."
    if not question.endswith("니까?") or not is_statement(statement):
        return question
    tokens = [token for token in morphemes(statement) if token.kind != "SF"]
    if len(tokens) < 2 or tokens[-1].kind != "EF":
        return question
    stem = len(tokens) - 2
    while stem and tokens[stem].kind == "EP":
        stem -= 1
    describes = tokens[stem].kind in ("VCP", "VCN", "VA", "XSA") and tokens[stem].form not in ("있", "없")
    ending = "ᆫ가요" if describes and stem == len(tokens) - 2 else "나요"
    if stem and tokens[stem].kind == "VCP" and tokens[stem - 1].kind in ("NNG", "NNP", "NP"):
        stem -= 1  # 의사 + 이 + 었 is 의사였, 학생 + 이 + 었 is 학생이었
    parts = [(token.form, token.tag) for token in tokens[stem:-1]]
    return f"{statement[: tokens[stem].start]}{join_morphemes([*parts, (ending, 'EF')])}?"


def _ask_parts(statement: Statement) -> list[Asked]:
    ways: list[Iterator[Asked]] = [
        (Asked(as_question(asked), "quantity", words) for asked, words in ask_amounts(statement)),
        ask_why(statement),
        ask_definition(statement),
        (Asked(as_question(asked), "fact", words) for asked, words in ask_phrases(statement)),
        ask_how(statement),
        ask_consequence(statement),
    ]
    return [asked for turn in zip_longest(*ways) for asked in turn if asked is not None]


def _with_clefts(found: list[Asked]) -> list[Asked]:
    """Each question turned round after the next one, so that the first few differ in both form and matter."""
    late = [None, *map(turned_round, found)]
    return [asked for pair in zip_longest(found, late) for asked in pair if asked is not None]


def _is_clear(asked: Asked, sentence: str) -> bool:
    """Whether a reader who has not seen the sentence knows what is asked, and is not told the answer."""
    question, words = asked.question, asked.answer.strip()
    if len(question) > MAX_LENGTH or leaning_word(question) or question == as_question(sentence):
        return False
    if re.search(rf"(?<![\w]){re.escape(words)}", question):
        return False
    return asked.kind != "fact" or _names_something(question)


def _names_something(question: str) -> bool:
    """Whether it holds a noun of its own: ``무엇을 누릅니까?`` does not say where or for what."""
    tokens = morphemes(question)
    return any(
        token.kind in ("NNG", "NNP", "SL", "SN", "XR") and following.kind not in ("XSV", "XSA")
        for token, following in pairwise(tokens)
    )


def _parts(statement: Statement) -> Iterator[Statement]:
    """The first of two statements that ``…며`` or ``…지만`` joins, if it holds without the second."""
    links = [link for link in statement.links if link.kind == "and"]
    if len(links) != 1 or statement.after(links[0].last, "if", "reason"):
        return
    text, tokens, link = statement.text, statement.tokens, links[0]
    ending = tokens[link.last].form
    if ending not in ("며", "으며", "지만", "고") or (ending == "고" and text[link.end : link.end + 1] != ","):
        return
    if any(token.kind == "VX" or token.form in ("수", "안") for token in tokens[link.last :]):
        return  # what can or must be may hold for both parts
    if tokens[link.last - 1].form == "말":
        return  # "타지 말고 …": the first part alone would forbid nothing
    stem = link.last - 1
    while stem and tokens[stem].kind == "EP":
        stem -= 1
    parts = [(token.form, token.tag) for token in tokens[stem : link.last]]
    first = read_statement(f"{text[: tokens[stem].start]}{join_morphemes([*parts, ('ᆸ니다', 'EF')])}.")
    if first is not None:
        yield first
