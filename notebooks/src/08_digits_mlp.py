# %% [markdown]
# # 08 · Handwritten digits: a 500–500–10 MLP
#
# **Can a network read handwriting, which part of it does the work, and how does it fail?**
#
# After this lesson you can
#
# - turn grey images and labels into inputs and targets, and keep a part of them for choosing settings;
# - compare models under equal conditions, and give the error of a score and of a difference;
# - test an explanation ("it learns slowly because …") by taking the cause away;
# - show what hidden layers hand on, by giving their outputs to a linear model;
# - read a confusion matrix by rows and by columns, and find the mistakes of which a model is most certain.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 02–05 and 07 | about 1 minute | MNIST: 70,000 handwritten digits, 28 × 28 |

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.data import load_mnist
from nnlib.plotting import COLORS, plot_curves, plot_probabilities, plot_spread, plot_steps
from nnlib.plotting import plot_weight_images, show_images
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from ipywidgets import IntSlider, interact
from PIL import Image
from sklearn import linear_model, model_selection

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
UNITS = (500, 500)
BATCH_SIZE = 100
STARTS = 3  # how often each model is trained, from other random weights
N_SEARCH = 4_000  # training images for choosing a learning rate
N_SMALL = 3_000  # training images for the many short trainings of small networks

# %% [markdown]
# ## The data
#
# Around 1990, census clerks and high-school students in the United States filled in forms by hand. Their digits
# became the best-known test of machine learning: MNIST. The line below says which copy was found. Without an
# internet connection it is a stand-in, made from fewer real digits that are turned, slanted and moved. Everything in
# this lesson works on it too.
#
# MNIST comes in two parts, for training and for testing. The test part stays closed until all settings are chosen. To
# choose them we take 3,000 images out of the training part: the validation set
# ([lesson 03](03_hidden_layers.ipynb)). `stratify` keeps the share of each digit the same in both parts.

# %% alt="Ten handwritten digits in two rows, white on black, each with its label below."
data = load_mnist()
x_test, y_test = data.x_test, data.y_test  # closed until "The test"
x_train, x_val, y_train, y_val = model_selection.train_test_split(
    data.x_train, data.y_train, test_size=3_000, stratify=data.y_train, random_state=seed
)
print(x_train.shape, x_val.shape, x_test.shape)
ax = show_images(x_train[:10], y_train[:10], title="Ten training images and their labels")
pd.DataFrame(x_train[0]).iloc[9:19, 7:21]  # the middle of the first one

# %% [markdown]
# You read most of them without thinking. Try to write down *how*, as rules that a program could follow. That is
# difficult, and it is the reason why the rules are left to a network. To the computer an image is a table of numbers,
# from 0 (black) to 255 (white). The table shows the middle of the first image.
#
# ### Inputs and targets
#
# A `Dense` layer wants a list, so `Flatten` lays the 28 rows end to end: 28 · 28 = 784 inputs. (Not 10 inputs, as one
# sometimes reads. Ten is the number of *outputs*.) `Rescaling` divides by 255: the start weights of a network are made
# for inputs of about 1 ([lesson 10](10_phone_prices.ipynb) shows what happens otherwise). Both are layers, so they
# belong to the model, and nobody can forget them later.
#
# The labels are class numbers. A network with *one* output that should give the number itself would be a bad idea: an
# 8 is not "twice a 4". So the network gets ten outputs, and the target is a one-hot list
# ([lesson 05](05_losses.ipynb)). In which place does the list for the label 5 have its 1?
#
# <details><summary>Answer</summary>
#
# In the sixth place: `[0 0 0 0 0 1 0 0 0 0]`. Counting starts at 0.
#
# </details>
#
# Lesson 05 showed that cross-entropy gives the same number for one-hot targets (`categorical_crossentropy`) and for
# class numbers (`sparse_categorical_crossentropy`). We use the second: nothing has to be converted.
#
# `build` makes every model of this lesson. Models differ only in their hidden layers: the number of units, and the
# activation.


# %%
def build(units, activation=None):
    """A classifier of digits with hidden layers of the given units, not compiled."""
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.Flatten(),
            *[keras.layers.Dense(width, activation=activation) for width in units],
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


KINDS = {"linear": ((), None), "sigmoid": (UNITS, "sigmoid"), "ReLU": (UNITS, "relu")}
models = {name: build(*kind) for name, kind in KINDS.items()}

# %% [markdown]
# - **linear** has no hidden layer: softmax of ten weighted sums. It is the baseline that learns.
# - **sigmoid** has two hidden layers of 500 units with sigmoid activation, as was usual for a long time. A stack of
#   `Dense` layers like this is called a **multilayer perceptron** (MLP).
# - **ReLU** is the same with ReLU.
#
# **Your turn:** how many parameters does the linear model have? And the network with two hidden layers?
#
# <details><summary>Answer</summary>
#
# Linear: 784 · 10 weights and 10 biases, 7,850. Network: (784 + 1) · 500 = 392,500, then (500 + 1) · 500 = 250,500,
# then (500 + 1) · 10 = 5,010, together 648,010. That is more than there are images.
#
# </details>

# %%
for name in ("linear", "ReLU"):
    sizes = [784, *KINDS[name][0], 10]
    by_hand = sum((n + 1) * units for n, units in zip(sizes[:-1], sizes[1:], strict=True))
    expect(f"parameters, {name}", models[name].count_params(), by_hand, by_hand)
share = np.bincount(y_train).max() / len(y_train)
print(f"share of the most frequent digit: {share:.3f}")

# %% [markdown]
# The last line gives the simplest baseline: whoever always answers with the most frequent digit is right about once
# in ten times.
#
# ## Equal conditions
#
# Which model is better? The answer depends on the learning rate, and each model may need another one
# ([lesson 07](07_optimizers.ipynb)). So all models get
#
# - the same images, in batches of 100, and the same number of updates;
# - the same optimizer, Adam;
# - a learning rate of their own, found by **grid search**: try a few values and keep the best. The procedure is the
#   same for all: four rates, each about three times the one before (those of the linear model begin higher, so that its
#   best is not the last one); a short training on 4,000 images from two starts per rate; the lowest mean validation
#   loss wins;
# - afterwards three starts on all training images, with the chosen rate.
#
# During the long training the rate falls in five stages along a cosine (lesson 07). `restart` lets one compiled model
# serve for all runs: compiling anew for each short training would take time.


# %%
def restart(model, start):
    """Put the start weights in, and set all that the optimizer remembers to 0, its rate as well."""
    model.set_weights(start)
    for variable in model.optimizer.variables:
        variable.assign(keras.ops.zeros_like(variable))


# %% [markdown]
# `train` takes the model through the first $n$ training images, and looks at the validation set after each stage.


# %%
def train(model, rate, n, stages=1):
    """One pass over the first n images; validation loss and accuracy after each stage."""
    scores, options = [], {"batch_size": BATCH_SIZE, "validation_batch_size": 1000, "verbose": 0}
    for stage, part in enumerate(np.array_split(np.arange(n), stages)):
        model.optimizer.learning_rate = rate * (1 + np.cos(np.pi * stage / stages)) / 2
        images, labels = x_train[part], y_train[part]
        history = fit(model, images, labels, validation_data=(x_val, y_val), **options).history
        scores.append([history["val_loss"][-1], history["val_accuracy"][-1]])
    return scores


# %%
RATES = {"linear": (0.003, 0.01, 0.03, 0.1)}  # larger: its best may be 0.03, where the others end
RATES |= {"sigmoid": (0.001, 0.003, 0.01, 0.03), "ReLU": (0.001, 0.003, 0.01, 0.03)}
search = {}
for name, model in models.items():
    optimizer = keras.optimizers.Adam()
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    optimizer.build(model.trainable_variables)  # makes its memory, for `restart`
    for rate in RATES[name]:
        losses = []
        for _ in range(2):
            restart(model, build(*KINDS[name]).get_weights())
            loss, accuracy = train(model, rate, N_SEARCH)[-1]
            losses.append(loss)
        search[name, rate] = np.mean(losses)

# %% [markdown]
# **Predict:** divide sigmoid's loss by ReLU's. How large is this ratio when both have Adam's default rate of 0.001? And
# when each has its own best rate? Each point of the curves is the mean over the two starts.

# %% alt="Validation loss after 40 updates against the learning rate, both axes logarithmic, one curve per model. Each curve is a valley; the sigmoid's is narrow and its lowest point lies at a larger rate than 0.001."
table = pd.Series(search).unstack(0)
best = table.idxmin()
colors = {"linear": COLORS["orange"], "sigmoid": COLORS["vermillion"], "ReLU": COLORS["blue"]}
ax = plot_curves(table.index, {name: table[name] for name in models}, log="xy", colors=colors,
                 title="Which rate suits which model?", xlabel="learning rate",
                 ylabel="validation loss after 40 updates")  # fmt: skip
for name, rate in best.items():
    expect(f"{name}: place of the best rate (0, 1, 2 or 3)", RATES[name].index(rate), 1, 2)
at_default = table.loc[0.001, "sigmoid"] / table.loc[0.001, "ReLU"]
at_best = table["sigmoid"].min() / table["ReLU"].min()
print(f"loss of sigmoid / of ReLU: {at_default:.1f} at 0.001, {at_best:.1f} at the best rates")

# %% [markdown]
# At Adam's default rate of 0.001 the sigmoid network looks far worse than ReLU. Much of its distance to ReLU is the
# rate: it needs a larger one. At 0.03 it does worse again. (You may read that "Adam needs no tuning". Here it does.)
# One limit of the procedure: the rate that is best after 40 updates need not be the best one for a long training. The
# limit is the same for all three models.
#
# ## The long training
#
# Now the full training, three starts per model. **Predict** from the figure above: which model will have the highest
# validation accuracy after all images? And by how much?

# %%
expect("loss at 0.001, sigmoid / ReLU", at_default, low=1.5)  # of the figure above
expect("loss at the best rates, sigmoid / ReLU", at_best, 1, 3)
logs, weights = {}, {}
for name, model in models.items():
    for start in range(STARTS):
        first = build(*KINDS[name]).get_weights()
        restart(model, first)
        logs[name, start] = np.array(train(model, best[name], len(x_train), stages=5))
        weights[name, start] = model.get_weights()
start_weights = first  # of the last ReLU network, to see later what training changed

# %% alt="Validation accuracy over 570 updates for three models, three thin lines each and their mean. ReLU and sigmoid are close together; both end above the linear model."
updates = len(x_train) / BATCH_SIZE * np.arange(1, 6) / 5
curves = {key: log[:, 1] for key, log in logs.items()}  # accuracies
means = {n: np.mean([curves[n, s] for s in range(STARTS)], axis=0) for n in models}
ax = plot_curves(updates, means, colors=colors, title="Three starts and their mean",
                 xlabel="updates of the weights", ylabel="validation accuracy")  # fmt: skip
for (name, _), curve in curves.items():
    ax.plot(updates, curve, color=colors[name], linewidth=1, alpha=0.6)
ahead = means["ReLU"] - means["sigmoid"]
print(f"ReLU − sigmoid, means: first point {ahead[0]:.4f}, last point {ahead[-1]:.4f}")
last = {n: [curves[n, s][-1] for s in range(STARTS)] for n in models}
print(f"last point, lowest ReLU − highest sigmoid: {min(last['ReLU']) - max(last['sigmoid']):.4f}")
expect("sigmoid − linear, last point", means["sigmoid"][-1] - means["linear"][-1], low=0.01)

# %% [markdown]
# The networks with hidden layers end above the linear model. The first printed line says how far ReLU is ahead of
# sigmoid at the first point and at the last one. The second line compares single starts: above 0, every ReLU network
# ends above every sigmoid network.
#
# ### Training accuracy and validation accuracy
#
# So far each image was used once. When the network met it, it was new. What happens if the network sees few images
# again and again? The same ReLU network at the same rate, 1,000 images, ten passes, three starts.
#
# **Predict:** its accuracy on these 1,000 images, and on the validation set.

# %%
few, gaps = (x_train[:1000], y_train[:1000]), {}
model = models["ReLU"]
for start in range(STARTS):
    restart(model, build(*KINDS["ReLU"]).get_weights())
    model.optimizer.learning_rate = best["ReLU"]
    fit(model, *few, batch_size=BATCH_SIZE, epochs=10, verbose=0)
    of_both = [
        model.evaluate(*part, batch_size=1000, verbose=0)[1] for part in (few, (x_val, y_val))
    ]
    gaps["1,000 images, ten times", start] = of_both
    model.set_weights(weights["ReLU", start])
    some = np.random.default_rng(seed + start).permutation(len(x_train))[:3000]  # of all stages
    of_seen = model.evaluate(x_train[some], y_train[some], batch_size=1000, verbose=0)[1]
    gaps["57,000 images, once", start] = [of_seen, last["ReLU"][start]]

# %%
gap = pd.DataFrame(gaps, index=["training accuracy", "validation accuracy"]).T
gap["gap"] = gap["training accuracy"] - gap["validation accuracy"]
smallest, largest = gap["gap"]["1,000 images, ten times"], gap["gap"]["57,000 images, once"]
expect("gap, 1,000 images ten times: smallest", smallest.min(), low=0.03)
expect("gap, 57,000 images once: largest", largest.max(), high=0.03)
gap.groupby(level=0).agg(["min", "max"]).round(3)

# %% [markdown]
# The difference between the accuracy on training images and on new ones is the **generalization gap**. It is wide where
# the network has seen few images often, and narrow where it has seen many images once. (They differ in more than that:
# 100 updates at one rate here, 570 with a falling rate there.) So a training accuracy alone says little. [Lesson
# 11](11_overfitting.ipynb) is about this gap.
#
# ## Why does sigmoid start more slowly?
#
# In the search above, after 40 updates, sigmoid was behind ReLU even at its best rate. A common answer: "The sigmoid
# passes on less gradient, so the first layer learns slowly." Let us test it. First the fact: we divide the length of
# the first kernel's gradient with ReLU by the one with sigmoid, before training. For the many trainings that follow we
# take small networks, with two hidden layers of 100 units.

# %%
loss_function = keras.losses.SparseCategoricalCrossentropy()
images, labels = tf.constant(x_train[:N_SMALL]), tf.constant(y_train[:N_SMALL])


def first_gradient(activation):
    """Length of the gradient of the first kernel, before training."""
    model = build((100, 100), activation)
    with tf.GradientTape() as tape:
        loss = loss_function(labels[:1000], model(images[:1000]))
    return float(tf.norm(tape.gradient(loss, model.trainable_variables[0])))


ratios = [first_gradient("relu") / first_gradient("sigmoid") for _ in range(5)]
factor = np.mean(ratios)
expect(f"first gradient, ReLU / sigmoid: mean {factor:.1f}, smallest", min(ratios), low=1.5)

# %% [markdown]
# It is true: with ReLU the gradient of the first kernel is larger, at each of five starts. But is that the *cause*? If
# it is, then a sigmoid network should learn like ReLU when this gradient is multiplied by the factor, at every update.
# **Predict** for both optimizers: will the multiplied gradient help SGD? And Adam?
#
# `fit` cannot multiply a gradient, so we write the loop (lesson 07). `@tf.function` translates the loop into a
# faster form when it is called for the first time.


# %%
def loop_for(model, optimizer):
    """A function that takes the model through the images once; it can scale the first gradient."""
    optimizer.build(model.trainable_variables)

    @tf.function
    def one_pass(order, factor):
        for batch in tf.reshape(order, (-1, BATCH_SIZE)):  # one row of sample numbers per batch
            with tf.GradientTape() as tape:
                answers = model(tf.gather(images, batch))  # gather: the images with these numbers
                loss = loss_function(tf.gather(labels, batch), answers)
            gradients = tape.gradient(loss, model.trainable_variables)
            gradients[0] = factor * gradients[0]
            optimizer.apply(gradients, model.trainable_variables)

    return one_pass


# %% [markdown]
# There is a second suspect: the *signal*. A sigmoid gives about ½ for every sum near 0, with a slope of ¼. So different
# images give the next layer nearly the same numbers. Another variant takes this away: `stretched`, $4\sigma(z) - 2$, is
# the sigmoid's curve, moved and stretched so that it passes through 0 with the slope 1. (No gradient is multiplied by
# hand here. But the steeper curve makes the gradients larger as well, which counts under SGD.)
#
# Four variants, two optimizers, five rates each, three starts. Each run is one pass over 3,000 images, so 30 updates.
# Each variant gets the rate with the lowest median (the middle one) of three validation losses: one bad start would
# move a mean. `try_grid` translates the loop of a model once, and uses it for all rates and starts.


# %%
def stretched(z):
    return 4 * keras.ops.sigmoid(z) - 2


VARIANTS = {"sigmoid": ("sigmoid", 1.0), "gradient × factor": ("sigmoid", factor)}
VARIANTS |= {"4σ − 2": (stretched, 1.0), "ReLU": ("relu", 1.0)}
GRIDS = {"SGD": (0.03, 0.1, 0.3, 1.0, 3.0), "Adam": (0.001, 0.003, 0.01, 0.03, 0.1)}
rng = np.random.default_rng(seed)
orders = [tf.constant(rng.permutation(N_SMALL)) for _ in range(3)]


# %%
def try_grid(optimizer, activation, scales, grid):
    """Validation losses by (scale, rate, run); the loop is translated once."""
    model = build((100, 100), activation)
    model.compile(optimizer)
    one_pass, losses = loop_for(model, optimizer), {}
    for run, order in enumerate(orders):
        start = build((100, 100), activation).get_weights()
        for scale in scales:
            for rate in grid:
                restart(model, start)
                optimizer.learning_rate = rate
                one_pass(order, tf.constant(scale, tf.float32))
                losses[scale, rate, run] = float(loss_function(y_val, model(x_val)))
    return pd.Series(losses).unstack()  # one row per scale and rate, one column per run


# %%
losses, chosen, at_best = {}, {}, {}
for name, grid in GRIDS.items():
    for activation in ("sigmoid", stretched, "relu"):
        scales = {scale for a, scale in VARIANTS.values() if a == activation}
        optimizer = getattr(keras.optimizers, name)()
        losses[name, activation] = try_grid(optimizer, activation, scales, grid)
    for variant, (activation, scale) in VARIANTS.items():
        runs = losses[name, activation].loc[scale]
        chosen[name, variant] = runs.median(axis=1).idxmin()
        at_best[name, variant] = runs.loc[chosen[name, variant]].to_numpy()

# %% alt="Two panels of dots, validation loss after 30 updates, three runs per variant at its best rate. Under SGD the multiplied gradient lowers the sigmoid's loss by part of its distance to ReLU, and the stretched sigmoid is near ReLU. Under Adam the multiplied gradient changes nothing, and the stretched sigmoid is near ReLU."
figure, axes = plt.subplots(2, 1, figsize=(9, 7), layout="constrained")
for ax, name in zip(axes, GRIDS, strict=True):
    groups = {variant: at_best[name, variant] for variant in VARIANTS}
    plot_spread(groups, title=f"{name}, each at its best rate", xlabel="validation loss", ax=ax)
medians = pd.DataFrame({key: [np.median(runs)] for key, runs in at_best.items()}).T
medians.columns = ["median loss"]
medians["place of its rate"] = [GRIDS[name].index(rate) for (name, _), rate in chosen.items()]
multiplied = {}
for name in GRIDS:
    loss = medians["median loss"][name]
    multiplied[name] = loss["gradient × factor"] / loss["sigmoid"]
    expect(f"{name}: loss of 4σ − 2 / of sigmoid", loss["4σ − 2"] / loss["sigmoid"], high=1)
    expect(f"{name}: loss of 4σ − 2 / of ReLU", loss["4σ − 2"] / loss["ReLU"], high=1.4)
medians.round(3)

# %% [markdown]
# The table gives the medians, which are the marks of the figure. (A place of 0 or 4 would say that the best rate is the
# first or the last of its grid, so that one beyond it may suit still better.)
#
# - **SGD:** the multiplied gradient closes a part of the distance. The small first gradient is *one* cause.
# - **Adam:** it changes next to nothing. Adam divides each step by the size of the gradients, so a factor drops out.
#   The common answer is wrong here.
# - **Both:** the stretched sigmoid learns faster than the sigmoid, and about as fast as ReLU or faster. It changes the
#   signal *and* makes the gradients larger. Under Adam the size of the gradients does not matter, so there the signal
#   is a cause: at the start it is not far from ½, and its slope is small. (Which of these two counts more, and whether
#   there are other causes, we have not tested.) Under SGD the experiment cannot tell how much the signal does and how
#   much the larger gradients do.
#
# So "less gradient, slower learning" depends on the optimizer. To test an explanation, remove the cause and leave
# everything else as it is.
#
# ## What do the hidden layers hand on?
#
# The last layer of each network is a linear model. It does not get pixels, it gets the outputs of the second hidden
# layer. So the hidden layers must have made better *features* ([lesson 03](03_hidden_layers.ipynb)). How much better?
# We give logistic regression, the same linear method each time, five kinds of inputs: the pixels, and the outputs of
# hidden layer 1 and 2, before training and after. It gets only 1,000 labelled images. scikit-learn adds a
# penalty on large weights ([lesson 11](11_overfitting.ipynb)); `C` is the inverse of its strength. For each kind the
# best of three `C` counts. (A limit, the same for all five: the best may lie at the end of this grid.)
#
# `keras.Model(inputs, outputs)` makes a model that shares the layers and weights of another one, but ends earlier.
# With a list of outputs it returns a list.
#
# **Predict** the order of the five.


# %%
for name, low, high in (("SGD", 0.3, 0.95), ("Adam", 0.9, 1.1)):  # of the figure above
    expect(f"{name}: loss with multiplied gradient / of sigmoid", multiplied[name], low, high)


def hidden_outputs(model, x):
    """Outputs of both hidden layers."""
    hidden = keras.Model(model.inputs[0], [layer.output for layer in model.layers[2:4]])
    return [array.numpy() for array in hidden(x)]


def best_score(inputs, new_inputs, labels=y_train[:1000]):
    """Highest validation accuracy of logistic regression over three `C`."""
    models = [linear_model.LogisticRegression(C=C, max_iter=300) for C in (0.1, 1.0, 10.0)]
    return max(each.fit(inputs, labels).score(new_inputs, y_val) for each in models)


# %% alt="Validation accuracy of logistic regression on five kinds of inputs. Pixels and the untrained layers lie close together; the trained layer 1 is far higher and the trained layer 2 a little higher still."
pixels = [x.reshape(-1, 784) / 255 for x in (x_train[:1000], x_val)]
features = {"pixels": [best_score(*pixels)]}
for state in ("untrained", "trained"):
    for start in range(STARTS):
        model = build(*KINDS["ReLU"])
        if state == "trained":
            model.set_weights(weights["ReLU", start])
        layers = zip(*(hidden_outputs(model, x) for x in (x_train[:1000], x_val)), strict=True)
        for number, parts in enumerate(layers, start=1):  # parts: training, validation
            features.setdefault(f"layer {number}, {state}", []).append(best_score(*parts))

ax = plot_spread(features, title="Logistic regression on five inputs", xlabel="validation accuracy")
error = pd.Series({name: 1 - np.mean(scores) for name, scores in features.items()})
times = error["pixels"] / error  # how many times as many mistakes on pixels
times.drop("pixels").round(1).to_frame("mistakes on pixels / on this")

# %% [markdown]
# The table says how many times as many mistakes the linear method makes on pixels as on each of the other inputs. On
# the trained second layer it makes less than half as many as on pixels, and on the trained first layer far fewer, too.
# Random layers change little: the features come from *training*. This is what hidden layers add to a linear model: the
# network has made its features itself. (The layers have seen all training labels, so this is no trick to learn from
# 1,000 labels. But the layers can be kept and used for another task. [Lesson 09](09_cifar10_mlp.ipynb) freezes layers.)
#
# ## The test
#
# All settings are chosen. Now the test part is opened, once, for all rows.

# %% alt="Test accuracy, three dots per model: the linear model lowest, far from the two networks."
for layer, low in (("layer 1", 1.8), ("layer 2", 2.2)):  # of the figure above
    expect(f"mistakes, pixels / trained {layer}", times[f"{layer}, trained"], low)
    expect(f"mistakes, pixels / untrained {layer}", times[f"{layer}, untrained"], 0.5, 1.6)
answers = {}
for (name, start), trained in weights.items():
    models[name].set_weights(trained)
    answers[name, start] = models[name].predict(x_test, batch_size=1000, verbose=0)
right = {key: p.argmax(axis=1) == y_test for key, p in answers.items()}
scores = {name: [right[name, start].mean() for start in range(STARTS)] for name in models}
ax = plot_spread(scores, title="Test accuracy, three starts each", xlabel="test accuracy")
mistakes = {name: 1 - np.mean(scores[name]) for name in models}
mistakes["most frequent"] = np.mean(y_test != np.bincount(y_train).argmax())
expect("mistakes, linear / ReLU", mistakes["linear"] / mistakes["ReLU"], low=2)
expect("test accuracy, ReLU, lowest", min(scores["ReLU"]), 0.97 if data.is_real else 0.9, 0.99)
(10_000 * pd.Series(mistakes, name="mistakes in 10,000 (mean)")).round().astype(int).to_frame()

# %% [markdown]
# Compare mistakes, not accuracies. Near 1, a small step in accuracy may mean that most of the mistakes are gone: look
# at the table.
#
# ### How exact is a score?
#
# Another 10,000 test images would give another score. We have no others, but we can imitate them: draw 10,000 images
# *from the test set*, each time from all, so that some come twice and some not at all. This is the **bootstrap**. Do it
# 500 times, and look at the spread (standard deviation) of the scores. It is the **standard error**.


# %%
def bootstrap(values):
    """Means of 500 imitated test sets."""
    draws = np.random.default_rng(seed).integers(0, len(values), (500, len(values)))
    return np.array([values[draw].mean() for draw in draws])


p, n = scores["ReLU"][0], len(y_test)
by_formula = np.sqrt(p * (1 - p) / n)
imitated = bootstrap(right["ReLU", 0])
print(f"score {p:.4f}, standard error {imitated.std():.4f} (formula {by_formula:.4f})")
expect("bootstrap / formula", imitated.std() / by_formula, 0.85, 1.15)
within = np.mean(np.abs(imitated - p) <= 2 * by_formula)
expect("share of the imitated scores within two standard errors", within, 0.91, 0.99)

# %% [markdown]
# There is a formula for it: $\sqrt{p(1-p)/n}$ for the accuracy $p$ on $n$ images. About 95 % of the imitated scores lie
# within two standard errors of the score: the last line.
#
# Is the difference between two models real? For two *independent* test sets the standard error of a difference is about
# $\sqrt2$ times that of one score. But both models answered the *same* images, and most images are easy for both or
# hard for both. What counts are the images on which only one of them is right. Say only the first is right $b$ times,
# only the second $c$ times. The difference is $(b - c)/n$, and its standard error is about $\sqrt{b + c}/n$.

# %%
first, second = right["ReLU", 0], right["sigmoid", 0]
b, c = np.sum(first & ~second), np.sum(~first & second)  # ~ means "not"
print(f"only ReLU right: {b}, only sigmoid right: {c}")
print(f"difference {(b - c) / n:.4f}, standard error {np.sqrt(b + c) / n:.4f}")
gain = first.astype(float) - second
expect("bootstrap / formula", bootstrap(gain).std() / (np.sqrt(b + c) / n), 0.85, 1.15)

# %% [markdown]
# A difference of less than about two standard errors may be luck. And there is a second kind of luck, which no test
# set can show: the start. The three dots of a model in the figure above are three starts.
#
# **Your turn.** Model A is right on 9,700 of 10,000 images, model B on 9,720. Only A is right on 90 images, and
# only B on 110. Is B better?
#
# <details><summary>Answer</summary>
#
# The difference is (110 − 90) / 10,000 = 0.002. Its standard error is $\sqrt{200}$ / 10,000 = 0.0014. The difference is
# 1.4 standard errors: it may be luck. And with another start both may change places.
#
# </details>
#
# ## Reading a prediction
#
# In the next sections we look at one network, the first of the three ReLU networks. From here on we choose nothing any
# more. `predict` gives one row of ten probabilities per image. Here is one in full.

# %% alt="A handwritten digit on the left, ten bars of probability on the right; one bar is far longer than all others."
models["ReLU"].set_weights(weights["ReLU", 0])
probabilities = answers["ReLU", 0]
predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
figure, axes = plt.subplots(1, 2, figsize=(9, 4), width_ratios=(1, 2), layout="constrained")
show_images(x_test[:1], y_test[:1], n=1, ax=axes[0])
ax = plot_probabilities(
    probabilities[0], data.class_names, truth=y_test[0], title="Test image 0", ax=axes[1]
)
print(f"share of answers with a probability above 0.9: {np.mean(confidence > 0.9):.2f}")

# %% [markdown]
# Most predictions look like that: one long bar, and hardly anything beside it. The printed share says how many.
#
# ### The most confident mistakes
#
# Sort the wrong answers by the probability that the model gave to its own answer, and look at the ten at the top.
# **Predict:** how sure was the model of these ten?

# %% alt="Ten test digits with thick frames: under each the wrong answer of the model with its probability, and the true digit. Several are sloppily written."
wrong = np.flatnonzero(predicted != y_test)
worst = wrong[np.argsort(confidence[wrong])[::-1]][:10]
said = [f"{predicted[i]}: {confidence[i]:.0%}" for i in worst]
ax = show_images(
    x_test[worst], y_test[worst], predictions=said, title="The ten most confident mistakes"
)
print(f"mean probability of all answers {confidence.mean():.3f}, share that is right {p:.3f}")

# %% [markdown]
# Some are badly written, and one can argue about the label. Others are plain to you and me, and the model is wrong
# without much doubt. So a high probability does not exclude a mistake. Nor does it promise to: of a hundred answers
# with 0.98 two should be wrong. Over all answers the mean probability is close to the share that is right: see the
# printed line ([calibration, lesson 05](05_losses.ipynb)).
#
# Still, the probability is useful: it tells where to look twice. Say a person checks the 5 % of answers of which the
# model is least certain. **Predict:** what share of the mistakes is among them?

# %%
doubtful = np.argsort(confidence)[: len(confidence) // 20]
caught = np.isin(wrong, doubtful).mean()
print(f"share of the mistakes among the 5 % least certain: {caught:.2f}")

# %% [markdown]
# Far more than 5 %.
#
# ## Which digits get mixed up?
#
# A **confusion matrix** counts, for each true digit (row) and each answer (column), how often they came together.

# %%
expect("probability of the tenth most confident mistake", confidence[worst[-1]], low=0.8)
expect("share of the mistakes among the 5 % least certain", caught, low=0.3)
expect("mean probability − share that is right", confidence.mean() - p, -0.02, 0.02)
table = pd.crosstab(y_test, predicted, rownames=["true"], colnames=["predicted"], margins=True)
table

# %% [markdown]
# Read it in two directions, with two questions:
#
# - **By rows:** of all true nines, which share was found? That is the **recall** of the nine: the number on the
#   diagonal divided by the sum of its row.
# - **By columns:** of all answers "nine", which share was right? That is the **precision** of the nine: the same number
#   divided by the sum of its column.
#
# **Your turn.** A lazy model answers "nine" for every image. What are its recall and precision for the nine? (About
# 10 % of the images are nines.)
#
# <details><summary>Answer</summary>
#
# Recall 1: every nine is found. Precision 0.1: one answer "nine" in ten is right. So neither number is enough alone.
# (With more nines among the images the precision would be higher, and the recall the same.)
#
# </details>

# %% alt="For each digit two marks, recall and precision, all close to 1. For some digits the recall is higher, for others the precision."
counts = table.to_numpy()[:10, :10]  # without the sums
recall = counts.diagonal() / counts.sum(axis=1)
precision = counts.diagonal() / counts.sum(axis=0)
both = pd.DataFrame({"recall": recall, "precision": precision}, index=range(10))
ax = plot_steps(both, title="Recall and precision of each digit", xlabel="share")
mean_recall = np.average(recall, weights=counts.sum(axis=1))
expect("mean recall, weighted by row sums, − accuracy", mean_recall - p, -1e-9, 1e-9)

# %% [markdown]
# (The number in the figure is the precision.) Where recall is lower than precision, the model gives this answer less
# often than the digit occurs; where precision is lower, more often. The accuracy is the mean of the recalls, each
# weighted by how often the digit occurs.
#
# Nearly everything lies on the diagonal of the table. The rest are mistakes. Are they spread evenly over all pairs of
# digits, or do some pairs stand out? A 9 taken for a 4 and a 4 taken for a 9 count as two pairs, so there are 10 · 9 =
# 90 pairs. Six of the most frequent mistakes (other pairs may be as frequent as the last of them):

# %%
pairs = pd.DataFrame({"true": y_test, "predicted": predicted})
pairs = pairs[pairs["true"] != pairs["predicted"]]
top = pairs.value_counts().head(6)
by_chance = np.random.default_rng(seed).integers(0, 90, (500, len(wrong)))  # 500 times
of_six = [np.sort(np.bincount(draw, minlength=90))[-6:].sum() for draw in by_chance]
share = {"model": top.sum() / len(wrong), "by chance": np.mean(of_six) / len(wrong)}
print("share of the six:", {name: f"{value:.2f}" for name, value in share.items()})
as_many = np.sum(np.array(of_six) >= top.sum())
print(f"random throws in which the six have as many: {as_many} of 500")
top.rename("test images").reset_index()

# %% [markdown]
# Even if mistakes fell on the pairs by chance, some six pairs would be the most frequent. So we have also thrown as
# many mistakes at random onto the 90 pairs, 500 times. The model's six have a larger share of all mistakes than the six
# of the random throws: its mistakes prefer some pairs. Write the two digits of each pair on paper: which strokes do
# they share?
#
# ## What did the first layer learn?
#
# The weights of a unit of the first hidden layer belong to pixels, one weight per pixel. So they can be drawn as an
# image. First the linear model, whose units are the ten digits themselves. Ink on a yellow pixel raises the sum of the
# digit, ink on a blue one lowers it: the brightness of the pixel is multiplied by the weight. (Grey is about 0. Each
# image has a colour scale of its own. What counts in the end is each sum against the nine others.)

# %% alt="Ten images of weights, one per digit. In some of them the digit shows as a bright blurred shape with dark places around it."
templates = weights["linear", 0][0]
ax = plot_weight_images(
    templates, (28, 28), labels=[f"for {digit}" for digit in range(10)],
    title="Linear model: for (yellow) and against (blue)",
)  # fmt: skip
centre = templates.reshape(28, 28, 10)[12:16, 12:16, 0].mean()
expect("random throws in which the six have as many", as_many, high=5)
expect("mean weight of the centre for the digit 0", centre, high=-0.02)

# %% [markdown]
# The linear model lays one blurred template per digit over the image. The 0 has a blue middle: ink there counts
# against a zero.
#
# Now the last ReLU network, of which we kept the start. Five of its 500 units: those whose weights have moved furthest.
# The upper row shows their weights, the lower row what training *added* to the random start.

# %% alt="Upper row: five weight images with bright and dark spots and fine random grain. Lower row: the same without the grain, on an even grey."
kernel = weights["ReLU", STARTS - 1][0]
learnt = kernel - start_weights[0]
moved = np.linalg.norm(learnt, axis=0)  # one length per unit
busiest = np.argsort(moved)[::-1][:5]
ax = plot_weight_images(
    np.hstack([kernel[:, busiest], learnt[:, busiest]]), (28, 28),
    labels=[f"unit {unit}" for unit in busiest] + ["added"] * 5, title="First layer: five units",
)  # fmt: skip
further = moved[busiest].mean() / np.median(moved)
print(f"these five moved {further:.1f} times as far as the median unit")

# %% [markdown]
# Bright and dark strokes. These five are not typical: the printed number says how much further they moved than the unit
# in the middle of all 500. In the corners of the images in the lower row nothing has changed. That is no accident:
# pixels there are black in *every* training image. An input of 0 adds nothing to the sum, so the gradient of its weight
# is 0, and the weight stays at its random start. This holds for all 500 units:

# %%
never = x_train.reshape(-1, 784).max(axis=0) == 0
print(f"pixels that are black in all {len(x_train):,} training images: {never.sum()} of 784")
expect("largest change of a weight of such a pixel", np.abs(learnt[never]).max(initial=0), 0, 0)
expect("mean change of the other weights", np.abs(learnt[~never]).mean(), low=0.005)

# %% [markdown]
# A stray dot of ink at such a pixel would reach the 500 units through random weights. A network learns only where its
# data say something.
#
# ## Beyond the data
#
# All training digits stand more or less upright. Turn a seven with the slider, and see what the model answers. The
# slider starts at the angle at which the model is most certain of a wrong answer.

# %%
models["ReLU"].set_weights(weights["ReLU", 0])
seven = int(np.flatnonzero((predicted == 7) & (y_test == 7))[0])


def turn(image, degrees):
    """Turn a digit counter-clockwise."""
    return np.asarray(Image.fromarray(image).rotate(degrees, Image.Resampling.BILINEAR))


degrees = np.arange(-180, 181, 5)
beliefs = models["ReLU"].predict_on_batch(np.array([turn(x_test[seven], d) for d in degrees]))
other = np.delete(beliefs, 7, axis=1).max(axis=1)  # the highest probability of another digit
deceived = int(degrees[other.argmax()])


# %% alt="A turned seven beside the ten probabilities that the model gives: the longest bar is another digit."
@interact(angle=IntSlider(value=deceived, min=-180, max=180, step=5, description="degrees"))
def explore(angle):
    turned = turn(x_test[seven], angle)
    belief = models["ReLU"].predict_on_batch(turned[np.newaxis])[0]  # a batch of one image
    sizes = {"width_ratios": (1, 2), "wspace": 0.35}
    figure, axes = plt.subplots(1, 2, figsize=(9, 4), gridspec_kw=sizes)
    show_images(turned[np.newaxis], n=1, title=f"Turned by {angle}°".replace("-", "−"), ax=axes[0])
    plot_probabilities(belief, data.class_names, truth=y_test[seven], ax=axes[1])


# %% [markdown]
# You know that it is a seven, at every angle. The model changes its answer on the way round. It has no answer "I have
# never seen that": the ten probabilities must add up to 1.
#
# One seven may be a special case. Turn a thousand test images, and look at two curves over the angle: the accuracy, and
# the mean probability that the model gives to its answer.

# %% alt="Two curves over the angle from 0 to 90 degrees. The accuracy falls from nearly 1 to below 0.4; the mean probability falls far less."
angles, curves = (0, 15, 30, 45, 60, 90), {"accuracy": [], "mean probability": []}
for angle in angles:
    turned = np.array([turn(image, angle) for image in x_test[:1000]])
    belief = models["ReLU"].predict_on_batch(turned)
    curves["accuracy"].append(np.mean(belief.argmax(axis=1) == y_test[:1000]))
    curves["mean probability"].append(belief.max(axis=1).mean())
labels = {"xlabel": "turned by (degrees)", "ylabel": "share"}
ax = plot_curves(angles, curves, title="A thousand turned test images", **labels)
lost = {name: values[0] - values[-1] for name, values in curves.items()}
expect("turned seven: highest probability of a wrong answer", other.max(), low=0.5)
expect("accuracy at 90°", curves["accuracy"][-1], high=0.4)
expect("accuracy lost − probability lost", lost["accuracy"] - lost["mean probability"], low=0.3)

# %% [markdown]
# At 90° most answers are wrong. The mean probability is lower than at 0° as well, but it has lost far less than the
# accuracy: it warns too little. A good test score holds for images *like those in the test set*. It promises nothing
# about others.
#
# ## Recap
#
# - Flatten and rescale the images inside the model. Ten outputs with softmax, class numbers with sparse cross-entropy.
# - Compare models under equal conditions: a rate for each, chosen by one procedure on validation data; several starts;
#   the test part once, for all rows.
# - Under SGD the small gradient of the first layer is one cause of sigmoid's slow start. Under Adam it is none; there
#   the weak signal is one.
# - Trained hidden layers make features: on the second one a linear method makes less than half as many mistakes as on
#   pixels.
# - A score has a standard error, and so has a difference; models tested on the same images are compared image by image.
# - Recall reads the rows of a confusion matrix, precision its columns.
#
# ## Common mistakes
#
# - **Comparing models at one common learning rate.** At 0.001 the sigmoid looks far worse than it is.
# - **Believing an explanation without removing the cause.**
# - **Comparing accuracies near 1** by their difference. Compare the mistakes.
# - **Taking a difference of 0.002 for progress** on 10,000 test images, from one start.
# - **Looking at recall alone.** A model that always answers "nine" finds every nine.
# - **Believing a probability of 0.99** for an image that is unlike the training data.
#
# ## Next
#
# Practise first: [seven exercises](exercises/08_digits_mlp.ipynb), about 45 minutes. Each check says what is wrong.
#
# The digits are small, grey and centred. In [lesson 09](09_cifar10_mlp.ipynb) the same kind of network meets colour
# photographs.
