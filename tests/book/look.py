"""One walk through all pages of the book: what a browser says of each."""

from axe_playwright_python.sync_playwright import Axe

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
RULES = {
    "runOnly": WCAG,
    "rules": {"color-contrast": {"enabled": False}},  # asked apart, since it is the slow one
    "resultTypes": ["violations"],
    "preload": False,
}
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"], "preload": False}
# One element for each pair of colours: a lesson has ten thousand pieces of coloured code.
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
SCROLL = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 700) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise((done) => setTimeout(done, 25));
  }
  const seen = [...document.images].filter((image) => image.checkVisibility());
  for (const image of seen) image.loading = "eager";
  const late = new Promise((done) => setTimeout(done, 20000));
  await Promise.race([late, Promise.all(seen.map((image) => image.decode().catch(() => {})))]);
  const boxes = [...document.querySelectorAll(".nn-sliders")];
  for (let i = 0; i < 200 && boxes.some((box) => !("ready" in box.dataset)); i++) {
    await new Promise((done) => setTimeout(done, 50));
  }
}"""
ASK = """() => {
  const all = (query) => [...document.querySelectorAll(query)];
  return {
    headings: all("article :is(h1, h2, h3, h4, h5, h6)").map((h) => +h.tagName[1]),
    figures: all("article img").filter((i) => !i.matches(".nn-moving, .nn-kept, .nn-animation img[alt='']")).map(
      (i) => ({ alt: i.alt, drawn: i.naturalWidth > 0 })),
    formulas: all("article math").map((m) => {
      const { width, height } = m.getBoundingClientRect();
      return { drawn: (width > 2 && height > 5) || !m.checkVisibility(), error: !!m.querySelector("merror") };
    }),
    sliders: all(".nn-sliders").map((s) => ({ name: s.dataset.name, ready: "ready" in s.dataset })),
    animations: all(".nn-animation").length,
    font: document.fonts.check('16px "Book Math"', "∑"),
    text: document.querySelector("article").innerText,
  };
}"""


def look(browser, site, address):
    """Return what was found on each page, by the page's path in the site."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    tab = context.new_page()
    found = {}
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        seen = {"console": [], "failed": [], "requests": []}
        listeners = {
            "console": lambda m, seen=seen: seen["console"].append(m.text) if m.type in ("error", "warning") else None,
            "pageerror": lambda e, seen=seen: seen["console"].append(str(e)),
            "requestfailed": lambda r, seen=seen: seen["failed"].append(r.url),
            "request": lambda r, seen=seen: seen["requests"].append(r.url),
            "response": lambda r, seen=seen: seen["failed"].append(r.url) if r.status >= 400 else None,
        }
        for event, listener in listeners.items():
            tab.on(event, listener)
        tab.set_viewport_size({"width": 1280, "height": 900})
        tab.emulate_media(color_scheme="light")
        tab.goto(f"{address}/{name}")
        tab.evaluate(SCROLL)
        found[name] = seen | tab.evaluate(ASK)
        found[name]["light"] = violations(tab, RULES) + contrast(tab)
        tab.emulate_media(color_scheme="dark")
        found[name]["dark"] = contrast(tab)
        tab.set_viewport_size({"width": 360, "height": 700})
        found[name]["too_wide"] = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        for event, listener in listeners.items():
            tab.remove_listener(event, listener)
    context.close()
    return found


def contrast(tab):
    """What axe finds about colours."""
    tab.evaluate(MARK)
    return violations(tab, CONTRAST, "[data-looked-at]")


def violations(tab, options, where=None):
    """What axe finds: rule, how bad, and where."""
    response = Axe().run(tab, context=where, options=options).response
    return [
        {"rule": one["id"], "impact": one["impact"], "where": [node["html"][:200] for node in one["nodes"]][:5]}
        for one in response["violations"]
    ]
