"""All set-ups: importing the modules beside this one fills the two lists."""

from importlib import import_module
from pathlib import Path

from cases.declare import BROKEN, HEALTHY, unpacked

for _path in sorted(Path(__file__).parent.glob("*_*.py")):  # broken_….py and healthy_….py
    import_module(f"cases.{_path.stem}")

__all__ = ["BROKEN", "HEALTHY", "unpacked"]
