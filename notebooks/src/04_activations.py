# %% [markdown]
# # 04 · Activation functions compared
#
# **Which activation belongs in a hidden layer, and which in the output?**
#
# After this lesson you can
#
# - write down ten activations, and say for each where its slope is large, small or zero;
# - check a derivative with finite differences, whatever the function;
# - explain and measure why gradients vanish in a deep sigmoid network and not in a ReLU network;
# - recognise dead ReLU units, say what kills them, and name a cure;
# - choose the activation of a hidden layer and of an output.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | Lesson 02 | under 45 s | 1,797 small handwritten digits (scikit-learn) |

# %%
from nnlib.training import Progress, fit, gradient_norms, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.diagnosis import diagnose
from nnlib.models import Maxout
from nnlib.plotting import COLORS, plot_activation, plot_activation_gallery, plot_curves
from nnlib.plotting import plot_gradient_norms, plot_history, plot_pieces, plot_softmax
import time
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import IntSlider, ToggleButtons, interact
from sklearn import datasets, linear_model, model_selection

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
SLOPE = 0.2  # of Leaky ReLU left of zero
DEPTH = 6  # hidden layers of the deep network
UNITS = 64  # in each hidden layer
EPOCHS = 15
RATES = (0.001, 0.01, 0.03, 0.1, 0.3)

# %% [markdown]
# ## Two jobs
#
# A unit computes a weighted sum $z$ and hands it to its **activation** $f$. Lesson 02 showed the first job of $f$: to
# *bend*. Without it any stack of layers is one linear map.
#
# The second job is easily missed. Training sends a gradient backwards through the network, and on its way through a
# unit it is multiplied by the slope $f'(z)$. Where the slope is near zero, the gradient ends there, and the weights
# behind it learn nothing. So we always look at two curves, $f$ and $f'$.
#
# ## The two classics
#
# $$\text{sigmoid: } \sigma(z) = \frac{1}{1 + e^{-z}} \qquad \sigma'(z) = \sigma(z)\,(1 - \sigma(z))$$
#
# $$\tanh(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}} \qquad \tanh'(z) = 1 - \tanh^2(z)$$
#
# The sigmoid's outputs lie strictly between 0 and 1, those of tanh between −1 and 1. Both derivatives can be had from
# the function value itself.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def d_sigmoid(z):
    return sigmoid(z) * (1 - sigmoid(z))


def d_tanh(z):
    return 1 - np.tanh(z) ** 2


# %% alt="Left: the sigmoid rises in an S from 0 to 1; its dashed derivative is a low bump. Right: tanh rises in an S from -1 to 1; its dashed derivative is a bump four times as high."
figure, axes = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained", sharey=True)
plot_activation(sigmoid, derivative=d_sigmoid, title="Sigmoid: flat almost everywhere", ax=axes[0])
ax = plot_activation(np.tanh, derivative=d_tanh, title="tanh: centred, and steeper", ax=axes[1])

# %% [markdown]
# Both level off on both sides, which is called **saturation**. The sigmoid's slope is low even at its best point.
#
# **Predict:** how large is the sigmoid's steepest slope? And how do its outputs for $z = 100$ and $z = 10{,}000$
# differ?

# %%
z = np.linspace(-8, 8, 801)
print(f"sigmoid from {sigmoid(z).min():.4f} to {sigmoid(z).max():.4f}")
expect("largest slope of the sigmoid", d_sigmoid(z).max(), 0.25, 0.25)
expect("largest slope of tanh", d_tanh(z).max(), 1, 1)
expect("sigmoid(6)", sigmoid(6.0), 0.99745, 0.99755)
expect("slope of the sigmoid at 6", d_sigmoid(6.0), 0.00245, 0.00255)
expect("sigmoid(100) - sigmoid(10,000)", sigmoid(100.0) - sigmoid(10_000.0), 0, 0)

# %% [markdown]
# At best a quarter of the gradient gets through a sigmoid. Beyond about ±6 hardly a four-hundredth does, and 100
# cannot be told from 10,000: the unit no longer notices its input.
#
# The two are relatives: $\tanh(z) = 2\,\sigma(2z) - 1$. What differs is the centre. For inputs around zero, tanh gives
# outputs around zero, while the sigmoid's are all positive. A unit in the next layer whose inputs are all positive can
# only raise all its weights together or lower them together in one step, which makes learning zigzag.

# %%
random_z = np.random.default_rng(seed).normal(size=10_000)
difference = np.abs(np.tanh(z) - (2 * sigmoid(2 * z) - 1)).max()
expect("tanh against the scaled sigmoid", difference, high=1e-12)
expect("mean output of the sigmoid", sigmoid(random_z).mean(), 0.48, 0.52)
expect("mean output of tanh", np.tanh(random_z).mean(), -0.03, 0.03)

# %% [markdown]
# ## ReLU and its relatives
#
# The **rectified linear unit** lets positive numbers through unchanged and turns negative ones into zero. Its slope is
# 1 or 0, nothing between. The others change what happens on the left.
#
# | Name | $f(z)$ | for $z \le 0$ |
# | --- | --- | --- |
# | ReLU | $\max(z, 0)$ | slope exactly 0 |
# | Leaky ReLU | $z$, or $\alpha z$ for $z \le 0$ | a small fixed slope $\alpha$ |
# | PReLU | the same | $\alpha$ is learned, one for each unit |
# | ELU | $z$, or $e^z - 1$ for $z \le 0$ | levels off at −1 |
# | GELU | $z\,\Phi(z)$ | dips a little below zero; $\Phi$ is the normal distribution function |
# | Swish (SiLU) | $z\,\sigma(z)$ | much the same dip, cheaper to compute |


# %%
def relu(z):
    return np.maximum(z, 0)


def leaky_relu(z, slope=SLOPE):
    return np.where(z > 0, z, slope * z)


def elu(z):
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


# %% [markdown]
# $\Phi(z)$ is the share of a normal distribution that lies below $z$. It is computed with the error function `erf`.


# %%
def normal_cdf(z):
    return (1 + keras.ops.convert_to_numpy(keras.ops.erf(z / np.sqrt(2)))) / 2


def gelu(z):
    return z * normal_cdf(z)


def swish(z):
    return z * sigmoid(z)


# %% [markdown]
# And the derivatives. Cover the right-hand sides and try two or three yourself. The product rule is enough.


# %%
def d_leaky_relu(z, slope=SLOPE):
    return np.where(z > 0, 1.0, slope)  # slope 0 is ReLU


def d_elu(z):
    return np.exp(np.minimum(z, 0))


def d_gelu(z):
    return normal_cdf(z) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def d_swish(z):
    return sigmoid(z) + z * d_sigmoid(z)


# %% [markdown]
# Two more do not fit the pattern "one number in, one number out". They get a section each below, and a preview here:
# a **softmax** of three logits of which only the first moves, and a **maxout** unit with three straight pieces.


# %%
def softmax_share(z):
    return np.exp(z) / (np.exp(z) + 2)  # the other two logits are 0: e⁰ + e⁰ = 2


def d_softmax_share(z):
    return softmax_share(z) * (1 - softmax_share(z))


def pieces(z):
    return np.stack([-z - 1, 0.3 * z, z - 1])


def d_pieces(z):
    return np.array([-1, 0.3, 1])[pieces(z).argmax(axis=0)]


# %% [markdown]
# All ten, each with its derivative, by name:

# %%
functions = {
    "sigmoid": (sigmoid, d_sigmoid),
    "tanh": (np.tanh, d_tanh),
    "ReLU": (relu, lambda z: d_leaky_relu(z, slope=0)),
    "Leaky ReLU": (leaky_relu, d_leaky_relu),
    "PReLU (learned)": (lambda z: leaky_relu(z, 0.5), lambda z: d_leaky_relu(z, 0.5)),
    "ELU": (elu, d_elu),
    "GELU": (gelu, d_gelu),
    "Swish": (swish, d_swish),
    "softmax (one logit)": (softmax_share, d_softmax_share),
    "maxout (3 pieces)": (lambda z: pieces(z).max(axis=0), d_pieces),
}

# %% [markdown]
# ### Are the derivatives right?
#
# There is a check that needs no calculus. A derivative is the slope of the function, and a slope can be measured:
#
# $$f'(z) \approx \frac{f(z + h) - f(z - h)}{2h}$$
#
# These **finite differences** work for any function; lesson 06 uses them for a whole network. As a second opinion on
# the functions themselves we ask Keras.

# %%
keras_functions = {
    "sigmoid": keras.activations.sigmoid,
    "tanh": keras.activations.tanh,
    "ReLU": keras.activations.relu,
    "Leaky ReLU": lambda z: keras.activations.leaky_relu(z, negative_slope=SLOPE),
    "PReLU (learned)": lambda z: keras.ops.squeeze(
        keras.layers.PReLU(alpha_initializer=keras.initializers.Constant(0.5))(z[:, None])
    ),
    "ELU": keras.activations.elu,
    "GELU": keras.activations.gelu,
    "Swish": keras.activations.silu,
}

# %% [markdown]
# Now both comparisons for all of them, the largest difference over 200 points.

# %%
z = np.linspace(-5, 5, 200)  # 200 points, so that none falls on the kink at 0
h = 1e-5
rows = {}
for name, (f, derivative) in functions.items():
    measured = (f(z + h) - f(z - h)) / (2 * h)
    rows[name] = {"steepest slope": np.abs(derivative(z)).max()}
    rows[name]["f ′ against finite differences"] = np.abs(derivative(z) - measured).max()
    if name in keras_functions:
        other = keras.ops.convert_to_numpy(keras_functions[name](z))
        rows[name]["f against Keras"] = np.abs(f(z) - other).max()
table = pd.DataFrame(rows).T
table.map("{:.2g}".format).replace("nan", "see below")

# %%
expect("largest error of a derivative", table["f ′ against finite differences"].max(), high=1e-8)
expect("largest difference to Keras", table["f against Keras"].max(), high=1e-5)

# %% [markdown]
# What is left is rounding: a Keras layer such as PReLU computes with 32-bit numbers.
#
# ## The gallery
#
# **Before you look:** which of the ten have a slope of at least 1 somewhere? Which have a slope of exactly 0 over a
# whole region?

# %% alt="Ten panels on one scale, each with a solid function and its dashed derivative: sigmoid, tanh, ReLU, Leaky ReLU, PReLU, ELU, GELU, Swish, softmax of one logit, and maxout with three pieces. The derivatives of sigmoid and softmax are low bumps, those of the ReLU family stay at 1 on the right."
axes = plot_activation_gallery(functions)

# %% [markdown]
# All panels have the same scale. The whole ReLU family lets the gradient pass unchanged (slope 1, or close to it) for
# positive $z$; sigmoid and tanh do so nowhere, or at a single point. Only ReLU is *exactly* flat on a whole side: a
# strength, since many units are then silent and the rest share the work, and a danger, as we shall see.
#
# ## Softmax: several outputs at once
#
# An output layer for classes should give shares that sum to 1. **Softmax** takes one number a class, the **logits**,
# makes them positive with $e^z$, and divides by the total:
#
# $$\text{softmax}(\mathbf z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$


# %%
def softmax(logits):
    powers = np.exp(logits - np.max(logits))  # minus the largest: no power can overflow
    return powers / powers.sum()


logits = np.array([2.0, 1.0, -1.0])
shares = softmax(logits)
pd.DataFrame({"logit": logits, "softmax": shares}, index=["cat", "dog", "sheep"]).round(3)

# %% [markdown]
# We subtracted the largest logit. Is that allowed? **Predict:** what happens to the shares when 1,000 is added to all
# three logits?

# %%
expect("sum of the shares - 1", abs(shares.sum() - 1), high=1e-12)
expect(
    "change when all logits rise by 1,000",
    np.abs(softmax(logits + 1000) - shares).max(),
    high=1e-12,
)
two_classes = [softmax(np.array([value, 0.0]))[0] for value in z]
expect("softmax of [z, 0] against the sigmoid", np.abs(two_classes - sigmoid(z)).max(), high=1e-12)
expect(
    "difference to Keras",
    np.abs(keras.activations.softmax(logits[None])[0] - shares).max(),
    high=1e-6,
)

# %% [markdown]
# Nothing changes: only *differences* of logits count, because the common factor cancels. And the sigmoid is nothing
# but the softmax of two classes, with one of the two logits fixed at 0.

# %% alt="Three coloured areas stacked to a height of 1: as the logit of cat grows from left to right, its area grows in an S shape and those of dog and sheep shrink."
ax = plot_softmax(
    logits,
    names=["cat", "dog", "sheep"],
    title="Cat's logit grows, and its share grows like a sigmoid",
)

# %% [markdown]
# One share can only grow at the cost of the others, so every output depends on *every* logit. The derivative is a
# table, $\partial p_i / \partial z_j = p_i\,(1_{i=j} - p_j)$. Finite differences check that too.

# %%
by_formula = np.diag(shares) - np.outer(shares, shares)
steps = h * np.eye(3)
measured = [(softmax(logits + step) - softmax(logits - step)) / (2 * h) for step in steps]
expect("softmax derivative, largest error", np.abs(by_formula - measured).max(), high=1e-8)
pd.DataFrame(
    by_formula, index=["cat", "dog", "sheep"], columns=["by cat", "by dog", "by sheep"]
).round(3)

# %% [markdown]
# Each row and each column sums to 0: what one class gains, the others lose.
#
# ## Maxout: let the unit learn its own shape
#
# Why choose a shape at all? A **maxout** unit has several weighted sums, its *pieces*, and answers with the largest.
# `nnlib.models.Maxout` is a Keras layer that does this.
#
# **Predict:** which slopes do two pieces need to make ReLU? And $|z|$?

# %% alt="Three panels of dashed straight lines with a thick line along the highest of them: a hinge that is ReLU, a V that is the absolute value, and a bowl of five pieces that is close to a parabola."
figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
plot_pieces([1, 0], [0, 0], title="Two pieces: ReLU", ax=axes[0])
plot_pieces([1, -1], [0, 0], title="Two pieces: |z|", ax=axes[1])
points = np.linspace(-1.6, 1.6, 5)
ax = plot_pieces(2 * points, -(points**2), title="Five pieces: nearly z²", ax=axes[2])

# %% [markdown]
# The largest of straight lines is always a shape that curves upwards, and with enough pieces any such shape can be
# had. We give the layer the slopes by hand and compare.

# %%
column = np.linspace(-4, 4, 129, dtype="float32").reshape(-1, 1)
for slopes, target in (([1.0, 0.0], relu(column)), ([1.0, -1.0], np.abs(column))):
    layer = Maxout(1, n_pieces=2)
    layer.build((None, 1))
    layer.set_weights([np.array([slopes]), np.zeros(2)])
    answer = keras.ops.convert_to_numpy(layer(column))
    expect(f"slopes {slopes}: largest difference", np.abs(answer - target).max(), 0, 0)

# %% [markdown]
# Exactly equal. The price: with two pieces, twice as many weights.
#
# ## Vanishing gradients
#
# What do the slopes mean for a deep network? Take the simplest deep network there is, a chain of units with one input
# each and all weights 1, so that only the activations are left: $f(f(\dots f(z)))$. The chain rule says that its slope
# is the *product* of the slopes.


# %%
def chain(name, depth):
    """The function and the derivative of `depth` activations in a row."""
    f, derivative = functions[name]

    def value(z):
        return z if depth == 0 else chain(name, depth - 1)[0](f(z))

    def slope(z):
        return np.ones_like(z) if depth == 0 else derivative(z) * chain(name, depth - 1)[1](f(z))

    return value, slope


# %% [markdown]
# Move the slider: after how many sigmoids is the output the same for every input? Then switch to tanh and to ReLU.


# %% alt="The function of several activations in a row, solid, and its derivative, dashed. For sigmoids both are nearly flat lines."
@interact(
    name=ToggleButtons(options=["sigmoid", "tanh", "ReLU"], description="activation"),
    depth=IntSlider(value=3, min=1, max=10, description="in a row"),
)
def explore(name, depth):
    value, slope = chain(name, depth)
    steepest = slope(np.linspace(-6, 6, 601)).max()
    plot_activation(
        value,
        derivative=slope,
        title=f"{depth} × {name}: slope at most {steepest:.2g}",
        ylim=(-1.05, 1.5),
    )


# %% [markdown]
# Three sigmoids in a row already turn every input into nearly the same output; each one costs a factor of at least 4.
# ReLU keeps the slope 1 for positive inputs, through any number of layers.

# %%
grid = np.linspace(-6, 6, 601)
expect("slope through six sigmoids", chain("sigmoid", 6)[1](grid).max(), high=0.000245)
expect("slope through six ReLUs", chain("ReLU", 6)[1](grid).max(), 1, 1)

# %% [markdown]
# ### A real network
#
# Real units have many inputs and random weights. Does the product rule of doom hold there? We need data: small
# handwritten digits of 8 × 8 pixels, scaled to 0…1, and split into three parts. Training data to learn from,
# validation data to compare with, and test data that stays in the drawer until the very end.

# %%
x, y = datasets.load_digits(return_X_y=True)
x = (x / 16).astype("float32")
x_train, x_rest, y_train, y_rest = model_selection.train_test_split(
    x, y, train_size=1000, stratify=y, random_state=seed
)
x_val, x_test, y_val, y_test = model_selection.train_test_split(
    x_rest, y_rest, test_size=0.5, stratify=y_rest, random_state=seed
)
print(
    f"{len(x_train)} to train, {len(x_val)} to validate, {len(x_test)} to test; {x.shape[1]} pixels"
)


# %%
def build(activation, depth, learning_rate=0.001):
    """An MLP for the digits whose hidden layers all have the same activation."""
    hidden = [keras.layers.Dense(UNITS, activation=activation) for _ in range(depth)]
    output = keras.layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input((64,)), *hidden, output])
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


# %% [markdown]
# Two networks that differ in nothing but the activation, *before any training*. `gradient_norms` computes the
# gradient of the loss and gives the length of each layer's part.
#
# **Predict:** by what factor does the gradient shrink from the last layer to the first in the sigmoid network?

# %%
deep = {"sigmoid": build("sigmoid", DEPTH), "ReLU": build("relu", DEPTH)}
norms = {name: gradient_norms(model, x_train, y_train) for name, model in deep.items()}
colors = {
    "sigmoid": COLORS["vermillion"],
    "tanh": COLORS["purple"],
    "ReLU": COLORS["blue"],
    "Leaky ReLU": COLORS["green"],
    "Maxout": COLORS["orange"],
}

# %% alt="Gradient norms on a logarithmic axis by layer: the sigmoid line rises steeply from layer 1 to layer 7 over several powers of ten, the ReLU line is almost level."
ax = plot_gradient_norms(
    norms, colors=colors, title="Sigmoid: hardly anything arrives at the first layers"
)

# %% [markdown]
# The axis is logarithmic, so a straight line means: each layer divides by the same factor. That is the chain of
# quarters, in a network with random weights.

# %%
first_to_last = {
    name: list(parts.values())[0] / list(parts.values())[-1] for name, parts in norms.items()
}
expect("sigmoid: norm of the first layer / the last", first_to_last["sigmoid"], high=0.002)
expect("ReLU: norm of the first layer / the last", first_to_last["ReLU"], low=0.2)
expect("ReLU's share / sigmoid's share", first_to_last["ReLU"] / first_to_last["sigmoid"], low=10)

# %% [markdown]
# ### What it does to learning

# %%
histories = {}
for name, model in deep.items():
    histories[name] = fit(
        model,
        x_train,
        y_train,
        epochs=EPOCHS,
        validation_data=(x_val, y_val),
        callbacks=[Progress(name)],
        verbose=0,
    )

# %% alt="Accuracy by epoch. The ReLU network climbs within the first epochs to above 0.9; the sigmoid network starts at 0.1 and stays far below."
ax = plot_history(
    histories, "accuracy", colors=colors, title="Same depth, same data, same optimizer"
)

# %% [markdown]
# (Solid: training, dashed: validation.) The sigmoid network begins at the level of guessing, 0.10, and stays there
# for epochs, while ReLU has long learned to read. Its output layer gets a good gradient, but the layers below hardly
# move, and what they hand on is nearly the same for every image.

# %%
last = {name: history.history["val_accuracy"][-1] for name, history in histories.items()}
expect("ReLU, validation accuracy", last["ReLU"], low=0.85)
expect("ReLU ahead of sigmoid by", last["ReLU"] - last["sigmoid"], low=0.2)

# %% [markdown]
# In your own work you will not always know where to look. `diagnose` runs a list of checks over a model and its data,
# this one included. Here is what it says about a fresh sigmoid network.

# %%
findings = diagnose(build("sigmoid", DEPTH), x_train, y_train)
expect("findings on vanishing gradients", findings.codes.count("vanishing-gradients"), 1, 1)
findings

# %% [markdown]
# ## Dead ReLUs
#
# ReLU has a weakness of its own. Suppose that one overlong step has left a unit with $w = 0.5$ and $b = -3$. All its
# inputs lie between 0 and 1. What gradient does it get from now on?

# %%
inputs = np.linspace(0, 1, 11)
z_of_unit = 0.5 * inputs - 3
print(f"z from {z_of_unit.min():.1f} to {z_of_unit.max():.1f}")
print(f"slopes of ReLU:       {d_leaky_relu(z_of_unit, slope=0)}")
print(f"slopes of Leaky ReLU: {d_leaky_relu(z_of_unit)}")

# %% [markdown]
# With ReLU every slope is 0, so no gradient ever reaches $w$ and $b$, and they can never change. The unit is **dead**.
# With a leak there is a way back.
#
# So overlong steps kill, and the length of a step is the learning rate. Let us count: a unit is *silent* when it is
# not positive for a single training image.


# %%
def silent_share(model):
    """Share of the hidden units that are not positive for any training image."""
    hidden = [layer.output for layer in model.layers[:-1]]
    outputs = keras.Model(model.inputs[0], hidden)(x_train)
    peaks = [keras.ops.convert_to_numpy(output).max(axis=0) for output in outputs]
    return float(np.mean(np.concatenate(peaks) <= 0))


# %% [markdown]
# Two hidden layers, trained with five learning rates. **Predict** two curves over the learning rate: the share of
# silent units, and the validation accuracy, once for ReLU and once for Leaky ReLU.

# %%
silent = {"ReLU": [], "Leaky ReLU": []}
accuracy = {"ReLU": [], "Leaky ReLU": []}
for name, activation in (("ReLU", "relu"), ("Leaky ReLU", "leaky_relu")):
    for rate in RATES:
        model = build(activation, depth=2, learning_rate=rate)
        fit(model, x_train, y_train, epochs=EPOCHS // 2, verbose=0)
        silent[name].append(silent_share(model))
        accuracy[name].append(model.evaluate(x_val, y_val, verbose=0)[1])
    if name == "ReLU":
        sick = model  # the one with the largest learning rate

# %% alt="Left: the share of silent units against the learning rate; for ReLU it climbs from near 0 to near 1, for Leaky ReLU it stays low. Right: the accuracy; for ReLU it collapses at large learning rates, for Leaky ReLU it stays well above."
figure, axes = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
look = {"log": "x", "colors": colors, "xlabel": "learning rate"}
plot_curves(
    RATES,
    silent,
    title="Large steps kill ReLUs",
    ylabel="share of silent units",
    ax=axes[0],
    **look,
)
ax = plot_curves(
    RATES, accuracy, title="Few left, and the network fails", ylabel="accuracy", ax=axes[1], **look
)

# %% [markdown]
# Left: the larger the step, the more ReLUs end up silent, until hardly one is left. Right: the accuracy does not mind
# a few silent units, but it falls when most are gone. With a leak, units that fall silent can come back, and the same
# learning rate does far less harm. It is still too large a learning rate; the leak is a safety net, not a licence.

# %%
expect("silent ReLUs at the smallest rate", silent["ReLU"][0], high=0.3)
expect("silent ReLUs at the largest rate", silent["ReLU"][-1], low=0.7)
expect("silent Leaky ReLUs at the largest rate", silent["Leaky ReLU"][-1], high=0.4)
expect(
    "Leaky ReLU ahead by, at the largest rate",
    accuracy["Leaky ReLU"][-1] - accuracy["ReLU"][-1],
    low=0.2,
)

# %% [markdown]
# Does the doctor see it too?

# %%
findings = diagnose(sick, x_train, y_train)
expect("findings on dead ReLUs", findings.codes.count("dead-relus"), 1, 1)
findings

# %% [markdown]
# ## The same network, nine activations
#
# Enough theory: three hidden layers, the same data, the same optimizer, and every activation that makes sense inside a
# network. (Softmax does not: it makes the units of a layer compete.) First two yardsticks, guessing and a linear
# model.

# %%
linear = linear_model.LogisticRegression(max_iter=1000).fit(x_train, y_train)
print(f"guessing {1 / 10:.2f}, logistic regression {linear.score(x_val, y_val):.3f}")


# %% [markdown]
# Most activations are a name that `Dense` understands. PReLU and Maxout have weights of their own, so they are layers.


# %%
def hidden_layer(name):
    """The Keras layers that make up one hidden layer."""
    if name == "Maxout":
        return [Maxout(UNITS)]
    if name == "PReLU":
        return [keras.layers.Dense(UNITS), keras.layers.PReLU()]
    activation = {"Leaky ReLU": "leaky_relu", "Swish": "silu"}.get(name, name.lower())
    return [keras.layers.Dense(UNITS, activation=activation)]


def three_layers(name):
    layers = [layer for _ in range(3) for layer in hidden_layer(name)]
    output = keras.layers.Dense(10, activation="softmax")
    return keras.Sequential([keras.Input((64,)), *layers, output])


# %% [markdown]
# All are trained in the same way, with a clock that ticks at the end of each epoch.


# %%
def train(model):
    """Train on the digits; return the history and the median time of an epoch in milliseconds."""
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    ticks = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ticks.append(time.perf_counter())
    )
    history = fit(
        model, x_train, y_train, epochs=EPOCHS, validation_data=(x_val, y_val),
        callbacks=[clock], verbose=0,
    )  # fmt: skip
    return history, np.median(np.diff(ticks)) * 1000


# %% [markdown]
# **Predict** who wins, who loses, and how far apart the winner and the last but one will be.

# %%
names = ["sigmoid", "tanh", "ReLU", "Leaky ReLU", "PReLU", "ELU", "GELU", "Swish", "Maxout"]
models, contest, rows = {}, {}, {}
for name in names:
    set_seed(seed)  # the same random numbers for all
    models[name] = three_layers(name)
    contest[name], milliseconds = train(models[name])
    curve = contest[name].history["val_accuracy"]
    rows[name] = {"parameters": models[name].count_params(), "ms an epoch": round(milliseconds)}
    rows[name] |= {"after 1 epoch": curve[0], "after 5": curve[4], "at the end": curve[-1]}
result = pd.DataFrame(rows).T.astype({"parameters": int, "ms an epoch": int})
result.round(3)

# %% alt="Validation accuracy by epoch for sigmoid, tanh, ReLU, Leaky ReLU and Maxout: sigmoid climbs late and ends lowest; the other four climb at once and end close together."
shown = {name: {"accuracy": contest[name].history["val_accuracy"]} for name in colors}
ax = plot_history(
    shown, "accuracy", colors=colors, ylabel="validation accuracy",
    title="One straggler; the rest arrive together",
)  # fmt: skip

# %% [markdown]
# Sigmoid trails even with three layers. The other eight end within a few points of one another, which is hardly more
# than luck: one image more or less is a quarter of a point, and another seed shuffles their order. Nor do the times
# decide anything: at this size they tell more about what else your machine is doing. And the linear model? It is right
# up there. These digits are easy; what the contest shows is how *fast* the networks get going.

# %%
end = result["at the end"]
others = end.drop("sigmoid")
expect("sigmoid at the end", end["sigmoid"], 0.5, 0.93)
expect("the worst of the others", others.min(), low=0.88)
expect("best and worst of the others, apart", others.max() - others.min(), high=0.07)

# %% [markdown]
# What shape did PReLU find? In Keras its slopes start at 0, as a plain ReLU.

# %%
slopes = [
    layer.get_weights()[0] for layer in models["PReLU"].layers if layer.name.startswith("p_re_lu")
]
table = pd.DataFrame(
    {f"layer {i}": pd.Series(values).describe() for i, values in enumerate(slopes, 1)}
)
expect("largest slope that PReLU learned", np.abs(np.concatenate(slopes)).max(), 0.05, 0.5)
table.T.round(2)

# %% [markdown]
# Some slopes became positive, others negative, and all stayed small: this network was content with something close to
# ReLU.
#
# Now the drawer with the test data is opened, once, for the one network that did best in validation.

# %%
winner = end.idxmax()
test_accuracy = models[winner].evaluate(x_test, y_test, verbose=0)[1]
print(f"{winner}: {end[winner]:.3f} in validation, {test_accuracy:.3f} in the test")
expect("test accuracy of the winner", test_accuracy, low=0.9)

# %% [markdown]
# ## Choosing
#
# | Where | Take | Because |
# | --- | --- | --- |
# | hidden layer | **ReLU** first | slope 1, cheap, and rarely worse than the rest |
# | hidden layer, many units silent | Leaky ReLU, ELU, GELU | no region with slope exactly 0; first try a smaller learning rate |
# | hidden layer of a Transformer | GELU, Swish | smooth; what such models are built with (lesson 13) |
# | hidden layer | not sigmoid | costs a factor of 4 a layer |
# | output, two classes | sigmoid, one unit | a number between 0 and 1 |
# | output, exclusive classes | softmax, one unit a class | shares that sum to 1 |
# | output, several labels may be true | sigmoid, one unit a label | independent answers |
# | output, regression | none (linear) | any number can come out |
#
# One warning: a number between 0 and 1 is not yet a probability that you can rely on. Lesson 05 puts that to the test.
#
# ## Recap
#
# - An activation bends on the way forward and passes or blocks the gradient on the way back: look at $f$ and $f'$.
# - Sigmoid: slope at most 0.25, and flat beyond about ±6. tanh: centred, slope at most 1. ReLU: slope 1 or 0.
# - Slopes multiply from layer to layer. That is why gradients vanish in deep sigmoid networks.
# - A ReLU that is negative for all data is dead; too large a learning rate is the usual killer, a leak the cure.
# - Softmax turns logits into shares that sum to 1, and only differences of logits count. Sigmoid is its two-class case.
#
# ## Common mistakes
#
# - **Sigmoid in every layer**, because the output needs one. Only the output does.
# - **ReLU on the output** of a regression: no negative number can ever come out, and the unit may die.
# - **Softmax on a single unit.** One share of one is always 1.
# - **Trusting a name.** Leaky ReLU's slope is 0.2 in `activation="leaky_relu"`, 0.3 in `keras.layers.LeakyReLU` and 0.01
#   in other libraries. Say which one you mean.
# - **Crowning a winner from one run.** Train with another seed before you believe in a difference of one point.
#
# ## Next
#
# The output gives shares; how wrong are they? [Lesson 05](05_losses.ipynb) turns the difference between answer and truth
# into one number, the loss, and shows how much depends on the choice.
