"""``python -m src.pipeline.generate_dataset`` is ``phi4 generate``."""

import sys

from phi4.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["generate", *sys.argv[1:]]))
