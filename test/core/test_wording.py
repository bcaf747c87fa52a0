"""Numbers of things in words."""

import pytest

from fer_ros.core.wording import counted


@pytest.mark.parametrize(("number", "said"), [(0, "0 faces"), (1, "1 face"), (2, "2 faces")])
def test_one_thing_is_not_called_several(number, said):
    assert counted(number, "face") == said
