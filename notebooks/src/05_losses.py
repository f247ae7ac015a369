# %% [markdown]
# # 05 · Loss functions
#
# **How wrong is an answer, and what does training make of the number that we choose?**
#
# After this lesson you can
#
# - compute squared, absolute, Huber, hinge and cross-entropy losses by hand and check them with Keras;
# - choose a loss for numbers with outliers, for two classes and for many;
# - go from logits to a cross-entropy in four steps, and say what `from_logits=True` is for;
# - explain why squared error teaches a classifier slowly;
# - tell loss from accuracy, and test whether a model's probabilities can be trusted.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | Lesson 04 | under 30 s | a few numbers typed in below, and simulated points |

# %%
from nnlib.training import Snapshots, fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.models import linear_unit, mlp
from nnlib.plotting import plot_cross_entropy_steps, plot_curves, plot_history
from nnlib.plotting import plot_losses, plot_reliability, plot_robust_fit

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import FloatSlider, interact
from sklearn import datasets, linear_model

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
N_OUTLIERS = 3  # among 30 points
OUTLIER_HEIGHT = 20.0
START = -6.0  # the logit of a confident mistake
EPOCHS = 60

# %% [markdown]
# ## What a loss is for
#
# Training changes the weights a little, again and again, so that *one number* gets smaller: the **loss**. It has to
# say how wrong the answers are, and it needs a slope: if a small change of the weights leaves it as it was, training
# does not know where to go. There are many such numbers, and the choice decides what the model learns.
#
# ## Losses for numbers
#
# Four houses cost 3, 5, 2 and 4; the model says 2.5, 5, 4 and 8. The **error** $e$ is estimate minus truth.
#
# | Loss | of one error | mean of the four, by hand |
# | --- | --- | --- |
# | squared | $e^2$ | (0.25 + 0 + 4 + 16) / 4 = 5.0625 |
# | absolute | $\lvert e\rvert$ | (0.5 + 0 + 2 + 4) / 4 = 1.625 |
# | Huber | $\frac12 e^2$ up to $\lvert e\rvert = 1$, then $\lvert e\rvert - \frac12$ | (0.125 + 0 + 1.5 + 3.5) / 4 = 1.28125 |


# %%
def squared(error):
    return error**2


def absolute(error):
    return np.abs(error)


def huber(error):
    return np.where(np.abs(error) <= 1, error**2 / 2, np.abs(error) - 0.5)


# %% [markdown]
# The same three numbers from NumPy and from Keras. All columns have to agree.

# %%
y_true = np.array([3.0, 5.0, 2.0, 4.0])
y_said = np.array([2.5, 5.0, 4.0, 8.0])
errors = y_said - y_true
ours = {"squared": squared, "absolute": absolute, "Huber": huber}
keras_losses = (
    keras.losses.MeanSquaredError(),
    keras.losses.MeanAbsoluteError(),
    keras.losses.Huber(),
)
table = pd.DataFrame({"by hand": [5.0625, 1.625, 1.28125]}, index=list(ours))
table["NumPy"] = [loss(errors).mean() for loss in ours.values()]
table["Keras"] = [float(loss(y_true, y_said)) for loss in keras_losses]
expect("largest difference between the columns", np.ptp(table.to_numpy(), axis=1).max(), high=1e-6)
table

# %% [markdown]
# **Predict:** the last house has an error of 4. What share of the squared loss does it cause? Of the absolute loss?

# %%
expect(
    "share of the last house, squared", squared(errors)[-1] / squared(errors).sum(), 0.785, 0.795
)
expect(
    "share of the last house, absolute", absolute(errors)[-1] / absolute(errors).sum(), 0.61, 0.62
)

# %% [markdown]
# The last house alone makes up four fifths of the squared loss. Here is why.

# %% alt="Loss over error: a steep parabola for squared, a V for absolute, and Huber, which is round at the bottom and straight further out."
ax = plot_losses(ours, ylim=(0, 4.5), title="Large errors: squared explodes, the others stay calm")

# %% [markdown]
# Look at the slopes too, since they are what training feels. Squared: the further away, the harder the pull.
# Absolute: always the same pull, even a hair from the target. Huber joins the two: gentle near zero, constant far out.
#
# ### A mean or a median?
#
# Squeeze five numbers into one. **Predict:** which single answer $c$ for 1, 2, 3, 4 and 100 has the smallest squared
# loss? Which has the smallest absolute loss?

# %%
numbers = np.array([1, 2, 3, 4, 100])
candidates = np.arange(0, 100.5, 0.5)
errors = candidates[:, None] - numbers
best_squared = candidates[squared(errors).mean(axis=1).argmin()]
best_absolute = candidates[absolute(errors).mean(axis=1).argmin()]
expect("best answer, squared", best_squared, np.mean(numbers), np.mean(numbers))
expect("best answer, absolute", best_absolute, np.median(numbers), np.median(numbers))

# %% [markdown]
# The squared loss wants the **mean**, 22, which is near none of the five. The absolute loss wants the **median**, 3,
# and would want it just as well if the 100 were a million.
#
# ### The same with a line
#
# Thirty points near the line $y = 2x + 1$, and a few of them wrong: a comma in the wrong place, a broken sensor. One
# `Dense` unit is trained on all of them, once with each loss. Which of the three lines will find 2 and 1?

# %%
rng = np.random.default_rng(seed)
x = np.linspace(0, 5, 30)
y = 2 * x + 1 + rng.normal(scale=0.5, size=30)
is_outlier = np.zeros(30, dtype=bool)
is_outlier[30 - 2 * N_OUTLIERS :: 2] = True  # on the right, where they have leverage
y[is_outlier] += OUTLIER_HEIGHT

# %% [markdown]
# In Keras a loss is chosen by its name or as an object. 400 steps on all points at once are enough here.

# %%
lines, keras_names = {}, ("mean_squared_error", "mean_absolute_error", "huber")
for name, loss in zip(ours, keras_names, strict=True):
    unit = linear_unit()
    unit.compile(optimizer=keras.optimizers.Adam(0.1), loss=loss)
    fit(unit, x[:, None], y, batch_size=30, epochs=400, verbose=0)
    lines[name] = tuple(float(value.squeeze()) for value in unit.get_weights())
pd.DataFrame(lines, index=["w", "b"]).T.round(2)

# %% alt="Points along a rising line and a few crosses far above it on the right. The line fitted with squared error is tilted towards the crosses; the lines fitted with absolute error and Huber loss run through the other points."
ax = plot_robust_fit(x, y, lines, outliers=is_outlier)

# %% [markdown]
# A tenth of the points is enough to turn the squared-error line. The two others hardly notice. Which of them is
# "right"? That depends on the crosses: if they are mistakes, ignore them; if they are floods that a dam must hold
# back, they are the very thing to learn.
#
# Two oracles say whether Keras found what the losses ask for. For squared error it is least squares. For absolute
# error there is a fact to lean on: the best line passes through two of the points. So we try all pairs.


# %%
def least_absolute(x, y):
    """The line with the smallest mean absolute error, found among the lines through two points."""
    first, second = np.triu_indices(len(x), 1)
    w = (y[second] - y[first]) / (x[second] - x[first])
    b = y[first] - w * x[first]
    cost = np.abs(w[:, None] * x + b[:, None] - y).mean(axis=1)
    return w[cost.argmin()], b[cost.argmin()]


# %%
w_squared, w_absolute = np.polyfit(x, y, 1)[0], least_absolute(x, y)[0]
expect("squared: Keras's slope - oracle's", lines["squared"][0] - w_squared, -0.2, 0.2)
expect("absolute: Keras's slope - oracle's", lines["absolute"][0] - w_absolute, -0.1, 0.1)
expect("squared: distance of the slope from 2", abs(lines["squared"][0] - 2), low=1)
expect("absolute: distance of the slope from 2", abs(lines["absolute"][0] - 2), high=0.5)

# %% [markdown]
# Now you have one outlier in hand. Move it up and down: which line follows?


# %% alt="Ten points in a row and one outlier far above; the line of squared error is tilted towards it, the line of absolute error runs through the others."
@interact(height=FloatSlider(value=40, min=-20, max=40, step=1, description="outlier at"))
def explore(height):
    few, is_odd = np.arange(10.0), np.arange(10) == 8
    values = np.where(is_odd, height, few + 0.3 * np.cos(5 * few))
    both = {"squared": np.polyfit(few, values, 1), "absolute": least_absolute(few, values)}
    title = "Slope {:.2f} with squared error, {:.2f} with absolute".format(
        *[w for w, b in both.values()]
    )
    ax = plot_robust_fit(few, values, both, outliers=is_odd, title=title)
    ax.set_ylim(-21, 42)


# %% [markdown]
# The solid line is on a string that has no end. The dashed one lets go.
#
# ## Losses for two classes
#
# Let the truth be $y = +1$ or $-1$ and the model's answer a score $z$, positive for one class and negative for the
# other. Right or wrong shows in their product, the **margin** $m = y z$: positive is right, and the larger, the surer.
#
# | Loss | of one margin $m$ | for $m = 2$ | $0.5$ | $-1$ |
# | --- | --- | --- | --- | --- |
# | 0–1 (wrong or not) | 1 if $m \le 0$, else 0 | 0 | 0 | 1 |
# | squared | $(1 - m)^2$ | 1 | 0.25 | 4 |
# | hinge | $\max(0, 1 - m)$ | 0 | 0.5 | 2 |
# | binary cross-entropy | $\ln(1 + e^{-m})$ | 0.1269 | 0.4741 | 1.3133 |


# %%
def zero_one(margin):
    return (margin <= 0).astype(float)


def squared_margin(margin):
    return (1 - margin) ** 2


def hinge(margin):
    return np.maximum(0, 1 - margin)


def cross_entropy(margin):
    return np.logaddexp(0, -margin)  # ln(e⁰ + e⁻ᵐ), without overflow


# %% [markdown]
# Keras wants hinge labels as ±1 and cross-entropy labels as 0 or 1; the 0–1 loss is 1 minus the accuracy.

# %%
labels, scores = np.array([1.0, 1.0, -1.0]), np.array([2.0, 0.5, 1.0])
margins = labels * scores
by_keras = [
    1 - keras.metrics.BinaryAccuracy(threshold=0.0)((labels + 1) / 2, scores),
    keras.losses.MeanSquaredError()(labels, scores),
    keras.losses.Hinge()(labels, scores),
    keras.losses.BinaryCrossentropy(from_logits=True)((labels + 1) / 2, scores),
]
functions = {
    "0–1": zero_one, "squared": squared_margin, "hinge": hinge, "cross-entropy": cross_entropy,
}  # fmt: skip
table = pd.DataFrame({"by hand": [1 / 3, 5.25 / 3, 2.5 / 3, 1.9143 / 3]}, index=list(functions))
table["NumPy"] = [loss(margins).mean() for loss in functions.values()]
table["Keras"] = [float(value) for value in by_keras]
table.round(4)

# %% [markdown]
# By hand we kept four digits, so the first column may differ in the fifth.

# %%
expect("hand against NumPy", np.abs(table["by hand"] - table["NumPy"]).max(), high=2e-5)
expect("Keras against NumPy", np.abs(table["Keras"] - table["NumPy"]).max(), high=1e-6)

# %% alt="Loss over margin: the 0-1 loss is a step, hinge falls in a straight line to 0 at margin 1, cross-entropy falls smoothly towards 0, and squared falls to 0 at margin 1 and rises again."
ax = plot_losses(
    {name: functions[name] for name in ("squared", "cross-entropy", "hinge", "0–1")},
    ylim=(0, 4.3),
    xlabel="margin (right of 0: the answer is right)",
    title="Only squared error punishes being too right",
    label_at={"0–1": -2.3, "squared": -0.8, "hinge": -2.2, "cross-entropy": -1.6},
)

# %% [markdown]
# - **0–1** is what we care about, and no use for training: its slope is 0 everywhere, except for the jump.
# - **Squared** turns up again on the right. It punishes a model for being *more* right than asked.
# - **Hinge** is content once the margin is 1; such points no longer pull.
# - **Cross-entropy** always wants a little more, but ever less. It is the one used in nearly all classifiers.
#
# ## Cross-entropy, step by step
#
# With more than two classes the network gives one logit a class. Say it looks at a photograph and answers: cat 2,
# dog 1, sheep −1. The photograph shows a **dog**.

# %%
names = ["cat", "dog", "sheep"]
logits = np.array([2.0, 1.0, -1.0])
powers = np.exp(logits)
shares = powers / powers.sum()
losses = -np.log(shares)
pd.DataFrame(
    {"logit": logits, "exponential": powers, "share": shares, "−ln(share)": losses}, index=names
).round(4)

# %% [markdown]
# Read it column by column, from left to right: that is the whole computation. As a picture:

# %% alt="Four bar charts with a bar for cat, dog and sheep: logits 2, 1, -1; exponentials 7.389, 2.718, 0.368; shares 0.705, 0.259, 0.035; and the losses 0.349, 1.349, 3.349, of which that of dog is filled."
axes = plot_cross_entropy_steps(
    logits, names=names, true="dog", title="The photograph shows a dog: the loss is 1.349"
)

# %% [markdown]
# Only the share of the true class counts, and the loss is $-\ln$ of it: 0 for a share of 1, and without limit as the
# share goes to 0. Had it been a cat, the loss would be 0.349; for a sheep, 3.349.
#
# Those three end in the same digits. No accident: $-\ln\frac{e^{z_i}}{S} = \ln S - z_i$ with the sum
# $S = \sum_j e^{z_j}$. The same constant, minus the logit of the true class.

# %%
expect("share of dog", shares[1], 0.25945, 0.25955)
for name, value, exact in zip(names, losses, (0.3490, 1.3490, 3.3490), strict=True):
    expect(f"loss if it is a {name}", value, exact - 5e-5, exact + 5e-5)
expect("ln S", np.log(powers.sum()), 2.34895, 2.34905)

# %% [markdown]
# ### One-hot or a number?
#
# Keras takes the truth in two forms: **one-hot**, a vector with a 1 at the true class, or **sparse**, just the number
# of the class. They give the same loss; they only differ in what you have at hand.

# %%
one_hot = keras.losses.CategoricalCrossentropy(from_logits=True)
sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
dog_one_hot, dog_sparse = np.array([[0.0, 1.0, 0.0]]), np.array([1])
loss_one_hot = float(one_hot(dog_one_hot, logits[None]))
loss_sparse = float(sparse(dog_sparse, logits[None]))
expect("one-hot", loss_one_hot, 1.34895, 1.34905)
expect("one-hot - sparse", loss_one_hot - loss_sparse, -1e-6, 1e-6)

# %% [markdown]
# ### What should the loss be at the start?
#
# **Predict:** a network has just been built, with random weights, for ten classes. Roughly what loss does it begin
# with?
#
# It knows nothing, so it gives each class about the same share, $1/k$. The loss is then about $-\ln(1/k) = \ln k$.

# %%
noise = rng.normal(size=(500, 20)).astype("float32")
rows = []
for k in (2, 3, 10, 100):
    fresh = mlp(20, units=(64,), n_classes=k, output="linear")
    fresh.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    rows.append((k, np.log(k), fresh.evaluate(noise, rng.integers(k, size=500), verbose=0)))
start = pd.DataFrame(rows, columns=["classes", "ln(classes)", "loss at the start"])
start.round(3)

# %% [markdown]
# How far is that from $\ln k$?

# %%
ratios = start["loss at the start"] / start["ln(classes)"]
expect("smallest loss at the start / ln(classes)", ratios.min(), 0.9, 1.4)
expect("largest loss at the start / ln(classes)", ratios.max(), 1.0, 1.7)

# %% [markdown]
# Near $\ln k$, and rather above it, since random weights are not quite undecided. This is worth knowing by heart:
# **0.69 for two classes, 2.30 for ten.** A loss that stays there says that nothing is being learned; one that begins
# far above says that something is wrong with the inputs or the labels.
#
# ## Logits or probabilities?
#
# There are two ways to the same loss: end the network with softmax and give the loss probabilities, or end it with
# plain logits and say `from_logits=True`, so that the loss does the softmax itself. On paper they are equal.
#
# **Predict:** the network is sure of a cat, with a logit of 1,000, and it is a dog, with logit 0. What is the loss?


# %%
def naive(logits):
    """Softmax, then −ln, exactly as written above, in the 32-bit numbers that networks use."""
    with np.errstate(all="ignore"):
        powers = np.exp(logits, dtype="float32")
        return -np.log(powers / powers.sum())[1]


def two_steps(logits):
    """Keras's careful softmax; then the probabilities go to the loss as plain numbers."""
    probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(logits[None]))
    return float(keras.losses.categorical_crossentropy(dog_one_hot, probabilities)[0])


# %% [markdown]
# Now let the wrong logit grow, and compute the loss in three ways.

# %%
rows = {}
for wrong_logit in (5, 20, 100, 1000, 1001):
    z = np.array([wrong_logit, 0, 0], dtype="float32")
    rows[f"logit {wrong_logit}"] = {
        "written out": naive(z),
        "softmax, then loss": two_steps(z),
        "from_logits": float(one_hot(dog_one_hot, z[None])),
    }
table = pd.DataFrame(rows).T
table.round(4)

# %% [markdown]
# The first column breaks: $e^{100}$ does not fit into a 32-bit number, so the share of dog is something divided by
# infinity, and the loss is infinite too (`inf`). The second survives, but the probability of dog is rounded to 0, and Keras replaces it by a tiny number so that the
# logarithm exists. So the loss is stuck at 16.1, however wrong the answer. It has no slope left: the network cannot
# learn from its worst mistakes. Only the last column is right.

# %%
expect("written out at 1,000 is finite", int(np.isfinite(rows["logit 1000"]["written out"])), 0, 0)
expect("softmax, then loss, at 1,000", rows["logit 1000"]["softmax, then loss"], 16.117, 16.119)
expect("from_logits at 1,000", rows["logit 1000"]["from_logits"], 1000, 1000)
slopes = table.loc["logit 1001"] - table.loc["logit 1000"]
expect("slope of softmax, then loss", slopes["softmax, then loss"], 0, 0)
expect("slope of from_logits", slopes["from_logits"], 1, 1)

# %% [markdown]
# How does `from_logits` do it? It never computes the share. It uses $\ln S - z_{\text{true}}$, with the largest logit
# $z_{\max}$ taken out of the sum first, so that no power exceeds 1:
#
# $$\text{loss} = \ln \sum_j e^{z_j - z_{\max}} + z_{\max} - z_{\text{true}}$$


# %%
def stable_cross_entropy(logits, true):
    largest = np.max(logits)
    return np.log(np.exp(logits - largest).sum()) + largest - logits[true]


# %%
expect("a logit of 1,000", stable_cross_entropy(np.array([1000.0, 0.0, 0.0]), true=1), 1000, 1000)
expect("cat, dog, sheep", stable_cross_entropy(logits, true=1), 1.34895, 1.34905)

# %% [markdown]
# (Keras is kinder than our second column: where softmax is the very last layer of a model, it remembers the logits
# and uses them in secret. As soon as anything stands between, that is lost. With `from_logits=True` you need no luck.)
#
# ## Why not squared error for classes?
#
# It can be done: softmax or sigmoid, then the squared difference to 0 or 1. Let us see what a *confident mistake*
# would feel. One sigmoid output $p = \sigma(z)$, the truth is 1. The slopes with respect to the logit $z$:
#
# $$\text{squared error } (p - 1)^2: \quad 2\,(p - 1)\,p\,(1 - p)
# \qquad\qquad \text{cross-entropy } -\ln p: \quad p - 1$$
#
# The squared error has the sigmoid's own slope $p(1-p)$ in it, which lesson 04 showed to vanish. In the cross-entropy it
# cancels. First, finite differences check both formulas.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def slope_squared(z):
    return 2 * (sigmoid(z) - 1) * sigmoid(z) * (1 - sigmoid(z))


def slope_cross_entropy(z):
    return sigmoid(z) - 1


# %% [markdown]
# (`h` is the small step of the finite differences, as in lesson 04.)

# %%
z, h = np.linspace(-8, 8, 161), 1e-5
measured_squared = ((sigmoid(z + h) - 1) ** 2 - (sigmoid(z - h) - 1) ** 2) / (2 * h)
measured_entropy = -(np.log(sigmoid(z + h)) - np.log(sigmoid(z - h))) / (2 * h)
expect(
    "squared: formula against measured",
    np.abs(slope_squared(z) - measured_squared).max(),
    high=1e-8,
)
expect(
    "cross-entropy: the same", np.abs(slope_cross_entropy(z) - measured_entropy).max(), high=1e-8
)

# %% alt="Pull over the logit from -8 to 8. Cross-entropy: 1 on the far left, falling to 0 on the right. Squared error: a low hump in the middle, and 0 at both ends."
ax = plot_losses(
    {
        "squared error": lambda z: -slope_squared(z),
        "cross-entropy": lambda z: -slope_cross_entropy(z),
    },
    xlim=(-8, 8),
    xlabel="logit (the truth is 1, so the left is wrong)",
    ylabel="pull towards the right",
    title="Where the answer is most wrong, squared error lets go",
    label_at={"cross-entropy": -4.5, "squared error": -3.4},
)

# %% [markdown]
# Far left, where the model is sure and wrong, cross-entropy pulls with full force. Squared error hardly pulls at all:
# the worse the mistake, the less it teaches.
#
# **Predict:** both start at a logit of −6 and take steps of gradient descent with learning rate 1. How many steps until
# the answer is right?


# %%
def descend(slope, steps=400):
    """The probability of the true class after each step of gradient descent on the logit."""
    z, path = START, []
    for _ in range(steps + 1):
        path.append(sigmoid(z))
        z -= slope(z)
    return np.array(path)


# %%
paths = {"squared error": descend(slope_squared), "cross-entropy": descend(slope_cross_entropy)}
steps = {name: int((path > 0.5).argmax()) for name, path in paths.items()}
print(steps)

# %% alt="Probability of the true class over 400 steps. Cross-entropy rises to nearly 1 at once. Squared error stays near 0 for a long time and then rises."
ax = plot_curves(
    np.arange(401), paths, markers=False, xlabel="step", ylabel="probability of the true class",
    title="The same mistake, the same steps, two losses",
)  # fmt: skip

# %% [markdown]
# Cross-entropy has repaired the mistake within a few steps. Squared error sits on a plateau first. A plateau looks
# just like an end: this is a gradient near zero that is *not* a minimum.

# %%
if START == -6:
    expect(
        "ratio of the slopes at the start",
        slope_cross_entropy(START) / slope_squared(START),
        200,
        205,
    )
    expect("steps with cross-entropy", steps["cross-entropy"], 7, 7)
    expect("steps with squared error", steps["squared error"], 214, 214)

# %% [markdown]
# ## Adding a penalty
#
# A loss may also say what *weights* we prefer. Two penalties are common, added to the loss with a factor $\lambda$:
#
# $$\text{L1} = \sum_i |w_i| \qquad\qquad \text{L2} = \frac12 \sum_i w_i^2$$
#
# Take the input $x = [1, 1, 1, 1]$ and two units, with weights $[1, 0, 0, 0]$ and
# $[\frac14, \frac14, \frac14, \frac14]$. Both give the output 1, so no loss on the output can tell them apart.
# **Predict:** which of them has the smaller L1, and which the smaller L2?

# %%
x_ones = np.ones(4)
weights = {"w₁": np.array([1.0, 0, 0, 0]), "w₂": np.full(4, 0.25)}
rows = {}
for name, w in weights.items():
    rows[name] = {"output": w @ x_ones, "L1": np.abs(w).sum(), "L2": 0.5 * (w**2).sum()}
    rows[name]["L1 by Keras"] = float(keras.regularizers.L1(1.0)(w))
    rows[name]["L2 by Keras"] = float(keras.regularizers.L2(0.5)(w))
table = pd.DataFrame(rows).T
table

# %% [markdown]
# Equal by L1, and a factor of four by L2:

# %%
expect("L1 of w₁", table.loc["w₁", "L1"], 1, 1)
expect("L1 of w₂", table.loc["w₂", "L1"], 1, 1)
expect("L2 of w₁", table.loc["w₁", "L2"], 0.5, 0.5)
expect("L2 of w₂", table.loc["w₂", "L2"], 0.125, 0.125)
expect(
    "Keras - ours", np.abs(table.iloc[:, 3:].to_numpy() - table.iloc[:, 1:3].to_numpy()).max(), 0, 0
)

# %% [markdown]
# L1 does not care which of the two it is. L2 prefers to spread the work over many small weights, since squares make a
# large weight dear. (Note the ½: Keras's `L2(0.01)` is $0.01 \sum w^2$ without it.) Lesson 11 shows what each of them
# does to a network that has learned its data by heart.
#
# ## Loss and accuracy are two different things
#
# We train with a loss and judge by accuracy. Surely they move together? Here are three models and four images each,
# with the share that each gave to the *true* one of two classes. An answer is right above 0.5. **Predict** the order
# by accuracy and by cross-entropy.

# %%
given = {
    "timid": [0.6, 0.6, 0.6, 0.4],
    "bold": [0.99, 0.99, 0.99, 0.4],
    "reckless": [0.99, 0.99, 0.99, 0.0001],
}
rows = {}
for name, true_shares in given.items():
    true_shares = np.array(true_shares)
    rows[name] = {
        "accuracy": np.mean(true_shares > 0.5),
        "cross-entropy": -np.log(true_shares).mean(),
    }
pd.DataFrame(rows).T.round(3)

# %%
expect("timid", rows["timid"]["cross-entropy"], 0.6115, 0.6125)
expect("reckless", rows["reckless"]["cross-entropy"], 2.305, 2.315)

# %% [markdown]
# One accuracy, three losses. Accuracy asks on which side of 0.5 a share lies; the loss asks how far. A single mistake
# made with full confidence costs more than all the rest.
#
# ### In a real training
#
# Two classes, 20 measurements a sample, only five of which say anything. And the labels are not to be trusted: 15 % of
# them were drawn by lot. 500 samples to train, 1,000 to validate, 1,000 to test.

# %%
x_all, y_all = datasets.make_classification(
    2500, n_features=20, n_informative=5, n_redundant=0, flip_y=0.15, random_state=seed
)
x_train, x_val, x_test = np.split(x_all.astype("float32"), [500, 1500])
y_train, y_val, y_test = np.split(y_all, [500, 1500])
linear = linear_model.LogisticRegression().fit(x_train, y_train)
print(f"accuracy in validation: guessing 0.5, logistic regression {linear.score(x_val, y_val):.3f}")

# %% [markdown]
# The network gives one logit. We keep a copy of its weights after each epoch.

# %%
model = mlp(20, units=(64, 64), n_classes=1, output="linear")
model.compile(
    optimizer=keras.optimizers.Adam(0.003),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)],
)
snapshots = Snapshots()
history = fit(
    model, x_train, y_train, epochs=EPOCHS, validation_data=(x_val, y_val), callbacks=[snapshots]
)

# %% [markdown]
# **Predict:** the validation loss will rise after a while, because the network learns the training data by heart. What
# will the validation accuracy do?

# %% alt="Left: the training loss falls to 0, the validation loss falls briefly and then climbs to more than twice its minimum. Right: the training accuracy climbs to 1, the validation accuracy levels off early and sinks a little."
figure, axes = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
plot_history(history, title="The validation loss climbs and climbs", ax=axes[0])
ax = plot_history(history, "accuracy", title="The validation accuracy sinks a little", ax=axes[1])

# %% [markdown]
# By its loss the network becomes more than twice as bad. By its accuracy it loses a few points. It is not wrong much
# *more often*; it is wrong with ever more confidence.

# %%
val_loss, val_accuracy = (np.array(history.history[name]) for name in ("val_loss", "val_accuracy"))
best = int(val_loss.argmin())
print(f"lowest validation loss after epoch {best + 1}")
expect("validation loss, last / lowest", val_loss[-1] / val_loss[best], low=2)
expect("validation accuracy, last - then", val_accuracy[-1] - val_accuracy[best], -0.1, 0.03)

# %% [markdown]
# ## Is a sigmoid's 0.9 a probability?
#
# It lies between 0 and 1, so it looks like one. To *be* one, it has to keep its word: of all answers with 0.9, nine in
# ten should be right. Such a model is called **calibrated**. That can be checked on the test data, for the weights of
# the best epoch and for those of the last.


# %%
def test_logits(epoch):
    """The logits for the test data with the weights as they were after an epoch."""
    model.set_weights(snapshots.weights[epoch])
    return model.predict(x_test, verbose=0).ravel()


# %%
logits = {"lowest validation loss": test_logits(best + 1), "last epoch": test_logits(EPOCHS)}
probabilities = {name: sigmoid(values) for name, values in logits.items()}

# %% [markdown]
# The diagram collects the answers by the probability that was given, and asks how often it came true. What will the
# two curves look like?

# %% alt="Share that was true over the probability given. The curve of the best epoch follows the diagonal; that of the last epoch is flatter: above the diagonal on the left and below it on the right."
ax = plot_reliability(
    {name: (y_test, values) for name, values in probabilities.items()},
    title="The longer it trained, the less its numbers mean",
)

# %% [markdown]
# Early on the network roughly keeps its word. At the end it does not: what it calls certain is often wrong. A sigmoid
# makes numbers between 0 and 1; only training with a fitting loss makes them probabilities, and too much of it unmakes
# them again.

# %%
rows = {}
for name, p in probabilities.items():
    confidence, right = np.maximum(p, 1 - p), (p > 0.5) == y_test
    rows[name] = {"accuracy": right.mean(), "mean confidence": confidence.mean()}
    rows[name]["share of answers above 0.95"] = (confidence > 0.95).mean()
    rows[name]["right among those"] = right[confidence > 0.95].mean()
table = pd.DataFrame(rows).T
gap = table["mean confidence"] - table["accuracy"]
table.round(3)

# %%
expect("confidence - accuracy, lowest validation loss", gap.iloc[0], -0.08, 0.08)
expect("confidence - accuracy, last epoch", gap.iloc[1], 0.08, 0.35)
expect("last epoch: right among the answers above 0.95", table.iloc[1, 3], 0.6, 0.93)

# %% [markdown]
# ### A cure in one number
#
# Divide all logits by the same number $T$, the **temperature**. A logit's sign stays as it is, so every decision and
# the accuracy stay *exactly* the same. Only the confidence shrinks. We choose $T$ on the validation data.


# %%
def entropy_at(temperature, logits, labels):
    return cross_entropy((2 * labels - 1) * logits / temperature).mean()


# %%
validation_logits = model.predict(x_val, verbose=0).ravel()
temperatures = np.geomspace(0.5, 50, 200)
T = min(temperatures, key=lambda t: entropy_at(t, validation_logits, y_val))
before, after = (entropy_at(t, logits["last epoch"], y_test) for t in (1, T))
cooled = sigmoid(logits["last epoch"] / T)
print(f"temperature {T:.1f}: test loss {before:.2f} becomes {after:.2f}")

# %% [markdown]
# What became of the decisions, and of the confidence?

# %%
same = np.mean((cooled > 0.5) == (probabilities["last epoch"] > 0.5))
confidence = np.maximum(cooled, 1 - cooled).mean()
expect("share of decisions unchanged", same, 1, 1)
expect("loss before / after", before / after, low=1.5)
expect("confidence - accuracy", confidence - table.iloc[1, 0], -0.08, 0.08)

# %% [markdown]
# The loss falls by a good part, the accuracy by nothing. Nobody who has seen this will say that the two move together.
#
# ## Choosing
#
# | Task | Output | Loss |
# | --- | --- | --- |
# | a number | 1 unit, linear | `MeanSquaredError` |
# | a number, outliers that are mistakes | 1 unit, linear | `Huber` or `MeanAbsoluteError` |
# | two classes | 1 unit, linear | `BinaryCrossentropy(from_logits=True)` |
# | several labels may be true | 1 unit a label, linear | `BinaryCrossentropy(from_logits=True)` |
# | exclusive classes, labels 0, 1, 2 … | 1 unit a class, linear | `SparseCategoricalCrossentropy(from_logits=True)` |
# | exclusive classes, one-hot labels | 1 unit a class, linear | `CategoricalCrossentropy(from_logits=True)` |
#
# With sigmoid or softmax as the last activation, drop `from_logits=True`.
#
# ## Recap
#
# - A loss is one number that says how wrong, with a slope that says where to go.
# - Squared error seeks the mean and follows outliers; absolute error seeks the median and does not; Huber is in between.
# - Cross-entropy is $-\ln$ of the share of the true class, equal to $\ln S - z_{\text{true}}$; at the start about
#   $\ln k$.
# - Hand logits to the loss. Squared error lets go of confident mistakes; cross-entropy pulls hardest there.
# - A penalty on the weights is part of the loss: L1 the sum of absolute values, L2 half the sum of squares.
# - Loss, accuracy and calibration are three different questions.
#
# ## Common mistakes
#
# - **Logits without `from_logits=True`**, or softmax *with* it. Keras does not complain; the number is just wrong.
# - **One-hot labels with the sparse loss**, or the other way round.
# - **Comparing losses of different kinds.** A Huber loss of 1.28 is not better than a squared one of 5.06 on the same
#   answers; it is another ruler.
# - **Stopping by accuracy or by loss without thinking.** Ask which one the task is about: decisions or probabilities.
# - **Reading 0.99 as "99 % sure"** without ever having checked.
#
# ## Next
#
# Training needs the slope of the loss with respect to every single weight. [Lesson 06](06_backpropagation.ipynb) computes all
# of them by hand, for a whole network, in one sweep from back to front.
