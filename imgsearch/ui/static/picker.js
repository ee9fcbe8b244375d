// The left side of the shop: a photo comes in, its boxes come back, one target is chosen.
// Sends 'target' {target, crop} whenever something is to be searched. The server's answer arrives in props.value.

const state = {
  path: null, // the server's name of the photo
  file: null, // what was sent, to send it again if the server has forgotten it
  size: [0, 0], // the original's upright pixels
  boxes: [],
  picked: null, // a detection's id, 'own', 'whole' or null
  own: null,
  drawing: false,
  rev: 0, // of the newest photo; answers to older ones are dropped
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
    button(say('camera'), 'camera', { class: 'btn', on: { click: () => takePicture(camera, cameraInput, take) } })));
const stage = el('div', { class: 'stage', hidden: true }, overlay.frame, el('div', { class: 'under' }, chips, tools, hint));
root.append(el('div', { class: 'drop-card' }, welcome, stage, note), samples, fileInput, cameraInput, camera, spoken);

const allowedBytes = () => props.max_upload_mib * 1024 * 1024;
const busy = (on) => {
  root.classList.toggle('busy', on);
  overlay.frame.setAttribute('aria-busy', String(on));
};
const announce = (text) => { spoken.textContent = text; };
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

/** Take a picture from anywhere: show it at once, send it, ask for its boxes. */
async function take(file) {
  if (!file) return;
  const rev = state.rev = Math.max(Date.now(), state.rev + 1);
  showMessage(note, null);
  Object.assign(state, { path: null, boxes: [], picked: null, own: null, file: null });
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
  show(true);
}

async function sendPhoto(rev) {
  try {
    const { path } = await upload(state.file);
    if (rev === state.rev) trigger('photo', { path, rev, unseen: !state.size[0] });
  } catch {
    if (rev !== state.rev) return;
    if (await serverAnswers()) return refuse('upload_failed', say('upload_failed'));
    busy(false);
    send('gone');
  }
}

/** Two chairs become "chair 1" and "chair 2", the surer one first; a single one keeps its plain name. */
function named(boxes) {
  const total = {};
  for (const { label } of boxes) total[label] = (total[label] ?? 0) + 1;
  const seen = {};
  return boxes.map((box) => {
    seen[box.label] = (seen[box.label] ?? 0) + 1;
    return { ...box, name: total[box.label] > 1 ? `${box.label} ${seen[box.label]}` : box.label };
  });
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
    if (on && node.parentNode === chips) chips.scrollTo({ top: node.offsetTop - chips.offsetTop - 50, left: node.offsetLeft - chips.offsetLeft - 50 });
  }
  const own = state.picked === 'own' ? say('own_hint') : '';
  hint.textContent = state.drawing ? say('draw_hint') : own;
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
    const node = chip(box.id, box.name, {
      'data-testid': 'chip',
      on: { click: () => pick(box.id), pointerenter: () => hover(box.id, true), pointerleave: () => hover(box.id, false) },
    });
    node.append(el('i', { text: percent(box.confidence) }));
    return node;
  }));
  const own = (event) => (event.detail === 0 ? overlay.startOwn() : setDrawing(!state.drawing)); // 0: by the keyboard
  tools.replaceChildren(
    chip('own', say('draw_own'), { 'data-testid': 'draw-own', on: { click: own } }, icon('draw', 18)),
    chip('whole', say('whole'), { 'data-testid': 'whole-photo', on: { click: () => pick('whole') } }, icon('whole', 18)),
    button(say('new_photo'), 'image', { class: 'chip plain', on: { click: () => fileInput.click() } }));
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

/** Search a detection (its id) or the 'whole' photo. */
function pick(id) {
  setDrawing(false);
  state.picked = id;
  showSelection();
  search();
}

/** The overlay's own box: still being drawn, or `done`; null when it was too small to mean anything. */
function ownBox(box, done) {
  state.own = box;
  state.picked = box ? 'own' : null;
  if (done) setDrawing(false);
  else showSelection();
  if (done && box) search();
}

function search() {
  if (!state.path) return;
  const detection = state.boxes.find((box) => box.id === state.picked);
  const box = detection?.box ?? (state.picked === 'whole' ? [0, 0, 1, 1] : state.own);
  const target = { photo: state.path, box, class: detection?.class ?? '', source: detection ? 'detected' : state.picked };
  send('target', { target, crop: cutOut(overlay.image, box) });
}

/** The server's answer to a photo. */
function answered() {
  const answer = props.value || {};
  if (!answer.rev || answer.rev !== state.rev) return;
  busy(false);
  if (answer.error) return refuse(answer.error, answer.message);
  if (!state.size[0]) { // the browser could not show it, the server could
    state.size = [answer.width, answer.height];
    showPicture(answer.preview);
  }
  Object.assign(state, { path: answer.photo, boxes: named(answer.boxes) });
  drawAll();
  if (restoring) return resume();
  if (!answer.detector) showMessage(note, 'no_detector', say('no_detector'), { kind: 'status' });
  else if (!state.boxes.length) showMessage(note, 'nothing_detected', say('nothing_detected'), { kind: 'status' });
  announce(say('found', { n: state.boxes.length }));
  const first = answer.main ?? 'whole';
  if (overlay.image.complete) pick(first);
  else overlay.image.addEventListener('load', () => pick(first), { once: true });
}

function resume() {
  Object.assign(state, restoring);
  restoring = null;
  showSelection();
  search();
}

/** The server has dropped the photo from its memory: send it again and repeat the search. */
function sendAgain() {
  if (!state.file || restoring) return;
  restoring = { picked: state.picked, own: state.own };
  state.rev += 1;
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
  if (picked !== null) restoring = { picked, own };
  take(new File([blob], 'photo.jpg', { type: blob.type }));
}

async function takeSample(url) {
  busy(true);
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    const blob = await answer.blob();
    await take(new File([blob], url.split('/').pop(), { type: blob.type }));
  } catch {
    busy(false);
    send('gone');
  }
}

function showSamples(names) {
  samples.hidden = !names.length;
  samples.replaceChildren(
    el('h3', { text: say('samples_title') }),
    el('div', { class: 'sample-row' }, ...names.map((name, i) => el('button', {
      type: 'button', class: 'sample', 'data-testid': 'sample', 'aria-label': say('sample_label', { n: i + 1 }),
      on: { click: () => takeSample(`samples/${name}`) },
    }, el('img', { src: `samples/small/${name}`, alt: '', loading: 'lazy', decoding: 'async' })))));
}

for (const input of [fileInput, cameraInput]) {
  input.addEventListener('change', () => {
    take(input.files[0]);
    input.value = ''; // the same photo again must be a change again
  });
}
welcome.addEventListener('click', (event) => { if (!event.target.closest('button')) fileInput.click(); });
acceptDropsAndPastes(root, take);
hear('send-again', sendAgain);
hear('status', (status) => {
  if (status.state !== 'ready') return;
  if (samples.childElementCount > 0) return;
  showSamples(status.samples);
  restoreKept();
});
hear('gone', keepForReload);
hear('target', ({ target }) => { if (target.product) { state.picked = null; showSelection(); } });
watch('value', answered);
show(false);
