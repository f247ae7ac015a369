# %% [markdown]
# # 00 · Start here: what a neural network is
#
# **What is a neural network, and what can you do with one?**
#
# After this lesson you can
#
# - say what an artificial neuron computes, and where its likeness to a nerve cell ends;
# - place artificial intelligence, machine learning and deep learning, and say what is new in the last;
# - name the parts of the loop in which the networks of this course are trained;
# - say for a task of your own whether a network is a good choice, and what speaks against one;
# - find your way through this course and its notebooks.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | a little Python | 15 minutes to read, under 20 s to run | MNIST: 70,000 handwritten digits, 28 × 28 |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.data import load_mnist
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_artificial_neurons, plot_biological_neurons, show_images
from nnlib.plotting import plot_decision_boundary, plot_feature_hierarchy, plot_nested_sets
from nnlib.plotting import plot_network, plot_prerequisites, plot_probabilities, plot_training_loop

import keras
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import SelectionSlider, interact
from sklearn.datasets import make_circles

seed = set_seed()

# %%
# The numbers to play with: change one, run the notebook again, and look at what moves.
UNITS = 64  # neurons in the middle layer of the network
EPOCHS = 2  # how often training goes through all images
RUNS = 5  # how often the experiment with the two rings is repeated

# %% [markdown]
# ## Ten lines
#
# Run the cells one after the other, from the top to the next one: click on a cell and press Shift + Enter. You do
# not have to understand the code of this lesson. Later lessons explain it. Read the text and look at the outputs.
#
# The next cell takes 60,000 images of handwritten digits and lets a network learn from them for a few seconds. Then it
# shows the network an image that the network has never seen.

# %%
data = load_mnist()
model = keras.Sequential()
model.add(keras.Input((28, 28)))
model.add(keras.layers.Rescaling(1 / 255))
model.add(keras.layers.Flatten())
model.add(keras.layers.Dense(UNITS, activation="relu"))
model.add(keras.layers.Dense(10, activation="softmax"))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
fit(model, data.x_train, data.y_train, batch_size=128, epochs=EPOCHS, verbose=0)
print("I read:", model.predict(data.x_test[:1], verbose=0).argmax())

# %% [markdown]
# Is that right? The next cell shows this image and nine more, with what the network reads in each.
#
# Nobody wrote a rule for what a 7 looks like. The network has found its own rules, from examples for which the right
# answer, the **label**, was known. The images that it has never seen are the *test images*; there are 10,000 of
# them. The share of right answers is called **accuracy**. **Guess first:** what is the accuracy of the network on the
# test images? What is the accuracy of a program that always gives the same answer?

# %% alt="Ten handwritten digits, white on black. Below each stands what the network has read, with a tick where it is right."
# argmax: the position of the largest of ten probabilities, which is the digit.
read = model.predict(data.x_test, batch_size=1000, verbose=0).argmax(axis=1)
accuracy = np.mean(read == data.y_test)
same_answer = np.bincount(data.y_test).max() / len(data.y_test)  # bincount: how many of each
print(f"network: {accuracy:.3f}   always the most frequent digit: {same_answer:.3f}")
ax = show_images(
    data.x_test, data.y_test, predictions=read, title="Images that the network has never seen"
)

# %% [markdown]
# Now choose an image and push it to the side, with the mouse or the arrow keys: positive numbers push it to the right.
# For you it stays the same digit. Does it for the network?


# %% alt="Left: a handwritten digit, pushed to the right by some pixels. Right: a bar for each digit from 0 to 9, as long as the probability that the network gives to it."
@interact(  # draws a slider for each argument of the function below, and calls it at every move
    image=SelectionSlider(options=list(range(20)), description="image"),
    push=SelectionSlider(options=list(range(-9, 10)), value=4, description="push"),
)
def look(image, push):
    # What leaves the image on one side enters it on the other.
    pixels = np.roll(data.x_test[image], push, axis=1)
    probabilities = model.predict(pixels[np.newaxis], verbose=0)[0]  # an array of one image
    _, axes = plt.subplots(1, 2, figsize=(9, 4), width_ratios=(1, 1.6), layout="constrained")
    show_images([pixels], n=1, columns=1, title=f"Pushed by {push} pixels", ax=axes[0])
    truth = int(data.y_test[image])
    title = f"The network reads a {probabilities.argmax()}"
    plot_probabilities(probabilities, data.class_names, truth=truth, title=title, ax=axes[1])


# %% [markdown]
# The network answers with ten probabilities, one for each digit from 0 to 9. They add up to 1. (Counting begins at 0,
# so the one for the digit 5 is the *sixth*.) The accuracy above is for images with the digit in the middle. **Guess
# first:** what is it when all of them are pushed by six pixels? (Almost half of them lose a strip at the edge, which
# enters on the other side.)

# %%
pushed = np.roll(data.x_test, 6, axis=2)
_, accuracy_pushed = model.evaluate(pushed, data.y_test, batch_size=1000, verbose=0)
print(f"pushed by 6 pixels: {accuracy_pushed:.3f}")

# %% [markdown]
# In the middle more than nine in ten are right. After the push little or nothing is left: guessing gets about one in
# ten. The network has learnt something, but not what *we* know: a digit stays the same digit when it moves. [Lesson
# 12](12_convolution.ipynb) shows how to build a network that does better when a picture moves.
#
# ## What is a neuron?
#
# The name comes from nerve cells. Here are two of them in a chain, and below them two artificial **neurons**.

# %% alt="Above: two nerve cells with dendrites, cell body, axon and synapses; the axon of the first reaches the dendrites of the second. Below, part under part: inputs, weights, weighted sum plus bias, activation, and an output that is an input of the next neuron."
figure, axes = plt.subplots(2, 1, figsize=(9, 6.8), layout="constrained")
plot_biological_neurons(title="Two nerve cells …", ax=axes[0])
ax = plot_artificial_neurons(title="… and two artificial neurons", ax=axes[1])

# %% [markdown]
# A nerve cell has two abilities. It is *excitable*: it adds up the signals that its dendrites take in, and if the sum
# is above a threshold, it fires, all or nothing. And it *conducts*: the signal runs along the axon and over synapses
# to the next cells.
#
# An artificial neuron copies both, with numbers. It multiplies each input by a **weight**, adds the products, and adds
# one more number of its own, the **bias**. Then it applies a function to the sum, the **activation**, for example
# "1 if the sum is positive, else 0". With this activation the neuron fires if the products add up to more than minus
# the bias: with the bias −2, to more than 2. That is its threshold. The result is its output, and it can be an input of
# the next neuron.
#
# **On paper first:** the inputs 1, 0 and 1 meet the weights 0.5, −1.2 and 2, and the bias is −2. Does the neuron
# fire? Its output is the only input of a second neuron, with the weight 1.5 and the bias −1. Does that one fire?


# %%
def neuron(inputs, weights, bias):
    """1 if the weighted sum of the inputs plus the bias is positive, else 0."""
    total = bias
    # strict: an error if one of the lists is longer.
    for number, weight in zip(inputs, weights, strict=True):
        total = total + number * weight
    return 1 if total > 0 else 0


first = neuron([1, 0, 1], [0.5, -1.2, 2], -2)
second = neuron([first], [1.5], -1)
print("first neuron:", first, "  second neuron:", second)

# %% [markdown]
# Both fire: the sums are 0.5 + 0 + 2 − 2 = 0.5 and 1.5 − 1 = 0.5. Perhaps you have read that a weight is the part of a
# signal that is lost on its way. It is not: a weight may be larger than 1, or negative. Some texts give each connection
# a bias. This is wrong, too: a bias belongs to a neuron, and a connection has only a weight.
#
# The likeness ends here. A nerve cell sends pulses in time; an artificial neuron gives one number, which with most
# activations is not just 0 or 1. The cells of a brain are linked in all directions; our neurons stand in layers. And as
# far as we know, a brain does not learn in the way in which our networks are trained. A neural network is mathematics
# that was *suggested* by nerve cells.
#
# ## From neurons to a network
#
# Neurons that get the same inputs are a **layer**. Layers one after the other are a **neural network**. The next figure
# shows the one that has read the digits. Each line is a weight, dashed if it is negative. Dots stand for circles that
# are not drawn. **Guess first:** an image has 28 × 28 pixels. How many inputs and how many outputs does the network
# have?

# %% alt="Three columns of circles joined by many lines: 784 inputs, 64 hidden neurons, 10 outputs; dots stand for those that are not drawn."
ax = plot_network(model, title="The network that reads digits")

# %% [markdown]
# It has 28 × 28 = 784 inputs, one per pixel, and ten outputs, one per digit. The input layer only holds the pixels. The
# layer in the middle is called **hidden**: its outputs are neither the data that we put in nor the answer that we get
# out. The neurons of this network are the 64 hidden and the ten output neurons, each with its weights and its bias.
# Signals go forward, from the inputs to the outputs.
#
# ## Three words: AI, machine learning, deep learning

# %% alt="Three boxes one inside the other: artificial intelligence, in it machine learning, in it deep learning, each with a line that says what it is."
ax = plot_nested_sets(
    {
        "artificial intelligence": "programs for tasks that seem to need thinking",
        "machine learning": "the rules are found from examples",
        "deep learning": "networks with several hidden layers, which find their own features",
    },
    title="Three fields, one inside the other",
)

# %% [markdown]
# - **Artificial intelligence** (AI) is the wide field. A chess program with rules that people wrote belongs to it.
# - **Machine learning** is the part in which rules are not written by people but found from examples.
# - **Deep learning** is machine learning with neural networks of several hidden layers.
#
# What is new in deep learning? The **features**. A feature is a number that describes what matters about an example.
# Before deep learning, people mostly had to find good features. A network finds its own, in its hidden layer, and a
# deep network makes features of features, layer by layer. On a small task one hidden layer is enough to see the
# beginning.
#
# Here the examples are points with the coordinates $x_1$ and $x_2$. Half of them form an inner ring, half an outer
# one, and a model has to say which, so guessing gets half of them right. Three models try. Two of them have a single
# neuron: one gets $x_1$ and $x_2$, the other gets one feature that *we* have thought of, $x_1^2 + x_2^2$. The third
# gets $x_1$ and $x_2$ and has a hidden layer of eight neurons. **Predict:** which of them succeed?

# %%
points, inside = make_circles(1200, factor=0.5, noise=0.1, random_state=seed)
squares = points[:, :1] ** 2 + points[:, 1:] ** 2  # x₁² + x₂², one column
inputs = {"only x₁, x₂": points, "by hand": squares, "hidden layer": points}
networks, scores = {}, {}
for name, x in inputs.items():
    # One more layer or none; *hidden puts it into the list of layers.
    hidden = [keras.layers.Dense(8, activation="tanh")] if name == "hidden layer" else []
    output = keras.layers.Dense(1, activation="sigmoid")
    networks[name] = net = keras.Sequential([keras.Input((x.shape[1],)), *hidden, output])
    net.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
    scores[name] = []
    for _ in range(RUNS):  # every run begins with new random weights
        net.set_weights(keras.models.clone_model(net).get_weights())
        fit(net, x[:200], inside[:200], batch_size=20, epochs=80, verbose=0)
        scores[name].append(np.mean((net(x[200:]).numpy()[:, 0] > 0.5) == inside[200:]))

# %% [markdown]
# All three learn from the same 200 points in the same way, five times with new random weights. Each is then tested on
# 1,000 other points. The maps show the last run of each model. Triangles are the inner ring, circles the outer one. The
# colour of a place is the answer that the model gives there (orange: inner), paler where it is less sure, and the black
# line is the border between the two answers. The titles give the lowest and the highest accuracy of the five runs, in
# whole per cent. The points drawn are the 200 of the training.


# %% alt="Three maps of the same points, a ring of triangles inside a ring of circles. On the first the border is a straight line that separates nothing; on the second a circle separates them; on the third a closed curve with slight corners does."
def by_hand(places):
    return networks["by hand"](places[:, :1] ** 2 + places[:, 1:] ** 2)


_, axes = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
for ax, name in zip(axes, networks, strict=True):
    low, high = min(scores[name]), max(scores[name])
    title = f"{name}: {low:.0%} to {high:.0%} right"
    shown = by_hand if name == "by hand" else networks[name]
    plot_decision_boundary(shown, points[:200], inside[:200], title=title, ax=ax)

# %% [markdown]
# One neuron on $x_1$ and $x_2$ can only draw a straight line ([lesson 02](02_neurons_and_layers.ipynb) shows why), and
# no line separates two rings. Its map is pale and almost all of one colour: it gives the answer that is a little more
# frequent among its 200 points nearly everywhere, and is nowhere sure. (Of all 1,200 points half are inner. What is
# more frequent among the 200 is therefore rarer among the other 1,000.) With the feature $x_1^2 + x_2^2$, the squared
# distance from the middle, one neuron succeeds. But somebody had to think of this feature.
#
# In the third model the last neuron is again a single one, but its inputs are the eight outputs of the hidden layer.
# It succeeds in every run, so these eight numbers are good features, and nobody had to think of them. Its border is no
# circle: it has found features that are good enough, not ours. [Lesson 03](03_hidden_layers.ipynb) draws such features.
#
# For images, people can hardly think of good features. A deep network can find them step by step, each layer from
# those of the layer before:

# %% alt="Four drawings from left to right with arrows between them: a coarse pixel image of a smiling face, short edges in nine directions, parts such as eyes, mouth and outline, and the smiling face."
ax = plot_feature_hierarchy(title="The idea: edges, then parts, then a smile")

# %% [markdown]
# This is a drawing of the idea. [Lesson 12](12_convolution.ipynb) trains a network and shows what its layers really
# respond to.
#
# ## What are networks good at?
#
# Data come in two kinds. **Structured data** are tables: each column already is a feature with a meaning, such as price
# or age. **Unstructured data** are images, sound and text: a single pixel or letter means almost nothing. A rule of
# thumb: for tables a *shallow* network (one or two hidden layers) is enough, and simpler methods are often as good. For
# images, sound and text a *deep* network (many hidden layers) is worth its cost. (Where deep begins, people do not
# agree. Our digit network, with one hidden layer, is shallow.) Where the rule is known, as for the tax on a bill, write
# it down as a program: nothing has to be learnt.
#
# | For networks | More in |
# | --- | --- |
# | They can be accurate: at least 97 of 100 digits right | [lesson 08](08_digits_mlp.ipynb) |
# | They can follow any curve without jumps on a limited range, if the hidden layer is large enough | [lesson 03](03_hidden_layers.ipynb) |
# | They find their own features in images and text | [lesson 12](12_convolution.ipynb), [lesson 13](13_attention.ipynb) |
#
# | Against networks | More in |
# | --- | --- |
# | They are black boxes: nobody can read a rule in the 646,260 weights and biases of a small one | [lesson 09](09_cifar10_mlp.ipynb) |
# | They need computing time, and on a table a formula can be as good | [lesson 10](10_phone_prices.ipynb) |
# | They have many settings, and the result depends on them | [lesson 07](07_optimizers.ipynb) |
# | With little data a large network can learn the examples by heart and be much worse on new ones | [lesson 11](11_overfitting.ipynb) |
# | Like formulas, they also give an answer far outside their data | [lesson 01](01_linear_regression.ipynb) |
#
# **Your turn:** for which of these tasks would you try a deep network first? Predict rents from a table of 300 flats;
# find cracks in photographs of bridges; decide on loans with a reason that the customer can check.
#
# <details><summary>Answer</summary>
#
# For the photographs: they are unstructured, and people can hardly think of good features. The table of flats is small
# and its columns already are features, so try a simple formula first. A decision that must be explained speaks against
# a black box.
#
# </details>
#
# ## How does a network learn?
#
# In `fit`, above, the images went round a loop in groups of 128. Once through 60,000 images is 469 rounds (60,000/128,
# rounded up), and `EPOCHS` says how often. This is the loop:

# %% alt="A ring of five boxes: layers, prediction, loss, optimizer, weights, and back to layers. Inputs enter at the layers, targets at the loss."
ax = plot_training_loop(title="How every network of this course learns")

# %% [markdown]
# The *layers* turn inputs into a *prediction*. The *loss* compares it with the right answers, the *targets*, and says
# in one number how wrong it is. The *optimizer* changes the *weights* (and biases) a little, so that the loss becomes
# smaller. Then the next images follow. [Lesson 01](01_linear_regression.ipynb) goes round this loop with a network so
# small that you can do it on paper.
#
# ## How to use these notebooks
#
# - **Run cells from top to bottom** with Shift + Enter. After experiments change your numbers back; then *Run → Restart
#   Kernel and Run All Cells* puts everything right again.
# - **Predict, guess, on paper first:** stop there and write your answer down before you go on.
# - **Answers** are in the next output, in the text below it, or behind the word *Answer*: click on it.
# - **Sliders** move in a running notebook and in the web book. Elsewhere you see a picture for one position.
# - **`expect`** prints a number beside the range in which it should lie, and ✓ or ✗. A ✗ is fine if you have changed
#   a setting. The range for a figure or table is often checked at the top of the *next* code cell, so that it does not
#   give the answer away.
# - **`diagnose`** looks for the reason when a network of your own does not learn.
#
# The next cell shows the last two. Its first three lines say whether this machine is ready. Then it compares the
# numbers of this lesson with their ranges. At the end `diagnose` examines a new, untrained model, built without one of
# the lines at the top. **Guess first:** which one?

# %%
print(f"Keras {keras.__version__} on {keras.backend.backend()}")
print("graphics card:", keras.distribution.list_devices("gpu") or "none (none is needed)")
print("digits:", "a copy of MNIST" if data.is_real else "a stand-in (no copy of MNIST was found)")
expect("rounds of the loop", model.optimizer.iterations, 469 * EPOCHS, 469 * EPOCHS)
expect("accuracy on test images", accuracy, low=0.91)
expect("accuracy when pushed by 6 pixels", accuracy_pushed, high=0.25)
expect("only x₁, x₂: best accuracy", max(scores["only x₁, x₂"]), high=0.7)
expect("by hand: worst accuracy", min(scores["by hand"]), low=0.98)
expect("hidden layer: worst accuracy", min(scores["hidden layer"]), low=0.93)
sick = keras.Sequential([
    keras.Input((28, 28)), keras.layers.Flatten(),
    keras.layers.Dense(UNITS, "relu"), keras.layers.Dense(10, "softmax"),
])  # fmt: skip
sick.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
diagnose(sick, data.x_train[:2000], data.y_train[:2000])

# %% [markdown]
# `diagnose` is right: the line with `Rescaling` was forgotten. (The *root mean square* tells how large numbers
# typically are: the root of the mean of their squares. Later lessons explain the other words of the message.) Pixels
# are numbers from 0 to 255, and networks learn best from numbers of about 1. [Lesson 10](10_phone_prices.ipynb)
# measures how much this matters.
#
# ## A map of the course
#
# An arrow leads from a lesson to those that build on it.

# %% alt="A map from top to bottom: 00 start here, 01 one neuron, and so on in a row down to 07 optimizers. From there one arrow leads to 13 attention, and another to 08 digits, and from there the row goes on: 09 photographs, 10 phone prices, 11 overfitting, 12 convolution."
ax = plot_prerequisites(
    {
        "00 start here": [], "01 one neuron": ["00 start here"], "02 layers": ["01 one neuron"],
        "03 hidden layers": ["02 layers"], "04 activations": ["03 hidden layers"],
        "05 losses": ["04 activations"], "06 backpropagation": ["05 losses"],
        "07 optimizers": ["06 backpropagation"], "08 digits": ["07 optimizers"],
        "09 photographs": ["08 digits"], "10 phone prices": ["09 photographs"],
        "11 overfitting": ["10 phone prices"], "12 convolution": ["11 overfitting"],
        "13 attention": ["07 optimizers"],
    },
    title="In order; lesson 13 needs only 00 to 07",
)  # fmt: skip

# %% [markdown]
# If something is missing on your machine, `python -m nnlib doctor` in a terminal says what is missing, and how to get
# it.
#
# ## Recap
#
# - A neuron multiplies inputs by weights, adds the products and a bias, and applies an activation to the sum.
# - Neurons that get the same inputs are a layer; layers one after the other are a network.
# - AI contains machine learning, which contains deep learning. A deep network finds its own features.
# - Training is a loop: layers, prediction, loss, optimizer, weights.
# - Networks are strong on images, text and sound. On tables, with little data, or where reasons are asked for,
#   something simpler may be better.
#
# ## Common mistakes
#
# - **Taking the brain literally.** The likeness is a weighted sum and an activation. It ends there.
# - **Judging by a few examples.** Ten digits look good; only 10,000 say how good.
# - **Believing that a network knows what we know.** It learns only from its examples, and in these all digits stand in
#   the middle.
# - **Taking a network for everything.** Try a simple method first. A network has to be better than that.
#
# ## Next
#
# Practise first: [seven exercises](exercises/00_start_here.ipynb), about 35 minutes. Each check says what is wrong.
#
# [Lesson 01](01_linear_regression.ipynb): one neuron, six points, and everything that happens in `fit`.
