"""Reporting checklists filled in from a run: evidence where the run proves it, a draft to edit, or yours to answer."""

from collections import Counter
from dataclasses import dataclass

from .checklist_facts import DRAFT, EVIDENCE, FACTS, YOURS
from .clear import CLEAR
from .document import Bullets, Document, Section, Table
from .metrics_score import METRICS
from .numbers import count, percent
from .rqs import RQS
from .tripod_ai import TRIPOD_AI

__all__ = ["CHECKLISTS", "Answered", "answer_checklist", "checklist_document"]

CHECKLISTS = {"clear": CLEAR, "tripod-ai": TRIPOD_AI, "metrics": METRICS, "rqs": RQS}
"""Name on the command line -> checklist."""

_ORDER = (EVIDENCE, DRAFT, YOURS)


@dataclass(frozen=True)
class Answered:
    """One item and what the run has to say to it.

    Parameters
    ----------
    item : Item
        What is asked.
    status : {"evidence", "draft", "yours to answer"}
        ``"evidence"`` only where the run itself proves it.
    text : str
        The answer; empty when it is yours.
    where : str
        Where in the report or in results.json the evidence stands.
    """

    item: object
    status: str
    text: str
    where: str

    @property
    def worth(self):
        """Weight or points that the run proves."""
        return self.item.proven if self.status == EVIDENCE else 0


def answer_checklist(name, results):
    """Return every item of a checklist with its answer.

    Parameters
    ----------
    name : {"clear", "tripod-ai", "metrics", "rqs"}
        Which checklist.
    results : dict
        The content of ``results.json``.

    Returns
    -------
    answers : list of Answered
        In the order of the checklist.

    Raises
    ------
    ValueError
        If there is no such checklist.
    """
    if name not in CHECKLISTS:
        raise ValueError(f"there is no checklist {name!r}; there are {', '.join(CHECKLISTS)}")
    found = []
    for item in CHECKLISTS[name].items:
        answer = FACTS[item.fact](results) if item.fact else None
        found.append(Answered(item, *(answer or (YOURS, "", ""))))
    return found


def checklist_document(name, results):
    """Return a filled checklist as a document.

    Parameters
    ----------
    name : {"clear", "tripod-ai", "metrics", "rqs"}
        Which checklist.
    results : dict
        The content of ``results.json``.

    Returns
    -------
    document : Document

    Raises
    ------
    ValueError
        If there is no such checklist.
    """
    checklist, answers = CHECKLISTS.get(name), answer_checklist(name, results)
    title = (results.get("study") or {}).get("title") or "Does imaging add to the record?"
    sections = [Section("How to read this", list(_introduction(checklist, answers)))]
    for heading in dict.fromkeys(answer.item.section for answer in answers):
        mine = [answer for answer in answers if answer.item.section == heading]
        sections.append(Section(heading, [_table(checklist, mine)]))
    version = (results.get("fusionkit") or {}).get("version", "")
    return Document(f"{checklist.name}: {title}", sections, f"fusionkit {version}".strip())


def _introduction(checklist, answers):
    statuses = Counter(answer.status for answer in answers)
    yield f"{checklist.title}. {checklist.reference}"
    yield Bullets(
        [
            f"{EVIDENCE} ({statuses[EVIDENCE]} of {len(answers)}): the run proves it; the last column says where",
            f"{DRAFT} ({statuses[DRAFT]}): a text to check, complete and edit; nothing is claimed by it",
            f"{YOURS} ({statuses[YOURS]}): nothing in the run answers it",
        ]
    )
    if checklist.unit:
        yield _worth(checklist, answers)
    yield checklist.note


def _worth(checklist, answers):
    """What the evidence alone is worth, which is no score of the study."""
    proven = sum(answer.worth for answer in answers)
    total = sum(answer.item.worth for answer in answers)
    said = (
        f"{percent(round(proven, 4))} of the weight"
        if checklist.unit == "weight"
        else f"{count(proven, 'point')} of {total}"
    )
    return (
        f"The evidence of the run alone is worth {said}. This is no score of the study: drafts and open items may add "
        f"to it, or, where the checklist has negative points, take from it."
    )


def _table(checklist, answers):
    columns = ["No.", "Item", "Status", "Answer", "Where"]
    rows = [[a.item.number, a.item.text, a.status, a.text, a.where] for a in answers]
    if checklist.unit:
        columns.insert(2, checklist.unit.capitalize())
        for row, answer in zip(rows, answers, strict=True):
            worth = answer.item.worth
            row.insert(2, percent(round(worth, 4)) if checklist.unit == "weight" else f"up to {worth}")
    return Table(count(len(answers), "item"), columns, rows)
