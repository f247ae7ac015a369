"""Run tests/compat.py with each pair of TensorFlow and Keras that students have: `make compat`.

python -m tools.compat                every pair; environments are made once, in .compat/ or NNLIB_COMPAT (6 GB)
python -m tools.compat 2.16 newest    only these
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# TensorFlow and the Keras of its day. The newest of both is whatever the ranges of pip find.
PAIRS = {"2.16": "3.3", "2.17": "3.5", "2.18": "3.8", "2.19": "3.10", "2.20": "3.12", "newest": ""}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ALSO = [name for name in PROJECT["dependencies"] if not name.startswith(("tensorflow", "keras"))] + ["ipython"]


def environment(tensorflow: str, folder: Path) -> Path:
    """Return the interpreter of the environment for one pair, made now if it is not there; the newest is always new."""
    keras = PAIRS[tensorflow]
    pins = [f"tensorflow=={tensorflow}.*", f"keras=={keras}.*"] if keras else ["tensorflow", "keras"]
    python = folder / tensorflow / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv = [sys.executable, "-m", "uv"]
    if not python.is_file():
        subprocess.run([*uv, "venv", "--quiet", "--python", "3.11", folder / tensorflow], check=True)
    subprocess.run(
        [*uv, "pip", "install", "--quiet", *([] if keras else ["--upgrade"]), "--python", python, *pins, *ALSO],
        check=True,
    )
    return python


def main(wanted: list[str]) -> int:
    """Try each pair, and return 1 if something failed with one of them."""
    if unknown := set(wanted) - set(PAIRS):
        sys.exit(f"no TensorFlow named {sorted(unknown)}; there are {', '.join(PAIRS)}")
    folder = Path(os.environ.get("NNLIB_COMPAT", ROOT / ".compat"))
    failed = []
    for tensorflow in wanted or PAIRS:
        print(f"\nTensorFlow {tensorflow}", flush=True)
        python = environment(tensorflow, folder)
        if subprocess.run([python, ROOT / "tests" / "compat.py"], cwd=ROOT, check=False).returncode:
            failed.append(tensorflow)
    print(f"\nFailed with TensorFlow {', '.join(failed)}" if failed else "\nEvery part works with every pair.")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
