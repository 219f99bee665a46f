/**
 * A line of text as people search it: plain stretches and stretches with a reading over them.
 *
 * Places in a line are counted in its base text, which is what stands on the line without the readings above it.
 */

/** `reading` stands over `text`; a piece without one is plain. */
export interface Piece {
  readonly text: string;
  readonly reading?: string;
}

/** Half-open, in UTF-16 units of the base text. */
export type Place = readonly [start: number, end: number];

const LATIN_MARKS = /[\u0300-\u036f]/g;
const KATAKANA = /[\u30a1-\u30f6]/g;
const TO_HIRAGANA = 0x60;

/** Case, width, kind of kana and the accents of Latin letters make no difference to somebody who searches. */
function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(LATIN_MARKS, "")
    .toLowerCase()
    .replace(/đ/g, "d")
    .replace(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - TO_HIRAGANA))
    .replace(/\s/g, " ");
}

/** Letters folded before: a lecture has a hundred thousand letters, but only some hundred different ones. */
const letters = new Map<string, string>();

function foldLetter(letter: string): string {
  const known = letters.get(letter) ?? fold(letter);
  letters.set(letter, known);
  return known;
}

/** A searchable string, and for each of its units the place in the base text that it stands for. */
class Searchable {
  text = "";
  private readonly places: Place[] = [];

  add(text: string, place: Place): void {
    this.text += text;
    for (let n = 0; n < text.length; n++) this.places.push(place);
  }

  *find(wanted: string): Generator<Place> {
    for (let at = this.text.indexOf(wanted); at >= 0; at = this.text.indexOf(wanted, at + wanted.length)) {
      const [first, last] = [this.places[at], this.places[at + wanted.length - 1]];
      if (first && last) yield [first[0], last[1]];
    }
  }
}

/** Sorted, and where two overlap they become one. */
function united(places: readonly Place[]): Place[] {
  const one: [number, number][] = [];
  for (const [start, end] of [...places].sort((a, b) => a[0] - b[0])) {
    const last = one.at(-1);
    if (last && start < last[1]) last[1] = Math.max(last[1], end);
    else one.push([start, end]);
  }
  return one;
}

/** Makes a line searchable, by what stands on it and by its readings; the search answers with places in the line. */
export function searchable(pieces: readonly Piece[]): (query: string) => Place[] {
  const [written, spoken] = [new Searchable(), new Searchable()];
  let at = 0;
  for (const { text, reading } of pieces) {
    const whole: Place = [at, at + text.length];
    for (const letter of text) {
      const [folded, place] = [foldLetter(letter), [at, at + letter.length] as const];
      written.add(folded, place);
      if (reading === undefined) spoken.add(folded, place);
      at += letter.length;
    }
    if (reading !== undefined) spoken.add(fold(reading), whole);
  }
  return (query) => {
    const wanted = fold(query.trim());
    return wanted === "" ? [] : united([...written.find(wanted), ...spoken.find(wanted)]);
  };
}

/** Places widened to whole pieces where they would cut a reading; of two that then overlap, the first. */
export function widened<Found extends { readonly place: Place }>(
  found: readonly Found[],
  pieces: readonly Piece[],
): Found[] {
  const rubies: Place[] = [];
  let at = 0;
  for (const { text, reading } of pieces) {
    if (reading !== undefined) rubies.push([at, at + text.length]);
    at += text.length;
  }
  const kept: Found[] = [];
  for (const one of found) {
    let [start, end] = one.place;
    for (const [from, to] of rubies) {
      if (from < start && start < to) start = from;
      if (from < end && end < to) end = to;
    }
    if (start >= (kept.at(-1)?.place[1] ?? 0)) kept.push({ ...one, place: [start, end] });
  }
  return kept;
}

/** The letters that stand on the line, in order: text nodes outside readings. */
function* baseTexts(element: Node): Generator<Text> {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
    /^r[tp]$/i.test(node.nodeName) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node instanceof Text) yield node;
}

/** What an element says, piece by piece. */
export function piecesOf(element: Node): Piece[] {
  const readings = new Map<Element, string>();
  for (const text of baseTexts(element)) {
    const ruby = text.parentElement?.closest("ruby");
    if (ruby) readings.set(ruby, [...ruby.querySelectorAll("rt")].map((rt) => rt.textContent).join(""));
  }
  const pieces: { text: string; reading?: string; ruby?: Element }[] = [];
  for (const { data, parentElement } of baseTexts(element)) {
    const ruby = parentElement?.closest("ruby");
    const last = pieces.at(-1);
    if (ruby && last?.ruby === ruby) last.text += data;
    else pieces.push(ruby ? { text: data, reading: readings.get(ruby) ?? "", ruby } : { text: data });
  }
  return pieces;
}

/** The stretch of an element that a place in its base text stands for, whole rubies outside in. */
export function rangeOf(element: Node, [start, end]: Place): Range {
  const range = document.createRange();
  let at = 0;
  for (const text of baseTexts(element)) {
    const next = at + text.length;
    const ruby = text.parentElement?.closest("ruby");
    if (at <= start && start < next) {
      if (ruby && start === at) range.setStartBefore(ruby);
      else range.setStart(text, start - at);
    }
    if (at < end && end <= next) {
      if (ruby && end === next) range.setEndAfter(ruby);
      else range.setEnd(text, end - at);
    }
    at = next;
  }
  return range;
}
