#!/usr/bin/env python3
"""Kills `clipseg batch` at random moments, starts it again, and checks that nothing is lost, doubled or half written.

    Tests/Batch/kill_and_resume.py --binary .build/release/clipseg --images 10000 --kills 5

Images are made of Tests/Scenes, each turned, mirrored, cropped and tinted in another way; one in a hundred is cut short.
After every kill -9, and at the end: each file in the output folder is a whole PNG of its image's size, each line of the
manifest is whole but perhaps the last, no image has two, and what a line says is done is there. At the end every image has
exactly one line, cut ones with their error, and answers are those of `clipseg segment`. Needs Pillow.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from PIL import Image, ImageOps

SCENES = Path(__file__).resolve().parent.parent / "Scenes"
PROMPT = "a picture of the balloon"
FOLDER_SIZE = 1000
CUT_EVERY = 100


def draw(folder, numbers, seed):
    """Writes images of the demo model's kind: 192 to 400 pixels wide, PNG and JPEG."""
    scenes = [Image.open(path).convert("RGB") for path in sorted(SCENES.glob("scene-????.*"))]
    for number in numbers:
        chance = random.Random(seed * 1_000_000 + number)
        image = chance.choice(scenes)
        image = image.rotate(chance.choice([0, 90, 180, 270]), expand=True)
        if chance.random() < 0.5:
            image = ImageOps.mirror(image)
        width, height = (round(side * chance.uniform(0.6, 1)) for side in image.size)
        left, top = chance.randint(0, image.width - width), chance.randint(0, image.height - height)
        image = image.crop((left, top, left + width, top + height))
        tint = tuple(chance.randrange(256) for _ in range(3))
        image = Image.blend(image, Image.new("RGB", image.size, tint), 0.1)
        kind = chance.choice(["png", "jpg"])
        path = folder / f"{number // FOLDER_SIZE:02}" / f"image-{number:05}.{kind}"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, **({"quality": 85} if kind == "jpg" else {"compress_level": 1}))
        if number % CUT_EVERY == CUT_EVERY - 1:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def draw_all(folder, count, seed):
    parts = [range(start, min(start + FOLDER_SIZE, count)) for start in range(0, count, FOLDER_SIZE)]
    with ProcessPoolExecutor() as pool:
        list(pool.map(draw, [folder] * len(parts), parts, [seed] * len(parts)))
    return {path.relative_to(folder).with_suffix(".png").as_posix(): path for path in folder.rglob("image-*")}


def check(condition, problem):
    if not condition:
        sys.exit(f"FAILED: {problem}")


def check_files(images, output):
    """Whatever has the name of an answer is a whole one."""
    found = 0
    for path in output.rglob("*"):
        inside = path.relative_to(output)
        if path.is_dir() or inside.parts[0].startswith(".partial") or inside.name.startswith("manifest.jsonl"):
            continue
        check(inside.as_posix() in images, f"{inside} is nobody's answer")
        with Image.open(images[inside.as_posix()]) as image, Image.open(path) as mask:
            mask.load()
            check(mask.size == image.size and mask.mode in ("L", "1"), f"{inside} is no mask of its image")
        found += 1
    return found


def read_manifest(output, *, killed):
    """The records by their output; a last line without its end counts as absent."""
    path = output / "manifest.jsonl"
    text = path.read_bytes() if path.exists() else b""
    *lines, rest = text.split(b"\n")
    check(killed or not rest, "the manifest ends within a line")
    records = {}
    for line in lines:
        record = json.loads(line)
        check(record["output"] not in records, f"{record['output']} is in the manifest twice")
        records[record["output"]] = record
        if record["status"] == "done":
            size = (output / record["output"]).stat().st_size
            check(size == record["bytes"], f"{record['output']} has {size} bytes, not {record['bytes']}")
    return records


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=Path(".build/release/clipseg"))
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="clipseg-batch-") as folder:
        source, output = Path(folder) / "in", Path(folder) / "out"
        start = time.monotonic()
        images = draw_all(source, options.images, options.seed)
        check(len(images) == options.images, "images could not be drawn")
        print(f"{len(images)} images drawn in {time.monotonic() - start:.0f} s")
        command = [options.binary, "batch", source, "--prompts", PROMPT, "--output", output, "--log-level", "error"]

        start = time.monotonic()
        for number in range(1, options.kills + 1):
            goal = options.images * number // (options.kills + 1)
            process = subprocess.Popen(command, stderr=subprocess.PIPE)
            while len(read_lines(output)) < goal and process.poll() is None:
                time.sleep(0.01)
            check(process.returncode is None, f"the program ended before kill {number}: {process.returncode}")
            time.sleep(chance.uniform(0, 0.02))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            records, found = read_manifest(output, killed=True), check_files(images, output)
            left = sum(1 for _ in output.glob(".partial/*"))
            print(f"kill {number}: {len(records)} in the manifest, {found} answers, {left} hidden drafts")

        last = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        print(f"{last.stderr.strip().splitlines()[-1]}; {time.monotonic() - start:.0f} s with kills and checks")
        cut = {name for name, path in images.items() if int(path.stem[6:]) % CUT_EVERY == CUT_EVERY - 1}
        check(last.returncode == (65 if cut else 0), f"exit status {last.returncode}")
        records, found = read_manifest(output, killed=False), check_files(images, output)
        check(records.keys() == images.keys(), "the manifest has not every image")
        failed = {name: record for name, record in records.items() if record["status"] == "failed"}
        check(failed.keys() == cut, "the images that failed are not those that were cut")
        check(all(record["error"]["code"] == "corrupt_image" for record in failed.values()), "wrong errors")
        check(found == len(images) - len(cut), "answers without a line")
        check(not list(output.glob(".partial*")), "drafts were left")
        for name in chance.sample(sorted(images.keys() - cut), min(20, len(images) - len(cut))):
            alone = subprocess.run(
                [options.binary, "segment", images[name], PROMPT, "--log-level", "error"], capture_output=True, check=True
            )
            check(alone.stdout == (output / name).read_bytes(), f"{name} differs from what segment answers")

        again = subprocess.run(command, stderr=subprocess.PIPE, text=True)
        check(again.returncode == last.returncode and read_manifest(output, killed=False) == records, "a run with nothing to do did it")
        print(f"{len(records)} images, each once in the manifest, {len(cut)} of them with an error; nothing half written")


def read_lines(output):
    path = output / "manifest.jsonl"
    return path.read_bytes().splitlines() if path.exists() else []


if __name__ == "__main__":
    main()
