"""How a question is put: from memory, with its passage, or about something that no seed says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from phi4 import prompts
from phi4.evaluation.exam import Texts, evidence
from phi4.evaluation.scores import is_right
from phi4.korean import content_morphemes
from phi4.records import ExamQuestion, Message

CLOSED, OPEN, UNANSWERABLE, GENERAL = "closed_book", "open_book", "unanswerable", "general"
PASSAGE_TOKENS = 768  # of a passage in a prompt; a seed of 1,000 characters has about 740


def open_book(question: ExamQuestion, texts: Texts, count: Callable[[str], int]) -> list[Message]:
    """The question behind its passage. ``count`` tells the tokens of a text.

    Where no sentence of its file is named as its evidence, those that hold a gold are looked for.
    """
    sentences = _sentences(question, texts)
    named = evidence(question, texts) if question.source.sentences or question.source.evidence else []
    wanted = [] if {*named} & {*sentences} else _holding(question, sentences)
    passage = cut_around(sentences, named, count, wanted=wanted)
    words = prompts.text("open_book.request.txt").format(passage="\n".join(passage), question=question.question)
    return [Message(role="user", content=words)]


def closed_book(question: ExamQuestion) -> list[Message]:
    """The question alone."""
    return [Message(role="user", content=question.question)]


def cut_around(
    sentences: Sequence[str],
    kept: Sequence[str],
    count: Callable[[str], int],
    limit: int = PASSAGE_TOKENS,
    wanted: Sequence[str] = (),
) -> list[str]:
    """Whole sentences in their order, at most ``limit`` tokens: ``kept``, what fits of ``wanted``, their neighbours.

    ``kept`` stays even where it is longer than the limit: without it there is no answer in the passage.
    """
    chosen = {place for place, sentence in enumerate(sentences) if sentence in kept}
    room = limit - sum(count(sentences[place]) for place in chosen)
    for place, sentence in enumerate(sentences):
        if sentence in wanted and place not in chosen and count(sentence) <= room:
            room -= count(sentence)
            chosen.add(place)
    centres = chosen or {0}
    nearest = sorted(range(len(sentences)), key=lambda place: (min(abs(place - centre) for centre in centres), place))
    for place in nearest:
        if place in chosen:
            continue
        room -= count(sentences[place])
        if room < 0:
            break
        chosen.add(place)
    return [sentences[place] for place in sorted(chosen)]


def _sentences(question: ExamQuestion, texts: Texts) -> list[str]:
    """Of the passages that hold the evidence; all of the file's where nothing says which."""
    passages = texts.get(question.source.file, ())
    wanted = set(question.source.sentences)
    holding = [passage for passage in passages if wanted & set(passage.numbers)] or passages
    return [sentence for passage in holding for sentence in passage.sentences] or list(question.source.evidence)


def _holding(question: ExamQuestion, sentences: Sequence[str]) -> list[str]:
    """The sentences that hold a gold; where none alone does, the one that shares most of its content with one."""
    held = [one for one in sentences if is_right(one, question.answers, question.question, [one])]
    if held or not sentences:
        return held
    golds = frozenset[str]().union(*map(content_morphemes, question.answers))
    return [max(sentences, key=lambda one: len(golds & content_morphemes(one)))]
