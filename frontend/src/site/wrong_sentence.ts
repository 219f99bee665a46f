/** A sentence that is marked on a page stands in the form that reports it. */

const KEPT = "wrong sentence";

export function carryMarkedSentence(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-wrong-sentence]");
  const field = form?.querySelector("textarea");
  if (field) {
    field.value ||= sessionStorage.getItem(KEPT) ?? "";
    sessionStorage.removeItem(KEPT);
    return;
  }
  document.addEventListener("selectionchange", () => {
    const marked = document.getSelection()?.toString().trim();
    if (marked) sessionStorage.setItem(KEPT, marked.slice(0, 1000));
  });
}
