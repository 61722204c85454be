"""The dataset stage: passages become verified questions, reasoning and answers.

plan (what to ask) → generator (ask the teacher) → gates (what may stay) → files and funnel
"""

from phi4.dataset.build import BuildOptions, Dataset, build_dataset
from phi4.dataset.generator import Generator
from phi4.dataset.inspection import inspect_dataset

__all__ = ["BuildOptions", "Dataset", "Generator", "build_dataset", "inspect_dataset"]
