// The reader's language: chosen by the browser, changed by the switch, remembered in this browser only. It stands in the
// page's head, for all components, as `window.imgsearchLanguage`. English comes with the page; another language is fetched from our own
// server when it is wanted, and the page stays in the language it has until the new one is there.

window.imgsearchLanguage = (() => {
  const KEY = 'imgsearch-language';
  const SOURCE = 'en';
  const RIGHT_TO_LEFT = ['ar'];
  const formats = new Map();
  let plurals = null;
  let newest = 0;

  const primary = (tag) => tag.toLowerCase().split('-')[0];

  const language = {
    tag: '',
    dir: 'ltr',
    locale: SOURCE, // for numbers: de-CH writes them otherwise than de
    texts: null, // section -> key -> text; null for English, which the components have
    offered: {}, // tag -> {name, address}
    format(value, options = {}) {
      const key = JSON.stringify(options);
      if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language.locale, options));
      return formats.get(key).format(value);
    },
    plural: (n) => plurals.select(n),
    choose(tag) {
      try { localStorage.setItem(KEY, tag); } catch { /* private mode: it holds for this page */ }
      return use(tag);
    },
    /** Begin with the languages that there are, as {tag: {name, address}}. */
    start(offered) {
      language.offered = offered;
      use(wanted());
    },
  };

  function remembered() {
    try { return localStorage.getItem(KEY); } catch { return null; }
  }

  /** What the reader chose before, else the first of the browser's languages that is offered, else English. */
  function wanted() {
    const tags = Object.keys(language.offered);
    const known = navigator.languages.map((tag) => tags.find((one) => primary(one) === primary(tag))).find(Boolean);
    return tags.find((tag) => tag === remembered()) ?? known ?? SOURCE;
  }

  /** Say it on the document; again when Gradio, which knows the browser's language only, has said otherwise. */
  function mark() {
    const root = document.documentElement;
    if (root.lang !== language.tag) root.lang = language.tag;
    if (root.dir !== language.dir) root.dir = language.dir;
  }

  function apply(tag, texts) {
    const locale = navigator.languages.find((one) => primary(one) === primary(tag)) ?? tag;
    const dir = RIGHT_TO_LEFT.includes(primary(tag)) ? 'rtl' : 'ltr';
    formats.clear();
    plurals = new Intl.PluralRules(locale);
    Object.assign(language, { tag, texts, locale, dir });
    mark();
    dispatchEvent(new CustomEvent('imgsearch:language'));
  }

  /** Change to a language; false, and nothing is changed, if its texts can't be had. */
  async function use(tag) {
    const turn = ++newest;
    let texts = null;
    if (tag !== SOURCE) {
      try {
        const answer = await fetch(language.offered[tag].address);
        if (!answer.ok) return false;
        texts = await answer.json();
      } catch {
        return false;
      }
    }
    if (turn === newest) apply(tag, texts);
    return true;
  }

  apply(SOURCE, null);
  new MutationObserver(mark).observe(document.documentElement, { attributeFilter: ['lang', 'dir'] });
  return language;
})();
