// Sample photos to start with, and what a visitor is told once. `take(file)`, `takeTurn`, `busy` and `samples` are the
// picker's.

/** A sample is fetched first: its turn begins with the tap, so that a photo chosen meanwhile is the newer one. */
async function takeSample(url, pressed) {
  const rev = takeTurn();
  busy(true);
  pressed.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    const blob = await answer.blob();
    if (rev === state.rev) await take(new File([blob], url.split('/').pop(), { type: blob.type }));
  } catch {
    if (rev !== state.rev) return;
    busy(false);
    send('gone');
  } finally {
    pressed.removeAttribute('aria-busy');
  }
}

const FIRST_SAMPLES = 10; // two rows on a desktop; fifty photos at once are a wall, not an invitation

function showSamples(names) {
  const row = el('div', { class: 'sample-row' });
  const show = (some) => row.append(...some.map((name) => sampleButton(name, names.indexOf(name) + 1)));
  // Photos of one room have neighbouring names: every n-th shows different rooms.
  const spread = (i) => Math.floor(i * FIRST_SAMPLES / names.length) !== Math.floor((i - 1) * FIRST_SAMPLES / names.length);
  const first = names.filter((_, i) => names.length <= FIRST_SAMPLES || spread(i));
  const rest = names.filter((name) => !first.includes(name));
  const more = button(say('samples_more'), null, {
    class: 'btn quiet small samples-more', 'data-testid': 'samples-more', hidden: !rest.length,
    on: { click: () => { more.hidden = true; show(rest); row.children[first.length].focus(); } },
  });
  show(first);
  samples.hidden = !names.length;
  samples.replaceChildren(el('h3', { text: say('samples_title') }), row, more);
}

function sampleButton(name, n) {
  return el('button', {
    type: 'button', class: 'sample', 'data-testid': 'sample',
    'aria-label': say('sample_label', { n }),
    on: { click: (event) => takeSample(`samples/${name}`, event.currentTarget) },
  }, el('img', { src: `samples/small/${name}`, alt: '', loading: 'lazy', decoding: 'async' }));
}

/** Said once in a visitor's life: what can be done with the boxes. */
function firstVisitHint() {
  const key = 'imgsearch-hint-seen';
  const seen = () => { try { return localStorage.getItem(key); } catch { return 'private mode'; } };
  const node = el('div', { class: 'first-hint', role: 'note', 'data-testid': 'first-hint', hidden: true },
    el('p', { text: say(matchMedia('(hover: none)').matches ? 'first_hint_touch' : 'first_hint') }),
    button(say('first_hint_close'), null, { class: 'btn small', on: { click: () => node.dismiss() } }));
  node.show = (on) => { node.hidden = !on || Boolean(seen()); };
  node.dismiss = () => {
    if (node.hidden) return;
    node.hidden = true;
    try { localStorage.setItem(key, 'yes'); } catch { /* private mode: it was never shown */ }
  };
  return node;
}
