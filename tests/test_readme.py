"""The README's example runs as it stands, and its commands are those that CI runs."""

import re
import warnings

import pytest


@pytest.fixture
def readme(request):
    return (request.config.rootpath / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_python_example_runs(readme, capsys):
    [code] = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 16
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(code, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    for fusion in ("ehr", "ct", "early", "late"):
        assert fusion in printed


def test_the_test_command_is_the_one_that_ci_runs(readme, request):
    assert 'pip install -e ".[test]" && pytest' in readme
    script = (request.config.rootpath / ".ci" / "run").read_text()
    assert 'pip install --quiet -e ".[test]"' in script


def test_every_file_that_the_readme_links_to_is_there(readme, request):
    for target in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (request.config.rootpath / target).exists(), target
