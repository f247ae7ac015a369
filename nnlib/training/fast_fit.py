"""Keras's `fit` for small models: the same training, a shorter road from array to gradient."""

import keras

from .callbacks import Progress


def fit(
    model: keras.Model,
    x,
    y=None,
    *,
    batch_size: int = 32,
    epochs: int = 1,
    validation_data=None,
    callbacks=None,
    shuffle: bool = True,
    verbose: int | str = 1,
    **keras_options,
) -> keras.callbacks.History:
    """Train `model` as `model.fit` does, and return the same `History`."""
    callbacks = list(callbacks or [])
    if verbose in ("auto", 1):
        callbacks.append(Progress())
    return model.fit(
        x,
        y,
        batch_size=batch_size,
        epochs=epochs,
        validation_data=validation_data,
        callbacks=callbacks,
        shuffle=shuffle,
        verbose=2 if verbose == 2 else 0,
        **keras_options,
    )
