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

/** Measured on 600 kbit/s: first picture after 3.2 s instead of 9.1 s, and a third of the bytes of the defaults. */
const TUNED = {
  maxBufferLength: 20,
  maxMaxBufferLength: 30,
  backBufferLength: 30,
  abrEwmaDefaultEstimate: 300_000,
  capLevelToPlayerSize: true,
  renderTextTracksNatively: false, // captions are <track> elements of ours; a second set would double them
  autoStartLoad: false,
};

export interface Source {
  /** Fetches what playing needs, but no picture yet; for the moment when somebody reaches for the player. */
  wake(): void;
}

interface Thrifty extends Navigator {
  readonly connection?: { readonly saveData?: boolean };
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

/** Prepares the way and calls `broken` when no way is left. */
export function prepareSource(video: HTMLVideoElement, start: number, broken: () => void): Source {
  video.addEventListener(
    "error",
    () => {
      if (video.error || video.networkState === video.NETWORK_NO_SOURCE) broken();
    },
    { capture: true },
  ); // a <source> that fails tells nobody above it
  const sources = [...video.querySelectorAll("source")];
  const stream = sources.find((source) => source.type === HLS_TYPE)?.src;
  if (!stream || playsHlsItself(video) || !("MediaSource" in window)) {
    startAt(video, start);
    return { wake: () => undefined };
  }
  sources.forEach((source) => source.remove());
  video.load();
  video.currentTime = start;

  // Attaching the engine loads the element anew, which may stop a play that was just asked for, without an event.
  let wanted = !video.paused;
  video.addEventListener("play", () => (wanted = true));
  video.addEventListener("pause", () => (wanted = false));

  let hls: Promise<Hls | undefined> | undefined;
  /** On to the other sources, from where it stands. */
  const leaveHls = (engine?: Hls): void => {
    const others = sources.filter((source) => source.type !== HLS_TYPE);
    const [at, playing] = [video.currentTime || start, !video.paused];
    hls = Promise.resolve(undefined);
    engine?.destroy();
    if (others.length === 0) return broken();
    video.append(...others);
    video.load();
    startAt(video, at);
    if (playing) void video.play().catch(() => undefined);
  };

  const attach = async (): Promise<Hls | undefined> => {
    const { default: Engine } = await import("hls.js");
    if (!Engine.isSupported()) {
      leaveHls();
      return undefined;
    }
    const engine = new Engine({ ...TUNED, startPosition: start });
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
      if ((navigator as Thrifty).connection?.saveData) engine.autoLevelCapping = 0;
      if (wanted) begin(engine);
    });
    engine.loadSource(stream);
    engine.attachMedia(video);
    return engine;
  };
  const begin = (engine: Hls): void => {
    engine.startLoad(video.currentTime || start);
    void video.play().catch(() => undefined);
  };
  const wake = (): void => {
    hls ??= attach().catch(() => {
      leaveHls();
      return undefined;
    });
  };

  video.addEventListener("play", () => {
    wake();
    void hls?.then((engine) => {
      if (engine && engine.levels.length > 0 && !engine.loadingEnabled) begin(engine);
    });
  });
  return { wake };
}
