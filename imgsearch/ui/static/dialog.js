// The dialog of one product: beside what was chosen, with arrows to the next match, and a link to it for others.
// `listed()` (the products that the arrows walk) and `cropOf(match)` (what was searched) come from the results, `asked` too.

const COPIED_MS = 2000;
const SHARED = 'product'; // the address's parameter for the product that a link leads to

const dialog = el('dialog', { class: 'sheet product', tabindex: -1, 'data-testid': 'product-dialog', 'aria-label': say('details') });

function similarTo(match) {
  dialog.close();
  send('target', { target: { product: match.product_id, title: match.title, picture: match.thumb } });
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
  if (dialog.open && dialog.dataset.productId === match.product_id && extra?.product_id) paintDetails(match, extra);
}

function steps(match) {
  const matches = listed();
  const at = matches.indexOf(match);
  if (at < 0) return [];
  const step = (delta, name) => button('', name, { class: 'round', 'data-hold': name, 'aria-label': say(name === 'left' ? 'previous' : 'next'), disabled: !matches[at + delta], on: { click: () => details(matches[at + delta]) } });
  return [step(-1, 'left'), el('span', { text: say('position', { n: at + 1, total: matches.length }) }), step(1, 'right')];
}

function paintDetails(match, extra) {
  const held = document.activeElement?.dataset.hold; // painting anew must not lose the keyboard's place
  dialog.dataset.productId = match.product_id;
  const link = webLink(match.link);
  const crop = cropOf(match);
  const figure = (url, caption) => el('figure', {}, picture(url, caption), el('figcaption', { text: caption }));
  dialog.replaceChildren(
    el('div', { class: 'sheet-bar' }, ...steps(match),
      button('', 'close', { class: 'round close', 'aria-label': say('close'), on: { click: () => dialog.close() } })),
    el('div', { class: 'compare' }, crop && figure(crop, say('your_target')), figure(extra.picture || match.picture, say('this_product'))),
    el('div', { class: 'facts' },
      el('div', { class: 'brand', text: match.brand, dir: 'auto' }),
      el('h3', { text: match.title, dir: 'auto' }),
      el('div', { class: 'line' }, el('span', { class: 'cost big', text: costOf(match) }), stockOf(match)),
      match.score !== undefined && likeness(match),
      extra.description && el('p', { class: 'description', text: extra.description, dir: 'auto' }),
      el('dl', {}, ...fact('category', match.category), ...fact('color', extra.color), ...fact('material', extra.material),
        ...fact('product_id', match.product_id), ...(match.variants > 1 ? fact('variants_name', number(match.variants)) : [])),
      el('div', { class: 'btn-row' },
        link && el('a', { class: 'btn primary', href: link, target: '_blank', rel: 'noopener noreferrer' }, el('span', { text: say('open_shop') }), icon('out', 16)),
        button(say('more_like_this'), 'similar', { class: 'btn', 'data-testid': 'similar', 'data-hold': 'similar', on: { click: () => similarTo(match) } }),
        sharer(match))));
  (dialog.querySelector(`[data-hold="${held}"]:enabled`) ?? dialog).focus();
}

/** A phone's own sheet for sharing, else the link goes to the clipboard. */
function sharer(match) {
  const sheet = matchMedia('(hover: none)').matches && navigator.share;
  const label = say(sheet ? 'share_link' : 'copy_link');
  return button(label, 'link', { class: 'btn', 'data-testid': 'share', 'data-hold': 'share', 'aria-live': 'polite', on: { click: (event) => share(match, event.currentTarget, sheet) } });
}

async function share(match, pressed, sheet) {
  const url = new URL(location.pathname, location.href);
  url.searchParams.set(SHARED, match.product_id);
  try {
    if (sheet) return await navigator.share({ title: match.title, url: url.href });
    await navigator.clipboard.writeText(url.href);
    const label = pressed.querySelector('span');
    write(label, say('link_copied'));
    setTimeout(() => write(label, say('copy_link')), COPIED_MS);
  } catch (error) {
    if (error.name === 'AbortError') return; // the visitor closed the sheet
    // Browsers give the clipboard to https and this machine's own pages only: show the link, ready to be copied.
    const field = el('input', { class: 'amount link', readonly: true, 'aria-label': say('link_label'), value: url.href });
    pressed.replaceWith(field);
    field.select();
  }
}

/** A visitor came by a link to a product: its dialog opens over the empty page. */
async function openShared() {
  const id = new URLSearchParams(location.search).get(SHARED);
  if (!id) return;
  document.body.classList.add('has-results'); // else their column, and the dialog in it, are not shown
  let match = null;
  try {
    match = await server.product(id);
  } catch { /* said below */ }
  if (match?.product_id) return details(match);
  forgetShared();
  send('product-gone');
}

function forgetShared() {
  const url = new URL(location.href);
  if (!url.searchParams.has(SHARED)) return;
  url.searchParams.delete(SHARED);
  history.replaceState(history.state, '', url);
}

dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener('close', () => {
  dialog.replaceChildren();
  forgetShared();
  if (!asked.target) document.body.classList.remove('has-results');
});
dialog.addEventListener('keydown', (event) => {
  const delta = forward(event.key);
  if (!delta || event.target.matches('input')) return;
  const matches = listed();
  const next = matches[matches.findIndex((match) => match.product_id === dialog.dataset.productId) + delta];
  if (next && steps(next).length) details(next);
});
