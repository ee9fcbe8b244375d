// A whole room: every thing of the photo beside the product that stands for it, and what they cost together.
// The server chose the products so that none comes twice; here the shopper goes on to the next best ones, under the
// same rule. `crops` are the things' pictures by their box, `kinds` what they are called where the shop has no name.

let slots = []; // as the server sent them: {box, label, verdict, chosen, choices}
let crops = {};
let kinds = {};

const slotHost = el('div', { class: 'slots', role: 'list', 'aria-label': say('slots') });
const restHost = el('div', { class: 'room-rest' });
const totalHost = el('div', { class: 'room-total', 'data-testid': 'room-total', 'aria-live': 'polite' });

const chosenIn = (slot) => slot.choices[slot.chosen];
const nameOf = (slot) => slot.label || (kinds[slot.box] ?? '');

/** The place of a slot's next choice in a direction that stands in no other slot; -1 if there is none. */
function nextChoice(slot, delta) {
  const taken = new Set(slots.filter((other) => other !== slot).map((other) => chosenIn(other).group_id));
  let at = slot.chosen + delta;
  while (slot.choices[at] && taken.has(slot.choices[at].group_id)) at += delta;
  return slot.choices[at] ? at : -1;
}

function stepper(slot, delta) {
  const [name, label] = delta < 0 ? ['left', 'slot_previous'] : ['right', 'slot_next'];
  return button('', name, {
    class: 'round', 'data-testid': delta < 0 ? 'slot-previous' : 'slot-next', 'data-delta': delta,
    'aria-label': say(label, { label: nameOf(slot) }),
    on: { click: () => step(slot, delta) },
  });
}

function step(slot, delta) {
  const at = nextChoice(slot, delta);
  if (at < 0) return;
  slot.chosen = at;
  const node = slotHost.children[slots.indexOf(slot)];
  fill(node, slot);
  paintSteps();
  paintTotal();
  const pressed = node.querySelector(`[data-delta="${delta}"]`);
  if (pressed.disabled) node.querySelector('[data-delta]:enabled')?.focus();
}

/** Show a slot's chosen product. */
function fill(node, slot) {
  const match = chosenIn(slot);
  Object.assign(node.dataset, { productId: match.product_id, groupId: match.group_id, score: match.score });
  node.querySelector('.picture').replaceChildren(opener(match));
  node.querySelector('.body').replaceWith(facts(match));
  write(node.querySelector('.steps span'), say('position', { n: slot.chosen + 1, total: slot.choices.length }));
}

function slotNode(slot) {
  const node = el('article', { class: 'slot', role: 'listitem', 'data-testid': 'slot', 'data-box-id': slot.box, 'data-verdict': slot.verdict },
    alone(slot, 'slot-crop', el('span', { text: nameOf(slot), dir: 'auto' })),
    el('div', { class: 'picture' }),
    el('div', { class: 'body' }),
    el('div', { class: slot.choices.length > 1 ? 'steps' : 'steps only' }, stepper(slot, -1), el('span', {}), stepper(slot, 1)));
  node.addEventListener('pointerenter', () => send('point', { id: slot.box, on: true }));
  node.addEventListener('pointerleave', () => send('point', { id: slot.box, on: false }));
  fill(node, slot);
  return node;
}

/** A thing of the photo; a click searches for it alone. */
function alone(thing, className, caption) {
  const { box } = thing;
  return el('button', { type: 'button', class: className, 'data-testid': className, 'data-box-id': box, 'aria-label': say('slot_alone', { label: nameOf(thing) }), on: { click: () => send('pick', box) } },
    crops[box] && el('img', { src: crops[box], alt: '' }), caption);
}

/** Which arrows lead anywhere depends on the other slots, too. */
function paintSteps() {
  slots.forEach((slot, i) => {
    for (const node of slotHost.children[i].querySelectorAll('[data-delta]')) node.disabled = nextChoice(slot, Number(node.dataset.delta)) < 0;
  });
}

/** One sum a currency, of what can be bought. */
function paintTotal() {
  const sums = new Map();
  const chosen = slots.map(chosenIn);
  for (const match of chosen) {
    if (match.in_stock && match.price !== null) sums.set(match.currency, (sums.get(match.currency) ?? 0) + match.price);
  }
  const soldOut = chosen.filter((match) => !match.in_stock).length;
  totalHost.replaceChildren();
  if (sums.size) decorate(totalHost, {}, [el('span', { text: say('room_total') }), ...[...sums].map(([currency, sum]) => el('strong', { class: 'cost big', 'data-currency': currency, 'data-sum': sum.toFixed(2), text: money(sum, currency) }))]);
  if (soldOut) totalHost.append(el('span', { text: say('room_sold_out', { n: soldOut }) }));
}

/** Paint a room's answer. */
function paintRoom(answer) {
  slots = answer.slots;
  slotHost.replaceChildren(...slots.map(slotNode));
  paintSteps();
  paintTotal();
  restHost.replaceChildren();
  if (!answer.rest.length) return;
  restHost.append(el('details', { 'data-testid': 'room-rest', open: !slots.length },
    el('summary', { text: say('room_rest', { n: answer.rest.length }) }),
    el('div', { class: 'rest-row' }, ...answer.rest.map((box) => alone({ box }, 'rest-crop')))));
}

function clearRoom() {
  slots = [];
  for (const host of [slotHost, restHost, totalHost]) host.replaceChildren();
}
