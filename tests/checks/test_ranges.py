"""`expect`: what it prints, when it stops a notebook, and what it refuses."""

import os
import subprocess
import sys

import numpy as np
import pytest

from nnlib.checks import expect


@pytest.fixture(autouse=True)
def lenient(monkeypatch):
    monkeypatch.delenv("NNLIB_STRICT", raising=False)


@pytest.mark.parametrize(
    ("value", "low", "high", "line"),
    [
        (0.494, 0.46, 0.53, "n 0.494 ✓ expected 0.46–0.53"),
        (0.49371, 0.46, 0.53, "n 0.4937 ✓ expected 0.46–0.53"),
        (0.46, 0.46, 0.53, "n 0.46 ✓ expected 0.46–0.53"),
        (0.53, 0.46, 0.53, "n 0.53 ✓ expected 0.46–0.53"),
        (0.298371109, 0.29835, 0.29845, "n 0.2984 ✓ expected 0.29835–0.29845"),
        (646_260, 646_260, 646_260, "n 646,260 ✓ expected 646,260"),
        (np.int64(1563), 1563, 1563, "n 1,563 ✓ expected 1,563"),
        (3.2e-5, None, 1e-3, "n 3.2e-05 ✓ expected at most 0.001"),
        (0.975, 0.97, None, "n 0.975 ✓ expected at least 0.97"),
        (-0.98765, -1, -0.5, "n −0.9877 ✓ expected −1 to −0.5"),
        (0.1, -0.5, 0.5, "n 0.1 ✓ expected −0.5 to 0.5"),
        (0.0, 0, 1, "n 0 ✓ expected 0–1"),
        (1_234_567.891, 1e6, 2e6, "n 1,235,000 ✓ expected 1,000,000–2,000,000"),
        (np.array([[18.99]]), 18.8, 19.2, "n 18.99 ✓ expected 18.8–19.2"),
        (np.float32(0.25), 0.1, 0.3, "n 0.25 ✓ expected 0.1–0.3"),
    ],
)
def test_inside_prints_one_line_and_returns_nothing(value, low, high, line, capsys, monkeypatch):
    monkeypatch.setenv("NNLIB_STRICT", "1")
    assert expect("n", value, low, high) is None  # so that a cell ending in expect shows no output
    assert capsys.readouterr().out == line + "\n"


@pytest.mark.parametrize(
    ("value", "low", "high", "start"),
    [
        (0.432, 0.46, 0.53, "n 0.432 ✗ expected 0.46–0.53.\n  Below the usual range"),
        (0.6, 0.46, 0.53, "n 0.6 ✗ expected 0.46–0.53.\n  Above the usual range"),
        (0.45999, 0.46, 0.53, "n 0.45999 ✗ "),  # four digits would read as 0.46, inside
        (0.53000001, 0.46, 0.53, "n 0.53000001 ✗ "),
        (26.0001, 26, 26, "n 26.0001 ✗ expected 26.\n"),
        (float("nan"), None, 1.0, "n nan ✗ expected at most 1.\n  That is no finite number"),
        (float("inf"), None, 1.0, "n inf ✗ "),
        (float("-inf"), 0.0, 1.0, "n −inf ✗ "),
    ],
)
def test_outside_is_said_to_learners_and_stops_strict_runs(value, low, high, start, capsys, monkeypatch):
    assert expect("n", value, low, high) is None
    out = capsys.readouterr().out
    assert out.startswith(start)
    assert out.count("\n") == 2

    monkeypatch.setenv("NNLIB_STRICT", "1")
    with pytest.raises(AssertionError) as caught:
        expect("n", value, low, high)
    shown, wanted = out.split(" ✗ expected ")
    assert str(caught.value).startswith(shown.replace("n ", "n is ") + ", expected ")
    assert wanted.startswith(str(caught.value).split(", expected ")[1])


@pytest.mark.parametrize("setting", ["", "0"])
def test_strict_can_be_switched_off(setting, monkeypatch):
    monkeypatch.setenv("NNLIB_STRICT", setting)
    expect("n", 2, 0, 1)


@pytest.mark.parametrize(
    ("value", "bounds", "message"),
    [
        (1, {}, "no range"),
        (1, {"low": 3, "high": 2}, "low=3 is above high=2"),
        ([1.0, 2.0], {"low": 1}, r"shape \(2,\)"),
        (np.array([]), {"low": 1}, r"shape \(0,\)"),
        ("0.5", {"low": 0}, "value='0.5' is not a number"),
        (None, {"low": 0}, "value=None is not a number"),
        (True, {"low": 0}, "value=True is not a number"),
        (1j, {"low": 0}, "not a number"),
        (1, {"low": "0"}, "low='0' is not a number"),
        (1, {"high": [1, 2]}, "high has shape"),
        (1, {"high": float("nan")}, "high is NaN"),
    ],
)
def test_bad_calls_name_the_check_and_the_value(value, bounds, message):
    with pytest.raises(ValueError, match=message) as caught:
        expect("test accuracy", value, **bounds)
    assert "test accuracy" in str(caught.value)


def test_tensors_are_numbers_too(capsys):
    keras = pytest.importorskip("keras")
    expect("loss", keras.ops.convert_to_tensor(0.5), 0.4, 0.6)
    expect("weight", keras.Variable(2.0), 1.9, 2.1)
    assert capsys.readouterr().out == "loss 0.5 ✓ expected 0.4–0.6\nweight 2 ✓ expected 1.9–2.1\n"


@pytest.mark.parametrize("plain", [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_a_stream_without_unicode_gets_plain_characters(plain):
    code = "from nnlib.checks import expect; expect('\\u03c3', -2, -3.5, 1); expect('\\u03c3', 5, 0, 1)"
    environment = {"NNLIB_STRICT": "", **os.environ, **plain}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="ascii", env=environment)
    first, second, why = run.stdout.splitlines()
    assert run.stderr == ""
    assert first == "\\u03c3 -2 ok: expected -3.5 to 1"
    assert second == "\\u03c3 5 no: expected 0-1."
    assert why.startswith("  Above the usual range")


def test_importing_checks_loads_no_framework():
    code = (
        "import sys, nnlib.checks; "
        "print([m for m in ('tensorflow', 'keras', 'torch', 'jax', 'matplotlib') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
