"""Markdown as the page shows it, whole and growing."""

import pytest

SHOW = """
async ([text, cuts]) => {
  const { MarkdownView } = await import("/page/markdown.js");
  const root = document.createElement("div");
  document.body.append(root);
  const view = new MarkdownView(root);
  for (const cut of cuts) view.set(text.slice(0, cut));
  view.set(text);
  const plain = root.cloneNode(true);
  for (const part of plain.querySelectorAll("button, .code-head")) part.remove();
  return plain.innerHTML.replace(/ (class|tabindex|role|aria-label|target|rel)="[^"]*"/g, "");
}
"""

CASES = {
    "하나\n둘\n\n셋": "<p>하나<br>둘</p><p>셋</p>",
    "# 제목 #\n## 둘째\n### 셋째": "<h3>제목</h3><h3>둘째</h3><h4>셋째</h4>",
    "#해시태그": "<p>#해시태그</p>",
    "**굵게**는 `코드`와 *기울임*": "<p><strong>굵게</strong>는 <code>코드</code>와 <em>기울임</em></p>",
    '**"따옴표"**를 붙인 말': '<p><strong>"따옴표"</strong>를 붙인 말</p>',
    "**(괄호)**은": "<p><strong>(괄호)</strong>은</p>",
    "***둘 다***와 ~~지움~~": "<p><strong><em>둘 다</em></strong>와 <del>지움</del></p>",
    "**굵고 *기운* 말**": "<p><strong>굵고 <em>기운</em> 말</strong></p>",
    "**굵고 *기운***": "<p><strong>굵고 <em>기운</em></strong></p>",
    "7~10일, 2 * 3 * 4, snake_case_name": "<p>7~10일, 2 * 3 * 4, snake_case_name</p>",
    "**닫히지 않은": "<p>**닫히지 않은</p>",
    "**** ** __": "<p>**** ** __</p>",
    r"\*별\* &lt;b&gt; &amp;": "<p>*별* &lt;b&gt; &amp;</p>",
    "``a ` b`` `닫히지 않음": "<p><code>a ` b</code> `닫히지 않음</p>",
    "- 하나\n- 둘\n  - 둘의 하나\n- 셋": "<ul><li>하나</li><li>둘<ul><li>둘의 하나</li></ul></li><li>셋</li></ul>",
    "3. 셋\n4. 넷": '<ol start="3"><li>셋</li><li>넷</li></ol>',
    "1. 하나\n\n2. 둘\n\n끝": "<ol><li>하나</li><li>둘</li></ol><p>끝</p>",
    "1. 하나\n   이어서\n\n   새 문단": "<ol><li>하나<br>이어서<p>새 문단</p></li></ol>",
    "• 점\n• 점": "<ul><li>점</li><li>점</li></ul>",
    "> 인용\n> - 안\n\n밖": "<blockquote><p>인용</p><ul><li>안</li></ul></blockquote><p>밖</p>",
    "---\n***": "<hr><hr>",
    "```py\nprint('<b>')\n```\n뒤": "<div><pre><code>print('&lt;b&gt;')</code></pre></div><p>뒤</p>",
    "```\n닫히지 않음\n\n# 제목 아님": "<div><pre><code>닫히지 않음\n\n# 제목 아님</code></pre></div>",
    "가\n```\n나\n```": "<p>가</p><div><pre><code>나</code></pre></div>",
    "| 약 | 용량 |\n|:--|--:|\n| 가 | **1** mg |\n| 나 \\| 다 | `2` | 남음 |": (
        "<div><table><thead><tr><th>약</th><th>용량</th></tr></thead><tbody>"
        "<tr><td>가</td><td><strong>1</strong> mg</td></tr>"
        "<tr><td>나 | 다</td><td><code>2</code></td></tr></tbody></table></div>"
    ),
    "가 | 나\n--- 아님": "<p>가 | 나<br>--- 아님</p>",
    "[식약처](https://www.mfds.go.kr/a) 참고": (
        '<p><a href="https://www.mfds.go.kr/a">식약처</a><span> (www.mfds.go.kr)</span> 참고</p>'
    ),
    "https://example.org/a_b에서 보고, (https://example.org/c).": (
        '<p><a href="https://example.org/a_b">https://example.org/a_b</a>에서 보고, '
        '(<a href="https://example.org/c">https://example.org/c</a>).</p>'
    ),
    "[위키](https://ko.wikipedia.org/wiki/A_(B))": (
        '<p><a href="https://ko.wikipedia.org/wiki/A_(B)">위키</a><span> (ko.wikipedia.org)</span></p>'
    ),
    "[은행](https://bank.example@evil.example/)": (
        '<p><a href="https://bank.example@evil.example/">은행</a><span> (evil.example)</span></p>'
    ),
    "[https://bank.co.kr/login](https://bank.co/x)": (
        '<p><a href="https://bank.co/x">https://bank.co.kr/login</a><span> (bank.co)</span></p>'
    ),
    "[https://bank.co@evil.example/](https://bank.co/x)": (
        '<p><a href="https://bank.co/x">https://bank.co@evil.example/</a><span> (bank.co)</span></p>'
    ),
    "[https://bank.co:8080](https://bank.co/x)": (
        '<p><a href="https://bank.co/x">https://bank.co:8080</a><span> (bank.co)</span></p>'
    ),
    "[https://аpple.com](https://аpple.com)": (
        '<p><a href="https://xn--pple-43d.com/">https://аpple.com</a><span> (xn--pple-43d.com)</span></p>'
    ),
    "[https://bank.co/a?b](https://bank.co/x)": '<p><a href="https://bank.co/x">https://bank.co/a?b</a></p>',
    "[https://bank.co?b](https://bank.co/x)": '<p><a href="https://bank.co/x">https://bank.co?b</a></p>',
    "[bank.co](https://bank.co/x)": '<p><a href="https://bank.co/x">bank.co</a></p>',
    "https://bank.co@evil.example/": (
        '<p><a href="https://bank.co@evil.example/">https://bank.co@evil.example/</a><span> (evil.example)</span></p>'
    ),
    "[가짜](https://аpple.com)": '<p><a href="https://xn--pple-43d.com/">가짜</a><span> (xn--pple-43d.com)</span></p>',
    "![그림](https://example.org/a.png)": "<p>![그림](https://example.org/a.png)</p>",
    "[상대](/etc) [빈]()": "<p>[상대](/etc) [빈]()</p>",
    "둘<br>줄": "<p>둘<br>줄</p>",
    "<think>글</think>": "<p>&lt;think&gt;글&lt;/think&gt;</p>",
    "": "",
}


@pytest.fixture(scope="module")
def page(browser, sites):
    page = browser.new_page()
    page.goto(sites().url)
    yield page
    page.close()


def shown(page, text, cuts=()):
    return page.evaluate(SHOW, [text, list(cuts)])


@pytest.mark.parametrize("text", CASES)
def test_markdown_becomes_these_nodes(page, text):
    assert shown(page, text) == CASES[text]


@pytest.mark.parametrize("text", ["\n\n".join(CASES), *CASES], ids=lambda text: text[:20])
def test_a_text_that_grows_letter_by_letter_ends_as_the_whole(page, text):
    assert shown(page, text, range(len(text))) == shown(page, text)


HOSTILE = {
    "stars": "*" * 20_000,
    "marks": "**a *b __c _d ~~e " * 1200,
    "brackets": "[" * 20_000,
    "links": "[a](" * 5000,
    "link labels": "[aaaaaaaaa" * 2000,
    "code marks": "".join("`" * (n % 190 + 1) + "a" for n in range(210)),
    "quotes": ">" * 20_000,
    "nested quotes": "> " * 10_000,
    "nested lists": "\n".join("  " * n + "- a" for n in range(140)),
    "dashes": "-" * 20_000 + "x",
    "spaced dashes": "- " * 10_000 + "x",
    "pipes": "|" * 20_000 + "\n" + "|-" * 10_000,
    "spaces": "# a" + " " * 20_000 + "b",
    "blank start": " " * 20_000 + "x",
    "fence": "```" + "a" * 19_000 + "`",
    "hashes": "# " + "#" * 19_000 + "a",
    "one Korean line": "아스피린은 혈전을 예방합니다. " * 1250,
    "no spaces": "가" * 20_000,
    "addresses": "https://a.b/" + ")" * 2000 + " https://a.b/" + "." * 2000,
    "escapes": "\\" * 20_000,
    "entities": "&lt;" * 5000,
    "items": "1. a\n\n" * 3000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_longer_than_other_text(page, name):
    timed = """async (text) => {
      const { MarkdownView } = await import("/page/markdown.js");
      const root = document.createElement("div");
      const start = performance.now();
      new MarkdownView(root).set(text);
      return [performance.now() - start, root.textContent.length];
    }"""
    ms, length = page.evaluate(timed, HOSTILE[name])
    assert ms < 500  # some 20 ms; a quadratic parser takes seconds
    assert length or name in ("stars", "dashes")
