"""The pictures of the chat page in the READMEs: ``python -m docs.screenshots`` writes ``docs/images/page-*.png``.

The real page and the real server; the answer is scripted, so that the pictures do not change with a model.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from phi4.chat_format import answer_text
from phi4.engines.scripted import Pace
from tests.server.page.conftest import Site, ended, find_browser

IMAGES = Path(__file__).parent / "images"
FACTS = {
    "base_model": "Qwen/Qwen2.5-3B-Instruct",
    "data": {
        "files": [f"medical/{number}.txt" for number in range(15)],
        "examples": [
            "아스피린이 혈전을 예방하는 원리는 무엇인가요?",
            "이부프로펜을 먹으면 안 되는 사람은 누구인가요?",
            "와파린의 목표 INR은 얼마인가요?",
            "메트포르민은 언제 복용하나요?",
        ],
    },
}
ASPIRIN = answer_text(
    [
        "아스피린은 혈소판의 COX-1 효소를 비가역적으로 억제합니다.",
        "COX-1이 억제되면 트롬복산 A2의 생성이 줄어듭니다.",
        "트롬복산 A2는 혈소판을 서로 엉기게 하는 물질입니다.",
        "따라서 혈소판 응집이 줄고 혈전이 생기기 어려워집니다.",
    ],
    "아스피린은 **혈소판의 응집을 막아** 혈전을 예방합니다. COX-1 효소를 되돌릴 수 없게 억제하기 때문에, "
    "효과는 혈소판의 수명인 7~10일 동안 이어집니다."
    """

| 구분 | 용량 | 목적 |
|---|---:|---|
| 저용량 | 75~100 mg | 혈전 예방 |
| 고용량 | 300~600 mg | 해열·진통 |

복용하기 전에 다음을 확인하세요.

- 위장관 출혈 위험이 있으면 의사와 상의합니다.
- **12세 미만 어린이**에게는 쓰지 않습니다(레이 증후군).""",
)
NOTICE = "의학적 조언이 아닙니다. 진료는 의료진과 상의하세요."
WIDE, PHONE = {"width": 1200, "height": 860}, {"width": 390, "height": 780}


def open_page(browser: Browser, url: str, look: str, size: dict[str, int], **more: object) -> Page:
    """The empty page of a new visitor."""
    context = browser.new_context(locale="ko-KR", color_scheme=look, viewport=size, reduced_motion="reduce", **more)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".example")
    return page


def talk(page: Page, *questions: str) -> None:
    """A few conversations, the last of them with its reasoning open."""
    for question in questions:
        if page.locator(".reply").count():
            page.click("#new")
        page.fill("#question", question)
        page.click("#send")
        ended(page)
    page.click(".reasoning summary")
    page.mouse.move(0, 0)
    page.evaluate("document.querySelector('#scroll').scrollTop = 0; document.activeElement.blur()")
    page.wait_for_timeout(300)


def save(page: Page, name: str) -> None:
    """Write the picture, small."""
    path = IMAGES / f"page-{name}.png"
    page.screenshot(path=path)
    shrink(path)
    print(f"{path.relative_to(IMAGES.parents[1])}  {path.stat().st_size // 1024} KB")
    page.context.close()


def shrink(path: Path) -> None:
    """256 colours are enough for a page of text."""
    from PIL import Image

    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """All pictures."""
    executable = find_browser()
    if executable is None:
        raise SystemExit("there is no Chromium; on Debian: apt-get install chromium fonts-noto-cjk")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Site(Path(folder), facts=FACTS, max_new_tokens=1500, notice=NOTICE)
        site.engine.text, site.engine.pace = ASPIRIN, Pace(token=0.001)
        with site:
            browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
            save(open_page(browser, site.url, "light", WIDE), "welcome")
            for look in ("light", "dark"):
                page = open_page(browser, site.url, look, WIDE)
                talk(page, "와파린과 함께 먹으면 안 되는 약", "메트포르민 복용 시간", FACTS["data"]["examples"][0])
                save(page, look)
            page = open_page(browser, site.url, "light", PHONE, device_scale_factor=2, has_touch=True, is_mobile=True)
            talk(page, FACTS["data"]["examples"][0])
            save(page, "phone")
            browser.close()


if __name__ == "__main__":
    main()
