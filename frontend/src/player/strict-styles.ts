/**
 * Lets media-chrome work under our Content-Security-Policy, which allows no `<style>` element.
 *
 * Its elements write `<style>` into their shadow roots, which the browser then ignores. Here each such text becomes a
 * constructed style sheet, which the policy allows. media-chrome looks up its rules through the elements it wrote, so
 * each is replaced by one of the same name in no namespace: the same to a selector, nothing to the browser.
 */

function adopt(root: ShadowRoot, html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  template.content.querySelectorAll("template[shadowrootmode]").forEach((nested) => nested.remove());
  const content = document.importNode(template.content, true);
  for (const style of content.querySelectorAll("style")) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style.textContent ?? "");
    // A sheet with a media condition is an alternative that media-chrome switches on for layouts we do not use.
    if (!style.media) root.adoptedStyleSheets.push(sheet);
    const stand = document.createElementNS(null, "style");
    for (const { name, value } of style.attributes) stand.setAttribute(name, value);
    Object.defineProperty(stand, "sheet", { value: sheet });
    style.replaceWith(stand);
  }
  root.replaceChildren(content);
}

/** To be called once, before the first media-chrome element is made. */
export function useStrictStyles(): void {
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (this: Element, init: ShadowRootInit): ShadowRoot {
    const root = attachShadow.call(this, init);
    if (this.localName.startsWith("media-")) {
      const write = (html: string): void => adopt(root, html);
      Object.defineProperty(root, "innerHTML", { set: write });
      Object.defineProperty(root, "setHTMLUnsafe", { value: write });
    }
    return root;
  };
}
