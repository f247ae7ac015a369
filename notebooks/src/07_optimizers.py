# %% [markdown]
# # 07 · Gradient descent and optimizers
#
# **Which way of walking downhill arrives first, and does the answer depend on the valley?**
#
# After this lesson you can
#
# - count epochs, batches and iterations;
# - read from a path whether a learning rate is too small, right or too large, and say why smaller is not safer;
# - write SGD, momentum, Nesterov, Adagrad, RMSProp and Adam in a few lines each;
# - compare optimizers fairly, and say what "Adam needs no tuning" leaves out;
# - choose a batch size and a learning-rate schedule, and give a reason.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | 01, 05: gradient, learning rate, contour maps | under 45 s | landscapes given by formulas; 1,797 small digits from scikit-learn |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.models import mlp
from nnlib.plotting import COLORS, animate_descent, plot_curves, plot_descent, plot_loss_surface

import time
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import FloatLogSlider, FloatSlider, interact
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
STEEPNESS = 50.0
STEPS = 80
EPOCHS = 10
BATCH_SIZE = 32
NETWORK_RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0)
BATCH_SIZES = (8, 32, 128, 512)

# %% [markdown]
# ## Three words: epoch, batch, iteration
#
# Gradient descent needs the gradient of the loss over *all* samples. With 50,000 images that is a lot of arithmetic for one
# step. **Stochastic** gradient descent takes a handful of samples, the **batch**, steps, and takes the next handful. Each step is an
# **iteration**. When every sample has been used once, an **epoch** is over; the last batch holds what is left.
#
# **Your turn:** how many iterations has an epoch with 50,000 samples in batches of 256? And ten epochs?


# %%
def iterations(samples, batch_size, epochs=1):
    return epochs * -(-samples // batch_size)  # the division rounded up


expect("50,000 samples, batches of 256, one epoch", iterations(50_000, 256), 196, 196)
expect("ten epochs", iterations(50_000, 256, 10), 1_960, 1_960)
expect("24 samples, batches of 6, one epoch", iterations(24, 6), 4, 4)
expect("twenty epochs", iterations(24, 6, 20), 80, 80)

# %% [markdown]
# 50,000 / 256 is 195.3: 195 full batches, and one with the 80 samples that are left. Keras's optimizers count their steps. Do
# they agree?

# %%
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
for samples, batch_size, epochs in ((50_000, 256, 1), (24, 6, 20)):
    model.compile(optimizer="sgd", loss="mean_squared_error")
    ones = np.ones((samples, 1))
    fit(model, ones, ones, batch_size=batch_size, epochs=epochs, verbose=0)
    counted = int(model.optimizer.iterations.numpy())
    expected = iterations(samples, batch_size, epochs)
    expect(f"Keras, {samples:,} samples, epochs: {epochs}", counted, expected, expected)

# %% [markdown]
# ## One valley, three learning rates
#
# To see what an optimizer does, we need a loss with only two weights. This one is a **ravine**: along $w_1$ it rises gently,
# along $w_2$ fifty times as steeply.
#
# $$L(w_1, w_2) = \tfrac12 \left(w_1^2 + 50\, w_2^2\right) \qquad \text{gradient: } (w_1,\; 50\, w_2)$$
#
# Losses of real networks look like this nearly everywhere: steep in a few directions, almost flat in the rest.


# %%
def ravine(w1, w2):
    return (w1**2 + STEEPNESS * w2**2) / 2


def ravine_gradient(w):
    return np.array([w[0], STEEPNESS * w[1]])


def descend(gradient, start, learning_rate, steps=STEPS):
    """The path of plain gradient descent, shape (steps + 1, 2)."""
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * gradient(path[-1]))
    return np.array(path)


# %% [markdown]
# **Predict:** the three maps below use the learning rates 0.002, 0.035 and 0.044. What will each path look like?

# %% alt="Three maps of a long narrow ravine. With 0.002 the path drops to the floor and ends far from the middle; with 0.035 it zigzags, less and less, and ends near the middle; with 0.044 the zigzags grow until they leave the map."
START = (-9.0, 2.0)
figure, axes = plt.subplots(1, 3, figsize=(11.5, 3.7), layout="constrained")
names = {"xlabel": "$w_1$", "ylabel": "$w_2$"}
for ax, rate, verdict in zip(
    axes, (0.002, 0.035, 0.044), ("too small", "good", "too large"), strict=True
):
    path = descend(ravine_gradient, START, rate)
    path = path[np.abs(path[:, 1]) < 10]  # what leaves the map for good need not be drawn
    title = f"Learning rate {rate:g}: {verdict}"
    plot_loss_surface(ravine, (-10, 3), (-3, 3), path=path, title=title, ax=ax, **names)

# %% [markdown]
# The steep direction sets the limit: each step multiplies $w_2$ by $1 - 50\eta$ (η, "eta", is the learning rate). Above
# $\eta = 2/50 = 0.04$ that factor is beyond −1, and the zigzags grow. The flat direction pays for it: $w_1$ shrinks by $1 - \eta$, at
# most 4 % a step.

# %%
for rate in (0.002, 0.035, 0.044):
    left = ravine(*descend(ravine_gradient, START, rate)[-1])
    print(f"learning rate {rate:<6g} loss after {STEPS} steps: {left:.3g}")

# %% [markdown]
# One learning rate for two directions that need different ones: this is the problem that all optimizers below try to
# solve. There are two ideas. *Remember where you came from*, and *give each weight a step of its own*.
#
# ## Six update rules
#
# Each rule takes the weights $w$, their gradient $g$, what it remembers (`memory`, empty at first) and the learning rate η,
# and returns the new weights.
#
# **SGD** remembers nothing: $w \leftarrow w - \eta g$.
#
# **Momentum** is a ball with inertia. Its velocity $v$ keeps a share λ = 0.9 of itself: $v \leftarrow \lambda v - \eta g$, then
# $w \leftarrow w + v$. Zigzags cancel in $v$, and what points the same way for long adds up, to ten times the step of SGD.
#
# **Nesterov** looks ahead: the step is $\lambda v - \eta g$ once more, with the velocity already renewed. It brakes before the far
# wall.


# %%
def sgd(w, g, memory, rate):
    return w - rate * g


def momentum(w, g, memory, rate, share=0.9):
    memory["v"] = share * memory.get("v", 0) - rate * g
    return w + memory["v"]


def nesterov(w, g, memory, rate, share=0.9):
    memory["v"] = share * memory.get("v", 0) - rate * g
    return w + share * memory["v"] - rate * g


# %% [markdown]
# The other family divides each weight's gradient by the usual size of that weight's gradients.
#
# **Adagrad** adds up all squared gradients so far: $s \leftarrow s + g^2$, then $w \leftarrow w - \eta g / \sqrt{s}$. As $s$ only grows, its steps only
# shrink.
#
# **RMSProp** forgets: $s \leftarrow \rho s + (1 - \rho) g^2$ with ρ = 0.9 is an average over about the last ten steps. (In
# the code, `tiny` keeps us from dividing by zero.)


# %%
def adagrad(w, g, memory, rate, tiny=1e-7):
    memory["s"] = memory.get("s", 0.1) + g**2  # Keras begins with 0.1
    return w - rate * g / np.sqrt(memory["s"] + tiny)


def rmsprop(w, g, memory, rate, keep=0.9, tiny=1e-7):
    memory["s"] = keep * memory.get("s", 0) + (1 - keep) * g**2
    return w - rate * g / np.sqrt(memory["s"] + tiny)


# %% [markdown]
# **Adam** does both: an average $m$ of the gradients (momentum) over the root of an average $s$ of their squares (RMSProp). Both
# averages start at 0 and are too small at first; the fraction with $\beta^t$ makes up for it.


# %%
def adam(w, g, memory, rate, beta1=0.9, beta2=0.999, tiny=1e-7):
    memory["t"] = t = memory.get("t", 0) + 1
    memory["m"] = beta1 * memory.get("m", 0) + (1 - beta1) * g
    memory["s"] = beta2 * memory.get("s", 0) + (1 - beta2) * g**2
    corrected = rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return w - corrected * memory["m"] / (np.sqrt(memory["s"]) + tiny)


RULES = {"SGD": sgd, "momentum": momentum, "Nesterov": nesterov}
RULES |= {"Adagrad": adagrad, "RMSProp": rmsprop, "Adam": adam}

# %% [markdown]
# All six run in the same loop.


# %%
def run(rule, gradient, start, rate, steps=STEPS):
    """The path of one optimizer, shape (steps + 1, 2)."""
    memory, path = {}, [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(rule(path[-1], gradient(path[-1]), memory, rate))
    return np.array(path)


# %% [markdown]
# ### The same as Keras?
#
# The oracle: Keras's own optimizers, on the same ravine, from the same start, for 50 steps.


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
for name, optimizer in keras_optimizers().items():
    variable = keras.Variable(np.array(START), dtype="float64")
    theirs = [variable.numpy()]
    for _ in range(50):
        optimizer.apply([ravine_gradient(variable.numpy())], [variable])
        theirs.append(variable.numpy())
    ours = run(RULES[name], ravine_gradient, START, 0.01, steps=50)
    expect(f"{name}: largest distance to Keras", np.abs(ours - theirs).max(), high=1e-5)

# %% [markdown]
# Six rules, each shorter than its explanation, and each is what Keras does.
#
# ## The race
#
# Who is down first? Careful: with a badly chosen learning rate any optimizer loses. A fair race gives each its own, by the
# same procedure: try 25 rates from 0.001 to 10, keep the one with the lowest loss after 80 steps (below a millionth
# counts as arrived, and among equals the smaller rate wins).

# %%
RATES = np.geomspace(1e-3, 10, 25)


def best_path(rule, loss, gradient, start):
    """The best rate of the grid, and the path with it."""
    paths = {}
    with np.errstate(over="ignore", invalid="ignore"):  # divergent runs are part of the grid
        for rate in RATES:
            paths[rate] = run(rule, gradient, start, rate)
        last = {rate: np.nan_to_num(loss(*path[-1]), nan=np.inf) for rate, path in paths.items()}
    best = min(RATES, key=lambda rate: max(last[rate], 1e-6))
    return best, paths[best]


# %% [markdown]
# **Place your bets.** Press *Play*. Each path carries a mark every ten steps, so that close marks mean slow.

# %%
race = {name: best_path(rule, ravine, ravine_gradient, START) for name, rule in RULES.items()}
animate_descent(
    ravine, (-10, 3), (-3, 3), {name: path for name, (_, path) in race.items()},
    title="Race in the ravine:",
    alt="Six optimizers start high on the wall of a ravine. SGD zigzags and creeps; momentum "
    "swings through wide curves; Nesterov brakes early; Adagrad and RMSProp run nearly straight; "
    "Adam swings once. Curves beside the map show Adagrad's loss falling fastest and SGD's "
    "slowest.",
)  # fmt: skip

# %% [markdown]
# SGD must take small steps because of the walls, and creeps along the floor. Momentum swings through the ravine and still
# overtakes it. Nesterov brakes. RMSProp and Adagrad hardly notice that one direction is fifty times steeper: they divide it away. And
# Adagrad simply wins. So Adagrad is the best optimizer?

# %% [markdown]
# ### The same ravine, turned
#
# Adagrad, RMSProp and Adam scale each *weight*. In our ravine the steep direction was exactly one weight, which real losses do
# not arrange for us. Turn the landscape by 45°: the same ravine, the same start, the same procedure.

# %%
TURN = np.array([[1.0, 1.0], [-1.0, 1.0]]) / np.sqrt(2)  # new coordinates to old ones


def turned(w1, w2):
    return ravine(*np.tensordot(TURN, np.array([w1, w2]), axes=1))


def turned_gradient(w):
    return TURN.T @ ravine_gradient(TURN @ w)


turned_start = TURN.T @ START
turned_race = {
    name: best_path(rule, turned, turned_gradient, turned_start) for name, rule in RULES.items()
}

# %% [markdown]
# The rates that were found, and the losses that are left after 80 steps, in both ravines:

# %%
results = pd.DataFrame(
    {"rate": {name: rate for name, (rate, _) in race.items()},
     "loss, ravine": {name: ravine(*path[-1]) for name, (_, path) in race.items()},
     "rate, turned": {name: rate for name, (rate, _) in turned_race.items()},
     "loss, turned": {name: turned(*path[-1]) for name, (_, path) in turned_race.items()}}
)  # fmt: skip
results.map("{:.2g}".format)

# %% alt="Map of a ravine that runs along the diagonal, with six paths; Adagrad stops on the way, momentum and Nesterov reach the middle."
ax = plot_descent(
    turned, (-9, 4), (-9, 4), {name: path for name, (_, path) in turned_race.items()},
    title="Turned by 45°, Adagrad falls back",
)  # fmt: skip

# %% [markdown]
# SGD, momentum and Nesterov do not even notice: they only know arrows, not axes, and end with exactly the same losses. Adagrad went
# from first to last. **Which optimizer wins depends on the landscape.**

# %%
if (STEEPNESS, STEPS) == (50.0, 80):
    straight, diagonal = results["loss, ravine"], results["loss, turned"]
    for name in ("SGD", "momentum", "Nesterov"):
        expect(f"{name}, change by turning", abs(diagonal[name] / straight[name] - 1), high=1e-6)
    expect("rank of Adagrad in the ravine", straight.rank()["Adagrad"], 1, 1)
    expect("rank of Adagrad in the turned one", diagonal.rank()["Adagrad"], 6, 6)

# %% [markdown]
# Find good values for momentum yourself. The share λ is what is kept of the velocity; 0 is plain SGD. Where is the best pair?


# %% alt="Map of the ravine with the path of momentum at the learning rate and the share that the sliders show."
@interact(
    rate=FloatLogSlider(value=0.02, min=-3, max=-1, step=0.05, description="rate η"),
    share=FloatSlider(value=0.7, min=0.0, max=0.98, step=0.02, description="share λ"),
)
def explore(rate, share):
    path = run(lambda w, g, m, r: momentum(w, g, m, r, share), ravine_gradient, START, rate)
    title = f"η = {rate:.3g}, λ = {share:.2f}: loss {ravine(*path[-1]):.1e}"
    plot_loss_surface(ravine, (-10, 3), (-3, 3), path=path, title=title, **names)


# %% [markdown]
# (Where no kernel runs, you see one position of the sliders.) Did you come near η = 0.061 and λ = 0.57? For a ravine the best pair can
# be computed: with $q = \sqrt{50}$, it is $\eta = \left(\frac{2}{q + 1}\right)^2$ and $\lambda = \left(\frac{q - 1}{q + 1}\right)^2$.

# %%
q = np.sqrt(STEEPNESS)
best_pair = (2 / (q + 1)) ** 2, ((q - 1) / (q + 1)) ** 2
path = run(
    lambda w, g, m, r: momentum(w, g, m, r, best_pair[1]), ravine_gradient, START, best_pair[0]
)
print(f"η = {best_pair[0]:.3f}, λ = {best_pair[1]:.2f}")
expect("loss with the best pair", ravine(*path[-1]), high=1e-12)

# %% [markdown]
# The usual λ = 0.9 is too much inertia for this ravine; it fits one that is steeper still. Even momentum has something to tune.
#
# ## A saddle and a hump
#
# Two more landscapes. At a **saddle** the gradient is zero, although it goes down to both sides (lesson 06). And a **hump** separates a
# shallow basin from the deep one.


# %%
def saddle(w1, w2):
    return w1**2 / 2 + (w2**2 - 1) ** 2 / 4


def saddle_gradient(w):
    return np.array([w[0], w[1] ** 3 - w[1]])


def hump(w1, w2):
    return (w1**2 - 1) ** 2 / 2 + 0.3 * w1 + 0.35 + w2**2 / 2


def hump_gradient(w):
    return np.array([2 * w[0] * (w[0] ** 2 - 1) + 0.3, w[1]])


# %% [markdown]
# No tuning here, just one common rate for SGD and its relatives, and somewhat larger ones for those that divide.

# %%
rates = {
    "SGD": 0.05,
    "momentum": 0.05,
    "Nesterov": 0.05,
    "Adagrad": 0.5,
    "RMSProp": 0.05,
    "Adam": 0.2,
}
over_saddle = {
    name: run(rule, saddle_gradient, (-1.8, 0.002), rates[name], 60) for name, rule in RULES.items()
}
over_hump = {
    name: run(rule, hump_gradient, (1.9, -1.6), rates[name], 60) for name, rule in RULES.items()
}

# %% alt="Two maps. On the saddle SGD ends near the middle, the others have turned off into the basin above. On the other map, momentum, Nesterov and Adam cross the hump into the deep basin on the left; SGD, Adagrad and RMSProp stay in the shallow one on the right."
figure, axes = plt.subplots(1, 2, figsize=(10.5, 4.1), layout="constrained")
plot_descent(
    saddle, (-2.2, 1.2), (-0.8, 1.6), over_saddle, title="Saddle: SGD is still waiting", ax=axes[0]
)
ax = plot_descent(
    hump, (-2.2, 2.4), (-2.2, 1.6), over_hump, title="Hump: speed carries some across",
    legend=False, ax=axes[1],
)  # fmt: skip

# %% [markdown]
# On the saddle the sideways gradient is tiny. SGD follows it in proportion, momentum adds it up, and those that divide make
# every small gradient a full step. On the other map those with inertia roll over the hump. Do not count on that: it is no search for
# the best basin, only speed.

# %%
waiting = over_saddle.pop("SGD")[-1, 1]
expect("SGD, way off the saddle (1 is the basin)", waiting, high=0.1)
expect("slowest of the others", min(abs(path[-1, 1]) for path in over_saddle.values()), low=0.9)
crossed = [name for name, path in over_hump.items() if path[-1, 0] < 0]
print("over the hump:", ", ".join(crossed))
expect("optimizers over the hump", len(crossed), 3, 3)

# %% [markdown]
# ## Is a smaller learning rate safer?
#
# It sounds right: small steps cannot do much harm. **Predict** where plain SGD ends on the hump map with 0.001, with 0.05, and
# with 0.2, after 60 steps.

# %%
small_and_large = {
    f"η = {rate:g}": descend(hump_gradient, (1.9, -1.6), rate, steps=60)
    for rate in (0.001, 0.05, 0.2)
}

# %% alt="Map with a hump between two basins and three paths from one start on the right. The smallest rate hardly moves; the middle one ends in the shallow basin; the largest crosses the hump and ends in the deep one."
ax = plot_descent(hump, (-2.2, 2.4), (-2.2, 1.6), small_and_large, title="Lost, trapped, arrived")

# %% [markdown]
# Small steps have risks of their own: being far from anywhere good when the time is up, and settling in the first
# dip. Here the largest of the three finds the deep basin. There is no safe side, there is only a range in the middle that one has to
# look for.

# %%
ends = {name: hump(*path[-1]) for name, path in small_and_large.items()}
expect("loss with 0.001", ends["η = 0.001"], low=2.0)
expect("loss with 0.05", ends["η = 0.05"], 0.6, 0.7)
expect("loss with 0.2", ends["η = 0.2"], high=0.05)

# %% [markdown]
# ## The same network, six optimizers
#
# Now a real task: small images of handwritten digits, 8 × 8 pixels, ten classes, and a network with 32 hidden units. A thousand
# images to train, 397 to choose the learning rate, and 400 that nobody touches until the end.

# %%
images, digits = load_digits(return_X_y=True)
images = (images / 16).astype("float32")  # pixels come as 0 … 16
x_train, x_rest, y_train, y_rest = train_test_split(
    images, digits, train_size=1_000, stratify=digits, random_state=seed
)
x_val, x_test, y_val, y_test = train_test_split(
    x_rest, y_rest, test_size=400, stratify=y_rest, random_state=seed
)
print(x_train.shape, x_val.shape, x_test.shape, "chance: 0.10")

# %% [markdown]
# Fair again: every optimizer starts from the same weights, gets the same number of epochs, and may choose among the same ten
# learning rates. We compile once an optimizer, and put weights *and the optimizer's memory* back before each run: old
# velocities would give the next run a push.


# %%
def compiled(optimizer):
    model = mlp(64, (32,))
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    optimizer.build(model.trainable_variables)
    return model, [variable.numpy() for variable in optimizer.variables]


def restart(model, weights, memory, rate):
    model.set_weights(weights)
    for variable, value in zip(model.optimizer.variables, memory, strict=True):
        variable.assign(value)
    model.optimizer.learning_rate = rate


# %% [markdown]
# Six optimizers, ten rates: sixty small trainings. We keep the curves of all, and the weights of each optimizer's best.

# %%
first_weights = mlp(64, (32,)).get_weights()
histories, best = {}, {}
for name, optimizer in keras_optimizers().items():
    model, memory = compiled(optimizer)
    for rate in NETWORK_RATES:
        restart(model, first_weights, memory, rate)
        history = fit(
            model, x_train, y_train, batch_size=BATCH_SIZE, epochs=EPOCHS,
            validation_data=(x_val, y_val), verbose=0,
        )  # fmt: skip
        histories[name, rate] = history.history
        if rate == NETWORK_RATES[0] or history.history["val_loss"][-1] < best[name][0]:
            best[name] = history.history["val_loss"][-1], rate, model.get_weights()

# %% [markdown]
# First the best run of each.

# %% alt="Loss on validation data over ten epochs for six optimizers, each with its best learning rate: all fall steeply and end close together."
curves = {name: histories[name, rate]["val_loss"] for name, (_, rate, _) in best.items()}
LOOK = {"Adam": COLORS["black"]}  # as on the maps
ax = plot_curves(
    np.arange(1, EPOCHS + 1), curves, log="y", title="Well tuned, they are hard to tell apart",
    xlabel="epoch", ylabel="validation loss", colors=LOOK,
)  # fmt: skip

# %% [markdown]
# Each at its best, they end close together. The test set, used once, says the same.

# %%
table = pd.DataFrame(
    {name: {"best rate": rate, "validation loss": loss} for name, (loss, rate, _) in best.items()}
).T
accuracies = {}
for name, (_, _, weights) in best.items():
    model.set_weights(weights)
    accuracies[name] = model.evaluate(x_test, y_test, verbose=0)[1]
table["test accuracy"] = accuracies
table.map("{:.3g}".format)

# %%
expect("lowest test accuracy", table["test accuracy"].min(), 0.90, 1.0)
expect("highest minus lowest", np.ptp(table["test accuracy"]), high=0.06)
expect("best rate of SGD / of Adam", table["best rate"]["SGD"] / table["best rate"]["Adam"], low=9)

# %% [markdown]
# Look at the column of the best rates: they differ by a factor of ten and more. A comparison of optimizers at *one* common rate
# says nothing about optimizers.
#
# ### Does Adam need no tuning?
#
# Adam's step hardly depends on the size of the gradients, and 0.001, the default, often works. Hence the saying. Look at the
# loss over the learning rate.

# %% alt="Validation loss over the learning rate for six optimizers, both axes logarithmic: each curve is a valley. Adam's and RMSProp's lie further left than the others; all rise steeply at the right end or before it."
by_rate = {
    name: np.array([histories[name, rate]["val_loss"][-1] for rate in NETWORK_RATES])
    for name in RULES
}
ax = plot_curves(
    NETWORK_RATES, by_rate, log="xy", xlabel="learning rate", ylabel="validation loss", colors=LOOK,
    title="Every optimizer has its valley of good rates, Adam too",
)  # fmt: skip

# %% [markdown]
# Every curve is a valley with walls on both sides. Adam's lies further left. Is it wider? Count the rates, of ten, whose loss is less
# than twice the best.

# %%
widths = {name: int(np.sum(losses < 2 * np.nanmin(losses))) for name, losses in by_rate.items()}
print(widths)
expect("Adam: good rates of ten", widths["Adam"], 1, 5)
adam_loss = dict(zip(NETWORK_RATES, by_rate["Adam"], strict=True))
expect("Adam: loss at 0.001 / at its best", adam_loss[1e-3] / min(adam_loss.values()), low=1.5)
expect("Adam: loss at 0.0001", adam_loss[1e-4], low=1.5)
expect("Adam: loss at 1", adam_loss[1.0], low=1.0)

# %% [markdown]
# A few rates work and the rest do not, for Adam as for the others. The famous default is not among the best here: for this
# task and this number of epochs it is too small.
#
# ## How large a batch?
#
# The gradient of a batch is an estimate of the gradient over all samples. How good? A linear softmax model makes it easy to compute the
# gradient of every single digit; batches are averages of these. Its distance from the full gradient is the **noise**.
#
# **Predict:** a batch four times as large, how much less noise?

# %%
rng = np.random.default_rng(seed)
errors = 0.1 - np.eye(10)[y_train]  # p − y of an untrained model: all classes at 0.1
per_sample = (x_train[:, :, None] * errors[:, None, :]).reshape(len(x_train), -1)
full = per_sample.mean(axis=0)
sizes = 4 ** np.arange(5)
noise = []
for size in sizes:
    batches = rng.integers(0, len(x_train), size=(200, size))
    distance = np.linalg.norm(per_sample[batches].mean(axis=1) - full, axis=1)
    noise.append(np.sqrt(np.mean(distance**2)) / np.linalg.norm(full))

# %% alt="Noise over batch size on logarithmic axes: the measured line coincides with the dashed one of one over the square root."
ax = plot_curves(
    sizes, {"measured": noise, "∝ 1/√batch": noise[0] / np.sqrt(sizes)}, log="xy", markers=False,
    title="Four times the batch, half the noise", xlabel="batch size", ylabel="noise / gradient",
)  # fmt: skip

# %% [markdown]
# Noise falls with the square root of the batch size, as the error of every mean does. Four times the arithmetic buys half the noise: a poor
# bargain. That is why small batches work at all.

# %%
slope = np.polyfit(np.log(sizes), np.log(noise), deg=1)[0]
expect("slope on logarithmic axes", slope, -0.6, -0.4)

# %% [markdown]
# The other side of the bargain is time. Processors like large matrices; every iteration has a fixed cost. Here is the same network, with
# momentum at one learning rate, for the same number of epochs.

# %%
model, memory = compiled(keras.optimizers.SGD(momentum=0.9))
rows = []
for size in BATCH_SIZES:
    for epochs in (1, EPOCHS):  # the first run compiles the loop, the second one is timed
        restart(model, first_weights, memory, 0.02)
        start = time.perf_counter()
        history = fit(model, x_train, y_train, batch_size=size, epochs=epochs, verbose=0)
    seconds = (time.perf_counter() - start) / EPOCHS
    rows.append((size, iterations(1_000, size), 1e3 * seconds, history.history["loss"][-1]))
columns = ["batch size", "iterations an epoch", "ms an epoch", f"loss after {EPOCHS} epochs"]
batch_table = pd.DataFrame(rows, columns=columns).set_index("batch size")
batch_table.round(3)

# %% [markdown]
# Large batches make epochs short, and learn less in each, because there are fewer steps in them. Small batches spend their time on
# overhead. In between lies a wide range where both are fine; 32 to 256 is where most people begin.

# %%
times, losses = batch_table["ms an epoch"], batch_table.iloc[:, -1]
expect("time an epoch, smallest batch / largest", times.iloc[0] / times.iloc[-1], low=2)
expect("loss, largest batch / smallest", losses.iloc[-1] / losses.iloc[0], low=3)

# %% [markdown]
# ## Learning-rate schedules
#
# Noise does not go away at a constant learning rate: near the minimum the steps are all noise, and the weights jitter around it. Large
# steps at first, small ones at the end would be better. A **schedule** sets the learning rate by the step.


# %%
def constant(step, total):
    return 1.0 + 0 * step


def stepwise(step, total):  # ten times smaller at one half and at three quarters
    return np.where(step <= total // 2, 1.0, np.where(step <= 3 * total // 4, 0.1, 0.01))


def cosine(step, total):
    return (1 + np.cos(np.pi * step / total)) / 2


def warm_up(step, total, share=0.1):  # a straight ramp, then the cosine
    ramp = share * total
    return np.where(step < ramp, step / ramp, cosine(step - ramp, total - ramp))


# %% alt="Four curves over 300 steps: a constant line; a staircase down at one half and three quarters; half a cosine wave from one to zero; and a short ramp up followed by the cosine."
SCHEDULES = {"constant": constant, "step": stepwise, "cosine": cosine, "warm-up": warm_up}
TOTAL = 300
steps = np.arange(TOTAL)
factors = {name: schedule(steps, TOTAL) for name, schedule in SCHEDULES.items()}
ax = plot_curves(
    steps, factors, markers=False, title="Four ways to spend 300 steps", xlabel="step",
    ylabel="share of the full rate",
)  # fmt: skip

# %% [markdown]
# Keras has them as objects that take the place of the number: `SGD(learning_rate=schedule)`. They agree with ours.

# %%
schedules = keras.optimizers.schedules
theirs = {
    "step": schedules.PiecewiseConstantDecay([TOTAL // 2, 3 * TOTAL // 4], [1.0, 0.1, 0.01]),
    "cosine": schedules.CosineDecay(1.0, TOTAL),
    "warm-up": schedules.CosineDecay(0.0, 270, warmup_target=1.0, warmup_steps=30),
}
for name, schedule in theirs.items():
    values = np.array([float(schedule(step)) for step in range(TOTAL)])
    expect(f"{name}: largest distance to Keras", np.abs(values - factors[name]).max(), high=1e-6)

# %% [markdown]
# What do they buy? Back to the ravine, now with noise on every gradient, as from a small batch. Five hundred runs at once, all
# with the full rate 0.03; the mean loss over the runs shows the trend without the jitter.

# %%
mean_loss = {}
for name in SCHEDULES:
    w = np.tile(np.array(START)[:, None], 500)  # one column a run
    mean_loss[name] = []
    for factor in factors[name]:
        mean_loss[name].append(ravine(*w).mean())
        gradient = ravine_gradient(w) + rng.normal(size=w.shape)
        w = w - 0.03 * factor * gradient
left = {name: values[-1] for name, values in mean_loss.items()}

# %% alt="Mean loss over 300 steps on a logarithmic axis. All fall; the constant rate levels off highest; step and cosine schedules end far lower."
ax = plot_curves(
    steps, mean_loss, log="y", markers=False, xlabel="step", ylabel="mean loss",
    title="A constant rate stops at the level of its noise",
)  # fmt: skip

# %% [markdown]
# With a constant rate the loss levels off where noise and descent balance. Whoever lowers the rate in time gets below that level.

# %%
for name in ("step", "cosine", "warm-up"):
    expect(f"constant / {name}, loss at the end", left["constant"] / left[name], low=3)

# %% [markdown]
# And the warm-up? In the ravine it was only a late start. It helps where the landscape is steepest *at the beginning*, as it often is
# for untrained networks. Here is such a loss, with one weight: $L(w) = \frac12 w^2 + \frac14 w^4$, a gentle valley with steep
# walls. The full rate is 0.5, good on the floor, far too large on the wall.


# %%
def down_the_wall(schedule, rate=0.5, w=3.0):
    for step in range(TOTAL):
        w = w - rate * schedule(step, TOTAL) * (w + w**3)
        if abs(w) > 1e6:
            break
    return abs(w)


expect("cosine: distance from the minimum", down_the_wall(cosine), low=1e6)
expect("warm-up: distance from the minimum", down_the_wall(warm_up), high=1e-3)

# %% [markdown]
# Without warm-up the first step already throws $w$ further up the opposite wall. With it, the first small steps leave the wall, and from
# then on the full rate does no harm.
#
# ## Recap
#
# - An iteration is one step on one batch; an epoch is as many iterations as it takes to see every sample once.
# - The steepest direction limits the learning rate, the flattest one pays for it.
# - Momentum remembers directions; Adagrad and RMSProp scale each weight; Adam does both. Each is a few lines.
# - Which one wins depends on the landscape. Compare them only with a learning rate tuned for each.
# - Four times the batch halves the noise. A schedule makes large steps first and quiet ones last.
#
# ## Common mistakes
#
# - **Changing the optimizer and keeping the learning rate.** 0.1 is fine for SGD and may be a disaster for Adam.
# - **Lowering the learning rate whenever something goes wrong.** Too small looks like "the model cannot learn this".
# - **Leaving Adam at 0.001** and calling the result the limit of the model.
# - **Enlarging the batch and keeping everything else.** There are fewer steps in an epoch now: train longer or with a larger rate.
# - **Running a schedule to the wrong end.** `decay_steps` counts iterations, not epochs.
# - **Choosing the rate on the test set.** That is what the validation data is for.
#
# ## Next
#
# You have all the parts: layers, activations, losses, gradients, optimizers. [Lesson 08](08_digits_mlp.ipynb) puts them
# together and reads handwritten digits.
