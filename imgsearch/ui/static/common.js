// Shared by every component of the page: this text is put (after text.js) in front of each component's own script,
// which Gradio runs with `element`, `props`, `trigger`, `server`, `upload` and `watch` in scope. Catalog text only ever
// becomes text or an attribute; nothing here or there parses HTML.

const SVG_NS = 'http://www.w3.org/2000/svg';
// Then a request is sent again, once: Gradio may close its stream just as one is sent, and its answer is lost.
const REPEAT_MS = 9000;

function textNode(text) {
  const node = document.createTextNode('');
  write(node, text);
  return node;
}

function decorate(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    else write(node, value === true ? '' : value, name);
  }
  node.append(...children.filter(Boolean).map((child) => (child instanceof Live ? textNode(child) : child)));
  return node;
}

/** An HTML element: `el('p', {class: 'x', text: 'y', on: {click}}, child, ...)`; null, undefined and false are left out. */
const el = (tag, attributes = {}, ...children) => decorate(document.createElement(tag), attributes, children);

/** The same for SVG. */
const shape = (tag, attributes = {}, ...children) => decorate(document.createElementNS(SVG_NS, tag), attributes, children);

/** How to scroll for this reader: at once where less motion is asked for. The style sheet can't say it to scripts. */
const gliding = () => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth');

// 24 x 24 outlines, drawn for this page.
const ICONS = {
  alert: 'M12 8v5M12 16.5v.01M10.3 4.2 2.9 17a2 2 0 0 0 1.7 3h14.8a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0z',
  camera: 'M4 8.5A1.5 1.5 0 0 1 5.5 7H8l1.4-2.2h5.2L16 7h2.5A1.5 1.5 0 0 1 20 8.5v9a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5zM12 16a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  close: 'M6 6l12 12M18 6L6 18',
  draw: 'M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M12 9v6M9 12h6',
  globe: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM3.5 12h17M12 3.5c2.6 2.3 3.9 5.2 3.9 8.5s-1.3 6.2-3.9 8.5c-2.6-2.3-3.9-5.2-3.9-8.5s1.3-6.2 3.9-8.5z',
  image: 'M5.5 4h13A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5v-13A1.5 1.5 0 0 1 5.5 4zM4 16l4.6-4.6 4.2 4.2 2.4-2.4L20 18M15.5 9v.01',
  left: 'M14.5 5.5L8 12l6.5 6.5',
  moon: 'M19.5 14.2A7.8 7.8 0 0 1 9.8 4.5a7.8 7.8 0 1 0 9.7 9.7z',
  out: 'M9 6H6.5A1.5 1.5 0 0 0 5 7.5v10A1.5 1.5 0 0 0 6.5 19h10a1.5 1.5 0 0 0 1.5-1.5V15M13 5h6v6M19 5l-8 8',
  phone: 'M8.5 3.5h7A1.5 1.5 0 0 1 17 5v14a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 19V5a1.5 1.5 0 0 1 1.5-1.5zM11 17.5h2',
  right: 'M9.5 5.5L16 12l-6.5 6.5',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  room: 'M4.5 11V8A2.5 2.5 0 0 1 7 5.5h10A2.5 2.5 0 0 1 19.5 8v3M3 13a2 2 0 0 1 4 0v2h10v-2a2 2 0 0 1 4 0v5.5H3zM6 18.5v1.5M18 18.5v1.5',
  similar: 'M4.5 4.5h6v6h-6zM13.5 4.5h6v6h-6zM4.5 13.5h6v6h-6zM16.5 13.8v5.4M13.8 16.5h5.4',
  whole: 'M4 9V5.5A1.5 1.5 0 0 1 5.5 4H9M15 4h3.5A1.5 1.5 0 0 1 20 5.5V9M20 15v3.5a1.5 1.5 0 0 1-1.5 1.5H15M9 20H5.5A1.5 1.5 0 0 1 4 18.5V15',
};

// Those that point along the line of reading are mirrored where it runs from the right.
const DIRECTED = ['left', 'right', 'out'];

const icon = (name, size = 20) => shape('svg', {
  class: DIRECTED.includes(name) ? 'icon directed' : 'icon', viewBox: '0 0 24 24', width: size, height: size, fill: 'none', stroke: 'currentColor',
  'stroke-width': 1.7, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true',
}, shape('path', { d: ICONS[name] }));

/** A button with an optional icon; `attributes` as for `el`. */
const button = (label, iconName, attributes = {}) =>
  el('button', { type: 'button', ...attributes }, iconName && icon(iconName), label && el('span', { text: label }));

/** The link if it leads to the web, else null: a feed may say javascript: or data:. */
function webLink(link) {
  try {
    const url = new URL(link);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    return null;
  }
}

// The components talk over window events: status, photo, target, asked, answered, forget ... The newest status is
// kept, since a component may come to life after it was sent.
function send(name, detail) {
  if (name === 'status') window.imgsearchStatus = detail;
  window.dispatchEvent(new CustomEvent(`imgsearch:${name}`, { detail }));
}

function hear(name, handler) {
  window.addEventListener(`imgsearch:${name}`, (event) => { if (element.isConnected) handler(event.detail); });
  if (name === 'status' && window.imgsearchStatus) queueMicrotask(() => handler(window.imgsearchStatus));
}

/**
 * Show one message in a host, in place of the one before; without a code, clear it.
 * `kind` is 'alert' (something failed) or 'status'; `actions` are [label, handler] pairs.
 */
function showMessage(host, code, text, { kind = 'alert', title = '', actions = [] } = {}) {
  host.replaceChildren();
  host.hidden = !code;
  if (!code) return;
  const buttons = actions.map(([label, handler]) => button(label, null, { class: 'btn small', on: { click: handler } }));
  host.append(el('div', { class: `note ${kind}`, role: kind, 'data-testid': 'message', 'data-code': code },
    kind === 'alert' && icon('alert'),
    el('div', { class: 'note-body' },
      title && el('strong', { text: title }),
      el('p', { text, dir: 'auto' }),
      buttons.length > 0 && el('div', { class: 'note-actions' }, ...buttons))));
}

const asksServer = (path) => fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(4000) });

/** True if the page's own server is there and answers within a few seconds. */
async function serverRuns() {
  try {
    return (await asksServer('healthz')).ok;
  } catch {
    return false;
  }
}

/** True if it answers this visitor, too: behind a login, a restart or a lost cookie ends what was begun before. */
async function serverAnswers() {
  try {
    return await serverRuns() && (await asksServer('gradio_api/login_check')).status !== 401;
  } catch {
    return false;
  }
}
