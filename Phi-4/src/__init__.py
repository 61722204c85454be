"""The manual's modules: doors to the package ``phi4``."""
