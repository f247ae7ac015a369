# %% [markdown]
# # 02 · Neurons, layers and decision boundaries
#
# **What can a handful of neurons decide that one neuron cannot?**
#
# After this lesson you can
#
# - compute the output of a neuron and of a layer by hand, in NumPy and with Keras;
# - draw the line that a neuron decides by, and say what the bias has to do with it;
# - count the parameters of any fully connected network, and write it in Keras in three ways;
# - explain why one neuron cannot learn XOR, and what hidden neurons with an activation add;
# - choose the number of hidden neurons on validation data.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | 01 | under 45 s | points in the plane, made in the lesson |

# %%
from nnlib.training import Snapshots, fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.plotting import (
    animate_decision_boundary, plot_activation, plot_classes, plot_curves, plot_decision_boundary, plot_network,
)  # fmt: skip

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import FloatSlider, interact
from keras import layers
from sklearn.datasets import make_blobs

seed = set_seed()

# %% [markdown]
# These are the numbers to play with. Change one, run the notebook again, and look at what moves.

# %%
EPOCHS = 400
LEARNING_RATE = 0.1
HIDDEN = [1, 2, 3, 8, 32, 128]  # how many hidden neurons to try at the end

# %% [markdown]
# ## One neuron
#
# The unit of lesson 01 multiplied its input by a weight and added a bias. With two inputs it does the same twice,
# and adds everything up. Take the inputs 1 and −1, the weights 1 and −2, and the bias 1. What is the sum?

# %%
weighted_sum = 1 * 1 + (-2) * (-1) + 1
print(weighted_sum)

# %% [markdown]
# Such a sum can be any number. For a decision we would like one between 0, "surely no", and 1, "surely yes". So a
# neuron passes its sum through an **activation function**. Here it is the *sigmoid*:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}}$$


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %% alt="An S-shaped curve that rises from 0 on the left through one half at zero to 1 on the right."
ax = plot_activation(sigmoid, title="The sigmoid squeezes every number between 0 and 1")

# %% [markdown]
# A sum of 0 gives exactly ½, large sums come close to 1, and very negative ones close to 0. Our neuron had the sum 4,
# so it says 0.98: a clear yes.

# %%
expect("output of the neuron", sigmoid(weighted_sum), 0.975, 0.985)

# %% [markdown]
# That is all a neuron is: a weighted sum, a bias, an activation.
#
# $$a = \sigma(w_1 x_1 + w_2 x_2 + b)$$

# %% [markdown]
# ## A layer is a matrix product
#
# Give the same two inputs to a second neuron, with the weights −1 and 1 and the bias 0. Two neurons that look at the
# same inputs are a **layer**. Each row of the matrix holds the weights of one neuron, and one product computes both sums:
#
# $$\sigma\left(\begin{bmatrix} 1 & -2 \\ -1 & 1 \end{bmatrix} \begin{bmatrix} 1 \\ -1 \end{bmatrix}
# + \begin{bmatrix} 1 \\ 0 \end{bmatrix}\right) = \sigma\left(\begin{bmatrix} 4 \\ -2 \end{bmatrix}\right)$$

# %%
W = np.array([[1, -2], [-1, 1]])
x = np.array([1, -1])
b = np.array([1, 0])
a = sigmoid(W @ x + b)
expect("first neuron", a[0], 0.975, 0.985)
expect("second neuron", a[1], 0.115, 0.125)

# %% [markdown]
# In Keras this layer is `Dense(2, activation="sigmoid")`. Its samples are rows, so it computes $xK + b$ with a
# *kernel* $K$ that has one **column** for each neuron: the transpose of our $W$.

# %%
layer = keras.Sequential([keras.Input((2,)), layers.Dense(2, activation="sigmoid")])
layer.set_weights([W.T, b])
by_keras = layer(x[None, :])
print(by_keras.numpy().round(2))
expect("largest difference to ours", np.abs(by_keras[0] - a).max(), high=1e-6)

# %% alt="Two inputs and a grey unit that gives 1, each joined to two output neurons; every line carries its weight, negative ones are dashed."
ax = plot_network(
    layer,
    input_names=["x₁", "x₂"],
    output_names=["a₁", "a₂"],
    show_bias=True,
    title="Every input is joined to every neuron",
)

# %% [markdown]
# The bias appears again as a unit that always gives 1, so a bias is one more weight. Every input is joined to every
# neuron: the layer is **fully connected**, or *dense*.

# %% [markdown]
# ## A neuron draws a line
#
# When does a neuron say yes? When its output is above ½, so when the sum is positive. The border between yes and no is
#
# $$w_1 x_1 + w_2 x_2 + b = 0$$
#
# Solve for $x_2$ and you meet an old friend, the line $y = kx + d$ with slope $k = -w_1/w_2$ and intercept $d = -b/w_2$.
#
# Here are two clouds of points. Blue circles are class 0, "no"; orange triangles are class 1, "yes".

# %%
clouds, cloud_labels = make_blobs(120, centers=[(1, 1), (3, 3)], cluster_std=0.5, random_state=seed)


# %% [markdown]
# Move the three sliders until the black line parts the clouds, with the triangles on the orange side. What does each
# slider do to the line? (Where no kernel runs, you see one position.)


# %% alt="Two clouds of points on a map in pale blue and orange. A straight black line, set by the sliders, divides the map."
@interact(
    w1=FloatSlider(value=1, min=-3, max=3, step=0.25, description="w₁"),
    w2=FloatSlider(value=0.5, min=-3, max=3, step=0.25, description="w₂"),
    b=FloatSlider(value=-2, min=-12, max=12, step=0.5, description="bias"),
)
def explore(w1, w2, b):
    def neuron(points):
        return sigmoid(points @ [w1, w2] + b)

    right = np.mean((neuron(clouds) > 0.5) == cloud_labels)
    title = f"{right:.0%} of the points on the right side"
    plot_decision_boundary(neuron, clouds, cloud_labels, title=title)


# %% [markdown]
# The two weights turn the line; the bias shifts it without turning. Larger weights make the pale zone along the line
# narrower: the neuron becomes surer, and the border stays where it is if all three grow by the same factor.
#
# ### Does the bias matter?
#
# It is only one number, and Keras lets us drop it. **Predict:** can a neuron without bias separate these clouds?


# %%
def train(model, points, labels, epochs=EPOCHS, optimizer=None, **options):
    """Compile and train a two-class model on all points at once; returns its accuracy."""
    optimizer = optimizer or keras.optimizers.Adam(LEARNING_RATE)
    model.compile(optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    options = {"batch_size": len(points), "verbose": 0, **options}
    history = fit(model, points, labels, epochs=epochs, **options)
    return history.history["accuracy"][-1]


# %% [markdown]
# `Adam` is a faster relative of SGD (lesson 07), and `binary_crossentropy` is a loss for yes-or-no answers (lesson 05).

# %%
neurons, accuracy = {}, {}
for name, use_bias in (("with bias", True), ("without bias", False)):
    output = layers.Dense(1, activation="sigmoid", use_bias=use_bias)
    neurons[name] = keras.Sequential([keras.Input((2,)), output])
    accuracy[name] = train(neurons[name], clouds, cloud_labels, epochs=200)

# %% [markdown]
# Where did each of them put its line? The origin is at the lower left.

# %% alt="Two maps of the same two clouds. With bias a line runs between the clouds; without it the line has to pass through the origin and cuts through both or misses both."
figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for ax, (name, neuron) in zip(axes, neurons.items(), strict=True):
    title = f"{name.capitalize()}: {accuracy[name]:.0%} right"
    plot_decision_boundary(
        neuron, clouds, cloud_labels, xlim=(-0.6, 5), ylim=(-0.6, 5), title=title, ax=ax
    )

# %% [markdown]
# Without a bias the line is nailed to the origin, where all inputs are 0 and so is the sum. No training helps.

# %%
expect("accuracy with bias", accuracy["with bias"], low=0.97)
expect("accuracy without bias", accuracy["without bias"], high=0.75)

# %% [markdown]
# ## What one neuron cannot do
#
# The oldest learning rule for a neuron is the **perceptron** of 1958. Its activation is a step: 1 if the sum is
# positive, else 0. For each point that it gets wrong it moves the weights a little towards the right answer.


# %%
def perceptron(points, labels, epochs=20):
    """Rosenblatt's rule; returns the weights, the bias and the number of mistakes in each epoch."""
    w, b, mistakes = np.zeros(2), 0.0, []
    for _ in range(epochs):
        errors = 0
        for point, label in zip(points, labels, strict=True):
            error = label - (w @ point + b > 0)
            w, b, errors = w + error * point, b + error, errors + abs(error)
        mistakes.append(errors)
    return w, b, mistakes


# %% [markdown]
# Give it three questions about two switches, each 0 or 1. AND: are both on? OR: is at least one on? XOR: is *exactly*
# one on? **Predict:** how many mistakes are left after 20 rounds?

# %%
switches = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
questions = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}
learnt = {name: perceptron(switches, labels) for name, labels in questions.items()}
pd.DataFrame({name: mistakes for name, (_, _, mistakes) in learnt.items()}).T

# %% [markdown]
# Each row counts the mistakes of one question, epoch by epoch. And this is where the lines ended up:

# %% alt="Three maps of four corner points. For AND and OR a line separates circles and triangles; for XOR, where the classes lie crosswise, it does not."
figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
for ax, (name, (w, b, mistakes)) in zip(axes, learnt.items(), strict=True):
    verdict = "a line will do" if mistakes[-1] == 0 else "no line will do"

    def step(points, w=w, b=b):
        return 1.0 * (points @ w + b > 0)

    plot_decision_boundary(step, switches, questions[name], title=f"{name}: {verdict}", ax=ax)

# %% [markdown]
# AND and OR are learnt after a few rounds. For XOR the rule goes round in circles for ever, and no other rule would
# do better: the classes lie crosswise, and a line cannot have both circles on one side and both triangles on the other.
# (The rule stops as soon as nothing is wrong, even if its line just touches a point.)

# %%
expect("mistakes in the last round, AND", learnt["AND"][2][-1], 0, 0)
expect("mistakes in the last round, OR", learnt["OR"][2][-1], 0, 0)
expect("mistakes in the last round, XOR", learnt["XOR"][2][-1], low=1)

# %% [markdown]
# ### Two neurons in between
#
# Say XOR in words: "at least one, but not both". That is OR *and not* AND, and each of them is one line. So let two
# neurons answer OR and AND, and a third one look at their answers. Neurons between input and output are called **hidden**.
# We choose the weights by hand; 20 makes the sigmoids nearly steps.

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
# What does the output neuron see? Not the switches but the two hidden answers. Let us draw its world too.

# %%
hidden = sigmoid(switches @ kernel + bias)
table = pd.DataFrame(switches, columns=["x₁", "x₂"])
table["h₁ (OR)"], table["h₂ (AND)"] = hidden.T.round(3)
table["output"] = xor(switches).numpy().round(3)
table

# %% [markdown]
# The two middle rows of the table agree in $h_1$ and $h_2$. On a map:

# %% alt="Left: in the plane of the inputs a band between two parallel numbered lines holds both triangles. Right: in the plane of the hidden neurons both triangles have moved to the same corner, and one straight line separates them from the circles."
figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
plot_decision_boundary(
    xor, switches, questions["XOR"], show_units=True, title="In the inputs: two lines", ax=axes[0]
)
ax = plot_decision_boundary(
    xor.layers[-1], hidden, questions["XOR"], xlabel="h₁ (OR)", ylabel="h₂ (AND)",
    title="In the hidden layer: one line is enough", ax=axes[1],
)  # fmt: skip

# %% [markdown]
# The hidden layer has *moved* the points: both triangles now lie on the same spot, and a single line can cut them off.
# This is what hidden layers are for. They turn the inputs into something on which the last layer's job is easy.

# %%
expect("largest error on XOR", np.abs(xor(switches)[:, 0] - questions["XOR"]).max(), high=0.01)

# %% [markdown]
# ## Anatomy of a network
#
# Layers can be stacked as we like. The **input layer** only holds the data, **hidden layers** follow, and the **output
# layer** gives the answer. Nothing ever flows back: the network is *feed-forward*. Here are three inputs, hidden layers
# of three and two neurons, and two outputs. (ReLU and softmax are activations too; lesson 04 compares them.)

# %%
network = keras.Sequential(
    [
        keras.Input((3,)),
        layers.Dense(3, activation="sigmoid"),
        layers.Dense(2, activation="relu"),
        layers.Dense(2, activation="softmax"),
    ]
)

# %% alt="A network of four columns of circles: three inputs, three and two hidden neurons, two outputs. Every circle is joined to all of the next column; a grey unit that gives 1 stands below each column but the last."
ax = plot_network(
    network,
    input_names=["x₁", "x₂", "x₃"],
    output_names=["p₁", "p₂"],
    show_bias=True,
    title="3 inputs, 3 + 2 hidden neurons, 2 outputs",
)

# %% [markdown]
# Every line is a parameter. **Count them** before you go on, and do not forget those that start at a 1.
#
# A layer with $n$ inputs and $m$ neurons has $n \cdot m$ weights and $m$ biases: $(n + 1)\,m$.

# %%
by_hand = [(3 + 1) * 3, (3 + 1) * 2, (2 + 1) * 2]
from_shapes = [sum(int(np.prod(w.shape)) for w in layer.weights) for layer in network.layers]
by_keras = [layer.count_params() for layer in network.layers]
pd.DataFrame({"by hand": by_hand, "from the shapes": from_shapes, "count_params": by_keras}).T

# %%
for name, count, wanted in zip(("first", "second", "third"), from_shapes, (12, 8, 6), strict=True):
    expect(f"parameters of the {name} layer", count, wanted, wanted)
expect("parameters", network.count_params(), 26, 26)

# %% [markdown]
# And the data? Five samples of three numbers are 15 numbers, but no parameters: training does not change them. A whole
# batch goes through at once, one sample a row, and only the first number of each shape depends on it.

# %%
data = np.random.default_rng(seed).normal(size=(5, 3))
W1, b1, W2, b2, W3, b3 = network.get_weights()
h1 = sigmoid(data @ W1 + b1)
h2 = np.maximum(h1 @ W2 + b2, 0)  # ReLU: negative sums become 0
scores = np.exp(h2 @ W3 + b3)
output = scores / scores.sum(axis=1, keepdims=True)  # softmax: positive, and each row adds up to 1
print(data.shape, "→", h1.shape, "→", h2.shape, "→", output.shape)
expect("largest difference to Keras", np.abs(output - network(data)).max(), high=1e-6)

# %% [markdown]
# ### The same network, written in three ways
#
# `Sequential` is a list of layers. The **functional** form names what goes into what, and so allows branches:

# %%
inputs = keras.Input((3,))
h = layers.Dense(3, activation="sigmoid")(inputs)
h = layers.Dense(2, activation="relu")(h)
functional = keras.Model(inputs, layers.Dense(2, activation="softmax")(h))

# %% [markdown]
# A **subclass** of `Model` says what happens in plain Python. It is the freest form, and the one that Keras can check
# and draw least, because it only knows the shapes once data have gone through.


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
outputs = subclassed(data)  # the first call creates the weights

# %% [markdown]
# The three start with different random weights. Give them the same, and they are the same function.

# %%
for model in (functional, subclassed):
    model.set_weights(network.get_weights())
    difference = np.abs(model(data) - network(data)).max()
    expect(f"{type(model).__name__}: largest difference", difference, high=1e-7)

# %% [markdown]
# ### Why the activation has to be there
#
# Leave the activations out, and each layer only multiplies and adds. Two such layers give
#
# $$(x W_1 + b_1)\, W_2 + b_2 = x\,(W_1 W_2) + (b_1 W_2 + b_2),$$
#
# which is *one* layer with the weights $W_1 W_2$. However many we stack, they collapse into one.


# %%
def stack(activation):
    """Three hidden layers of eight neurons, with large random weights, not trained."""
    init = {"kernel_initializer": "random_normal", "bias_initializer": "random_normal"}
    hidden = [layers.Dense(8, activation, **init) for _ in range(3)]
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, **init)])
    model.set_weights([20 * weight for weight in model.get_weights()])
    return model


# %% [markdown]
# Multiply the four matrices of the stack without activations, and compare with the stack itself.

# %%
linear, bent = stack(None), stack("tanh")
W, b = np.eye(2), np.zeros(2)
for weights, bias in zip(linear.get_weights()[::2], linear.get_weights()[1::2], strict=True):
    W, b = W @ weights, b @ weights + bias
points = np.random.default_rng(seed).normal(size=(100, 2))
four_layers, one_layer = linear(points).numpy(), points @ W + b
print(f"{linear.count_params()} parameters do the work of {W.size + b.size}")
gap = np.abs(four_layers - one_layer).max() / np.abs(one_layer).max()
expect("largest difference, relative", gap, high=1e-5)

# %% [markdown]
# **Predict:** what do the two stacks look like as maps, before any training? (We shift and scale their outputs, so that
# the border lies in the picture.)

# %% alt="Two maps of untrained networks. Without activations the border is one straight line; with tanh between the layers it is bent or broken into pieces."
figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for ax, model, name in zip(axes, (linear, bent), ("Without", "With"), strict=True):
    middle, spread = np.median(model(points)), np.std(model(points))

    def score(points, model=model, middle=middle, spread=spread):
        return sigmoid((model(points).numpy() - middle) / spread)

    title = f"{name} activations, four layers"
    plot_decision_boundary(score, points, score(points) > 0.5, title=title, ax=ax)

# %% [markdown]
# The points are coloured by what each stack says of them. Four layers without activations still draw a straight line;
# the activation between the layers is what lets them bend it.

# %% [markdown]
# ## Hidden neurons at work
#
# So far we set the weights by hand. Now training has to find them. A seed sprouts where it is warm enough ($x_1 > -1$),
# wet enough ($x_2 > -1$), and not too warm *and* wet ($x_1 + x_2 < 1.1$). The network sees only examples.


# %%
def sprouting(n, rng):
    """n points that sprout and n that do not; none lies right on a limit."""
    points = rng.uniform(-3, 3, size=(100 * n, 2))
    limits = [-1 - points[:, 0], -1 - points[:, 1], (points.sum(axis=1) - 1.1) / np.sqrt(2)]
    outside = np.max(limits, axis=0)  # how far beyond the nearest limit; negative: all are kept
    chosen = np.concatenate([points[outside < -0.2][:n], points[outside > 0.2][:n]])
    return chosen, np.repeat([1, 0], n)


# %%
seeds, sprouts = sprouting(50, np.random.default_rng(seed))

# %% alt="Orange triangles fill a triangle in the middle of the picture; blue circles lie all around it."
ax = plot_classes(
    seeds,
    sprouts,
    class_names=("stays asleep", "sprouts"),
    title="Three limits, and all must be kept",
)

# %% [markdown]
# Half of the points are of each class, so guessing gets 50 % right: that is our baseline.
#
# **Predict** before you run: what shape can the border take with one hidden neuron? With two? With three?


# %%
def one_hidden_layer(n_hidden, activation="sigmoid", **options):
    hidden = layers.Dense(n_hidden, activation=activation, **options)
    output = layers.Dense(1, activation="sigmoid", **options)
    return keras.Sequential([keras.Input((2,)), hidden, output])


# %% [markdown]
# Three networks that differ in nothing but the number of hidden neurons. We keep snapshots of their weights: more of
# them at the beginning, where most of it happens.

# %%
moments = np.unique(np.geomspace(1, EPOCHS + 1, 17).round().astype(int) - 1)
models = [one_hidden_layer(n) for n in (1, 2, 3)]
films = [Snapshots(epochs=moments) for _ in models]
reached = [
    train(model, seeds, sprouts, callbacks=[film])
    for model, film in zip(models, films, strict=True)
]

# %% [markdown]
# Press *Play*. Black is the border where the network says ½. The thin numbered lines are where each hidden neuron says
# ½. Below each map is its network; a line is as thick as its weight, and dashed where that is negative.

# %% alt="Three networks during training, each map above its network. With one hidden neuron the border is a straight line, with two it is a wedge or a band between two lines, with three it closes around the triangles in the middle."
animate_decision_boundary(models, films, seeds, sprouts)

# %% [markdown]
# One hidden neuron: a line. Two: a wedge, one side for each neuron (a band, where the sides hardly lean). Three: a
# closed region. Nobody told the neurons which limit to take; they shared the work out among themselves, and after the
# next start they may do so differently. A start can also be unlucky and leave the region open: then one starts again
# and keeps the run with the lowest training loss.

# %%
edge = np.linspace(-3, 3, 200)
frame = [np.stack([edge, 0 * edge + end], axis=1) for end in (-3, 3)]
frame = np.concatenate(frame + [points[:, ::-1] for points in frame])  # all four sides
for n, model, right in zip((1, 2, 3), models, reached, strict=True):
    inside = float(np.mean(model(frame) > 0.5))
    low, high = {1: (0.60, 0.85), 2: (0.75, 0.98), 3: (0.98, 1)}[n]
    expect(f"{n} hidden: accuracy", right, low, high)
    low, high = {1: (0.3, 0.8), 2: (0.05, 0.5), 3: (0, 0)}[n]
    expect(f"{n} hidden: share of the picture's frame inside", inside, low, high)

# %% [markdown]
# The last number says "closed" without looking: the region of the network with three neurons does not touch the frame.

# %% [markdown]
# ### May the weights start at zero?
#
# Keras starts with small random weights. Zeros would be tidier, and equal numbers fairer. **Predict** what three hidden
# neurons make of that.

# %%
starts = {
    "all zero": keras.initializers.Constant(0.0),
    "all equal": keras.initializers.Constant(0.5),
    "random": "glorot_uniform",  # what Keras does when we do not ask
}
same, accuracy = {}, {}
for name, initializer in starts.items():
    same[name] = one_hidden_layer(3, kernel_initializer=initializer, dtype="float64")
    optimizer = keras.optimizers.SGD(1.0, momentum=0.9)
    accuracy[name] = train(same[name], seeds, sprouts, epochs=300, optimizer=optimizer)

# %% [markdown]
# What has each of the three learnt?

# %% alt="Three maps. Started with zeros or with equal weights, the border is at best one straight line, although there are three hidden neurons; started at random it has more than one side."
figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
for ax, (name, model) in zip(axes, same.items(), strict=True):
    title = f"Start {name}: {accuracy[name]:.0%} right"
    plot_decision_boundary(model, seeds, sprouts, title=title, ax=ax)

# %% [markdown]
# Neurons that start alike get the same gradient, take the same step, and stay alike: three copies of *one* neuron,
# and one neuron draws at best one line. At zero it is worse still: the gradient of the hidden weights is a product with
# the zero weights behind them, so at first nothing pulls at them at all. Random numbers break the **symmetry**. The
# biases may well start at zero.

# %%
for name, model in same.items():
    apart = np.ptp(model.get_weights()[0], axis=1).max()  # how far the hidden neurons are apart
    low, high = (1, None) if name == "random" else (None, 1e-3)
    expect(f"start {name}: largest difference between neurons", apart, low, high)
    low, high = (0.85, 1) if name == "random" else (0.4, 0.85)
    expect(f"start {name}: accuracy", accuracy[name], low, high)

# %% [markdown]
# (Keras computed with 64-bit numbers here. With the usual 32 bits each neuron is rounded a little differently, and a
# long training can blow these errors up until the copies part. That is luck, and nothing to build on.)

# %% [markdown]
# ## How many hidden neurons?
#
# More neurons mean more lines, so are more always better? Real data are not as clean as ours. Suppose that one label in
# ten is wrong: someone looked away. We have 120 points to learn from. The **validation** points are kept apart from
# training, to choose with; a **test** set is kept apart from both, to be used once.

# %%
rng = np.random.default_rng(seed)
points, labels = sprouting(1060, rng)
order = rng.permutation(len(points))
points, labels = points[order], np.where(rng.random(len(points)) < 0.1, 1 - labels, labels)[order]
x_train, x_val, x_test = np.split(points, [120, 1120])
y_train, y_val, y_test = np.split(labels, [120, 1120])


# %%
def scores(model, points, labels):
    """Loss and accuracy of a model on given points."""
    outputs = model(points).numpy()[:, 0]
    loss = float(keras.losses.binary_crossentropy(labels, outputs))
    return loss, np.mean((outputs > 0.5) == labels)


# %% [markdown]
# **Predict:** which of the networks has the lowest loss on the training points? And on the validation points? (The
# hidden neurons use `tanh` here, which is the sigmoid stretched to lie between −1 and 1; it learns faster.)

# %%
candidates, rows = {}, []
for n in HIDDEN:
    candidates[n] = one_hidden_layer(n, activation="tanh")
    train(candidates[n], x_train, y_train)
    rows.append([*scores(candidates[n], x_train, y_train), *scores(candidates[n], x_val, y_val)])
columns = ["train loss", "train accuracy", "validation loss", "validation accuracy"]
table = pd.DataFrame(rows, index=pd.Index(HIDDEN, name="hidden neurons"), columns=columns)
table.round(3)

# %% [markdown]
# Four columns are hard to read. The two losses as curves:

# %% alt="Loss against the number of hidden neurons, both axes logarithmic. The training loss falls with every step to the right; the validation loss falls at first and then climbs far above it."
ax = plot_curves(
    HIDDEN,
    {"train": table["train loss"], "validation": table["validation loss"]},
    log="xy", xlabel="hidden neurons", ylabel="loss",
    title="A few neurons help, many learn by heart",
)  # fmt: skip

# %% [markdown]
# The training loss keeps falling, wrong labels and all. The validation loss is lowest for a few neurons; with many the
# network is wrong in new places, and very sure about it.

# %%
best = table["validation loss"].idxmin()
largest = HIDDEN[-1]
worse = table.loc[largest, "validation loss"] / table.loc[best, "validation loss"]
expect(f"train accuracy with {largest}", table.loc[largest, "train accuracy"], low=0.92)
expect("hidden neurons with the lowest validation loss", best, 2, 8)
expect(f"validation loss with {largest} / with {best}", worse, low=1.4)

# %% alt="Three maps of the same points, some with wrong labels: one straight border, a simple region in the middle, and a border with folds and islands around single points."
figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
names = (f"{HIDDEN[0]}: too few", f"{best}: lowest validation loss", f"{largest}: too many")
for ax, n, name in zip(axes, (HIDDEN[0], best, largest), names, strict=True):
    plot_decision_boundary(candidates[n], x_train, y_train, title=name, ax=ax)

# %% [markdown]
# The largest network bends its border around single points. Those are the wrong labels, and in the next sample they
# will be elsewhere. This is **overfitting**; lesson 11 shows what can be done besides taking fewer neurons.
#
# We have used the validation points to choose, so they are no longer neutral. The test set has the last word, once.

# %%
_, test_accuracy = scores(candidates[best], x_test, y_test)
majority = max(np.mean(y_test), np.mean(1 - y_test))
print(f"always the same answer: {majority:.3f}")
expect(f"test accuracy with {best} hidden neurons", test_accuracy, 0.70, 0.95)

# %% [markdown]
# With one label in ten wrong, nobody can expect more than about 0.9.

# %% [markdown]
# ## Recap
#
# - A neuron is a weighted sum, a bias and an activation. A layer is a matrix product, $\sigma(xK + b)$.
# - One neuron separates by a straight line; the bias lets that line leave the origin.
# - A layer with $n$ inputs and $m$ neurons has $(n + 1)\,m$ parameters. Data are not parameters.
# - Hidden neurons each add a line: line, wedge, closed region. Without activations they add nothing.
# - Weights start at random, or all neurons of a layer stay copies of one.
# - How many neurons? Ask the validation data, not the training data.
#
# ## Common mistakes
#
# - **Forgetting the biases** when counting: 3 → 3 → 2 → 2 has 26 parameters, not 19.
# - **Mixing up rows and columns.** In Keras samples are rows, and a column of the kernel belongs to one neuron.
# - **Leaving out the activation** of a hidden layer: `Dense(64)` alone is linear, and the layer is wasted.
# - **Initializing with zeros** "to be safe". The network then learns as if it had one neuron a layer, or not at all.
# - **Choosing the size by training loss.** It nearly always says "larger".
#
# ## Next
#
# We have used sigmoid, tanh, ReLU and softmax without asking which one to take. Lesson 04 compares them.
