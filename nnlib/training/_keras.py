# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""What this folder asks of Keras and may not find: in one place, for every version from 3.3 on and every backend."""

import sys

import keras

# Methods that `model.fit` calls. Where a model has its own, only `model.fit` does what the model wants.
_METHODS = (
    "fit",
    "evaluate",
    "train_step",
    "test_step",
    "make_train_function",
    "make_test_function",
    "compute_metrics",
    "get_metrics_result",
    "reset_metrics",
    "metrics",
)
_BATCH_HOOKS = tuple(f"on_{kind}batch_{when}" for kind in ("", "train_", "test_") for when in ("begin", "end"))


def trains_as_keras_trains(model: keras.Model) -> bool:
    """Whether Keras would train this model with its own step, compiled, on one device and for all epochs."""
    return (
        keras.backend.backend() == "tensorflow"
        and model.compiled
        and isinstance(model.optimizer, keras.optimizers.Optimizer)
        and all(
            getattr(type(model), name) is getattr(keras.Model, name) and name not in vars(model) for name in _METHODS
        )
        and not model.run_eagerly
        and not _is_limited()
        and not _is_distributed(model)
    )


def output_shape(model: keras.Model) -> tuple[int | None, ...] | None:
    """The shape of a model's only output; None where it has several, or none is known before it runs."""
    try:
        shape = model.output_shape
    except (AttributeError, ValueError):  # the latter from Keras 3.3
        return None
    return shape if isinstance(shape, tuple) else None


def watches_batches(callback: object) -> bool:
    """Whether a callback does something between two batches."""
    idle = [keras.callbacks.Callback]
    if isinstance(callback, keras.callbacks.ModelCheckpoint) and callback.save_freq == "epoch":
        idle.append(keras.callbacks.ModelCheckpoint)
    return any(
        getattr(getattr(callback, hook, None), "__func__", None) not in [getattr(kind, hook) for kind in idle]
        for hook in _BATCH_HOOKS
    )


def _is_limited() -> bool:
    """Whether `keras.config` limits every training; Keras knows such limits from 3.10 on."""
    limits = (getattr(keras.config, name, None) for name in ("max_epochs", "max_steps_per_epoch"))
    return any(limit and limit() for limit in limits)


def _is_distributed(model: keras.Model) -> bool:
    """Whether the model, or this part of the program, belongs to a strategy that uses chosen or several devices."""
    tf = sys.modules["tensorflow"]
    return (
        not tf.executing_eagerly()
        or tf.config.functions_run_eagerly()
        or tf.distribute.has_strategy()
        or model.distribute_strategy is not tf.distribute.get_strategy()
        or keras.distribution.distribution() is not None
    )
