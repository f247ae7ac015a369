"""One walk through all pages of the book: each is opened once, and a browser says all that the tests ask."""

import json
from importlib.resources import files

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "rules": {"color-contrast": {"enabled": False}},  # asked apart, since it is the slow one
}
CONTRAST = {"runOnly": ["color-contrast"]}
# What a narrow page shows otherwise than a wide one: its head and its menus, and what is now scrolled sideways.
SCROLLED = ["pre", ".cell_output", ".table-wrapper", ".nn-formula", ".nn-scroll"]
NARROW = [[".sidebar-drawer"], ["header"], *([one] for one in SCROLLED)]
# A lesson has ten thousand pieces of coloured code, which mean nothing to axe: one of each kind is enough for it.
THIN_OUT = """() => {
  const seen = new Set();
  for (const piece of document.querySelectorAll(".highlight pre span")) {
    const kind = piece.className + piece.closest("details, .cell_input, .cell_output, article").className;
    if (seen.has(kind)) piece.replaceWith(...piece.childNodes);
    seen.add(kind);
  }
  document.querySelector("article").normalize();
}"""
# One element for each pair of colours.
MARK = """() => {
  const seen = new Set();
  for (const old of document.querySelectorAll("[data-looked-at]")) old.removeAttribute("data-looked-at");
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    let behind = element;
    const back = () => getComputedStyle(behind).backgroundColor;
    while (behind.parentElement && back() === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const key = [color, fontSize, fontWeight, back()].join();
    if (seen.has(key)) continue;
    seen.add(key);
    element.dataset.lookedAt = "";
  }
}"""
# The page has noticed its new size, and is drawn anew.
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# All that comes only when it is about to be seen.
FETCH = """async () => {
  const shown = (one) => one.checkVisibility();
  const images = [...document.images].filter(shown);
  for (const image of images) image.loading = "eager";
  const boxes = [...document.querySelectorAll("[data-script]")].filter(shown);
  for (const box of boxes) {
    box.scrollIntoView({ behavior: "instant" });
    for (let i = 0; i < 400 && !("ready" in box.dataset || box.dataset.awake); i++) {
      await new Promise((done) => setTimeout(done, 25));
    }
  }
  const late = new Promise((done) => setTimeout(done, 20000));
  await Promise.race([late, Promise.all(images.map((image) => image.decode().catch(() => {})))]);
  scrollTo({ top: 0, behavior: "instant" });
}"""
ASK = """() => {
  const all = (query) => [...document.querySelectorAll(query)];
  return {
    headings: all("article :is(h1, h2, h3, h4, h5, h6)").map((h) => +h.tagName[1]),
    figures: all("article img").filter((i) => !i.matches(".nn-kept, .nn-animation img[alt='']")).map(
      (i) => ({ alt: i.alt, drawn: i.naturalWidth > 0 })),
    formulas: all("article math").map((m) => {
      const { width, height } = m.getBoundingClientRect();
      const part = m.matches(".nn-formula > math + math"); // of a formula that was counted already
      return { part, drawn: (width > 2 && height > 5) || !m.checkVisibility(), error: !!m.querySelector("merror") };
    }),
    roots: all("article msqrt").filter((one) => one.checkVisibility()).map((one) => {
      const [root, first, last] = [one, one.firstElementChild, one.lastElementChild].map(
        (part) => part.getBoundingClientRect());
      const size = parseFloat(getComputedStyle(one).fontSize);
      return [(first.left - root.left) / size, (root.right - last.right) / size];
    }),
    animations: all(".nn-animation").length,
    font: document.fonts.check('16px "Book Math"', "∑"),
    text: document.querySelector("article").innerText,
  };
}"""
OPEN = """() => { for (const fold of document.querySelectorAll("details")) fold.open = true; }"""
ASK_NARROW = """scrolled => {
  const shown = (query) => [...document.querySelectorAll(query)].filter((one) => one.checkVisibility());
  const place = (node, from, to) => {
    const range = document.createRange();
    from === undefined ? range.selectNode(node) : (range.setStart(node, from), range.setEnd(node, to));
    return range.getBoundingClientRect();
  };
  const formulas = shown("article math").map((one) => {
    const { top, bottom } = one.getBoundingClientRect();
    const elsewhere = (text, at) => { // a bracket or a full stop that stands on another line
      if (text?.nodeType !== Node.TEXT_NODE || !/[^\\w\\s]/.test(text.data.at(at) ?? "")) return false;
      const sign = at < 0 ? place(text, text.length - 1, text.length) : place(text, 0, 1);
      return sign.top > bottom || sign.bottom < top;
    };
    return {
      text: one.textContent.replace(/\\s+/g, ""),
      in_table: !!one.closest(".table-wrapper"),
      right: Math.max(...[one, ...one.querySelectorAll("*")].map((part) => part.getBoundingClientRect().right)),
      torn: elsewhere(one.previousSibling, -1) || elsewhere(one.nextSibling, 0),
    };
  });
  const boxes = [...document.querySelectorAll(scrolled)].filter((box) => box.scrollWidth > box.clientWidth);
  return {
    formulas,
    too_low: shown("article :is(input, select, button, summary)").map(
      (one) => [one.offsetHeight, one.outerHTML]).filter(([height]) => height < 24),
    below_headings: shown("article :is(h1, h2, h3)").map((one) => {
      const words = [...one.childNodes].filter((part) => !part.classList?.contains("headerlink"));
      return one.getBoundingClientRect().bottom - place(words.at(-1)).bottom;
    }),
    too_wide: document.documentElement.scrollWidth - innerWidth,
    sizes: shown("article img:not(.nn-kept)").map((one) => [one.naturalWidth, one.getBoundingClientRect().width]),
    scrolled: boxes.map((box) => [box.className, box.tabIndex, box.ariaLabel]),
  };
}"""
# What is seen of a box: without its captions, which could change by themselves.
PIXELS = "box => box.querySelector('.nn-moving').toDataURL()"


def look(browser, site, address):
    """Return what was found on each page, by the page's path in the site."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    context.add_init_script(AXE)
    tab = context.new_page()
    found = {}
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        seen = {"console": [], "failed": [], "requests": []}
        listeners = {
            "console": lambda m, seen=seen: seen["console"].append(m.text) if m.type in ("error", "warning") else None,
            "pageerror": lambda e, seen=seen: seen["console"].append(str(e)),
            "requestfailed": lambda r, seen=seen: seen["failed"].extend(lost(r)),
            "request": lambda r, seen=seen: seen["requests"].append(r.url),
            "response": lambda r, seen=seen: seen["failed"].append(r.url) if r.status >= 400 else None,
        }
        for event, listener in listeners.items():
            tab.on(event, listener)
        tab.set_viewport_size({"width": 1100, "height": 900})  # the narrowest with the list of pages beside the text
        tab.emulate_media(color_scheme="light")
        tab.goto(f"{address}/{name}")
        tab.evaluate(FETCH)
        too_wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        tab.set_viewport_size({"width": 1280, "height": 900})
        page = found[name] = seen | tab.evaluate(ASK) | {"too_wide": too_wide}
        page["sliders"] = [moved(tab, box) for box in tab.locator(".nn-sliders").all()]
        page["films"] = [played(tab, box) for box in tab.locator(".nn-animation").all()]
        tab.evaluate(THIN_OUT)
        page["axe"] = {"light": violations(tab, RULES) + contrast(tab)}
        tab.emulate_media(color_scheme="dark")
        page["axe"]["dark"] = contrast(tab)
        tab.set_viewport_size({"width": 360, "height": 700})
        tab.evaluate(OPEN)
        tab.evaluate(DRAWN)
        page["on_narrow"] = tab.evaluate(ASK_NARROW, ",".join(SCROLLED))
        page["axe"]["narrow"] = violations(tab, RULES | {"rules": {}}, {"include": there(tab, NARROW)})
        for event, listener in listeners.items():
            tab.remove_listener(event, listener)
    context.close()
    return found


def lost(request):
    """A request that got no answer, with why; none if the page took it back: sliders do not wait for their still."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.url} {request.failure}"]


def there(tab, places):
    """Those of the places that the page has: axe refuses others."""
    return tab.evaluate("places => places.filter(([query]) => document.querySelector(query))", places)


def contrast(tab):
    """What axe finds about colours."""
    tab.evaluate(MARK)
    return violations(tab, CONTRAST, "[data-looked-at]")


def violations(tab, options, where="body"):
    """What axe finds: rule, how bad, and where."""
    options = options | {"resultTypes": ["violations"], "preload": False}
    response = tab.evaluate(f"axe.run({json.dumps(where)}, {json.dumps(options)})")
    return [
        {"rule": one["id"], "impact": one["impact"], "where": [node["html"][:200] for node in one["nodes"]][:5]}
        for one in response["violations"]
    ]


def moved(tab, box):
    """Move each slider of a box by one step, by keyboard: what is wrong with it."""
    name, wrong = box.get_attribute("data-name"), []
    shown = "([box, old]) => (box.querySelector('.nn-figure').dataset.shown ?? old) !== old"
    handle = box.element_handle()
    tab.wait_for_function(shown, arg=[handle, None])
    for control in box.locator("input, select").all():
        if control.evaluate("c => c.labels.length") != 1:
            wrong.append("no label")
        place, pixels, told = (box.locator(".nn-figure").get_attribute("data-shown"), box.evaluate(PIXELS), _said(box))
        last = control.evaluate("c => c.value === (c.max || String(c.options.length - 1))")
        control.focus()
        control.press("ArrowLeft" if last and control.get_attribute("type") else "ArrowUp" if last else "ArrowRight")
        tab.wait_for_function(shown, arg=[handle, place])
        if box.evaluate(PIXELS) == pixels:
            wrong.append(f"{control.get_attribute('id')} does not change its picture")
        if told and not _said(box):
            wrong.append("nothing is said")
    return {"name": name, "wrong": wrong}


def _said(box):
    return box.locator(".nn-said").text_content()


def played(tab, box):
    """Play a film, stop it, and step back by keyboard: what is wrong with it."""
    slider, button = box.locator("input"), box.locator("button")
    frame = box.locator("img:not(.nn-kept)").last
    slider_, wrong = slider.element_handle(), []
    button.click()
    tab.wait_for_function("s => +s.value > 1 && +s.value < +s.max", arg=slider_)
    first = slider.input_value()
    tab.wait_for_function("([s, old]) => s.value !== old", arg=[slider_, first])
    button.click()
    slider.focus()
    stopped = frame.get_attribute("src")
    slider.press("ArrowLeft")
    if frame.get_attribute("src") == stopped:
        wrong.append("the arrow keys do not move it")
    if not slider.get_attribute("aria-label") or not button.text_content():
        wrong.append("no label")
    return wrong
