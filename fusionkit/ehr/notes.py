"""Free text of the record: topics learnt in the fold, and a user's terms with their negations."""

import re

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["NEGATIONS", "TEXT_SUFFIX", "TextEncoder", "find_terms"]

TEXT_SUFFIX = "__text"
"""How the name of a column ends that holds free text rather than levels, such as ``ehr__note__text``."""

NEGATIONS = {
    "before": (
        "no",
        "not",
        "without",
        "denies",
        "denied",
        "negative for",
        "absence of",
        "free of",
        "never",
        "ruled out",
    ),
    "after": ("unlikely", "not seen", "is absent", "was absent", "excluded", "ruled out", "negative"),
}
"""Words that negate a term which follows or precedes them within the same clause, after the idea of NegEx (Chapman WW
et al. 2001, J Biomed Inform 34:301-310)."""

_CLAUSE = re.compile(r"[.;:!?\n]|\bbut\b|\bhowever\b|\balthough\b|\bexcept\b", re.IGNORECASE)
_REACH = 6


class TextEncoder(TransformerMixin, BaseEstimator):
    """Free text as a few numbers per column: TF-IDF of words and truncated SVD, learnt in the fold.

    Parameters
    ----------
    n_components : int, default=10
        The numbers per text column; fewer where training has fewer words or patients.
    min_df : int, default=2
        The patients who must use a word for it to count.
    random_state : int, RandomState or None, default=0
        Seed of the randomised SVD.

    Attributes
    ----------
    feature_names_in_ : ndarray of str
        The text columns, if they had names.
    n_features_in_ : int
        Their number.
    vectorizers_, svds_ : list
        The fitted TfidfVectorizer and TruncatedSVD of each column, None where training had no word to learn from.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.ehr import TextEncoder
    >>> notes = pd.DataFrame({"ehr__note": ["mass in the left lobe", "no mass", "left lobe clear", None]})
    >>> TextEncoder(n_components=2).set_output(transform="pandas").fit_transform(notes).shape
    (4, 2)
    """

    def __init__(self, n_components=10, min_df=2, random_state=0):
        self.n_components = n_components
        self.min_df = min_df
        self.random_state = random_state

    def fit(self, X, y=None):
        """Learn the words and topics of each column.

        Parameters
        ----------
        X : DataFrame of str or array-like, shape (n_patients, n_columns)
            Text columns; a missing text is an empty one, a number the text of it.
        y : object, default=None
            Ignored.

        Returns
        -------
        self : TextEncoder
        """
        X = self._check(X, reset=True)
        self._columns = X.columns.tolist()
        self.vectorizers_, self.svds_ = [], []
        for column in X:
            vectorizer, svd = self._fit_column(X[column])
            self.vectorizers_.append(vectorizer)
            self.svds_.append(svd)
        return self

    def _check(self, X, reset):
        """X as a DataFrame of texts whose columns have been compared with the training's."""
        if isinstance(X, pd.DataFrame):
            validate_data(self, X, reset=reset, skip_check_array=True)
        else:
            X = validate_data(self, X, reset=reset, dtype=None, ensure_all_finite=False)
            X = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
        return X.astype("str").where(X.notna(), "")

    def _fit_column(self, texts):
        """TF-IDF and SVD of one column, None and None if no word is used by enough patients."""
        vectorizer = TfidfVectorizer(strip_accents="unicode", min_df=1, sublinear_tf=True)
        analyse = vectorizer.build_analyzer()
        used = pd.Series([word for text in texts for word in set(analyse(text))], dtype="str").value_counts()
        vocabulary = sorted(used.index[used >= self.min_df])
        if not vocabulary:
            return None, None
        vectorizer.set_params(vocabulary=vocabulary)
        weights = vectorizer.fit_transform(texts)
        svd = TruncatedSVD(min(self.n_components, min(weights.shape)), random_state=self.random_state)
        return vectorizer, svd.fit(weights)

    def transform(self, X):
        """Return the topics' scores.

        Parameters
        ----------
        X : DataFrame of str, shape (n_patients, n_columns)
            The columns seen in ``fit``.

        Returns
        -------
        scores : ndarray of float, shape (n_patients, n_topics)
            A text without a known word scores 0.
        """
        check_is_fitted(self)
        X = self._check(X, reset=False)
        fitted = zip(X, self.vectorizers_, self.svds_, strict=True)
        scores = [
            svd.transform(vectorizer.transform(X[column])) for column, vectorizer, svd in fitted if svd is not None
        ]
        return np.hstack([np.empty((len(X), 0)), *scores])

    def get_feature_names_out(self, input_features=None):
        """Return names such as ``ehr__note_topic1``.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Ignored.

        Returns
        -------
        names : ndarray of str
        """
        check_is_fitted(self)
        fitted = zip(self._columns, self.svds_, strict=True)
        counts = [(column, svd.components_.shape[0]) for column, svd in fitted if svd is not None]
        return np.array([f"{column}_topic{k + 1}" for column, count in counts for k in range(count)], dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.allow_nan = True
        return tags


def find_terms(texts, terms, negations=None):
    """Return one yes/no column per term: is it said of the patient, and not denied?

    Parameters
    ----------
    texts : Series of str, shape (n,)
        One text per patient.
    terms : dict of str to sequence of str
        Column -> the words or phrases that mean it; compared without regard to case, ``*`` at the end fits any ending.
    negations : dict or None, default=None
        ``{"before": [...], "after": [...]}``, the words that deny a term which follows, or precedes, within six words
        of the same clause; by default :data:`NEGATIONS`, which are English.

    Returns
    -------
    found : DataFrame of float, shape (n, n_terms)
        1.0 where a term is mentioned at least once without negation, 0.0 where it is not, NaN where there is no text.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.ehr import find_terms
    >>> texts = pd.Series(["Smoker. No diabetes.", "denies smoking but has diabetes", None])
    >>> find_terms(texts, {"smoking": ["smok*"], "diabetes": ["diabetes", "dm2"]}).to_dict("list")
    {'smoking': [1.0, 0.0, nan], 'diabetes': [0.0, 1.0, nan]}
    """
    negations = NEGATIONS if negations is None else negations
    before, after = (_any_of(negations.get(side, ())) for side in ("before", "after"))
    gap = rf"(?:\W+\w+){{0,{_REACH - 1}}}?\W+"
    found = {}
    for column, phrases in terms.items():
        term = _any_of(phrases)
        denied = re.compile(rf"{before}{gap}{term}|{term}{gap}{after}", re.IGNORECASE)
        plain = re.compile(term, re.IGNORECASE)
        found[column] = [np.nan if pd.isna(text) else float(_is_affirmed(text, plain, denied)) for text in texts]
    return pd.DataFrame(found, index=texts.index)


def _any_of(phrases):
    """A pattern for any of the phrases as whole words; one that can never fit if there are none."""
    words = [
        r"\s+".join(map(re.escape, phrase.rstrip("*").split())) + (r"\w*" if phrase.endswith("*") else "")
        for phrase in phrases
    ]
    return rf"\b(?:{'|'.join(sorted(words, key=len, reverse=True))})\b" if words else r"(?!)"


def _is_affirmed(text, plain, denied):
    """Whether some clause mentions the term and does not deny it."""
    return any(plain.search(clause) and not denied.search(clause) for clause in _CLAUSE.split(text))
