"""The funnel: what went in, what came out, what stopped the rest."""

from phi4.dataset.funnel import from_teacher, funnel, funnel_lines
from phi4.dataset.verbatim import WRITER
from phi4.records import Example, Rejected
from tests.samples import draft_about

ROW = Example(question="왜?", reasoning_steps=("하나",), answer="둘")


def rejected(reason, detail):
    return Rejected(reason=reason, detail=detail, draft=draft_about(4))


MANY = [rejected("leak", "漢")] + [rejected("numbers", f"{number} mg") for number in range(5)]


def test_the_counts_add_up_and_the_most_frequent_reason_comes_first():
    data = funnel([ROW, ROW], MANY)
    assert (data["drafts"], data["accepted"]) == (8, 2)
    assert list(data["rejected"].items()) == [("numbers", 5), ("leak", 1)]
    assert data["accepted"] + sum(data["rejected"].values()) == data["drafts"]


def test_what_people_rejected_had_been_accepted_and_is_no_further_draft():
    again = rejected("review", "틀림").model_copy(update={"stage": "review"})
    data = funnel([ROW, ROW], [*MANY, again])
    assert (data["drafts"], data["accepted"]) == (8, 2)
    assert data["rejected"]["review"] == 1
    assert data["samples"]["review"][0]["detail"] == "틀림"


def test_a_draft_that_was_tried_three_times_is_one_draft():
    tries = [rejected("numbers", "9 mg").model_copy(update={"stage": "try"})] * 2
    data = funnel([ROW], [rejected("leak", "漢"), *tries])
    assert (data["drafts"], data["tries"], data["rejected"]) == (2, 2, {"leak": 1})
    assert funnel_lines(data)[1].split()[:2] == ["tries", "2"]


def test_what_the_teacher_could_not_be_heard_on_is_counted_in_tries_too():
    lost = rejected("teacher", "the connection broke").model_copy(update={"stage": "try"})
    assert funnel([ROW], [*MANY, lost, rejected("teacher", "the same")])["unheard"] == 2


def test_every_reason_has_at_most_three_samples():
    samples = funnel([], MANY)["samples"]
    assert [sample["detail"] for sample in samples["numbers"]] == ["0 mg", "1 mg", "2 mg"]
    assert samples["leak"] == [
        {"file": "medical/warfarin.txt", "question": "와파린의 시작 용량은 보통 하루에 몇 mg입니까?", "detail": "漢"}
    ]


def test_a_person_reads_a_line_for_every_reason():
    assert funnel_lines(funnel([ROW, ROW], MANY)) == [
        "   drafts 8  →  accepted 2 (25%)",
        "   rejected    5  numbers      e.g. 0 mg",
        "   rejected    1  leak         e.g. 漢",
    ]


def test_mended_rows_are_told_when_there_are_some():
    data = funnel([ROW], [])
    assert len(funnel_lines({**data, "mended": 0})) == 1
    assert funnel_lines({**data, "mended": 1})[1] == (
        "   mended      1  of the accepted: a step was replaced by the sentence it cites"
    )


def test_rows_that_were_asked_by_rule_are_told_when_there_are_some():
    by_rule = ROW.model_copy(update={"asked_by": "rule"})
    assert len(funnel_lines(funnel([ROW], []))) == 1
    assert funnel_lines(funnel([ROW, by_rule], []))[1] == (
        "   worded      1  of the accepted: the question was made by rule from its sentence"
    )


def test_rows_in_the_passages_own_words_are_told_beside_what_the_teacher_earned():
    quoted = ROW.model_copy(update={"teacher": WRITER})
    report = funnel([ROW, quoted, quoted], MANY[:1])
    assert from_teacher(report) == (1, 2)
    assert funnel_lines(report)[1] == (
        "   verbatim    2  of the accepted: in the passage's own words; of the teacher's drafts 50% passed"
    )


def test_what_the_end_took_and_added_is_told():
    report = {**funnel([ROW], []), "held_out": 3, "refusals": 4, "exam_questions": 5}
    assert [line.split()[:3] for line in funnel_lines(report)[1:]] == [
        ["held", "out", "3"], ["refusals", "4", "added:"], ["exam", "5", "questions"],
    ]  # fmt: skip


def test_a_long_detail_is_cut():
    (_, line) = funnel_lines(funnel([], [rejected("support", "가" * 500)]))
    assert line.endswith("e.g. " + "가" * 70)


def test_nothing_in_gives_no_share():
    assert funnel([], []) == {
        "drafts": 0, "accepted": 0, "by_rule": 0, "verbatim": 0, "tries": 0, "unheard": 0, "rejected": {},
        "samples": {},
    }  # fmt: skip
    assert funnel_lines(funnel([], [])) == ["   drafts 0  →  accepted 0 (–)"]
