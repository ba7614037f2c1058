"""What identifies a piece of a search, so that it is found again when the search goes on after a stop."""

import hashlib
import re

import numpy as np
import pandas as pd
import scipy.sparse
import sklearn

from .._store import JsonStore
from .._version import __version__
from ._fingerprint import Unshareable, fingerprint
from ._sklearn import scorer_key

__all__ = ["Memory", "open_store"]


def open_store(store):
    """Return what keeps finished pieces.

    Parameters
    ----------
    store : path-like, JsonStore or None
        A folder, or an object with ``get(key)`` and ``put(key, value)``.

    Returns
    -------
    store : JsonStore or None
    """
    return store if store is None or hasattr(store, "put") else JsonStore(store)


class Memory:
    """Finds finished pieces of one search, and keeps new ones.

    Parameters
    ----------
    store : JsonStore
        Where they lie, as JSON.
    task : Task
        The search.

    Raises
    ------
    ValueError
        If something that the scores depend on cannot be recognised when it comes back.
    """

    def __init__(self, store, task):
        self.store = store
        self.key = {
            "versions": {"fusionkit": __version__, "scikit-learn": sklearn.__version__},
            "X": _digest(task.X),
            "y": _digest(task.y),
            "estimator": _text(task.estimator, "the estimator"),
            "scorer": _text(scorer_key(task.scorer), "scoring"),
            "metadata": {name: _digest(value) for name, value in {**task.fit_params, **task.score_params}.items()},
            "settings": [repr(task.error_score), bool(task.return_train_score)],
        }

    def key_of(self, candidates, train, test):
        """Return the key of some candidates on one fold."""
        params = [_text(candidate.params, "the grid") for candidate in candidates]
        return {**self.key, "train": _digest(train), "test": _digest(test), "candidates": params}

    def get(self, key):
        """Return one result per candidate, or None."""
        return self.store.get(key)

    def put(self, key, results):
        """Keep the results."""
        self.store.put(key, results)


def _digest(table):
    """A digest of the numbers, the rows' and the columns' names, and the types."""
    if table is None:
        return None
    if isinstance(table, (pd.DataFrame, pd.Series)):
        rows = pd.util.hash_pandas_object(table, index=True).to_numpy()
        names = [[str(name), str(kind)] for name, kind in table.dtypes.items()] if table.ndim == 2 else [table.dtype]
        return _sha256(repr(names).encode(), rows.tobytes())
    if scipy.sparse.issparse(table):
        table = table.tocsr()
        return _sha256(*(_digest(part).encode() for part in (table.data, table.indices, table.indptr)))
    table = np.asarray(table)
    content = repr(table.tolist()).encode() if table.dtype == object else np.ascontiguousarray(table).tobytes()
    return _sha256(f"{table.dtype} {table.shape}".encode(), content)


def _sha256(*parts):
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _text(value, where):
    """A digest of an estimator, a scorer or parameters that is the same in another process."""
    try:
        text = _written(fingerprint(dict(sorted(value.items())) if isinstance(value, dict) else value))
    except Unshareable as error:
        raise ValueError(
            f"store=... cannot recognise {where} when the search goes on: {error}. Give every estimator an int as its "
            "random_state and use importable functions, or search without a store"
        ) from error
    return _sha256(text.encode())


def _written(key):
    """The key as text without addresses in memory."""
    if isinstance(key, tuple):
        return f"({','.join(map(_written, key))})"
    if isinstance(key, bytes):
        return _sha256(key)
    if hasattr(key, "__qualname__"):
        name = f"{key.__module__}.{key.__qualname__}"
        if "<" in name:
            raise Unshareable(f"the function {name} has no name to import it by")
        return name
    if hasattr(key, "get_params"):
        raise Unshareable(f"{key!r} is fitted already")
    text = repr(key)
    if re.search(r" at 0x[0-9a-f]+", text):
        raise Unshareable(f"{text} has no value to recognise it by")
    return text
