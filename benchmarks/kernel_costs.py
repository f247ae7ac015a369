"""What IPython runs when a kernel of the timed course starts: it notes what the lesson's imports and training cost.

The imports are the first cell. Training is what is spent in `model.fit` and in `nnlib.training.fit`; loops that a
lesson writes itself are not counted.
"""

import json
import os
import sys
import time
from functools import wraps
from pathlib import Path


def note_costs(shell):
    costs = {"imports": 0.0, "training": 0.0}
    file = Path(os.environ["NNLIB_KERNEL_COSTS"], f"{os.getpid()}.json")
    started = time.perf_counter()

    def timed(function):
        @wraps(function)
        def run(*arguments, **options):
            start = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                costs["training"] += time.perf_counter() - start

        return run

    def start(_):
        nonlocal started
        started = time.perf_counter()

    def finish(_):
        if not costs["imports"]:
            costs["imports"] = time.perf_counter() - started
            keras, fast_fit = sys.modules["keras"], sys.modules["nnlib.training.fast_fit"]
            keras.Model.fit = timed(keras.Model.fit)
            fast_fit._fit_in_passes = timed(fast_fit._fit_in_passes)
        file.write_text(json.dumps(costs))

    shell.events.register("pre_run_cell", start)
    shell.events.register("post_run_cell", finish)


note_costs(get_ipython())  # noqa: F821  IPython runs this file
del note_costs
