"""What a sparse linear model keeps."""

import inspect
from numbers import Real

import numpy as np
from sklearn.linear_model import ElasticNet, LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from .base import Ranker, encode_target, resolve_task

__all__ = ["L1Ranker"]

BY_RATIO = inspect.signature(LogisticRegression).parameters["penalty"].default == "deprecated"
"""scikit-learn 1.8 and later tell the penalty by `l1_ratio` alone."""


class L1Ranker(Ranker):
    """Features ordered by the size of their coefficient in a linear model with an L1 penalty.

    The penalty sets the coefficients of features that add nothing to zero; among these the first columns come first.
    Scale the features before: a coefficient depends on the unit.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.
    model : {"logistic", "svm", "elastic_net"}, default="logistic"
        L1 logistic regression, L1 linear support vector machine (both one class against the rest), or elastic net:
        logistic for classes, least squares for regression.
    C : float, default=1.0
        Inverse strength of the penalty; smaller keeps fewer features.
    l1_ratio : float, default=0.5
        Share of the L1 penalty in the elastic net, above 0 and at most 1 (the lasso).
    class_weight : "balanced", dict or None, default=None
        Weights of the classes; for classification only.
    max_iter : int, default=5000
        Most rounds of the solver.
    task : {"auto", "classification", "regression"}, default="auto"
        How to read the outcome; ``"auto"`` takes fractions for regression, and labels and whole numbers for classes.
    random_state : int, RandomState or None, default=None
        Seed of the solver; give a number for the same order each time.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The absolute coefficient, summed over classes where there are more than two.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.
    n_iter_ : int
        Rounds that the solver took.

    Notes
    -----
    For regression, the elastic net minimises C times half the squared error plus the penalty: scikit-learn's
    ``ElasticNet`` with ``alpha = 1 / (C * n_samples)``.

    References
    ----------
    R. Tibshirani (1996). Regression shrinkage and selection via the lasso. J R Stat Soc B 58:267-288.

    H. Zou, T. Hastie (2005). Regularization and variable selection via the elastic net. J R Stat Soc B 67:301-320.

    J. Zhu et al. (2003). 1-norm support vector machines. NeurIPS 16.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from fusionkit.selection import L1Ranker
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> ranker = L1Ranker(n_features_to_select=3, C=0.1, random_state=0).fit((X - X.mean()) / X.std(), y)
    >>> list(ranker.get_feature_names_out())
    ['worst radius', 'worst texture', 'worst concave points']
    """

    def __init__(
        self,
        n_features_to_select=10,
        model="logistic",
        C=1.0,
        l1_ratio=0.5,
        class_weight=None,
        max_iter=5000,
        task="auto",
        random_state=None,
    ):
        super().__init__(n_features_to_select)
        self.model = model
        self.C = C
        self.l1_ratio = l1_ratio
        self.class_weight = class_weight
        self.max_iter = max_iter
        self.task = task
        self.random_state = random_state

    def _rank(self, X, y):
        if not isinstance(self.C, Real) or not self.C > 0:
            raise ValueError(f"C is a number above 0; got {self.C!r}")
        if not 0 < self.l1_ratio <= 1:
            raise ValueError(f"l1_ratio is above 0 and at most 1; got {self.l1_ratio!r}")
        task = resolve_task(y, self.task)
        target = encode_target(y, task)
        model = self._model(task, X.shape[0])
        if task == "classification" and self.model != "elastic_net" and target.max() > 1:
            fitted = OneVsRestClassifier(model).fit(X, y).estimators_
        else:
            fitted = [model.fit(X, target if task == "regression" else y)]
        self.n_iter_ = int(max(np.max(one.n_iter_) for one in fitted))
        return np.sum([np.abs(np.atleast_2d(one.coef_)).sum(axis=0) for one in fitted], axis=0)

    def _model(self, task, n_samples):
        makers = {
            ("logistic", "classification"): lambda: self._logistic(1.0, "liblinear"),
            ("svm", "classification"): lambda: LinearSVC(penalty="l1", dual=False, C=self.C, **self._common()),
            ("elastic_net", "classification"): lambda: self._logistic(self.l1_ratio, "saga"),
            ("elastic_net", "regression"): lambda: ElasticNet(
                alpha=1.0 / (self.C * n_samples), l1_ratio=self.l1_ratio, max_iter=self.max_iter
            ),
        }
        if (self.model, task) not in makers:
            names = sorted({name for name, served in makers if served == task})
            raise ValueError(f"model is {' or '.join(map(repr, names))} for {task}; got {self.model!r}")
        return makers[self.model, task]()

    def _logistic(self, l1_ratio, solver):
        penalty = {} if BY_RATIO else {"penalty": "l1" if solver == "liblinear" else "elasticnet"}
        return LogisticRegression(l1_ratio=l1_ratio, solver=solver, C=self.C, **penalty, **self._common())

    def _common(self):
        return {"class_weight": self.class_weight, "max_iter": self.max_iter, "random_state": self.random_state}
