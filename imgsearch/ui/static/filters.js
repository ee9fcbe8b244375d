// The whole request in one dict, props.value: {target, categories, min_price, max_price, currency, in_stock, sort,
// top_k, rev}. Every change gets the next `rev`; Gradio sends the newest dict, and the answers are told apart by it.

const PAGE = 24;
const SORTS = ['best', 'price_asc', 'price_desc'];
const TYPING_MS = 250;
const EMPTY = { target: null, categories: [], min_price: null, max_price: null, currency: '', in_stock: false, sort: 'best', top_k: PAGE, rev: 0 };

let request = { ...EMPTY };
let prices = {}; // currency -> [lowest, highest]
let timer = 0;

const root = element.querySelector('.filters');
const categories = el('div', { class: 'facets', role: 'group', 'aria-label': say('category'), 'data-testid': 'filter-category' });
const all = button(say('all_categories'), null, { class: 'btn quiet small', hidden: true, 'aria-expanded': 'false', on: { click: unfold } });
const currency = el('select', { class: 'select', 'aria-label': say('currency'), hidden: true });
const low = numberInput('price-min', say('price_min'));
const high = numberInput('price-max', say('price_max'));
const stock = el('input', { type: 'checkbox', 'data-testid': 'in-stock' });
const sort = el('select', { class: 'select', 'aria-label': say('sort'), 'data-testid': 'sort' },
  ...SORTS.map((name) => el('option', { value: name, text: say(`sort_${name}`) })));
const clear = button(say('clear'), 'close', { class: 'btn quiet small', hidden: true, on: { click: () => change(cleared()) } });
const price = el('div', { class: 'price', role: 'group', 'aria-label': say('price') }, currency, low, el('span', { text: '–', 'aria-hidden': 'true' }), high);

root.append(categories, el('div', { class: 'filter-row' }, price,
  el('label', { class: 'toggle' }, stock, el('span', { text: say('in_stock_only') })), sort, all, clear));

function numberInput(testId, label) {
  // Not type=number: that takes the decimal sign of the browser's language, not of the page's.
  return el('input', { type: 'text', inputmode: 'decimal', autocomplete: 'off', class: 'amount', 'data-testid': testId, 'aria-label': label });
}

const cleared = () => ({ categories: [], min_price: null, max_price: null, in_stock: false, sort: 'best' });

/** Change the request; it is sent after `wait_ms`, so that typing and bursts become one search. */
function change(values, { wait_ms = 0, ...shown } = {}) {
  request = { ...request, top_k: PAGE, ...values, rev: request.rev + 1 };
  paint();
  if (!request.target) return;
  send('asked', { rev: request.rev, target: request.target, ...shown, more: request.top_k > PAGE });
  clearTimeout(timer);
  if (wait_ms) timer = setTimeout(put, wait_ms); else put();
}

function put() {
  props.value = { ...request };
}

function paint() {
  for (const option of categories.querySelectorAll('input')) option.checked = request.categories.includes(option.value);
  for (const [input, value] of [[low, request.min_price], [high, request.max_price]]) {
    if (document.activeElement !== input) input.value = value === null ? '' : LANGUAGE.format(value, { useGrouping: false });
  }
  stock.checked = request.in_stock;
  sort.value = request.sort;
  if (request.currency) currency.value = request.currency;
  const range = prices[currency.value];
  write(low, range ? money(Math.floor(range[0]), currency.value, 0) : '', 'placeholder');
  write(high, range ? money(Math.ceil(range[1]), currency.value, 0) : '', 'placeholder');
  clear.hidden = JSON.stringify({ ...request, ...cleared() }) === JSON.stringify(request);
}

function facetNode({ value, label, count }) {
  const box = el('input', { type: 'checkbox', value, on: { change: () => toggle(value) } });
  return el('label', { class: 'facet', title: value, 'data-testid': 'facet-option', 'data-value': value, 'data-count': count },
    box, el('span', { text: label, dir: 'auto' }), el('i', { text: number(count) }));
}

function toggle(value) {
  const chosen = request.categories;
  change({ categories: chosen.includes(value) ? chosen.filter((name) => name !== value) : [...chosen, value] });
}

/** Two lines of categories are enough to start with; the rest is one click away. */
function unfold() {
  const open = categories.classList.toggle('open');
  all.setAttribute('aria-expanded', String(open));
  write(all.querySelector('span'), say(open ? 'fewer_categories' : 'all_categories'));
}

/** The category that the target looks like comes first, unless the shopper has chosen some. */
function suggest(category) {
  const node = [...categories.children].find((option) => option.dataset.value === category);
  if (!node || request.categories.length || node === categories.firstElementChild) return;
  if (!node.contains(document.activeElement)) categories.prepend(node); // moving it would take the focus from it
}

/** Counts follow the price and stock filters; an empty category is shown, but dimmed. */
function count(counts) {
  for (const node of categories.children) {
    const n = counts[node.dataset.value] ?? 0;
    node.dataset.count = n;
    write(node.querySelector('i'), number(n));
    node.classList.toggle('none', n === 0);
  }
}

/** Full-width and Arabic digits and signs as plain ones. */
const latin = (text) => text.normalize('NFKC')
  .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => digit.charCodeAt(0) % 16) // their zeros are at ...0
  .replaceAll('\u066b', '.').replaceAll('\u066c', ',');

/**
 * The amount that a reader typed in their own way of writing numbers; null if it is none. Of two kinds of separators
 * the last one is the decimal sign; a single one is, too, unless it groups thousands in this language (1.299 in German).
 */
function amountIn(text) {
  const parts = new Intl.NumberFormat(LANGUAGE.locale).formatToParts(1234567);
  const group = latin(parts.find(({ type }) => type === 'group')?.value ?? '');
  const plain = latin(text).replace(/[^\d.,-]/g, '');
  const signs = plain.replace(/\d/g, '');
  const grouped = [...signs].every((sign) => sign === signs[0])
    && (signs.length > 1 || (signs === group && /^\d{1,3}[.,]\d{3}$/.test(plain)));
  const at = grouped ? plain.length : Math.max(plain.lastIndexOf('.'), plain.lastIndexOf(','));
  const whole = at < 0 ? plain : plain.slice(0, at);
  const value = Number(`${whole.replace(/[.,]/g, '')}.${at < 0 ? '' : plain.slice(at + 1)}0`);
  return /\d/.test(plain) && value >= 0 ? value : null;
}

function amount(input) {
  const value = amountIn(input.value);
  input.setAttribute('aria-invalid', String(value === null && input.value.trim() !== ''));
  return value;
}

function priced() {
  change({ min_price: amount(low), max_price: amount(high), currency: currency.value }, { wait_ms: TYPING_MS });
}

function setShop(status) {
  categories.replaceChildren(...status.categories.map(facetNode));
  prices = status.prices;
  const codes = Object.keys(prices);
  currency.replaceChildren(...codes.map((code) => el('option', { value: code, text: code })));
  currency.hidden = codes.length < 2; // a price range holds within one currency only
  price.hidden = codes.length === 0;
  paint();
}

low.addEventListener('input', priced);
high.addEventListener('input', priced);
currency.addEventListener('change', () => {
  low.value = high.value = '';
  priced();
});
stock.addEventListener('change', () => change({ in_stock: stock.checked }));
sort.addEventListener('change', () => change({ sort: sort.value }));

window.addEventListener('imgsearch:language', paint);
hear('status', (status) => { if (status.state === 'ready' && !categories.childElementCount) setShop(status); });
// The shop has changed: the next status fills the bar anew, and what is on screen is searched for in the new shop.
hear('reopened', () => {
  categories.replaceChildren();
  change(cleared());
});
// Another thing is wanted: its categories are others. Price and stock are the shopper's, and stay.
hear('target', ({ target, ...shown }) => change({ target, categories: [] }, shown));
hear('forget', () => { request = { ...request, target: null, categories: [] }; paint(); });
hear('narrow', (category) => change({ categories: [category] }));
hear('drop-filter', (name) => change({
  category: { categories: [] }, price: { min_price: null, max_price: null }, in_stock: { in_stock: false },
}[name] ?? cleared()));
hear('more', () => change({ top_k: request.top_k + PAGE }));
hear('repeat', (shown) => change({ top_k: request.top_k }, shown ?? {}));
hear('answered', (answer) => {
  count(answer.counts);
  suggest(answer.category);
});
new ResizeObserver(() => {
  if (!categories.classList.contains('open')) all.hidden = categories.scrollHeight <= categories.clientHeight + 4;
}).observe(categories);
paint();
