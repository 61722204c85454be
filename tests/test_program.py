"""Machines and runs that differ in their program are told apart."""

from phi4 import program


def test_it_follows_from_code_prompts_and_word_lists(tmp_path, monkeypatch):
    monkeypatch.setattr(program, "ROOT", tmp_path)

    def told():
        program.program.cache_clear()
        return program.program()

    (tmp_path / "a.py").write_text("x = 1", encoding="utf-8")
    first = told()
    (tmp_path / "notes.md").write_text("no part of it", encoding="utf-8")
    assert told() == first
    found = {first}
    for name in ("a.py", "b.py", "prompts/draft.txt", "words.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"새 {name}", encoding="utf-8")
        found.add(told())
    assert len(found) == 5
    program.program.cache_clear()
