"""The palette: every expression has a colour, can be read, and differs from the others with any colour-blindness."""

from itertools import combinations

import cv2
import numpy as np
import pytest

from fer_ros.core.emotions import EMOTIONS
from fer_ros.core.palette import COLOURS, DARK, EDGE, LIGHT, PEOPLE, UNCERTAIN, contrast, ink, rgb

# How colours look, as matrices on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
SIGHT = {
    "all colours": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def seen(colour, sight):
    """CIE L*a*b* of a colour, as somebody with this sight has it."""
    values = np.array(rgb(colour)) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(SIGHT[sight]) @ linear, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return cv2.cvtColor(encoded.astype(np.float32)[None, None], cv2.COLOR_RGB2LAB)[0, 0]


def difference(one, other, sight):
    """CIEDE2000; 1 is what can just be seen of two colours that touch each other."""
    from skimage.color import deltaE_ciede2000

    return float(deltaE_ciede2000(seen(one, sight), seen(other, sight)))


def test_the_difference_is_that_of_the_field():
    """Against a pair that Sharma et al. (2005) publish, through the same function."""
    from skimage.color import deltaE_ciede2000

    assert deltaE_ciede2000([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485]) == pytest.approx(2.0425, abs=1e-4)
    assert difference("#ffffff", "#000000", "all colours") == pytest.approx(100, abs=0.1)


def test_every_expression_has_a_colour_of_its_own_in_the_class_order():
    assert tuple(COLOURS) == EMOTIONS and len(set(COLOURS.values())) == len(EMOTIONS)


@pytest.mark.parametrize(("sight", "least"), [("all colours", 20), *((name, 15) for name in list(SIGHT)[1:])])
def test_no_two_expressions_look_alike_to_anybody(sight, least):
    differences = {(a, b): difference(COLOURS[a], COLOURS[b], sight) for a, b in combinations(EMOTIONS, 2)}
    assert min(differences.values()) >= least, min(differences.items(), key=lambda item: item[1])


def test_okabe_and_ito_would_not_pass():
    """The palette this one begins at has two of its colours and gray too close together for eight classes."""
    assert difference("#cc79a7", "#8c8c8c", "deuteranopia") < 15


def test_people_differ_from_each_other_even_without_their_numbers():
    for sight in SIGHT:
        assert min(difference(a, b, sight) for a, b in combinations(PEOPLE, 2)) > 7, sight


@pytest.mark.parametrize("colour", [*COLOURS.values(), *PEOPLE, UNCERTAIN])
def test_what_is_written_on_a_colour_can_be_read(colour):
    assert contrast(ink(colour), colour) >= 4.5


@pytest.mark.parametrize("ground", [LIGHT, DARK])
def test_a_colour_or_its_edge_stands_out_of_the_ground(ground):
    """3 to 1 (WCAG 2.2, 1.4.11)."""
    for colour in (*COLOURS.values(), *PEOPLE, UNCERTAIN):
        assert max(contrast(colour, ground), contrast(EDGE[ground], ground)) >= 3


def test_contrast_is_that_of_wcag():
    assert contrast("#ffffff", "#000000") == pytest.approx(21) and contrast("#777777", "#777777") == 1
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
