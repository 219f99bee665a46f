/** The sentence that is marked when somebody presses "report a wrong sentence" stands in the form that opens. */

const KEPT = "wrong sentence";
const LONGEST = 1000;

function keepMarked(): void {
  // What stands in a field is somebody's own; Chromium counts it as marked text, too.
  if (document.activeElement?.matches("input, textarea")) return;
  const marked = document.getSelection()?.toString().trim();
  if (marked) sessionStorage.setItem(KEPT, marked.slice(0, LONGEST));
}

export function carryMarkedSentence(): void {
  const field = document.querySelector<HTMLTextAreaElement>("form[data-wrong-sentence] textarea");
  if (field) field.value ||= sessionStorage.getItem(KEPT) ?? "";
  sessionStorage.removeItem(KEPT);
  const link = document.querySelector("a[data-wrong-sentence]");
  // The press itself takes the marking away: it is read before, and by click for those who use no pointer.
  for (const press of ["pointerdown", "click"]) link?.addEventListener(press, keepMarked);
}
