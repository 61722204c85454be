"""Every setting of PHi-4, declared once: name, default, meaning.

A setting is read from the command line, else the environment (``PHI4_…``), else the nearest
``.env`` upward from the current folder, else the profile, else the default below. A name
that nobody declared is an error. Training settings bear the manual's names.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from phi4.errors import UsageError

PREFIX = "PHI4_"
ProfileName = Literal["manual", "cpu", "auto"]

# A profile is a named set of defaults. ``auto`` starts as ``manual`` and is completed by
# ``phi4.pipeline.choose``, which looks at the machine and says what it chose and why.
CPU_PROFILE: dict[str, Any] = {
    "teacher": "embedded:qwen2.5-coder-1.5b",
    "votes": 0,
    "revisions": 0,
    "model_name": "qwen2.5-coder-0.5b",
    "learning_rate": 5e-4,
    "gradient_accumulation_steps": 4,
    "max_new_tokens": 256,
}
PROFILES: dict[str, dict[str, Any]] = {"manual": {}, "cpu": CPU_PROFILE, "auto": {}}


# Which settings a stage reads: what its command offers, and what its result follows from.
GROUPS: dict[str, tuple[str, ...]] = {
    "workspace": ("home", "profile"),
    "teacher": (
        "teacher", "ollama_url", "teacher_api_key", "teacher_context", "teacher_max_tokens", "teacher_timeout",
        "temperature",
    ),
    "dataset": (
        "seeds_url", "limit", "per_seed", "wordings", "rows", "votes", "revisions", "min_yield", "max_calls",
        "max_cost", "price_prompt", "price_completion", "refusals", "exam_share", "against", "seed",
    ),
    "training": (
        "model_name", "per_device_train_batch_size", "gradient_accumulation_steps", "max_length", "r", "lora_alpha",
        "lora_dropout", "target_modules", "init_lora_weights", "use_rslora", "use_dora", "learning_rate",
        "lr_scheduler_type", "optim", "num_train_epochs", "held_out", "early_stopping_patience", "report_to", "adapter",
        "seed", "system_prompt",
    ),
    "answers": ("max_new_tokens", "system_prompt"),
    "exam": ("adapter", "questions", "judge"),
    "storage": ("database_url",),
    "server": (
        "adapter_path", "engine", "engine_api_key", "host", "port", "api_keys", "allowed_hosts", "allowed_origins",
        "max_waiting", "max_per_client", "queue_timeout", "answer_timeout", "database_url", "log_chats",
        "notice",
    ),
}  # fmt: skip


class Settings(BaseSettings):
    """The settings of one command; frozen once read."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, protected_namespaces=())

    # where
    home: str = Field("", description="the workspace folder; default: the nearest with data/seeds")
    profile: ProfileName = Field("manual", description="named defaults: manual (GPU, Ollama), cpu, auto")

    # teacher
    teacher: str = Field(
        "ollama:qwen2.5:7b",
        description="who writes the data: ollama:MODEL[@URL], openai:MODEL@URL, embedded[:MODEL], "
        "langchain:PACKAGE:MODEL; with commas, one model at several addresses",
    )
    ollama_url: str = Field("http://localhost:11434", description="address of the Ollama server")
    teacher_api_key: SecretStr = Field(SecretStr("none"), description="key for an openai: teacher")
    teacher_context: int = Field(8192, ge=512, description="context window asked of the teacher, in tokens")
    teacher_max_tokens: int = Field(512, ge=32, description="longest answer of the teacher, in tokens")
    teacher_timeout: float = Field(300.0, gt=0, description="seconds one request to the teacher may take")
    temperature: float = Field(0.3, ge=0, le=2, description="sampling temperature of the teacher")

    # dataset
    seeds_url: str = Field(
        "", description="seeds in an object store (s3://bucket/folder, gs://, any fsspec address), not data/seeds"
    )
    limit: int = Field(0, ge=0, description="use only the first N seed files; 0: all")
    per_seed: int = Field(0, ge=0, description="drafts to ask for per seed file; 0: until its sentences have rows")
    wordings: int = Field(5, ge=0, description="further questions per answer, made by rule; 0: the teacher's own alone")
    rows: int = Field(
        0, ge=0, description="rows wanted, with refusals; 0: at least one for each sentence, if it gives one"
    )
    votes: int = Field(3, ge=0, description="votes of the teacher on each row, an odd number; 0: rules judge alone")
    revisions: int = Field(2, ge=0, le=2, description="times that a failed draft is sent back with its fault")
    min_yield: float = Field(0.1, ge=0, le=1, description="fail when fewer than this share of drafts pass")
    max_calls: int = Field(0, ge=0, description="stop asking after N requests to the teacher; 0: no limit")
    max_cost: float = Field(0.0, ge=0, description="stop asking when a run has cost so much; 0: no limit")
    price_prompt: float = Field(0.0, ge=0, description="price of a million prompt tokens, for costs")
    price_completion: float = Field(0.0, ge=0, description="price of a million tokens written, for costs")
    refusals: float = Field(0.05, ge=0, lt=0.5, description="share of rows that refuse what the seeds do not say")
    exam_share: float = Field(
        0.1, ge=0, le=0.5, description="share of facts to examine, for seeds without a hand-written exam"
    )
    against: str = Field("", description="file of questions (jsonl or text) that must not be trained on")
    seed: int = Field(0, ge=0, description="random seed of planning, generation and training")

    # training
    model_name: str = Field("Qwen/Qwen2.5-3B-Instruct", description="base model: hub name, catalogue name or path")
    per_device_train_batch_size: int = Field(1, ge=1, description="rows per forward pass")
    gradient_accumulation_steps: int = Field(8, ge=1, description="forward passes per optimizer step")
    max_length: int = Field(512, ge=16, description="longest training row, in tokens")
    r: int = Field(16, ge=1, description="LoRA rank")
    lora_alpha: int = Field(32, ge=1, description="LoRA scaling numerator")
    lora_dropout: float = Field(0.05, ge=0, lt=1, description="LoRA dropout")
    target_modules: str = Field(
        "all-linear", min_length=1, description="layers with LoRA: all-linear, or names: q_proj,v_proj"
    )
    init_lora_weights: str = Field("true", description="how LoRA weights begin: true, gaussian, pissa, … (peft)")
    use_rslora: bool = Field(False, description="scale LoRA by alpha/sqrt(r) instead of alpha/r")
    use_dora: bool = Field(False, description="train directions and magnitudes apart (DoRA): slower")
    learning_rate: float = Field(2e-4, gt=0, description="peak learning rate")
    lr_scheduler_type: str = Field(
        "cosine", description="learning rate schedule: cosine, linear, constant, … (Trainer)"
    )
    optim: str = Field("adamw_torch", description="optimizer: adamw_torch, adamw_8bit, paged_adamw_8bit, … (Trainer)")
    num_train_epochs: float = Field(3.0, gt=0, description="passes over the data")
    held_out: float = Field(
        0.1, ge=0, lt=0.5, description="share of rows kept for evaluation, where facts have several"
    )
    early_stopping_patience: int = Field(3, ge=0, description="stop after so many evaluations without gain; 0: never")
    report_to: str = Field("none", description="trackers: none, tensorboard, wandb, mlflow (Trainer), with commas")
    adapter: str = Field(
        "phi-4-3b-reasoning", pattern=r"^\w[\w.-]*$", description="name of the adapter folder below models/"
    )

    # answers and evaluation
    max_new_tokens: int = Field(512, ge=1, description="longest answer, in tokens")
    system_prompt: str = Field("", description="system turn; empty: none, as in the manual")
    questions: int = Field(0, ge=0, description="exam questions of each condition to ask; 0: all of the trained seeds")
    judge: str = Field("", description="who grades long answers, named as a teacher is; empty: a rule does")

    # server
    adapter_path: str = Field("", description="adapter to serve: a name below web_server/models, or a folder")
    host: str = Field("127.0.0.1", description="address to listen on; others than loopback need PHI4_API_KEYS")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    api_keys: SecretStr = Field(SecretStr(""), description="accepted bearer keys, separated by commas")
    allowed_hosts: str = Field(
        "", description="host names that the server answers to, with commas; empty: this machine's, with keys any"
    )
    allowed_origins: str = Field(
        "", description="web sites whose pages may call the server, with commas: https://example.org"
    )
    max_waiting: int = Field(16, ge=0, description="requests that may wait for the model; more are sent away")
    max_per_client: int = Field(8, ge=1, description="requests of one key or address at once")
    queue_timeout: float = Field(60.0, gt=0, description="seconds a request may wait")
    answer_timeout: float = Field(300.0, gt=0, description="seconds one answer may take")
    database_url: SecretStr = Field(
        SecretStr(""),
        description="where conversations are kept: sqlite:////FILE or postgresql://…; empty: data/chats.sqlite",
    )
    notice: str = Field("", max_length=500, description="words below the chat page's field: no medical advice, …")
    log_chats: bool = Field(False, description="write questions and answers to the log")
    engine: str = Field(
        "auto", description="what runs the model: auto, llamacpp, openvino, transformers, vllm, openai:URL"
    )
    engine_api_key: SecretStr = Field(SecretStr(""), description="key for an openai: engine")

    _stated: frozenset[str] = PrivateAttr(default=frozenset())

    @field_validator("votes")
    @classmethod
    def _odd(cls, votes: int) -> int:
        if votes and votes % 2 == 0:
            raise ValueError("must be an odd number, or 0")
        return votes

    def stated(self, name: str) -> str:
        """The value of a setting if the user gave it (not a profile or a default), else ""."""
        return str(getattr(self, name)) if name in self._stated else ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line > environment > .env > profile > default."""
        if isinstance(dotenv_settings, DotEnvSettingsSource):  # other programs' variables are none of ours
            theirs = dotenv_settings.env_vars
            dotenv_settings.env_vars = {k: v for k, v in theirs.items() if k.upper().startswith(PREFIX)}
        stated: dict[str, Any] = {}
        for source in (dotenv_settings, env_settings, init_settings):
            stated.update(source())
        profile = PROFILES.get(str(stated.get("profile", "")), {})
        return init_settings, env_settings, dotenv_settings, InitSettingsSource(settings_cls, profile)


def find_dotenv(start: Path | None = None) -> Path | None:
    """The nearest ``.env`` upward from ``start`` (default: the current folder)."""
    here = (start or Path.cwd()).resolve()
    return next((folder / ".env" for folder in (here, *here.parents) if (folder / ".env").is_file()), None)


def load_settings(stated: dict[str, Any] | None = None) -> Settings:
    """The settings in force; ``stated`` is what the command line gave.

    Raises ``UsageError`` naming every unknown or wrong value at once.
    """
    dotenv = find_dotenv()
    _refuse_unknown(dotenv)
    try:
        settings = Settings(_env_file=dotenv, **(stated or {}))
    except ValidationError as error:
        lines = [_explain(part["loc"], part["input"], part["msg"], stated or {}) for part in error.errors()]
        raise UsageError("; ".join(lines), "see the accepted values with: phi4 COMMAND --help") from error
    settings._stated = _stated_names(dotenv, stated or {})
    return settings


def _stated_names(dotenv: Path | None, stated: dict[str, Any]) -> frozenset[str]:
    """The settings that the command line, the environment or ``.env`` gave."""
    names = {name.upper() for name in _dotenv_names(dotenv)} | {name.upper() for name in os.environ}
    return frozenset(stated) | {name for name in Settings.model_fields if PREFIX + name.upper() in names}


def _dotenv_names(dotenv: Path | None) -> list[str]:
    if dotenv is None:
        return []
    try:
        dotenv.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise UsageError(f"'{dotenv}' cannot be read as UTF-8 text: {error}", "save it as UTF-8") from error
    return list(DotEnvSettingsSource(Settings, env_file=dotenv, env_file_encoding="utf-8").env_vars)


def _explain(loc: tuple[int | str, ...], value: object, message: str, stated: dict[str, Any]) -> str:
    name = str(loc[0]) if loc else "settings"
    shown = f"--{name.replace('_', '-')}" if name in stated else f"{PREFIX}{name.upper()}"
    return f"{shown}='{value}': {message[0].lower()}{message[1:]}"


def _refuse_unknown(dotenv: Path | None) -> None:
    """An unknown ``PHI4_…`` name is a typing error that would otherwise change nothing, silently."""
    known = [name.upper() for name in Settings.model_fields]
    stated = dict.fromkeys(os.environ, "the environment")
    stated.update(dict.fromkeys((name.upper() for name in _dotenv_names(dotenv)), f"'{dotenv}'"))
    for name, where in stated.items():
        bare = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and bare not in known:
            close = difflib.get_close_matches(bare, known, n=1)
            hint = f"did you mean {PREFIX}{close[0]}?" if close else "see the names with: phi4 COMMAND --help"
            raise UsageError(f"unknown setting '{name}' in {where}", hint)
