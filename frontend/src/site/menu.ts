/** A menu (`details[data-menu]`) closes on Escape and when something else is pressed or reached. */

export function closeMenu(menu: HTMLDetailsElement): void {
  const summary = menu.querySelector("summary");
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    summary?.focus();
  });
  for (const elsewhere of ["pointerdown", "focusin"]) {
    document.addEventListener(elsewhere, (event) => {
      if (!menu.contains(event.target as Node)) menu.open = false;
    });
  }
}
