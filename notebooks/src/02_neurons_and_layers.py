# %% [markdown]
# # 02 · Neurons and layers
#
# **What can one neuron decide, and what changes when neurons are joined into layers?**
#
# After this lesson you can
#
# - compute the output of a neuron and of a layer by hand, with NumPy and with Keras;
# - draw the line by which a neuron with two inputs decides, and say on which side it answers yes;
# - tell whether one line can answer a yes-or-no question, and build a network by hand where it cannot;
# - count the parameters of any fully connected network;
# - write a network in Keras in three ways, and as functions that are called one inside the other.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | [Lesson 01](01_linear_regression.ipynb) | under 20 s | points in the plane, made in the lesson |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.plotting import plot_classes, plot_decision_boundary, plot_network, plot_points

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import FloatSlider, interact
from keras import layers
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression

seed = set_seed()

# %%
# The numbers to play with: change one, run the notebook again, and look at what moves.
EPOCHS = 400
LEARNING_RATE = 1.0  # large, which is fine for one neuron and 200 points
STARTS = 5  # how often training begins again from other random weights

# %% [markdown]
# ## One neuron
#
# The neuron of [lesson 01](01_linear_regression.ipynb) multiplied its input by a weight and added a bias. A neuron
# with two inputs has two weights. It multiplies each input by its own weight, and adds the products and the bias. The
# result is its **weighted sum**.
#
# Take the inputs 1 and −1, the weights 1 and −2, and the bias 1. What is the
# weighted sum? Compute it before you run the cell.

# %%
weighted_sum = 1 * 1 + (-2) * (-1) + 1
print(weighted_sum)

# %% [markdown]
# The weight −2 has turned the input −1 into +2. A weight can be negative, and it can be larger than 1.
#
# A weighted sum can be any number. For a decision we would like a number between 0, "surely no", and 1, "surely yes".
# So the neuron puts its sum, which we call $z$, into an **activation function**. Here it is the **sigmoid** σ, in which
# $e^{-z}$ is `np.exp(-z)`:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}$$
#
# Our neuron has the sum 4.


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


expect("output of the neuron", sigmoid(weighted_sum), 0.975, 0.985)

# %% alt="An S-shaped curve. It is close to 0 for sums below minus 5, one half at 0, and close to 1 for sums above 5. A dot marks the sum 4."
ax = plot_points(
    [weighted_sum],
    [sigmoid(weighted_sum)],
    xlim=(-8, 8),
    xlabel="weighted sum z",
    ylabel="output σ(z)",
    title="σ turns any sum into a number from 0 to 1",
)
ax.text(-0.3, 0.5, "σ(0) = ½", fontsize=12, ha="right")
ax.text(weighted_sum, 0.9, "our neuron", fontsize=12, va="top")
z = np.linspace(-8, 8, 200)
curve = ax.plot(z, sigmoid(z), linewidth=2.5, zorder=0)

# %% [markdown]
# A sum of 0 gives ½. Large sums come close to 1, very negative sums come close to 0. Our neuron answers with a clear
# yes.
#
# That is all that a neuron does. It takes a weighted sum, with the bias in it, and applies the activation. Its output
# is called $a$:
#
# $$a = \sigma(w_1 x_1 + w_2 x_2 + b)$$
#
# **Your turn.** Inputs and weights stay as they are. For which bias is this neuron undecided, with the output ½?
#
# <details><summary>Answer</summary>
#
# The output is ½ where the sum is 0. Without the bias the sum is 1·1 + (−2)·(−1) = 3, so the bias has to be −3.
#
# </details>
#
# ## A layer is a matrix product
#
# Give the same two inputs to a second neuron, with the weights −1 and 1 and the bias 0. Neurons that look at the same
# inputs form a **layer**. We write the weights of each neuron into one row of a matrix $W$. The product of a matrix
# and a vector does what we need: each row is multiplied by the inputs, number by number, and added up.
#
# $$\sigma\left(\begin{bmatrix} 1 & -2 \\ -1 & 1 \end{bmatrix} \begin{bmatrix} 1 \\ -1 \end{bmatrix}
# + \begin{bmatrix} 1 \\ 0 \end{bmatrix}\right) = \sigma\left(\begin{bmatrix} 4 \\ -2 \end{bmatrix}\right)$$
#
# In NumPy this product is written `@`.

# %%
W = np.array([[1, -2], [-1, 1]])
x = np.array([1, -1])
b = np.array([1, 0])
a = sigmoid(W @ x + b)
expect("first neuron", a[0], 0.975, 0.985)
expect("second neuron", a[1], 0.115, 0.125)

# %% [markdown]
# In Keras this layer is `Dense(2, activation="sigmoid")`. Keras keeps one sample per **row**. So it computes $xK + b$
# with a **kernel** $K$ that has one **column** per neuron. Our $W$ has one row per neuron: rows and columns have to be
# exchanged, which is `W.T`, the *transpose*.

# %%
layer = keras.Sequential([keras.Input((2,)), layers.Dense(2, activation="sigmoid")])
layer.set_weights([W.T, b])
one_sample = np.array([[1, -1]])  # one row
by_keras = layer(one_sample).numpy()
kernel, bias = layer.get_weights()
print(f"output {by_keras.round(2)}, {kernel.size} weights, {bias.size} biases")
expect("largest difference to ours", np.abs(by_keras[0] - a).max(), high=1e-6)

# %% alt="Two inputs x1 and x2 and a grey unit that gives 1, each joined to the two neurons a1 and a2. Every line carries its weight; negative ones are dashed."
figure, ax = plt.subplots(figsize=(7.5, 5), layout="constrained")
ax = plot_network(
    layer,
    input_names=["x₁", "x₂"],
    output_names=["a₁", "a₂"],
    show_bias=True,
    title="Every input is joined to every neuron",
    ax=ax,
)

# %% [markdown]
# Such a layer is a **fully connected layer**, also called *dense*. The larger a weight is in size, the thicker is its
# line, and it is dashed where the weight is negative. The bias is drawn as a unit that always gives 1, so a bias is one
# more weight, $w_0$. It belongs to a neuron. You may have read that every connection has "a weight and a bias": then
# there would be four biases here. Keras counts two, one per neuron.
#
# ## A neuron draws a line
#
# When does a neuron say yes? When its output is above ½, so when its sum is positive. The border between yes and no is
# the **decision boundary**:
#
# $$w_1 x_1 + w_2 x_2 + b = 0$$
#
# If $w_2$ is not 0, solve for $x_2$. You get a line as in school, $y = kx + d$ with the slope $k = -w_1/w_2$ and the
# intercept $d = -b/w_2$. If $w_2$ is 0, the line is vertical, at $x_1 = -b/w_1$.
#
# **Your turn.** A neuron has $w_1 = 1$, $w_2 = 0.5$, $b = -2$. What is its line? And on which side of it does the
# neuron say yes?
#
# <details><summary>Answer</summary>
#
# $k = -1/0.5 = -2$ and $d = 2/0.5 = 4$, so $x_2 = -2x_1 + 4$. For the side, try one point. At (0, 0) the sum is
# −2: no. So yes is on the other side, to the right of the line and above it.
#
# </details>
#
# There is a way to see the side without trying a point. Start on the line, and walk in the direction of the weights,
# so by $(w_1, w_2)$. Then walk the other way. Then walk at right angles to the weights, so by $(-w_2, w_1)$.
# **Predict:** what happens to the sum?

# %%
w, b = np.array([1, 0.5]), -2
start = np.array([2, 0])  # on the line: 1·2 + 0.5·0 − 2 = 0
steps = {"stay": 0 * w, "with the weights": w, "against the weights": -w}
steps["at right angles"] = np.array([-w[1], w[0]])
sums = {name: w @ (start + step) + b for name, step in steps.items()}
pd.Series(sums, name="weighted sum").to_frame()

# %% [markdown]
# In the direction of the weights the sum grows by $w_1 \cdot w_1 + w_2 \cdot w_2$, which is positive (unless both are
# 0). In the other direction it falls by the same amount. At right angles it changes by
# $w_1 \cdot (-w_2) + w_2 \cdot w_1 = 0$: there we stay on the line. So:
#
# **The weights, drawn as an arrow, stand at right angles to the line and point to the side of yes.**
#
# Now some data. Blue circles are class 0, "no"; orange triangles are class 1, "yes".

# %% alt="Two clouds of points that overlap a little: blue circles around the point 1, 1 and orange triangles around 3, 3."
points, labels = make_blobs(200, centers=[(1, 1), (3, 3)], cluster_std=1.0, random_state=seed)
ax = plot_classes(points, labels, class_names=("no", "yes"), title="Two clouds that overlap")

# %% [markdown]
# The clouds overlap, as classes usually do. So no line gets all of them right.
#
# The next function draws the arrow. It starts at the point of the line that is nearest to the middle of the picture.


# %%
def draw_weights(ax, w, b, middle=(2, 2)):
    """An arrow of length 1 in the direction of the weights."""
    length = np.sqrt(w @ w)
    foot = middle - (w @ middle + b) / length**2 * w  # from the middle along w until the sum is 0
    style = {"arrowstyle": "-|>", "color": "black", "linewidth": 2.5, "mutation_scale": 18}
    ax.annotate("", xy=foot + w / length, xytext=foot, arrowprops=style)
    ax.set_aspect("equal")  # one unit is as long upwards as sideways: right angles look right


# %% [markdown]
# Move the three sliders until the line parts the clouds, with the triangles on the side to which the arrow points.
# What does each slider do to the line?


# %% alt="Two clouds of points on a map in pale blue and orange. A straight black line, set by the sliders, divides the map; an arrow at right angles to it points into the orange side."
@interact(
    w1=FloatSlider(value=1, min=-3, max=3, step=0.25, description="w₁"),
    w2=FloatSlider(value=0.5, min=-3, max=3, step=0.25, description="w₂"),
    b=FloatSlider(value=-2, min=-12, max=12, step=0.5, description="bias b"),
)
def explore(w1, w2, b):
    w = np.array([w1, w2])
    right = np.mean((points @ w + b > 0) == labels)
    title = f"{right:.0%} of the points are on the correct side"
    ax = plot_decision_boundary(lambda p: sigmoid(p @ w + b), points, labels, title=title)
    if w1 or w2:  # no weights, no direction
        draw_weights(ax, w, b)


# %% [markdown]
# The bias shifts the line and does not turn it. A single weight turns the line around the point where it meets the axis
# of the *other* input.
#
# The distance of the line from the origin: at the origin the sum is $b$. The arrow $(w_1, w_2)$ has the length $L =
# \sqrt{w_1^2 + w_2^2}$. A walk along the whole of it changes the sum by $w_1^2 + w_2^2 = L^2$, so a step of length 1
# changes it by $L$. So the distance is the bias (without its sign) divided by $L$. (The picture draws every arrow with
# length 1: it shows only the direction.)
#
# **Your turn.** Start from $w_1 = 1$, $w_2 = 0.5$, $b = -2$. Double both weights; or double the bias; or double all
# three. In which case is the line nearer to the origin, farther away, or where it was? Try it with the sliders.
#
# <details><summary>Answer</summary>
#
# Doubled weights double $L$: half the distance. A doubled bias: twice the distance. All three doubled: the line stays,
# and every sum is twice as large. So the neuron is surer on both sides, and the pale zone along the line gets narrower.
#
# </details>
#
# ### Does the bias matter?
#
# It is only one number, and Keras lets us drop it with `use_bias=False`. Each cloud has half of the points, so guessing
# would get 50 % right. **Predict:** can a neuron without bias get about as many right as one with bias?
#
# Two words for the next cell. `Adam` is a relative of SGD ([lesson 07](07_optimizers.ipynb)). The loss
# `binary_crossentropy` is made for answers between no and yes ([lesson 05](05_losses.ipynb)).


# %%
def one_neuron(use_bias=True):
    """A compiled sigmoid neuron with two inputs."""
    output = layers.Dense(1, activation="sigmoid", use_bias=use_bias)
    model = keras.Sequential([keras.Input((2,)), output])
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss="binary_crossentropy")
    return model


neurons = {"with bias": one_neuron(), "without bias": one_neuron(use_bias=False)}
accuracy = {}
for name, model in neurons.items():
    fit(model, points, labels, batch_size=len(points), epochs=EPOCHS, verbose=0)
    accuracy[name] = np.mean((model(points).numpy()[:, 0] > 0.5) == labels)  # share that is right

# %% alt="Two maps of the same two clouds. With bias the line runs between the clouds; without it the line passes through the origin and cuts off only an edge of one cloud."
figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.6), layout="constrained")
for ax, (name, model) in zip(axes, neurons.items(), strict=True):
    title = f"{name.capitalize()}: {accuracy[name]:.0%} right"
    plot_decision_boundary(model, points, labels, title=title, ax=ax)
    ax.plot(0, 0, "kP", markersize=11)  # the origin
    kernel, *bias = model.get_weights()
    draw_weights(ax, kernel[:, 0], *(bias or [0]))  # `bias` is empty where the layer has none

# %% [markdown]
# The black cross is the origin. There both inputs are 0, so a sum without bias is 0 as well:
# the line has to pass through this point. Was our training unlucky, or can no such line separate the clouds? A line
# through the origin is given by the angle of its arrow. So we try all angles, in steps of a tenth of a degree.

# %%
angles = np.radians(np.arange(0, 360, 0.1))
right = [np.mean((points @ [np.cos(t), np.sin(t)] > 0) == labels) for t in angles]
print(f"best line through the origin: {max(right):.1%} right")

# %% [markdown]
# No line through the origin comes near the neuron with a bias, so a longer training would not have helped. (Training
# looks for a low loss, not for many right answers. So it may end below the best of these lines.)
#
# ## Logistic regression
#
# Statistics has a method for yes-or-no answers that is older than most neural networks: **logistic regression**. It
# takes $\sigma(w_1 x_1 + w_2 x_2 + b)$ as the probability of yes, and looks for the weights that make the observed
# answers most probable. Compare this with our neuron. The formula is the same. The loss is the same too ([lesson
# 05](05_losses.ipynb) shows why). Only the way to the minimum differs.
#
# So both should arrive at the same three numbers. We test this: we start our neuron several times from other random
# weights, and train it three times as long as before, so that it surely arrives.

# %%
expect("best line through the origin", max(right), high=0.75)
expect("accuracy without bias", accuracy["without bias"], high=max(right))
expect("accuracy with bias", accuracy["with bias"], low=0.84)
fitted = []
rng = np.random.default_rng(seed)
for _ in range(STARTS):
    neurons["with bias"].set_weights([rng.normal(0, 2, size=(2, 1)), rng.normal(0, 2, size=1)])
    fit(neurons["with bias"], points, labels, batch_size=len(points), epochs=3 * EPOCHS, verbose=0)
    kernel, bias = neurons["with bias"].get_weights()
    fitted.append([kernel[0, 0], kernel[1, 0], bias[0]])

# %% [markdown]
# Now scikit-learn. Its class `LogisticRegression` usually adds a penalty on large weights. `C=np.inf` switches the
# penalty off, and a small `tol` makes it search until the numbers hardly change.

# %%
logistic = LogisticRegression(C=np.inf, tol=1e-8).fit(points, labels)
oracle = np.array([*logistic.coef_[0], logistic.intercept_[0]])
rows = [f"neuron, start {n + 1}" for n in range(STARTS)] + ["scikit-learn"]
expect("largest difference to scikit-learn", np.abs(fitted - oracle).max(), high=0.01)
pd.DataFrame([*fitted, oracle], index=rows, columns=["w₁", "w₂", "b"]).round(3)

# %% [markdown]
# Every start leads to the same numbers, and to those of scikit-learn: a sigmoid neuron with this loss *is* logistic
# regression. The loss has one valley, as in lesson 01, and since the clouds overlap, it has a lowest point. With hidden
# neurons this is no longer so ([lesson 03](03_hidden_layers.ipynb)).
#
# ## The perceptron
#
# Logistic regression gives probabilities. The **perceptron** of Frank Rosenblatt (1958) gives only yes or no. Its
# activation is a **step function**: 1 if the sum is positive, else 0. It was one of the first neurons that learnt from
# their own mistakes. (Hebb's rule of 1949 is older: it strengthens the connection of neurons that are active together,
# right or wrong.)
#
# The rule: where the answer is yes and should be no, subtract the inputs from the weights and 1 from the bias. Where it
# is no and should be yes, add them. Where it is right, do nothing.
#
# One step with numbers: $w = (0, 1)$, $b = 0$, and the point (1, 1) should be a no. The sum is 0·1 + 1·1 + 0 = 1, so
# the answer is yes: wrong. Subtract: $w = (0-1, 1-1) = (-1, 0)$ and $b = 0 - 1 = -1$. Now the sum is −1 + 0 − 1 = −2.
#
# Here is the rule as a loop. We count a sum of exactly 0 as a mistake, so that no line stops right on a point.


# %%
def perceptron(points, labels, epochs=20):
    """Rosenblatt's rule; returns the weights, the bias and the number of mistakes in each epoch."""
    w, b, mistakes = np.zeros(2), 0, []
    for _ in range(epochs):
        mistakes.append(0)
        for point, label in zip(points, labels, strict=True):
            sign = 1 if label == 1 else -1  # the sign that the sum should have
            if sign * (w @ point + b) <= 0:
                w, b = w + sign * point, b + sign
                mistakes[-1] += 1
    return w, b, mistakes


# %% [markdown]
# Give it three questions about two switches, each 0 or 1. AND: are both on? OR: is at least one on? XOR, "exclusive
# or": is *exactly* one on? **Predict:** which of the three does it learn within 20 epochs?

# %%
switches = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
questions = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
learnt = {name: perceptron(switches, answers) for name, answers in questions.items()}
pd.DataFrame({name: mistakes for name, (_, _, mistakes) in learnt.items()}).T

# %% [markdown]
# Each column is an epoch, from 0 to 19; each number counts the mistakes in it. (The weights move after each mistake. So
# the mistakes of one epoch can belong to different lines.) AND and OR end at zero, XOR does not.
#
# Where a line exists that gets every point right, the classes are **linearly separable**, and the rule is proven to
# find such a line. For XOR it still makes mistakes after 20 epochs. Would a longer training help, or another rule?
#
# **Your turn.** Write for each of the four points of XOR whether $w_1 x_1 + w_2 x_2 + b$ has to be positive, or must
# not be positive. Can one neuron fulfil all four?
#
# <details><summary>Answer</summary>
#
# | Point | The sum there | It has to be |
# | --- | --- | --- |
# | (0, 0), no | $b$ | not positive |
# | (0, 1), yes | $w_2 + b$ | positive |
# | (1, 0), yes | $w_1 + b$ | positive |
# | (1, 1), no | $w_1 + w_2 + b$ | not positive |
#
# Add the two rows of yes: $w_1 + w_2 + 2b$ has to be positive. Add the two rows of no: $w_1 + w_2 + 2b$ must not be
# positive. Both cannot be true, whatever the numbers are. No rule and no training can find such weights.
#
# </details>
#
# Here are three lines to try on XOR. Change the numbers, and try lines of your own.

# %%
for name, (low, high) in {"AND": (0, 0), "OR": (0, 0), "XOR": (1, None)}.items():
    expect(f"mistakes in the last epoch, {name}", learnt[name][2][-1], low, high)

candidates = [(1, 1, -0.5), (-1, -1, 1.5), (1, -1, -0.5)]  # w₁, w₂, b
hits = []
for w1, w2, b in candidates:
    says_yes = switches @ [w1, w2] + b > 0
    hits.append(says_yes == questions["XOR"])
expect("most points that a candidate gets right", max(sum(hit) for hit in hits), 3, 3)

# %% alt="Three maps of the four points of XOR, each with another straight line. In each map three points are on their side of the line, and one, marked by a red ring, is not."
figure, axes = plt.subplots(1, 3, figsize=(11, 4), layout="constrained")
for ax, (w1, w2, b), hit in zip(axes, candidates, hits, strict=True):

    def step(points, w1=w1, w2=w2, b=b):  # "w1=w1" keeps the numbers of this round
        return 1.0 * (points @ [w1, w2] + b > 0)

    plot_decision_boundary(step, switches, questions["XOR"], title=f"{sum(hit)} of 4 right", ax=ax)
    missed = switches[~hit]  # ~ means "not"
    ax.plot(missed[:, 0], missed[:, 1], "o", markersize=22, fillstyle="none", color="red", mew=2)
    ax.set(xticks=[0, 1], yticks=[0, 1])

# %% [markdown]
# Each line has one point on the wrong side (red ring). Three of four is the best that a line can do: XOR is not
# linearly separable.
#
# ### Two neurons in between
#
# Say XOR in words: "at least one, but not both". That is OR *and not* AND, and each of the two is one line. So let
# two neurons answer OR and AND, and let a third neuron decide from their answers. A layer between the inputs and the
# output is a **hidden layer**, and its neurons are called hidden. We choose the weights by hand; a weight of 20 makes
# the sigmoid nearly a step.

# %%
xor = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(2, activation="sigmoid"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
kernel = np.array([[20, 20], [20, 20]])  # both hidden neurons add the switches up …
bias = np.array([-10, -30])  # … and compare the sum with ½ (OR) and with 1½ (AND)
xor.set_weights([kernel, bias, np.array([[20], [-20]]), np.array([-10])])  # OR and not AND

# %% [markdown]
# The output neuron does not get the switches. It gets only the two hidden answers, $h_1$ and $h_2$. Its sum
# $20 h_1 - 20 h_2 - 10$ is positive where $h_1$ is more than ½ above $h_2$: of our points, those with $h_1$ about 1 and
# $h_2$ about 0.

# %%
hidden = sigmoid(switches @ kernel + bias)
table = pd.DataFrame(switches, columns=["x₁", "x₂"])
table["h₁ (OR)"], table["h₂ (AND)"] = hidden[:, 0].round(3), hidden[:, 1].round(3)
table["output"] = xor(switches).numpy().round(3)
mistakes = np.sum((table["output"] > 0.5) != questions["XOR"])
expect("mistakes of the network with two hidden neurons", mistakes, 0, 0)
table

# %% [markdown]
# Look at the two middle rows: they differ in the switches, and agree in $h_1$ and $h_2$. Here are two maps:
# one with the switches on its axes, one with the hidden answers.

# %% alt="Left: in the plane of the inputs a band between two parallel numbered lines holds both triangles. Right: in the plane of the hidden neurons both triangles lie on the same corner, and one straight line separates them from the two circles."
figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.4), layout="constrained")
plot_decision_boundary(
    xor, switches, questions["XOR"], show_units=True, title="Inputs: two lines", ax=axes[0]
)
ax = plot_decision_boundary(
    xor.layers[-1], hidden, questions["XOR"], xlabel="h₁ (OR)", ylabel="h₂ (AND)",
    title="Hidden layer: one line is enough", ax=axes[1],
)  # fmt: skip

# %% [markdown]
# The numbered lines on the left belong to the two hidden neurons. On the right the hidden layer has *moved* the points:
# both triangles lie on the same spot, and a single line separates them from the circles. The hidden layer turns the
# inputs into numbers from which the last layer can decide with one line.
#
# **Your turn.** "Are both switches in the same position?" is yes for (0, 0) and (1, 1). Can one neuron answer it? If
# not, what do you have to change in the network above?
#
# <details><summary>Answer</summary>
#
# It is the opposite of XOR, and a line that answered it would answer XOR with its sides exchanged. So one neuron
# cannot. In the network the hidden layer can stay. Change the signs of the output neuron's weights and bias: the
# weights become −20 and 20, the bias becomes 10. Then each of its sums has the opposite sign.
#
# </details>
#
# ## From neurons to networks
#
# Layers one after the other form a network. The inputs are its **input layer**: it only holds numbers and computes
# nothing. The last layer is the **output layer**; its units are neurons like all others, with weights, biases and an
# activation. All layers between are hidden layers.
#
# Each neuron takes its inputs from the layer before and gives its output to the layer after. There is no connection
# inside a layer, and none that leads back. This is a **feed-forward network**: numbers move from the input layer to the
# output layer. (You may have read "from back to front": that is the wrong way round. What does move backwards is the
# gradient, in [lesson 06](06_backpropagation.ipynb).)
#
# Here is a network with 3 inputs, hidden layers of 3 and 2 neurons, and 2 outputs. Its first layer uses the sigmoid.
# Its second layer uses **ReLU**, which lets positive sums pass and turns negative ones into 0. Its last layer uses
# **softmax**, which turns the sums into positive numbers that add up to 1: probabilities of two classes.

# %% alt="A network of four columns of circles: three inputs, three and two hidden neurons, two outputs. Every circle is joined to all of the next column; a grey unit that gives 1 stands below each column but the last."
hidden_layers = [layers.Dense(3, activation="sigmoid"), layers.Dense(2, activation="relu")]
output_layer = layers.Dense(2, activation="softmax")
network = keras.Sequential([keras.Input((3,)), *hidden_layers, output_layer])
ax = plot_network(
    network,
    input_names=["x₁", "x₂", "x₃"],
    output_names=["p₁", "p₂"],
    show_bias=True,
    title="3 inputs, 3 + 2 hidden neurons, 2 outputs",
)

# %% [markdown]
# Every line is a **parameter**, a number that training may change. **Count them**, and do not forget the lines that
# start at a 1. (Those are thin, because Keras starts the biases at 0.)
#
# <details><summary>Answer</summary>
#
# First layer: 3 weights and 1 bias per neuron, 3 neurons: 12. Second layer: (3 + 1) · 2 = 8. Third layer:
# (2 + 1) · 2 = 6. Together 26.
#
# </details>

# %%
from_shapes = [sum(w.size for w in layer.get_weights()) for layer in network.layers]
by_keras = [layer.count_params() for layer in network.layers]
rows = {"from the shapes": from_shapes, "count_params": by_keras}
pd.DataFrame(rows, index=["first", "second", "third"]).T

# %% [markdown]
# The shapes of the arrays and Keras agree with the count by hand. A layer with $n$ inputs and $m$ neurons has
# $n \cdot m$ weights and $m$ biases: $(n + 1)\,m$ parameters.
#
# **Your turn.** Pictures of handwritten digits have 28 × 28 pixels. A network with one hidden layer of 500 neurons
# sorts them into the ten digits. How many inputs has it, and how many parameters?
#
# <details><summary>Answer</summary>
#
# It has 28 · 28 = 784 inputs, one per pixel. (Ten is the number of *outputs*, one per digit.) The hidden layer has
# (784 + 1) · 500 = 392,500 parameters, the output layer (500 + 1) · 10 = 5,010. Together: 397,510.
#
# </details>
#
# And the data? Five samples of three numbers are 15 numbers, and none of them is a parameter: training does not change
# them. The shapes of the kernels do not contain the 5.

# %%
for count, by_hand in zip(from_shapes, (12, 8, 6), strict=True):
    expect("parameters of a layer", count, by_hand, by_hand)
expect("parameters of the network", network.count_params(), 26, 26)
batch = np.random.default_rng(seed).normal(size=(5, 3))
W1, b1, W2, b2, W3, b3 = network.get_weights()
print("five samples:", batch.shape, " kernels:", W1.shape, W2.shape, W3.shape)

# %% [markdown]
# ### A network is functions, one inside the other
#
# The numbers go through the layers one after the other: the **forward pass**. Each layer is a function of what the
# layer before it returns. Here they are by hand: $f$ and $g$ are the first two layers, $s$ gives the sums of the third,
# and $q$ is its softmax. It takes $e$ to the power of each sum and divides by the total of its row. (`axis=1` adds
# along the rows; `keepdims=True` keeps the totals in a column, so that each row is divided by its own total.)


# %%
def f(x):
    return sigmoid(x @ W1 + b1)


def g(x):
    return np.maximum(x @ W2 + b2, 0)  # ReLU


def s(x):
    return x @ W3 + b3


def q(sums):
    return np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)


# %% [markdown]
# The layers of Keras are functions in the same sense: we can take them out of the model and call them ourselves. So the
# whole network can be written with the four functions, or with the three layers, one inside the other.

# %%
by_functions = q(s(g(f(batch))))
first, second, third = network.layers
by_layers = third(second(first(batch)))
print(batch.shape, "→", f(batch).shape, "→", g(f(batch)).shape, "→", by_functions.shape)
expect("functions: largest difference", np.abs(by_functions - network(batch)).max(), high=1e-6)
expect("layers: largest difference", np.abs(by_layers - network(batch)).max(), high=1e-7)

# %% [markdown]
# $q(s(g(f(x))))$ is read from the inside out. In each shape the 5 stays: all samples go through at once, one per row.
#
# ### The same network, written in three ways
#
# `Sequential` is a list of layers. The **functional** form calls each layer on the result of the one before, as we just
# did. `keras.Input` stands for the numbers that will come. `keras.Model` then needs only to know where it begins and
# where it ends. This form allows branches, for example two layers that read the same inputs.

# %%
inputs = keras.Input((3,))
hidden = layers.Dense(3, activation="sigmoid")(inputs)
hidden = layers.Dense(2, activation="relu")(hidden)
outputs = layers.Dense(2, activation="softmax")(hidden)
functional = keras.Model(inputs, outputs)

# %% [markdown]
# The third way is a **subclass** of `keras.Model`, in plain Python. `class Network(keras.Model)` says: a `Network` is a
# Keras model and can do all that a model can do. `__init__` runs once, when a `Network` is made, and creates the
# layers; `super().__init__()` lets Keras do its own part first. `call` says what happens to the inputs.


# %%
class Network(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(3, activation="sigmoid")
        self.second = layers.Dense(2, activation="relu")
        self.third = layers.Dense(2, activation="softmax")

    def call(self, x):
        return self.third(self.second(self.first(x)))


subclassed = Network()
outputs = subclassed(batch)  # this first call shows Keras how many inputs there are

# %% [markdown]
# The three start with different random weights. We give them the same weights, and compare what they answer.

# %%
for model in (functional, subclassed):
    model.set_weights(network.get_weights())
    difference = np.abs(model(batch) - network(batch)).max()
    expect(f"{type(model).__name__}: largest difference", difference, high=1e-7)

# %% [markdown]
# They are the same function. Take `Sequential` where the layers form a chain, the functional form for branches, and a
# subclass where `call` has to do more than call layers. A subclass knows its shapes only after the first call.
#
# Where these things live: models are in `keras` (`keras.Sequential`, `keras.Model`), and all layers with weights, the
# output layer too, are in `keras.layers`. The input layer is `keras.Input`. There is no separate "output layer" to
# import, although some texts say so.
#
# ## Recap
#
# - A neuron is a weighted sum, with the bias in it, and an activation. A layer is a matrix product: $\sigma(xK + b)$.
# - One neuron with two inputs decides by a straight line. Its weights stand at right angles to the line and point to
#   the side of yes; the bias lets the line leave the origin.
# - A sigmoid neuron, trained with binary cross-entropy, is logistic regression.
# - XOR is not linearly separable. Two hidden neurons move its points so that one line is enough.
# - A layer with $n$ inputs and $m$ neurons has $(n + 1)\,m$ parameters. Data are not parameters.
# - A network is a chain of functions, $q(s(g(f(x))))$, in whichever of the three ways it is written.
#
# ## Common mistakes
#
# - **Forgetting the biases** when counting: 3 → 3 → 2 → 2 has 26 parameters, and 19 of them are weights.
# - **Counting a bias per connection.** A bias belongs to a neuron.
# - **Mixing up rows and columns.** In Keras a row of the data is a sample, and a column of the kernel is a neuron.
# - **Training longer** where no line is good enough, as for XOR. Training moves the line and never bends it.
# - **Passing one sample without its row**, `np.array([1, -1])`. A model wants `np.array([[1, -1]])`.
#
# ## Next
#
# Practise first: [six exercises](exercises/02_neurons_and_layers.ipynb), about 43 minutes. Each check says what is
# wrong.
#
# We set the weights of the hidden neurons by hand. In [Lesson 03](03_hidden_layers.ipynb) training finds them, and you
# watch the boundary bend.
