"""What cannot be chosen from is refused before anything is fitted, by the name of its argument."""

import pytest

from fusionkit.model_selection import compare_fusions


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"models": "logistic"}, "models is a list"),
        ({"models": []}, "models is a list of one entry or more"),
        ({"selectors": "anova"}, "selectors is a list"),
        ({"selectors": ()}, "selectors is a list of one entry or more"),
        ({"n_features": []}, "n_features is a list of one entry or more"),
        ({"n_features": [5, 0]}, r"n_features counts the features of a modality to be kept, 1 or more; got \[0\]"),
        ({"n_features": [0.5]}, r"got \[0.5\]"),
        ({"fusions": "late"}, r"fusions is a list, such as \['early', 'late'\]; got 'late'"),
    ],
    ids=str,
)
def test_a_choice_that_cannot_be_made_is_refused(cohort, choice, message):
    with pytest.raises(ValueError, match=message):
        compare_fusions(cohort, **choice)
