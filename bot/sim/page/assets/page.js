// What the page does by itself: tabs, chips, scrolling, the enlarged picture and the choice of phones. What is said and
// shown goes through htmx.
'use strict';

const phones = document.querySelector('.phones');
const narrow = matchMedia('(max-width: 700px)');
const phone = (index) => document.getElementById('phone-' + index);

// Tabs.
function openTab(tab) {
  const owner = tab.closest('.phone');
  for (const other of owner.querySelectorAll('[role=tab]')) {
    other.setAttribute('aria-selected', other === tab);
    document.getElementById(other.getAttribute('aria-controls')).hidden = other !== tab;
  }
  tab.classList.remove('unread');
  for (const field of owner.querySelectorAll('.write [name=chat]')) field.value = tab.dataset.tab;
  owner.querySelector('.mention').hidden = !('group' in tab.dataset);
  toEnd(document.getElementById(tab.getAttribute('aria-controls')));
}

// A log stays at its end unless its reader has scrolled up.
const toEnd = (log) => { log.scrollTop = log.scrollHeight; };
phones.addEventListener('scroll', (event) => {
  const log = event.target;
  if (log.classList?.contains('log')) log.classList.toggle('reading', log.scrollHeight - log.scrollTop - log.clientHeight > 60);
}, true);

function added(log, node) {
  log.querySelector('.hint')?.remove();
  for (const image of node.querySelectorAll('img')) image.addEventListener('load', () => stay(log), {once: true});
  if (node.classList.contains('own')) log.classList.remove('reading');
  mark(log, node);
  stay(log);
}

const stay = (log) => { if (!log.classList.contains('reading')) toEnd(log); };

// What came in where nobody looks gets a dot: on the tab, and on the name of a phone that is not in view.
function mark(log, node) {
  if (node.classList.contains('own') || !('news' in node.dataset)) return;
  if (log.hidden) document.getElementById(log.getAttribute('aria-labelledby'))?.classList.add('unread');
  const owner = log.closest('.phone');
  const name = document.querySelector(`[data-show="${owner.id.slice('phone-'.length)}"]`);
  if (narrow.matches ? name.getAttribute('aria-current') !== 'true' : owner.hidden) name.classList.add('unread');
}

new MutationObserver((changes) => {
  for (const change of changes) {
    if (!change.target.classList?.contains('log')) continue;
    for (const node of change.addedNodes) {
      if (node.classList?.contains('message')) added(change.target, node);
    }
  }
}).observe(phones, {childList: true, subtree: true});

// The field for a time starts from the clock, unless somebody is writing in it.
const clock = document.getElementById('clock'), field = document.querySelector('[data-set]');
new MutationObserver(() => {
  const now = clock.querySelector('time')?.getAttribute('datetime');
  if (now && document.activeElement !== field) field.value = now;
}).observe(clock, {childList: true});

// Saying something empties the line at once and gives it back when it was refused.
document.addEventListener('htmx:config:request', (event) => {
  const form = event.target;
  if (!form.matches?.('form.say')) return;
  event.detail.ctx.said = form.elements.text.value;
  form.elements.text.value = '';
});
document.addEventListener('htmx:after:request', (event) => {
  const form = event.target, ctx = event.detail.ctx;
  if (form.matches?.('form.attach')) form.elements.file.value = '';
  if (form.matches?.('form.say') && ctx.response.status >= 400 && form.elements.text.value === '') form.elements.text.value = ctx.said;
});
document.addEventListener('htmx:error', (event) => {
  const target = event.detail.ctx?.target;
  if (target?.matches?.('.notice')) target.textContent = '演示程序没有回应,看看它还开着吗。';
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !event.target.matches('textarea[data-input]')) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// Choosing phones: side by side each is shown or not; on a narrow screen one is shown and the others are a swipe away.
function show(button) {
  const owner = phone(button.dataset.show);
  if (narrow.matches) {
    reveal(button, owner);
    phones.scrollTo({left: owner.offsetLeft - phones.offsetLeft, behavior: 'smooth'});
    return;
  }
  if (owner.hidden) reveal(button, owner);
  else {
    owner.hidden = true;
    button.setAttribute('aria-pressed', 'false');
  }
}

function reveal(button, owner) {
  owner.hidden = false;
  button.setAttribute('aria-pressed', 'true');
  button.classList.remove('unread');
  for (const log of owner.querySelectorAll('.log:not([hidden])')) stay(log);
}

const inView = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const name = document.querySelector(`[data-show="${entry.target.id.slice('phone-'.length)}"]`);
    const current = narrow.matches && entry.intersectionRatio > 0.6;
    name.toggleAttribute('aria-current', false);
    if (!current) continue;
    name.setAttribute('aria-current', 'true');
    name.classList.remove('unread');
    const row = name.parentElement;
    row.scrollTo({left: name.offsetLeft - row.offsetLeft - 40, behavior: 'smooth'});
  }
}, {root: phones, threshold: [0, 0.6, 0.9]});
for (const owner of document.querySelectorAll('.phone')) inView.observe(owner);

const zoom = document.querySelector('dialog.zoom');
document.addEventListener('click', (event) => {
  const hit = (selector) => event.target.closest?.(selector);
  const tab = hit('[role=tab]'), chip = hit('[data-chip]'), name = hit('[data-show]'), picture = hit('[data-zoom]');
  if (tab) openTab(tab);
  if (chip) {
    const line = chip.closest('.phone').querySelector('[data-input]');
    line.value = chip.dataset.chip;
    line.focus();
  }
  if (name) show(name);
  if (picture) {
    event.preventDefault();
    const small = picture.querySelector('img'), large = zoom.querySelector('img');
    large.src = picture.href;
    large.alt = small.alt;
    zoom.showModal();
  }
});
