/** How much data a recording uses in each of the ways it can be played, and which of them somebody has chosen. Pure. */

import type { Preferences } from "./preferences.ts";
import type { Way } from "./source.ts";

const AMOUNTS = ["picture", "saver", "sound"] as const;
export type Amount = (typeof AMOUNTS)[number];

/** Bytes of a whole recording: of the sound (0 if it has none), and with the sound of each picture, largest first. */
export interface Sizes {
  readonly sound: number;
  readonly pictures: readonly (readonly [lines: number, bytes: number])[];
}

export interface Choice {
  readonly amount: Amount;
  /** The size of the picture that is held to; undefined: by itself. */
  readonly lines: number | undefined;
}

export function wayOf({ amount, lines }: Choice, sizes: Sizes): Way {
  const smallest = sizes.pictures.at(-1)?.[0];
  return { sound: amount === "sound", lines: { picture: lines, saver: smallest, sound: undefined }[amount] };
}

/** Of the megabytes those that count: one decimal under ten, none above. */
export function megabytes(bytes: number, language: string): string {
  const size = bytes / 1e6;
  const digits = size < 10 ? 1 : 0;
  const shown = size.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${shown} MB`;
}

/** What was chosen on this device, as far as this recording has it; else what the device itself asks for. */
export function chosen(sizes: Sizes, { amount, lines }: Preferences, savesData: boolean): Choice {
  const known = AMOUNTS.find((one) => one === amount) ?? (savesData ? "saver" : "picture");
  return {
    amount: known === "sound" && sizes.sound === 0 ? "picture" : known,
    lines: sizes.pictures.find(([has]) => has === lines)?.[0],
  };
}
