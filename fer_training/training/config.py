"""Training configurations: frozen dataclasses read from YAML; unknown keys and wrong types are errors."""

from __future__ import annotations

import types
import typing
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from fer_ros.core.classification.preprocessing import PreprocessSpec
from fer_training.data.augmentation import AugmentationConfig
from fer_training.models.mobilenet import NetworkConfig

T = TypeVar("T")
CONFIGS = Path(__file__).resolve().parents[1] / "configs"


@dataclass(frozen=True)
class OptimizerConfig:
    """SGD with momentum and a schedule (paper, Section 5); the defaults are the paper's first stage.

    learning_rate: at the start, or at the end of the warm-up.  schedule: 'staircase' multiplies by `decay` every
    `decay_steps`, 'cosine' falls to zero at the last step, 'constant' stays.
    weight_decay: factor of half the squared norm of the kernels, part of the loss.
    clip_norm: longest gradient over all variables together, 0 for no limit.
    """

    learning_rate: float = 0.01
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 0.00004
    clip_norm: float = 0.0
    schedule: str = "staircase"
    decay: float = 0.94
    decay_steps: int = 15 * 448
    warmup_steps: int = 0

    def __post_init__(self) -> None:
        """Check the values."""
        if self.schedule not in ("staircase", "cosine", "constant"):
            raise ValueError(f"schedule must be 'staircase', 'cosine' or 'constant', got {self.schedule!r}")
        if self.learning_rate <= 0 or self.decay_steps <= 0:
            raise ValueError(f"learning_rate and decay_steps must be positive, got {self.learning_rate}")


@dataclass(frozen=True)
class StageConfig:
    """One stage of fine-tuning; the defaults are the paper's first, as DESIGN reads it.

    steps: mini-batches in all.  evaluate_steps: between two looks at the validation set.
    center_weight, center_rate: lambda and alpha of Section 3.2.3; weight 0 is softmax alone.
    label_smoothing: share of the target spread over all classes.  mixup: alpha of the Beta distribution, 0 for none.
    vote_weight: weight of a second head that learns FER+ votes, 0 for none.
    teacher_weight: share of the target that the teachers' answer takes, 0 for none.  teacher_power, teacher_votes:
    exponents of the bundles and of FER+'s votes in that answer, see teacher.py.  teacher_view: they answer for the very
    picture that the student sees, changed and mixed as it is, and not once for each face.
    ema: decay of the weights' moving average that is evaluated and exported, 0 for none.
    balance: exponent of the inverse class frequency in the loss.
    """

    steps: int
    evaluate_steps: int
    batch_size: int = 64
    seed: int = 0
    network: NetworkConfig = field(default_factory=NetworkConfig)
    preprocess: PreprocessSpec = field(default_factory=PreprocessSpec)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    center_weight: float = 0.001
    center_rate: float = 0.001
    label_smoothing: float = 0.0
    mixup: float = 0.0
    vote_weight: float = 0.0
    teacher_weight: float = 0.0
    teacher_power: float = 1.0
    teacher_votes: float = 0.0
    teacher_view: bool = False
    ema: float = 0.0
    balance: float = 0.0

    def __post_init__(self) -> None:
        """Check the values."""
        if self.steps < 1 or self.evaluate_steps < 1 or self.batch_size < 2:
            raise ValueError("steps and evaluate_steps must be at least 1 and batch_size at least 2")
        if self.mixup and self.center_weight:
            raise ValueError("mixup and center loss exclude each other: a mixed picture has no one center")
        if not 0 <= self.label_smoothing < 1 or not 0 <= self.ema < 1:
            raise ValueError(f"label_smoothing and ema must be 0 to 1, got {self.label_smoothing} and {self.ema}")
        if not 0 <= self.teacher_weight <= 1:
            raise ValueError(f"teacher_weight must be 0 to 1, got {self.teacher_weight}")
        if self.teacher_view and not self.teacher_weight:
            raise ValueError("teacher_view needs a teacher_weight above 0")
        if self.teacher_power <= 0 or self.teacher_votes < 0:
            raise ValueError(
                "teacher_power must be positive and teacher_votes not negative, "
                f"got {self.teacher_power} and {self.teacher_votes}"
            )
        if self.network.size != self.preprocess.size:
            raise ValueError(f"network.size {self.network.size} must equal preprocess.size {self.preprocess.size}")


def from_dict(kind: type[T], values: Any, where: str = "") -> T:
    """Build a config dataclass of plain values. Raises ValueError naming an unknown key or a wrong type."""
    if not isinstance(values, dict):
        raise ValueError(f"{where or kind.__name__} must be a mapping, got {type(values).__name__}")
    hints = typing.get_type_hints(kind)
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"{where or kind.__name__}: expected keys {sorted(known)}, got also {unknown}")
    return kind(**{key: _convert(hints[key], value, f"{where}{key}") for key, value in values.items()})


def _convert(hint: Any, value: Any, where: str) -> Any:
    if is_dataclass(hint):
        return from_dict(typing.cast(type, hint), value, f"{where}.")
    origin = typing.get_origin(hint)
    if origin is tuple:
        kinds = typing.get_args(hint)
        if not isinstance(value, (list, tuple)) or len(value) != len(kinds):
            raise ValueError(f"{where} must be {len(kinds)} values, got {value!r}")
        return tuple(_convert(k, v, where) for k, v in zip(kinds, value, strict=True))
    if origin in (typing.Union, types.UnionType):
        return value if value is None else _convert(typing.get_args(hint)[0], value, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ValueError(f"{where} must be {hint.__name__}, got {value!r}")
    return value


def find_config(name: str | Path) -> Path:
    """Return the YAML file of a config named after one in fer_training/configs, or given as a path.

    Raises FileNotFoundError naming the configs there are.
    """
    for path in (Path(name), CONFIGS / f"{name}.yaml"):
        if path.is_file():
            return path
    known = ", ".join(sorted(p.stem for p in CONFIGS.glob("*.yaml")))
    raise FileNotFoundError(f"expected a YAML file or one of {known}, got {str(name)!r}")


def load_stage_config(path: Path) -> StageConfig:
    """Read a stage's YAML file. Raises ValueError with the file's name for anything that does not fit."""
    try:
        return from_dict(StageConfig, yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except (ValueError, TypeError, yaml.YAMLError) as error:
        raise ValueError(f"{path}: {error}") from None


def to_dict(config: Any) -> dict[str, Any]:
    """Return a config as plain values for YAML and JSON."""
    values = asdict(config)

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value

    return typing.cast(dict[str, Any], plain(values))
