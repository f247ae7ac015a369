# %% [markdown]
# # 01 · Linear regression with one Dense unit
#
# **Can a single neuron find the rule behind six points?**
#
# After this lesson you can
#
# - go through the five steps of every Keras program: build, inspect, compile, fit, predict;
# - say what a weight, a bias and a loss are, and compute a mean squared error by hand;
# - read a learning curve and a map of the loss;
# - write gradient descent in three lines of NumPy and see that Keras does the same;
# - tell from a learning curve whether the learning rate is too small, right, or too large.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | Python and school mathematics | under 20 s | six points, typed in below |

# %%
from nnlib.training import Snapshots, fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.models import linear_unit
from nnlib.plotting import animate_line, plot_history, plot_loss_surface, plot_network, plot_points

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import FloatLogSlider, interact

seed = set_seed()

# %% [markdown]
# These are the numbers to play with. Change one, run the notebook again, and look at what moves.

# %%
EPOCHS = 500
LEARNING_RATE = 0.01
X_NEW = 10.0

# %% [markdown]
# ## The data
#
# Someone hands us six pairs of numbers and no explanation.

# %%
x = np.array([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
y = np.array([-3.0, -1.0, 1.0, 3.0, 5.0, 7.0])
pd.DataFrame({"x": x, "y": y}).T

# %% [markdown]
# Always look before you compute. A table of six pairs already hides what a picture shows at once.

# %% alt="Six black points that climb from lower left to upper right in a straight row."
ax = plot_points(x, y, title="Six points, and they seem to lie on a line")

# %% [markdown]
# They rise by the same amount from each point to the next.
#
# **Your turn first.** What is $y$ at $x = 10$? Write your answer down; the neuron will give its own at the end.
#
# You probably looked at how $y$ grows when $x$ grows by 1, and then at where the row starts. Those are two
# numbers, a *slope* and a *start value*. A computer that has to find the rule needs to find the same two.

# %% [markdown]
# ## Step 1: build
#
# A *neuron*, or *unit*, multiplies its input by a **weight** $w$ and adds a **bias** $b$:
#
# $$\hat y = w x + b$$
#
# The hat says "estimated". In Keras one such neuron is a `Dense` layer with a single unit, and a `Sequential`
# model is a list of layers. `keras.Input((1,))` announces that each sample is one number.

# %%
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])

# %% [markdown]
# ## Step 2: inspect
#
# How many numbers does this model have to learn? Guess before you run the cell.

# %%
model.summary()
expect("parameters", model.count_params(), 2, 2)

# %% [markdown]
# Two, not one: the bias is easily forgotten. Without it the line would have to pass through the origin, and our
# points do not. Keras has already given both a start value: a random $w$, and $b = 0$.

# %%
w, b = (float(value.squeeze()) for value in model.get_weights())
print(f"at the start: w = {w:.3f}, b = {b:.3f}")

# %% [markdown]
# Here is the whole network. The bias is drawn as a second input that always gives 1: $\hat y = w \cdot x + b \cdot 1$.
# From now on, lines stand for weights: the thicker the line, the larger the weight. Negative ones are dashed.

# %% alt="A network of one input x and one output y, joined by one line with its weight; a grey unit that gives 1 is joined to y by the bias."
ax = plot_network(
    model,
    input_names=["x"],
    output_names=["y"],
    show_bias=True,
    title="One neuron: two numbers to learn",
)

# %% [markdown]
# ## Step 3: compile
#
# Before training we have to say what "good" means. For each point, the **error** is the estimate minus the truth.
# Squaring makes all errors positive and punishes large ones more; the mean over the points is one number, the
# **mean squared error**:
#
# $$L(w, b) = \frac{1}{n} \sum_{i=1}^{n} (w x_i + b - y_i)^2$$
#
# Let us compute it for the untrained neuron.

# %%
estimate = w * x + b
error = estimate - y
pd.DataFrame({"x": x, "y": y, "estimate": estimate, "error": error, "squared": error**2}).round(2)

# %%
loss_at_start = np.mean(error**2)
print(f"mean of the last column: {loss_at_start:.3f}")

# %% [markdown]
# Is that much? A number means little without something to compare it with. The simplest *baseline* ignores $x$ and
# always answers with the mean of all $y$.

# %%
baseline = np.mean((y.mean() - y) ** 2)
expect("loss of the baseline", baseline, 11.66, 11.67)

# %% [markdown]
# Whatever our neuron learns has to beat that number. `compile` fixes the loss and the **optimizer**, the method that
# improves the weights. `SGD`, *stochastic gradient descent*, is the simplest one; we take it apart below.

# %%
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=LEARNING_RATE), loss="mean_squared_error"
)

# %% [markdown]
# ## Step 4: fit
#
# One pass over all the data is an **epoch**. Watch five of them. Keras wants one row a sample, so the inputs go in
# with the shape (6, 1).

# %%
x_rows = x.reshape(-1, 1)
start = model.get_weights()
history = model.fit(x_rows, y, epochs=5, verbose=2)

# %% [markdown]
# The loss falls from epoch to epoch. Two things to know about this output: the loss is the one *before* the step of
# that epoch (so the first is the number that we computed by hand), and most of the time is spent on bookkeeping
# around a computation that takes microseconds.

# %%
first = history.history["loss"][0]
expect("Keras's first loss / ours", first / loss_at_start, 0.9999, 1.0001)

# %% [markdown]
# For 500 epochs that bookkeeping would make us wait. `nnlib.training.fit` does what `model.fit` does, with the same
# arguments and the same result, and keeps the overhead down. We go back to the start, so that the run is complete,
# and keep a snapshot of $w$ and $b$ after every epoch.

# %%
model.set_weights(start)
snapshots = Snapshots()
history = fit(model, x_rows, y, epochs=EPOCHS, callbacks=[snapshots], verbose=0)
losses = history.history["loss"]
print(f"loss in the first epoch {losses[0]:.3g}, in the last {losses[-1]:.3g}")

# %% [markdown]
# ### What happened?
#
# A learning curve is the first thing to look at after any training. The losses span several powers of ten, so the
# vertical axis is logarithmic: from one label to the next the loss is divided by ten.

# %% alt="The loss on a logarithmic axis: a steep drop within the first epochs, then a straight, slower descent to below a thousandth."
ax = plot_history(
    history, log=True, title="Fast at first, then steadily slower", ylabel="mean squared error"
)

# %% [markdown]
# Two phases: a plunge, then a straight line, which on this axis means that every epoch removes the same *share* of
# what is left.

# %%
expect("loss first / last", losses[0] / losses[-1], low=100)
expect("last loss", losses[-1], high=1e-3)

# %% [markdown]
# What does that look like for the line itself? Press *Play*, or drag the slider. (They appear when you run the
# cell; before that you see four moments or the last frame.)

# %%
path = np.array([[w.item(), b.item()] for w, b in snapshots.weights])
frames = np.unique(np.geomspace(1, EPOCHS, 30).round().astype(int) - 1)
animate_line(x, y, path[frames], epochs=frames)

# %% [markdown]
# The slope is nearly right after a few epochs. The rest of the time goes into the last bit of the bias. Why should
# one of the two be so much slower?

# %% [markdown]
# ### The loss as a landscape
#
# The loss depends on two numbers, so it can be drawn like a hiking map: $w$ to the right, $b$ upwards, and the
# height is the loss. Training walks downhill from wherever the random start has put us.


# %%
def loss_of(w, b):
    """Mean squared error of each line y = wx + b, for arrays w and b of any shape."""
    return np.mean((w[..., None] * x + b[..., None] - y) ** 2, axis=-1)


# %% alt="Contour map of the loss over w and b: a long narrow valley, tilted. The path drops into the valley at once and then follows its floor to the star at w = 2, b = -1."
ax = plot_loss_surface(
    loss_of, (-2, 4), (-4, 3), path=path, title="Down the wall, then along the valley floor"
)

# %% [markdown]
# The valley is narrow and long. Across it the slope is steep, and a few steps are enough; along its floor there is
# hardly any slope left, and the steps get short. That is the kink in the learning curve above.

# %% [markdown]
# ## Step 5: predict
#
# Now the question from the beginning. `predict` takes many samples at once, so even a single one is an array with
# one row.

# %%
prediction = model.predict(np.array([[X_NEW]]), verbose=0).item()
print(f"y at x = {X_NEW:g}: {prediction:.3f}")

# %% [markdown]
# Did you say 19? The rule behind the points is $y = 2x - 1$. The neuron comes close without hitting it: it stopped
# while there was still a little way to go along the valley.

# %%
w, b = path[-1]
expect("w", w, 1.98, 2.02)
expect("b", b, -1.06, -0.94)
if X_NEW == 10.0:
    expect("prediction at 10", prediction, 18.8, 19.2)

# %% [markdown]
# ### A second opinion
#
# For a straight line there is a formula that gives the best $w$ and $b$ at once: *least squares*. It is our oracle
# here; a network with more layers has no such formula, which is why we train.

# %%
w_best, b_best = np.polyfit(x, y, deg=1)
table = pd.DataFrame(
    {"w": [w, w_best], "b": [b, b_best], "at x = 10": [w * 10 + b, w_best * 10 + b_best]},
    index=["one neuron, trained", "least squares"],
)
table.round(4)

# %% alt="The six points with two lines through them, so close together that they look like one."
ax = plot_points(
    x, y, lines=[(w_best, b_best, "least squares"), (w, b, "one neuron")], xlim=(-1.5, 10.5),
    title="The neuron's line and the best one can hardly be told apart",
)  # fmt: skip

# %% [markdown]
# Note how far $x = 10$ lies outside the data. The model answers all the same, and nothing in it knows that the six
# points say nothing about that region. Here the rule really goes on; in general nobody guarantees it.

# %% [markdown]
# ## Inside the optimizer
#
# What did `SGD` do 500 times? It asked in which direction the loss grows fastest, and went the other way. The
# direction is the **gradient**, the two derivatives of the loss:
#
# $$\frac{\partial L}{\partial w} = \frac{2}{n}\sum_i (w x_i + b - y_i)\, x_i
# \qquad
# \frac{\partial L}{\partial b} = \frac{2}{n}\sum_i (w x_i + b - y_i)$$
#
# The length of the step is the gradient times the **learning rate**. That is the whole method:


# %%
def descend(w, b, learning_rate, epochs):
    """Gradient descent for a line; returns w and b after every epoch, shape (epochs + 1, 2)."""
    path = [(w, b)]
    for _ in range(epochs):
        error = w * x + b - y
        w, b = w - learning_rate * 2 * np.mean(error * x), b - learning_rate * 2 * np.mean(error)
        path.append((w, b))
    return np.array(path)


# %% [markdown]
# If this is really what Keras does, both must take the same path from the same start. Compare all 500 steps.

# %%
by_hand = descend(*path[0], LEARNING_RATE, EPOCHS)
expect("largest difference to Keras", np.abs(by_hand - path).max(), high=1e-4)

# %% [markdown]
# They agree to the precision of 32-bit numbers, in which Keras computes.
#
# ## How long should a step be?
#
# **Predict:** what happens with a learning rate ten times smaller? Eighteen times larger?

# %% alt="Three contour maps side by side. With a learning rate of 0.001 the path stops halfway; with 0.05 it reaches the star; with 0.18 it zigzags across the valley, wider and wider, and leaves the picture."
figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
for ax, rate, verdict in zip(
    axes, (0.001, 0.05, 0.18), ("too small", "good", "too large"), strict=True
):
    steps = descend(-1.5, 2.5, rate, epochs=60)
    plot_loss_surface(
        loss_of, (-2, 4), (-4, 3), path=steps, title=f"Learning rate {rate:g}: {verdict}", ax=ax
    )

# %% [markdown]
# Each map shows 60 steps from the same start. Too small, and we are still on the way when the time is up. Too large,
# and each step overshoots the valley by more than the last: the loss *grows*, and after enough steps it is no
# number any more (`nan`). Here the limit can be computed: above it, overshooting wins.

# %%
curvature = np.linalg.eigvalsh(2 / len(x) * np.array([[x @ x, x.sum()], [x.sum(), len(x)]]))
print(f"gradient descent diverges above a learning rate of {2 / curvature.max():.3f}")
expect(
    "loss after 60 steps at 0.18 / at the start",
    loss_of(*steps[-1:].T)[0] / loss_of(*steps[:1].T)[0],
    low=1,
)

# %% [markdown]
# Move the slider and find the largest learning rate that still arrives. (Where no kernel runs, you see one position
# of it.)


# %% alt="Contour map of the loss with the path of 60 gradient steps at the learning rate that the slider shows."
@interact(
    rate=FloatLogSlider(
        value=0.1, min=-3, max=-0.7, step=0.05, description="rate", readout_format=".3f"
    )
)
def explore(rate):
    steps = descend(-1.5, 2.5, rate, epochs=60)
    left = loss_of(*steps[-1:].T)[0]
    plot_loss_surface(
        loss_of,
        (-2, 4),
        (-4, 3),
        path=steps,
        title=f"Learning rate {rate:.3g}: loss {left:.2g} after 60 steps",
    )


# %% [markdown]
# ## Recap
#
# The five steps, in the form in which every later lesson uses them. `nnlib.models.linear_unit` is the model that we
# built by hand above.

# %%
model = linear_unit()  # 1 build
model.summary()  # 2 inspect
model.compile(optimizer=keras.optimizers.SGD(0.05), loss="mean_squared_error")  # 3 compile
history = fit(model, x_rows, y, epochs=100)  # 4 fit
print(f"{model.predict(np.array([[10.0]]), verbose=0).item():.2f}")  # 5 predict

# %% [markdown]
# - A unit computes $wx + b$: one weight an input, and one bias.
# - The loss turns "how wrong" into one number; a baseline says whether that number is any good.
# - Gradient descent steps against the slope of the loss. The learning rate is the length of the step, and the first
#   thing to look at when training goes wrong.
#
# ## Common mistakes
#
# - **Forgetting the bias** when counting parameters, or switching it off: then the line must pass through the origin.
# - **Passing a plain number** to `predict`. It wants an array with a row for each sample: `np.array([[10.0]])`.
# - **Judging a loss without a baseline.** 0.5 is excellent for house prices in euros and useless for probabilities.
# - **Trusting a prediction far outside the data.** The line goes on for ever; the world may not.
# - **Changing the number of epochs when the learning rate is wrong.** Look at the curve first: falling slowly, or
#   growing?
#
# ## Next
#
# One neuron draws one straight line. In lesson 02 neurons get an activation and are joined into layers, and
# the line learns to bend.
