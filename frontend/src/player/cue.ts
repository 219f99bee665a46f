/** One cue as elements: furigana as ruby, whoever speaks by name, nothing else of the file's own looks. */

const VOICE = /<v(?:\.[^\s>]*)?[\t ]/;

function nameSpeakers(content: DocumentFragment): void {
  for (const voice of content.querySelectorAll<HTMLElement>("[title]")) {
    const name = document.createElement("b");
    name.className = "speaker";
    name.textContent = `${voice.title}: `;
    voice.removeAttribute("title");
    voice.prepend(name);
  }
}

/** What a cue says. Letters are whole (NFC), as the words that are looked for in them. */
export function cueContent(cue: TextTrackCue): DocumentFragment {
  const spoken = cue as VTTCue;
  const content = spoken.getCueAsHTML();
  for (const element of content.querySelectorAll("[class]")) element.removeAttribute("class");
  if (VOICE.test(spoken.text)) nameSpeakers(content);
  const texts = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    text.nodeValue = (text.nodeValue ?? "").normalize("NFC");
  }
  return content;
}
