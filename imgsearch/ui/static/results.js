// The right side of the shop: the answer's verdict, its receipt, its cards, and the dialog of one product.
// Only the answer to the newest request is painted; whatever comes late is dropped by its `rev`.

const SLOW_MS = 2500; // then the server is asked whether it is still there
const GIVE_UP_MS = 30000;
const MARKS = { exact: 'check', likely: 'check', similar: 'similar', more: 'similar', none: 'alert' };

let asked = 0; // rev of the newest request
let crop = ''; // what the shopper chose, as a small picture
let shown = []; // the matches on screen, for the dialog's arrows
let watchdog = 0;

const root = element.querySelector('.results');
const head = el('div', { class: 'results-head', 'aria-live': 'polite' });
const note = el('div', { class: 'note-host', hidden: true });
const grid = el('div', { class: 'grid', role: 'list', 'aria-label': say('matches') });
const more = button(say('show_more'), null, { class: 'btn', 'data-testid': 'show-more', hidden: true, on: { click: () => send('more') } });
const dialog = el('dialog', { class: 'sheet product', tabindex: -1, 'data-testid': 'product-dialog', 'aria-label': say('details') });
root.append(head, note, grid, el('div', { class: 'more-row' }, more), dialog);
root.dataset.testid = 'results';
root.dataset.rev = '0';
root.setAttribute('aria-busy', 'false');

const similarTo = (match) => {
  dialog.close();
  send('target', { target: { product: match.product_id, title: match.title, picture: match.thumb } });
};

function likeness(match) {
  const share = Math.max(0, Math.min(1, match.score));
  const bar = el('span', { class: 'likeness-bar' }, el('i', { style: `width:${(share * 100).toFixed(1)}%` }));
  const label = say('likeness', { percent: percent(share) });
  return el('div', { class: 'likeness', title: say('likeness_title', { score: match.score.toFixed(3) }) }, bar, el('span', { text: label }));
}

function titleOf(match) {
  const link = webLink(match.link);
  if (!link) return el('span', { class: 'title', text: match.title, dir: 'auto' });
  return el('a', { class: 'title', href: link, target: '_blank', rel: 'noopener noreferrer', title: say('open_shop'), dir: 'auto', text: match.title });
}

const stockOf = (match) => el('span', { class: match.in_stock ? 'stock' : 'stock out', text: say(match.in_stock ? 'in_stock' : 'sold_out') });

function picture(url, alt) {
  const image = el('img', { src: url, alt, loading: 'lazy', decoding: 'async', width: 320, height: 320 });
  image.addEventListener('error', () => image.closest('.picture, figure')?.classList.add('missing'), { once: true });
  return image;
}

function card(match, weak) {
  const open = el('button', { type: 'button', class: 'open', 'aria-label': say('open_label', { title: match.title }), on: { click: () => details(match) } },
    picture(match.thumb, ''));
  const similar = button(say('similar'), 'similar', { class: 'like', 'data-testid': 'similar', 'aria-label': say('similar_label', { title: match.title }), on: { click: () => similarTo(match) } });
  return el('article', {
    class: weak ? 'card weak' : 'card', role: 'listitem', 'data-testid': 'card', 'data-product-id': match.product_id,
    'data-group-id': match.group_id, 'data-score': match.score, 'data-rank': match.rank,
  },
  el('div', { class: 'picture' }, open, el('span', { class: 'rank', text: match.rank, 'aria-hidden': 'true' }), similar),
  el('div', { class: 'body' },
    el('div', { class: 'above' }, el('span', { class: 'brand', text: match.brand, dir: 'auto' }),
      match.variants > 1 && el('span', { text: say('variants', { n: match.variants }) })),
    titleOf(match),
    el('div', { class: 'line' }, el('span', { class: 'cost', text: money(match.price, match.currency) || say('no_price') }), stockOf(match)),
    likeness(match)));
}

function skeletons(n) {
  return Array.from({ length: n }, () => el('div', { class: 'card skeleton', 'aria-hidden': 'true' },
    el('div', { class: 'picture' }), el('div', { class: 'body' }, el('b'), el('b'), el('b'))));
}

function receipt(timings, model) {
  const parts = ['decode_ms', 'detect_ms', 'embed_ms', 'search_ms'].map((name) => `${say(name)} ${ms(timings[name])}`);
  const node = el('details', { class: 'receipt' },
    el('summary', { 'data-testid': 'timings', text: say('answered_in', { ms: ms(timings.total_ms) }) }),
    el('p', { text: parts.join(' · ') }), el('p', { text: say('model', { model }) }));
  return node;
}

const ms = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

function heading(answer) {
  const product = answer.target.product;
  const verdict = product ? 'more' : answer.verdict;
  const title = product ? say('more_like', { title: answer.target.title }) : say(`verdict_${answer.verdict}`);
  const image = product ? answer.target.picture : crop;
  const guess = answer.category_label && !product && answer.verdict !== 'none';
  return el('div', { class: `verdict-card ${verdict}` },
    image && el('img', { class: 'crop', src: image, alt: say('your_target') }),
    el('div', { class: 'verdict-text' },
      el('h2', {}, el('span', { class: 'mark' }, icon(MARKS[verdict], 16)),
        el('span', { 'data-testid': 'verdict', 'data-verdict': answer.verdict, dir: 'auto', text: title })),
      el('p', {},
        say(verdict === 'none' ? 'weak_count' : 'matches_count', { n: answer.matches.length }), ' · ',
        guess && el('button', { type: 'button', class: 'guess', text: say('looks_like', { category: answer.category_label }), title: say('only_category', { category: answer.category }), dir: 'auto', on: { click: () => send('narrow', answer.category) } }),
        guess && ' · ',
        receipt(answer.timings, answer.model))));
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

function settle(rev) {
  clearTimeout(watchdog);
  root.dataset.rev = String(rev);
  root.setAttribute('aria-busy', 'false');
  grid.classList.remove('waiting');
}

function paint() {
  const answer = props.value || {};
  if (!answer.rev || answer.rev !== asked) return;
  if (answer.error === 'photo_gone') return send('send-again');
  settle(answer.rev);
  showMessage(note, null);
  if (answer.error) {
    head.replaceChildren();
    grid.replaceChildren();
    more.hidden = true;
    return showMessage(note, answer.error, answer.message, { actions: [[say('try_again'), () => send('repeat')]] });
  }
  shown = answer.matches;
  head.replaceChildren(answer.matches.length ? heading(answer) : '');
  grid.replaceChildren(...cards(answer));
  more.hidden = !answer.more;
  if (!answer.matches.length) nothing(answer);
  send('answered', answer);
}

function wait({ rev, target, crop: picture_, more: longer }) {
  asked = rev;
  if (picture_ !== undefined || target.product) crop = picture_ ?? '';
  root.setAttribute('aria-busy', 'true');
  grid.classList.add('waiting');
  if (!grid.querySelector('.card')) grid.replaceChildren(...skeletons(8));
  else if (longer) grid.append(...skeletons(4));
  clearTimeout(watchdog);
  watchdog = setTimeout(() => stillThere(rev, performance.now()), SLOW_MS);
}

/** A wait never ends in a dead spinner: the server is slow (say so) or gone (say so, and ask again when it is back). */
async function stillThere(rev, since) {
  if (rev !== asked || root.getAttribute('aria-busy') !== 'true') return;
  if (!await serverAnswers()) {
    return send('gone');
  }
  if (performance.now() - since > GIVE_UP_MS) {
    stopWaiting();
    return showMessage(note, 'slow', say('slow'), { actions: [[say('try_again'), () => send('repeat')]] });
  }
  watchdog = setTimeout(() => stillThere(rev, since), SLOW_MS);
}

function stopWaiting() {
  root.setAttribute('aria-busy', 'false');
  grid.classList.remove('waiting');
  for (const node of grid.querySelectorAll('.skeleton')) node.remove();
}

function fact(name, value) {
  return value ? [el('dt', { text: say(name) }), el('dd', { text: value, dir: 'auto' })] : [];
}

/** The product beside the crop; what the card does not know (description, material) is fetched while it opens. */
async function details(match) {
  if (!dialog.open) dialog.showModal();
  paintDetails(match, {});
  let extra = null;
  try {
    extra = await server.product(match.product_id);
  } catch { /* the dialog is useful without it */ }
  if (dialog.open && dialog.dataset.productId === match.product_id && extra && !extra.error) paintDetails(match, extra);
}

function paintDetails(match, extra) {
  const held = document.activeElement?.dataset.hold; // painting anew must not lose the keyboard's place
  dialog.dataset.productId = match.product_id;
  const at = shown.indexOf(match);
  const link = webLink(match.link);
  const step = (delta, name) => button('', name, { class: 'round', 'data-hold': name, 'aria-label': say(name === 'left' ? 'previous' : 'next'), disabled: !shown[at + delta], on: { click: () => details(shown[at + delta]) } });
  const figure = (url, caption) => el('figure', {}, picture(url, caption), el('figcaption', { text: caption }));
  dialog.replaceChildren(
    el('div', { class: 'sheet-bar' }, step(-1, 'left'), el('span', { text: say('position', { n: at + 1, total: shown.length }) }), step(1, 'right'),
      button('', 'close', { class: 'round close', 'aria-label': say('close'), on: { click: () => dialog.close() } })),
    el('div', { class: 'compare' }, crop && figure(crop, say('your_target')), figure(extra.picture || match.picture, say('this_product'))),
    el('div', { class: 'facts' },
      el('div', { class: 'brand', text: match.brand, dir: 'auto' }),
      el('h3', { text: match.title, dir: 'auto' }),
      el('div', { class: 'line' }, el('span', { class: 'cost big', text: money(match.price, match.currency) || say('no_price') }), stockOf(match)),
      likeness(match),
      extra.description && el('p', { class: 'description', text: extra.description, dir: 'auto' }),
      el('dl', {}, ...fact('category', match.category), ...fact('color', extra.color), ...fact('material', extra.material),
        ...fact('product_id', match.product_id), ...(match.variants > 1 ? fact('variants_name', String(match.variants)) : [])),
      el('div', { class: 'btn-row' },
        link && el('a', { class: 'btn primary', href: link, target: '_blank', rel: 'noopener noreferrer' }, el('span', { text: say('open_shop') }), icon('out', 16)),
        button(say('more_like_this'), 'similar', { class: 'btn', 'data-testid': 'similar', on: { click: () => similarTo(match) } }))));
  (dialog.querySelector(`[data-hold="${held}"]:enabled`) ?? dialog).focus();
}

dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener('close', () => dialog.replaceChildren());
dialog.addEventListener('keydown', (event) => {
  const delta = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const next = delta && shown[shown.findIndex((match) => match.product_id === dialog.dataset.productId) + delta];
  if (next) details(next);
});

hear('asked', wait);
hear('idle', stopWaiting);
hear('gone', stopWaiting);
hear('forget', () => {
  asked = 0;
  clearTimeout(watchdog);
  head.replaceChildren();
  showMessage(note, null);
  more.hidden = true;
  root.setAttribute('aria-busy', 'true');
  grid.replaceChildren(...skeletons(8));
});
watch('value', paint);
