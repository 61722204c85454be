"""The stages put together: each alone (``stages``), and all in a row (``road``)."""
