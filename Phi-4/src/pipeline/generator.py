"""The synthetic data generator, under the manual's name."""

from phi4.dataset.generator import Generator

__all__ = ["Generator"]
