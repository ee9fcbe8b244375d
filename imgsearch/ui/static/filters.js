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
  return el('input', { type: 'number', inputmode: 'decimal', min: 0, step: 'any', class: 'amount', 'data-testid': testId, 'aria-label': label });
}

const cleared = () => ({ categories: [], min_price: null, max_price: null, in_stock: false, sort: 'best' });

/** Change the request; it is sent after `wait_ms`, so that typing and bursts become one search. */
function change(values, { wait_ms = 0, crop } = {}) {
  request = { ...request, top_k: PAGE, ...values, rev: request.rev + 1 };
  paint();
  if (!request.target) return;
  send('asked', { rev: request.rev, target: request.target, crop, more: request.top_k > PAGE });
  clearTimeout(timer);
  if (wait_ms) timer = setTimeout(put, wait_ms); else put();
}

function put() {
  props.value = { ...request };
}

function paint() {
  for (const option of categories.querySelectorAll('input')) option.checked = request.categories.includes(option.value);
  for (const [input, value] of [[low, request.min_price], [high, request.max_price]]) {
    if (document.activeElement !== input) input.value = value ?? '';
  }
  stock.checked = request.in_stock;
  sort.value = request.sort;
  if (request.currency) currency.value = request.currency;
  const range = prices[currency.value];
  low.placeholder = range ? money(Math.floor(range[0]), currency.value, 0) : '';
  high.placeholder = range ? money(Math.ceil(range[1]), currency.value, 0) : '';
  clear.hidden = JSON.stringify({ ...request, ...cleared() }) === JSON.stringify(request);
}

function facetNode({ value, label, count }) {
  const box = el('input', { type: 'checkbox', value, on: { change: () => toggle(value) } });
  return el('label', { class: 'facet', title: value, 'data-testid': 'facet-option', 'data-value': value, 'data-count': count },
    box, el('span', { text: label, dir: 'auto' }), el('i', { text: count }));
}

function toggle(value) {
  const chosen = request.categories;
  change({ categories: chosen.includes(value) ? chosen.filter((name) => name !== value) : [...chosen, value] });
}

/** Two lines of categories are enough to start with; the rest is one click away. */
function unfold() {
  const open = categories.classList.toggle('open');
  all.setAttribute('aria-expanded', String(open));
  all.querySelector('span').textContent = say(open ? 'fewer_categories' : 'all_categories');
}

/** The category that the target looks like comes first, unless the shopper has chosen some. */
function suggest(category) {
  const node = [...categories.children].find((option) => option.dataset.value === category);
  if (node && !request.categories.length) categories.prepend(node);
}

/** Counts follow the price and stock filters; an empty category is shown, but dimmed. */
function count(counts) {
  for (const node of categories.children) {
    const n = counts[node.dataset.value] ?? 0;
    node.dataset.count = n;
    node.querySelector('i').textContent = n;
    node.classList.toggle('none', n === 0);
  }
}

function amount(input) {
  const value = parseFloat(input.value);
  return Number.isFinite(value) && value >= 0 ? value : null;
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

hear('status', (status) => { if (status.state === 'ready' && !categories.childElementCount) setShop(status); });
// Another thing is wanted: its categories are others. Price and stock are the shopper's, and stay.
hear('target', ({ target, crop }) => change({ target, categories: [] }, { crop }));
hear('forget', () => { request = { ...request, target: null, categories: [] }; paint(); });
hear('narrow', (category) => change({ categories: [category] }));
hear('drop-filter', (name) => change({
  category: { categories: [] }, price: { min_price: null, max_price: null }, in_stock: { in_stock: false },
}[name] ?? cleared()));
hear('more', () => change({ top_k: request.top_k + PAGE }));
hear('repeat', () => change({ top_k: request.top_k }));
hear('answered', (answer) => {
  count(answer.counts);
  suggest(answer.category);
});
new ResizeObserver(() => {
  if (!categories.classList.contains('open')) all.hidden = categories.scrollHeight <= categories.clientHeight + 4;
}).observe(categories);
paint();
