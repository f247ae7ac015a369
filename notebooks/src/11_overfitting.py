# %% [markdown]
# # 11 · Overfitting: penalties, dropout, early stopping
#
# **Why does a model that makes no mistake on its training data fail on new data, and what helps?**
#
# After this lesson you can
#
# - recognise overfitting on two learning curves, say whether the training or the validation curve is bad, and what to
#   try;
# - measure bias and variance with several small training sets;
# - stop a training with a sensible patience, and get the weights of the best epoch back;
# - write an L1 penalty, an L2 penalty and dropout as code, and say what the penalties do to the weights under SGD and
#   under Adam;
# - choose the strength of each cure on one validation figure, combine cures, and test all of them once.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 03, 05, 07 and 10 | under 1 minute | two noisy half moons, drawn in the lesson |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.plotting import plot_boundary_spread, plot_classes, plot_curves, plot_decision_boundary
from nnlib.plotting import plot_gap, plot_network, plot_spread, plot_validation_curve
from nnlib.plotting import plot_weight_sizes
from itertools import product
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import SelectionSlider, interact
from sklearn import datasets, linear_model

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
N_TRAIN = 40
NOISE = 0.3
DATA_SEED = 1
SETS = 6
RUNS = 3
UNITS = 64
RATE = 0.003
UPDATES = 1_000
SIZES = (40, 100, 400)
WIDTHS = (1, 2, 4, 8, 64)
PRICES = (0.001, 0.003, 0.01, 0.03, 0.1)
SHARES = (0.5, 0.8, 0.9, 0.95, 0.98)
SHARES_WITH_L2 = (0.2, 0.5)

# %% [markdown]
# ## The data
#
# Two kinds of points lie on two half moons, with so much noise that the moons overlap. There are six small training
# sets of 40 points each: some questions of this lesson can only be answered with more than one. The validation part is
# for all choices, and the test part stays closed until the end. Both are large, a luxury: with real data every point is
# scarce. Here it keeps the luck of these two parts small. The luck of the training points remains.


# %% alt="Two maps of the same region. Left 40 points of two kinds on two half moons; right a thousand, and the moons overlap in the middle."
random_state = np.random.RandomState(DATA_SEED)


def draw(n):
    """Draw n points, shape (n, 2), and their classes as a column, shape (n, 1)."""
    x, y = datasets.make_moons(n, noise=NOISE, random_state=random_state)
    return x.astype("float32"), y.reshape(-1, 1).astype("float32")


(x_val, y_val), (x_test, y_test) = draw(1000), draw(2000)
training_sets = [draw(max(SIZES)) for _ in range(SETS)]  # at first only 40 points of each are used
x_train, y_train = (part[:N_TRAIN] for part in training_sets[0])
_, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained", sharex=True, sharey=True)
plot_classes(x_train, y_train, title=f"One training set: {N_TRAIN} points", ax=axes[0])
ax = plot_classes(x_val, y_val, title="Validation: 1,000 points", ax=axes[1])

# %% [markdown]
# Where the moons overlap, nobody can be right all the time: a point of one class lies among those of the other by
# chance. Remember that when a model claims to make no mistakes.
#
# ### Two scores and a baseline
#
# **Accuracy** counts right answers. **Cross-entropy** ([lesson 05](05_losses.ipynb)) is minus the mean logarithm of the
# probability that the model gave to the true class. It punishes a model that is sure and wrong. The baseline is a
# straight line, fitted to each training set; its scores are the mean over the first three.


# %%
def score(probability, y):
    """Cross-entropy and accuracy of the probabilities of class 1."""
    of_truth = np.where(y[:, 0] == 1, probability, 1 - probability)
    return -np.log(np.clip(of_truth, 1e-7, 1)).mean(), (of_truth > 0.5).mean()


lines = [  # with scikit-learn's own L2 penalty: for 40 points, λ₂ = 0.0125 (see below)
    linear_model.LogisticRegression().fit(x[:N_TRAIN], y[:N_TRAIN, 0]) for x, y in training_sets
]
line_scores = [score(line.predict_proba(x_val)[:, 1], y_val) for line in lines[:RUNS]]
line_entropy, line_accuracy = np.mean(line_scores, axis=0)
expect("validation cross-entropy of a straight line", line_entropy, 0.35, 0.5)
expect("validation accuracy of a straight line", line_accuracy, 0.78, 0.88)

# %% [markdown]
# ## A model that is far too large
#
# Two hidden layers of 64 units for 40 points. [Lesson 03](03_hidden_layers.ipynb) would have taken a handful.
#
# We shall train it about a hundred times. As in [lesson 10](10_phone_prices.ipynb) it is compiled once, and the penalty
# on its weights can be changed between runs. The penalty of this lesson has two numbers, λ₁ and λ₂. At 0 it does
# nothing, and we leave it at 0 until Cure 4.


# %%
class Penalty(keras.regularizers.Regularizer):
    """Added to the loss: λ₁ times the sum of all |w|, plus λ₂ times the sum of all w²."""

    def __init__(self):
        self.l1 = keras.Variable(0.0, trainable=False)
        self.l2 = keras.Variable(0.0, trainable=False)

    def __call__(self, w):
        return self.l1 * keras.ops.sum(keras.ops.abs(w)) + self.l2 * keras.ops.sum(w * w)


# %% [markdown]
# Two helpers of lesson 10, and the network. `after` is for Cure 5, a layer to put behind each hidden layer.
# `jit_compile=True` lets the compiler XLA join the many small operations of a step: same numbers up to rounding, in
# less time.


# %%
def ready(model, optimizer, **options):
    """Compile a network; return what its optimizer remembers at the start."""
    metrics = ["binary_crossentropy"]
    model.compile(optimizer, loss="binary_crossentropy", metrics=metrics, **options)
    optimizer.build(model.trainable_variables)
    return [variable.numpy() for variable in optimizer.variables]


def start(model, memory, weights):
    """Put a compiled network back to its first step, with these weights."""
    variables = [*model.trainable_variables, *model.optimizer.variables]
    for variable, value in zip(variables, [*weights, *memory], strict=True):
        variable.assign(value)


# %%
def network(after=None):
    """Two hidden layers and one output: the probability of class 1."""
    layers = [keras.Input((2,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(UNITS, activation="relu", kernel_regularizer=penalty))
        layers += [after()] if after else []
    layers.append(keras.layers.Dense(1, activation="sigmoid", kernel_regularizer=penalty))
    return keras.Sequential(layers)


penalty = Penalty()
model = network()
memory = ready(model, keras.optimizers.Adam(), jit_compile=True)
STARTS = [network().get_weights() for _ in range(SETS)]
print(f"{model.count_params():,} parameters for {N_TRAIN} points")

# %% [markdown]
# Every run goes through one function, so that all are compared on equal terms. Run 0 has training set 0 and start 0,
# run 1 has training set 1 and start 1, and so on. Each run makes 1,000 updates of Adam at one rate, with 40 points per
# update. An epoch of only one update would spend its time on bookkeeping, so the points are repeated: an epoch has 50
# updates, or 10 where we watch the validation part. Every update sees all 40 points, so there is nothing to shuffle.

# %%
WATCH = {"validation_data": (x_val, y_val), "validation_batch_size": len(x_val)}


def train(model, memory, run, *, n=N_TRAIN, l1=0.0, l2=0.0, weights=None, watch=False, **options):
    """One run on n points of its training set, from its start or from `weights`."""
    start(model, memory, STARTS[run] if weights is None else weights)
    penalty.l1.assign(l1)
    penalty.l2.assign(l2)
    model.optimizer.learning_rate = options.pop("rate", RATE)
    updates = 10 if watch else 50  # in an epoch
    again = np.arange(N_TRAIN * updates) % n  # 0, 1, … n − 1, 0, 1, …
    x, y = (part[again] for part in training_sets[run])
    options |= WATCH if watch else {}
    options |= {"batch_size": N_TRAIN, "epochs": UPDATES // updates, "shuffle": False, "verbose": 0}
    return fit(model, x, y, **options).history


# %%
scores, ended = [], {}  # a line per run; what is needed to use its model again


def probability(model, x):
    """The probability of class 1 for each point, shape (n,)."""
    return keras.ops.convert_to_numpy(model(x))[:, 0]


def note(name, model, run, n=N_TRAIN):
    """Write down how a run ended: on its own training points and on the validation points."""
    x, y = (part[:n] for part in training_sets[run])
    train_entropy, train_accuracy = score(probability(model, x), y)
    val_entropy, val_accuracy = score(probability(model, x_val), y_val)
    scores.append([name, run, train_entropy, val_entropy, train_accuracy, val_accuracy])
    ended[name, run] = model, model.get_weights()


# %% [markdown]
# **Predict:** what will the border between the two classes look like?

# %% alt="The border of the overfitted model twice, sharp and winding. On the left it bends around a few training points; on the right, with validation points on top, many points lie on the wrong side."
no_cure = []
for run in range(RUNS):
    no_cure.append(train(model, memory, run, watch=True))
    note("no cure", model, run)
model.set_weights(ended["no cure", 0][1])
_, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
window = {"xlim": (-2, 3), "ylim": (-1.6, 2.1)}
plot_decision_boundary(model, x_train, y_train, title="With its own points", ax=axes[0], **window)
some = x_val[:400], y_val[:400]
ax = plot_decision_boundary(model, *some, title="With 400 new points", ax=axes[1], **window)

# %% [markdown]
# The border bends for two or three points, as if they were the rule. New points do not keep to these bends. The model
# is also very sure: even where the moons overlap, the pale bands, where it doubts, can hardly be seen.
#
# ### The symptom: two curves move apart

# %% alt="Cross-entropy over the epochs: the training curve sinks to zero. The validation curve falls for a few epochs, to a star, and then climbs far above where it began."
val_entropy = no_cure[0]["val_binary_crossentropy"]
best = int(np.argmin(val_entropy)) + 1
ax = plot_gap(
    no_cure[0],
    "binary_crossentropy",
    best=best,
    title=f"After epoch {best} the two curves move apart",
    ylabel="cross-entropy",
)

# %% [markdown]
# Up to the star (the lowest validation value) both curves fall: what the model learns helps with new points, too. In
# the end the training curve still falls while the validation curve climbs: what the model learns now fits these 40
# points and makes its probabilities for others worse. That is **overfitting**, and the distance between the curves
# (shaded) is the **generalization gap** ([lesson 08](08_digits_mlp.ipynb)). The validation curve of one run may fall
# once more on its way up, as here.
#
# In the first epoch the training curve may lie *above* the validation curve. The training value is a mean over the
# epoch, while the weights still improve; the validation value is measured at the end of the epoch.


# %%
def table(names=None):
    """Mean scores of each setting; a gap is positive where validation is worse than training."""
    kinds = product(["cross-entropy", "accuracy"], ["train", "validation"])
    columns = pd.MultiIndex.from_tuples([("", "setting"), ("", "run"), *kinds])
    runs = pd.DataFrame(scores, columns=columns)
    runs = runs[runs["", "run"] < RUNS]  # the same three training sets for every setting
    means = runs.groupby(("", "setting"), sort=False).mean()
    for kind, sign in {"cross-entropy": 1, "accuracy": -1}.items():
        means[kind, "gap"] = sign * (means[kind, "validation"] - means[kind, "train"])
    means = means[["cross-entropy", "accuracy"]].rename_axis(None)
    return means.loc[names] if names else means


# %%
without = table().loc["no cure"]
expect("training accuracy, mean of three runs", without["accuracy", "train"], 1, 1)
ratio = without["cross-entropy", "validation"] / line_entropy
expect("validation cross-entropy / that of the line", ratio, low=2)
change = without["accuracy", "validation"] - line_accuracy
expect("validation accuracy − that of the line", change, -0.02, 0.09)
table().round(3)

# %% [markdown]
# The model is right about *every* training point, in all three runs. (With another `DATA_SEED` a run may still miss a
# few points. We tried 1 to 6, and 2 is such a case.) On new points it is right about as often as the straight line, or
# somewhat more often. By cross-entropy it is far worse than the line, because it is sure of its wrong answers. (The
# curve above ends higher than this table would let you expect. The curve is one run, the table is the mean of three.
# And `score` cuts a probability off at 10⁻⁷, Keras's metric does not.)
#
# So the two scores tell different stories, and one has to say by which one judges. **In this lesson cross-entropy
# decides.** It sees how sure the wrong answers are; the accuracy does not.
#
# ## Bias and variance
#
# Would another 40 points have given another border? Train one straight line, and one network, on each of the six
# training sets. **Predict:** which of the two changes more from set to set?

# %%
for run in range(RUNS, SETS):
    train(model, memory, run)
    note("no cure", model, run)


def answers(name):
    """One function per run of a setting: it puts the weights of that run into the model."""

    def answer(points, run):
        trained, weights = ended[name, run]
        trained.set_weights(weights)
        return probability(trained, points)

    runs = [run for setting, run in ended if setting == name]
    return [lambda points, run=run: answer(points, run) for run in runs]


# %% alt="Two maps with one thin border per training set and a thick one for the average. Left six lines that run close to each other; right six winding borders that cross each other everywhere, and a smoother thick one."
straight = [lambda points, line=line: line.predict_proba(points)[:, 1] for line in lines]
figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
plot_boundary_spread(straight, title="A straight line, six times", ax=axes[0], **window)
ax = plot_boundary_spread(answers("no cure"), title="The network, six times", ax=axes[1], **window)

# %% [markdown]
# (Thick: the border of the average answer.) In the middle of the points the lines nearly agree, and all are wrong in
# the same way: no line follows the moons. The networks disagree: each has its own bends. Their average follows the
# moons.
#
# The two kinds of fault have names. **Variance** is how much the answer depends on the training set that one happened
# to draw. The **bias of a model** is what stays wrong when one averages over training sets. (It has nothing to do with
# the bias of a unit.) For the squared error both can be measured. With $\hat y$ the answer of one model and $\bar y$
# the average answer of all models at the same point, the mean over the models is, exactly,
#
# $$\text{mean of } (\hat y - y)^2 = (\bar y - y)^2 + \text{mean of } (\hat y - \bar y)^2 .$$
#
# The last term is the variance. The one before it holds the bias, and the noise of the labels, which no model can
# remove. (An average of few models still depends a little on their training sets. So with $n$ models this term also
# holds a part of the variance: as much as the variance term divided by $n - 1$. Each network also has its own random
# start. What that changes counts as variance here.)


# %%
def decompose(functions, x=x_val, y=y_val):
    """Mean squared error over several models, in two parts that add up to it."""
    each = np.array([function(x) for function in functions])  # one row per model
    average = each.mean(axis=0)
    error = ((each - y[:, 0]) ** 2).mean()
    return [((average - y[:, 0]) ** 2).mean(), ((each - average) ** 2).mean(), error]


parts = {"straight line": decompose(straight), "network, 40 points": decompose(answers("no cure"))}
columns = ["bias² and noise", "variance", "squared error"]
line_parts, network_parts = parts.values()
expect("sum of the parts − error", sum(network_parts[:2]) - network_parts[2], -1e-6, 1e-6)
expect("bias² and noise: network − line", network_parts[0] - line_parts[0], high=-0.01)
expect("variance: network / line", network_parts[1] / line_parts[1], low=2)
pd.DataFrame(parts, index=columns).T.round(3)

# %% [markdown]
# The line has the larger bias, the network several times the variance. Their errors are of similar size, for opposite
# reasons. **In squared error, overfitting is variance.** A cure of the squared error has to lower the variance by more
# than it raises the bias.
#
# ## Cure 1: more data
#
# If variance is the fault, then more points should lower it and leave the bias alone. Ten times as many points, the
# same number of updates (so each point is seen a tenth as often):

# %%
for n in SIZES[1:]:
    for run in range(SETS if n == max(SIZES) else RUNS):
        train(model, memory, run, n=n)
        note(f"{n} points", model, run, n)
more_parts = decompose(answers(f"{max(SIZES)} points"))
expect("variance: 400 points / 40 points", more_parts[1] / network_parts[1], high=0.4)
expect("bias² and noise: 400 points − 40 points", more_parts[0] - network_parts[0], -0.03, 0.02)
parts[f"network, {max(SIZES)} points"] = more_parts
pd.DataFrame(parts, index=columns).T.round(3)

# %% [markdown]
# The variance collapses, and the rest hardly moves. So the cause was right: the network is not "too large" in itself,
# it is too large for 40 points. More data is the best cure, but it is no *setting*: usually one does not have ten times
# as many points. It stands in the figures below as what the other cures have to be measured against.
#
# ## Cure 2: a smaller network
#
# Fewer units can bend the border less often. To stay with the one compiled model, we *switch units off*: a ReLU unit
# whose weights are all 0 gives 0, gets the gradient 0, and stays at 0. The units that are left start as Keras starts a
# network of that width.


# %%
def small_start(units):
    """Start weights of a narrow network, in the corner of arrays of zeros of the usual shapes."""
    dense = keras.layers.Dense
    narrow = keras.Sequential([keras.Input((2,)), dense(units), dense(units), dense(1)])
    weights = [np.zeros_like(array) for array in STARTS[0]]
    for array, small in zip(weights, narrow.get_weights(), strict=True):
        array[tuple(slice(length) for length in small.shape)] = small
    return weights


for units, run in product(WIDTHS[:-1], range(RUNS)):
    train(model, memory, run, weights=small_start(units))
    note(f"{units} units", model, run)
silent = model.get_weights()[2][WIDTHS[-2] :]  # weights from units that were switched off
expect("largest weight of the units that are off", np.abs(silent).max(), 0, 0)

# %% [markdown]
# The result comes in one figure with the others.
#
# ## Cure 3: stop early
#
# The star in the figure of the two curves says when training should have ended. **Early stopping** finds it during
# training: the callback `EarlyStopping` watches a validation number and ends the training when that has not improved
# for some epochs (here of 10 updates), its **patience**. By then the weights are those of a later epoch than the best
# one; `restore_best_weights=True` brings the best ones back.
#
# How patient should it be? We come back to this below, when there are curves of several kinds. For now 20 epochs:

# %%
missed = []  # how far a run ends above the lowest value of its full curve
for run in range(RUNS):
    stopper = keras.callbacks.EarlyStopping(
        "val_binary_crossentropy", mode="min", patience=20, restore_best_weights=True
    )
    train(model, memory, run, watch=True, callbacks=[stopper])
    note("early stopping", model, run)
    print(
        f"run {run}: ended in epoch {stopper.stopped_epoch + 1}, back to {stopper.best_epoch + 1}"
    )
    missed.append(scores[-1][3] - min(no_cure[run]["val_binary_crossentropy"]))
expect("score now − lowest value of the full curve, worst run", max(missed), high=1e-3)

# %% [markdown]
# Each of the three runs arrives at the lowest value of its full curve. The epoch was chosen by the validation part, so
# the validation score is a little flattered from now on. That holds for every setting that we choose by it, and is the
# reason for the test part.
#
# ## Cure 4: a price on weights
#
# To change from a sure yes to a sure no within a short distance, a network needs large weights. An **L2 penalty** or an
# **L1 penalty** lets the model pay for them:
#
# $$\text{L2: } \lambda_2 \sum_i w_i^2 \qquad\qquad \text{L1: } \lambda_1 \sum_i |w_i|$$
#
# (Many books write L2 as $\tfrac{\lambda}{2} \sum w^2$, and so does [lesson 05](05_losses.ipynb): the same penalty with
# a λ twice as large. Some texts define L2 as this half *and* as the root $\sqrt{\sum w^2}$. The root is the norm,
# another function.) Our class `Penalty` is those two sums. In a program of your own you write it as below, and the two
# agree. Then one grid of λ for both, three runs each.

# %%
both = keras.regularizers.L1L2(l1=0.001, l2=0.003)
layer = keras.layers.Dense(UNITS, activation="relu", kernel_regularizer=both)
layer.build((None, 2))
penalty.l1.assign(0.001)
penalty.l2.assign(0.003)
ours = penalty(layer.kernel)
expect("Keras's penalty / ours", float(both(layer.kernel) / ours), 0.99999, 1.00001)
for price in PRICES:
    for run in range(RUNS):
        train(model, memory, run, l2=price)
        note(f"L2 {price:g}", model, run)
        train(model, memory, run, l1=price)
        note(f"L1 {price:g}", model, run)

# %% [markdown]
# With a penalty, the `loss` of the history is cross-entropy *plus penalty*. Models with different penalties cannot be
# compared by it. That is why cross-entropy is a metric of its own here.
#
# **Predict:** how does the validation cross-entropy change from the smallest λ to the largest?


# %%
def validation(template, settings):
    """Validation cross-entropies of the runs of each setting."""
    values = {(name, run): entropy for name, run, _, entropy, *_ in scores}
    names = {setting: template.format(f"{setting:g}") for setting in settings}
    return {key: [values[name, run] for run in range(RUNS)] for key, name in names.items()}


def best_of(template, settings):
    """The name of the setting with the lowest mean validation cross-entropy."""
    names = [template.format(*np.atleast_1d(setting)) for setting in settings]
    return table().loc[names, ("cross-entropy", "validation")].idxmin()


# %% alt="Two curves over the penalty on a logarithmic axis, for L2 and for L1, far below the dashed line of no cure. Both fall a little from the left, reach a star, and rise to about 0.7 at the right end."
none = "no cure", without["cross-entropy", "validation"]
panel = {"log": True, "reference": none, "ylim": (0.2, 1.9)}
figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
for ax, kind, dial in zip(axes, ("L2", "L1"), ("λ₂", "λ₁"), strict=True):
    groups = validation(kind + " {}", PRICES)
    label = {"xlabel": dial, "ylabel": "validation cross-entropy" if kind == "L2" else ""}
    plot_validation_curve(groups, title=f"{kind} penalty", ax=ax, **label, **panel)
for found in (min, max):
    expect(f"runs of the largest λ₁, {found.__name__}", found(groups[PRICES[-1]]), 0.65, 0.75)

# %% [markdown]
# Such a figure is a **validation curve** (dots: runs, line: mean, star: lowest mean). Both are a U, far below the
# dashed line: even the smallest λ helps a lot, and a larger one helps more. With too large a λ the weights vanish, and
# the model gives every point the same probability, with a cross-entropy near ln 2 = 0.69 (all runs of the largest λ₁):
# it is bad even on its own training points. That is **underfitting**. The best λ has neighbours on both sides, so the
# grid was wide enough.
#
# Why is the left side bad, and why the right side? Bias and variance of the same runs:

# %%
by_price = {f"{price:g}": decompose(answers(f"L2 {price:g}")) for price in PRICES}
first_three = answers("no cure")[:RUNS]
by_price = pd.DataFrame({"0": decompose(first_three)} | by_price, index=columns).T
variance, rest = by_price["variance"], by_price["bias² and noise"]
expect("variance: second largest λ₂ / 0", variance.iloc[-2] / variance.iloc[0], high=0.5)
expect("bias² and noise: largest λ₂ − smallest", rest.iloc[-1] - rest.iloc[1], low=0.08)
by_price.rename_axis("λ₂").round(3)

# %% [markdown]
# Down the table the variance falls (at the end it is so small that it may rise a little). The other part falls a little
# at first (with three runs it holds half of the variance, too). From some λ on it rises, and that is bias. In between,
# the sum of the two is smallest. (The sum is the squared error. By cross-entropy, as in the figure, the best λ may be a
# neighbour. The table before had six runs, so compare rows within one table only.)
#
# ### What do the two pull on?
#
# The gradient of the penalty is $2\lambda_2 w$ for L2 and $\lambda_1$ times the sign of $w$ for L1. Take one weight of
# 0.05, and no data at all. **Predict** four paths: L1 and L2, with SGD and with Adam.


# %%
def path(optimizer, slope, steps=40):
    """A weight that starts at 0.05 and follows the gradient of its penalty only."""
    weight, values = keras.Variable(0.05), []
    for _ in range(steps):
        values.append(float(weight))
        optimizer.apply([keras.ops.cast(slope(values[-1]), "float32")], [weight])
    return values


slopes = {"L1": lambda w: 0.03 * np.sign(w), "L2": lambda w: 2 * 0.03 * w}
kinds = {"SGD": keras.optimizers.SGD, "Adam": keras.optimizers.Adam}
rates = {"SGD": 0.3, "Adam": RATE}
paths = {}
for kind, name in product(kinds, slopes):
    paths[kind, name] = path(kinds[kind](rates[kind]), slopes[name])

# %% alt="Two panels over 40 steps. With SGD L1 falls in a straight line to zero and then jumps to and fro, L2 falls ever more slowly. With Adam both fall together in a straight line, go a little below zero and swing back."
figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained", sharey=True)
for ax, kind in zip(axes, kinds, strict=True):
    two = {name: paths[kind, name] for name in slopes}
    ylabel = "weight" if kind == "SGD" else ""
    plot_curves(range(40), two, markers=False, title=kind, xlabel="step", ylabel=ylabel, ax=ax)

# %% [markdown]
# **SGD** shows what books say: L1 takes away the same amount at each step, until the weight is 0. L2 takes away a
# share, so large weights lose much, small ones little, and none becomes 0. At 0 the slope of L1 changes its sign, and
# the weight jumps to and fro by one step, rate · λ₁.
#
# **Adam** divides each gradient by its recent size. So both penalties begin with the same steps, of the size of the
# rate, whatever λ is, and L2 arrives at 0 like L1. Its momentum carries both beyond 0, and they swing back.
#
# Does the network show this? Train run 0 at λ = 0.003 with both optimizers (SGD needs a far larger rate), with constant
# steps and with steps that shrink nearly to zero by the cosine schedule of [lesson 07](07_optimizers.ipynb). A unit of
# the first hidden layer counts as alive here if a weight that leads into it and a weight that leads out of it are
# larger than 0.01 in size.

# %%
sgd = network()
sgd_memory = ready(sgd, keras.optimizers.SGD())
shrink = {}
for kind, rate in rates.items():
    wave = [rate * (1 + np.cos(np.pi * epoch / 20)) / 2 for epoch in range(UPDATES // 50)]
    shrink[kind] = keras.callbacks.LearningRateScheduler(lambda epoch, _, wave=wave: wave[epoch])
ways = {"Adam": (model, memory), "SGD": (sgd, sgd_memory)}
kernels, dead = {}, {}
for (kind, way), price, shrinking in product(ways.items(), ("l1", "l2"), (False, True)):
    callbacks = [shrink[kind]] if shrinking else []
    train(*way, 0, rate=rates[kind], callbacks=callbacks, **{price: 0.003})
    name = f"{price.upper()}, {kind}" + (", shrinking" if shrinking else "")
    kernels[name] = [array for array in way[0].get_weights() if array.ndim == 2]
    dead[name] = (keras.Sequential(way[0].layers[:2])(x_train).numpy() == 0).all(axis=0)


# %%
def describe(kernels):
    """Shares of small weights, and living units of the first hidden layer."""
    size = np.abs(np.concatenate([kernel.ravel() for kernel in kernels]))
    first, second = kernels[0], kernels[1]
    loud = (np.abs(first).max(axis=0) > 0.01) & (np.abs(second).max(axis=1) > 0.01)
    return [np.mean(size < limit) for limit in (1e-2, 1e-4, 1e-6)] + [loud.sum()]


columns_size = ["|w| < 0.01", "|w| < 0.0001", "|w| < 0.000001", "units alive"]
sizes = pd.DataFrame({name: describe(k) for name, k in kernels.items()}, index=columns_size).T
sizes.astype({"units alive": int}).sort_index().round(2)

# %% alt="Three outlines of how the sizes of the weights are spread over powers of ten. L1 with Adam: a hump a little below a thousandth. L1 with Adam and shrinking steps: nearly everything lies far to the left of it. L2 with SGD: one hump between a hundredth and a tenth."
three = {}
for name in ("L1, Adam", "L1, Adam, shrinking", "L2, SGD"):
    three[name] = np.concatenate([kernel.ravel() for kernel in kernels[name]])
ax = plot_weight_sizes(three, threshold=1e-4, title="The same λ = 0.003, three ways")
small = sizes["|w| < 0.0001"]
expect("share below 0.0001: L1, Adam", small["L1, Adam"], high=0.6)
expect("share below 0.0001: L1, Adam, shrinking", small["L1, Adam, shrinking"], low=0.9)
expect("share below 0.0001: L2, SGD", small["L2, SGD"], high=0.05)
expect("living units, L1 with SGD", sizes["units alive"]["L1, SGD"], high=25)
expect("living units, L2 with SGD", sizes["units alive"]["L2, SGD"], 50, 64)
tiny, died = np.abs(kernels["L2, Adam"][1]) < 1e-6, dead["L2, Adam"]
expect("L2, Adam: units of layer 2 that give 0 for all training points", died.sum(), low=1)
expect("share below 0.000001, weights into these units", tiny[:, died].mean(), low=0.8)
expect("share below 0.000001, weights into the others", tiny[:, ~died].mean(), high=0.4)

# %% [markdown]
# **In this run L1 leaves few units alive, a small network inside the large one. L2 keeps many more.** Under SGD both do
# what the formulas say. But with constant steps L1 leaves hardly any weight *at* zero: the weights swing about zero by
# the size of a step. They come to rest when the steps shrink. And under Adam L2 has zeros too, which the formula does
# not announce. Most of them are weights into units that give 0 for all training points: nearly all of these weights are
# zeros, and few of the others (the last lines above). The gradient of such a weight is that of the penalty alone, and
# Adam makes full steps of it until the weight is 0.
#
# Is it always better to have many small weights than one large one, as some texts say about L2? No. If only one input
# matters, the one large weight is right: in [lesson 10](10_phone_prices.ipynb) L1 found the few columns that count.
#
# ## Cure 5: dropout
#
# **Dropout** sets the output of each hidden unit to 0 with probability $p$ in training, anew for each sample at each
# update, so that no unit can rely on one particular neighbour. Written out:


# %%
class Dropout(keras.layers.Layer):
    """In training silence each unit with probability p, and divide the others by 1 − p."""

    def __init__(self, p):
        super().__init__()
        self.p, self.seeds = p, keras.random.SeedGenerator()  # each layer draws its own numbers

    def call(self, h, training=False):
        if not training:
            return h
        kept = keras.random.uniform(keras.ops.shape(h), seed=self.seeds) >= self.p
        return keras.ops.where(kept, h / (1 - self.p), 0.0)


# %% [markdown]
# Why 1/(1 − p)? With a share $p$ of its inputs silent, a unit gets on average only $1-p$ of the usual sum. Somebody has
# to correct that, and there are two conventions:
#
# | | in training | at prediction |
# | --- | --- | --- |
# | classical (2014) | kept units unchanged | all units times $1-p$ |
# | Keras, and nearly everyone today | kept units times $1/(1-p)$ | all units unchanged |
#
# In both, the *mean* in training equals what comes at prediction. Four units, 100,000 rounds, and Keras's own layer
# beside ours:

# %%
P = 0.6
h = np.array([0.5, 1.0, 2.0, 4.0], dtype="float32")  # what four units give
rows = np.tile(h, (100_000, 1))
kept = np.random.default_rng(seed).random(rows.shape) >= P
means = {"prediction, classical": (1 - P) * h, "mean in training, classical": (kept * rows).mean(0)}
means["prediction, Keras"] = h
for name, layer in {"ours": Dropout(P), "Keras's": keras.layers.Dropout(P, seed=seed)}.items():
    out = keras.ops.convert_to_numpy(layer(rows, training=True))
    means[f"mean in training, {name}"] = out.mean(axis=0)
    expect(f"{name}: mean / prediction − 1, worst", np.abs(out.mean(0) / h - 1).max(), high=0.03)
    expect(f"{name}: share of zeros", np.mean(out == 0), P - 0.01, P + 0.01)
pd.DataFrame(means, index=[f"unit {i}" for i in range(1, 5)]).T.round(2)

# %% [markdown]
# Two statements about dropout that one reads, and what is true in Keras. "One draw per update": each *sample* of the
# batch has its own silent units. "Inputs are silenced too": only if you put a `Dropout` layer behind the inputs.
#
# Like λ, our $p$ can be changed between runs, so the network with dropout is compiled once. In a program of your own
# you write `keras.layers.Dropout(0.5)` behind a `Dense` layer. At prediction nothing is silenced: two calls have to
# agree. With `training=True` they differ.

# %%
share = keras.Variable(0.0, trainable=False)
with_dropout = network(after=lambda: Dropout(share))
dropout_memory = ready(with_dropout, keras.optimizers.Adam(), jit_compile=True)
for p in SHARES:
    share.assign(p)
    for run in range(RUNS):
        train(with_dropout, dropout_memory, run)
        note(f"p = {p:g}", with_dropout, run)
P_BEST = min(SHARES, key=lambda p: np.mean(validation("p = {}", SHARES)[p]))
share.assign(P_BEST)
with_dropout.set_weights(ended[f"p = {P_BEST:g}", 0][1])
calls = [probability(with_dropout, x_val[:10]) for _ in range(2)]
expect("largest difference of two predictions", np.abs(calls[0] - calls[1]).max(), 0, 0)
noisy = [keras.ops.convert_to_numpy(with_dropout(x_val[:10], training=True)) for _ in range(2)]
expect("the same with training=True", np.abs(noisy[0] - noisy[1]).max(), low=1e-3)

# %% [markdown]
# ### $2^m$ networks in one
#
# Each choice of silent units leaves a **thinned network**. Here is one of those that a network with two hidden layers
# of four units has. The units that say *off* are silent: the weights from and to them count as 0, and are drawn as thin
# lines.

# %% alt="Left a network with two inputs, two hidden layers of four units and one output. Right the same units, but two of the first hidden layer and one of the second say off, and the lines to and from them are thin."
generator = np.random.default_rng(2)
shapes = [(2, 4), (4, 4), (4, 1)]
full = [(generator.normal(size=shape), np.zeros(shape[1])) for shape in shapes]
on = [[1, 1], [1, 0, 0, 1], [1, 1, 1, 0], [1]]  # 0: silent; inputs, two hidden layers, output
layers = zip(full, on, on[1:], strict=False)
thinned = [(kernel * np.outer(before, after), bias) for (kernel, bias), before, after in layers]
figure, axes = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
plot_network(full, title="All units", ax=axes[0])
names = [["" if unit else "off" for unit in units] for units in on[1:3]]
title = "One thinned network: three are silent"
ax = plot_network(thinned, hidden_names=names, title=title, ax=axes[1])

# %% [markdown]
# With $m$ units there are $2^m$ of them: 256 for the eight hidden units here, more than $10^{38}$ for our 128. Dropout
# draws a few of them, at most one per sample and update. But they share their weights, so what one of them learns
# changes the others, and prediction asks for their average in one go. Can one network give the average of $2^m$? For a
# linear layer, exactly. Four units, whole numbers, $p = \tfrac12$, and all 16 thinned networks:

# %%
h, w, b = np.array([3.0, 1.0, 4.0, 2.0]), np.array([2.0, -5.0, 1.0, 6.0]), 7.0
masks = np.array(list(product([0, 1], repeat=4)))
thinned_answers = (masks * h) @ w + b
print(f"average of all 16: {thinned_answers.mean()}, one network with h · ½: {(0.5 * h) @ w + b}")
expect("difference", thinned_answers.mean() - ((0.5 * h) @ w + b), 0, 0)
k = masks.sum(axis=1)  # units that are left
for p in (0.2, 0.9):
    likely = (1 - p) ** k * p ** (4 - k)  # the probability of each mask
    gap = likely @ thinned_answers - (((1 - p) * h) @ w + b)
    expect(f"p = {p}: weighted average − scaled network", abs(gap), high=1e-12)

# %% [markdown]
# The average of a sum is the sum of the averages, and each unit is on in half of the networks (with another $p$: in a
# share $1-p$ of the draws). With ReLU and sigmoid in between it is an approximation. For our network with $p = 0.5$, 60
# random thinned networks for each point, against one prediction:

# %%
share.assign(0.5)
with_dropout.set_weights(ended["p = 0.5", 0][1])
crowd = np.repeat(x_val, 60, axis=0)
votes = keras.ops.convert_to_numpy(with_dropout(crowd, training=True)).reshape(-1, 60).T
three = votes, votes.mean(axis=0), probability(with_dropout, x_val)
average, alone = three[1:]
expect("mean |average − one prediction|", np.abs(average - alone).mean(), high=0.1)
expect("same class", np.mean((average > 0.5) == (alone > 0.5)), low=0.9)
every = np.mean([score(vote, y_val)[0] for vote in votes])
entropies = [every, score(average, y_val)[0], score(alone, y_val)[0]]
rows = {"squared error": [((p - y_val[:, 0]) ** 2).mean() for p in three]}
rows["cross-entropy"] = entropies
rows["larger probability"] = [np.maximum(p, 1 - p).mean() for p in three]
names = ["one thinned network, mean of 60", "average of the 60", "one prediction, all units"]
pd.DataFrame(rows, index=names).round(3)

# %% [markdown]
# A single thinned network is worse than the average of many. By the formula above the squared error that averaging
# removes is *variance*. (One reads that thinned networks have a large *bias*. That part is still there in the average,
# together with the noise of the labels.) One prediction with all units costs one call, and nearly always names the same
# class as the average. The numbers differ all the same: it is surer of itself (last column), and here it pays for that
# where it is wrong.
#
# ## Four cures in one figure
#
# The validation part chooses a setting for each cure, by the lowest mean of three runs. All runs have the same three
# training sets, the same optimizer and rate, and the same number of updates. **Predict:** which cure comes lowest?

# %% alt="Four panels of validation cross-entropy with one scale and a dashed line for no cure. More points: falls steadily to the lowest value. Units: lowest at a few units. L2: a U, lowest in the middle. Dropout: flat, then falls at a very high share, and rises again at the highest."
expect("cross-entropy: average / one thinned network", entropies[1] / every, high=0.8)
sure = rows["larger probability"]
expect("larger probability: one prediction − average", sure[2] - sure[1], low=0)
figure, axes = plt.subplots(2, 2, figsize=(11, 7.6), layout="constrained")
by_size = {N_TRAIN: validation("no cure", [0])[0]} | validation("{} points", SIZES[1:])
by_width = {WIDTHS[-1]: by_size[N_TRAIN]} | validation("{} units", WIDTHS[:-1])
figures = {"More points": by_size, "Fewer units per layer": by_width}
figures |= {
    "L2 penalty, λ₂": validation("L2 {}", PRICES),
    "Dropout, p": validation("p = {}", SHARES),
}
for ax, (title, groups) in zip(axes.flat, figures.items(), strict=True):
    label = {"xlabel": "", "ylabel": "validation cross-entropy" if ax in axes[:, 0] else ""}
    dropout_axis = {"log": "Dropout" not in title}
    plot_validation_curve(groups, title=title, ax=ax, **label, **(panel | dropout_axis))

# %% [markdown]
# More points win; of the other settings in this figure L2 comes lowest. (L1 stands in an earlier figure, and for early
# stopping the setting is the epoch: see the curve over the epochs, above.) Fewer units help; with a single one the loss
# is higher again. Dropout helps most with a very large $p$, so that hardly any unit is on. **On another task another
# cure may win; the procedure stays the same.** Where a star stands at the end of its axis, a better setting may lie
# beyond it.
#
# ### Too little, too much
#
# Move a slider from end to end. What happens to the border and to the gap, and where is the best score?


# %% alt="The border on the map for the penalty that the slider shows, and the validation curve with the place of that penalty."
def look(name, groups, setting, log, xlabel):
    trained, weights = ended[name, 0]
    trained.set_weights(weights)
    _, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    gap = table().loc[name, ("cross-entropy", "gap")]
    plot_decision_boundary(trained, x_train, y_train, title=name, ax=axes[0], **window)
    label = {"title": f"Gap: {gap:.2f}", "xlabel": xlabel, "ylabel": "validation cross-entropy"}
    plot_validation_curve(groups, ax=axes[1], **label, **(panel | {"log": log}))
    axes[1].axvline(setting, color="black", linewidth=6, alpha=0.2)


@interact(price=SelectionSlider(options=PRICES, value=PRICES[1], description="λ₂"))
def explore_penalty(price):
    look(f"L2 {price:g}", figures["L2 penalty, λ₂"], price, log=True, xlabel="λ₂")


# %% [markdown]
# At the left end the border still bends for single points. At the right end it is straight or gone, and the gap is
# nearly zero: a useless model can have a tiny gap, too. Whoever aims at a small gap alone may end there.


# %% alt="The border on the map for the dropout share that the slider shows, and the validation curve with the place of that share."
@interact(p=SelectionSlider(options=SHARES, value=P_BEST, description="p"))
def explore_dropout(p):
    look(f"p = {p:g}", figures["Dropout, p"], p, log=False, xlabel="p")


# %% [markdown]
# With a large $p$ the bands become wide and pale: the model doubts where the moons overlap, and here also where it need
# not.
#
# ## Two cures together
#
# L2 with early stopping, and L2 with dropout. Both numbers of a pair are chosen together, since beside a second cure
# another amount of the first may be best. **Predict:** if L2 takes away half of the loss, and early stopping takes away
# half, do both together take away three quarters?

# %%
for price, run in product(PRICES[1:3], range(RUNS)):
    stopper = keras.callbacks.EarlyStopping(
        "val_binary_crossentropy", mode="min", patience=20, restore_best_weights=True
    )
    train(model, memory, run, l2=price, watch=True, callbacks=[stopper])
    note(f"L2 {price:g}, early stopping", model, run)
for price, p, run in product(PRICES[1:3], SHARES_WITH_L2, range(RUNS)):
    share.assign(p)
    train(with_dropout, dropout_memory, run, l2=price)
    note(f"L2 {price:g}, p = {p:g}", with_dropout, run)

# %% [markdown]
# The best setting of each cure, by the mean of three runs:

# %%
pairs = list(product(PRICES[1:3], SHARES_WITH_L2))
chosen = {"no cure": "no cure", "more points": f"{max(SIZES)} points"}
chosen["smaller network"] = best_of("{} units", WIDTHS[:-1])
chosen |= {"early stopping": "early stopping", "L2": best_of("L2 {:g}", PRICES)}
chosen |= {"L1": best_of("L1 {:g}", PRICES), "dropout": best_of("p = {:g}", SHARES)}
chosen["L2 and early stopping"] = best_of("L2 {:g}, early stopping", PRICES[1:3])
chosen["L2 and dropout"] = best_of("L2 {:g}, p = {:g}", pairs)
result = table(list(chosen.values()))
result.index = [f"{cure} ({name})" if name != cure else cure for cure, name in chosen.items()]
result.round(3)

# %%
column = table(list(chosen.values()))["cross-entropy", "validation"].set_axis(list(chosen))
for cure in list(chosen)[1:]:
    expect(f"validation, {cure} / no cure", column[cure] / column["no cure"], high=0.6)
expect("validation, more points / L2", column["more points"] / column["L2"], high=1)
rest = column[["smaller network", "early stopping", "L1", "dropout"]]
expect("validation, L2 / next best single cure", column["L2"] / rest.min(), high=1)
together = column[["L2 and early stopping", "L2 and dropout"]]
better = together.min() / column["L2"]
expect("validation, the better of the two pairs / L2 alone", better, 0.9, 1.05)
gaps = result["cross-entropy", "gap"]
expect("gap, largest of the cures / no cure", gaps.iloc[1:].max() / gaps.iloc[0], high=0.5)
moves = result["accuracy", "validation"] - result["accuracy", "validation"].iloc[0]
expect("validation accuracy, more points − no cure", moves.iloc[1], low=0.01)
expect("validation accuracy, best other cure − no cure", moves.iloc[2:].max(), -0.05, 0.03)
expect("validation accuracy, worst other cure − no cure", moves.iloc[2:].min(), high=0)

# %% [markdown]
# And their bias and variance:

# %%
by_cure = {cure: decompose(answers(name)[:RUNS]) for cure, name in chosen.items()}
by_cure = pd.DataFrame(by_cure, index=columns).T
ratio = by_cure["variance"] / by_cure["variance"]["no cure"]
for cure in ("more points", "early stopping", "L2", "L1", "dropout"):
    expect(f"variance, {cure} / no cure", ratio[cure], high=0.95)
rise = by_cure["bias² and noise"] - by_cure["bias² and noise"]["no cure"]
expect("bias² and noise, dropout − no cure", rise["dropout"], low=0.01)
by_cure.round(3)

# %% [markdown]
# Every cure narrows the gap and lowers the validation cross-entropy. **Two cures together are no better than L2 alone,
# or hardly.** (Both pairs end at the edge of their small grids; beyond it, with λ₂ = 0.03 and with $p$ = 0.1 and 0.8, a
# trial found nothing better.) Both cures work against the same fault, variance. (Not every row lowers it: look at the
# smaller network. Cross-entropy also falls where a model is only less sure of its wrong answers.)
#
# One row is a surprise. Dropout lowers the variance, but raises the bias: here its squared error is no better than
# without a cure. By cross-entropy it is still better than no cure, because it is less sure of its wrong answers.
#
# Accuracy tells still another story. More points make the network clearly more often right. No other cure does so here,
# and with some the network is less often right than without a cure. (With `DATA_SEED` 2 to 6 some helped a little,
# always less than more points.) Look at the row of dropout: a setting that was chosen by cross-entropy need not be good
# by accuracy.
#
# ### How patient?
#
# Some courses say: stop at once when the validation loss rises. But curves are jagged, and the first rise may be a
# small one. From recorded curves one can compute what each patience would have given. We take the three without a cure,
# and three with λ₂ = 0.01, where the way down is longer. **Predict:** what does it cost to stop at once?


# %%
def stop(values, patience):
    """The epoch in which early stopping ends, and the best value until then."""
    for epoch in range(len(values)):
        best_epoch = int(np.argmin(values[: epoch + 1]))
        if epoch - best_epoch >= patience:
            return epoch + 1, values[best_epoch]
    return len(values), min(values)


# %%
with_l2 = [train(model, memory, run, l2=0.01, watch=True) for run in range(RUNS)]
rows, lowest = {}, {}
for name, histories in {"no cure": no_cure, "λ₂ = 0.01": with_l2}.items():
    curves = [history["val_binary_crossentropy"] for history in histories]
    for patience in (1, 2, 5, 10, 20, 40):
        ends, values = zip(*(stop(curve, patience) for curve in curves), strict=True)
        rows[name, patience] = [", ".join(map(str, ends)), round(np.mean(values), 3)]
        lowest.setdefault(patience, []).extend(values)
cost = {patience: np.subtract(lowest[patience], lowest[40]).round(3) for patience in (1, 20)}
for patience, each in cost.items():
    print(f"patience {patience} − patience 40, run by run:", *each)
expect("patience 1, the dearest of the six runs", cost[1].max(), low=0.02)
pd.DataFrame(rows, index=["ends in epoch", "mean cross-entropy"]).T

# %% [markdown]
# In most runs next to nothing, in one a lot: a small rise ended that run, and the lowest point lay far behind the rise.
# (The table says which patience gets past it.) Which run that is depends on the points. (With `DATA_SEED` 2 to 5 there
# is such a run, too, often one without a cure; with 6 there is none.) And with some other seeds even a patience of 20
# was too short for one of the runs. You cannot know beforehand. So record full curves of a few runs, find the longest
# stretch without improvement before a lowest point, and take a patience above that. Too long a patience costs only
# time, since the best weights come back.
#
# ## Reading two curves
#
# Ask two questions in this order: is *training* bad? Is *validation* bad?
#
# | training | validation | name | what to try |
# | --- | --- | --- | --- |
# | bad | bad | underfitting, bias | larger network, smaller λ or p, another rate, longer training, better inputs |
# | good | bad | overfitting, variance | more data, L2, dropout, early stopping, smaller network |
# | good | good | – | open the test part |
# | bad | good | look again | the training loss contains the penalty, or is measured with units silenced; or the validation part is too small |
#
# (Some lecture notes list remedies under two headings, "for better results on training data" and "on test data", and
# the two headings have changed places. Ask of each remedy what it does to the training loss: more units lower it,
# dropout raises it.)
#
# "Bad" needs a yardstick. Ours is the straight line:


# %%
def read_curves(history, good):
    """Say what the curves of cross-entropy tell; `good` is what a simple model reaches."""
    training = history["binary_crossentropy"][-1]
    validation = history["val_binary_crossentropy"]
    if training > good >= validation[-1]:
        return "only training is bad: look again. Is a penalty in it, or were units silent?"
    if training > good:
        return "training is bad: underfitting. Larger network, less penalty, train better"
    if validation[-1] > 1.2 * min(validation):  # a fifth above its lowest value
        return "validation climbs: overfitting. Early stopping, L2, dropout, more data"
    if validation[-1] > good:
        return "validation is bad: overfitting. More data, L2, dropout, smaller network"
    return "both are good: open the test part"


# %% [markdown]
# Three runs, and their curves:

# %% alt="Three panels with training solid and validation dashed. With 40 points the curves move apart; with a large penalty both stay high; with 400 points both become low and stay near each other."
readings = {
    "40 points": no_cure[0],
    "40 points, λ₂ = 0.1": train(model, memory, 0, l2=0.1, watch=True),
    "400 points": train(model, memory, 0, n=400, watch=True),
}
_, axes = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained", sharey=True)
for ax, (name, history) in zip(axes, readings.items(), strict=True):
    ylabel = "cross-entropy" if ax is axes[0] else ""
    plot_gap(history, "binary_crossentropy", title=name, ylabel=ylabel, ylim=(0, 1.5), ax=ax)

# %% [markdown]
# **Your turn:** what will `read_curves` say about each?

# %%
verdicts = {name: read_curves(history, line_entropy) for name, history in readings.items()}
for name, verdict in verdicts.items():
    print(f"{name}: {verdict}")
expect("different verdicts", len(set(verdicts.values())), 3, 3)

# %% [markdown]
# ## The test, once
#
# All choices are made. The test part is opened for all rows together. **Predict:** will the order of the rows be that
# of the validation part?

# %% alt="Test cross-entropy of ten rows, a dot for each run and a mark at the median. No cure lies far to the right of all others; more points and the rows with L2 lie furthest to the left."
test = {"straight line": [score(line.predict_proba(x_test)[:, 1], y_test)[0] for line in lines[:3]]}
for cure, name in chosen.items():
    functions = answers(name)[:RUNS]
    test[cure] = [score(function(x_test), y_test)[0] for function in functions]
title = "The test part, opened once for all rows (mark: median)"
ax = plot_spread(test, title=title, xlabel="test cross-entropy")
means = {name: np.mean(values) for name, values in test.items()}
for cure in list(chosen)[1:]:
    expect(f"test, {cure} / no cure", means[cure] / means["no cure"], high=0.6)
expect("test, L2 / straight line", means["L2"] / means["straight line"], high=1.0)
ranks = pd.Series(means)[column.index].corr(column, method="spearman")
expect("rank correlation of test and validation", ranks, low=0.7)

# %% [markdown]
# Everything is better than no cure, and the order is that of the validation part, or nearly. (A rank correlation
# compares two orders: 1 means that they are the same.) Look at the spread: rows that overlap are not told apart by
# three runs. And look at the straight line: with 40 points it is about as good as some of the cured networks, without
# any choice of a setting.
#
# All this was about three training sets. Set `DATA_SEED` to another number and run the lesson again. With 1 to 6 more
# points came first and no cure came last, and cures that lie close together changed places.
#
# ## Recap
#
# - Overfitting: training goes on improving, validation does not. Cross-entropy shows it, accuracy may hide it.
# - In squared error it is variance: the answer depends on the points one happened to draw. In cross-entropy being too
#   sure comes on top. Underfitting is bias.
# - Penalties, early stopping and dropout lowered the variance, and too much of one raises the bias. More data lowers
#   the variance and not the bias.
# - Under SGD, L2 shrinks large weights most and L1 leaves few units alive. L1's zeros need shrinking steps.
# - Dropout trains thinned networks, drawn from $2^m$ that share their weights. With $p$ = 0.5 prediction nearly always
#   named the class of their average, and was surer of itself. For a linear layer it is exactly the average.
# - Each cure but more data has a setting, and validation chooses it: too little and too much are both bad. Two cures
#   together were no better than L2 alone, or hardly.
#
# ## Common mistakes
#
# - **Looking at training accuracy only.** The best training score here belongs to the model with the worst
#   cross-entropy on the validation part.
# - **`EarlyStopping` without `restore_best_weights`**, or on the training loss, which can go on falling while
#   validation climbs.
# - **Comparing losses with and without penalty.** The penalty is in there; use a metric.
# - **Comparing one cure at its best setting with another at a guessed one.**
# - **Dropout at prediction time**, by calling a model with `training=True`, or scaling by $1 - p$ on top of Keras.
# - **Curing a model that does not overfit.** If training is bad too, it needs more units or a better rate, and no
#   penalty.
# - **Choosing the cure by the test score.** That is what the validation data are for.
#
# ## Next
#
# Practise first: [seven exercises](exercises/11_overfitting.ipynb), about 44 minutes. Each check says what is wrong.
#
# All models so far were `Dense` through and through. [Lesson 12](12_convolution.ipynb) builds one that knows what a
# neighbouring pixel is, and so needs far fewer weights: another way to lower the variance is a model that fits the
# problem.
