#!/usr/bin/env python3
"""What SciPy, scikit-image and pycocotools make of masks: masks.json.

    pip install numpy==2.4.6 scipy==1.17.1 scikit-image==0.26.0 pycocotools==2.0.11
    python make_masks.py
"""

import hashlib

import numpy as np
from pycocotools import mask as coco
from scipy import ndimage
from skimage import measure, morphology

from drawn import mask, write_rows

RADII = [0, 0.5, 1, 1.5, 2, 2.83, 5, 7.3, 40]
FEATHERS = [0.7, 1, 3, 4.5]
EIGHT = np.ones((3, 3), int)
# Width, height, seed, spread and level of masks.
CASES = [
    (1, 1, 1, 0, 0), (1, 1, 1, 0, 256), (1, 9, 2, 0, 128), (9, 1, 3, 0, 128), (5, 4, 4, 0, 256), (5, 4, 4, 0, 0),
    (16, 16, 5, 0, 128), (17, 33, 6, 0, 60), (33, 17, 7, 0, 200), (40, 40, 8, 1, 128), (64, 48, 9, 2, 128),
    (131, 70, 10, 2, 120), (70, 131, 11, 3, 132), (100, 100, 12, 4, 128), (48, 48, 13, 2, 140), (20, 300, 14, 3, 124),
    (65, 64, 15, 0, 100), (128, 2, 16, 0, 150), (3, 65, 17, 1, 120),
]  # fmt: skip


def sha256(array):
    return hashlib.sha256(np.ascontiguousarray(array, np.uint8).tobytes()).hexdigest()


def components(m, structure):
    labels, count = ndimage.label(m, structure)
    regions = measure.regionprops(labels)[:25]
    return {
        "count": int(count),
        "areas": [int(r.area) for r in regions],
        "boxes": [[int(v) for v in (r.bbox[1], r.bbox[0], r.bbox[3] - r.bbox[1], r.bbox[2] - r.bbox[0])] for r in regions],
        "centroids": [[round(float(r.centroid[1]), 9), round(float(r.centroid[0]), 9)] for r in regions],
    }


def disc(m, radius, inside):
    """All pixels whose distance to the nearest one that is `inside` the mask is at most `radius`."""
    if not (m == inside).any():
        return np.zeros_like(m)
    return ndimage.distance_transform_edt(m != inside) <= radius


def feathered(m, radius):
    if m.all() or not m.any():
        return m * 255
    signed = np.where(
        m, ndimage.distance_transform_edt(m) - 0.5, 0.5 - ndimage.distance_transform_edt(~m))
    return np.floor(np.clip(255 * (0.5 + signed / (2 * radius)), 0, 255) + 0.5)


def row(case):
    width, height, seed, spread, level = case
    m = mask(*case)
    rle = coco.encode(np.asfortranarray(m.astype(np.uint8)))
    runs = np.flatnonzero(np.diff(np.concatenate([[0], m.T.ravel().astype(int)])))
    counts = np.diff(np.concatenate([[0], runs, [m.size]]))
    return {
        "width": width, "height": height, "seed": seed, "spread": spread, "level": level,
        "area": int(m.sum()),
        "four": components(m, None), "eight": components(m, EIGHT),
        "without_small": sha256(morphology.remove_small_objects(m, max_size=4, connectivity=2)),
        "filled": sha256(ndimage.binary_fill_holes(m)),
        "filled_four": sha256(ndimage.binary_fill_holes(m, EIGHT)),
        "grown": [sha256(disc(m, r, True)) for r in RADII],
        "shrunk": [sha256(~disc(m, r, False)) for r in RADII],
        "feathered": [feathered(m, r).astype(np.uint8).tobytes().hex() if m.size < 1000 else "" for r in FEATHERS],
        "holes": int(measure.label(~np.pad(m, 1), connectivity=2).max()) - 1,
        "rle_counts": [int(c) for c in counts], "rle": rle["counts"].decode(), "rle_area": int(coco.area(rle)),
    }  # fmt: skip


if __name__ == "__main__":
    write_rows("masks.json", [row(case) for case in CASES])
