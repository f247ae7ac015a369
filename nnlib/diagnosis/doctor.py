"""`diagnose`: a doctor for models that do not learn."""

import warnings

import numpy as np

from . import rules_data, rules_output, rules_training
from .case import Case
from .findings import SEVERITIES, Findings

# Causes come first: while one of them stands, poor training only follows from it, and symptoms would repeat it.
CAUSES = (
    rules_data.inputs_not_scaled,
    rules_data.inputs_too_small,
    rules_data.targets_not_scaled,
    rules_data.one_class,
    rules_output.labels_one_hot,
    rules_output.labels_not_one_hot,
    rules_output.labels_out_of_range,
    rules_output.label_width,
    rules_output.softmax_on_one_unit,
    rules_output.sigmoid_for_exclusive_classes,
    rules_output.binary_loss_for_classes,
    rules_output.probabilities_as_logits,
    rules_output.output_not_probabilities,
    rules_output.output_cannot_reach_targets,
    rules_output.squared_error_for_classes,
    rules_output.nothing_trainable,
    rules_training.learning_rate_too_high_in_weights,
    rules_output.identical_units,
    rules_output.linear_stack,
)
# Whether a good score means anything. Independent of the causes.
EVALUATION = (
    rules_data.target_among_inputs,
    rules_data.imbalanced_classes,
    rules_data.sorted_labels,
    rules_data.shared_rows,
    rules_data.validation_scaled_differently,
    rules_data.accuracy_for_regression,
    rules_training.overfitting,
)
SYMPTOMS = (
    rules_training.learning_rate_too_high_in_history,
    rules_training.learning_rate_too_low_in_history,
    rules_training.dead_relus,
    rules_training.loss_at_chance,
)
# Symptoms that take gradients to see, which is written for TensorFlow.
PROBES = (
    rules_training.learning_rate_too_high_in_trial,
    rules_training.learning_rate_too_low_in_trial,
    rules_training.vanishing_gradients,
)


def diagnose(model, x, y, *, history=None, validation_data=None) -> Findings:
    """Look for what beginners get wrong, and say in one sentence each what it is and what to change.

    Looks at the data, at how labels, output layer and loss fit together, at what the layers do with a sample of
    the data, at twenty trial steps on copies of the weights, and at the curves of a history. The model, its
    optimizer and all random states stay as they are. While a cause is found (say, unscaled inputs), its symptoms are
    not listed: change one thing, then ask again.

    Parameters
    ----------
    model : keras.Model
        Compiled, with one input and one output; trained or not.
    x : array of shape (n, ...) or pandas.DataFrame
        The training inputs, as they go into `fit`. Up to 512 evenly spaced rows go through the model.
    y : array of shape (n,) or (n, k) or pandas.Series
        The training targets, as they go into `fit`.
    history : keras.callbacks.History or dict, optional
        What `fit` returned. Then learning rates are judged by the curve, and overfitting can be seen.
    validation_data : tuple (x_val, y_val), optional
        To find rows shared with the training data, another scaling, and overfitting.

    Returns
    -------
    Findings
        A list of `Finding`, worst first; a notebook shows it as a table. Empty if nothing was found.

    Raises
    ------
    ValueError
        If the model is not compiled or not built, has several inputs or outputs, the data is empty, is no array of
        numbers, or does not fit the model's input.

    Notes
    -----
    Each rule stands in a function of its own, with its threshold and the reason for it. Vanishing gradients, and
    learning rates without a history, are only looked for with Keras on TensorFlow.

    Examples
    --------
    >>> import keras, numpy as np
    >>> x = np.linspace(0, 255, 200).reshape(100, 2)
    >>> y = np.arange(100) % 2
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="softmax")])
    >>> model.compile(loss="binary_crossentropy")
    >>> diagnose(model, x, y).codes
    ['inputs-not-scaled', 'softmax-on-one-unit']
    """
    _check_model(model)
    columns = list(x.columns) if hasattr(x, "columns") else None
    x, y = _check_data(model, x, y, "x", "y")
    x_val, y_val = (None, None) if validation_data is None else _check_pair(model, validation_data)
    case = Case(model, x, y, _curves(history), x_val, y_val, columns)
    with warnings.catch_warnings():  # what a library has to say about a sick model, the findings say better
        warnings.simplefilter("ignore")
        findings = _examine(case)
    return Findings(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def _examine(case: Case) -> list:
    broken_data = _found(case, (rules_data.not_finite_data,))
    if broken_data:
        return broken_data
    causes = _found(case, CAUSES)
    findings = causes + _found(case, EVALUATION)
    if all(finding.severity == "note" for finding in causes):
        findings += _found(case, SYMPTOMS + PROBES if _on_tensorflow() else SYMPTOMS)
    return findings


def _on_tensorflow() -> bool:
    import keras

    return keras.backend.backend() == "tensorflow"


def _found(case: Case, rules) -> list:
    return [finding for finding in (rule(case) for rule in rules) if finding is not None]


def _check_model(model) -> None:
    if not getattr(model, "compiled", False) or model.loss is None:
        raise ValueError(f"model {getattr(model, 'name', model)!r} has no loss yet: call model.compile(loss=…) first")
    if not model.built:
        raise ValueError(f"model {model.name!r} has no weights yet: begin it with keras.Input, or call it on data once")
    for name in ("inputs", "outputs"):
        tensors = getattr(model, name, None) or []
        if len(tensors) > 1:
            raise ValueError(f"model {model.name!r} has {len(tensors)} {name}; diagnose knows models with one")


def _check_data(model, x, y, x_name: str, y_name: str) -> tuple[np.ndarray, np.ndarray]:
    x, y = _as_numbers(x, x_name), _as_numbers(y, y_name)
    if len(x) != len(y):
        raise ValueError(f"{x_name} has {len(x)} rows and {y_name} has {len(y)}; each sample needs one target")
    shape = getattr(model, "input_shape", None)
    wanted = tuple(shape[1:]) if isinstance(shape, tuple) else None
    if wanted is not None and _fits((*x.shape[1:], 1), wanted):
        x = x[..., None]  # as fit does: six numbers are six rows of one, grey pictures have one channel
    if wanted is not None and not _fits(x.shape[1:], wanted):
        raise ValueError(f"a row of {x_name} has shape {x.shape[1:]}, but model {model.name!r} takes {wanted}")
    return x, y


def _check_pair(model, validation_data) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
        raise ValueError(f"validation_data must be a pair (x_val, y_val), not a {type(validation_data).__name__}")
    return _check_data(model, *validation_data, "x_val", "y_val")


def _as_numbers(values, name: str) -> np.ndarray:
    if hasattr(values, "element_spec") or callable(getattr(values, "__next__", None)):
        raise ValueError(f"{name} is a {type(values).__name__}; give arrays, for example a few batches put together")
    array = np.asarray(values)
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}); give at least one sample")
    if array.dtype == object or not np.issubdtype(array.dtype, np.number) and array.dtype != bool:
        raise ValueError(
            f"{name} holds {array.dtype}, not numbers; turn text into numbers first (one-hot, class numbers)"
        )
    return array.astype("int8") if array.dtype == bool else array


def _fits(shape: tuple, wanted: tuple) -> bool:
    return len(shape) == len(wanted) and all(w in (None, s) for s, w in zip(shape, wanted, strict=True))


def _curves(history) -> dict[str, np.ndarray]:
    curves = getattr(history, "history", history) or {}
    if not isinstance(curves, dict):
        raise ValueError(f"history is a {type(history).__name__}; give what model.fit returned")
    return {name: np.asarray(curve, dtype="float64") for name, curve in curves.items()}
