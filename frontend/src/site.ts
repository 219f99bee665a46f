/** Small helps on every page. Each page works without them. */

import { autosave } from "./site/autosave.ts";
import { confirmFirst } from "./site/confirm.ts";
import { guard } from "./site/guard.ts";
import { closeMenu } from "./site/menu.ts";
import { poll } from "./site/progress.ts";
import { carryMarkedSentence } from "./site/wrong_sentence.ts";

document.addEventListener("click", confirmFirst);
document.querySelectorAll<HTMLElement>("[data-progress-url]").forEach(poll);
document.querySelectorAll<HTMLDetailsElement>("details[data-menu]").forEach(closeMenu);
document.querySelectorAll<HTMLFormElement>("form[data-guard]").forEach(guard);
document.querySelectorAll<HTMLFormElement>("form[data-autosave-url]").forEach(autosave);
carryMarkedSentence();
