"""The ``auto`` profile: look at the machine, choose teacher and base model, say what and why."""

from __future__ import annotations

import sys

from phi4.errors import TeacherUnavailable
from phi4.settings import CPU_PROFILE, Settings


def completed(settings: Settings, teacher: bool = True) -> Settings:
    """The settings with everything that ``auto`` left open; other profiles come back as they are.

    What the user stated stays as stated. ``teacher=False``: no data will be written, so none is looked for.
    """
    if settings.profile != "auto":
        return settings
    chosen: dict[str, object] = {"profile": "manual"}
    if teacher and not settings.stated("teacher"):
        chosen["teacher"], why = _teacher(settings)
        print(f"auto: teacher {chosen['teacher']}, because {why}", file=sys.stderr)
    cpu = not _has_cuda()
    model = CPU_PROFILE["model_name"] if cpu else settings.model_name
    why = "there is no CUDA GPU" if cpu else "there is a CUDA GPU"
    if not settings.stated("model_name"):
        print(f"auto: base model {model}, because {why}", file=sys.stderr)
    if cpu:
        left_open = (key for key in CPU_PROFILE if key != "teacher" and not settings.stated(key))
        chosen.update({key: CPU_PROFILE[key] for key in left_open})
    return settings.model_copy(update=chosen)


def _teacher(settings: Settings) -> tuple[str, str]:
    from phi4.teachers.ollama import check_ollama

    wanted = settings.teacher
    try:
        check_ollama(settings.ollama_url, wanted.partition(":")[2])
    except TeacherUnavailable as error:
        return str(CPU_PROFILE["teacher"]), error.message
    return wanted, f"Ollama answers at {settings.ollama_url}"


def _has_cuda() -> bool:
    import torch

    return bool(torch.cuda.is_available())
