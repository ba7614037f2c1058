"""Stored results come back bit for bit, and a file cut short counts as absent."""

import math

import pytest

from fusionkit._store import JsonStore, file_digest, fingerprint


def test_floats_come_back_bit_for_bit(tmp_path):
    store = JsonStore(tmp_path / "store")
    values = [0.1 + 0.2, 1e-310, -0.0, math.pi * 1e17, float("inf"), float("nan")]
    store.put({"a": 1}, values)
    assert [value.hex() for value in store.get({"a": 1})] == [value.hex() for value in values]


def test_a_file_cut_short_counts_as_absent(tmp_path):
    store = JsonStore(tmp_path)
    store.put("key", {"x": [1.0] * 50})
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:40])
    assert store.get("key") is None
    assert store.get("another key") is None


def test_a_write_that_fails_leaves_the_old_value(tmp_path):
    store = JsonStore(tmp_path)
    store.put("key", [1])
    with pytest.raises(TypeError):
        store.put("key", object())
    assert store.get("key") == [1]


def test_fingerprint_ignores_the_order_of_keys_only():
    assert fingerprint({"a": 1, "b": [1, 2]}) == fingerprint({"b": [1, 2], "a": 1})
    assert fingerprint({"b": [1, 2]}) != fingerprint({"b": [2, 1]})


def test_file_digest_follows_content_not_name(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "b").write_bytes(b"x")
    assert file_digest(tmp_path / "a") == file_digest(tmp_path / "b")
    folder = file_digest(tmp_path)
    (tmp_path / "b").write_bytes(b"y")
    assert file_digest(tmp_path) != folder
