/** The player's controls: media-chrome's elements around the native video element, in the page's language. */

import "media-chrome/media-control-bar";
import "media-chrome/media-controller";
import "media-chrome/media-fullscreen-button";
import "media-chrome/media-loading-indicator";
import "media-chrome/media-mute-button";
import "media-chrome/media-pip-button";
import "media-chrome/media-play-button";
import "media-chrome/media-seek-backward-button";
import "media-chrome/media-seek-forward-button";
import "media-chrome/media-time-display";
import "media-chrome/media-time-range";
import "media-chrome/media-volume-range";
import "media-chrome/menu/media-chrome-menu-item";
import "media-chrome/menu/media-playback-rate-menu";
import "media-chrome/menu/media-playback-rate-menu-button";
import "media-chrome/menu/media-rendition-menu";
import "media-chrome/menu/media-rendition-menu-button";
import { addTranslation } from "media-chrome/utils/i18n";
import { withoutReadings, type Words } from "../words.ts";
import { useStrictStyles } from "./strict-styles.ts";

const RATES = "0.5 0.75 1 1.25 1.5 1.75 2";
/** What a press on a key moves the bar by, in seconds. */
const KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -5,
  ArrowDown: -5,
  ArrowRight: 5,
  ArrowUp: 5,
  PageDown: -60,
  PageUp: 60,
  Home: -Infinity,
  End: Infinity,
};
/** A press on End stops short of it, so that the last moments are seen and not jumped over. */
const BEFORE_END = 1;

/** The bars stay (noautohide), below the picture: nothing covers the captions, nothing has to be found. */
const CONTROLS = `
  <media-loading-indicator slot="centered-chrome" noautohide></media-loading-indicator>
  <media-playback-rate-menu anchor="auto" rates="${RATES}" noautohide hidden></media-playback-rate-menu>
  <media-rendition-menu anchor="auto" noautohide hidden></media-rendition-menu>
  <media-control-bar noautohide>
    <media-time-range></media-time-range>
  </media-control-bar>
  <media-control-bar noautohide>
    <media-play-button></media-play-button>
    <media-seek-backward-button seekoffset="10"></media-seek-backward-button>
    <media-seek-forward-button seekoffset="10"></media-seek-forward-button>
    <media-time-display showduration notoggle></media-time-display>
    <span class="player__space"></span>
    <media-mute-button></media-mute-button>
    <media-volume-range></media-volume-range>
    <media-playback-rate-menu-button></media-playback-rate-menu-button>
    <media-rendition-menu-button></media-rendition-menu-button>
    <media-pip-button></media-pip-button>
    <media-fullscreen-button></media-fullscreen-button>
  </media-control-bar>`;

useStrictStyles();

/** The bar moves by seconds; by itself a press would be a hundredth of the recording, half a minute of a lecture. */
function moveBySeconds(range: Element | null, video: HTMLVideoElement, duration: number): void {
  range?.addEventListener(
    "keydown",
    (event) => {
      const { key, altKey, ctrlKey, metaKey } = event as KeyboardEvent;
      const step = KEYS[key];
      if (step === undefined || altKey || ctrlKey || metaKey) return;
      event.preventDefault();
      event.stopPropagation(); // the arrows mean ten seconds elsewhere in the player
      video.currentTime = Math.max(0, Math.min(video.currentTime + step, duration - BEFORE_END));
    },
    { capture: true },
  );
}

/** Puts the controls around the video, where it stands, and returns the element that holds them. */
export function addControls(
  video: HTMLVideoElement,
  { duration, words }: { duration: number; words: Words },
): HTMLElement {
  const language = document.documentElement.lang;
  addTranslation(language, withoutReadings(words));
  const controller = document.createElement("media-controller");
  // Set before the controls are made: each takes its words when it is born. Time runs left to right in every script.
  const settings = {
    lang: language,
    dir: "ltr",
    defaultduration: String(duration),
    hotkeys: "noshift+/",
    autohide: "-1",
  };
  for (const [name, value] of Object.entries(settings)) controller.setAttribute(name, value);
  const template = document.createElement("template");
  template.innerHTML = CONTROLS;
  video.before(controller);
  video.controls = false;
  video.slot = "media";
  controller.append(video, document.importNode(template.content, true));
  moveBySeconds(controller.querySelector("media-time-range"), video, duration);
  // No menu of ours has a menu above it to go back to; the button for it would be there all the same, in English.
  for (const menu of controller.querySelectorAll("[anchor]")) {
    const back = menu.shadowRoot?.querySelector("[part~=back]");
    back?.replaceWith(...back.querySelectorAll("slot[name=title]"));
  }
  return controller;
}
