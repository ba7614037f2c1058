"""Write dynamic.json: what DESlib says about the cases of dynamic_cases.py.

Run from the root of the project where DESlib is, which needs an older scikit-learn:
``python -m tests.reference.make_dynamic``. Made with DESlib 0.3.7 and scikit-learn 1.3.2.
"""

import json
from pathlib import Path

from deslib.des import KNORAE, KNORAU, METADES
from sklearn.naive_bayes import GaussianNB

from tests.reference.dynamic_cases import CASES


def weights(X, y, new, members):
    """How much each member counts for each new patient, by method."""
    pool = [member.fit(X, y) for member in members]
    eliminate, union = KNORAE(pool, k=7).fit(X, y), KNORAU(pool, k=7).fit(X, y)
    meta = METADES(pool, GaussianNB(var_smoothing=1e-3), k=7, Kp=5).fit(X, y)
    _, nearest = eliminate.get_competence_region(new)
    chosen = eliminate.select(eliminate.estimate_competence(nearest))
    votes = union.estimate_competence(nearest)
    votes[votes.sum(axis=1) == 0] = 1.0
    competence = meta.estimate_competence_from_proba(nearest, meta._predict_proba_base(new))
    competent = meta.select(competence)
    competence[(competence <= 0.5).all(axis=1)] = 1.0
    found = {"knora_e": chosen, "knora_u": votes, "meta_des": competence * competent}
    return {method: value.astype(float).tolist() for method, value in found.items()}


def main():
    found = {name: weights(*case) for name, case in CASES.items()}
    Path(__file__).with_name("dynamic.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
