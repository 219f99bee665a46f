/** The text of the caption editor as the server reads it (courses/captions/webvtt.py): which lines are which captions. */

/** A caption: its times in seconds, the line (from 0) of its times, and its words. For a chapter `end` is the next one's start. */
export interface TypedCue {
  readonly line: number;
  readonly lines: number;
  readonly start: number;
  readonly end: number;
  readonly words: string;
}

/** Words, and above them their reading if they have one. */
export interface Run {
  readonly text: string;
  readonly reading?: string;
}

const TIME = String.raw`(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?`;
const TIMES = new RegExp(`^\\s*(${TIME})\\s*-->\\s*(${TIME})`);
const CHAPTER = new RegExp(`^\\s*(${TIME})\\s+(\\S.*)$`);
const RUBY = /<ruby>([^<]*)<rt>([^<]*)<\/rt><\/ruby>/g;
const TAG = /<\/?[a-z][^<>]*>/gi;
const READING = /\{([^{}|]+)\|([^{}|]+)\}/;
const SIGNS: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">" };

/** 01:02:03.456 or 2:03 in seconds. */
export function seconds(time: string): number {
  return time
    .replace(",", ".")
    .split(":")
    .reduce((whole, part) => whole * 60 + Number(part), 0);
}

/** Seconds as 01:02:03.456. */
export function stamp(time: number): string {
  const ms = Math.round(time * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}

/** Seconds as people write them: 2:03, 1:02:03. */
export function clock(time: number): string {
  const whole = Math.floor(time);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export function captionsIn(text: string): TypedCue[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const times = TIMES.exec(line);
    if (!times) return [];
    let after = at + 1;
    while (after < lines.length && lines[after]?.trim() && !lines[after]?.includes("-->")) after++;
    const words = lines.slice(at + 1, after).join("\n");
    return [{ line: at, lines: after - at, start: seconds(times[1] ?? ""), end: seconds(times[2] ?? ""), words }];
  });
}

export function chaptersIn(text: string): TypedCue[] {
  const found = text.split("\n").flatMap((line, at) => {
    const chapter = CHAPTER.exec(line);
    return chapter ? [{ line: at, lines: 1, start: seconds(chapter[1] ?? ""), words: chapter[2] ?? "" }] : [];
  });
  return found.map((chapter, n) => ({ ...chapter, end: found[n + 1]?.start ?? Infinity }));
}

/** The one that is shown at a time of the film. */
export function at(cues: readonly TypedCue[], time: number): TypedCue | undefined {
  return cues.find((cue) => cue.start <= time && time < cue.end);
}

/** The one in whose lines a place of the text lies, or the last one above it. */
export function around(cues: readonly TypedCue[], text: string, place: number): TypedCue | undefined {
  const line = lineOf(text, place);
  return cues.filter((cue) => cue.line <= line).at(-1);
}

export function lineOf(text: string, place: number): number {
  return text.slice(0, place).split("\n").length - 1;
}

/** Where these lines (from 0) begin and end in the text. */
export function placeOf(text: string, line: number, count = 1): [number, number] {
  const lines = text.split("\n");
  const start = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
  return [start, start + lines.slice(line, line + count).join("\n").length];
}

/** Words as they are drawn. */
export function runs(words: string): Run[] {
  const noted = words
    .replace(RUBY, "{$1|$2}")
    .replace(TAG, "")
    .replace(/&(amp|lt|gt);/g, (sign, name: string) => SIGNS[name] ?? sign);
  const pieces = noted.split(READING);
  return pieces.flatMap((text, n) => {
    if (n % 3 === 0) return text ? [{ text }] : [];
    return n % 3 === 1 ? [{ text, reading: pieces[n + 1] ?? "" }] : [];
  });
}
