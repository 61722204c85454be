"""Beyond one machine: ``phi4 generate --on ray`` walks the documents on many, and merges what they made.

units (documents that are asked together) → worker on any machine: the unchanged rounds → shard on disk
→ merge in order → files and funnel. Answers lie in journals, one a unit.
"""

from phi4.scale.cluster import cluster
from phi4.scale.generate import generate_on

__all__ = ["cluster", "generate_on"]
