# %% [markdown]
# # Exercises to lesson 08 · Handwritten digits
#
# Seven exercises, about 45 minutes. [Lesson 08](../08_digits_mlp.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_08 import digits, exercises, sorted_digits
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_spread

import keras
import numpy as np
from keras import layers
from sklearn.linear_model import LogisticRegression

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: recall and precision (4 points, 6 minutes)
#
# A model reads threes, fives and eights. What are its recall and its precision for the 5, to three digits?

# %%
sheet.task("recall and precision")

# %%
recall, precision = ..., ...
### BEGIN SOLUTION
# row of the true fives: 10 + 41 + 13 = 64; column of the answers "5": 4 + 41 + 11 = 56
recall, precision = 41 / 64, 41 / 56
### END SOLUTION

# %%
sheet.check("recall and precision", (recall, precision))

# %% [markdown]
# ## 2 · On paper: a difference (4 points, 6 minutes)
#
# Two models answered the same test images. By how much is the accuracy of B higher than that of A, and what is the standard
# error of this difference? Give both to four decimals.

# %%
sheet.task("difference")

# %%
difference, error = ..., ...
### BEGIN SOLUTION
difference, error = (28 - 18) / 1000, np.sqrt(28 + 18) / 1000
### END SOLUTION

# %%
sheet.check("difference", (difference, error))

# %% [markdown]
# <details><summary>Is B better?</summary>
#
# Divide the difference by its standard error. Below about 2, the difference may be luck. And each model was trained from one
# start: another start may turn the order round.
#
# </details>
#
# ## 3 · By code: inputs and targets (4 points, 8 minutes)
#
# Grey images come as whole numbers from 0 (black) to 255 (white), labels as digits. A network with ten outputs and
# `categorical_crossentropy` needs lists of numbers from 0 to 1, and one-hot targets. Use NumPy only.


# %%
def prepared(images, labels):
    """Inputs (n, height · width) and targets (n, 10); images has the shape (n, height, width)."""
    ### BEGIN SOLUTION
    inputs = images.reshape(len(images), -1) / 255
    targets = np.eye(10)[labels]
    return inputs, targets
    ### END SOLUTION


# %%
sheet.check("inputs and targets", prepared)

# %% [markdown]
# ## 4 · Predict: which model is better? (2 points, 4 minutes)
#
# Two models, A and B, were trained from three starts at each of four learning rates. The table shows the mean validation
# losses. The three starts behind each number differ by about 0.03.
#
# | Rate | 0.001 | 0.003 | 0.01 | 0.03 |
# | --- | --- | --- | --- | --- |
# | A | 0.61 | 0.42 | 0.35 | 0.50 |
# | B | 0.34 | 0.33 | 0.52 | 1.90 |
#
# - **a** B is clearly better: at 0.001, the usual rate, its loss is little more than half as large.
# - **b** A is clearly better: the mean of its four losses is lower.
# - **c** They are about equally good: compare 0.35 with 0.33.
# - **d** Try all eight cases (two models, four rates) on the test images, and take the best one.

# %%
better = ...  # one letter
### BEGIN SOLUTION
better = "c"
### END SOLUTION

# %%
sheet.check("fair comparison", better)

# %% [markdown]
# ## 5 · Predict: test an explanation (2 points, 5 minutes)
#
# Somebody says: "Under Adam a sigmoid network starts slowly, *because* the outputs of its layers lie around ½ and not around
# 0." Which experiment tests that?
#
# - **a** Measure the mean output of each layer. If it is near ½, the explanation holds.
# - **b** Subtract ½ from each output, σ(z) − ½, and change nothing else. Each of the two networks gets its own best rate.
# - **c** Replace sigmoid by ReLU. If the network then learns faster, the explanation holds.
# - **d** Subtract ½, and train both networks at the rate that was chosen for sigmoid.

# %%
experiment = ...  # one letter
### BEGIN SOLUTION
experiment = "b"
### END SOLUTION

# %%
sheet.check("explanation", experiment)

# %% [markdown]
# Run the experiment after your prediction: small digits, two hidden layers of 50 units, two epochs, three rates, two starts.

# %%
x_train, y_train, x_val, y_val = digits()


def network(activation):
    """Two hidden layers and ten outputs, not compiled."""
    hidden = [layers.Dense(50, activation) for _ in range(2)]
    return keras.Sequential([keras.Input((64,)), *hidden, layers.Dense(10, "softmax")])


# %%
def tried(activation):
    """Validation losses of two starts at each of three rates; compiled once, as in the lesson."""
    model, adam, losses = network(activation), keras.optimizers.Adam(), []
    model.compile(adam, "sparse_categorical_crossentropy")
    adam.build(model.trainable_variables)
    memory = [variable.numpy() for variable in adam.variables]
    for rate in (0.01, 0.01, 0.03, 0.03, 0.1, 0.1):
        model.set_weights(network(activation).get_weights())
        for variable, at_start in zip(adam.variables, memory, strict=True):
            variable.assign(at_start)
        adam.learning_rate = rate
        fit(model, x_train, y_train, batch_size=50, epochs=2, verbose=0)
        losses.append(model.evaluate(x_val, y_val, batch_size=797, verbose=0))
    return np.reshape(losses, (3, 2))


# %% alt="Two rows of two dots each, validation loss at the best rate: those of sigmoid minus one half lie far to the left of those of sigmoid."
kinds = {"σ": keras.ops.sigmoid, "σ − ½": lambda z: keras.ops.sigmoid(z) - 0.5}
at_best = {name: min(tried(kind), key=np.mean) for name, kind in kinds.items()}
ax = plot_spread(at_best, title="Each at its best of three rates", xlabel="validation loss")

# %% [markdown]
# <details><summary>What does it say?</summary>
#
# With the ½ taken away, and the same slope of ¼, the network learns clearly faster. So for this network, under Adam, the ½ is
# a cause. Two starts and one network: for other cases one has to try again.
#
# </details>
#
# ## 6 · Transfer: features for another question (4 points, 7 minutes)
#
# A network with two hidden ReLU layers was trained to read ten digits. What does its second hidden layer hand on? Compute
# it in NumPy. `kernels` and `biases` are lists of three arrays: two hidden layers and the output layer.


# %%
def handed_on(x, kernels, biases):
    """Outputs of the second hidden layer; x has the shape (n, inputs)."""
    ### BEGIN SOLUTION
    first = np.maximum(0, x @ kernels[0] + biases[0])
    return np.maximum(0, first @ kernels[1] + biases[1])
    ### END SOLUTION


# %%
sheet.check("handed on", handed_on)

# %% [markdown]
# Another question: *does the digit hold a closed loop*, as 0, 6, 8 and 9 do? ("No" is right for 60 %.) Logistic regression
# gets 50 images with this label, as pixels, or as what your function hands on. (The network has seen the digits of all.)

# %%
reader = keras.Sequential([keras.Input((64,)), layers.Dense(50, "relu"), layers.Dense(30, "relu")])
reader.add(layers.Dense(10, "softmax"))
reader.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
fit(reader, x_train, y_train, batch_size=50, epochs=20, verbose=0)
kernels, biases = reader.get_weights()[::2], reader.get_weights()[1::2]

# %% alt="Two rows of five dots each, validation accuracy for the closed loop: those of the hidden layer lie to the right of those of the pixels."
if sheet.solved("handed on"):
    loop, loop_val = np.isin(y_train, [0, 6, 8, 9]), np.isin(y_val, [0, 6, 8, 9])
    kinds = {"pixels": lambda x: x, "hidden layer": lambda x: handed_on(x, kernels, biases)}
    scores = {name: [] for name in kinds}
    for part in np.split(np.arange(250), 5):  # five times 50 images
        for name, kind in kinds.items():
            linear = LogisticRegression(max_iter=1000).fit(kind(x_train[part]), loop[part])
            scores[name].append(linear.score(kind(x_val), loop_val))
    ax = plot_spread(scores, title="Closed loop or not, from 50 images", xlabel="accuracy")

# %% [markdown]
# ## 7 · Repair: a network that learns only by heart (4 points, 9 minutes)
#
# The digits come in a file that is sorted by digit. So they are mixed, and 397 of them are kept for validation. The training
# accuracy climbs, and the validation accuracy stays at one in ten.

# %%
images, labels = sorted_digits()
rng = np.random.default_rng(SEED)
x, y = rng.permutation(images), rng.permutation(labels)
parts = x[:1400], y[:1400], x[1400:], y[1400:]
sick = keras.Sequential([keras.Input((8, 8)), layers.Rescaling(1 / 255), layers.Flatten()])
sick.add(layers.Dense(200, "relu"))
sick.add(layers.Dense(10, "softmax"))
adam = keras.optimizers.Adam(0.003)
sick.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
history = fit(sick, *parts[:2], validation_data=parts[2:], batch_size=50, epochs=40, verbose=0)
print({name: round(curve[-1], 2) for name, curve in history.history.items()})

# %% [markdown]
# Find the cause first; it is in this cell. Then write a function that mixes and splits the file in the right way.


# %%
def parted(images, labels):
    """x_train, y_train (1,400 images), x_val, y_val (the other 397); both parts hold all digits."""
    ### BEGIN SOLUTION
    order = np.random.default_rng(0).permutation(len(images))
    images, labels = images[order], labels[order]
    return images[:1400], labels[:1400], images[1400:], labels[1400:]
    ### END SOLUTION


# %%
sheet.check("cure", parted)

# %% [markdown]
# Now let `diagnose` look at the sick network. Does it name the cause that you found?

# %%
diagnose(sick, *parts[:2], history=history)

# %% [markdown]
# <details><summary>Why not?</summary>
#
# It sees that training and validation are far apart, and calls it by its name: overfitting. That is what happens. *Why* it
# happens, the numbers do not show: each label is a proper label, and each image a proper image. Only looking at images
# together with their labels shows it.
#
# </details>
#
# ## How far are you?

# %%
sheet.summary()
