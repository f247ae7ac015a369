# %% [markdown]
# # 11 · Overfitting: penalties, dropout, early stopping
#
# **Why does a model that makes no mistake on its training data fail on new data, and what helps?**
#
# After this lesson you can
#
# - recognise overfitting on learning curves and in a table of training, validation and gap;
# - stop a training at the right epoch, and get the weights of that epoch back;
# - say what L1 and L2 penalties pull on, and see in the weights which of them was used;
# - explain why dropout is off at prediction time, why two ways of scaling it agree, and what it averages;
# - compare cures on equal terms, choose on validation data, and test once.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 03, 05, 07 and 10 | under 1 minute | two noisy half moons, drawn below |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.diagnosis import diagnose
from nnlib.models import mlp
from nnlib.plotting import plot_classes, plot_decision_boundary, plot_gap, plot_steps
from nnlib.plotting import plot_weight_sizes
from itertools import product
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import SelectionSlider, interact
from sklearn import datasets, linear_model

seed = set_seed()

# %%
N_TRAIN = 80
NOISE = 0.35
UNITS = (100, 100)
BATCH_SIZE = 20
EPOCHS = 240
LEARNING_RATE = 3e-3
L1 = 1e-3
L2 = 3e-3
DROPOUT = 0.6

# %% [markdown]
# ## The data
#
# Two kinds of points lie on two half moons, with so much noise that the moons overlap. Three parts: training,
# validation for all comparisons, and a test part that stays closed until the end.
#
# The training part is small on purpose. The other two are large on purpose, which is a luxury: in earnest, data are
# scarce everywhere. Here it keeps luck out of the comparisons.


# %%
random_state = np.random.RandomState(seed)


def draw(n):
    """Draw n points, shape (n, 2), and their classes as a column, shape (n, 1)."""
    x, y = datasets.make_moons(n, noise=NOISE, random_state=random_state)
    return x.astype("float32"), y.reshape(-1, 1).astype("float32")


x_train, y_train = draw(N_TRAIN)
x_val, y_val = draw(1000)
x_test, y_test = draw(2000)

# %% alt="Two maps of the same region. Left a few dozen points of two kinds on two half moons; right a thousand, and the moons overlap in the middle."
figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
plot_classes(x_train, y_train, title=f"Training: {N_TRAIN} points", ax=axes[0])
ax = plot_classes(x_val, y_val, title="Validation: 1,000 points", ax=axes[1])

# %% [markdown]
# Where the moons overlap, nobody can be right all the time: a point of one class lies among those of the other by
# pure chance. Keep that in mind when a model claims to make no mistakes.
#
# First the yardstick, a straight line:

# %%
straight = linear_model.LogisticRegression().fit(x_train, y_train.ravel())
baseline = straight.score(x_val, y_val.ravel())
expect("validation accuracy of a straight line", baseline, 0.75, 0.90)

# %% [markdown]
# ## A model that is far too large
#
# Two hidden layers of 100 units for 80 points. Lesson 03 would have taken a handful of units.

# %%
model = mlp(2, UNITS, 1, output="sigmoid")
print(f"{model.count_params():,} parameters for {N_TRAIN} points")

# %% [markdown]
# Every run in this lesson goes through one function, so that all are compared on equal terms: the same random start,
# the same order of the batches, the same optimizer, the same number of updates. Only the cure differs.
#
# Accuracy counts right answers. **Cross-entropy** also looks at the probabilities, and punishes those who are sure and
# wrong. It appears twice below, as loss and as metric; when we come to penalties you will see why.


# %%
def train(x, y, *, epochs=EPOCHS, callbacks=(), **cure):
    """Train a fresh model from the same random start; returns the model and its history."""
    set_seed(seed)
    model = mlp(2, UNITS, 1, output="sigmoid", **cure)
    adam = keras.optimizers.Adam(LEARNING_RATE)
    model.compile(adam, "binary_crossentropy", metrics=["accuracy", "binary_crossentropy"])
    validation = {"validation_data": (x_val, y_val), "validation_batch_size": len(x_val)}
    options = {"batch_size": BATCH_SIZE, "epochs": epochs, "callbacks": list(callbacks)}
    history = fit(model, x, y, **options, **validation, verbose=0)
    return model, history.history


# %% [markdown]
# **Predict:** what will the border between the two classes look like?

# %%
runs = {}
runs["no cure"] = model, history = train(x_train, y_train)

# %% alt="The border of the overfitted model twice, sharp and winding. On the left it goes around single training points; on the right, with the validation points on top, many points lie on the wrong side."
figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
window = {"xlim": (-2, 3), "ylim": (-1.6, 2.1)}
plot_decision_boundary(
    model, x_train, y_train, title="It bends for single points …", ax=axes[0], **window
)
ax = plot_decision_boundary(
    model, x_val[:400], y_val[:400], title="… and new points pay for it", ax=axes[1], **window
)

# %% [markdown]
# The model bends its border around single points, as if each of them were the rule. New points do not know of these
# bends. It is also very sure of itself: the pale bands, where it doubts, are narrow, even where the moons overlap.
#
# ### The symptom: two curves part

# %% alt="Cross-entropy over the epochs: the training curve sinks towards zero. The validation curve falls at first, reaches its lowest point early, marked by a star, and climbs from there on."
val_entropy = history["val_binary_crossentropy"]
best = int(np.argmin(val_entropy)) + 1
ax = plot_gap(
    history,
    "binary_crossentropy",
    best=best,
    title=f"From epoch {best} on, only the training data gain",
    ylabel="cross-entropy",
)

# %% [markdown]
# Up to the star both curves fall: what the model learns is true of all points. After it only the training curve
# falls: what the model learns is true of these few points and of nothing else. That is **overfitting**, and the shaded
# area between the curves is the **gap**.
#
# Three numbers belong into every report: training, validation, and the gap between them.


# %%
def score(model, x, y):
    """Accuracy and cross-entropy of a model on some data."""
    probability = model(x)
    entropy = keras.ops.mean(keras.losses.binary_crossentropy(y, probability))
    return np.mean((probability > 0.5) == (y > 0.5)), float(entropy)


# %% [markdown]
# A table of such scores, one row a run:


# %%
def report(runs):
    """A row per run: accuracy and cross-entropy on training and validation data, and the gaps."""
    rows = {}
    for name, (model, _) in runs.items():
        accuracy, entropy = score(model, *training_data.get(name, (x_train, y_train)))
        val_accuracy, val_entropy = score(model, x_val, y_val)
        rows[name] = [accuracy, val_accuracy, accuracy - val_accuracy]
        rows[name] += [entropy, val_entropy, val_entropy - entropy]
    columns = product(["accuracy", "cross-entropy"], ["train", "validation", "gap"])
    return pd.DataFrame(rows, index=pd.MultiIndex.from_tuples(columns)).T


# %%
training_data = {}  # for runs that train on other data than the 80 points
before = report(runs).loc["no cure"]
report(runs).round(3)

# %%
entropies = before["cross-entropy"]
expect("accuracy gap", before["accuracy", "gap"], low=0.04)
expect("cross-entropy, validation / training", entropies["validation"] / entropies["train"], low=2)
expect("validation cross-entropy, last / best epoch", val_entropy[-1] / min(val_entropy), low=1.4)

# %% [markdown]
# For all its parameters, the model does hardly better on new points than a straight line, if at all:

# %%
gain = before["accuracy", "validation"] - baseline
expect("validation accuracy, large model − straight line", gain, -0.08, 0.08)

# %% [markdown]
# The symptom is so common that `diagnose` knows it:

# %%
findings = diagnose(model, x_train, y_train, history=history, validation_data=(x_val, y_val))
expect("findings named overfitting", findings.codes.count("overfitting"), 1, 1)
findings

# %% [markdown]
# It also names the cures. Let us try them one by one.
#
# ## Cure 1: stop early
#
# The cheapest cure. The star above says when training should have ended; an `EarlyStopping` callback finds it while
# training runs. It watches a validation number and gives up when that has not improved for `patience` epochs.
#
# By then the weights are `patience` epochs past the best ones. `restore_best_weights=True` brings those back. Without
# it you keep a model that is already overfitting, and that is the most common mistake with this callback.

# %%
stopper = keras.callbacks.EarlyStopping(
    monitor="val_binary_crossentropy", mode="min", patience=40, restore_best_weights=True
)
runs["early stopping"] = train(x_train, y_train, callbacks=[stopper])
epochs_run = len(runs["early stopping"][1]["loss"])
print(f"stopped after epoch {epochs_run}, went back to epoch {stopper.best_epoch + 1}")
print(f"the star in the figure above: epoch {best}")

# %% [markdown]
# Same start and same batches: it walked the way of the run above and, if its patience reached that far, picked the very
# star in that figure. Is the model really the one of that epoch?

# %%
picked = runs["early stopping"][1]["val_binary_crossentropy"][stopper.best_epoch]
now = report(runs).loc["early stopping", ("cross-entropy", "validation")]
expect("validation cross-entropy now − in the epoch picked", now - picked, -1e-4, 1e-4)

# %% [markdown]
# A word of care: the epoch was chosen by the validation data, so the validation score is now slightly flattered. That
# is why there is a test part.
#
# ## Cure 2: a price on weights
#
# A border that bends sharply needs large weights. So let the model pay for them: add a **penalty** to the loss.
#
# $$\text{L2: } \lambda \sum_i w_i^2 \qquad\qquad \text{L1: } \lambda \sum_i |w_i|$$
#
# $\lambda$ (lambda) is the price. (Keras takes L2 without the factor ½ that lesson 05 has.) What does it do to one
# weight? The gradient of the penalty is $2\lambda w$ for L2 and $\pm\lambda$ for L1. **L2 pulls hard on large weights
# and hardly at all on small ones. L1 pulls on all alike, until they are zero.**
#
# **Predict:** which of the two will leave more weights near zero?

# %%
runs["L2"] = train(x_train, y_train, kernel_regularizer=keras.regularizers.L2(L2))
runs["L1"] = train(x_train, y_train, kernel_regularizer=keras.regularizers.L1(L1))

# %% [markdown]
# Here is the trap that the metric was for. With a penalty, the loss in the history is cross-entropy *plus penalty*. A
# model with a penalty and one without must be compared by the cross-entropy alone.

# %%
last = {name: values[-1] for name, values in runs["L1"][1].items()}
print(f"L1, loss {last['loss']:.3f}, of which cross-entropy {last['binary_crossentropy']:.3f}")
expect("penalty in the loss", last["loss"] - last["binary_crossentropy"], low=0.02)

# %% [markdown]
# Now the weights themselves. The axis counts powers of ten, because the small ones are what matters here.

# %% alt="Three outlines of how the sizes of weights are spread. Without a cure one hump around a tenth; with L2 the hump lies further left; with L1 nearly everything lies left of a thousandth."
kernels = {
    name: np.concatenate([w.ravel() for w in runs[name][0].get_weights() if w.ndim == 2])
    for name in ("no cure", "L2", "L1")
}
ax = plot_weight_sizes(kernels, title="L1 leaves few weights standing")

# %% [markdown]
# L2 makes all weights smaller. L1 switches most of them off and leaves a small network inside the large one.

# %%
near_zero = {name: np.mean(np.abs(w) < 1e-3) for name, w in kernels.items()}
expect("share of |w| < 0.001 without a cure", near_zero["no cure"], high=0.05)
expect("share of |w| < 0.001 with L2", near_zero["L2"], high=0.6)
expect("share of |w| < 0.001 with L1", near_zero["L1"], low=0.8)

# %% [markdown]
# L2 has a pile at the left end too. Those weights belong to units that have died: where no gradient answers, even a
# gentle pull ends at zero.
#
# ## Cure 3: dropout
#
# **Dropout** silences each hidden unit with probability $p$, anew for each sample of each batch. A unit cannot rely on
# one particular neighbour, so it has to learn something that is useful with many.

# %%
runs["dropout"] = train(x_train, y_train, dropout=DROPOUT)

# %% [markdown]
# At prediction time nothing is silenced. Two calls agree. With `training=True` they do not:

# %%
dropped = runs["dropout"][0]
ten = x_val[:10]
calls = [keras.ops.convert_to_numpy(dropped(ten, training=False)) for _ in range(2)]
noisy = [keras.ops.convert_to_numpy(dropped(ten, training=True)) for _ in range(2)]
expect("largest difference between two predictions", np.abs(calls[0] - calls[1]).max(), 0, 0)
expect("the same with training=True", np.abs(noisy[0] - noisy[1]).max(), low=1e-3)

# %% [markdown]
# ### Two ways to keep the books
#
# With half of its inputs silenced, a unit gets half the sum that it gets at prediction time. Somebody has to correct
# that, and there are two conventions:
#
# | | in training | at prediction |
# | --- | --- | --- |
# | classical (2014) | kept units unchanged | all units times $(1 - p)$ |
# | Keras and nearly everyone today | kept units times $1/(1 - p)$ | all units unchanged |
#
# In both, the *mean* in training equals what comes at prediction. Try it on four units and 100,000 random masks.

# %%
h = np.array([0.5, 1.0, 2.0, 4.0])  # what four units give
kept = np.random.default_rng(seed).random((100_000, 4)) >= DROPOUT
columns = {
    "classical, mean in training": (kept * h).mean(axis=0),
    "classical, prediction": (1 - DROPOUT) * h,
    "Keras, mean in training": (kept * h / (1 - DROPOUT)).mean(axis=0),
    "Keras, prediction": h,
}
table = pd.DataFrame(columns, index=[f"unit {i}" for i in range(1, 5)])
table.round(3)

# %% [markdown]
# Column by column, prediction equals the mean in training up to chance. And the layer itself? It should give either 0
# or $h / (1 - p)$, nothing else.

# %%
layer = keras.layers.Dropout(DROPOUT, seed=seed)
given = np.tile(h, (100_000, 1)).astype("float32")
out = keras.ops.convert_to_numpy(layer(given, training=True))
scaled = np.where(out == 0, 0, out * (1 - DROPOUT) / h)
expect("distance from 0 or h / (1 − p)", np.abs(scaled - (out != 0)).max(), high=1e-6)
classical, by_keras = (table.iloc[:, i] / table.iloc[:, i + 1] for i in (0, 2))
expect("classical: mean / prediction, worst unit", abs(classical - 1).max(), high=0.02)
expect("Keras: mean / prediction, worst unit", abs(by_keras - 1).max(), high=0.02)
expect(
    "Keras's layer: mean / prediction, worst unit", abs(out.mean(axis=0) / h - 1).max(), high=0.02
)

# %% [markdown]
# ### $2^m$ networks in one
#
# Each mask leaves another *thinned* network. With $m$ units there are $2^m$ masks: 16 for four units, more than atoms in
# the universe for 300. Training with dropout trains them all at once, with shared weights, and prediction asks for
# their average. Can one network really give the average of $2^m$?
#
# For one linear layer, yes, exactly. Four units, whole numbers and $p = ½$, so that the computer makes no rounding
# errors; here are all 16 thinned networks.

# %%
h, w, b = np.array([3.0, 1.0, 4.0, 2.0]), np.array([2.0, -5.0, 1.0, 6.0]), 7.0
masks = np.array(list(product([0, 1], repeat=4)))
answers = (masks * h) @ w + b
every = pd.DataFrame(masks, columns=["h₁", "h₂", "h₃", "h₄"]).assign(answer=answers).T
every.astype(int)

# %%
in_one_go = (0.5 * h) @ w + b
print(f"average of all 16: {answers.mean()}, one network with h · ½: {in_one_go}")
expect("difference", answers.mean() - in_one_go, 0, 0)

# %% [markdown]
# Why? The average of a sum is the sum of the averages, and each unit is in half of the networks. For another $p$ the
# masks are not equally probable: one with $k$ units kept has the probability $(1-p)^k\,p^{m-k}$. The rest is the same.

# %%
k = masks.sum(axis=1)
for p in (0.2, DROPOUT, 0.9):
    probability = (1 - p) ** k * p ** (4 - k)
    difference = probability @ answers - (((1 - p) * h) @ w + b)
    expect(f"p = {p}: weighted average − scaled network", abs(difference), high=1e-12)

# %% [markdown]
# With ReLU or sigmoid in between it is an approximation, because the average of a bent function is not the function of
# the average. How good is it for our network? Let 500 random thinned ones vote.

# %%
crowd = np.repeat(x_val[:50], 500, axis=0)
votes = keras.ops.convert_to_numpy(dropped(crowd, training=True)).reshape(50, 500)
alone = keras.ops.convert_to_numpy(dropped(x_val[:50], training=False)).ravel()
print(f"thinned networks differ by ±{votes.std(axis=1).mean():.2f} among themselves")
expect("mean |average of 500 − one call|", np.abs(votes.mean(axis=1) - alone).mean(), high=0.15)
agree = (votes.mean(axis=1) > 0.5) == (alone > 0.5)
expect("share of points with the same answer", agree.mean(), low=0.85)

# %% [markdown]
# ## Cure 4: more data
#
# The best cure, where it can be had. Ten times as many points, and a tenth of the epochs, so that the number of
# updates is the same.

# %%
x_new, y_new = draw(9 * N_TRAIN)
x_more, y_more = np.concatenate([x_train, x_new]), np.concatenate([y_train, y_new])
training_data["more data"] = x_more, y_more
runs["more data"] = train(x_more, y_more, epochs=EPOCHS // 10)

# %% [markdown]
# ## All cures on the same axes
#
# **Predict:** for which cure will the two curves lie closest together?

# %% alt="Six panels on one scale, training solid and validation dashed. Without a cure the curves part widely; with early stopping the run ends before that; with dropout they part less; with L2, L1 and more data they stay close together."
updates = {name: len(training_data.get(name, (x_train,))[0]) // BATCH_SIZE for name in runs}
limits = {"xlim": (0, EPOCHS * N_TRAIN // BATCH_SIZE), "ylim": (0, 1.2)}
figure, axes = plt.subplots(3, 2, figsize=(9.6, 9.6), layout="constrained")
for ax, (name, (_, history)) in zip(axes.flat, runs.items(), strict=True):
    plot_gap(
        history, "binary_crossentropy", updates_per_epoch=updates[name], title=name,
        best=stopper.best_epoch + 1 if name == "early stopping" else None,
        ylabel="cross-entropy" if ax in axes[:, 0] else "", ax=ax, **limits,
    )  # fmt: skip

# %% [markdown]
# Every cure keeps the curves closer together than no cure does. Early stopping does not prevent anything; it leaves in
# time (the star).

# %% alt="Six maps. Without a cure the border is winding with sharp bands; with every cure it is smoother, and pale bands show where the moons overlap."
figure, axes = plt.subplots(3, 2, figsize=(9.6, 10.5), layout="constrained")
for ax, (name, (model, _)) in zip(axes.flat, runs.items(), strict=True):
    plot_decision_boundary(model, x_train, y_train, title=name, ax=ax, **window)

# %% [markdown]
# The same story on the map: the cured borders give up single training points, follow the moons, and are pale, that
# is, doubtful, where the moons overlap. Now in numbers.

# %%
result = report(runs)
result.round(3)

# %% alt="Six rows, a marker for training accuracy and one for validation accuracy joined by a bar; the bar is longest without a cure."
ax = plot_steps(
    result["accuracy"][["train", "validation"]],
    title="Every cure shortens the bar between training and validation",
)

# %% [markdown]
# Training accuracy goes *down*, clearly. That is the price of every cure, and no reason to worry. Validation accuracy
# moves little, up or down. What gets better each time is the validation cross-entropy: the cured models are no longer
# sure where nobody can be.

# %%
for name, row in result.drop(index="no cure").iterrows():
    gap = before["accuracy", "gap"] - row["accuracy", "gap"]
    left = row["cross-entropy", "gap"] / before["cross-entropy", "gap"]
    ratio = row["cross-entropy", "validation"] / before["cross-entropy", "validation"]
    print(name)
    expect("   accuracy gap, narrower by", gap, low=0)
    expect("   cross-entropy gap, share that is left", left, high=0.8)
    expect("   validation cross-entropy, with / without cure", ratio, high=0.95)

# %% [markdown]
# Is the patient well? Ask `diagnose` about the L2 model.

# %%
cured, cured_history = runs["L2"]
findings = diagnose(cured, x_train, y_train, history=cured_history, validation_data=(x_val, y_val))
expect("findings named overfitting", findings.codes.count("overfitting"), 0, 0)
findings

# %% [markdown]
# ## How much of it?
#
# $\lambda$ and $p$ are settings, and too much of a cure is a disease of its own. We train a model for each position
# first, so that the sliders answer at once.

# %%
prices = {0.0: runs["no cure"], L2: runs["L2"]}
for price in (3e-4, 1e-3, 1e-2, 1e-1):
    prices[price] = train(x_train, y_train, kernel_regularizer=keras.regularizers.L2(price))
shares = {0.0: runs["no cure"], DROPOUT: runs["dropout"]}
for p in (0.2, 0.4, 0.8):
    shares[p] = train(x_train, y_train, dropout=p)

# %% [markdown]
# For each position we look at the border on the map and at the two learning curves.


# %%
def look(model, history, setting):
    """Draw the border and the learning curves of one run."""
    _, axes = plt.subplots(1, 2, figsize=(11, 4))
    accuracy = history["val_accuracy"][-1]
    title = f"{setting}: validation accuracy {accuracy:.2f}"
    plot_decision_boundary(model, x_train, y_train, title=title, ax=axes[0], **window)
    label = {"title": "Training and validation", "ylabel": "cross-entropy"}
    plot_gap(history, "binary_crossentropy", ylim=(0, 1.2), ax=axes[1], **label)


# %% [markdown]
# Move the slider from left to right. Where is the gap gone, and where is the model gone with it?


# %% alt="The border on the map and the two learning curves for the penalty that the slider shows."
@interact(price=SelectionSlider(options=sorted(prices), value=L2, description="λ (L2)"))
def explore_penalty(price):
    look(*prices[price], f"λ = {price:g}")


# %% [markdown]
# At the left end the model overfits. At the right end the gap is zero and the model useless: the border is straight or
# gone, and both curves stay high. That is **underfitting**. The aim is not the smallest gap but the best validation
# score.


# %% alt="The border on the map and the two learning curves for the dropout rate that the slider shows."
@interact(p=SelectionSlider(options=sorted(shares), value=DROPOUT, description="p"))
def explore_dropout(p):
    look(*shares[p], f"p = {p:g}")


# %% [markdown]
# Dropout is the noisier cure: its training curve is measured on thinned networks, and wobbles.

# %%
by_price = pd.Series({price: run[1]["binary_crossentropy"][-1] for price, run in prices.items()})
expect("training cross-entropy at the largest λ", by_price[0.1], low=0.4)

# %% [markdown]
# ## The test, once
#
# All comparisons so far used the validation part. We choose by it, and open the test part for the chosen model only.

# %%
chosen = result["cross-entropy", "validation"].idxmin()
test_accuracy, _ = score(runs[chosen][0], x_test, y_test)
print(f"chosen: {chosen}")
expect("test accuracy", test_accuracy, 0.83, 0.92)

# %% [markdown]
# ## Recap
#
# - Overfitting: training goes on improving, validation does not. Report training, validation and the gap.
# - Early stopping leaves in time; `restore_best_weights` brings the best epoch back.
# - L2 makes weights small, L1 makes most of them zero. Compare models by the loss without its penalty.
# - Dropout trains $2^m$ thinned networks; prediction uses their average, exactly so for a linear layer.
# - More data beats them all. Cures can be combined, and each has a setting that the validation data choose.
#
# ## Common mistakes
#
# - **Looking at training accuracy only.** The best training score here belongs to the worst model.
# - **`EarlyStopping` without `restore_best_weights`**, or on the training loss, which never stops falling.
# - **Comparing losses with and without penalty.** The penalty is in there; use a metric.
# - **Dropout at prediction time**, by calling a model with `training=True`, or scaling by $1 - p$ on top of Keras.
# - **Curing a model that does not overfit.** If training is bad too, it needs more units, not a penalty.
# - **Choosing the cure by the test score.** That is what the validation data are for.
#
# ## Next
#
# All models so far were `Dense` through and through. [Lesson 12](12_convolution.ipynb) builds one that knows what a neighbouring pixel is, and
# so needs far fewer weights: the best cure of all is a model that fits the problem.
