# %% [markdown]
# # 06 · Backpropagation by hand
#
# **How does a network find out which weight is to blame for an error?**
#
# After this lesson you can
#
# - compute every gradient of a small network with the chain rule, and read them off a computation graph;
# - write the forward and the backward pass in a few lines of NumPy;
# - check gradients with finite differences, TensorFlow and Keras;
# - say what one backward pass costs, and why nobody trains with finite differences;
# - give examples of a zero gradient that is no minimum.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | 01–04: layers, sigmoid, loss, a gradient step | under 30 s | one sample, typed in; two moons, drawn by scikit-learn |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.plotting import plot_computation_graph, plot_curves, plot_decision_boundary
from nnlib.plotting import plot_loss_surface, plot_network

import timeit
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.datasets import make_moons
from sklearn.linear_model import LogisticRegression

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
LEARNING_RATE = 0.5
STEPS = 10_000
MOON_NOISE = 0.15
MOON_UNITS = 16
MOON_STEPS = 1_000
WIDTHS = (4, 8, 16, 32, 64)

# %% [markdown]
# ## A network small enough for paper
#
# Two inputs, two hidden units, two outputs. All four units use the sigmoid, $\sigma(z) = 1 / (1 + e^{-z})$. There is
# one sample: for the input $x = (0.05, 0.10)$ we want the output $t = (0.01, 0.99)$. The weights are given, so that
# your numbers on paper and the numbers here are the same.

# %%
x = np.array([0.05, 0.10])
t = np.array([0.01, 0.99])  # t for target
W1, b1 = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([0.35, 0.35])
W2, b2 = np.array([[0.40, 0.45], [0.50, 0.55]]), np.array([0.60, 0.60])

# %% [markdown]
# Row $j$ of a matrix holds the weights *into* unit $j$.

# %% alt="A network with inputs x1 and x2, two hidden units and outputs o1 and o2; each line carries its weight, and units that give 1 carry the biases."
ax = plot_network(
    [(W1.T, b1), (W2.T, b2)],
    input_names=["$x_1$", "$x_2$"],
    output_names=["$o_1$", "$o_2$"],
    show_bias=True,
    title="Eight weights, four biases",
)

# %% [markdown]
# Twelve numbers can change. For each of them we want to know: if it grows a little, what happens to the loss?
#
# ## Forward, one number at a time
#
# A hidden unit sums up its weighted inputs, $u_1 = w_{11} x_1 + w_{12} x_2 + b$, and squashes the sum,
# $h_1 = \sigma(u_1)$. The output units do the same with $h_1$ and $h_2$; their sums are called $z_1, z_2$.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


u1 = 0.15 * 0.05 + 0.20 * 0.10 + 0.35
u2 = 0.25 * 0.05 + 0.30 * 0.10 + 0.35
h1, h2 = sigmoid(u1), sigmoid(u2)
z1 = 0.40 * h1 + 0.45 * h2 + 0.60
z2 = 0.50 * h1 + 0.55 * h2 + 0.60
o1, o2 = sigmoid(z1), sigmoid(z2)
print(f"hidden {h1:.4f}, {h2:.4f}   outputs {o1:.4f}, {o2:.4f}")

# %% [markdown]
# The loss is half the sum of the squared errors, $L = \tfrac12\left[(o_1 - t_1)^2 + (o_2 - t_2)^2\right]$. The half is
# there for convenience: it cancels the 2 that squaring brings into the derivative.

# %%
loss = ((o1 - 0.01) ** 2 + (o2 - 0.99) ** 2) / 2
expect("first output", o1, 0.75135, 0.75145)
expect("second output", o2, 0.77285, 0.77295)
expect("loss", loss, 0.29835, 0.29845)

# %% [markdown]
# The first output is far too high, the second somewhat too low.
#
# **Predict before you go on.** Which of the four weights into the outputs have to shrink, and which have to grow? Which
# will change most?
#
# ## The obvious way: wiggle a weight
#
# Take the weight from $h_1$ to $o_1$, now 0.40. Raise it by a millionth, compute everything again, and see how much the
# loss has changed, per unit of change.

# %%
nudge = 1e-6
o1_nudged = sigmoid((0.40 + nudge) * h1 + 0.45 * h2 + 0.60)
loss_nudged = ((o1_nudged - 0.01) ** 2 + (o2 - 0.99) ** 2) / 2
expect("change of the loss / change of the weight", (loss_nudged - loss) / nudge, 0.08215, 0.08225)

# %% [markdown]
# This ratio is (nearly) the **gradient** of the loss for that weight. It is positive: a larger weight makes the loss
# larger, so the weight has to shrink. The method is called *finite differences*. It always works, and it needs a whole
# forward pass for each weight. With twelve weights, fine. With twelve million?
#
# ## The chain rule
#
# How does the weight $w$ reach the loss? It changes the sum $z_1$, the sum changes the output $o_1$, the output changes
# the loss. Three short steps, and each has a simple derivative:
#
# | step | derivative | in words |
# | --- | --- | --- |
# | $L = \frac12 (o_1 - t_1)^2 + \dots$ | $\partial L / \partial o_1 = o_1 - t_1$ | the error itself |
# | $o_1 = \sigma(z_1)$ | $\partial o_1 / \partial z_1 = o_1 (1 - o_1)$ | steep in the middle, flat at the ends |
# | $z_1 = w h_1 + \dots$ | $\partial z_1 / \partial w = h_1$ | what comes in through this weight |
#
# If a gear turns the next one twice as fast, and that one turns a third gear three times as fast, the first turns the
# third six times as fast. Derivatives of steps in a row multiply:
#
# $$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial o_1} \cdot \frac{\partial o_1}{\partial z_1} \cdot
# \frac{\partial z_1}{\partial w} = (o_1 - t_1) \cdot o_1(1 - o_1) \cdot h_1$$

# %%
error, slope = o1 - 0.01, o1 * (1 - o1)
print(f"{error:.4f} · {slope:.4f} · {h1:.4f} = {error * slope * h1:.4f}")
expect("gradient of the weight from h1 to o1", error * slope * h1, 0.08215, 0.08225)

# %% [markdown]
# The same number, without a second forward pass. Now in a picture. Each arrow carries two numbers: above it, the value that
# travels forward; below it, the gradient of the loss with respect to that value, which travels back.

# %%
places = {"$w$": (0, 1.1), "$h_1$": (0, -1.1), "$w h_1$": (2.2, 0), "rest": (2.4, -2.1)}
places |= {"$z_1$": (4.6, 0), "$o_1$": (6.9, 0), "$L$": (9.2, 0)}
d1 = error * slope
edges = [
    ("$w$", "$w h_1$", 0.40, d1 * h1),
    ("$h_1$", "$w h_1$", h1, d1 * 0.40),
    ("$w h_1$", "$z_1$", 0.40 * h1, d1),
    ("rest", "$z_1$", 0.45 * h2 + 0.60, d1),
    ("$z_1$", "$o_1$", z1, d1),
    ("$o_1$", "$L$", o1, error),
]
notes = {"$w h_1$": "product", "$z_1$": "sum", "rest": "$0.45\\,h_2 + 0.60$"}
notes |= {"$o_1$": "sigmoid", "$L$": f"{loss:.4f}"}

# %% alt="A graph from left to right: w and h1 meet in their product, which is summed with the rest to z1, then goes through the sigmoid to o1 and into the loss. Above each arrow stands its value, below it its gradient."
ax = plot_computation_graph(
    places, edges, notes=notes, title="Values go forward (above), gradients come back (below)"
)

# %% [markdown]
# Read the lower row from right to left, the way the blame travels. The error enters at the loss. The sigmoid multiplies it
# by its slope. The sum passes it on unchanged to everything that was added. The product swaps: the gradient of $w$ is
# multiplied by $h_1$, and that of $h_1$ by $w$.

# %% [markdown]
# ### One number a unit is enough
#
# The first two factors, error times slope, do not depend on which of the weights into $o_1$ we ask about. So give their
# product a name:
#
# $$\delta_1 = \frac{\partial L}{\partial z_1} = (o_1 - t_1)\, o_1 (1 - o_1)$$
#
# and each weight into the unit has the gradient **δ times what came in through it**; the bias, whose input is 1, has δ
# itself. The two passes share the work: the forward pass has already computed $\partial z / \partial w$ (it is the input),
# and the backward pass delivers $\partial L / \partial z$ (it is δ).

# %%
d1, d2 = (o1 - 0.01) * o1 * (1 - o1), (o2 - 0.99) * o2 * (1 - o2)
second_layer = [d1 * h1, d1 * h2, d2 * h1, d2 * h2]
for name, value, wanted in zip(
    ("h1 → o1", "h2 → o1", "h1 → o2", "h2 → o2"),
    second_layer,
    (0.0822, 0.0827, -0.0226, -0.0227),
    strict=True,
):
    expect(name, value, wanted - 5e-5, wanted + 5e-5)

# %% [markdown]
# Was your prediction right? The weights into $o_1$ shrink (positive gradient), those into $o_2$ grow, and $o_1$, which is
# further off, gets the larger steps.
#
# ### One layer further down
#
# The hidden unit $h_1$ feeds *both* outputs, so it gets blame from both. Two ways from one place to the loss: the
# gradients that come back along them **add up**.
#
# $$\frac{\partial L}{\partial h_1} = \delta_1 \cdot 0.40 + \delta_2 \cdot 0.50$$

# %%
e1 = (d1 * 0.40 + d2 * 0.50) * h1 * (1 - h1)  # δ of the first hidden unit: ∂L/∂u1
e2 = (d1 * 0.45 + d2 * 0.55) * h2 * (1 - h2)
fork = {"$u_1$": (0, 0), "$h_1$": (2.2, 0), "$z_1$": (4.4, 1), "$z_2$": (4.4, -1)}
fork |= {"$o_1$": (6.6, 1), "$o_2$": (6.6, -1), "$L$": (8.8, 0)}
edges = [
    ("$u_1$", "$h_1$", u1, e1),
    ("$h_1$", "$z_1$", h1, d1 * 0.40),
    ("$h_1$", "$z_2$", h1, d2 * 0.50),
    ("$z_1$", "$o_1$", z1, d1),
    ("$z_2$", "$o_2$", z2, d2),
    ("$o_1$", "$L$", o1, o1 - 0.01),
    ("$o_2$", "$L$", o2, o2 - 0.99),
]

# %% alt="From u1 an arrow leads to h1, from there one to each of z1 and z2, on to o1 and o2, and both into the loss. Two gradients of opposite sign come back to h1."
ax = plot_computation_graph(fork, edges, title="Where ways part, the gradients that return add up")

# %% [markdown]
# One output asks $h_1$ to shrink, the other asks it to grow. The first is louder. Then the slope of the hidden sigmoid
# makes the sum about four times smaller.

# %% [markdown]
# From here it goes on as before: δ of the hidden unit, times what came in.

# %%
first_layer = [e1 * 0.05, e1 * 0.10, e2 * 0.05, e2 * 0.10]
for name, value, wanted in zip(
    ("x1 → h1", "x2 → h1", "x1 → h2", "x2 → h2"),
    first_layer,
    (0.0004, 0.0009, 0.0005, 0.0010),
    strict=True,
):
    expect(name, value, wanted - 5e-5, wanted + 5e-5)

# %% [markdown]
# The gradients of the first layer are about a hundred times smaller: two sigmoid slopes instead of one, and small inputs. With
# more layers it gets worse; lesson 04 calls this *vanishing gradients*.
#
# ## All at once, in NumPy
#
# Nobody writes a line for each weight. A layer is a matrix product, and so is its way back. Forward:
#
# $$u = W_1 x + b_1 \qquad h = \sigma(u) \qquad z = W_2 h + b_2 \qquad o = \sigma(z)$$
#
# and backward, with $\odot$ for "element by element":
#
# $$\delta_z = (o - t) \odot o \odot (1 - o) \qquad \delta_u = W_2^T \delta_z \odot h \odot (1 - h)$$
#
# $$\frac{\partial L}{\partial W_2} = \delta_z h^T \qquad \frac{\partial L}{\partial b_2} = \delta_z \qquad
# \frac{\partial L}{\partial W_1} = \delta_u x^T \qquad \frac{\partial L}{\partial b_1} = \delta_u$$


# %%
def forward(W1, b1, W2, b2):
    h = sigmoid(W1 @ x + b1)
    return h, sigmoid(W2 @ h + b2)


def backward(h, o, W2):
    d_z = (o - t) * o * (1 - o)
    d_u = W2.T @ d_z * h * (1 - h)
    return np.outer(d_u, x), d_u, np.outer(d_z, h), d_z


# %% [markdown]
# Look at $W_2^T \delta_z$. Forward, row $j$ of $W_2$ collects what flows *into* unit $j$. Backward, column $i$ collects what comes
# *back* to unit $i$. The sum over the two ways of the fork above is this product.

# %%
parameters = [W1, b1, W2, b2]
h, o = forward(*parameters)
gradients = backward(h, o, W2)
dW1, db1, dW2, db2 = gradients

# %% [markdown]
# The whole network once more, now with an arrow for each vector or matrix. First where everything stands,

# %%
nodes = {"$x$": (0, 0), "$u$": (2.1, 0), "$h$": (4.4, 0), "$z$": (6.5, 0)}
nodes |= {"$o$": (8.8, 0), "$L$": (10.9, 0)}
nodes |= {"$W_1$": (2.1, 2.2), "$b_1$": (2.1, -2.2), "$W_2$": (6.5, 2.2), "$b_2$": (6.5, -2.2)}

# %% [markdown]
# then each arrow with its value and its gradient. Note that $\delta_u$ and $\delta_z$ appear twice each: at the sum, and at
# the bias, to which the sum hands its gradient on unchanged.

# %%
edges = [
    ("$x$", "$u$", x, None),
    ("$W_1$", "$u$", W1, dW1),
    ("$b_1$", "$u$", b1, db1),
    ("$u$", "$h$", W1 @ x + b1, db1),
    ("$h$", "$z$", h, W2.T @ db2),
    ("$W_2$", "$z$", W2, dW2),
    ("$b_2$", "$z$", b2, db2),
    ("$z$", "$o$", W2 @ h + b2, db2),
    ("$o$", "$L$", o, o - t),
]

# %% alt="The computation graph of the network: x, W1 and b1 lead to u, then h, then with W2 and b2 to z, o and the loss. Values stand above the arrows, gradients below; beside the weight matrices stand their gradients, of the same shape."
ax = plot_computation_graph(
    nodes, edges, notes={"$L$": f"{loss:.4f}"}, title="Every gradient has the shape of its value"
)

# %% [markdown]
# That is a good first test of any backward pass: the gradient of a matrix is a matrix of the same shape. Boxes are where
# we may turn a knob; the input $x$ gets no gradient, because we do not want to change it.

# %% [markdown]
# ## Four routes to the same numbers
#
# A backward pass with an error in it often still learns, only worse. So never trust one; check it. Two oracles are at hand.
# The first is to wiggle every weight, this time up *and* down, which is more exact.


# %%
def loss_at(parameters):
    return np.sum((forward(*parameters)[1] - t) ** 2) / 2


def finite_differences(loss_at, parameters, nudge=1e-5):
    gradients = [np.zeros_like(values) for values in parameters]
    for values, gradient in zip(parameters, gradients, strict=True):
        for place in np.ndindex(values.shape):
            value = values[place]
            values[place] = value + nudge
            above = loss_at(parameters)
            values[place] = value - nudge
            gradient[place] = (above - loss_at(parameters)) / (2 * nudge)
            values[place] = value
    return gradients


# %% [markdown]
# The second is TensorFlow. A `GradientTape` records each operation of the forward pass, and plays the tape backwards: it is
# the graph above, built while the program runs. We give Keras our weights. A Keras kernel has one *column* a unit, so
# the matrices are transposed.

# %%
model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(2, activation="sigmoid"),
        keras.layers.Dense(2, activation="sigmoid"),
    ]
)
model.set_weights([W1.T, b1, W2.T, b2])
with tf.GradientTape() as tape:
    output = model(x[None])  # one sample: one row
    tape_loss = tf.reduce_sum((output - t[None]) ** 2) / 2
by_tape = [gradient.numpy().T for gradient in tape.gradient(tape_loss, model.weights)]

# %% [markdown]
# All four routes in one table, a row for each of the twelve numbers.

# %%
by_hand = first_layer + [e1, e2] + second_layer + [d1, d2]
by_differences = finite_differences(loss_at, parameters)


def flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


routes = pd.DataFrame(
    {"by hand": by_hand, "NumPy": flat(gradients), "finite differences": flat(by_differences),
     "GradientTape": flat(by_tape)},
    index=[f"{name}{place}" for name, shape in (("W₁", (2, 2)), ("b₁", (2,)), ("W₂", (2, 2)), ("b₂", (2,)))
           for place in np.ndindex(shape)],
)  # fmt: skip
routes.round(6)

# %%
for name in ("NumPy", "finite differences", "GradientTape"):
    distance = (routes[name] - routes["by hand"]).abs().max()
    expect(f"largest difference to the hand, {name}", distance, high=1e-7)

# %% [markdown]
# ## One step downhill
#
# Gradients point uphill, so each number moves against its own, by the learning rate 0.5 times its length.

# %%
stepped = [values - 0.5 * gradient for values, gradient in zip(parameters, gradients, strict=True)]
wanted = [0.1498, 0.1996, 0.2498, 0.2995, 0.3456, 0.3450]
wanted += [0.3589, 0.4087, 0.5113, 0.5614, 0.5308, 0.6190]
expect(
    "steps by hand: largest distance to the book", np.abs(flat(stepped) - wanted).max(), high=5e-5
)
expect("loss after the step", loss_at(stepped), high=loss)

# %% [markdown]
# And Keras? Its mean squared error takes the mean over the outputs. With two outputs that is half the sum: exactly our
# loss.

# %%
model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mean_squared_error")
model.train_on_batch(x[None], t[None])
by_keras = [values.T for values in model.get_weights()]
expect(
    "Keras after one step: largest difference",
    np.abs(flat(by_keras) - flat(stepped)).max(),
    high=1e-6,
)

# %% [markdown]
# `fit` does nothing else, again and again. So do it again and again.

# %%
learned, losses = parameters, []
for _ in range(STEPS):
    h, o = forward(*learned)
    losses.append(np.sum((o - t) ** 2) / 2)
    gradients = backward(h, o, learned[2])
    learned = [p - LEARNING_RATE * g for p, g in zip(learned, gradients, strict=True)]

# %% alt="Loss over ten thousand steps, both axes logarithmic: nearly flat for the first ten steps, then falling along a straight line to below one ten-thousandth."
ax = plot_curves(
    np.arange(1, STEPS + 1), {"loss": losses}, log="xy", markers=False,
    title="The last digits take the longest", xlabel="step", ylabel="loss",
)  # fmt: skip

# %% [markdown]
# Both axes are logarithmic here: each tenfold of steps buys another share of the loss. The nearer the outputs come to their
# targets, the smaller the error *and* the slope of the sigmoid, and δ is the product of the two.

# %%
if (LEARNING_RATE, STEPS) == (0.5, 10_000):
    expect("loss after 10,000 steps", loss_at(learned), high=1e-4)
print("outputs", forward(*learned)[1].round(4), "targets", t)

# %% [markdown]
# ## Does a zero gradient mean that we have arrived?
#
# At a minimum the gradient is zero, so that descent stops. People often turn this around: the gradient is zero, so this
# must be a minimum. Let us try, with the smallest network that has two layers: one input, one hidden unit, one
# output, no biases, no activations. For $x = 1$ and $t = 1$:
#
# $$L(w_1, w_2) = \tfrac12 (w_2 w_1 - 1)^2$$
#
# **Predict:** which gradient does the chain rule give at $w_1 = w_2 = 0$? And how good is the network there?


# %%
def product_loss(w1, w2):
    return (w2 * w1 - 1) ** 2 / 2


def product_gradient(w1, w2):
    return np.array([(w2 * w1 - 1) * w2, (w2 * w1 - 1) * w1])


print("gradient at (0, 0):", product_gradient(0.0, 0.0) + 0.0, " loss:", product_loss(0.0, 0.0))


# %% [markdown]
# The gradient is zero, and the loss is as bad as a constant answer of 0. Which way is down, then? Look around.


# %%
def descend(gradient, start, learning_rate, steps):
    path = [np.array(start, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - learning_rate * gradient(*path[-1]))
    return np.array(path)


at_zero = descend(product_gradient, (0, 0), 0.1, 100)
nudged = descend(product_gradient, (0.02, -0.01), 0.1, 100)

# %% [markdown]
# The other kind of zero is a plateau. One sigmoid unit, $o = \sigma(wx + b)$ with $x = 1$ and $t = 1$, starts with
# $w = b = -8$: it says 0, is completely wrong, and is completely sure.


# %%
def unit_loss(w, b):
    return (sigmoid(w + b) - 1) ** 2 / 2


def unit_gradient(w, b):
    o = sigmoid(w + b)
    return np.array([1.0, 1.0]) * (o - 1) * o * (1 - o)


on_plateau = descend(unit_gradient, (-8, -8), 0.1, 100)
print(f"loss {unit_loss(-8, -8):.4f}, gradient {unit_gradient(-8, -8)}")

# %% alt="Three contour maps. In the first two the loss of the product network has two valleys along hyperbolas; the path from the middle point stays there, the path from a little beside it walks into a valley. In the third, a wide plane meets a slope; the path on the plane stays where it is."
figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
square, names = [(-2, 2), (-2, 2)], {"xlabel": "$w_1$", "ylabel": "$w_2$"}
title = "A saddle: 100 steps, no move"
plot_loss_surface(product_loss, *square, path=at_zero, title=title, ax=axes[0], **names)
title = "A little beside it: away"
plot_loss_surface(product_loss, *square, path=nudged, title=title, ax=axes[1], **names)
title = "A plateau: all wrong, no slope"
wide = [(-10, 10), (-10, 10)]
ax = plot_loss_surface(unit_loss, *wide, path=on_plateau, title=title, ax=axes[2])

# %% [markdown]
# A zero gradient says only that the ground is level *here*: in a valley, on a saddle (down in one direction, up in
# another), on a plateau, even on a summit. On the saddle a nudge is enough to get away. On the plateau it is not.

# %%
expect("distance walked from (0, 0)", np.abs(at_zero[-1]).max(), 0, 0)
expect("loss after the start beside it", product_loss(*nudged[-1]), high=1e-3)
expect("loss on the plateau after 100 steps", unit_loss(*on_plateau[-1]), low=0.49)

# %% [markdown]
# The saddle is also why weights do not start at zero: with $W_2 = 0$ nothing comes back through $W_2^T \delta_z$, and
# the first layer gets no gradient at all. Lesson 02 shows what happens to a whole network that starts so. Against the
# plateau there are two cures: small weights and scaled inputs keep the sums near zero, and a cross-entropy loss (lesson
# 04) takes the slope of the sigmoid out of δ.
#
# ## A whole data set: two moons
#
# So far, one sample. Now 300, another 300 for the test, and classes that no straight line can separate. Samples become the rows of a matrix $X$,
# which turns the products around (and is the form in which Keras stores its kernels): $H = \tanh(X W_1 + b_1)$,
# $p = \sigma(H W_2 + b_2)$. With the cross-entropy as loss, δ of the output gets as simple as can be, $p - y$.


# %%
X, y = make_moons(600, noise=MOON_NOISE, random_state=seed)
X_train, y_train, X_test, y_test = X[:300], y[:300, None], X[300:], y[300:, None]
baseline = LogisticRegression().fit(X_train, y_train[:, 0]).score(X_test, y_test[:, 0])
print(f"logistic regression, a straight line, gets {baseline:.2f} of the test points right")


# %%
def moons_forward(X, W1, b1, W2, b2):
    H = np.tanh(X @ W1 + b1)
    return H, sigmoid(H @ W2 + b2)


def moons_backward(X, y, H, p, W2):
    d_z = (p - y) / len(X)  # the loss is a mean over the samples
    d_u = d_z @ W2.T * (1 - H**2)  # the slope of tanh is 1 − tanh²
    return X.T @ d_u, d_u.sum(axis=0), H.T @ d_z, d_z.sum(axis=0)


def cross_entropy(p, y):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


# %% [markdown]
# Compare with the version for one sample: the same five lines. `X.T @ d_u` adds up the outer products of all samples, because the
# loss is a sum over samples, and gradients of a sum add up. Check before use: finite differences again.

# %%
rng = np.random.default_rng(seed)
start = [rng.normal(size=(2, MOON_UNITS)), np.zeros(MOON_UNITS)]
start += [rng.normal(size=(MOON_UNITS, 1)) / np.sqrt(MOON_UNITS), np.zeros(1)]
H, p = moons_forward(X_train, *start)
ours = moons_backward(X_train, y_train, H, p, start[2])
check = finite_differences(
    lambda parameters: cross_entropy(moons_forward(X_train, *parameters)[1], y_train), start
)
expect(
    "largest difference to finite differences", np.abs(flat(ours) - flat(check)).max(), high=1e-8
)

# %% [markdown]
# The backward pass is right. Train on all samples at once.

# %%
learned, curve = start, []
for _ in range(MOON_STEPS):
    H, p = moons_forward(X_train, *learned)
    curve.append(cross_entropy(p, y_train))
    gradients = moons_backward(X_train, y_train, H, p, learned[2])
    learned = [values - 1.0 * gradient for values, gradient in zip(learned, gradients, strict=True)]
accuracy = np.mean((moons_forward(X_test, *learned)[1] > 0.5) == y_test)
expect("test accuracy", accuracy, 0.95, 1.0)
expect("better than a straight line by", accuracy - baseline, 0.04, 0.2)

# %% [markdown]
# Keras gets the same start, the same data and the same learning rate. If our backward pass is the one that Keras
# uses, both arrive at the same network.

# %%
model = keras.Sequential(
    [
        keras.Input((2,)),
        keras.layers.Dense(MOON_UNITS, activation="tanh"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.set_weights(start)
model.compile(optimizer=keras.optimizers.SGD(1.0), loss="binary_crossentropy")
history = fit(model, X_train, y_train, batch_size=300, epochs=MOON_STEPS, verbose=0)
difference = np.abs(np.array(history.history["loss"]) - curve).max()
expect("largest difference of the losses, all steps", difference, high=1e-3)

# %% alt="Two maps of the same two moons side by side: the same curved boundary between them in both."
figure, axes = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
plot_decision_boundary(
    lambda points: moons_forward(points, *learned)[1], X_test, y_test, title="Our NumPy", ax=axes[0]
)
ax = plot_decision_boundary(model, X_test, y_test, title="Keras: the same", ax=axes[1])

# %% [markdown]
# Two lines of calculus, bent into a boundary that no straight line can draw, and step for step what Keras does.

# %% [markdown]
# ## What does a gradient cost?
#
# Forward, a layer is one matrix product. Backward it is two: one for the δ of the layer below, one for the gradient of the
# weights. So all gradients together should cost about as much as a forward pass or two, *whatever the size of the network*. Finite differences cost two
# forward passes **for each weight**. Measure both, on networks with $n$ inputs, $n$ hidden units and $n$ outputs, and
# a batch of eight samples.


# %%
def random_network(n):
    batch, target = rng.normal(size=(8, n)), rng.integers(0, 2, size=(8, n))
    weights = [rng.normal(size=(n, n)) / n, np.zeros(n), rng.normal(size=(n, n)) / n, np.zeros(n)]
    return batch, target, weights


def seconds(run, repeat=50):
    return min(timeit.repeat(run, number=1, repeat=repeat))


# %% [markdown]
# **Predict:** for a width of 64, with 8,320 weights, how many times longer do finite differences take?


# %%
def measure(n):
    """Seconds for all gradients of a network of width n: forward, backward, finite differences."""
    batch, target, weights = random_network(n)
    H, p = moons_forward(batch, *weights)

    def loss_of(weights):
        return cross_entropy(moons_forward(batch, *weights)[1], target)

    ahead = seconds(lambda: loss_of(weights))
    back = seconds(lambda: moons_backward(batch, target, H, p, weights[2]))
    by_wiggling = seconds(lambda: finite_differences(loss_of, weights), repeat=1)
    return 2 * n * n + 2 * n, ahead, back, by_wiggling


# %% [markdown]
# Each time is the shortest of several runs, since other programs on the machine only ever make a run longer.

# %%
costs = pd.DataFrame(
    [measure(n) for n in WIDTHS], columns=["weights", "forward", "backward", "finite differences"]
)

# %% alt="Time against number of weights, both logarithmic. Forward and backward pass rise together, close to each other. Finite differences lie far above and rise more steeply, to thousands of times as much."
ax = plot_curves(
    costs["weights"],
    {name: 1e3 * costs[name] for name in ("forward", "backward", "finite differences")},
    log="xy",
    title="Forward and backward stay together; wiggling runs away",
    xlabel="weights and biases",
    ylabel="milliseconds",
)

# %% [markdown]
# One backward pass gives *all* gradients for about the price of one prediction. This is what makes networks with billions of
# weights trainable at all.

# %%
widest = costs.iloc[-1]
expect("backward / forward, widest network", widest["backward"] / widest["forward"], high=6)
if WIDTHS[-1] == 64:
    ratio = widest["finite differences"] / widest["backward"]
    expect("finite differences / backward, 8,320 weights", ratio, low=1_000)

# %% [markdown]
# The price is memory: the backward pass needs $h$ and $o$, so the forward pass has to keep what each layer gave. Training
# therefore needs far more memory than predicting.
#
# ## Recap
#
# - A network is a graph of simple steps. The chain rule multiplies along a way, and adds up where ways part.
# - δ of a unit is the gradient of its weighted sum. Backward: δ through the transposed matrix, times the slope of the activation.
# - The gradient of a weight is δ times what came in; that of a bias is δ.
# - One backward pass costs about as much as a forward pass or two; finite differences cost two forward passes a weight. Use
#   them to check, never to train.
# - A zero gradient may be a minimum, a saddle or a plateau.
#
# ## Common mistakes
#
# - **Updating $W_2$ before using it** for the δ of the layer below: compute all gradients first, then step.
# - **Forgetting the slope of the activation,** or taking it at $h$ instead of at $u$: the sigmoid's slope is $h(1 - h)$, a function
#   of what comes *out*.
# - **Forgetting to add** where a value is used twice, or to sum the gradient of a bias over the samples.
# - **Checking gradients with too small a nudge** in 32-bit numbers: the difference drowns in rounding. Use 64 bits and about $10^{-5}$.
# - **Believing a falling loss.** A backward pass with a wrong sign in one layer may still learn with the others.
#
# ## Next
#
# Now that every weight knows its direction: how far should it go, and should it remember where it came from? Lesson 07
# races six optimizers against each other.
