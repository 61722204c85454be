"""Beyond one machine: ``phi4 generate --on ray`` walks the documents on many, and merges what they made.

units (documents that are asked together) → worker on any machine: the unchanged rounds → shard on disk
→ merge in order → files and funnel. Answers lie in journals, one a unit.
"""

from phi4.scale.generate import come_home, generate_on, set_all_aside
from phi4.scale.near import near_questions, near_rows
from phi4.scale.ray_cluster import cluster

__all__ = ["cluster", "come_home", "generate_on", "near_questions", "near_rows", "set_all_aside"]
