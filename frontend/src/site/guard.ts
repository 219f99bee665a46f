/** Warns before typed text is lost; only for forms that save nothing by themselves (`form[data-guard]`). */

export function guard(form: HTMLFormElement): void {
  // A form that came back, refused or in another language, already holds what was typed.
  let typed = document.body.hasAttribute("data-redrawn") || form.querySelector("[aria-invalid]") !== null;
  form.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", () => (typed = false));
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}
