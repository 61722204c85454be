"""The dataset stage: passages become verified questions, reasoning and answers.

plan (what to ask) → generator (ask the teacher) → gates (what may stay) → wordings (ask it again) → files and funnel
"""

from phi4.dataset.build import BuildOptions, build_dataset
from phi4.dataset.estimate import estimate_run
from phi4.dataset.generator import Generator
from phi4.dataset.inspection import inspect_dataset
from phi4.dataset.meter import Ceiling, Prices
from phi4.dataset.sorting import Dataset

__all__ = [
    "BuildOptions",
    "Ceiling",
    "Dataset",
    "Generator",
    "Prices",
    "build_dataset",
    "estimate_run",
    "inspect_dataset",
]
