"""How fast and how heavy is the chat page, measured in Chromium: ``python -m benchmarks.page [--tokens 10000]``.

Weight: the bytes that a cold visit loads. First paint: of fresh visitors, without a cache, on loopback. Streaming: an
answer of so many tokens with tables, lists and code; every task of the renderer's main thread from a trace, so that
what an answer costs is told apart from what its reader notices (a task of more than 50 ms delays a key or a frame).
The server is the real one over the scripted engine. Prints a table and writes ``benchmarks/results/page.json``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from phi4.engines.scripted import Pace, ScriptedStream
from tests.server.page.conftest import Site, ask, ended, find_browser

VISITS = 20
NOTICED = 50.0  # ms
SECTION = """## {n}. 아스피린의 작용

아스피린은 **사이클로옥시게나제(COX)** 효소를 비가역적으로 억제하여 프로스타글란딘의 합성을 차단합니다. 혈소판에는 핵이
없으므로 효과는 혈소판의 수명인 `7~10일` 동안 이어집니다. 자세한 것은 https://example.org/drug/{n}에서 볼 수 있습니다.

| 구분 | 용량 | 목적 |
|---|---:|---|
| 저용량 | 75~100 mg | 혈전 예방 |
| 고용량 | 300~600 mg | 해열과 진통 |

1. 위장관 출혈의 위험이 있는지 확인합니다.
2. 다른 약을 함께 먹는지 확인합니다.
   - 와파린과 함께 먹으면 출혈 위험이 커집니다.
   - 이부프로펜은 효과를 줄일 수 있습니다.

```python
def dose(weight: float) -> float:
    return min(weight * 10, 600)
```

"""


class LongAnswer(ScriptedStream):
    """Writes ``tokens`` tokens of two characters each."""

    def __init__(self, tokens: int, rate: float) -> None:
        whole = "".join(SECTION.format(n=n) for n in range(tokens // 100))
        text = "<think>\n1. 하나입니다.\n</think>\n\n" + whole[: tokens * 2]
        self.count = tokens
        ids = list(range(1_000_000, 1_000_000 + len(text) // 2))
        pace = Pace(token=1 / rate)
        super().__init__(lambda *_: ids, lambda some: text[: 2 * len(some)], context=10**6, pace=pace)


def first_paints(browser: Browser, url: str) -> tuple[list[float], int, int]:
    """First contentful paints in ms, the bytes of one cold visit, and how many files they were."""
    paints, weights = [], []
    for _ in range(VISITS):
        context = browser.new_context(locale="ko-KR")
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("#welcome:visible")
        paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        loaded = page.evaluate("""performance.getEntries()
            .filter((one) => one.decodedBodySize && !one.name.includes("/api/"))
            .map((one) => one.decodedBodySize)""")
        weights.append(loaded)
        context.close()
    return paints, sum(weights[0]), len(weights[0])


def stream(browser: Browser, url: str, trace: Path) -> tuple[list[float], list[float], float]:
    """Tasks of the main thread and times between frames while an answer streams, in ms; and its seconds."""
    page = browser.new_context(locale="ko-KR", viewport={"width": 1100, "height": 800}).new_page()
    page.goto(url)
    page.set_default_timeout(300_000)
    page.evaluate("""() => {
      window.frames = []; let last = performance.now();
      const look = (now) => { frames.push(now - last); last = now; requestAnimationFrame(look); };
      requestAnimationFrame(look);
    }""")
    browser.start_tracing(
        page, path=str(trace), categories=["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
    )
    start = page.evaluate("performance.now()")
    ask(page, "길게 설명해 주세요.")
    ended(page)
    seconds = (page.evaluate("performance.now()") - start) / 1000
    browser.stop_tracing()
    frames = page.evaluate("window.frames")
    check(page)
    page.context.close()
    return main_tasks(json.loads(trace.read_text(encoding="utf-8"))), frames, seconds


def check(page: Page) -> None:
    """All of it must be there: a page that drops text is fast."""
    if page.locator(".prose table").count() < 2 or page.locator(".failure").count():
        raise SystemExit("the answer did not arrive whole")


def main_tasks(trace: dict[str, Any]) -> list[float]:
    """Durations of the tasks of the busiest renderer's main thread, in ms."""
    names = [event for event in trace["traceEvents"] if event.get("name") == "thread_name"]
    mains = {(one["pid"], one["tid"]) for one in names if one["args"].get("name") == "CrRendererMain"}
    tasks: dict[tuple[int, int], list[float]] = {}
    for event in trace["traceEvents"]:
        thread = event.get("pid"), event.get("tid")
        if event.get("name") in ("RunTask", "ThreadControllerImpl::RunTask") and thread in mains and "dur" in event:
            tasks.setdefault(thread, []).append(event["dur"] / 1000)
    return max(tasks.values(), key=sum)


def spread(values: list[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile, maximum."""
    ordered = sorted(values)
    at = lambda share: ordered[min(int(share * len(ordered)), len(ordered) - 1)]  # noqa: E731
    shown = {"median": statistics.median(ordered), "p95": at(0.95), "p99": at(0.99), "max": ordered[-1]}
    return {name: round(value, 2) for name, value in shown.items()}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=400, help="tokens per second")
    options = parser.parse_args()
    executable = find_browser()
    if executable is None:
        raise SystemExit("there is no Chromium; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        engine = LongAnswer(options.tokens, options.rate)
        site = Site(Path(folder), engine=engine, max_new_tokens=10**5, answer_timeout=600)
        with site:
            browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
            paints, weight, files = first_paints(browser, site.url)
            tasks, frames, seconds = stream(browser, site.url, Path(folder) / "trace.json")
            browser.close()
    felt = [task for task in tasks if task >= 1]
    rows = {
        "first paint, ms": spread(paints),
        "main-thread task, ms": spread(tasks),
        "main-thread task of 1 ms or more, ms": spread(felt),
        "between two frames, ms": spread(frames),
    }
    print(f"weight: {weight} bytes in {files} files; {options.tokens} tokens in {seconds:.1f} s")
    print(f"{'':<38}{'median':>9}{'p95':>9}{'p99':>9}{'max':>9}")
    for name, row in rows.items():
        print(f"{name:<38}" + "".join(f"{value:>9.2f}" for value in row.values()))
    slow = sum(task > NOTICED for task in tasks)
    print(f"tasks: {len(tasks)}, of 1 ms or more {len(felt)}, over {NOTICED:g} ms {slow}")
    target = Path(__file__).parent / "results" / "page.json"
    target.parent.mkdir(exist_ok=True)
    facts = {"weight": weight, "files": files, "tokens": options.tokens, "seconds": seconds, "slow_tasks": slow}
    target.write_text(json.dumps(facts | rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
