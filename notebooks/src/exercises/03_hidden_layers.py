# %% [markdown]
# # Exercises to lesson 03 · Hidden layers and decision boundaries
#
# Seven exercises, about 45 minutes. [Lesson 03](../03_hidden_layers.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_03 import exercises, inside, rings
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_curves, plot_decision_boundary

import keras
import numpy as np
from keras import layers

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · By code: two layers are one (2 points, 5 minutes)
#
# Two layers without activation follow each other. Return the kernel and the bias of the *one* layer that does the same, in
# Keras's shapes: $x W + b$.


# %%
def one_layer(W1, b1, W2, b2):
    """Return W, shape (inputs, outputs), and b, shape (outputs,)."""
    ### BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2
    ### END SOLUTION


# %%
sheet.check("one layer", one_layer)

# %% [markdown]
# ## 2 · On paper: a ReLU network at one input (4 points, 8 minutes)
#
# A network with one input, three hidden ReLU neurons and a linear output:
# $y = \sum_i v_i \max(0, w_i x + b_i) + c$, where $i$ goes from 1 to 3. Near the given input it is a straight line,
# $y = \text{slope} \cdot x + \text{intercept}$. Which one?

# %%
sheet.task("ReLU formula")

# %%
slope, intercept = ..., ...
### BEGIN SOLUTION
# sums at x = 2: 2·2 − 1 = 3, −1·2 + 3 = 1, −2·2 + 1 = −3: the third neuron is silent
slope = 4 * 2 - 2 * -1
intercept = 4 * -1 - 2 * 3 + 1
### END SOLUTION

# %%
sheet.check("ReLU formula", (slope, intercept))

# %% [markdown]
# ## 3 · Predict: how many neurons? (2 points, 4 minutes)
#
# A network has one hidden layer of sigmoid neurons, each nearly a step, with at least one of them. What is the smallest
# number of hidden neurons for each of these regions of yes? **A** is a band between two parallel lines, **B** is everything
# on one side of a line, **C** is the inside of a regular hexagon, the shape of a cell in a honeycomb.

# %%
neurons = ..., ..., ...  # three numbers, for A, B and C
### BEGIN SOLUTION
neurons = 2, 1, 6  # one per straight side
### END SOLUTION

# %%
sheet.check("regions", neurons)

# %% [markdown]
# ## 4 · Predict: equal starts (2 points, 3 minutes)
#
# A network with ten hidden sigmoid neurons learns a region that is closed. All its weights start at 0.3. What comes out
# of training, if nothing is rounded?
#
# - **a** The ten neurons become different, only later than after a random start.
# - **b** The ten neurons stay equal, and all together draw one straight line.
# - **c** They become different, because the samples come in a random order.
# - **d** Nothing moves: all slopes are zero.

# %%
comes_out = ...  # one letter
### BEGIN SOLUTION
comes_out = "b"
### END SOLUTION

# %%
sheet.check("equal starts", comes_out)

# %% [markdown]
# ## 5 · Repair: a region that does not close (4 points, 9 minutes)
#
# A ring inside a ring. Eight hidden neurons should close a region, and this network does not.

# %%
points, labels = rings()
hidden = layers.Dense(8, activation="tanh", kernel_initializer="ones")
output = layers.Dense(1, activation="sigmoid", kernel_initializer="ones")
sick = keras.Sequential([keras.Input((2,)), hidden, output])
sick.compile(keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
history = fit(sick, points, labels, batch_size=50, epochs=60, verbose=0)
print(f"accuracy: {history.history['accuracy'][-1]:.2f}")

# %% [markdown]
# Find the cause first. Then return a trained network that gets at least 95 % of these 300 points right.


# %%
def cured(points, labels):
    """Return a trained model with a hidden layer; points has the shape (300, 2)."""
    ### BEGIN SOLUTION
    hidden = layers.Dense(8, activation="tanh")
    output = layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((2,)), hidden, output])
    model.compile(keras.optimizers.Adam(0.05), loss="binary_crossentropy")
    fit(model, points, labels, batch_size=50, epochs=60, verbose=0)
    return model
    ### END SOLUTION


# %%
sheet.check("cure", cured)

# %% [markdown]
# Now let `diagnose` look at the network as it started. Does it name the cause that you found?

# %%
started = keras.models.clone_model(sick)  # with the weights from before the training
started.compile(keras.optimizers.Adam(0.05), loss="binary_crossentropy", metrics=["accuracy"])
diagnose(started, points, labels)

# %% alt="A ring of points inside another; a closed border runs between them."
if sheet.solved("cure"):
    model = cured(points, labels)
    ax = plot_decision_boundary(lambda x: inside(model, x), points, labels, title="A closed region")

# %% [markdown]
# ## 6 · By code: choose the number of neurons (4 points, 7 minutes)
#
# For each number of hidden neurons you have the validation accuracies of several runs, for example `{1: [0.60, 0.62],
# 3: [0.91, 0.90]}`. Choose the smallest number whose *mean* is at most 0.01 below the best mean.


# %%
def choose(scores):
    """Return the chosen number of neurons; scores maps each number to a list of accuracies."""
    ### BEGIN SOLUTION
    means = {size: np.mean(values) for size, values in scores.items()}
    good = [size for size, mean in means.items() if mean >= max(means.values()) - 0.01]
    return min(good)
    ### END SOLUTION


# %%
sheet.check("how many neurons", choose)

# %% [markdown]
# ## 7 · Transfer: draw a hat (4 points, 9 minutes)
#
# Three ReLU neurons and a linear output can draw a hat: 0 up to $x = 0$, straight up to 1 at $x = 1$, straight down to 0 at
# $x = 2$, and 0 from there on. Choose the weights by hand, in Keras's shapes.


# %%
def hat():
    """Return W1, b1, W2, b2 with the shapes (1, 3), (3,), (3, 1), (1,)."""
    ### BEGIN SOLUTION
    W1, b1 = np.array([[1, 1, 1]]), np.array([0, -1, -2])  # bends at 0, 1 and 2
    W2, b2 = np.array([[1], [-2], [1]]), np.array([0])  # by how much the slope changes there
    return W1, b1, W2, b2
    ### END SOLUTION


# %%
sheet.check("hat", hat)

# %% alt="A curve that is 0, rises to 1 at x = 1, falls to 0 at x = 2 and stays there."
if sheet.solved("hat"):
    x = np.linspace(-1, 3, 201)
    W1, b1, W2, b2 = hat()
    y = np.maximum(0, x[:, None] @ W1 + b1) @ W2 + b2
    ax = plot_curves(x, {"output": y[:, 0]}, markers=False, title="A hat", xlabel="x", ylabel="y")

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
