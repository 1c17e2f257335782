#!/usr/bin/env python3
"""Uses the pages of the service in headless Chromium, as a person would, and compares what they show with the API's answers.

    Tests/Browser/test_pages.py --binary .build/release/clipseg [--screenshots Documentation/images]

Needs Debian's chromium and chromium-driver, and selenium, Pillow and PyYAML from PyPI: `make test-browser` has them installed.
"""

import argparse
import base64
import io
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import yaml
from PIL import Image, ImageDraw
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from session import Browser, Service

HERE = Path(__file__).resolve().parent
SCENES = HERE.parent / "Scenes"
SCENE = SCENES / "scene-2023.jpg"
PROMPTS = ["a picture of the balloon", "a picture of the drum"]
# Left, top, right and bottom of what is at the scene's left edge, and a little around it.
BOX = (0, 50, 100, 130)
LAYOUT = (HERE / "layout.js").read_text()
KEY = "a-key-for-the-browser-test"


def check(condition, problem):
    if not condition:
        raise SystemExit(f"FAILED: {problem}")


def wait(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise SystemExit(f"FAILED: waited {seconds} s for {what}")


def by_id(browser, name):
    return browser.driver.find_element(By.ID, name)


def notes(browser):
    return [node.text for node in browser.driver.find_elements(By.CSS_SELECTOR, "#results .result > p")]


def wait_for_results(browser, count):
    wait(f"{count} results", lambda: len(notes(browser)) == count and all("peak" in note for note in notes(browser)))


def add_prompt(browser, prompt):
    by_id(browser, "prompt").send_keys(prompt, Keys.ENTER)


def overlay(browser, prompt):
    """Where an overlay is coloured: its size and a byte for each pixel."""
    width, height, text = browser.run(
        """
        const canvas = [...document.querySelectorAll("#masks canvas")].find((one) => one.dataset.prompt === arguments[0]);
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let text = "";
        for (let index = 3; index < data.length; index += 4) text += String.fromCharCode(data[index]);
        return [canvas.width, canvas.height, btoa(text)];
        """,
        prompt,
    )
    return (width, height), base64.b64decode(text)


def difference(one, other):
    """How much of what either holds is not in both."""
    union = sum(1 for a, b in zip(one, other, strict=True) if a or b)
    return sum(1 for a, b in zip(one, other, strict=True) if bool(a) != bool(b)) / max(1, union)


def mask(service, prompts, image=None, **options):
    png = service.segment(image or SCENE.read_bytes(), prompts, **options)
    return Image.open(io.BytesIO(png)).convert("L")


def box_prompt(box):
    """The scene as an image prompt, and the mask of a box in it."""
    scene = Image.open(SCENE)
    picture = Image.new("L", scene.size)
    ImageDraw.Draw(picture).rectangle((box[0], box[1], box[2] - 1, box[3] - 1), fill=255)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return [("prompt_image", SCENE.read_bytes()), ("prompt_mask", file.getvalue())]


def box_fields(browser):
    left, top, width, height = (int(by_id(browser, f"box-{side}").get_attribute("value")) for side in ("left", "top", "width", "height"))
    return left, top, left + width, top + height


def draw_box(browser, box):
    """Drags with the mouse over the picture."""
    stage = by_id(browser, "stage")
    frame = browser.run("const { x, y, width, height } = arguments[0].getBoundingClientRect(); return [x, y, width, height]", stage)
    (x0, y0), (x1, y1) = (
        (round(frame[2] * (x / 400 - 0.5)), round(frame[3] * (y / 300 - 0.5))) for x, y in (box[:2], box[2:])
    )
    drag = ActionChains(browser.driver).move_to_element_with_offset(stage, max(x0, 1 - round(frame[2] / 2)), y0).click_and_hold()
    drag.move_to_element_with_offset(stage, 0, 0).move_to_element_with_offset(stage, x1, y1).release().perform()


def check_box(browser, service, name, wanted):
    """The overlay of a box is the API's mask for it, and the box, which is returned, is about the one that was wanted."""
    wait_for_results(browser, len(notes(browser)))
    box = box_fields(browser)
    check(all(abs(one - other) <= 4 for one, other in zip(box, wanted, strict=True)), f"{name} is {box}")
    expected = mask(service, [], files=box_prompt(box), threshold=0.2)
    size, alpha = overlay(browser, name)
    check(size == expected.size and any(alpha), f"the overlay for {name} is empty, or of another size")
    share = difference(alpha, expected.tobytes())
    print(f"  {name}: {100 * share:.2f} % of the mask differ from the API's")
    check(share <= 0.01, f"the overlay for {name} is not the API's mask")
    return box


def try_boxes(browser, service):
    """Image prompts by boxes, drawn with the mouse, by numbers, and with a finger; the last, which is returned, stays."""
    print("A box, by mouse")
    asked = segmentations(browser)
    draw = by_id(browser, "draw")
    check(draw.get_attribute("aria-expanded") == "false" and not by_id(browser, "box-form").is_displayed(), "a box from the start")
    draw.send_keys(Keys.ENTER)
    check(draw.get_attribute("aria-expanded") == "true" and by_id(browser, "outline").is_displayed(), "no box appears")
    draw_box(browser, BOX)
    wait("box 1", lambda: len(notes(browser)) == 3)
    drawn = check_box(browser, service, "box 1", BOX)
    check(segmentations(browser) == asked + 1, "a box is not one request")
    ActionChains(browser.driver).click(by_id(browser, "stage")).perform()

    print("A box, from the keyboard")
    other = (150, 120, 260, 220)
    for side, value in zip(("left", "top", "width", "height"), (other[0], other[1], other[2] - other[0], other[3] - other[1]), strict=True):
        by_id(browser, f"box-{side}").send_keys(Keys.CONTROL, "a", Keys.NULL, str(value))
    by_id(browser, "box-height").send_keys(Keys.ENTER)
    wait("box 2", lambda: len(notes(browser)) == 4)
    check_box(browser, service, "box 2", other)

    print("The same with curl, boxes among the prompts")
    by_id(browser, "show-3").click()
    command = browser.run('return document.getElementById("curl").textContent')
    check(len(command) < 2000, f"the command has {len(command)} characters")
    expected = mask(service, PROMPTS, files=box_prompt(drawn), threshold=0.2)
    check(answer_of(command).tobytes() == expected.tobytes(), "curl's answer is not the union with the box")

    print("A finger draws, too")
    by_id(browser, "show-3").click()
    for name in ("box 1", "box 2"):
        browser.driver.find_element(By.CSS_SELECTOR, f'button[aria-label="Remove: {name}"]').click()
    browser.set_view(390, 844, phone=True)
    stage = by_id(browser, "stage")
    browser.run("arguments[0].scrollIntoView()", stage)
    x, y, width, height = browser.run("const { x, y, width, height } = arguments[0].getBoundingClientRect(); return [x, y, width, height]", stage)
    points = [(BOX[0] / 400, BOX[1] / 300), (0.1, 0.3), (BOX[2] / 400, BOX[3] / 300)]
    for kind, point in zip(("touchStart", "touchMove", "touchMove", "touchEnd"), [*points, None], strict=True):
        touches = [{"x": x + max(1, width * point[0]), "y": y + height * point[1]}] if point else []
        browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    wait("box 3", lambda: len(notes(browser)) == 3)
    drawn = check_box(browser, service, "box 3", BOX)
    browser.set_view(1280, 860)
    by_id(browser, "draw").click()
    check(not by_id(browser, "outline").is_displayed(), "the box's outline stays")
    return drawn


def answer_of(command):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(SCENE, folder)
        subprocess.run(["bash", "-c", command], cwd=folder, check=True, capture_output=True)
        return Image.open(Path(folder) / "mask.png").convert("L")


def copy_command(browser, service, command):
    """Presses Copy, once where pages may use the clipboard, and once where there is none."""
    browser.let_copy(service.url)
    summary = browser.driver.find_element(By.XPATH, "//summary[contains(., 'curl')]")
    summary.click()
    by_id(browser, "copy").send_keys(Keys.ENTER)
    wait("the copy", lambda: by_id(browser, "copied").text == "Copied.")
    pasted = browser.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0], arguments[0])")
    check(pasted == command, f"{pasted!r} was copied")
    browser.run("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    by_id(browser, "copy").click()
    wait("the selection", lambda: by_id(browser, "copied").text.startswith("Selected"))
    check(browser.run("return getSelection().toString()").strip() == command.strip(), "the command is not selected")
    summary.click()
    browser.run("delete navigator.clipboard; getSelection().empty(); scrollTo(0, 0)")


def check_overlays(browser, service, threshold, where):
    for prompt in PROMPTS:
        expected = mask(service, [prompt], threshold=threshold)
        size, alpha = overlay(browser, prompt)
        check(size == expected.size, f"the overlay has {size}, not {expected.size}")
        check(any(alpha), f"{where}: the overlay for {prompt} is empty")
        share = difference(alpha, expected.tobytes())
        print(f"  {where}, {prompt}: {100 * share:.2f} % of the mask differ from the API's")
        check(share <= 0.01, f"{where}: the overlay for {prompt} is not the API's mask")


def check_console(browser):
    # It is this test that reads the overlays back.
    complaints = [complaint for complaint in browser.complaints() if "willReadFrequently" not in complaint]
    check(not complaints, f"the console says {complaints}")


def check_hosts(browser, service):
    """Nobody but the service has been asked for anything since the last time."""
    check(browser.hosts() == {service.url.removeprefix("http://")}, f"requests to {browser.hosts()}")
    browser.requests.clear()


def move(slider, steps):
    slider.send_keys((Keys.ARROW_RIGHT if steps > 0 else Keys.ARROW_LEFT) * abs(steps))


def segmentations(browser):
    return sum(1 for url in browser.collect_requests() if url.endswith("/v1/segment"))


def check_layout(browser, where):
    problems = browser.run(LAYOUT)
    check(not problems, f"{where}: " + "; ".join(problems[:8]))


def check_focus(browser, where):
    """Tab reaches every control, and each shows that it has the focus."""
    # From the first link on: where nothing has the focus, Tab goes on from what was clicked last.
    browser.run("document.querySelector('a').focus()")
    seen = []
    for _ in range(200):
        ActionChains(browser.driver).send_keys(Keys.TAB).perform()
        name, is_visible = browser.run(
            """
            const node = document.activeElement;
            if (node === document.body) return ["", true];
            const shown = node.id === "file" ? [...node.labels].find((label) => label.offsetParent) : node;
            const style = getComputedStyle(shown);
            return [node.id || node.textContent.trim(), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
            """
        )
        if not name:
            break
        check(is_visible, f"{where}: {name} does not show that it has the focus")
        seen.append(name)
    return seen


def download(browser, label):
    before = set(Path(browser.downloads.name).glob("*.png"))
    browser.driver.find_element(By.CSS_SELECTOR, f'button[aria-label="{label}"]').click()
    return wait("a download", lambda: set(Path(browser.downloads.name).glob("*.png")) - before).pop()


def try_playground(browser, service):
    browser.driver.get(service.url + "/")
    wait("the model's name", lambda: "clipseg-demo" in by_id(browser, "model").text)
    check("not photographs" in by_id(browser, "demo").text, "nothing says that this is the demo model")

    print("Two prompts on a scene")
    by_id(browser, "file").send_keys(str(SCENE))
    wait("the picture", lambda: by_id(browser, "stage").is_displayed())
    for prompt in PROMPTS:
        add_prompt(browser, prompt)
    wait_for_results(browser, 2)
    check_overlays(browser, service, 0.5, "threshold 0.50")

    print("Threshold and opacity")
    asked = segmentations(browser)
    check(asked == 2, f"{asked} requests for two prompts")
    move(by_id(browser, "threshold"), -30)
    wait("the threshold", lambda: by_id(browser, "threshold-value").text == "0.20")
    time.sleep(0.3)
    check_overlays(browser, service, 0.2, "threshold 0.20")
    move(by_id(browser, "opacity"), 15)
    opacity = browser.run('return getComputedStyle(document.querySelector("#masks canvas")).opacity')
    check(opacity == "0.75", f"the overlay's opacity is {opacity}")
    check(segmentations(browser) == 2, "moving a slider asked the service again")

    print("Downloads")
    expected = mask(service, [PROMPTS[0]], threshold=0.2)
    saved = Image.open(download(browser, f"Download the mask: {PROMPTS[0]}")).convert("RGB")
    check({colour for _, colour in saved.getcolors()} <= {(0, 0, 0), (255, 255, 255)}, "the mask is not black and white")
    check(difference(saved.convert("L").tobytes(), expected.tobytes()) <= 0.01, "the mask is not the API's")
    cutout = Image.open(download(browser, f"Download the cutout: {PROMPTS[0]}"))
    check(cutout.mode == "RGBA", f"the cutout is {cutout.mode}")
    check(difference(cutout.getchannel("A").tobytes(), expected.tobytes()) <= 0.01, "the cutout is not the mask's")

    print("The same with curl")
    command = browser.run('return document.getElementById("curl").textContent')
    check(answer_of(command).tobytes() == mask(service, PROMPTS, threshold=0.2).tobytes(), "curl's answer is not the union")
    copy_command(browser, service, command)

    box = try_boxes(browser, service)

    print("Hiding, removing, another picture by paste and by drop")
    browser.driver.find_element(By.ID, "show-1").click()
    check(PROMPTS[1] not in browser.run('return document.getElementById("curl").textContent'), "hidden, yet in curl")
    browser.driver.find_element(By.ID, "show-1").click()
    for kind, property in [("paste", "clipboardData"), ("drop", "dataTransfer")]:
        other = SCENES / {"paste": "scene-2000.png", "drop": "scene-2027.jpg"}[kind]
        browser.run(
            """
            const [kind, property, name, text] = arguments;
            const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], name, { type: name.endsWith("png") ? "image/png" : "image/jpeg" }));
            const Kind = kind === "paste" ? ClipboardEvent : DragEvent;
            document.body.dispatchEvent(new Kind(kind, { [property]: data, bubbles: true, cancelable: true }));
            """,
            kind, property, other.name, base64.b64encode(other.read_bytes()).decode(),
        )  # fmt: skip
        wait(f"the picture by {kind}", lambda name=other.name: name in by_id(browser, "picture-name").text)
        wait_for_results(browser, 3)
        for name, prompts, files in [(PROMPTS[0], [PROMPTS[0]], ()), ("box 3", [], box_prompt(box))]:
            found = overlay(browser, name)[1]
            # Of what is not in the picture the probabilities are all alike, so that rounding them to bytes moves the edge.
            grey = service.segment(other.read_bytes(), prompts, files, **{"as": "probability"})
            expected = Image.open(io.BytesIO(grey)).point(lambda value: 255 * (value >= 51))
            check(difference(found, expected.tobytes()) <= 0.01, f"the overlay of {name} after a {kind} is not of the new picture")
    for name in (PROMPTS[1], "box 3"):
        browser.driver.find_element(By.CSS_SELECTOR, f'button[aria-label="Remove: {name}"]').click()
    check(len(notes(browser)) == 1, "a prompt can't be removed")
    check_console(browser)

    print("Refusals are told")
    add_prompt(browser, "word " * 90)
    wait("the refusal", lambda: "tokens" in notes(browser)[-1])
    check("failed" in browser.driver.find_elements(By.CSS_SELECTOR, ".result")[-1].get_attribute("class"), "no mark")
    browser.complaints()  # A browser also complains of the 422.
    check_hosts(browser, service)


def look_at_playground(browser, service, screenshots):
    browser.driver.get(service.url + "/")
    for width, height, dark, phone in [(1280, 860, False, False), (1280, 860, True, False), (390, 844, False, True), (390, 844, True, True), (820, 1100, False, False)]:  # fmt: skip
        where = f"{width} px, {'dark' if dark else 'light'}"
        print(f"The playground's looks, {where}")
        browser.set_view(width, height, dark=dark, phone=phone)
        browser.driver.get(service.url + "/")
        wait("the model's name", lambda: "clipseg-demo" in by_id(browser, "model").text)
        check_layout(browser, f"empty, {where}")
        by_id(browser, "example").click()
        wait_for_results(browser, 2)
        check_layout(browser, where)
        by_id(browser, "draw").click()
        draw_box(browser, BOX)
        wait_for_results(browser, 3)
        check_layout(browser, f"with a box, {where}")
        if screenshots and (width, dark) in [(1280, False), (390, True)]:
            browser.run("document.activeElement.blur(); window.scrollTo(0, 0);")
            screenshot(browser, screenshots / f"playground-{'phone' if phone else 'desktop'}.png", 1 if phone else 0.75)
        for details in browser.driver.find_elements(By.TAG_NAME, "summary"):
            details.click()
        check_layout(browser, f"unfolded, {where}")
        reached = check_focus(browser, where)
        controls = {"file", "prompt", "show-0", "threshold", "opacity", "curl", "copy", "key", "draw", "use-box"}
        missing = (controls | {f"box-{side}" for side in ("left", "top", "width", "height")}) - set(reached)
        check(not missing, f"{where}: Tab does not reach {missing}")
    browser.set_view(1280, 860)
    check_console(browser)
    check_hosts(browser, service)


def try_key(browser, service):
    print("A key")
    browser.driver.get(service.url + "/")
    wait("the refusal", lambda: "API key" in by_id(browser, "alert").text)
    wait("the key's field", lambda: by_id(browser, "key").is_displayed())
    by_id(browser, "key").send_keys(KEY, Keys.ENTER)
    wait("the model's name", lambda: "clipseg-demo" in by_id(browser, "model").text)
    by_id(browser, "example").click()
    wait_for_results(browser, 2)
    stored = browser.run("return [localStorage.length, document.cookie, sessionStorage.length, location.href]")
    check(stored == [0, "", 1, service.url + "/"], f"the key is kept at {stored}")
    check(KEY not in browser.run('return document.getElementById("curl").textContent'), "curl shows the key")
    browser.complaints()  # A browser complains of the 401 that came first.
    check_hosts(browser, service)


def look_at_docs(browser, service):
    text = (HERE.parent.parent / "openapi.yaml").read_text()
    expected = json.loads(json.dumps(yaml.safe_load(text), default=str))
    for width, height, dark in [(1280, 860, False), (390, 844, True)]:
        print(f"/docs, {width} px")
        browser.set_view(width, height, dark=dark, phone=width < 500)
        browser.driver.get(service.url + "/docs")
        wait("the page", lambda: not browser.driver.find_elements(By.ID, "loading"))
        alerts = [node.text for node in browser.driver.find_elements(By.CSS_SELECTOR, "[role=alert]")]
        check(not alerts, alerts)
        check_layout(browser, f"/docs, {width} px")
        for summary in browser.driver.find_elements(By.TAG_NAME, "details"):
            browser.run("arguments[0].open = true", summary)
        check_layout(browser, f"/docs unfolded, {width} px")
    found = browser.driver.execute_async_script(
        """
        const done = arguments[arguments.length - 1];
        import("/yaml.js").then(({ parseYAML }) => done(JSON.stringify(parseYAML(arguments[0])))).catch((error) => done(String(error)));
        """,
        text,
    )
    check(json.loads(found) == expected, "openapi.yaml is read otherwise than by PyYAML")
    operations = {item[method]["operationId"] for item in expected["paths"].values() for method in item if method in ("get", "post")}
    shown = set(browser.run('return [...document.querySelectorAll("article")].map((node) => node.id)'))
    check(operations <= shown, f"{operations - shown} are not shown")
    broken = browser.run(
        """
        return [...document.querySelectorAll('a[href^="#"]')].map((link) => link.getAttribute("href").slice(1))
          .filter((id) => !document.getElementById(id));
        """
    )
    check(not broken, f"links lead nowhere: {broken}")
    steps = browser.run('return document.querySelectorAll("#segment > .text ol > li").length')
    check(steps == 6, f"the order of what is done to a mask has {steps} steps")
    check("undefined" not in browser.run("return document.body.innerText"), "something is undefined")
    check("[object" not in browser.run("return document.body.innerText"), "something is an object")
    check_console(browser)
    check_hosts(browser, service)
    browser.set_view(1280, 860)


def with_few_colours(image):
    """An indexed image, in which large areas keep their colours exactly, and small ones nearly."""
    areas = [colour for _, colour in sorted(image.getcolors(image.width * image.height), reverse=True)[:16]]
    others = image.quantize(240, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE).getpalette()
    palette = Image.new("P", (1, 1))
    palette.putpalette([channel for colour in areas for channel in colour] + others)
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def screenshot(browser, path, scale):
    """The whole page, also what is below the window's edge."""
    size = browser.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
    options = {"format": "png", "captureBeyondViewport": True, "clip": clip}
    data = base64.b64decode(browser.driver.execute_cdp_cmd("Page.captureScreenshot", options)["data"])
    image = Image.open(io.BytesIO(data)).convert("RGB")
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    image = with_few_colours(image)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, optimize=True)
    print(f"  {path}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=Path(".build/release/clipseg"))
    parser.add_argument("--screenshots", type=Path, help="a folder to write pictures of the pages to")
    options = parser.parse_args()
    with Browser() as browser:
        with Service(options.binary) as service:
            try_playground(browser, service)
        with Service(options.binary) as service:
            look_at_playground(browser, service, options.screenshots)
            look_at_docs(browser, service)
        with tempfile.NamedTemporaryFile("w", suffix=".keys") as keys:
            keys.write(f"browser:{KEY}\n")
            keys.flush()
            with Service(options.binary, "--api-key-file", keys.name) as service:
                try_key(browser, service)
    print("The pages work.")


if __name__ == "__main__":
    main()
