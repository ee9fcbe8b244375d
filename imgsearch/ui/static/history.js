// The crops that were searched last, kept in this browser only: a click searches one again, from its own picture, so
// that it works long after its photo is gone. `again(file)` is the picker's.

const HISTORY_KEY = 'imgsearch-history';
const HISTORY_LENGTH = 8;
const HISTORY_SIDE_PX = 320; // twice what the model looks at, and some 20 kB

let stored = true; // false in private mode, or when the browser is full: the strip holds for this visit
let crops = readHistory(); // data URLs, the newest first

const cropRow = el('ul', { class: 'crop-row' });
const historyStrip = el('section', { class: 'history', 'data-testid': 'history', 'aria-label': say('history_title'), hidden: true },
  el('div', { class: 'history-bar' },
    el('h3', { text: say('history_title') }), el('span', { text: say('history_note') }),
    button(say('history_clear'), null, { class: 'btn quiet small', 'data-testid': 'history-clear', on: { click: () => keepHistory([]) } })),
  cropRow);

function readHistory() {
  try {
    const kept = JSON.parse(localStorage.getItem(HISTORY_KEY) ?? '[]');
    return kept.filter((url) => typeof url === 'string' && url.startsWith('data:image/jpeg')).slice(0, HISTORY_LENGTH);
  } catch { // private mode, or not ours
    return [];
  }
}

function keepHistory(next) {
  crops = next.slice(0, HISTORY_LENGTH);
  try {
    if (crops.length) localStorage.setItem(HISTORY_KEY, JSON.stringify(crops)); else localStorage.removeItem(HISTORY_KEY);
    stored = true;
  } catch {
    stored = false;
  }
  paintHistory();
}

/** What is kept now: another tab may have forgotten it all. */
const keptNow = () => (stored ? readHistory() : crops);

/** Put a crop first, once; in place of another one that it improves upon. */
function remember(url, instead = '') {
  if (url) keepHistory([url, ...keptNow().filter((one) => one !== url && one !== instead)]);
}

function paintHistory() {
  historyStrip.hidden = !crops.length;
  cropRow.replaceChildren(...crops.map((url, i) => el('li', {},
    el('button', { type: 'button', class: 'kept', 'data-testid': 'history-crop', 'aria-label': say('history_item', { n: i + 1 }), on: { click: () => searchAgain(url) } },
      el('img', { src: url, alt: '' })),
    button('', 'close', { class: 'drop', 'data-testid': 'history-remove', 'aria-label': say('history_remove', { n: i + 1 }), on: { click: () => keepHistory(keptNow().filter((one) => one !== url)) } }))));
}

async function searchAgain(url) {
  const blob = await (await fetch(url)).blob();
  again(new File([blob], 'crop.jpg', { type: blob.type }), url);
}

window.addEventListener('storage', ({ key }) => {
  if (key !== HISTORY_KEY && key !== null) return;
  crops = readHistory();
  paintHistory();
});
paintHistory();
