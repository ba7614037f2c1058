"""Read a study file, and report everything that is wrong with it at once, with the line and the nearest valid key."""

import difflib
import re
import types
import typing
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError

from ..exceptions import Problem, StudyError
from .modalities import ImageModality, RecordModality
from .schema import StudySpec

__all__ = ["read_study_file"]


class _Loader(yaml.SafeLoader):
    """YAML in which only true and false are booleans, so that ``positive: yes`` stays the word yes."""


_BOOL, _TIME = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag not in {_BOOL, _TIME}]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, re.compile(r"(true|false)\Z", re.IGNORECASE), list("tTfF"))


def read_study_file(path):
    """Return the content of a study file, checked.

    Parameters
    ----------
    path : path-like
        A YAML file.

    Returns
    -------
    spec : StudySpec

    Raises
    ------
    StudyError
        If the file is missing, is not YAML, or holds unknown keys, wrong types or values: all of them at once.
    """
    path = Path(path)
    name = path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        near = difflib.get_close_matches(name, [file.name for file in path.parent.glob("*.y*ml")], 1)
        hint = f"Did you mean {near[0]}?" if near else "Write a draft with: fusionkit init"
        raise StudyError([Problem("there is no such study file", hint, file=name)]) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise StudyError([Problem(f"cannot be read: {reason}", "Save it as plain UTF-8 text.", file=name)]) from None
    try:
        root = yaml.compose(text, Loader=_Loader)
        lines, doubled = {}, []
        _walk(root, (), lines, doubled)
        content = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else None
        what = f"is not valid YAML: {getattr(error, 'problem', None) or error}"
        raise StudyError([Problem(what, "Look at indentation, colons and quotes here.", file=name, row=row)]) from None
    if not isinstance(content, dict):
        raise StudyError([Problem("holds no keys", "Write a draft with: fusionkit init", file=name)])
    problems = [
        Problem("stands twice; only one can count", "Delete one.", file=name, row=row, column=".".join(map(str, key)))
        for key, row in doubled
    ]
    try:
        spec = StudySpec.model_validate(content)
    except ValidationError as error:
        problems += [_as_problem(detail, lines, name) for detail in error.errors(include_url=False)]
    if problems:
        raise StudyError(sorted(problems, key=lambda problem: problem.row or 0))
    spec._home = path.parent
    return spec


def _walk(node, path, lines, doubled):
    """Note the line of every key, and of keys that stand twice in one mapping."""
    lines.setdefault(path, node.start_mark.line + 1 if node is not None else 1)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            here = (*path, key.value)
            lines[here] = key.start_mark.line + 1
            if key.value in seen:
                doubled.append((here, key.start_mark.line + 1))
            seen.add(key.value)
            _walk(value, here, lines, doubled)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _walk(item, (*path, number), lines, doubled)


_TAGS = {"image modality": ImageModality, "record modality": RecordModality}


def _as_problem(detail, lines, name):
    """One finding of pydantic in the user's words, at the line where it stands."""
    path = _path_in_file(detail["loc"], lines)
    shown = ".".join(map(str, path))
    at = path
    while at not in lines and at:
        at = at[:-1]
    kind, given = detail["type"], detail.get("input")
    way_out = ""
    if kind == "extra_forbidden":
        allowed = _allowed_keys(detail["loc"])
        near = difflib.get_close_matches(str(path[-1]), allowed, 1, 0.5)
        message = "is not a key that can stand here"
        way_out = f"Did you mean {near[0]!r}?" if near else f"Possible keys: {', '.join(sorted(allowed))}."
    elif kind == "missing":
        message = "is needed and is not there"
    elif kind == "literal_error":
        allowed = [word.strip("' ") for word in detail["ctx"]["expected"].replace(" or ", ",").split(",")]
        near = difflib.get_close_matches(str(given), allowed, 1, 0.5)
        message = f"is one of {', '.join(allowed)}; got {given!r}"
        way_out = f"Did you mean {near[0]!r}?" if near else ""
    elif kind == "value_error":
        message = f"{detail['ctx']['error']}"
    else:
        message = f"{detail['msg'][0].lower()}{detail['msg'][1:]}; got {given!r}"
    return Problem(message, way_out, file=name, row=lines.get(at), column=shown or None)


def _path_in_file(loc, lines):
    """The location without what only the schema knows: tags of a union and names of its members."""
    path = ()
    for step in loc:
        if (*path, step) in lines or (step not in _TAGS and isinstance(step, str) and _is_plain_key(step)):
            path = (*path, step)
    return path


def _is_plain_key(step):
    return not any(sign in step for sign in "[](), ") and step not in {"str", "int", "float", "bool"}


def _allowed_keys(loc):
    """The keys of the part of the schema in which a location stands."""
    model = StudySpec
    for step in loc[:-1]:
        if step in _TAGS:
            model = _TAGS[step]
        elif step in model.model_fields:
            model = next(iter(_models_in(model.model_fields[step].annotation)), model)
    return list(model.model_fields)


def _models_in(annotation):
    """The models that an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is not None:
        for part in typing.get_args(annotation):
            yield from _models_in(part)
