// The texts of the other scripts in the page's language, as ui/components/script_texts.py hands them over; what it lacks is said in English.
const words = JSON.parse(document.getElementById("script-words")?.textContent ?? "{}");
globalThis._ = (text, values) => {
  const said = words[text] ?? text;
  return values ? said.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all) : said;
};
