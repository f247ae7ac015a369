# %% [markdown]
# # Exercises to lesson 02 · Neurons and layers
#
# Six exercises, about 43 minutes. [Lesson 02](../02_neurons_and_layers.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_02 import clouds, exercises
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_curves, plot_decision_boundary

import warnings
import keras
import numpy as np
from keras import layers

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: the line of a neuron (4 points, 6 minutes)
#
# Where does this neuron change its mind? Write the decision boundary as $x_2 = \text{slope} \cdot x_1 +
# \text{intercept}$. On which side of it does the neuron say yes? Answer with one word, `"above"` or `"below"`. Give
# numbers that are not whole with at least two digits after the point, or as a division.

# %%
sheet.task("line")

# %%
slope, intercept, side = ..., ..., ...  # two numbers, and "above" or "below"
### BEGIN SOLUTION
# 3·x₁ − 1.5·x₂ − 4 = 0, so 1.5·x₂ = 3·x₁ − 4
# at (0, 0), which is above the line, the sum is −4: no
slope, intercept, side = 2, -4 / 1.5, "below"
### END SOLUTION

# %%
sheet.check("line", (slope, intercept, side))

# %% [markdown]
# ## 2 · By code: count parameters (2 points, 5 minutes)
#
# A fully connected network is given by its widths: `[3, 3, 2, 2]` has 3 inputs, hidden layers of 3 and 2 neurons, and 2
# outputs. How many parameters has a network of any widths?


# %%
def parameters(widths):
    """Number of weights and biases together; widths is a list of at least two numbers."""
    ### BEGIN SOLUTION
    return sum((n + 1) * m for n, m in zip(widths[:-1], widths[1:], strict=True))
    ### END SOLUTION


# %%
sheet.check("parameters", parameters)

# %% [markdown]
# ## 3 · By code: a forward pass (4 points, 9 minutes)
#
# Write a network in NumPy: a hidden layer with the sigmoid, and an output layer with the softmax. All samples go through at
# once, one per row, and the kernels have Keras's shapes, one column per neuron.


# %%
def forward(x, W1, b1, W2, b2):
    """Probabilities, shape (samples, classes); x has the shape (samples, inputs)."""
    ### BEGIN SOLUTION
    hidden = 1 / (1 + np.exp(-(x @ W1 + b1)))
    powers = np.exp(hidden @ W2 + b2)
    return powers / powers.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %%
sheet.check("forward pass", forward)

# %% [markdown]
# ## 4 · Predict: which questions can one neuron answer? (2 points, 4 minutes)
#
# All inputs are switches, 0 or 1.
#
# - **A** Two switches: is the first on and the second off?
# - **B** Three switches: are all three in the same position?
# - **C** Three switches: are at least two of them on?
# - **D** Three switches: is an odd number of them on?
#
# Answer with the letters of the questions that *one* neuron can answer without a mistake, for example `"ab"`.

# %%
possible = ...  # small letters, in the order of the alphabet
### BEGIN SOLUTION
possible = "ac"
### END SOLUTION

# %%
sheet.check("one neuron", possible)

# %% [markdown]
# ## 5 · Repair: a neuron that does not learn (4 points, 10 minutes)
#
# Two clouds of points that overlap a little: a line gets about 98 % right. The network below trains for 50 epochs, and
# its accuracy stays at one half.

# %%
warnings.simplefilter("ignore")  # Keras would say what is wrong
points, labels = clouds()
sick = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="softmax")])
sick.compile(keras.optimizers.Adam(0.1), loss="binary_crossentropy", metrics=["accuracy"])
history = fit(sick, points, labels, batch_size=50, epochs=50, verbose=0)
print("accuracy:", history.history["accuracy"][-1])

# %% [markdown]
# Find the cause first. Then write a function that returns a network that gets at least 93 % of these points right. Write
# it in the **functional** form, with `keras.Model(inputs, outputs)`, compile it and train it.


# %%
def cured(points, labels):
    """Return a trained functional model with one output, the probability of class 1."""
    ### BEGIN SOLUTION
    inputs = keras.Input((2,))
    outputs = layers.Dense(1, activation="sigmoid")(inputs)
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.Adam(0.1), loss="binary_crossentropy")
    fit(model, points, labels, batch_size=50, epochs=50, verbose=0)
    return model
    ### END SOLUTION


# %%
sheet.check("cure", cured)

# %% [markdown]
# Now let `diagnose` look at the sick network. Does it name the cause that you found?

# %%
diagnose(sick, points, labels)

# %% alt="Two clouds of points and a straight border between them."
if sheet.solved("cure"):
    ax = plot_decision_boundary(cured(points, labels), points, labels, title="The cured neuron")

# %% [markdown]
# ## 6 · Transfer: a band, built by hand (4 points, 9 minutes)
#
# A plant grows where it is neither too cold nor too warm: yes for temperatures $x$ between 1½ and 3½ (in units of 10 °C),
# else no. No single border can do that. Choose the weights of a network by hand, as the lesson does for XOR: one input,
# two hidden sigmoid neurons, one sigmoid output.


# %%
def band():
    """Return W1, b1, W2, b2 with the shapes (1, 2), (2,), (2, 1), (1,)."""
    ### BEGIN SOLUTION
    W1, b1 = np.array([[20, 20]]), np.array([-30, -70])  # above 1½, above 3½
    W2, b2 = np.array([[20], [-20]]), np.array([-10])  # the first and not the second
    return W1, b1, W2, b2
    ### END SOLUTION


# %%
sheet.check("band", band)

# %% alt="Output over temperature: near 0 below one and a half, near 1 up to three and a half, near 0 above."
if sheet.solved("band"):
    W1, b1, W2, b2 = band()
    x = np.linspace(0, 5, 200)
    hidden = 1 / (1 + np.exp(-(x[:, None] @ W1 + b1)))
    answer = 1 / (1 + np.exp(-(hidden @ W2 + b2)))
    ax = plot_curves(
        x, {"output": answer[:, 0]}, markers=False,
        title="Yes between two borders", xlabel="temperature in 10 °C", ylabel="output",
    )  # fmt: skip

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
