"""``python -m src.utils.inspect_data`` is ``phi4 inspect``."""

import sys

from phi4.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["inspect", *sys.argv[1:]]))
