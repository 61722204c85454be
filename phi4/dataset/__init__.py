"""The dataset stage: passages become verified questions, reasoning and answers.

build → walk (documents) → rounds: plan (what to ask) → generator and asking (the teacher) → sorting: mend, gates
→ judge → revise → wordings → files and funnel
"""

from phi4.dataset.build import BuildOptions, build_dataset
from phi4.dataset.estimate import estimate_run
from phi4.dataset.finish import Finishing
from phi4.dataset.finished import finished, remember_finished
from phi4.dataset.generator import Generator
from phi4.dataset.inspection import inspect_dataset
from phi4.dataset.lines import tell_again
from phi4.dataset.meter import Ceiling, Prices
from phi4.dataset.review import review
from phi4.dataset.rounds import Bounds

__all__ = [
    "Bounds",
    "BuildOptions",
    "Ceiling",
    "Finishing",
    "Generator",
    "Prices",
    "build_dataset",
    "estimate_run",
    "finished",
    "inspect_dataset",
    "remember_finished",
    "review",
    "tell_again",
]
