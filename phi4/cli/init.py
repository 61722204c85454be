"""``phi4 init DIR``: an empty workspace, and an example of a seed beside its seeds."""

from __future__ import annotations

from pathlib import Path

from phi4.errors import WorkspaceError
from phi4.paths import CHECKOUT
from phi4.settings import Settings

_EXAMPLE = """\
손 씻기는 감염병을 막는 가장 쉬운 방법입니다.

작용 원리:
비누의 계면활성제는 바이러스를 싸고 있는 지질막을 녹이기 때문에 바이러스가 힘을 잃습니다.
흐르는 물은 피부에서 떨어져 나온 세균과 바이러스를 씻어 냅니다.

용법:
손은 비누로 30초 이상 씻어야 효과가 있습니다.

주의사항:
- 손이 젖은 채로 문손잡이를 만지면 세균이 더 쉽게 옮기 때문에 손을 완전히 말려야 합니다.
"""


def init(settings: Settings, directory: str) -> dict[str, str]:
    """Lay out ``data/seeds``, ``data/synthetic`` and ``models`` in ``directory``; nothing is overwritten.

    The example is not among the seeds: a chatbot would be trained on it.
    """
    root = Path(directory).expanduser().resolve()
    example = root / "data" / "example.txt"
    try:
        for folder in ("data/seeds", "data/exam", "data/synthetic", "models"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        if not example.exists():
            example.write_text(_example(), encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(
            f"cannot make a workspace in '{root}': {error.strerror}", "choose another folder"
        ) from error
    print(f"workspace ready: {root}")
    print(f"  put Korean texts (*.txt, 500-2000 characters, as {example} is) into {root / 'data' / 'seeds'}")
    print("  or documents (HWP, PDF, DOCX …), with: phi4 import FOLDER")
    print(f"  then type: cd {root} && phi4 run")
    return {"workspace": str(root)}


def _example() -> str:
    sample = CHECKOUT / "Phi-4" / "data" / "seeds" / "example.txt"
    return sample.read_text(encoding="utf-8") if sample.is_file() else _EXAMPLE
