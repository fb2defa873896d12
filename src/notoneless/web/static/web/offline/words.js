/* The page's words, which the server wrote into it in the reader's language. */
const said = new Map(
  [...document.getElementById("words").content.querySelectorAll("[data-word]")]
    .map((each) => [each.dataset.word, each.textContent.trim()]),
);

export function word(name, values = {}) {
  return said.get(name).replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);
}

/* An element with text and children; text is never read as HTML. */
export function element(tag, { text, ...more } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), more);
  if (text !== undefined) made.textContent = text;
  made.append(...children.filter(Boolean));
  return made;
}
