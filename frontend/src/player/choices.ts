/** How somebody wants captions and transcript. Pure: what is kept on the device is an argument. */

/**
 * `first` and `second` are language codes as in the address of the captions; no `second`: one language is enough.
 * `shown` is about the captions over the film, `transcript` about the text beside it, which is in the same languages.
 */
export interface Choices {
  readonly shown: boolean;
  readonly first: string;
  readonly second: string;
  readonly furigana: boolean;
  readonly large: boolean;
  readonly transcript: boolean;
}

/** What the page knows about its reader: the code of their language, and whether kanji carry readings on its pages. */
export interface Reader {
  readonly language: string;
  readonly furigana: boolean;
}

const JAPANESE = "ja";

function base(code: string): string {
  return code.split(/[-_@]/, 1)[0] ?? code;
}

/** The reader's own language if there are captions in it, else the nearest, else the language that is spoken. */
function nearest(languages: readonly string[], reader: string): string {
  const found =
    languages.find((code) => code === reader) ?? languages.find((code) => base(code) === base(reader)) ?? JAPANESE;
  return languages.includes(found) ? found : (languages[0] ?? "");
}

/**
 * What holds for a lecture with captions in these `languages` (at least one): what was chosen once, as far as this
 * lecture has it. Captions are on by themselves for whoever does not read the pages in Japanese.
 */
export function choicesFor(languages: readonly string[], reader: Reader, kept: Partial<Choices>): Choices {
  const known = (code: string | undefined): code is string => code !== undefined && languages.includes(code);
  const first = known(kept.first) ? kept.first : nearest(languages, reader.language);
  return {
    shown: kept.shown ?? reader.language !== JAPANESE,
    first,
    second: known(kept.second) && kept.second !== first ? kept.second : "",
    furigana: kept.furigana ?? (reader.language !== JAPANESE || reader.furigana),
    large: kept.large ?? false,
    transcript: kept.transcript ?? false,
  };
}
