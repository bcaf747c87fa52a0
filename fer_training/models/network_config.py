"""Shape of the network, as configs say it; read without TensorFlow, so that a mistake in a config is told at once."""

from __future__ import annotations

from dataclasses import dataclass

from fer_ros.core.settings import check_settings, setting

# Filters and stride of each depthwise-separable block at width 1 (Howard et al. 2017, Table 1).
BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2), (1024, 1))
STEMS = ("gaussian", "truncated_gaussian", "imagenet")


@dataclass(frozen=True)
class NetworkConfig:
    """Shape of the network; the defaults are the paper's."""

    size: int = setting(48, "Side of the square gray input.", low=8, high=512, unit="pixels")
    width: float = setting(1.0, "Factor on the number of filters of every layer.", low=0.01, high=4.0)
    stem_stride: int = setting(
        2,
        "Stride of the first convolution; 1 keeps twice the resolution in every layer for four times the cost.",
        low=1,
        high=2,
    )
    blocks: int = setting(
        len(BLOCKS), "How many of the 13 blocks are kept, from the first on.", low=1, high=len(BLOCKS)
    )
    dropout: float = setting(0.5, "Dropout before the dense layer.", low=0.0, high=0.99)
    stem: str = setting(
        "gaussian",
        "'gaussian' re-initialises the first convolution as the paper does, 'truncated_gaussian' it and the last layer "
        "as TensorFlow Slim does, 'imagenet' sums ImageNet's over RGB.",
        choices=STEMS,
    )
    batch_norm_momentum: float = setting(0.99, "Share of the moving averages that a step keeps.", low=0.0, high=0.9999)
    squeeze: int = setting(
        0, "Reduction of a squeeze-and-excitation after each block (Hu et al. 2018); 0 for none.", low=0
    )

    def __post_init__(self) -> None:
        """Check the values."""
        check_settings(self)
