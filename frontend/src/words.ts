/** The translated sentences that a page sends along for a script, in `<script type="application/json" id="…">`. */

export type Words = Readonly<Record<string, string>>;

export function wordsOf(id: string): Words {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}") as Words;
}

/** A sentence with its `{name}` places filled in. */
export function say(words: Words, key: string, values: Readonly<Record<string, string>> = {}): string {
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
