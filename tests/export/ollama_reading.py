"""How Ollama reads a Modelfile and fills its template, as far as our files go; written after its documentation.

Values end at a newline behind which the quotes are closed; characters that are not printable are dropped; there are no
escapes. Templates are Go's: here ``range .Messages`` and fields alone.
"""

import re
import unicodedata


def read_modelfile(text):
    """The commands as (name, value)."""
    found, rest = [], text
    while rest.strip():
        name, _, rest = rest.lstrip().partition(" ")
        if name == "PARAMETER":
            name, _, rest = rest.partition(" ")
        value, rest = _value(rest)
        found.append((name, value))
    return found


def _value(rest):
    kept = ""
    for place, sign in enumerate(rest):
        if sign == "\n" and (done := _unquoted(kept.strip())) is not None:
            return done, rest[place:]
        if sign in "\n\t\r" or sign == " " or unicodedata.category(sign)[0] in "LMNPS":
            kept += sign
    done = _unquoted(kept.strip())
    assert done is not None, "unexpected end of file"
    return done, ""


def _unquoted(text):
    for quotes in ('"""', '"'):
        if text.startswith(quotes):
            whole = len(text) >= 2 * len(quotes) and text.endswith(quotes)
            return text[len(quotes) : -len(quotes)] if whole else None
    return text


def render(template, messages):
    """What the model sees; fails for anything of Go's templates that is not known here."""
    loop = re.fullmatch(r"(.*?)\{\{ range \.Messages \}\}(.*?)\{\{ end \}\}(.*)", template, re.DOTALL)
    assert loop, template
    before, body, behind = loop.groups()
    fields = {"{{ .Role }}": "role", "{{ .Content }}": "content"}
    assert set(re.findall(r"\{\{.*?\}\}", body)) == set(fields)
    assert "{{" not in before + behind
    turns = [re.sub(r"\{\{.*?\}\}", lambda found, turn=turn: turn[fields[found[0]]], body) for turn in messages]
    return before + "".join(turns) + behind
