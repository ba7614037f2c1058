"""What the report says of the intervals, which depends on how they were made."""

from dataclasses import dataclass

__all__ = ["IntervalWords", "interval_words"]


@dataclass(frozen=True)
class IntervalWords:
    """One way to make an interval, in words.

    Parameters
    ----------
    methods : str
        What follows "confidence intervals (CI)" in the methods paragraph, with ``{cite}`` for the reference.
    note : str
        A sentence for the reader of the table.
    reference : str or None
        Key of the reference.
    narrow_at_chance : bool
        Whether the intervals of a model at chance are somewhat too narrow.
    """

    methods: str
    note: str
    reference: str | None
    narrow_at_chance: bool


_WORDS = {
    "instability": IntervalWords(
        "rest on DeLong's variance{cite}, computed within test folds with every pair of patients counted once, and "
        "widened by how much the patients' ranks move between repeats, that is by what the choice of training patients "
        "adds (fusionkit's own method, held to its nominal coverage by simulation)",
        "The intervals rest on DeLong's variance within the test folds, widened by how much the patients' ranks move "
        "when the training patients change from repeat to repeat. The method is fusionkit's own: simulation, not a "
        "publication, holds it to its promise.",
        "delong",
        False,
    ),
    "corrected resampled t": IntervalWords(
        "are corrected resampled t intervals{cite}",
        "The intervals are corrected resampled t intervals over the test folds (Nadeau and Bengio 2003): they allow "
        "for folds that share training patients.",
        "interval",
        True,
    ),
}
"""How the method's name begins -> its words."""

_UNSTATED = IntervalWords("were computed from the test folds", "", None, False)


def interval_words(comparison):
    """Return the words for the intervals of a comparison.

    Parameters
    ----------
    comparison : dict
        ``results["comparison"]``; its key ``interval`` names the method.

    Returns
    -------
    words : IntervalWords

    Raises
    ------
    ValueError
        If the method is one that the report has no words for.
    """
    method = comparison.get("interval")
    if method is None:
        return _UNSTATED
    for beginning, words in _WORDS.items():
        if method.startswith(beginning):
            return words
    raise ValueError(f"the report has no words for intervals made by {method!r}; it knows {', '.join(_WORDS)}")
