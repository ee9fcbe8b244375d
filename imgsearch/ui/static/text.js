// What the page says, in the reader's language: sentences, numbers, amounts. Put in front of common.js in every component.
// Texts are live: a node that was given one shows it anew, in place, when the reader changes the language. The
// languages themselves (which, and where their texts come from) are language.js's.

const LANGUAGE = window.imgsearchLanguage;

/** A text that is made again whenever the language changes; in a template literal it is today's text. */
class Live {
  constructor(make) { this.toString = make; }
}

const live = (make) => new Live(make);

// What has live text. Weak, so that cards which are gone cost nothing.
const followers = new Set();
const forgotten = new FinalizationRegistry((reference) => followers.delete(reference));

function follow(node, name, text) {
  if (!node.liveTexts) {
    const reference = new WeakRef(node);
    followers.add(reference);
    forgotten.register(node, reference);
  }
  node.liveTexts = { ...node.liveTexts, [name]: text };
}

/** Give a node its text, or an attribute, in place of what it had; a live one follows the language from now on. */
function write(node, text, name = 'text') {
  if (text instanceof Live) follow(node, name, text);
  else if (node.liveTexts) delete node.liveTexts[name];
  if (name === 'text') node.textContent = String(text);
  else node.setAttribute(name, String(text));
}

window.addEventListener('imgsearch:language', () => {
  for (const reference of [...followers]) {
    const node = reference.deref();
    for (const [name, text] of Object.entries(node?.liveTexts ?? {})) write(node, text, name);
  }
});

/** A value in a sentence: numbers as the reader writes them, the shop's text shielded where lines run from the right. */
function filled(value) {
  if (typeof value === 'number') return LANGUAGE.format(value);
  const text = String(value ?? '');
  return LANGUAGE.dir === 'rtl' && !(value instanceof Live) ? `\u2068${text}\u2069` : text;
}

/** The sentence `key` of a section in the reader's language, else in English; null if there is none. */
function sentence(section, key, values) {
  const own = LANGUAGE.texts?.[section] ?? {};
  const english = section === props.section ? props.text : {};
  const plural = typeof values.n === 'number' ? `${key}_${LANGUAGE.plural(values.n)}` : key;
  const text = own[plural] ?? own[key] ?? english[plural] ?? english[key] ?? null;
  return text && text.replace(/\{(\w+)\}/g, (_, name) => filled(values[name]));
}

/** A sentence of this component with its {placeholders} filled; `n`, if it is a number, chooses the plural form. */
const say = (key, values = {}) => live(() => sentence(props.section, key, values) ?? key);

/**
 * Why there is no answer: in the reader's language by the error's code (or `sentence`, where a code has several), else
 * the server's own English words, which say more than any sentence for all errors of a kind can.
 */
const told = (answer) => live(() => sentence('errors', answer.sentence ?? answer.error, answer.values ?? {}) ?? String(answer.message));

/** A number as the reader writes it; `options` are Intl.NumberFormat's. */
const number = (value, options = {}) => live(() => LANGUAGE.format(value, options));

const percent = (share) => number(share, { style: 'percent' });

/** A time in milliseconds. */
const duration = (ms) => number(ms, {
  style: 'unit', unit: 'millisecond', unitDisplay: 'short', minimumFractionDigits: ms < 10 ? 1 : 0, maximumFractionDigits: ms < 10 ? 1 : 0,
});

/** An amount in its own currency; an unknown code is shown as it is, no amount is ''. */
function money(amount, currency, digits) {
  if (amount === null || amount === undefined) return '';
  const options = digits === undefined ? {} : { maximumFractionDigits: digits, minimumFractionDigits: 0 };
  return live(() => {
    try {
      return LANGUAGE.format(amount, { style: 'currency', currency, ...options });
    } catch { // not a currency's code
      return `${LANGUAGE.format(amount, options)} ${currency}`.trim();
    }
  });
}

/** The step that an arrow key means in reading order: 1 forward, -1 back, 0 for every other key. */
function forward(key) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0;
  return LANGUAGE.dir === 'rtl' ? -step : step;
}
