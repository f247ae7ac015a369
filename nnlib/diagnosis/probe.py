"""Looking into a Keras model without changing it: forward passes, gradients, trial steps.

Every pass goes through `stateless_call`, which returns new states instead of writing them: dropout draws no number from
its generator, and batch normalization keeps its averages. Trial steps move copies of the weights.
"""

import inspect

import numpy as np

TRIAL_STEPS = 20


def flat_layers(model) -> list:
    """Return the layers in order; a nested model is replaced by its own layers."""
    layers = []
    for layer in model.layers:
        layers += flat_layers(layer) if hasattr(layer, "layers") else [layer]
    return layers


def output_layer(model):
    """Return the layer that computes the output, as far as the model's graph tells; else None."""
    outputs = getattr(model, "outputs", None) or [None]
    for layer in reversed(model.layers):
        if getattr(layer, "output", None) is outputs[0]:
            return output_layer(layer) if hasattr(layer, "layers") else layer
    return None


def follows(layer, before) -> bool:
    """Whether `layer` takes the output of `before`, and nothing else, as its input."""
    try:
        return layer.input is before.output
    except (AttributeError, ValueError):  # outside a graph, or called more than once
        return False


def activation_name(layer) -> str | None:
    """Return the name of a layer's activation; None where the layer has none to tell."""
    kind = type(layer).__name__
    if kind in ("Softmax", "ReLU", "Sigmoid"):
        return kind.lower()
    activation = getattr(layer, "activation", None)
    return getattr(activation, "__name__", None)


def submodel(model, layers, end: str):
    """Return the part of a model up to the "input" or "output" of `layers`; None where no graph leads there."""
    import keras

    try:
        return keras.Model(model.inputs[0], [getattr(layer, end) for layer in layers], name="part")
    except (AttributeError, ValueError, TypeError):  # subclassed model, or a layer inside a nested one
        return None


def forward(model, x) -> list[np.ndarray]:
    """Return every output of `model` for `x`, in inference mode."""
    import keras

    trainable, fixed = _values(model)
    outputs, _ = model.stateless_call(trainable, fixed, _as_fit_sees(x), **_mode(model, training=False))
    outputs = outputs if isinstance(outputs, list | tuple) else [outputs]
    return [keras.ops.convert_to_numpy(output) for output in outputs]


def kernel_gradients(model, layers, x, loss_of) -> list[float]:
    """Return the root mean square of the loss gradient for the kernel of each of `layers`; 0 for a frozen one."""
    import keras

    trainable, fixed = _values(model)
    _, gradients = _loss_and_gradients(model, trainable, fixed, _as_fit_sees(x), loss_of, training=False)
    by_variable = {
        id(variable): gradient for variable, gradient in zip(model.trainable_variables, gradients, strict=True)
    }
    found = (by_variable.get(id(layer.kernel)) for layer in layers)
    return [0.0 if one is None else float(keras.ops.sqrt(keras.ops.mean(one**2))) for one in found]


def trial_losses(model, x, loss_of, factor: float = 1.0) -> np.ndarray:
    """Train copies of the weights on one batch and return the loss before and after each step.

    The batch, the dropout masks and the optimizer's starting state stay the same from step to step, so that a loss
    that rises can only come from the size of the steps. Once the loss is a tenth lower after ten steps, without ever
    having risen above its start, the question is answered and the trial ends early.

    Parameters
    ----------
    model : keras.Model
        Compiled model; its weights and its optimizer are copied.
    x : numpy.ndarray
        The batch.
    loss_of : callable
        Turns outputs into the loss.
    factor : float
        Multiple of the compiled learning rate to train with.

    Returns
    -------
    numpy.ndarray
        Losses, one more than steps were taken (at most TRIAL_STEPS).
    """
    import keras

    trainable, fixed = _values(model)
    copies = [keras.Variable(value, name=f"copy_{i}") for i, value in enumerate(trainable)]
    optimizer = _copy_of(model.optimizer, copies, factor)
    x, losses = _as_fit_sees(x), []
    for _ in range(TRIAL_STEPS + 1):
        values = [copy.value for copy in copies]
        loss, gradients = _loss_and_gradients(model, values, fixed, x, loss_of, training=True)
        losses.append(float(loss))
        if len(losses) > 10 and losses[-1] < 0.9 * losses[0] == 0.9 * max(losses):
            break
        optimizer.apply(gradients, copies)
    return np.array(losses)


def _values(model) -> tuple[list, list]:
    import keras

    def detached(variables):
        return [keras.ops.copy(variable.value) for variable in variables]

    return detached(model.trainable_variables), detached(model.non_trainable_variables)


def _mode(model, *, training: bool) -> dict:
    """`training` as an argument for `call`; a subclassed model may take none."""
    return {"training": training} if "training" in inspect.signature(model.call).parameters else {}


def _copy_of(optimizer, variables, factor: float):
    """Return an optimizer with the same settings and state, built on other variables, at a constant learning rate."""
    import keras

    optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # mixed precision wraps it to scale the loss
    rate = float(keras.ops.convert_to_numpy(optimizer.learning_rate)) * factor  # of a schedule: the present one
    copy = type(optimizer).from_config({**optimizer.get_config(), "learning_rate": rate})
    copy.build(variables)
    if optimizer.built:
        for target, source in zip(_state(copy), _state(optimizer), strict=True):
            target.assign(source)
    return copy


def _state(optimizer) -> list:
    return [variable for variable in optimizer.variables if variable.name != "learning_rate"]


def _loss_and_gradients(model, trainable, fixed, x, loss_of, *, training):
    """Return the loss, penalties included, and its gradients. Written for TensorFlow, the course's backend."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(trainable)
        mode = _mode(model, training=training)
        outputs, _, penalties = model.stateless_call(trainable, fixed, x, return_losses=True, **mode)
        loss = loss_of(outputs) + sum(penalties)
    gradients = tape.gradient(loss, trainable, unconnected_gradients="zero")
    return loss, [tf.convert_to_tensor(gradient) for gradient in gradients]


def _as_fit_sees(x):
    """Floats in Keras's precision, as its data adapters hand them to a model."""
    import keras

    return x.astype(keras.config.floatx()) if np.issubdtype(x.dtype, np.floating) else x
