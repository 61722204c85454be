"""``phi4 inspect --seeds``: every seed with its grade and what would make it better."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from phi4.seeds.grade import grade, near_duplicates
from phi4.seeds.passages import cut_passages
from phi4.seeds.read import read_seeds
from phi4.seeds.store import Store


def inspect_seeds(place: Path | Store, limit: int = 0) -> dict[str, Any]:
    """Print and return the grades, the files that cannot be used, and the pairs that are nearly one.

    Raises ``WorkspaceError`` when no seed can be used.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    folder = read_seeds(place, limit)
    grades = [grade(seed) for seed in folder.seeds]
    twins = near_duplicates([passage for seed in folder.seeds for passage in cut_passages(seed)])
    table = Table(
        "seed",
        "grade",
        "characters",
        "sentences",
        "remarks",
        title=place.name if isinstance(place, Path) else place.url,
    )
    for one in grades:
        table.add_row(
            escape(one.file), one.letter, str(one.characters), str(one.sentences), escape("\n".join(one.remarks))
        )
    for name, reason in folder.refused:
        table.add_row(escape(name), "–", "", "", escape(f"사용할 수 없습니다: {reason}"))
    console = Console(soft_wrap=False)
    console.print(table)
    for file, other, share in twins:
        console.print(f"⚠️ {escape(file)} ≈ {escape(other)}: 문장의 {share:.0%}가 같습니다", highlight=False)
    return {
        "grades": [asdict(one) for one in grades],
        "letters": dict(sorted(Counter(one.letter for one in grades).items())),
        "refused": dict(folder.refused),
        "near_duplicates": [{"file": file, "other": other, "share": round(share, 3)} for file, other, share in twins],
    }
