"""One look for every picture and sentence: palette, fonts, alt text, and how a picture leaves a cell."""

from __future__ import annotations

import base64
import functools
import html
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playbook.findings import Missing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette, told apart with all common forms of colour blindness
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#5C5C5C")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
INK, MUTED, RULE = "#1B1F24", "#5B6470", "#D6DAE0"
WIDTH_INCHES = 7.6
DPI = 130


@dataclass(frozen=True)
class Note:
    """A sentence or two, as text and as a paragraph with a class that the pages style."""

    text: str
    kind: str = "answer"

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<p class="pb-{self.kind}">{html.escape(self.text)}</p>'


@dataclass(frozen=True)
class Picture:
    """A finished picture with its alt text."""

    png: bytes
    alt: str
    width: int

    def __repr__(self) -> str:
        return f"[Picture: {self.alt}]"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data = {"image/png": base64.b64encode(self.png).decode(), "text/plain": repr(self)}
        # JupyterLab marks such a picture, and its dark theme turns it over (see tables.LAB_STYLE)
        return data, {"image/png": {"alt": self.alt, "width": self.width}, "needs_background": "light"}


def say(text: str | Missing, kind: str = "answer") -> Note:
    """Show a computed sentence.

    >>> say("Your data cannot tell.")
    Your data cannot tell.
    """
    return missing(text) if isinstance(text, Missing) else Note(text, kind)


def missing(what: Missing) -> Note:
    """Show what is missing and what to add."""
    return Note(what.text, "missing")


def takes_missing(show: Callable) -> Callable:
    """Let a function that shows a result take :class:`Missing` in its place."""

    @functools.wraps(show)
    def shown(result: Any, *args: Any, **kwargs: Any) -> Any:
        return missing(result) if isinstance(result, Missing) else show(result, *args, **kwargs)

    return shown


def figure(*, height: float = 3.8, columns: int = 1, rows: int = 1, share_y: bool = False, share_x: bool = False) -> tuple[Figure, Any]:
    """Return a new figure in the kit's look, and its axes (one, or an array where there are several).

    Parameters
    ----------
    height : float
        Inches; the width is the page's.
    """
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    from playbook.show.plain_seaborn import seaborn as sns

    sns.set_theme(
        style="whitegrid",
        palette=list(PALETTE),
        rc={
            "font.family": ["DejaVu Sans"],
            "font.size": 10,
            "axes.edgecolor": RULE,
            "axes.labelcolor": MUTED,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "grid.color": "#ECEEF1",
            "text.color": INK,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "legend.frameon": False,
            "figure.dpi": DPI,
            "svg.hashsalt": "playbook",
            # a dollar is money here, not mathematics
            "text.parse_math": False,
        },
    )
    return plt.subplots(rows, columns, figsize=(WIDTH_INCHES, height), sharey=share_y, sharex=share_x, layout="constrained")


def finish(fig: Figure, *, title: str, subtitle: str, alt: str) -> Picture:
    """Title a figure, render it once and close it.

    Parameters
    ----------
    title : str
        The finding, as a computed sentence.
    subtitle : str
        What is plotted, n and interval.
    alt : str
        What the picture shows, for those who cannot see it.
    """
    import textwrap

    import matplotlib.pyplot as plt

    lines = textwrap.wrap(title, 70)
    below = textwrap.wrap(subtitle, 108)
    step = 0.235 / fig.get_figheight()
    top = 1 - 0.06 / fig.get_figheight()
    for i, line in enumerate(lines):
        fig.text(0.012, top - i * step, line, ha="left", va="top", fontsize=12, fontweight="bold", color=INK)
    for i, line in enumerate(below):
        fig.text(0.012, top - len(lines) * step - i * 0.185 / fig.get_figheight(), line, ha="left", va="top", fontsize=9, color=MUTED)
    head = len(lines) * step + len(below) * 0.185 / fig.get_figheight() + 0.16 / fig.get_figheight()
    _without_unseen_ticks(fig)
    layout = fig.get_layout_engine()
    layout.set(rect=(0, 0, 1, 1 - head))
    png = _rendered(fig, layout)
    plt.close(fig)
    return Picture(png, alt, int(fig.get_figwidth() * 96))


def _without_unseen_ticks(fig: Figure) -> None:
    """Take away the minor ticks of logarithmic axes where they have no label: nobody sees them, and they take a third of the time."""
    from matplotlib.ticker import NullFormatter, NullLocator

    for axes in fig.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if axis.get_scale() == "log" and isinstance(axis.get_minor_formatter(), NullFormatter):
                axis.set_minor_locator(NullLocator())


def _rendered(fig: Figure, layout: Any) -> bytes:
    """Lay a figure out and draw it once; `savefig` alone would draw it once more to lay it out."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    out = io.BytesIO()
    layout.execute(fig)
    fig.set_layout_engine("none")
    # the strongest compression takes twice as long for a twentieth of the size
    fig.set(dpi=DPI, facecolor="white")
    # by the canvas itself: `savefig` would go through all that is drawn once more, for a box that is not asked for
    FigureCanvasAgg(fig).print_png(out, metadata={"Software": None}, pil_kwargs={"compress_level": 3})
    return out.getvalue()


def percent_axis(axis: Any, digits: int | None = None) -> None:
    """Write an axis of shares (0-1) as per cent."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:.{digits}f} %" if digits is not None else f"{100 * v:g} %"))


def count_axis(axis: Any) -> None:
    """Write an axis of counts as 1k, 10k, 1M."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda v, _: short_count(v)))


def short_count(value: float) -> str:
    """Write a count for an axis.

    >>> short_count(1500), short_count(2_000_000), short_count(12)
    ('1.5k', '2M', '12')
    """
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def label_at(axes: Axes, x: float, y: float, text: str, colour: str = INK, **options: Any) -> None:
    """Write a label beside a mark, instead of a legend."""
    axes.annotate(text, (x, y), xytext=(6, 0), textcoords="offset points", va="center", fontsize=9, color=colour, **options)
