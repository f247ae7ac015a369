# %% [markdown]
# # Exercises to lesson 13 · Attention
#
# Seven exercises, about 45 minutes. [Lesson 13](../13_attention.ipynb) teaches what they ask for.
#
# Put your answer in place of the dots, run the cell, then run the check below it. A check says ✓ (right), ✗ (wrong, and
# what is wrong), or ○ (not done yet). You may try as often as you like. *Hint* opens when you click on it.

# %%
from nnlib.training import fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks.lesson_13 import LENGTH, exercises, patterns
from nnlib.diagnosis import diagnose
from nnlib.models import PositionEmbedding
from nnlib.plotting import plot_attention

import keras
import numpy as np
from keras import layers

SEED = 0  # your teacher may give you another number: the tasks on paper then have other numbers
set_seed(SEED)
sheet = exercises(SEED)

# %% [markdown]
# ## 1 · On paper: shares (4 points, 7 minutes)
#
# Scaled dot-product attention: one query looks at three tokens. Which share does each of the three get, and what is the
# output? A pocket calculator helps with the powers; give three digits after the point.

# %%
sheet.task("shares")

# %%
first, second, third, output = ..., ..., ..., ...
### BEGIN SOLUTION
# scores: 2 + 2 + 1 + 2 = 7, 8 and 5; divided by √4: 3.5, 4 and 2.5
powers = np.exp([3.5, 4, 2.5])
first, second, third = powers / powers.sum()
output = 6 * first + 7 * second + 4 * third
### END SOLUTION

# %%
sheet.check("shares", (first, second, third, output))

# %% [markdown]
# ## 2 · By code: attention that does not look ahead (4 points, 9 minutes)
#
# Scaled dot-product attention with a causal mask, for one sequence. Return two arrays: the outputs and the weights.


# %%
def causal_attention(query, key, value):
    """Outputs and weights; query and key have the shape (tokens, d), value (tokens, width)."""
    ### BEGIN SOLUTION
    scores = query @ key.T / np.sqrt(key.shape[1])
    later = np.triu(np.ones(scores.shape, dtype=bool), k=1)
    scores = np.where(later, -np.inf, scores)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = powers / powers.sum(axis=1, keepdims=True)
    return weights @ value, weights
    ### END SOLUTION


# %%
sheet.check("causal attention", causal_attention)

# %% alt="A map of attention weights, five rows and five columns. The cells above the diagonal hold 0, the first row begins with 1, and each row has the sum 1."
if sheet.solved("causal attention"):
    words = ["the", "fox", "saw", "the", "moon"]
    tokens = np.random.default_rng(SEED).normal(size=(4, 4))[[0, 1, 2, 0, 3]]  # "the" twice
    weights = causal_attention(tokens, tokens, tokens)[1]
    ax = plot_attention(weights, words, title="Nobody looks ahead")

# %% [markdown]
# ## 3 · On paper: why √d? (2 points, 4 minutes)
#
# Which standard deviation do the scores have before the division by √d, and which after it?

# %%
sheet.task("spread")

# %%
undivided, divided = ..., ...
### BEGIN SOLUTION
# a product has the variance 3² · 5² = 225, a sum of 256 of them 256 · 225
undivided, divided = 16 * 15, 15
### END SOLUTION

# %%
sheet.check("spread", (undivided, divided))

# %% [markdown]
# ## 4 · Predict: the fox and the moon (2 points, 3 minutes)
#
# "the fox saw the moon" and "the moon saw the fox" go through one attention layer without positions and without a mask.
# What about the output for the word "fox"?
#
# - **a** It differs, since the word stands at another place.
# - **b** It is the same in both sentences.
# - **c** In the second sentence it is what the output for "moon" was in the first one.
# - **d** It is the same with one head, and differs with several.

# %%
fox = ...  # one letter
### BEGIN SOLUTION
fox = "b"
### END SOLUTION

# %%
sheet.check("order", fox)

# %% [markdown]
# Run the next cell after your prediction. The second line is with a causal mask: there "fox" sees only the words up to
# itself, two in one sentence and all five in the other.

# %%
the, fox_vector, saw, moon = np.random.default_rng(SEED).normal(size=(4, 8))
one = np.stack([the, fox_vector, saw, the, moon])[None]
other = np.stack([the, moon, saw, the, fox_vector])[None]
looks = layers.MultiHeadAttention(2, 4)
for causal in (False, True):
    outputs = [looks(row, row, use_causal_mask=causal)[0] for row in (one, other)]
    change = np.abs(outputs[0][1] - outputs[1][4]).max()
    print(f"causal mask {causal}: the output for fox changes by {change:.6f}")

# %% [markdown]
# ## 5 · By code: parameters (4 points, 7 minutes)
#
# A language model as in the lesson: a table for the tokens, a table for the positions, `n_blocks` Transformer blocks (the
# hidden layer of their MLP is *twice* as wide, and every matrix has biases), a last layer normalization, and a `Dense`
# layer with biases that gives one logit per token of the vocabulary. Return the number of parameters of the whole model.


# %%
def count(vocabulary, context, width, n_blocks):
    """Number of parameters; context is the number of places."""
    ### BEGIN SOLUTION
    tables = (vocabulary + context) * width
    blocks = n_blocks * (8 * width**2 + 11 * width)
    return tables + blocks + 2 * width + (width + 1) * vocabulary
    ### END SOLUTION


# %%
sheet.check("parameters", count)

# %% [markdown]
# ## 6 · Repair: too good to be true (4 points, 9 minutes)
#
# Rows of digits: three random ones, repeated again and again. At each place the model should name the next digit. At the
# first two places nobody can know it, and a row has 11 places, so on new rows no honest loss lies below 2 · ln(10) / 11 =
# 0.42. (This network without its fault gets to about 0.7.)

# %%
x_train, y_train, x_test, y_test = patterns()
numbers = keras.Input((LENGTH,), dtype="int32")
tokens = PositionEmbedding(LENGTH)(layers.Embedding(10, 32)(numbers))
looked = layers.MultiHeadAttention(1, 32)(tokens, tokens)
sick = keras.Model(numbers, layers.Dense(10)(looked))
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
sick.compile(keras.optimizers.Adam(0.01), loss)
history = fit(sick, x_train, y_train, batch_size=100, epochs=10, verbose=0).history
print("losses:", *np.round(history["loss"], 3))


# %%
def write(model, start):
    """Put the likeliest next digit behind the start, again and again."""
    row = np.zeros((1, LENGTH), dtype="int32")
    row[0, : len(start)] = start
    for place in range(len(start), LENGTH):
        row[0, place] = np.argmax(model(row)[0, place - 1])
    return row[0].tolist()


print("3 1 4 goes on:", write(sick, [3, 1, 4]))

# %% [markdown]
# Nearly no loss, and it writes nonsense. Find the cause. Then return a model that is right from the third place on in at
# least 90 % of the places of other rows.


# %%
def cured(x_train, y_train):
    """Return a trained model: rows (n, 11) of digits to logits (n, 11, 10)."""
    ### BEGIN SOLUTION
    row = keras.Input((LENGTH,), dtype="int32")
    vectors = PositionEmbedding(LENGTH)(layers.Embedding(10, 32)(row))
    seen = layers.MultiHeadAttention(1, 32)(vectors, vectors, use_causal_mask=True)
    model = keras.Model(row, layers.Dense(10)(seen))
    model.compile(keras.optimizers.Adam(0.01), loss)
    fit(model, x_train, y_train, batch_size=100, epochs=10, verbose=0)
    return model
    ### END SOLUTION


# %%
sheet.check("leak", cured)

# %% [markdown]
# Now let `diagnose` look at the sick model. Does it name the cause that you found?

# %%
diagnose(sick, x_train, y_train)

# %% [markdown]
# ## 7 · Transfer: bits, when tokens are pieces of words (4 points, 6 minutes)
#
# A model reads pieces of words. To compare it with a model of characters, one needs its bits per *character*. You have the
# logits of each place, the token that really came there, and how many characters it has. Compute the bits per character,
# with the shares at the given temperature.


# %%
def bits_per_character(logits, targets, lengths, temperature):
    """One number; logits (tokens, vocabulary), targets and lengths (tokens,)."""
    ### BEGIN SOLUTION
    powers = np.exp(logits / temperature)
    shares = powers / powers.sum(axis=1, keepdims=True)
    right = shares[np.arange(len(targets)), targets]
    return -np.log2(right).sum() / lengths.sum()
    ### END SOLUTION


# %%
sheet.check("bits", bits_per_character)

# %% [markdown]
# ## How far are you?

# %%
sheet.summary()
