// One product as a card, and the small parts that cards, a room's slots and the dialog share. Knows nothing about
// requests; `details` and `similarTo` are dialog.js's.

function likeness(match) {
  const share = Math.max(0, Math.min(1, match.score));
  const bar = el('span', { class: 'likeness-bar' }, el('i', { style: `width:${(share * 100).toFixed(1)}%` }));
  return el('div', { class: 'likeness', title: say('likeness_title', { score: number(match.score, { maximumFractionDigits: 3 }) }) },
    bar, el('span', { text: say('likeness', { percent: percent(share) }) }));
}

function titleOf(match) {
  const link = webLink(match.link);
  if (!link) return el('span', { class: 'title', text: match.title, dir: 'auto' });
  return el('a', { class: 'title', href: link, target: '_blank', rel: 'noopener noreferrer', title: say('open_shop'), dir: 'auto', text: match.title });
}

const costOf = (match) => money(match.price, match.currency) || say('no_price');
const stockOf = (match) => el('span', { class: match.in_stock ? 'stock' : 'stock out', text: say(match.in_stock ? 'in_stock' : 'sold_out') });

function picture(url, alt) {
  const image = el('img', { src: url, alt, loading: 'lazy', decoding: 'async', width: 320, height: 320 });
  image.addEventListener('error', () => image.closest('.picture, figure')?.classList.add('missing'), { once: true });
  return image;
}

/** The picture of a product; a click opens its dialog. */
const opener = (match, attributes = {}) => el('button', {
  type: 'button', class: 'open', 'aria-label': say('open_label', { title: match.title }), on: { click: () => details(match) }, ...attributes,
}, picture(match.thumb, ''));

/** What is written under a product's picture. */
const facts = (match) => el('div', { class: 'body' },
  el('div', { class: 'above' }, el('span', { class: 'brand', text: match.brand, dir: 'auto' }),
    match.variants > 1 && el('span', { text: say('variants', { n: match.variants }) })),
  titleOf(match),
  el('div', { class: 'line' }, el('span', { class: 'cost', text: costOf(match) }), stockOf(match)),
  likeness(match));

function card(match, weak) {
  const similar = button(say('similar'), 'similar', { class: 'like', 'data-testid': 'similar', 'aria-label': say('similar_label', { title: match.title }), on: { click: () => similarTo(match) } });
  return el('article', {
    class: weak ? 'card weak' : 'card', role: 'listitem', 'data-testid': 'card', 'data-product-id': match.product_id,
    'data-group-id': match.group_id, 'data-score': match.score, 'data-rank': match.rank,
  },
  el('div', { class: 'picture' }, opener(match), el('span', { class: 'rank', text: number(match.rank), 'aria-hidden': 'true' }), similar),
  facts(match));
}

function skeletons(n) {
  return Array.from({ length: n }, () => el('div', { class: 'card skeleton', 'aria-hidden': 'true' },
    el('div', { class: 'picture' }), el('div', { class: 'body' }, el('b'), el('b'), el('b'))));
}
