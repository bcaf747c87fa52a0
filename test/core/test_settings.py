"""A setting is declared once; its declaration checks it."""

from dataclasses import dataclass, replace

import pytest

from fer_ros.core.settings import check_settings, setting, settings_of


@dataclass(frozen=True)
class Oven:
    degrees: float = setting(180.0, "Heat of the oven.", low=50, high=250, unit="degrees")
    racks: int = setting(2, "Racks in use.", low=1)
    mode: str = setting("air", "What moves the heat.", choices=("air", "grill"))
    light: bool = setting(True, "Whether one sees inside.")

    def __post_init__(self):
        check_settings(self)


def test_a_declaration_is_found_by_name_on_class_and_instance():
    assert settings_of(Oven) == settings_of(Oven())
    assert settings_of(Oven)["degrees"].high == 250 and settings_of(Oven)["mode"].choices == ("air", "grill")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"degrees": 300.0}, "degrees must be 50 to 250 degrees, got 300"),
        ({"degrees": float("nan")}, "degrees must be 50 to 250 degrees, got nan"),
        ({"degrees": "hot"}, "degrees must be a number, got 'hot'"),
        ({"degrees": True}, "degrees must be a number, got True"),
        ({"racks": 0}, "racks must be at least 1, got 0"),
        ({"racks": 1.5}, "racks must be a whole number, got 1.5"),
        ({"mode": "steam"}, "mode must be one of air, grill, got 'steam'"),
        ({"light": 1}, "light must be true or false, got 1"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_was_expected(values, message):
    with pytest.raises(ValueError, match=message):
        Oven(**values)


def test_the_ends_of_a_range_and_a_whole_number_for_a_decimal_are_accepted():
    assert replace(Oven(), degrees=250).degrees == 250
