"""What the project promises as a whole: what it needs, what it loads, what can be copied."""

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PARTS = ("data", "models", "training", "plotting", "checks", "diagnosis")


def run(code, **options):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, **options)


# --- nnlib -----------------------------------------------------------------------------------------------


def test_import_nnlib_is_quick_and_loads_nothing_heavy():
    code = (
        "import sys, time; start = time.perf_counter(); import nnlib; took = time.perf_counter() - start; "
        "print(took, sorted({'tensorflow', 'keras', 'numpy', 'matplotlib', 'pandas'} & set(sys.modules)))"
    )
    took, loaded = run(code).stdout.split(" ", 1)
    assert loaded.strip() == "[]"
    assert float(took) < 0.2


@pytest.mark.parametrize("part", ["data", "plotting", "checks", "diagnosis"])
def test_parts_that_do_not_train_do_not_load_tensorflow(part):
    loaded = run(f"import sys, nnlib.{part}; print({{'tensorflow', 'keras'}} & set(sys.modules))").stdout
    assert loaded.strip() == "set()"


@pytest.mark.parametrize("switch", ["enable", "disable"])
def test_the_garbage_collector_is_left_as_it_was(switch):
    done = run(f"import gc; gc.{switch}(); import nnlib.training; print(gc.isenabled(), gc.get_freeze_count())")
    assert done.stdout.split() == [str(switch == "enable"), "0"]
    assert done.stderr == ""


@pytest.mark.parametrize("part", PARTS)
def test_no_part_imports_another(part):
    path = ROOT / "nnlib" / part
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert not any(alias.name.split(".")[0] == "nnlib" for alias in node.names), file
            if isinstance(node, ast.ImportFrom):
                assert node.level or node.module.split(".")[0] != "nnlib", file
                # Inside a folder relative imports stay inside it; a single file has none.
                assert node.level <= (len(file.relative_to(path).parts) if path.is_dir() else 0), file


USES = {
    "data": "data = homework.load_cifar10('stand-in'); assert data.x_test.shape == (10000, 32, 32, 3)",
    "models": "assert homework.mlp((32, 32, 3)).count_params() == 646260",
    "training": (
        "import numpy as np, keras; m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]); "
        "m.compile('sgd', 'mse'); h = homework.fit(m, np.ones((6, 1)), np.ones(6), epochs=3); "
        "assert len(h.history['loss']) == 3"
    ),
    "plotting": "assert homework.plot_history({'loss': [2.0, 1.0]}).get_xlabel() == 'epoch'",
    "checks": "homework.expect('accuracy', 0.5, 0.4, 0.6)",
    "diagnosis": (
        "import numpy as np, keras; m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]); "
        "m.compile('sgd', 'mse'); homework.diagnose(m, np.ones((6, 1)), np.ones(6))"
    ),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_works_when_copied_into_a_homework(part, tmp_path):
    path = ROOT / "nnlib" / part
    if path.is_dir():
        shutil.copytree(path, tmp_path / "homework")
    else:
        shutil.copy(path.with_suffix(".py"), tmp_path / "homework.py")
    run(
        f"import sys; sys.modules['nnlib'] = None; import homework; {USES[part]}",
        cwd=tmp_path,
        env=dict(os.environ, MPLBACKEND="agg"),
    )


@pytest.mark.parametrize("part", PARTS)
def test_importing_changes_no_setting_and_no_seed(part):
    # What Keras and the others do when they are imported is theirs: they come first.
    run(
        "import keras, matplotlib.pyplot as plt, numpy as np, pandas, random, sklearn.metrics\n"
        "def state(): return random.getstate(), str(np.random.get_state()), dict(plt.rcParams)\n"
        f"before = state()\nimport nnlib.{part}\nassert state() == before"
    )


@pytest.mark.parametrize("part", PARTS)
def test_public_functions_say_what_they_take_and_give(part):
    module = importlib.import_module(f"nnlib.{part}")
    names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
    for name in names:
        thing = getattr(module, name)
        if callable(thing) and getattr(thing, "__module__", "").startswith("nnlib"):
            doc = thing.__doc__ or ""
            assert doc, name
            if not isinstance(thing, type):
                assert "Examples\n" in doc, f"{name} has no example"
                assert "Parameters\n" in doc, f"{name} does not name its parameters"


# --- what the project needs ------------------------------------------------------------------------------


def test_every_range_has_a_reason_and_every_dependency_a_pin():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = [re.match(r"[\w-]+", line)[0] for line in tomllib.loads(text)["project"]["dependencies"]]
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for name in names:
        assert re.search(rf'^    "{name}>=[\d.]+,<[\d.]+",\s+# \w', text, re.MULTILINE), f"{name}: range or reason"
        assert re.search(rf"^{name}==", pins, re.MULTILINE), f"{name} has no pin; run: make pins"


def test_pins_are_exact_and_name_no_index():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "-e ."
    for line in lines[:-1]:
        assert re.match(r"[\w.-]+==[\w.]+( ; .+)?$", line), line


def test_environment_yml_only_points_to_the_pins():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, requirements = environment["dependencies"]
    assert python in ("python=3.11", "python=3.12", "python=3.13")
    assert (pip, requirements) == ("pip", {"pip": ["-r requirements.txt"]})


def test_the_ci_workflow_fits_the_schema():
    workflow = ROOT / ".github" / "workflows" / "ci.yml"
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(workflow)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    assert jobs["cpu"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert "self-hosted" in jobs["gpu"]["runs-on"] and "workflow_dispatch" in jobs["gpu"]["if"]
    assert all(any(step.get("run") == "make test" for step in job["steps"]) for job in jobs.values())


def test_links_in_the_readme_lead_somewhere():
    for document in ("README.md", "CONTRIBUTING.md", "data/README.md"):
        path = ROOT / document
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert target.startswith("http") or (path.parent / target).exists(), f"{document}: {target}"


def test_make_names_what_is_wrong_with_an_old_python(tmp_path):
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "python-old"
    old.write_text('#!/bin/sh\ncase "$1" in --version) echo Python 3.8.1;; *) exit 1;; esac\n')
    old.chmod(0o755)
    done = subprocess.run(["make", "lab", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "3.11, 3.12 or 3.13" in done.stdout and "3.8.1" in done.stdout
    assert not (tmp_path / ".venv").exists()
