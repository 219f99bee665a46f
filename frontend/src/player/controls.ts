/** The player's controls: media-chrome's elements around the native video element, in the page's language. */

import "media-chrome/media-control-bar";
import "media-chrome/media-controller";
import "media-chrome/media-fullscreen-button";
import "media-chrome/media-loading-indicator";
import "media-chrome/media-mute-button";
import "media-chrome/media-play-button";
import "media-chrome/media-seek-backward-button";
import "media-chrome/media-seek-forward-button";
import "media-chrome/media-time-display";
import "media-chrome/media-time-range";
import "media-chrome/media-volume-range";
import "media-chrome/menu/media-captions-menu";
import "media-chrome/menu/media-captions-menu-button";
import "media-chrome/menu/media-chrome-menu-item";
import "media-chrome/menu/media-playback-rate-menu";
import "media-chrome/menu/media-playback-rate-menu-button";
import { addTranslation } from "media-chrome/utils/i18n";
import { withoutReadings, type Words } from "../words.ts";
import { useStrictStyles } from "./strict-styles.ts";

/** The bars stay (noautohide), below the picture: nothing covers the captions, nothing has to be found. */
const CONTROLS = `
  <media-loading-indicator slot="centered-chrome" noautohide></media-loading-indicator>
  <media-captions-menu anchor="auto" noautohide hidden></media-captions-menu>
  <media-playback-rate-menu anchor="auto" rates="0.75 1 1.25 1.5 2" noautohide hidden></media-playback-rate-menu>
  <media-control-bar noautohide>
    <media-time-range></media-time-range>
    <media-time-display showduration notoggle></media-time-display>
  </media-control-bar>
  <media-control-bar noautohide>
    <media-play-button></media-play-button>
    <media-seek-backward-button seekoffset="10"></media-seek-backward-button>
    <media-seek-forward-button seekoffset="10"></media-seek-forward-button>
    <media-mute-button></media-mute-button>
    <media-volume-range></media-volume-range>
    <span class="player__space"></span>
    <media-playback-rate-menu-button></media-playback-rate-menu-button>
    <media-captions-menu-button></media-captions-menu-button>
    <media-fullscreen-button></media-fullscreen-button>
  </media-control-bar>`;

useStrictStyles();

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
  // No menu of ours has a menu above it to go back to; the button for it would be there all the same, in English.
  for (const menu of controller.querySelectorAll("[anchor]")) {
    const back = menu.shadowRoot?.querySelector("[part~=back]");
    back?.replaceWith(...back.querySelectorAll("slot[name=title]"));
  }
  return controller;
}
