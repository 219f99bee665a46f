"""Somebody who uses a page with the keyboard only and must always see where they are."""

from playwright.sync_api import Page

from tests.processes import wait_for

MOST_PRESSES = 120

# What has the focus, through shadow roots: what it is, whether it fits the selector, and what is wrong with how it shows.
# The page's main part takes the focus from the skip link, and a frame around half the page would tell nobody anything.
FOCUS = """(selector) => {
  let e = document.activeElement;
  while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const around = [e, e.closest("label")];
  for (let p = e; p; p = p.getRootNode().host) around.push(p.getRootNode().host);
  const shown = (p) => { if (!p) return false; const s = getComputedStyle(p);
    return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none"; };
  const boxes = around.filter(Boolean).map((p) => p.getBoundingClientRect()).filter((r) => r.width > 1 && r.height > 1);
  const r = boxes[0], inside = (p, q) => { for (; q; q = q.parentElement ?? q.getRootNode().host) if (q === p) return true; };
  const points = !r ? [] : [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) =>
    document.elementFromPoint(r.left + r.width * x, r.top + r.height * y));
  const hit = points.some((p) => p && around.some((a) => a && (inside(a, p) || inside(p, a) && p !== document.body &&
    p !== document.documentElement && p.tagName !== "MAIN")));
  const matches = [e, ...around].some((p) => p?.matches?.(selector));
  return { what: e.outerHTML.replace(/\\s+/g, " ").slice(0, 120), matches, tag: e.localName, type: e.type ?? "",
    name: e.name ?? "", checked: e.checked ?? false,
    wrong: e.localName === "main" ? "" : !around.some(shown) ? "the focus cannot be seen" : !hit ? "something covers what has the focus" : "" };
}"""


class Hands:
    """Two hands on a keyboard: `go_to(css)` by Tab or Shift+Tab, `press(key)`, `type(text)`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []

    def focus(self, css: str = "*") -> dict | None:
        """What has the focus; whether it fits `css`. None: nothing has it."""
        found = self.page.evaluate(FOCUS, css)
        if found and found["wrong"]:
            self.wrong.append(f"{self.page.url}: {found['wrong']}: {found['what']}")
        return found

    def press(self, key: str) -> None:
        """A key; afterwards something must have the focus."""
        self.page.keyboard.press(key)
        assert self.focus() is not None, f"{self.page.url}: the focus is lost after {key}"

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def go_to(self, css: str, *, key: str = "Tab") -> None:
        """Tab on until something that fits has the focus."""
        passed = []
        for _ in range(MOST_PRESSES):
            found = self.focus(css)
            if found and found["matches"]:
                return
            self.page.keyboard.press(key)
            now = self.focus(css)
            # Nothing has it only at the page's two ends, where the browser itself comes in between.
            assert now is not None or found is None or key != "Tab" or self._is_end(), f"lost after {found}"
            passed.append((now or {}).get("what"))
        raise AssertionError(f"{self.page.url}: {css} cannot be reached; passed {passed}")

    def leave_by(self, css: str, *, key: str = "Enter") -> None:
        """Go there, press it, and be on another page."""
        self.go_to(css)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.page.wait_for_load_state("load")

    def fill_in(self, form: str, *, texts: dict[str, str] | None = None, choices: dict[str, int] | None = None) -> None:
        """Go through a form and answer everything: texts by name, of choices the one so many arrows on; then send it."""
        done = set()
        self.go_to(f"{form} :is(input, textarea, select)")
        for _ in range(MOST_PRESSES):
            here = self.focus(f"{form} :is(button)")
            assert here is not None
            if here["matches"] and here["type"] == "submit":
                with self.page.expect_navigation():
                    self.page.keyboard.press("Enter")
                return
            if here["name"] not in done:
                done.add(here["name"])
                self._answer(here, texts or {}, choices or {})
            self.press("Tab")
        raise AssertionError("the form has no end")

    def _answer(self, here: dict, texts: dict[str, str], choices: dict[str, int]) -> None:
        if here["type"] in {"radio", "checkbox"}:
            if not here["checked"]:
                self.press("Space")
            for _ in range(choices.get(here["name"], 0)):
                self.press("ArrowDown")
        elif here["tag"] in {"input", "textarea"}:
            self.type(texts.get(here["name"], "見本の回答です。"))

    def holds(self, expression: str) -> None:
        """Wait until something is true in the page."""
        wait_for(lambda: self.page.evaluate(expression), seconds=20)

    def _is_end(self) -> bool:
        return bool(self.page.evaluate("document.activeElement === document.body"))
