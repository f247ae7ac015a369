# %% [markdown]
# # 03 · Hidden layers and decision boundaries
#
# **What can a network with hidden neurons decide that a single neuron cannot?**
#
# After this lesson you can
#
# - show with matrices that layers without an activation between them are one layer;
# - say which boundaries one, two and three hidden neurons can draw, and read them off a map;
# - explain what a hidden layer hands on, and why its neurons must not start as copies of one;
# - write a ReLU network at one input as a single linear formula;
# - choose the number of hidden neurons on validation data, and say what several runs show and what they do not.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | [Lesson 02](02_neurons_and_layers.ipynb) | under 45 s | points in the plane and a sine, made in the lesson |

# %%
from nnlib.training import Snapshots, fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.plotting import COLORS, animate_decision_boundary, plot_classes, plot_curves
from nnlib.plotting import plot_decision_boundary, plot_spread

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from ipywidgets import IntSlider, interact
from keras import layers
from sklearn.linear_model import LogisticRegression

seed = set_seed()

# %%
# The numbers to play with: change one, run the notebook again, and look at what moves.
STEPS = 400  # updates of the weights in each training
LEARNING_RATE = 0.1
STARTS = 5  # how often each network is trained, from other random weights
SIZES = [1, 2, 3, 10, 100]  # hidden neurons to try at the end
DEPTHS = [1, 2, 3]  # hidden layers to try at the end
RATES = [0.02, 0.1]  # learning rates to try for each depth

# %% [markdown]
# ## Layers without activation
#
# A layer without activation only multiplies and adds. Take two of them with one neuron each. The first turns $x$ into
# $2x + 1$. The second turns what it gets, say $h$, into $3h - 4$. Which single layer does the same?
#
# <details><summary>Answer</summary>
#
# $3(2x + 1) - 4 = 6x - 1$. One neuron with the weight 6 and the bias −1 does the same.
#
# </details>
#
# With the kernels $W_1$ and $W_2$ of layers of many neurons it is no different:
#
# $$(x W_1 + b_1)\, W_2 + b_2 = x\,(W_1 W_2) + (b_1 W_2 + b_2)$$
#
# That is *one* layer with the kernel $W_1 W_2$ and the bias $b_1 W_2 + b_2$. The product of two matrices takes each row
# of the first with each column of the second, multiplies number by number, and adds up. For example
#
# $$\begin{bmatrix} 1 & 2 \\ 0 & 3 \end{bmatrix} \begin{bmatrix} 4 \\ 5 \end{bmatrix}
# = \begin{bmatrix} 1 \cdot 4 + 2 \cdot 5 \\ 0 \cdot 4 + 3 \cdot 5 \end{bmatrix}
# = \begin{bmatrix} 14 \\ 15 \end{bmatrix}$$
#
# We take two deeper networks, with three hidden layers of eight neurons and random weights. The first has no
# activation. The second has the activation **tanh**, a sigmoid that is stretched to outputs between −1 and 1. We test
# the formula on the first network and multiply its four kernels.


# %%
def stack(activation):
    """Three hidden layers of eight neurons and an output, with random weights and biases."""
    options = {"kernel_initializer": "random_normal", "bias_initializer": "random_normal"}
    hidden = [layers.Dense(8, activation=activation, **options) for _ in range(3)]
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, **options)])
    model.set_weights([20 * array for array in model.get_weights()])  # usually they are small
    return model


linear, with_tanh = stack(None), stack("tanh")

# %%
W, b = np.eye(2), np.zeros(2)  # a start that changes nothing: x → x
for layer in linear.layers:
    kernel, bias = layer.get_weights()
    W, b = W @ kernel, b @ kernel + bias
points = np.random.default_rng(seed).normal(size=(100, 2))
four_layers, one_layer = linear(points).numpy(), points @ W + b
print(f"{linear.count_params()} parameters do the work of {W.size + b.size}")
gap = np.abs(four_layers - one_layer).max() / np.abs(one_layer).max()
expect("largest difference, relative", gap, high=1e-4)

# %% [markdown]
# We let each network say yes to the half of these points that has the larger outputs. **Predict:** what do the two
# borders look like, without and with tanh?

# %% alt="Two maps of untrained networks. Without activations the border is one straight line; with tanh between the layers it is bent or broken into pieces."
figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.4), layout="constrained")
for ax, model, name in zip(
    axes, (linear, with_tanh), ("Without activations", "With tanh"), strict=True
):
    middle = np.median(model(points))  # half of the outputs are above this number

    def says_yes(p, model=model, middle=middle):  # keeps the model and middle of this round
        return 1.0 * (model(p).numpy() > middle)

    plot_decision_boundary(says_yes, points, says_yes(points).astype(int), title=name, ax=ax)

# %% [markdown]
# Four layers without activations draw a straight line, like one neuron. With an activation between them the border can
# bend. (The small steps in the lines come from the grid of points at which the map is computed.)
#
# ## One, two, three hidden neurons
#
# In lesson 02 we set the weights of the hidden neurons by hand. Now training has to find them. A seed sprouts where
# three limits are kept: warm enough ($x_1 > -1$), wet enough ($x_2 > -1$), and not too warm *and* wet
# ($x_1 + x_2 < 1.1$). The network gets only examples. `slack` keeps the points a little away from the limits.


# %%
def keeps_limits(points, slack):
    x1, x2 = points[:, 0], points[:, 1]
    return (x1 > -1 - slack) & (x2 > -1 - slack) & (x1 + x2 < 1.1 + slack)


def sprouting(n, rng):
    """n points that sprout and n that do not."""
    points = rng.uniform(-3, 3, size=(100 * n, 2))
    yes = points[keeps_limits(points, -0.2)][:n]
    no = points[~keeps_limits(points, 0.2)][:n]  # ~ means "not"
    return np.concatenate([yes, no]), np.repeat([1, 0], n)  # n times 1, then n times 0


# %% alt="Orange triangles fill a triangle in the middle of the picture; blue circles lie all around it."
rng = np.random.default_rng(seed)
x, y = sprouting(50, rng)
ax = plot_classes(x, y, class_names=("stays asleep", "sprouts"), title="Three limits to keep")

# %% [markdown]
# Half of the points are of each class, so guessing gets 50 % right. What does the best straight line get? We try lines
# in all directions, and in each direction a line at every point.


# %%
def best_line(points, labels):
    """The largest share of points that a straight line gets right (directions in steps of 1°)."""
    shares = []
    for angle in np.radians(range(360)):
        position = points @ [np.cos(angle), np.sin(angle)]
        shares += [np.mean((position > cut) == labels) for cut in position]
    return max(shares)


line = best_line(x, y)
print(f"best straight line: {line:.0%} right")

# %% [markdown]
# Now the networks. The learning rate falls to 0 during the training, so that the last steps are small
# ([lesson 07](07_optimizers.ipynb)).


# %%
def dense_network(n_inputs, units, activation, output="sigmoid", rate=LEARNING_RATE):
    """A compiled network; `units` lists the neurons of each hidden layer."""
    hidden = [layers.Dense(n, activation=activation) for n in units]
    last = layers.Dense(1, activation=output)
    model = keras.Sequential([keras.Input((n_inputs,)), *hidden, last])
    falling = keras.optimizers.schedules.CosineDecay(rate, STEPS)
    loss = "binary_crossentropy" if output else "mean_squared_error"
    model.compile(keras.optimizers.Adam(falling), loss=loss)
    return model


# %% [markdown]
# One run says little: another start may end elsewhere. So we train each network several times. To save time, each run
# uses the same model again, with new random weights (from a copy that Keras makes), and with an optimizer that has
# forgotten the run before: Adam remembers earlier slopes and counts its steps, and all this goes back to 0.
#
# `train` returns a `Snapshots` (lesson 01): its list `weights` holds a copy from each epoch, the last one at the end.
# `scores` returns the loss and the share of right answers.


# %%
def train(model, x, y, start=None):
    """Train from new random weights, or from `start`; returns copies of the weights over time."""
    model.set_weights(start or keras.models.clone_model(model).get_weights())
    for variable in model.optimizer.variables:
        variable.assign(0 * variable)
    x20, y20 = np.tile(x, (20, 1)), np.tile(y, 20)  # 20 copies: an epoch has 20 steps
    film = Snapshots()
    options = {"batch_size": len(x), "shuffle": False, "callbacks": [film], "verbose": 0}
    fit(model, x20, y20, epochs=STEPS // 20, **options)
    return film


def scores(model, x, y):
    output = model(x).numpy()[:, 0]
    return float(keras.losses.binary_crossentropy(y, output)), np.mean((output > 0.5) == y)


# %% [markdown]
# **Predict** before you run: what shape can the border take with one hidden neuron? With two? With three?

# %%
models = {n: dense_network(2, [n], "sigmoid") for n in (1, 2, 3)}
films, results = {}, {}
for n, model in models.items():
    films[n] = [train(model, x, y) for _ in range(STARTS)]
    results[n] = []
    for film in films[n]:
        model.set_weights(film.weights[-1])
        results[n].append(scores(model, x, y))  # loss, accuracy

# %% [markdown]
# Of each network we show the run with the lowest loss on these points. Press *Play*. On the black border the output
# of the network is ½. On each thin numbered line the output of one hidden neuron is ½. Below each map is its network:
# a line is as thick as its weight is large, and dashed where the weight is negative. (An epoch is 20 steps here.)

# %%
losses = {n: [loss for loss, _ in results[n]] for n in models}
best = {n: np.argmin(losses[n]) for n in models}  # number of the run with the lowest loss
for n, model in models.items():
    model.set_weights(films[n][best[n]].weights[-1])
alt = (
    "Networks with one, two and three hidden neurons during training, each map above its network. "
    "The borders move; one neuron's is a line, that of two has two sides, that of three closes."
)
animate_decision_boundary(list(models.values()), [films[n][best[n]] for n in models], x, y, alt=alt)

# %% [markdown]
# **One hidden neuron draws a line.** It hands on one number, and the output neuron can only cut that number at one
# place. **Two can draw a wedge**, the region between two lines that meet, with one side per neuron. Where the two sides
# are nearly parallel, the wedge is a band. You may have read that two hidden neurons "still draw one line": count the
# sides in the map. **Three can close a region.** Nobody told the neurons which limit to take. Look at the numbered
# lines: each lies near a limit of its own.
#
# **Your turn.** Another plant sprouts inside a square. How many hidden neurons would you give the network, and where
# should their lines lie?
#
# <details><summary>Answer</summary>
#
# A square has four straight sides, and each neuron gives one line. So take four, with one line along each side. (The
# corners come out rounded, as in the map.)
#
# </details>
#
# Those were the best runs. Here are all of them. The thick mark is their **median**: put the runs in order, and take
# the one in the middle.

# %% alt="Dots for the accuracy of each run. One hidden neuron stays at the level of the best straight line; two lie above it; three reach nearly 100 percent in most runs."
groups = {f"{n} hidden": [right for _, right in results[n]] for n in models}
title = "Hidden neurons and accuracy, one dot per run"
reference = ("best line", line)
ax = plot_spread(groups, reference=reference, title=title, xlabel="share of right answers")
ax.set_xlim(0.5, 1.02)  # from guessing to all right
edge = np.linspace(-3, 3, 200)
sides = [np.column_stack([edge, 0 * edge + end]) for end in (-3, 3)]
frame = np.concatenate(sides + [side[:, ::-1] for side in sides])  # swaps x₁ and x₂
inside = float(np.mean(models[3](frame) > 0.5))
expect("1 hidden: best run, above the best line by", max(groups["1 hidden"]) - line, high=0.02)
expect("2 hidden: best run, above the best line by", max(groups["2 hidden"]) - line, low=0.1)
expect("3 hidden: best run", max(groups["3 hidden"]), low=0.95)
expect("3 hidden: share of the square's edge inside the region", inside, high=0.1)

# %% [markdown]
# One hidden neuron gains nothing over a straight line, in any run. Two and three gain. Runs of one size may end at
# different scores. Therefore we start several times and keep the run with the lowest training loss.
#
# The last number tests "closed" on 800 points along the square from −3 to 3. Where it is 0, the region does not reach
# them.
#
# ### Are there true weights?
#
# You may have read that training looks for "the true weights". Take the network with three hidden neurons and exchange
# neurons 1 and 3, with all their weights. **Predict:** how much does the output change?

# %%
K1, b1, K2, b2 = models[3].get_weights()
before = models[3](x).numpy()
order = [2, 1, 0]  # columns of the first kernel are neurons, and so are rows of the second
models[3].set_weights([K1[:, order], b1[order], K2[order], b2])
print("weights changed by up to", np.abs(K1[:, order] - K1).max().round(2))
print("output changed by up to ", np.abs(models[3](x).numpy() - before).max().round(6))

# %% [markdown]
# The output neuron adds up what the hidden neurons hand on, and a sum does not depend on the order of its terms. So
# there are no "true" weights: three neurons can be put into six orders, all equally good. Training looks for a low
# loss.
#
# ## What the hidden layer hands on
#
# The output neuron does not get $x_1$ and $x_2$. It gets $h_1$ and $h_2$, the outputs of the hidden neurons. With two
# of them we can draw a map: each point at the place $(h_1, h_2)$. The network is the best one with two neurons.

# %% alt="Left: in the plane of the inputs the border has two sides, along two numbered lines. Right: in the plane of the two hidden outputs the same points are pushed to the edges and corners of a square, and the border is one straight line."
figure, axes = plt.subplots(1, 2, figsize=(9.6, 4.4), layout="constrained")
hidden = models[2].layers[0](x).numpy()
plot_decision_boundary(
    models[2], x, y, show_units=True, title="The border in the inputs", ax=axes[0]
)
ax = plot_decision_boundary(
    models[2].layers[1], hidden, y, xlabel="h₁", ylabel="h₂",
    title="The same border in the hidden layer", ax=axes[1],
)  # fmt: skip

# %% [markdown]
# Both maps show the same decision. The hidden layer has moved the points so that one straight line separates most of
# them. A straight line is all that an output neuron can draw.
#
# Such new numbers made from the inputs are called **features**. People can make them by hand, too. For a region in the
# middle, $x_1^2$, $x_2^2$ and $x_1 x_2$ are a usual choice. We give logistic regression, which is one neuron (lesson
# 02; here with scikit-learn's usual small penalty), three kinds of inputs: the raw numbers, the raw numbers with these
# hand-made features, and the outputs of a trained hidden layer of three. Each run draws new points to learn from. All
# are judged on 1,000 other points.
#
# **Predict:** on which inputs does logistic regression do well?

# %%
makers = {"raw inputs": lambda p: p}
makers["hand-made features"] = lambda p: np.column_stack([p, p**2, p[:, 0] * p[:, 1]])
makers["trained hidden layer"] = lambda p: models[3].layers[0](p).numpy()
x_new, y_new = sprouting(500, rng)
features = {name: [] for name in [*makers, "the whole network"]}
for _ in range(STARTS):
    x_run, y_run = sprouting(50, rng)
    train(models[3], x_run, y_run)
    for name, make in makers.items():
        logistic = LogisticRegression(max_iter=1000).fit(make(x_run), y_run)
        features[name].append(logistic.score(make(x_new), y_new))  # share that is right
    features["the whole network"].append(scores(models[3], x_new, y_new)[1])

# %% alt="Dots for the accuracy of each run on new points. Logistic regression on raw inputs is near guessing; on hand-made features and on the outputs of a trained hidden layer it is far better, close to the whole network."
ax = plot_spread(
    features,
    reference=("guessing", 0.5),
    title="On 1,000 new points",
    xlabel="share of right answers",
)

# %% [markdown]
# On raw inputs it is hardly better than guessing. (The best straight line above got more right: it was chosen for many
# right answers, and judged on the points that it was chosen on. Logistic regression looks for a low loss, and its
# answer gets surer with the distance from the line. That of one hidden neuron levels off on both sides.) On good
# features it does far better, hand-made or learnt. On the features of a trained hidden layer it does about what the
# whole network does, run by run (the next table begins with the check), where a run went well and where it did not: the
# hidden layer has learnt what logistic regression lacked. For the hand-made features somebody had to know that squares
# would help. For the learnt ones nobody had to know it.
#
# ## May the weights start equal?
#
# Keras starts with small random weights. Why not with zeros, or with equal numbers? We make a weight a little larger
# and a little smaller, and see how the loss changes. (In lesson 01 we only made it larger.) The difference divided by
# the distance is the slope of the loss along this weight. It decides the first step.
#
# We try four starts for three hidden neurons: all weights zero, all equal, all random, and only the hidden layer zero.
# **Predict** for each: do the three neurons get different slopes?


# %%
def slopes(model, weights, nudge=0.01):
    """The slope of the loss along each weight of the hidden layer, shape (inputs, neurons)."""
    found = np.zeros(weights[0].shape)
    for i in range(found.shape[0]):
        for j in range(found.shape[1]):
            up, down = weights[0].copy(), weights[0].copy()
            up[i, j] += nudge
            down[i, j] -= nudge
            losses = []
            for kernel in (up, down):
                model.set_weights([kernel, *weights[1:]])
                losses.append(scores(model, x, y)[0])
            found[i, j] = (losses[0] - losses[1]) / (2 * nudge)
    return found


# %%
means = {name: np.mean(right) for name, right in features.items()}
gap = np.array(features["trained hidden layer"]) - features["the whole network"]
expect("raw inputs, mean", means["raw inputs"], 0.4, 0.65)
expect("hand-made features, mean", means["hand-made features"], low=0.92)
expect("trained hidden layer, mean", means["trained hidden layer"], low=0.88)
expect("largest difference to the whole network", np.abs(gap).max(), high=0.06)
random = keras.models.clone_model(models[3]).get_weights()
zero, equal = [0 * array for array in random], [0 * array + 0.5 for array in random]
starts = {"all zero": zero, "all equal": equal, "random": random}
starts["hidden zero, output random"] = [*zero[:2], *random[2:]]
rows = {name: slopes(models[3], weights)[0] for name, weights in starts.items()}
pd.DataFrame(rows, index=["neuron 1", "neuron 2", "neuron 3"]).T.round(4)

# %% [markdown]
# The table shows the slopes along the weights of $x_1$. Started equal, the three neurons get the same slope. So they
# take the same step, and are equal after it as well: they stay three copies of *one* neuron. With all weights zero,
# all these slopes are zero: the output of a hidden neuron is multiplied by a weight that is zero. (Here the other
# weights do not move either: there are as many points of each class, so what pulls the output up and what pulls it
# down cancel.)
#
# Random weights make the neurons different. This is called **symmetry breaking**. Random weights in the *output* layer
# alone are enough, as the last row shows: there the slopes differ. (The biases may start at zero; Keras does so.)
#
# What does this change in the result? We train from five equal starts, each with another number. This network computes
# with 64-bit numbers. With the usual 32 bits, rounding can make the copies a little different, and a long training can
# make such differences large. That would be luck.

# %%
same = max(np.ptp(rows["all equal"]), np.abs(rows["all zero"]).max())
expect("equal and zero starts: largest difference of slopes", same, high=1e-4)
keras.config.set_dtype_policy("float64")
copies = dense_network(2, [3], "sigmoid")
keras.config.set_dtype_policy("float32")  # back to what Keras does when nobody asks
equal_runs, apart = [], []
for number in (-0.5, 0.1, 0.5, 1, 2):
    film = train(copies, x, y, start=[0 * array + number for array in random])
    equal_runs.append(scores(copies, x, y)[1])
    apart.append(np.ptp(film.weights[-1][0], axis=1).max())  # ptp: largest − smallest

# %% alt="Dots for the accuracy of each run. All runs from equal weights stay at the level of the best straight line or below; the runs from random weights lie far above it."
pair = {"equal start": equal_runs, "random start": groups["3 hidden"]}
ax = plot_spread(
    pair,
    reference=("best line", line),
    title="Three hidden neurons",
    xlabel="share of right answers",
)
print(f"largest difference between the neurons after training: {max(apart):.2g}")

# %% [markdown]
# Three neurons that stay copies of one draw one line, for each of the five numbers.
#
# ## Any curve
#
# So far the outputs were decisions. Without an activation in the last layer, a network can give any number, as in
# lesson 01, and draw a curve. We take **ReLU** neurons in the hidden layer ([lesson
# 02](02_neurons_and_layers.ipynb)), a sine as the target, and more and more neurons. The curve of one ReLU neuron has
# one bend; the output neuron adds these curves up.
#
# The *part* of a hidden neuron is its output times its weight to the output neuron. All parts and the last bias add up
# to the curve. The error is the mean distance between curve and sine. **Predict:** how many ReLU neurons does one wave
# of a sine need?

# %%
expect("equal starts: how far the neurons are apart in the end", max(apart), high=1e-2)
expect("equal starts: best run, above the best line by", max(equal_runs) - line, high=0.02)
waves = np.linspace(-np.pi, np.pi, 80)[:, None]  # [:, None] makes a column: one row per sample
sine = np.sin(waves[:, 0])
curves, errors = {}, {}
for n in (1, 3, 10, 30):
    curves[n] = dense_network(1, [n], "relu", output=None)
    runs = [train(curves[n], waves, sine).weights[-1] for _ in range(STARTS)]
    errors[n] = []
    for weights in runs:
        curves[n].set_weights(weights)
        errors[n].append(np.abs(curves[n](waves).numpy()[:, 0] - sine).mean())
    curves[n].set_weights(runs[np.argmin(errors[n])])  # keep the best

# %% alt="Four panels with 1, 3, 10 and 30 hidden neurons. Thin lines are the parts of the single neurons, each flat on one side and straight on the other. Their sum, a thick line, is one bend with 1 neuron, a rough zigzag with 3, and lies on the sine with 10 and 30."
figure, axes = plt.subplots(2, 2, figsize=(9.6, 6.4), layout="constrained", sharey=True)
for ax, (n, model) in zip(axes.flat, curves.items(), strict=True):
    parts = model.layers[0](waves).numpy() * model.get_weights()[2][:, 0]
    ax.plot(waves, parts, color=COLORS["grey"], linewidth=0.8)
    ax.plot(waves, sine, color=COLORS["orange"], linewidth=6, alpha=0.6)
    ax.plot(waves, model(waves), color=COLORS["blue"], linewidth=2.2)
    title = f"{n} hidden: error {min(errors[n]):.3f}"
    ax.set_title(title, loc="left", fontsize=13, fontweight="bold")
    ax.set(ylim=(-2, 2), xlabel="x")
for ax in axes[:, 0]:
    ax.set_ylabel("y")
legend = axes[0, 0].legend(["part of a neuron", "sine", "network"], loc="upper left", fontsize=11)

# %% [markdown]
# Each grey line is one neuron: flat where its sum is negative (it is *silent*), sloped where it is not (*active*).
# With one neuron the network has one bend. The best run with three has the shape of the wave, in a few straight pieces.
# With ten, the sum follows the sine. This is the idea behind the theorem of **universal approximation**: with enough
# neurons, *one* hidden layer comes as close as you like to any continuous curve on a limited range. The theorem says
# that such weights exist. It does not say that training finds them. Look at all runs:

# %% alt="Dots for the mean error of each run on a logarithmic axis. The best run gets better from 1 to 3 to 10 to 30 neurons; the runs of one size lie apart."
ax = plot_spread(
    {f"{n} hidden": errors[n] for n in curves},
    log=True,
    title="Hidden neurons and error, one dot per run",
    xlabel="mean distance to the sine (logarithmic)",
)
for n, before, high in ((3, 1, 0.6), (10, 3, 0.1), (30, 10, 0.05)):
    ratio = min(errors[n]) / min(errors[1])
    expect(f"{n} hidden: error of the best run / of 1 hidden", ratio, high=high)
    expect(f"the same / of {before} hidden", min(errors[n]) / min(errors[before]), high=1)

# %% [markdown]
# The best run improves with each size. The runs of one size can lie far apart, here most of all with three neurons:
# whether training finds good weights depends on the start. And the theorem holds only on a limited range: to the right
# of its last bend a ReLU network goes on as a straight line, and the sine does not.
#
# ### Linear in pieces
#
# At every bend in these curves a neuron switches between silent and active. Where no neuron switches, the network is a
# straight line: it is **piecewise linear**. Why? At one input $x$, strike out the silent neurons. The rest is a network
# *without* activation, and can be multiplied out as at the beginning of this lesson.
#
# **Your turn.** A network has the hidden neurons $h_1 = \mathrm{ReLU}(2x - 1)$ and $h_2 = \mathrm{ReLU}(1 - x)$, and
# its output is $3 h_1 + h_2 + 2$. Which linear formula is it at $x = 2$? And at $x = 0$?
#
# <details><summary>Answer</summary>
#
# At $x = 2$ the sums are 3 and −1, so only $h_1$ is active: $3(2x - 1) + 2 = 6x - 1$. At $x = 0$ the sums are −1 and
# 1, so only $h_2$ is active: $(1 - x) + 2 = -x + 3$.
#
# </details>
#
# ReLU networks of any depth are piecewise linear. The next network has two hidden layers of eight neurons. `line_at`
# goes through them with matrices, and strikes out the silent neurons of each layer.

# %%
deep = dense_network(1, [8, 8], "relu", output=None)
train(deep, waves, sine)
W1, b1, W2, b2, W3, b3 = deep.get_weights()


def line_at(x):
    """Slope and intercept of the piece on which x lies."""
    first = x * W1[0] + b1 > 0  # which neurons are active: an array of True and False
    K, b = W1 * first, b1 * first  # True counts as 1, False as 0: silent neurons are struck out
    second = (x * K[0]) @ W2 + b @ W2 + b2 > 0  # the same for the second hidden layer
    K, b = (K @ W2) * second, (b @ W2 + b2) * second
    return (K @ W3).item(), (b @ W3 + b3).item()


# %% [markdown]
# Move the slider. The orange line is the formula for this one input.


# %% alt="The curve of a ReLU network follows a sine in straight pieces. An orange straight line lies exactly on the piece around the chosen input and goes on beyond it."
@interact(where=IntSlider(value=48, min=0, max=79, description="input no."))
def show_piece(where):
    slope, intercept = line_at(waves[where, 0])
    piece = slope * waves[:, 0] + intercept
    piece[abs(piece) > 1.8] = np.nan  # outside the picture
    ax = plot_curves(
        waves[:, 0], {"network": deep(waves).numpy()[:, 0], "formula": piece}, markers=False,
        title=f"At x = {waves[where, 0]:.2f}: {slope:.2f} · x {intercept:+.2f}".replace("-", "−"),
    )  # fmt: skip
    ax.plot(waves[where], deep(waves).numpy()[where], "o", color=COLORS["black"], zorder=3)
    ax.set_ylim(-1.8, 1.8)


by_formula = [np.dot(line_at(x), [x, 1]) for x in waves[:, 0]]  # slope · x + intercept · 1
expect("largest difference", np.abs(by_formula - deep(waves).numpy()[:, 0]).max(), high=1e-4)

# %% [markdown]
# On its piece the line and the network are the same, at each of the 80 inputs. Elsewhere other neurons are active, and
# the formula is another one.
#
# ## How many neurons, and how many layers?
#
# More neurons mean more lines. Are more always better? Real data are not as clean as ours. Suppose that 15 % of the
# labels are wrong. We have 120 points to learn from, the **training set**. Another 1,000 points are kept apart from
# training, to choose settings with: the **validation set**. The last 1,000 are kept apart from both, to be used once:
# the **test set**.

# %%
rng = np.random.default_rng(seed + 2)  # other points than above
points, labels = sprouting(1060, rng)
order = rng.permutation(len(points))
points, labels = points[order], labels[order]
wrong = rng.random(len(points)) < 0.15
labels = np.where(wrong, 1 - labels, labels)  # where wrong: the other label
x_train, x_val, x_test = np.split(points, [120, 1120])  # cut before no. 120 and no. 1120
y_train, y_val, y_test = np.split(labels, [120, 1120])


# %% [markdown]
# For each size we train several runs, and note four numbers per run: the loss on the training set and the loss and
# accuracy on the validation set at the end, and the lowest validation loss on the way. (The hidden neurons use tanh;
# [lesson 04](04_activations.ipynb) compares it with the sigmoid.)


# %%
def measure(units, rate=LEARNING_RATE):
    """Train STARTS networks; returns a row per run, and the weights of each run."""
    model = dense_network(2, units, "tanh", rate=rate)
    rows, kept = [], []
    for _ in range(STARTS):
        film = train(model, x_train, y_train)
        kept.append(film.weights[-1])
        train_loss, _ = scores(model, x_train, y_train)
        val_loss, val_accuracy = scores(model, x_val, y_val)
        on_the_way = []
        for weights in film.weights[::2]:  # every second copy is enough
            model.set_weights(weights)
            on_the_way.append(scores(model, x_val, y_val)[0])
        rows.append([train_loss, val_loss, val_accuracy, min(on_the_way)])
    return np.array(rows), kept


# %% [markdown]
# An answer of ½ for every point is the baseline: it gives each point the loss −ln ½ ([lesson 05](05_losses.ipynb)).
# **Predict:** which size has the lowest loss on the training set? And on the validation set?

# %%
print(f"loss of the answer ½: {-np.log(0.5):.3f}")
wide = {n: measure([n]) for n in SIZES}
columns = ["train loss", "validation loss", "validation accuracy", "lowest validation loss"]
table = pd.DataFrame({n: np.median(rows, axis=0) for n, (rows, _) in wide.items()}, index=columns).T
small, largest = int(table["validation loss"].idxmin()), SIZES[-1]  # used below
table.rename_axis("hidden neurons").round(3)

# %% [markdown]
# Those are the medians. Here are all runs; the lines join the medians.

# %% alt="Loss against the number of hidden neurons, one dot, triangle or square per run. The training loss falls from one neuron to many. The validation loss at the end is lowest for a few neurons and far higher for many. The lowest validation loss on the way stays nearly level from 3 neurons on."
figure, ax = plt.subplots(figsize=(8.5, 4.6), layout="constrained")
styles = {0: ("o", "blue", -0.06), 1: ("^", "orange", 0), 3: ("s", "green", 0.06)}
for column, (marker, color, shift) in styles.items():
    for place, (rows, _) in enumerate(wide.values()):
        ax.plot([place + shift] * STARTS, rows[:, column], marker, color=COLORS[color], alpha=0.7)
    medians = table[columns[column]]
    ax.plot(range(len(SIZES)), medians, "-", color=COLORS[color])
    end = (len(SIZES) - 0.8, medians.iloc[-1])
    ax.text(*end, columns[column], fontsize=12, va="center")
ax.set_xticks(range(len(SIZES)), SIZES)
ax.set(xlim=(-0.3, len(SIZES) + 0.8), xlabel="hidden neurons (not to scale)", ylabel="loss")
title = "Loss against the number of hidden neurons"
title = ax.set_title(title, loc="left", fontsize=13, fontweight="bold")

# %% [markdown]
# What the figure shows, for these data and this training (one learning rate for all sizes): many neurons fit the
# training set better than few. On the validation set their loss ends up higher than that of the best small network:
# this is **overfitting**. At this rate it can even end above the baseline while most answers are right, since the loss
# punishes answers that are very sure and wrong. What the figure does not show: that a large network is always worse.
# The third curve is the lowest validation loss *on the way*. There the largest network comes close to the best small
# one; it only went on training for too long. [Lesson 11](11_overfitting.ipynb) uses this.
#
# **Predict:** what do the borders with one neuron and with the most neurons look like on the map?

# %% alt="Three maps of the same points, some with wrong labels: one straight border, a simple region in the middle, and a border with folds and islands around single points."
ratios = table.loc[largest] / table.loc[small]
expect("hidden neurons with the lowest validation loss", small, 1, 10)
train_ratio = table["train loss"][largest] / table["train loss"][SIZES[0]]
expect(f"{largest} / {SIZES[0]} neurons: train loss", train_ratio, high=0.9)
expect(f"{largest} / {small} neurons: validation loss", ratios["validation loss"], low=1.05)
on_the_way = ratios["lowest validation loss"]
expect(f"{largest} / {small} neurons: lowest validation loss on the way", on_the_way, 0.65, 1.35)
figure, axes = plt.subplots(1, 3, figsize=(11, 4), layout="constrained")
for ax, n in zip(axes, (SIZES[0], small, largest), strict=True):
    rows, kept = wide[n]
    model = dense_network(2, [n], "tanh")
    model.set_weights(kept[np.argmin(rows[:, 1])])
    title = f"{n} hidden neuron{'s' if n > 1 else ''}"
    plot_decision_boundary(model, x_train, y_train, title=title, ax=ax)

# %% [markdown]
# Each map is the run with the lowest validation loss of its size. The largest network bends its border around single
# points. The triangles outside the middle have wrong labels, so it has learnt wrong labels, too. In another sample
# these would be other points.
#
# And layers? We take eight neurons per layer. One learning rate for all could favour one of the depths, so each depth
# gets the better of two rates, by the median of the lowest validation losses. **Predict:** which depth is best?

# %% alt="Dots for the lowest validation loss of each run with one, two and three hidden layers of eight neurons. No deeper network is clearly better than one hidden layer."
deeper = {}
for n in DEPTHS:
    tried = [measure([8] * n, rate)[0][:, 3] for rate in RATES]
    deeper[f"{n} hidden layer{'s' if n > 1 else ''}"] = min(tried, key=np.median)
title = "Hidden layers and validation loss, one dot per run"
ax = plot_spread(deeper, title=title, xlabel="lowest validation loss on the way")

# %% [markdown]
# More layers help little or not at all here, and the dots of different depths overlap: for these points one hidden
# layer is enough. Depth can help where features are made of features, as in pictures ([lesson
# 12](12_convolution.ipynb)). What the dots do not show: how it would be with more data, or with a longer training. And
# where the dots of two depths overlap, a single run per depth would decide by luck.
#
# So: several runs per setting, the same effort for each setting, compare the medians (or the means) on validation data,
# and where they are about equal, take the smaller network.
#
# We have used the validation set to choose the size (by the lowest median at the end), so its score is on average a
# little too good. (In a single case chance can turn this round. And the accuracy in the table is a median of five runs,
# while the best of the five is tested.) The test set gives the last number, once.

# %%
rows, kept = wide[small]
chosen = dense_network(2, [small], "tanh")
chosen.set_weights(kept[np.argmin(rows[:, 1])])
_, test_accuracy = scores(chosen, x_test, y_test)
majority = max(np.mean(y_test), np.mean(1 - y_test))
print(f"always the same answer: {majority:.3f}")
one, *more = [np.median(runs) for runs in deeper.values()]  # one hidden layer, and the others
expect("best of the deeper networks / one hidden layer", min(more) / one, low=0.86)
expect(f"test accuracy with {small} hidden neurons", test_accuracy, majority, 0.95)

# %% [markdown]
# 15 % of the labels are wrong, in the test set too. So not even a network that knows the rule could get more than about
# 85 % of these labels.
#
# **Your turn.** A friend trains one network with 10 hidden neurons and one with 20. Their validation losses are 0.41
# and 0.39. "Twenty is better." What do you answer?
#
# <details><summary>Answer</summary>
#
# One run per size says little: train each several times. If the runs of one size lie farther apart than 0.02, the
# friend's two runs say little about the sizes. If the medians of several runs are about equal, 10 neurons are the
# better choice. And look at the validation loss during training: if it is lowest earlier, the last value also depends
# on how long they trained.
#
# </details>
#
# ## Recap
#
# - Layers without activation between them are one layer: their kernels multiply.
# - One hidden neuron draws a line, two a wedge or a band, three can close a region.
# - The hidden layer hands on features on which a straight line does about as well as the network.
# - Weights start at random. Neurons that start equal in all their weights, incoming and outgoing, stay copies of one.
# - A ReLU network is linear in pieces. With enough neurons the pieces can follow any continuous curve on a limited
#   range.
# - How many neurons? Ask the validation set, with several runs. The training loss cannot say it: here it is lowest for
#   the largest network.
#
# ## Common mistakes
#
# - **Leaving out the activation** of a hidden layer: `Dense(64)` alone is linear, and the layer is wasted.
# - **Starting all weights at zero** "to be safe". Then nothing moves, or all neurons stay copies of one.
# - **Choosing the size by training loss**, or by a single run.
# - **Looking for the true weights.** Exchange two hidden neurons, and the function stays the same.
# - **Reading "any curve" as a promise of training.** It says that weights exist, for the range of the data.
#
# ## Next
#
# Practise first: [seven exercises](exercises/03_hidden_layers.ipynb), about 45 minutes. Each check says what is wrong.
#
# We have used sigmoid, tanh and ReLU without asking which one to take. [Lesson 04](04_activations.ipynb) compares them.
