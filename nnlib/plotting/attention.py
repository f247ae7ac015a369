# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Attention weights: which token looks at which."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike

from ._style import ink_on, new_axes, set_text, set_title, styled
from .animation import Animation, record

_MOST_NUMBERS = 6  # tokens up to which every weight is written into its cell


@styled
def plot_attention(
    weights: ArrayLike,
    queries: Sequence[str],
    keys: Sequence[str] | None = None,
    *,
    title: str = "Which token looks at which",
    ax: Axes | None = None,
) -> Axes:
    """Draw attention weights as a map: one row per token that looks, one column per token that is looked at.

    Parameters
    ----------
    weights : array_like, shape (n_queries, n_keys)
        Attention weights of one head: from 0 to 1, the sum of each row is 1. Up to six columns their numbers are
        written into the map.
    queries : sequence of str, length n_queries
        The tokens that look.
    keys : sequence of str, length n_keys, optional
        The tokens that are looked at; by default the same.
    title : str
        Title of the figure.
    ax : Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        Where the shape does not fit the names, or a row is no set of shares.

    Examples
    --------
    >>> ax = plot_attention([[1.0, 0.0], [0.25, 0.75]], ["the", "fox"])
    >>> [text.get_text() for text in ax.texts]
    ['1.00', '0.00', '0.25', '0.75']
    """
    keys = queries if keys is None else keys
    shares = _checked(weights, (len(queries), len(keys)))
    ax = new_axes(ax, size=_size(len(queries), len(keys)))
    image = _draw_map(ax, shares, queries, keys)
    if len(keys) <= _MOST_NUMBERS:
        for (row, column), share in np.ndenumerate(shares):
            color = ink_on(image.to_rgba(share))
            ax.text(column, row, f"{share:.2f}", ha="center", va="center", fontsize=12, color=color)
    set_text(ax, title=title, xlabel="looks at", ylabel="this token")
    return ax


@styled
def animate_attention(
    weights: ArrayLike,
    queries: Sequence[str],
    keys: Sequence[str] | None = None,
    *,
    epochs: Sequence[int],
    alt: str = "A map of attention weights changes while the network learns.",
) -> Animation:
    """Film the attention weights of one head while a network learns.

    Parameters
    ----------
    weights : array_like, shape (n_frames, n_queries, n_keys)
        The map of each frame, as for `plot_attention`.
    queries : sequence of str, length n_queries
        The tokens that look.
    keys : sequence of str, length n_keys, optional
        The tokens that are looked at; by default the same.
    epochs : sequence of int, length n_frames
        The epoch of each frame.
    alt : str
        What the animation shows, for a reader who cannot see it.

    Returns
    -------
    Animation

    Raises
    ------
    ValueError
        Where the shape does not fit the names and epochs, or a row is no set of shares.

    Examples
    --------
    >>> len(animate_attention([[[0.5, 0.5]], [[0.1, 0.9]]], ["a"], ["a", "b"], epochs=[0, 10]))
    2
    """
    keys = queries if keys is None else keys
    shares = _checked(weights, (len(epochs), len(queries), len(keys)))
    figure, ax = plt.subplots(figsize=_size(len(queries), len(keys)))
    image = _draw_map(ax, shares[0], queries, keys)
    set_text(ax, title=" ", xlabel="looks at", ylabel="this token")
    headline = set_title(ax, " ")

    def update(i: int) -> None:
        image.set_data(shares[i])
        headline.set_text(f"Attention after epoch {epochs[i]}")

    animation = record(figure, update, len(epochs), moving=[image, headline, *ax.spines.values()], alt=alt)
    plt.close(figure)
    return animation


def _size(n_queries: int, n_keys: int) -> tuple[float, float]:
    """Width and height of a map in inches."""
    cell = 0.75 if n_keys <= _MOST_NUMBERS else 0.45
    return cell * n_keys + 2.0, cell * n_queries + 1.6


def _draw_map(ax: Axes, shares: np.ndarray, queries: Sequence[str], keys: Sequence[str]) -> AxesImage:
    """Draw the map itself, white for 0 and dark for 1, with the tokens at its sides."""
    image = ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    ax.set_xticks(range(len(keys)), keys, fontsize=12)
    ax.set_yticks(range(len(queries)), queries, fontsize=12)
    ax.spines[:].set_visible(True)
    ax.tick_params(length=0)
    return image


def _checked(weights: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """The weights as an array of this shape whose rows are shares."""
    shares = np.asarray(weights, dtype=float)
    if shares.shape != shape:
        raise ValueError(f"weights must have the shape {shape}, one number per pair of tokens, got {shares.shape}")
    if not (np.all(shares >= 0) and np.allclose(shares.sum(axis=-1), 1, atol=1e-3)):
        worst = float(shares.sum(axis=-1).flat[np.abs(shares.sum(axis=-1) - 1).argmax()])
        raise ValueError(
            f"each row of weights must hold shares, from 0 on with the sum 1, got a row with the sum {worst:.3g} and "
            f"a smallest weight of {shares.min():.3g}; give the weights after the softmax"
        )
    return shares
