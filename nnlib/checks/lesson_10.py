# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Exercises of lesson 10: a table, from the raw file to a saved model."""

from __future__ import annotations

import functools
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from .exercise import Choice, Exercise, Function, Mistake, Number, Product, Sheet
from .networks import answers_of, the_model, weights_of
from .running import SECONDS_TO_TRAIN

TABLE = "check a table that you have never seen"
BASELINES = "judge a network by two baselines"
SCALE = "recognise inputs that are not scaled"
RECIPES = "compare recipes fairly"
SAVE = "save a model together with its scaling"


def exercises(seed: int = 0) -> Sheet:
    """The exercises of lesson 10.

    Parameters
    ----------
    seed : int
        Chooses the numbers of the tasks that are computed by hand.

    Returns
    -------
    Sheet
        Call its `check` with the name of an exercise and your answer.

    Examples
    --------
    >>> exercises(seed=0).check("one change", "b")
    ✗ one change: More runs show the spread of a row. They do not tell which of the three
    changes made the difference.
    """
    return Sheet("10", EXERCISES, seed=seed)


# --- by hand ---------------------------------------------------------------------------------------------


def _draw_column(rng: np.random.Generator) -> Mapping[str, Any]:
    values = rng.choice([2, 4, 5, 8, 10, 12, 15], 4, replace=False)
    return {"training": values.tolist(), "new": int(rng.choice([1, 18, 20, 24]))}


def _standardised(training: Sequence[float], new: float, *, ddof: int = 0) -> float:
    return float((new - np.mean(training)) / np.std(training, ddof=ddof))


STANDARDISED = Number(
    name="standardised",
    kind="by hand",
    objectives=(SCALE,),
    points=2,
    task="Training part: {training}. New phone: {new}.",
    hints=(
        "The mean and the standard deviation come from the training part alone.",
        "Standard deviation: the root of the mean squared distance from the mean. Divide by the number of values, as "
        "`Normalization` does.",
    ),
    draw=_draw_column,
    right=lambda training, new: float(StandardScaler().fit(np.reshape(training, (-1, 1))).transform([[new]])[0, 0]),
    mistakes=(
        Mistake(
            sentence="The new phone has no part in mean and deviation: they are measured on the training part.",
            answer=lambda training, new: _standardised([*training, new], new),
        ),
        Mistake(
            sentence="You divided the sum of squares by n − 1. `Normalization`, like the lesson, divides by n.",
            answer=lambda training, new: _standardised(training, new, ddof=1),
        ),
        Mistake(
            sentence="You divided by the variance. The square root is missing.",
            answer=lambda training, new: _standardised(training, new) / np.std(training),
        ),
        Mistake(
            sentence="That is the distance from the mean. Divide it by the standard deviation.",
            answer=lambda training, new: new - float(np.mean(training)),
        ),
        Mistake(
            sentence="The mean is not subtracted.",
            answer=lambda training, new: new / np.std(training),
        ),
        Mistake(
            sentence="That is the place between smallest and largest value. To standardise, take mean and standard "
            "deviation.",
            answer=lambda training, new: (new - min(training)) / (max(training) - min(training)),
        ),
        Mistake(
            sentence="The sign is turned round: a value above the mean gives a positive number.",
            answer=lambda training, new: -_standardised(training, new),
        ),
        Mistake(
            sentence="You divided by the root of the *sum* of squares. Take the mean of the squares first: divide by "
            "n.",
            answer=lambda training, new: _standardised(training, new) / len(training) ** 0.5,
        ),
        Mistake(
            sentence="You divided by the mean distance from the mean. For the standard deviation the distances are "
            "squared first.",
            answer=lambda training, new: float(
                (new - np.mean(training)) / np.mean(np.abs(np.array(training) - np.mean(training)))
            ),
        ),
    ),
)

# --- the tables ------------------------------------------------------------------------------------------


@functools.cache
def _parts() -> tuple[pd.DataFrame, pd.DataFrame]:
    """118 wines for training, and 60 for the test; 13 measured columns and the class."""
    table = load_wine(as_frame=True).frame.rename(columns={"target": "class"})
    train, test = train_test_split(table, test_size=60, stratify=table["class"], random_state=0)
    return train.reset_index(drop=True), test.reset_index(drop=True)


def wine() -> tuple[np.ndarray, ...]:
    """Wines as clean arrays, 13 columns in their own units: 118 to train, 60 to test; three classes.

    Examples
    --------
    >>> x_train, y_train, x_test, y_test = wine()
    >>> x_train.shape, y_test.shape
    ((118, 13), (60,))
    """
    arrays = [(part.drop(columns="class").to_numpy("float32"), part["class"].to_numpy()) for part in _parts()]
    return (*arrays[0], *arrays[1])


def _raw(part: pd.DataFrame, *, zeros: Sequence[int], gaps: Sequence[int], twice: Sequence[int]) -> pd.DataFrame:
    """A part as somebody typed it: with a running number, zeros, gaps, text for numbers, and rows that stand twice."""
    table = part.copy()
    table.insert(0, "bottle", np.arange(1, len(table) + 1))
    table.loc[list(zeros), "magnesium"] = 0
    table.loc[list(gaps), "hue"] = np.nan
    table.loc[list(gaps)[:2], "alcohol"] = np.nan
    table["proline"] = [f"{value:,.0f}" for value in part["proline"]]
    return pd.concat([table, table.iloc[list(twice)]], ignore_index=True)


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="wine-")  # gone when Python ends


def wine_file(name: str = "wine.csv") -> str:
    """Write a raw file of wines into a folder for temporary files.

    Parameters
    ----------
    name : {"wine.csv", "new_wine.csv"}
        The training part, or the test part.

    Returns
    -------
    str
        Path of the file.

    Raises
    ------
    ValueError
        If there is no file of this name.

    Examples
    --------
    >>> pd.read_csv(wine_file()).shape
    (122, 15)
    """
    if name not in ("wine.csv", "new_wine.csv"):
        raise ValueError(f"name is {name!r}; allowed are 'wine.csv' and 'new_wine.csv'")
    train, test = _parts()
    if name == "wine.csv":
        table = _raw(train, zeros=range(3, 118, 17), gaps=range(5, 118, 11), twice=[8, 20, 41, 99])
    else:
        table = _raw(test, zeros=[2, 30], gaps=[7, 8, 44], twice=[12])
    path = Path(_folder().name) / name
    table.to_csv(path, index=False)
    return str(path)


def medians() -> dict[str, float]:
    """The median of each column, measured on the training part without its gaps.

    Examples
    --------
    >>> medians()["proline"]
    673.5
    """
    train, _ = _parts()
    return {str(name): float(value) for name, value in train.drop(columns="class").median().items()}


_SMALL = (
    # row 8 becomes a bottle of its own with the numbers of row 3
    _raw(_parts()[0].iloc[[0, 1, 2, 3, 4, 5, 6, 7, 3]], zeros=[1, 4, 6], gaps=[0, 1, 2, 7], twice=[3, 5]),
    _raw(_parts()[0][20:34].reset_index(drop=True), zeros=[2], gaps=[3, 9], twice=[9, 9, 4]),
)

_PHONES = pd.DataFrame(  # another table: no running number, two columns of text, and a gap in one of them
    {
        "maker": ["Nokia", "Sony", np.nan, "Nokia", "LG", "Nokia"],
        "screen": ["OLED", "LCD", "LCD", "OLED", "LCD", "OLED"],
        "storage": [64, 0, 128, 64, 0, 64],
        "price": [210.0, 340.0, np.nan, 210.0, np.nan, 250.0],
    }
)

# --- by code: the checklist ------------------------------------------------------------------------------


def _row_by_row(table: pd.DataFrame, impossible: list[str]) -> tuple[int, int, int, int]:
    """The four counts with plain loops over the rows."""
    rows = table.to_dict("records")
    texts = [repr(row) for row in rows]
    return (
        len(texts) - len(set(texts)),
        sum(value != value for row in rows for value in row.values()),
        sum(row[name] == 0 for row in rows for name in impossible),
        sum(any(isinstance(row[name], str) for row in rows) for name in table.columns),
    )


def _counts(
    use: Callable[[pd.DataFrame, list[str]], Mapping[int, int]],
) -> Callable[[pd.DataFrame, list[str]], tuple[int, ...]]:
    """The right counts, with some of them replaced by those of a mistake."""

    def answer(table: pd.DataFrame, impossible: list[str]) -> tuple[int, ...]:
        counts = dict(enumerate(_row_by_row(table, impossible)))
        return tuple((counts | dict(use(table, impossible))).values())

    return answer


CHECKLIST = Function(
    name="checklist",
    kind="by code",
    objectives=(TABLE,),
    points=4,
    hints=(
        "`table.duplicated()` marks each row that has stood further up before. `.sum()` counts the marks.",
        "`table.isna()` and `table[impossible] == 0` are tables of True and False: one `.sum()` counts per column, a "
        "second one adds the columns.",
        '`table.select_dtypes(exclude="number")` keeps the columns that hold no numbers.',
    ),
    right=_row_by_row,
    cases=(
        (_SMALL[0], ["magnesium"]),
        (_SMALL[1].assign(ash=_SMALL[1]["ash"].mask(_SMALL[1]["bottle"].isin([3, 6, 8]), 0)), ["magnesium", "ash"]),
        (_PHONES, ["storage", "price"]),
    ),
    mistakes=(
        Mistake(
            sentence="Repeated rows: you counted the first of them, too. Only the further ones are too many.",
            answer=_counts(lambda table, impossible: {0: int(table.duplicated(keep=False).sum())}),
        ),
        Mistake(
            sentence="You left the number of *different* rows. Asked for is how many rows are repetitions.",
            answer=_counts(lambda table, impossible: {0: len(table.drop_duplicates())}),
        ),
        Mistake(
            sentence="Gaps: you counted columns that have gaps. Count the empty cells.",
            answer=_counts(lambda table, impossible: {1: int(table.isna().any().sum())}),
        ),
        Mistake(
            sentence="Gaps: you counted rows that have gaps. A row may have several: count the empty cells.",
            answer=_counts(lambda table, impossible: {1: int(table.isna().any(axis=1).sum())}),
        ),
        Mistake(
            sentence="Zeros: you counted them in all columns. A 0 is a fault only where it is impossible; the class 0 "
            "is a class.",
            answer=_counts(lambda table, impossible: {2: int((table == 0).sum().sum())}),
        ),
        Mistake(
            sentence="Zeros: you counted gaps. `isna` does not find a 0: compare with the number 0.",
            answer=_counts(lambda table, impossible: {2: int(table[impossible].isna().sum().sum())}),
        ),
        Mistake(
            sentence="Zeros: you counted gaps as well. A gap is no 0, and stands in the second count.",
            answer=_counts(lambda table, impossible: {2: int((table[impossible].fillna(0) == 0).sum().sum())}),
        ),
        Mistake(
            sentence='You found no zeros. The text "0" is no 0: compare with the number 0.',
            answer=_counts(lambda table, impossible: {2: 0}),
        ),
        Mistake(
            sentence="Zeros: you counted rows that have one. A row may have several: count the cells.",
            answer=_counts(lambda table, impossible: {2: int((table[impossible] == 0).any(axis=1).sum())}),
        ),
        Mistake(
            sentence="Zeros: you looked at one column only. `impossible` is a list of columns: count in all of them.",
            answer=_counts(lambda table, impossible: {2: int((table[impossible[0]] == 0).sum())}),
        ),
        Mistake(
            sentence="Gaps: `count` counts the cells that are *not* empty. Asked for are the empty ones.",
            answer=_counts(lambda table, impossible: {1: int(table.count().sum())}),
        ),
        Mistake(
            sentence="Text: you counted the columns of numbers. Asked for are the others.",
            answer=_counts(lambda table, impossible: {3: table.select_dtypes("number").shape[1]}),
        ),
        Mistake(
            sentence="Text: you found no column. In newer pandas a column of text is of the kind `str`, in older ones "
            "`object`: ask for what is not a number.",
            answer=_counts(lambda table, impossible: {3: 0}),
        ),
        Mistake(
            sentence="Text: you counted cells. Asked for are the columns that hold text.",
            answer=_counts(
                lambda table, impossible: {3: sum(isinstance(v, str) for name in table for v in table[name])}
            ),
        ),
    ),
)

# --- by code: two baselines ------------------------------------------------------------------------------

Table4 = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _columns(names: list[str], n_train: int, seed: int) -> Table4:
    """Few columns of the wines with noise, so that a formula makes mistakes; classes in unequal shares."""
    table = pd.concat(_parts(), ignore_index=True).sample(frac=1, random_state=seed)
    rng = np.random.default_rng(seed)
    x = table[names].to_numpy() + rng.normal(0, table[names].std(), (len(table), len(names)))
    x = np.hstack([x, rng.normal(2, 3, (len(table), 8))])  # columns of noise, to be learnt by heart
    y = table["class"].to_numpy()
    order = np.argsort(y[:n_train] == 2, kind="stable")[: n_train - 8]  # fewer of class 2 in training
    return x[:n_train][order], y[:n_train][order], x[n_train:], y[n_train:]


def _fitted(c: float, x: np.ndarray, y: np.ndarray) -> LogisticRegression:
    return LogisticRegression(C=c, max_iter=1000).fit(x, y)


def _once(function: Callable[..., tuple[float, ...]]) -> Callable[..., tuple[float, ...]]:
    """The same function, computed once per case: a check asks for the same cases again and again."""
    known: dict[bytes, tuple[float, ...]] = {}

    @functools.wraps(function)
    def remembered(x_train: np.ndarray, *others: Any) -> tuple[float, ...]:
        key = x_train.tobytes() + bytes(str(others[-1]), "utf-8")  # the values of C tell calls on the same rows apart
        if key not in known:
            known[key] = function(x_train, *others)
        return known[key]

    return remembered


@_once
def _by_hand(
    x_train: np.ndarray, y_train: np.ndarray, x_val: np.ndarray, y_val: np.ndarray, c_values: list[float]
) -> tuple[float, float]:
    """Majority class and logistic regression on columns that are standardised by hand."""
    majority = max(set(y_train.tolist()), key=y_train.tolist().count)
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    x_train, x_val = (x_train - mean) / deviation, (x_val - mean) / deviation
    right = [np.sum(_fitted(c, x_train, y_train).predict(x_val) == y_val) / len(y_val) for c in c_values]
    return float(np.mean(y_val == majority)), float(max(right))


def _baselines(
    change: Callable[[Table4, list[float]], Mapping[int, float]],
) -> Callable[..., tuple[float, ...]]:
    """The right baselines, with one of them replaced by that of a mistake."""

    @_once
    def answer(
        x_train: np.ndarray, y_train: np.ndarray, x_val: np.ndarray, y_val: np.ndarray, c_values: list[float]
    ) -> tuple[float, ...]:
        both = dict(enumerate(_by_hand(x_train, y_train, x_val, y_val, c_values)))
        return tuple((both | dict(change((x_train, y_train, x_val, y_val), c_values))).values())

    return answer


def _best_in_training(parts: Table4, c_values: list[float]) -> Mapping[int, float]:
    """The setting that has the best *training* accuracy, and its validation accuracy."""
    scale = StandardScaler().fit(parts[0])
    models = [_fitted(c, scale.transform(parts[0]), parts[1]) for c in c_values]
    best = max(models, key=lambda model: model.score(scale.transform(parts[0]), parts[1]))
    return {1: float(best.score(scale.transform(parts[2]), parts[3]))}


def _with_each(
    change: Callable[[list[float]], float],
) -> Callable[[Table4, list[float]], Mapping[int, float]]:
    """One number made of the validation accuracies of all values of C."""

    def answer(parts: Table4, c_values: list[float]) -> Mapping[int, float]:
        scale = StandardScaler().fit(parts[0])
        models = [_fitted(c, scale.transform(parts[0]), parts[1]) for c in c_values]
        return {1: change([float(model.score(scale.transform(parts[2]), parts[3])) for model in models])}

    return answer


def _highest_in_training(parts: Table4, c_values: list[float]) -> Mapping[int, float]:
    x = StandardScaler().fit_transform(parts[0])
    return {1: max(float(_fitted(c, x, parts[1]).score(x, parts[1])) for c in c_values)}


def _validation_left_raw(parts: Table4, c_values: list[float]) -> Mapping[int, float]:
    x_train = StandardScaler().fit_transform(parts[0])
    return {1: max(float(_fitted(c, x_train, parts[1]).score(parts[2], parts[3])) for c in c_values)}


def _without_c(parts: Table4) -> Mapping[int, float]:
    scale = StandardScaler().fit(parts[0])
    model = LogisticRegression(max_iter=1000).fit(scale.transform(parts[0]), parts[1])
    return {1: float(model.score(scale.transform(parts[2]), parts[3]))}


def _two_scalers(parts: Table4, c_values: list[float]) -> Mapping[int, float]:
    x_train, x_val = (StandardScaler().fit_transform(x) for x in (parts[0], parts[2]))
    return {1: max(float(_fitted(c, x_train, parts[1]).score(x_val, parts[3])) for c in c_values)}


def _scaled_by_all(parts: Table4, c_values: list[float]) -> Mapping[int, float]:
    scale = StandardScaler().fit(np.vstack([parts[0], parts[2]]))
    x_train, x_val = scale.transform(parts[0]), scale.transform(parts[2])
    return {1: max(float(_fitted(c, x_train, parts[1]).score(x_val, parts[3])) for c in c_values)}


def _unscaled(parts: Table4, c_values: list[float]) -> Mapping[int, float]:
    return {1: max(float(_fitted(c, parts[0], parts[1]).score(parts[2], parts[3])) for c in c_values)}


BASELINE = Function(
    name="baselines",
    kind="by code",
    objectives=(BASELINES, RECIPES),
    points=4,
    hints=(
        "Majority class: the most frequent label of the *training* part, given as the answer to every validation row.",
        "`pipeline.make_pipeline(scaler, formula)`, with a `preprocessing.StandardScaler()` and a "
        "`linear_model.LogisticRegression(C=c, max_iter=1000)`, keeps the scaling with the formula: `fit` "
        "measures on the training part, `score` only applies.",
        "Fit one pipeline per value of `C` on the training part, and keep the highest score on the validation part.",
    ),
    right=_by_hand,
    cases=(
        (*_columns(["alcohol", "ash", "hue"], 90, seed=10), [0.001, 0.1, 10.0, 0.01]),
        (*_columns(["hue", "color_intensity"], 60, seed=15), [0.01, 0.001, 10.0, 0.003]),
    ),
    mistakes=(
        Mistake(
            sentence="You took the majority of the validation part. The baseline, too, learns from the training part "
            "only.",
            answer=_baselines(lambda parts, c_values: {0: float(np.bincount(parts[3]).max() / len(parts[3]))}),
        ),
        Mistake(
            sentence="You gave the share of the majority among the training rows. Judge it on the validation rows.",
            answer=_baselines(lambda parts, c_values: {0: float(np.bincount(parts[1]).max() / len(parts[1]))}),
        ),
        Mistake(
            sentence="You gave the share that guessing gets among classes of equal size. These are not: who always "
            "says the most frequent class gets another share.",
            answer=_baselines(lambda parts, c_values: {0: 1 / 3}),
        ),
        Mistake(
            sentence="Mean and deviation were measured on all rows. What is measured comes from the training part: the "
            "validation rows stand for wines that nobody has seen yet.",
            answer=_baselines(_scaled_by_all),
        ),
        Mistake(
            sentence="Logistic regression got raw columns. A baseline gets the same care as the network: standardise.",
            answer=_baselines(_unscaled),
        ),
        Mistake(
            sentence="The validation rows were standardised with their own mean and deviation. Those of the training "
            "part hold for all parts.",
            answer=_baselines(_two_scalers),
        ),
        Mistake(
            sentence="`C` was chosen by the training accuracy. The validation part chooses.",
            answer=_baselines(_best_in_training),
        ),
        Mistake(
            sentence="You tried one value of `C` only, the first. The setting of a baseline is chosen, like that of "
            "the network.",
            answer=lambda x_train, y_train, x_val, y_val, c_values: _by_hand(
                x_train, y_train, x_val, y_val, c_values[:1]
            ),
        ),
        Mistake(
            sentence="You gave the result of the last `C`. Keep the *best* one of the loop.",
            answer=_baselines(_with_each(lambda accuracies: accuracies[-1])),
        ),
        Mistake(
            sentence="You gave the mean over all values of `C`. One of them is chosen: the one with the highest "
            "accuracy on the validation part.",
            answer=_baselines(_with_each(lambda accuracies: float(np.mean(accuracies)))),
        ),
        Mistake(
            sentence="You gave the accuracy on the *training* rows. Both baselines are judged on the validation rows.",
            answer=_baselines(_highest_in_training),
        ),
        Mistake(
            sentence="The validation rows were not standardised. What is done to the training columns is done to all.",
            answer=_baselines(_validation_left_raw),
        ),
        Mistake(
            sentence="`c_values` is not used: `LogisticRegression` without `C` takes C = 1. Try each value, keep "
            "the best.",
            answer=_baselines(lambda parts, c_values: _without_c(parts)),
        ),
        Mistake(
            sentence="You gave percent. An accuracy is a share: a number between 0 and 1.",
            answer=lambda *case: tuple(100 * share for share in _by_hand(*case)),
        ),
        Mistake(
            sentence="The two are exchanged: first the majority class, then logistic regression.",
            answer=lambda *case: _by_hand(*case)[::-1],
        ),
    ),
)

# --- predict ---------------------------------------------------------------------------------------------

ONE_CHANGE = Choice(
    name="one change",
    kind="predict",
    objectives=(RECIPES,),
    points=2,
    hints=("How many things differ between the two rows?",),
    right="c",
    because="One change per row, several runs per row: then the rows say what each change brings.",
    mistakes=(
        Mistake(
            sentence="Three things differ between the rows, and each of them may have made the difference.",
            answer="a",
        ),
        Mistake(
            sentence="More runs show the spread of a row. They do not tell which of the three changes made the "
            "difference.",
            answer="b",
        ),
        Mistake(
            sentence="Then the test part has chosen the recipe. It is opened once, after all choices, and it would not "
            "tell the three changes apart either.",
            answer="d",
        ),
    ),
)

# --- repair ----------------------------------------------------------------------------------------------


@functools.cache
def _solved() -> tuple[StandardScaler, list[np.ndarray]]:
    """Scaling and weights of a network of scikit-learn that tells the wines apart."""
    x, y, _, _ = wine()
    scale = StandardScaler().fit(x)
    fitted = MLPClassifier((16,), alpha=1, solver="lbfgs", random_state=1, max_iter=1000).fit(scale.transform(x), y)
    return scale, weights_of(fitted)


def _classifier(kind: str) -> Any:
    """A Keras network with these weights, or with a fault."""
    import keras

    scale, weights = _solved()
    layers: list[Any] = [keras.layers.Dense(16, "relu"), keras.layers.Dense(3, "softmax")]
    if kind not in ("outside", "raw"):
        # the empty layer has the mean 0 and the variance 1, as one whose `adapt` was never called
        measured = {"mean": scale.mean_, "variance": scale.var_} if kind != "empty" else {"mean": 0.0, "variance": 1.0}
        layers = [keras.layers.Normalization(**measured), *layers]
    model = keras.Sequential([keras.Input((13,)), *layers])
    for layer, pair in zip(model.layers[-2:], (weights[:2], weights[2:]), strict=True):
        if kind != "raw":
            layer.set_weights([np.roll(array, 1, axis=-1) for array in pair] if kind == "confused" else pair)
    return model


def _of_wines(model: Any) -> dict[str, Any]:
    """Accuracy on test wines in their own units, and on wines that were standardised beforehand."""
    _, _, x, y = wine()
    scaled = _solved()[0].transform(x).astype("float32")
    answers = answers_of(model, x, 3)
    layers = [layer for layer in model.layers if type(layer).__name__ == "Normalization"]
    return {
        "empty": bool(layers) and not np.any(np.asarray(layers[0].mean)),
        "accuracy": float(np.mean(answers.argmax(axis=1) == y)),
        "outside": float(np.mean(np.asarray(model(scaled)).argmax(axis=1) == y)),
    }


CURE = Product(
    name="cure",
    kind="repair",
    objectives=(SCALE,),
    points=4,
    hints=(
        "Print the smallest and the largest number of each column. Which column decides the weighted sums?",
        "A `Normalization` layer subtracts the mean of each column and divides by its standard deviation.",
        "`scale = layers.Normalization()`, then `scale.adapt(x_train)`, then put it between input and first layer.",
    ),
    right=lambda x_train, y_train: _classifier("right"),
    cases=(wine()[:2],),
    seconds=SECONDS_TO_TRAIN,
    measure=lambda results: _of_wines(the_model(results)),
    mistakes=(
        Mistake(
            sentence="The `Normalization` layer has not measured anything: its means are 0. Call its `adapt` with the "
            "training rows.",
            answer=lambda x_train, y_train: _classifier("empty"),
            fails=lambda m: m["empty"],
        ),
        Mistake(
            sentence="The model reads only rows that somebody has standardised before. Whoever uses it needs the means "
            "and deviations: put them into the model.",
            answer=lambda x_train, y_train: _classifier("outside"),
            fails=lambda m: m["outside"] >= 0.9 > m["accuracy"],
        ),
        Mistake(
            sentence="The columns still go into the first layer as they are, or the training was too short: fewer than "
            "90 % of the test wines are right, in their own units.",
            answer=lambda x_train, y_train: _classifier("raw"),
            fails=lambda m: m["accuracy"] < 0.9,
        ),
    ),
)

# --- transfer: a raw table -------------------------------------------------------------------------------


def _cell_by_cell(table: pd.DataFrame, medians: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """The cleaned table with plain loops over rows and cells."""
    rows, classes, seen = [], [], set()
    for row in table.to_dict("records"):
        if repr(row) in seen:
            continue
        seen.add(repr(row))
        row["proline"] = float("".join(sign for sign in row["proline"] if sign != ","))
        for name in medians:
            if row[name] != row[name] or (name == "magnesium" and row[name] == 0):
                row[name] = medians[name]
        rows.append([row[name] for name in table.columns if name in medians])
        classes.append(row["class"])
    return np.array(rows), np.array(classes)


def _cleaned_with(
    *,
    repeated: bool = False,
    inputs_too: tuple[str, ...] = (),
    zeros: Sequence[str] = ("magnesium",),
    decimal: str | None = "",
    fill: Callable[[pd.DataFrame, dict[str, float]], Mapping[Any, float]] = lambda table, medians: medians,
    fill_first: bool = False,
    keep: Any = "first",
    without_bottle: bool = False,
    drop: bool = False,
) -> Callable[[pd.DataFrame, dict[str, float]], tuple[np.ndarray, np.ndarray]]:
    """Clean with pandas; the options make the mistakes."""

    def clean(table: pd.DataFrame, medians: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
        table = table.drop(columns="bottle") if without_bottle else table
        table = table if repeated else table.drop_duplicates(keep=keep)
        texts = table["proline"] if decimal is None else table["proline"].str.replace(",", decimal, regex=False)
        table = table.assign(proline=pd.to_numeric(texts, errors="coerce"))
        table = table.fillna(medians) if fill_first else table
        table = table.assign(**{name: table[name].replace(0, np.nan) for name in zeros})
        table = table.dropna() if drop else table if fill_first else table.fillna(dict(fill(table, medians)))
        columns = [name for name in table.columns if name in (*medians, *inputs_too)]
        return table[columns].to_numpy(float), table["class"].to_numpy()

    return clean


CLEANED = Function(
    name="cleaned",
    kind="transfer",
    objectives=(TABLE, SAVE),
    points=4,
    hints=(
        "`table.drop_duplicates()` first, while all columns are there. Then drop the running number.",
        '`table["proline"].str.replace(",", "").astype(float)` makes numbers of the texts.',
        'An impossible 0 becomes a gap: `table["magnesium"].replace(0, np.nan)`. And `table.fillna(medians)` fills '
        "each column with its own number.",
    ),
    right=_cell_by_cell,
    cases=tuple((table, medians()) for table in _SMALL),
    mistakes=(
        Mistake(
            sentence="Rows that stand twice are still there. They would count double, and could land in two parts.",
            answer=_cleaned_with(repeated=True),
        ),
        Mistake(
            sentence="The class is among the inputs. The network would read the answer instead of learning it.",
            answer=_cleaned_with(inputs_too=("class",)),
        ),
        Mistake(
            sentence="The running number `bottle` is among the inputs. It says nothing about the wine.",
            answer=_cleaned_with(inputs_too=("bottle",)),
        ),
        Mistake(
            sentence="The impossible zeros in `magnesium` are still there. They are gaps: fill them like the others.",
            answer=_cleaned_with(zeros=()),
        ),
        Mistake(
            sentence="You made gaps of *all* zeros, also of the class 0. Only in `magnesium` is a 0 impossible.",
            answer=_cleaned_with(zeros=("magnesium", "class")),
        ),
        Mistake(
            sentence='The texts with a comma became gaps: `errors="coerce"` throws away what it cannot read. Take the '
            "comma away first.",
            answer=_cleaned_with(decimal=None),
        ),
        Mistake(
            sentence="You took the comma in “1,065” for a decimal point. It separates the thousands: take it away.",
            answer=_cleaned_with(decimal="."),
        ),
        Mistake(
            sentence="You filled the gaps with 0. That is the fault that you have just repaired in `magnesium`.",
            answer=_cleaned_with(fill=lambda table, medians: dict.fromkeys(medians, 0.0)),
        ),
        Mistake(
            sentence="You filled the gaps with medians of this table. The given ones were measured on the training "
            "part, and hold for every table that comes later.",
            answer=_cleaned_with(
                fill=lambda table, medians: {name: statistics.median(table[name].dropna()) for name in medians}
            ),
        ),
        Mistake(
            sentence="You threw away rows with gaps. A new table needs an answer for each of its rows.",
            answer=_cleaned_with(drop=True),
        ),
        Mistake(
            sentence="Some rows are gone altogether: of rows that stand twice, one stays.",
            answer=_cleaned_with(keep=False),
        ),
        Mistake(
            sentence="Two bottles with the same numbers became one. Look for repeated rows while the running number "
            "is there.",
            answer=_cleaned_with(without_bottle=True),
        ),
        Mistake(
            sentence="The gaps are still there. `fillna` returns a new table: keep what it returns.",
            answer=_cleaned_with(fill=lambda table, medians: {}),
        ),
        Mistake(
            sentence="You filled the gaps before the zeros of `magnesium` became gaps: those are still empty.",
            answer=_cleaned_with(fill_first=True),
        ),
        Mistake(
            sentence="Only `magnesium` is filled. Other columns have gaps, too, and each has its own number in "
            "`medians`.",
            answer=_cleaned_with(fill=lambda table, medians: {"magnesium": medians["magnesium"]}),
        ),
    ),
)

# --- transfer: a saved model -----------------------------------------------------------------------------

_FILE = os.path.join(tempfile.gettempdir(), f"wine-{os.getpid()}.keras")


def _saves(kind: str) -> Callable[..., Any]:
    """A learner's function: it saves a model, its weights only, a folder, or nothing."""

    def save(*arguments: Any) -> Any:
        keras_file: str = arguments[2]  # after the training part, which a learner's function needs
        model = _classifier("right" if kind in ("nothing", "folder", "weights", "model") else kind)
        if kind == "weights":
            weights = keras_file.replace(".keras", ".weights.h5")
            model.save_weights(weights)
            os.replace(weights, keras_file)
        elif kind == "folder":
            model.export(keras_file, verbose=False)
        elif kind != "nothing":
            model.save(keras_file)
        return model if kind == "model" else keras_file

    return save


def _loaded(results: list[Any]) -> dict[str, Any]:
    """Load what was saved, whatever the function returned, and look at its answers."""
    import keras

    found = {"file": os.path.exists(_FILE), "folder": os.path.isdir(_FILE), "model": False}
    if not found["file"] or found["folder"]:
        return found
    try:
        model = keras.models.load_model(_FILE)
    except Exception:  # Keras raises one of several kinds
        return found
    return {**found, "model": True, **_of_wines(model), "named": str(results[0]) == _FILE}


def _remove() -> None:
    if os.path.isdir(_FILE):
        shutil.rmtree(_FILE)
    elif os.path.exists(_FILE):
        os.remove(_FILE)


class _Saved(Product):
    """No file of one try is left for the next, also after a try that stops half-way."""

    def _fault(self, answer: Any, seed: int) -> Mistake | str | None:
        _remove()
        try:
            return super()._fault(answer, seed)
        finally:
            _remove()


SAVED = _Saved(
    name="saved model",
    kind="transfer",
    objectives=(SAVE,),
    points=4,
    hints=(
        "The scaling belongs to the model: `scale = keras.layers.Normalization()`, and `scale.adapt(x_train)`.",
        "`model.save(keras_file)` writes architecture, weights and scaling. `save_weights` writes the weights alone.",
    ),
    right=_saves("right"),
    cases=((*wine()[:2], _FILE),),
    seconds=SECONDS_TO_TRAIN,
    measure=_loaded,
    mistakes=(
        Mistake(
            sentence="There is no file of the given name. Save the model under exactly this name.",
            answer=_saves("nothing"),
            fails=lambda m: not m["file"],
        ),
        Mistake(
            sentence="There is a folder and no file: `export` makes a folder for serving; `model.save` writes one "
            ".keras file.",
            answer=_saves("folder"),
            fails=lambda m: m["folder"],
        ),
        Mistake(
            sentence="Keras cannot load the file: it holds no whole model (`save_weights`), or layers of your own "
            "(`Lambda`, a class of yours). Save with `model.save`, and scale with `Normalization`.",
            answer=_saves("weights"),
            fails=lambda m: not m["model"],
        ),
        Mistake(
            sentence="The scaling is not in the file: the loaded model is right only about wines that were "
            "standardised before.",
            answer=_saves("outside"),
            fails=lambda m: m["outside"] >= 0.9 > m["accuracy"],
        ),
        Mistake(
            sentence="The file can be loaded. Fewer than 90 % of the test wines are right: is the scaling adapted, and "
            "the training long enough?",
            answer=_saves("confused"),
            fails=lambda m: m["accuracy"] < 0.9,
        ),
        Mistake(
            sentence="The file is right. Return its name, `keras_file`: the next cell loads what you return.",
            answer=_saves("model"),
            fails=lambda m: not m["named"],
        ),
    ),
)

EXERCISES: tuple[Exercise, ...] = (STANDARDISED, CHECKLIST, BASELINE, ONE_CHANGE, CURE, CLEANED, SAVED)
