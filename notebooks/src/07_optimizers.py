# %% [markdown]
# # 07 · Gradient descent and optimizers
#
# **Which way of walking downhill arrives first, and does the answer depend on the valley?**
#
# After this lesson you can
#
# - count epochs, batches and iterations, and write the loop over batches that `fit` runs;
# - read from a path whether a learning rate is too small, right or too large;
# - write SGD, momentum, Nesterov, Adagrad, RMSProp and Adam in a few lines each;
# - compare optimizers fairly, and tell which results of a comparison to believe;
# - choose a batch size and a learning-rate schedule, and give a reason.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 01, 05, 06: gradient, learning rate, maps of the loss | under 1 minute | landscapes given by formulas; 1,797 small digits from scikit-learn |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.models import mlp
from nnlib.plotting import COLORS, animate_descent, plot_curves, plot_loss_surface, plot_spread

import time
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from ipywidgets import FloatSlider, interact
from sklearn import datasets, model_selection

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
STEEPNESS = 50.0
STEPS = 300
EPOCHS = 8
BATCH_SIZE = 32
NETWORK_RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
RUNS = 5

# %% [markdown]
# ## Epoch, batch, iteration
#
# Gradient descent needs the gradient of the loss over *all* samples. With 50,000 images that is a lot of arithmetic
# for one step. **Stochastic gradient descent** (SGD) takes a few samples, the **batch** (or mini-batch), makes one
# step, and takes the next few. Each step is an **iteration**, also called an update. (A batch is the data for a step,
# not the step.) When every sample has been used once, an **epoch** is over. A batch that holds all samples is called
# a *full batch*.
#
# **Your turn:** how many iterations are there in one epoch with 50,000 samples in batches of 256? And in ten epochs?
# How many are there in one epoch with 24 samples in batches of 6?


# %%
def iterations(samples, batch_size, epochs=1):
    return epochs * int(np.ceil(samples / batch_size))


for samples, batch_size, epochs in ((50_000, 256, 1), (50_000, 256, 10), (24, 6, 1), (24, 6, 20)):
    n = iterations(samples, batch_size, epochs)
    print(f"{samples:,} samples, batches of {batch_size}, epochs: {epochs}: {n:,} iterations")

# %% [markdown]
# 50,000 / 256 is 195.3: 195 batches of 256, and one with the 80 samples that are left. The number is $n / \text{batch}$
# **rounded up**. (Some texts write $n / \text{batch} + 1$. For 24 samples in batches of 6 that gives 5, and there are
# 4.)
#
# Before each epoch the samples are shuffled. Here are 24 samples of three classes (numbers 0–7, 8–15 and 16–23), in
# batches of 6; a black line ends a batch.

# %% alt="Three rows, one per epoch. Each row holds the same 24 numbered squares of three colours in another order, cut by lines into four batches of six."
rng = np.random.default_rng(seed)
classes = np.repeat(["blue", "orange", "green"], 8)
ax = plt.subplots(figsize=(10, 2.2), layout="constrained")[1]
for epoch in range(3):
    for place, sample in enumerate(rng.permutation(24)):
        box = {"boxstyle": "square,pad=0.4", "facecolor": COLORS[classes[sample]]}
        ax.text(place, epoch, sample, ha="center", va="center", color="white", bbox=box)
ax.set(xlim=(-0.7, 23.7), ylim=(2.6, -0.6), yticks=range(3), xticks=[])
ax.set_yticklabels(["epoch 1", "epoch 2", "epoch 3"])
ax.set_title("Every epoch: all samples once, in a new order", loc="left", fontweight="bold")
for cut in (5.5, 11.5, 17.5):
    ax.axvline(cut, color=COLORS["black"], linewidth=2)
expect("24 samples, batches of 6, twenty epochs", iterations(24, 6, 20), 80, 80)

# %% [markdown]
# ### The loop by hand
#
# The task for this lesson: small images of handwritten digits, 8 × 8 pixels, ten classes. 1,024 images to train, 373 to
# choose settings (validation), and 400 that are opened only once, when rates have been chosen (test). `stratify` gives
# each part the same share of every digit. `accuracy` is the share of images for which the largest output is the right
# digit.

# %%
images, digits = datasets.load_digits(return_X_y=True)
images = (images / 16).astype("float32")  # pixels come as 0 … 16
parts = model_selection.train_test_split(
    images, digits, train_size=1_024, stratify=digits, random_state=seed
)
x_train, x_rest, y_train, y_rest = parts
x_val, x_test, y_val, y_test = model_selection.train_test_split(
    x_rest, y_rest, test_size=400, stratify=y_rest, random_state=seed
)
print(x_train.shape, x_val.shape, x_test.shape, "guessing is right for 0.10")


def accuracy(model, x, y):
    return np.mean(model.predict_on_batch(x).argmax(axis=1) == y)


# %% [markdown]
# What does `fit` do in one epoch? For each batch: forward pass under a tape, gradients, one step of the optimizer.
# The loss that it reports is the mean over the samples seen so far. So each batch counts with its size, and the last
# one, with fewer samples, counts less. Total and count both start at 0, and the total is set back once per epoch, not
# once per batch.


# %%
def one_epoch(model, x, y, batch_size):
    total, seen = 0.0, 0
    for start in range(0, len(x), batch_size):
        batch_x, batch_y = x[start : start + batch_size], y[start : start + batch_size]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(model.loss(batch_y, model(batch_x, training=True)))
        gradients = tape.gradient(loss, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        total += float(loss) * len(batch_x)
        seen += len(batch_x)
    return total / seen


# %% [markdown]
# The same start, the same order (no shuffling), one epoch by hand and one by `fit`. The helper `mlp(64, (32,))`
# builds a `Sequential` network with 64 inputs, one hidden layer of 32 ReLU units and ten softmax outputs. With batches
# of 60 the last batch has only 4 of the 1,024 samples.

# %%
by_hand, by_fit = mlp(64, (32,)), mlp(64, (32,))
by_fit.set_weights(by_hand.get_weights())
for model in (by_hand, by_fit):
    model.compile(keras.optimizers.SGD(0.1), keras.losses.SparseCategoricalCrossentropy())
loss = one_epoch(by_hand, x_train, y_train, batch_size=60)
history = by_fit.fit(x_train, y_train, batch_size=60, shuffle=False, verbose=0)
expect("loss by hand − loss by fit", loss - history.history["loss"][0], -1e-5, 1e-5)
pairs = zip(by_hand.get_weights(), by_fit.get_weights(), strict=True)
expect("largest difference of the weights", max(np.abs(a - b).max() for a, b in pairs), high=1e-5)

# %% [markdown]
# ### Why shuffle?
#
# Tables often come sorted: first all images of a 0, then all of a 1, and so on. **Predict:** what accuracy on the
# validation part does the network reach on sorted images, with shuffling before each epoch and without? And does it
# depend on the learning rate?
#
# For many short trainings we compile once, and put back the first weights *and the optimizer's memory* before each run.
# (`a | b` joins two dictionaries; where both have a key, `b` wins. `validation_batch_size` only saves time: all
# validation images are evaluated at once.)


# %%
def compiled(optimizer):
    model = mlp(64, (32,))
    model.compile(optimizer, loss="sparse_categorical_crossentropy")
    optimizer.build(model.trainable_variables)
    return model, [variable.numpy() for variable in optimizer.variables]


FIRST_WEIGHTS = [mlp(64, (32,)).get_weights() for _ in range(RUNS)]

# %% [markdown]
# Five sets of first weights, one per run. `train` makes one run:


# %%
def train(model, memory, run, rate, x=x_train, y=y_train, **options):
    """The history of one run; the number of the run decides the first weights."""
    model.set_weights(FIRST_WEIGHTS[run])
    for variable, value in zip(model.optimizer.variables, memory, strict=True):
        variable.assign(value)
    model.optimizer.learning_rate = rate
    options = {"batch_size": BATCH_SIZE, "epochs": EPOCHS, "validation_batch_size": 400} | options
    return fit(model, x, y, validation_data=(x_val, y_val), verbose=0, **options).history


# %% alt="Validation accuracy of five runs each on sorted images. At 0.003 the shuffled runs lie a little above those as sorted. At 0.03 with shuffling all are above 0.9, as sorted far to the left, between about 0.1 and 0.3."
model, memory = compiled(keras.optimizers.SGD(momentum=0.9))
order = np.argsort(y_train, kind="stable")
sorted_data, groups = (x_train[order], y_train[order]), {}
for rate in (0.003, 0.03):
    for word in ("shuffled", "as sorted"):
        found = groups[f"{rate}, {word}"] = []
        for run in range(RUNS):
            train(model, memory, run, rate, *sorted_data, shuffle=word == "shuffled")
            found.append(accuracy(model, x_val, y_val))
ax = plot_spread(groups, title="Sorted images, five runs each", xlabel="validation accuracy")
answers = model.predict_on_batch(x_val).argmax(axis=1)  # of the last run
counts = np.bincount(answers, minlength=10)
print("as sorted, last run, answers per digit 0 … 9:", counts)
share = np.sort(counts)[-3:].sum() / len(x_val)
expect("sorted images: share of the three most frequent answers", share, low=0.7)

# %% [markdown]
# Without shuffling a batch holds one digit or two, and about three batches in a row hold the same ones. At the rate
# 0.03 most images get one of a few answers at the end (last run, printed above), and the accuracy is far lower than
# with shuffling. A network that gives every image the same answer reaches about 0.10. At a tenth of that rate the order
# costs about a tenth as much; but the best runs are shuffled ones with the larger rate. `fit` shuffles by itself; your
# own loop has to do it.
#
# ## One valley, three learning rates
#
# To see what an optimizer does, we need a loss with only two weights. This one is a **ravine**: it is fifty times as
# steep along $w_2$ as along $w_1$ (at equal distance from the minimum).
#
# $$L(w_1, w_2) = \tfrac12 \left(w_1^2 + 50\, w_2^2\right) \qquad \text{gradient: } (w_1,\; 50\, w_2)$$


# %%
def ravine(w1, w2):
    return (w1**2 + STEEPNESS * w2**2) / 2


def ravine_gradient(w):
    return np.array([w[0], STEEPNESS * w[1]])


def descend(gradient, start, learning_rate, steps=80):
    """The path of plain gradient descent, shape (steps + 1, 2)."""
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * gradient(path[-1]))
    return np.array(path)


# %% [markdown]
# A step goes **against** the gradient: $w \leftarrow w - \eta\, g$ with the learning rate η ("eta"). The direction of
# descent is $-g$; texts that write "minus η times the direction of descent" have one minus too many.
#
# **Predict:** the maps below use the learning rates 0.002, 0.035 and 0.044. What will each path look like?

# %% alt="Three maps of a long narrow ravine. With 0.002 the path drops to the floor and ends far from the middle; with 0.035 it zigzags, less and less, and ends near the middle; with 0.044 the zigzags grow until they leave the map."
expect("sorted images: lowest accuracy, shuffled", min(groups["0.03, shuffled"]), low=0.85)
expect("sorted images: highest accuracy, as sorted", max(groups["0.03, as sorted"]), high=0.55)
low, high = pd.Series(groups).map(np.mean).to_numpy().reshape(2, 2)  # shuffled, as sorted
cost = (low[0] - low[1]) / (high[0] - high[1])
expect("what the order costs on average at 0.003 / at 0.03", cost, 0, 0.2)
lead = min(groups["0.03, shuffled"]) - max(groups["0.003, shuffled"])
expect("shuffled: lowest at 0.03 − highest at 0.003", lead, low=0)
START = (-9.0, 2.0)
figure, axes = plt.subplots(1, 3, figsize=(11.5, 3.7), layout="constrained")
names = {"xlabel": "$w_1$", "ylabel": "$w_2$"}
for ax, rate in zip(axes, (0.002, 0.035, 0.044), strict=True):
    path = descend(ravine_gradient, START, rate)
    print(f"η = {rate:<6g} loss after 80 steps: {ravine(*path[-1]):.3g}")
    path = path[np.abs(path[:, 1]) < 10]  # what leaves the map for good need not be drawn
    plot_loss_surface(ravine, (-10, 3), (-3, 3), path=path, title=f"η = {rate:g}", ax=ax, **names)

# %% [markdown]
# Too small, right, too large. The steep direction sets the limit: each step multiplies $w_2$ by $1 - 50\eta$. Above
# $\eta = 2/50 = 0.04$ that factor is below −1, and the zigzags grow. The flat direction needs large steps: each step
# multiplies $w_1$ by $1 - \eta$. With η below 0.04 it shrinks by less than 4 % per step.
#
# One learning rate for two directions that need different ones: this is the problem that the optimizers below try to
# solve. They have two ideas: *remember earlier gradients*, and *give each weight a step size of its own*.
#
# ## Six update rules
#
# Each rule takes the weights $w$, their gradient $g$, what it remembers (`memory`, empty at first) and the learning
# rate η, and returns the new weights.
#
# - **SGD** remembers nothing: $w \leftarrow w - \eta g$. (We call this rule SGD also where the gradient is exact.)
# - **Momentum** keeps a velocity $v$: $v \leftarrow \mu v - \eta g$, then $w \leftarrow w + v$, with μ = 0.9.
#   (Some texts write λ for μ. Some print the last step as $w_0 = w_1 + v_1$: old and new are exchanged there.)
# - **Nesterov momentum** computes the velocity in the same way, then steps by $\mu v - \eta g$ with the *new*
#   velocity. This is the velocity that the next step would have if the gradient stayed the same.


# %%
def sgd(w, g, memory, rate):
    return w - rate * g


def momentum(w, g, memory, rate, mu=0.9):
    memory["v"] = mu * memory.get("v", 0) - rate * g
    return w + memory["v"]


def nesterov(w, g, memory, rate, mu=0.9):
    memory["v"] = mu * memory.get("v", 0) - rate * g
    return w + mu * memory["v"] - rate * g


# %% [markdown]
# The velocity is a weighted sum of *all* gradients so far, $v = -\eta\,(g_t + \mu g_{t-1} + \mu^2 g_{t-2} + \dots)$.
# Gradients that change sign partly cancel. Gradients that keep their sign add up: equal ones to at most
# $1 + 0.9 + 0.81 + \dots = 1 / (1 - \mu) = 10$ times one step.

# %%
gradients, memory = rng.normal(size=20), {}
for g in gradients:
    momentum(0.0, g, memory, rate=0.1)
weights = 0.9 ** np.arange(20)[::-1]  # the last gradient counts in full
expect("velocity − weighted sum", memory["v"] + 0.1 * np.sum(weights * gradients), -1e-12, 1e-12)

# %% [markdown]
# The other rules divide the gradient of each weight by a number that says how large this weight's gradients have been
# so far.
#
# - **Adagrad** adds up all squared gradients: $s \leftarrow s + g^2$, then $w \leftarrow w - \eta g / \sqrt{s}$. As $s$
#   only grows, the same gradient makes smaller and smaller steps.
# - **RMSProp** takes a running average instead, $s \leftarrow \rho s + (1 - \rho) g^2$ with ρ = 0.9.
# - **Adam** keeps two running averages. That of the gradients, $m \leftarrow \beta_1 m + (1 - \beta_1) g$ with β₁ =
#   0.9, is like momentum. That of the squares is $v \leftarrow \beta_2 v + (1 - \beta_2) g^2$ with β₂ = 0.999 (here $v$
#   is no velocity). Both start at 0, so they are too small at first: after $t$ steps the shares of all gradients add up
#   to $1 - \beta^t$ only. Divided by this sum they are right: $\hat m = m / (1 - \beta_1^t)$ and $\hat v = v / (1 -
#   \beta_2^t)$. Then $w \leftarrow w - \eta\, \hat m / \sqrt{\hat v}$.
#
# `TINY` prevents a division by zero. (Some texts let RMSProp's average begin with the first $g^2$. Keras begins with
# 0, and without a correction.)

# %%
TINY = 1e-7


def adagrad(w, g, memory, rate):
    memory["s"] = memory.get("s", 0.1) + g**2  # Keras begins with 0.1
    return w - rate * g / np.sqrt(memory["s"] + TINY)


def rmsprop(w, g, memory, rate, rho=0.9):
    memory["s"] = rho * memory.get("s", 0) + (1 - rho) * g**2
    return w - rate * g / np.sqrt(memory["s"] + TINY)


# %%
def adam(w, g, memory, rate, beta1=0.9, beta2=0.999):
    memory["t"] = t = memory.get("t", 0) + 1
    memory["m"] = beta1 * memory.get("m", 0) + (1 - beta1) * g
    memory["v"] = beta2 * memory.get("v", 0) + (1 - beta2) * g**2
    m_hat, v_hat = memory["m"] / (1 - beta1**t), memory["v"] / (1 - beta2**t)
    return w - rate * m_hat / (np.sqrt(v_hat) + TINY)


RULES = {"SGD": sgd, "momentum": momentum, "Nesterov": nesterov}
RULES |= {"Adagrad": adagrad, "RMSProp": rmsprop, "Adam": adam}

# %% [markdown]
# What does ρ do to a **running average**? Move it. The grey dots are 60 values of $g^2$. One line is the average that
# starts at 0; the other one is the same, divided by $1 - \rho^t$.


# %% alt="Sixty grey dots, the squared gradients, and two lines: the running average rises slowly from 0, the corrected one starts at the level of the dots at once."
@interact(rho=FloatSlider(value=0.9, min=0.0, max=0.99, step=0.01, description="ρ"))
def explore(rho):
    squares = (1 + 0.25 * np.random.default_rng(seed).normal(size=60)) ** 2
    raw, average = [], 0.0
    for g2 in squares:
        average = rho * average + (1 - rho) * g2
        raw.append(average)
    t = np.arange(1, 61)
    lines = {"from 0": raw, "corrected": raw / (1 - rho**t)}
    ax = plot_curves(t, lines, markers=False, xlabel="step t", ylabel="average of g²",
                     title=f"ρ = {rho:.2f}: about {1 / (1 - rho):.0f} steps of memory")  # fmt: skip
    ax.plot(t, squares, ".", color=COLORS["grey"], zorder=0)


# %% [markdown]
# A value that is $k$ steps old counts $\rho^k$ times as much as the newest. After $1 / (1 - \rho)$ steps that is about
# a third ($0.9^{10} = 0.35$), so one says that the average remembers $1 / (1 - \rho)$ steps. A larger ρ makes the
# average smoother and slower, and it stays too small for longer. Adam's $\beta_2 = 0.999$ remembers about a thousand
# steps. Without the correction the average would be more than a third too small even after a thousand steps
# ($0.999^{1000} = 0.37$).
#
# ### The same as Keras?
#
# Keras's own optimizers and ours, on the ravine, from the same start, step by step for 50 steps:


# %%
def keras_optimizers(rate=0.01):
    """A new Keras optimizer for each rule."""
    optimizers = keras.optimizers
    return {
        "SGD": optimizers.SGD(rate),
        "momentum": optimizers.SGD(rate, momentum=0.9),
        "Nesterov": optimizers.SGD(rate, momentum=0.9, nesterov=True),
        "Adagrad": optimizers.Adagrad(rate),
        "RMSProp": optimizers.RMSprop(rate),
        "Adam": optimizers.Adam(rate),
    }


# %%
def follow(rule, gradient, start, rate, steps):
    """The path of one rule; a start of shape (2,) or, for n starts at once, (2, n)."""
    memory, path = {}, [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(rule(path[-1], gradient(path[-1]), memory, rate))
    return np.array(path)


for name, optimizer in keras_optimizers().items():
    variable, theirs = keras.Variable(np.array(START), dtype="float64"), [np.array(START)]
    for _ in range(50):
        optimizer.apply([ravine_gradient(variable.numpy())], [variable])
        theirs.append(variable.numpy())
    ours = follow(RULES[name], ravine_gradient, START, 0.01, steps=50)
    expect(f"{name}: largest distance to Keras", np.abs(ours - theirs).max(), high=1e-5)

# %% [markdown]
# ## A race that can be believed
#
# Which rule is down first? The answer depends on the learning rate, on the start, and on what "down" means. So fix
# all three beforehand. *Down* is the first step after which the loss **stays** below 0.001 (a curve that swings may
# fall below and come back). A start that is not down after 300 steps counts as 301. Each rule gets the best of 25
# rates from 0.001 to 100: the one with the fewest steps, on average over 30 starts around the minimum. (The grid below
# has 49 rates, and we take every second one; the others are needed later.)
#
# **Predict** the order.


# %%
GRID = np.geomspace(1e-3, 100, 49)


def losses_of(loss, gradient, starts):
    """The losses along the paths of each rule, shape (steps + 1, rates, starts)."""
    everywhere = np.tile(starts, GRID.size)  # all starts with the first rate, then the second …
    rates, losses = np.repeat(GRID, starts.shape[1]), {}
    for name, rule in RULES.items():
        with np.errstate(all="ignore"):  # rates that make the path explode are part of the grid
            path = follow(rule, gradient, everywhere, rates, STEPS)
            losses[name] = loss(path[:, 0], path[:, 1]).reshape(STEPS + 1, GRID.size, -1)
    return losses


# %%
def best_of(losses, level=1e-3, every=2):
    """Each rule's best rate, and the steps that it needs with it from each start."""
    results = {}
    for name, values in losses.items():
        above = ~(values[:, ::every] < level)  # NaN counts as above
        # argmax finds the first True: from behind, that is the last step above the level
        steps = STEPS + 1 - above[::-1].argmax(axis=0)
        best = steps.mean(axis=1).argmin()
        results[name] = GRID[::every][best], steps[best]
    return results


angles = rng.uniform(0, 2 * np.pi, 30)
starts = np.array([9 * np.cos(angles), 2 * np.sin(angles)])

# %% [markdown]
# The table shows the mean over all thirty starts, the film (*Play*) one start with the best rate of each rule. (A loss
# below a hundred-millionth of the first one is drawn at that height. So where a curve runs flat along the bottom, it
# only says: smaller than this.)

# %%
in_ravine = losses_of(ravine, ravine_gradient, starts)
rates = {name: rate for name, (rate, _) in best_of(in_ravine).items()}
needed = {name: steps for name, (_, steps) in best_of(in_ravine).items()}
means = {name: steps.mean().round() for name, steps in needed.items()}
print(pd.DataFrame({"best rate": rates, "mean steps": means}).round(3))
animate_descent(
    ravine, (-10, 3), (-3, 3),
    {name: follow(rule, ravine_gradient, START, rates[name], 80) for name, rule in RULES.items()},
    title="One start, 80 steps:",
    alt="Six optimizers start high on the wall of a ravine. SGD zigzags; momentum and Nesterov "
    "swing around the floor; Adagrad jumps off the map, comes back, and is in the middle after a "
    "few steps; RMSProp walks in small even steps; Adam swings. Beside the map stand the losses.",
)  # fmt: skip

# %% [markdown]
# In this ravine Adagrad is down first. Its best rate lies at the end of the grid, so the first step jumps far off the
# map, to a distance $d_0$. From then on $\sqrt s$ is about the gradient out there, $a\,d_0$ with the steepness $a$ of
# this weight, and $g = a\,d$ at the distance $d$. In $g / \sqrt s = d / d_0$ the steepness has cancelled. The first
# step was about η long, so $d_0 \approx \eta$, and the next step is $\eta\,d / d_0 \approx d$: nearly the whole way to
# the minimum. For this the gradient of the loss must stay proportional to the distance, however far the jump goes.
# RMSProp cancels the steepness as well, but at a constant rate its steps have about the same length: it walks slowly,
# or it does not settle.
#
# ### The same ravine, turned
#
# Adagrad, RMSProp and Adam scale each *weight*. In our ravine the steep direction belongs to exactly one weight. The
# loss of a real network need not be like that. Turn the landscape by 45°: new coordinates, the same ravine, the same
# starts, the same procedure.
#
# **Predict:** which rules will need another number of steps?


# %% alt="Steps needed by six optimizers in the ravine and in the turned ravine, 30 dots each. In both: Nesterov between 30 and 80, momentum and Adam about 100, SGD mostly about 170, RMSProp nearly always 301. Adagrad needs about 5 in the ravine, and between 80 and 260 when it is turned."
def turned_gradient(w):
    g = ravine_gradient([(w[0] + w[1]) / np.sqrt(2), (w[1] - w[0]) / np.sqrt(2)])
    return np.array([(g[0] - g[1]) / np.sqrt(2), (g[0] + g[1]) / np.sqrt(2)])


def turned(w1, w2):
    return ravine((w1 + w2) / np.sqrt(2), (w2 - w1) / np.sqrt(2))


turned_starts = np.array([starts[0] - starts[1], starts[0] + starts[1]]) / np.sqrt(2)
in_turned = losses_of(turned, turned_gradient, turned_starts)
turned_needed = {name: steps for name, (_, steps) in best_of(in_turned).items()}
axes = plt.subplots(1, 2, figsize=(10, 4), sharex=True, layout="constrained")[1]
for ax, title, steps in zip(axes, ("Ravine", "Turned"), (needed, turned_needed), strict=True):
    plot_spread(steps, title=f"{title}: 30 starts", xlabel="steps needed (301: not down)", ax=ax)

# %% [markdown]
# For SGD, momentum and Nesterov nothing changes: they add and scale gradients as whole vectors, and the vectors turn
# with the landscape. Adagrad falls from first place to behind Nesterov, momentum and Adam. Adam scales each weight as
# well, and hardly changes here; RMSProp mostly does not arrive within these 300 steps in either. **Which optimizer wins
# depends on the landscape.**

# %%
change = max(np.abs(turned_needed[name] - needed[name]).max() for name in list(RULES)[:3])
expect("SGD, momentum, Nesterov: steps changed by turning", change, 0, 1)
later = np.mean(turned_needed["Adagrad"]) / np.mean(turned_needed["Nesterov"])
expect("turned: mean steps of Adagrad / of Nesterov", later, low=1.3)
adam_change = np.mean(turned_needed["Adam"]) / np.mean(needed["Adam"])
expect("Adam: mean steps, turned / before", adam_change, 0.85, 1.35)

# %% [markdown]
# What else may you read from this figure? Only what stays the same with another grid of rates and another level.
# Take 13, 25 and 49 rates and the levels 0.01, 0.001 and 0.0001: nine cases. The table shows the smallest and the
# largest mean number of steps of each rule.

# %%
tables = {}
for name, losses in (("ravine", in_ravine), ("turned", in_turned)):
    cases = [best_of(losses, level, every) for level in (1e-2, 1e-3, 1e-4) for every in (4, 2, 1)]
    tables[name] = pd.DataFrame([{rule: s.mean() for rule, (_, s) in c.items()} for c in cases])
places = {name: table.rank(axis=1) for name, table in tables.items()}
expect("Adagrad's worst place in the ravine", places["ravine"]["Adagrad"].max(), 1, 1)
expect("Adagrad's best place, turned", places["turned"]["Adagrad"].min(), 4, 6)
expect("RMSProp's best place, both", min(p["RMSProp"].min() for p in places.values()), 6, 6)
by_grid = tables["ravine"]["SGD"][3:6].to_numpy()  # at the level 0.001
expect("SGD: steps with 13 rates / with 49", by_grid[0] / by_grid[2], 1.5, 3)
pd.concat({name: t.agg(["min", "max"]).T.round() for name, t in tables.items()}, axis=1)

# %% [markdown]
# In all nine cases Adagrad is first in the ravine and at best fourth in the turned one, and RMSProp is last in both.
# The numbers themselves depend on grid and level. For example, with 13 rates SGD needs about twice as many steps as
# with 49, since its best rate lies close to 0.04, where it explodes, and a coarse grid misses it.
#
# ## A saddle and two basins
#
# At a **saddle** the gradient is zero ([lesson 06](06_backpropagation.ipynb)), and near it the gradient is small.
# Thirty starts lie within 0.005 of the ridge $w_2 = 0$ that leads over the saddle at $(0, 0)$; on the map they are
# dots. To both sides of the ridge lies a basin. Each rule gets its best rate by the same procedure. **Predict:** which
# rules get stuck?


# %% alt="Left: map of a loss with a basin above and a basin below, and 30 dots on the line between them. Right: steps needed to leave the saddle and settle in a basin, six optimizers, 30 dots each: SGD, Nesterov and Adagrad at most about 20, Adam about 55, momentum about 65, RMSProp between 45 and 125."
def saddle(w1, w2):
    return w1**2 / 2 + (w2**2 - 1) ** 2 / 4


def saddle_gradient(w):
    return np.array([w[0], w[1] ** 3 - w[1]])


ridge = np.array([rng.uniform(-2, 2, 30), rng.choice([-1, 1], 30) * rng.uniform(5e-4, 5e-3, 30)])
on_saddle = best_of(losses_of(saddle, saddle_gradient, ridge))
over = {name: steps for name, (_, steps) in on_saddle.items()}
axes = plt.subplots(1, 2, figsize=(11, 4), width_ratios=(1, 1.4), layout="constrained")[1]
plot_loss_surface(saddle, (-2.2, 2.2), (-2, 2), title="The saddle", ax=axes[0], **names)
axes[0].plot(*ridge, ".", color=COLORS["black"])
ax = plot_spread(over, title="30 starts each", xlabel="steps until settled", ax=axes[1])

# %% [markdown]
# None of them. You will read that SGD waits at saddles for ever. Near this saddle each step multiplies $w_2$ by about
# $1 + \eta$: with a small rate the wait is long. With a rate chosen like that of every other rule, SGD is among the
# first here. (The steps count until the loss *stays* low. So a rule that swings in the basin afterwards needs many,
# even if it leaves soon.)
#
# The last landscape has two basins with a hump between them: a shallow one on the right, a deep one on the left. The
# bottom of the shallow one is a *local minimum*.


# %%
expect("saddle: most steps of any rule", max(s.max() for s in over.values()), high=STEPS)


def hump(w1, w2):
    return (w1**2 - 1) ** 2 / 2 + 0.3 * w1 + 0.35 + w2**2 / 2


def hump_gradient(w):
    return np.array([2 * w[0] * (w[0] ** 2 - 1) + 0.3, w[1]])


def share_crossing(rule, side, rate):  # from one side (1 shallow, -1 deep) to the other
    starts = np.array([side * rng.uniform(0.3, 2, 200), rng.uniform(-1.6, 1.6, 200)])
    with np.errstate(all="ignore"):
        return np.mean(side * follow(rule, hump_gradient, starts, rate, 200)[-1, 0] < 0)


# %% alt="Map of a loss with a deep basin on the left and a shallow one on the right."
ax = plot_loss_surface(hump, (-2, 2), (-1.6, 1.6), title="A deep basin and a shallow one", **names)

# %% [markdown]
# You will also read that momentum gets over local minima. We count: 200 starts in the shallow basin, 200 in the deep
# one, over a range of rates.

# %% alt="Two panels over the learning rate from 0.01 to 0.18. Left: share of starts in the shallow basin that end in the deep one: momentum between about 0.2 and 0.4, Adam zero, SGD zero except at the largest rate. Right: share of starts in the deep basin that end in the shallow one: momentum up to about 0.15, the others zero."
hump_rates, shares = np.geomspace(0.01, 0.18, 6), {}
colors = {"SGD": COLORS["blue"], "momentum": COLORS["orange"], "Adam": COLORS["black"]}
axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True, layout="constrained")[1]
for ax, side, title in zip(axes, (1, -1), ("Shallow to deep", "Deep to shallow"), strict=True):
    for name in colors:
        shares[name, side] = [share_crossing(RULES[name], side, rate) for rate in hump_rates]
    curves = {name: shares[name, side] for name in colors}
    plot_curves(hump_rates, curves, log="x", colors=colors, title=title, xlabel="learning rate",
                ylabel="share of 200 starts that cross", ax=ax)  # fmt: skip
expect("momentum, shallow to deep, smallest", min(shares["momentum", 1]), low=0.05)
expect("momentum, shallow to deep, largest", max(shares["momentum", 1]), high=0.65)
expect("momentum, deep to shallow, largest", max(shares["momentum", -1]), 0.02, 0.35)
expect("SGD, at 0.03, both ways", shares["SGD", 1][2] + shares["SGD", -1][2], 0, 0)
expect("SGD, shallow to deep, at 0.18", shares["SGD", 1][-1], low=0.01)

# %% [markdown]
# Momentum crosses from the shallow basin at every one of these rates, but never from all starts. It also *leaves the
# deep basin* from some of them: the velocity takes it over the hump in both directions. So momentum gets over local
# minima sometimes, and it also ends in one sometimes. Adam crosses at none of these rates. SGD crosses at the largest
# rate only, from starts high on the wall: at $w_1 = 2$ the slope is $2 \cdot 2 \cdot 3 + 0.3 = 12.3$, so the first step
# ends at $2 - 0.18 \cdot 12.3 \approx -0.2$, beyond the hump.
#
# ## The same network, six optimizers
#
# Now the digits, and a network with 32 hidden units. Fair again: every optimizer gets the same starts, the same
# epochs, the same six rates from 0.003 to 1. Its best rate is the one with the lowest mean validation loss over five
# runs.

# %%
expect("saddle: mean steps, SGD / Adam", np.mean(over["SGD"]) / np.mean(over["Adam"]), high=0.5)
validation, weights = {}, {}
for name, optimizer in keras_optimizers().items():
    model, memory = compiled(optimizer)
    for rate in NETWORK_RATES:
        for run in range(RUNS):
            validation[name, rate, run] = train(model, memory, run, rate)["val_loss"][-1]
            weights[name, rate, run] = model.get_weights()
    if name == "Adam":
        default = [train(model, memory, run, 0.001)["val_loss"][-1] for run in range(RUNS)]
table = pd.Series(validation).unstack()  # one row per optimizer and rate, one column per run
means = table.mean(axis=1).unstack()
best = means.idxmin(axis=1)
summary = pd.DataFrame({"best rate": best, "mean validation loss": means.min(axis=1)})
summary.loc[list(RULES)].round(3)

# %% alt="Validation loss of five runs for each of six optimizers at its best rate. Most groups overlap."
at_best = {name: table.loc[(name, best[name])].to_numpy() for name in RULES}
ax = plot_spread(at_best, title="Each at its best rate, five runs", xlabel="validation loss")
centre = {name: losses.mean() for name, losses in at_best.items()}
expect("worst mean / best mean", max(centre.values()) / min(centre.values()), 1, 5)
on_test = {}
for name in RULES:  # the test part, opened once, for all
    scores = []
    for run in range(RUNS):
        model.set_weights(weights[name, best[name], run])
        scores.append(accuracy(model, x_test, y_test))
    on_test[name] = np.mean(scores).round(3).item()
expect("lowest mean test accuracy", min(on_test.values()), 0.88, 1.0)
expect("highest − lowest", max(on_test.values()) - min(on_test.values()), high=0.05)
pd.Series(on_test).to_frame("mean test accuracy").T

# %% [markdown]
# At its best rate every optimizer solves this task; the mean test accuracies are close together (table). The dots of
# one optimizer are often further apart than the means of two optimizers. So a single run of each can give many orders,
# and with other seeds another optimizer is last. (The thick marks are medians, the table has means; the two need not
# give the same order.) Much larger is the difference between the **rates**, as the next figure shows.
#
# **Predict:** many texts say that Adam's default rate, 0.001, is safe. Is it, here? (It lies to the left of what the
# figure shows; the cell prints the losses.)

# %% alt="Validation loss over the learning rate for six optimizers, both axes logarithmic: most curves are valleys. The lowest points of Adam and RMSProp lie further left than that of SGD."
curves = {name: means.loc[name].to_numpy() for name in RULES}
ax = plot_curves(
    NETWORK_RATES, curves, log="xy", title="Loss against learning rate, mean of five runs",
    xlabel="learning rate", ylabel="validation loss",
)  # fmt: skip
expect("best rate of SGD / of Adam", best["SGD"] / best["Adam"], low=3)
at_an_end = best.isin([NETWORK_RATES[0], NETWORK_RATES[-1]]).sum()
expect("optimizers whose best rate lies at an end of the six", at_an_end, high=2)
print("Adam at 0.001, validation loss of five runs:", np.round(default, 2))
longer = train(model, memory, 0, 0.001, epochs=10 * EPOCHS)["val_loss"][-1]  # model: Adam
expect("the first one: after ten times as many epochs / before", longer / default[0], high=0.6)

# %% [markdown]
# Nearly every curve rises on both sides of its lowest point, and the lowest points lie at different rates. A comparison
# of optimizers at *one* common rate says more about that rate than about the optimizers. On the left the network has
# not learned enough *yet* (ten times as many epochs help Adam's default: last line printed); on the right the steps are
# too large. For this task and eight epochs Adam's default is far too small. It is a rate to try first, and no more.
#
# ## How large a batch?
#
# The gradient of a batch is an estimate of the gradient over all samples. Its error, the **gradient noise**, falls with
# the square root of the batch size, like the error of every mean: four times the samples, half the noise. This is so
# for batches that are small against the data; a batch of all the data has no noise. Check it for the first layer of a
# network, with samples that are drawn anew each time, so that one may come twice:


# %%
def gradient_of(samples):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model.loss(y_train[samples], model(x_train[samples])))
    return tape.gradient(loss, model.trainable_variables)[0].numpy().ravel()


model = mlp(64, (32,))
model.compile(loss=keras.losses.SparseCategoricalCrossentropy())
full, sizes, noise = gradient_of(np.arange(len(x_train))), 4 ** np.arange(5), []
for size in sizes:
    errors = [gradient_of(rng.integers(0, len(x_train), size)) - full for _ in range(40)]
    noise.append(np.sqrt(np.mean(np.square(errors).sum(axis=1))) / np.linalg.norm(full))
slope = np.polyfit(np.log(sizes), np.log(noise), deg=1)[0]
print("noise / gradient:", *(f"{n}: {e:.2f}" for n, e in zip(sizes, noise, strict=True)), sep="  ")
expect("slope on logarithmic axes (−½ is the square root)", slope, -0.6, -0.4)

# %% [markdown]
# So a step with a larger batch points more exactly downhill, and it needs more arithmetic. Which size is worth it?
# Three batch sizes, momentum, each at the best of five rates (mean of three runs), compared in two ways: after the same
# number of steps, and after the same time. (Other programs on your machine can only make the steps slower. So the
# quickest of five epochs is the best estimate of the time of a step.)


# %%
def seconds_per_step(size, steps=512):
    """The quickest of five epochs, without validation. They are long: an epoch has a fixed cost."""
    n = steps * size  # resize repeats the images
    x, y = np.resize(x_train, (n, x_train.shape[1])), np.resize(y_train, n)
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        fit(model, x, y, batch_size=size, verbose=0)
        seconds.append(time.perf_counter() - began)
    return min(seconds) / steps


# %%
model, memory = compiled(keras.optimizers.SGD(momentum=0.9))
N_STEPS, rows, curves = 128, [], {}
for size in (8, 32, 128):
    per_epoch, runs = iterations(len(x_train), size), {}
    for rate in (0.01, 0.03, 0.1, 0.3, 1.0):
        options = {"batch_size": size, "epochs": N_STEPS // per_epoch}
        runs[rate] = [train(model, memory, run, rate, **options)["val_loss"] for run in range(3)]
    milliseconds = 1e3 * seconds_per_step(size)
    rate = min(runs, key=lambda rate: np.mean([losses[-1] for losses in runs[rate]]))
    steps = per_epoch * np.arange(1, N_STEPS // per_epoch + 1)
    curves[size] = steps, milliseconds * steps, np.mean(runs[rate], axis=0)
    last = [losses[-1] for losses in runs[rate]]
    rows.append([size, rate, milliseconds, N_STEPS // per_epoch, *last])

# %% alt="Validation loss for batch sizes 8, 32 and 128. Left, over steps: the larger the batch, the lower the loss at equal steps. Right, over milliseconds. The batch of 8 has one point only: one epoch."
axes = plt.subplots(1, 2, figsize=(10, 3.8), sharey=True, layout="constrained")[1]
for ax, which, xlabel in zip(axes, (0, 1), ("steps", "milliseconds, measured now"), strict=True):
    looks = (("o-", "blue"), ("s--", "orange"), ("^:", "green"))
    for (size, curve), (style, color) in zip(curves.items(), looks, strict=True):
        ax.plot(curve[which], curve[2], style, color=COLORS[color], label=f"batch of {size}")
    ax.set(xlabel=xlabel, yscale="log")
axes[0].set_ylabel("validation loss")
axes[0].set_title("The same number of steps", loc="left", fontweight="bold")
axes[1].set_title("The same time", loc="left", fontweight="bold")
axes[1].legend()
expect("Adam: mean loss at 0.001 / at its best", np.mean(default) / centre["Adam"], low=2)
columns = ["batch size", "best rate", "ms per step", "epochs", "run 1", "run 2", "run 3"]
batches = pd.DataFrame(rows, columns=columns).set_index("batch size")
loss_after = batches[["run 1", "run 2", "run 3"]].mean(axis=1)
batches.round(3)

# %% [markdown]
# At equal steps the largest batch is best on average. It has seen sixteen times as many samples as the smallest, and
# its best rate is as large or larger. At equal *time* (right panel) compare two curves where both have points. The
# batch of 8 has one point only, since its 128 steps are one epoch. The order depends on what a step costs on your
# machine (column "ms per step", the steps alone, in a long epoch without validation).
#
# A rule for the choice: enlarge the batch as long as a step costs hardly more time. Powers of two from 32 to 256 are
# a common start. Choose the rate again for each batch size (column "best rate").
#
# ## Learning-rate schedules
#
# At a constant rate the noise of the steps remains: near a minimum the gradient is small, and the steps are mostly
# noise. Large steps first and small ones at the end would be better. A **learning-rate schedule** sets the rate by
# the step. Four of them, as shares of the full rate:


# %%
def constant(step, total):
    return 1.0


def stepwise(step, total):  # ten times smaller at one half and at three quarters
    return 1.0 if step < total / 2 else 0.1 if step < 3 * total / 4 else 0.01


def cosine(step, total):
    return (1 + np.cos(np.pi * step / total)) / 2


def warm_up(step, total, share=0.1):  # a straight ramp, then the cosine
    ramp = share * total
    return step / ramp if step < ramp else cosine(step - ramp, total - ramp)


# %% [markdown]
# In Keras a schedule is an object that takes the place of the number, as in `SGD(learning_rate=schedule)`.
# `CosineDecay(first, decay_steps)` goes from the first rate to 0. With `warmup_steps` it first rises from the first
# rate to `warmup_target`, and `decay_steps` counts the steps after the warm-up. The curves show ours; two of them are
# compared with Keras.

# %% alt="Four curves over 300 steps: a constant line; a staircase down at one half and three quarters; half a cosine wave from one to zero; and a short ramp up followed by the cosine."
SCHEDULES = {"constant": constant, "step": stepwise, "cosine": cosine, "warm-up": warm_up}
total = 300
shapes = {n: [f(step, total) for step in range(total)] for n, f in SCHEDULES.items()}
ax = plot_curves(np.arange(total), shapes, markers=False, title="Four ways to spend 300 steps",
                 xlabel="step", ylabel="share of the full rate")  # fmt: skip
schedules = keras.optimizers.schedules
theirs = {
    "cosine": schedules.CosineDecay(1.0, decay_steps=300),
    "warm-up": schedules.CosineDecay(0.0, decay_steps=270, warmup_target=1.0, warmup_steps=30),
}
for name, schedule in theirs.items():
    values = np.array([float(schedule(step)) for step in range(0, total, 5)])  # every fifth step
    distance = np.abs(values - shapes[name][::5]).max()
    expect(f"{name}: largest distance to Keras", distance, high=1e-6)
expect("batches: loss after 128 steps, 8 / 128", loss_after[8] / loss_after[128], low=1.1)

# %% [markdown]
# Does a schedule help the network? Momentum, three full rates, five runs each. To keep the code short, the rate
# changes once per epoch. `LearningRateScheduler` is a callback: `fit` asks it for the rate before each epoch.
#
# **Predict:** at which of the three rates does the cosine help most?

# %%
expect("batches: best rate, 128 / 8", batches["best rate"][128] / batches["best rate"][8], low=1)
epochs, final, held_out = 12, {}, {}
for rate in (0.03, 0.1, 0.3):
    for name in ("constant", "cosine"):

        def rate_of(epoch, _, name=name, rate=rate):  # keep the name and rate of this pass
            return rate * SCHEDULES[name](epoch, epochs)

        options = {"epochs": epochs, "callbacks": [keras.callbacks.LearningRateScheduler(rate_of)]}
        runs = [train(model, memory, run, rate, **options) for run in range(RUNS)]
        final[f"{rate:g}, {name}"] = [history["loss"][-1] for history in runs]
        held_out[f"{rate:g}, {name}"] = np.mean([history["val_loss"][-1] for history in runs])

# %% alt="Training loss after 12 epochs, five runs each, for the rates 0.03, 0.1 and 0.3 with a constant rate and with the cosine. At 0.3 the cosine is far lower than the constant rate, at 0.03 a little higher."
ax = plot_spread(final, title="Constant rate and cosine, five runs", xlabel="training loss")
gain = {
    rate: np.mean(final[f"{rate}, constant"]) / np.mean(final[f"{rate}, cosine"])
    for rate in (0.03, 0.3)
}
best = {
    name: min(held_out[f"{rate}, {name}"] for rate in (0.03, 0.1, 0.3))
    for name in ("constant", "cosine")
}
pd.Series(held_out).round(3).to_frame("mean validation loss")

# %% [markdown]
# At the largest rate the cosine helps much: the steps are large at first and small at the end. At the smallest rate it
# does harm: the training is not finished, and the schedule makes the steps even smaller. So a schedule lets you begin
# with a larger rate. These are training losses. On the validation images (table) beginning with a larger rate is no
# gain by itself: the best constant rate and the best cosine are close to each other, and both are far better than the
# constant 0.3 (the next cell checks this).
#
# A **warm-up** helps where the loss is steepest at the beginning, so that steps at the full rate would explode. The
# smallest example has one weight and a steep loss, $L(w) = \frac12 w^2 + \frac14 w^4$, with the full rate 0.5. [Lesson
# 13](13_attention.ipynb) trains with a warm-up, as is usual for the networks there.
#
# Which one to take? Begin with a constant rate. If the loss still swings at the end, let the rate fall, by the cosine
# or in steps (which need two more choices: when, and by how much). If it explodes at the beginning, add a warm-up.


# %%
expect("rate 0.3: loss with constant / with cosine", gain[0.3], low=1.5)
expect("rate 0.03: loss with constant / with cosine", gain[0.03], high=0.95)
expect("validation: best constant / best cosine", best["constant"] / best["cosine"], 0.5, 2)
expect("validation: constant 0.3 / both", held_out["0.3, constant"] / max(best.values()), low=1.2)


def down_the_wall(schedule, rate=0.5, w=3.0):
    for step in range(300):
        if abs(w) < 1e6:  # else it has exploded
            w -= rate * schedule(step, 300) * (w + w**3)
    return abs(w)


expect("cosine: distance from the minimum", down_the_wall(cosine), low=1e6)
expect("warm-up: distance from the minimum", down_the_wall(warm_up), high=1e-3)

# %% [markdown]
# ## Recap
#
# - An iteration is one step on one batch; an epoch is $n / \text{batch}$ iterations, rounded up. Shuffle before each
#   epoch.
# - The steepest direction limits the learning rate; the flattest one needs a large rate.
# - Momentum's velocity is a weighted sum of all gradients; Adagrad and RMSProp give each weight its own step size;
#   Adam does both.
# - Which optimizer is first depends on the landscape. Compare optimizers only with a rate chosen for each by the same
#   procedure, over several starts.
# - A larger batch makes better steps, and each needs more arithmetic. A schedule allows a larger rate at the beginning.
#
# ## Common mistakes
#
# - **Changing the optimizer and keeping the learning rate.** 0.3 is good for SGD here and far too large for Adam.
# - **Lowering the learning rate whenever something goes wrong.** Too small looks like "the model cannot learn this".
# - **Leaving Adam at 0.001** and calling the result the limit of the model.
# - **Comparing single runs**, or the last value of curves that swing.
# - **Averaging batch losses without their sizes**, or a running mean whose count starts at 1 instead of 0.
# - **Running a schedule to the wrong end.** `decay_steps` counts iterations, not epochs.
# - **Choosing the rate on the test set.** That is what the validation data is for.
#
# ## Next
#
# Practise first: [seven exercises](exercises/07_optimizers.ipynb), about 43 minutes. Each check says what is wrong.
#
# You have all the parts: layers, activations, losses, gradients, optimizers. [Lesson 08](08_digits_mlp.ipynb) puts
# them together and reads handwritten digits.
