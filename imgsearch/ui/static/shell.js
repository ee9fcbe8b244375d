// The page's frame: name, product count, light or dark, the first start's progress, and "the server is gone".
// Asks the server for its status until the shop is ready, and tells the other components ('status').

const POLL_MS = 400;
const RETRY_MS = 1500;
const THEME_KEY = 'imgsearch-theme';

const root = element.querySelector('.shell');
const count = el('span', { class: 'pill', hidden: true });
const theme = button('', 'moon', { class: 'round', 'aria-label': say('theme'), title: say('theme'), on: { click: toggleTheme } });
const bar = el('i');
const progressText = el('span');
const progress = el('div', { class: 'progress', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-label': say('preparing_title'), 'data-testid': 'import-progress' }, bar);
const preparing = el('div', { class: 'preparing', hidden: true },
  el('h2', { text: say('preparing_title') }), el('p', { text: say('preparing_text') }), progress, el('p', { class: 'count' }, progressText));
const note = el('div', { class: 'note-host', hidden: true });
let offline = false;

root.append(
  el('header', { class: 'brand-bar' },
    el('div', { class: 'logo' }, icon('draw', 30)),
    el('div', {}, el('h1', { text: say('name') }), el('p', { text: say('tagline') })),
    el('span', { class: 'grow' }), count, theme),
  note, preparing);

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
  preparing.hidden = status.state !== 'preparing';
  count.hidden = !ready;
  count.textContent = say('products', { n: new Intl.NumberFormat().format(status.products) });
  if (status.state === 'failed') showMessage(note, status.error, status.message, { title: say('failed_title') });
  if (status.state !== 'preparing') return;
  const share = status.total ? status.done / status.total : 0;
  bar.style.width = `${share * 100}%`;
  progress.classList.toggle('unknown', !status.total);
  progress.setAttribute('aria-valuenow', String(Math.round(share * 100)));
  progressText.textContent = status.total ? say('preparing_count', { done: status.done, total: status.total }) : say('preparing_models');
}

async function poll() {
  let status = null;
  try {
    status = await server.status();
  } catch { /* a restart: asked again below */ }
  if (status && status.state) {
    paint(status);
    send('status', status);
    if (status.state !== 'preparing') return;
  }
  if (!status && !await serverAnswers()) return send('gone');
  setTimeout(poll, POLL_MS);
}

/** Say that the server is gone, look for it, and load the page again when it is back: it may be another version. */
async function gone() {
  if (offline) return;
  offline = true;
  showMessage(note, 'server_gone', say('server_gone'), { title: say('server_gone_title') });
  scrollTo({ top: 0, behavior: 'smooth' });
  do await new Promise((done) => setTimeout(done, RETRY_MS)); while (!await serverAnswers());
  location.reload();
}

hear('gone', gone);
const remembered = rememberedTheme();
if (remembered) document.body.classList.toggle('dark', remembered === 'dark');
poll();
