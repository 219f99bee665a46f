/** Warns before typed text is lost; only for forms that save nothing by themselves (`form[data-guard]`). */

export function guard(form: HTMLFormElement): void {
  let typed = false;
  form.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", () => (typed = false));
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}
