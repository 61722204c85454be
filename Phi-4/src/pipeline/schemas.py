"""The pydantic schemas of the data, under the manual's name."""

from phi4.dataset.schemas import DraftAnswer, Example, ExamQuestion, Step

__all__ = ["DraftAnswer", "ExamQuestion", "Example", "Step"]
