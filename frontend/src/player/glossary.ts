/** The glossary in captions and transcript; fetched when the first text is drawn. */

import type { Words } from "../words.ts";
import { makePanel } from "./term-panel.ts";
import { finder, loadTerms, markTerms, type Finder, type Term } from "./terms.ts";

/** What is done around an explanation that is being read. `before` is called as it opens and gives what to do after. */
export type Around = () => () => void;

export interface Glossary {
  /** Marks the terms in a line of captions that are in `language` (a code). */
  mark(line: Element, language: string, around?: Around): void;
}

/** `terms` and `page` are addresses; `tag` is the page's language. Undefined where there are no terms. */
export async function openGlossary(
  { terms: url, page, tag }: { terms: string; page: string; tag: string },
  words: Words,
): Promise<Glossary | undefined> {
  const terms = await loadTerms(url);
  if (terms.length === 0) return undefined;
  const panel = makePanel({ words, glossary: page, tag });
  const finders = new Map<string, Finder>();
  const inLanguage = (language: string): Finder => {
    const find = finders.get(language) ?? finder(terms, language);
    finders.set(language, find);
    return find;
  };
  return {
    mark(line, language, around) {
      const opened = (term: Term, from: HTMLElement): void => panel.open(term, from, around?.());
      markTerms(line, { find: inLanguage(language), glossary: page, opened });
    },
  };
}
