"""The seeds stage: a folder of text files becomes numbered passages, each file with a grade."""

from phi4.seeds.documents import Documents, cut
from phi4.seeds.grade import Grade, grade, near_duplicates
from phi4.seeds.inspection import inspect_seeds
from phi4.seeds.passages import cut_passages
from phi4.seeds.read import SeedFolder, read_named, read_seeds
from phi4.seeds.store import Store

__all__ = [
    "Documents",
    "Grade",
    "SeedFolder",
    "Store",
    "cut",
    "cut_passages",
    "grade",
    "inspect_seeds",
    "near_duplicates",
    "read_named",
    "read_seeds",
]
