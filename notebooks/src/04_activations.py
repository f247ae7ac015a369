# %% [markdown]
# # 04 · Activation functions compared
#
# **Which activation belongs in a hidden layer, and which in the output?**
#
# After this lesson you can
#
# - write down ten activations with their derivatives, and check a derivative with finite differences;
# - compute how a gradient shrinks or grows through two units, and measure it in a deep network;
# - say what hinders a deep sigmoid network under SGD, what under Adam, and what the start of the weights has to do with
#   it;
# - recognise dead ReLU units, say what kills them, and name a cure;
# - choose the activation of a hidden layer and of an output.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 01–03 | under 1 minute | 1,797 small handwritten digits (scikit-learn) |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.models import Maxout
from nnlib.plotting import COLORS, plot_activation, plot_activation_gallery, plot_curves
from nnlib.plotting import plot_pieces, plot_softmax, plot_spread
from time import perf_counter
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from ipywidgets import IntSlider, ToggleButtons, interact
from sklearn import datasets, linear_model, model_selection

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
SLOPE = 0.2  # of Leaky ReLU left of zero
DEPTH = 6  # hidden layers of the deep network
UNITS = 64  # in each hidden layer
EPOCHS = 10
RUNS = 5
RATES = (0.001, 0.01, 0.03, 0.1, 0.3)

# %% [markdown]
# ## Two jobs
#
# A unit computes a weighted sum $z$ and hands it to its **activation** $f$. [Lesson 03](03_hidden_layers.ipynb) showed
# the first job of $f$: to bend. Without it any stack of layers is one linear map.
#
# The second job shows in training. Training asks how the loss changes when a weight changes. On the way from a weight
# to the loss the signal passes through the activation, and the change is multiplied by the slope $f'(z)$ there. Where
# the slope is near zero, nearly nothing of the change arrives. So we always look at two curves, $f$ and $f'$.
#
# ## Sigmoid and tanh
#
# $$\text{sigmoid: } \sigma(z) = \frac{1}{1 + e^{-z}} \qquad \sigma'(z) = \sigma(z)\,(1 - \sigma(z))$$
#
# $$\tanh(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}} \qquad \tanh'(z) = 1 - \tanh^2(z)$$
#
# <details><summary>Where does the slope of the sigmoid come from?</summary>
#
# The derivative of $1/u$ is $-u'/u^2$. With $u = 1 + e^{-z}$ and $u' = -e^{-z}$ this is $\frac{e^{-z}}{(1 +
# e^{-z})^2}$. The first factor of $\frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}}$ is $\sigma(z)$, the second one
# is $1 - \sigma(z)$. The derivative of tanh follows in the same way, from the rule for a quotient.
#
# </details>


# %% alt="Left: the sigmoid rises in an S from 0 to 1; its dashed derivative is a low bump. Right: tanh rises in an S from -1 to 1; its dashed derivative is a bump four times as high."
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def d_sigmoid(z):
    return sigmoid(z) * (1 - sigmoid(z))


def d_tanh(z):
    return 1 - np.tanh(z) ** 2


figure, axes = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained", sharey=True)
plot_activation(sigmoid, derivative=d_sigmoid, title="Sigmoid", ax=axes[0])
ax = plot_activation(np.tanh, derivative=d_tanh, title="tanh", ax=axes[1])

# %% [markdown]
# The sigmoid's outputs lie between 0 and 1, those of tanh between −1 and 1. Both become flat on both sides, which is
# called **saturation**.
#
# **Predict:** how large is the sigmoid's steepest slope, and where? How steep is it at $z = 3$? How do its outputs for
# $z = 100$ and $z = 10{,}000$ differ?

# %%
z = np.linspace(-8, 8, 801)
print(f"steepest slope of the sigmoid {d_sigmoid(z).max()} at z = {z[d_sigmoid(z).argmax()]:.1f}")
print(f"its slope at 3: {d_sigmoid(3.0):.4f}, at 6: {d_sigmoid(6.0):.4f}")
print("sigmoid(100) − sigmoid(10,000) =", sigmoid(100.0) - sigmoid(10_000.0))
print("steepest slope of tanh", d_tanh(z).max())
difference = np.abs(np.tanh(z) - (2 * sigmoid(2 * z) - 1)).max()
expect("tanh(z) against 2σ(2z) − 1", difference, high=1e-12)

# %% [markdown]
# The slope *reaches* ¼, at 0. (Some texts say it stays below.) Beyond about ±6 it is less than a hundredth of that, and
# 100 cannot be told from 10,000. tanh is a stretched sigmoid, centred at 0: for inputs around zero its outputs are
# around zero too, those of the sigmoid around ½.
#
# ## ReLU and its relatives
#
# The **rectified linear unit** (ReLU) lets positive numbers through unchanged and turns negative ones into zero. Its
# slope is 1 or 0. The others change what happens on the left (GELU and Swish also a little on the right).
#
# | Name | $f(z)$ | for $z \le 0$ |
# | --- | --- | --- |
# | ReLU | $\max(z, 0)$ | slope exactly 0 |
# | Leaky ReLU | $z$, or $\alpha z$ for $z \le 0$ | a small fixed slope $\alpha$ |
# | PReLU | the same | $\alpha$ is learned, one per unit (the gallery shows 0.5) |
# | ELU | $z$, or $e^z - 1$ for $z \le 0$ | levels off at −1 |
# | GELU | $z\,\Phi(z)$ | falls a little below zero and comes back; $\Phi(z)$ is the share of a standard normal distribution (the bell curve) below $z$ |
# | Swish (SiLU) | $z\,\sigma(z)$ | the same, a little deeper |
#
# A straight piece has the slope of its line. The derivative of $e^z$ (for ELU) is $e^z$ again. GELU and Swish are
# products of two functions, so we use the product rule $(uv)' = u'v + uv'$; the derivative of $\Phi$ is the bell curve
# $e^{-z^2/2} / \sqrt{2\pi}$. Below, the derivative of each function follows it, with `d_` in its name: cover its
# `return` line and try two or three yourself.


# %%
def leaky_relu(z, slope=SLOPE):
    return np.where(z > 0, z, slope * z)  # slope 0 is ReLU


def d_leaky_relu(z, slope=SLOPE):
    return np.where(z > 0, 1.0, slope)


def elu(z):
    return np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)  # minimum: no power gets too large


def d_elu(z):
    return np.exp(np.minimum(z, 0))


# %%
def normal_cdf(z):  # Φ, computed with the function erf
    return (1 + keras.ops.convert_to_numpy(keras.ops.erf(z / np.sqrt(2)))) / 2


def gelu(z):
    return z * normal_cdf(z)


def d_gelu(z):
    return normal_cdf(z) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def d_swish(z):
    return sigmoid(z) + z * d_sigmoid(z)


# %% [markdown]
# Two more do not fit the pattern "one number in, one number out". Each has a section below. Here we show a **softmax**
# of three numbers of which only the first changes, and a **maxout** unit, the largest of three straight lines.


# %%
def softmax_share(z):
    return np.exp(z) / (np.exp(z) + 2)  # the other two numbers are 0: e⁰ + e⁰ = 2


def maxout(z):
    return np.maximum(np.maximum(-z - 1, 0.3 * z), z - 1)


def d_maxout(z):  # the slope of the largest line; two lines meet at −1/1.3, two at 1/0.7
    return np.where(z < -1 / 1.3, -1.0, np.where(z < 1 / 0.7, 0.3, 1.0))


# %%
functions = {
    "sigmoid": (sigmoid, d_sigmoid),
    "tanh": (np.tanh, d_tanh),
    "ReLU": (lambda z: leaky_relu(z, 0), lambda z: d_leaky_relu(z, 0)),
    "Leaky ReLU": (leaky_relu, d_leaky_relu),
    "PReLU (learned)": (lambda z: leaky_relu(z, 0.5), lambda z: d_leaky_relu(z, 0.5)),
    "ELU": (elu, d_elu),
    "GELU": (gelu, d_gelu),
    "Swish": (lambda z: z * sigmoid(z), d_swish),
    "softmax (one logit)": (softmax_share, lambda z: softmax_share(z) * (1 - softmax_share(z))),
    "maxout (3 pieces)": (maxout, d_maxout),
}

# %% [markdown]
# ### Are the derivatives right?
#
# A derivative is the slope of the function, and a slope can be measured with a small step $h$ to both sides:
#
# $$f'(z) \approx \frac{f(z + h) - f(z - h)}{2h}$$
#
# These **finite differences** need no calculus and work wherever the function has no kink. (At a kink there is no
# slope; for ReLU at 0 Keras takes 0.) A check must be able to fail, so one row of the table has a planted mistake: the
# slope of Swish without its second term.


# %%
def measured_slope(f, z, h=1e-5):
    return (f(z + h) - f(z - h)) / (2 * h)


z = np.linspace(-5, 5, 200)  # 200 points, so that none falls on the kink at 0
candidates = functions | {"Swish, planted mistake": (functions["Swish"][0], sigmoid)}
errors = {name: np.abs(df(z) - measured_slope(f, z)).max() for name, (f, df) in candidates.items()}
expect("slope of the sigmoid at 0", d_sigmoid(0.0), 0.25, 0.25)
expect("slope of the sigmoid at 3", d_sigmoid(3.0), 0.0445, 0.0455)
expect("slope of the sigmoid at 6", d_sigmoid(6.0), 0.00245, 0.0025)
expect("slope of tanh at 0", d_tanh(0.0), 1, 1)
expect("largest error of the ten", max(errors[name] for name in functions), high=1e-8)
expect("error of the planted mistake", errors["Swish, planted mistake"], low=0.1)
pd.Series(errors).map("{:.0e}".format).to_frame("largest difference")

# %% [markdown]
# For the right derivatives the difference is at most $10^{-10}$, for the wrong one about 0.2. Where is the border? The
# computer rounds numbers near 1 to about $10^{-16}$, and dividing by $2h$ makes about $10^{-11}$ of it. Larger numbers
# are rounded more coarsely, so we leave a wide margin: with this $h$, a difference above $10^{-8}$ is an alarm.
#
# Why $h = 10^{-5}$? With a larger step the curve bends between the two points. With a smaller one the rounding error is
# divided by a smaller number, and grows. Here is the error for Swish over the step, with numbers of 64 and of 32 bits:

# %% alt="Error of the measured slope over the step h, both logarithmic: two Vs. With 64 bits the lowest point is near ten to the minus five, with 32 bits near ten to the minus two and much higher."
h_grid = 10.0 ** np.arange(-12, 0)
swish, worst = functions["Swish"][0], {}
for bits, kind in (("64 bits", np.float64), ("32 bits", np.float32)):
    measured = [measured_slope(swish, z.astype(kind), kind(h)) for h in h_grid]
    worst[bits] = [np.abs(d_swish(z) - slope).max() for slope in measured]
ax = plot_curves(h_grid, worst, log="xy", xlabel="step h", ylabel="largest error",
                 title="The best step lies in between")  # fmt: skip
best = {bits: h_grid[np.argmin(errors)] for bits, errors in worst.items()}
expect("best step, 64 bits", best["64 bits"], 1e-6, 1e-4)
expect("best step, 32 bits", best["32 bits"], 1e-3, 1e-1)

# %% [markdown]
# With 32 bits, the numbers that Keras computes with, rounding is coarser: the best step is larger, near 0.01, and its
# error too.
#
# ## The gallery
#
# **Before you look:** which of the ten have a slope of at least 1 somewhere? Which have a slope of exactly 0 over a
# whole region?

# %% alt="Ten panels on one scale, each with a solid function and its dashed derivative: sigmoid, tanh, ReLU, Leaky ReLU, PReLU, ELU, GELU, Swish, softmax of one logit, and maxout with three pieces. The derivatives of sigmoid and softmax are low bumps, those of the ReLU family stay near 1 on the right."
axes = plot_activation_gallery(functions)

# %% [markdown]
# The whole ReLU family reaches a slope of 1 for positive $z$ (GELU and Swish a little more), and maxout has the slope
# of its steepest line. tanh reaches 1 at a single point; sigmoid and softmax stay at ¼ or below. Only ReLU is *exactly*
# flat on a whole side. A ReLU unit with a negative sum is **silent**: it gives 0 and passes no change on. Below we meet
# units that stay silent.
#
# ## Softmax: several outputs at once
#
# An output layer for classes should give shares that sum to 1. **Softmax** takes one number per class (these numbers
# are called **logits**), makes each positive with $e^z$, and divides by the sum:
#
# $$\text{softmax}(\mathbf z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
#
# The code subtracts the largest logit first, so that no power gets too large for the computer. Is that allowed?
# **Predict:** what happens to the shares when 1,000 is added to all three logits?


# %% alt="Three coloured areas stacked to a height of 1: as the logit of cat grows from left to right, its area grows in an S shape and those of dog and sheep shrink."
def softmax(logits):
    powers = np.exp(logits - np.max(logits))
    return powers / powers.sum()


logits = np.array([2.0, 1.0, -1.0])
shares = softmax(logits)
print("shares of cat, dog, sheep:", shares.round(3))
print("after adding 1,000:       ", softmax(logits + 1000).round(3))
expect("sum of the shares − 1", abs(shares.sum() - 1), high=1e-12)
slope_of_dog = measured_slope(lambda cat: softmax(np.array([cat, 1.0, -1.0]))[1], 2.0)
expect("slope of dog − (−s·t)", slope_of_dog + shares[0] * shares[1], -1e-8, 1e-8)
two_classes = [softmax(np.array([value, 0.0]))[0] for value in z]
expect("softmax of [z, 0] against the sigmoid", np.abs(two_classes - sigmoid(z)).max(), high=1e-12)
ax = plot_softmax(logits, names=["cat", "dog", "sheep"], title="The logit of cat grows")

# %% [markdown]
# The shares stay as they are: each power gets the same factor $e^{1000}$, and it cancels in the fraction. Only
# *differences* of logits count. The picture moves one logit: its share $s$ can only grow at the cost of the others. Its
# slope is $s\,(1 - s)$, as for the sigmoid; the share $t$ of another class has the slope $-s\,t$ (checked for dog by
# finite differences). The last line printed says that the sigmoid is the softmax of two classes, with one of the two
# logits fixed at 0.
#
# ## Maxout: the largest of several sums
#
# A maxout unit has several weighted sums, its *pieces*, and its output is the largest. `nnlib.models.Maxout` is a Keras
# layer that does this. Its kernel has one column per piece, and there is one bias per piece. **Predict:** which shape
# do two pieces with the slopes 1 and 0 make? And with 1 and −1?

# %% alt="Three panels of dashed straight lines with a thick line along the highest of them: a hinge that is ReLU, a V that is the absolute value, and a bowl of five pieces that is close to a parabola drawn behind it."
figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
plot_pieces([1, 0], [0, 0], title="Slopes 1 and 0", ax=axes[0])
plot_pieces([1, -1], [0, 0], title="Slopes 1 and −1", ax=axes[1])
points = np.linspace(-1.6, 1.6, 5)
ax = plot_pieces(2 * points, -(points**2), title="Five pieces, and z² behind", ax=axes[2])
curve = np.linspace(-2, 2, 100)
ax.plot(curve, curve**2, color=COLORS["grey"], linewidth=6, alpha=0.4, zorder=0)
column = np.linspace(-4, 4, 129, dtype="float32").reshape(-1, 1)
layer, outputs = Maxout(1, n_pieces=2), []
layer.build((None, 1))
for slopes in ([1.0, 0.0], [1.0, -1.0]):
    layer.set_weights([np.array([slopes]), np.zeros(2)])
    outputs.append(keras.ops.convert_to_numpy(layer(column)))

# %% [markdown]
# Slopes 1 and 0 make ReLU, slopes 1 and −1 make $|z|$, both exactly (the next cell compares the layer's outputs first).
# The largest of several straight lines can bend upward only: with enough pieces, a maxout unit comes as close as wanted
# to every such (*convex*) shape on a limited range. The sigmoid also bends downward, so no maxout unit can make it.
# (Some texts say "any activation".) The price is one set of weights per piece.
#
# ReLU and the sigmoid are relatives, too. Add up many sigmoids, each shifted a little further to the right. The more
# there are, the lower each one is: its height is the distance to the next.

# %% alt="Sums of 1, 2 and 50 shifted sigmoids beside ReLU: with 1 and 2 the sum starts late or in waves, with 50 it lies close to ReLU, a little rounded at 0."
exact = np.maximum(column, 0), np.abs(column)
expect("maxout against ReLU and |z|", np.abs(np.subtract(outputs, exact)).max(), 0, 0)
axis, sums = np.linspace(-6, 6, 241), {}
for n in (1, 2, 50):
    width = 10 / n  # distance of the shifts, which cover 0 to 10; also the height of each sigmoid
    shifts = width * (np.arange(n) + 0.5)
    name = "1 sigmoid" if n == 1 else f"{n} sigmoids"
    sums[name] = sum(width * sigmoid(axis - shift) for shift in shifts)
sums["ReLU"] = np.maximum(axis, 0)
colors = {"ReLU": COLORS["blue"], "1 sigmoid": COLORS["purple"]}
ax = plot_curves(axis, sums, markers=False, title="Sums of shifted sigmoids", xlabel="z",
                 ylabel="sum", colors=colors)  # fmt: skip
gaps = [sums["50 sigmoids"] - other for other in (sums["ReLU"], np.log(1 + np.exp(axis)))]
expect("largest distance of 50 sigmoids to ReLU", np.abs(gaps[0]).max(), 0.65, 0.75)
expect("largest distance of 50 sigmoids to ln(1 + e^z)", np.abs(gaps[1]).max(), high=0.03)

# %% [markdown]
# The sum approaches $\ln(1 + e^z)$, called softplus: a ReLU with a rounded corner, $\ln 2 \approx 0.69$ above it at 0
# and close to it further out. (Only up to about $z = 10$, where our shifts end.)
#
# ## Through two units, with numbers
#
# Take a chain of two sigmoid units with one input each: $h = \sigma(w_1 x)$, then $o = \sigma(w_2 h)$. If $x$ grows a
# little, by how much does $o$ grow? Each step multiplies the change: by $w_1$, by the slope of the first sigmoid at
# $w_1 x$, by $w_2$, by the slope of the second at $w_2 h$. **By hand**, with $w_1 = w_2 = 1$ and $x = 0.5$: the first
# sum is 0.5, so $h = \sigma(0.5) = 0.622$, and the first slope is $0.622 \cdot 0.378 = 0.235$. Compute the second slope
# and the product of all four.

# %%
w1, w2, x0 = 1.0, 1.0, 0.5
h0 = sigmoid(w1 * x0)
factors = [w1, d_sigmoid(w1 * x0), w2, d_sigmoid(w2 * h0)]
print(" · ".join(f"{factor:.3f}" for factor in factors), f"= {np.prod(factors):.4f}")
measured = measured_slope(lambda x: sigmoid(w2 * sigmoid(w1 * x)), x0)
expect("product − measured", np.prod(factors) - measured, -1e-8, 1e-8)


def chain(f, df, depth, weight, value):  # equal units in a row: the output, and its slope over x
    slope = np.ones_like(value)
    for _ in range(depth):
        slope, value = slope * weight * df(weight * value), f(weight * value)
    return value, slope


# %% [markdown]
# There are two kinds of factors: **weights and slopes**. With weights of 1 every sigmoid divides the change by at least
# 4, so ten of them divide it by at least $4^{10}$, about a million. With weights of 4, weight times slope reaches $4
# \cdot \frac14 = 1$ where the sum is 0. Move the sliders: for which activation and weight does the product become tiny,
# for which huge? Can a larger weight rescue ten sigmoids?


# %% alt="The function of several activations in a row, solid, and its derivative, dashed. For three sigmoids with weight 1 both are nearly flat lines."
@interact(
    name=ToggleButtons(options=["sigmoid", "tanh", "ReLU"], description="activation"),
    depth=IntSlider(value=3, min=1, max=10, description="in a row"),
    weight=IntSlider(value=1, min=1, max=6, description="weight"),
)
def explore(name, depth, weight):
    f, df = functions[name]
    value, slope = chain(f, df, depth, weight, axis)
    title = f"{depth} × {name}, weight {weight}: slope at most {slope.max():.2g}"
    plot_curves(axis, {"output": value, "slope": slope}, markers=False, title=title, xlabel="x",
                ylabel="output, slope")  # fmt: skip


# %% [markdown]
# ReLU multiplies by the weight at every positive $x$: ten of them with weight 2 give $2^{10} = 1{,}024$, and with
# weight 1 they change nothing. tanh multiplies by the full weight only at $x = 0$, and becomes flat on both sides. The
# product of ten sigmoids stays tiny with every weight of the slider: where the first one is steep, its output is about
# ½, so the next sum is about half the weight, and a larger weight moves it further out, where the slope is small. (In a
# layer weights have both signs, and sums near 0 are possible.)
#
# ## Gradients in a deep network
#
# The digits: images of 8 × 8 pixels, scaled to 0…1, ten classes. 1,024 images are for training (32 batches of 32), 386
# for validation, and 387 stay untouched until the end. (`stratify` keeps the share of each class equal in all parts.)
# The network has six hidden layers. We look at the gradient of its loss **before any training**.

# %%
x, y = datasets.load_digits(return_X_y=True)
x = (x / 16).astype("float32")
x_train, x_rest, y_train, y_rest = model_selection.train_test_split(
    x, y, train_size=1024, stratify=y, random_state=seed
)
x_val, x_test, y_val, y_test = model_selection.train_test_split(
    x_rest, y_rest, test_size=0.5, stratify=y_rest, random_state=seed
)


def build(activation, depth=DEPTH, scale=1):  # scale: a factor for the kernels
    hidden = [keras.layers.Dense(UNITS, activation=activation) for _ in range(depth)]
    model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10, "softmax")])
    model.set_weights([scale * w if w.ndim == 2 else w for w in model.get_weights()])
    return model


# %% [markdown]
# The loss is the cross-entropy, the usual one for classes ([lesson 05](05_losses.ipynb)); here it is enough that it is
# one number. TensorFlow's `GradientTape` records a computation and then gives the gradient of its result for every
# weight ([lesson 06](06_backpropagation.ipynb) computes it by hand). For each layer we take the **norm** of the
# gradient of its kernel: its length, $\sqrt{\sum g^2}$.

# %%
largest = max(chain(sigmoid, d_sigmoid, 10, weight, axis)[1].max() for weight in range(1, 7))
expect("ten sigmoids, weights 1 to 6: largest slope", largest, high=1e-5)
cross_entropy = keras.losses.SparseCategoricalCrossentropy()


def gradient_norms(model):
    with tf.GradientTape() as tape:
        loss = cross_entropy(y_train, model(x_train))
    gradients = tape.gradient(loss, [layer.kernel for layer in model.layers])
    return [float(tf.norm(gradient)) for gradient in gradients]


def accuracy_of(model, x, y):
    """The share of images for which the largest output is that of the true class."""
    return np.mean(keras.ops.convert_to_numpy(model(x)).argmax(axis=1) == y)


# %% [markdown]
# Five random starts each. **Predict:** by what factor does the gradient shrink from the last layer to the first in the
# sigmoid network?

# %% alt="Gradient norm by layer, logarithmic, five starts each. The sigmoid lines rise steeply from layer 1 to layer 7 over several powers of ten, the ReLU lines are almost level."
shown, ratio = {"sigmoid": "sigmoid", "relu": "ReLU", "leaky_relu": "Leaky ReLU"}, {}
ax = plt.subplots(figsize=(7, 3.8), layout="constrained")[1]
ax.set_title("Before training, five starts each", loc="left", fontweight="bold")
ax.set(xlabel="layer (the last one is the output)", ylabel="norm of the gradient")
for name, color, style in (("sigmoid", "vermillion", "s--"), ("relu", "blue", "o-")):
    norms = np.array([gradient_norms(build(name)) for _ in range(RUNS)])
    ratio[name] = norms[:, 0] / norms[:, -1]
    ax.semilogy(np.arange(1, DEPTH + 2), norms.T, style, color=COLORS[color], alpha=0.7)
    ax.text(DEPTH + 1.4, np.median(norms[:, -1]), shown[name], fontsize=12, va="center")
    print(f"{shown[name]}, first / last layer: {ratio[name].min():.2g} to {ratio[name].max():.2g}")

# %% [markdown]
# In all five sigmoid networks the first layer has far less than a five-hundredth of the last layer's gradient: the line
# above the figure gives the range. The axis is logarithmic, so a straight line means: each layer divides by the same
# factor. This is the **vanishing gradient**. Many ReLU units have slope 0 at a time, and yet the ReLU lines stay nearly
# level. The gradient of a kernel has two factors: what comes into its layer from the front, and the gradient that comes
# back to it from behind. With ReLU both shrink from layer to layer, one on the way forward, the other on the way back:
# the first layers have the larger input, the last ones the larger gradient from behind. So the product is nearly the
# same in every layer. (A sigmoid layer's outputs do not shrink, they are near ½. There only the way back counts. And
# compare the layers of one network: how high a whole line lies has other reasons too.)
#
# ### The other factor: the start of the weights
#
# The choice of the weights before training is called **initialization**. Keras draws the weights of a layer with
# $n_{\text{in}}$ inputs and $n_{\text{out}}$ units by **Glorot**'s rule: uniformly within
# $\pm\sqrt{6 / (n_{\text{in}} + n_{\text{out}})}$. **He**'s rule for ReLU has $\pm\sqrt{6 / n_{\text{in}}}$, which is
# $\sqrt 2$ times as large where a layer has as many units as inputs: it makes up for the half of the sums that are
# negative. We multiply the kernels of both networks by one half, by 1 and by 4, and take the mean of five starts each.

# %% alt="Two panels, gradient norm by layer for start weights times one half, 1 and 4. Sigmoid: with 4 the line rises slowly, with 1 and with one half steeply. ReLU: with one half all norms are small, with 4 they are huge."
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained", sharey=True)
table = {}
for ax, name in zip(axes, ("sigmoid", "relu"), strict=True):
    for scale in (0.5, 1, 4):
        models = [build(name, scale=scale) for _ in range(RUNS)]
        table[name, scale] = np.array([gradient_norms(model) for model in models])
    curves = {f"× {scale:g}": table[name, scale].mean(axis=0) for scale in (0.5, 1, 4)}
    plot_curves(np.arange(1, DEPTH + 2), curves, log="y", title=shown[name], xlabel="layer",
                ylabel="norm of the gradient", ax=ax)  # fmt: skip
expect("sigmoid, first / last, largest of the runs", ratio["sigmoid"].max(), high=0.002)
expect("ReLU, first / last, smallest of the runs", ratio["relu"].min(), low=0.1)
norms = table["sigmoid", 4]
expect("sigmoid × 4, first / last, smallest", (norms[:, 0] / norms[:, -1]).min(), low=0.01)
growth = table["relu", 4][:, 0].mean() / table["relu", 1][:, 0].mean()
expect("ReLU, first layer: × 4 / × 1", growth, low=4**6)

# %% [markdown]
# For sigmoid, larger weights make up for most of the small slopes. For ReLU the same factor makes an **exploding
# gradient**: the gradient of one kernel has the other six kernels as factors, on the way forward or on the way back.
# That makes $4^6 \approx 4{,}000$ if the errors at the output are equal. They are not. The last line printed shows a
# larger factor, and the rest of it comes from them: with such large outputs the network is sure of its answers, and
# mostly wrong. It happens to every layer alike, so the line is high and level; it would be higher still with more
# layers. Some texts say that sigmoid networks die within five layers. That depends on the start; the next section
# trains them.
#
# ## What really hinders learning
#
# Does a small gradient mean slow learning? SGD's step is the learning rate times the gradient. Adam divides by the size
# of past gradients ([lesson 07](07_optimizers.ipynb)), so its steps do not get smaller with them. We train both
# networks with both optimizers and measure how far each layer's weights *move*: the length of the change, divided by
# the length at the start (which is four times as large where the start is multiplied by 4). Two more rows: sigmoid
# under SGD with a rate that is a hundred times as large, and sigmoid under Adam with start weights × 4. To save time,
# one compiled model is used for all five runs of a row.


# %%
def compiled(model, optimizer):
    model.compile(optimizer, "sparse_categorical_crossentropy")
    optimizer.build(model.trainable_variables)
    return model


def train(model, weights, rate, epochs=EPOCHS):
    """Train from the given weights, the optimizer's memory cleared; the validation accuracy."""
    model.set_weights(weights)
    for variable in model.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))
    model.optimizer.learning_rate = rate
    fit(model, x_train, y_train, epochs=epochs, verbose=0)
    return accuracy_of(model, x_val, y_val)


# %%
ROWS = {  # activation, optimizer, learning rate, scale of the start
    "sigmoid, SGD": ("sigmoid", keras.optimizers.SGD(), 0.1, 1),
    "sigmoid, SGD, rate 10": ("sigmoid", keras.optimizers.SGD(), 10, 1),
    "sigmoid, Adam": ("sigmoid", keras.optimizers.Adam(), 0.001, 1),
    "sigmoid, Adam, start × 4": ("sigmoid", keras.optimizers.Adam(), 0.001, 4),
    "relu, SGD": ("relu", keras.optimizers.SGD(), 0.1, 1),
    "relu, Adam": ("relu", keras.optimizers.Adam(), 0.001, 1),
}
moved, score = {key: [] for key in ROWS}, {key: [] for key in ROWS}
for key, (name, optimizer, rate, scale) in ROWS.items():
    model = compiled(build(name), optimizer)
    for start in [build(name, scale=scale).get_weights() for _ in range(RUNS)]:
        score[key].append(train(model, start, rate))
        kernels = zip(start[::2], model.get_weights()[::2], strict=True)  # every second array
        moved[key].append([np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in kernels])

# %% [markdown]
# **Predict:** in the sigmoid network under Adam, which layer moves most: the first or the last?

# %%
means = {key: np.mean(runs, axis=0) for key, runs in moved.items()}
table = pd.DataFrame(means, index=[f"layer {i}" for i in range(1, DEPTH + 2)]).T
table["val. accuracy"] = [f"{min(runs):.2f} – {max(runs):.2f}" for runs in score.values()]
table.round(3)

# %% [markdown]
# - **SGD:** the first layers of the sigmoid network hardly move: their gradients are tiny, so their steps are tiny. The
#   network stays near guessing (0.10). A rate of 10 is no cure: the last two layers move by several times their length,
#   and the first one still hardly moves. (SGD's start weights are drawn by the same rule. So the trouble that hinders
#   Adam, explained below, is there as well.)
# - **Adam:** the first layer does not stand still, since Adam makes full steps out of small gradients. Here it even
#   moves *most*. Still the network learns slowly. So the small gradient cannot be the cause here.
# - **Adam with start weights × 4:** the same sigmoids and the same optimizer, and the network learns.
# - **ReLU** learns under both optimizers; under SGD the five runs of this table lie further apart.
#
# What is the cause under Adam, then? Look at the way *forward*. The next two cells measure how much the outputs of a
# layer differ from image to image, before training. (The first lines check the table above.)

# %%
by_sgd = ["sigmoid, SGD", "sigmoid, SGD, rate 10"]
expect("sigmoid, SGD: movement of layer 1", max(means[key][0] for key in by_sgd), high=0.02)
expect("sigmoid, SGD: best accuracy", max(max(score[key]) for key in by_sgd), high=0.2)
ratio = means["sigmoid, Adam"][0] / means["sigmoid, Adam"][-1]
expect("sigmoid, Adam: movement of layer 1 / of the output layer", ratio, low=2)
expect("sigmoid, Adam: mean accuracy", np.mean(score["sigmoid, Adam"]), 0.08, 0.6)
expect("sigmoid, Adam, start × 4: worst accuracy", min(score["sigmoid, Adam, start × 4"]), low=0.75)


def outputs_of(model):
    """What each hidden layer gives for the training images, each of shape (images, units)."""
    values = [x_train]
    for layer in model.layers[:-1]:
        values.append(keras.ops.convert_to_numpy(layer(values[-1])))
    return values[1:]


# %% alt="Spread between images by layer, logarithmic. Sigmoid falls about fourfold per layer to below 0.0001; ReLU and sigmoid with start weights times 4 fall slowly."
signals = {}
for key, scale in (("sigmoid", 1), ("ReLU", 1), ("sigmoid × 4", 4)):
    models = [build(key.split()[0].lower(), scale=scale) for _ in range(RUNS)]
    # The standard deviation over the images, mean over the units and over the five starts.
    spreads = [[values.std(axis=0).mean() for values in outputs_of(model)] for model in models]
    signals[key] = np.mean(spreads, axis=0)
title = "How different are the images after each layer?"
colors = {"sigmoid": "vermillion", "ReLU": "blue", "sigmoid × 4": "purple"}
ax = plot_curves(np.arange(1, DEPTH + 1), signals, log="y", title=title, xlabel="hidden layer",
                 ylabel="spread between images",
                 colors={key: COLORS[color] for key, color in colors.items()})  # fmt: skip
shrunk = {key: values[-1] / values[0] for key, values in signals.items()}
expect("sigmoid: spread of the last / first layer", shrunk["sigmoid"], high=0.003)
expect("sigmoid × 4: the same", shrunk["sigmoid × 4"], low=0.03)

# %% [markdown]
# The same factors, slope and weight, act on the differences between images on their way forward. After six sigmoid
# layers all images look nearly the same to the output layer, and Adam's full steps at this rate help little. Larger
# start weights keep the images apart: from the first layer to the sixth their spread shrinks to roughly a tenth, with
# the usual start to roughly a thousandth.
#
# ### Accuracy against depth
#
# One, two and eight hidden layers, Adam, ten epochs, five starts each; the runs with six layers are those of the table
# above. **Predict** the two curves.

# %% alt="Validation accuracy against the number of hidden layers from 1 to 8, five runs each. ReLU stays high at every depth; sigmoid falls with depth, to near guessing (0.1) with eight layers."
DEPTHS, by_depth = (1, 2, 6, 8), {}
ax = plt.subplots(figsize=(7, 3.8), layout="constrained")[1]
ax.set_title("Accuracy against depth, five starts each", loc="left", fontweight="bold")
ax.set(xlabel="hidden layers", ylabel="validation accuracy", xticks=DEPTHS, ylim=(0, 1))
for name, color, marker in (("sigmoid", "vermillion", "s"), ("relu", "blue", "o")):
    by_depth[name, DEPTH] = score[f"{name}, Adam"]  # from above
    for depth in set(DEPTHS) - {DEPTH}:
        model = compiled(build(name, depth), keras.optimizers.Adam())
        starts = [build(name, depth).get_weights() for _ in range(RUNS)]
        by_depth[name, depth] = [train(model, start, 0.001) for start in starts]
    runs = np.array([by_depth[name, depth] for depth in DEPTHS])
    ax.plot(DEPTHS, runs, marker, color=COLORS[color], alpha=0.6)
    ax.plot(DEPTHS, runs.mean(axis=1), color=COLORS[color])
    ax.text(DEPTHS[-1] + 0.5, runs[-1].mean(), shown[name], fontsize=12, va="center")

# %% [markdown]
# Within these ten epochs, at this rate, ReLU learns at each of the four depths. Sigmoid does worse with two layers than
# with one, much worse with six, and with eight it is close to guessing.
#
# ## Dead ReLUs
#
# ReLU has a weakness of its own. Suppose that a step was too long and has left a unit of one input with $w = 0.5$ and
# $b = -3$, and that in all samples this input lies between 0 and 1. Then $z$ lies between −3 and −2.5, where ReLU's
# slope is 0. No gradient reaches $w$ and $b$, and nothing in the data pulls them back as long as the input stays in
# that range. The unit is a **dead unit**. (An input that comes from a hidden layer may still change, and then the unit
# can come back.) Leaky ReLU has slope 0.2 there.
#
# The learning rate decides how long steps are. We take two hidden layers, five learning rates and five starts each, and
# count the units that are silent for *all* training images: their sum is never positive. (We count leaky units in the
# same way, though they still pass a part of each change on.) **Predict** two curves over the learning rate: the share
# of silent units, and the validation accuracy, for ReLU and for Leaky ReLU.


# %%
def silent_share(model):
    return np.mean(np.concatenate([values.max(axis=0) <= 0 for values in outputs_of(model)]))


silent, accuracy, trained, models = {}, {}, {}, {}
for name in ("relu", "leaky_relu"):
    models[name] = model = compiled(build(name, depth=2), keras.optimizers.Adam())
    starts = [build(name, depth=2) for _ in range(RUNS)]
    silent[name, "before"] = [silent_share(start) for start in starts]
    for rate in RATES:
        silent[name, rate], accuracy[name, rate], trained[name, rate] = [], [], []
        for start in starts:
            accuracy[name, rate].append(train(model, start.get_weights(), rate, epochs=7))
            silent[name, rate].append(silent_share(model))
            trained[name, rate].append(model.get_weights())

# %% alt="Left: share of silent units against the learning rate, five runs each; ReLU climbs from about 0.1 to 1, Leaky ReLU stays at about 0.1 or below. Right: validation accuracy; both are above 0.9 at small rates, both fall at 0.1 and above, ReLU to about 0.1."
figure, axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
for name, color, marker in (("relu", "blue", "o"), ("leaky_relu", "orange", "s")):
    for ax, values in zip(axes, (silent, accuracy), strict=True):
        runs = np.array([values[name, rate] for rate in RATES])
        ax.plot(RATES, runs, marker, color=COLORS[color], alpha=0.5)
        ax.plot(RATES, runs.mean(axis=1), color=COLORS[color], label=shown[name])
        ax.set(xscale="log", xlabel="learning rate", ylim=(-0.03, 1.03))
    few, most = min(silent[name, "before"]), max(silent[name, "before"])
    print(f"{shown[name]}: silent before training {few:.2f} to {most:.2f}")
axes[0].set_title("Share of silent units", loc="left", fontweight="bold")
axes[1].set_title("Validation accuracy", loc="left", fontweight="bold")
axes[0].legend(frameon=False)
expect("depth: ReLU, worst of all", min(map(min, (by_depth["relu", n] for n in DEPTHS))), low=0.75)
expect("depth: sigmoid, eight layers, mean", np.mean(by_depth["sigmoid", 8]), high=0.3)

# %% [markdown]
# Left: the larger the rate, the more ReLUs end up silent (a few were silent before training). Right: with a third of
# its units silent the ReLU network can still be as good as at the smallest rate. At 0.1 both networks lose accuracy,
# also the leaky one, which has few silent units: silent units are not the only harm of large steps. At 0.3 the leaky
# network is clearly ahead.
#
# Do dead units come back? We take the networks that were trained at 0.3 and train them on at 0.001. **Predict:** which
# of them recover?

# %% alt="Validation accuracy after training at 0.3, and after seven more epochs at the rate 0.001: Leaky ReLU is at about 0.9 in all runs then, ReLU stays far below."
rescued = {}
for name, label in (("relu", "ReLU"), ("leaky_relu", "Leaky ReLU")):
    rescued[f"{label}, at 0.3"] = accuracy[name, 0.3]
    again = [train(models[name], weights, 0.001, epochs=7) for weights in trained[name, 0.3]]
    rescued[f"{label}, seven more epochs"] = again
title = "Trained at 0.3, then at 0.001"
ax = plot_spread(rescued, title=title, xlabel="validation accuracy")
expect("silent ReLUs at 0.001, largest share", max(silent["relu", 0.001]), high=0.3)
falls = -np.diff([np.mean(by_depth["sigmoid", n]) for n in DEPTHS])
expect("depth: sigmoid, fall of the mean from one layer to two", falls[0], low=0)
expect("depth: sigmoid, fall of the mean from two layers to six", falls[1], low=0.1)
far = means["sigmoid, SGD, rate 10"][-1]
expect("table above: sigmoid, SGD, rate 10, movement of the output layer", far, low=2)
expect("silent ReLUs at 0.3, smallest share", min(silent["relu", 0.3]), low=0.7)

# %% [markdown]
# All leaky networks end well. They had been damaged less, and left of zero they still have a slope, so a step can move
# every unit. No ReLU network recovers: all of its units, or nearly all, give 0 for every image (the last line printed
# above). Where a whole layer is silent, nothing of the image reaches the output, and no gradient reaches the weights of
# this layer and of those before it. So a smaller rate must be chosen *before* units die.
#
# ## The same network, nine activations
#
# Three hidden layers, the same data, the same optimizer, five starts each. (Softmax is missing: it belongs in an
# output.) The baseline is logistic regression. Most activations are a name that `Dense` understands; PReLU and Maxout
# have weights of their own, so they are layers. (Maxout has two pieces per unit, so nearly twice as many weights in
# all.)
#
# **Predict:** which activations are ahead, which one is last, and how far apart are the first and the eighth?

# %%
linear = linear_model.LogisticRegression(max_iter=1000).fit(x_train, y_train)


def hidden_layer(name):
    if name == "Maxout":
        return [Maxout(UNITS)]
    if name == "PReLU":
        return [keras.layers.Dense(UNITS), keras.layers.PReLU()]
    activation = {"Leaky ReLU": "leaky_relu", "Swish": "silu"}.get(name, name.lower())
    return [keras.layers.Dense(UNITS, activation=activation)]


def three_layers(name):
    layers = [layer for _ in range(3) for layer in hidden_layer(name)]
    return keras.Sequential([keras.Input((64,)), *layers, keras.layers.Dense(10, "softmax")])


# %%
names = ["sigmoid", "tanh", "ReLU", "Leaky ReLU", "PReLU", "ELU", "GELU", "Swish", "Maxout"]
contest, milliseconds, weights = {}, {}, {}
for name in names:
    model = compiled(three_layers(name), keras.optimizers.Adam())
    contest[name], weights[name] = [], []
    for _ in range(RUNS):
        start, began = three_layers(name).get_weights(), perf_counter()
        contest[name].append(train(model, start, 0.001))
        taken = 1e3 * (perf_counter() - began) / EPOCHS
        milliseconds[name] = min(taken, milliseconds.get(name, taken))  # of the quickest run
        weights[name].append(model.get_weights())
again = {name: rescued[f"{name}, seven more epochs"] for name in ("ReLU", "Leaky ReLU")}
expect("the rescue above: best ReLU", max(again["ReLU"]), high=0.75)
expect("the rescue above: worst Leaky ReLU", min(again["Leaky ReLU"]), low=0.75)

# %% alt="Validation accuracy of nine activations, five runs each: sigmoid is far behind, the others overlap between about 0.93 and 0.98."
linear_score = linear.score(x_val, y_val)
title = "Nine activations, five runs each"
ax = plot_spread(contest, reference=("logistic regression", linear_score), title=title,
                 xlabel="validation accuracy")  # fmt: skip
print(f"guessing 0.10, logistic regression {linear_score:.3f}")
means = {name: np.mean(scores).round(3) for name, scores in contest.items()}
pd.DataFrame({"mean accuracy": means, "ms per epoch": pd.Series(milliseconds).round()})

# %% [markdown]
# After these ten epochs, at the rate 0.001 for all, sigmoid is last. (It may need a larger rate: [lesson
# 08](08_digits_mlp.ipynb) chooses one for each.) The dots of the other eight overlap, so five runs do not tell a
# winner. **tanh is as good as ReLU here.** And so is logistic regression, which has no hidden layer at all: on these
# small images the hidden layers gain next to nothing in ten epochs. The contest compares activations with each other;
# where hidden layers pay off is measured in [lesson 08](08_digits_mlp.ipynb).
#
# "ReLU is faster", many texts say. Compare the times per epoch above (they vary with what else the machine does). Then
# the work alone: a batch of 1,000 samples in a layer of 1,000 units with 1,000 inputs gives a million sums.
# **Predict:** which takes longest, to apply max to them, to apply exp, or to compute them?

# %%
million = np.random.default_rng(seed).normal(size=1_000_000)
matrix = np.random.default_rng(seed).normal(size=(1_000, 1_000))
work = {
    "max(z, 0)": lambda: np.maximum(million, 0),
    "exp(z)": lambda: np.exp(million),
    "the matrix product before it": lambda: matrix @ matrix,
}
for name, run in work.items():
    times = []
    for _ in range(5):
        began = perf_counter()
        run()
        times.append(perf_counter() - began)
    print(f"{name}: {1e3 * min(times):.1f} ms")

# %% [markdown]
# As a *function*, max is faster than exp. But the matrix product before it costs more than either, and a training step
# does much else besides. So max instead of exp saves only a small part of an epoch.
#
# Now the test part, used once, for all nine and for the baseline.

# %%
rows = {"logistic regression": [linear.score(x_test, y_test)]}
for name in names:
    model, rows[name] = three_layers(name), []
    for each in weights[name]:
        model.set_weights(each)
        rows[name].append(accuracy_of(model, x_test, y_test))
eight = [np.mean(contest[name]) for name in names[1:]]
expect("validation: sigmoid, mean", np.mean(contest["sigmoid"]), 0.3, 0.9)
expect("validation: lowest mean of the eight", min(eight), low=0.88)
expect("validation: highest − lowest mean of the eight", max(eight) - min(eight), high=0.06)
expect("validation: baseline − mean of the eight", linear_score - np.mean(eight), -0.02, 0.05)
means = [np.mean(runs) for name, runs in rows.items() if name != "sigmoid"]
expect("test: highest − lowest mean, without sigmoid", max(means) - min(means), high=0.08)
test = {name: [np.mean(runs), min(runs), max(runs)] for name, runs in rows.items()}
pd.DataFrame(test, index=["mean", "lowest", "highest"]).T.round(3)

# %% [markdown]
# On images that nobody has used for a choice, the eight and logistic regression stay close together as well.
#
# ## Choosing
#
# | Where | Take | Because |
# | --- | --- | --- |
# | hidden layer | **ReLU** first, or tanh in small networks | slope 1 for positive sums; with the usual start the gradients of the kernels nearly kept their size through six layers, and the signal shrank far less than with sigmoid. With three layers tanh did as well |
# | hidden layer, many units silent | start again with a smaller learning rate; if that is not enough, Leaky ReLU | where all units were silent, a smaller rate brought none back; Leaky ReLU keeps its slope however negative the sum is |
# | hidden layer of a Transformer | GELU, Swish | smooth; common in such models ([lesson 13](13_attention.ipynb)) |
# | hidden layer | not sigmoid | with the usual start signal and gradient shrink about fourfold per layer |
# | output, two classes | sigmoid, one unit | a number between 0 and 1 |
# | output, several classes, exactly one is true | softmax, one unit per class | shares that sum to 1 |
# | output, several labels may be true | sigmoid, one unit per label | independent answers |
# | output, regression | none (linear) | any number can come out; softplus where it has to be positive |
#
# In Keras the sigmoid or softmax of the output can also be a part of the loss; [lesson 05](05_losses.ipynb) shows why
# one often does so.
#
# ## Recap
#
# - An activation bends on the way forward, and its slope multiplies the gradient on the way back: look at $f$ and $f'$.
#   Finite differences check a derivative.
# - Sigmoid: slope at most 0.25, reached at 0; flat beyond about ±6. tanh: centred, slope at most 1. ReLU: slope 1 or 0.
# - Slopes **and weights** multiply from layer to layer, backward and forward. Gradients vanish or explode, and so do
#   the differences between samples.
# - Under SGD small gradients stop the first layers. Under Adam they move; there the images look too alike to the last
#   layers, and larger start weights helped.
# - A ReLU whose sum is negative for all data is silent. Where all units were silent, a smaller rate brought none back.
#   Too large a learning rate makes many silent units; the cures are a smaller rate from the start, or Leaky ReLU, whose
#   slope left of zero stays the same.
# - Softmax turns logits into shares that sum to 1; only differences of logits count. Sigmoid is its two-class case.
#
# ## Common mistakes
#
# - **Sigmoid in every layer**, because the output needs one. Only the output does.
# - **ReLU on the output** of a regression: no negative number can ever come out.
# - **Softmax on a single unit.** One share of one is always 1.
# - **Trusting a name.** Leaky ReLU's slope is 0.2 in `activation="leaky_relu"`, 0.3 in `keras.layers.LeakyReLU` and
#   0.01 in other libraries. Say which one you mean.
# - **Choosing a winner from one run.**
#
# ## Next
#
# Practise first: [seven exercises](exercises/04_activations.ipynb), about 42 minutes. Each check says what is wrong.
#
# The output gives shares; how wrong are they? [Lesson 05](05_losses.ipynb) turns the difference between answer and
# truth into one number, the loss.
