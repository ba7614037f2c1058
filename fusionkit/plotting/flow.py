"""Who came in, who was left out and why, and who was analysed."""

import textwrap

from matplotlib.patches import FancyBboxPatch

from .style import PALETTE, check_columns, new_axes, plain_text, shorten, styled

__all__ = ["FlowDisplay"]

WIDTH, EDGE, SPINE, LINE = 4.3, 0.06, 1.5, 0.17
"""Inches: the figure, the air at its sides, the boxes below each other, and one line of text."""


class FlowDisplay:
    """The flow of patients as boxes and arrows, as CONSORT and STARD draw it.

    Parameters
    ----------
    flow : DataFrame
        One row per box: label, n. A row labelled ``"left out"`` becomes the box at the side, with the reasons;
        ``"in any source"`` and ``"analysed"`` stand below each other; all rows before them are the sources on top.
    reasons : list of (str, int), default=()
        Why patients were left out, and how many.
    analysed : list of str, default=()
        Further lines of the last box, such as the events.

    Attributes
    ----------
    ax_ : Axes
        The axis drawn on.
    figure_ : Figure
        Its figure.

    Examples
    --------
    >>> from fusionkit.plotting import FlowDisplay
    >>> flow = [{"label": "in clinical.csv", "n": 80}, {"label": "left out", "n": 6}, {"label": "analysed", "n": 74}]
    >>> [text.get_text() for text in FlowDisplay(flow).plot().ax_.texts if text.get_text()]
    ['in clinical.csv', 'n = 80', 'left out', 'n = 6', 'analysed', 'n = 74']
    """

    def __init__(self, flow, *, reasons=(), analysed=()):
        self.flow = flow
        self.reasons = reasons
        self.analysed = analysed

    def frame(self):
        """Return what is plotted.

        Returns
        -------
        flow : DataFrame
            label, n.
        """
        return check_columns(self.flow, ["label", "n"], "flow")[["label", "n"]].copy()

    def plot(self, ax=None):
        """Draw the boxes.

        Parameters
        ----------
        ax : Axes or None, default=None
            Where to draw; a new figure when None.

        Returns
        -------
        display : FlowDisplay
            Itself.
        """
        sources, spine, left_out = self._boxes()
        rows = [sources[i : i + 3] for i in range(0, len(sources), 3)]
        gaps = [0.3 if rows or i else 0 for i in range(len(spine))]
        if left_out and gaps:
            gaps[-1] = max(0.3, _height(left_out) + 0.24)
        height = sum(_height(max(row, key=len)) + 0.14 for row in rows) + sum(map(_height, spine)) + sum(gaps) + 0.1
        with styled():
            ax = new_axes(ax, (WIDTH, height), (0, 0, 0, 0))
            ax.set(xlim=(0, WIDTH), ylim=(0, height))
            ax.set_axis_off()
            top = _draw_sources(ax, rows, height - 0.05)
            _draw_spine(ax, spine, gaps, left_out, top)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _boxes(self):
        """Lines of text of the source boxes, of the boxes below each other, and of the box at the side."""
        steps = [(plain_text(row.label), row.n) for row in self.frame().itertuples()]
        inner = {"in any source", "left out", "analysed"}
        sources = [[*textwrap.wrap(shorten(label, 44), 22), f"n = {n}"] for label, n in steps if label not in inner]
        spine = [[label, f"n = {n}"] for label, n in steps if label in {"in any source", "analysed"}]
        if spine and any(label == "analysed" for label, _ in steps):
            spine[-1] += [shorten(line, 22) for line in self.analysed]
        if len(sources) == 1:
            sources, spine = [], sources + spine
        left_out = [[label, f"n = {n}"] for label, n in steps if label == "left out"]
        reasons = [line for reason, n in self.reasons for line in _wrapped(reason, n)]
        return sources, spine, [*left_out[0], *reasons] if left_out else []


def _wrapped(reason, n):
    text = textwrap.shorten(plain_text(reason), 96, placeholder=" …")
    return textwrap.wrap(f"{n} × {text}", 34, subsequent_indent="    ")


def _height(lines):
    return LINE * len(lines) + 0.14


def _draw_sources(ax, rows, top):
    """Rows of boxes side by side, with a line below the last; returns where the line runs."""
    for row in rows:
        height = _height(max(row, key=len))
        step = WIDTH / len(row)
        for i, lines in enumerate(row):
            _box(ax, step * i + EDGE, top - height, step - 2 * EDGE, height, lines)
        top -= height + 0.14
    if rows:
        ax.plot([EDGE, WIDTH - EDGE], [top + 0.07, top + 0.07], color=PALETTE["muted"], linewidth=0.9)
    return top


def _draw_spine(ax, spine, gaps, left_out, top):
    """The boxes below each other, an arrow above each, and the box at the side of the last arrow."""
    middle = EDGE + SPINE / 2
    for i, (lines, gap) in enumerate(zip(spine, gaps, strict=True)):
        if gap:
            _arrow(ax, (middle, top + (0.07 if i == 0 else 0)), (middle, top - gap + 0.02))
        if left_out and i == len(spine) - 1:
            side, left = _height(left_out), EDGE + SPINE + 0.22
            _arrow(ax, (middle, top - gap / 2), (left - 0.02, top - gap / 2))
            _box(ax, left, top - (gap + side) / 2, WIDTH - left - EDGE, side, left_out, indent=True)
        top -= gap + _height(lines)
        _box(ax, EDGE, top, SPINE, _height(lines), lines)


def _box(ax, x, y, width, height, lines, *, indent=False):
    shape = FancyBboxPatch(
        (x, y),
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.05",
        facecolor=PALETTE["wash"],
        edgecolor=PALETTE["rule"],
        linewidth=0.9,
    )
    ax.add_patch(shape)
    place = {"x": x + 0.1, "horizontalalignment": "left"} if indent else {"x": x + width / 2}
    align = {"horizontalalignment": "center", "verticalalignment": "center", **place}
    top = y + height / 2 + LINE * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        ax.text(y=top - LINE * number, s=line, **align)


def _arrow(ax, start, end):
    style = {"arrowstyle": "-|>", "color": PALETTE["muted"], "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops={**style, "mutation_scale": 8})
