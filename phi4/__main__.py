"""``python -m phi4`` is ``phi4``."""

from phi4.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
