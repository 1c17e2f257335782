"""Plots as small SVG files, drawn from stored results."""

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
import matplotlib.pyplot as pyplot
from matplotlib.axes import Axes

from settings import HERE

FOLDER = HERE / "plots"
OURS, THEIRS = "#d6471f", "#8fa3b0"

matplotlib.use("svg")
matplotlib.rcParams |= {
    "svg.hashsalt": "clipseg",  # the same results give the same file
    "svg.fonttype": "none",  # text stays text
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.3,
}


@contextmanager
def plot(name: str, width: float = 7, height: float = 3.2, columns: int = 1) -> Iterator[list[Axes]]:
    """Axes to draw on; they are saved when they are left."""
    figure, axes = pyplot.subplots(1, columns, figsize=(width, height), layout="constrained", squeeze=False)
    yield list(axes[0])
    FOLDER.mkdir(exist_ok=True)
    figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None})
    pyplot.close(figure)


def bars(axes: Axes, values: dict[str, float], unit: str) -> None:
    """Horizontal bars, clipseg's in a colour of their own."""
    names = list(values)[::-1]
    drawn = axes.barh(
        names, [values[name] for name in names], color=[OURS if "clipseg" in name else THEIRS for name in names]
    )
    axes.bar_label(drawn, fmt="%.3g", padding=3)
    axes.set_xlabel(unit)
    axes.grid(False, axis="y")
    axes.margins(x=0.15)
