"""What is looked at on a page in a real browser, apart from what the test at hand does there: findings as sentences."""

from collections.abc import Iterable, Iterator
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

SIZES = {360: 740, 1280: 900}
SCHEMES = ("light", "dark")
# What axe calls a rule of WCAG 2.2 at level A or AA, and its own best practice. That targets are 24 px large, or apart
# enough, is the one rule of them that it leaves out unless asked.
AXE: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
    "preload": False,
}
COLOURS: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
# Roles of things that are pressed, filled in or chosen.
WIDGETS = {
    "button", "checkbox", "combobox", "DisclosureTriangle", "link", "listbox", "menuitem", "menuitemcheckbox",
    "menuitemradio", "option", "radio", "searchbox", "slider", "spinbutton", "switch", "tab", "textbox", "Video",
}  # fmt: skip

# Runs in the page. Whatever lies in a box that scrolls by itself, or is hidden on purpose, is no loss.
GEOMETRY = """() => {
  const found = [], wide = document.documentElement.clientWidth;
  const name = (e) => e.outerHTML.replace(/\\s+/g, " ").slice(0, 120);
  const parent = (e) => e.parentElement ?? e.getRootNode().host ?? null;
  const above = function* (e) { for (let p = e; p; p = parent(p)) yield p; };
  const hidden = (e) => !e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
    [...above(e)].some((p) => { const s = getComputedStyle(p), r = p.getBoundingClientRect();
      return s.clipPath !== "none" || (s.clip !== "auto" && s.position === "absolute") || (r.width <= 1 && r.height <= 1); });
  const boxed = (e) => [...above(e)].some((p) => p !== document.body && p !== document.documentElement &&
    ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(p).overflowX));
  const layer = (e) => [...above(e)].find((p) => ["fixed", "sticky"].includes(getComputedStyle(p).position)) ?? null;

  if (document.documentElement.scrollWidth > wide)
    found.push(`scrolls sideways: ${document.documentElement.scrollWidth} px on ${wide}`);
  if (document.querySelectorAll("h1").length !== 1) found.push(`${document.querySelectorAll("h1").length} h1`);
  for (const e of document.body.querySelectorAll("*")) {
    const r = e.getBoundingClientRect();
    if (!r.width || !r.height) continue;
    if ((r.right > wide + 1 || r.left < -1) && !hidden(e) && !boxed(e) && layer(e) === null)
      found.push(`over the edge (${Math.round(r.left)} to ${Math.round(r.right)}): ${name(e)}`);
    const s = getComputedStyle(e);
    if (["hidden", "clip"].includes(s.overflowX) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 &&
        [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && !hidden(e))
      found.push(`text is cut off: ${name(e)}`);
  }
  const pressed = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((e) => !e.closest("label") && !hidden(e))
    .map((e) => ({ e, layer: layer(e), rects: [...e.getClientRects()] }));
  for (const [i, a] of pressed.entries())
    for (const b of pressed.slice(i + 1)) {
      if (a.layer !== b.layer || a.e.contains(b.e) || b.e.contains(a.e)) continue;
      if (a.rects.some((p) => b.rects.some((q) => Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2 &&
          Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 2)))
        found.push(`lie on each other: ${name(a.e)} and ${name(b.e)}`);
    }
  return found;
}"""


# Contrast takes axe four times as long as all its other rules together, most of it for the same thing again and again (a
# page in easy Japanese has a thousand readings). So of elements with the same ancestors by tag, class and state and with
# the same colours it looks at one.
CONTRAST = """async (rules) => {
  const alike = new Map(), names = new Map();
  const own = (e) => { const s = getComputedStyle(e);
    return [e.localName, e.className?.baseVal ?? e.className, e.ariaCurrent, e.disabled, e.ariaInvalid, s.color,
      s.backgroundColor, s.backgroundImage, s.opacity, s.fontSize, s.fontWeight].join("|"); };
  const name = (e) => { if (!names.has(e)) { const up = e.parentElement ?? e.getRootNode().host;
    names.set(e, (up ? name(up) + " > " : "") + own(e)); } return names.get(e); };
  const all = [...document.body.querySelectorAll("*")], hosts = all.filter((e) => e.shadowRoot);
  const texts = all.filter((e) => (e.matches("input, select, textarea") ||
    [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) && e.checkVisibility());
  for (const e of texts) if (!alike.has(name(e))) alike.set(name(e), e);
  const include = [...alike.values(), ...hosts], chosen = new Set(include);
  const exclude = texts.filter((e) => !chosen.has(e) && include.some((other) => other.contains(e)));
  return (await axe.run({ include, exclude }, rules)).violations;
}"""


def carry_axe(context: BrowserContext) -> None:
    """Put axe into every page that is opened; so it need not be sent again and again."""
    context.add_init_script(AXE_SCRIPT)


def look(page: Page) -> Iterator[str]:
    """Everything that is wrong with the page that is open, at both widths and in both colour schemes.

    All rules of axe are asked at both widths; contrast, the only one whose answer depends on colours, in each of the four.
    """
    yield from (f"[any width] {finding}" for finding in nameless(page))
    for width, height in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            yield from (f"[{width} {scheme}] {finding}" for finding in contrast(page))
        yield from (f"[{width}] {finding}" for finding in (*axe(page), *page.evaluate(GEOMETRY)))
    page.emulate_media(color_scheme=SCHEMES[0])


def axe(page: Page) -> Iterable[str]:
    """What axe finds, contrast apart: rule and elements."""
    return _said(page.evaluate("rules => axe.run(rules).then(r => r.violations)", AXE))


def contrast(page: Page) -> Iterable[str]:
    """Texts that are too pale on what lies behind them."""
    return _said(page.evaluate(CONTRAST, COLOURS))


def _said(violations: list[dict[str, Any]]) -> Iterable[str]:
    return [
        f"axe {found['id']}: {node['html'][:160]} ({_why(node)})" for found in violations for node in found["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    checks = node["any"] + node["all"] + node["none"]
    return checks[0]["message"][:160] if checks else ""


def nameless(page: Page) -> Iterable[str]:
    """Things to press or fill in for which the browser itself, shadow roots included, computes no accessible name."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        f"no accessible name: {node['role']['value']}"
        for node in nodes
        if not node["ignored"]
        and node["role"]["value"] in WIDGETS
        and not node.get("name", {}).get("value", "").strip()
    ]
