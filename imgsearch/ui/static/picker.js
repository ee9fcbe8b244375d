// The left side of the shop: a photo comes in, its boxes come back, one target is chosen.
// Sends 'target' {target, crop} whenever something is to be searched. The server's answer arrives in props.value.

const state = {
  path: null, // the server's name of the photo
  file: null, // what was sent, to send it again if the server has forgotten it
  size: [0, 0], // the original's upright pixels
  boxes: [],
  picked: null, // a detection's id, 'own', 'whole', 'room' or null
  untouched: true, // the shopper has not chosen anything yet: what is searched was the page's choice
  again: '', // the earlier crop that this photo is
  ownCrop: '', // the crop of the own box that was searched last, until something else is
  own: null,
  drawing: false,
  rev: 0, // of the newest photo, or its newest sending; answers to older ones are dropped
  since: 0, // of its first sending: whichever of them is answered first counts
  named: 0, // of the photo whose things' names were asked for
};
let objectUrl = '';
const KEPT = 'imgsearch-kept-photo';
let restoring = null; // a target to search again once a re-sent photo is back

const root = element.querySelector('.picker');
const overlay = makeOverlay({ onPick: pick, onOwn: ownBox, onHover: hover });
const note = el('div', { class: 'note-host', hidden: true });
const spoken = el('div', { class: 'spoken', 'aria-live': 'polite' });
const chips = el('div', { class: 'chips', role: 'group', 'aria-label': say('chips_label') });
const tools = el('div', { class: 'tools' });
const hint = el('p', { class: 'hint' });
const firstHint = firstVisitHint();
// Out of sight and of the keyboard's way: the buttons open them.
const hiddenInput = { type: 'file', accept: 'image/*', class: 'file-input', tabindex: -1, 'aria-hidden': 'true' };
const fileInput = el('input', { ...hiddenInput, 'data-testid': 'photo-input' });
const cameraInput = el('input', { ...hiddenInput, capture: 'environment' });
const camera = cameraDialog();
const samples = el('div', { class: 'samples', hidden: true });
const welcome = el('div', { class: 'welcome' },
  el('div', { class: 'welcome-mark' }, icon('image', 40)),
  el('h2', { text: say('welcome_title') }),
  el('p', { text: say(matchMedia('(hover: none)').matches ? 'welcome_text_touch' : 'welcome_text') }),
  el('div', { class: 'btn-row' },
    button(say('choose'), 'image', { class: 'btn primary', on: { click: () => fileInput.click() } }),
    button(say('camera'), 'camera', { class: 'btn', on: { click: () => takePicture(camera, cameraInput, (file) => take(file)) } })));
const stage = el('div', { class: 'stage', hidden: true }, overlay.frame, el('div', { class: 'under' }, firstHint, chips, tools, hint));
root.append(el('div', { class: 'drop-card' }, welcome, stage, note), historyStrip, samples, fileInput, cameraInput, camera, spoken);

const allowedBytes = () => props.max_upload_mib * 1024 * 1024;
const busy = (on) => {
  root.classList.toggle('busy', on);
  overlay.frame.setAttribute('aria-busy', String(on));
};
const waiting = () => root.classList.contains('busy');
const announce = (text) => write(spoken, text);
const fail = (code, text, options = {}) => {
  busy(false);
  showMessage(note, code, text, options);
};

function show(hasPhoto) {
  welcome.hidden = hasPhoto;
  stage.hidden = !hasPhoto;
  if (hasPhoto && !document.body.classList.contains('has-photo')) scrollTo({ top: 0 }); // the samples are further down
  document.body.classList.toggle('has-photo', hasPhoto);
}

/** The number of a new turn: of answers, only those to the newest one count. */
function takeTurn() {
  state.since = state.rev = Math.max(Date.now(), state.rev + 1);
  return state.rev;
}

/** Take a picture from anywhere: show it at once, send it, ask for its boxes; `then` is a choice to make on it. */
async function take(file, then = null) {
  if (!file) return;
  restoring = then;
  const rev = takeTurn();
  showMessage(note, null);
  Object.assign(state, { path: null, boxes: [], picked: null, own: null, file: null, untouched: true, again: '', ownCrop: '' });
  setDrawing(false);
  send('forget');
  busy(true);
  announce(say('reading'));
  const small = await shrink(file);
  if (rev !== state.rev) return;
  if (small.file.size > allowedBytes()) {
    return refuse('image_too_large', say('too_large', { mib: props.max_upload_mib }));
  }
  state.size = [small.width, small.height];
  state.file = small.file;
  showPicture(small.width ? URL.createObjectURL(small.file) : '');
  drawAll();
  await sendPhoto(rev);
}

function showPicture(url) {
  if (objectUrl) URL.revokeObjectURL(objectUrl);
  objectUrl = url;
  overlay.image.src = url || 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';
  overlay.frame.classList.toggle('unseen', !url);
  overlay.frame.style.setProperty('--ratio', state.size[0] / state.size[1]); // before it is loaded: nothing jumps
  show(true);
}

async function sendPhoto(rev, again = false) {
  try {
    const { path } = await upload(state.file);
    if (rev !== state.rev || !waiting()) return;
    trigger('photo', { path, rev, unseen: !state.size[0] });
    if (!again) setTimeout(() => stillReading(rev), REPEAT_MS);
  } catch {
    if (rev !== state.rev) return;
    if (await serverAnswers()) return refuse('upload_failed', say('upload_failed'));
    busy(false);
    send('gone');
  }
}

/** The answer may have been lost on the way: the photo is sent once more. */
async function stillReading(rev) {
  if (rev !== state.rev || !waiting()) return;
  if (await serverAnswers()) return sendPhoto(state.rev += 1, true);
  busy(false);
  send('gone');
}

/** What a thing is called that the shop has no name for: its kind, if the detector is sure of it, or "Something". */
const kindOf = (box) => live(() => sentence(props.section, `kind_${box.kind || 'item'}`, {}) ?? box.kind);

/**
 * Give the boxes their names: two chairs become "chair 1" and "chair 2", the surer one first; a single one keeps its
 * plain name, and what the shop has no label for goes by its kind. Without labels (they come later) the names stay open.
 */
function giveNames(boxes, labels) {
  const callOf = (box, i) => labels?.[i] || `of a kind: ${box.kind || 'item'}`;
  const total = {};
  for (const call of boxes.map(callOf)) total[call] = (total[call] ?? 0) + 1;
  const seen = {};
  boxes.forEach((box, i) => {
    const call = callOf(box, i);
    const nth = seen[call] = (seen[call] ?? 0) + 1;
    box.named = Boolean(labels);
    box.name = live(() => `${labels?.[i] || kindOf(box)}${total[call] > 1 ? ` ${number(nth)}` : ''}`);
  });
  return boxes;
}

/** Say why a photo can't be used, and go back to the start page's choices. */
function refuse(code, text) {
  state.path = null;
  show(false);
  send('idle');
  fail(code, text);
}

function drawAll() {
  overlay.setBoxes(state.boxes, state.size);
  drawChips();
  showSelection();
}

function litBox() {
  if (state.picked === 'whole') return null;
  return state.picked === 'own' ? state.own : state.boxes.find((box) => box.id === state.picked)?.box ?? null;
}

function showSelection() {
  overlay.select(state.picked, litBox(), state.picked === 'own' ? state.own : null);
  for (const node of [...chips.children, ...tools.children].filter((child) => child.dataset.id)) {
    const on = node.dataset.id === String(state.picked) || (node.dataset.id === 'own' && state.drawing);
    node.classList.toggle('on', on);
    node.setAttribute('aria-pressed', String(on));
    if (on && node.parentNode === chips) scrollToChip(node);
  }
  const own = state.picked === 'own' ? say('own_hint') : '';
  write(hint, state.drawing ? say('draw_hint') : own);
}

/** Bring a chip into sight without moving the page, with a part of the one before it. */
function scrollToChip(node) {
  const start = node.offsetLeft - chips.offsetLeft;
  const left = LANGUAGE.dir === 'rtl' ? start + node.offsetWidth - chips.clientWidth + 50 : start - 50;
  chips.scrollTo({ top: node.offsetTop - chips.offsetTop - 50, left });
}

function chip(id, label, attributes, ...extra) {
  return el('button', { type: 'button', class: 'chip', 'data-id': id, 'aria-pressed': 'false', ...attributes },
    ...extra, el('span', { text: label }));
}

function drawChips() {
  if (!state.path) {
    chips.replaceChildren(...[88, 72, 96].map((width) => el('span', { class: 'chip ghost skeleton', style: `width:${width}px` })));
    tools.replaceChildren();
    return;
  }
  chips.replaceChildren(...state.boxes.map((box) => { // the surest first, as they come
    const node = chip(box.id, box.named ? box.name : '', {
      'data-testid': 'chip',
      on: { click: () => choose(box.id), pointerenter: () => hover(box.id, true), pointerleave: () => hover(box.id, false) },
    });
    node.classList.toggle('unnamed', !box.named);
    node.append(el('i', { text: percent(box.confidence) }));
    return node;
  }));
  const own = (event) => (event.detail === 0 ? overlay.startOwn() : setDrawing(!state.drawing)); // 0: by the keyboard
  tools.replaceChildren(...[
    chip('own', say('draw_own'), { 'data-testid': 'draw-own', on: { click: own } }, icon('draw', 18)),
    chip('whole', say('whole'), { 'data-testid': 'whole-photo', on: { click: () => choose('whole') } }, icon('whole', 18)),
    state.boxes.length > 1 && chip('room', say('room'), { 'data-testid': 'shop-room', on: { click: () => choose('room') } }, icon('room', 18)),
    button(say('new_photo'), 'image', { class: 'chip plain', on: { click: () => fileInput.click() } }),
  ].filter(Boolean));
}

function hover(id, on) {
  overlay.hover(id, on);
  chips.querySelector(`[data-id="${CSS.escape(String(id))}"]`)?.classList.toggle('hot', on);
}

function setDrawing(on) {
  state.drawing = on;
  overlay.setDrawing(on);
  showSelection();
  if (on) announce(say('draw_hint'));
}

/** The shopper's choice: a detection (its id), the 'whole' photo, or the 'room'. */
function choose(id) {
  state.untouched = false;
  firstHint.dismiss();
  pick(id);
  // On a phone the results are further down, and a room is nothing to choose from on the photo.
  if (id === 'room' && matchMedia('(max-width: 720px)').matches) document.querySelector('.results')?.scrollIntoView({ behavior: gliding() });
}

function pick(id) {
  setDrawing(false);
  state.picked = id;
  showSelection();
  search();
}

/** The overlay's own box: still being drawn, or `done`; null when it was too small to mean anything. */
function ownBox(box, done) {
  state.untouched = false;
  firstHint.dismiss();
  state.own = box;
  state.picked = box ? 'own' : null;
  if (done) setDrawing(false);
  else showSelection();
  if (done && box) search();
}

function search() {
  if (!state.path) return;
  if (state.picked === 'room') return searchRoom();
  const detection = state.boxes.find((box) => box.id === state.picked);
  const box = detection?.box ?? (state.picked === 'whole' ? [0, 0, 1, 1] : state.own);
  const target = { photo: state.path, box, class: detection?.class ?? '', source: detection ? 'detected' : state.picked };
  send('target', { target, crop: cutOut(overlay.image, box), auto: state.untouched && Boolean(detection) });
}

/** All things at once; their pictures and kinds go along, for the slots. */
function searchRoom() {
  const kinds = Object.fromEntries(state.boxes.map((box) => [box.id, kindOf(box)]));
  const crops = Object.fromEntries(state.boxes.map((box) => [box.id, cutOut(overlay.image, box.box, 320)]));
  send('target', { target: { photo: state.path, room: true }, crop: cutOut(overlay.image, [0, 0, 1, 1], 240), crops, kinds });
}

/** The server's answer to a photo. */
function answered() {
  const answer = props.value || {};
  if (!answer.rev || answer.rev < state.since || answer.rev > state.rev || !waiting()) return;
  busy(false);
  if (answer.error) return refuse(answer.error, told({ ...answer, values: { mib: props.max_upload_mib, megapixels: MAX_PIXELS / 1e6 } }));
  if (!state.size[0]) { // the browser could not show it, the server could
    state.size = [answer.width, answer.height];
    showPicture(answer.preview);
  }
  Object.assign(state, { path: answer.photo, boxes: giveNames(answer.boxes) });
  drawAll();
  if (restoring) return resume();
  if (!answer.detector) showMessage(note, 'no_detector', say('no_detector'), { kind: 'status' });
  else if (!state.boxes.length) showMessage(note, 'nothing_detected', say('nothing_detected'), { kind: 'status' });
  announce(say('found', { n: state.boxes.length }));
  firstHint.show(state.boxes.length > 0);
  const first = answer.main ?? 'whole';
  if (overlay.image.complete) pick(first);
  else overlay.image.addEventListener('load', () => pick(first), { once: true });
}

/** The first results are there: now the server has time to say what the other things are. */
function askNames() {
  if (!state.path || state.named === state.rev) return;
  const rev = state.named = state.rev;
  if (!state.boxes.length) return send('named');
  sendNames(rev);
  setTimeout(() => { if (state.boxes.some((box) => !box.named)) sendNames(rev); }, REPEAT_MS); // lost on the way
}

function sendNames(rev) {
  if (rev === state.rev && state.path) trigger('names', { path: state.path, rev });
}

/** The names are there. Nothing moves: chips and boxes get their text in place. */
function labelled(answer) {
  if (answer.rev !== state.rev) return;
  for (const box of giveNames(state.boxes, answer.labels ?? [])) {
    overlay.rename(box);
    const node = chips.querySelector(`[data-id="${box.id}"]`);
    node?.classList.remove('unnamed');
    if (node) write(node.querySelector('span'), box.name);
  }
  const better = answer.main ?? null;
  if (state.untouched && state.foreign && better !== null && better !== state.picked) {
    state.untouched = false; // once is enough
    pick(better);
  }
  send('named');
}

function resume() {
  state.untouched = false;
  Object.assign(state, restoring);
  restoring = null;
  showSelection();
  search();
}

/** The server has dropped the photo from its memory: send it again and repeat the search. */
function sendAgain() {
  if (!state.file || restoring) return;
  restoring = { picked: state.picked, own: state.own };
  state.since = state.rev += 1;
  state.named = state.rev; // they are known
  busy(true);
  sendPhoto(state.rev);
}

/** The page is about to be loaded again, since its server was gone: keep the photo for this visit's next page. */
async function keepForReload() {
  if (!state.file) return;
  const reader = new FileReader();
  reader.onload = () => {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ url: reader.result, picked: state.picked, own: state.own }));
    } catch { /* larger than the browser keeps: the visitor chooses it again */ }
  };
  reader.readAsDataURL(state.file);
}

async function restoreKept() {
  const kept = sessionStorage.getItem(KEPT);
  if (!kept) return;
  sessionStorage.removeItem(KEPT);
  const { url, picked, own } = JSON.parse(kept);
  const blob = await (await fetch(url)).blob();
  take(new File([blob], 'photo.jpg', { type: blob.type }), picked === null ? null : { picked, own });
}

/** Search an earlier crop: it is the whole photo. */
function again(file, crop) {
  take(file, { picked: 'whole', own: null, again: crop });
}

/** What was searched and answered goes into the history: the crop itself, since its photo will be gone. */
function keepCrop(target) {
  if (!target.photo || target.room || target.photo !== state.path) return;
  const box = target.box ?? [0, 0, 1, 1];
  const crop = state.again && target.source === 'whole' ? state.again : cutOut(overlay.image, box, HISTORY_SIDE_PX);
  remember(crop, target.source === 'own' ? state.ownCrop : ''); // an adjusted box is one search, not many
  state.ownCrop = target.source === 'own' ? crop : '';
}

for (const input of [fileInput, cameraInput]) {
  input.addEventListener('change', () => {
    take(input.files[0]);
    input.value = ''; // the same photo again must be a change again
  });
}
welcome.addEventListener('click', (event) => { if (!event.target.closest('button')) fileInput.click(); });
acceptDropsAndPastes(root, (file) => take(file));
hear('send-again', sendAgain);
hear('refused', () => { if (state.file && !state.path) refuse('busy', say('busy')); });
hear('pick', choose);
hear('point', ({ id, on }) => hover(id, on));
hear('labels', labelled);
hear('arrived', ({ target, verdict, failed }) => {
  state.foreign = verdict === 'none';
  if (!failed && !(state.foreign && state.untouched)) keepCrop(target);
  askNames();
});
hear('status', (status) => {
  if (status.state !== 'ready') return;
  if (samples.childElementCount > 0) return;
  showSamples(status.samples);
  restoreKept();
});
hear('gone', keepForReload);
hear('target', ({ target }) => {
  if (!target.product) return;
  Object.assign(state, { picked: null, untouched: false });
  showSelection();
});
watch('value', answered);
show(false);
