// The page's frame: name, product count, light or dark, the first start's progress, and "the server is gone".
// Asks the server for its status until the shop is ready, now and then also where it can't be opened, and tells the
// other components ('status').

const POLL_MS = 400;
const FAILED_POLL_MS = 10000; // a server that was away may be back, or an import be done elsewhere
const RETRY_MS = 1500;
const THEME_KEY = 'imgsearch-theme';

const root = element.querySelector('.shell');
const count = el('span', { class: 'pill', hidden: true });
const theme = button('', 'moon', { class: 'round', 'aria-label': say('theme'), title: say('theme'), on: { click: toggleTheme } });
const phone = button('', 'phone', { class: 'round', 'data-testid': 'phone', 'aria-label': say('phone'), title: say('phone'), hidden: true, on: { click: () => phoneSheet.showModal() } });
const phoneSheet = el('dialog', { class: 'sheet phone', 'aria-label': say('phone') });
const bar = el('i');
const progressText = el('span');
const progress = el('div', { class: 'progress', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-label': say('preparing_title'), 'data-testid': 'import-progress' }, bar);
const preparing = el('div', { class: 'preparing', hidden: true },
  el('h2', { text: say('preparing_title') }), el('p', { text: say('preparing_text') }), progress, el('p', { class: 'count' }, progressText));
const note = el('div', { class: 'note-host', hidden: true });
let offline = false;
let timer = 0;
let failureShown = ''; // painted once: who has opened another tab stays there

root.append(
  el('header', { class: 'brand-bar' },
    el('div', { class: 'logo' }, icon('draw', 30)),
    el('div', {}, el('h1', { text: say('name') }), el('p', { text: say('tagline') })),
    el('span', { class: 'grow' }), count, phone, languageSwitch(), theme),
  note, preparing, phoneSheet);

/** A native list of languages behind a small button; each names itself. */
function languageSwitch() {
  const options = Object.entries(LANGUAGE.offered).map(([tag, { name }]) => el('option', { value: tag, lang: tag, text: name }));
  const name = el('span', { 'aria-hidden': 'true' });
  const list = el('select', { 'aria-label': say('language'), 'data-testid': 'language' }, ...options);
  const shown = () => {
    list.value = LANGUAGE.tag;
    write(name, LANGUAGE.offered[LANGUAGE.tag].name);
  };
  list.addEventListener('change', async () => { if (!await LANGUAGE.choose(list.value)) shown(); });
  window.addEventListener('imgsearch:language', shown);
  shown();
  return el('div', { class: 'language' }, icon('globe'), name, list);
}

/** The page's title and its tabs are Gradio's own; the text nodes are kept, since Gradio holds on to them. */
function nameGradiosParts() {
  const tabs = document.querySelectorAll('[role="tab"][data-tab-id]');
  if (!tabs.length) return setTimeout(nameGradiosParts, POLL_MS); // on a slow machine they come later than the status
  write(document.querySelector('title'), say('name'));
  for (const tab of tabs) {
    const label = [...tab.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (label && !label.liveTexts) write(label, say(`tab_${tab.dataset.tabId}`));
  }
  return null;
}

/** Without a shop, its import is all there is of the page; of a public page, not even that. */
function openCatalog() {
  if (!document.querySelector('[role="tab"]')) return setTimeout(openCatalog, POLL_MS);
  const tab = document.querySelector('[role="tab"][data-tab-id="catalog"]');
  document.body.classList.toggle('shop-closed', Boolean(tab));
  return tab?.click();
}

function toggleTheme() {
  const dark = document.body.classList.toggle('dark');
  try { localStorage.setItem(THEME_KEY, dark ? 'dark' : 'light'); } catch { /* private mode: it holds for this page */ }
}

function rememberedTheme() {
  try { return localStorage.getItem(THEME_KEY); } catch { return null; }
}

function paint(status) {
  const ready = status.state === 'ready';
  document.body.classList.toggle('shop-ready', ready);
  if (ready) document.body.classList.remove('shop-closed');
  preparing.hidden = status.state !== 'preparing';
  count.hidden = !ready;
  if (ready) {
    write(count, say('products', { n: status.products }));
    showMessage(note, null);
  }
  if (status.state !== 'preparing') nameGradiosParts();
  if (status.state === 'failed') {
    showMessage(note, status.error, told(status), { title: say('failed_title') });
    if (status.wants_import) openCatalog();
  }
  if (status.state !== 'preparing') return;
  const share = status.total ? status.done / status.total : 0;
  bar.style.width = `${share * 100}%`;
  progress.classList.toggle('unknown', !status.total);
  progress.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  write(progressText, status.total ? say('preparing_count', { done: status.done, total: status.total }) : say('preparing_models'));
}

async function poll() {
  clearTimeout(timer);
  let status = null;
  try {
    status = await server.status();
  } catch { /* a restart: asked again below */ }
  if (status && status.state) {
    const failure = status.state === 'failed' ? JSON.stringify(status) : '';
    if (!failure || failure !== failureShown) {
      paint(status);
      send('status', status);
    }
    failureShown = failure;
    if (status.state === 'ready') return offerPhone();
  }
  if (!status && !await serverAnswers()) return send('gone');
  timer = setTimeout(poll, failureShown ? FAILED_POLL_MS : POLL_MS);
}

/** In a local network, a phone gets here by a code on the screen. */
async function offerPhone() {
  if (matchMedia('(hover: none)').matches) return;
  const { address, picture } = await server.phone_code(location.origin + location.pathname) ?? {};
  phone.hidden = !address;
  if (!address) return;
  phoneSheet.replaceChildren(
    el('div', { class: 'sheet-bar' }, el('strong', { text: say('phone') }),
      button('', 'close', { class: 'round close', 'aria-label': say('close'), on: { click: () => phoneSheet.close() } })),
    el('img', { src: picture, alt: address }), el('p', { text: say('phone_text') }), el('p', {}, el('code', { text: address })));
}

/** Gradio says by a toast, in English, that its server is gone or has too much to do: say it our way, in its place. */
function watchToasts() {
  const toasts = document.querySelector('.toast-wrap');
  if (!toasts) return;
  new MutationObserver(async () => {
    if (toasts.childElementCount) send(await serverAnswers() ? 'refused' : 'gone');
  }).observe(toasts, { childList: true });
}

/**
 * Say that the server is gone, look for it, and load the page again when it is back: it may be another version. One that
 * is there but wants a login asks for it on the page that is loaded.
 */
async function gone() {
  if (offline) return;
  offline = true;
  if (!await serverRuns()) {
    showMessage(note, 'server_gone', say('server_gone'), { title: say('server_gone_title') });
    scrollTo({ top: 0, behavior: gliding() });
  }
  do await new Promise((done) => setTimeout(done, RETRY_MS)); while (!await serverRuns());
  location.reload();
}

hear('gone', gone);
hear('reopened', poll); // an import has changed the shop
watchToasts();
const remembered = rememberedTheme();
if (remembered) document.body.classList.toggle('dark', remembered === 'dark');
poll();
