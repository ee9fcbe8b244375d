// The Catalog tab: what is in the shop, a feed to check and to import, how far that is, and what came of it.
// The server does one at a time and knows how far it is; this asks it while something runs, also after a reload.

const POLL_MS = 400;
const COUNTS = ['products', 'images', 'added', 'updated', 'unchanged', 'removed', 'rejected'];
const TILES = ['products', 'images', 'groups', 'in_stock'];

let file = null; // the chosen feed
let checked = null; // the source that was checked last: only that one can be imported
let watched = 0; // number of the run that this page has seen running
let complained = 0; // and of the one whose failure it has told
let timer = 0;

// -- what stands on the page ---------------------------------------------------------------------------------------------

const root = element.querySelector('.catalog');
const note = el('div', { class: 'note-host', hidden: true });
const spoken = el('p', { class: 'spoken', role: 'status' });
const tiles = Object.fromEntries(TILES.map((name) => [name, tile(name)]));
const closed = el('p', { class: 'origin', hidden: true, 'data-testid': 'catalog-closed', text: say('closed') });
const origin = el('p', { class: 'origin', dir: 'auto', hidden: true, 'data-testid': 'catalog-origin' });
const input = el('input', { type: 'file', class: 'file-input', accept: '.tsv,.csv,.txt,.json,.jsonl,.ndjson', tabindex: -1, 'aria-label': say('choose'), 'data-testid': 'feed-input', on: { change: choose } });
const chosen = el('b', { class: 'chosen', dir: 'auto' });
const pick = button(say('choose'), null, { class: 'btn', on: { click: () => input.click() } });
const path = el('input', { type: 'text', class: 'amount', autocomplete: 'off', spellcheck: 'false', dir: 'ltr', 'data-testid': 'feed-path', on: { input: nameplace } });
const check = button(say('check'), null, { class: 'btn primary', 'data-testid': 'dry-run', on: { click: () => start('check') } });
const take = button(say('import'), null, { class: 'btn', 'data-testid': 'import-start', on: { click: () => start('import') } });
const stop = button(say('stop'), null, { class: 'btn', hidden: true, 'data-testid': 'import-stop', on: { click: halt } });
const running = el('div', { class: 'running', hidden: true });
const result = el('div', { class: 'result' });
const drop = el('div', { class: 'feed-drop' }, input, pick, chosen);

const contents = el('div', { class: 'tiles', 'data-testid': 'catalog-shop' }, ...Object.values(tiles).map((one) => one.node));

root.append(note, spoken, contents, origin, closed,
  el('div', { class: 'catalog-main' },
    el('section', { class: 'panel feed-form', 'aria-label': say('form_title') },
      el('h2', { text: say('form_title') }), el('p', { text: say('form_text') }), drop,
      el('label', { class: 'path' }, el('span', { text: say('or_path') }), path),
      el('p', { class: 'small', text: say('upload_note') }),
      el('div', { class: 'btn-row' }, check, take, stop)),
    el('section', { class: 'outcome', 'aria-label': say('outcome') }, running, result)));

function tile(name) {
  const value = el('b');
  return { value, node: el('div', { class: 'tile', 'data-figure': name }, el('span', { text: say(name) }), value) };
}

const source = () => file ?? path.value.trim();

function choose() {
  if (!input.files.length) return;
  keep(input.files[0]);
  path.value = '';
  input.value = ''; // the same file again must be a change again: it may have been edited since
  paintForm();
}

function keep(feed) {
  file = feed;
  write(chosen, file ? file.name : '');
}

function nameplace() {
  if (path.value.trim()) keep(null);
  paintForm();
}

for (const [name, over] of [['dragover', true], ['dragleave', false], ['drop', false]]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', over);
    if (name !== 'drop' || !event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    choose();
  });
}

// -- painting --------------------------------------------------------------------------------------------------------------

function paintForm(busy = !stop.hidden) {
  const ready = Boolean(source()) && checked === source();
  check.disabled = busy || !source();
  take.disabled = busy || !ready;
  check.classList.toggle('primary', !ready);
  take.classList.toggle('primary', ready);
  write(take, ready ? '' : say('check_first'), 'title');
}

function paintShop(shop) {
  closed.hidden = Boolean(shop);
  contents.hidden = !shop;
  if (!shop) return;
  for (const name of TILES) write(tiles[name].value, number(shop[name]));
  origin.hidden = !shop.demo && !shop.imported_at;
  if (shop.demo) write(origin, say('demo'));
  else if (shop.imported_at) write(origin, say('imported_from', { source: shop.source, when: shop.imported_at.slice(0, 16).replace('T', ' ') }));
}

function paintRun(run) {
  const busy = Boolean(run?.running);
  stop.hidden = !busy;
  paintForm(busy);
  running.hidden = !busy;
  if (!busy) running.replaceChildren(); // its hook is also that of the first start's progress
  if (busy) paintProgress(run);
  result.hidden = busy; // what came of an earlier feed
  if (run && !busy) paintResult(run);
}

function paintProgress({ kind, source: name, progress }) {
  if (!running.firstChild) {
    running.append(el('h2'), el('div', { class: 'progress', role: 'progressbar', 'aria-label': say('progress'), 'aria-valuemin': 0, 'aria-valuemax': 100, 'data-testid': 'import-progress' }, el('i')), el('p', { class: 'small' }));
  }
  const [title, bar, text] = running.children;
  const share = progress?.total ? progress.done / progress.total : 0;
  write(title, say(kind === 'check' ? 'checking' : 'importing', { source: name }));
  bar.classList.toggle('unknown', !progress?.total);
  bar.firstChild.style.width = `${share * 100}%`;
  write(bar, String(Math.round(share * 100)), 'aria-valuenow');
  write(text, progress ? live(() => `${say(`stage_${progress.stage}`)}: ${say('progress_count', progress)}`) : say('starting'));
}

function paintResult(run) {
  result.replaceChildren();
  if (run.error) return paintFailure(run);
  const { report } = run;
  const done = say(run.kind === 'check' ? 'checked' : 'imported', { source: run.source });
  result.append(el('div', { class: 'panel report', 'data-testid': 'import-report', 'data-kind': run.kind },
    el('h2', { text: done, dir: 'auto' }),
    el('dl', { class: 'counts' }, ...COUNTS.map((name) => el('div', { class: name, 'data-count': name },
      el('dt', { text: say(name) }), el('dd', { text: number(report.counts[name]) })))),
    ...rejects(report), ...notes(report),
    (report.counts.rejected > 0 || report.warnings.length > 0) && button(say('report'), null, { class: 'btn small', 'data-testid': 'import-report-save', on: { click: save } }),
    ...sample(report)));
  write(spoken, done);
  return null;
}

function paintFailure(run) {
  if (run.number === complained) return;
  complained = run.number;
  const stopped = run.error === 'import_stopped';
  const text = stopped && run.kind === 'check' ? say('check_stopped') : told(run);
  showMessage(note, run.error, text, { kind: stopped ? 'status' : 'alert', title: stopped ? '' : say('failed_title') });
}

function rejects({ rejected, counts }) {
  if (!rejected.length) return [el('p', { class: 'small', text: say('none_rejected') })];
  const more = counts.rejected - rejected.length;
  return [el('h3', { text: say('rejected_title') }),
    table('rejected_title', ['row', 'product_id', 'reason'], rejected.map((one) => [number(one.row), one.product_id, one.reason]), 'import-reject'),
    more > 0 && el('p', { class: 'small', 'data-testid': 'import-more', text: say('more_rejected', { n: more }) })];
}

function notes({ warnings }) {
  if (!warnings.length) return [];
  return [el('h3', { text: say('notes') }), el('ul', { class: 'warnings' }, ...warnings.map((text) => el('li', { text, dir: 'auto' })))];
}

function sample(report) {
  if (!report.sample.length) return [];
  const rows = report.sample.map((one) => [one.title, one.category, money(one.price, one.currency)]);
  return [el('h3', { text: say('sample_title') }), table('sample_title', ['title', 'category', 'price'], rows, 'import-sample')];
}

/** A table in a box of its own that can be scrolled, by keyboard, too. */
function table(name, columns, rows, hook) {
  const cells = (row) => row.map((text, i) => el('td', { 'data-column': columns[i], text, dir: 'auto' }));
  return el('div', { class: 'table-box', tabindex: 0, role: 'region', 'aria-label': say(name) },
    el('table', {}, el('thead', {}, el('tr', {}, ...columns.map((column) => el('th', { 'data-column': column, scope: 'col', text: say(column) })))),
      el('tbody', {}, ...rows.map((row) => el('tr', { 'data-testid': hook }, ...cells(row))))));
}

// -- talking to the server -------------------------------------------------------------------------------------------------

/** A server function's answer; {error, message} when there is none. */
async function call(name, request = {}) {
  try {
    const answer = await server[name](request);
    if (answer) return answer;
  } catch { /* no connection: told below */ }
  if (!await serverAnswers()) send('gone');
  return { error: 'no_answer', message: say('no_answer') };
}

const failed = (answer) => showMessage(note, answer.error, told(answer), { title: say('failed_title') });

async function sent() {
  if (file.size > props.max_upload_mib * 1024 * 1024) return { error: 'feed_too_large', message: say('too_large', { mib: props.max_upload_mib }) };
  try {
    return { sent: (await upload(file)).path };
  } catch { /* told below */ }
  if (await serverAnswers()) {
    keep(null); // a browser does not send a file that was edited after it was chosen, however often it is asked to
    return { error: 'feed_changed', message: say('feed_changed') };
  }
  send('gone');
  return { error: 'no_answer', message: say('no_answer') };
}

/** Check or import what is named. A feed is sent for each of them, since the server keeps none. */
async function start(kind) {
  const on = source();
  if (!on) return;
  showMessage(note, null);
  paintForm(true);
  result.hidden = true;
  const place = file ? await sent() : { path: on };
  const answer = place.error ? place : await call('catalog_start', { kind, ...place });
  if (answer.error) {
    paintForm();
    failed(answer);
    look(); // another one may be running
    return;
  }
  checked = kind === 'check' ? on : null;
  look();
}

/** Ask how things stand; again and again while something runs. */
async function look() {
  clearTimeout(timer);
  const answer = await call('catalog_state');
  if (answer.error) return failed(answer);
  const { shop, run } = answer;
  paintShop(shop);
  if (run?.running) {
    watched = run.number;
    timer = setTimeout(look, POLL_MS);
  } else if (run && run.number === watched) {
    watched = 0;
    if (run.error) checked = null;
    if (run.kind === 'import') send('reopened');
  }
  return paintRun(run);
}

async function halt() {
  stop.disabled = true;
  const answer = await call('catalog_stop');
  stop.disabled = false;
  if (answer.error) failed(answer);
}

async function save() {
  const answer = await call('catalog_report');
  if (answer.error) return failed(answer);
  const url = URL.createObjectURL(new Blob([answer.text], { type: answer.type }));
  el('a', { href: url, download: answer.name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  return write(spoken, say('saved', { name: answer.name }));
}

paintForm(false);
// Nothing is asked of the server before somebody looks at the tab; then each time, as others may have imported.
const seen = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) look(); });
hear('status', ({ state }) => { if (state !== 'preparing') seen.observe(root); });
