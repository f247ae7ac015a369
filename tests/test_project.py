"""What the project promises as a whole: what it needs, what it loads, what can be copied."""

import ast
import importlib
import importlib.metadata
import inspect
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement

from tools import build

ROOT = Path(__file__).parents[1]
PARTS = ("data", "models", "training", "plotting", "checks", "diagnosis")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def run(code, *, python=sys.executable, **options):
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done


# --- nnlib -----------------------------------------------------------------------------------------------


def test_importing_nnlib_loads_nothing_heavy():
    loaded = "import sys, nnlib; print({'tensorflow', 'keras', 'numpy', 'matplotlib', 'pandas'} & set(sys.modules))"
    assert run(loaded).stdout.strip() == "set()"


def test_parts_that_train_nothing_do_not_load_tensorflow():
    run(
        "import importlib, sys\n"
        "for part in ('data', 'plotting', 'checks', 'diagnosis'):\n"
        "    importlib.import_module(f'nnlib.{part}')\n"
        "    assert not {'tensorflow', 'keras'} & set(sys.modules), part"
    )


def test_importing_the_training_part_leaves_the_garbage_collector_as_it_was():
    done = run(
        "import gc, sys\n"
        "def state(): return gc.isenabled(), gc.get_freeze_count(), gc.get_threshold()\n"
        "for switch in (gc.enable, gc.disable):\n"
        "    for name in [name for name in sys.modules if name in ('keras', 'tensorflow') or name[:5] == 'nnlib']:\n"
        "        del sys.modules[name]  # imported anew, and what they are made of only once: that takes seconds\n"
        "    switch()\n"
        "    before = state()\n"
        "    import nnlib.training\n"
        "    assert state() == before, (switch, state())"
    )
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


def test_each_part_works_when_copied_into_a_homework(tmp_path):
    for part in PARTS:
        path = ROOT / "nnlib" / part
        if path.is_dir():
            shutil.copytree(path, tmp_path / f"homework_{part}")
        else:
            shutil.copy(path.with_suffix(".py"), tmp_path / f"homework_{part}.py")
    uses = [f"import homework_{part} as homework; {USES[part]}" for part in PARTS]
    run(
        "import sys; sys.modules['nnlib'] = None\n" + "\n".join(uses),
        cwd=tmp_path,
        env=dict(os.environ, MPLBACKEND="agg"),
    )


def test_importing_changes_no_setting_and_no_seed():
    # What Keras and the others do when they are imported is theirs: they come first.
    run(
        "import importlib, keras, matplotlib.pyplot as plt, numpy as np, pandas, random, sklearn.metrics\n"
        "def state(): return random.getstate(), str(np.random.get_state()), dict(plt.rcParams)\n"
        "before = state()\n"
        f"for part in {PARTS}:\n"
        "    importlib.import_module(f'nnlib.{part}')\n"
        "    assert state() == before, part"
    )


@pytest.mark.parametrize("file", sorted((ROOT / "nnlib").rglob("*.py")), ids=lambda path: path.stem)
def test_what_people_copy_says_whose_it_is_and_under_which_licence(file):
    first, second = file.read_text(encoding="utf-8").splitlines()[:2]
    assert first == '# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)'
    assert second == f"# SPDX-License-Identifier: {PROJECT['project']['license']}"


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
                named = "Parameters\n" in doc or not inspect.signature(thing).parameters
                assert named, f"{name} does not name its parameters"


# --- the package that pip installs ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, made from the archive of sources, as installers make it."""
    folder = tmp_path_factory.mktemp("package")
    for name in ("nnlib", "tests"):
        shutil.copytree(ROOT / name, folder / "course" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "MANIFEST.in", "LICENSE", "README.md"):
        shutil.copy(ROOT / name, folder / "course")
    make = "from setuptools import build_meta; print(build_meta.build_{0}('.'))"
    archive = run(make.format("sdist"), cwd=folder / "course").stdout.splitlines()[-1]
    with tarfile.open(folder / "course" / archive) as file:
        names = file.getnames()
        file.extractall(folder, filter="data")
    assert not [name for name in names if "/tests" in name], "tests without their helpers"
    source = folder / archive.removesuffix(".tar.gz")
    return source / run(make.format("wheel"), cwd=source).stdout.splitlines()[-1]


def empty(folder):
    """A new environment: its folder of programs, and where its packages go."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return programs, Path(run(where, python=programs / "python").stdout.strip())


def install(wheel, programs):
    pip = [sys.executable, "-m", "pip", "--python", programs / "python", "install", "--no-index", "--no-deps", wheel]
    subprocess.run(pip, check=True, capture_output=True)


def bring_what_it_needs(wheel, site, *more):
    (info,) = importlib.metadata.distributions(path=[str(wheel)])
    for distribution in [*needed_by(info, *more), *more]:
        for top in {file.parts[0] for file in distribution.files} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(distribution.locate_file(top))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """The bin folder of an environment that holds the wheel, what it says that it needs, and nothing else."""
    programs, site = empty(tmp_path_factory.mktemp("whole") / "env")
    bring_what_it_needs(wheel, site)
    install(wheel, programs)
    return programs


def needed_by(*distributions):
    """The installed distributions that some need, and those that these need."""
    found, waiting = {}, [*distributions]
    while waiting:
        for requirement in map(Requirement, waiting.pop().requires or ()):
            extras = requirement.extras or {""}
            here = requirement.marker is None or any(requirement.marker.evaluate({"extra": name}) for name in extras)
            if here and requirement.name not in found:
                found[requirement.name] = importlib.metadata.distribution(requirement.name)
                waiting.append(found[requirement.name])
    return found.values()


def test_the_wheel_says_what_it_is(environment):
    (info,) = (environment.parent).rglob("neural_network_foundations-*.dist-info")
    said = importlib.metadata.PathDistribution(info)
    assert said.metadata["Name"] == "neural-network-foundations"
    assert "Private :: Do Not Upload" in said.metadata.get_all("Classifier")
    assert said.metadata["License-Expression"] == "MIT"
    assert "![" not in said.metadata.get_payload(), "a picture in the long description needs an address of its own"
    files = {str(file) for file in said.files}
    assert {"nnlib/py.typed", f"{info.name}/licenses/LICENSE"} <= files
    assert not [file for file in files if file.startswith(("tests", "tools", "notebooks", "benchmarks"))]


def test_the_wheel_works_in_an_empty_environment(environment, tmp_path):
    outside = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "NNLIB_DATA")}
    outside |= {"NNLIB_OFFLINE": "1", "MPLBACKEND": "agg"}
    run(
        "import keras, nnlib, sys; from nnlib.data import load_phone_prices; from nnlib.diagnosis import diagnose\n"
        "from nnlib.models import mlp; from nnlib.plotting import plot_history; from nnlib.training import fit\n"
        "assert nnlib.__file__.startswith(sys.prefix)\n"
        "data = load_phone_prices('stand-in'); x, y = data.features.to_numpy('float32'), data.target.to_numpy()\n"
        "model = mlp(x.shape[1], (8,), 4)\n"
        "model.compile('adam', 'sparse_categorical_crossentropy')\n"
        "history = fit(model, x, y, epochs=2, verbose=0)\n"
        "findings = diagnose(model, x, y)\n"
        "assert 'inputs-not-scaled' in [finding.code for finding in findings], findings\n"
        "plot_history(history).figure.savefig('figure.png')\n",
        python=environment / "python",
        cwd=tmp_path,
        env=outside,
    )
    assert (tmp_path / "figure.png").stat().st_size > 5_000
    doctor = subprocess.run(
        [environment / "nnlib", "doctor"], capture_output=True, text=True, check=False, cwd=tmp_path, env=outside
    )
    lines = doctor.stdout.splitlines()
    assert any(line.startswith("ok    training:") for line in lines), doctor.stdout + doctor.stderr
    # How much memory and disk this machine has left is not the package's doing.
    assert not [line for line in lines if line.startswith("FAIL") and not re.search("memory:|disk:", line)], lines


def test_a_notebook_opened_alone_names_what_is_missing_and_what_brings_it(wheel, tmp_path):
    lesson = nbformat.read(build.notebook_path(build.sources()[1]), as_version=4)
    place = next(i for i, cell in enumerate(lesson.cells) if cell.id == build.SETUP_NOTE)
    assert "no module of that name" in lesson.cells[place].source
    assert lesson.cells[place].source == build.setup_note(build.repository())
    programs, site = empty(tmp_path / "env")
    bring_what_it_needs(wheel, site, importlib.metadata.distribution("ipywidgets"))  # Colab and Kaggle have it
    outside = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"MPLBACKEND": "agg"}
    first_cell = [programs / "python", "-c", lesson.cells[place + 1].source]
    alone = subprocess.run(first_cell, capture_output=True, text=True, check=False, cwd=tmp_path, env=outside)
    assert alone.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'nnlib'"
    install(wheel, programs)
    helped = subprocess.run(first_cell, capture_output=True, text=True, check=False, cwd=tmp_path, env=outside)
    assert helped.returncode == 0, helped.stderr


# --- what the project needs ------------------------------------------------------------------------------


def test_every_range_has_a_reason_and_every_dependency_a_pin():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for group in (PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"].values()):
        for name in (Requirement(line).name for line in group):
            assert re.search(rf'^    "{name}>=[\d.]+,<[\d.]+",\s+# \w', text, re.MULTILINE), f"{name}: range or reason"
            pinned = re.search(rf"^{name}==", pins, re.MULTILINE)
            assert pinned or group is PROJECT["dependency-groups"]["grading"], f"{name} has no pin; run: make pins"


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


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", ".github/workflows/*"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/*"),
        ("citation-file-format", "CITATION.cff"),
    ],
)
def test_what_other_services_read_fits_its_schema(schema, files):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *ROOT.glob(files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_checks_run_on_every_python_and_every_system():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    supported = [line.rsplit(" ", 1)[1] for line in PROJECT["project"]["classifiers"] if "Python :: 3." in line]
    assert jobs["linux"]["strategy"]["matrix"]["python"] == supported
    assert all(any(step.get("run") == "make test" for step in jobs[job]["steps"]) for job in ("linux", "gpu"))
    assert {"windows-latest", "macos-latest"} <= set(jobs["other-systems"]["strategy"]["matrix"]["system"])
    assert "self-hosted" in jobs["gpu"]["runs-on"]
    assert "workflow_dispatch" in jobs["gpu"]["if"]


def test_citation_and_package_say_the_same():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = PROJECT["project"]
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in project["authors"]]
    assert citation.get("repository-code") == project.get("urls", {}).get("Repository")


def test_a_commit_runs_the_first_step_of_make_test():
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert repository["repo"] == "local", "hooks from elsewhere need a network"
    assert [hook["entry"] for hook in repository["hooks"]] == ["make lint"]
    assert re.search(r"^test: lint\b", makefile, re.MULTILINE)


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="not a clone")
def test_git_leaves_the_ends_of_lines_alone():
    listed = subprocess.run(["git", "ls-files", "--eol"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    wrong = [line for line in listed.splitlines() if "i/crlf" in line or ("i/lf" in line and "eol=lf" not in line)]
    assert listed
    assert not wrong


def test_links_in_the_readme_lead_somewhere():
    for document in ("README.md", "CONTRIBUTING.md", "data/README.md"):
        path = ROOT / document
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert target.startswith("http") or (path.parent / target).exists(), f"{document}: {target}"


def test_the_checks_without_make_take_every_finished_notebook_and_no_other():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (command,) = (line.split()[1:] for line in readme.splitlines() if line.startswith("python") and "--nbmake " in line)
    done = subprocess.run(
        [sys.executable, *command, "-n", "0", "--collect-only"], cwd=ROOT, capture_output=True, text=True
    )
    found = {line.partition("::")[0] for line in done.stdout.splitlines() if ".ipynb" in line}
    finished = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("notebooks/solutions/*.ipynb")]
    assert found == {path.relative_to(ROOT).as_posix() for path in finished}, done.stdout


needs_make = pytest.mark.skipif(os.name == "nt" or not shutil.which("make"), reason="no make here")


@needs_make
@pytest.mark.parametrize("moved", [False, True])
def test_make_lab_mends_the_environment_of_a_moved_checkout_and_of_no_other(moved, tmp_path):
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "installed").write_text(f"{'/elsewhere' if moved else tmp_path}\n")
    done = subprocess.run(["make", "-n", "lab"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ("install" in done.stdout) == moved, done.stdout
    assert "requirements.txt" not in done.stdout, "everything would be installed again"
    assert "-m jupyterlab" in done.stdout, "a script of the environment holds its old path"


@needs_make
def test_make_names_what_is_wrong_with_an_old_python(tmp_path):
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    old = tmp_path / "python-old"
    old.write_text('#!/bin/sh\ncase "$1" in --version) echo Python 3.8.1;; *) exit 1;; esac\n')
    old.chmod(0o755)
    done = subprocess.run(["make", "lab", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "3.11, 3.12 or 3.13" in done.stdout
    assert "3.8.1" in done.stdout
    assert not (tmp_path / ".venv").exists()
