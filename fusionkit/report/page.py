"""One self-contained HTML page: summary dict -> template -> string."""

import re
from importlib.resources import files

import jinja2
from markupsafe import Markup

from ..plotting.style import PALETTE
from .summary import summarise

__all__ = ["render_page", "render_report"]

_ROLES = {color: role for role, color in PALETTE.items()}


def render_report(results, predictions):
    """Return the report of a study as one HTML page that needs no network.

    The same results give the same bytes: the page holds no time, no path and no random id.

    Parameters
    ----------
    results : dict
        The content of ``results.json``; at least ``cohort`` (outcome, n, n_events) and ``comparison`` (baseline,
        estimates). What else is read from it, where it is present: see :mod:`fusionkit.report.records`.
    predictions : DataFrame
        Tidy out-of-fold predictions: fusion, repeat, fold, patient, y_true (0 or 1), y_score (probability). Without
        rows, the curves are left out.

    Returns
    -------
    html : str

    Raises
    ------
    ValueError
        If the results lack the cohort or the comparison, or the predictions lack a column.
    """
    return render_page("template.html", **summarise(results, predictions))


def render_page(template, **content):
    """Return a page made from one of the templates of this package.

    Parameters
    ----------
    template : str
        The template's name.
    **content : dict
        What the template shows; text is escaped.

    Returns
    -------
    html : str
    """
    here = files(__package__)
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (here / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = _breakable
    environment.filters["role"] = lambda color: _ROLES.get(color, "muted")
    style = Markup((here / "template.css").read_text(encoding="utf-8"))
    html = environment.get_template(template).render(style=style, svg=Markup, **content)
    return re.sub(r"(?<=\d) %", "\N{NO-BREAK SPACE}%", html)


def _breakable(text):
    """A name or path that a narrow table may break after its signs, and between the words of CamelCase."""
    return Markup("<wbr>").join(re.split(r"(?<=[_/])(?!_)|(?<=[A-Za-z]\.)(?=\w)|(?<=[a-z])(?=[A-Z])", str(text)))
