/** Words of the glossary in a line: where they stand, and marking them, so that a press opens their explanation. */

import { piecesOf, rangeOf, widened, type Place } from "./line.ts";

/** One entry, as /glossary/terms.json gives it. `forms` are its spellings by language; the rest is for the reader. */
export interface Term {
  readonly key: string;
  readonly forms: Readonly<Record<string, readonly string[]>>;
  readonly term: string;
  readonly reading: string;
  readonly text: string;
  readonly easy: string;
}

export interface Found {
  readonly term: Term;
  readonly place: Place;
}

/** Finds the terms in a text, the longest first, none overlapping another. */
export type Finder = (text: string) => Found[];

const LETTER = "[\\p{L}\\p{M}\\p{N}]";
/** Scripts that put no space between words: there a word may begin and end anywhere. */
const UNSPACED = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]/u;
const KATAKANA = /[\p{sc=Kana}ー]/u;
const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

/** What may not stand before or after a letter of a form: a letter of the same word. ビザ is no part of ビザンチン. */
function neighbour(letter: string): string {
  if (KATAKANA.test(letter)) return "[\\p{sc=Kana}ー]";
  return UNSPACED.test(letter) ? "" : LETTER;
}

function pattern(form: string): string {
  const words = form.split(/\s+/).map((word) => word.replace(SPECIAL, "\\$&"));
  const after = neighbour([...form].at(-1) ?? "");
  return words.join("\\s+") + (after && `(?!${after})`);
}

/** One expression for all forms, the longest first. What may not stand before them is looked at once, not for each. */
function expression(forms: readonly string[]): RegExp {
  const byBefore = new Map<string, string[]>();
  for (const form of [...forms].sort((a, b) => b.length - a.length)) {
    const before = neighbour([...form][0] ?? "");
    byBefore.set(before, [...(byBefore.get(before) ?? []), pattern(form)]);
  }
  const groups = [...byBefore].map(([before, patterns]) => `${before && `(?<!${before})`}(?:${patterns.join("|")})`);
  return new RegExp(groups.join("|"), "giu");
}

function simple(text: string): string {
  return text.normalize("NFC").replace(/\s+/g, " ").toLowerCase();
}

/** The spellings that captions in a language may use: its own, else those of the language it is a form of. */
function formsIn(term: Term, language: string): readonly string[] {
  return term.forms[language] ?? term.forms[language.split(/[-_@]/, 1)[0] ?? ""] ?? [];
}

export function finder(terms: readonly Term[], language: string): Finder {
  const byForm = new Map<string, Term>();
  for (const term of terms) {
    for (const form of formsIn(term, language)) {
      const known = simple(form).trim();
      if (known && !byForm.has(known)) byForm.set(known, term);
    }
  }
  if (byForm.size === 0) return () => [];
  const any = expression([...byForm.keys()]);
  return (text) =>
    [...text.matchAll(any)].flatMap((match) => {
      const term = byForm.get(simple(match[0]));
      return term ? [{ term, place: [match.index, match.index + match[0].length] as const }] : [];
    });
}

/** Where the glossary's page, at this address, has a term. */
export function addressOf(glossary: string, { key }: Term): string {
  return `${glossary}#term-${key}`;
}

/**
 * Turns every term in a line into a link, readings and all. A link breaks over lines like any word, which a button does
 * not; a plain press opens the explanation here, and whoever wants it in a window of its own has that too.
 */
export function markTerms(
  line: Element,
  { find, glossary, opened }: { find: Finder; glossary: string; opened: (term: Term, link: HTMLElement) => void },
): void {
  const pieces = piecesOf(line);
  const found = widened(find(pieces.map(({ text }) => text).join("")), pieces);
  // From the end, so that the places of the others stay where they are.
  for (const { term, place } of found.reverse()) {
    const link = document.createElement("a");
    link.className = "term";
    link.href = addressOf(glossary, term);
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", (event) => {
      event.stopPropagation(); // a line of the transcript leads to its moment when it is clicked
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      opened(term, link);
    });
    const range = rangeOf(line, place);
    link.append(range.extractContents());
    range.insertNode(link);
  }
}

/** The glossary in the reader's language. One that cannot be had marks nothing. */
export async function loadTerms(url: string): Promise<readonly Term[]> {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    if (!response.ok) return [];
    return ((await response.json()) as { terms: Term[] }).terms;
  } catch {
    return [];
  }
}
