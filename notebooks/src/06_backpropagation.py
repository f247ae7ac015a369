# %% [markdown]
# # 06 · Backpropagation by hand
#
# **How does a network find out which weight is to blame for an error?**
#
# After this lesson you can
#
# - compute every gradient of a small network with the chain rule, on paper;
# - write the forward and the backward pass in a few lines of NumPy;
# - check a backward pass, and find out where a mistake in it sits;
# - say what one backward pass costs, why it goes backward, and what gradients of a batch are;
# - name three kinds of places where the gradient is zero or nearly zero.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 01–05: layers, sigmoid, losses, a gradient step | under 30 s | one sample, typed in; two moons, drawn by scikit-learn |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.plotting import COLORS, plot_classes, plot_computation_graph, plot_curves
from nnlib.plotting import plot_loss_surface, plot_network

import timeit
from itertools import product
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn import datasets, linear_model

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
LEARNING_RATE = 0.5
STEPS = 10_000
MOON_UNITS = 16
MOON_STEPS = 1_000
RUNS = 5
WIDTHS = (16, 64, 256, 1_024)

# %% [markdown]
# ## A network small enough for paper
#
# Two inputs, two hidden units, two outputs. All four units use the sigmoid, $\sigma(z) = 1 / (1 + e^{-z})$. There is
# one sample: for the input $x = (0.05, 0.10)$ we want the output $t = (0.01, 0.99)$. The weights are given, so that
# your numbers on paper and the numbers here are the same; row $j$ of a matrix holds the weights *into* unit $j$. The
# example is Matt Mazur's, from his article *A Step by Step Backpropagation Example* (2015), which many people have
# worked through.

# %% alt="A network with inputs x1 and x2, hidden units h1 and h2 and outputs o1 and o2. Each of the eight lines carries its weight, from 0.15 to 0.55."
x = np.array([0.05, 0.10])
t = np.array([0.01, 0.99])  # t for target
W1, b1 = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([0.35, 0.35])
W2, b2 = np.array([[0.40, 0.45], [0.50, 0.55]]), np.array([0.60, 0.60])
ax = plot_network(
    [(W1.T, b1), (W2.T, b2)],  # the figure wants one column per unit
    input_names=["$x_1$", "$x_2$"],
    hidden_names=[["$h_1$", "$h_2$"]],
    output_names=["$o_1$", "$o_2$"],
    title="Eight weights; biases 0.35 and 0.60",
)

# %% [markdown]
# Eight weights and four biases: twelve numbers can change. For each of them we want to know one thing: if it grows a
# little, how much does the loss change?
#
# ## Forward, one number at a time
#
# A hidden unit adds up its weighted inputs, $u_1 = w_{11} x_1 + w_{12} x_2 + b$, and applies the sigmoid to the sum,
# $h_1 = \sigma(u_1)$. The output units do the same with $h_1$ and $h_2$; their sums are called $z_1$ and $z_2$. This
# way from input to output is the **forward pass**.
#
# The loss is half the sum of the squared errors, $L = \tfrac12\left[(o_1 - t_1)^2 + (o_2 - t_2)^2\right]$. The half
# cancels the 2 that comes from the square when we take the derivative.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


u1 = 0.15 * 0.05 + 0.20 * 0.10 + 0.35
u2 = 0.25 * 0.05 + 0.30 * 0.10 + 0.35
h1, h2 = sigmoid(u1), sigmoid(u2)
z1 = 0.40 * h1 + 0.45 * h2 + 0.60
z2 = 0.50 * h1 + 0.55 * h2 + 0.60
o1, o2 = sigmoid(z1), sigmoid(z2)
loss = ((o1 - 0.01) ** 2 + (o2 - 0.99) ** 2) / 2
expect("first output", o1, 0.75135, 0.75145)
expect("second output", o2, 0.77285, 0.77295)
expect("loss", loss, 0.29835, 0.29845)

# %% [markdown]
# The first output should be near 0 and is far too high. The second should be near 1 and is somewhat too low.
#
# ## The obvious way: change one weight a little
#
# Take the weight from $h_1$ to $o_1$, now 0.40. Raise it by a millionth, compute again what depends
# on it, and divide the change of the loss by the change of the weight.

# %%
nudge = 1e-6
o1_nudged = sigmoid((0.40 + nudge) * h1 + 0.45 * h2 + 0.60)
loss_nudged = ((o1_nudged - 0.01) ** 2 + (o2 - 0.99) ** 2) / 2
print(f"change of the loss / change of the weight: {(loss_nudged - loss) / nudge:.4f}")

# %% [markdown]
# This ratio is (very nearly) the **gradient** of the loss with respect to that weight. It is positive: a larger weight
# makes the loss larger, so this weight should shrink. The method is called *finite differences*. It needs nothing but
# forward passes, one more for each weight. For our twelve numbers that is fine. Large networks have millions.
#
# **Predict before you go on.** The other three weights into the outputs: which should shrink and which should grow?
# Which of the four gradients are the largest?
#
# <details><summary>How to find out without computing</summary>
#
# $h_1$ and $h_2$ are positive, so a larger weight always raises its output. Output 1 is too high: both weights into
# it should shrink (positive gradients). Output 2 is too low: both weights into it should grow (negative gradients).
# Output 1 is further from its target (0.74 against 0.22), and the slopes of the two sigmoids are nearly equal (0.19 and
# 0.18), so the weights into output 1 have the larger gradients.
#
# </details>
#
# ## The chain rule
#
# How does the weight $w$ act on the loss? It changes the sum $z_1$, the sum changes the output $o_1$, the output
# changes the loss. Each of the three steps has a simple derivative:
#
# | step | derivative | in words |
# | --- | --- | --- |
# | $L = \frac12 (o_1 - t_1)^2 + \dots$ | $\partial L / \partial o_1 = o_1 - t_1$ | the error |
# | $o_1 = \sigma(z_1)$ | $\partial o_1 / \partial z_1 = o_1 (1 - o_1)$ | the slope of the sigmoid ([lesson 04](04_activations.ipynb)) |
# | $z_1 = w h_1 + \dots$ | $\partial z_1 / \partial w = h_1$ | what comes in through this weight |
#
# ($\partial$ instead of $d$ says: only this one number changes, all others stay.) Suppose that the sum changes three
# times as much as the weight, and the output twice as much as the sum. Then the output changes six times as much as
# the weight. So the derivatives of steps in a row are multiplied. This is the **chain rule**:
#
# $$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial o_1} \cdot \frac{\partial o_1}{\partial z_1} \cdot
# \frac{\partial z_1}{\partial w} = (o_1 - t_1) \cdot o_1(1 - o_1) \cdot h_1$$
#
# The next figure shows where each factor comes from. A picture of this kind is a **computation graph**. Each arrow
# carries two numbers: above it the value that goes forward, below it the gradient that comes back to this value along
# this arrow.

# %% alt="A graph from left to right: w and h1 meet in their product, which is added to the rest to give z1, then goes through the sigmoid to o1 and into the loss. Above each arrow stands its value, below it its gradient."
error, slope = o1 - 0.01, o1 * (1 - o1)
print(f"{error:.4f} · {slope:.4f} · {h1:.4f} = {error * slope * h1:.4f}")
d1 = error * slope  # the gradient of z1
places = {"$w$": (0, 1.1), "$h_1$": (0, -1.1), "$w h_1$": (2.2, 0), "rest": (2.4, -2.1)}
places |= {"$z_1$": (4.6, 0), "$o_1$": (6.9, 0), "$L$": (9.2, 0)}
edges = [("$w$", "$w h_1$", 0.40, d1 * h1), ("$h_1$", "$w h_1$", h1, d1 * 0.40)]
edges += [("$w h_1$", "$z_1$", 0.40 * h1, d1), ("rest", "$z_1$", 0.45 * h2 + 0.60, d1)]
edges += [("$z_1$", "$o_1$", z1, d1), ("$o_1$", "$L$", o1, error)]
notes = {"$w h_1$": "product", "$z_1$": "sum", "rest": "$0.45\\,h_2 + 0.60$"}
notes |= {"$o_1$": "sigmoid", "$L$": f"{loss:.4f}"}
title = "Values go forward (above), gradients come back (below)"
ax = plot_computation_graph(places, edges, notes=notes, title=title)

# %% [markdown]
# The product of the three factors is the ratio from above, without a second forward pass.
#
# Read the lower numbers from right to left. The error enters at the loss: 0.7414. The sigmoid multiplies it by its
# slope. A sum passes it on unchanged to everything that was added. A product exchanges its factors: what comes back
# to $w$ is multiplied by $h_1$, and what comes back to $h_1$ is multiplied by $w$.
#
# ### One number per unit is enough
#
# The first two factors, error times slope, are the same for every weight into $o_1$. So their product gets a name:
#
# $$\delta_1 = \frac{\partial L}{\partial z_1} = (o_1 - t_1)\, o_1 (1 - o_1)$$
#
# Each weight into the unit has the gradient **δ times what came in through it**. The input of the bias is always 1, so
# the gradient of the bias is δ itself. In the code δ of the outputs is `d1`, `d2`, and δ of the hidden units is `e1`,
# `e2`.

# %%
d1, d2 = (o1 - 0.01) * o1 * (1 - o1), (o2 - 0.99) * o2 * (1 - o2)
second_layer = [d1 * h1, d1 * h2, d2 * h1, d2 * h2]
names = ("h1 → o1", "h2 → o1", "h1 → o2", "h2 → o2")
known = (0.0822, 0.0827, -0.0226, -0.0227)
for name, value, wanted in zip(names, second_layer, known, strict=True):
    expect(name, value, wanted - 5e-5, wanted + 5e-5)
expect("slope of output 1", slope, 0.185, 0.195)
expect("slope of output 2", o2 * (1 - o2), 0.175, 0.185)

# %% [markdown]
# Four gradients from two numbers δ and two numbers $h$. Compare signs and sizes with your prediction.
#
# ### Where one value feeds two units, contributions add up
#
# The hidden unit $h_1$ feeds *both* outputs. If it grows a little, both change, and the loss changes by the sum of
# both effects:
#
# $$\frac{\partial L}{\partial h_1} = \delta_1 \cdot 0.40 + \delta_2 \cdot 0.50$$

# %% alt="From u1 an arrow leads to h1, from there one to each of z1 and z2, on to o1 and o2, and both into the loss. 0.0554 and minus 0.0190 come back to h1; the title adds them up to 0.0364."
from_o1, from_o2 = d1 * 0.40, d2 * 0.50
expect("contribution by way of o1", from_o1, 0.05535, 0.05545)
expect("contribution by way of o2", from_o2, -0.01905, -0.01895)
expect("gradient of h1", from_o1 + from_o2, 0.03635, 0.03645)
e1 = (from_o1 + from_o2) * h1 * (1 - h1)  # δ of the first hidden unit: ∂L/∂u1
e2 = (d1 * 0.45 + d2 * 0.55) * h2 * (1 - h2)
fork = {"$u_1$": (0, 0), "$h_1$": (2.6, 0), "$z_1$": (5.0, 1), "$z_2$": (5.0, -1)}
fork |= {"$o_1$": (7.2, 1), "$o_2$": (7.2, -1), "$L$": (9.4, 0)}
edges = [("$u_1$", "$h_1$", u1, e1), ("$h_1$", "$z_1$", h1, from_o1)]
edges += [("$h_1$", "$z_2$", h1, from_o2), ("$z_1$", "$o_1$", z1, d1), ("$z_2$", "$o_2$", z2, d2)]
edges += [("$o_1$", "$L$", o1, o1 - 0.01), ("$o_2$", "$L$", o2, o2 - 0.99)]
at_h1 = f"{from_o1:.4f} − {-from_o2:.4f} = {from_o1 + from_o2:.4f}"
ax = plot_computation_graph(fork, edges, title=f"At $h_1$ two contributions are added: {at_h1}")
expect("slope of the hidden sigmoid", h1 * (1 - h1), 0.235, 0.25)

# %% [markdown]
# Output 1 would be better if $h_1$ shrank, output 2 if it grew. The first contribution is larger, so the sum is
# positive. The arrow back to $u_1$ carries this sum times the slope of the hidden sigmoid, about a quarter. That is δ
# of the hidden unit.
#
# The rest is as before: δ of the hidden unit, times what came in.

# %%
first_layer = [e1 * 0.05, e1 * 0.10, e2 * 0.05, e2 * 0.10]
names = ("x1 → h1", "x2 → h1", "x1 → h2", "x2 → h2")
for name, value, wanted in zip(names, first_layer, (0.0004, 0.0009, 0.0005, 0.0010), strict=True):
    expect(name, value, wanted - 5e-5, wanted + 5e-5)

# %% [markdown]
# The gradients of the first layer are far smaller than those of the second. There are four reasons: on the way back δ
# is multiplied by weights of about one half, the two contributions have opposite signs, one more slope of at most ¼
# comes in, and the inputs are only 0.05 and 0.10.
#
# ## The whole network in NumPy
#
# Nobody writes one line per weight. A layer is a matrix product, forward and backward. Forward:
#
# $$u = W_1 x + b_1 \qquad h = \sigma(u) \qquad z = W_2 h + b_2 \qquad o = \sigma(z)$$
#
# and backward, with $\odot$ for "element by element":
#
# $$\delta_z = (o - t) \odot o \odot (1 - o) \qquad \delta_u = (W_2^T \delta_z) \odot h \odot (1 - h)$$
#
# $W_2^T$ is $W_2$ with rows and columns exchanged, `W2.T` in NumPy. Forward, row $j$ of $W_2$ collects what goes
# *into* output $j$. Backward, column $i$ of $W_2$ collects what comes *back* to hidden unit $i$: the sum of
# contributions from above.
#
# The gradient of a matrix is a table: one row for each δ, one column for each value that came in, and in each cell
# their product. NumPy calls this table the **outer product**.

# %%
h, d_z = np.array([h1, h2]), np.array([d1, d2])
pd.DataFrame(
    np.outer(d_z, h),
    index=[f"δ{i} = {value:.4f}" for i, value in enumerate(d_z, start=1)],
    columns=[f"h{i} = {value:.4f}" for i, value in enumerate(h, start=1)],
).round(4)

# %% [markdown]
# These are the four gradients from above, each in the place of its weight in $W_2$. Now both passes as functions.
# `backward` takes what the forward pass computed, because it needs $h$ and $o$ again.


# %%
def forward(W1, b1, W2, b2):  # the sample x, t stays the same
    h = sigmoid(W1 @ x + b1)
    return h, sigmoid(W2 @ h + b2)


def backward(h, o, W2):
    d_z = (o - t) * o * (1 - o)
    d_u = (W2.T @ d_z) * h * (1 - h)
    return np.outer(d_u, x), d_u, np.outer(d_z, h), d_z


parameters = [W1, b1, W2, b2]
h, o = forward(*parameters)
gradients = backward(h, o, W2)  # in the order of the parameters

# %% [markdown]
# A good first test of any backward pass: the gradient of a matrix is a matrix of the same shape. The gradient of $x$
# could be computed in the same way; nobody needs it here, because training does not change $x$.
#
# ## Four routes to the same twelve numbers
#
# Never trust a backward pass that you have not checked. There are two independent ways. The first is finite
# differences for every weight, up *and* down by a small step, which is more exact ([lesson 04](04_activations.ipynb)
# says why the step is $10^{-5}$). This comparison is called a **gradient check**. `np.ndindex` runs through all
# places of an array.


# %%
def finite_differences(loss_at, parameters, nudge=1e-5):
    gradients = [np.zeros_like(values) for values in parameters]
    for values, gradient in zip(parameters, gradients, strict=True):
        for place in np.ndindex(values.shape):
            value = values[place]
            values[place] = value + nudge
            above = loss_at(parameters)
            values[place] = value - nudge
            gradient[place] = (above - loss_at(parameters)) / (2 * nudge)
            values[place] = value  # put it back
    return gradients


# %% [markdown]
# The second is TensorFlow. A `GradientTape` records each operation of a forward pass and then goes through the record
# backward: it builds the graph above while the program runs. Keras gets our weights. A Keras kernel has one *column*
# per unit and ours has one row per unit, so the matrices are transposed. Keras wants a batch, so our sample becomes a
# table with one row, `x.reshape(1, 2)`. The cell after that puts all routes into one table, one row for each of the
# twelve numbers. (`np.ravel` writes the elements of an array in one row, `product` gives all pairs of indices.)

# %%
hidden = keras.layers.Dense(2, activation="sigmoid")
output = keras.layers.Dense(2, activation="sigmoid")
model = keras.Sequential([keras.Input((2,)), hidden, output])
model.set_weights([W1.T, b1, W2.T, b2])
with tf.GradientTape() as tape:
    tape_loss = tf.reduce_sum((model(x.reshape(1, 2)) - t) ** 2) / 2
by_tape = [gradient.numpy().T for gradient in tape.gradient(tape_loss, model.weights)]


# %%
def loss_at(parameters):
    return np.sum((forward(*parameters)[1] - t) ** 2) / 2


def flat(arrays):  # all elements in one row
    return np.concatenate([np.ravel(array) for array in arrays])


rows = [f"W₁[{i}, {j}]" for i, j in product((0, 1), (0, 1))] + ["b₁[0]", "b₁[1]"]
routes = pd.DataFrame(index=rows + [row.replace("₁", "₂") for row in rows])
routes["by hand"] = [*first_layer, e1, e2, *second_layer, d1, d2]
routes["NumPy"] = flat(gradients)
routes["finite differences"] = flat(finite_differences(loss_at, parameters))
routes["GradientTape"] = flat(by_tape)
routes.round(6)

# %% [markdown]
# Equal to six decimal places. Is that enough? An absolute difference of $10^{-7}$ looks small, but if the gradient
# itself is $10^{-8}$, it is ten times the gradient. So compare the **relative error**: the length of the difference,
# divided by the sum of the two lengths. It is 0 for equal gradients, 1 for opposite ones, and does not depend on the
# size of the gradient.


# %%
def relative_error(a, b):
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))


for route in ("NumPy", "finite differences", "GradientTape"):
    error = relative_error(routes[route], routes["by hand"])
    expect(f"relative error, {route} against hand", error, high=1e-6)

# %% [markdown]
# A rule of thumb for 64-bit numbers: below $10^{-6}$ the backward pass is right for the samples of the check (take more
# than one), above $10^{-3}$ it has a mistake, and between the two look closer. (Keras computes with 32 bits, about
# seven digits, and still gets below $10^{-6}$ here.)
#
# ## One step downhill
#
# So far nothing has changed a weight. **Backpropagation computes gradients; the optimizer changes the weights.** Many
# texts use one word for both. The simplest optimizer moves each number against its gradient, here by 0.5 times the
# gradient. Mazur's article gives the eight weights after this step. (He leaves the biases as they are; we move them
# too.) The last lines let Keras do the same.

# %%
stepped = [values - 0.5 * gradient for values, gradient in zip(parameters, gradients, strict=True)]
wanted = [0.1498, 0.1996, 0.2498, 0.2995, 0.3456, 0.3450]
wanted += [0.3589, 0.4087, 0.5113, 0.5614, 0.5308, 0.6190]
expect("largest distance to the known step", np.abs(flat(stepped) - wanted).max(), high=5e-5)
expect("loss after the step", loss_at(stepped), high=loss)
model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mean_squared_error")
model.train_on_batch(x.reshape(1, 2), t.reshape(1, 2))
by_keras = flat([values.T for values in model.get_weights()])
expect("largest difference, Keras against ours", np.abs(by_keras - flat(stepped)).max(), high=1e-6)

# %% [markdown]
# The eight weights are those of the article, and Keras arrived at the same numbers. Its mean squared error takes the
# mean over the outputs. With two outputs that is half the sum: exactly our loss.
#
# Repeat that 10,000 times.

# %% alt="Loss over ten thousand steps, both axes logarithmic: nearly flat for the first ten steps, then falling faster and then at a steady rate to below one ten-thousandth."
learned, losses = parameters, []
for _ in range(STEPS):
    h, o = forward(*learned)
    losses.append(np.sum((o - t) ** 2) / 2)
    gradients = backward(h, o, learned[2])
    learned = [p - LEARNING_RATE * g for p, g in zip(learned, gradients, strict=True)]
ax = plot_curves(
    np.arange(1, STEPS + 1), {"": losses}, log="xy", markers=False,
    title="Learning one sample", xlabel="step", ylabel="loss",
)  # fmt: skip
if (LEARNING_RATE, STEPS) == (0.5, 10_000):
    expect("loss after 10,000 steps", loss_at(learned), high=1e-4)
    expect("loss at the start / at step 100", losses[0] / losses[100], 45, 55)
    expect("loss at step 100 / at step 1,000", losses[100] / losses[1_000], 20, 25)
print("outputs", o.round(4), "slopes of their sigmoids", (o * (1 - o)).round(4))

# %% [markdown]
# Both axes are logarithmic. The first 100 steps divide the loss by about 50, the next 900 only by about 20. A small
# error alone does not explain this: with constant slopes every 100 steps would divide the loss by about the same
# number. But δ is error times slope, and the slopes become small. The outputs come near their targets, so near 0 and 1,
# and there the sigmoid is flat: its slopes end at about 0.01 (last line). At the start they were 0.19 and 0.18.
#
# ## A whole data set
#
# So far there was one sample. Now there are 300, with two classes that no straight line separates, the *two moons*: two
# half circles that reach into each other. The samples become the rows of a matrix $X$. Each product is now written the
# other way round, $H = \tanh(X W_1 + b_1)$ and $p = \sigma(H W_2 + b_2)$, and the kernels have Keras's shape. The loss
# is the binary cross-entropy, for which [lesson 05](05_losses.ipynb) found δ of the output: simply $p - y$. The slope
# of tanh is $1 - \tanh^2$, so $1 - H^2$ takes the place of $h(1 - h)$.


# %%
def moons_forward(X, W1, b1, W2, b2):
    H = np.tanh(X @ W1 + b1)
    return H, sigmoid(H @ W2 + b2)


def moons_backward(X, y, H, p, W2):
    d_z = (p - y) / len(X)  # the loss is a mean over the samples
    d_u = (d_z @ W2.T) * (1 - H**2)
    return X.T @ d_u, d_u.sum(axis=0), H.T @ d_z, d_z.sum(axis=0)


def cross_entropy(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


# %%
def moons(seed):
    """300 training points, 300 test points, and random weights to start from."""
    X, y = datasets.make_moons(600, noise=0.15, random_state=seed)
    rng = np.random.default_rng(seed)
    start = [rng.normal(size=(2, MOON_UNITS)), np.zeros(MOON_UNITS)]
    start += [rng.normal(size=(MOON_UNITS, 1)) / np.sqrt(MOON_UNITS), np.zeros(1)]
    # reshape(-1, 1): one column; NumPy finds the number of rows
    return X[:300], y[:300].reshape(-1, 1), X[300:], y[300:].reshape(-1, 1), start


X, y, X_test, y_test, start = moons(seed)
H, p = moons_forward(X, *start)
ours = moons_backward(X, y, H, p, start[2])

# %% alt="Two half circles of points that reach into each other: circles in the upper one, triangles in the lower one."
ax = plot_classes(X, y.ravel(), class_names=("0", "1"), title="Two moons: 300 points")

# %% [markdown]
# ### The gradient of a batch is a mean
#
# `X.T @ d_u` adds up the outer products of all samples, and `d_z` holds the division by their number. So the gradient
# of the batch should be the mean of the gradients of single samples. Try it: one backward pass for each sample alone,
# then the mean.

# %%
singles = []
for i in range(len(X)):
    one_x, one_y = X[i : i + 1], y[i : i + 1]  # a batch of one
    H1, p1 = moons_forward(one_x, *start)
    singles.append(flat(moons_backward(one_x, one_y, H1, p1, start[2])))
expect("relative error", relative_error(np.mean(singles, axis=0), flat(ours)), high=1e-12)

# %% [markdown]
# A batch too large for the memory can therefore be cut into equal parts: add the gradients of the parts, divide by the
# number of parts, then step. This is *gradient accumulation*. In PyTorch gradients are added up by default. Whoever
# forgets to clear them steps along the sum of all gradients so far. (A `GradientTape` starts from zero each time.)
#
# **Predict:** what does the loss do if nobody clears the gradients? (The rate is small, 0.02, because the sum of all
# gradients so far makes large steps. The third panel shows a rate that suits single gradients.)


# %%
def train(data, backward, steps, rate=1.0, clear=True):
    """The loss before each step, and the weights at the end."""
    X, y, _, _, weights = data
    losses, totals = [], [0, 0, 0, 0]
    for _ in range(steps):
        H, p = moons_forward(X, *weights)
        losses.append(cross_entropy(p, y))
        gradients = backward(X, y, H, p, weights[2])
        if clear:
            totals = [0, 0, 0, 0]
        totals = [total + g for total, g in zip(totals, gradients, strict=True)]
        weights = [w - rate * total for w, total in zip(weights, totals, strict=True)]
    return np.array(losses), weights


# %% alt="Loss over 150 steps, five runs in each panel. Left, cleared gradients and rate 0.02: all five fall slowly and evenly to between 0.3 and 0.4. Middle, never cleared: all five swing up and down, and end at 0.2 or lower. Right, cleared at rate 3: all five fall to below 0.1, with a few short rises."
data = [moons(seed + run) for run in range(RUNS)]
panels = {
    "Cleared, rate 0.02": [train(d, moons_backward, 150, 0.02)[0] for d in data],
    "Never cleared, rate 0.02": [train(d, moons_backward, 150, 0.02, clear=False)[0] for d in data],
    "Cleared, rate 3": [train(d, moons_backward, 150, 3)[0] for d in data],
}
axes = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True, layout="constrained")[1]
for ax, (title, runs) in zip(axes, panels.items(), strict=True):
    ax.plot(np.transpose(runs), color=COLORS["blue"], alpha=0.7)
    ax.set_title(title, loc="left", fontweight="bold")
    ax.set(xlabel="step", ylabel="loss", ylim=(0, None))

# %% [markdown]
# Without clearing the loss swings: the old gradients are still in the sum when the right direction has changed. And yet
# these curves end lower on average than those on the left: their steps are longer, and they follow earlier gradients,
# like the momentum of [lesson 07](07_optimizers.ipynb). With gradients that are cleared and a rate that suits them the
# loss ends lower still. So a loss that is lower in the end does not show that the code is right.
#
# ## A planted mistake
#
# Here is a backward pass with a mistake that many people make: the slope of the hidden activation is missing.
# **Predict:** does a network that is trained with it still learn? And which of its four gradients are wrong?

# %%
rises = [np.mean(np.diff(runs) > 0) for runs in panels.values()]
expect("share of steps that raise the loss, cleared", rises[0], 0, 0)
expect("share of steps that raise the loss, never cleared", rises[1], 0.2, 0.6)
ends = [np.array(runs)[:, -1].mean() for runs in panels.values()]
expect("mean loss at the end, cleared − never cleared", ends[0] - ends[1], low=0.05)
expect("never cleared / cleared at rate 3", ends[1] / ends[2], low=1.4)


def planted(X, y, H, p, W2):
    d_z = (p - y) / len(X)
    d_u = d_z @ W2.T
    return X.T @ d_u, d_u.sum(axis=0), H.T @ d_z, d_z.sum(axis=0)


# %% alt="Loss over a thousand steps on logarithmic axes, five runs each. With the right gradients, solid, all five fall to about 0.02. With the planted mistake, dashed, all five fall at first as well, and stay near 0.3."
right = [train(each, moons_backward, MOON_STEPS) for each in data]
wrong = [train(each, planted, MOON_STEPS) for each in data]
ax = plt.subplots(figsize=(7, 3.8), layout="constrained")[1]
title = "Right gradients and a planted mistake, five runs each"
ax.set_title(title, loc="left", fontweight="bold")
ax.set(xlabel="step", ylabel="training loss (cross-entropy)")
steps = np.arange(1, MOON_STEPS + 1)  # a logarithmic axis has no 0
ax.loglog(steps, np.transpose([losses for losses, _ in wrong]), "--", color=COLORS["vermillion"])
ax.loglog(steps, np.transpose([losses for losses, _ in right]), "-", color=COLORS["blue"])
for y, word, color in ((0.45, "slope forgotten", "vermillion"), (0.03, "right gradients", "blue")):
    ax.text(9, y, word, color=COLORS[color], fontsize=12, fontweight="bold")

# %% [markdown]
# With the mistake the loss ends lower than it began in every run. Seen alone, the dashed curves look like a network
# that is simply not very good. The gradient check sees the difference at once. The table holds the relative error of
# each gradient at the start.

# %%
X, y, X_test, y_test, start = data[0]
H, p = moons_forward(X, *start)
checked = finite_differences(lambda now: cross_entropy(moons_forward(X, *now)[1], y), start)
table = pd.DataFrame(index=["W₁", "b₁", "W₂", "b₂"])
for name, backward in (("right", moons_backward), ("slope forgotten", planted)):
    found = backward(X, y, H, p, start[2])
    table[name] = [relative_error(a, b) for a, b in zip(found, checked, strict=True)]
expect("highest loss at the end, right", max(losses[-1] for losses, _ in right), high=0.06)
expect("lowest loss at the end, mistake", min(losses[-1] for losses, _ in wrong), low=0.18)
expect("smallest fall, mistake", min(losses[0] - losses[-1] for losses, _ in wrong), low=0.05)
expect("largest relative error, right", table["right"].max(), high=1e-6)
expect("smallest, slope forgotten, first layer", table["slope forgotten"][:2].min(), low=0.01)
table.map("{:.1e}".format)

# %% [markdown]
# The gradients of the second layer are right, so δ of the output is right. Both gradients of the first layer are wrong,
# so δ of the hidden layer is wrong: the mistake sits between the two. If $b_1$ were right and only $W_1$ wrong, δ would
# be right, and the mistake would sit in the product with what came in. If $b_2$ were wrong, we would look at δ of the
# output first: a wrong δ spoils everything that is computed from it.
#
# Now test the network that was trained with the right gradients. The baseline is a straight line (logistic regression).


# %%
scores = pd.DataFrame(columns=["straight line", "network"])
for run, ((X, y, X_test, y_test, _), (_, weights)) in enumerate(zip(data, right, strict=True)):
    line = linear_model.LogisticRegression().fit(X, y.ravel()).score(X_test, y_test.ravel())
    hits = (moons_forward(X_test, *weights)[1] > 0.5) == y_test
    scores.loc[f"run {run + 1}"] = line, hits.mean()
expect("lowest test accuracy of the network", scores["network"].min(), 0.94, 1)
expect("smallest gain", (scores["network"] - scores["straight line"]).min(), low=0.03)
scores.round(3)

# %% [markdown]
# Keras gets the start, the data and the learning rate of the first run, and one batch that holds all 300 samples. If
# our backward pass computes what Keras computes, both arrive at the same network.

# %%
hidden = keras.layers.Dense(MOON_UNITS, activation="tanh")
output = keras.layers.Dense(1, activation="sigmoid")
model = keras.Sequential([keras.Input((2,)), hidden, output])
X, y, X_test, y_test, start = data[0]
model.set_weights(start)
model.compile(optimizer=keras.optimizers.SGD(1.0), loss="binary_crossentropy")
history = fit(model, X, y, batch_size=300, epochs=MOON_STEPS, verbose=0)
losses, weights = right[0]
distance = np.abs(np.array(history.history["loss"]) - losses).max()
expect("largest difference of the losses, all steps", distance, high=1e-3)
by_keras, by_us = model.predict_on_batch(X_test), moons_forward(X_test, *weights)[1]
expect("largest difference of the test outputs", np.abs(by_keras - by_us).max(), high=1e-2)

# %% [markdown]
# ## Why backward?
#
# The chain rule can also be read as a sum over paths. Take a network with two inputs, and with two units in every
# layer, and ask for the derivative of one output with respect to one input: multiply along each path from one to the
# other, then add up all paths. Each matrix below stands for one layer, and its entries are "slope times weight".


# %%
def by_paths(layers):
    total = 0
    for between in product((0, 1), repeat=len(layers) - 1):  # a unit in each layer between
        stops = (0, *between, 0)
        total += np.prod([layer[stops[k + 1], stops[k]] for k, layer in enumerate(layers)])
    return total


layers = np.random.default_rng(seed).normal(size=(12, 2, 2))
delta = np.array([1.0, 0.0])  # δ of the top layer: only the first output counts
for matrix in reversed(layers):
    delta = matrix.T @ delta  # δ of one layer from δ of the layer above
print(f"12 layers: {by_paths(layers):.6e} by paths, {delta[0]:.6e} by δ")
expect("relative difference", abs(by_paths(layers) / delta[0] - 1), high=1e-9)

# %% [markdown]
# The same number. The work is not the same.
#
# **Predict:** with 12 layers there are 2¹¹ = 2,048 paths with 11 multiplications each. How many multiplications does
# the way with δ need?
#
# <details><summary>Answer</summary>
#
# Each step backward is one matrix times one vector: 2 · 2 = 4 multiplications. The first step only picks a row (its δ
# is 1 and 0), so eleven steps count: 44, against 22,528. With 30 layers it is 116 against more than 15 billion.
#
# </details>
#
# Paths share their last parts. The backward pass computes each shared part once and stores it, as δ. To store what
# many results need is called *dynamic programming*. Why do we start from the loss, and not from the inputs? There is
# one loss and there are many weights. Starting from the loss, one pass serves all weights. Starting from a weight,
# every weight needs a pass of its own, as with finite differences.
#
# ## What does a gradient cost?
#
# Forward, a layer is one matrix product. Backward it is two: one for δ of the layer below, one for the gradient of the
# weights. (The first layer needs only the second: nobody asks for the gradient of $x$.) So one backward pass should
# cost about two forward passes, *however large the network is*; with only two layers it is three products against two,
# 1.5 forward passes. Finite differences cost two forward passes **per weight**. Measure all three, with $n$ inputs, $n$
# hidden units, $n$ outputs and a batch of 64 samples. The forward time includes the loss with its logarithms; the time
# of the finite differences (column "differences") is computed from it.


# %%
def seconds(run, repeat=10):
    """The shortest of several runs: other programs only ever make a run longer."""
    return min(timeit.repeat(run, number=1, repeat=repeat))


def measure(n):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(64, n)), rng.integers(0, 2, size=(64, n))
    weights = [rng.normal(size=(n, n)) / n, np.zeros(n), rng.normal(size=(n, n)) / n, np.zeros(n)]
    H, p = moons_forward(X, *weights)
    ahead = seconds(lambda: cross_entropy(moons_forward(X, *weights)[1], y))
    back = seconds(lambda: moons_backward(X, y, H, p, weights[2]))
    numbers = {"weights": 2 * n * n + 2 * n}
    return numbers | {"forward, ms": 1e3 * ahead, "backward, ms": 1e3 * back}


# %%
costs = pd.DataFrame([measure(n) for n in WIDTHS], index=pd.Index(WIDTHS, name="width"))
costs["differences, s"] = 2e-3 * costs["weights"] * costs["forward, ms"]  # not waited for
costs["backward / forward"] = costs["backward, ms"] / costs["forward, ms"]
expect("backward / forward, widest network", costs["backward / forward"].iloc[-1], 0.8, 5)
hours = costs["differences, s"].iloc[-1] / 3600
print(f"finite differences for {costs['weights'].iloc[-1]:,} weights: about {hours:,.0f} hours")
costs.round(2)

# %% [markdown]
# Look at the last column. In a small network the matrix products are short: calling NumPy and taking logarithms
# probably cost more, and the ratio may be below 1. In the widest network the matrix products weigh most, and the ratio
# is roughly of the size that counting gives: 1.5 for two layers, nearly 2 for many. The measured number differs from
# run to run and from machine to machine. The count gives the rule of the field: one training step costs about three
# forward passes, one forward and two for the way back.
#
# The price is memory. The backward pass needs $H$ and $p$ again, so the forward pass has to keep what each layer gave.
# Training therefore needs more memory than predicting.
#
# ## Does a zero gradient mean that we have arrived?
#
# At a minimum the gradient is zero, and descent stops. Many read this the other way round: the gradient is zero, so
# this must be a minimum. Try it with the smallest network that has two layers: one input, one hidden unit, one output,
# no biases, no activations. For $x = 1$ and $t = 1$:
#
# $$L(w_1, w_2) = \tfrac12 (w_2 w_1 - 1)^2$$
#
# **Predict:** is $w_1 = w_2 = 0$ a minimum? Compute the loss there, the gradient, and the loss at points beside it. The
# code below also descends from the point itself, and from a start a little beside it.
#
# A second kind of place is a **plateau**: one sigmoid unit, $o = \sigma(wx + b)$ with $x = 1$ and $t = 1$, starts at
# $w = b = -8$. Its output is nearly 0, as wrong as it can be.


# %%
def product_loss(w1, w2):
    return (w2 * w1 - 1) ** 2 / 2


def product_gradient(w1, w2):
    return (w2 * w1 - 1) * np.array([w2, w1]) + 0.0  # + 0.0 turns −0 into 0


def descend(gradient, start):
    path = [np.array(start, dtype=float)]
    for _ in range(100):
        path.append(path[-1] - 0.1 * gradient(*path[-1]))
    return np.array(path)


# %%
def unit_loss(w, b):
    return (sigmoid(w + b) - 1) ** 2 / 2


def unit_gradient(w, b):
    o = sigmoid(w + b)
    return (o - 1) * o * (1 - o) * np.ones(2)


at_zero = descend(product_gradient, (0, 0))
beside = descend(product_gradient, (0.02, -0.01))
on_plateau = descend(unit_gradient, (-8, -8))
print("(0, 0): gradient", product_gradient(0, 0), "loss", product_loss(0, 0))
print("(0.1, 0.1): loss", product_loss(0.1, 0.1), "(0.1, -0.1): loss", product_loss(0.1, -0.1))
print(f"plateau: loss {unit_loss(-8, -8):.4f}, gradient {unit_gradient(-8, -8)}")

# %% alt="Two contour maps. Left, the loss of the product network has two valleys; a path that starts exactly in the middle stays there, a path from a little beside it walks into a valley. Right, a wide flat area meets a slope; the path on the flat area stays where it is."
figure, axes = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
ax = plot_loss_surface(
    product_loss, (-2, 2), (-2, 2), path=beside, title="A saddle: a start beside it gets away",
    xlabel="$w_1$", ylabel="$w_2$", ax=axes[0],
)  # fmt: skip
ax.plot(*at_zero[-1], "X", color="#D55E00", markersize=13, markeredgecolor="white")
ax = plot_loss_surface(
    unit_loss, (-10, 10), (-10, 10), path=on_plateau, title="A plateau: 100 steps lead nowhere",
    xlabel="$w$", ylabel="$b$", ax=axes[1],
)  # fmt: skip
expect("distance walked from (0, 0)", np.abs(at_zero[-1]).max(), 0, 0)
expect("loss after the start beside it", product_loss(*beside[-1]), high=1e-3)
expect("loss on the plateau after 100 steps", unit_loss(*on_plateau[-1]), low=0.49)

# %% [markdown]
# The point $(0, 0)$ is a **saddle**: towards $(0.1, 0.1)$ the loss falls, towards $(0.1, -0.1)$ it rises. The cross
# marks the descent that started exactly there: it has not moved. The start beside it gets away. On the plateau the
# gradient is not exactly zero, only very small (printed above), and 100 steps hardly change the loss.
#
# A network that starts with all weights at zero has the same difficulty. With tanh the hidden layer then gives
# $H = 0$, so the gradient of $W_2$ is zero; and with $W_2 = 0$ nothing comes back, so the gradients of $W_1$ and $b_1$
# are zero as well. Which gradient is left?

# %%
zeros = [np.zeros_like(values) for values in start]
H, p = moons_forward(X, *zeros)
for name, gradient in zip(
    ("W1", "b1", "W2", "b2"), moons_backward(X, y, H, p, zeros[2]), strict=True
):
    print(f"{name}: largest gradient {np.abs(gradient).max():.4f}")

# %% [markdown]
# Only the output bias can move, and with it alone the network gives every point the same answer. For the other
# parameters the gradient stays zero. Random weights avoid this: the network above started from them, and learned.
# Against the plateau two things help: small weights and scaled inputs keep the sums near zero, and the cross-entropy
# takes the slope of the output sigmoid out of δ ([lesson 05](05_losses.ipynb)).
#
# ## Recap
#
# - A network is a graph of simple steps. The chain rule multiplies along a path, and adds where paths meet.
# - δ of a unit is the gradient of its weighted sum. Backward: δ through the transposed matrix, times the slope of the
#   activation.
# - The gradient of a weight is δ times what came in; that of a bias is δ. The gradient of a batch is the mean over
#   its samples.
# - Backpropagation computes gradients, the optimizer changes weights.
# - A network with a wrong backward pass can learn all the same. Check it: finite differences, relative error.
# - A backward pass over many layers costs about two forward passes: two matrix products per layer instead of one. Each
#   shared part is computed once.
# - Where the gradient is zero or nearly zero there may be a minimum, a saddle or a plateau.
#
# ## Common mistakes
#
# - **Changing $W_2$ before using it** for δ of the layer below: compute all gradients first, then step.
# - **Forgetting the slope of the activation,** or applying the sigmoid twice: with $h = \sigma(u)$ the slope is
#   $h(1 - h)$, not $\sigma(h)(1 - \sigma(h))$.
# - **Forgetting to add** where a value is used twice, or to add up the gradient of a bias over the samples.
# - **Forgetting to clear gradients** where the library adds them up.
# - **Believing a falling loss.** It falls with wrong gradients as well.
# - **Checking with a step that is too small:** in 32-bit numbers rounding is larger than the difference. Use 64 bits
#   and about $10^{-5}$.
#
# ## Next
#
# Practise first: [seven exercises](exercises/06_backpropagation.ipynb), about 45 minutes. Each check says what is
# wrong.
#
# Every weight now knows its direction. How far should it go, and should it remember earlier steps?
# [Lesson 07](07_optimizers.ipynb) compares six optimizers.
