/** Asks before a step that cannot be undone: `<button data-confirm="…" data-confirm-no="…">`. */

function choice(label: string | null | undefined, look: string, chosen: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = look;
  button.textContent = label ?? "";
  button.addEventListener("click", chosen);
  return button;
}

export function confirmFirst(event: MouseEvent): void {
  const standIn = (event.target as Element).closest<HTMLButtonElement>("button[data-first]");
  if (standIn) {
    // Enter pressed it in place of the form's own first button, which may have something to ask.
    event.preventDefault();
    standIn.form?.querySelector<HTMLButtonElement>("button[type=submit]")?.click();
    return;
  }
  const button = (event.target as Element).closest<HTMLButtonElement>("button[data-confirm]");
  if (!button?.form || button.dataset.confirmed) return;
  event.preventDefault();
  if (!button.form.noValidate && !button.form.reportValidity()) return;
  const dialog = document.createElement("dialog");
  const question = document.createElement("p");
  question.id = "confirm-question";
  question.textContent = button.dataset.confirm ?? "";
  const choices = document.createElement("div");
  choices.className = "actions";
  choices.append(
    choice(button.dataset.confirmNo, "button button--quiet", () => dialog.close()),
    choice(button.textContent, button.className, () => {
      dialog.close();
      button.dataset.confirmed = "yes";
      button.form?.requestSubmit(button);
      delete button.dataset.confirmed;
    }),
  );
  dialog.setAttribute("aria-labelledby", question.id);
  dialog.append(question, choices);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
