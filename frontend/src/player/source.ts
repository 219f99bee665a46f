/**
 * Which way a recording reaches the video element.
 *
 * Safari plays HLS by itself. Elsewhere hls.js does it better than what newer browsers bring along; it is the biggest
 * part of the page and is fetched only when somebody is about to watch. Whoever has neither plays the MP4 source.
 */

import type Hls from "hls.js";
import type { ErrorData } from "hls.js";

const HLS_TYPE = "application/vnd.apple.mpegurl";
const RETRY_MS = 5000;
/** hls.js has already tried each piece several times when it reports one of these. */
const TROUBLES_BEFORE_LEAVING = 2;
/** Seconds that are played again after a change of ways. */
const OVERLAP = 0.2;

/**
 * A minute and a half ahead: a tunnel is played through. A low first estimate: on 600 kbit/s the first picture comes
 * after 3.2 s instead of 9.1 s (measured).
 */
const TUNED = {
  maxBufferLength: 90,
  maxMaxBufferLength: 90,
  backBufferLength: 30,
  abrEwmaDefaultEstimate: 300_000,
  capLevelToPlayerSize: true,
  renderTextTracksNatively: false, // captions are <track> elements of ours; a second set would double them
  autoStartLoad: false,
};

/** How to play: the sound alone, or a picture of so many `lines` (its shorter side), by itself where undefined. */
export interface Way {
  readonly sound: boolean;
  readonly lines: number | undefined;
}

export interface Source {
  /** What can be chosen here: the sound alone, and the size of the picture. */
  readonly can: { readonly sound: boolean; readonly lines: boolean };
  /** Fetches what playing needs, but no picture yet; for the moment when somebody reaches for the player. */
  wake(): void;
  /** Another way from now on, at the same place; if it was playing it goes on. */
  take(way: Way): void;
}

/** `start` in seconds; `sound` is the address of the sound alone. */
export interface Wanted {
  readonly start: number;
  readonly way: Way;
  readonly sound: string | undefined;
  /** Called before the element is loaded anew. */
  readonly moving: () => void;
  /** Called when no more than one way is left, so that there is nothing to choose. */
  readonly narrowed: () => void;
  /** Called when no way is left. */
  readonly broken: () => void;
}

function playsHlsItself(video: HTMLVideoElement): boolean {
  return "ManagedMediaSource" in window && video.canPlayType(HLS_TYPE) !== "";
}

/** Positions the recording at `start` (seconds), also where a position set before the first byte is forgotten. */
function startAt(video: HTMLVideoElement, start: number): void {
  video.currentTime = start;
  video.addEventListener(
    "loadedmetadata",
    () => {
      if (Math.abs(video.currentTime - start) > 1) video.currentTime = start;
    },
    { once: true },
  );
}

/** Where to go on after another way was taken, and whether playing: a little before, or a frame would be left out. */
function standing(video: HTMLVideoElement): [at: number, playing: boolean] {
  return [Math.max(0, video.currentTime - OVERLAP), !video.paused];
}

function playAgain(video: HTMLVideoElement): void {
  void video.play().catch(() => undefined);
}

export function prepareSource(video: HTMLVideoElement, wanted: Wanted): Source {
  video.addEventListener(
    "error",
    () => {
      if (video.error || video.networkState === video.NETWORK_NO_SOURCE) wanted.broken();
    },
    { capture: true },
  ); // a <source> that fails tells nobody above it
  const stream = [...video.querySelectorAll("source")].find((source) => source.type === HLS_TYPE)?.src;
  if (stream && playsHlsItself(video)) return byBrowser(video, stream, wanted);
  if (stream && "MediaSource" in window) return byEngine(video, stream, wanted);
  startAt(video, wanted.start);
  return { can: { sound: false, lines: false }, wake: () => undefined, take: () => undefined };
}

function byBrowser(video: HTMLVideoElement, stream: string, { start, way, sound, moving }: Wanted): Source {
  const take = (next: Way): void => {
    if (next.sound === way.sound) return;
    way = next;
    moving();
    const [at, playing] = standing(video);
    video.src = way.sound && sound ? sound : stream;
    startAt(video, at);
    if (playing) playAgain(video);
  };
  if (way.sound && sound) video.src = sound;
  startAt(video, start);
  return { can: { sound: sound !== undefined, lines: false }, wake: () => undefined, take };
}

function byEngine(
  video: HTMLVideoElement,
  stream: string,
  { start, way, sound, moving, narrowed, broken }: Wanted,
): Source {
  const sources = [...video.querySelectorAll("source")];
  const others = sources.filter((source) => source.type !== HLS_TYPE);
  sources.forEach((source) => source.remove());
  video.preload = "auto"; // of what the engine gives it; the page asks for nothing before that
  video.load();
  video.currentTime = start;

  // Attaching the engine loads the element anew, which stops a play that was just asked for and may drop its event too.
  let playing = !video.paused;
  video.addEventListener("play", () => (playing = true));
  video.addEventListener("pause", () => (playing = false));

  let hls: Promise<Hls | undefined> | undefined;
  /** On to the other sources, from where it stands. */
  const leaveHls = (engine?: Hls): void => {
    const [at, goesOn] = standing(video);
    hls = Promise.resolve(undefined);
    moving();
    engine?.destroy();
    narrowed();
    if (others.length === 0) return broken();
    video.append(...others);
    video.load();
    startAt(video, at);
    if (goesOn) playAgain(video);
  };

  /** Levels are told apart by the shorter side of the picture, whichever way it was filmed. */
  const hold = (engine: Hls): void => {
    const level = engine.levels.findIndex(({ width, height }) => Math.min(width, height) === way.lines);
    if (level >= 0) engine.startLevel = level;
    engine.nextLevel = level; // -1: by itself
  };
  const begin = (engine: Hls): void => {
    engine.startLoad(video.currentTime);
    playAgain(video);
  };
  const attach = async (): Promise<Hls | undefined> => {
    const { default: Engine } = await import("hls.js");
    if (!Engine.isSupported()) {
      leaveHls();
      return undefined;
    }
    const at = video.currentTime; // perhaps set a moment ago, and forgotten by attaching
    const engine = new Engine({ ...TUNED, startPosition: at });
    let [recovered, troubles] = [false, 0];
    engine.on(Engine.Events.FRAG_BUFFERED, () => (troubles = 0));
    engine.on(Engine.Events.ERROR, (_, { fatal, type, details }: ErrorData) => {
      if (!fatal) return;
      const started = engine.levels.length > 0; // before that nothing is mended by trying again
      const mayPass = !navigator.onLine || ++troubles <= TROUBLES_BEFORE_LEAVING;
      if (started && type === Engine.ErrorTypes.NETWORK_ERROR && mayPass) {
        setTimeout(() => engine.startLoad(), RETRY_MS);
      } else if (started && type === Engine.ErrorTypes.MEDIA_ERROR && !recovered) {
        recovered = true;
        engine.recoverMediaError();
      } else {
        console.warn("hls.js gave up", details);
        leaveHls(engine);
      }
    });
    engine.on(Engine.Events.MANIFEST_PARSED, () => {
      hold(engine);
      if (playing) begin(engine);
    });
    playing ||= !video.paused;
    engine.loadSource(way.sound && sound ? sound : stream);
    engine.attachMedia(video);
    video.currentTime = at;
    return engine;
  };
  const wake = (): void => {
    hls ??= attach().catch(() => {
      leaveHls();
      return undefined;
    });
  };
  /** The sound alone is another stream: the engine is made anew, where the recording stands. */
  const change = async (engine: Hls | undefined): Promise<Hls | undefined> => {
    if (!engine) return undefined;
    moving();
    const [at, goesOn] = standing(video);
    engine.destroy();
    video.currentTime = at;
    playing = goesOn;
    return attach();
  };
  const take = (next: Way): void => {
    const other = next.sound !== way.sound;
    way = next;
    if (other) hls = hls?.then(change);
    else void hls?.then((engine) => engine && hold(engine));
  };

  video.addEventListener("play", () => {
    wake();
    void hls?.then((engine) => {
      if (engine && engine.levels.length > 0 && !engine.loadingEnabled) begin(engine);
    });
  });
  return { can: { sound: sound !== undefined, lines: true }, wake, take };
}
