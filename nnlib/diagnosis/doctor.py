# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""`diagnose`: a doctor for models that do not learn."""

import warnings
from typing import Any

from .arguments import case_of
from .case import Case
from .findings import SEVERITIES, Finding, Findings
from .rules import RULES
from .untouched import untouched


def diagnose(model: Any, x: Any, y: Any, *, history: Any = None, validation_data: Any = None) -> Findings:
    """Look for what beginners get wrong, and say in one sentence each what it is and what to change.

    Looks at the data, at how labels, output layer and loss fit together, at what the layers do with a sample of
    the data, at trial steps on copies of the weights, and at the curves of a history. The model, its optimizer and all
    random states stay as they are. While a cause is found (say, unscaled inputs), its symptoms are not listed: change
    one thing, then ask again.

    Parameters
    ----------
    model : keras.Model
        Compiled, with one input and one output; trained or not.
    x : array of shape (n, ...) or pandas.DataFrame
        The training inputs, as they go into `fit`. Up to 512 evenly spaced rows go through the model,
        up to 5000 where a weak signal is to be told from none.
    y : array of shape (n,) or (n, k) or pandas.Series
        The training targets, as they go into `fit`.
    history : keras.callbacks.History or dict, optional
        What `fit` returned. Then learning rates are judged by the curve, and overfitting can be seen.
    validation_data : tuple (x_val, y_val), optional
        To find rows shared with the training data, another scaling or coding, and overfitting.

    Returns
    -------
    Findings
        A list of `Finding`, worst first, and among equals the one to do first; a notebook shows it as a table. Empty if
        nothing was found.

    Raises
    ------
    ValueError
        If the model is not compiled or not built, has several inputs or outputs, the data is empty, is no array of
        numbers, or does not fit the model's input.

    Notes
    -----
    `nnlib.diagnosis.RULES` lists the rules, each with its threshold and the reason for it. Rules on gradients, and on
    learning rates without a history, need Keras on TensorFlow.

    Examples
    --------
    >>> import keras, numpy as np
    >>> x = np.linspace(0, 255, 200).reshape(100, 2)
    >>> y = np.arange(100) % 2
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="softmax")])
    >>> model.compile(loss="binary_crossentropy")
    >>> diagnose(model, x, y).codes
    ['softmax-on-one-unit', 'inputs-not-scaled']
    """
    with warnings.catch_warnings():  # what a library has to say about a sick model, the findings say better
        warnings.simplefilter("ignore")
        case = case_of(model, x, y, history, validation_data)
        with untouched(model, model.optimizer, model.loss, case.metrics):
            findings = _examine(case)
            looked_at = case.looked_at if "outputs" in vars(case) else f"{len(case.x):,} rows"
    return Findings(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)), looked_at=looked_at)


def _examine(case: Case) -> list[Finding]:
    blocking = _found(case, "blocking")
    if any(finding.severity == "error" for finding in blocking):
        return blocking
    causes, evaluation = _found(case, "cause"), _found(case, "evaluation")
    findings = blocking + causes + evaluation
    if _harmless(causes):
        symptoms = _found(case, "symptom")
        findings += symptoms + (_found(case, "last symptom") if _harmless(symptoms) else [])
        if _harmless(evaluation):
            findings += _found(case, "validation symptom")
    return findings


def _harmless(findings: list[Finding]) -> bool:
    return all(finding.severity == "note" for finding in findings)


def _found(case: Case, kind: str) -> list[Finding]:
    return [found for one in RULES.values() if one.kind == kind and (found := one.ask(case)) is not None]
