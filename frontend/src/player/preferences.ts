/** What somebody has chosen in the player, kept on this device where the browser allows it. */

import type { Choices } from "./choices.ts";

const KEY = "player";

/** Speed, and how much data a recording may use; `lines` is the picture's shorter side where one size is held to. */
export interface Preferences {
  readonly rate?: number;
  readonly amount?: string;
  readonly lines?: number | null;
  readonly texts?: Partial<Choices>;
}

export function preferences(): Preferences {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {}; // forbidden, or written by something else
  }
}

export function prefer(chosen: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...preferences(), ...chosen }));
  } catch {
    // Forbidden, or the device is full: it holds for this page.
  }
}
