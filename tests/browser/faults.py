"""What people cannot read on a page: small, unnamed, or of too little contrast."""

import os
from pathlib import Path

import axe_core_python

AXE = Path(os.environ.get("AXE") or Path(axe_core_python.__file__).with_name("axe.min.js"))
# Serious and critical issues; of the second scheme of colours, those of colours.
_ISSUES = """axe.run({resultTypes: ["violations"], RULES}).then((result) => result.violations
  .filter((issue) => ["serious", "critical"].includes(issue.impact))
  .map((issue) => [issue.id, issue.nodes.map((node) => node.html.slice(0, 200))]))"""
# Whatever is shown as text, and smaller than 12 pixels.
_SMALL = """(() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = [];
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const isShown = element.getClientRects().length && !element.closest("option, script, style, svg");
    if (texts.currentNode.data.trim() && isShown && parseFloat(getComputedStyle(element).fontSize) < 12) {
      small.push(element.outerHTML.slice(0, 200));
    }
  }
  return small;
})()"""
# What scrolls to its side is reached by keys, and has a name; lines that are wrapped do not scroll.
_UNNAMED = """[...document.querySelectorAll("main .scroll, main pre")].filter((box) =>
  !getComputedStyle(box).whiteSpace.includes("wrap") && !(box.tabIndex === 0 && box.getAttribute("role") === "region"
    && (box.getAttribute("aria-label") || document.getElementById(box.getAttribute("aria-labelledby"))?.textContent)))
  .map((box) => box.outerHTML.slice(0, 200))"""
# All issues in one scheme of colours, and those of colours in the other.
ALL, COLOURS = "", 'runOnly: ["color-contrast", "link-in-text-block"]'


def faults(browser, schemes: dict[str, str]) -> dict[str, object]:
    """Return what people could not read on the page that is open."""
    found = {"small": browser.run(_SMALL), "unnamed": browser.run(_UNNAMED)}
    browser.run(AXE.read_text(encoding="utf-8") + "; 0")
    for scheme, rules in schemes.items():
        browser.prefer(scheme)
        browser.run("document.getAnimations().forEach((change) => change.finish()); 0")  # colours change slowly
        found[scheme] = browser.run(_ISSUES.replace("RULES", rules))
    return {kind: issues for kind, issues in found.items() if issues}
