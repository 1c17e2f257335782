#!/usr/bin/env python3
"""What SciPy, OpenCV and scikit-image make of planes of numbers: gaussian.json, box.json, guided.json, otsu.json.

    pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 opencv-contrib-python-headless==5.0.0.93
    python make_planes.py
"""

import cv2
import numpy as np
from scipy import ndimage
from skimage import filters

from drawn import blotches, mask, picture, plane, write_rows


def sampled(values):
    """Every few values: enough to see a difference, few enough to commit."""
    return [round(float(v), 6) for v in values.ravel()[:: stride(values.size)]]


def stride(count):
    return max(1, count // 150)


def make_gaussians():
    rows = []
    for width, height, sigma in [
        (1, 1, 1.0), (7, 5, 0.3), (7, 5, 1.0), (9, 1, 2.0), (1, 9, 2.5), (40, 30, 0.8), (40, 30, 5.0), (64, 48, 7.9),
        (5, 6, 7.0), (120, 90, 8.0), (121, 93, 11.0), (200, 150, 20.0), (203, 157, 33.3), (90, 240, 60.0),
        (13, 200, 12.0), (30, 40, 200.0),
    ]:  # fmt: skip
        values = plane(width, height, 21, 1)
        smooth = ndimage.gaussian_filter(values.astype(np.float64), sigma)
        rows.append({"width": width, "height": height, "sigma": sigma, "values": sampled(smooth)})
    write_rows("gaussian.json", rows)


def make_boxes():
    rows = []
    for width, height, radius in [(1, 1, 3), (8, 6, 1), (8, 6, 5), (8, 6, 40), (50, 31, 4), (3, 60, 7)]:
        values = plane(width, height, 22, 0)
        mean = ndimage.uniform_filter(values.astype(np.float64), 2 * radius + 1, mode="reflect")
        rows.append({"width": width, "height": height, "radius": radius, "values": sampled(mean)})
    write_rows("box.json", rows)


def guided(guide, values, radius, epsilon):
    """The equations of the paper (He, Sun, Tang 2013, 19 to 21), in 64 bits."""
    guide, values = guide.astype(np.float64), values.astype(np.float64)

    def mean(array):
        return ndimage.uniform_filter(array, 2 * radius + 1, mode="reflect", axes=(0, 1))

    means = mean(guide)
    matrix = mean(guide[..., :, None] * guide[..., None, :]) - means[..., :, None] * means[..., None, :]
    right = mean(guide * values[..., None]) - means * mean(values)[..., None]
    slopes = np.linalg.solve(matrix + epsilon * np.eye(3), right[..., None])[..., 0]
    offset = mean(values) - (slopes * means).sum(-1)
    return (mean(slopes) * guide).sum(-1) + mean(offset)


def make_guided():
    rows = []
    for width, height, radius, epsilon in [
        (16, 12, 1, 0.01), (40, 30, 2, 0.001), (40, 30, 5, 0.0001), (64, 64, 9, 0.01), (31, 70, 16, 0.1),
    ]:  # fmt: skip
        blotch = mask(width, height, 24, 3, 128)
        # Something to see, and noise, in whole numbers.
        guide = picture(width, height, 23) // 4 + blotch[..., None].astype(np.uint8) * np.uint8([170, 120, 50])
        values = (blotch + plane(width, height, 25, 1)) / np.float32(2)
        guide = guide.astype(np.float32) / 255
        refined = guided(guide, values, radius, epsilon)
        opencv = cv2.ximgproc.guidedFilter(guide, values, radius, epsilon)
        # OpenCV 5.0.0 makes something else of radius 2.
        assert radius == 2 or abs(refined - opencv).max() < 1e-6, "the references agree"
        rows.append({
            "width": width, "height": height, "radius": radius, "epsilon": epsilon,
            "values": sampled(refined.clip(0, 1)),
        })  # fmt: skip
    write_rows("guided.json", rows)


def make_otsu():
    rows = []
    for seed, spread, low, high in [(1, 0, 0, 255), (2, 1, 0, 255), (3, 3, 0, 255), (4, 1, 100, 180), (5, 0, 7, 8)]:
        grey = blotches(60, 50, seed, spread) // (2 * spread + 1) ** 2
        grey = (low + grey * (high - low) // 255).astype(np.uint8)
        threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
        assert int(threshold) == int(filters.threshold_otsu(grey)), "the references agree"
        rows.append({"seed": seed, "spread": spread, "low": low, "high": high, "last_of_lower_class": int(threshold)})
    write_rows("otsu.json", rows)


if __name__ == "__main__":
    make_gaussians()
    make_boxes()
    make_guided()
    make_otsu()
