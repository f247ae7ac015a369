# SPDX-FileCopyrightText: 2026 The authors of "Neural-network foundations, hands on" (nnlib)
# SPDX-License-Identifier: MIT
"""Small tales in plain English: a text for a small language model, written for this course.

The sentences below were written by hand. Each tale takes one of them for each of its parts, with a hero and a helper of
its own. So there are far more tales than sentences, and each tale is a story with a beginning and an end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from .randomness import Random

T = TypeVar("T")

N_TRAIN, N_TEST = 280, 40  # tales

ANIMALS = (
    *("badger", "bear", "beaver", "cat", "crow", "deer", "dog", "donkey", "duck", "fox", "frog", "goat"),
    *("goose", "hare", "hedgehog", "hen", "mole", "mouse", "otter", "owl", "pony", "sheep", "squirrel", "wolf"),
)
TRAITS = ("a young", "an old", "a small", "a fat", "a lazy", "a clever", "a brave", "a shy", "a proud", "a lonely")
PLACES = (
    *("in a green valley", "at the edge of a wood", "near a quiet river", "behind an old mill", "under a tall oak"),
    *("on a windy hill", "beside a small lake", "at the foot of a mountain", "in a wild garden", "close to the sea"),
)
TIMES = (
    *("One morning", "One cold evening", "One bright afternoon", "On a warm day in May", "Late in the autumn"),
    *("After three days of rain", "Early in the spring", "On the first day of the new year"),
)

OPENINGS = (
    "Once there was {trait} {hero} that lived {place}.",
    "There was once {trait} {hero}, and its home was {place}.",
    "{trait} {hero} lived {place}, far away from the others.",
    "Many years ago {trait} {hero} lived {place}.",
    "{trait} {hero} had a house {place}.",
    "This is the story of {trait} {hero} that lived {place}.",
)
HABITS = (
    "It slept a lot and worried about nothing.",
    "It counted the clouds every day and wrote the number down.",
    "It talked to nobody, because nobody ever came.",
    "It liked warm stones and long stories.",
    "It was never in a hurry.",
    "It could whistle two songs, and it liked the second one better.",
    "It got up before the sun and went to bed after the moon.",
    "It had a red scarf and was very proud of it.",
    "It was afraid of the dark, but it told no one.",
    "Its door was always open, and its kettle was always warm.",
)
# Each plot: what happens, what the trouble is, what the hero tries alone, how the helper helps, how it ends.
PLOTS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        (
            "{time} the {hero} saw a red apple high up in a tree.",
            "{time} the {hero} was hungry and found an apple tree.",
        ),
        ("The lowest branch was far too high.", "All the apples hung at the very top."),
        (
            "It jumped three times, and three times it fell on its back.",
            "It threw a stone at an apple, and the stone came down on its own nose.",
        ),
        (
            "The {helper} took a long stick and shook the branch.",
            "The {helper} let the {hero} stand on its shoulders.",
        ),
        (
            "The apple fell into the grass, and each of them ate one half.",
            "They picked so many apples that they could hardly walk home.",
        ),
    ),
    (
        (
            "{time} the {hero} wanted to cross the river to visit its sister.",
            "{time} the {hero} heard music from the other side of the river.",
        ),
        ("But the bridge was gone.", "But the water was fast and deep."),
        (
            "It put one foot into the water and took it out again.",
            "It built a boat out of leaves, and the boat sank at once.",
        ),
        (
            "The {helper} knew a place where flat stones lay close together.",
            "The {helper} found an old tree that lay across the water.",
        ),
        (
            "They walked to the other side, and their feet stayed dry.",
            "On the other side they danced until it was dark.",
        ),
    ),
    (
        (
            "{time} the {hero} came home and could not find its key.",
            "{time} the {hero} stood in front of its own door and could not get in.",
        ),
        (
            "It looked under the mat, and there was only a beetle.",
            "It had walked all day, and the key could be anywhere.",
        ),
        (
            "It tried to climb through the window and got stuck.",
            "It shouted at the door, but the door did not care.",
        ),
        (
            "The {helper} asked where the {hero} had been, one place after the other.",
            "The {helper} turned the bag of the {hero} upside down.",
        ),
        (
            "The key had been in the bag all the time.",
            "They found the key beside the well, where the {hero} had stopped to drink.",
        ),
    ),
    (
        (
            "{time} the {hero} wanted to make a fire, because the house was cold.",
            "{time} the wind blew through the house, and the {hero} wanted to be warm.",
        ),
        ("But all the wood was wet.", "But the last match was broken."),
        (
            "It blew on the wood until it saw stars.",
            "It put on every coat that it had, and it still felt cold.",
        ),
        (
            "The {helper} brought dry wood from its own house.",
            "The {helper} carried a burning branch through the wind.",
        ),
        (
            "Soon the fire was so warm that they took off their shoes.",
            "They sat by the fire and told stories until morning.",
        ),
    ),
    (
        (
            "{time} the {hero} found a letter in front of its door.",
            "{time} the wind brought a letter to the {hero}.",
        ),
        (
            "But the {hero} had never learned to read.",
            "But the letter was wet, and half of the words were gone.",
        ),
        (
            "It turned the letter round and round and held it up to the sun.",
            "It listened to the letter, but the letter said nothing.",
        ),
        (
            "The {helper} put on its glasses and read every word aloud.",
            "The {helper} dried the letter beside the lamp and read it twice.",
        ),
        (
            "It was from an uncle who wanted to come for dinner.",
            "The letter said that there would be a feast on Sunday, and both of them went.",
        ),
    ),
    (
        (
            "{time} the {hero} grew a pumpkin that was larger than its house.",
            "{time} the {hero} found a turnip in its garden that would not stop growing.",
        ),
        ("Nobody could move it.", "It blocked the door, and the {hero} had to use the window."),
        (
            "It pulled until its hands were red.",
            "It pushed from the left and from the right, and nothing moved.",
        ),
        (
            "The {helper} held the {hero} by the belt, and they pulled together.",
            "The {helper} brought a spoon and began to eat a way through it.",
        ),
        (
            "There was soup for the whole winter.",
            "They invited everybody, and in the evening nothing was left of it.",
        ),
    ),
    (
        (
            "{time} the {hero} heard a strange noise in the night.",
            "{time} something knocked on the roof of the {hero}.",
        ),
        ("It came again and again, now loud, now soft.", "It sounded like a giant with a wooden leg."),
        (
            "It hid under the bed and held its breath.",
            "It lit nine candles and sang as loud as it could.",
        ),
        (
            "The {helper} took a lamp and climbed up to look.",
            "The {helper} was not afraid and opened the door.",
        ),
        (
            "It was only a nut that rolled in the wind.",
            "It was only a branch, and they cut it off.",
        ),
    ),
    (
        (
            "{time} the {hero} wanted to bake a cake for its birthday.",
            "{time} the {hero} wanted to bake bread, and it had never done so before.",
        ),
        ("But there was no flour in the house.", "But the oven was full of spiders."),
        (
            "It took sand instead, and that was not a good idea.",
            "It read the recipe ten times, and the recipe did not change.",
        ),
        (
            "The {helper} had flour and butter and three brown eggs.",
            "The {helper} knew all about ovens and spiders.",
        ),
        (
            "In the afternoon the whole house smelled of sugar.",
            "They ate until they could not get up from the table.",
        ),
    ),
    (
        (
            "{time} the {hero} decided to catch the moon.",
            "{time} the {hero} saw the moon in the lake and thought that it had fallen down.",
        ),
        ("But the moon was always one step ahead.", "But each time it touched the moon, the moon broke into pieces."),
        (
            "It ran up the hill with a net and came back without the moon.",
            "It threw a rope into the water and caught an old shoe.",
        ),
        (
            "The {helper} filled a bowl with water and put it in the garden.",
            "The {helper} sat down and showed the {hero} how to look.",
        ),
        (
            "There was the moon, and it belonged to both of them.",
            "They watched the moon until it went to bed.",
        ),
    ),
    (
        (
            "{time} the {hero} set out to find the end of the road.",
            "{time} the {hero} wanted to see the sea, and it started to walk.",
        ),
        ("After a day it did not know where it was.", "The road split into two, and there was no sign."),
        (
            "It went left, and left again, and came back to the same tree.",
            "It asked the wind, and the wind pointed in every direction.",
        ),
        (
            "The {helper} drew a map in the sand.",
            "The {helper} came along, because it had nothing else to do.",
        ),
        (
            "Two days later they put their feet into the sea.",
            "At the end of the road there was a bench, and they sat down on it.",
        ),
    ),
    (
        (
            "{time} the {hero} noticed a hole in its roof.",
            "{time} rain fell on the bed of the {hero}.",
        ),
        ("The hole grew with every storm.", "There was one drop, and then there were a hundred."),
        (
            "It put a pot under the hole, and the pot was full in an hour.",
            "It moved the bed to the left, and the hole seemed to follow.",
        ),
        (
            "The {helper} had a ladder, and on the ladder there was a hammer.",
            "The {helper} held the ladder while the {hero} worked.",
        ),
        (
            "By the evening the roof was as good as new.",
            "The next rain stayed outside, where rain belongs.",
        ),
    ),
    (
        (
            "{time} the {hero} forgot its favourite song.",
            "{time} the {hero} woke up and could not sing any more.",
        ),
        ("It knew the first word, but not the second.", "Only a small grey sound came out of its mouth."),
        (
            "It asked the mirror, and the mirror only moved its lips.",
            "It drank a cup of honey and then another one.",
        ),
        (
            "The {helper} began to hum, very slowly.",
            "The {helper} had heard the song every morning and knew it by heart.",
        ),
        (
            "After the third line they sang together.",
            "The song came back, and it had grown a little longer.",
        ),
    ),
)
ARRIVALS = (
    "Then the {helper} came along the path.",
    "The {helper} had seen it all from behind a bush.",
    "Just then the {helper} passed by with a basket.",
    "After a while the {helper} stopped and asked what was wrong.",
    "In the end the {helper} looked over the fence.",
    "The {helper}, who lived next door, heard the noise and came out.",
)
OFFERS = (
    '"Why do you do that alone?" asked the {helper}.',
    '"I can help you, if you let me," said the {helper}.',
    '"That will never work," said the {helper}, but it said so kindly.',
    '"Let me have a look," said the {helper}.',
    '"You could have asked me," said the {helper}.',
    '"Two heads are better than one," said the {helper}.',
)
REPLIES = (
    '"I did not think of that," said the {hero}.',
    '"Please help me," said the {hero}.',
    "The {hero} said nothing, but it moved aside.",
    '"I was too proud to ask," said the {hero}.',
    '"Nobody has ever helped me," said the {hero}.',
    '"If you think so," said the {hero} and sat down.',
)
ENDINGS = (
    "From that day on the {hero} and the {helper} were friends.",
    "So the {hero} learned that it costs nothing to ask.",
    "Since then the {hero} thinks twice before it does something once.",
    "And if you walk by today, you can hear the two of them laugh.",
    "The {hero} never forgot that day, and neither did the {helper}.",
    "That night the {hero} slept better than ever before.",
    "The {hero} gave the {helper} its second best cup, and that was the beginning of a long friendship.",
    '"A good friend is worth more than a good plan," said the {hero}.',
)


def load_tales() -> tuple[str, str]:
    """Load small tales in plain English, written for this course: a text for a small language model.

    Returns
    -------
    train : str
        280 tales, one per line.
    test : str
        40 other tales. Both are the same on every machine; no file and no network is needed.

    Notes
    -----
    About 160 sentences were written by hand, and each tale is put together from eleven of them. A tale of the
    test part is none of the training part, but most of its sentences occur there, with other animals. A model has less
    to learn here than from English as people write it.

    Examples
    --------
    >>> train, test = load_tales()
    >>> len(train.splitlines()), len(test.splitlines()), train[:25]
    (280, 40, 'This is the story of a sh')
    """
    random = Random(13)
    told: dict[str, None] = {}  # in order, each tale once
    while len(told) < N_TRAIN + N_TEST:
        told[_tale(random)] = None
    tales = list(told)
    return _lines(tales[:N_TRAIN]), _lines(tales[N_TRAIN:])


def _lines(tales: Sequence[str]) -> str:
    return "".join(f"{tale}\n" for tale in tales)


def _tale(random: Random) -> str:
    """One tale, a sentence per part."""

    def one_of(choices: Sequence[T]) -> T:
        return choices[int(random.integers(len(choices), 1)[0])]

    hero, helper = random.shuffled(np.array(ANIMALS))[:2]
    cast = {"hero": hero, "helper": helper, "trait": one_of(TRAITS), "place": one_of(PLACES), "time": one_of(TIMES)}
    happens, trouble, alone, help_, end = one_of(PLOTS)
    parts = (OPENINGS, HABITS, happens, trouble, alone, ARRIVALS, OFFERS, REPLIES, help_, end, ENDINGS)
    sentences = [one_of(part).format(**cast) for part in parts]
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)
