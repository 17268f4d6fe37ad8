"""The parties' colours: apart for every kind of sight, in grey, and on white and dark paper.

Dichromacy is simulated with the matrices of severity 1.0 of G. M. Machado, M. M. Oliveira and
L. A. F. Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
IEEE Transactions on Visualization and Computer Graphics 15 (6), 2009, pp. 1291-1298, applied to
linear RGB. Distances are CIE 1976 ΔE in CIELAB under D65; 2.3 is just noticeable.
"""

from itertools import combinations

import numpy as np
import pytest

from briefing.claims.load import load
from briefing.render.svg import DARK_PAPER, dark_twin
from briefing.report.pictures import as_grey

#: Parties that stand side by side in a chart.
TOGETHER = ("russia", "china", "us")
#: The least distance of two colours, and the least difference of two lightnesses where hue is lost.
APART, GREYS_APART = 20, 12
MATRICES = {
    "usual sight": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
#: From linear sRGB to CIE XYZ, and the white of D65.
XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
       [0.0193339, 0.1191920, 0.9503041]]  # fmt: skip
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(color: str) -> np.ndarray:
    """A hex colour as linear RGB, each part from 0 to 1."""
    parts = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB as CIELAB: lightness, green to red, blue to yellow."""
    scaled = np.array(XYZ) @ rgb / WHITE
    root = np.where(scaled > (6 / 29) ** 3, np.cbrt(scaled), scaled / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = root
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def seen(color: str, sight: str) -> np.ndarray:
    """A colour in CIELAB as it looks to a kind of sight."""
    return lab(np.clip(np.array(MATRICES[sight]) @ linear(color), 0, 1))


def contrast(color: str, paper: str) -> float:
    """The contrast ratio that WCAG 2 defines."""
    lights = sorted(float(np.array(XYZ)[1] @ linear(each)) + 0.05 for each in (color, paper))
    return lights[1] / lights[0]


def colors(theme: str) -> dict[str, str]:
    """The colours of the parties that stand together, in the light or the dark theme."""
    given = {key: load().parties[key].color for key in TOGETHER}
    return given if theme == "light" else {key: dark_twin(it) for key, it in given.items()}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", MATRICES)
def test_parties_that_stand_together_are_told_apart(sight, theme):
    for one, other in combinations(colors(theme).values(), 2):
        assert np.linalg.norm(seen(one, sight) - seen(other, sight)) >= APART


@pytest.mark.parametrize(("theme", "paper"), [("light", "#ffffff"), ("dark", DARK_PAPER)])
def test_every_colour_stands_out_from_its_paper(theme, paper):
    for color in colors(theme).values():
        assert contrast(color, paper) >= 3


def test_printed_in_grey_the_colours_stand_out_and_differ_in_lightness():
    every = [as_grey(party.color) for party in load().parties.values() if party.color]
    assert all(contrast(color, "#ffffff") >= 3 for color in every)
    for one, other in combinations(colors("light").values(), 2):
        lightness = [lab(linear(as_grey(color)))[0] for color in (one, other)]
        assert abs(lightness[0] - lightness[1]) >= GREYS_APART


def test_leaders_wear_the_colour_of_their_country():
    parties = load().parties
    pairs = {"vladimir-putin": "russia", "xi-jinping": "china", "joe-biden": "us"}
    for leader, country in pairs.items():
        assert parties[leader].color == parties[country].color
