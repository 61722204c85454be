"""The evaluation stage: did the tuning help? Base and adapter answer the same exam."""

from phi4.evaluation.examine import examine

__all__ = ["examine"]
