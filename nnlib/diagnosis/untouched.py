# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Looking leaves no trace: every generator and every variable within reach is as it was when the look is over."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import numpy as np

_DEPTH = 4  # layers keep variables in attributes, in lists or dicts of them, and in what a function closes over


@contextmanager
def untouched(*owners: Any) -> Iterator[None]:
    """Restore, at the end, the generators of Python, NumPy, Keras and TensorFlow, and what `owners` keep.

    Meanwhile a GPU computes in full single precision: TensorFloat-32 tells apart what is equal.

    Parameters
    ----------
    *owners : object
        Models, layers, optimizers, losses: what is looked into.

    Examples
    --------
    >>> import random
    >>> before = random.getstate()
    >>> with untouched():
    ...     drawn = random.random()
    >>> random.getstate() == before
    True
    """
    with ExitStack() as stack:
        stack.callback(random.setstate, random.getstate())
        stack.callback(np.random.set_state, np.random.get_state())  # noqa: NPY002 (layers may draw from it)
        if keras.backend.backend() == "tensorflow":
            _swap_tensorflow_generators(stack)
            _compute_precisely(stack)
        for owner in _within_reach((*owners, _keep_keras_generator(stack))):
            _restore(owner, stack)
        yield


def _keep_keras_generator(stack: ExitStack) -> Any:
    """Return the generator that `keras.random` draws from without a seed; where there is none yet, let there be none.

    No public way leads to it. It is made when it is first asked for, from a number of Python's generator.
    """
    from keras.src.backend.common import global_state

    generator = global_state.get_global_attribute("global_seed_generator")
    if generator is None:
        stack.callback(global_state.set_global_attribute, "global_seed_generator", None)
    return getattr(generator, "state", None)


def _swap_tensorflow_generators(stack: ExitStack) -> None:
    """Let operations without a seed draw from a generator of their own while we look.

    TensorFlow keeps the state of an eager random operation in a kernel that is found by its seed, so putting the seed
    back would not put the kernel back: other seeds do.
    """
    from tensorflow.python.eager import context  # no public way leads to the eager generator

    eager = context.context()
    if hasattr(eager, "_rng"):
        stack.callback(setattr, eager, "_rng", eager._rng)
        eager._rng = random.Random(0x5EED)  # any other seed than a user's


def _compute_precisely(stack: ExitStack) -> None:
    import tensorflow as tf

    precision = tf.config.experimental
    stack.callback(precision.enable_tensor_float_32_execution, precision.tensor_float_32_execution_enabled())
    precision.enable_tensor_float_32_execution(False)


def _within_reach(owners: tuple[Any, ...]) -> Iterator[Any]:
    """Walk through attributes, containers and closures of Keras objects; each object once."""
    seen: set[int] = set()
    waiting = [(owner, 0) for owner in owners]
    while waiting:
        thing, depth = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if _has_state(thing):
            yield thing
        elif isinstance(thing, dict):
            waiting += [(value, depth + 1) for value in list(thing.values()) if depth < _DEPTH]
        elif isinstance(thing, list | tuple | set):
            waiting += [(value, depth + 1) for value in list(thing) if depth < _DEPTH]
        elif isinstance(thing, keras.Layer | keras.losses.Loss | keras.metrics.Metric | keras.optimizers.Optimizer):
            yield thing
            waiting += [(value, 0) for value in list(vars(thing).values())]
        elif getattr(thing, "__closure__", None):
            waiting += [(cell.cell_contents, depth + 1) for cell in thing.__closure__ if depth < _DEPTH]


def _has_state(thing: Any) -> bool:
    kinds = (np.random.Generator, np.random.RandomState, random.Random, keras.Variable)
    return isinstance(thing, kinds) or all(hasattr(thing, name) for name in ("assign", "dtype", "shape"))


def _restore(thing: Any, stack: ExitStack) -> None:
    """Put the way back to the present state onto the stack."""
    if isinstance(thing, np.random.Generator):
        stack.callback(setattr, thing.bit_generator, "state", thing.bit_generator.state)
    elif isinstance(thing, np.random.RandomState):
        stack.callback(thing.set_state, thing.get_state())
    elif isinstance(thing, random.Random):
        stack.callback(thing.setstate, thing.getstate())
    elif _has_state(thing):
        value = thing.value if isinstance(thing, keras.Variable) else thing
        if value is not None:
            stack.callback(_assign_if_changed, thing, np.array(value))
    else:  # plain numbers and texts that a layer counts in its attributes
        plain = {name: value for name, value in vars(thing).items() if isinstance(value, int | float | str)}
        stack.callback(vars(thing).update, plain)


def _assign_if_changed(variable: Any, before: np.ndarray) -> None:
    now = np.array(variable.value if isinstance(variable, keras.Variable) else variable)
    if not np.array_equal(now, before, equal_nan=before.dtype.kind == "f"):
        variable.assign(before)
