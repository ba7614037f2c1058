"""The classifiers and regressors of the field by name, each with a search grid for 60 to 500 patients."""

from .table import make_model, model_grid, model_names, model_table

__all__ = ["make_model", "model_grid", "model_names", "model_table"]
