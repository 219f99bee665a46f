/** The chapters of a recording as buttons; media-chrome draws the marks on the bar from the same track. */

import { clock } from "./coverage.ts";

/** A button that goes to where a chapter begins. */
function door(cue: VTTCue, jump: (to: number) => void): HTMLButtonElement {
  const button = document.createElement("button");
  const [time, title] = [document.createElement("span"), document.createElement("span")];
  time.textContent = clock(cue.startTime * 1000);
  title.append(cue.getCueAsHTML());
  button.type = "button";
  button.className = "player__chapter";
  button.append(time, title);
  button.addEventListener("click", () => jump(cue.startTime));
  return button;
}

/** To be called before the controls are made: media-chrome then reads the same track after us. */
export function showChapters(root: HTMLElement, video: HTMLVideoElement, jump: (to: number) => void): void {
  const element = video.querySelector<HTMLTrackElement>("track[kind=chapters]");
  const box = root.querySelector<HTMLElement>("[data-chapters]");
  const list = box?.querySelector("[data-chapters-list]");
  if (!element || !box || !list) return;
  const { track } = element;
  const show = (): void => {
    const cues = [...(track.cues ?? [])] as VTTCue[];
    const doors = cues.map((cue) => door(cue, jump));
    // media-chrome shows the text beside the preview, and would put each reading behind its word.
    for (const cue of cues) cue.text = cue.text.replace(/<rt>.*?<\/rt>/gs, "");
    const mark = (): void =>
      cues.forEach(({ startTime, endTime }, n) => {
        const here = startTime <= video.currentTime && video.currentTime < endTime;
        if (here) doors[n]?.setAttribute("aria-current", "true");
        else doors[n]?.removeAttribute("aria-current");
      });
    const items = doors.map((button) => {
      const item = document.createElement("li");
      item.append(button);
      return item;
    });
    list.setAttribute("lang", track.language);
    list.replaceChildren(...items);
    box.hidden = items.length === 0;
    for (const event of ["timeupdate", "seeked"]) video.addEventListener(event, mark);
    mark();
  };
  track.mode = "hidden"; // a browser fetches it only when somebody wants it
  if (track.cues?.length) show();
  else element.addEventListener("load", show, { once: true });
}
