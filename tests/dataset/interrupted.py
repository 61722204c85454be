"""A run in a process of its own, for tests that end it in the middle.

The fork server imports this once, so that a run begins with Kiwi's model loaded.
"""

import contextlib
import io
import json
import multiprocessing
import os
import re
import signal
import time
from pathlib import Path

from phi4.dataset import Bounds, BuildOptions, Finishing, build_dataset
from phi4.dataset.cache import request_key
from phi4.korean import content_morphemes
from phi4.paths import Workspace, exclusive
from phi4.records import Document
from phi4.teachers import Sampling, TeacherAnswer
from tests.samples import SENTENCES, WARFARIN, told_json

DRUGS = ("와파린", "헤파린", "인슐린")
SAMPLING = Sampling(temperature=0.0, max_tokens=400, seed=0)
DOCUMENTS = [
    Document(
        file=f"{number}.txt",
        passages=(
            WARFARIN.model_copy(
                update={
                    "file": f"{number}.txt",
                    "sentences": tuple(sentence.replace(DRUGS[0], drug) for sentence in SENTENCES),
                }
            ),
        ),
    )
    for number, drug in enumerate(DRUGS)
]
SECONDS = 0.004  # a request takes
SLOW = 0.2  # one that is still under way when somebody reacts to the first answer
content_morphemes(SENTENCES[0])

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.dataset.interrupted"])


class Diligent:
    """Writes good drafts, but for one sentence a wrong one first; votes yes; notes every request before it answers."""

    name = identity = "diligent"

    def __init__(self, log: Path, at_once: int, seconds: float) -> None:
        self.log, self.at_once, self.seconds = log, at_once, seconds

    def ask(self, messages, schema, sampling):
        with self.log.open("ab", buffering=0) as file:
            file.write(request_key(self.name, messages, schema, sampling).encode() + b"\n")
        time.sleep(self.seconds)
        return TeacherAnswer(self._say(messages, schema))

    def close(self):
        pass

    @staticmethod
    def _say(messages, schema):
        text = next(turn.content for turn in messages[::-1] if "요청:" in turn.content or "질문:" in turn.content)
        if "verdict" in schema["properties"]:
            return json.dumps({"reason": "본문에 있습니다.", "verdict": "예"}, ensure_ascii=False)
        drug = next(drug for drug in DRUGS if drug in text)
        if "steps" not in schema["properties"]:
            return json.dumps({"answer": text.partition("\n\n질문:")[0].split("\n")[1]}, ensure_ascii=False)
        focus = int(re.search(r"출발하여 \[(\d+)\]번", text)[1])
        told = told_json(focus).replace(DRUGS[0], drug)
        first = messages[-1].content.startswith("본문:")
        return told.replace("5 mg", "500 mg") if focus == 4 and first else told

    def __reduce__(self):
        return Diligent, (self.log, self.at_once, self.seconds)


def run(root: Path, at_once: int, seconds: float = SECONDS) -> None:
    """``phi4 generate`` without its command line."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in a shell's background ignores Ctrl-C
    workspace = Workspace(root)
    finishing = Finishing(refusals=0.2, exam_share=0.3)
    options = BuildOptions(Bounds(wordings=2, revisions=1), 0.0, SAMPLING, votes=1, finishing=finishing)
    with exclusive(workspace.synthetic, "phi4 generate"), contextlib.redirect_stdout(io.StringIO()):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        build_dataset(workspace, DOCUMENTS, Diligent(root / "asked.log", at_once, seconds), options)


def start(root: Path, at_once: int, seconds: float = SECONDS):
    """Such a run, in a process of its own."""
    process = context.Process(target=run, args=(root, at_once, seconds))
    process.start()
    return process
