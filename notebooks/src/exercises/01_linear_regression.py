# %% [markdown]
# # Exercises to lesson 01 · Linear regression with one Dense unit
#
# Seven exercises, about 45 minutes. [Lesson 01](../01_linear_regression.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says
#
# - ✓ your answer is right;
# - ✗ it is wrong, and what is wrong about it;
# - ○ not done yet.
#
# You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_01 import exercises, flats, three_curves
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_curves, plot_points

import keras
import numpy as np
from sklearn.datasets import load_diabetes

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: a loss (2 points, 5 minutes)
#
# Compute the mean squared error of this neuron on paper, to three significant digits.

# %%
sheet.task("loss")

# %%
loss = ...  # one number
### BEGIN SOLUTION
# errors 2·1 − 1 − (−2) = 3, 2·2 − 1 − 9 = −6 and 2·4 − 1 − (−3) = 10; squares 9, 36 and 100
loss = 145 / 3
### END SOLUTION

# %%
sheet.check("loss", loss)

# %% [markdown]
# ## 2 · On paper: one step of gradient descent (4 points, 7 minutes)
#
# The loss is the mean squared error. Where are $w$ and $b$ after one step?

# %%
sheet.task("step")

# %%
w, b = ..., ...
### BEGIN SOLUTION
# errors 1·1 − 2 − 8 = −9 and 1·3 − 2 − 2 = −1
# slope for w: 2 · (−9·1 − 1·3)/2 = −12, slope for b: 2 · (−9 − 1)/2 = −10
w, b = 1 + 0.1 * 12, -2 + 0.1 * 10
### END SOLUTION

# %%
sheet.check("step", [w, b])

# %% [markdown]
# ## 3 · By code: how many updates? (2 points, 4 minutes)
#
# How many updates does `fit` make in all epochs together? Write the function for any numbers.


# %%
def updates(n_samples, batch_size, epochs):
    """Number of updates in all epochs; a whole number."""
    ### BEGIN SOLUTION
    return -(-n_samples // batch_size) * epochs
    ### END SOLUTION


# %%
sheet.check("updates", updates)

# %% [markdown]
# ## 4 · By code: gradient descent (4 points, 8 minutes)
#
# Fit a line by hand-made gradient descent. Start at $w = 0$, $b = 0$. In each step, use all samples, and subtract from
# each parameter its slope times the learning rate.


# %%
def descend(x, y, learning_rate, steps):
    """Return w and b, two numbers, after this many steps; x and y are arrays of shape (n,)."""
    ### BEGIN SOLUTION
    w = b = 0.0
    for _ in range(steps):
        error = w * x + b - y
        slope_w, slope_b = 2 * np.mean(error * x), 2 * np.mean(error)
        w, b = w - learning_rate * slope_w, b - learning_rate * slope_b
    return w, b
    ### END SOLUTION


# %%
sheet.check("gradient descent", descend)

# %% [markdown]
# When your function is right, it draws the line after 0, 1, 5 and 200 steps.

# %% alt="Six points and four lines: flat after 0 steps, and closer to the points after 1, 5 and 200 steps."
if sheet.solved("gradient descent"):
    x = np.array([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
    y = np.array([-2.6, -1.3, 1.4, 2.7, 5.5, 6.9])
    ax = plot_points(x, y, title="The line after 0, 1, 5 and 200 steps")
    for steps in (0, 1, 5, 200):
        slope, at_zero = map(np.ravel, descend(x, y, 0.02, steps))  # also two arrays of one number
        ax.plot(x, slope * x + at_zero, label=steps)
    ax.legend(title="steps")

# %% [markdown]
# ## 5 · Predict: three learning rates (2 points, 4 minutes)
#
# Here are three learning curves of the same neuron on the same data, 60 steps each. One learning rate was too small,
# one was right, one was too large. Which is which? Answer with three letters in the order A, B, C: `s` for too small,
# `r` for right, `l` for too large. For example, `"srl"` says that A was too small, B right and C too large.


# %% alt="Three curves on a logarithmic axis. A falls for a few steps and then grows. B falls fast and is flat after that. C falls slowly, and still falls at its end."
ax = plot_curves(
    range(61), three_curves(), log="y", markers=False,
    title="Too small, right, too large?", xlabel="step", ylabel="mean squared error",
)  # fmt: skip

# %%
order = ...  # three letters, for example "srl"
### BEGIN SOLUTION
order = "lrs"
### END SOLUTION

# %%
sheet.check("learning curves", order)

# %% [markdown]
# ## 6 · Repair: a neuron that does not learn (4 points, 9 minutes)
#
# Forty flats: the living space in m² and the monthly rent in euros. One neuron should learn the rent from the space. The
# program below builds, compiles and fits, and its loss is not a number.

# %%
area, rent = flats()
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(keras.optimizers.SGD(learning_rate=0.01), loss="mean_squared_error")
history = fit(model, area, rent, epochs=100, verbose=0)
print("losses of the first epochs:", *np.round(history.history["loss"][:4]))
print("loss at the end:", history.history["loss"][-1])

# %% [markdown]
# Find the cause first; the losses of the first epochs are a trace. Then write a function that builds, compiles and
# trains a network that learns. The model takes m² and answers in euros. Its loss may be at most 20 % above that of the
# best line.


# %%
def cured(area, rent):
    """Return a trained model; area has the shape (40, 1), rent the shape (40,)."""
    ### BEGIN SOLUTION
    scale = keras.layers.Normalization()
    scale.adapt(area)  # learns mean and spread of the inputs
    model = keras.Sequential([keras.Input((1,)), scale, keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(learning_rate=0.1), loss="mean_squared_error")
    fit(model, area, rent, batch_size=40, epochs=100, verbose=0)
    return model
    ### END SOLUTION


# %%
sheet.check("cure", cured)

# %% [markdown]
# Now let `diagnose` look at the sick network. Does it name the cause that you found?

# %%
diagnose(model, area, rent)

# %% alt="Forty points, rent over living space, with a straight line through them."
if sheet.solved("cure"):
    ax = plot_points(area[:, 0], rent, title="Rent by living space, and the cured neuron")
    space = np.array([[20.0], [125.0]])
    ax.plot(space, cured(area, rent).predict(space, verbose=0))
    ax.set(xlabel="living space in m²", ylabel="rent in euros")

# %% [markdown]
# ## 7 · Transfer: a medical table (4 points, 8 minutes)
#
# 442 people with diabetes: how far did the disease progress in a year ($y$), given the body mass index ($x$)? Go through
# the five steps with one neuron. Give two mean squared errors, rounded to hundreds: that of the baseline that always
# answers with the mean, and that of your trained neuron. Then judge: is the loss that remains a sign of bad training?

# %%
table = load_diabetes(scaled=False)
bmi, progress = table.data[:, 2:3], table.target  # shapes (442, 1) and (442,)

# %%
baseline_loss, neuron_loss = ..., ...
### BEGIN SOLUTION
baseline_loss = np.mean((progress - progress.mean()) ** 2)
scale = keras.layers.Normalization()
scale.adapt(bmi)
neuron = keras.Sequential([keras.Input((1,)), scale, keras.layers.Dense(1)])
neuron.compile(keras.optimizers.SGD(learning_rate=0.1), loss="mean_squared_error")
neuron_loss = fit(neuron, bmi, progress, batch_size=442, epochs=100, verbose=0).history["loss"][-1]
### END SOLUTION

# %%
sheet.check("diabetes", (baseline_loss, neuron_loss))

# %% [markdown]
# <details><summary>Is the loss that remains a sign of bad training?</summary>
#
# No. The best line of all, from `np.polyfit`, has the same loss. About a third of the baseline's loss is gone. The rest
# is what the body mass index does not tell: two people with the same index progress differently. More training cannot
# change that, and more inputs could.
#
# </details>
#
# ## How far are you?

# %%
sheet.summary()
