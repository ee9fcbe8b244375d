// The Review tab: a query's crop in its photo, the ten matches, a grade for each by key or button, and the figures.
// A grade is painted at once and then saved; saves go out in the order of the grades; one that fails is painted back.

const GRADES = ['E', 'S', 'C', 'I']; // keys 1 to 4
const FIGURES = ['precision_at_1', 'precision_at_5', 'precision_at_10', 'ndcg_at_10', 'mrr'];
const VISIT_KEY = 'imgsearch-visit';

let about = null; // the answer to `review_start`: shop, total, in_visit
let query = null; // the one on screen
let at = 0; // the match that has the keys
let wanted = -1; // position of the query that was asked for last
let saved = Promise.resolve(); // settles when everything sent so far is saved

/** Whose grades these are on a public page: a random id that lives as long as the browser's tab. */
function visitId() {
  const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  try {
    const id = sessionStorage.getItem(VISIT_KEY) || fresh();
    sessionStorage.setItem(VISIT_KEY, id);
    return id;
  } catch { // no storage: it lives as long as the page
    return fresh();
  }
}
const visit = visitId();

// -- what stands on the page ---------------------------------------------------------------------------------------------

const root = element.querySelector('.board');
const note = el('div', { class: 'note-host', hidden: true });
const visitNote = el('p', { class: 'visit-note', text: say('in_visit'), hidden: true });
const spoken = el('p', { class: 'spoken', role: 'status' });
const tiles = Object.fromEntries(['complete', ...FIGURES].map((name) => [name, tile(name)]));
const bar = el('i');
const progress = el('div', { class: 'review-progress', role: 'progressbar', 'aria-label': say('complete'), 'aria-valuemin': 0 }, bar);
const photo = el('figure', { class: 'query-photo' });
const crop = el('img', { class: 'query-crop', alt: say('crop_alt') });
const reminder = el('img', { class: 'query-mini', alt: '' }); // on phones: the crop stays in sight
const heading = el('h2', { 'data-testid': 'review-position' });
const photoName = el('p', { class: 'query-name', dir: 'auto' });
const back = button('', 'left', { class: 'btn', 'aria-label': say('previous'), title: say('previous'), 'data-testid': 'review-previous', on: { click: () => go(-1) } });
const next = button(say('next'), null, { class: 'btn primary', 'data-testid': 'review-next', on: { click: () => go(1) } });
const undo = button(say('undo'), null, { class: 'btn', 'data-testid': 'review-undo', on: { click: takeBack } });
const reveal = button(say('reveal'), null, { class: 'btn small quiet', 'aria-expanded': 'false', 'data-testid': 'review-reveal', on: { click: toggleRight } });
const right = el('ul', { class: 'right-products', hidden: true });
const remark = el('textarea', { rows: 2, maxlength: 2000, placeholder: say('note'), 'aria-label': say('note'), 'data-testid': 'review-note', on: { change: saveNote } });
const grid = el('div', { class: 'matches', role: 'list', 'aria-label': say('matches') });
const content = el('div', { class: 'board-content', hidden: true },
  el('div', { class: 'tiles', 'data-testid': 'review-figures' }, ...Object.values(tiles).map((one) => one.node)),
  progress,
  el('div', { class: 'board-main' },
    el('div', { class: 'side' },
      el('div', { class: 'query', 'data-testid': 'review-query' }, el('div', { class: 'query-text' }, heading, photoName), crop, photo),
      el('div', { class: 'steps' }, reminder, back, undo, next),
      el('div', { class: 'truth' }, reveal, right),
      el('div', { class: 'remark' }, remark),
      el('div', { class: 'exports' },
        button(say('export_csv'), null, { class: 'btn small', 'data-testid': 'export', on: { click: () => download('csv') } }),
        button(say('export_json'), null, { class: 'btn small', 'data-testid': 'export-json', 'aria-label': say('export_json_label'), on: { click: () => download('json') } }))),
    el('div', { class: 'judging' }, legend(), grid, guide())));
root.append(note, visitNote, spoken, content);

function tile(name) {
  const value = el('b', { text: say('not_yet') });
  const detail = el('small');
  const node = el('div', { class: `tile ${name}`, 'data-figure': name }, el('span', { text: say(name) }), value, detail);
  return { node, value, detail };
}

function key(text) {
  return el('kbd', { text });
}

/** The keys, in one line. */
function legend() {
  const grades = GRADES.map((grade, i) => el('li', {}, key(String(i + 1)), el('b', { class: `ink-${grade}`, text: say(`grade_${grade}`) })));
  const keys = [[['←', '→'], 'key_match'], [[say('key_enter')], 'key_next'], [['Z'], 'key_undo']].map(([names, what]) =>
    el('li', { class: 'key-only' }, ...names.map(key), el('span', { text: say(what) })));
  return el('ul', { class: 'legend' }, ...grades, ...keys);
}

/** What each grade means, and what the figures make of it. */
function guide() {
  const meanings = GRADES.map((grade) => el('li', {}, el('b', { class: `ink-${grade}`, text: say(`grade_${grade}`) }), el('span', { text: say(`meaning_${grade}`) })));
  return el('details', { class: 'guide' }, el('summary', { text: say('guide_title') }), el('ul', {}, ...meanings), el('p', { text: say('rule') }));
}

// -- painting --------------------------------------------------------------------------------------------------------------

const share = (name, value) => (name.startsWith('precision')
  ? percent(value) : number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 }));

function paintStanding({ figures, can_undo: undoable }) {
  write(tiles.complete.value, say('complete_value', { n: figures.complete, total: about.total }));
  for (const name of FIGURES) {
    const known = figures[name] !== null;
    const [low, high] = known ? figures.ci95[name] : [];
    write(tiles[name].value, known ? share(name, figures[name]) : say('not_yet'));
    write(tiles[name].detail, known ? say('interval', { low: share(name, low), high: share(name, high), n: figures.judged[name] }) : '');
    write(tiles[name].detail, known ? say('interval_title') : '', 'title');
  }
  bar.style.width = `${(100 * figures.complete) / about.total}%`;
  progress.setAttribute('aria-valuemax', about.total);
  progress.setAttribute('aria-valuenow', figures.complete);
  undo.disabled = !undoable;
  if (figures.complete === about.total) showMessage(note, 'all_done', say('all_done'), { kind: 'status', title: say('all_done_title') });
  else if (note.querySelector('[data-code=all_done]')) showMessage(note, null);
}

function paintQuery() {
  write(heading, say('position', { n: query.position + 1, total: about.total }));
  write(photoName, query.name);
  crop.src = query.crop;
  reminder.src = query.crop;
  photo.replaceChildren(el('img', { src: query.photo, alt: say('photo_alt'), width: query.width, height: query.height }), boxOn(query.box));
  remark.value = query.note;
  hideRight();
  back.disabled = query.position === 0;
  next.disabled = query.position === about.total - 1;
  grid.replaceChildren(...query.matches.map(card));
  if (!query.matches.length) grid.append(el('p', { class: 'nothing', text: say('nothing_found') }));
  content.hidden = false;
}

/** The searched part of the photo, everything else dimmed. */
function boxOn([x1, y1, x2, y2]) {
  const [x, y, width, height] = [x1, y1, x2 - x1, y2 - y1].map((value) => value * 1000);
  return shape('svg', { viewBox: '0 0 1000 1000', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    shape('path', { class: 'dimmed', 'fill-rule': 'evenodd', d: `M0 0H1000V1000H0Z M${x} ${y}h${width}v${height}h${-width}z` }),
    shape('rect', { class: 'searched', x, y, width, height, 'vector-effect': 'non-scaling-stroke' }));
}

function card(match, i) {
  const image = el('img', { src: match.thumb, alt: '', loading: 'lazy', decoding: 'async', width: 320, height: 320 });
  image.addEventListener('error', () => image.parentNode.classList.add('missing'), { once: true });
  const buttons = GRADES.map((grade, k) => el('button', {
    type: 'button', class: `grade ink-${grade}`, 'data-testid': `grade-${grade}`, 'data-grade': grade, text: grade,
    title: live(() => `${say(`grade_${grade}`)}: ${say(`meaning_${grade}`)}`),
    'aria-label': say('grade_label', { grade: say(`grade_${grade}`), n: match.rank, key: k + 1 }),
    on: { click: () => { at = i; choose(match.grade === grade ? null : grade); } },
  }));
  const node = el('article', {
    class: 'match', role: 'listitem', tabindex: 0, 'data-testid': 'review-match', 'data-product-id': match.product_id,
    'data-rank': match.rank, 'aria-label': say('match_label', { n: match.rank, title: match.title }),
    on: { focusin: () => point(i), click: (event) => { if (!event.target.closest('.grade')) point(i); } },
  },
  el('div', { class: 'picture' }, image, el('span', { class: 'rank', text: number(match.rank), 'aria-hidden': 'true' })),
  el('div', { class: 'match-text' }, el('b', { text: match.title, title: match.title, dir: 'auto' }),
    el('span', { text: live(() => [match.brand, money(match.price, match.currency)].filter(Boolean).join(' · ')), dir: 'auto' })),
  el('div', { class: 'grades', role: 'group' }, ...buttons));
  paintGrade(node, match.grade);
  return node;
}

function paintGrade(node, grade) {
  node.dataset.grade = grade || '';
  for (const one of node.querySelectorAll('.grade')) one.setAttribute('aria-pressed', String(one.dataset.grade === grade));
}

/** Mark the match that has the keys. */
function point(i) {
  at = i;
  for (const [n, node] of [...grid.querySelectorAll('.match')].entries()) {
    node.classList.toggle('now', n === i);
    if (n === i) node.setAttribute('aria-current', 'true');
    else node.removeAttribute('aria-current');
  }
}

function moveTo(i) {
  const to = Math.max(0, Math.min(query.matches.length - 1, i));
  const node = grid.querySelectorAll('.match')[to];
  if (!node) return;
  point(to); // a window in the background gets no focus events
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: 'nearest', behavior: gliding() });
}

// -- talking to the server -------------------------------------------------------------------------------------------------

/** A server function's answer; {error, message} when there is none. */
async function call(name, request = {}) {
  let answer = null;
  try {
    answer = await server[name]({ visit, ...request });
  } catch { /* no connection: told below */ }
  if (answer) return answer;
  serverAnswers().then((alive) => { if (!alive) send('gone'); });
  return { error: 'no_answer', message: say('no_answer') };
}

/** The same after everything sent before is answered: a grade, then its undo. */
function callInOrder(name, request) {
  const answer = saved.then(() => call(name, request));
  saved = answer;
  return answer;
}

const failed = (answer, title, ...actions) => showMessage(note, answer.error, told(answer), { title, actions });

async function start() {
  const answer = await call('review_start');
  if (answer.error === 'no_queries') return showMessage(note, answer.error, told(answer), { kind: 'status', title: say('no_queries_title') });
  if (answer.error) return failed(answer, say('failed_title'), [say('try_again'), start]);
  about = answer;
  visitNote.hidden = !about.in_visit;
  showMessage(note, null);
  paintStanding(about);
  return show(about.position);
}

async function show(position, { focus = false } = {}) {
  wanted = position;
  grid.classList.add('waiting');
  await saved; // grades on their way belong to what the server is about to tell
  const answer = await call('review_query', { position });
  if (position !== wanted) return;
  grid.classList.remove('waiting');
  if (answer.error) {
    // The query stays in the queue: one can go past it.
    query = { position, matches: [], name: '', crop: '', photo: '', box: [0, 0, 0, 0], note: '' };
    paintQuery();
    grid.replaceChildren();
    failed(answer, say('query_failed_title'), [say('try_again'), () => show(position)]);
    return;
  }
  if (note.querySelector('.alert')) showMessage(note, null);
  query = answer;
  paintQuery();
  const first = Math.max(0, query.matches.findIndex((match) => !match.grade));
  point(first);
  if (focus) moveTo(first);
}

function go(step) {
  const position = (wanted < 0 ? query.position : wanted) + step;
  if (position >= 0 && position < about.total) show(position, { focus: true });
}

/** Grade the match that has the keys (null: take its grade away), go to the one after it, and save. */
async function choose(grade) {
  const [on, match] = [query, query.matches[at]];
  const node = grid.querySelectorAll('.match')[at];
  if (!match || grid.classList.contains('waiting')) return;
  const before = match.grade;
  match.grade = grade;
  paintGrade(node, grade);
  speak(match);
  undo.disabled = false;
  if (grade) moveTo(at + 1);
  const answer = await callInOrder('review_grade', { query_id: on.query_id, product_id: match.product_id, grade });
  if (!answer.error) {
    if (note.querySelector('.alert')) showMessage(note, null);
    return paintStanding(answer);
  }
  if (match.grade === grade) {
    match.grade = before;
    paintGrade(node, before);
  }
  return failed(answer, say('unsaved_title', { n: match.rank }));
}

function speak(match) {
  write(spoken, say(match.grade ? 'graded' : 'ungraded', {
    n: match.rank, total: query.matches.length, grade: match.grade ? say(`grade_${match.grade}`) : '',
  }));
}

/** Take the last change back and go to where it was made. */
async function takeBack() {
  if (undo.disabled) return;
  const answer = await callInOrder('review_undo');
  if (answer.error) return failed(answer, say('failed_title'));
  const undone = answer.undone;
  paintStanding(answer);
  if (!undone || undone.position === null) return;
  if (undone.position !== query.position) await show(undone.position);
  const i = query.matches.findIndex((match) => match.product_id === undone.product_id);
  if (i < 0) return;
  query.matches[i].grade = undone.grade;
  paintGrade(grid.querySelectorAll('.match')[i], undone.grade);
  speak(query.matches[i]);
  moveTo(i);
}

async function saveNote() {
  const on = query;
  on.note = remark.value;
  const answer = await callInOrder('review_note', { query_id: on.query_id, note: on.note });
  if (answer.error) failed(answer, say('failed_title'));
  else write(spoken, say('note_saved'));
}

function hideRight() {
  right.hidden = true;
  right.replaceChildren();
  reveal.setAttribute('aria-expanded', 'false');
  write(reveal.querySelector('span'), say('reveal'));
}

async function toggleRight() {
  if (!right.hidden) return hideRight();
  const on = query;
  const answer = await call('review_reveal', { query_id: on.query_id });
  if (on !== query) return;
  if (answer.error) return failed(answer, say('failed_title'));
  right.replaceChildren(...answer.products.map((product) => el('li', {},
    el('img', { src: product.thumb, alt: '', width: 56, height: 56 }), el('span', { text: product.title, dir: 'auto' }))));
  if (!answer.products.length) right.append(el('li', { text: say('reveal_none') }));
  right.hidden = false;
  reveal.setAttribute('aria-expanded', 'true');
  write(reveal.querySelector('span'), say('hide'));
}

async function download(format) {
  const answer = await callInOrder('review_export', { format });
  if (answer.error) return failed(answer, say('failed_title'));
  const url = URL.createObjectURL(new Blob([answer.text], { type: answer.type }));
  el('a', { href: url, download: answer.name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  write(spoken, say('exported', { name: answer.name }));
}

// -- keys ------------------------------------------------------------------------------------------------------------------

/** True if a key belongs to what has the focus, not to the board. */
function taken(event) {
  const active = document.activeElement;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector('dialog[open]')) return true;
  if (active?.matches?.('input, textarea, select, [contenteditable]')) return true;
  // Enter presses the button it is on; the tab that is open already is the one button where that would do nothing.
  const pressed = active?.closest?.('button, a, summary');
  return event.key === 'Enter' && Boolean(pressed) && pressed.getAttribute('aria-selected') !== 'true';
}

const columns = () => getComputedStyle(grid).gridTemplateColumns.split(' ').length;
const KEYS = {
  ArrowRight: () => moveTo(at + forward('ArrowRight')),
  ArrowLeft: () => moveTo(at + forward('ArrowLeft')),
  ArrowDown: () => moveTo(at + columns()),
  ArrowUp: () => moveTo(at - columns()),
  Enter: () => go(1),
  z: takeBack,
  Z: takeBack,
  ...Object.fromEntries(GRADES.map((grade, i) => [String(i + 1), () => choose(grade)])),
};

document.addEventListener('keydown', (event) => {
  const act = KEYS[event.key];
  if (!act || !query || !root.isConnected || !root.offsetParent || taken(event)) return;
  event.preventDefault();
  if (event.repeat && !event.key.startsWith('Arrow')) return; // a key held too long must not grade the next matches, too
  act();
});

// Nothing is asked of the server before somebody looks at the tab.
const seen = new IntersectionObserver((entries) => {
  if (!entries.some((entry) => entry.isIntersecting)) return;
  seen.disconnect();
  start();
});
hear('status', (status) => { if (status.state === 'ready' && !about) seen.observe(root); });
// An import has changed the shop: its queries and matches are others, or their grades count for another list.
hear('reopened', () => {
  about = query = null;
  content.hidden = true;
});
