# %% [markdown]
# # 05 · Loss functions
#
# **How wrong is an answer, and what does training make of the number that we choose?**
#
# After this lesson you can
#
# - compute squared, absolute, Huber, hinge and cross-entropy losses by hand, with their slopes, and check them with
#   Keras;
# - choose a loss for numbers with outliers, for two classes and for many;
# - go from logits to a cross-entropy in four steps, and say what `from_logits=True` does and when its absence is
#   silent;
# - explain why squared error trains a classifier slowly after a confident mistake;
# - tell loss, accuracy and calibration apart, and draw a calibration diagram.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 01–04 | under 45 s | a few numbers typed in, and simulated points |

# %%
from nnlib.training import Snapshots, fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.models import linear_unit, mlp
from nnlib.plotting import COLORS, plot_cross_entropy_steps, plot_curves
from nnlib.plotting import plot_losses, plot_points, plot_reliability

import warnings
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
RUNS = 5

# %% [markdown]
# ## What a loss is for
#
# Training changes the weights a little, again and again, so that *one number* gets smaller: the **loss**. It says how
# wrong the answers are. It also needs a slope: if a small change of the weights leaves the loss as it was, no direction
# is better than another, and training stands still. Many losses are possible, and the choice decides what the model
# learns.
#
# ## Losses for numbers
#
# Four houses cost 3, 5, 2 and 4 (in units of 100,000 euros); the model says 2.5, 5, 4 and 8. The **error** $e$ is the
# estimate minus the truth: −0.5, 0, 2 and 4.
#
# | Loss | of one error | mean of the four, by hand |
# | --- | --- | --- |
# | squared | $e^2$ | (0.25 + 0 + 4 + 16) / 4 = 5.0625 |
# | absolute | $\lvert e\rvert$ | (0.5 + 0 + 2 + 4) / 4 = 1.625 |
# | **Huber**, δ = 1 | $\frac12 e^2$ up to $\lvert e\rvert = δ$, then $δ\,(\lvert e\rvert - \frac12 δ)$ | (0.125 + 0 + 1.5 + 3.5) / 4 = 1.28125 |
#
# (The $-\frac12 δ$ makes the two parts of the Huber loss meet at $\lvert e\rvert = δ$.)
#
# We compute the three means again with NumPy and with Keras: the three columns have to agree. (`np.ptp` is the largest
# value minus the smallest.)
#
# **Predict:** the last house has an error of 4. What share of the squared loss comes from it alone? What share of the
# absolute loss?


# %%
def huber(error, delta=1.0):
    size = np.abs(error)
    return np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))


ours = {"squared": lambda error: error**2, "absolute": np.abs, "Huber": huber}
y_true, y_said = np.array([3.0, 5.0, 2.0, 4.0]), np.array([2.5, 5.0, 4.0, 8.0])
errors = y_said - y_true
table = pd.DataFrame({"by hand": [5.0625, 1.625, 1.28125]}, index=list(ours))
table["NumPy"] = [loss(errors).mean() for loss in ours.values()]
in_keras = keras.losses.MeanSquaredError(), keras.losses.MeanAbsoluteError(), keras.losses.Huber()
table["Keras"] = [float(loss(y_true, y_said)) for loss in in_keras]
expect("largest difference between the columns", np.ptp(table.to_numpy(), axis=1).max(), high=1e-6)
table["share of the last house"] = [loss(errors)[-1] / loss(errors).sum() for loss in ours.values()]
table.round(5)

# %% [markdown]
# One house of four causes four fifths of the squared loss. Why? Look at the losses over the error, and at their slopes:
# the size of the slope decides how far an error moves the weights.

# %% alt="Left, loss over error: a steep parabola for squared, a V for absolute, and Huber, which is round at the bottom and straight further out. Right, the slopes: a rising line for squared, minus one and plus one for absolute, and for Huber a line that levels off at minus one and plus one."
slopes = {
    "squared": lambda e: 2 * e,
    "absolute": np.sign,
    "Huber": lambda e: np.clip(e, -1, 1),
}
axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")[1]
plot_losses(ours, ylim=(0, 4.5), title="Loss", ax=axes[0])
ax = plot_losses(slopes, ylim=(-4.5, 4.5), title="Slope of the loss", ylabel="slope", ax=axes[1])

# %% [markdown]
# - **Squared:** the slope grows with the error. The largest errors decide.
# - **Absolute:** the slope is +1 or −1 for every error, large or tiny. It does not get smaller near the target, so with
#   a fixed learning rate the steps do not get smaller either, and jump over the target.
# - **Huber:** like squared for small errors (its slope there is $e$), like absolute for large ones: from δ on the slope
#   is +δ or −δ. δ is the border between the two. In Keras, `keras.losses.Huber(delta=2)` has another δ than 1.
#
# ### δ has a unit
#
# δ is compared with errors, so it has the unit of the target. Write the same prices in thousands of euros, so that
# every number is 100 times as large, and leave δ at 1. (The means are divided by 100 again, so that the two lines can
# be compared.) **Predict:** which of the two other losses will the Huber loss be close to?

# %%
for unit, factor in (("100,000 euros", 1), ("1,000 euros", 100)):
    means = {name: loss(errors * factor).mean() / factor for name, loss in ours.items()}
    print(f"in units of {unit}: Huber {means['Huber']:.4f}, absolute {means['absolute']:.4f}")

# %% [markdown]
# In the small unit every error but 0 is larger than δ, and the Huber loss is nearly the absolute loss. Choose δ after a
# look at the size of usual errors.
#
# ### One answer for five numbers
#
# Replace five numbers by one. **Predict:** which single answer $c$ for 1, 2, 3, 4 and 100 has the smallest squared
# loss? Which has the smallest absolute loss?

# %%
numbers = np.array([1, 2, 3, 4, 100])
candidates = np.arange(0, 100.5, 0.5)
by_squared = [ours["squared"](c - numbers).mean() for c in candidates]
by_absolute = [ours["absolute"](c - numbers).mean() for c in candidates]
best = candidates[np.argmin(by_squared)], candidates[np.argmin(by_absolute)]
print(f"best answer by squared loss {best[0]:g}, by absolute loss {best[1]:g}")

# %% [markdown]
# The squared loss is smallest at the **mean**, which is near none of the five. The absolute loss is smallest at the
# **median**, the number in the middle; if the 100 were a million, it would stay there. The slopes say why. The best $c$
# has slope 0. For the squared loss the sum of all errors must be 0: that is the mean. For the absolute loss each number
# below $c$ adds +1 and each number above −1, so as many must lie below as above.
#
# ### The same with a line
#
# Thirty points lie near the line $y = 2x + 1$, but a few are wrong: a decimal point in the wrong place, a broken
# sensor. Such points are **outliers**. One `Dense` unit is trained on all points, once with each loss.
#
# In Keras a loss is chosen by its name or as an object. Five sets of points are drawn, and each loss gets all five.
# **Predict:** the outliers are on the right and 20 too high. Which of the three lines will be too steep?

# %%
x, is_outlier = np.linspace(0, 5, 30), np.zeros(30, dtype=bool)
is_outlier[30 - 2 * N_OUTLIERS :: 2] = True  # every second one of the last six
sets = []
for run in range(RUNS):
    noise = np.random.default_rng(seed + run).normal(scale=0.5, size=30)
    sets.append(2 * x + 1 + noise + OUTLIER_HEIGHT * is_outlier)
lines = {}
for name, loss in (("squared", "mse"), ("absolute", "mae"), ("Huber", "huber")):
    unit = linear_unit()
    unit.compile(optimizer=keras.optimizers.Adam(0.1), loss=loss)
    for run, y in enumerate(sets):
        unit.set_weights([np.zeros((1, 1)), np.zeros(1)])
        fit(unit, x.reshape(-1, 1), y, batch_size=30, epochs=400, verbose=0)
        lines[name, run] = [float(value.item()) for value in unit.get_weights()]

# %% alt="Points along a rising line and a few crosses far above it on the right. The line fitted with squared error is tilted towards the crosses; the lines fitted with absolute error and Huber loss run through the other points."
shown = [(*lines[name, 0], name) for name in ours]
ax = plot_points(x, sets[0], lines=shown, outliers=is_outlier, title="The first of the five sets")

# %% [markdown]
# The slopes of all fifteen lines (without outliers it would be about 2), and two other methods that find the best line
# for a loss without gradient descent: least squares for the squared loss, and scikit-learn's median regression for the
# absolute one.

# %%
fitted = pd.DataFrame({name: [lines[name, run][0] for run in range(RUNS)] for name in ours})
fitted["least squares"] = [np.polyfit(x, y, 1)[0] for y in sets]
median = linear_model.QuantileRegressor(quantile=0.5, alpha=0)
fitted["median regression"] = [median.fit(x.reshape(-1, 1), y).coef_[0] for y in sets]
apart = (fitted.squared - fitted["least squares"]).abs().max()
expect("squared: largest distance to least squares", apart, high=0.2)
apart = (fitted.absolute - fitted["median regression"]).abs().max()
expect("absolute: largest distance to median regression", apart, high=0.15)
expect("squared: smallest distance of the slope from 2", (fitted.squared - 2).abs().min(), low=1)
robust = (fitted[["absolute", "Huber"]] - 2).abs().to_numpy().max()
expect("absolute and Huber: largest distance from 2", robust, high=0.6)
fitted.round(2)

# %% [markdown]
# A tenth of the points is enough to turn the squared-error line; the two others hardly change. Which of them is "right"
# depends on the crosses in the figure. If they are mistakes, a loss that hardly follows them is right. If they are real
# and important, such as floods for the builder of a dam, it is wrong.
#
# Now move one outlier up and down: which line follows?


# %% alt="Ten points in a row and one outlier far above; the line of squared error is tilted towards it, the line of absolute error runs through the others."
@interact(height=FloatSlider(value=40, min=-20, max=40, step=5, description="outlier at"))
def explore(height):
    few, is_odd = np.arange(10.0), np.arange(10) == 8
    values = np.where(is_odd, height, few + 0.3 * np.cos(5 * few))
    middle = median.fit(few.reshape(-1, 1), values)
    both = [(*np.polyfit(few, values, 1), "squared")]
    both += [(middle.coef_[0], middle.intercept_, "absolute")]
    title = "Slopes: " + ", ".join(f"{name} {w:.2f}" for w, _, name in both)
    ax = plot_points(few, values, lines=both, outliers=is_odd, title=title)
    ax.set_ylim(-21, 42)


# %% [markdown]
# The squared-error line follows the outlier. The other one stays with the nine points.
#
# ## Losses for two classes
#
# Let the truth be $y = +1$ or $-1$ and the model's answer a score $z$, positive for one class and negative for the
# other. Their product, the **margin** $m = y z$, says how right the answer is: positive for a right answer, negative
# for a wrong one, and far from 0 when the score is far from 0.
#
# | Loss | of one margin $m$ | for $m = 2$ | $0.5$ | $-1$ |
# | --- | --- | --- | --- | --- |
# | 0–1 (wrong or not) | 1 if $m \le 0$, else 0 | 0 | 0 | 1 |
# | squared | $(1 - m)^2$ | 1 | 0.25 | 4 |
# | **hinge** | $\max(0, 1 - m)$ | 0 | 0.5 | 2 |
# | **binary cross-entropy** | $\ln(1 + e^{-m})$ | 0.1269 | 0.4741 | 1.3133 |
#
# The squared loss is the one from above: since $y^2 = 1$, $(y - z)^2 = (1 - yz)^2$. The formula of the cross-entropy is
# derived below (*One loss in three forms*).
#
# (`from_logits=True` tells Keras that it gets scores, not probabilities; more below.) **Predict:** which of the four
# losses has no slope to train with? Which of them is large again for answers that are right by far?

# %%
functions = {
    "0–1": lambda m: (m <= 0).astype(float),
    "squared": lambda m: (1 - m) ** 2,
    "hinge": lambda m: np.maximum(0, 1 - m),
    "cross-entropy": lambda m: np.log(1 + np.exp(-m)),
}
labels, scores = np.array([1.0, 1.0, -1.0]), np.array([2.0, 0.5, 1.0])  # margins 2, 0.5, −1
margins, zero_or_one = labels * scores, (labels + 1) / 2  # Keras wants 0 or 1 for cross-entropy
table = pd.DataFrame({"by hand": [1 / 3, 5.25 / 3, 2.5 / 3, 1.9143 / 3]}, index=list(functions))
table["NumPy"] = [loss(margins).mean() for loss in functions.values()]
in_keras = [keras.losses.MeanSquaredError()(labels, scores), keras.losses.Hinge()(labels, scores)]
in_keras += [keras.losses.BinaryCrossentropy(from_logits=True)(zero_or_one, scores)]
table["Keras"] = [np.nan, *(float(value) for value in in_keras)]  # 0–1 is 1 minus the accuracy
expect("largest difference", (table.max(axis=1) - table.min(axis=1)).max(), high=2e-5)
table.round(4)

# %% alt="Above, loss over margin: the 0-1 loss is a step, hinge falls in a straight line to 0 at margin 1, cross-entropy falls smoothly towards 0, and squared falls to 0 at margin 1 and rises again. Below, the slopes: 0 for the 0-1 loss, minus one then 0 for hinge, a smooth curve from minus one to 0 for cross-entropy, a rising line for squared."
slopes = {
    "squared": lambda m: 2 * (m - 1),
    "cross-entropy": lambda m: -1 / (1 + np.exp(m)),
    "hinge": lambda m: np.where(m < 1, -1.0, 0.0),
    "0–1": lambda m: 0 * m,
}
axes = plt.subplots(2, 1, figsize=(7, 7), layout="constrained", sharex=True)[1]
at = {"0–1": -2.3, "squared": -0.8, "hinge": -2.2, "cross-entropy": -1.6}
drawn = {name: functions[name] for name in slopes}
plot_losses(drawn, ylim=(0, 4.3), xlabel="", title="Loss", label_at=at, ax=axes[0])
at = {"0–1": -2, "squared": 0.6, "hinge": -2.4, "cross-entropy": -0.5}
text = {"xlabel": "margin (right of 0: the answer is right)", "ylabel": "slope"}
title = "Slope of the loss"
ax = plot_losses(slopes, ylim=(-2.2, 2.2), title=title, label_at=at, ax=axes[1], **text)

# %% [markdown]
# - **0–1** is what we care about, but it is of no use for training: its slope is 0 everywhere except at the jump.
# - **Squared** rises again beyond a margin of 1: there its slope is positive, and training makes right answers *less*
#   sure.
# - The **hinge loss** has slope 0 from a margin of 1 on; such points change nothing any more.
# - **Cross-entropy** always has a slope, smaller and smaller for right answers. It is the usual loss of networks that
#   classify.
#
# ## Cross-entropy, step by step
#
# With more than two classes the network gives one score per class; these scores are called **logits**. For one
# photograph they are: cat 2, dog 1, sheep −1. The photograph shows a **dog**.


# %% alt="Four bar charts with a bar for cat, dog and sheep: logits 2, 1, -1; exponentials 7.389, 2.718, 0.368; shares 0.705, 0.259, 0.035; and the losses 0.349, 1.349, 3.349, of which that of dog is filled."
def softmax(z):
    return np.exp(z) / np.exp(z).sum()


names = ["cat", "dog", "sheep"]
logits = np.array([2.0, 1.0, -1.0])
powers, shares = np.exp(logits), softmax(logits)
losses = -np.log(shares)
axes = plot_cross_entropy_steps(
    logits, names=names, true="dog", title="From three logits to one number"
)
columns = {"logit": logits, "exponential": powers, "share": shares, "−ln(share)": losses}
pd.DataFrame(columns, index=names).round(4)

# %% [markdown]
# Exponentials are positive, and they turn differences into ratios: the logit of cat is 1 larger than that of dog, so
# its share is $e = 2.72$ times as large; a difference of 2 makes the ratio $e^2 = 7.4$. Steps 2 and 3 together are
# the softmax of [lesson 04](04_activations.ipynb).
#
# The loss is $-\ln$ of the share of the **true** class only, here 1.349. (Some texts add up $-\ln$ of all three; that
# would punish the network for giving the other classes little.) Had the photograph shown a cat, the loss would be
# 0.349; a sheep, 3.349. The three numbers end in the same digits, because $-\ln\frac{e^{z_i}}{S} = \ln S - z_i$ with
# $S = \sum_j e^{z_j}$: always the same $\ln S$, minus the logit of the true class, and the logits are whole numbers
# here.
#
# ### One-hot or sparse?
#
# Keras takes the truth in two forms: as a **one-hot** vector, with 1 at the true class and 0 elsewhere, or as a
# **sparse label**, just the number of the class, counted from 0. Each form has its own loss; both give the same number.
# Below: the loss of our photograph in both forms, and the curve of $-\ln$.

# %% alt="The curve of minus ln of p for p from 0 to 1: very high near 0, 0 at 1. Three marked points: cat at 0.705, dog at 0.259, sheep at 0.035."
one_hot = keras.losses.CategoricalCrossentropy(from_logits=True)
sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
loss_one_hot = float(one_hot(np.array([[0.0, 1.0, 0.0]]), logits.reshape(1, 3)))
loss_sparse = float(sparse(np.array([1]), logits.reshape(1, 3)))
for name, value, exact in zip(names, losses, (0.3490, 1.3490, 3.3490), strict=True):
    expect(f"loss if it is a {name}", value, exact - 5e-5, exact + 5e-5)
expect("Keras, one-hot: dog", loss_one_hot, 1.34895, 1.34905)
expect("Keras, one-hot − sparse", loss_one_hot - loss_sparse, -1e-6, 1e-6)
p = np.linspace(0.01, 1, 400)
ax = plot_curves(p, {"": -np.log(p)}, markers=False, title="−ln(share): small shares cost much",
                 xlabel="share of the true class", ylabel="loss")  # fmt: skip
for name, share, loss in zip(names, shares, losses, strict=True):
    ax.plot(share, loss, "o", color=COLORS["vermillion"])
    ax.annotate(f"{name} {loss:.3f}", (share, loss), xytext=(10, 4), textcoords="offset points")

# %% [markdown]
# The curve is 0 for a share of 1, 0.69 for one half, and grows without limit as the share goes to 0.
#
# ### One loss in three forms
#
# You will meet the cross-entropy for two classes in three forms. With $p = \sigma(z)$, the share of class 1:
#
# - $-\ln(\text{share of the true class})$,
# - $-\left[y \ln p + (1 - y) \ln(1 - p)\right]$ with $y = 0$ or 1: one of the two terms is always multiplied by 0,
# - $\ln(1 + e^{-m})$ with the margin $m$, as in the table above.
#
# The third is the first, written out. The share of the true class is $\sigma(z)$ where class 1 is true and $1 -
# \sigma(z) = \frac{e^{-z}}{1 + e^{-z}} = \frac{1}{e^z + 1} = \sigma(-z)$ where it is not, so it is $\sigma(m)$ in both
# cases, and $-\ln \sigma(m) = -\ln\frac{1}{1 + e^{-m}} = \ln(1 + e^{-m})$.
#
# The loss for many classes gives the same number for two. The softmax of the logits $z$ and 0 is
# $\frac{e^z}{e^z + 1} = \frac{1}{1 + e^{-z}}$, the sigmoid.
#
# The three forms, and the softmax of two, for three answers:


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


rows = []
for z, y in ((2.0, 1), (0.5, 0), (-3.0, 1)):
    p, m = sigmoid(z), z if y == 1 else -z
    of_two = softmax(np.array([z, 0.0]))[0 if y == 1 else 1]
    bce = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    rows.append([-np.log(p if y == 1 else 1 - p), bce, np.log(1 + np.exp(-m)), -np.log(of_two)])
forms = pd.DataFrame(rows, columns=["−ln share", "y and p", "margin", "softmax of two"])
expect("largest difference between the forms", np.ptp(forms.to_numpy(), axis=1).max(), high=1e-12)
forms.round(4)

# %% [markdown]
# ### Why the logarithm?
#
# A forecast gives a probability of rain, and it gives the same $p$ on 100 similar days. It rains on 70 of them. The
# mean loss over the hundred days is 0.7 times the loss on a rainy day plus 0.3 times the loss on a dry day.
#
# **Predict:** which $p$ has the smallest mean loss if the loss is the cross-entropy? And if it is the absolute
# difference to 1 (rain) or 0 (dry)?

# %% alt="Mean loss over the probability that is said. Cross-entropy and squared error are lowest at 0.7. The absolute error falls all the way to 1."
said = np.linspace(0.01, 0.99, 99)
mean_loss = {
    "squared": 0.7 * (1 - said) ** 2 + 0.3 * said**2,
    "cross-entropy": -0.7 * np.log(said) - 0.3 * np.log(1 - said),
    "absolute": 0.7 * (1 - said) + 0.3 * said,
}
ax = plot_curves(said, mean_loss, markers=False, title="It rains on 70 days of 100",
                 xlabel="probability of rain that is said", ylabel="mean loss")  # fmt: skip
ax.axvline(0.7, color="#AAAAAA", linestyle=":")
for name, values in mean_loss.items():
    print(f"{name}: lowest at {said[values.argmin()]:.2f}")

# %% [markdown]
# With cross-entropy (and with squared error) the honest answer 0.7 is best. With the absolute error exaggeration is
# best: 0.99, the largest value that we tried. One thing sets cross-entropy apart from squared error: it grows without
# limit as the share of the true answer goes to 0. A confident forecast is cheap where it is right and very expensive
# where it is wrong.
#
# There is one more reason for the logarithm. If the days do not depend on one another, the probability of everything
# that was observed is the *product* of the shares of the true answers. −ln turns this product into a sum, so the mean
# loss is lowest where the observed answers are most probable. Logistic regression ([lesson
# 02](02_neurons_and_layers.ipynb)) looks for the weights with which this is so: it has the same loss.
#
# ### The slope is $p - y$
#
# How does the loss change with a logit? For the softmax the slope with respect to the logit of class $i$ is $p_i -
# y_i$: the share minus the truth, with $y_i = 1$ for the true class and 0 for the others. To see why, take the loss
# $\ln S - z_{\text{true}}$. The derivative of $\ln u$ is $u'/u$, so the derivative of $\ln S$ with respect to $z_i$ is
# $e^{z_i} / S = p_i$. The term $-z_{\text{true}}$ takes away 1 at the true class. The sigmoid is the softmax of $z$ and
# 0, so for one logit with $y = 0$ or 1 the slope is $p - y$. Finite differences ([lesson 04](04_activations.ipynb))
# check it.


# %%
def loss_of(z):
    return np.log(np.exp(z).sum()) - z[1]  # the dog


h, measured = 1e-5, []
for i in range(3):
    step = np.zeros(3)
    step[i] = h
    measured.append((loss_of(logits + step) - loss_of(logits - step)) / (2 * h))
print("p − y   ", (shares - np.array([0, 1, 0])).round(4))
print("measured", np.round(measured, 4))
expect("largest difference", np.abs(shares - [0, 1, 0] - measured).max(), high=1e-8)

# %% [markdown]
# Gradient descent raises the logit of the dog (negative slope) and lowers the others. The steps are in proportion to
# the error of each share.
#
# ### What should the loss be at the start?
#
# **Predict:** a network has just been built, with random weights, for ten classes. Roughly what loss does it begin
# with?
#
# <details><summary>Think of the shares</summary>
#
# The network knows nothing, so it gives each class about the same share, $1/k$. The loss is then about
# $-\ln(1/k) = \ln k$.
#
# </details>

# %%
rng = np.random.default_rng(seed)
noise = rng.normal(size=(500, 20)).astype("float32")
rows = []
for k in (2, 3, 10, 100):
    fresh = mlp(20, units=(64,), n_classes=k, output="linear")  # 64 hidden ReLU units, k logits
    fresh.compile(loss=sparse)
    rows.append((k, np.log(k), fresh.evaluate(noise, rng.integers(k, size=500), verbose=0)))
start = pd.DataFrame(rows, columns=["classes", "ln(classes)", "loss at the start"])
start.round(3)

# %% [markdown]
# Each is near $\ln k$, and a little above it, since random weights do not give all classes the same share. Remember two
# numbers: **0.69 for two classes, 2.30 for ten.** If the classes are equally frequent, a loss that stays there says
# that nothing is being learned. A loss that begins far above is a reason to look at the inputs (large numbers, not
# scaled) and at the start of the weights.
#
# ## Logits or probabilities? What Keras really does
#
# The softmax can stand in the model (`activation="softmax"`, as in the table of [lesson 04](04_activations.ipynb)), or
# in the loss (`from_logits=True`, with a linear output: the model gives the logits themselves). Both ways are right;
# choose one of them. What does Keras do with all four combinations, and with shares that you computed yourself? The
# weights are the same in every row. **Predict:** which rows will give a wrong number, and of which will Keras warn?


# %%
def warned(compute):
    with warnings.catch_warnings(record=True) as caught:  # a list of what Keras warns about
        warnings.simplefilter("always")
        value = compute()
    return float(value), any("from_logits" in str(warning.message) for warning in caught)


def evaluated(activation, from_logits):
    model = keras.Sequential([keras.Input((20,)), keras.layers.Dense(3, activation=activation)])
    model.set_weights([WEIGHTS, np.zeros(3)])  # WEIGHTS and TRUTH are drawn in the next cell
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits))
    return warned(lambda: model.evaluate(noise, TRUTH, verbose=0))


# %%
ratios = start["loss at the start"] / start["ln(classes)"]
expect("loss at the start / ln(classes), smallest", ratios.min(), 0.9, 1.4)
expect("loss at the start / ln(classes), largest", ratios.max(), 0.95, 1.7)
WEIGHTS, TRUTH = rng.normal(size=(20, 3)), rng.integers(3, size=500)
rows = {
    "linear output, from_logits=True": evaluated("linear", True),
    "softmax output, from_logits=False": evaluated("softmax", False),
    "softmax output, from_logits=True": evaluated("softmax", True),
    "linear output, from_logits=False": evaluated("linear", False),
}
by_hand = np.array([softmax(row) for row in noise @ WEIGHTS])
rows["own softmax, from_logits=True"] = warned(lambda: sparse(TRUTH, by_hand))
table = pd.DataFrame.from_dict(rows, orient="index", columns=["loss", "Keras warns"])
table.round(4)

# %% [markdown]
# - Softmax in the model and `from_logits=True` in the loss (third row): Keras warns, finds the logits before the
#   softmax, and computes the right value.
# - **Forgetting** `from_logits` (fourth row) is silent, and the number is wrong: Keras takes the logits for shares,
#   cuts them off at nearly 0 and nearly 1, and divides by their sum.
# - With a softmax of your own (last row) Keras cannot find the logits. Again the number is wrong and nothing is said.
#   The same happens with the array of shares that `predict` returns for a model with softmax.
#
# We keep the output linear and write `from_logits=True`: then the loss gets the logits, and nobody has to find them.
# Why does it need them? $e^{1000}$ is too large for a 64-bit number, and $e^{-1000}$ is so small that it is rounded to
# zero. A share of 0 has the loss $-\ln 0$, which is infinite. From logits Keras computes this loss without a share. It
# subtracts the largest logit first, $\ln \sum_j e^{z_j - z_{\max}} + z_{\max} - z_{\text{true}}$, so that no power
# exceeds 1. Here is the loss of class 1 for the logits 1000, 0 and 0, in both ways (the first lines of the cell check
# the list above):

# %%
loss, warns = table["loss"], table["Keras warns"]
expect("warnings: third row / all rows", warns.iloc[2] / warns.sum(), 1, 1)
expect("second and third row − first", (loss.iloc[1:3] - loss.iloc[0]).abs().max(), high=1e-4)
expect("smallest error of the last two", (loss.iloc[3:] - loss.iloc[0]).abs().min(), low=0.1)
cut = np.clip(noise @ WEIGHTS, 1e-7, 1 - 1e-7)
as_shares = -np.log(cut[np.arange(500), TRUTH] / cut.sum(axis=1)).mean()
expect("fourth row − logits taken for shares", loss.iloc[3] - as_shares, -1e-3, 1e-3)
far = np.array([1000.0, 0.0, 0.0])
with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
    print("by shares:", -np.log(softmax(far))[1])
stable = np.log(np.exp(far - far.max()).sum()) + far.max() - far[1]
expect("with the largest taken out", stable, 1000, 1000)
expect("Keras, from logits", float(sparse(np.array([1]), far.reshape(1, 3))), 1000, 1000)
of_shares = keras.losses.SparseCategoricalCrossentropy()(np.array([1]), np.array([[1.0, 0.0, 0.0]]))
expect("Keras, from the shares 1, 0 and 0", float(of_shares), 16.05, 16.15)

# %% [markdown]
# By shares NumPy's loss becomes infinite (`inf`). Keras cuts a share of 0 off at $10^{-7}$, so from the shares alone it
# says 16.1, which is wrong as well. From logits it is 1,000, which is right.
#
# A linear output has two consequences. First, `predict` gives logits: apply `keras.ops.softmax` or `keras.ops.sigmoid`
# when you want probabilities. Second, the metric `"accuracy"` compares a single output with **0.5**. For a logit that
# is the wrong border: the sigmoid is 0.5 at the logit **0**.

# %%
z, truth = np.array([[-1.0], [0.2], [0.4], [2.0]]), np.array([[0.0], [1.0], [1.0], [1.0]])
print("logits          ", z.ravel())
print("as probabilities", np.asarray(keras.ops.sigmoid(z)).ravel().round(2))
unit = linear_unit()
unit.set_weights([np.ones((1, 1)), np.zeros(1)])  # its output is its input
border_at_0 = keras.metrics.BinaryAccuracy(threshold=0.0)
for name, metric in (("accuracy", "accuracy"), ("BinaryAccuracy(threshold=0.0)", border_at_0)):
    unit.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=[metric])
    print(f"{name}: {unit.evaluate(z, truth, verbose=0)[1]:.2f}")

# %% [markdown]
# So for one logit write `metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)]`, and also for several labels that may
# be true together. For several logits of which exactly one is true, `"accuracy"` is fine: the largest logit is also the
# largest share.
#
# What about spelling errors? A wrong name of a *method* is an error at once. A wrong name of a *loss* is not: `compile`
# accepts it, and the error comes when the model first needs its loss. In a long message, read the last line first.

# %%
model, messages = linear_unit(), []
model.compile(loss="categotial_crossentropy")  # should be categorical: no complaint yet
one = np.zeros((1, 1))
for attempt in (lambda: model.complie(), lambda: model.evaluate(one, one, verbose=0)):
    try:
        attempt()
    except (AttributeError, ValueError) as error:
        messages.append(f"{type(error).__name__}: {str(error).strip().splitlines()[-1][:90]}")
print(*messages, sep="\n")
expect("messages", len(messages), 2, 2)

# %% [markdown]
# ## Why not squared error for classes?
#
# It can be done: a sigmoid, then the squared difference to 0 or 1. (Above, the squared loss took the score itself, and
# its slope was large for wrong answers. Now the sigmoid lies between.) Look at a *confident mistake*: the truth is 1,
# and the logit is far below 0. The slopes with respect to the logit $z$, with $p = \sigma(z)$:
#
# $$\text{squared error } (p - 1)^2: \quad 2\,(p - 1)\,p\,(1 - p)
# \qquad\qquad \text{cross-entropy } -\ln p: \quad p - 1$$
#
# As in the chain of two units in [lesson 04](04_activations.ipynb), each slope is a product: the slope of the loss over
# $p$, times the sigmoid's own slope $p(1-p)$. The latter is nearly 0 for confident answers. The cross-entropy has the
# slope $-\frac1p$ over $p$, and $-\frac1p \cdot p\,(1-p) = p - 1$: there $p$ cancels. In the squared error nothing
# cancels.


# %% alt="Slope over the logit from -8 to 8. Cross-entropy: minus one on the far left, rising to 0 on the right. Squared error: a shallow dip in the middle, and 0 at both ends."
slopes = {
    "squared error": lambda z: 2 * (sigmoid(z) - 1) * sigmoid(z) * (1 - sigmoid(z)),
    "cross-entropy": lambda z: sigmoid(z) - 1,
}
z, h = np.linspace(-8, 8, 161), 1e-5
measured = ((sigmoid(z + h) - 1) ** 2 - (sigmoid(z - h) - 1) ** 2) / (2 * h)
difference = np.abs(slopes["squared error"](z) - measured).max()
expect("squared error: formula − finite differences", difference, high=1e-8)
ax = plot_losses(
    slopes, xlim=(-8, 8), xlabel="logit (the truth is 1, so the left is wrong)",
    ylabel="slope of the loss", title="Two slopes over the logit",
    label_at={"cross-entropy": -3, "squared error": -5.5},
)  # fmt: skip

# %% [markdown]
# On the far left, where the answer is most wrong, the slope of the squared error is nearly 0.
#
# **Predict:** both start at a logit of −6 and take steps of gradient descent with learning rate 1. How many steps does
# each need until the answer is right?


# %% alt="Probability of the true class over 400 steps. Cross-entropy rises to nearly 1 at once. Squared error stays near 0 for about 200 steps and then rises; with a larger rate after about 60."
def descend(slope, rate=1, steps=400):  # the probability of the true class before each step
    z, path = START, []
    for _ in range(steps + 1):
        path.append(sigmoid(z))
        z -= rate * slope(z)
    return np.array(path)


paths = {name: descend(slope) for name, slope in slopes.items()}
paths["squared error, rate 27/8"] = descend(slopes["squared error"], 27 / 8)
# argmax of True and False is the place of the first True.
steps = {name: int((path > 0.5).argmax()) for name, path in paths.items()}
print("steps until right:", steps)
ax = plot_curves(np.arange(401), paths, markers=False, title="The same mistake, two losses",
                 xlabel="step", ylabel="probability of the true class")  # fmt: skip

# %% [markdown]
# With cross-entropy the answer is right after a few steps. With squared error the gradient is small although the
# minimum is far away, and it takes about two hundred. Is that only a matter of scale? Its steepest slope anywhere is
# $8/27$, that of cross-entropy is 1. The third curve has a rate that makes up for it, $27/8$, and still needs about 65.
#
# ## Adding a penalty
#
# A loss may also say which *weights* we prefer. A **penalty** is added to the loss, times a factor $\lambda$. Two are
# common:
#
# $$\text{L1} = \sum_i |w_i| \qquad\qquad \text{L2} = \frac12 \sum_i w_i^2$$
#
# Take the input $x = [1, 1, 1, 1]$ and two units, with weights $[1, 0, 0, 0]$ and
# $[\frac14, \frac14, \frac14, \frac14]$. Both give the output 1, so no loss on the output can tell them apart.
# **Predict:** which of them has the smaller L1, and which the smaller L2?

# %%
if START == -6:
    expect("steps with cross-entropy", steps["cross-entropy"], 7, 7)
    expect("steps with squared error", steps["squared error"], 214, 214)
    expect("the same, rate 27/8", steps["squared error, rate 27/8"], 65, 65)
rows = {}
for name, w in {"w₁": np.array([1.0, 0, 0, 0]), "w₂": np.full(4, 0.25)}.items():
    rows[name] = {"output": w @ np.ones(4), "L1": np.abs(w).sum(), "L2": 0.5 * (w**2).sum()}
    rows[name]["L1 by Keras"] = float(keras.regularizers.L1(1.0)(w))
    rows[name]["L2 by Keras"] = float(keras.regularizers.L2(0.5)(w))
penalties = pd.DataFrame(rows).T
penalties

# %% [markdown]
# L1 cannot tell the two apart; L2 is smaller for the four small weights. (Keras's `L2(0.01)` is $0.01 \sum w^2$,
# without the ½. Some texts take the root of the sum: that is the *norm* of the weights, another number.) What penalties
# do to a network in training is measured in [lesson 11](11_overfitting.ipynb).
#
# ## Loss and accuracy are two different things
#
# We train with a loss and judge by accuracy. Do they move together? Here are three models and four images each, with
# the share that each model gave to the *true* one of two classes. An answer is right if this share is above 0.5.
# **Predict** the order by accuracy and by cross-entropy: timid 0.6, 0.6, 0.6, 0.4; bold 0.99, 0.99, 0.99, 0.4; reckless
# 0.99, 0.99, 0.99, 0.0001.

# %%
given = {
    "timid": [0.6, 0.6, 0.6, 0.4],
    "bold": [0.99, 0.99, 0.99, 0.4],
    "reckless": [0.99, 0.99, 0.99, 0.0001],
}
given = {name: np.array(values) for name, values in given.items()}
expect("L1 of both", penalties["L1"].max() - penalties["L1"].min(), 0, 0)
expect("L2 of w₁ − L2 of w₂", penalties["L2"]["w₁"] - penalties["L2"]["w₂"], 0.375, 0.375)
table = pd.DataFrame({"accuracy": {name: np.mean(p > 0.5) for name, p in given.items()}})
table["cross-entropy"] = [-np.log(p).mean() for p in given.values()]
table.round(3)

# %% [markdown]
# One accuracy, three losses. Accuracy asks on which side of 0.5 a share lies; the loss asks how far. A single mistake
# made with full confidence costs more than all the rest.
#
# ### In a real training
#
# There are two classes and 20 measurements per sample. Only five of the 20 have to do with the class, and 15 % of the
# labels are drawn at random. 500 samples are for training, 1,000 for validation, 1,000 for the test. The network gives
# one logit. We make five runs, each with its own data and its own start. `Snapshots` is a callback that keeps a copy of
# the weights after each epoch.
#
# The lowest validation loss comes early. After that the validation loss rises: the network overfits its 500 training
# samples ([lesson 03](03_hidden_layers.ipynb)). **Predict:** what does the validation accuracy do?


# %%
def split_data(seed):
    x, y = datasets.make_classification(
        2500, n_features=20, n_informative=5, n_redundant=0, flip_y=0.15, random_state=seed
    )
    return np.split(x.astype("float32"), [500, 1500]), np.split(y, [500, 1500])  # cut there


def new_model():
    model = mlp(20, units=(64, 64), n_classes=1, output="linear")
    model.compile(
        optimizer=keras.optimizers.Adam(0.003),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)],
    )
    return model


# %%
runs = []
for run in range(RUNS):
    keras.utils.set_random_seed(seed + run)
    (x_train, x_val, x_test), (y_train, y_val, y_test) = split_data(seed + run)
    model, snapshots = new_model(), Snapshots()
    history = fit(model, x_train, y_train, epochs=EPOCHS, validation_data=(x_val, y_val), verbose=0,
                  validation_batch_size=len(x_val), callbacks=[snapshots]).history  # fmt: skip
    best = int(np.argmin(history["val_loss"])) + 1  # the epoch, counted from 1
    kept = {"best epoch": snapshots.weights[best], "last epoch": snapshots.weights[EPOCHS]}
    runs.append({"model": model, "history": history, "best": best, "weights": kept})
    runs[-1] |= {"val": (x_val, y_val), "test": (x_test, y_test)}  # two more entries
print("lowest validation loss after epoch", [run["best"] for run in runs])

# %% alt="Five runs. Left: validation loss over 60 epochs, falling briefly and then climbing to about three or four times its minimum in every run. Right: validation accuracy of the same runs, which rises in the first epochs and then falls a little."
axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")[1]
panels = {"val_loss": "Validation loss", "val_accuracy": "Validation accuracy"}
last, lowest = {}, {}
for ax, (name, title) in zip(axes, panels.items(), strict=True):
    curves = np.array([run["history"][name] for run in runs])
    ax.plot(np.arange(1, EPOCHS + 1), curves.T, color=COLORS["blue"], alpha=0.7)
    ax.set_title(f"{title}, five runs", loc="left", fontweight="bold")
    ax.set(xlabel="epoch", ylim=(0, None) if name == "val_loss" else (0.5, 1))
    last[name] = curves[:, -1]
    lowest[name] = np.array([run["history"][name][run["best"] - 1] for run in runs])
print("last / lowest validation loss:", (last["val_loss"] / lowest["val_loss"]).round(1))
changes = last["val_accuracy"] - lowest["val_accuracy"]
print("change of accuracy from then to the last epoch:", changes.round(3))

# %% [markdown]
# The validation loss ends at about three or four times its lowest value. The accuracy falls by a few hundredths on
# average. So the network is wrong only a little *more often*. What grows is the cost of a wrong answer: the network
# becomes too confident, as the next section measures. Which of the two should decide when training stops? That depends
# on what the task needs: decisions, or probabilities.
#
# ## Is a sigmoid's 0.9 a probability?
#
# It lies between 0 and 1, so it looks like one. To *be* one, it has to come true: of all samples that got 0.9, nine in
# ten should be of class 1. A model with this property is called calibrated, and the property **calibration**. Check it
# on the test data: sort the answers into ten bins by the probability that was given, and compare the mean of a bin
# ("said") with the share of class 1 in it ("came true"). (`groupby` collects the rows of each bin.)

# %%
expect("smallest of last / lowest loss", (last["val_loss"] / lowest["val_loss"]).min(), low=1.6)
expect("mean change of validation accuracy", changes.mean(), -0.06, 0.01)


def reliability(p, y):
    table = pd.DataFrame({"bin": np.minimum((p * 10).astype(int), 9), "said": p, "true": y})
    bins = table.groupby("bin")
    means = {"said": bins.said.mean(), "came true": bins.true.mean()}
    return pd.DataFrame({"answers": bins.size(), **means})


runs[0]["model"].set_weights(runs[0]["weights"]["last epoch"])
x_test, y_test = runs[0]["test"]
p = sigmoid(keras.ops.convert_to_numpy(runs[0]["model"](x_test)).ravel())
reliability(p, y_test).round(2)

# %% [markdown]
# After the last epoch most answers lie in the first and the last bin: the network is nearly always confident. And in
# these bins it is right less often than it says.
#
# The cure is one number. Divide all logits by the same **temperature** $T$. **Predict:** what does $T = 5$ do to the
# confidence, and what to the accuracy? We choose the $T$ with the smallest loss on the validation data.


# %%
def loss_at(temperature, logits, y):
    return functions["cross-entropy"]((2 * y - 1) * logits / temperature).mean()  # y as −1, +1


temperatures = np.geomspace(0.5, 50, 200)
for run in runs:
    run["z"], (x_val, y_val) = {}, run["val"]
    for epoch, weights in run["weights"].items():  # the best, and then the last
        run["model"].set_weights(weights)
        run["z"][epoch] = keras.ops.convert_to_numpy(run["model"](run["test"][0])).ravel()
    z_val = keras.ops.convert_to_numpy(run["model"](x_val)).ravel()  # of the last epoch
    run["T"] = temperatures[np.argmin([loss_at(T, z_val, y_val) for T in temperatures])]
    run["z"]["last epoch, divided by T"] = run["z"]["last epoch"] / run["T"]
print("temperatures:", [round(float(run["T"]), 1) for run in runs])

# %% alt="Share that was true over the probability given, first run. The curve of the last epoch is flatter than the diagonal: above it on the left and below it on the right. The curves of the best epoch and of the last epoch with its logits divided by T follow the diagonal."
curves = {name: (runs[0]["test"][1], sigmoid(z)) for name, z in runs[0]["z"].items()}
ax = plot_reliability(curves, title="Calibration, first run")

# %% [markdown]
# This is a **calibration diagram**: one point per bin, the share that was true ("came true") over the probability given
# ("said"). On the diagonal a probability comes true as often as it says. The curve of the last epoch jumps in the
# middle, because the middle bins hold few answers (see the table above); its two ends hold most of them and lie off the
# diagonal. Division by $T$ keeps the sign of each logit, so every decision and the accuracy stay *exactly* the same.
# Only the confidence shrinks.
#
# The means of all five runs: accuracy, confidence (the larger of $p$ and $1 - p$), their difference, and the loss.

# %%
rows = []
for run in runs:
    for name, z in run["z"].items():
        p, y = sigmoid(z), run["test"][1]
        rows.append([name, np.mean((p > 0.5) == y), np.maximum(p, 1 - p).mean(), loss_at(1, z, y)])
table = pd.DataFrame(rows, columns=["weights", "accuracy", "confidence", "loss"])
table["difference"] = table.confidence - table.accuracy
best, last, divided = (table[table.weights == name] for name in runs[0]["z"])
expect("difference, last epoch, smallest of the runs", last.difference.min(), low=0.06)
expect("difference, divided, largest of the runs", divided.difference.abs().max(), high=0.1)
expect("smallest decrease", min(last.difference.values - divided.difference.abs().values), low=0)
expect("difference, best epoch, mean of the runs", best.difference.mean(), -0.03, 0.05)
expect("accuracy that the division costs", last.accuracy.mean() - divided.accuracy.mean(), 0, 0)
expect("loss, divided / last epoch", divided.loss.mean() / last.loss.mean(), high=0.6)
table.groupby("weights").mean().round(3)

# %% [markdown]
# At the last epoch the confidence is larger than the accuracy in every run. The division by $T$ brings the two closer
# together and lowers the loss, without changing a single decision. (Two equal means do not prove that each bin comes
# true; for that look at the diagram.) With the weights of the best epoch confidence and accuracy agree on average: most
# of the overconfidence came with overfitting. A sigmoid gives numbers between 0 and 1; only the check tells whether
# they are probabilities.
#
# ## Choosing
#
# | Task | Output | Loss |
# | --- | --- | --- |
# | a number | 1 unit, linear | `MeanSquaredError` |
# | a number, outliers that are mistakes | 1 unit, linear | `Huber` (δ in the unit of the target) or `MeanAbsoluteError` |
# | two classes | 1 unit, linear | `BinaryCrossentropy(from_logits=True)` |
# | several labels may be true | 1 unit per label, linear | `BinaryCrossentropy(from_logits=True)` |
# | exactly one class is true, labels 0, 1, 2 … | 1 unit per class, linear | `SparseCategoricalCrossentropy(from_logits=True)` |
# | exactly one class is true, one-hot labels | 1 unit per class, linear | `CategoricalCrossentropy(from_logits=True)` |
#
# With a sigmoid or softmax output, leave `from_logits=True` out: that is the other right way.
#
# ## Recap
#
# - A loss is one number that says how wrong, with a slope that says where to go.
# - Squared error leads to the mean and follows outliers; absolute error leads to the median and hardly follows them;
#   Huber is like squared for small errors and like absolute for large ones.
# - Cross-entropy is $-\ln$ of the share of the true class, equal to $\ln S - z_{\text{true}}$; its slope is $p - y$; at
#   the start it is about $\ln k$. It rewards honest probabilities.
# - Logits go with `from_logits=True`. If you forget it, Keras says nothing and computes a wrong number.
# - Squared error after a sigmoid has nearly no slope at confident mistakes; cross-entropy has its steepest slope there.
# - Loss, accuracy and calibration are three different questions.
#
# ## Common mistakes
#
# - **Logits without `from_logits=True`**: no error, no warning, a wrong number.
# - **`"accuracy"` on one logit**: it cuts at 0.5. Use `BinaryAccuracy(threshold=0.0)`.
# - **One-hot labels with the sparse loss**, or the other way round: each loss has its own form of the truth.
# - **Comparing losses of different kinds.** A Huber loss of 1.28 is not better than a squared one of 5.06 on the same
#   answers; it is another scale.
# - **A Huber loss whose δ was chosen for another unit.**
# - **Reading 0.99 as "99 % sure"** without ever having checked.
#
# ## Next
#
# Practise first: [seven exercises](exercises/05_losses.ipynb), about 45 minutes. Each check says what is wrong.
#
# Training needs the slope of the loss with respect to every single weight. [Lesson 06](06_backpropagation.ipynb)
# computes all of them by hand for a small network.
