"""Heavy parts are imported only when they are needed; ``import fusionkit`` itself is tested with the structure."""

import subprocess
import sys

CODE = """
import sys
import fusionkit.selection
print("numba" in sys.modules)
import fusionkit.models
fusionkit.models.model_table()
fusionkit.models.make_model("lda")
print("xgboost" in sys.modules)
"""


def test_selection_loads_without_the_compiler_and_the_models_without_xgboost():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
