"""``python main.py``, or ``uvicorn main:app``: the chatbot over HTTP."""

import sys

from phi4.cli import main
from phi4.server import create_app

if __name__ == "__main__":
    raise SystemExit(main(["serve", *sys.argv[1:]]))
app = create_app()
