"""The seeds stage: a folder of text files becomes numbered passages."""

from phi4.seeds.passages import cut_passages
from phi4.seeds.read import SeedFolder, read_seeds

__all__ = ["SeedFolder", "cut_passages", "read_seeds"]
