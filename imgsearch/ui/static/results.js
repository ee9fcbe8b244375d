// The right side of the shop: the answer's verdict and receipt, then its cards, or a room's slots.
// Only the answer to the newest request is painted; whatever comes late is dropped by its `rev`. Of a request that was
// sent twice, the first answer counts.

const SLOW_MS = 2500; // then the server is asked whether it is still there
const GIVE_UP_MS = 30000;
const NAMES_MS = 3000; // how long a first look that found nothing waits for the names of the other things
const MARKS = { exact: 'check', likely: 'check', similar: 'similar', more: 'similar', room: 'room', none: 'alert' };

let asked = { rev: 0, since: 0, target: null, auto: false }; // the newest request; `since`: the first time it was sent
let painted = 0; // the answer on screen
let crop = ''; // what the shopper chose, as a small picture
let shown = []; // the matches on screen, for the dialog's arrows
let insists = false; // the shopper wants to see what is not alike, too
let leads = false; // the shopper asked from one of the cards: the next heading takes their place and the keyboard
let watchdog = 0;
let named = 0; // until this request, the names of the photo's things are known

const root = element.querySelector('.results');
const head = el('div', { class: 'results-head', 'aria-live': 'polite' });
const note = el('div', { class: 'note-host', hidden: true });
const grid = el('div', { class: 'grid', role: 'list', 'aria-label': say('matches') });
const more = button(say('show_more'), null, { class: 'btn', 'data-testid': 'show-more', hidden: true, on: { click: () => send('more') } });
root.append(head, note, slotHost, restHost, grid, el('div', { class: 'more-row' }, more), dialog);
root.dataset.testid = 'results';
root.dataset.rev = '0';
root.setAttribute('aria-busy', 'false');

const listed = () => (slots.length ? slots.map(chosenIn) : shown);
const cropOf = (match) => (slots.length ? crops[slots.find((slot) => chosenIn(slot) === match)?.box] : crop) ?? '';

function receipt(timings, model) {
  const stages = ['decode_ms', 'detect_ms', 'embed_ms', 'search_ms'].filter((name) => timings[name] > 0);
  const parts = live(() => stages.map((name) => `${say(name)} ${duration(timings[name])}`).join(' · '));
  return el('details', { class: 'receipt' },
    el('summary', { 'data-testid': 'timings', text: say('answered_in', { ms: duration(timings.total_ms) }) }),
    el('p', { text: parts }), el('p', { text: say('model', { model }) }));
}

function headline(answer, kind) {
  if (kind === 'more') return say('more_like', { title: answer.target.title });
  if (kind === 'room') return slots.length ? say('room_title', { n: slots.length }) : say('room_none_title');
  return say(`verdict_${answer.verdict}`);
}

function heading(answer) {
  const kind = answer.target.product ? 'more' : answer.target.room ? 'room' : answer.verdict;
  const image = kind === 'more' ? answer.target.picture : crop;
  const guess = answer.category_label && kind === answer.verdict && kind !== 'none';
  const count = kind !== 'none' && kind !== 'room' && el('span', { text: say('matches_count', { n: answer.matches.length }) });
  return el('div', { class: `verdict-card ${kind === 'room' && !slots.length ? 'none' : kind}` },
    image && el('img', { class: 'crop', src: image, alt: say('your_target') }),
    el('div', { class: 'verdict-text' },
      el('h2', { tabindex: -1 }, el('span', { class: 'mark' }, icon(MARKS[kind], 16)),
        el('span', { 'data-testid': 'verdict', 'data-verdict': answer.verdict, dir: 'auto', text: headline(answer, kind) })),
      kind === 'none' && el('p', { class: 'advice', text: say('none_text') }),
      kind === 'room' && !slots.length && el('p', { class: 'advice', text: say('room_none') }),
      el('p', {},
        count, count && ' · ',
        guess && el('button', { type: 'button', class: 'guess', text: say('looks_like', { category: answer.category_label }), title: say('only_category', { category: answer.category }), dir: 'auto', on: { click: () => send('narrow', answer.category) } }),
        guess && ' · ',
        receipt(answer.timings, answer.model)),
      (kind === 'none' || (kind === 'room' && !slots.length)) && ways(answer, kind)),
    kind === 'room' && totalHost);
}

/** What can be done about it. What the shop does not sell stays folded until the shopper asks for it. */
function ways(answer, kind) {
  const unfold = () => {
    insists = true;
    fold(answer);
    grid.querySelector('.open')?.focus({ preventScroll: true });
  };
  return el('div', { class: 'btn-row' },
    kind === 'none' && !insists && button(say('show_anyway'), null, { class: 'btn small', 'data-testid': 'show-anyway', on: { click: (event) => { event.currentTarget.remove(); unfold(); } } }),
    answer.filtered && button(say('drop_all'), null, { class: 'btn small', on: { click: () => send('drop-filter', 'all') } }));
}

function fold(answer) {
  const folded = answer.verdict === 'none' && !answer.target.product && !insists;
  grid.hidden = folded || Boolean(answer.slots);
  more.hidden = folded || !answer.more;
}

/** The cards; where likeness falls below the shop's own line, a divider says so. */
function cards(answer) {
  const nodes = [];
  answer.matches.forEach((match, i) => {
    if (i === answer.weak_from) {
      const text = say(i === 0 ? 'closest_anyway' : 'less_alike');
      nodes.push(el('div', { class: 'divider', role: 'presentation' }, el('span', { text })));
    }
    nodes.push(card(match, answer.weak_from !== null && i >= answer.weak_from));
  });
  return nodes;
}

function nothing(answer) {
  const drops = answer.blame.map((name) => [say(`drop_${name}`), () => send('drop-filter', name)]);
  if (!drops.length && answer.filtered) drops.push([say('drop_all'), () => send('drop-filter', 'all')]);
  showMessage(note, answer.filtered ? 'no_match' : 'empty_shop', say(answer.filtered ? 'no_match' : 'empty_shop'), {
    kind: 'status', title: say(answer.filtered ? 'no_match_title' : 'empty_shop_title'), actions: drops,
  });
}

const isWanted = (answer) => answer.rev >= asked.since && answer.rev <= asked.rev && painted < asked.since;

function settle(rev) {
  clearTimeout(watchdog);
  painted = rev;
  root.dataset.rev = String(asked.rev);
  stopWaiting();
}

function arrived() {
  const answer = props.value || {};
  if (!answer.rev || !isWanted(answer)) return;
  if (answer.error === 'photo_gone') return send('send-again');
  send('arrived', { target: asked.target, verdict: answer.verdict, failed: Boolean(answer.error) });
  // The page looked at the most prominent thing, and the shop does not sell it. Before that is said, the names of the
  // others may show one that it does sell.
  if (!asked.auto || answer.verdict !== 'none' || named >= answer.rev) return paint(answer);
  setTimeout(() => { if (root.getAttribute('aria-busy') === 'true') paint(answer); }, NAMES_MS);
}

function paint(answer) {
  if (!isWanted(answer)) return;
  settle(answer.rev);
  showMessage(note, null);
  clearRoom();
  if (answer.error) {
    head.replaceChildren();
    grid.replaceChildren();
    more.hidden = true;
    return showMessage(note, answer.error, told(answer), { actions: [[say('try_again'), () => send('repeat')]] });
  }
  shown = answer.matches;
  if (answer.slots) paintRoom(answer);
  head.replaceChildren(...(shown.length || answer.slots ? [heading(answer)] : []));
  grid.replaceChildren(...cards(answer));
  if (leads && document.activeElement === document.body) head.querySelector('h2')?.focus({ preventScroll: true });
  leads = false;
  fold(answer);
  if (!shown.length && !answer.slots) nothing(answer);
  send('answered', answer);
}

function wait({ rev, target, crop: picture_, crops: pictures, kinds: words, auto, more: longer, again }) {
  const another = target !== asked.target;
  asked = again ? { ...asked, rev } : { rev, since: rev, target, auto: Boolean(auto) };
  document.body.classList.add('has-results');
  if (another) insists = false;
  if (another && target.product) comeUp();
  if (picture_ !== undefined || target.product) crop = picture_ ?? '';
  if (pictures) [crops, kinds] = [pictures, words];
  root.setAttribute('aria-busy', 'true');
  grid.classList.add('waiting');
  slotHost.classList.add('waiting');
  const empty = !slots.length && !grid.querySelector('.card');
  if (empty || (another && (target.room || grid.hidden))) expect();
  else if (longer) grid.append(...skeletons(4));
  clearTimeout(watchdog);
  watchdog = setTimeout(() => stillThere(rev, performance.now()), SLOW_MS);
}

/** What is alike one of the cards stands above it, often out of sight. */
function comeUp() {
  leads = true;
  if (root.getBoundingClientRect().top < 0) root.scrollIntoView({ behavior: gliding() });
}

/** Show where the results will stand. */
function expect() {
  clearRoom();
  head.replaceChildren();
  grid.hidden = false;
  grid.replaceChildren(...skeletons(8));
}

/** A wait never ends in a dead spinner: the server is slow (say so) or gone (say so, and ask again when it is back). */
async function stillThere(rev, since) {
  if (rev !== asked.rev || root.getAttribute('aria-busy') !== 'true') return;
  if (!await serverAnswers()) {
    return send('gone');
  }
  if (asked.since === rev && performance.now() - since > REPEAT_MS) return send('repeat', { again: true });
  if (performance.now() - since > GIVE_UP_MS) {
    stopWaiting();
    return showMessage(note, 'slow', say('slow'), { actions: [[say('try_again'), () => send('repeat')]] });
  }
  watchdog = setTimeout(() => stillThere(rev, since), SLOW_MS);
}

function stopWaiting() {
  root.setAttribute('aria-busy', 'false');
  for (const host of [grid, slotHost]) host.classList.remove('waiting');
  for (const node of grid.querySelectorAll('.skeleton')) node.remove();
}

hear('asked', wait);
hear('idle', () => {
  stopWaiting();
  document.body.classList.remove('has-results');
});
hear('gone', stopWaiting);
hear('refused', () => {
  if (root.getAttribute('aria-busy') !== 'true' || !asked.rev) return;
  clearTimeout(watchdog);
  stopWaiting();
  showMessage(note, 'busy', say('busy'), { actions: [[say('try_again'), () => send('repeat')]] });
});
hear('named', () => {
  named = asked.rev;
  const answer = props.value || {};
  if (answer.rev && isWanted(answer) && root.getAttribute('aria-busy') === 'true') paint(answer);
});
hear('forget', () => {
  asked = { rev: 0, since: 0, target: null, auto: false };
  clearTimeout(watchdog);
  showMessage(note, null);
  more.hidden = true;
  root.setAttribute('aria-busy', 'true');
  expect();
});
hear('product-gone', () => {
  showMessage(note, 'product_gone', say('product_gone'), { kind: 'status', title: say('product_gone_title') });
});
let greeted = false;
hear('status', (status) => {
  if (status.state !== 'ready' || greeted) return;
  greeted = true;
  openShared();
});
watch('value', arrived);
