# %% [markdown]
# # Exercises to lesson 04 · Activation functions compared
#
# Seven exercises, about 42 minutes. [Lesson 04](../04_activations.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_04 import digits, exercises
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_activation, plot_curves

import keras
import numpy as np
from keras import layers

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: through two units (4 points, 7 minutes)
#
# $h = \sigma(w_1 x)$, $o = \sigma(w_2 h)$. If $x$ grows a little, by how much does $o$ grow? Compute the slope
# $\partial o / \partial x$ with a pocket calculator, to three significant digits (0.0123, not 0.01).

# %%
sheet.task("two units")

# %%
slope = ...
### BEGIN SOLUTION
# h = σ(0.4) = 0.5987, its slope 0.2403; o = σ(2.3948) = 0.9164, its slope 0.0766
slope = 0.8 * 0.2403 * 4 * 0.0766
### END SOLUTION

# %%
sheet.check("two units", slope)

# %% [markdown]
# ## 2 · By code: the slope of ELU (2 points, 5 minutes)
#
# A steeper ELU is $z$ for $z > 0$ and $2(e^z - 1)$ else. Write its derivative.


# %%
def d_elu(z):
    """Slope of this ELU at each element of z, shape (n,)."""
    ### BEGIN SOLUTION
    return np.where(z > 0, 1.0, 2 * np.exp(z))
    ### END SOLUTION


# %%
sheet.check("slope of ELU", d_elu)

# %% alt="The steeper ELU and its slope, dashed: 1 on the right of 0, 2 just left of it, and from there smoothly down to 0."
if sheet.solved("slope of ELU"):
    ax = plot_activation(
        lambda z: np.where(z > 0, z, 2 * (np.exp(z) - 1)),
        derivative=lambda z: np.ravel(d_elu(z)), title="A steeper ELU and its slope",
    )  # fmt: skip

# %% [markdown]
# ## 3 · By code: silent units (4 points, 6 minutes)
#
# You have the sums $z$ of a ReLU layer, one row per sample and one column per unit. A unit is dead (for these samples) if
# none of its sums is positive. Which share of the units is dead?


# %%
def dead_share(z):
    """Share of dead units, one number from 0 to 1; z has the shape (samples, units)."""
    ### BEGIN SOLUTION
    return np.mean((z <= 0).all(axis=0))
    ### END SOLUTION


# %%
sheet.check("silent units", dead_share)

# %% [markdown]
# ## 4 · Predict: output layers (2 points, 4 minutes)
#
# Which activation belongs in the output? **A** one of ten digits, ten units; **B** all things on a photograph out of 20
# labels, 20 units; **C** tomorrow's temperature in °C, one unit. Answer with three letters in the order A, B, C: `s`
# sigmoid, `m` softmax, `n` none.

# %%
outputs = ...  # three letters in quotes, for example "nnn"
### BEGIN SOLUTION
outputs = "msn"
### END SOLUTION

# %%
sheet.check("output layers", outputs)

# %% [markdown]
# ## 5 · Predict: what hinders a deep sigmoid network under Adam? (2 points, 4 minutes)
#
# A network with six sigmoid layers and the usual start is trained with Adam and learns badly. What did the lesson find?
#
# - **a** The gradients of the first layers are tiny, so these layers do not move.
# - **b** The first layers move, but with the usual start the images look alike to the last layers.
# - **c** The weights start too large, so that the signals explode.
# - **d** A sigmoid is flat everywhere.

# %%
cause = ...  # one letter
### BEGIN SOLUTION
cause = "b"
### END SOLUTION

# %%
sheet.check("what hinders", cause)

# %% [markdown]
# ## 6 · Repair: a deep network that learns nothing (4 points, 10 minutes)
#
# Six hidden layers, SGD, small handwritten digits. The accuracy stays near one in ten.

# %%
x_train, y_train, x_test, y_test = digits()
hidden = [layers.Dense(24, activation="sigmoid") for _ in range(6)]
sick = keras.Sequential([keras.Input((64,)), *hidden, layers.Dense(10, "softmax")])
sick.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = fit(sick, x_train, y_train, batch_size=50, epochs=15, verbose=0).history
print(
    "losses:", *np.round(history["loss"][::5], 3), " accuracy:", round(history["accuracy"][-1], 2)
)

# %% [markdown]
# Find the cause first. Then return a network with at least five hidden layers that gets 85 % of the test images right.


# %%
def cured(x_train, y_train):
    """Return a trained deep model with ten outputs; x_train has the shape (1000, 64)."""
    ### BEGIN SOLUTION
    hidden = [layers.Dense(24, "relu", kernel_initializer="he_normal") for _ in range(6)]
    model = keras.Sequential([keras.Input((64,)), *hidden, layers.Dense(10, "softmax")])
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    fit(model, x_train, y_train, batch_size=50, epochs=25, verbose=0)
    return model
    ### END SOLUTION


# %%
sheet.check("cure", cured)

# %% [markdown]
# Now let `diagnose` look at the sick network. Does it name the cause that you found?

# %%
diagnose(sick, x_train, y_train)

# %% [markdown]
# ## 7 · Transfer: the slope of z tanh z, checked (4 points, 6 minutes)
#
# Take $f(z) = z \tanh(z)$. Derive its slope on paper, and write a function that returns slope and value. Compare with
# finite differences before you run the check.


# %%
def slope_and_value(z):
    """Return the slope and the value of f, each in the shape of z."""
    ### BEGIN SOLUTION
    t = np.tanh(z)
    return t + z * (1 - t**2), z * t
    ### END SOLUTION


# %%
# Room for your comparison: the slope and the finite differences, at a few places z.

# %%
sheet.check("slope of z tanh z", slope_and_value)

# %% alt="z tanh z and its slope over z from -6 to 6: the curve is close to the absolute value of z, but round at 0. The slope rises from -1 to 1, and goes a little beyond both."
if sheet.solved("slope of z tanh z"):
    z = np.linspace(-6, 6, 200)
    slope_of_f, value = np.asarray(slope_and_value(z)).reshape(2, -1)
    ax = plot_curves(
        z, {"z tanh z": value, "its slope": slope_of_f}, markers=False,
        title="Nearly |z|, but round at 0", xlabel="z", ylabel="value, slope",
    )  # fmt: skip

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
