# %% [markdown]
# # 01 · Linear regression with one Dense unit
#
# **Can a single neuron find the rule behind six points?**
#
# After this lesson you can
#
# - go through the five steps of a Keras program with your own data: build, inspect, compile, fit, predict;
# - compute a mean squared error and one step of gradient descent by hand;
# - say how many updates one epoch has, from the number of samples and the batch size;
# - tell from a learning curve whether the learning rate is too small, right or too large;
# - judge a loss: against a baseline, and against the noise in the data.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | [lesson 00](00_start_here.ipynb), Python, school mathematics | under 25 s | six points, typed in |

# %%
from nnlib.training import Snapshots, fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.plotting import (
    animate_line, plot_curves, plot_history, plot_loss_surface,
    plot_network, plot_points, plot_training_loop,
)  # fmt: skip

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import SelectionSlider, interact

seed = set_seed()

# %%
# The numbers to play with: change one, run the notebook again, and look at what moves.
EPOCHS = 500  # how often training goes through all points
LEARNING_RATE = 0.01  # how long the steps of training are
X_NEW = 10.0  # where we ask for y
NOISE = 1.0  # how far the points of the last part scatter around a line

# %% [markdown]
# ## The data
#
# Someone gives us six pairs of numbers and no explanation. Each pair is one **sample**. The number $x$ is its *input*;
# the number $y$, which we would like to compute from $x$, is its **target**. Always look before you compute.

# %% alt="Six black points that climb from lower left to upper right in a straight row."
x = np.array([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
y = np.array([-3.0, -1.0, 1.0, 3.0, 5.0, 7.0])
ax = plot_points(x, y, title="Six samples: do they lie on a line?")

# %% [markdown]
# They rise by the same amount from each point to the next, so they lie on a straight line.
#
# **Your turn first.** What is $y$ at $x = 10$? Write your answer down; the neuron will give its own in step 5.
#
# You probably looked at how much $y$ grows when $x$ grows by 1, and then at the value of $y$ at $x = 0$. To find such a
# line for given data is called **linear regression**.
#
# ## Step 1: build
#
# A neuron, or *unit*, multiplies its input $x$ by a weight $w$ and adds a **bias** $b$:
#
# $$\hat y = w x + b$$
#
# The hat says "estimated". This neuron has no activation: the sum itself is the answer, because the answer may be any
# number. A unit has one weight per input, and one bias of its own. (Two biases added to the same sum would act as one
# number.)
#
# In Keras such a neuron is a `Dense` layer with a single unit. Layers come from `keras.layers`, a `Sequential` model is
# a list of them, and `keras.Input((1,))` says that each sample is one number.
#
# ## Step 2: inspect
#
# The numbers that training finds, weights and biases together, are the **parameters** of a model. `summary` counts
# them layer by layer. How many has this model? Guess before you run the cell.

# %%
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])  # step 1
model.summary()  # step 2
for n_samples in (3, 6):
    print(n_samples, "samples →", model(np.ones((n_samples, 1))).shape)

# %% [markdown]
# It has two. Many people say one, because they forget the bias. Without a bias the line would have to pass through the
# origin, and our points do not lie on such a line. Both parameters are *trainable*: training may change them.
#
# The shape of the output is `(None, 1)`. `None` stands for the number of samples, which the model does not need to
# know: three samples give three answers, six give six, in one column.
#
# The next figure shows the whole network. Keras has already given both parameters a start value: a random $w$, and
# $b = 0$. The bias is drawn as a second input that always gives 1: $\hat y = w \cdot x + b \cdot 1$.

# %% alt="A network of one input x and one output y, joined by one line with its weight; a grey unit that gives 1 is joined to y by the bias."
ax = plot_network(
    model,
    input_names=["x"],
    output_names=["ŷ"],
    show_bias=True,
    title="One neuron: two numbers to learn",
)

# %% [markdown]
# In such a figure the weight that is largest in size has the thickest line, and the other lines are drawn relative to
# it. Lines of negative weights are dashed.
#
# ## Step 3: compile
#
# Before training we have to say what "good" means. The **loss** is one number that says how wrong a model is: the
# smaller, the better. For each sample, the **error** is the estimate minus the target. No square is negative, so errors
# of opposite sign cannot cancel, and squaring makes large errors count more. The mean of the squares is the **mean
# squared error**:
#
# $$L(w, b) = \frac{1}{n} \sum_{i=1}^{n} (w x_i + b - y_i)^2$$
#
# Here $n$ is the number of samples, $x_i$ and $y_i$ are the numbers of sample $i$, and $\sum$ says "add this up for all
# samples". The next cell computes $L$ for the untrained neuron.

# %%
w, b = (value.item() for value in model.get_weights())  # .item(): array of one number → number
error = w * x + b - y
table = {"x": x, "y": y, "estimate": w * x + b, "error": error, "squared error": error**2}
loss_at_start = np.mean(error**2)
print(f"w = {w:.3f}, b = {b:.3f}; mean of the last column: {loss_at_start:.3f}")
pd.DataFrame(table).round(2)

# %% [markdown]
# Is that much? A number means little without something to compare it with. The simplest **baseline** ignores $x$ and
# always answers with the mean of all targets. That mean is 2. **By hand:** what is the loss of this baseline?

# %%
baseline = np.mean((y.mean() - y) ** 2)
print(f"loss of the baseline: {baseline:.3f}")
expect("parameters of the neuron", model.count_params(), 2, 2)

# %% [markdown]
# The errors are 5, 3, 1, −1, −3 and −5, the squares add up to 70, and 70/6 is the number above. (This
# loss is called the *variance* of the targets: the square of their standard deviation.) Whether an untrained neuron is
# better or worse is chance, since its start is random; a trained one has to be better. The last line comes from
# `expect`, a helper of this course: it prints a number beside the range in which it should lie, and ✓ or ✗.
#
# `compile` sets the loss and the **optimizer**, the method that changes the weights so that the loss becomes smaller.
# `SGD` (*stochastic gradient descent*) is the simplest one, and its `learning_rate` says how long its steps are. In the
# second half of this lesson we write it ourselves.

# %%
optimizer = keras.optimizers.SGD(learning_rate=LEARNING_RATE)
model.compile(optimizer=optimizer, loss="mean_squared_error")

# %% [markdown]
# ## Step 4: fit
#
# One pass over all samples is an **epoch**. We begin with five. Keras wants one row per sample, so `reshape(-1, 1)`
# turns the six inputs into six rows of one number (−1 means "as many rows as needed"). The targets may stay as they
# are, one number per row. `verbose=2` asks for one line per epoch, `verbose=0` for none. `fit` returns an object whose
# `history["loss"]` is the list of the losses.

# %%
x_rows = x.reshape(-1, 1)
start = model.get_weights()
history = model.fit(x_rows, y, epochs=5, verbose=2)
first = history.history["loss"][0]
expect("Keras's first loss / ours", first / loss_at_start, 0.9999, 1.0001)

# %% [markdown]
# The loss falls from epoch to epoch. "1/1" says that each epoch changed the weights once, and "ms/step" how long that
# took. Each line shows the loss *before* this change, so the first is the number that we computed ourselves.
#
# `model.fit` prepares a lot for each epoch, and for six numbers that takes longer than the computation.
# `nnlib.training.fit` takes the same arguments, gives the same result, and prepares once for all epochs.
#
# We go back to the start and train for the full number of epochs. A *callback* is an object that Keras calls at the
# start and after every epoch. `Snapshots` is one; it keeps a copy of the weights each time.

# %%
model.set_weights(start)
snapshots = Snapshots()
history = fit(model, x_rows, y, epochs=EPOCHS, callbacks=[snapshots], verbose=0)
losses = history.history["loss"]
print(f"loss in the first epoch {losses[0]:.3g}, in the last {losses[-1]:.3g}")
expect("loss of the baseline", baseline, 11.66, 11.67)
expect("loss first / last", losses[0] / losses[-1], low=100)
expect("last loss", losses[-1], high=1e-3)

# %% [markdown]
# ### What happened?
#
# A **learning curve** shows the loss over the epochs. It is the first thing to look at after any training. These losses
# span several powers of ten, so the vertical axis is logarithmic: from one label to the next the loss is divided by
# ten.

# %% alt="The loss on a logarithmic axis: a steep drop within the first epochs, then a straight, slower descent to below a thousandth."
ax = plot_history(
    history, log=True, title="Fast at first, then a straight line", ylabel="mean squared error"
)

# %% [markdown]
# On a logarithmic axis a straight line means: every epoch removes the same *share* of the loss that is left.
#
# The next cell shows how the line moves through the points meanwhile. Press *Play*, or drag the slider. (On a page that
# does not run, you see four moments.) Which of the two numbers is nearly right early, $w$ or $b$?

# %%
path = np.array([[w.item(), b.item()] for w, b in snapshots.weights])
# About 30 epochs, close together at first, when the line moves fast.
frames = np.unique(np.geomspace(1, EPOCHS + 1, 30).round().astype(int) - 1)
animate_line(x, y, path[frames], epochs=frames)

# %% [markdown]
# The slope $w$ is close to 2 long before $b$ is close to −1. The section *Why is the end so slow?* finds out why.
#
# ### The loss as a landscape
#
# The loss depends on two numbers, so it can be drawn as a map: $w$ to the right, $b$ upwards, and the height is the
# loss. Pale is low, dark is high. The lines join points of equal loss, and from one line to the next the loss about
# *doubles*, so that both the low and the high parts can be seen.


# %% alt="Contour map of the loss over w and b: a long narrow valley, tilted. The path reaches the valley floor within a few dozen steps and then follows its floor to the end at w = 2, b = -1."
def loss_of(w, b):
    """Mean squared error of the line y = wx + b; w and b are numbers, or arrays of many lines."""
    total = 0
    for x_i, y_i in zip(x, y, strict=True):
        total = total + (w * x_i + b - y_i) ** 2
    return total / len(x)


ax = plot_loss_surface(
    loss_of, (-2, 4), (-4, 3), path=path, title="The path of training on the map of the loss"
)

# %% [markdown]
# Each dot is one epoch. The valley is long and narrow. Across it the loss changes fast, and a few dozen steps are
# enough. Along its floor the loss changes slowly, and the steps are short. These are the two parts of the learning
# curve.
#
# ## Step 5: predict
#
# Now the question from the beginning. `predict` takes many samples at once, so even a single one is an array with
# one row.
#
# To check the answer: for a straight line there is a formula that gives the best $w$ and $b$ at once, **least
# squares**; `np.polyfit(x, y, deg=1)` computes it. (A network with hidden layers has no such formula, which is why
# networks are trained step by step.)

# %%
prediction = model.predict(np.array([[X_NEW]]), verbose=0).item()
w, b = path[-1]
w_best, b_best = np.polyfit(x, y, deg=1)
best = w_best * X_NEW + b_best
table = {"w": [w, w_best], "b": [b, b_best], f"y at x = {X_NEW:g}": [prediction, best]}
expect("w", w, 1.98, 2.02)
expect("b", b, -1.06, -0.94)
expect("prediction − best line", prediction - best, -0.2, 0.2)
pd.DataFrame(table, index=["one neuron, trained", "least squares"]).round(3)

# %% [markdown]
# Did you say 19? The rule behind the points is $y = 2x - 1$. The neuron comes close to it: after 500 epochs it is still
# on its way along the valley, and the difference to 19 is about 0.02.
#
# Note how far $x = 10$ lies outside the data. The model gives an answer, and nothing in the model tells us that there
# are no points near $x = 10$. Here the rule holds there as well. With other data it may not.
#
# ## Inside the optimizer
#
# `fit` went round this loop once per epoch:

# %% alt="A ring of five boxes: layers, prediction, loss, optimizer, weights, and back to layers. Inputs x enter at the layers, targets y at the loss."
ax = plot_training_loop(
    {
        "layers": "ŷ = w·x + b",
        "loss": "mean squared error",
        "optimizer": "SGD",
        "weights": "w and b",
        "inputs": "x",
        "targets": "y",
    },
    title="One round is one step of training",
)

# %% [markdown]
# You know all boxes of this ring now except one: how does the optimizer know in which direction $w$ and $b$ should
# change?
#
# ### Which way is down?
#
# Take one sample, with the error $e = wx + b - y$. Make $w$ larger by a tiny number $h$. Then the error grows by $h x$,
# and the squared error becomes
#
# $$(e + h x)^2 = e^2 + 2\,e\,x\,h + h^2 x^2$$
#
# If $h$ is tiny, $h^2$ is far smaller still, so we may leave the last term out. The squared error grows by $2\,e\,x$
# times $h$. This factor is the *derivative* of the squared error with respect to $w$: its slope in the direction of
# $w$. For $b$ the same computation gives $2\,e$, because the error grows by $h$ itself. The loss is a mean over
# samples, so its slopes are means as well:
#
# $$\frac{\partial L}{\partial w} = \frac{2}{n}\sum_{i=1}^n e_i\, x_i
# \qquad
# \frac{\partial L}{\partial b} = \frac{2}{n}\sum_{i=1}^n e_i$$
#
# The sign ∂ says "only this one is changed, the other stays as it is". The two slopes together are the **gradient**.
# To check the derivation, the next cell compares it with what a tiny $h$ does to the loss, at $w = 0$, $b = 0$.


# %%
def gradient(x, y, w, b):
    """The two slopes of the mean squared error of y = wx + b."""
    error = w * x + b - y
    return 2 * np.mean(error * x), 2 * np.mean(error)


h = 1e-6
slope_w, slope_b = gradient(x, y, 0, 0)
print(f"∂L/∂w: formula {slope_w:.3f}, tried out {(loss_of(h, 0) - loss_of(0, 0)) / h:.3f}")
print(f"∂L/∂b: formula {slope_b:.3f}, tried out {(loss_of(0, h) - loss_of(0, 0)) / h:.3f}")

# %% [markdown]
# ### One step with numbers
#
# Where a slope is positive, the loss *grows* with this parameter; where it is negative, the loss falls. We want the
# loss to fall, so each parameter moves by **minus** its slope, times a small number: the **learning rate** $\eta$
# ("eta"). This is **gradient descent**:
#
# $$w \leftarrow w - \eta\, \frac{\partial L}{\partial w}
# \qquad
# b \leftarrow b - \eta\, \frac{\partial L}{\partial b}$$
#
# **By hand:** start at $w = 0$, $b = 0$ with $\eta = 0.1$. All estimates are 0, so the loss is the mean of the squared
# targets, 94/6 = 15.67. The slopes are the two numbers above. What are $w$, $b$ and the loss after one step? Do it on
# paper, then run the cell.

# %%
w_1, b_1 = 0 - 0.1 * slope_w, 0 - 0.1 * slope_b
print(f"w = {w_1:.4f}, b = {b_1:.4f}, loss {loss_of(0, 0):.4f} → {loss_of(w_1, b_1):.4f}")

# %% [markdown]
# One step removes more than nine tenths of the loss. Look at $b$: it should become −1, and it moved *up* to 0.4. At
# $w = 0$ the estimates for large $x$ are much too low, and a larger $b$ makes up for some of that.
#
# **Your turn:** do the second step. Begin with the six errors at $w = 1.7667$, $b = 0.4$.
#
# <details><summary>Answer</summary>
#
# The errors are 1.633, 1.4, 1.167, 0.933, 0.7 and 0.467. Their mean is 1.05, so the slope for $b$ is 2.1. The errors
# times $x$ are −1.633, 0, 1.167, 1.867, 2.1 and 1.867, with the mean 0.894, so the slope for $w$ is 1.789. The new
# values are $w = 1.7667 - 0.1789 = 1.5878$ and $b = 0.4 - 0.21 = 0.19$. Now $b$ comes back.
#
# </details>
#
# ### Is this what Keras does?
#
# A loop makes many steps, and this is the whole method. (`*path[0]` in a call hands on the two numbers of `path[0]` as
# two arguments, here `w` and `b`.)


# %%
def descend(x, y, w, b, learning_rate, steps):
    """Gradient descent for a line; returns w and b before and after each step, (steps + 1, 2)."""
    path = [(w, b)]
    for _ in range(steps):
        slope_w, slope_b = gradient(x, y, w, b)
        w, b = w - learning_rate * slope_w, b - learning_rate * slope_b
        path.append((w, b))
    return np.array(path)


expect("loss after one step", loss_of(*descend(x, y, 0, 0, 0.1, 1)[-1]), 1.2612, 1.2613)
by_hand = descend(x, y, *path[0], LEARNING_RATE, EPOCHS)
expect("largest difference to Keras in all steps", np.abs(by_hand - path).max(), high=1e-4)

# %% [markdown]
# All 500 steps agree. (The tiny difference comes from rounding: Keras computes with 32-bit numbers, NumPy with 64.) So
# from here on we may use our own loop, which needs no preparation.
#
# ### Why is the end so slow?
#
# Is $b$ a slow parameter? The next cell draws the paths from eight random starts. It also compares how far $w$
# and $b$ are from their goals, 2 and −1, after 100 steps.

# %% alt="The map of the loss with eight paths from random starts. All lead to the floor of the valley first and then run along it to w = 2, b = -1."
rng = np.random.default_rng(seed)
# Each start: w between −2 and 4, b between −4 and 3.
ways = [descend(x, y, *rng.uniform((-2, -4), (4, 3)), 0.01, EPOCHS) for _ in range(8)]
ax = plot_loss_surface(loss_of, (-2, 4), (-4, 3), title="Eight random starts, 500 steps each")
for way in ways:
    ax.plot(way[:, 0], way[:, 1], ".-", color="#D55E00", linewidth=1.5, markersize=4)
    ax.plot(*way[0], "o", color="black")
second = descend(x, y, 0, 0, 0.1, 2)[-1]
expect("second step by hand, largest difference", np.abs(second - (1.5878, 0.19)).max(), high=1e-4)
ratios = [(way[100, 0] - 2) / (way[100, 1] + 1) for way in ways]  # way to go of w / that of b
shares = [1 - (way[101, 1] + 1) / (way[100, 1] + 1) for way in ways]  # what step 101 removes of it
expect("(w − 2) / (b + 1), smallest", min(ratios), -0.33, -0.31)
expect("(w − 2) / (b + 1), largest", max(ratios), -0.33, -0.31)
expect("largest share of b + 1 that one step removes", max(shares), 0.01, 0.011)

# %% [markdown]
# All eight paths lead to the valley floor first, and then along it. (A start that lies on the floor has only the slow
# part.) The floor is *tilted*: along it $w$ and $b$ change together, always in the same ratio. So a direction on the
# map is slow, not a parameter. In that direction $b$ has three times as far to go as $w$, and each step removes only
# 1 % of what is left.
#
# Where does the tilt come from? If $w$ is too large, all estimates at positive $x$ are too high. Most of our $x$ are
# positive, so a smaller $b$ makes up for a part of that. Now subtract the mean from $x$, so that positive and negative
# inputs balance. **Predict:** how does the valley change?


# %% alt="The map of the loss for centred inputs: the rings are upright ovals without a tilt, and the path of 60 steps leads to the end in the middle."
def centred_loss(w, b):
    return sum((w * (x_i - x.mean()) + b - y_i) ** 2 for x_i, y_i in zip(x, y, strict=True)) / 6


steps = descend(x - x.mean(), y, 0, 0, 0.1, 60)
ax = plot_loss_surface(
    centred_loss, (-2, 6), (-2, 6), path=steps, title="The same points, the mean of x subtracted"
)
ax.set_aspect("equal")

# %% [markdown]
# The valley has no tilt now, and it is far less narrow. (The best $b$ is now 2, the mean of $y$.) How many steps does
# that save? The next cell counts the steps from $w = b = 0$ until the loss is below 0.001. For both versions of $x$ it
# tries 29 learning rates and takes the fastest.


# %%
def steps_needed(inputs, learning_rate):
    """Steps until the loss is below 0.001; infinity for more than 250."""
    for step, (w, b) in enumerate(descend(inputs, y, 0, 0, learning_rate, 250)):
        if np.mean((w * inputs + b - y) ** 2) < 0.001:
            return step
    return np.inf


rates = [k / 100 for k in range(1, 30)]
fastest = {}
for name, inputs in (("x as it is", x), ("mean subtracted", x - x.mean())):
    # min compares the steps first, and the rates only where the steps are equal.
    fastest[name], rate = min((steps_needed(inputs, rate), rate) for rate in rates)
    print(f"{name}: {fastest[name]} steps at a learning rate of {rate}")

# %% [markdown]
# From this start, a third of the steps is enough with the mean subtracted. Later lessons prepare their inputs for this
# reason: [lesson 10](10_phone_prices.ipynb) brings every column of a table to a mean of 0 and a common scale.
#
# ## Samples, batches, epochs
#
# Our loop used all six samples for each step. Keras did the same, but only because by default it takes up to 32 samples
# per step, and we have six. The samples of one step are a **batch**, and one change of the weights is an **update**.
# With $n$ samples and batches of $m$ an epoch has $\lceil n/m \rceil$ updates: $n/m$, rounded up, because
# a last batch that is not full is used as well.
#
# **Predict:** how many updates do 20 epochs have if the batch size is 6? 2? 4? (`optimizer.iterations` counts all
# updates so far. Assigning to `optimizer.learning_rate` changes the rate; the next figure needs 0.05.)

# %%
expect("share of the steps", fastest["mean subtracted"] / fastest["x as it is"], 0.3, 0.35)
optimizer.learning_rate = 0.05
for batch_size in (6, 2, 4):
    before = int(optimizer.iterations)
    fit(model, x_rows, y, epochs=20, batch_size=batch_size, verbose=0)
    print(f"batch size {batch_size}: {int(optimizer.iterations) - before} updates in 20 epochs")

# %% [markdown]
# With a batch size of 4 there are two updates per epoch, one with four samples and one with two.
#
# A smaller batch gives only an estimate of the gradient, from the samples that happen to be in it. Keras draws new
# random batches in each epoch. That is what **stochastic** ("by chance") means in SGD. The next figure shows five runs
# with batches of 2, and our own loop with all six samples in each batch, all from the same start.

# %% alt="Part of the map of the loss. Five thin paths with batches of two start at the same place and differ a little from each other; a thick path with all samples in each batch lies among them."
full = descend(x, y, -1.5, 2.5, 0.05, 60)
ax = plot_loss_surface(
    loss_of, (-2, 3.5), (-2, 3.5), title="60 updates: all samples (thick), batches of 2 (thin)"
)
ax.plot(full[:, 0], full[:, 1], ".-", color="#000000", linewidth=3, markersize=9)
for _ in range(5):
    model.set_weights([np.array([[-1.5]]), np.array([2.5])])
    fit(model, x_rows, y, epochs=20, batch_size=2, callbacks=[snapshots], verbose=0)
    way = np.array([[w.item(), b.item()] for w, b in snapshots.weights])
    ax.plot(way[:, 0], way[:, 1], ".-", color="#D55E00", linewidth=1.2)

# %% [markdown]
# The thin paths show one dot per epoch (three updates), the thick one a dot per update. No two runs with small batches
# take the same path, and all go down the same valley. A small batch needs less computation per update, and this
# matters with 50,000 samples instead of six. [Lesson 07](07_optimizers.ipynb) compares batch sizes.
#
# ## How long should a step be?
#
# **Predict:** three learning rates, 60 steps each from the same start: 0.001, 0.05 and 0.2. For each, what does the
# path on the map look like, and what does the learning curve look like? Sketch both. (The thick path above is the one
# for 0.05.)

# %% alt="Left: three paths on the map. At 0.001 it stays near the start, at 0.05 it reaches the valley and follows it, at 0.2 it jumps from one side of the valley to the other and leaves the map. Right: their losses on a logarithmic axis: at 0.001 it falls slowly, at 0.05 far, at 0.2 it grows to the level at which it is cut off."
tries = {name: descend(x, y, -1.5, 2.5, float(name), 60) for name in ("0.001", "0.05", "0.2")}
losses = {name: loss_of(way[:, 0], way[:, 1]) for name, way in tries.items()}
losses["0.2"] = np.minimum(losses["0.2"], 1e5)  # cut off, or the other two would look flat
tries["0.2"] = tries["0.2"][:8]
figure, axes = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
plot_loss_surface(
    loss_of, (-5, 9), (-4, 5), path=tries, title="Paths by learning rate",
    xlabel="w", ylabel="b", ax=axes[0],
)  # fmt: skip
ax = plot_curves(
    range(61), losses, log="y", markers=False, title="Losses of the same three",
    xlabel="step", ylabel="mean squared error", ax=axes[1],
)  # fmt: skip

# %% [markdown]
# - **Too small** (0.001): the direction is right, but after 60 steps the path is still near its start. The curve falls
#   slowly all the time.
# - **Right** (0.05): the path is fast at first and then follows the valley. The curve falls far.
# - **Too large** (0.2): each step lands on the other side of the valley, higher than before. The curve *grows*. (This
#   path is drawn for seven steps; the sixth leads out of the map. The curve is cut at 100,000.) The white circle is the
#   start, and each path has a marker every ten steps.
#
# Where is the limit? The next cell tries several rates from 200 random starts each.

# %%
starts = rng.uniform((-2, -4), (4, 3), (200, 2))
rows = {}
for rate in (0.1, 0.15, 0.17, 0.18, 0.19, 0.2):
    grown = []
    for w, b in starts:
        way = descend(x, y, w, b, rate, 60)
        before, after_1, after_60 = (loss_of(*way[step]) for step in (0, 1, 60))
        grown.append([after_1 > before, after_60 > before])
    rows[rate] = np.mean(grown, axis=0)
columns = ["loss has grown after 1 step", "after 60 steps"]
table = pd.DataFrame(rows, index=columns).T
table.rename_axis("learning rate").map("{:.0%}".format)

# %% [markdown]
# Up to 0.17 the loss has fallen after 60 steps from every start. From 0.18 on it has grown from nearly every start. But
# after *one* step it may still have fallen: a rate that is too large can look fine at first.
#
# <details><summary>Why just there?</summary>
#
# Take $w$ alone. If $w$ changes by 1, the slope of the loss changes by $c = \frac{2}{n}\sum x_i^2 \approx 10.3$. So at
# the distance $d$ from the best $w$ the slope is $c\,d$, and a step moves $w$ by $\eta c\,d$. With $\eta c = 1$ it
# lands exactly on the best value, with $\eta c = 2$ just as far away on the other side, and with more it ends farther
# away than it began. The limit would be $2/10.3 \approx 0.19$. In the steepest direction of the tilted valley $c$ is a
# little larger, 11.3, and the limit is $2/11.3 \approx 0.177$.
#
# </details>
#
# Now choose a rate with the mouse or the arrow keys. Which one gives the smallest loss after 60 steps?

# %% alt="Contour map of the loss with the path of 60 gradient steps at the learning rate that the slider shows."
expect("share grown after 60 steps at 0.17", table.loc[0.17, "after 60 steps"], 0, 0)
expect("share grown after 60 steps from 0.18", table.loc[0.18:, "after 60 steps"].min(), low=0.9)
choices = [0.001, 0.003, 0.01, 0.03, 0.1, 0.15, 0.17, 0.175, 0.18, 0.2]


@interact(
    rate=SelectionSlider(
        options=choices, value=0.03, description="learning rate",
        style={"description_width": "initial"}, layout={"width": "420px"},
    )
)  # fmt: skip
def explore(rate):
    steps = descend(x, y, -1.5, 2.5, rate, 60)
    title = f"Learning rate {rate}: loss {loss_of(*steps[-1]):.2g} after 60 steps"
    plot_loss_surface(loss_of, (-5, 9), (-4, 5), path=steps, title=title)


# %% [markdown]
# From this start it is 0.15, not far below the limit; at 0.18 the loss grows. Such a map exists only where there are
# two parameters. For larger networks we have to judge by the learning curve.
#
# ## Data with noise
#
# Measured points never lie exactly on a line. So now we take 100 points from the same rule and add **noise** to each
# $y$: a random number whose mean is 0 and whose square is `NOISE`² on average (`NOISE` is its standard deviation).
# **Predict:** can the loss still go to 0?

# %%
ends = {rate: loss_of(*descend(x, y, -1.5, 2.5, rate, 60)[-1]) for rate in choices}
expect("rate with the smallest loss", min(ends, key=ends.get), 0.15, 0.15)
x_noisy = rng.uniform(-1, 4, 100)
y_noisy = 2 * x_noisy - 1 + rng.normal(0, NOISE, 100)
model.set_weights(start)
x_noisy_rows = x_noisy.reshape(-1, 1)  # one row per sample
history = fit(model, x_noisy_rows, y_noisy, epochs=300, batch_size=100, verbose=0)
w, b = (value.item() for value in model.get_weights())
best_line = np.polyfit(x_noisy, y_noisy, deg=1)
lowest = np.mean((np.polyval(best_line, x_noisy) - y_noisy) ** 2)  # the loss of least squares

# %% alt="Left: a hundred scattered points and two lines close together, the rule and the neuron's line. Right: the learning curve falls and then stays flat near one."
figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
plot_points(
    x_noisy, y_noisy, lines=[(2, -1, "the rule"), (w, b, "neuron")],
    title="Noisy points", ax=axes[0],
)  # fmt: skip
ax = plot_history(
    history, log=True, title="The loss of the neuron", ylabel="mean squared error", ax=axes[1]
)

# %% [markdown]
# The curve becomes flat long before 0. To see whether something is wrong, the next cell compares with least squares,
# which finds the best line. It also draws 100 other points five times and trains on them. Each time it measures the
# loss on 1,000 *fresh* points from the same rule, which training has not used.

# %%
reached = np.mean((w * x_noisy + b - y_noisy) ** 2)
expect("loss of the neuron − loss of the best line", reached - lowest, -1e-4, 1e-4)
expect("loss of the neuron", reached, 0.42 * NOISE**2, 1.54 * NOISE**2)
rows = []
for _ in range(5):
    x_all = rng.uniform(-1, 4, 1100)
    y_all = 2 * x_all - 1 + rng.normal(0, NOISE, 1100)
    w, b = descend(x_all[:100], y_all[:100], 0, 0, 0.05, 300)[-1]
    squares = (w * x_all + b - y_all) ** 2
    rows.append([w, b, squares[:100].mean(), squares[100:].mean()])
pd.DataFrame(rows, columns=["w", "b", "loss, its 100 points", "loss, fresh points"]).round(3)

# %% [markdown]
# The neuron has found the best line. The rest of the loss is the noise, about `NOISE`² here, and no line can remove it.
# (In 100 points the noise is by chance more or less than on average.) An error that stays is no fault if it is
# the noise.
#
# Each draw gives another line near the rule. From 100 points, training cannot find the "true" $w$ and $b$ exactly. Its
# aim is good predictions on fresh points, and there, too, the loss is about `NOISE`²: on average no model gets below
# it.
#
# ## Your turn: judge three curves
#
# Here are six other noisy points, one start and three learning rates (do not read them in the code yet). The cell
# prints the losses of two things to compare with. For each curve: is the rate too small, right or too large? What would
# you change?

# %% alt="Three learning curves on a logarithmic axis, called A, B and C. A falls slowly and evenly. B grows. C falls fast and then stays flat."
y_other = np.array([-2.1, -1.6, 1.9, 2.2, 5.8, 6.6])
curves = {}
for name, exponent in {"A": -11, "B": -2.474, "C": -4}.items():
    way = descend(x, y_other, -1.5, 2.5, 2.0**exponent, 60)
    curves[name] = [np.mean((w * x + b - y_other) ** 2) for w, b in way]
print(f"baseline: {np.mean((y_other.mean() - y_other) ** 2):.2f}")
line_other = np.polyfit(x, y_other, deg=1)
print(f"least squares: {np.mean((np.polyval(line_other, x) - y_other) ** 2):.2f}")
ax = plot_curves(
    range(61), curves, log="y", markers=False,
    title="Three learning rates", xlabel="step", ylabel="mean squared error",
)  # fmt: skip

# %% [markdown]
# <details><summary>Answer</summary>
#
# - **A: too small** (0.0005). After 60 steps it still falls, slowly, and it is still above the baseline. Take a rate
#   that is ten times as large.
# - **B: too large** (0.18). From the second step on it grows. Halve the rate until the curve falls.
# - **C: right** (0.06). It falls fast and becomes flat, at the loss of least squares. So it has arrived, and no line
#   does better: the rest is noise. A flat curve far above this value would be a reason to look further.
#
# </details>
#
# ## Recap
#
# Later lessons use those of the five steps that they need. Here they are once more:

# %%
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])  # 1 build
model.summary()  # 2 inspect
model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mean_squared_error")  # 3 compile
history = fit(model, x_rows, y, epochs=100, verbose=0)  # 4 fit
print(f"{model.predict(np.array([[10.0]]), verbose=0).item():.2f}")  # 5 predict

# %% [markdown]
# - A unit computes $wx + b$: one weight per input, and one bias.
# - The loss says in one number how wrong a model is. It has to be lower than that of a baseline, and on fresh data it
#   cannot be expected below the noise.
# - The gradient holds the slope of the loss for each parameter. Each update subtracts the learning rate times the
#   gradient.
# - An epoch is one pass over all samples, in $\lceil n/m \rceil$ updates with batches of $m$.
# - A learning curve that falls slowly all the time mostly needs a larger rate, one that grows a smaller one. Just below
#   the limit it falls slowly, too, since the path jumps from side to side (0.175 on the slider). If in doubt, try both.
#
# ## Common mistakes
#
# - **Forgetting the bias** when counting parameters, or switching it off: then the line must pass through the origin.
# - **Passing a plain number** to `predict`. It wants an array with one row per sample: `np.array([[10.0]])`.
# - **Adding the gradient.** It points to where the loss grows; the update has a minus sign.
# - **Judging a loss without a baseline.** A loss of 0.5 is excellent for house prices in euros and useless for
#   probabilities: whoever always says 0.5 has 0.25.
# - **Large inputs.** The limit for the rate shrinks with the square of the inputs. For inputs of 0 to 100 it is tiny,
#   and above it the loss soon is `inf` or `nan`. Subtract the mean and divide by the standard deviation, and do the
#   same with every new input.
# - **Training longer and longer to get rid of noise.** Compare with the best that is possible, here least squares.
# - **Trusting a prediction far outside the data.** Nothing in the model says where its data ended.
# - **Changing the number of epochs when the learning rate is wrong.** Look at the curve first.
#
# ## Next
#
# Practise first: [seven exercises](exercises/01_linear_regression.ipynb), about 45 minutes. Each check says what is
# wrong.
#
# A neuron with one input and without activation gives a straight line. In [lesson 02](02_neurons_and_layers.ipynb)
# neurons get an activation, answer yes-or-no questions, and are joined into layers.
