/** The translated sentences that a page sends along for a script, in `<script type="application/json" id="…">`. */

/** Sentences by key. Readings over kanji are set apart in them, as lms/kernel/furigana.py does it. */
export type Words = Readonly<Record<string, string>>;

const READING = /\ue000([^\ue001]*)\ue001([^\ue002]*)\ue002/;

export function wordsOf(id: string): Words {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}") as Words;
}

function filled(words: Words, key: string, values: Readonly<Record<string, string>>): string {
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}

function plain(text: string): string {
  return text.replace(new RegExp(READING, "g"), "$1");
}

/** The same sentences without readings, for names that are only said aloud. */
export function withoutReadings(words: Words): Words {
  return Object.fromEntries(Object.entries(words).map(([key, text]) => [key, plain(text)]));
}

/** A sentence with its `{name}` places filled in, as plain text. */
export function say(words: Words, key: string, values: Readonly<Record<string, string>> = {}): string {
  return plain(filled(words, key, values));
}

/** Writes a sentence into an element, its readings as ruby. */
export function write(
  element: Element,
  words: Words,
  key: string,
  values: Readonly<Record<string, string>> = {},
): void {
  // Splitting by a pattern with two groups gives text, word, reading, text, word, reading … text.
  const pieces = filled(words, key, values).split(READING);
  const nodes = pieces.map((piece, n) => {
    if (n % 3 === 0) return piece;
    if (n % 3 === 2) return "";
    const ruby = document.createElement("ruby");
    const reading = document.createElement("rt");
    reading.textContent = pieces[n + 1] ?? "";
    ruby.append(piece, reading);
    return ruby;
  });
  element.replaceChildren(...nodes);
}
