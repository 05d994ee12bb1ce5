// Looks at a page in a frame as a reader would, and writes down what is wrong with it: one finding a line.
"use strict";
const NORMAL = 4.5, LARGE = 3, LARGE_PX = 24, LARGE_BOLD_PX = 18.66, BOLD = 700, HALF_A_PIXEL = 0.5;
const findings = new Set();

const channels = (colour) => {
  const numbers = (colour.match(/[\d.]+(e-?\d+)?%?/g) || []).map(Number);
  const [r, g, b, a = 1] = numbers;
  // Mixed colours are told as shares.
  return colour.startsWith("color(") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
};
const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a), 1];
const luminance = (colour) => {
  const [r, g, b] = colour.slice(0, 3).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
const words = (text) => JSON.stringify(text.trim().replace(/\s+/g, " ").slice(0, 40));

// Elements around one, the outermost first.
const around = (element) => {
  const all = [];
  for (let one = element; one; one = one.parentElement) all.unshift(one);
  return all;
};

// What lies behind the text of an element: the boxes around it, and in drawings the rectangles drawn before it.
const ground = (view, element, box) => {
  let colour = view.matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0, 1] : [255, 255, 255, 1];
  for (const one of around(element)) {
    const style = view.getComputedStyle(one);
    colour = over(channels(style.backgroundColor), colour);
  }
  const drawing = element.closest("svg.plot");
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  for (const shape of drawing ? drawing.querySelectorAll("rect") : []) {
    const before = shape.compareDocumentPosition(element) & view.Node.DOCUMENT_POSITION_FOLLOWING;
    const style = view.getComputedStyle(shape);
    const area = shape.getBoundingClientRect();
    const covers = x > area.left && x < area.right && y > area.top && y < area.bottom;
    if (before && covers && style.fill.startsWith("rgb")) {
      const [r, g, b, a] = channels(style.fill);
      colour = over([r, g, b, a * style.fillOpacity], colour);
    }
  }
  return colour;
};

const checkText = (view, node) => {
  const element = node.parentElement;
  const style = view.getComputedStyle(element);
  const range = view.document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect();
  if (!node.data.trim() || style.visibility !== "visible" || box.width < 2 || box.height < 2) return;
  const isDrawn = element.closest("svg") !== null;
  const [r, g, b, a] = channels(isDrawn ? style.fill : style.color);
  const opacity = around(element).reduce((all, one) => all * view.getComputedStyle(one).opacity, 1);
  const behind = ground(view, element, box);
  const ratio = contrast(over([r, g, b, a * opacity], behind), behind);
  const size = parseFloat(style.fontSize);
  // A sign that says nothing by its letters is a drawing.
  const isSign = !/[\p{L}\p{N}]/u.test(node.data);
  const large = size >= LARGE_PX || (size >= LARGE_BOLD_PX && style.fontWeight >= BOLD);
  const least = large || isSign ? LARGE : NORMAL;
  if (ratio < least) findings.add(`contrast ${ratio.toFixed(2)}, of at least ${least}: ${words(node.data)}`);
};

const scrolls = (view, element) => around(element).some((one) => {
  const flow = view.getComputedStyle(one).overflowX;
  return flow === "auto" || flow === "scroll" || flow === "hidden" || flow === "clip";
});

const checkWidth = (view) => {
  const root = view.document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return;
  findings.add(`the page is ${root.scrollWidth} px wide, in a window of ${root.clientWidth} px`);
  for (const element of view.document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    const leaf = element.children.length === 0;
    if (leaf && box.right > root.clientWidth + HALF_A_PIXEL && !scrolls(view, element.parentElement)) {
      findings.add(`beyond the window: <${element.localName}> ${words(element.textContent)}`);
    }
  }
};

addEventListener("load", () => {
  const view = document.querySelector("iframe").contentWindow;
  const dark = view.matchMedia("(prefers-color-scheme: dark)").matches;
  for (const details of view.document.querySelectorAll("details")) details.open = true;
  checkWidth(view);
  const texts = view.document.createTreeWalker(view.document.body, view.NodeFilter.SHOW_TEXT);
  let count = 0;
  while (texts.nextNode()) {
    if (["SCRIPT", "STYLE"].includes(texts.currentNode.parentElement.tagName)) continue;
    checkText(view, texts.currentNode);
    count += 1;
  }
  const told = [`${count} texts, ${dark ? "dark" : "light"}, ${view.innerWidth} px`, ...findings];
  document.querySelector("pre").textContent = told.join("\n");
});
