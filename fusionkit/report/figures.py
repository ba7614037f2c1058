"""Figures as inline SVG: the same bytes in every run, coloured by the page's theme, named for screen readers."""

import io
import re
import warnings
from xml.etree import ElementTree

import matplotlib

from ..plotting.style import PALETTE

__all__ = ["inline_svg"]

_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_VARIABLES = {color: f"var(--{role})" for role, color in PALETTE.items()}


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
    root = ElementTree.fromstring(_draw(figure))
    for parent in root.iter():
        for child in [child for child in parent if _bare(child.tag) == "metadata"]:
            parent.remove(child)
    for element in root.iter():
        element.tag = _bare(element.tag)
        element.attrib = {_bare(key): _mended(_bare(key), value, name) for key, value in element.attrib.items()}
    _, _, width, height = map(float, root.get("viewBox").split())
    texts = {f"{name}-title": ("title", title), f"{name}-desc": ("desc", description)}
    for place, (key, (tag, text)) in enumerate(texts.items()):
        element = ElementTree.Element(tag, {"id": key})
        element.text = text
        root.insert(place, element)
    root.attrib = {
        "viewBox": f"0 0 {width:g} {height:g}",
        "width": f"{width * 4 / 3:.0f}",
        "height": f"{height * 4 / 3:.0f}",
        "role": "img",
        "aria-labelledby": " ".join(texts),
    }
    return ElementTree.tostring(root, encoding="unicode")


def _draw(figure):
    out = io.StringIO()
    settings = {"svg.hashsalt": "fusionkit", "svg.fonttype": "none"}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # text stays text, and the reader's own fonts have the signs that matplotlib's lacks
        warnings.filterwarnings("ignore", message=r"Glyph \d+", category=UserWarning)
        figure.savefig(out, format="svg", metadata=_NO_METADATA, facecolor="none", edgecolor="none")
    return out.getvalue()


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
