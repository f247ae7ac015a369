# %% [markdown]
# # Exercises to lesson 06 · Backpropagation by hand
#
# Seven exercises, about 45 minutes. [Lesson 06](../06_backpropagation.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_06 import exercises, moons, train
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_curves

import keras
import numpy as np

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: two units in a row (4 points, 9 minutes)
#
# One input, one hidden unit, one output, no biases: $h = \sigma(w_1 x)$ and $o = \sigma(w_2 h)$. The loss is
# $\frac12 (o - t)^2$. Compute its gradients with respect to $w_1$ and $w_2$ with the chain rule, to three
# significant digits (0.0123, not 0.01).

# %%
sheet.task("two gradients")

# %%
gradient_w1, gradient_w2 = ..., ...
### BEGIN SOLUTION
# h = σ(−1.2) = 0.2315, o = σ(0.4630) = 0.6137
delta_o = (0.6137 - 0) * 0.6137 * (1 - 0.6137)  # 0.1455
delta_h = delta_o * 2 * 0.2315 * (1 - 0.2315)
gradient_w1, gradient_w2 = delta_h * 3, delta_o * 0.2315
### END SOLUTION

# %%
sheet.check("two gradients", (gradient_w1, gradient_w2))

# %% [markdown]
# ## 2 · By code: a backward pass (4 points, 10 minutes)
#
# The network of the lesson, for any number of units: $h = \sigma(W_1 x + b_1)$, $o = \sigma(W_2 h + b_2)$, loss
# $\frac12 \sum (o - t)^2$. Row $j$ of a matrix holds the weights into unit $j$.


# %%
def backward(x, t, W1, b1, W2, b2):
    """The gradients of W1, b1, W2, b2, each in the shape of its parameter."""
    ### BEGIN SOLUTION
    h = 1 / (1 + np.exp(-(W1 @ x + b1)))
    o = 1 / (1 + np.exp(-(W2 @ h + b2)))
    delta_o = (o - t) * o * (1 - o)
    delta_h = W2.T @ delta_o * h * (1 - h)
    return np.outer(delta_h, x), delta_h, np.outer(delta_o, h), delta_o
    ### END SOLUTION


# %%
sheet.check("backward pass", backward)

# %% [markdown]
# ## 3 · By code: a gradient check (4 points, 6 minutes)
#
# `f` is a function from an array to a number. Find its gradient at `w` without a derivative: move each element up and down
# by `h`, one at a time.


# %%
def numeric(f, w, h):
    """Gradient of f at w, shape (n,), by differences over the step h in both directions."""
    ### BEGIN SOLUTION
    gradient = np.zeros(len(w))
    for i in range(len(w)):
        move = np.zeros(len(w))
        move[i] = h
        gradient[i] = (f(w + move) - f(w - move)) / (2 * h)
    return gradient
    ### END SOLUTION


# %%
sheet.check("gradient check", numeric)

# %% [markdown]
# ## 4 · Predict: where is the mistake? (2 points, 4 minutes)
#
# Somebody's backward pass for the network of exercise 2 is compared with finite differences. The relative errors:
#
# | gradient of | relative error |
# | --- | --- |
# | $W_1$ | 1 · 10⁻¹⁰ |
# | $b_1$ | 2 · 10⁻¹⁰ |
# | $W_2$ | 0.31 |
# | $b_2$ | 1 · 10⁻¹⁰ |
#
# - **a** in δ of the outputs
# - **b** in δ of the hidden layer
# - **c** in the product that makes the gradient of $W_2$
# - **d** in the forward pass
#
# Where does the mistake sit? Answer with one letter.

# %%
place = ...  # one letter
### BEGIN SOLUTION
place = "c"
### END SOLUTION

# %%
sheet.check("planted mistake", place)

# %% [markdown]
# ## 5 · On paper: what does a gradient cost? (2 points, 4 minutes)
#
# How many milliseconds do the gradients of all parameters take: by finite differences, up and down; and by one backward
# pass (by the lesson's rule, which gives a whole number of forward passes)?

# %%
sheet.task("costs")

# %%
by_differences, by_backward = ..., ...
### BEGIN SOLUTION
parameters = (10 + 1) * 10 + 19 * (10 + 1) * 10 + (10 + 1) * 1
by_differences, by_backward = 2 * parameters * 5, 2 * 5
### END SOLUTION

# %%
sheet.check("costs", (by_differences, by_backward))

# %% [markdown]
# ## 6 · Repair: a start from which nothing is learnt (4 points, 8 minutes)
#
# `train` runs gradient descent on two half moons, with eight tanh units and a sigmoid output. From this start the loss
# stays at ln 2 = 0.6931.

# %%
zeros = np.zeros((2, 8)), np.zeros(8), np.zeros((8, 1)), np.zeros(1)
losses, weights = train(zeros)
print(f"loss at the start {losses[0]:.4f}, after {len(losses)} steps {losses[-1]:.4f}")

# %% [markdown]
# Find out why, then give a start from which the loss falls below 0.1.


# %%
def start():
    """Return W1, b1, W2, b2 with the shapes (2, 8), (8,), (8, 1), (1,)."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)
    return rng.normal(size=(2, 8)), np.zeros(8), rng.normal(size=(8, 1)) / 3, np.zeros(1)
    ### END SOLUTION


# %%
sheet.check("start", start)

# %% [markdown]
# Now let `diagnose` look at the same network in Keras. It names a second fault of this start, equal units: with all
# weights at 0.5 the loss would fall, but the units would stay copies of one.

# %%
X, y = moons()
hidden = keras.layers.Dense(8, activation="tanh", kernel_initializer="zeros")
output = keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")
sick = keras.Sequential([keras.Input((2,)), hidden, output])
sick.compile(keras.optimizers.SGD(1.0), loss="binary_crossentropy", metrics=["accuracy"])
diagnose(sick, X, y)

# %% alt="Loss over steps from two starts. From zeros it stays at 0.69; from the repaired start it falls below a tenth."
if sheet.solved("start"):
    ax = plot_curves(
        range(1, 1501), {"from zeros": losses, "repaired": train(start())[0]}, log="y",
        markers=False, title="Two starts", xlabel="step", ylabel="cross-entropy",
    )  # fmt: skip

# %% [markdown]
# ## 7 · Transfer: a batch in parts (2 points, 4 minutes)
#
# A batch is too large for the memory and was cut into parts of *different* sizes. For each part you have the gradient,
# which is the mean over the samples of the part. Compute the gradient of the whole batch.


# %%
def accumulate(gradients, sizes):
    """Gradient of the batch, shape (n,); gradients has the shape (parts, n), sizes is a list."""
    ### BEGIN SOLUTION
    return np.array(sizes) @ gradients / sum(sizes)
    ### END SOLUTION


# %%
sheet.check("parts of a batch", accumulate)

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
