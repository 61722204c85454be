"""``python -m src.test.inference [질문]`` is ``phi4 ask``."""

import sys

from phi4.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["ask", *(sys.argv[1:] or ["아스피린의 작용 원리를 설명해주세요."])]))
