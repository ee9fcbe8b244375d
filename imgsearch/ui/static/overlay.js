// The photo with boxes on it: hover, click, keyboard, and an own box by mouse, touch or arrow keys.
// Boxes are shares of the picture's sides ([x1, y1, x2, y2] in 0..1), so resizing and zooming need no code; the SVG
// spans 1000 x 1000. Knows nothing about uploads and searches: it reports picks and own boxes to its callbacks.

const SPAN = 1000;
const CLICK_SLOP_PX = 6; // a press that moves less is a click, not a drag
const MIN_SHARE = 0.02; // smallest side of an own box
const KEY_STEP = 0.01;
// Narrow and unsure boxes show their name only when pointed at or chosen, else names would pile up.
const NARROW_SHARE = 0.15;
const UNSURE = 0.3;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const DEFAULT_OWN = [0.25, 0.25, 0.75, 0.75];

const clamp = (value, low = 0, high = 1) => Math.min(high, Math.max(low, value));
const areaOf = (box) => (box[2] - box[0]) * (box[3] - box[1]);
const boxLabel = (box) => say('box_label', { label: box.name, percent: percent(box.confidence) });
const place = (node, box) => decorate(node, {
  x: box[0] * SPAN, y: box[1] * SPAN, width: (box[2] - box[0]) * SPAN, height: (box[3] - box[1]) * SPAN,
}, []);

/** A box moved by (dx, dy), kept inside. */
function moved(box, dx, dy) {
  const x = clamp(dx, -box[0], 1 - box[2]);
  const y = clamp(dy, -box[1], 1 - box[3]);
  return [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
}

/** A box with one corner ('00' top left ... '11' bottom right) pulled to (x, y). */
function pulled(box, corner, x, y) {
  const next = [...box];
  if (corner[0] === '1') next[2] = clamp(x, box[0] + MIN_SHARE); else next[0] = clamp(x, 0, box[2] - MIN_SHARE);
  if (corner[1] === '1') next[3] = clamp(y, box[1] + MIN_SHARE); else next[1] = clamp(y, 0, box[3] - MIN_SHARE);
  return next;
}

/** The box between two points. */
const spanned = (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[0], b[0]), Math.max(a[1], b[1])];

function makeOverlay({ onPick, onOwn, onHover }) {
  const image = el('img', { class: 'photo', alt: say('photo_alt'), draggable: 'false' });
  const hole = shape('rect', { rx: 8, fill: '#000' });
  const dim = shape('rect', { class: 'dim', width: SPAN, height: SPAN, mask: 'url(#photo-hole)' });
  const boxLayer = shape('g');
  const ownRect = shape('rect', {
    class: 'own', rx: 8, 'vector-effect': 'non-scaling-stroke', tabindex: 0, role: 'button',
    'data-testid': 'own-box', 'aria-label': say('own_box_label'),
  });
  const svg = shape('svg', { class: 'boxes', viewBox: `0 0 ${SPAN} ${SPAN}`, preserveAspectRatio: 'none' },
    shape('mask', { id: 'photo-hole' }, shape('rect', { width: SPAN, height: SPAN, fill: '#fff' }), hole),
    dim, boxLayer);
  const tags = el('div', { class: 'tags', 'aria-hidden': 'true' });
  const corners = ['00', '10', '11', '01'].map((corner) => el('span', { class: 'corner', 'data-corner': corner }));
  const frame = el('div', { class: 'frame' }, image, svg, tags);
  let own = null;
  let drag = null;
  let drawing = false;

  const marksOf = (id) => frame.querySelectorAll(`[data-id="${CSS.escape(String(id))}"]`);

  function hover(id, on) {
    for (const node of marksOf(id)) node.classList.toggle('hot', on);
  }

  function boxNode(box, size) {
    const pixels = box.box.map((share, i) => Math.round(share * size[i % 2] * 10) / 10);
    const pick = () => onPick(box.id);
    return shape('g', {
      class: box.confidence < UNSURE ? 'box unsure' : 'box', tabindex: 0, role: 'button', 'data-testid': 'box', 'data-id': box.id, 'data-class': box.class,
      'data-box': pixels.join(','), 'aria-pressed': 'false',
      'aria-label': boxLabel(box),
      on: {
        click: () => { if (!drag?.moving && !drawing) pick(); },
        keydown: (event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return;
          event.preventDefault();
          pick();
        },
        pointerenter: () => onHover(box.id, true),
        pointerleave: () => onHover(box.id, false),
      },
    }, place(shape('rect', { rx: 8, 'vector-effect': 'non-scaling-stroke' }), box.box));
  }

  function tagNode(box) {
    const tag = el('span', { class: 'tag', 'data-id': box.id },
      el('b', { text: box.name }), el('i', { text: percent(box.confidence) }));
    tag.classList.toggle('unnamed', !box.named);
    if (box.box[0] > 0.7) tag.style.right = `${(1 - box.box[2]) * 100}%`; else tag.style.left = `${box.box[0] * 100}%`;
    tag.classList.toggle('from-right', box.box[0] > 0.7);
    tag.style.top = `${box.box[1] * 100}%`;
    tag.classList.toggle('quiet', box.box[2] - box.box[0] < NARROW_SHARE || box.confidence < UNSURE);
    return tag;
  }

  /** Draw the detections; `size` is the original picture's [width, height], for `data-box`. */
  function setBoxes(boxes, size) {
    const bySize = [...boxes].sort((a, b) => areaOf(b.box) - areaOf(a.box)); // small ones on top stay clickable
    boxLayer.replaceChildren(...bySize.map((box) => boxNode(box, size)));
    tags.replaceChildren(...bySize.map(tagNode));
    select(null, null);
  }

  /** A box got its name: tell it in place. */
  function rename(box) {
    for (const node of marksOf(box.id)) {
      if (node.classList.contains('tag')) {
        node.classList.remove('unnamed');
        write(node.querySelector('b'), box.name);
      } else write(node, boxLabel(box), 'aria-label');
    }
  }

  function showOwn(box) {
    own = box;
    if (!box) {
      ownRect.remove();
      for (const corner of corners) corner.remove();
      return;
    }
    place(ownRect, box);
    if (!ownRect.isConnected) svg.append(ownRect);
    for (const corner of corners) {
      corner.style.left = `${box[corner.dataset.corner[0] === '1' ? 2 : 0] * 100}%`;
      corner.style.top = `${box[corner.dataset.corner[1] === '1' ? 3 : 1] * 100}%`;
      if (!corner.isConnected) frame.append(corner);
    }
  }

  /** Mark what is searched: a detection's id, or an own box; `lit` is the part of the photo left undimmed. */
  function select(id, lit, ownBox = null) {
    for (const node of frame.querySelectorAll('[data-id]')) {
      const on = node.dataset.id === String(id);
      node.classList.toggle('on', on);
      if (node.hasAttribute('aria-pressed')) node.setAttribute('aria-pressed', String(on));
    }
    dim.style.display = lit ? '' : 'none';
    if (lit) place(hole, lit);
    showOwn(ownBox);
  }

  const draw = (box) => onOwn(box, false);

  const at = (event) => {
    const area = image.getBoundingClientRect();
    return [clamp((event.clientX - area.left) / area.width), clamp((event.clientY - area.top) / area.height)];
  };

  function startDrag(event) {
    if (event.button !== 0) return null;
    const from = { at: at(event), x: event.clientX, y: event.clientY, id: event.pointerId, moving: false };
    const corner = event.target.closest?.('.corner');
    if (corner) return { ...from, kind: 'pull', corner: corner.dataset.corner, box: own };
    if (event.target === ownRect) return { ...from, kind: 'move', box: own };
    // A finger draws only after "Draw my own", so that the page still scrolls under it.
    if (drawing || event.pointerType === 'mouse') return { ...from, kind: 'new' };
    return null;
  }

  function dragged(event) {
    const point = at(event);
    if (drag.kind === 'new') return spanned(drag.at, point);
    if (drag.kind === 'pull') return pulled(drag.box, drag.corner, point[0], point[1]);
    return moved(drag.box, point[0] - drag.at[0], point[1] - drag.at[1]);
  }

  frame.addEventListener('pointerdown', (event) => {
    drag = startDrag(event);
    if (drag && drag.kind !== 'new') event.preventDefault();
  });
  frame.addEventListener('pointermove', (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    if (!drag.moving) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < CLICK_SLOP_PX) return;
      drag.moving = true;
      frame.setPointerCapture(drag.id);
    }
    drag.now = dragged(event);
    draw(drag.now);
  });
  frame.addEventListener('pointerup', () => {
    const box = drag?.moving ? drag.now : null;
    // The click that follows a drag must still see that it was one.
    setTimeout(() => { drag = null; });
    if (!box) return;
    if (box[2] - box[0] < MIN_SHARE || box[3] - box[1] < MIN_SHARE) onOwn(null, true);
    else onOwn(box, true);
  });
  frame.addEventListener('pointercancel', () => { drag = null; });
  ownRect.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onOwn(own, true);
      return;
    }
    const move = MOVES[event.key];
    if (!move || !own) return;
    event.preventDefault();
    const [dx, dy] = move.map((step) => step * KEY_STEP);
    draw(event.shiftKey ? pulled(own, '11', own[2] + dx, own[3] + dy) : moved(own, dx, dy));
  });

  return {
    frame, image, hover, select, setBoxes, rename,
    setDrawing(on) {
      drawing = on;
      frame.classList.toggle('drawing', on);
    },
    /** For the keyboard: put a box in the middle and hand it the focus. */
    startOwn() {
      draw(own || DEFAULT_OWN);
      ownRect.focus();
    },
  };
}
