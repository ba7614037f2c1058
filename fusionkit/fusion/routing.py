"""Who is given ``sample_weight``, ``groups`` and other metadata when a late fusion is fitted."""

from inspect import Parameter, signature

import numpy as np
from sklearn import get_config
from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, get_routing_for_object, process_routing

__all__ = ["route", "router_of"]


def router_of(owner, members, helpers):
    """Return the router of a fusion: itself, its members, and whoever helps in ``fit``.

    Parameters
    ----------
    owner : estimator
        The fusion; it takes ``sample_weight`` itself.
    members : list of (str, estimator)
        Their ``fit`` is called.
    helpers : dict of str to (object, str)
        Role -> object, and the method that is called.

    Returns
    -------
    router : MetadataRouter
    """
    router = MetadataRouter(owner=owner).add_self_request(owner)
    for name, (thing, method) in {**{name: (member, "fit") for name, member in members}, **helpers}.items():
        router.add(method_mapping=MethodMapping().add(caller="fit", callee=method), **{name: thing})
    return router


def route(owner, members, helpers, sample_weight, fit_params):
    """Return who is given what.

    With metadata routing enabled, scikit-learn decides: each gets what it asked for. Without, as in scikit-learn's
    other ensembles, every member and the final estimator are given ``sample_weight``; ``groups`` go to the splitter,
    and to those members that hold a splitter which asks for them.

    Parameters
    ----------
    owner : estimator
        The fusion.
    members : list of (str, estimator)
        Its members.
    helpers : dict of str to (object, str)
        As for :func:`router_of`.
    sample_weight : array-like of shape (n_samples,) or None
        As given to ``fit``.
    fit_params : dict
        What else was given to ``fit``.

    Returns
    -------
    routed : mapping
        ``routed[name][method]`` are keyword arguments.

    Raises
    ------
    ValueError
        Without metadata routing, if there is more than ``sample_weight`` and ``groups``, or if folds would part groups.
    TypeError
        Without metadata routing, if a member cannot take ``sample_weight``.
    """
    weight = {} if sample_weight is None else {"sample_weight": sample_weight}
    if get_config()["enable_metadata_routing"]:
        return process_routing(owner, "fit", **weight, **fit_params)
    unknown = sorted(set(fit_params) - {"groups"})
    if unknown:
        raise ValueError(
            f"{type(owner).__name__}.fit takes {', '.join(unknown)} only with metadata routing: "
            "sklearn.set_config(enable_metadata_routing=True)"
        )
    groups = {} if fit_params.get("groups") is None else fit_params
    routed = {"final_estimator": {"fit": weight}, "scoring": {"score": {}}}
    for name, member in members:
        if weight and not _takes_sample_weight(member):
            raise TypeError(
                f"member {name!r} ({type(member).__name__}) does not support sample_weight"
                f"{_WAY_OUT if isinstance(member, Pipeline) else ''}"
            )
        routed[name] = {"fit": {**weight, **_asked(member, "fit", groups)}}
    if "cv" in helpers:
        splitter, method = helpers["cv"]
        routed["cv"] = {method: _asked(splitter, method, groups)}
        given_as_pairs = owner.cv is not None and np.iterable(owner.cv)
        if groups and not routed["cv"][method] and not given_as_pairs:
            raise ValueError(
                f"groups are given, but cv={owner.cv!r} would part them: use cv=StratifiedGroupKFold(5) or the like"
            )
    return routed


_WAY_OUT = (
    " without metadata routing: sklearn.set_config(enable_metadata_routing=True), and let the steps that need it ask "
    "for it, as in LogisticRegression().set_fit_request(sample_weight=True)"
)
"""What to do about a pipeline, which cannot know which of its steps the weights are for."""


def _takes_sample_weight(estimator):
    if isinstance(estimator, Pipeline):
        return False
    parameters = signature(estimator.fit).parameters
    return "sample_weight" in parameters or any(p.kind is Parameter.VAR_KEYWORD for p in parameters.values())


def _asked(consumer, method, given):
    """The part of what is given that the object, or a splitter inside it, asks for."""
    if not given or not hasattr(consumer, "get_metadata_routing"):
        return {}
    return {name: given[name] for name in get_routing_for_object(consumer).consumes(method, given)}
