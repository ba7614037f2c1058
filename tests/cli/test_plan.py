"""``fusionkit plan`` as a user types it."""

import json
import sys

import pytest

from fusionkit.cli import main


@pytest.fixture
def plan(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["fusionkit", "plan", *arguments])
        with pytest.raises(SystemExit) as leaving:
            main()
        return leaving.value.code, capsys.readouterr().out

    return run


def test_it_says_what_the_data_support_and_what_the_features_need(plan):
    status, out = plan("--n", "120", "--events", "40", "--candidates", "30", "--auc", "0.8")
    assert status == 0
    assert "120 patients, 40 events, binary outcome" in out
    assert "Your data support at most 3 candidate features." in out
    assert "Events per candidate parameter: 1.3" in out
    assert "interval on as many new patients: 0.18" in out
    assert "warning 120 patients with 40 events support at most 3 candidate features; 30 are offered" in out


def test_published_examples_as_json(plan):
    for arguments, n in [
        ("--prevalence .174 --r2 .288 --candidates 24", 662),
        ("--outcome continuous --r2 .2 --mean 26.7 --sd 8.7 --candidates 25", 918),
        ("--outcome survival --r2 .051 --rate .065 --horizon 2 --follow-up 2.07 --candidates 30", 5143),
    ]:
        status, out = plan(*arguments.split(), "--json")
        assert (status, json.loads(out)["needed"]["n"]) == (0, n)


def test_impossible_numbers_are_refused_in_the_words_of_the_options(plan):
    status, out = plan("--n", "20", "--events", "40")
    assert status == 1
    assert "--events=40 of --n=20 is more events than patients" in out
    status, out = plan("--outcome", "survival", "--n", "20", "--events", "4")
    assert status == 1
    assert "needs --horizon and --follow-up" in out
