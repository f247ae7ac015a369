// What moves in the book: sliders over pictures that were drawn when the lesson was executed. No kernel, no network.
"use strict";

const SOURCE = "data:image/webp;base64,";

// On a dark page photographs keep their colours: a picture once more, cut to where the photographs are.
function keep(box, copy) {
  copy.classList.add("nn-kept");
  copy.ariaHidden = "true";
  copy.style.clipPath = box.dataset.kept;
  return copy;
}

function canvas(still) {
  const one = document.createElement("canvas");
  one.className = "nn-moving";
  one.ariaHidden = "true"; // the picture below has the words
  [one.width, one.height] = [still.naturalWidth, still.naturalHeight];
  return one;
}

function load(text) {
  const image = new Image();
  image.src = SOURCE + text;
  return image.decode().then(() => image);
}

function awaken(box) {
  const sliders = JSON.parse(box.dataset.sliders);
  const shown = sliders.map((slider) => slider.shown);
  const place = [...shown];
  const figure = box.querySelector(".nn-figure");
  const picture = figure.querySelector("img");
  const words = picture.alt;
  let pictures = null;
  let still = null;
  let canvases = [];

  const controls = document.createElement("div");
  controls.className = "nn-controls";
  const inputs = sliders.map((slider, n) => {
    const id = `${box.dataset.name}-${n}`;
    const label = document.createElement("label");
    label.htmlFor = id;
    label.textContent = slider.label;
    const isSlider = slider.kind === "slider";
    const input = document.createElement(isSlider ? "input" : "select");
    const value = isSlider ? document.createElement("output") : null;
    if (isSlider) {
      Object.assign(input, { type: "range", min: 0, max: slider.values.length - 1 });
      value.htmlFor = id;
    } else {
      input.append(...slider.values.map((name, i) => new Option(name, i)));
    }
    input.id = id;
    input.addEventListener("input", () => move(n, +input.value));
    controls.append(label, input, ...(value ? [value] : []));
    return { input, value };
  });
  const said = document.createElement("p");
  said.className = "nn-said";
  said.setAttribute("aria-live", "polite");
  (figure.closest(".nn-scroll") ?? figure).after(controls, said);

  function tell() {
    inputs.forEach(({ input, value }, n) => {
      const text = sliders[n].values[place[n]];
      input.value = place[n];
      if (value) {
        value.textContent = text;
        input.setAttribute("aria-valuetext", text);
      }
    });
  }

  function move(n, i) {
    place[n] = i;
    if (!pictures) return tell();
    if (!(place.join() in pictures.frames)) shown.forEach((start, m) => { if (m !== n) place[m] = start; });
    tell();
    const [patch, titles] = pictures.frames[place.join()];
    picture.alt = `${words} ${titles}`;
    said.textContent = titles;
    const wanted = place.join();
    load(patch).then((over) => {
      if (wanted !== place.join()) return;
      for (const one of canvases) for (const image of [still, over]) one.getContext("2d").drawImage(image, 0, 0);
      figure.dataset.shown = wanted;
    });
  }

  box.take = async (content) => {
    still = await load(content.still);
    pictures = content;
    picture.removeAttribute("width");
    picture.removeAttribute("height");
    picture.src = still.src;
    figure.querySelector(".nn-kept")?.remove();
    canvases = [canvas(still), ...(box.dataset.kept ? [keep(box, canvas(still))] : [])];
    figure.append(...canvases);
    box.dataset.ready = "";
    move(0, place[0]);
  };
  tell();
}

// The scripts in frames/ call this.
window.showFrames = (name, content) => {
  for (const box of document.querySelectorAll(`.nn-sliders[data-name="${name}"]`)) box.take(content);
};

document.querySelectorAll(".nn-sliders").forEach(awaken);

// Pictures that move are fetched shortly before they are seen.
const loader = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    loader.unobserve(target);
    document.head.append(Object.assign(document.createElement("script"), { src: target.dataset.script }));
  }
}, { rootMargin: "300px" });
for (const box of document.querySelectorAll("[data-script]")) loader.observe(box);

for (const box of document.querySelectorAll(".nn-animation[data-kept]")) {
  box.addEventListener("awake", () => {
    const [still, moving] = box.querySelectorAll("img");
    const copies = [still, moving].map((one) => keep(box, one.cloneNode()));
    copies[0].alt = "";
    still.parentElement.append(...copies);
    new MutationObserver(() => { copies[1].src = moving.src; }).observe(moving, { attributeFilter: ["src"] });
  });
}

// On the front page a film starts when it is first seen, unless the reader wants no motion; its button stops it.
const projector = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    projector.unobserve(target);
    const start = () => target.querySelector("button").click();
    if (target.querySelector("button")) start();
    else target.addEventListener("awake", start);
  }
}, { threshold: 0.6 });
if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
  for (const box of document.querySelectorAll(".nn-starts .nn-animation")) projector.observe(box);
}

// Opened from a folder, a page may not read other pages: search then shows titles without the text around.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// What is wider than the page can be scrolled by keyboard, too, and says what it is.
const WIDE = {
  pre: "code",
  "div.cell_output": "output",
  ".table-wrapper": "table",
  ".nn-formula": "formula",
  ".nn-scroll": "figure",
};
function letScroll() {
  for (const [query, name] of Object.entries(WIDE)) {
    for (const box of document.querySelectorAll(query)) {
      const marks = { tabindex: 0, role: "group", "aria-label": `${name}, scrolls sideways` };
      for (const [mark, value] of Object.entries(marks)) {
        if (box.scrollWidth > box.clientWidth) box.setAttribute(mark, value);
        else box.removeAttribute(mark);
      }
    }
  }
}
letScroll();
addEventListener("resize", letScroll);
addEventListener("toggle", letScroll, true); // what lies in a fold has a width only when it is open

// On a narrow page the theme's menus open by a click on a label: let the keyboard do it as well.
for (const label of document.querySelectorAll(".nav-overlay-icon, .toc-overlay-icon")) {
  const box = document.getElementById(label.htmlFor);
  label.tabIndex = 0;
  label.setAttribute("role", "button");
  label.setAttribute("aria-label", box.getAttribute("aria-label"));
  label.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    box.checked = !box.checked;
    const drawer = document.querySelector(box.id === "__toc" ? ".toc-drawer" : ".sidebar-drawer");
    if (box.checked) drawer.querySelector("a, input")?.focus();
  });
}
addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const id of ["__navigation", "__toc"]) document.getElementById(id).checked = false;
});
