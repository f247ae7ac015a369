# %% [markdown]
# # Exercises to lesson 07 · Gradient descent and optimizers
#
# Seven exercises, about 43 minutes. [Lesson 07](../07_optimizers.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_07 import digits, exercises
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_curves

import keras
import numpy as np
from keras import layers

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: iterations (2 points, 4 minutes)
#
# How many iterations does `fit` make in all epochs together? How many samples are in the last batch of an epoch?

# %%
sheet.task("iterations")

# %%
iterations, in_last_batch = ..., ...
### BEGIN SOLUTION
# 100 / 64 is 1 full batch and 36 samples left: 2 per epoch
iterations, in_last_batch = 2 * 7, 36
### END SOLUTION

# %%
sheet.check("iterations", (iterations, in_last_batch))

# %% [markdown]
# ## 2 · By code: Adam (4 points, 11 minutes)
#
# One weight starts at 0. Its gradients in the coming steps are given. Follow Adam with $\beta_1 = 0.9$, $\beta_2 = 0.999$
# and return the weight at the end. (Divide by $\sqrt{\hat v} + 10^{-7}$, which prevents a division by zero.)


# %%
def adam(gradients, rate):
    """The weight after len(gradients) steps, one number; gradients has the shape (steps,)."""
    ### BEGIN SOLUTION
    w = m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        w = w - rate * m_hat / (np.sqrt(v_hat) + 1e-7)
    return w
    ### END SOLUTION


# %%
sheet.check("Adam", adam)

# %% [markdown]
# ## 3 · Predict: the largest rate (2 points, 4 minutes)
#
# Gradient descent on $L(w) = 2 w^2$ with a constant learning rate η. Below which rate does the path come closer to the
# minimum in every step? **a** ¼, **b** ½, **c** 1, **d** any rate, if one only waits long enough.

# %%
largest = ...  # one letter
### BEGIN SOLUTION
largest = "b"
### END SOLUTION

# %%
sheet.check("limit", largest)

# %% [markdown]
# Run the next cell after your prediction, and try other rates.

# %% alt="Three paths of w over eight steps. At 0.1 it falls to 0 smoothly, at 0.45 it swings around 0 and comes closer, at 0.55 it swings and moves away."
paths = {f"η = {rate}": [(1 - 4 * rate) ** step for step in range(9)] for rate in (0.1, 0.45, 0.55)}
ax = plot_curves(range(9), paths, title="Paths of w from 1", xlabel="step", ylabel="w")

# %% [markdown]
# ## 4 · Predict: a comparison (2 points, 4 minutes)
#
# Somebody trains a network once with SGD and once with Adam, both at the rate 0.01, for 10 epochs, and reports: "validation
# loss 0.35 with SGD, 0.31 with Adam: Adam is the better optimizer". What do you say?
#
# - **a** Right: the lower loss decides.
# - **b** Right, and fair, since both had the same rate.
# - **c** Ten epochs are too few: train for 100, then it can be believed.
# - **d** Nothing can be concluded: other rates or other starts may turn it round.

# %%
opinion = ...  # one letter
### BEGIN SOLUTION
opinion = "d"
### END SOLUTION

# %%
sheet.check("fair comparison", opinion)

# %% [markdown]
# ## 5 · By code: a schedule (2 points, 7 minutes)
#
# Warm-up and cosine: in the first `ramp` steps the share of the full rate rises in a straight line from 0 to 1. After them
# it falls along half a cosine wave, from 1 at step `ramp` to 0 at step `total`.


# %%
def share(step, total, ramp):
    """Share of the full learning rate, one number from 0 to 1."""
    ### BEGIN SOLUTION
    if step < ramp:
        return step / ramp
    return (1 + np.cos(np.pi * (step - ramp) / (total - ramp))) / 2
    ### END SOLUTION


# %%
sheet.check("schedule", share)

# %% alt="The share of the rate over 100 steps: a straight rise to 1 within 20 steps, then half a cosine wave down to 0."
if sheet.solved("schedule"):
    shares = np.ravel([share(step, 100, 20) for step in range(101)])
    ax = plot_curves(
        range(101), {"share": shares}, markers=False,
        title="Warm-up, then cosine", xlabel="step", ylabel="share of the full rate",
    )  # fmt: skip

# %% [markdown]
# ## 6 · Repair: a network that learns nothing (4 points, 9 minutes)
#
# Small handwritten digits. The accuracy stays near one in ten.

# %%
x_train, y_train, x_test, y_test = digits()
sick = keras.Sequential([keras.Input((64,)), layers.Dense(64, "relu"), layers.Dense(10, "softmax")])
sick.compile(keras.optimizers.Adam(1.0), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = fit(sick, x_train, y_train, batch_size=50, epochs=10, verbose=0).history
print("losses:", *np.round(history["loss"], 2), " accuracy:", round(history["accuracy"][-1], 2))

# %% [markdown]
# Find the cause first. Then return a network that gets at least 90 % of the test images right.


# %%
def cured(x_train, y_train):
    """Return a trained model with ten outputs; x_train has the shape (1000, 64)."""
    ### BEGIN SOLUTION
    hidden = layers.Dense(64, "relu")
    model = keras.Sequential([keras.Input((64,)), hidden, layers.Dense(10, "softmax")])
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    fit(model, x_train, y_train, batch_size=50, epochs=20, verbose=0)
    return model
    ### END SOLUTION


# %%
sheet.check("cure", cured)

# %% [markdown]
# Now let `diagnose` look at the sick network. Does it name the cause that you found?

# %%
diagnose(sick, x_train, y_train)

# %% [markdown]
# ## 7 · By code: the loss of an epoch (2 points, 4 minutes)
#
# You write the loop over batches yourself. For each batch you have its loss, the mean over its samples, and its size. Which
# loss does `fit` report for this epoch?


# %%
def loss_of_epoch(losses, sizes):
    """One number; losses and sizes are lists of equal length."""
    ### BEGIN SOLUTION
    total = sum(loss * size for loss, size in zip(losses, sizes, strict=True))
    return total / sum(sizes)
    ### END SOLUTION


# %%
sheet.check("loss of an epoch", loss_of_epoch)

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
