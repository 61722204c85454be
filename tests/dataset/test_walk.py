"""Rows are shared out over the files, and what was set aside for later is still there when it is needed."""

import pytest

from phi4.dataset import Bounds
from phi4.dataset.asking import Asker
from phi4.dataset.cache import AnswerCache
from phi4.dataset.sorting import Dataset
from phi4.dataset.walk import Walk
from phi4.teachers import Sampling, ScriptedTeacher
from tests.dataset.test_build import DRUGS, PASSAGES, documents, good
from tests.samples import SENTENCES

SAMPLING = Sampling(temperature=0.0, max_tokens=400, seed=0)


@pytest.fixture
def walk(tmp_path):
    """A walk over the three files with a scripted teacher, for so many rows."""
    cache = AnswerCache(tmp_path / "cache.sqlite")
    yield lambda script, rows: Walk(
        documents(PASSAGES), Asker(ScriptedTeacher(script), cache), Dataset(), Bounds(rows=rows), SAMPLING, votes=0
    )
    cache.close()


def test_files_that_were_not_needed_for_what_was_missing_can_still_give_more(walk):
    def last_gives_one(messages, schema):
        asked, known = messages[-1].content, SENTENCES[3].replace("와파린", DRUGS[2])
        return "모르겠습니다." if f"[1] {DRUGS[2]}" in asked and f'"{known}"' not in asked else good(messages)

    walked = walk(last_gives_one, 6)
    walked.all()
    assert list(walked.files.values()) == [3, 2, 1]  # the first made up for the last
    assert walked.more(4)
    assert list(walked.files.values()) == [5, 4, 1]
