# %% [markdown]
# # Exercises to lesson 11 · Overfitting
#
# Seven exercises, about 44 minutes. [Lesson 11](../11_overfitting.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_11 import exercises, few_moons
from nnlib.diagnosis import diagnose
from nnlib.plotting import plot_curves, plot_decision_boundary

import keras
import numpy as np
from keras import layers

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: bias and variance (4 points, 6 minutes)
#
# Divide the mean squared error of these answers into its two parts, "bias² and noise" (one number) and the variance. Give
# three significant digits (0.0123, not 0.01).

# %%
sheet.task("bias and variance")

# %%
bias_and_noise, variance = ..., ...
### BEGIN SOLUTION
# average 0.4; distances to it 0.5, −0.2, −0.3
bias_and_noise = (0.4 - 0) ** 2
variance = (0.25 + 0.04 + 0.09) / 3
### END SOLUTION

# %%
sheet.check("bias and variance", (bias_and_noise, variance))

# %% [markdown]
# ## 2 · On paper: one step of a penalty (4 points, 6 minutes)
#
# There are no data, only a penalty. Where is the weight after one step of SGD, with the L1 penalty λ|w|? And with the L2
# penalty λw² (written as Keras does, without ½)? Each starts from the given weight. Give all digits.

# %%
sheet.task("penalty step")

# %%
with_l1, with_l2 = ..., ...
### BEGIN SOLUTION
with_l1 = -0.6 - 0.2 * 0.2 * (-1)
with_l2 = -0.6 - 0.2 * 2 * 0.2 * (-0.6)
### END SOLUTION

# %%
sheet.check("penalty step", (with_l1, with_l2))

# %% [markdown]
# ## 3 · By code: dropout as Keras does it (4 points, 7 minutes)
#
# `h` holds the outputs of a layer, shape (samples, units). `kept` has the same shape and is True for each unit that stays
# on; it was drawn so that each unit is silent with probability `p`. Return what a dropout layer gives, in training
# (`training` is True) and at prediction (False).


# %%
def dropout(h, kept, p, training):
    """Outputs after dropout, of the same shape as h."""
    ### BEGIN SOLUTION
    if not training:
        return h
    return np.where(kept, h / (1 - p), 0.0)
    ### END SOLUTION


# %%
sheet.check("dropout", dropout)

# %% [markdown]
# ## 4 · By code: patience (4 points, 8 minutes)
#
# `values` holds the validation loss after each epoch. Return two epochs, counted from 1: the one in which training ends,
# and the one whose weights come back with `restore_best_weights=True`. Training ends as soon as `patience` epochs in a row
# have brought no new best value; if that never happens, in the last epoch.


# %%
def stop_early(values, patience):
    """Two whole numbers: the epoch in which training ends, and the best epoch until then."""
    ### BEGIN SOLUTION
    best_epoch = 1
    for epoch, value in enumerate(values, start=1):
        if value < values[best_epoch - 1]:
            best_epoch = epoch
        if epoch - best_epoch >= patience:
            return epoch, best_epoch
    return len(values), best_epoch
    ### END SOLUTION


# %%
sheet.check("patience", stop_early)

# %% [markdown]
# When your function is right, it draws what each patience reaches on a curve with a bump. How patient must one be here?

# %% alt="Best value over the patience from 1 to 8: it falls in steps, and from a patience of 4 on it is the lowest."
if sheet.solved("patience"):
    curve = [0.9, 0.7, 0.72, 0.6, 0.65, 0.64, 0.66, 0.5, 0.55, 0.6, 0.7, 0.8]
    reached = [curve[int(stop_early(curve, patience)[1]) - 1] for patience in range(1, 9)]
    ax = plot_curves(
        range(1, 9), {"best value": reached},
        title="What each patience reaches", xlabel="patience", ylabel="validation loss",
    )  # fmt: skip

# %% [markdown]
# ## 5 · Predict: two curves (2 points, 3 minutes)
#
# A network for two equally frequent classes has a training cross-entropy of 0.68 and a validation cross-entropy of 0.69. Both
# curves are flat. What do you try first?
#
# - **a** Dropout.
# - **b** Another learning rate, a weaker penalty or a larger network.
# - **c** More data.
# - **d** Nothing: the gap is tiny, the model is ready for the test.

# %%
first_try = ...  # one letter
### BEGIN SOLUTION
first_try = "b"
### END SOLUTION

# %%
sheet.check("two curves", first_try)

# %% [markdown]
# ## 6 · Transfer: a fair choice (4 points, 6 minutes)
#
# Somebody has tried several settings, three runs each. `validation` and `test` hold cross-entropies, one row per setting
# and one column per run. Return the row that a fair procedure chooses, and the number that one may report for it.


# %%
def choose(validation, test):
    """Number of the chosen row, counted from 0, and the score to report."""
    ### BEGIN SOLUTION
    row = int(validation.mean(axis=1).argmin())
    return row, test[row].mean()
    ### END SOLUTION


# %%
sheet.check("fair choice", choose)

# %% [markdown]
# ## 7 · Repair: sure and wrong (4 points, 8 minutes)
#
# This network is right about all of its 40 training points. Look at its two losses at the end.

# %%
set_seed(0)  # the same start for everybody
x, y, x_val, y_val = few_moons()
sick = keras.Sequential(
    [
        keras.Input((2,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
sick.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
watch = {"validation_data": (x_val, y_val), "validation_batch_size": 500, "verbose": 0}
history = fit(sick, x, y, batch_size=20, epochs=100, **watch).history
print(f"training   {history['loss'][-1]:.2f}, accuracy {history['accuracy'][-1]:.2f}")
print(f"validation {history['val_loss'][-1]:.2f}, accuracy {history['val_accuracy'][-1]:.2f}")

# %% [markdown]
# Return a trained model that is better on new points: cross-entropy at most 0.55. Train on the 40 points alone; the 500 are
# for choosing. The check has new points of its own.


# %%
def cured(x, y, x_val, y_val):
    """Return a trained model with one sigmoid output; x and y have 40 rows, x_val and y_val 500."""
    ### BEGIN SOLUTION
    price = keras.regularizers.L2(0.003)
    hidden = [layers.Dense(64, activation="relu", kernel_regularizer=price) for _ in range(2)]
    model = keras.Sequential([keras.Input((2,)), *hidden, layers.Dense(1, activation="sigmoid")])
    watched = "binary_crossentropy"  # as a metric: val_loss contains the penalty
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=[watched])
    options = {"mode": "min", "patience": 15, "restore_best_weights": True}
    stopper = keras.callbacks.EarlyStopping(f"val_{watched}", **options)
    looking = {"validation_data": (x_val, y_val), "callbacks": [stopper]}
    fit(model, x, y, batch_size=20, epochs=100, verbose=0, **looking)
    return model
    ### END SOLUTION


# %%
sheet.check("cure", cured)

# %% [markdown]
# Now let `diagnose` look at the sick network. Does it name what you found?

# %%
diagnose(sick, x, y, history=history, validation_data=(x_val, y_val))

# %% [markdown]
# When your model is right, here is its border.

# %% alt="The border of the cured model between the 40 points: smooth, with wide pale bands."
if sheet.solved("cure"):
    model = cured(x, y, x_val, y_val)
    ax = plot_decision_boundary(model, x, y, title="Doubt where the classes overlap")

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
