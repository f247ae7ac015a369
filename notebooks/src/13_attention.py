# %% [markdown]
# # 13 · Attention
#
# **How can a network read a sequence in which what matters stands at another place every time?**
#
# After this lesson you can
#
# - compute scaled dot-product attention for a few tokens by hand, and say what a query, a key and a value are;
# - say why scores are divided by √d, and measure what happens without it;
# - say what attention cannot see without positions, and what a causal mask hides;
# - build a Transformer block from its parts and count its parameters;
# - train a small language model, judge it in bits per character, and let it write at a temperature.
#
# | Builds on | Time on two CPU cores | Data |
# | --- | --- | --- |
# | lessons 02, 04, 05, 07: matrix products, softmax, cross-entropy, warm-up | under 1 minute | 320 small tales, written for this course |

# %%
from nnlib.training import Snapshots, fit, set_seed  # first: keeps TensorFlow quiet
from nnlib.checks import expect
from nnlib.data import load_tales
from nnlib.models import PositionEmbedding, transformer_block
from nnlib.plotting import animate_attention, plot_attention, plot_bars, plot_curves, plot_spread
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import textwrap
from collections import Counter
from ipywidgets import FloatSlider, interact

seed = set_seed()

# %% [markdown]
# The numbers to play with.

# %%
RUNS = 5
RATES = (0.001, 0.003, 0.01)  # learning rates that every model may choose from
LOOK_UP_ROWS = {"train": 4000, "validation": 1000, "test": 1000}
KINDS = {"Transformer": (32, ()), "MLP, 1 hidden": (16, (93,)), "MLP, 2 hidden": (12, (78, 71))}
CONTEXT = 64  # characters that the language model sees
WIDTH = 64  # numbers per character inside it
BATCH_SIZE = 16
EPOCHS = 5
TEMPERATURES = (0.3, 0.7, 1.5)
CAST = (  # the animals of the tales
    "badger bear beaver cat crow deer dog donkey duck fox frog goat goose hare hedgehog hen mole "
    "mouse otter owl pony sheep squirrel wolf"
)

# %% [markdown]
# ## Text as numbers
#
# A text is a **sequence**: its parts come in an order, and the order carries meaning. (Sound, a time series and a gene
# are sequences, too.) A network needs numbers, so the text is cut into pieces, and each different piece gets a number.
# A piece is called a **token**, the list of all different pieces is the **vocabulary**. A token can be a word, a part
# of a word or a single character.
#
# The numbers are names and not sizes: word 3 is not three times word 1. So the network looks each number up in a table.
# Row $i$ of the table is the **embedding** of token $i$: a list of, say, three numbers, which training changes like
# every other weight. In Keras the table is an `Embedding` layer.
#
# **Your turn:** how many parameters has a table for 4 words with 3 numbers each? And for 50,000 tokens with 768 numbers
# each? Is there a bias?

# %%
sentence = ["the", "fox", "saw", "the", "moon"]
vocabulary = sorted(set(sentence))
number_of = {word: number for number, word in enumerate(vocabulary)}
numbers = np.array([number_of[word] for word in sentence])
print(vocabulary, numbers)
embedding = keras.layers.Embedding(len(vocabulary), 3)
tokens = keras.ops.convert_to_numpy(embedding(numbers))
print(tokens.round(3))
expect("parameters", embedding.count_params(), 12, 12)
print(f"50,000 tokens: {50_000 * 768:,} parameters")
one_hot = keras.utils.to_categorical(numbers, len(vocabulary))  # shape (5, 4)
difference = np.abs(one_hot @ embedding.get_weights()[0] - tokens).max()
expect("one-hot rows times the table − embedding", difference, high=1e-6)

# %% [markdown]
# No bias. Both rows of "the" are equal: at this stage a token has the same vector wherever it stands. Looking up a row
# is the same as multiplying a one-hot row ([lesson 05](05_losses.ipynb)) with the table, only faster. At the start the
# vectors are random and mean nothing. Training gives them a meaning: we come back to this.
#
# ## A weighted sum whose weights depend on the input
#
# A `Dense` layer computes weighted sums, and after training its weights stay as they are: the third input is always
# multiplied by the same weight. In a text the word that matters stands in the third place now and in the seventh next
# time. **Attention** is a weighted sum whose weights are computed anew from each input. It takes three steps.
#
# 1. Three matrices, the same for all tokens, turn each token into three vectors: a **query** (what am I looking for?),
#   a **key** (what can I be found by?) and a **value** (what do I hand over?).
# 2. The **score** of token $i$ for token $j$ is a dot product: query $i$ and key $j$ are multiplied number by number,
#   and the products are added up. It is divided by $\sqrt d$, where $d$ is the number of numbers in a key. Softmax
#   ([lesson 04](04_activations.ipynb)) turns the scores of token $i$ into shares that sum to 1, the **attention
#   weights**.
# 3. The output for token $i$ is the sum of all values, each times its share.
#
# For all tokens at once, with one row per token, this is
#
# $$\text{attention}(Q, K, V) = \text{softmax}\left(\frac{Q K^\top}{\sqrt d}\right) V$$
#
# where softmax works row by row, and $K^\top$ (`key.T`) is $K$ with rows and columns exchanged.
#
# Three tokens with four numbers each, and three small matrices:

# %%
names = ["fox", "saw", "moon"]
x = np.array([[1.0, 0, 1, 0], [0, 2, 0, 1], [1, 1, 0, 0]])
w_query = np.array([[1.0, 0], [0, 1], [1, 0], [0, 1]])
w_key = np.array([[0.0, 1], [1, 0], [0, 1], [1, 1]])
w_value = np.array([[1.0, 2], [0, 3], [1, 0], [2, 0]])
query, key, value = x @ w_query, x @ w_key, x @ w_value
columns = pd.MultiIndex.from_product([["query", "key", "value"], [1, 2]])
pd.DataFrame(np.column_stack([query, key, value]), names, columns)

# %% [markdown]
# **Your turn:** the row of "moon". Compute its three scores from its query and the three keys, and say which word gets
# the largest share. Then the division, softmax, and the first number of its output.
#
# <details><summary>Answer</summary>
#
# "moon" has the query (1, 1). Its scores are $1 \cdot 0 + 1 \cdot 2 = 2$ for "fox", $1 \cdot 3 + 1 \cdot 1 = 4$ for
# "saw" and $1 \cdot 1 + 1 \cdot 1 = 2$ for itself. "saw" has the largest score and gets the largest share.
#
# Divided by $\sqrt 2$ the scores are 1.414, 2.828 and 1.414. The powers $e^{1.414} = 4.11$, $e^{2.828} = 16.91$ and
# 4.11 add up to 25.13, so the shares are 0.16, 0.67 and 0.16. The first numbers of the values are 2, 2 and 1. The
# output begins with $0.164 \cdot 2 + 0.673 \cdot 2 + 0.164 \cdot 1 = 1.84$.
#
# </details>
#
# Now softmax and the weighted sum, as functions. The option `keepdims=True` keeps one column, so that each row is
# divided by its own sum. We need `hidden` a little later.


# %%
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def attention(query, key, value, hidden=False):
    """Outputs and weights; where `hidden` is True, a token must not look."""
    scores = query @ key.T / np.sqrt(key.shape[1])
    weights = softmax(np.where(hidden, -np.inf, scores))
    return weights @ value, weights


# %% alt="Attention weights of three tokens as a 3 by 3 map. Each row holds three shares with the sum 1; fox and moon give the largest share to saw, saw gives it to fox."
output, weights = attention(query, key, value)
print("output:", output.round(3).tolist())
expect("sum of a row, furthest from 1", np.abs(weights.sum(axis=1) - 1).max(), high=1e-12)
expect("share of saw in the row of moon", weights[2, 1], 0.66, 0.68)
expect("first number of moon's output", output[2, 0], 1.835, 1.845)
ax = plot_attention(weights, names, title="Each row is a set of shares")

# %% [markdown]
# Read it by rows: the output of "moon" is two thirds of the value of "saw" plus one sixth of the value of each of the
# other two. A token may also look at itself. Attention weights say where a token takes its numbers from in *this*
# layer. They do not say why the network gives its answer: what happens to these numbers later is not in the picture.
#
# ### The same in Keras
#
# The layer is called `MultiHeadAttention`. Here it has one head, with `key_dim` = 2 numbers in a key. It has one matrix
# more, which brings the outputs back to the width of the tokens. Keras gives a bias to each of the four;
# `use_bias=False` leaves it out. The layer is called with the tokens twice, since here they look at each other
# (*self-attention*): queries come from the first argument, keys and values from the second.

# %%
rng = np.random.default_rng(seed)
w_out = rng.normal(size=(2, 4))
layer = keras.layers.MultiHeadAttention(num_heads=1, key_dim=2, use_bias=False)
batch = x.reshape(1, 3, 4)  # a batch of one sequence
layer.build(batch.shape, batch.shape)
print([w.shape for w in layer.get_weights()], "the axis of length 1 counts the heads")
three = [w.reshape(4, 1, 2) for w in (w_query, w_key, w_value)]
layer.set_weights([*three, w_out.reshape(1, 2, 4)])
by_keras, weights_of_keras = layer(batch, batch, return_attention_scores=True)
expect("output by hand − Keras", np.abs(output @ w_out - by_keras[0]).max(), high=1e-5)
expect("weights by hand − Keras", np.abs(weights - weights_of_keras[0, 0]).max(), high=1e-5)

# %% [markdown]
# ### Several heads
#
# One softmax gives one set of shares, and mixes all that a token looks at into one sum. To keep two things apart, a
# token needs two sets. **Multi-head attention** does everything several times, each **head** with its own matrices, and
# adds up what comes out. Usually the heads share the width, so that several cost as much as one: each head reads all 4
# numbers of a token, but with two heads its queries, keys and values have 4 / 2 = 2 numbers. (Our single head above had
# no more than 2 as well, to keep the numbers few.)

# %%
two_heads = keras.layers.MultiHeadAttention(num_heads=2, key_dim=2, use_bias=False)
by_keras = two_heads(batch, batch)
wq, wk, wv, wo = two_heads.get_weights()  # (4, 2, 2) three times, and (2, 2, 4)
total = 0
for head in range(2):
    q, k, v = (x @ w[:, head] for w in (wq, wk, wv))
    total = total + attention(q, k, v)[0] @ wo[head]
expect("two heads by hand − Keras", np.abs(total - by_keras[0]).max(), high=1e-5)

# %% [markdown]
# ### A mask
#
# A network that writes must not see what comes next. A **causal mask** hides it: the scores of all later tokens are set
# to $-\infty$ before softmax, and $e^{-\infty} = 0$. The function `np.triu(…, k=1)` keeps what lies above the diagonal,
# which are the pairs in which the second token comes later.
#
# **Predict:** what does the first row of the weights look like?

# %% alt="The map of attention weights with a causal mask: the three cells above the diagonal are 0, the first row is 1, 0, 0."
later = np.triu(np.ones((3, 3), dtype=bool), k=1)
masked_output, masked_weights = attention(query, key, value, hidden=later)
by_keras = layer(batch, batch, use_causal_mask=True)
expect("masked by hand − Keras", np.abs(masked_output @ w_out - by_keras[0]).max(), high=1e-5)
ax = plot_attention(masked_weights, names, title="With a causal mask")

# %% [markdown]
# The first token can look only at itself, so its share is 1. Each row still has the sum 1.
#
# ## Why √d?
#
# Take random queries and keys with $d$ independent numbers each, with mean 0 and standard deviation 1. **Predict:**
# when $d$ grows from 4 to 1,024, what happens to the spread of the scores, and what does softmax make of them?
#
# We measure how evenly softmax shares with the **entropy** $-\sum_i p_i \log_2 p_i$, in bits. With 16 keys it is 4 when
# all shares are equal, and 0 when one key gets everything.


# %%
def entropy(shares):
    return -np.sum(shares * np.log2(np.maximum(shares, 1e-30)))


WIDTHS = (4, 16, 64, 256, 1024)
spread, bits, slope = {}, {"scores as they are": [], "divided by √d": []}, {}
for d in WIDTHS:
    draws = [rng.normal(size=(16, d)) @ rng.normal(size=d) for _ in range(300)]
    spread[d] = np.std(draws)
    for name, divisor in zip(bits, (1, np.sqrt(d)), strict=True):
        shares = [softmax(scores / divisor) for scores in draws]
        bits[name].append(np.mean([entropy(one) for one in shares]))
        slope[d, name] = np.mean([one * (1 - one) for one in shares])

# %% alt="Left: the spread of the scores grows with d as the square root of d, both axes logarithmic. Right: entropy of the softmax against d; without division it falls from above 2 bits to near 0, with division it stays near 3.4."
axes = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")[1]
measured = {"measured": list(spread.values()), "√d": np.sqrt(WIDTHS)}
plot_curves(WIDTHS, measured, log="xy", title="Spread of the scores", xlabel="d",
            ylabel="standard deviation", ax=axes[0])  # fmt: skip
plot_curves(WIDTHS, bits, log="x", title="How evenly softmax shares", xlabel="d",
            ylabel="entropy (bits), at most 4", ax=axes[1])  # fmt: skip
ratio = [spread[d] / np.sqrt(d) for d in WIDTHS]
expect("smallest spread / √d", min(ratio), low=0.9)
expect("largest spread / √d", max(ratio), high=1.1)
expect("entropy at 1,024 as they are", bits["scores as they are"][-1], high=0.5)
expect("entropy at 1,024, divided", bits["divided by √d"][-1], low=3.0)
lost = slope[1024, "divided by √d"] / slope[1024, "scores as they are"]
expect("mean slope s(1 − s) at 1,024: divided / as they are", lost, low=5)

# %% [markdown]
# A score is a sum of $d$ products. Each has variance 1, variances of independent numbers add up, so the standard
# deviation of the sum is $\sqrt d$. Undivided, at 1,024 softmax gives nearly everything to one key: it is saturated
# ([lesson 04](04_activations.ipynb)), and its slope $s\,(1 - s)$ is near 0. For most queries hardly any gradient then
# reaches them and their keys; for a few, where two scores are close, it can be large. The division takes this effect of
# $d$ away, at the start. Training may still make the scores large, where that helps.
#
# ## Order
#
# Exchange tokens of the sequence. **Predict:** how do the outputs change?

# %%
sequence = rng.normal(size=(1, 6, 8)).astype("float32")
order = np.array([3, 0, 5, 1, 4, 2])
look_around = keras.layers.MultiHeadAttention(num_heads=2, key_dim=4)
before = look_around(sequence, sequence)
after = look_around(sequence[:, order], sequence[:, order])
change = np.abs(after[0] - before.numpy()[0, order]).max()
expect("outputs of exchanged tokens − exchanged outputs", change, high=1e-5)

# %% [markdown]
# They are exchanged in the same way, and nothing else happens. To attention a sequence is a bag of words: it matters
# how often a word is in it, and not where. "the fox saw the moon" and "the moon saw the fox" give each word the same
# output. (With a causal mask a token knows at least what came before it.)
#
# The cure is to say in each token where it stands. A **position embedding** is a second table, with one row per
# *place*, and its row is added to the token.


# %%
class Positions(keras.layers.Layer):
    def build(self, shape):  # (batch, length, width)
        self.table = self.add_weight(shape=shape[1:], initializer="uniform")

    def call(self, tokens):
        return tokens + self.table


positions = Positions()
placed, moved = positions(sequence), positions(sequence[:, order])
before, after = look_around(placed, placed), look_around(moved, moved)
change = np.abs(after[0] - before.numpy()[0, order]).max()
expect("with positions: the same difference", change, low=1e-4)

# %% [markdown]
# Now it matters where a token stands. `nnlib.models.PositionEmbedding` is this layer for sequences up to a given
# length.
#
# Does it matter for a task? This one needs order and nothing else: **give eight digits back in reverse**. The network
# has three parts only: embedding, one attention layer, and one `Dense` layer that names the digit at each place. Two
# versions, without and with positions, five starts each. **Predict:** how many of the digits does the version without
# positions get right? (Guessing gets 0.10.)
#
# As in [lesson 07](07_optimizers.ipynb), a model is compiled once and set back before each run: new weights, and an
# optimizer without memory.

# %%
digits = rng.integers(0, 10, size=(1500, 8))
x_train, y_train = digits[:1000], digits[:1000, ::-1]
held_out = (digits[1000:], digits[1000:, ::-1])
often = np.mean([np.bincount(row).max() for row in held_out[0]]) / 8
rule = ("the row's most frequent digit at all places", often)


def reverser(with_positions):
    numbers = keras.Input((8,), dtype="int32")
    tokens = keras.layers.Embedding(10, 32)(numbers)
    if with_positions:
        tokens = PositionEmbedding(8)(tokens)
    looked = keras.layers.MultiHeadAttention(1, 32, name="attention")(tokens, tokens)
    return keras.Model(numbers, keras.layers.Dense(10)(looked))


# %%
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def compiled(model):
    model.compile(keras.optimizers.Adam(), loss)
    model.optimizer.build(model.trainable_variables)
    return model, [variable.numpy() for variable in model.optimizer.variables]


def train(model, memory, start, rate, data, **options):
    model.set_weights(start.get_weights())
    for variable, old in zip(model.optimizer.variables, memory, strict=True):
        variable.assign(old)
    model.optimizer.learning_rate = rate
    fit(model, *data, **({"batch_size": 64, "verbose": 0} | options))


# %% alt="Share of digits named right on new sequences, five runs each: without positions near 0.3, where the dashed line of the simple rule stands, and with positions near 1."
def accuracy(model, x, y):
    return np.mean(model.predict_on_batch(x).argmax(axis=-1) == y)


snapshots, reversed_right = Snapshots(), {"without positions": [], "with positions": []}
options = {"batch_size": 125, "epochs": 15, "callbacks": [snapshots]}  # 120 updates
for name, runs in reversed_right.items():
    model, memory = compiled(reverser(name == "with positions"))
    for _ in range(RUNS):
        start = reverser(name == "with positions")
        train(model, memory, start, 0.01, (x_train, y_train), **options)
        runs.append(accuracy(model, *held_out))
ax = plot_spread(reversed_right, title="Reversing: five runs", xlabel="share right", reference=rule)
expect("without positions, best run", max(reversed_right["without positions"]), high=often + 0.1)
expect("with positions, worst run", min(reversed_right["with positions"]), low=0.95)

# %% [markdown]
# Without positions the network knows which digits there are and not where. It does about as well as a simple rule: name
# the digit that occurs most often in the row. No learning rate can change that, since exchanged digits only exchange
# the outputs. With positions it solves the task.
#
# How? We look at the attention weights while it learns: one new sequence, the last of the five runs. The model up to
# the attention layer gives the tokens that go in.


# %%
watched = np.vstack([[3, 1, 4, 1, 5, 9, 2, 6], held_out[0]])  # one to look at, 500 to count
attention_layer = model.get_layer("attention")
before_attention = keras.Model(model.input, attention_layer.input[0])
maps = []
for weights in snapshots.weights:
    model.set_weights(weights)
    seen = before_attention(watched)
    maps.append(attention_layer(seen, seen, return_attention_scores=True)[1].numpy()[:, 0])
across = maps[-1][1:, np.arange(8), 7 - np.arange(8)].mean()
expect("mean share of the place across, 500 sequences", across, low=0.7)
alt = "A map of attention weights. A dark line grows across it, from lower left to upper right."
labels = [f"{place}: {digit}" for place, digit in enumerate("31415926", start=1)]
animate_attention([one[0] for one in maps], labels, epochs=snapshots.epochs, alt=alt)

# %% [markdown]
# At first every place looks everywhere alike. Then a line grows across the map: place 1 looks at place 8, place 2 at
# place 7, and so on. (The labels are place and digit.) On 500 other sequences, too, the place across gets most of the
# attention: what a place looks *at* depends on the positions, what it *takes* from there is the digit.
#
# (Reversing is easy for other networks as well: a single `Dense` layer over the whole one-hot row can do it, with one
# weight from every digit at every place of the input to every digit at every place of the output. The task below is not
# of this kind.)
#
# ## The Transformer block
#
# Attention brings numbers from one token to another. To compute with them, a **Transformer** puts a small MLP behind
# it, which works on each token by itself. Around both stand two aids for deep stacks:
#
# - A **residual connection** adds the input of a part to its output. If the part gives zeros, the tokens stay as they
#   are. On the way back the gradient has a path that no slope and no weight makes smaller ([lesson
#   04](04_activations.ipynb)).
# - **Layer normalization** subtracts from the numbers of a token their mean and divides them by their standard
#   deviation. Then it multiplies each by a learned scale and adds a learned shift. It looks at one token only, and at
#   no other sample.
#
# First the normalization by hand, then the block from its parts.

# %%
token_rows = rng.normal(loc=3, scale=5, size=(4, 6)).astype("float32")
centred = token_rows - token_rows.mean(axis=1, keepdims=True)
variance = token_rows.var(axis=1, keepdims=True) + 0.001  # as Keras: no division by 0
by_keras = keras.layers.LayerNormalization()(token_rows)  # scale 1 and shift 0 at the start
expect("normalized − Keras", np.abs(centred / np.sqrt(variance) - by_keras).max(), high=1e-5)


def block(tokens, n_heads, causal=False):
    width = tokens.shape[-1]
    normed = keras.layers.LayerNormalization()(tokens)
    attention = keras.layers.MultiHeadAttention(n_heads, width // n_heads)
    tokens = tokens + attention(normed, normed, use_causal_mask=causal)
    normed = keras.layers.LayerNormalization()(tokens)
    hidden = keras.layers.Dense(4 * width, activation="gelu")(normed)
    return tokens + keras.layers.Dense(width)(hidden)


# %% [markdown]
# **Your turn:** count the parameters of a block whose tokens have the width $d$. There are two normalizations, four
# square matrices in the attention (all heads together), and two in the MLP, which is four times as wide. Every matrix
# has biases.
#
# <details><summary>Answer</summary>
#
# Normalizations: $2 \cdot 2d$. Attention: $4 \cdot (d^2 + d)$. MLP: $4d^2 + 4d$ to the hidden layer, $4d^2 + d$ back.
# Together $12 d^2 + 13 d$. The number of heads does not matter, and neither does the length of the sequence: the same
# weights serve every place.
#
# </details>

# %%
tokens = keras.Input((CONTEXT, WIDTH))
from_parts = keras.Model(tokens, block(tokens, 4, causal=True))
from_nnlib = keras.Model(tokens, transformer_block(tokens, 4, causal=True))
for layer in from_parts.layers:
    if layer.count_params():
        print(f"{layer.name:<24} {layer.count_params():>7,}")
by_formula = 12 * WIDTH**2 + 13 * WIDTH
expect("parameters − 12d² − 13d", from_parts.count_params() - by_formula, 0, 0)
from_nnlib.set_weights(from_parts.get_weights())
some_tokens = rng.normal(size=(2, CONTEXT, WIDTH)).astype("float32")
expect("ours − nnlib", np.abs(from_parts(some_tokens) - from_nnlib(some_tokens)).max(), high=1e-5)

# %% [markdown]
# So `nnlib.models.transformer_block` is what we wrote, and we use it from here on. (In the first Transformer, of 2017,
# the normalization came after the addition. Today it mostly stands before the part, as here.)
#
# ## A task for attention: look it up
#
# Eight letters, each with a digit, in a random order. Then the question: which digit belongs to *this* letter?
#
# `c4 h0 a7 e7 b1 g5 d2 f9 | b?` → `1`
#
# Each pair is one token, so there are 8 · 10 pair tokens and 8 question tokens. The letters *a* to *h* count as 0 to 7.
# The pair b3 is token 10 · 1 + 3 = 13, and the question b? is token 80 + 1 = 81.
#
# Three networks with the same number of parameters, give or take 1 %: one Transformer block, whose last token gives the
# answer, and two MLPs, which see the embeddings of all nine tokens side by side.


# %%
def look_up_data(n):
    rows, answers = [], []
    for _ in range(n):
        letters, values = rng.permutation(8), rng.integers(0, 10, size=8)
        asked = rng.integers(0, 8)  # the place of the letter that is asked for
        rows.append([*(10 * letters + values), 80 + letters[asked]])
        answers.append(values[asked])
    return np.array(rows, dtype="int32"), np.array(answers)


look_up = {part: look_up_data(n) for part, n in LOOK_UP_ROWS.items()}
print(look_up["train"][0][0], "→", look_up["train"][1][0])


# %%
def look_up_model(kind):
    width, units = KINDS[kind]  # numbers per token, units of the hidden layers
    numbers = keras.Input((9,), dtype="int32")
    tokens = keras.layers.Embedding(88, width)(numbers)
    if kind == "Transformer":
        hidden = transformer_block(tokens, n_heads=1)[:, -1]
    else:
        hidden = keras.layers.Flatten()(tokens)
    for n in units:
        hidden = keras.layers.Dense(n, activation="relu")(hidden)
    return keras.Model(numbers, keras.layers.Dense(10)(hidden))


print({kind: look_up_model(kind).count_params() for kind in KINDS})

# %% [markdown]
# Every network makes the same number of updates on the same data. Each has its learning rate chosen from the same
# three, by the validation accuracy of one run. Four more runs follow with the chosen rate. Then the test part gives the
# scores, once, for all.
#
# **Predict:** how far does each network get? Guessing gets 0.10. The dashed line of the figure is a simple rule: always
# give the digit that occurs most often in the row.

# %%
models, kept, best_rate = {}, {}, {}


def validated(kind, rate, run):  # trains, keeps the weights, gives the validation accuracy
    train(models[kind], memory, look_up_model(kind), rate, look_up["train"], epochs=4)
    kept[kind, rate, run] = models[kind].get_weights()
    return accuracy(models[kind], *look_up["validation"])


for kind in KINDS:
    models[kind], memory = compiled(look_up_model(kind))
    tried = {rate: validated(kind, rate, 0) for rate in RATES}
    best_rate[kind] = max(tried, key=tried.get)
    for run in range(1, RUNS):
        validated(kind, best_rate[kind], run)

# %% alt="Test accuracy of five runs each: the Transformer is near 1, both MLPs lie between 0.15 and 0.35."
right = {kind: [] for kind in KINDS}
for kind in KINDS:
    for run in range(RUNS):
        models[kind].set_weights(kept[kind, best_rate[kind], run])
        right[kind].append(accuracy(models[kind], *look_up["test"]))
print("chosen rates:", best_rate)
pairs = zip(*look_up["test"], strict=True)
often = np.mean([np.bincount(row[:8] % 10).argmax() == answer for row, answer in pairs])
ax = plot_spread(right, title="Look it up: five runs each", xlabel="test accuracy",
                 reference=("the row's most frequent digit", often))  # fmt: skip
expect("Transformer, worst run", min(right["Transformer"]), low=0.9)
best_mlp = max(right["MLP, 1 hidden"] + right["MLP, 2 hidden"])
expect("MLPs, best run − simple rule", best_mlp - often, high=0.1)

# %% [markdown]
# Every Transformer looks nearly everything up. The MLPs of this size, after the same number of updates, get at most to
# about the simple rule; here they stay below it. (Learning rates outside the three, 0.0003 and 0.03, gave less, in one
# run each.) A likely reason: an MLP has weights for each letter at each place and has to learn each of these cases by
# itself.
#
# How does the Transformer do it? Here are the attention weights of the question token, as means over 500 rows of the
# test part: one row of the map for each place at which the right pair can stand, one column for each place that is
# looked at.

# %% alt="Map of mean attention weights, eight rows by nine columns. The diagonal is dark: wherever the right pair stands, the question gives it most of the weight. The last column, the question itself, is light."
model = models["Transformer"]
model.set_weights(kept["Transformer", best_rate["Transformer"], 0])
(layer,) = (one for one in model.layers if isinstance(one, keras.layers.MultiHeadAttention))
rows = look_up["test"][0][:500]
seen = keras.Model(model.input, layer.input[0])(rows)
looks = layer(seen, seen, return_attention_scores=True)[1].numpy()[:, 0, -1]  # of the question
asked = np.array([list(row[:8] // 10).index(row[8] - 80) for row in rows])  # the right place
mean_looks = [looks[asked == place].mean(axis=0) for place in range(8)]
places = [str(place) for place in range(1, 9)]
ax = plot_attention(mean_looks, places, [*places, "?"], title="Where the question looks")
ax.set_ylabel("the right pair stands at")
expect("mean share of the right pair", looks[np.arange(500), asked].mean(), low=0.6)

# %% [markdown]
# The query of the question fits the key of the pair that holds its letter, and the value of that pair holds the digit.
# This is where the names come from: query, key and value are the words of a look-up in a table. The places do not
# matter here, so the model needs no positions.
#
# Is this look really what gives the answer? **Predict** what happens to the answer if we change only the digit of the
# pair that is asked for, and what happens if we change the digits of all other pairs instead.

# %%
answers = model.predict_on_batch(rows).argmax(axis=1)
right_changed, others_changed = rows.copy(), rows.copy()
for row, place in enumerate(asked):
    moved = rows[row, :8] // 10 * 10 + (rows[row, :8] + 1) % 10  # the same letters, the next digits
    right_changed[row, place] = moved[place]
    others_changed[row, :8] = np.where(np.arange(8) == place, rows[row, :8], moved)
follows = model.predict_on_batch(right_changed).argmax(axis=1) == (answers + 1) % 10
stays = model.predict_on_batch(others_changed).argmax(axis=1) == answers
expect("answers that follow the pair asked for", follows.mean(), low=0.9)
expect("answers that stay when the others change", stays.mean(), low=0.9)

# %% [markdown]
# The answer follows the pair that is asked for, and the other pairs hardly matter. This was an experiment on the cause,
# so here the map does show where the answer comes from.
#
# **What does a vector mean?** The table of embeddings began with random numbers. Compare two rows by their **cosine
# similarity**: the dot product, divided by both lengths. It is 1 for the same direction, 0 for a right angle and −1 for
# opposite directions.

# %%
vectors = model.get_weights()[0][:80]  # the pair tokens
vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
similarity = vectors @ vectors.T
letter, digit = np.arange(80) // 10, np.arange(80) % 10
same_letter = np.equal.outer(letter, letter) & ~np.eye(80, dtype=bool)
same_digit = np.equal.outer(digit, digit) & ~np.eye(80, dtype=bool)
neither = ~(same_letter | same_digit | np.eye(80, dtype=bool))
print(f"neither letter nor digit: mean similarity {similarity[neither].mean():.2f}")
for name, pairs in (("same letter", same_letter), ("same digit", same_digit)):
    print(f"{name}: mean similarity {similarity[pairs].mean():.2f}")
    expect("more than neither", similarity[pairs].mean() - similarity[neither].mean(), low=0.1)

# %% [markdown]
# Nobody told the network that token 13 (b3) shares its letter with token 17 (b7). Tokens that are used alike have got
# vectors that are on average more similar to one another than to the rest.
#
# ## A language model
#
# A **language model** gives the probability of the next token. Ours reads characters. Its training needs no labels: the
# text is its own label, moved by one place.
#
# The text: 320 small tales, written for this course. About 160 sentences were written by hand, and every tale
# puts eleven of them together, with animals of its own. 280 tales are for training, 40 others for the test.

# %%
train_text, test_text = load_tales()
print(textwrap.fill(train_text.splitlines()[0], 90))
characters = sorted(set(train_text))
number_of = {character: number for number, character in enumerate(characters)}


def encode(text):
    return np.array([number_of[character] for character in text], dtype="int32")


train_codes, test_codes = encode(train_text), encode(test_text)
print(
    f"{len(train_codes):,} characters to train, {len(test_codes):,} to test,",
    f"{len(characters)} different ones",
)

# %% [markdown]
# ### Baselines: how surprising is a character?
#
# The cross-entropy of [lesson 05](05_losses.ipynb), with the logarithm to base 2, counts **bits per character**: a
# model that gives the true character the probability ½ pays 1 bit, with ¼ it pays 2. In general, $b$ bits are the doubt
# between $2^b$ equally likely characters. Simple models:
#
# - all characters equally likely;
# - each as often as in the training text (0 characters before);
# - each as often as it follows the character before it;
# - the same with the 2, 4, 8 and 16 characters before it.
#
# No probability may be 0: a character that never followed before would cost infinitely many bits. So each count starts
# at a small number instead of 0: often at 1, and we also try less. **Predict** the bits of the first model, and by how
# much one character of context helps. Are more characters always better?


# %%
def bits_by_counting(before):  # what follows so many characters; a row, one number for each start
    together, alone = Counter(), Counter()
    for place in range(before, len(train_text)):
        together[train_text[place - before : place + 1]] += 1
        alone[train_text[place - before : place]] += 1
    places = range(before, len(test_text))
    counts = np.array([together[test_text[place - before : place + 1]] for place in places])
    totals = np.array([alone[test_text[place - before : place]] for place in places])
    shares = [(counts + start) / (totals + start * len(characters)) for start in STARTS]
    return [np.median(totals), np.mean(totals == 0), *(-np.log2(share).mean() for share in shares)]


# %%
STARTS = (1, 0.1, 0.01)  # of each count
table = {f"after {n}": bits_by_counting(n) for n in (0, 1, 2, 4, 8, 16)}
columns = ["times seen", "never seen", *(f"bits, start {s}" for s in STARTS)]
counting = pd.DataFrame(table, columns).T
baselines = {"all equal": np.log2(len(characters))} | counting.iloc[:, 2:].min(axis=1).to_dict()
print(f"all equal: {baselines['all equal']:.2f} bits")
counting.round(2)

# %% [markdown]
# "Times seen" says how often the characters before stood in the training text, in the middle of all places of the test
# (the median), "never seen" at which share of the places they never did. With the start of 1, four characters are
# better than two, and eight are worse than four. Is eight too much? A piece of eight was typically seen 25 times, which
# is not rare. But 47 ones are added, one per character, and they drown what was counted. We take this cause away: with
# a start of 0.01 eight characters are the best of all. Only 16 stay worse than eight, with each of these starts. With
# 0.01 the cause is another one: one piece in ten was never seen. After such a piece the count knows nothing and pays as
# many bits as "all equal".
#
# ### The model
#
# Windows of 64 characters are the inputs, the same windows moved by one character are the targets. With the causal mask
# a window gives 64 tasks at once: at each place, name the next character from those so far. Without the mask each place
# would see its answer, and the model would only copy it ([exercise 6](exercises/13_attention.ipynb)).


# %%
def windows(codes, n):
    starts = rng.integers(0, len(codes) - CONTEXT, size=n)
    rows = np.stack([codes[start : start + CONTEXT + 1] for start in starts])
    return rows[:, :-1], rows[:, 1:]


x_train, y_train = windows(train_codes, 3600)
x_test, y_test = windows(test_codes, 240)
numbers = keras.Input((CONTEXT,), dtype="int32")
tokens = keras.layers.Embedding(len(characters), WIDTH)(numbers)
tokens = PositionEmbedding(CONTEXT)(tokens)
for _ in range(2):
    tokens = transformer_block(tokens, n_heads=4, causal=True)
tokens = keras.layers.LayerNormalization()(tokens)
model = keras.Model(numbers, keras.layers.Dense(len(characters))(tokens))

# %% [markdown]
# Training begins with a **warm-up** ([lesson 07](07_optimizers.ipynb)): in the first tenth of the updates the learning
# rate rises from 0, then it falls along a cosine. This is how Transformers are usually trained. (The tiny networks
# above did without.) `jit_compile=True` lets TensorFlow's compiler XLA join the many small operations of a block. The
# loss has the natural logarithm: divided by $\ln 2$ it counts bits. (There is no validation part here. Rate, width and
# number of epochs come from a few trials on these tales, and the best counts were chosen by the test tales themselves:
# so both bits are a little flattered.)

# %%
n_steps = EPOCHS * len(x_train) // BATCH_SIZE
schedule = keras.optimizers.schedules.CosineDecay(
    0.0, decay_steps=9 * n_steps // 10, warmup_target=0.006, warmup_steps=n_steps // 10
)
model.compile(keras.optimizers.Adam(schedule), loss, jit_compile=True)
seen = n_steps * BATCH_SIZE * CONTEXT
print(f"{model.count_params():,} parameters, {n_steps} updates, {seen:,} characters seen")
history = fit(model, x_train, y_train, batch_size=BATCH_SIZE, epochs=EPOCHS)


# %% [markdown]
# Now the test tales. We keep the bits of each place in a window, since the first places see only a few characters.


# %%
def bits_by_place(model, x, y):  # 24 rows at a time: XLA compiles anew for every other number
    logits = [model.predict_on_batch(x[row : row + 24]) for row in range(0, len(x), 24)]
    losses = keras.losses.sparse_categorical_crossentropy(y, np.concatenate(logits), True)
    return keras.ops.convert_to_numpy(losses) / np.log(2)  # shape (rows, places)


by_place = bits_by_place(model, x_test, y_test)
bits_of_model = by_place.mean()
with_eight = by_place[:, 7:].mean()  # place 0 sees one character, place 7 eight

# %% alt="Bits per character as horizontal bars: all equal, after 0, 1, 2, 4, 8 and 16 characters, Transformer. From the first to eight characters each needs fewer than the one before; 16 need more than eight; the Transformer lies between four and eight characters."
bits = baselines | {"Transformer": bits_of_model}
bits_in_training = history.history["loss"][-1] / np.log(2)  # mean of the last epoch
print(f"in training {bits_in_training:.2f} bits per character")
print(f"in the test {bits_of_model:.2f}, where it sees at least eight characters {with_eight:.2f}")
title = "The fewer bits, the better the guess"
ax = plot_bars(bits, top=len(bits), title=title, xlabel="bits per character of the test tales")
expect("Transformer, bits per character", bits_of_model, high=1.0)
expect("after 4 / Transformer", baselines["after 4"] / bits_of_model, low=1)
expect("Transformer / after 8", bits_of_model / baselines["after 8"], low=1)
of_the_first = (bits_of_model - with_eight) / (bits_of_model - baselines["after 8"])
expect("share of the difference that the first seven places make", of_the_first, low=0.4)

# %% [markdown]
# (Each count stands here with its best start.) Looking at a few characters before is worth a lot already. The
# Transformer, which looks at up to 64, needs fewer bits than counts after four characters, and more than counts after
# eight: a plain baseline is ahead. A large part of the difference comes from the first seven places of a window, where
# the Transformer sees fewer than eight characters (second line printed). And its training is short: with 12 epochs
# instead of 5 it came to about the bits of the best counts in our trials. The counts are strong on this text, too: most
# sentences of the test tales occur in the training tales as well, with other animals. So counts of short pieces already
# know most of the text by heart, and the test does not show whether the model has learned more than that. On its
# training windows it needed somewhat fewer bits than in the test (the first two lines printed). English as people write
# it is much harder to guess.
#
# ## It writes
#
# To write, the model gives the probabilities of the next character, one is drawn, put behind the text, and so on.
# Before the draw the logits may be divided by a **temperature** ([lesson 05](05_losses.ipynb)). **Predict:** what does
# a low temperature do to the text, and what does a high one? First a single character: what may follow "Once there was
# a"? Move the slider.


# %% alt="Horizontal bars: the probabilities of the characters that may follow the beginning of a sentence, at temperature 1."
def next_logits(rows):  # of the character after each row, shape (rows, characters)
    seen = rows[:, -CONTEXT:]
    filled = np.zeros((len(rows), CONTEXT), dtype="int32")  # behind the text: masked anyway
    filled[:, : seen.shape[1]] = seen
    return model.predict_on_batch(filled)[:, seen.shape[1] - 1].astype("float64")


prompt = np.tile(encode("\nOnce there was a "), (24, 1))  # 24 equal rows
logits = next_logits(prompt)[0]


@interact(temperature=FloatSlider(value=1.0, min=0.1, max=3.0, step=0.1, description="temperature"))
def look_ahead(temperature):
    bars = {repr(characters[i]): softmax(logits / temperature)[i] for i in np.argsort(-logits)[:8]}
    plot_bars(bars, top=3, title="After “Once there was a ”", xlabel="probability")


# %% [markdown]
# At a low temperature the likeliest character gets nearly everything, at a high one the shares become alike. The order
# stays. Now eight tales for each of three temperatures, all 24 at once, with the same beginning.


# %%
def write(n_tales, length):
    temperatures = np.repeat(TEMPERATURES, n_tales)
    rows = prompt
    for _ in range(length):
        shares = softmax(next_logits(rows) / temperatures.reshape(-1, 1))
        drawn = [rng.choice(len(characters), p=share) for share in shares]
        rows = np.column_stack([rows, drawn])
    return ["".join(characters[number] for number in row[1:]) for row in rows]


written = write(n_tales=8, length=300)
for number, temperature in enumerate(TEMPERATURES):
    lines = written[8 * number].splitlines()
    print(f"temperature {temperature}:", *(textwrap.fill(line, 90) for line in lines), "", sep="\n")

# %% [markdown]
# A low temperature gives the safest characters. A high one also draws unlikely characters, and a word that has gone
# wrong is hard to end well. Even at the lowest temperature the text is worse than the bits above let you expect. Two
# possible reasons, which we have not tested: in the test each guess followed the characters of a tale, and here it
# follows what the model wrote itself, mistakes included; and the bits are a mean, in which many easy characters hide
# the few that decide. (A temperature does not make a model creative. It makes the draw more or less even.)
#
# How well are the words spelled, how much is copied, and does a tale keep its two animals, the hero and the helper?
# **Predict** the columns for the three temperatures. The last row shows the 40 test tales, cut to the same length.

# %%
cast, known, table = set(CAST.split()), set(train_text.split()), {}
groups = {f"temperature {t}": written[8 * i : 8 * i + 8] for i, t in enumerate(TEMPERATURES)}
groups["test tales"] = [tale[: len(written[0])] for tale in test_text.splitlines()]
for name, tales in groups.items():
    spelled = np.mean([word in known for tale in tales for word in tale.split()[:-1]])
    copied = np.mean([tale[i : i + 40] in train_text for tale in tales for i in range(0, 260, 10)])
    firsts = [tale.split("\n")[0].split() for tale in tales]
    animals = np.mean([len({word.strip('".,') for word in row} & cast) for row in firsts])
    table[name] = [spelled, copied, animals]
quality = pd.DataFrame(table, ["known words", "copied", "animals"]).T
coldest, middle, hottest, real = quality.to_numpy()  # a row each
expect("known words at 0.3", coldest[0], low=0.8)
expect("known words at 0.3 − at 1.5", coldest[0] - hottest[0], low=0)
expect("animals at 0.7 − in test tales", middle[2] - real[2], low=0)
quality.round(2)

# %% [markdown]
# "Known words" is the share of words that occur in the training text. "Copied" is the share of pieces of 40 characters
# that stand there letter by letter. A model that writes correct sentences of this text must copy much: they are built
# from only about 160 patterns, and even of the test tales most pieces stand in the training text. Ours copies far less;
# read one of its tales to see why. "Animals" is the number of different animals in one tale, up to its end or to the
# cut. A tale of the text has two (fewer where the cut comes before the second). The written tales have more: after some
# sentences the model names another animal. At 1.5 the number is too small where an animal is misspelled, or where a
# tale ends early. (Each temperature has only eight tales, so small differences may be luck.)
#
# ### What it cannot do
#
# Does it know English, or this text? We measure its bits on other English sentences.

# %%
prose = """A model that gives the true character a small share pays many bits. Training looks for
weights that make this number small. We measure it on text that was not used for training. The
result says how well the model fits this kind of text, and it says nothing about any other kind of
text that people write."""
codes = encode("".join(c for c in prose.replace("\n", " ") if c in number_of))
prose_rows = np.stack([codes[start : start + CONTEXT + 1] for start in range(0, 240, 10)])
bits_of_prose = bits_by_place(model, prose_rows[:, :-1], prose_rows[:, 1:]).mean()
shares = np.bincount(train_codes, minlength=len(characters)) / len(train_codes)
by_letters = -np.log2(shares[codes]).mean()
print(f"by the frequencies of the letters in the tales: {by_letters:.2f} bits")
expect("copied: test tales", real[1], low=0.5)
expect("bits per character on other prose", bits_of_prose, 4.5, 7)
expect("the same − by letters", bits_of_prose - by_letters, low=0)
expect("other prose / test tales", bits_of_prose / bits_of_model, low=4)

# %% [markdown]
# On other prose it needs more bits than the mere frequencies of the letters in the tales, not far from a model that
# knows nothing ("all equal" above). Plainly: this model
#
# - has learned which characters follow which in one small kind of text, and nothing about foxes;
# - sees 64 characters, about a sentence. A hero that was named before that does not exist for it;
# - has no aim, and does not know whether a sentence is true;
# - is lost in other English text, at least in the one that we tried.
#
# ## From here to large language models
#
# A **large language model** is built from the same parts, and our formula counts it: $12 d^2$ per block (biases and
# normalizations are small beside it), and $d$ per token of the vocabulary and per place. (GPT-2 and GPT-3 use the table
# of embeddings for the output as well. Our model has a `Dense` layer for it, which is not counted here.)

# %%
published = {  # blocks, width, tokens in the vocabulary, tokens in the context
    "this lesson": (2, WIDTH, len(characters), CONTEXT),
    "GPT-2 (2019)": (48, 1_600, 50_257, 1_024),
    "GPT-3 (2020)": (96, 12_288, 50_257, 2_048),
}
table = pd.DataFrame(published, ["blocks", "width", "vocabulary", "context"]).T
table["parameters"] = (
    12 * table.blocks * table.width**2 + (table.vocabulary + table.context) * table.width
)
expect("GPT-2, billions (published: 1.5)", table.parameters["GPT-2 (2019)"] / 1e9, 1.5, 1.6)
expect("GPT-3, billions (published: 175)", table.parameters["GPT-3 (2020)"] / 1e9, 174, 176)
table.map("{:,}".format)

# %% [markdown]
# The tokens of these models are words and parts of words. GPT-3 was trained on 300 billion tokens, ours on about a
# million characters, the same ones several times. To become an assistant that answers questions, such a model usually
# gets a second training, on examples of good answers and on people's judgements of answers. Much of what such models
# can do came with size and was not built in by hand. The limits of this lesson remain: the model sees a window, it
# draws likely tokens, and no part of it was built to check whether a sentence is true. That a text is fluent says
# little about whether it is right.
#
# ## Recap
#
# - Attention is a weighted sum whose weights are computed from the input: scores of queries and keys, softmax, a sum of
#   values.
# - Scores of $d$ products have a spread of $\sqrt d$; divided by it, softmax does not saturate at the start.
# - Attention does not see order. Positions are added to the tokens; a causal mask hides what comes later.
# - A Transformer block is attention and an MLP, each with normalization before it and a residual connection around it.
#   It has $12 d^2 + 13 d$ parameters.
# - A small Transformer learned to look up a digit in a row. MLPs with as many parameters and updates did not.
# - A language model predicts the next token, and is judged in bits per token on text that it has not seen.
#
# ## Common mistakes
#
# - **No positions**, or an `Embedding` called on fixed numbers while the model is built, as in
#   `Embedding(8, 32)(np.arange(8))`: Keras takes its result for a constant, and it is never trained. A layer of its own
#   does it right.
# - **No causal mask** in a model that writes. The loss becomes far too good: a reason to look for a leak.
#   `nnlib.diagnosis.diagnose` names it.
# - **Targets that are not moved by one place.** Then the model repeats what it sees.
# - **Padding without a mask.** Short sequences are filled up with zeros, and attention looks at them like at words.
#   `Embedding(…, mask_zero=True)` hides them if every later layer hands the mask on. `PositionEmbedding` and
#   `transformer_block` of `nnlib` do; our own `Positions` and `block` lose it. And 0 must not be the number of a word.
# - **Softmax over the wrong axis.** Each *row* of the weights sums to 1: the shares of what one token looks at.
# - **Reading attention maps as reasons.** Change the input and see whether the answer follows.
# - **Judging a language model by text that it was trained on**, or by a few nice samples.
#
# ## Next
#
# Practise first: [seven exercises](exercises/13_attention.ipynb), about 45 minutes. Each check says what is wrong.
#
# This was the last lesson. You have built the main parts of today's networks by hand once: neurons, losses, gradients,
# optimizers, convolutions and attention. Take data of your own, begin with a baseline, and keep a test set for the end.
