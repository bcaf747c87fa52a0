"""Training configurations: frozen dataclasses read from YAML; unknown keys and wrong types are errors."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from fer_ros.core.classification.preprocessing import PreprocessSpec
from fer_ros.core.settings import check_settings, setting
from fer_ros.core.suggestions import did_you_mean, nearest
from fer_training.data.augmentation import AugmentationConfig
from fer_training.legacy import GONE_CONFIGS, GONE_KEYS, RENAMED_CONFIGS, RENAMED_KEYS, refuse_old_name
from fer_training.models.network_config import NetworkConfig

T = TypeVar("T")
CONFIGS = Path(__file__).resolve().parents[1] / "configs"
EXTENDS = "extends"
"""Key of a YAML file that names the config whose values hold where the file has none."""


@dataclass(frozen=True)
class OptimizerConfig:
    """SGD with momentum and a schedule (paper, Section 5); the defaults are the paper's first stage."""

    learning_rate: float = setting(0.01, "Rate at the start, or at the end of the warm-up.", low=1e-9)
    momentum: float = setting(0.9, "Share of the last update that is added to the next one.", low=0.0, high=0.9999)
    nesterov: bool = setting(False, "Whether the momentum is Nesterov's.")
    weight_decay: float = setting(0.00004, "Factor of half the squared norm of the kernels, part of the loss.", low=0.0)
    clip_norm: float = setting(0.0, "Longest gradient over all variables together; 0 for no limit.", low=0.0)
    schedule: str = setting(
        "staircase",
        "'staircase' multiplies by `decay` every `decay_steps`, 'cosine' falls to zero at the last step, 'constant' "
        "stays.",
        choices=("staircase", "cosine", "constant"),
    )
    decay: float = setting(0.94, "Factor of the staircase.", low=0.0, high=1.0)
    decay_steps: int = setting(15 * 448, "Length of a stair.", low=1, unit="mini-batches")
    warmup_steps: int = setting(0, "How long the rate rises from zero; 0 for no warm-up.", low=0, unit="mini-batches")

    def __post_init__(self) -> None:
        """Check the values."""
        check_settings(self)


@dataclass(frozen=True)
class StageConfig:
    """One stage of fine-tuning; the defaults are the paper's first."""

    steps: int = setting(MISSING, "Mini-batches in all.", low=1, unit="mini-batches")
    evaluate_steps: int = setting(MISSING, "From one evaluation to the next.", low=1, unit="mini-batches")
    batch_size: int = setting(64, "Crops in a mini-batch.", low=2)
    seed: int = setting(0, "Of all that is random.", low=0)
    network: NetworkConfig = field(default_factory=NetworkConfig)
    preprocess: PreprocessSpec = field(default_factory=PreprocessSpec)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    center_weight: float = setting(
        0.001, "Lambda of the center loss (paper, Section 3.2.3); 0 is softmax alone.", low=0.0
    )
    center_rate: float = setting(0.001, "Alpha of the center loss: how fast the centers move.", low=0.0)
    label_smoothing: float = setting(0.0, "Share of the target that is spread over all classes.", low=0.0, high=0.99)
    mixup: float = setting(0.0, "Alpha of mixup's Beta distribution; 0 for none.", low=0.0)
    vote_weight: float = setting(0.0, "Weight of a second head that learns FER+ votes; 0 for none.", low=0.0)
    teacher_weight: float = setting(
        0.0, "Share of the target that the teachers' soft targets take; 0 for none.", low=0.0, high=1.0
    )
    teacher_exponent: float = setting(
        1.0, "Exponent of the bundles' mean in the soft targets, see distillation.py.", low=0.01
    )
    votes_exponent: float = setting(
        0.0, "Exponent of what FER+'s votes say in the soft targets; 0 leaves them out.", low=0.0
    )
    consistent_teaching: bool = setting(
        False,
        "Whether the teachers see the very picture that the student sees, augmented and mixed as it is (Beyer et al. "
        "2022), and not each face once.",
    )
    ema: float = setting(
        0.0, "Decay of the weights' moving average that is evaluated and exported; 0 for none.", low=0.0, high=0.99999
    )
    balance: float = setting(0.0, "Exponent of the inverse class frequency in the loss.", low=0.0)
    trained_blocks: int = setting(
        0,
        "How many of the last blocks learn, with the last layer; what stands before them keeps its initial weights and "
        "statistics. 0 trains every layer.",
        low=0,
    )
    keep_head: bool = setting(
        False,
        "Whether a second stage's last layer starts with what the first one knows of the same labels; labels that it "
        "does not know are drawn anew.",
    )
    fixed_statistics: bool = setting(
        False, "Whether batch norm normalises by its initial statistics in training, as it does at run time."
    )

    def __post_init__(self) -> None:
        """Check the values, and those that exclude each other."""
        check_settings(self)
        if self.mixup and self.center_weight:
            raise ValueError("mixup and center loss exclude each other: a mixed picture has no one center")
        if self.consistent_teaching and not self.teacher_weight:
            raise ValueError("consistent_teaching needs a teacher_weight above 0")
        if self.network.size != self.preprocess.size:
            raise ValueError(f"network.size {self.network.size} must equal preprocess.size {self.preprocess.size}")


def check_needs(config: StageConfig, ferplus: Path | None, teachers: Sequence[str]) -> None:
    """Raise ValueError if a config needs votes or teachers that are not given."""
    needed = {
        "--ferplus FILE": (config.vote_weight or config.votes_exponent) and not ferplus,
        "--teacher BUNDLE": config.teacher_weight and not teachers,
    }
    if any(needed.values()):
        raise ValueError(f"this config needs {' and '.join(option for option, lacks in needed.items() if lacks)}")


def from_dict(kind: type[T], values: Any, where: str = "") -> T:
    """Build a config dataclass of plain values.

    Args:
        kind: the dataclass.
        values: a mapping of its fields; what is left out has its default.
        where: what stands before a key in messages.

    Raises:
        ValueError: an unknown, old or missing key, or a value of a wrong type; the message names it.

    """
    if not isinstance(values, dict):
        raise ValueError(f"{where or kind.__name__} must be a mapping, got {type(values).__name__}")
    hints = typing.get_type_hints(kind)
    every = fields(kind)  # type: ignore[arg-type]
    unknown = sorted(set(values) - {f.name for f in every})
    for key in unknown:
        refuse_old_name(key, RENAMED_KEYS, GONE_KEYS, where)
    if unknown:
        raise ValueError(_unknown_keys(kind, unknown, where))
    missing = [f.name for f in every if f.default is f.default_factory is MISSING and f.name not in values]
    if missing:
        raise ValueError(f"{where or kind.__name__}: expected {' and '.join(missing)}, got none")
    return kind(**{key: _convert(hints[key], value, f"{where}{key}") for key, value in values.items()})


def _unknown_keys(kind: type, unknown: list[str], where: str) -> str:
    """Say which keys there are not, and which may have been meant: here, or in another part of the config."""
    known = [f.name for f in fields(kind)]
    lines = []
    for key in unknown:
        here = nearest(str(key), known)
        elsewhere = [name for name in _every_key() if name.rpartition(".")[2] == key]
        meant = f"{where}{here}" if here else next(iter(elsewhere), "") or nearest(str(key), _every_key())
        lines.append(f"unknown key {where}{key}" + (f": did you mean {meant}?" if meant else ""))
    return f"{'; '.join(lines)} (keys here: {', '.join(sorted(known))})"


def _every_key(kind: type | None = None, prefix: str = "") -> list[str]:
    """Return the keys of a stage's config with those of its parts, such as 'optimizer.decay'."""
    names = []
    kind = kind or StageConfig
    hints = typing.get_type_hints(kind)
    for one in fields(kind):
        names.append(f"{prefix}{one.name}")
        if is_dataclass(hints[one.name]):
            names += _every_key(typing.cast(type, hints[one.name]), f"{prefix}{one.name}.")
    return names


def _convert(hint: Any, value: Any, where: str) -> Any:
    if is_dataclass(hint):
        return from_dict(typing.cast(type, hint), value, f"{where}.")
    origin = typing.get_origin(hint)
    if origin is tuple:
        kinds = typing.get_args(hint)
        if not isinstance(value, (list, tuple)) or len(value) != len(kinds):
            raise ValueError(f"{where} must be {len(kinds)} values, got {value!r}")
        return tuple(_convert(k, v, where) for k, v in zip(kinds, value, strict=True))
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ValueError(f"{where} must be {hint.__name__}, got {value!r}")
    return value


def find_config(name: str | Path) -> Path:
    """Return the YAML file of a config named after one in fer_training/configs, or given as a path.

    Raises:
        FileNotFoundError: there is none; the message names the configs there are.
        ValueError: the name is one of version 0.4; the message says what it is called now.

    """
    for path in (Path(name).expanduser(), CONFIGS / f"{name}.yaml"):
        if path.is_file():
            return path
    refuse_old_name(str(name), RENAMED_CONFIGS, GONE_CONFIGS, "config ")
    known = sorted(p.stem for p in CONFIGS.glob("*.yaml"))
    offer = did_you_mean(str(name), known)
    raise FileNotFoundError(f"expected a YAML file or one of {', '.join(known)}, got {str(name)!r}{offer}")


def load_stage_config(path: Path) -> StageConfig:
    """Read a stage's YAML file, and what it extends.

    Raises:
        ValueError: something does not fit, or the files extend each other in a circle; the message names the file.

    """
    try:
        return from_dict(StageConfig, _read_extended(Path(path), ()))
    except yaml.YAMLError as error:
        # The parser's message has several lines, with the place in the file.
        raise ValueError(f"{path}: expected YAML, got {' '.join(str(error).split())}") from None
    except (ValueError, TypeError, FileNotFoundError) as error:
        raise ValueError(f"{path}: {error}") from None


def _read_extended(path: Path, below: tuple[Path, ...]) -> Any:
    """Return the plain values of a YAML file over those of the one that it extends.

    below: the files that extend this one, the first read first.
    """
    if path.resolve() in below:
        names = [p.stem for p in (*below[below.index(path.resolve()) :], path)]
        raise ValueError(f"expected an end of what configs extend, got the circle {' -> '.join(names)}")
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(values, dict) or EXTENDS not in values:
        return values
    name = values.pop(EXTENDS)
    if not isinstance(name, str):
        raise ValueError(f"{EXTENDS} must be the name of a config, got {name!r}")
    # A file beside this one, or one that ships.
    beside = path.parent / f"{name}.yaml"
    base = _read_extended(beside if beside.is_file() else find_config(name), (*below, path.resolve()))
    return _merge(base, values)


def _merge(base: Any, change: Any) -> Any:
    """Return `change` over `base`, key by key where both are mappings."""
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    return {**base, **{key: _merge(base.get(key), value) for key, value in change.items()}}


def to_dict(config: Any) -> dict[str, Any]:
    """Return a config as plain values for YAML and JSON."""
    values = asdict(config)

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value

    return typing.cast(dict[str, Any], plain(values))
