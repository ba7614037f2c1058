"""What a checklist is made of."""

from dataclasses import dataclass

__all__ = ["Checklist", "Item"]


@dataclass(frozen=True)
class Item:
    """One item, in our own words.

    Parameters
    ----------
    number : str
        As the publication numbers it.
    section : str
        The part of the checklist that it belongs to.
    text : str
        What is asked.
    fact : str, default=''
        The fact of a run that answers it; none when empty.
    worth : float, default=0
        Weight or largest number of points.
    proven : float, default=0
        Weight or points when the fact is evidence.
    """

    number: str
    section: str
    text: str
    fact: str = ""
    worth: float = 0
    proven: float = 0


@dataclass(frozen=True)
class Checklist:
    """A checklist.

    Parameters
    ----------
    name : str
        Its short name.
    title : str
        Its full name.
    reference : str
        Where it was published.
    items : tuple of Item
        Its items.
    note : str
        What is known of how these items were checked against the publication.
    unit : {"", "weight", "points"}, default=''
        What its items are worth; empty when nothing is counted.
    """

    name: str
    title: str
    reference: str
    items: tuple
    note: str
    unit: str = ""
