# %% [markdown]
# # 10 · Phone prices: a tabular classifier, start to finish
#
# **What does a network of 36,740 numbers need before it keeps up with a formula of 84?**
#
# After this lesson you can
#
# - check a table that you have never seen with a few lines of pandas, and set parts of it aside for choosing and
#   judging;
# - judge a network by two baselines that get the same care as the network;
# - recognise inputs that are not scaled, and scale them inside the model;
# - compare recipes fairly: one idea per row, settings chosen by one procedure, several runs, the test part opened once;
# - save a model together with its scaling, and use it on new tables that may hold mistakes.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 01–05, 07 and 09 | about 1 minute | 2,000 phones: 20 features, 4 price ranges |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.diagnosis import diagnose
from nnlib.data import load_phone_prices
from nnlib.plotting import COLORS, plot_bars, plot_by_class, plot_curves, plot_history
from nnlib.plotting import plot_probabilities, plot_ranges, plot_spread
import tempfile
import time
import keras
import numpy as np
import pandas as pd
from ipywidgets import IntSlider, SelectionSlider, interact
from sklearn import inspection, linear_model, model_selection, pipeline, preprocessing

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
SPLIT = 88
UNITS = (128, 256)
BATCH_SIZE = 8
EPOCHS = 25
RUNS = 5
FIRST_RATE = 1e-3
SGD_RATES = (0.001, 0.01, 0.1)
ADAM_RATES = (0.0003, 0.001, 0.003)
PENALTIES = (0.001, 0.01, 0.03)
C_VALUES = (0.1, 1, 10, 100, 1_000, 10_000)

# %% [markdown]
# ## The data
#
# Someone who founds a phone company wants to know what price range a phone belongs to, from its data sheet. The
# table holds 2,000 phones with 20 columns (**features**) and, for each phone, one of four price ranges. The line below
# says which copy was found. Without the real table it is a simulated one, and all of this lesson works on it too.

# %%
data = load_phone_prices()
phones, price = data.features, data.target
phones.head(3)

# %% [markdown]
# `blue` is Bluetooth, `fc` and `pc` are the megapixels of the front and the main camera, `m_dep` and `mobile_wt` depth
# in centimetres and weight in grams, `sc_h` and `sc_w` height and width of the screen in centimetres, `px_height` and
# `px_width` the same in pixels, `talk_time` hours on one charge. `battery_power` is in mAh, `ram` in MB, `int_memory`
# in GB.
#
# The price range is 0, 1, 2 or 3. It is a number, so why not regression? Because 0 to 3 are names of groups: nobody
# says that from "low" to "medium" is the same step in money as from "high" to "very high". A classifier needs no such
# assumption, and it gives a probability for each group.
#
# ### A checklist for any table
#
# Before anything is trained, look at the table. These lines know nothing about phones; copy them into your own work.


# %%
def checklist(table):
    """One row per column: kind of value, gaps, zeros, different values, smallest, largest."""
    numbers = table.select_dtypes("number")
    rows = {"kind": table.dtypes.astype(str), "gaps": table.isna().sum()}
    rows |= {"zeros": (numbers == 0).sum(), "different": table.nunique()}
    rows |= {"min": numbers.min(), "max": numbers.max()}
    print(f"{len(table):,} rows, {table.duplicated().sum()} of them twice")
    return pd.DataFrame(rows).reindex(table.columns)


checklist(phones)

# %% [markdown]
# How to read it: a column of text (`str`, in older pandas `object`) among numbers often holds a typing error. Gaps have
# to be filled. A column with one value says nothing, a column with as many values as rows may be a row number. Rows
# that stand twice can land in training and in test at once. Smallest and largest must be possible.
#
# **Your turn:** which smallest values cannot be true?
#
# <details><summary>Answer</summary>
#
# A screen that is 0 pixels high (`px_height`) or 0 cm wide (`sc_w`) does not exist, and hardly any phone is 0.1 cm
# thick (`m_dep`). A phone may have no camera (`fc`, `pc`), and a 0 in a column of zeros and ones is a plain "no".
#
# </details>
#
# Such entries can be *missing values in disguise*: somebody did not know the number and typed another one. Then this
# value is usually more frequent than its neighbours. Is it so here? The next cell counts for one column. A usual repair
# is to fill in the median of the column. We leave them in for now, and train with filled gaps further below, to see
# whether it matters.
#
# ## Three parts for three purposes
#
# | part | phones | used for |
# | --- | --- | --- |
# | training | 1,280 | learning the weights |
# | validation | 320 | choosing: which model, which settings; we look as often as we like |
# | test | 400 | one honest number at the very end |
#
# A score by which something was chosen is on average too good: among many tries, one is lucky. So choosing and judging
# need different phones. `stratify` keeps the four price ranges equally frequent in every part.

# %%
split = model_selection.train_test_split
features = phones.astype("float32")
x_work, x_test, y_work, y_test = split(
    features, price, test_size=400, stratify=price, random_state=SPLIT
)
x_train, x_val, y_train, y_val = split(
    x_work, y_work, test_size=320, stratify=y_work, random_state=SPLIT
)
parts = {"training": y_train, "validation": y_val, "test": y_test}
widths = [int((phones["sc_w"] == width).sum()) for width in range(5)]
print("phones with a screen 0, 1, 2, 3, 4 cm wide:", widths)
expect("phones with px_height = 0", (phones["px_height"] == 0).sum(), low=1)
expect("phones 0 cm wide / mean of the next four widths", widths[0] / np.mean(widths[1:]), 0.7, 1.4)
pd.DataFrame({name: part.value_counts().sort_index() for name, part in parts.items()}).T

# %% [markdown]
# A width of 0 is about as frequent as the next ones. So it does not look like a gap that somebody filled. It looks like
# the first of the numbers that a program has drawn: a table that everybody uses need not describe real things.
#
# From here on the test part stays closed. Even the pictures show training phones only.
#
# ## A look at the columns
#
# First the sizes of the numbers.

# %% alt="A bar for each of the 20 columns from its smallest to its largest value: ram, battery and pixels reach into the thousands, many columns lie between 0 and 1."
ax = plot_ranges(x_train, title="Columns from below 1 to thousands, side by side")

# %% [markdown]
# The columns have different units, and the largest numbers are thousands of times as large as the smallest. Keep that
# in mind.
#
# A column can tell the price ranges apart if the four rows of the next figure are shifted against each other. Choose
# columns, and compare.


# %% alt="Four rows of dots, one for each price range, over the column that the slider shows. For ram each row lies further to the right than the one below."
@interact(column=SelectionSlider(options=list(phones), value="ram", continuous_update=False))
def compare(column):
    names, title = data.class_names, f"{column} in the four price ranges (thick mark: mean)"
    plot_by_class(x_train[column], y_train, class_names=names, title=title, xlabel=column)


# %% [markdown]
# A **correlation** puts a number on such a shift: 1 means that column and price range lie on a rising line, 0 that the
# best straight line through the cloud is level. (For this first look the ranges 0 to 3 count as numbers.) All twenty,
# without their sign:

# %% alt="Twenty bars: ram is far longer than all others, battery power and the two pixel counts follow, the rest is near zero."
correlation = x_train.corrwith(y_train).abs()
title = "One strong column, a few weak ones"
ax = plot_bars(correlation, top=4, title=title, xlabel="|correlation| with price")
expect("ram is number", correlation.rank(ascending=False)["ram"], 1, 1)
expect("correlation of ram", correlation["ram"], low=0.85)
expect("columns with a correlation above 0.1", (correlation > 0.1).sum(), 3, 6)

# %% [markdown]
# One column dominates, a few help a little, and the rest looks like noise.
#
# ## Two baselines
#
# **The majority class.** Four classes of equal size: who always says the same is right in 25 of 100 cases.
#
# **Logistic regression.** One weighted sum of the 20 columns for each price range, then softmax: a network without
# hidden layers, with 20 · 4 + 4 = 84 parameters. A baseline gets the same care as the network: raw and scaled columns
# are tried, and on scaled ones its own setting, `C`, is chosen on the validation part. (A large `C` is a small penalty
# on the weights.) On raw columns the solver is not done after 1,000 steps and warns about it. We know, and silence the
# warning.


# %%
import warnings


def logistic(c, scaled=True, **options):
    model = linear_model.LogisticRegression(C=c, **({"max_iter": 1_000} | options))
    # Scaled: first each column minus its mean, divided by its standard deviation.
    return pipeline.make_pipeline(preprocessing.StandardScaler(), model) if scaled else model


raw_logistic = logistic(1, scaled=False)
with warnings.catch_warnings(action="ignore"):
    raw_logistic.fit(x_train, y_train)
by_c = {c: logistic(c).fit(x_train, y_train).score(x_val, y_val) for c in C_VALUES}
pd.Series(by_c, name="validation accuracy").rename_axis("C").round(3).to_frame().T

# %%
best_c = max(by_c, key=by_c.get)
always = y_train.mode()[0]
baselines = {"majority class": (y_val == always).mean()}
baselines["logistic regression, raw"] = raw_logistic.score(x_val, y_val)
baselines["logistic regression"] = to_beat = by_c[best_c]
print(f"chosen: C = {best_c:,}")
expect("logistic regression, validation accuracy", to_beat, 0.92, 0.99)
same_c = by_c[1] - baselines["logistic regression, raw"]
expect("scaled − raw, both with C = 1", same_c, low=0.1)
pd.Series(baselines).round(3).to_frame("validation accuracy")

# %% [markdown]
# Even the formula needs scaled columns, at least to find its weights within 1,000 steps.
#
# **Predict:** a network with two hidden layers has more than four hundred times as many parameters. How much better
# will it be?
#
# ## The network on raw columns
#
# 20 inputs, 128 and 256 hidden units with ReLU, and four outputs without activation, the *logits*. The loss turns
# them into probabilities itself (`from_logits=True`, [lesson 05](05_losses.ipynb)). A layer has
# (inputs + 1) · units parameters.


# %%
def raw_network():
    hidden = [keras.layers.Dense(units, activation="relu") for units in UNITS]
    return keras.Sequential([keras.Input((20,)), *hidden, keras.layers.Dense(4)])


model = raw_network()
sizes = [20, *UNITS, 4]
counts = [(inputs + 1) * units for inputs, units in zip(sizes, sizes[1:], strict=False)]
print(" + ".join(f"{count:,}" for count in counts), f"= {sum(counts):,}")
expect("parameters according to Keras", model.count_params(), sum(counts), sum(counts))
if UNITS == (128, 256):
    expect("parameters", sum(counts), 36_740, 36_740)

# %% [markdown]
# As in [lesson 07](07_optimizers.ipynb) we compile once for many runs. Before each run, the first weights and the
# optimizer's memory are put back. Every network of this lesson starts from the same five sets of weights (but for the
# one that tries another start).


# %%
def ready(model, optimizer):
    """Compile a network; return what its optimizer remembers at the start."""
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss=cross_entropy, metrics=["accuracy"])
    optimizer.build(model.trainable_variables)
    return [variable.numpy() for variable in optimizer.variables]


def start(model, memory, weights):
    """Put a compiled network back to its first step, with these weights."""
    variables = [*model.trainable_variables, *model.optimizer.variables]
    for variable, value in zip(variables, [*weights, *memory], strict=True):
        variable.assign(value)


# %%
STARTS = [raw_network().get_weights() for _ in range(RUNS)]
OPTIONS = {"batch_size": BATCH_SIZE, "epochs": EPOCHS, "verbose": 0}
# For step 4, where the whole validation part is evaluated at once:
WATCH = {
    "validation_data": (x_val.to_numpy(), y_val.to_numpy()),
    "validation_batch_size": len(x_val),
}


def train(model, memory, run, rate, x=x_train, y=y_train, **options):
    """One run: from one of the starts, at one learning rate."""
    start(model, memory, STARTS[run])
    model.optimizer.learning_rate = rate
    return fit(model, x.to_numpy(), y.to_numpy(), **(OPTIONS | options))


# %% [markdown]
# An untrained network should be undecided, with a loss near ln 4 = 1.39. We look at this loss, at the share of right
# answers, and at the **dead** units of the first layer: those that give 0 for every phone
# ([lesson 04](04_activations.ipynb)). Five runs of plain SGD, with eight phones per step:


# %%
def accuracy(model, x, y):
    """Share of samples for which the largest logit is the right one."""
    logits = keras.ops.convert_to_numpy(model(x.to_numpy()))
    return np.mean(logits.argmax(axis=1) == y)


def dead_share(layer, x):
    """Share of the units of a layer that are 0 for all samples."""
    return np.mean(keras.ops.convert_to_numpy(layer(np.asarray(x))).max(axis=0) <= 0)


# %%
rows, ended, memory = [], {}, ready(model, keras.optimizers.SGD())
for run in range(RUNS):
    start(model, memory, STARTS[run])
    loss, _ = model.evaluate(x_train, y_train, verbose=0)
    before = dead_share(model.layers[0], x_train)
    history = train(model, memory, run, FIRST_RATE)
    ended["raw columns", run] = model, model.get_weights()
    after = dead_share(model.layers[0], x_train)
    rows.append([loss, before, after, accuracy(model, x_val, y_val)])
columns = ["loss at the start", "dead at the start", "dead at the end", "validation accuracy"]
raw = pd.DataFrame(rows, columns=columns)
raw.round(2)

# %% [markdown]
# The network is not undecided at the start: it is sure of random answers. At the end most units of the first layer are
# dead. The accuracy is far below what 84 parameters reach, and it differs from run to run.
#
# What is the cause? Ask the doctor. `diagnose` takes a compiled model and its training data and names what beginners
# most often get wrong.

# %%
expect("lowest loss at the start", raw["loss at the start"].min(), low=10)  # of the table above
expect("mean share of dead units at the end", raw["dead at the end"].mean(), low=0.5)
expect("mean validation accuracy", raw["validation accuracy"].mean(), 0.1, 0.5)
findings = diagnose(model, x_train, y_train, history=history)
expect("findings of unscaled inputs", findings.codes.count("inputs-not-scaled"), 1, 1)
findings

# %% [markdown]
# `ram` is in the thousands, and the start weights are made for inputs of about 1. Large inputs make large outputs and a
# large loss. The gradient of a weight is a multiple of its input, so the steps are far too long: they kill the units.
#
# ### Is it the start?
#
# This network is known from a PyTorch tutorial: the real table, the same layers, optimizer, batch and rate. After 50
# epochs it reports an accuracy of 0.5475. Keras draws the weights of a `Dense` layer within ±√(6 / (inputs + units))
# and sets biases to 0. PyTorch's default is ±1/√inputs for both. This makes the last layer's start less than half as
# large. We take the same network in Keras, with PyTorch's start, and the 25 epochs of our runs above. Nothing else
# changes. (From the next figure on, where each run has a dot, the thick mark is the median.)

# %% alt="Two rows of dots on an axis of accuracy. Keras's start lies to the left of PyTorch's start; both rows are spread widely, and both lie far to the left of the dashed line of logistic regression."
generator, by_start = np.random.default_rng(seed), []
limits = np.repeat([inputs**-0.5 for inputs in sizes[:-1]], 2)  # for weights, for biases
shapes = [weights.shape for weights in STARTS[0]]
for _ in range(RUNS):
    drawn = zip(limits, shapes, strict=True)
    start(model, memory, [generator.uniform(-limit, limit, shape) for limit, shape in drawn])
    model.optimizer.learning_rate = FIRST_RATE
    fit(model, x_train.to_numpy(), y_train.to_numpy(), **OPTIONS)
    by_start.append(accuracy(model, x_val, y_val))
groups = {"Keras's start": raw["validation accuracy"], "PyTorch's start": by_start}
title, reference = "Only the start differs", ("logistic regression", to_beat)
ax = plot_spread(groups, reference=reference, title=title, xlabel="validation accuracy")
gain = np.mean(by_start) - raw["validation accuracy"].mean()

# %% [markdown]
# PyTorch's start helps on average. Within a row the same settings give different results, so a single run is partly
# luck. And neither row comes near logistic regression. The start is not what we should repair.
#
# ## Step 1: standardise
#
# Subtract the mean of each column and divide by its standard deviation: afterwards every column has mean 0 and
# standard deviation 1. As a layer this becomes a part of the model, so nobody who uses the model can forget it.
# `adapt` measures means and deviations, on **training rows only**: with test rows the model would know something of the
# test before the test.


# %%
def network(penalty=None, x=x_train):
    """The same network behind a layer that standardises; the penalty is for step 3."""
    scale = keras.layers.Normalization()
    scale.adapt(x.to_numpy())
    options = {"kernel_regularizer": penalty}
    hidden = [keras.layers.Dense(units, activation="relu", **options) for units in UNITS]
    return keras.Sequential([keras.Input((20,)), scale, *hidden, keras.layers.Dense(4, **options)])


by_layer = keras.ops.convert_to_numpy(network().layers[0](x_train.to_numpy()))
by_hand = (x_train - x_train.mean()) / x_train.std(ddof=0)
expect("largest difference to the formula", np.abs(by_layer - by_hand).max().max(), high=1e-3)
expect("mean: PyTorch's start − Keras's", gain, low=0)  # of the figure above

# %% [markdown]
# One change, and nothing else: the same optimizer, rate, batch and epochs as on the raw columns. Two tables will hold
# the accuracies of all runs, one column per setting; `ended` holds the weights.

# %%
training, validation = pd.DataFrame(index=range(RUNS)), pd.DataFrame(index=range(RUNS))


def try_out(name, model, memory, rate, runs=range(RUNS), **options):
    """Train some runs of a setting, note how they end, and return their histories."""
    histories = []
    for run in runs:
        histories.append(train(model, memory, run, rate, **options))
        ended[name, run] = model, model.get_weights()
        training.loc[run, name] = accuracy(model, x_train, y_train)
        validation.loc[run, name] = accuracy(model, x_val, y_val)
    return histories


# %%
sgd_network = network()
memory = ready(sgd_network, keras.optimizers.SGD())
first_sgd = f"SGD, rate {FIRST_RATE:g}"
try_out(first_sgd, sgd_network, memory, FIRST_RATE)
standardised = validation[first_sgd].mean()
expect("mean validation accuracy, standardised", standardised, low=0.5)
expect("standardised − raw", standardised - raw["validation accuracy"].mean(), low=0.2)
expect("share of dead units in the last run", dead_share(sgd_network.layers[1], by_layer), high=0.1)
codes = diagnose(sgd_network, x_train, y_train).codes
expect("findings of unscaled inputs", codes.count("inputs-not-scaled"), 0, 0)

# %% [markdown]
# One layer, and the network has gone from less than half of the phones right to more than half. Its units stay alive
# (in the last run, which was counted), and the doctor has no complaint about the inputs any more.
#
# ## Step 2: rate and optimizer
#
# The rate was the tutorial's. Is it a good one? And is Adam better than SGD? Lesson 07 says how to ask: each optimizer
# at its own best rate, the same starts, the same epochs. Three runs are for choosing a setting, by their mean
# validation accuracy; whatever is chosen gets all five. (The first rate of SGD has its five runs already.)
#
# **Predict:** by how much does Adam win?


# %%
def best_of(names):
    """The setting with the highest mean validation accuracy in its first three runs."""
    return validation.loc[:2, list(names)].mean().idxmax()


by_sgd = {f"SGD, rate {rate:g}": rate for rate in SGD_RATES}
for name, rate in by_sgd.items():
    if name != first_sgd:
        try_out(name, sgd_network, memory, rate, range(3))
adam_network = network()
adam_memory = ready(adam_network, keras.optimizers.Adam())
by_adam = {f"Adam, rate {rate:g}": rate for rate in ADAM_RATES}
for name, rate in by_adam.items():
    try_out(name, adam_network, adam_memory, rate, range(3))

# %% alt="Six rows of dots, validation accuracy by optimizer and rate. The row of SGD at the smallest rate lies far left of the others, which are all near 0.9. All lie to the left of the dashed line."
best_sgd, best_adam = best_of(by_sgd), best_of(by_adam)
try_out(best_sgd, sgd_network, memory, by_sgd[best_sgd], range(3, RUNS))
try_out(best_adam, adam_network, adam_memory, by_adam[best_adam], range(3, RUNS))
print("chosen:", best_sgd, "and", best_adam)
groups = {name: validation[name].dropna() for name in (*by_sgd, *by_adam)}
title = "Every rate of the two grids: three runs or five"
ax = plot_spread(groups, reference=reference, title=title, xlabel="validation accuracy")
by_mean = validation[[best_sgd, best_adam]].mean()
print("means at the best rates:", by_mean.round(3).to_dict())
print("lowest training accuracy with Adam:", training[best_adam].min().round(3))

# %% [markdown]
# It does not. At the best rates of these grids the two are about equally good. The rate of the tutorial, with which
# units died on raw columns, is far too small for SGD on standardised ones. Compare the rows with the common rate of
# 0.001: there Adam would have "won" by far, against a bad rate. (Where the chosen rate is the first or the last of its
# grid, a better one may lie outside. Here its neighbour in the grid does as well within the spread.)
#
# **Logistic regression is still ahead**, with 84 parameters against 36,740. Yet the network is right about practically
# every *training* phone: it has learnt them by heart.
#
# One suspect: the columns that look like noise. *The one with 11 hours of talk time and 7 cores was expensive* may be
# true of a few phones, and is useless for the next. Take the cause away: give the network the same training phones,
# with all columns but the four with the largest correlation set to their mean.

# %%
expect("Adam − SGD, means", by_mean[best_adam] - by_mean[best_sgd], -0.03, 0.03)  # printed above
expect("best rate of SGD / the tutorial's", by_sgd[best_sgd] / FIRST_RATE, low=3)
expect("lowest training accuracy with Adam", training[best_adam].min(), low=0.99)
expect("logistic regression − the better of the two", to_beat - by_mean.max(), low=0.01)
weak = correlation.nsmallest(16).index
means = x_train[weak].mean()
heard_four = []
for run in range(RUNS):
    silenced = x_train.assign(**means)
    train(adam_network, adam_memory, run, by_adam[best_adam], x=silenced)
    heard_four.append(accuracy(adam_network, x_val.assign(**means), y_val))
gain = np.mean(heard_four) - validation[best_adam].mean()
print("four columns:", np.round(heard_four, 3))
print("all twenty:  ", validation[best_adam].round(3).to_numpy())
expect("four columns − all twenty, mean validation accuracy", gain, low=0.0)

# %% [markdown]
# With sixteen columns less to learn by heart, the same network is better on new phones, on average: a part of its
# distance to logistic regression is gone. We chose the columns; can a network do that itself?
#
# ## Step 3: make weights pay
#
# An **L1 penalty** ([lesson 05](05_losses.ipynb)) adds λ times the sum of all |weights| to the loss. What a weight
# takes off the cross-entropy must be worth more than what it costs. If λ is large enough, a weight that only helps to
# remember a single phone is not worth it. In a program of your own, `kernel_regularizer=keras.regularizers.L1(0.01)` in
# each layer is enough. Here λ has to change from run to run, so we write the penalty ourselves:


# %%
class L1(keras.regularizers.Regularizer):
    """Added to the loss: λ times the sum of all |weights|."""

    def __init__(self):
        self.lam = keras.Variable(0.0, trainable=False)  # λ

    def __call__(self, weights):
        return self.lam * keras.ops.sum(keras.ops.abs(weights))


penalty = L1()
l1_network = network(penalty)
l1_memory = ready(l1_network, keras.optimizers.Adam())

# %% [markdown]
# The validation part chooses λ and the rate together, from all nine pairs. **Predict:** what happens when λ is far too
# large?


# %%
def try_penalty(lam, rate, runs=range(3)):
    name = f"λ = {lam:g}, rate {rate:g}"
    penalty.lam.assign(lam)
    try_out(name, l1_network, l1_memory, rate, runs)
    return name


pairs = {}
for lam in PENALTIES:
    pairs |= {try_penalty(lam, rate): (lam, rate) for rate in ADAM_RATES}
best_penalty = best_of(pairs)
L1_LAMBDA, L1_RATE = pairs[best_penalty]
at_best_rate = [best_of([n for n, pair in pairs.items() if pair[0] == p]) for p in PENALTIES]
print("chosen:", try_penalty(L1_LAMBDA, L1_RATE, range(3, RUNS)))


# %% [markdown]
# The rows of the next figure lie far apart. So it shows the wrong answers, on a logarithmic axis, where 0.04 can be
# told from 0.08 (lesson 08 compared mistakes, too).


# %%
def plot_mistakes(groups, title, **options):
    """Shares of wrong answers, a dot for each run, on a logarithmic axis."""
    wrong = {name: 1 - np.array(right) for name, right in groups.items()}
    label = "share of wrong answers (logarithmic)"
    return plot_spread(wrong, log=True, title=title, xlabel=label, **options)


# %% alt="Share of wrong answers with Adam, without a penalty and with penalties of several sizes. The small penalty is near the row without; the middle one lies to the left, near the dashed line; the largest is far to the right, at 0.75."
groups = {"no penalty": validation[best_adam]}
groups |= {name: validation[name].dropna() for name in at_best_rate}
title = "Adam with an L1 penalty: each λ at its best rate, validation part"
ax = plot_mistakes(groups, title, reference=("logistic regression", 1 - to_beat))
gain = validation[best_penalty].median() - validation[best_adam].median()
expect("L1 − none, median validation accuracy", gain, low=0.02)
gap = (training - validation)[best_penalty].median()
expect("training − validation with L1", gap, high=0.045)
shown = [best_adam, *at_best_rate]  # means of three runs or five:
pd.DataFrame({"training": training[shown].mean(), "validation": validation[shown].mean()}).round(3)

# %% [markdown]
# With the smallest λ the training accuracy is still far above the validation accuracy. With the largest one the network
# falls silent, and guesses. Between them lies a λ with which training and validation are close together. It was chosen
# by the validation part, so its score there may be a little too good; the test part will tell. The checks compare
# medians: with a penalty a single run can fall silent as well, and one such run would move a mean of five.
#
# Whom does the network listen to now? The first layer has 128 weights for each column. The bars show the mean size
# of these 128, the dashed line the mean size at the start.


# %% alt="Twenty bars, mean size of the weights of each column: ram has the largest, then battery power and the two pixel counts; all others lie far below the dashed line of the start."
expect("with the largest λ", validation[at_best_rate[-1]].mean(), 0.2, 0.3)  # of the figure above
expect("gap with the smallest λ", (training - validation)[at_best_rate[0]].mean(), low=0.02)
run = validation[best_penalty].sort_values().index[RUNS // 2]  # the run in the middle
l1_network.set_weights(ended[best_penalty, run][1])
sizes, at_start = np.abs(l1_network.layers[1].get_weights()[0]), np.abs(STARTS[0][0]).mean()
heard = pd.Series(sizes.mean(axis=1), index=phones.columns)  # mean of 128 |weights|
ax = plot_bars(heard, top=4, title="It listens to a few", xlabel="mean |weight| in the first layer")
ax.axvline(at_start, color="black", linestyle="--")
note = {"xytext": (-6, 0), "textcoords": "offset points", "ha": "right", "fontsize": 12}
ax.annotate("start", (at_start, 10), **note)
strongest = set(heard.nlargest(4).index) & set(correlation.nlargest(4).index)
expect("of its four favourites, also top in correlation", len(strongest), low=3)
expect("median column / start", heard.median() / at_start, high=0.5)
of_ram = sizes[phones.columns == "ram"]
expect("share of ram's 128 weights below 0.01", np.mean(of_ram < 0.01), low=0.8)

# %% [markdown]
# Nobody told it which columns help. Its four favourites are those of the correlations, or nearly. (Why is even `ram`
# below the start? Most of its weights are near 0 now: the last line above. A few large ones do the work.)
#
# ## Step 4: let the steps shrink
#
# Eight phones per step are a small sample, so each step goes a little astray, with a constant rate to the very end. The
# cosine schedule of lesson 07 lets the rate shrink to nearly zero. It may need another rate at the beginning, so its
# rate is chosen anew from the same grid, with a look at the validation part after each epoch.


# %%
def shrinking(rate):
    """A callback that lets the rate fall to nearly zero along half a cosine wave."""
    wave = rate * (1 + np.cos(np.pi * np.arange(EPOCHS) / EPOCHS)) / 2
    return keras.callbacks.LearningRateScheduler(lambda epoch, _: float(wave[epoch]))


recipes, histories = {}, {}
for rate in ADAM_RATES:
    name = f"shrinking {rate:g}"
    recipes[name] = {"rate": rate, "callbacks": [shrinking(rate)]}
    histories[name] = try_out(name, l1_network, l1_memory, runs=range(3), **recipes[name], **WATCH)
final = best_of(recipes)
recipe = recipes[final]
try_out(final, l1_network, l1_memory, runs=range(3, RUNS), **recipe)
print("chosen:", final)

# %% alt="Two curves of validation accuracy over the epochs: the one with a constant learning rate jumps up and down to the end, the other one becomes calm."
same_rate = [train(l1_network, l1_memory, run, recipe["rate"], **WATCH) for run in range(3)]
both = {"constant": same_rate, "shrinking": histories[final]}
title, first = "One run each, from the same first rate", {}
swing = {}
for name, runs in both.items():
    last = [run.history["val_accuracy"][-8:] for run in runs]
    swing[name] = np.ptp(last, axis=1).mean()  # the largest minus the smallest, mean of three runs
    first[name] = runs[0]
ax = plot_history(first, "val_accuracy", title=title, ylabel="validation accuracy")
ax.set_ylim(0.9, 1.0)  # the first epochs lie below
ratio = swing["shrinking"] / swing["constant"]
expect("swing over the last eight epochs: shrinking / constant", ratio, high=0.8)
gain = validation[final].median() - validation[best_penalty].median()
expect("validation accuracy: shrinking − constant, medians", gain, -0.015, 0.03)

# %% [markdown]
# Both curves begin at the same rate and with the same weights. So, apart from the order in which the phones come, only
# the shrinking differs. With shrinking steps the last epochs differ less from each other than with a constant rate, so
# the score depends less on the epoch at which we stop. The score itself changes by little: the last check compares
# shrinking steps with the best constant rate, in medians.
#
# ## Did the zeros matter?
#
# Fill them with the median of the column, taken from the training part, and train the last recipe again, three times.

# %%
medians = x_train[["px_height", "sc_w"]].replace(0, np.nan).median()  # of the other numbers


def filled(x):
    """The table with the median in place of each impossible zero."""
    return x.assign(**{name: x[name].replace(0, median) for name, median in medians.items()})


filled_network, with_medians = network(penalty, x=filled(x_train)), []
memory = ready(filled_network, keras.optimizers.Adam())
for run in range(3):
    train(filled_network, memory, run, x=filled(x_train), **recipe)
    with_medians.append(accuracy(filled_network, filled(x_val), y_val))
difference = np.median(with_medians) - validation[final][:3].median()
print(f"filled − as they are, median validation accuracy: {difference:+.4f}")

# %% [markdown]
# No effect beyond the spread of the runs. Now we know it, and need not hope: the network hardly listens to `sc_w`, and
# the zeros in `px_height` are few. This holds for this table; where a column that counts is full of zeros, ask again.
#
# ## How much data does it take?
#
# One more comparison before the test part is opened: logistic regression and the last recipe learn from 50 and from 200
# of the training phones. Both choose their setting on the validation part once more (`C`, and λ from the two smaller
# values): what suits 1,280 phones need not suit 50. Both scale the columns by the phones that they learn from. (The
# layer in our compiled network knows the means and deviations of all 1,280. `as_if` moves and stretches the columns
# before, so that the layer gives what it would give after `adapt(some)`.) A small set is repeated until an epoch has
# 1,280 phones again, so that a network makes as many steps on 50 phones as on 1,280.
#
# If one of the two is ahead, is it because of the hidden layers? The two differ in their penalty as well: logistic
# regression has an L2 penalty if one does not ask for another one (half the sum of all squared weights, [lesson
# 05](05_losses.ipynb)). So it learns a second time, with an L1 penalty (`l1_ratio=1`, from scikit-learn 1.8 on), and
# `C` from the four smaller values.

# %%
expect("filled − as they are", difference, -0.02, 0.02)  # printed above
L1_PENALTY = {"l1_ratio": 1, "solver": "saga", "max_iter": 10_000, "tol": 1e-3}
L1_PENALTY["random_state"] = seed  # this solver takes the phones in a random order


def best_logistic(x, y, c_values=C_VALUES, **options):
    """Logistic regression with the C that is best on the validation part."""
    formulas = [logistic(c, **options).fit(x, y) for c in c_values]
    return max(formulas, key=lambda formula: formula.score(x_val, y_val))


def as_if(x, some):
    """Phones as the layer must get them to standardise them by `some` phones."""
    standardised = (x - some.mean()) / some.std(ddof=0)
    return standardised * x_train.std(ddof=0) + x_train.mean()


# %% [markdown]
# Three subsets of each size:

# %%
learners = []
for size in (50, 200):
    for run in range(3):
        some = np.random.default_rng(run).permutation(len(x_train))[:size]
        x_few, y_few = x_train.iloc[some], y_train.iloc[some]
        formula = best_logistic(x_few, y_few)
        with_l1 = best_logistic(x_few, y_few, C_VALUES[:4], **L1_PENALTY)
        again, tries = np.arange(len(x_train)) % size, []
        x_again, y_again = as_if(x_few, x_few).iloc[again], y_few.iloc[again]
        for lam in PENALTIES[:2]:
            penalty.lam.assign(lam)
            train(l1_network, l1_memory, run, x=x_again, y=y_again, **recipe)
            right = accuracy(l1_network, as_if(x_val, x_few), y_val)
            tries.append([right, l1_network.get_weights()])
        learners.append([x_few, formula, with_l1, max(tries, key=lambda attempt: attempt[0])[1]])

# %% [markdown]
# And from all 1,600 phones that are not in the test part, with the settings that were best for the 1,280 (the `C` of
# the L1 formula is chosen here). (Of 1,600 phones there is only one set. The network learns from it three times.) The
# clock runs.

# %%
seconds, l1_c = {}, best_logistic(x_train, y_train, C_VALUES[:4], **L1_PENALTY)[-1].C
with_l1 = logistic(l1_c, **L1_PENALTY).fit(x_work, y_work)
penalty.lam.assign(L1_LAMBDA)
for run in range(3):
    began = time.perf_counter()
    formula = logistic(best_c).fit(x_work, y_work)
    seconds["logistic regression"] = time.perf_counter() - began
    train(l1_network, l1_memory, run, x=as_if(x_work, x_work), y=y_work, **recipe)
    seconds["network"] = time.perf_counter() - began - seconds["logistic regression"]
    learners.append([x_work, formula, with_l1, l1_network.get_weights()])
print({name: f"{value:.3f} s" for name, value in seconds.items()}, "to train on 1,600 phones")
slower = seconds["network"] / seconds["logistic regression"]
expect("time: network / logistic regression", slower, low=3)

# %% [markdown]
# ## The test
#
# All choices are made. The test part is opened now, once, for everything.
#
# **Predict:** will the order of the rows be the same as on the validation part?


# %%
def test_accuracy(model, weights, x):
    model.set_weights(weights)
    return accuracy(model, x, y_test)


# %% [markdown]
# Every row opens it with the weights of all its runs:

# %%
test = {"majority class": [(y_test == always).mean()]}
test["logistic regression, raw"] = [raw_logistic.score(x_test, y_test)]
test["logistic regression"] = [logistic(best_c).fit(x_train, y_train).score(x_test, y_test)]
rows = {"raw columns": "raw columns", "standardised": first_sgd, "SGD, best rate": best_sgd}
rows |= {"Adam, best rate": best_adam, "+ L1 penalty": best_penalty, "+ shrinking steps": final}
for row, name in rows.items():
    test[row] = [test_accuracy(*ended[name, run], x_test) for run in range(RUNS)]
by_size = []  # for the question after this one
for some, formula, with_l1, weights in learners:
    by_network = test_accuracy(l1_network, weights, as_if(x_test, some))
    by_formula = [each.score(x_test, y_test) for each in (formula, with_l1)]
    by_size.append([len(some), *by_formula, by_network])

# %% alt="Share of wrong answers on the test part in nine rows, a dot for each run: the majority class and the raw network lie far right, the standardised network and raw logistic regression in the middle, both best rates near 0.09, the L1 penalty and shrinking steps beside logistic regression near 0.03."
ax = plot_mistakes(test, "The test part, opened once for all rows")
middle = pd.Series({row: np.median(accuracies) for row, accuracies in test.items()})
middle.round(3).to_frame("median test accuracy")

# %% [markdown]
# Four hundred phones are not many: with 96 of 100 right, the luck of the draw alone moves a score by about 0.01 up or
# down ($\sqrt{0.96 \cdot 0.04 / 400}$). Read differences of that size as "equal". The large steps are those of the
# validation part; rows that are equal in this sense may have changed places.
#
# So after all that work the network is about as good as a logistic regression that got the same care, and no better.
# This is a frequent result with tables: the price range follows a weighted sum of a few columns, and for that 84
# parameters are enough. Hidden layers pay where the truth is bent ([lesson 03](03_hidden_layers.ipynb)) or where the
# inputs are pixels. And the formula took a small part of the network's time.
#
# What if there are fewer phones to learn from?

# %% alt="Test accuracy over 50, 200 and 1,600 training phones, on a logarithmic axis, means of three: all three curves rise. With 50 phones logistic regression with L2 is lowest, with L1 it is higher, and the network is highest; with 1,600 the three are close together."
at_end = middle["+ shrinking steps"]  # of the figure above
expect("at the end, median of five runs", at_end, low=0.94 if data.is_real else 0.92)
expect("standardised − raw", middle["standardised"] - middle["raw columns"], low=0.1)
expect("L1 − none", middle["+ L1 penalty"] - middle["Adam, best rate"], low=0.01)
expect("at the end − logistic regression", at_end - middle["logistic regression"], -0.03, 0.03)
columns = ["phones", "logistic regression, L2", "logistic regression, L1", "network, L1"]
few = pd.DataFrame(by_size, columns=columns).groupby("phones").mean()
colors = {name: COLORS[color] for name, color in zip(few, ("orange", "green", "blue"), strict=True)}
ax = plot_curves(
    few.index, few, log="x", title="Fewer phones: means of three", xlabel="training phones",
    ylabel="test accuracy", colors=colors,
)  # fmt: skip
_ = ax.set_xticks(few.index, [f"{size:,}" for size in few.index])

# %% [markdown]
# More phones help all three. Networks are said to need much data, but with 50 phones (and the 320 by which its settings
# were chosen) this one is ahead. A part of its lead on the usual logistic regression is the penalty: with L1 logistic
# regression comes closer. What is the rest? The network has hidden layers, and it was trained in another way, by
# shrinking steps, for a fixed number of epochs. A trial on 20 other sets of 50 phones took these two apart, with a
# network *without* hidden layers that was trained in this way (rate and λ chosen for each of the two networks). On
# average it came about two fifths of the way from the L1 formula to the network with hidden layers. So both count, the
# way of training and the hidden layers.
#
# ## Which columns does it need?
#
# The weights of the first layer gave a hint. A more direct question: how much worse does the model get when one
# column is *shuffled*, so that each phone shows the value of another? That is **permutation importance**. It works
# with any model, and it looks at predictions, not at weights. We measure it on the validation part: the mean of ten
# shuffles, with their standard deviation as a whisker. A prediction needs no penalty, so the model is built without it.
#
# **Predict:** what will the bar of `sc_w` look like, the column with the impossible zeros?

# %% alt="Twenty bars with the loss of accuracy: ram by far the longest, then battery power, pixel height and pixel width; all others near zero."
expect("from 50 to 1,600 phones: smaller gain", (few.loc[1_600] - few.loc[50]).min(), low=0)
with_l2, with_l1, by_network = few.loc[50]
expect("50 phones, logistic regression: L1 − L2", with_l1 - with_l2, 0.05, 0.3)
expect("50 phones, both with L1: network − logistic regression", by_network - with_l1, 0.02, 0.3)
model = network()
model.set_weights(ended[final, 0][1])
importance = inspection.permutation_importance(
    model, x_val, y_val, scoring=accuracy, n_repeats=10, random_state=seed
)
drop = pd.Series(importance.importances_mean, index=phones.columns)
spread = pd.Series(importance.importances_std, index=phones.columns)
title, xlabel = "Shuffle ram, and the model is lost", "accuracy lost when this column is shuffled"
ax = plot_bars(drop, spread=spread, top=4, title=title, xlabel=xlabel)
expect("accuracy left without ram", accuracy(model, x_val, y_val) - drop["ram"], 0.15, 0.4)
expect("ram is number", drop.rank(ascending=False)["ram"], 1, 1)

# %% [markdown]
# With `ram` shuffled the model is hardly better than guessing. The zeros of `sc_w` did no harm, because the model does
# not use the column.
#
# A caution: importance says what *this model* uses, not what makes a phone expensive. And of two columns that tell
# the same story, each alone may look useless, since the other one steps in.
#
# ## Save and load
#
# The file holds the network *and* the means and deviations of the scaling. Had we scaled the table outside, with a
# `StandardScaler`, we would have to keep that in a second file, and somebody would forget it.

# %%
expect("accuracy lost without sc_w", drop["sc_w"], -0.025, 0.025)  # of the figure above
folder = tempfile.TemporaryDirectory()
model.save(f"{folder.name}/phone_prices.keras")
loaded = keras.models.load_model(f"{folder.name}/phone_prices.keras")
difference = np.abs(loaded.predict(x_test, verbose=0) - model.predict(x_test, verbose=0)).max()
expect("largest difference after loading", difference, high=1e-6)

# %% [markdown]
# ## New phones
#
# A month later a table of phones without price arrives. (We make one from the first five test phones.) The model
# answers with logits; softmax makes probabilities of them.

# %%
new_phones = phones.loc[x_test.index].head(5).reset_index(drop=True)
new_phones.insert(0, "id", range(1, 6))
new_phones.to_csv(f"{folder.name}/new_phones.csv", index=False)
unlabelled = load_phone_prices(path=f"{folder.name}/new_phones.csv")
logits = loaded.predict(unlabelled.features, verbose=0)
probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(logits))
answers = pd.DataFrame(probabilities, columns=data.class_names, index=unlabelled.ids).round(2)
answers["predicted"] = np.array(data.class_names)[probabilities.argmax(axis=1)]
answers

# %% [markdown]
# A model gives an answer to *any* twenty numbers: columns in the wrong order, gigabytes instead of megabytes, a 0 for a
# gap. So a table has to be checked before it reaches the model, as strictly as the first one. `load_phone_prices` finds
# what cannot be (a 0 for a gap it lets pass, as you have seen, and so it does with a `ram` of 2 or 3, in gigabytes). A
# column is missing, a text stands where a number should be, and a sign is wrong:


# %%
import textwrap


def try_to_load(table):
    """Save a table, load it as a user would, and print what the loader says."""
    table.to_csv(f"{folder.name}/wrong.csv", index=False)
    try:
        load_phone_prices(path=f"{folder.name}/wrong.csv")
    except ValueError as error:
        print(textwrap.fill("wrong.csv" + str(error).partition("wrong.csv")[2], 90))


try_to_load(new_phones.drop(columns="ram"))
try_to_load(new_phones.astype({"ram": object}).replace({"ram": new_phones["ram"][1]}, "much"))
try_to_load(new_phones.assign(ram=-new_phones["ram"]))

# %% [markdown]
# Each message names the file and the column, the line where there is one, and what to do. For a table of your own you
# have no such loader. Then compare the new table with the one that the model has learnt from. (The function below looks
# columns up by name, so it does not notice another order or a column too many. `table[known.columns]` puts them in
# order; the loader does so by itself.) Two tables to try it on: the new phones as they are, and the same without `wifi`
# and with `ram` in gigabytes. The last line shows what happens without any check: how sure the model is of each answer
# to the table with the wrong sign.


# %%
def strange(table, known):
    """Missing columns, gaps and texts, and numbers outside the known range."""
    found = [f"{name}: the column is missing" for name in known.columns.difference(table.columns)]
    for name in known.columns.intersection(table.columns):
        low, high = known[name].min(), known[name].max()
        numbers = pd.to_numeric(table[name], errors="coerce")  # a text becomes a gap
        gaps, outside = numbers.isna().sum(), ((numbers < low) | (numbers > high)).sum()
        if gaps:
            found.append(f"{name}: a gap or a text in {gaps} rows")
        if outside:
            found.append(f"{name}: {outside} numbers outside {low:g} to {high:g}")
    return found


# %%
in_gigabytes = new_phones.assign(ram=new_phones["ram"] / 1000)
known = phones.loc[x_train.index]  # x_train itself is rounded to float32
print(strange(new_phones, known), *strange(in_gigabytes.drop(columns="wifi"), known), sep="\n")
nonsense = unlabelled.features.assign(ram=-unlabelled.features["ram"])
logits = loaded.predict(nonsense, verbose=0)
print(keras.ops.convert_to_numpy(keras.ops.softmax(logits)).max(axis=1).round(2))
folder.cleanup()

# %% [markdown]
# (An empty list: nothing strange in the first table.) A number outside the known range need not be wrong. But the model
# has never seen such a phone, so look twice: it would answer, as it did with the wrong sign.
#
# ### Design a phone
#
# All other columns stay at their medians. Move one slider at a time, and see through how many price ranges each of them
# leads. The importance above says what to expect.

# %% alt="Four bars: the probabilities of the price ranges for the phone that the sliders describe."
wide = {"style": {"description_width": "110px"}, "continuous_update": False}


@interact(
    ram=IntSlider(2500, 300, 3950, 50, **wide),
    battery_power=IntSlider(1200, 550, 1950, 50, **wide),
    px_width=IntSlider(1250, 500, 1950, 50, **wide),
)
def design(ram, battery_power, px_width):
    phone = phones.median()
    phone[["ram", "battery_power", "px_width"]] = ram, battery_power, px_width
    logits = loaded.predict_on_batch(phone.to_numpy()[None])
    answer = keras.ops.convert_to_numpy(keras.ops.softmax(logits))[0]
    title = f"{ram:,} MB, {battery_power:,} mAh, {px_width:,} pixels wide"
    plot_probabilities(answer, data.class_names, title=title)


# %% [markdown]
# ## Recap
#
# - Look at a table before you train: kinds, gaps, zeros, extremes. An impossible value can be a gap.
# - Training learns, validation chooses, test judges, once, all rows together. Everything that is measured from data,
#   scaling included, comes from the training part.
# - Two baselines first, and they get the same care: scaled columns and a chosen setting.
# - Raw columns with numbers in the thousands killed most units of the first layer. Standardise, inside the model.
# - Optimizers are compared at their own best rates. Here SGD and Adam were about equal, and for SGD the rate was what
#   counted.
# - A network that is perfect on the training part and not on the validation part has learnt by heart. Fewer columns
#   help here, and so does an L1 penalty, which finds these columns by itself.
# - One run is an anecdote, and 400 test phones cannot tell 0.96 from 0.97.
#
# ## Common mistakes
#
# - **Fitting the scaler on all data** before the split.
# - **Scaling in training and not in prediction**, or with other means. Keep the scaling in the model.
# - **Changing three things at once.** It got better, and nobody knows why.
# - **Leaving out the simple model**, or giving it less care. On a table it is often the one to beat.
# - **Choosing by the test part**, then reporting that score.
# - **Trusting a table** because it loads. Compare names, kinds and ranges with the table that the model learnt from.
#
# ## Next
#
# Practise first: [seven exercises](exercises/10_phone_prices.ipynb), about 45 minutes. Each check says what is wrong.
#
# The L1 penalty was one cure for learning by heart. [Lesson 11](11_overfitting.ipynb) makes a model overfit on purpose
# and compares the cures: penalties, dropout, early stopping, more data.
