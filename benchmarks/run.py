"""Time plain Keras, Keras tuned by hand, `nnlib.training.fit`, a compiled loop without Keras, and PyTorch side by side.

python benchmarks/run.py                      every row, five rounds: about an hour on two quiet cores
python benchmarks/run.py line phones --rounds 7
python benchmarks/run.py --torch PYTHON       PyTorch rows from another environment's interpreter

Every measurement is a process of its own, and a round runs all of them once before any is repeated, so that a busy
minute hits all alike. The table shows medians. CPU time (user + system) is less moved by what else runs on the machine.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
TITLES = {
    "line": "six points, 500 epochs",
    "images": "CIFAR-10 MLP, one epoch after the first",
    "cnn": "CIFAR-10 CNN, one epoch after the first",
    "phones": "phone prices, 50 epochs",
    "text": "character Transformer, one epoch after the first",
    "animation": "boundary animation, 60 frames",
    "import": "import nnlib",
    "course": "whole course, two workers",
}
WAYS = {
    "line": ["plain", "tuned", "nnlib", "compiled", "torch"],
    "images": ["plain", "tuned", "nnlib", "compiled", "torch"],
    "cnn": ["plain", "nnlib", "torch"],
    "phones": ["plain", "tuned", "nnlib", "compiled", "torch"],
    "text": ["plain", "tuned", "nnlib", "torch"],
    "animation": ["plain", "nnlib"],
    "import": ["nnlib"],
    "course": ["nnlib"],
}
# What must hold: (work, what is compared, at least or at most, bound). Torch bounds count only where it is installed.
BOUNDS = [
    ("line", "plain / nnlib", ">=", 20),
    ("line", "tuned / nnlib", ">=", 1),
    ("images", "plain / nnlib", ">=", 4.5),
    ("images", "tuned / nnlib", ">=", 1),
    ("images", "nnlib / compiled", "<=", 1.2),
    ("images", "torch / nnlib", ">=", 4),
    ("images", "nnlib first / plain first", "<=", 1),
    ("images", "nnlib peak_gb", "<=", 1.4),
    ("cnn", "plain / nnlib", ">=", 1),
    ("cnn", "nnlib peak_gb", "<=", 1.4),
    ("phones", "plain / nnlib", ">=", 5),
    ("phones", "tuned / nnlib", ">=", 1),
    ("phones", "nnlib / compiled", "<=", 1.5),
    ("phones", "torch / nnlib", ">=", 2),
    ("text", "plain / nnlib", ">=", 1.4),
    ("animation", "plain / nnlib", ">=", 1.4),
    ("animation", "plain megabytes / nnlib megabytes", ">=", 3),
    ("animation", "nnlib megabytes", "<=", 0.9),
    ("import", "nnlib", "<=", 0.2),
    ("course", "nnlib", "<=", 300),
    ("course", "nnlib / nnlib half", "<=", 1.6),  # half of what imports and training cost
]


def main():
    options = parse_options()
    runs = {(work, way): [] for work in options.works for way in WAYS[work] if way != "torch" or options.torch}
    for number in range(1, options.rounds + 1):
        for work, way in runs:
            runs[work, way].append(measure(work, way, options.torch if way == "torch" else sys.executable))
            print(f"round {number}/{options.rounds}: {work} {way}", file=sys.stderr, flush=True)
    medians = {key: {name: median(run[name] for run in done) for name in done[0]} for key, done in runs.items()}
    checks = [check for check in map(lambda bound: compare(medians, *bound), BOUNDS) if check]
    print(table(medians), *(line for line in check_lines(checks)), sep="\n")
    write_json(options, runs, checks)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"any of {', '.join(TITLES)} (default: all)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--torch", metavar="PYTHON", help="an interpreter that has PyTorch (default: this one, if it has)"
    )
    parser.add_argument("--json", type=Path, default=HERE / "results.json")
    options = parser.parse_args()
    if unknown := set(options.works) - set(TITLES):
        parser.error(f"no work named {sorted(unknown)}; there are {', '.join(TITLES)}")
    if options.rounds < 1:
        parser.error(f"--rounds must be at least 1, got {options.rounds}")
    options.works = options.works or list(TITLES)
    options.torch = options.torch or (sys.executable if version_of(sys.executable, "torch") else None)
    return options


def measure(work, way, python):
    """Do one work in a fresh process and return what it reports."""
    command = [python, HERE / "works.py", f"{work} {way}"]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        sys.exit(f"\n{work} {way} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(medians, work, what, relation, bound):
    """Return the check of one bound, or None where one of its sides was not measured."""

    def side(text, column):
        way, *key = text.split()
        measured = medians.get((work, way))
        name = key[0] if key else "seconds"
        if name == "first" and column == "cpu":
            name = "first_cpu"
        elif name == "seconds":
            name = column
        return measured and measured.get(name)

    value, cpu = (quotient([side(text, column) for text in what.split(" / ")]) for column in ("seconds", "cpu"))
    if value is None:
        return None
    holds = value >= bound if relation == ">=" else value <= bound
    return {
        "work": work,
        "what": what,
        "value": value,
        "cpu": cpu,
        "relation": relation,
        "bound": bound,
        "holds": holds,
    }


def quotient(sides):
    if None in sides:
        return None
    return sides[0] / sides[1] if len(sides) == 2 else sides[0]


def table(medians) -> str:
    lines = [
        "| work | way | seconds | CPU seconds | first epoch | peak GB | MB |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for (work, way), result in medians.items():
        cells = [
            f"{result[name]:.3g}" if name in result else ""
            for name in ("seconds", "cpu", "first", "peak_gb", "megabytes")
        ]
        lines.append(f"| {TITLES[work]} | {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def check_lines(checks):
    yield "\n| work | compared | measured | in CPU time | wanted | |\n| --- | --- | --- | --- | --- | --- |"
    for check in checks:
        cpu = f"{check['cpu']:.2f}" if check["cpu"] is not None and " / " in check["what"] else ""
        wanted = f"{check['relation']} {check['bound']}"
        mark = "✓" if check["holds"] else "✗"
        yield f"| {TITLES[check['work']]} | {check['what']} | {check['value']:.2f} | {cpu} | {wanted} | {mark} |"


def write_json(options, runs, checks):
    result = {
        "date": datetime.date.today().isoformat(),
        "rounds": options.rounds,
        "machine": {"cores": os.cpu_count(), "processor": processor(), "system": platform.platform()},
        "versions": {"python": platform.python_version()}
        | {name: metadata.version(name) for name in ("keras", "tensorflow", "numpy", "matplotlib")}
        | ({"torch": version_of(options.torch, "torch")} if options.torch else {}),
        "runs": {" ".join(key): done for key, done in runs.items()},
        "checks": checks,
    }
    options.json.write_text(json.dumps(result, indent=1) + "\n")
    print(f"\nWritten to {options.json}", file=sys.stderr)


def processor() -> str:
    """Return the processor's own name where Linux tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def version_of(python, package) -> str | None:
    code = f"from importlib import metadata; print(metadata.version({package!r}))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


if __name__ == "__main__":
    main()
