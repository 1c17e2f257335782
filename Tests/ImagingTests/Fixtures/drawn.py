"""Masks, planes and pictures that the tests draw too, from the same numbers (`Drawn.swift`)."""

import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent


def noise(count, seed):
    """A linear congruential generator's top eight bits, as in `make_fixtures.py`."""
    state, out = seed, bytearray()
    for _ in range(count):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        out.append(state >> 24)
    return np.frombuffer(bytes(out), np.uint8)


def blotches(width, height, seed, spread):
    """Noise, summed over squares of 2 · spread + 1 pixels on a torus: whole numbers."""
    plane = noise(width * height, seed).reshape(height, width).astype(np.int64)
    return sum(
        np.roll(plane, (down, across), (0, 1))
        for down in range(-spread, spread + 1)
        for across in range(-spread, spread + 1)
    )


def mask(width, height, seed, spread, level):
    """Where the mean of the noise reaches `level`."""
    return blotches(width, height, seed, spread) >= level * (2 * spread + 1) ** 2


def plane(width, height, seed, spread):
    """The mean of the noise, 0 to 1."""
    return (blotches(width, height, seed, spread) / (255 * (2 * spread + 1) ** 2)).astype(np.float32)


def picture(width, height, seed):
    return noise(width * height * 3, seed).reshape(height, width, 3)


def write_rows(name, rows):
    (HERE / name).write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
