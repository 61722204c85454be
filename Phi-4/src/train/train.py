"""``python -m src.train.train`` is ``phi4 train``; its settings: ``phi4 train --help``."""

import sys

from phi4.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["train", *sys.argv[1:]]))
