"""Figures as SVG: the same bytes in every run, named for screen readers; in the page coloured by its theme."""

import io
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree

import matplotlib

from ..plotting.style import PALETTE, plain_text

__all__ = ["Drawing", "inline_svg"]

_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_SVG = "{http://www.w3.org/2000/svg}"
_VARIABLES = {color: f"var(--{role})" for role, color in PALETTE.items()}


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure of the report in every form that a document may want.

    Parameters
    ----------
    name : str
        Letters, digits and dashes; unique in the report. Also the name of its files.
    title : str
        What it is.
    description : str
        What it shows, for those who do not see it.
    caption : str
        What stands below it.
    display : Display
        What was drawn; has ``figure_`` and ``frame()``.
    """

    name: str
    title: str
    description: str
    caption: str
    display: object

    @cached_property
    def svg(self):
        """The figure as an element of the page."""
        return inline_svg(self.display.figure_, name=self.name, title=self.title, description=self.description)

    @property
    def width_px(self):
        """The width at which the figure's text is as large as that of the page's notes, in CSS pixels."""
        return round(self.display.figure_.get_figwidth() * 96 * 1.15)

    def file_svg(self):
        """Return the figure as an SVG file of its own, on white.

        Returns
        -------
        svg : str
        """
        root = _without_metadata(_draw(self.display.figure_, facecolor="white"))
        for place, (tag, text) in enumerate((("title", self.title), ("desc", self.description))):
            element = ElementTree.Element(f"{_SVG}{tag}")
            element.text = plain_text(text)
            root.insert(place, element)
        ElementTree.register_namespace("", _SVG[1:-1])
        ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
        return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)

    def png(self, dpi=200):
        """Return the figure as a PNG on white, for documents that cannot hold SVG.

        Parameters
        ----------
        dpi : int, default=200
            Dots per inch.

        Returns
        -------
        png : bytes
        """
        out = io.BytesIO()
        with _quiet():
            self.display.figure_.savefig(out, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
        return out.getvalue()


def inline_svg(figure, *, name, title, description):
    """Return a figure as an SVG element that can stand in an HTML page.

    Parameters
    ----------
    figure : Figure
        What a Display has drawn.
    name : str
        Letters, digits and dashes; begins every id in the element, and must be unique in the page.
    title, description : str
        What the figure is and what it shows, for those who do not see it.

    Returns
    -------
    svg : str
        Escaped; text stays text; colours of the palette are CSS variables.
    """
    root = _without_metadata(_draw(figure))
    for element in root.iter():
        element.tag = _bare(element.tag)
        element.attrib = {_bare(key): _mended(_bare(key), value, name) for key, value in element.attrib.items()}
    _, _, width, height = map(float, root.get("viewBox").split())
    texts = {f"{name}-title": ("title", title), f"{name}-desc": ("desc", description)}
    for place, (key, (tag, text)) in enumerate(texts.items()):
        element = ElementTree.Element(tag, {"id": key})
        element.text = plain_text(text)
        root.insert(place, element)
    root.attrib = {
        "viewBox": f"0 0 {width:g} {height:g}",
        "width": f"{width * 4 / 3:.0f}",
        "height": f"{height * 4 / 3:.0f}",
        "role": "img",
        "aria-labelledby": " ".join(texts),
    }
    return ElementTree.tostring(root, encoding="unicode")


def _draw(figure, facecolor="none"):
    out = io.StringIO()
    with _quiet():
        figure.savefig(out, format="svg", metadata=_NO_METADATA, facecolor=facecolor, edgecolor="none")
    return out.getvalue()


@contextmanager
def _quiet():
    """Text stays text, ids depend on nothing but the figure, and signs that matplotlib's own font lacks do not warn."""
    settings = {"svg.hashsalt": "fusionkit", "svg.fonttype": "none"}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+", category=UserWarning)
        yield


def _without_metadata(svg):
    root = ElementTree.fromstring(svg)
    for parent in root.iter():
        for child in [child for child in parent if _bare(child.tag) == "metadata"]:
            parent.remove(child)
    return root


def _bare(name):
    return name.rpartition("}")[2]


def _mended(key, value, name):
    """An attribute with ids made unique in the page, and the palette's colours left to the page's theme."""
    if key == "id":
        return f"{name}-{value}"
    if key == "href":
        return value.replace("#", f"#{name}-", 1)
    value = re.sub(r"url\(#", f"url(#{name}-", value)
    return re.sub(r"#[0-9a-f]{6}\b", lambda hit: _VARIABLES.get(hit.group(), hit.group()), value)
